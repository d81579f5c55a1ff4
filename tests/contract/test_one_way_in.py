"""Every public function that takes a source takes the same sources, and reads them alike."""

import io

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.comparison import compare_methods
from nhscarbon.footprint.coverage import completeness
from nhscarbon.submissions.reported import check_reported

pa = pytest.importorskip("pyarrow", reason="SKIPPED ALOUD: the extra arrow (pyarrow) is not installed")
pl = pytest.importorskip("polars", reason="SKIPPED ALOUD: Polars is not installed")
load_workbook = pytest.importorskip("openpyxl", reason="SKIPPED ALOUD: the extra excel is not installed").load_workbook
duckdb = pytest.importorskip("duckdb", reason="SKIPPED ALOUD: DuckDB is not installed")

METHOD = nc.methodology("nhs-2026.1")
ROWS = [
    {"organisation": "RX1", "site": "RX102", "period": "2023/24", "activity": "energy.natural_gas", "quantity": 1000.0,
     "unit": "kWh", "reported_tco2e": 0.18, "note": ""},
    {"organisation": "RR8", "site": "", "period": "2022/23", "activity": "water.supply", "quantity": 12.5, "unit": "m3",
     "reported_tco2e": None, "note": "from the bill"},
]  # fmt: skip
TABLE = pd.DataFrame(ROWS)
KINDS = ("csv", "large csv", "xlsx", "parquet", "folder", "buffer", "pandas", "large pandas", "polars", "arrow",
         "records", "activity", "lazy polars", "duckdb")  # fmt: skip


def source(kind, folder, table=TABLE):
    """Return a table as a source of some kind; large, it goes through Arrow."""
    if kind in ("csv", "large csv", "buffer"):
        table.to_csv(folder / "return.csv", index=False)
        path = folder / "return.csv"
        return io.BytesIO(path.read_bytes()) if kind == "buffer" else path
    if kind == "xlsx":
        pytest.importorskip("python_calamine", reason="SKIPPED ALOUD: workbooks need the extra 'excel'")
        table.to_excel(folder / "return.xlsx", index=False)
        return folder / "return.xlsx"
    if kind in ("parquet", "folder"):
        inside = folder / "parts"
        inside.mkdir(exist_ok=True)
        table.to_parquet(inside / "part.parquet", index=False)
        return inside / "part.parquet" if kind == "parquet" else inside
    if kind == "records":
        return table.astype(object).where(table.notna(), None).to_dict("records")
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    return {
        "pandas": lambda: table, "large pandas": lambda: table, "activity": lambda: nc.read(table),
        "arrow": lambda: arrow, "polars": lambda: pl.from_arrow(arrow),
        "lazy polars": lambda: pl.from_arrow(arrow).lazy(),
        "duckdb": lambda: duckdb.from_arrow(arrow),
    }[kind]()  # fmt: skip


@pytest.fixture(params=KINDS)
def kind(request, monkeypatch):
    if request.param == "large pandas":
        monkeypatch.setattr("nhscarbon.activity.readers.from_any_frame.WORTH_IT", 1)
    if request.param == "large csv":
        monkeypatch.setattr("nhscarbon.activity.readers.open_source.LARGE", 0)
    return request.param


def codes(findings):
    return sorted((finding.code, finding.column, finding.rows) for finding in findings if finding.severity != "info")


def test_every_function_takes_every_source(kind, tmp_path):
    def here():
        return source(kind, tmp_path)

    expected = nc.calculate(TABLE, METHOD)
    assert nc.calculate(here(), METHOD) == expected
    assert nc.partial(here()).sha256 == nc.partial(TABLE).sha256
    assert len(nc.read(here())) == 2
    assert {code for code, *_ in codes(nc.check(here(), METHOD))} <= {
        code for code, *_ in codes(nc.check(TABLE, METHOD))
    }
    pd.testing.assert_frame_equal(completeness(here(), METHOD), completeness(TABLE, METHOD))
    pd.testing.assert_frame_equal(compare_methods(here(), ["nhs-2026.1"]), compare_methods(TABLE, ["nhs-2026.1"]))
    marked = nc.mark(here(), nc.check(here(), METHOD), tmp_path / "marked.xlsx")
    assert load_workbook(marked).worksheets[0]["A2"].value == "RX1"
    ours, theirs = (check_reported(each, METHOD) for each in (here(), TABLE))
    assert (ours.reported_tco2e, ours.tco2e) == (theirs.reported_tco2e, theirs.tco2e)


def test_columns_are_named_in_any_spelling_by_every_route(kind, tmp_path):
    spelt = TABLE.rename(
        columns={"organisation": "Organisation", "quantity": " QUANTITY", "reported_tco2e": "Reported tCO2e"}
    )
    found = nc.calculate(source(kind, tmp_path, spelt), METHOD)
    assert found == nc.calculate(TABLE, METHOD)
    said = {finding.column for finding in found.findings if finding.code == "column_spelling"}
    assert said == {"organisation", "quantity", "reported_tco2e"}


def test_a_column_in_two_spellings_is_asked_about_by_every_route(kind, tmp_path):
    both = TABLE.assign(Unit="kWh")
    if kind == "activity":
        assert [finding.code for finding in nc.read(both).findings] == ["column_twice"]
        return
    if kind == "duckdb":  # it has one name for both, and gives the second another
        return
    with pytest.raises(nc.SubmissionError, match="appears twice") as error:
        nc.calculate(source(kind, tmp_path, both), METHOD)
    assert {finding.code for finding in error.value.findings.refused} == {"column_twice"}


def test_a_wholly_blank_row_is_left_out_by_every_route(kind, tmp_path):
    assert nc.calculate(source(kind, tmp_path, TABLE.reindex(range(3))), METHOD) == nc.calculate(TABLE, METHOD)


def test_a_row_with_a_note_alone_is_refused_by_every_route(kind, tmp_path):
    noted = TABLE.reindex(range(3))
    noted.loc[2, "note"] = "see above"
    with pytest.raises(nc.SubmissionError) as error:
        nc.calculate(source(kind, tmp_path, noted), METHOD)
    found = {finding.code for finding in error.value.findings.refused}
    assert found >= {"organisation_blank", "period_blank", "activity_blank", "unit_blank"}
    assert found & {"quantity_blank", "quantity_not_a_number"}
    assert {finding.rows for finding in error.value.findings.refused} == {1}


def test_what_is_no_source_is_refused_in_words():
    for odd, said in (
        (5, "cannot be read from a int"),
        ([1, 2], "record 1 of the list is a int"),
        (object(), "object"),
    ):
        with pytest.raises(nc.NHSCarbonError, match=said):
            nc.calculate(odd, METHOD)


def test_an_empty_list_of_records_is_no_footprint_of_zero():
    with pytest.raises(nc.SubmissionError):
        nc.calculate([], METHOD)
