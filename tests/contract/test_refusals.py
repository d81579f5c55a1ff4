"""Each refusal refuses, says which rows and what to do, and nothing is calculated."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import MixedMethodError, UnreadableError, UsageError

GOOD = "RXX,2023/24,energy.natural_gas,100,kWh"
OTHER = "RXX,2023/24,water.supply,70,m3"


def refused(source, method):
    with pytest.raises(nc.SubmissionError) as caught:
        nc.calculate(source, method)
    return caught.value


@pytest.mark.parametrize(
    ("row", "code", "says"),
    [
        ("RXX,2023/24,energy.natural_gaz,1,kWh", "activity_unknown", "Did you mean Natural gas (energy.natural_gas)?"),
        ("RXX,2023/24,energy.natural_gas,1,kWhh", "unit_unknown", "Did you mean 'kWh'"),
        ("RXX,2023/24,energy.natural_gas,1,tonne", "unit_not_convertible", "Use kWh, kWh_net or m3"),
        ("RXX,2023/24,anaesthetic.entonox,1,kg", "unit_not_convertible", "kg"),
        ("RXX,2023,energy.natural_gas,1,kWh", "period_unreadable", "calendar or a financial year"),
        ("RXX,2011-12,energy.natural_gas,1,kWh", "period_unreadable", "month 12 of 2011"),
        ("RXX,2031/32,energy.natural_gas,1,kWh", "period_not_served", "carry_forward"),
        ("RXX,2012/13,energy.natural_gas,1,kWh", "period_not_served", "2013/14 to 2026/27"),
        ("RXX,2014/15,energy.heat.district,1,kWh", "factor_missing", "2016/17 to 2026/27"),
        ("RXX,2023/24,energy.natural_gas,,kWh", "quantity_blank", "empty is not zero"),
        ("RXX,2023/24,energy.natural_gas,nan,kWh", "number_infinite", "'nan' is not a plain number"),
        ("RXX,2023/24,energy.natural_gas,inf,kWh", "number_infinite", "'inf'"),
        ('RXX,2023/24,energy.natural_gas,"1,234",kWh', "number_separators", "'1,234'"),
        ("RXX,2023/24,energy.natural_gas,1_000,kWh", "number_separators", "'1_000'"),
        ("RXX,2023/24,energy.natural_gas,١٢٣,kWh", "number_script", "not a plain number"),
        ("RXX,2023/24,energy.natural_gas,12 kWh,kWh", "number_with_unit", "'12 kWh'"),
        ("RXX,2023/24,energy.natural_gas,-5,kWh", "quantity_negative", "can have credits"),
        ("RXX,2023/24,energy.natural_gas,0.0000001,MWh", "quantity_too_small", "smaller unit"),
        ("RXX,2023/24,energy.natural_gas,1e300,kWh", "quantity_too_large", "Check the unit"),
        (",2023/24,energy.natural_gas,5,kWh", "organisation_blank", "empty"),
        ("RXX,,energy.natural_gas,5,kWh", "period_blank", "empty"),
        ("RXX,2023/24,,5,kWh", "activity_blank", "empty"),
        ("RXX,2023/24,energy.natural_gas,5,", "unit_blank", "empty"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_row_and_advice(activity_csv, method, row, code, says):
    error = refused(activity_csv(GOOD, row, OTHER), method)
    assert [finding.code for finding in error.findings.refused] == [code]
    finding = error.findings.refused[0]
    assert finding.first_rows == (3,)
    assert says in str(error)
    assert "Nothing was calculated" in str(error)


def test_all_faults_of_reading_checking_and_resolving_come_at_once(activity_csv, method):
    error = refused(
        activity_csv(
            "RXX,2023/24,energy.natural_gaz,1,kWh",
            "RXX,2023/24,energy.natural_gas,x,kWh",
            "RXX,2023/24,energy.natural_gas,1,furlong",
            "RXX,2031/32,energy.natural_gas,1,kWh",
            "RXX,2023/24,water.supply,-1,m3",
        ),
        method,
    )
    assert sorted(finding.code for finding in error.findings.refused) == [
        "activity_unknown", "number_unreadable", "period_not_served", "quantity_negative", "unit_unknown"
    ]  # fmt: skip
    assert sorted(finding.first_rows[0] for finding in error.findings.refused) == [2, 3, 4, 5, 6]


def test_all_faults_of_one_row_come_at_once(activity_csv, method):
    error = refused(activity_csv(",2023/24,energy.natural_gas,x,tonne"), method)
    assert sorted(finding.code for finding in error.findings.refused) == [
        "number_unreadable", "organisation_blank", "unit_not_convertible"
    ]  # fmt: skip


def test_an_empty_table_is_refused_and_no_footprint_of_zero(activity_csv, method):
    assert [finding.code for finding in refused(activity_csv(), method).findings.refused] == ["no_rows"]
    assert "no_rows" in {finding.code for finding in refused(pd.DataFrame(), method).findings.refused}


def test_a_fault_in_many_rows_is_one_finding_with_its_count(activity_csv, method):
    error = refused(activity_csv(*(f"RXX,2023/24,energy.natural_gaz,{number},kWh" for number in range(1, 413))), method)
    [finding] = error.findings.refused
    assert finding.rows == 412
    assert finding.first_rows == (2, 3, 4, 5, 6)
    assert re.search(r"412 rows\s+rows 2, 3, 4, 5, 6, \.\.\.", str(error))


def test_a_missing_column_names_the_one_that_was_meant(activity_csv, method):
    path = activity_csv("RXX,2023/24,energy.natural_gas,1,kWh", header="organisation,period,activity,quantity,unitt")
    error = refused(path, method)
    assert "Rename 'unitt' to 'unit'?" in str(error)


def test_a_nan_in_a_frame_is_blank_and_an_infinity_no_number(method):
    frame = pd.DataFrame({"organisation": "RXX", "period": "2023/24", "activity": "energy.natural_gas",
                          "quantity": [1.0, np.nan, np.inf], "unit": "kWh"})  # fmt: skip
    error = refused(frame, method)
    assert sorted((f.code, f.first_rows) for f in error.findings.refused) == [
        ("number_infinite", (3,)), ("quantity_blank", (2,))
    ]  # fmt: skip


@pytest.mark.parametrize("values", [[True], [1, True, 5], [True, 5, 2], [False, 0.0]])
def test_true_is_not_one(method, values):
    frame = pd.DataFrame({"organisation": "RXX", "period": "2023/24", "activity": "energy.natural_gas",
                          "quantity": pd.Series(values, dtype=object), "unit": "kWh"})  # fmt: skip
    [finding] = refused(frame, method).findings.refused
    assert (finding.code, finding.rows) == ("number_logical", 1)


@pytest.mark.parametrize("values", [[1 + 2j], [[1], [2]], [{"a": 1}]])
def test_what_is_no_real_number_is_refused(method, values):
    frame = pd.DataFrame({"organisation": "RXX", "period": "2023/24", "activity": "energy.natural_gas",
                          "quantity": pd.Series(values), "unit": "kWh"})  # fmt: skip
    assert {finding.code for finding in refused(frame, method).findings.refused} == {"number_unreadable"}


def test_a_list_where_a_word_should_be_is_refused(method):
    frame = pd.DataFrame({"organisation": "RXX", "period": "2023/24", "activity": "energy.natural_gas",
                          "quantity": 1.0, "unit": "kWh", "supplier": [["a"]]})  # fmt: skip
    with pytest.raises(UnreadableError, match="'supplier' holds a list"):
        nc.calculate(frame, method)


def test_a_column_that_stands_twice_is_refused(method):
    frame = pd.DataFrame([["RXX", "2023/24", "energy.natural_gas", 1.0, "kWh", "kWh"]],
                         columns=["organisation", "period", "activity", "quantity", "unit", "unit"])  # fmt: skip
    with pytest.raises(UnreadableError, match="more than once"):
        nc.calculate(frame, method)


@pytest.mark.parametrize(
    ("row", "code", "severity", "tier"),
    [
        ("metered,0.9,optimal", "tier_contradiction", "warning", "standard"),
        (",0.9,optimal", "estimated_share_alone", "warning", "optimal"),
        ("metered,,", "estimated_share_missing", "info", "unstated"),
        ("metered,1.2,", "estimated_share_range", "reject_line", None),
        ("guessed,0.1,", "evidence_unknown", "reject_line", None),
        (",,best", "tier_unknown", "reject_line", None),
    ],
)
def test_evidence_share_and_tier_are_held_against_each_other(activity_csv, method, row, code, severity, tier):
    path = activity_csv(
        f"{GOOD},{row}", header="organisation,period,activity,quantity,unit,evidence,estimated_share,tier"
    )
    if tier is None:
        assert code in {finding.code for finding in refused(path, method).findings.refused}
        return
    footprint = nc.calculate(path, method)
    assert [(finding.code, finding.severity) for finding in footprint.findings] == [(code, severity)]
    assert set(footprint.table["tier"]) == {tier}


def test_an_unknown_methodology_suggests_the_nearest():
    with pytest.raises(UsageError, match=r"did you mean 'nhs-2026\.1'"):
        nc.methodology("nhs-2026-1")


def test_an_unknown_geography_is_refused(activity_csv, method):
    path = activity_csv("RXX,2023/24,energy.natural_gas,1,kWh,FR",
                        header="organisation,period,activity,quantity,unit,geography")  # fmt: skip
    assert refused(path, method).findings.refused[0].code == "geography_unknown"


def test_unknown_columns_boundaries_and_rows_are_answered_with_names(activity_csv, method):
    footprint = nc.calculate(activity_csv(GOOD), method)
    with pytest.raises(UsageError, match="did you mean 'nhs_carbon_footprint'"):
        footprint.total("nhs_carbon_footprin")
    with pytest.raises(UsageError, match="did you mean 'theme'"):
        footprint.by("themes")
    with pytest.raises(UsageError, match="no row"):
        footprint.explain(activity="water.supply")
    with pytest.raises(UsageError, match="no row"):
        footprint.lines(organisation="R0A")
    with pytest.raises(UsageError, match="choose from site"):
        nc.calculate(activity_csv(GOOD), method, keep=("colour",))


def test_footprints_of_two_methods_cannot_be_added(activity_csv, method):
    footprint = nc.calculate(activity_csv(GOOD), method)
    other = dataclasses.replace(footprint, method=dataclasses.replace(method, digest="0" * 64))
    with pytest.raises(MixedMethodError):
        footprint + other


def test_the_same_data_cannot_be_added_to_itself(activity_csv, method):
    footprint = nc.calculate(activity_csv(GOOD), method)
    with pytest.raises(MixedMethodError, match="count twice"):
        footprint + footprint
    with pytest.raises(TypeError):
        footprint + 1
    with pytest.raises(UsageError, match="twice"):
        footprint.by("theme", "theme")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "", "it has no header"),
        ("a.csv", "organisation;period\nRXX;2023/24\n", "';'"),
        ("a.csv", "organisation,organisation,period\n", "more than once"),
        ("a.csv", "organisation,period\nRXX,2023/24,3\n", "row 2"),
        ("a.csv", "a,b\n\0,1\n", "zero bytes"),
        ("a.txt", "x", "one column"),
        ("a.parquet", "x", "Parquet"),
        ("a.xlsx", "x", "workbook"),
    ],
)
def test_an_unreadable_file_is_refused_in_plain_words(tmp_path, method, name, content, says):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UnreadableError, match=says):
        nc.calculate(path, method)


def test_a_file_that_is_not_there_is_said_so(method):
    with pytest.raises(UnreadableError, match="there is no file"):
        nc.calculate("nowhere.csv", method)


@pytest.mark.parametrize("source", [7, None, [1, 2], {"organisation": ["RXX"]}])
def test_what_is_no_table_is_refused(method, source):
    with pytest.raises(UsageError):
        nc.calculate(source, method)


def test_a_refusal_of_many_faults_says_where_they_all_are_and_check_lists_them(activity_csv, method, capsys):
    many = [f"RXX,2023/24,nothing.known_{number},100,kWh" for number in range(30)]
    source = activity_csv(*many)
    said = refused(source, method)
    assert str(said).startswith("30 errors found in 30 rows. The return was not accepted (method nhs-2026.1).")
    assert "and 18 more; `check` lists them all" in str(said)
    assert main(["check", str(source), "--method", method.id]) == 1
    listed = capsys.readouterr().out
    assert all(f"nothing.known_{number}'" in listed for number in range(30))
