"""What a complete return looks like: an acute trust's year with all 21 themes, and England's estates returns."""

import csv

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.submissions.check import status

TRUST, YEAR, RECYCLING = "RX1", "2023/24", "Domestic waste (recycling) volume (Tonnes)"
ANSWERS = "acute-year-answers.csv"
THEMES = 21


@pytest.fixture(scope="module")
def acute():
    return nc.calculate(nc.example("acute-year.csv"), "nhs-2026.1", answers=nc.example(ANSWERS))


def estates(measure):
    """Tonnes by trust and site as the publisher's file has them; nothing of ours reads it."""
    with nc.example("estates-2023-24.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["measure"] == measure]
    return {(row["organisation_code"], row["site_code"]): row["measure_value"] for row in rows}


def test_the_acute_year_is_accepted_without_a_warning_and_says_so(acute):
    findings = nc.check(nc.example("acute-year.csv"), "nhs-2026.1", answers=nc.example(ANSWERS))
    assert status(findings) == "accepted"
    assert {each.severity for each in findings} == {"info"}
    assert [str(each) for each in findings] == [str(each) for each in acute.findings]


def test_without_its_answers_the_same_return_warns():
    findings = nc.check(nc.example("acute-year.csv"), "nhs-2026.1")
    assert status(findings) == "accepted with warnings"
    assert {each.code for each in findings if each.severity == "warning"} == {"counted_twice"}


def test_the_acute_year_answers_every_theme_and_its_label_is_whole_but_for_what_is_not_counted(acute):
    assert acute.coverage["answer"].tolist() == ["sent"] * THEMES
    assert acute.coverage["theme"].nunique() == THEMES
    for boundary in ("nhs_carbon_footprint", "nhs_carbon_footprint_plus"):
        assert "partial:" not in acute.label(boundary)
        assert "Waste" in acute.label(boundary)
    assert acute.not_counted["activity"].tolist() == ["waste.domestic.recycling"]


def test_rows_with_a_site_are_those_of_the_trusts_estates_return():
    rows = pd.read_csv(nc.example("acute-year.csv"), keep_default_na=False)
    real = rows[rows["site"] != ""]
    trust = pd.read_csv(nc.example("trust-year.csv"))
    recycled = real[real["activity"] == "waste.domestic.recycling"]
    kept = real.drop(recycled.index).reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, trust.astype({"quantity": float}), check_dtype=False)
    published = {site: float(value) for (trust, site), value in estates(RECYCLING).items() if trust == TRUST}
    sent = dict(zip(recycled["site"], recycled["quantity"], strict=True))
    assert sent == {site: value for site, value in published.items() if value}


def test_each_trust_of_englands_estates_return_is_accepted_with_its_recycling_not_counted():
    whole = nc.read_eric(nc.example("estates-2023-24.csv"))
    footprint = nc.calculate(whole, "nhs-2026.1")
    table = whole.table
    assert table["organisation"].nunique() == 209
    for trust, rows in table.groupby("organisation"):
        findings = nc.check(rows.drop(columns=["row"]), "nhs-2026.1")
        assert not findings.refused, (trust, findings.refused)
    left = footprint.not_counted.groupby("activity")["quantity"].sum()
    assert left["waste.domestic.recycling"] > 10 * left.drop("waste.domestic.recycling").sum() > 0
    sent = table[table["activity"].isin(left.index)].groupby("activity")["quantity"].sum()
    pd.testing.assert_series_equal(left, sent, check_dtype=False, check_index_type=False, rtol=1e-12)
    declared = [each for each in footprint.findings if each.code == "not_counted_declared"]
    assert {each.activity for each in declared} == set(left.index)
    assert {each.severity for each in declared} == {"info"}
