"""The report as a workbook: plain tables that a screen reader can follow, nothing that a spreadsheet would run."""

import pandas as pd
import pytest

import nhscarbon as nc

openpyxl = pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
METHOD = nc.methodology("nhs-2026.1")


@pytest.fixture(scope="module")
def footprint():
    rows = pd.read_csv(nc.example("trust-year.csv")).assign(site='=HYPERLINK("http://x.y","z")')
    return nc.calculate(rows, METHOD, keep=("site",))


@pytest.fixture(scope="module")
def book(footprint, tmp_path_factory):
    path = nc.write_report(footprint, tmp_path_factory.mktemp("book") / "report.xlsx", draws=500, organisations=None)
    return openpyxl.load_workbook(path)


def test_cover_contents_and_notes_come_first_and_contents_name_every_sheet(book):
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    listed = [row[0] for row in book["Contents"].iter_rows(min_row=4, values_only=True)]
    assert set(listed) == set(book.sheetnames) - {"Contents"}


def test_each_sheet_has_its_title_one_named_table_and_no_merged_cell(book):
    names = []
    for sheet in book.worksheets:
        assert sheet["A1"].value
        assert sheet["A1"].font.bold
        assert not sheet.merged_cells.ranges
        assert len(sheet.title) <= 31
        if sheet.title == "Cover":
            continue
        [table] = sheet.tables.values()
        names.append(table.displayName)
        head, *rows = list(sheet[table.ref])
        assert head[0].row == 3
        assert "This sheet has one table" in sheet["A2"].value
        assert all(cell.value for cell in head)
        assert len({cell.value for cell in head}) == len(head)
        assert all(any(cell.value is not None for cell in row) for row in rows)
        assert sheet.max_row == rows[-1][0].row
        assert sheet.freeze_panes == "A4"
    assert len(set(names)) == len(names)


def test_nothing_is_a_formula_or_a_link(book):
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    assert [cell.value for cell in cells if str(cell.value).startswith("=")] == ['=HYPERLINK("http://x.y","z")']


def test_numbers_are_numbers_and_not_rounded(footprint, book):
    rows = {row[0]: row[1] for row in book["Totals by boundary"].iter_rows(min_row=4, values_only=True)}
    assert rows["NHS Carbon Footprint"] == pytest.approx(footprint.total(), rel=1e-14)
    assert book["Totals by boundary"]["B4"].number_format == "#,##0.0"
    themes = dict(row[:2] for row in book["Tonnes by theme"].iter_rows(min_row=4, values_only=True))
    labels = METHOD.catalogue.themes
    expected = {labels[theme]: value for theme, value in footprint.by("theme").itertuples(index=False)}
    assert {theme: themes[theme] for theme in expected} == pytest.approx(expected, rel=1e-14)
    assert themes["Total"] == pytest.approx(footprint.total(), rel=1e-14)
    assert (themes["Inhalers"], themes["Freight transport"]) == ("not answered", "–")


def test_charts_are_the_spreadsheets_own_and_draw_the_cells_of_their_sheet(footprint, tmp_path):
    rows = pd.read_csv(nc.example("trust-year.csv"))
    years = nc.calculate(pd.concat([rows, rows.assign(period="2022/23")]), METHOD)
    book = openpyxl.load_workbook(nc.write_report(years, tmp_path / "years.xlsx", draws=200, organisations=None))
    for name in ("Tonnes by theme", "Both footprints by year", "The change by cause"):
        [chart] = book[name]._charts
        for series in chart.series:
            assert series.val.numRef.f.startswith(f"'{name}'!")
            assert series.cat.strRef.f.startswith(f"'{name}'!$A$")
    assert book["Both footprints by year"]._charts[0].tagname == "lineChart"


def test_a_part_of_a_year_has_no_point_on_a_line(tmp_path):
    months = [*(f"2023-{month:02d}" for month in range(4, 13)), *(f"2024-{month:02d}" for month in range(1, 8))]
    rows = [("RX1", month, "energy.natural_gas", 1e6, "kWh") for month in months]
    rows += [("RX1", "2022/23", "energy.natural_gas", 1.3e7, "kWh")]
    frame = pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit"])
    part = nc.calculate(frame, METHOD)
    path = nc.write_report(part, tmp_path / "part.xlsx", draws=200, organisations=None)
    book = openpyxl.load_workbook(path)
    sheet = book["Both footprints by year"]
    years = [row[0] for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert years == ["2022/23", "2023/24", "2024/25"]
    assert "4 of 12 months" in sheet.cell(6, 6).value
    [chart] = sheet._charts
    assert chart.series[0].val.numRef.f.endswith("$B$4:$B$5")
    assert book["Cover"]["A3"].value.startswith("NHS Carbon Footprint")
    cover = " ".join(str(row[0]) for row in book["Cover"].iter_rows(values_only=True))
    assert "Figures are of 2023/24" in cover


def test_the_workbook_says_whose_it_is_and_in_which_language(book):
    assert book.properties.title == "Carbon footprint of RX1, 2023/24"
    assert book.properties.language == "en-GB"
