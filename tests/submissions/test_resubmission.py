"""A return against an earlier version of the same year: what changed row by row, in tonnes, and in its findings."""

import json
from math import fsum

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.findings import finding
from nhscarbon.submissions.closed_findings import findings_by_fate

METHOD = nc.methodology("nhs-2026.1")
HEAD = ["organisation", "site", "period", "activity", "quantity", "unit", "reference"]
YEAR = "2023/24"
GAS, GRID, WATER, OIL = "energy.natural_gas", "energy.electricity.grid", "water.supply", "energy.gas_oil"
KINDS = ("changed", "moved", "added", "left_out")


def row(site, activity, quantity, unit, reference="", period=YEAR, organisation="RTG"):
    return (organisation, site, period, activity, quantity, unit, reference)


def table(*rows):
    return pd.DataFrame(rows, columns=HEAD)


FIRST = (
    row("RTGFG", GAS, 12_000_000, "kWh", "m1"),
    row("RTGFA", GAS, 5_000_000, "kWh", "m2"),
    row("RTGFG", GRID, 900_000, "kWh"),
    row("RTGFG", WATER, 9_000, "m3"),
    row("RTGFA", OIL, 5_000, "litre"),
)


def resubmission(now, before, **options):
    return nc.check(now, METHOD, before=before, **options).resubmission


def changes(now, before=FIRST):
    """Return what changed, in the order of the table, as plain words."""
    found = resubmission(table(*now), table(*before)).table
    return [
        (each["kind"], each["activity"], each["site"], each["was"], each["row"], each["row_before"])
        for each in found.astype(object).where(found.notna(), None).to_dict("records")
    ]


def but(place, *rows):
    return (*FIRST[:place], *rows, *FIRST[place + 1 :])


def total(source):
    return nc.calculate(source, METHOD).total(METHOD.widest)


def test_the_same_rows_in_other_words_and_another_order_are_no_change():
    again = table(
        row("rtgfg ", "Energy.Electricity.Grid", 900, "MWh"),
        row("RTGFA", OIL, 5_000, "litres"),
        row("RTGFA", "Natural gas", 5, "GWh", "M2"),
        row("RTGFG", WATER, 9_000.0, "m3"),
        row("RTGFG", GAS, 12_000, "mwh", "m1", organisation="rtg"),
    )
    found = resubmission(again, table(*FIRST))
    assert found.table.empty
    assert (found.unchanged, found.reworded) == (5, 4)  # all but the row of water
    assert found.tco2e_change == 0


@pytest.mark.parametrize(("now", "expected"), [
    (but(1, row("RTGFA", GAS, 500_000, "kWh", "m2")), ("changed", GAS, "RTGFA", "", 2, 2)),
    (but(1, row("RTGFA", GAS, 5_000_000, "MWh", "m2")), ("changed", GAS, "RTGFA", "", 2, 2)),
    (but(2, row("RTGFA", GRID, 900_000, "kWh")), ("moved", GRID, "RTGFA", "site RTGFG", 3, 3)),
    (but(2, row("RTGFG", GRID, 900_000, "kWh", period="2023-06")), ("moved", GRID, "RTGFG", "no month", 3, 3)),
    (but(4, row("RTGFA", "energy.burning_oil", 5_000, "litre")),
     ("moved", "energy.burning_oil", "RTGFA", f"activity {OIL}", 5, 5)),
    (but(1, row("RTGFA", GAS, 5_000_000, "m3", "m2")), ("changed", GAS, "RTGFA", "unit kWh", 2, 2)),
    ((*FIRST, row("RTGFG", WATER, 70, "m3")), ("added", WATER, "RTGFG", "", 6, None)),
    (FIRST[:-1], ("left_out", OIL, "RTGFA", "", None, 5)),
])  # fmt: skip
def test_one_change_is_one_row_with_its_place_in_both(now, expected):
    (kind, *rest, here, there) = expected
    assert changes(now) == [(kind, *rest, here, there)]


def test_a_copy_that_has_gone_is_left_out_and_a_copy_that_came_is_added():
    twice = (*FIRST, FIRST[3])
    assert [each[0] for each in changes(FIRST, twice)] == ["left_out"]
    assert [each[0] for each in changes(twice, FIRST)] == ["added"]
    assert not changes(twice, twice)


def test_references_tell_meters_apart_and_a_reference_that_is_new_does_not():
    meters = (row("A", GAS, 100, "MWh", "m1"), row("A", GAS, 200, "MWh", "m2"))
    swapped = (row("A", GAS, 200, "MWh", "m1"), row("A", GAS, 100, "MWh", "m2"))
    assert [each[0] for each in changes(swapped, meters)] == ["changed", "changed"]
    plain = tuple(row("A", GAS, amount, "MWh") for amount in (200, 100))
    assert not changes(plain, meters)
    other = (meters[0], row("A", GAS, 250, "MWh", "m3"))
    assert {each[0] for each in changes(other, meters)} == {"added", "left_out"}


def test_quantities_stand_in_the_unit_of_now():
    [change] = resubmission(table(row("A", GAS, 6, "MWh")), table(row("A", GAS, 5_000, "kWh"))).table.to_dict("records")
    assert (change["unit"], change["quantity_before"], change["quantity"], change["quantity_change"]) == (
        "MWh",
        5,
        6,
        1,
    )


SITES, MANY = ("A", "B", "C"), 400


def versions(seed):
    """Return two versions with every kind of change between them, shuffled."""
    dice = np.random.default_rng(seed)
    activities = {GAS: ("kWh", "MWh"), GRID: ("kWh", "MWh"), WATER: ("m3",), OIL: ("litre",)}
    rows = []
    for number in range(MANY):
        activity = [*activities][dice.integers(4)]
        unit = activities[activity][dice.integers(len(activities[activity]))]
        month = f"2023-{dice.integers(4, 13):02d}"
        rows.append(row(SITES[dice.integers(3)], activity, round(dice.lognormal(5, 1), 2), unit, f"m{number}", month))
    before = table(*rows)
    now = before.sample(frac=0.95, random_state=seed)
    hit = dice.random(len(now)) < 0.2
    now.loc[hit, "quantity"] = (now.loc[hit, "quantity"] * 1.5).round(2)
    moved = dice.random(len(now)) < 0.1
    now.loc[moved, "site"] = "D"
    more = before.sample(20, random_state=seed + 1).assign(
        reference=[f"n{number}" for number in range(20)], quantity=7.5
    )
    return pd.concat([now, more]).sample(frac=1, random_state=seed, ignore_index=True), before


@pytest.mark.parametrize("seed", range(3))
def test_the_tonnes_of_the_changes_are_the_difference_of_the_two_totals(seed):
    now, before = versions(seed)
    found = resubmission(now, before)
    assert set(found.table["kind"]) == set(KINDS)
    after, earlier = total(now), total(before)
    assert found.tco2e == pytest.approx(after, rel=1e-12)
    assert found.tco2e_before == pytest.approx(earlier, rel=1e-12)
    assert fsum(found.table["tco2e_change"]) == pytest.approx(after - earlier, abs=1e-9)
    assert found.tco2e_change == pytest.approx(after - earlier, abs=1e-9)
    assert found.unchanged + found.counts["changed"] + found.counts["moved"] + found.counts["added"] == len(now)
    assert found.unchanged + found.counts["changed"] + found.counts["moved"] + found.counts["left_out"] == len(before)


def test_the_order_of_rows_changes_nothing():
    now, before = versions(9)
    names = ["kind", "site", "activity", "period", "unit", "quantity_before", "quantity", "was"]
    found = []
    for seed in (1, 2):
        mixed = resubmission(now.sample(frac=1, random_state=seed), before.sample(frac=1, random_state=seed + 5))
        found.append(mixed.table[names].sort_values(names).reset_index(drop=True))
    pd.testing.assert_frame_equal(*found)


def test_every_kind_of_earlier_version_gives_the_same_tonnes(tmp_path):
    now, before = table(*but(1, row("RTGFA", GAS, 500_000, "kWh", "m2"))), table(*FIRST)
    before.to_csv(tmp_path / "v1.csv", index=False)
    sources = [before, tmp_path / "v1.csv", before.to_dict("records"), nc.read(before), nc.partial(before),
               nc.calculate(before, METHOD), nc.calculate(nc.partial(before), METHOD), [before]]  # fmt: skip
    effects = [resubmission(now, each).tco2e_change for each in sources]
    assert effects == pytest.approx([effects[0]] * len(effects), rel=1e-12)
    by_row = [resubmission(now, each).by_row for each in sources]
    assert by_row == [True, True, True, True, False, True, False, True]


def test_another_year_or_organisation_is_no_earlier_version():
    assert resubmission(table(*FIRST), table(*FIRST).assign(period="2022/23")) is None
    assert resubmission(table(*FIRST), table(*FIRST).assign(organisation="RX1")) is None
    assert nc.check(table(*FIRST), METHOD).resubmission is None


def test_years_and_organisations_of_one_of_the_two_alone_are_left_out():
    last = table(*FIRST).assign(period="2022/23", quantity=1)
    assert resubmission(table(*FIRST), pd.concat([last, table(*FIRST)])).table.empty
    beside = pd.concat([table(*FIRST), table(*FIRST).assign(organisation="RX1", site="")])
    assert resubmission(beside, table(*FIRST)).table.empty


def test_a_row_of_a_wrong_year_that_was_corrected_is_moved():
    rows = [*FIRST, *(row("RTGFG", WATER, 10 + number, "m3", f"w{number}") for number in range(5))]
    wrong = [*rows[:-1], (*rows[-1][:2], "2022/23", *rows[-1][3:])]
    assert [each[:4] for each in changes(rows, wrong)] == [("moved", WATER, "RTGFG", "period 2022/23")]


def test_what_nobody_could_read_before_counts_whole_when_it_is_corrected():
    before = table(*but(3, row("RTGFG", "aqua pura", 9_000, "m3")))
    found = resubmission(table(*FIRST), before)
    [change] = found.table.to_dict("records")
    assert (change["kind"], change["was"]) == ("moved", "activity aqua pura")
    assert np.isnan(change["tco2e_before"])
    assert change["tco2e_change"] == change["tco2e"] == pytest.approx(total(table(FIRST[3])))
    assert [each.code for each in found.closed] == ["activity_unknown"]


def test_what_cannot_be_weighed_is_said_and_in_no_total():
    found = resubmission(table(*FIRST, row("A", "aqua pura", 1, "m3")), table(*FIRST))
    assert np.isnan(found.table["tco2e_change"].iloc[0])
    assert found.tco2e_change == 0
    assert "1 of the changes cannot be weighed" in str(found)


def test_findings_are_closed_opened_or_remain():
    twice = (*FIRST, FIRST[3])
    now = but(4, row("RTGFA", "gass oil", 5_000, "litre"))
    found = resubmission(table(*now), table(*twice))
    assert [each.code for each in found.closed if each.refuses] == ["row_repeated"]
    assert [each.code for each in found.opened if each.refuses] == ["activity_unknown"]
    same = resubmission(table(*twice), table(*twice))
    assert (same.closed, same.opened) == ((), ())
    assert "row_repeated" in [each.code for each in same.remaining]


def test_what_only_rows_can_tell_is_not_called_closed_where_they_are_not_at_hand():
    found = resubmission(nc.partial(table(*FIRST)), table(*FIRST, FIRST[3]))
    assert "row_repeated" not in [each.code for each in (*found.closed, *found.opened)]


def warned(code="year_on_year", **about):
    return finding(nc.findings.Wording(code, "warning", "text", "fix it"), **about)


def test_a_finding_is_the_same_whatever_its_rows_and_figures_and_never_of_another_site():
    one, other = warned(site="A", activity=GAS, rows=2), warned(site="B", activity=GAS)
    again = warned(site="A", activity=GAS, rows=9, kgco2e_at_stake=5.0)
    assert findings_by_fate([again], [one]) == ((), (), (again,))
    closed, opened, remaining = findings_by_fate([other], [one])
    assert (closed, opened, remaining) == ((one,), (other,), ())
    whole = warned(activity=GAS)
    assert findings_by_fate([whole], [one]) == ((), (), (whole,))
    assert findings_by_fate([one, one], [one]) == ((), (one,), (one,))


def test_the_command_says_what_changed_and_exits_as_the_findings_say(tmp_path, capsys):
    table(*FIRST).to_csv(tmp_path / "v1.csv", index=False)
    table(*but(1, row("RTGFA", GAS, 500_000, "kWh", "m2"))).to_csv(tmp_path / "v2.csv", index=False)
    command = ["check", str(tmp_path / "v2.csv"), "--method", "nhs-2026.1", "--before", str(tmp_path / "v1.csv")]
    assert main(command) == 0
    shown = " ".join(capsys.readouterr().out.split())
    effect = total(table(FIRST[1])) * 0.9
    assert f"−{effect:,.2f} tCO2e" in shown
    assert "row 3, row 3 before: RTG RTGFA 2023/24 energy.natural_gas, 5,000,000 kWh before, 500,000 kWh now" in shown
    assert main([*command, "--format", "json", "--changes", str(tmp_path / "changes.csv")]) == 0
    [document] = json.loads(capsys.readouterr().out)["resubmissions"]
    assert document["tco2e_change"] == pytest.approx(-effect)
    assert document["records"][0]["row_before"] == 3
    written = pd.read_csv(tmp_path / "changes.csv")
    assert written[["kind", "row", "row_before"]].to_numpy().tolist() == [["changed", 3, 3]]
    assert main([*command[:4], "--changes", str(tmp_path / "x.csv")]) == 2


def test_rows_of_several_sheets_have_their_sheet(tmp_path):
    path = tmp_path / "v2.xlsx"
    with pd.ExcelWriter(path) as book:
        table(*FIRST[:2]).to_excel(book, sheet_name="gas", index=False)
        table(*FIRST[2:4], row("RTGFA", OIL, 6_000, "litre")).to_excel(book, sheet_name="rest", index=False)
    [change] = resubmission(path, table(*FIRST)).table.to_dict("records")
    assert (change["kind"], change["sheet"], change["row"], change["row_before"]) == ("changed", "rest", 4, 5)


def test_no_supplier_is_named():
    before = table(row("A", WATER, 100, "m3")).assign(supplier="Dr Jane Doe")
    found = resubmission(table(row("B", WATER, 100, "m3")).assign(supplier="Acme"), before)
    assert found.table["was"].tolist() == ["site A; another supplier"]
    assert "Jane" not in json.dumps(found.to_dict())


OTHER = tuple(row(site, activity, quantity, unit, organisation="RX1") for site, activity, quantity, unit in (
    ("RX1RA", GAS, 7_000_000, "kWh"), ("RX1RA", WATER, 4_000, "m3"), ("RX1CC", GRID, 800_000, "kWh")))  # fmt: skip
BOTH = table(*FIRST, *OTHER)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("as_sums", [False, True])
def test_two_organisations_may_each_have_an_earlier_file(order, as_sums):
    files = [table(*but(1, row("RTGFA", GAS, 5_000, "kWh", "m2"))), table(*OTHER[:2])][::order]
    found = resubmission(BOTH, [nc.partial(each) for each in files] if as_sums else files)
    assert found.counts == {"changed": 1, "moved": 0, "added": 1, "left_out": 0}
    assert found.by_row is not as_sums
    assert found.tco2e == pytest.approx(total(BOTH), rel=1e-9)
    assert found.tco2e_before == pytest.approx(sum(total(each) for each in files), rel=1e-9)


def test_of_several_earlier_files_the_last_of_each_organisation_counts():
    wrong = BOTH.assign(quantity=BOTH["quantity"] * 2)
    assert resubmission(BOTH, [wrong, table(*FIRST), table(*OTHER)]).table.empty
    found = resubmission(BOTH, [wrong, table(*FIRST)]).table  # of the other organisation the first alone has rows
    assert set(found["organisation"]) == {"RX1"}
    assert len(resubmission(BOTH, [table(*FIRST), wrong]).table) == len(BOTH)


def test_findings_of_an_earlier_file_close_where_it_is_the_version_that_counts():
    faulty = table(*but(1, row("RTGFA", "fuel", 5_000_000, "kWh", "m2")), *OTHER)
    assert "activity_unknown" in [each.code for each in resubmission(BOTH, [faulty, table(*OTHER)]).closed]
    assert resubmission(BOTH, [faulty, table(*FIRST)]).closed == ()
