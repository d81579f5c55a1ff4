"""One grammar of results: whatever a public function gives back is looked at, copied and written in the same way."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from green_plans import GAS, action, nhs, system
from nhscarbon.footprint.certificate import certificate
from nhscarbon.output.results import Result
from nhscarbon.output.text import SCREEN_COLUMNS, SCREEN_LINES
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.table import Actions
from nhscarbon.trajectory.monitoring.control_chart import control_chart
from nhscarbon.trajectory.monitoring.weather import correct_for_weather
from nhscarbon.trajectory.planning.robustness import robustness
from nhscarbon.trajectory.projection.backtest import back_test

HOSTILE = "<script>alert(1)</script>"
ODD = "=1+1"
NAMES = (
    "abatement", "actions", "appraisal", "back_test", "base_year", "benchmark", "bookable", "chances", "change",
    "chart", "control_chart", "costs", "decision_effects", "edition_change", "explanation", "findings", "footprint",
    "found", "green_plan", "hierarchy", "intensities", "intervention_matrix", "league",
    "monitor", "monthly_energy", "outcomes", "path", "pathways",
    "placings", "plan", "progress", "projection", "proposal", "reported", "resubmission", "robustness", "roll_up",
    "supplied", "targets", "three_lines", "triage", "uncertainty", "weather", "wedges",
)  # fmt: skip
OTHERS = ("action", "activity", "catalogue", "certificate", "column", "data_package", "factor_package", "finding",
          "known", "method", "organisations", "partial_sums", "resolution", "stamp", "sums", "target",
          "units")  # fmt: skip


def tonnes(years, start=100.0, change=-2.0):
    return pd.Series([start + change * at for at in range(len(years))], index=[nhs(year) for year in years])


@pytest.fixture(scope="module")
def built():
    """Return one of each result, as cheap as can be."""
    method = nc.methodology("nhs-2026.1")
    footprint = nc.calculate(nc.example("trust-year.csv"), method)
    hierarchy = nc.hierarchy("ods-2026-07")
    rows = pd.DataFrame(
        [(f"{HOSTILE} {ODD}", "2023/24", GAS, 1000.0, "kWh"), ("RX1", "2023/24", "energy.gas", 1.0, "kWh")],
        columns=["organisation", "period", "activity", "quantity", "unit"],
    )
    sent = rows.iloc[1:].assign(activity=GAS, reported_tco2e=[0.5])
    frame = system(["RAA", "RBB"], range(2026, 2031))
    actions = [action("a", title=HOSTILE), action("b", "switch"), action("c", "fixed", title=ODD)]
    series = tonnes(range(2019, 2026))
    path = nc.targets()["carbon-footprint-interim-on-2019"].path(series)
    projection = nc.project(footprint, draws=20)
    plan = nc.plan(frame, actions, capital_gbp=100)
    months = pd.period_range("2023-01", periods=24, freq="M").astype(str)
    degree_days = pd.Series(np.tile([300.0, 280, 200, 150, 60, 10, 5, 8, 50, 140, 220, 290], 2), index=months)
    energy = 1000 + 5 * degree_days + pd.Series(np.resize([3.0, -2, 1, -4], 24), index=months)
    denominators = pd.DataFrame(
        {"organisation": ["RX1"], "period": ["2023/24"], "measure": ["beds"], "value": [900.0], "unit": ["bed"]}
    )
    periods = ("2019/20", *months[3:15])
    sent_by_month = [(code, period, GAS, 1e6, "kWh") for code in ("RX1", "RR8") for period in periods]
    stood = nc.calculate(pd.DataFrame(sent_by_month, columns=rows.columns), method, keep=("month",))
    monitored = nc.monitor(stood, "nhs-net-zero-1")
    supplied = pd.DataFrame(
        {"organisation": ["RX1"], "period": ["2023/24"], "theme": ["water"], "tco2e": [101.0], "vintage": [HOSTILE],
         "method_note": [ODD]}
    )  # fmt: skip
    planned = [
        PlannedAction(action_id=f"{code}-1", organisation=code, text=text, intervention=id, decided=bool(id), risk=text,
                      tco2e_a_year=5.0, end_year=2027)
        for code, text, id in (("RX1", HOSTILE, "led"), ("RX2", ODD, "led"), (ODD, HOSTILE, ""))
    ]  # fmt: skip
    return {
        "abatement": nc.trajectory.abatement(frame, actions, draws=20),
        "actions": Actions(tuple(actions)),
        "appraisal": nc.trajectory.appraisal(),
        "back_test": back_test(series),
        "base_year": nc.analysis.base_year(footprint, "2023/24", on="2026-04-01", reason=HOSTILE),
        "benchmark": nc.analysis.benchmark(
            footprint, denominators, measure="beds", period="2023/24", hierarchy=hierarchy
        ),
        "chances": projection.chances(nc.targets()["carbon-footprint-net-zero"].path(footprint, base_tco2e=70_000.0)),
        "change": nc.compare(footprint, footprint, boundary=("scope_1", "nhs_carbon_footprint")),
        "chart": nc.chart(footprint),
        "control_chart": control_chart(energy),
        "bookable": nc.trajectory.bookable(
            [PlannedAction(action_id="a", organisation="RAA", text=HOSTILE, selects=(GAS,), tco2e_a_year=1.0)], frame
        ),
        "costs": nc.trajectory.costs(frame, actions),
        "decision_effects": nc.trajectory.decision_effects(frame, actions),
        "edition_change": nc.analysis.compare_editions("nhs-2026.1", "nhs-2026.2", {f"{HOSTILE} {ODD}": rows.iloc[:0]}),
        "explanation": footprint.explain(activity=GAS),
        "findings": nc.check(rows, method),
        "footprint": footprint,
        "found": nc.find(f"gas {HOSTILE} {ODD}", method),
        "green_plan": nc.green_plan(planned, footprint, priorities=["water"]),
        "hierarchy": hierarchy,
        "intensities": nc.trajectory.intensities(monitored, denominators),
        "league": nc.trajectory.league(monitored),
        "intervention_matrix": nc.trajectory.intervention_matrix(planned, footprint, priorities=["water"]),
        "monitor": monitored,
        "monthly_energy": nc.trajectory.monthly_energy(stood),
        "outcomes": projection.outcomes,
        "path": path,
        "pathways": nc.trajectory.plus_pathways(),
        "plan": plan,
        "progress": nc.trajectory.progress(series, path),
        "projection": projection,
        "proposal": nc.propose_mapping(rows, method),
        "reported": nc.submissions.check_reported(sent, method),
        "resubmission": nc.check(rows, method, before=rows.assign(quantity=[5.0, 1.0])).resubmission,
        "robustness": robustness([plan], draws=20),
        "placings": nc.analysis.placings(footprint, hierarchy, to="icb"),
        "roll_up": nc.roll_up(footprint, hierarchy, to="icb"),
        "supplied": nc.analysis.supplied_footprint(supplied, method, source=HOSTILE),
        "targets": nc.targets(),
        "three_lines": nc.trajectory.three_lines(footprint, to="2030/31", draws=2),
        "triage": nc.submissions.triage([nc.submissions.FileCheck(f"{HOSTILE} {ODD}", nc.check(rows, method))]),
        "uncertainty": nc.uncertainty(footprint, "theme", draws=20),
        "weather": correct_for_weather(energy, degree_days, normal_heating=degree_days),
        "wedges": nc.trajectory.wedges(frame, actions),
    }


@pytest.fixture(scope="module", params=NAMES, ids=str)
def result(built, request):
    return built[request.param]


def test_every_kind_of_result_is_looked_at(built):
    kinds = {type(each) for each in built.values()}
    assert set(NAMES) == set(built)
    assert all(issubclass(kind, Result) for kind in kinds)
    assert {kind.__name__ for kind in _kinds(Result) if not getattr(kind, "__abstractmethods__", None)} - {
        kind.__name__ for kind in kinds
    } <= {"TableResult", "Working"}  # what the kinds are made of


def _kinds(kind):
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def test_no_result_has_a_second_name_for_its_table(result):
    assert not {"to_frame", "frame", "data", "plot"} & set(dir(result))
    assert callable(getattr(result, "lines", lambda: None))  # of a footprint: the rows as they were sent


def test_the_table_is_a_fresh_copy_and_editing_it_changes_nothing(result):
    first = result.table
    before = first.copy(deep=True)
    for name in first.columns:
        first[name] = None
    first.loc[:, "more"] = 1
    pd.testing.assert_frame_equal(result.table, before)


def test_it_fits_one_screen_and_its_repr_one_line(result):
    lines = str(result).split("\n")
    assert len(lines) <= SCREEN_LINES
    assert all(len(line) <= SCREEN_COLUMNS or " " not in line.strip() for line in lines)  # no link is broken
    assert "\n" not in repr(result)
    assert len(repr(result)) < 200


def test_html_holds_no_text_of_a_stranger_as_it_came(result):
    page = result._repr_html_()
    assert page.startswith(("<div", "<pre", "<img"))
    assert "<script" not in page


def test_csv_reads_back_as_the_table(result, tmp_path):
    path = result.to_csv(tmp_path / "out.csv")
    table = result.table
    table = table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == [str(name) for name in table.columns]
    assert len(rows) == len(table)
    for place, name in enumerate(table.columns):
        if table[name].dtype.kind in "iuf":
            told = [float(row[place]) if row[place] else np.nan for row in rows]
            np.testing.assert_array_equal(told, table[name].to_numpy(np.float64))
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_nothing_is_written_over_unless_asked(built, tmp_path):
    for name in ("wedges", "findings"):
        for write in (built[name].to_csv, built[name].to_excel):
            path = write(tmp_path / f"{name}.out")
            before = path.read_bytes()
            with pytest.raises(nc.NHSCarbonError):
                write(path)
            assert path.read_bytes() == before
            assert write(path, overwrite=True) == path
            path.unlink()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "hierarchy"])  # its rows take long to write
def test_a_workbook_opens_with_typed_cells_and_what_it_is_about(built, name, tmp_path):
    result = built[name]
    openpyxl = pytest.importorskip("openpyxl", reason="needs the extra 'excel'")
    book = openpyxl.load_workbook(result.to_excel(tmp_path / "out.xlsx"))
    table = result.table
    table = table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
    sheet, about = book.worksheets
    assert about.title == "about"
    assert about["B2"].value == result.to_dict()["title"].replace("\n", " ")
    head, *rows = sheet.iter_rows(max_row=len(table) + 1)
    assert [cell.value for cell in head] == [str(column) for column in table.columns]
    for place, column in enumerate(table.columns):
        cells = [row[place] for row in rows if row[place].value is not None]
        assert all(cell.data_type != "f" for cell in cells)
        if table[column].dtype.kind in "iuf":
            assert all(cell.data_type == "n" or cell.value in ("inf", "-inf") for cell in cells)


def test_the_dictionary_is_plain_json_with_a_record_for_each_row(result):
    found = result.to_dict()
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again == found
    assert isinstance(found["title"], str)
    assert len(found["records"]) == len(result.table)
    if hasattr(result, "stamp"):
        assert found["stamp"]["methodology_digest"] == result.stamp.methodology_digest


def test_what_must_be_reproducible_has_its_stamp(built):
    for name in ("footprint", "uncertainty"):
        assert built[name].stamp == built["footprint"].stamp
    assert built["change"].to_dict()["stamp"]["after"]["input_sha256"] == built["footprint"].stamp.input_sha256


def test_what_can_be_added_up_adds_up(built):
    footprint, wedges, supplied = built["footprint"], built["wedges"], built["supplied"]
    assert built["roll_up"].total() == pytest.approx(footprint.total(), rel=1e-12)
    assert wedges.by("action")["tco2e"].sum() == pytest.approx(wedges.by()["tco2e"].iloc[0], rel=1e-12)
    assert supplied.by("theme")["tco2e"].tolist() == [supplied.by()["tco2e"].iloc[0]] == [101.0]
    for each in (wedges, supplied):
        with pytest.raises(nc.NHSCarbonError, match="no column 'colour'"):
            each.by("colour")


@pytest.mark.parametrize("name", OTHERS)
def test_the_repr_of_what_is_no_result_is_one_line_too(built, name):
    footprint, hierarchy = built["footprint"], built["hierarchy"]
    method = footprint.method
    things = {
        "action": built["plan"].actions[0], "activity": footprint.sources[0], "catalogue": method.catalogue,
        "certificate": certificate(footprint), "column": footprint.sums.columns["organisation"],
        "data_package": hierarchy.organisations.package, "factor_package": next(iter(method.packages.values())),
        "finding": next(iter(built["findings"])), "known": hierarchy.look_up("RM2", "2019-04-01"), "method": method,
        "organisations": hierarchy.organisations, "partial_sums": nc.partial(nc.example("trust-year.csv")),
        "resolution": next(iter(footprint.resolutions.values())), "stamp": footprint.stamp, "sums": footprint.sums,
        "target": next(iter(built["targets"])), "units": method.units,
    }  # fmt: skip
    told = repr(things[name])
    assert "\n" not in told
    assert len(told) < 200
    assert type(things[name]).__name__ in told
