"""Estates returns as a tired analyst sends them on: read as published, or refused with the one thing to change."""

import csv
import io
import os
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.eric.layouts import read_layouts
from nhscarbon.activity.eric.recognise import plain
from nhscarbon.activity.eric.tidy import read_eric_table
from nhscarbon.activity.files.text import decode
from nhscarbon.errors import UnreadableError

REPO = Path(__file__).resolve().parents[2]
LAYOUTS = read_layouts(REPO / "data" / "layouts" / "eric-1")
SHARED = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared"))
SITES = SHARED / "originals" / "eric" / "eric-2023-24-site.csv"
EXAMPLE = REPO / "data" / "examples" / "estates-2023-24" / "estates-2023-24.csv"
GAS, FLOOR = "Gas consumed (kWh)", "Gross internal floor area (m²)"
WATER = "Water volume (including borehole) (m³)"


LAYOUT = next(layout for layout in LAYOUTS.layouts if layout.name == "eric-2023-24")


@pytest.fixture(scope="module")
def rows():
    """Six sites under the published header, as rows of text."""
    header = list(LAYOUT.header)
    roles = dict(zip(LAYOUT.columns["role"], LAYOUT.columns.index, strict=True))
    found = [header]
    for number in range(6):
        cells = ["Not Applicable"] * len(header)
        cells[roles["organisation_code"]], cells[roles["site_code"]] = "RXX", f"RXX{number:02d}"
        for place, name in enumerate(header):
            cells[place] = {GAS: f"{number + 1},000", FLOOR: "2000", WATER: "77"}.get(name, cells[place])
        found.append(cells)
    return found


@pytest.fixture(scope="module")
def published(rows, tmp_path_factory):
    return read(written(tmp_path_factory.mktemp("eric") / "x.csv", rows))


def written(path, rows, delimiter=",", encoding="utf-8"):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def read(path):
    return read_eric_table(path, LAYOUTS)


def same(one, other):
    columns = ["organisation", "site", "period", "activity", "quantity", "unit", "measure"]
    pd.testing.assert_frame_equal(one.activity[columns], other.activity[columns])


HEADERS = {
    "m2 and m3": lambda name: name.replace("²", "2").replace("³", "3"),
    "capitals": str.upper,
    "spaces": lambda name: f"  {name.replace(' (', '  (')} ",
    "no sign of pounds": lambda name: name.replace("£", "GBP"),
    "UTF-8 read as cp1252": lambda name: name.encode().decode("cp1252", "replace"),
    "cp1252 read as UTF-8": lambda name: name.encode("cp1252").decode("utf-8", "replace"),
    "curly apostrophes": lambda name: name.replace("'", "’"),
}  # fmt: skip


@pytest.mark.parametrize("change", HEADERS.values(), ids=HEADERS)
def test_a_header_whose_signs_are_written_otherwise_is_read(tmp_path, rows, published, change):
    same(read(written(tmp_path / "x.csv", [list(map(change, rows[0])), *rows[1:]])), published)


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "index", "Row"])
@pytest.mark.parametrize("columns", [1, 2])
def test_columns_that_number_the_rows_are_passed_over(tmp_path, rows, published, name, columns):
    numbered = [[name] * columns + rows[0], *([str(n)] * columns + row for n, row in enumerate(rows[1:]))]
    result = read(written(tmp_path / "x.csv", numbered))
    same(result, published)
    assert result.activity["source_row"].tolist() == published.activity["source_row"].tolist()


def test_the_long_form_is_read_with_a_column_of_numbers_and_m2(tmp_path):
    lines = list(csv.reader(io.StringIO(EXAMPLE.read_text("utf-8-sig"), newline="")))[:2_000]
    numbered = [["Unnamed: 0", *map(str.upper, lines[0])]]
    numbered += [[str(n), *(cell.replace("m²", "m2") for cell in line)] for n, line in enumerate(lines[1:])]
    same(read(written(tmp_path / "x.csv", numbered)), read(written(tmp_path / "y.csv", lines)))


def test_what_pandas_writes_is_read(tmp_path, rows, published):
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    frame.to_csv(tmp_path / "x.csv")
    same(read(tmp_path / "x.csv"), published)
    frame.to_excel(tmp_path / "x.xlsx")
    same(read(tmp_path / "x.xlsx"), published)


def test_titles_above_the_header_are_passed_over_and_said(tmp_path, rows, published):
    result = read(written(tmp_path / "x.csv", [["ERIC 2023/24"], [], *rows]))
    same(result, published)
    [said] = [each for each in result.findings if each.code == "rows_above_header"]
    assert (said.rows, said.first_rows) == (1, (1,))
    assert result.activity["source_row"].min() == published.activity["source_row"].min() + 2


def test_a_header_below_figures_is_refused(tmp_path, rows):
    with pytest.raises(UnreadableError, match="is in row 2, below rows of figures") as caught:
        read(written(tmp_path / "x.csv", [rows[1], rows[0], *rows[2:]]))
    assert "move the header to the top" in caught.value.advice


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_another_separator_is_the_one_thing_to_change(tmp_path, rows, mark, word, encoding):
    """Not read: who writes semicolons may write a comma for the decimal point."""
    with pytest.raises(UnreadableError, match=f"separated by {word}") as caught:
        read(written(tmp_path / "x.csv", rows, delimiter=mark, encoding=encoding))
    assert "with commas" in caught.value.advice


def test_columns_in_another_order_are_said_to_be(tmp_path, rows):
    turned = [[*row[:5], *row[:4:-1]] for row in rows]
    with pytest.raises(UnreadableError, match="its columns are in another order"):
        read(written(tmp_path / "x.csv", turned))


POWERS = {"1E+06": 1e6, "1e6": 1e6, "1.25E+6": 1.25e6, "12E-1": 1.2, "+7": 7, ".5": 0.5, "5.": 5}
FIGURES = ["£1000000", "1000000 kWh", "1.0.0", "(500)", "12%", "1,00", "c. 500", "1 000 000", "500*", "1O0", "12-5",
           "1E+999", "５x"]  # fmt: skip
WORDS = ["see note", "not known", "-", "unknown"]


def changed(tmp_path, rows, text):
    """Put a text into the first cell of gas that holds a figure."""
    at = rows[0].index(GAS)
    row = next(n for n, cells in enumerate(rows[1:], start=1) if cells[at].replace(",", "").isdigit())
    cells = [*rows[row]]
    cells[at] = text
    return written(tmp_path / "x.csv", [*rows[:row], cells, *rows[row + 1 :]]), row + 1


@pytest.mark.parametrize(("text", "number"), POWERS.items())
def test_a_number_in_powers_of_ten_is_read(tmp_path, rows, text, number):
    path, row = changed(tmp_path, rows, text)
    result = read(path)
    gas = result.activity[(result.activity["measure"] == "gas") & (result.activity["source_row"] == row)]
    assert gas["quantity"].tolist() == [number]
    said = [each for each in result.findings if each.code == "number_in_powers"]
    assert [(each.severity, each.first_rows) for each in said] == ([("warning", (row,))] if "e" in text.lower() else [])


@pytest.mark.parametrize("text", FIGURES)
def test_a_figure_that_cannot_be_read_is_refused_and_never_left_out(tmp_path, rows, text, method):
    path, row = changed(tmp_path, rows, text)
    [said] = [each for each in read(path).findings if each.code == "number_unreadable"]
    assert (said.severity, said.column, said.value, said.first_rows) == ("reject_line", GAS, text, (row,))
    with pytest.raises(nc.SubmissionError):
        nc.calculate(nc.read_eric(path), method)


@pytest.mark.parametrize("text", WORDS)
def test_a_word_is_left_out_with_a_warning(tmp_path, rows, text):
    path, row = changed(tmp_path, rows, text)
    [said] = [each for each in read(path).findings if each.code == "number_unreadable"]
    assert (said.severity, said.first_rows) == ("warning", (row,))


def test_no_two_layouts_are_one_when_only_what_they_say_counts():
    headers = [tuple(map(plain, layout.header)) for layout in LAYOUTS.layouts]
    assert len(set(headers)) == len(headers)
    for one in headers:
        assert not [other for other in headers if other != one and other[: len(one)] == one]


@pytest.mark.skipif(not SITES.is_file(), reason="the published estates returns are not here")
def test_the_published_file_is_read_the_same_with_a_column_of_numbers_and_m2(tmp_path):
    rows = list(csv.reader(io.StringIO(decode(SITES.name, SITES.read_bytes()), newline="")))
    header = [name.replace("m²", "m2").replace("m³", "m3") for name in rows[0]]
    numbered = [["Unnamed: 0", *header], *([str(n), *row] for n, row in enumerate(rows[1:]))]
    same(read(written(tmp_path / "x.csv", numbered)), read(SITES))
