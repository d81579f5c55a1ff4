"""Partial sums: exact, addable, subtractable, saved, and open to every methodology."""

import hashlib
import io
import json
import pickle
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.columns import Column, TableColumn
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.sums.partial_sums_file import SEAL
from samples import frame


def test_a_footprint_of_partial_sums_is_that_of_the_rows(method):
    table = frame()
    for keep in ((), ("site",), ("month", "site")):
        sums = nc.partial(table, keep=keep)
        assert nc.calculate(sums, method) == nc.calculate(table, method, keep=keep)
    assert nc.calculate(sums, method).keep == ("site", "month")


def test_parts_add_up_and_a_correction_takes_them_away(method):
    table = frame()
    whole, first, second = (nc.partial(part) for part in (table, table[:150], table[150:]))
    assert first + second == whole
    assert sum([second, first]) == whole
    assert whole - second == first
    assert (whole - first - second).read == 0
    assert len(whole - whole) == 0
    wrong, right = table[150:].copy(), table[150:].copy()
    right.loc[right.index[7], "quantity"] = 0.125
    corrected = nc.partial(table) - nc.partial(wrong) + nc.partial(right)
    assert nc.calculate(corrected, method) == nc.calculate(pd.concat([table[:150], right]), method)


ROW = {"organisation": "RR8", "period": "2023/24", "activity": "water.supply", "quantity": 10.0, "unit": "m3"}


def test_any_change_of_a_cell_is_another_hash():
    """Two rows that exchange a word have the same words and the same figures: only which stands with which differs."""
    table = pd.DataFrame([ROW, {**ROW, "organisation": "RX1", "period": "2022/23", "activity": "energy.natural_gas",
                                "unit": "kWh", "quantity": 30.0}])  # fmt: skip
    changed = {"as sent": table}
    for name in table.columns:
        changed[f"{name} exchanged"] = table.assign(**{name: table[name].tolist()[::-1]})
    changed["an unread row more"] = pd.concat([table, table[:1].assign(quantity=np.nan)])
    changed["a row below zero"] = table.assign(quantity=[10.0, -30.0])
    changed["one row as two"] = pd.concat([table[1:], table[:1].assign(quantity=4.0), table[:1].assign(quantity=6.0)])
    hashes = {what: nc.partial(each).sha256 for what, each in changed.items()}
    assert len(set(hashes.values())) == len(changed), hashes
    assert nc.partial(table[::-1]).sha256 == hashes["as sent"]
    sums = nc.partial(table)
    assert replace(sums, decimals=(3, *sums.decimals[1:])) != sums


def test_sums_at_two_decimal_scales_are_not_added():
    sums = nc.partial(pd.DataFrame([ROW]))
    other = replace(sums, decimals=tuple(scale + 3 for scale in sums.decimals))
    with pytest.raises(UsageError, match="a unit at two decimal scales"):
        sums + other


def test_sums_that_kept_other_columns_are_not_joined():
    table = pd.DataFrame([{**ROW, "site": "RR801"}])
    with pytest.raises(UsageError, match="kept different columns"):
        nc.partial(table) + nc.partial(table, keep="site")


def test_rows_of_another_sign_are_not_those_that_were_sent():
    two = nc.partial(pd.DataFrame([{**ROW, "quantity": -1.0}, {**ROW, "quantity": -2.0}]))
    with pytest.raises(UsageError, match="more rows are taken away than are there"):
        two - nc.partial(pd.DataFrame([{**ROW, "quantity": 3.0}]))


def test_an_unread_row_that_is_not_there_is_not_taken_away():
    sums = nc.partial(pd.DataFrame([ROW, ROW]))
    with pytest.raises(UsageError, match="more rows are taken away than are there"):
        sums - nc.partial(pd.DataFrame([{**ROW, "quantity": np.nan}]))


def test_a_cell_with_unread_rows_alone_is_a_cell_and_is_refused(method):
    sums = nc.partial(pd.DataFrame([ROW, {**ROW, "organisation": "RX1", "quantity": np.nan}]))
    assert sums.unsummed.tolist() == [0, 1]
    with pytest.raises(nc.SubmissionError, match="quantity"):
        nc.calculate(sums, method)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 8])
def test_partial_sums_around_2_to_the_63_add_up(rows):
    """2^61 millionths of a cubic metre: the fourth reaches 2^63."""
    value = 2**61 / 10**6
    part = nc.partial(pd.DataFrame([{**ROW, "quantity": value}]))
    whole = sum([part] * rows)
    assert whole.total.tolist() == [rows * int(part.total[0])]
    assert int(part.total[0]) == pytest.approx(2**61, rel=1e-15)
    assert (whole - part).total.tolist() == [(rows - 1) * int(part.total[0])][: rows - 1]


def test_a_quantity_without_a_unit_is_summed_at_the_scale_that_is_said_of_it():
    sums = nc.partial(pd.DataFrame([ROW, {**ROW, "unit": ""}, {**ROW, "unit": "barrels"}]))
    assert (sums.total / 10.0**sums.scale).tolist() == [10.0, 10.0, 10.0]


def test_more_cannot_be_taken_away_than_is_there():
    with pytest.raises(UsageError, match="more rows are taken away than are there"):
        nc.partial(frame()[:10]) - nc.partial(frame(seed=2))


def test_sums_are_saved_and_loaded_to_the_bit(tmp_path, method):
    sums = nc.partial(frame(), keep=("site",))
    path = sums.save(tmp_path / "year.partial")
    again = nc.sums.PartialSums.load(path)
    assert again == sums
    assert (again.keep, again.decimals, again.faults) == (sums.keep, sums.decimals, sums.faults)
    assert nc.calculate(again, method) == nc.calculate(sums, method)
    assert pickle.loads(pickle.dumps(sums)) == sums
    assert [file.name for file in tmp_path.iterdir()] == ["year.partial"]


def test_words_and_cells_that_a_file_lacks_are_refused(method):
    """The seal says that the bytes are those that were written, not that they were written by this library."""

    def parts_of(table):
        content = nc.partial(table).to_bytes()
        with np.load(io.BytesIO(content[content.index(b"PK") :])) as stored:
            return {name: stored[name] for name in stored.files}

    def changed(of, value, table=None):
        arrays = parts_of(frame() if table is None else table)
        if of == "places":
            del arrays["taken"]
        arrays[of] = value
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        body = buffer.getvalue()
        return SEAL + hashlib.sha256(body).hexdigest().encode() + body

    two = {"organisation": ["R1H", "RR8"], "period": "2023/24", "activity": ["water.supply", "energy.natural_gas"]}
    table = pd.DataFrame({**two, "quantity": 1.0, "unit": ["m3", "kWh"]})
    bits = [np.packbits(taken) for taken in ([1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 0])]  # two bodies by two activities
    wide = json.dumps({**json.loads(parts_of(table)["about"].tobytes()), "table": [2, 1 << 40]})
    with pytest.raises(UnreadableError, match="damaged"):  # and no attempt at so large a table
        nc.sums.PartialSums.from_bytes(changed("about", np.frombuffer(wide.encode(), np.uint8), table))
    numbers = [np.array(places) for places in ([0, 1], [3, 0], [0, 0], [0, 9])]
    for of, value in (*(("taken", each) for each in bits), *(("places", each) for each in numbers)):
        with pytest.raises(UnreadableError, match="damaged"):
            nc.sums.PartialSums.from_bytes(changed(of, value, table))
    for of, value in (("codes_unit", np.array([99], np.int8)), ("codes_unit", np.array([-2], np.int8)),
                      ("taken", np.zeros(1, np.uint8)), ("total", np.zeros(3, np.int64)),
                      ("codes_period", np.zeros(3, np.int8))):  # fmt: skip
        with pytest.raises(UnreadableError, match="damaged"):
            nc.sums.PartialSums.from_bytes(changed(of, value))


def test_sums_of_few_cells_in_a_wide_table_stay_small():
    """Each body has references of its own: a table of all bodies by all references would be nearly empty."""

    def part(seed):
        return pd.DataFrame({
            "organisation": [f"R{n:03d}" for n in range(1000)], "period": "2023/24", "activity": "water.supply",
            "quantity": 1.0, "unit": "m3", "reference": [f"{seed}-{n}" for n in range(1000)],
        })  # fmt: skip

    sums = [nc.partial(part(seed), keep="reference") for seed in range(4)]
    whole = sum(sums)
    assert whole == nc.partial(pd.concat([part(seed) for seed in range(4)]), keep="reference")
    assert not any(isinstance(column, TableColumn) for column in whole.columns.values())
    assert len(sums[0].to_bytes()) < 1000 * 1000 / 8
    assert nc.sums.PartialSums.from_bytes(sums[0].to_bytes()) == sums[0]


def test_rows_under_a_fault_are_among_those_that_a_finding_counts(method):
    row = {"organisation": "RX1", "period": "2023/24", "activity": "water.supply", "quantity": 1.0, "unit": "kWh"}
    table = pd.DataFrame([row, row, {**row, "quantity": np.nan}, {**row, "activity": "energy.natural_gas"}])
    for source in (table, nc.partial(table), nc.sums.PartialSums.from_bytes(nc.partial(table).to_bytes())):
        with pytest.raises(nc.SubmissionError) as told:
            nc.calculate(source, method)
        [found] = [each for each in told.value.findings.findings if each.code == "unit_not_convertible"]
        assert found.rows == 3


@pytest.mark.parametrize("name", ["organisation", "period", "activity"])
def test_what_is_counted_twice_is_said_beside_a_word_that_is_missing(method, name):
    """One pass says it all: a cell without a body, a year or an activity is in no place, and hides no other."""
    row = {"organisation": "RX1", "period": "2023/24", "activity": "water.supply", "quantity": 10.0, "unit": "m3"}
    table = pd.DataFrame([row, {**row, "activity": "spend.sic.36", "unit": "GBP"}, {**row, name: ""}])
    for source in (table, nc.partial(table)):
        with pytest.raises(nc.SubmissionError) as told:
            nc.calculate(source, method)
        codes = {each.code for each in told.value.findings.refused}
        assert {"counted_twice", f"{name}_blank"} <= codes
    assert "counted_twice" in {each.code for each in nc.check(table, method).findings}


def test_sums_of_another_version_say_so():
    content = nc.partial(frame()).to_bytes().replace(SEAL, b"nhscarbon-partial-2\n", 1)
    with pytest.raises(UnreadableError, match="another version of nhscarbon: sum the rows again"):
        nc.sums.PartialSums.from_bytes(content)


def test_sums_of_a_table_and_sums_without_one_add_up():
    """What is left after a correction lies in no table of bodies and years by activities."""
    whole = nc.partial(frame())
    part = nc.partial(frame()[:7])
    left = whole - part
    assert left + part == whole
    assert part + left == whole
    assert nc.sums.PartialSums.from_bytes(left.to_bytes()) == left


def test_sums_beyond_64_bits_are_saved_too(tmp_path, method):
    row = {"organisation": "R01", "period": "2023/24", "activity": "water.supply", "unit": "m3", "quantity": 4e12}
    sums = nc.partial(pd.DataFrame([row] * 9))
    assert sums.total.tolist() == [9 * 4 * 10**18]
    again = nc.sums.PartialSums.load(sums.save(tmp_path / "large.partial"))
    assert again.total.tolist() == [9 * 4 * 10**18]
    assert (sums - again).read == 0


def test_a_file_that_is_none_or_damaged_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="there is no file"):
        nc.sums.PartialSums.load(tmp_path / "nothing.partial")
    path = nc.partial(frame()).save(tmp_path / "year.partial")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(UnreadableError, match="holds no partial sums, or is damaged"):
        nc.sums.PartialSums.load(path)


def test_the_same_file_is_not_added_twice(activity_csv):
    path = activity_csv("RX1,2023/24,water.supply,1,m3")
    with pytest.raises(UsageError, match=r"same data \(return.csv\)"):
        nc.partial(path) + nc.partial(path)
    assert (nc.partial(path) - nc.partial(path)).files == ()


def test_labels_that_no_method_knows_are_kept_and_refused_with_their_rows(method, activity_csv):
    path = activity_csv(
        "RX1,2023/24,energy.natural_gaz,5,kWh", "RX1,never,water.supply,5,m3", "RX1,2023/24,water.supply,abc,m3",
        "RX1,2023/24,water.supply,-4,m3", "RX1,2023/24,water.supply,7,m3",
    )  # fmt: skip
    sums = nc.partial(path)
    assert "energy.natural_gaz" in sums.columns["activity"].labels
    assert "never" in sums.columns["period"].labels
    assert (sums.read, int(sums.rows.sum()), int(sums.unsummed.sum()), int(sums.negative.sum())) == (5, 4, 1, 1)
    assert sums.faults["not_a_number"] == (1, (4,))
    with pytest.raises(nc.SubmissionError) as of_sums:
        nc.calculate(sums, method)
    with pytest.raises(nc.SubmissionError) as of_rows:
        nc.calculate(path, method)
    codes = {finding.code for finding in of_rows.value.findings.refused}
    assert codes == {"activity_unknown", "period_unreadable", "number_unreadable", "quantity_negative"}
    assert codes <= {finding.code for finding in of_sums.value.findings.refused}


def test_lines_of_partial_sums_are_refused_in_plain_words(method):
    with pytest.raises(UsageError, match="partial sums and parts of a footprint hold no rows"):
        nc.calculate(nc.partial(frame()), method).lines()


def test_another_methodology_needs_no_second_look_at_the_rows(method):
    sums = nc.partial(frame())
    other = nc.methodology("direct-only-2026.1")
    assert nc.calculate(sums, other) == nc.calculate(frame(), other)


def test_threads_and_kernels_change_no_bit(monkeypatch):
    pytest.importorskip("numba", reason="SKIPPED ALOUD: the extra fast (numba) is not installed")
    table = pd.concat(
        [frame(1000, seed) for seed in range(3)] * 300, ignore_index=True
    )  # 900,000 rows: several threads
    found = set()
    for kernel in ("numpy", "numba"):
        monkeypatch.setenv("NHSCARBON_KERNEL", kernel)
        found |= {nc.partial(table, threads=threads).sha256 for threads in (1, 2, 3)}
    assert len(found) == 1


def test_progress_is_told_in_rows(capsys):
    told = []
    nc.partial(frame(), progress=lambda done, rows: told.append((done, rows)))
    assert told[-1] == (400, 400)
    nc.partial(frame(), progress=True)
    assert "400 rows" in capsys.readouterr().err


def test_an_unknown_kernel_is_refused(monkeypatch):
    monkeypatch.setenv("NHSCARBON_KERNEL", "quick")
    with pytest.raises(UsageError, match="'numpy' or 'numba', not 'quick'"):
        nc.partial(frame())


def test_an_interrupted_sum_stops_its_threads_and_leaves_nothing_behind(tmp_path):
    """A keyboard interrupt reaches the caller at once: what the other threads hold is given up."""
    table = pd.concat([frame(1000, seed) for seed in range(3)] * 400, ignore_index=True)
    told, before = [], threading.active_count()

    def stop(done, rows):
        told.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        nc.partial(table, threads=2, progress=stop).save(tmp_path / "year.partial")
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() <= before
    assert told


def test_a_save_that_fails_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    path = nc.partial(frame()).save(tmp_path / "year.partial")
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(UsageError, match="cannot be written: No space left"):
        nc.partial(frame(seed=2)).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["year.partial"]


def test_a_cell_whose_rows_are_gone_may_keep_no_quantity():
    """Rows of one and the same cell, another quantity: what is left of it must not vanish."""
    a = pd.DataFrame([{"organisation": "RR8", "period": "2023/24", "activity": "water.supply", "quantity": 100.0,
                       "unit": "m3"}])  # fmt: skip
    with pytest.raises(UsageError, match="more rows are taken away than are there"):
        nc.partial(a) - nc.partial(a.assign(quantity=90.0))


def test_taking_a_faulty_row_away_takes_its_findings_with_it(method):
    good, bad = frame(20), frame(1, seed=5)
    bad["quantity"] = np.nan
    sums = nc.partial(pd.concat([good, bad])) - nc.partial(bad)
    assert nc.calculate(sums, method) == nc.calculate(good, method)


def test_small_letters_and_a_stated_geography_are_one_body(method):
    """Cells that mean the same are one cell, whatever was sent beside them."""
    rows = [("RR8", "water.supply", "m3"), ("rr8", "spend.sic.36", "GBP"), ("RXX", "water.supply", "m3")]
    table = pd.DataFrame([{"organisation": who, "period": "2023/24", "activity": what, "quantity": 100.0, "unit": unit}
                          for who, what, unit in rows])  # fmt: skip
    for sent in (table, table.assign(geography="UK"), table.assign(geography=["", "UK", "uk"])):
        with pytest.raises(nc.SubmissionError, match="water and sewerage"):
            nc.calculate(sent, method)
    gas = pd.concat([frame(10).assign(geography=word, reference=f"meter {word}") for word in ("", "UK", "uk")])
    assert nc.calculate(gas, method) == nc.calculate(gas.assign(geography="UK"), method)


def test_a_quantity_that_is_none_is_refused_even_where_reading_said_nothing(method):
    codes = np.zeros(2, np.int32)
    words = {"organisation": "RR8", "period": "2023/24", "activity": "water.supply", "unit": "m3"}
    columns = {name: Column(codes, (word,)) for name, word in words.items()}
    activity = nc.Activity(columns=columns, numbers={"quantity": np.array([1.0, np.nan])}, row_numbers=np.array([1, 2]))
    with pytest.raises(nc.SubmissionError) as error:
        nc.calculate(activity, method)
    assert [(f.code, f.first_rows) for f in error.value.findings.refused] == [("quantity_not_a_number", (2,))]


def test_a_share_of_zero_has_no_sign():
    for shares in ([0.0, -0.0, -0.0, 0.0], [-0.0, 0.0, 0.0, -0.0], [-0.0] * 4):
        sums = nc.partial(frame(4).assign(estimated_share=shares))
        assert sums.columns["estimated_share"].labels == ("0.0",)
        assert sums == nc.partial(frame(4).assign(estimated_share=0.0))


def test_a_refusal_to_leave_factors_out_survives_an_addition(method):
    row = {"organisation": "RR8", "period": "2023/24", "quantity": 1.0}
    known = nc.partial(pd.DataFrame([{**row, "activity": "water.supply", "unit": "m3"}]))
    lacking = nc.partial(pd.DataFrame([{**row, "activity": "spend.undecided", "unit": "GBP"}]))
    listed = replace(known, missing_factor="not_counted")
    for sums in (listed + lacking, lacking + listed):
        with pytest.raises(nc.SubmissionError):
            nc.calculate(sums, method)
