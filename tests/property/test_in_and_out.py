"""What is written and read again, checked, marked with evidence, or shown, is what it was."""

import io
import sqlite3
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_properties import METHOD, ROUTES, frame, rows

import nhscarbon as nc
from corpus import returns
from nhscarbon.activity.encoding import read_number
from nhscarbon.activity.readers.parquet import parquet_bytes
from nhscarbon.findings import Finding, every_row, first_rows, in_order_of_severity, merge_findings
from nhscarbon.methods.catalogue import TIERS
from nhscarbon.output.tables import csv_text, tonnes
from nhscarbon.output.text import guard_formula, shown
from nhscarbon.sums.partial_sums import PartialSums
from nhscarbon.trajectory.targets.shapes import between

FEW = settings(max_examples=15)
words = st.text(max_size=12)
EVIDENCE = METHOD.catalogue.evidence_words


def noisy(lines, faults):
    table = frame(lines).astype({"quantity": object})
    for place, name, text in faults:
        table.loc[place % len(table), name] = text
    return table


faults = st.lists(
    st.tuples(st.integers(0, 99), st.sampled_from(["organisation", "period", "activity", "quantity", "unit"]), words),
    max_size=4,
)


@given(rows)
def test_csv_written_and_read_again_is_the_same(lines):
    table = frame(lines)
    assert nc.calculate(io.BytesIO(table.to_csv(index=False).encode()), METHOD) == nc.calculate(table, METHOD)


@given(rows)
def test_parquet_written_and_read_again_is_the_same(lines):
    table = frame(lines)
    assert nc.calculate(io.BytesIO(parquet_bytes(table)), METHOD) == nc.calculate(table, METHOD)


@FEW
@given(rows)
def test_a_workbook_written_and_read_again_is_the_same(lines):
    table = frame(lines)
    content = returns.as_workbook(list(table), [list(map(str, row)) for row in table.to_numpy().tolist()], {})
    assert nc.calculate(io.BytesIO(content), METHOD) == nc.calculate(table, METHOD)


@given(rows)
def test_partial_sums_kept_as_bytes_are_the_same(lines):
    partial = nc.partial(frame(lines))
    again = PartialSums.from_bytes(partial.to_bytes())
    assert again == partial
    assert again.to_bytes() == partial.to_bytes()


@given(rows, st.permutations(["organisation", "period", "activity", "quantity", "unit", "site"]))
def test_the_order_of_columns_does_not_matter(lines, order):
    table = frame(lines)
    assert nc.calculate(table[order], METHOD) == nc.calculate(table, METHOD)


@given(lines=rows)
def test_the_table_that_is_written_adds_up_to_the_total(lines, tmp_path_factory):
    footprint = nc.calculate(frame(lines), METHOD)
    path = footprint.to_csv(tmp_path_factory.mktemp("out") / "out.csv")
    written = pd.read_csv(path, comment="#")
    inside = footprint.inside("nhs_carbon_footprint")
    assert written["kgco2e"].to_numpy()[inside].sum() / 1000 == pytest.approx(
        footprint.total(across_years=True), rel=1e-12
    )


@given(rows)
def test_a_database_comes_to_the_same_quantities(lines):
    """SQLite sums the same rows: an engine that shares no line of ours."""
    table = frame(lines).assign(period=lambda each: each["period"].replace("2023-05", "2023/24"))
    database = sqlite3.connect(":memory:")
    try:
        table.to_sql("sent", database, index=False)
        query = "select activity, unit, period, sum(quantity) from sent group by 1, 2, 3"
        theirs = {row[:3]: row[3] for row in database.execute(query)}
    finally:
        database.close()
    ours = nc.calculate(table, METHOD).table.drop_duplicates(["organisation", "activity", "unit", "period"])
    summed = ours.groupby(["activity", "unit", "period"], observed=True)["quantity"].sum()
    for key, quantity in theirs.items():
        assert summed.get(key, 0.0) == pytest.approx(quantity, rel=1e-12, abs=1e-9)


@given(rows, faults)
def test_a_check_refuses_what_a_calculation_refuses(lines, planted):
    table = noisy(lines, planted)
    report = nc.check(table, METHOD, organisations=None)
    try:
        nc.calculate(table, METHOD, organisations=None)
        refused = False
    except nc.SubmissionError:
        refused = True
    assert refused == bool(report.refused), report


@given(rows, faults)
def test_every_finding_of_any_table_can_be_read_by_a_person(lines, planted):
    for finding in nc.check(noisy(lines, planted), METHOD):
        assert finding.message.isprintable()
        assert len(finding.value) <= 100
        assert finding.message.endswith((".", "?")), finding.message
        assert all(1 <= row <= len(lines) for row in finding.first_rows)
        assert finding.severity == "info" or finding.suggestion or "?" in finding.message, finding


@given(rows, faults)
def test_a_good_row_more_takes_no_finding_away(lines, planted):
    table = noisy(lines, planted)
    more = pd.concat(
        [table, frame([("RWD", "2019/20", ROUTES[7], 5.0)]).astype({"quantity": object})], ignore_index=True
    )
    before, after = (nc.check(each, METHOD, organisations=None) for each in (table, more))
    assert {(each.code, each.column, each.value) for each in before.refused} == {
        (each.code, each.column, each.value) for each in after.refused
    }


@given(rows, faults)
def test_findings_come_in_the_order_of_their_weight(lines, planted):
    report = nc.check(noisy(lines, planted), METHOD, organisations=None)
    order = [("reject_file", "reject_line", "warning", "info").index(each.severity) for each in report]
    assert order == sorted(order)
    assert in_order_of_severity(reversed(report.findings), report.rows) == report


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=60), st.integers(1, 59))
def test_findings_of_two_batches_are_one_with_the_rows_of_both(numbers, cut):
    def finding(part):
        return Finding(code="x", severity="info", message="m.", rows=len(part), first_rows=first_rows(part))

    parts = [part for part in (numbers[:cut], numbers[cut:]) if part]
    [one] = merge_findings(map(finding, parts))
    assert one.rows == len(numbers)
    assert list(every_row(one.first_rows)) == sorted(numbers)  # threads meet batches in any order
    assert merge_findings([one]) == [one]


@given(st.sampled_from(EVIDENCE), st.floats(0, 1), st.floats(0, 1))
def test_less_that_is_estimated_never_lowers_a_tier(evidence, first, second):
    less, more = sorted((first, second))
    table = frame([("RR8", "2023/24", ROUTES[0], 5.0)] * 2)
    table = table.assign(organisation=["RR8", "R0A"], evidence=evidence, estimated_share=[less, more])
    tiers = nc.calculate(table, METHOD).table.drop_duplicates("organisation").set_index("organisation")["tier"]
    assert TIERS.index(tiers["RR8"]) >= TIERS.index(tiers["R0A"])
    assert TIERS == ("reduced", "standard", "optimal")


@given(rows, st.data())
def test_evidence_changes_no_tonne(lines, data):
    known = [data.draw(st.sampled_from(["", *EVIDENCE])) for _ in lines]
    table = frame(lines).assign(evidence=known, estimated_share=[0.5 if each else np.nan for each in known])
    with_evidence, without = nc.calculate(table, METHOD), nc.calculate(frame(lines), METHOD)
    assert with_evidence.total(across_years=True) == pytest.approx(without.total(across_years=True), rel=1e-13)


@given(rows, st.data())
def test_the_tiers_of_a_footprint_add_up_to_it(lines, data):
    known = [data.draw(st.sampled_from(["", *EVIDENCE])) for _ in lines]
    table = frame(lines).assign(evidence=known, estimated_share=[0.05 if each else np.nan for each in known])
    footprint = nc.calculate(table, METHOD)
    assert footprint.by("tier")["tco2e"].sum() == pytest.approx(footprint.total(across_years=True), rel=1e-12)


@FEW
@given(rows, st.integers(0, 2**31))
def test_the_same_seed_gives_the_same_interval_to_the_bit(lines, seed):
    footprint = nc.calculate(frame(lines), METHOD)
    assume(footprint.total(across_years=True) > 0)
    first, second = (nc.uncertainty(footprint, seed=seed, draws=256).by(across_years=True) for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_as_python_writes_it(number):
    text = format(Decimal(repr(number)), "f") if 1e-9 < abs(number) < 1e20 else repr(number)
    if len(text) <= 40:
        assert read_number(text) == number


@given(words)
def test_what_is_no_number_in_ascii_is_never_read_as_one(text):
    found = read_number(text)
    if np.isfinite(found):
        assert text.strip().isascii()
        assert "_" not in text
        assert found == float(text)


@given(st.text(max_size=60))
def test_what_is_shown_can_be_printed_and_stays(text):
    assert shown(text).isprintable()
    assert shown(shown(text)) == shown(text)
    assert len(shown(text, 20)) <= 20


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12), min_size=1, max_size=6))
def test_no_text_that_we_write_starts_a_formula(texts):
    written = csv_text(pd.DataFrame({"said": pd.Series(texts, dtype=object)}))
    cells = pd.read_csv(io.StringIO(written), dtype=str, keep_default_na=False, skip_blank_lines=False)["said"]
    assert not [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") and cell]
    assert all(guard_formula(text) == text or guard_formula(text) == f"'{text}" for text in texts)


@given(st.decimals(0, 10**9, places=4), st.integers(0, 3))
def test_tonnes_are_rounded_half_up_as_people_do(value, places):
    expected = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert Decimal(tonnes(float(value), places).replace(",", "")) == expected


@given(st.sampled_from(["linear", "geometric"]), st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0, 1), st.floats(0, 1))
def test_a_path_begins_and_ends_where_it_should_and_never_turns(shape, start, end, first, second):
    ends = between(start, end, np.array([0.0, 1.0]), shape)
    assert ends.tolist() == pytest.approx([start, end], rel=1e-9)
    early, late = between(start, end, np.array(sorted((first, second))), shape).tolist()
    falls = start >= end
    assert (early >= late * (1 - 1e-9)) if falls else (early <= late * (1 + 1e-9))
