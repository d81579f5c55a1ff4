"""Certificates: the same for any order of rows, another for any bit, recomputed from the command line."""

import json
import os
import random
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import IntegrityError, UnreadableError, UsageError
from nhscarbon.footprint.certificate import Certificate, certificate, content_of, differences, load_certificate
from samples import frame

METHOD = nc.methodology("nhs-2026.1")


@pytest.fixture
def certified(tmp_path, method):
    """A return and its certificate, both on disk."""
    path = tmp_path / "return.csv"
    frame(60).to_csv(path, index=False)
    return path, certificate(nc.calculate(path, method)).save(tmp_path / "return.json")


@given(st.integers(0, 1000))
def test_the_order_of_rows_and_the_kind_of_columns_do_not_matter(seed):
    table = frame(40)
    shuffled = table.sample(frac=1, random_state=seed, ignore_index=True)
    coded = shuffled.astype({"activity": "category", "unit": "category", "organisation": object})
    texts = [certificate(nc.calculate(each, METHOD)).text for each in (table, shuffled, coded)]
    assert len(set(texts)) == 1


@given(st.integers(0, 39), st.sampled_from(["quantity", "site", "evidence", "organisation", "estimated_share"]))
def test_any_other_cell_is_another_content(row, column):
    table = frame(40)
    other = table.copy()
    value = other.loc[row, column]
    other.loc[row, column] = value + 1e-9 if isinstance(value, float) else f"{value}x"
    if pd.isna(value):
        other.loc[row, column] = 0.25
    assert content_of([nc.read(other)]) != content_of([nc.read(table)])


@pytest.mark.parametrize("column", ["organisation", "period", "activity", "unit", "quantity", "site", "evidence",
                                    "estimated_share"])  # fmt: skip
def test_two_rows_that_exchange_their_cells_are_another_content(column):
    """Every column has the same cells as before: only which of them stand together differs."""
    table = frame(40)
    first, second = next((one, other) for one in range(40) for other in range(one)
                         if (table.loc[one] != table.loc[other]).drop(["evidence", "estimated_share"]).all()
                         and not pd.isna(table.loc[[one, other], "estimated_share"]).any()
                         and table.loc[one, column] != table.loc[other, column])  # fmt: skip
    swapped = table.copy()
    swapped.loc[[first, second], column] = table.loc[[second, first], column].to_numpy()
    assert sorted(map(str, swapped[column])) == sorted(map(str, table[column]))
    assert content_of([nc.read(swapped)]) != content_of([nc.read(table)])
    assert content_of([nc.read(table[::-1])]) == content_of([nc.read(table)])


def test_a_row_twice_or_cells_in_another_column_are_another_content():
    table = frame(30)
    crossed = table.rename(columns={"site": "supplier"})
    doubled = [pd.concat([table, *[table[place : place + 1]] * times]) for place in (0, 1) for times in (1, 2)]
    assert len({content_of([nc.read(each)]) for each in (table, table[1:], crossed, *doubled)}) == 7


def test_a_certificate_holds_for_its_file_and_names_what_changed(certified, capsys):
    path, certificate = certified
    assert main(["verify", str(certificate), str(path)]) == 0
    assert "verified: 60 rows by nhs-2026.1" in capsys.readouterr().out
    table = pd.read_csv(path)
    table.loc[3, "quantity"] += 0.001
    table.to_csv(path, index=False)
    assert main(["verify", str(certificate), str(path)]) == 4
    told = capsys.readouterr().err
    assert "the rows are not the same" in told
    assert "the totals are not the same" in told


def test_one_flipped_bit_of_the_file_fails_it(certified):
    """Each of 60 random bits, wherever it lies: refused, unreadable, or not what was certified."""
    path, certificate = certified
    content = path.read_bytes()
    order = random.Random(5)
    for _ in range(60):
        flipped = bytearray(content)
        flipped[order.randrange(len(content))] ^= 1 << order.randrange(8)
        path.write_bytes(bytes(flipped))
        assert main(["verify", str(certificate), str(path)]) != 0
    path.write_bytes(content)
    assert main(["verify", str(certificate), str(path)]) == 0


@pytest.mark.parametrize("name", ["totals_tco2e", "methodology_digest", "content", "findings", "packages", "rows"])
def test_a_certificate_that_was_changed_is_found(name, certified, method):
    path, saved = certified
    about = json.loads(saved.read_text())
    about[name] = "0"
    told = differences(Certificate(about), nc.calculate(path, method))
    assert len(told) == 1
    del about[name]
    with pytest.raises(IntegrityError, match=f"lacks {name}"):
        differences(Certificate(about), nc.calculate(path, method))


def test_the_text_hangs_on_no_hash_seed_or_locale(certified):
    path, saved = certified
    program = (
        f"import nhscarbon as nc; from nhscarbon.footprint.certificate import certificate; "
        f"print(certificate(nc.calculate({str(path)!r}, nc.methodology('nhs-2026.1'))).text)"
    )
    texts = {
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, encoding="utf-8",
                       env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale}).stdout
        for seed, locale in (("1", "C"), ("77", "C.UTF-8"))
    }  # fmt: skip
    assert texts == {saved.read_text("utf-8")}


def test_saving_and_loading(certified, tmp_path):
    _, saved = certified
    again = load_certificate(saved)
    assert again.text + "\n" == saved.read_text("utf-8")
    assert len(again.sha256) == 64
    with pytest.raises(UsageError, match="already exists"):
        again.save(saved)
    for text in ("", "[]", '{"certificate": "other"}'):
        (tmp_path / "odd.json").write_text(text)
        with pytest.raises(UnreadableError, match="is not a certificate"):
            load_certificate(tmp_path / "odd.json")
    with pytest.raises(UnreadableError, match="there is no file"):
        load_certificate(tmp_path / "nothing.json")


def test_partial_sums_have_nothing_to_certify(method):
    with pytest.raises(UsageError, match="hold no rows to certify"):
        certificate(nc.calculate(nc.partial(frame(5)), method))


def test_minus_nought_and_not_a_number_have_one_bit_pattern():
    table = frame(3)
    table["quantity"] = [0.0, np.nan, 1.0]
    other = table.copy()
    other["quantity"] = [-0.0, float("-nan"), 1.0]
    assert content_of([nc.read(table)]) == content_of([nc.read(other)])


def test_the_command_line_writes_a_certificate(certified, tmp_path, capsys):
    path, saved = certified
    out = tmp_path / "again.json"
    assert main(["footprint", str(path), "--method", "nhs-2026.1", "--certificate", str(out)]) == 0
    assert "certificate written to" in capsys.readouterr().err
    assert out.read_text("utf-8") == saved.read_text("utf-8")


def test_the_command_line_explains_reported_tonnes(tmp_path, capsys):
    path = tmp_path / "return.csv"
    path.write_text("organisation,period,activity,quantity,unit,reported_tco2e\n"
                    "RXX,2019/20,energy.natural_gas,100000,kWh,18.39\n")  # fmt: skip
    assert main(["check-reported", str(path), "--method", "nhs-2026.1"]) == 0
    assert "18.39 t reported: the direct factor of ukgov-2019" in capsys.readouterr().out
    assert main(["check-reported", str(path), "--method", "nhs-2026.1", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("row,organisation,period,activity")
