"""A part of a factor that nobody published: no total that needs it, wherever a total is shown."""

import json

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import BoundaryError
from nhscarbon.footprint.certificate import certificate
from nhscarbon.footprint.document import json_document

CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]
# the set of 2014: 0.184973003 kgCO2e/kWh of gas without well-to-tank; 0.3441 kgCO2e/m3 of water, which has none
OLD = [("RX1", "2014/15", "energy.natural_gas", 1_000_000, "kWh"), ("RX1", "2014/15", "water.supply", 1000, "m3")]
GAS, WATER = 184.973003, 0.3441  # t
NEW = [("RX1", "2023/24", "water.supply", 1000, "m3")]
BLOCKED, WHOLE = {CORE, PLUS, "scope_3"}, {"direct_only": GAS + WATER, "direct_and_transmission": GAS + WATER,
                                           "scope_1": GAS}  # fmt: skip


@pytest.fixture(scope="module")
def old(method):
    return nc.calculate(pd.DataFrame(OLD, columns=COLUMNS), method)


@pytest.fixture(scope="module")
def both(method):
    return nc.calculate(pd.DataFrame([*OLD, *NEW], columns=COLUMNS), method)


@pytest.mark.parametrize("boundary", sorted(BLOCKED))
def test_a_boundary_that_needs_the_part_is_refused_by_every_door(old, boundary):
    for ask in (old.total, old.inside):
        with pytest.raises(BoundaryError, match=r"cannot be totalled: no publication has wtt of energy.natural_gas"):
            ask(boundary)
    for ask in (lambda: old.by("theme", boundary=boundary), lambda: old.by(boundary=boundary),
                lambda: nc.uncertainty(old, boundary=boundary, draws=10)):  # fmt: skip
        with pytest.raises(BoundaryError, match=r"Boundaries that this footprint supports: .*direct_only"):
            ask()
    assert old.missing_components(boundary)


def test_one_missing_part_is_enough_and_names_itself_alone(method):
    rows = [*OLD, ("RX1", "2014/15", "travel.car.average.diesel", 10, "km")]
    found = nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)
    missing = {(key.activity, component) for key, component in found.missing_components(CORE)}
    assert ("energy.natural_gas", "wtt") in missing
    assert "water.supply" not in {activity for activity, _ in missing}


@pytest.mark.parametrize(("boundary", "tco2e"), WHOLE.items())
def test_a_boundary_that_does_not_need_it_has_its_total(old, boundary, tco2e):
    assert old.total(boundary) == pytest.approx(tco2e)
    assert old.totals[boundary] == pytest.approx(tco2e)
    assert not old.missing_components(boundary)


def test_totals_certificates_and_documents_have_nothing_in_its_place(old):
    for totals in (old.totals, json_document(old)["totals"], certificate(old).about["totals_tco2e"]):
        assert {name for name, total in totals.items() if total is None} == BLOCKED
    themes = {row["theme"]: row for row in json_document(old)["themes"]}
    assert themes["fossil_fuels"][f"{CORE}_tco2e"] is None  # not 0, and not the direct part alone
    assert themes["water"][f"{CORE}_tco2e"] is None
    text = str(old)
    assert "not published for it: wtt of energy.natural_gas" in text
    assert "185.32" not in text.partition("other totals")[0]  # 184.97 + 0.34, as if it were whole


def test_a_year_without_it_stands_beside_one_that_is_whole(both):
    # 1,000 m3 of supply at 0.176684546579 kgCO2e/m3 in the set of 2023
    document = json_document(both)
    assert document["totals"]["2014/15"][CORE] is None
    assert document["totals"]["2023/24"][CORE] == pytest.approx(0.176684546579)
    tonnes = {(row["period"], row["theme"]): row[f"{CORE}_tco2e"] for row in document["themes"]}
    assert tonnes["2014/15", "water"] is None
    assert tonnes["2023/24", "water"] == pytest.approx(0.176684546579)
    assert tonnes["2023/24", "fossil_fuels"] is None  # not sent, which is not zero
    summary = both.summary()
    assert summary.total_in_words(CORE, "2014/15") == "not available"
    assert summary.total_in_words(CORE, "2023/24") == ""


@pytest.mark.parametrize(("argv", "code"), [
    (["footprint", "{old}", "--boundary", CORE], 1), (["footprint", "{old}", "--by", "theme"], 1),
    (["footprint", "{old}", "--boundary", PLUS, "--format", "csv"], 1),
    (["footprint", "{old}", "--boundary", "scope_1"], 0), (["footprint", "{old}"], 0),
    (["footprint", "{old}", "--boundary", "scope_9"], 2),
])  # fmt: skip
def test_the_exit_code_says_that_a_boundary_cannot_be_totalled(activity_csv, capsys, argv, code):
    old = activity_csv(*(",".join(map(str, row)) for row in OLD))
    assert main([word.format(old=old) for word in argv] + ["--method", "nhs-2026.1"]) == code
    shown = capsys.readouterr()
    assert ("would look complete and be too small" in shown.err) == (code == 1)
    assert bool(shown.out) == (code == 0)


def test_the_command_writes_null_where_there_is_no_total(activity_csv, capsys):
    old = activity_csv(*(",".join(map(str, row)) for row in OLD))
    assert main(["footprint", str(old), "--method", "nhs-2026.1", "--format", "json"]) == 0
    totals = json.loads(capsys.readouterr().out)["totals"]
    assert (totals[CORE], totals["scope_1"]) == (None, pytest.approx(GAS))
