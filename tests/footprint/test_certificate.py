"""Certificates: the same for any order of rows, another for any bit, recomputed from the command line."""

import hashlib
import json
import os
import random
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
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


@settings(max_examples=20)
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
    """Each of 20 random bits, wherever it lies: refused, unreadable, or not what was certified; the soak flips more."""
    path, certificate = certified
    content = path.read_bytes()
    order = random.Random(5)
    for _ in range(20):
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


SMALL = nc.calculate(frame(8), METHOD)
CERTIFIED = certificate(SMALL)


def told_of(text, tmp_path):
    """Return what is said of a certificate's text: a list, or the message of an error of ours."""
    path = tmp_path / "changed.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        return differences(load_certificate(path), SMALL)
    except nc.NHSCarbonError as error:
        return str(error)


@pytest.mark.parametrize("key", sorted(CERTIFIED.about))
def test_a_key_given_twice_is_refused_whichever_value_comes_first(key, tmp_path):
    """Readers of JSON take the last or the first value: a false one before the true one was verified."""
    text = CERTIFIED.text
    for false in ('"0"', "{}", "[]", "null", json.dumps(CERTIFIED.about[key])):
        assert "twice" in told_of(f'{{"{key}":{false},{text[1:]}', tmp_path)
    assert told_of(text, tmp_path) == told_of(text + "\n", tmp_path) == []


def test_a_key_given_twice_deep_inside_or_spelled_by_an_escape_is_refused(tmp_path):
    first = min(CERTIFIED.about["packages"])
    text = CERTIFIED.text.replace('"packages":{', f'"packages":{{"{first}":"0",')
    assert f"'{first}' twice" in told_of(text, tmp_path)
    assert "'rows' twice" in told_of(f'{{"\\u0072ows":1,{CERTIFIED.text[1:]}', tmp_path)


@pytest.mark.parametrize("rewrite", [
    json.dumps, lambda about: json.dumps(about, indent=1),
    lambda about: json.dumps(dict(reversed(about.items())), separators=(",", ":"), ensure_ascii=False),
    lambda about: json.dumps(about, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n\n",
    lambda about: " " + CERTIFIED.text, lambda about: CERTIFIED.text.replace('"rows":8', '"rows":8.0'),
    lambda about: CERTIFIED.text.replace('"rows":8', '"rows":8e0'),
    lambda about: CERTIFIED.text.replace('"RX', '"\\u0052X'), lambda about: "\ufeff" + CERTIFIED.text,
])  # fmt: skip
def test_another_text_that_means_the_same_is_not_what_was_written(rewrite, tmp_path):
    assert told_of(rewrite(CERTIFIED.about), tmp_path) != [] or rewrite(CERTIFIED.about) == CERTIFIED.text


OTHERS = [None, True, False, 0, 1, -1.5, 1e300, 10**400, "", "x", "\ud800", [], [None], [[]], [{}], {}, {"x": None},
          {"": {}}, {"x": {"x": {}}}, [["x"]], [["x"] * 5], [["x", 1]], {"x": 1}, {"x": True}]  # fmt: skip


@pytest.mark.parametrize("key", sorted(CERTIFIED.about))
def test_a_value_of_any_other_kind_is_said_by_an_error_of_ours(key, tmp_path):
    for other in OTHERS:
        if other != CERTIFIED.about[key] or type(other) is not type(CERTIFIED.about[key]):
            assert told_of(json.dumps({**CERTIFIED.about, key: other}, sort_keys=True), tmp_path), (key, other)
            path = tmp_path / "changed.json"  # where loading lets it pass, the command says it too
            rows = tmp_path / "return.csv"
            frame(8).to_csv(rows, index=False)
            codes = (1, 2, 3, 4) if key == "themes" else (2, 3, 4)  # answers of a return may be refused by findings
            assert main(["verify", str(path), str(rows)]) in codes, (key, other)
    left = {name: value for name, value in CERTIFIED.about.items() if name != key}
    assert told_of(json.dumps(left), tmp_path)


KIND = '{"certificate":"nhscarbon-certificate-1"'


@pytest.mark.parametrize("text", [
    "", "null", "1", '"x"', "[]", "{}", "[" * 100_000, '{"a":' * 50_000, f"{KIND}}}", f'{KIND},"rows":NaN}}',
    f'{KIND},"rows":Infinity}}',
    f'{KIND},"rows":1e999}}', f'{KIND},"rows":-Infinity}}', f'{KIND},"rows":{"9" * 5000}}}',
    '{"certificate":["nhscarbon-certificate-1"]}', f'{KIND},"more":"\\ud800"}}', "\0", b"\xff\xfe{}", b"\xef\xbb\xbf{}",
    b"\x80", f'{KIND},"keep":{"[" * 900}{"]" * 900}}}',
])  # fmt: skip
def test_what_is_no_certificate_is_refused_in_words(text, tmp_path, capsys):
    assert isinstance(told_of(text, tmp_path), str)
    assert main(["verify", str(tmp_path / "changed.json"), "nothing.csv"]) in (3, 4)
    assert len(capsys.readouterr().err) < 500


def test_a_certificate_cut_anywhere_is_refused(tmp_path):
    content = CERTIFIED.text.encode()
    for length in range(0, len(content), 61):
        assert told_of(content[:length], tmp_path)


def test_a_device_or_folder_is_no_certificate(tmp_path):
    for path in ("/dev/zero", "/dev/null", str(tmp_path)):
        with pytest.raises(UnreadableError):
            load_certificate(path)


def test_a_certificate_made_before_it_had_the_hash_of_the_table_is_verified(certified, capsys):
    path, saved = certified
    about = json.loads(saved.read_text("utf-8"))
    del about["table_sha256"]
    saved.write_text(Certificate(about).text + "\n", "utf-8")
    assert main(["verify", str(saved), str(path)]) == 0
    capsys.readouterr()


def test_the_hash_of_the_table_is_that_of_the_file_that_is_written(certified, tmp_path):
    path, saved = certified
    footprint = nc.calculate(path, METHOD)
    table = footprint.to_csv(tmp_path / "table.csv")
    assert main(["footprint", str(path), "--method", METHOD.id, "--format", "csv", "-o", str(tmp_path / "o.csv")]) == 0
    for file in (table, tmp_path / "o.csv"):
        assert hashlib.sha256(file.read_bytes()).hexdigest() == json.loads(saved.read_text("utf-8"))["table_sha256"]


@pytest.mark.parametrize(("more", "name"), [
    (["--format", "csv"], "whole.csv"), (["--format", "json"], "whole.json"),
    (["--format", "csv", "--by", "theme,scope"], "by.csv"), (["--format", "csv", "--boundary", "scope_1"], "one.csv"),
])  # fmt: skip
def test_a_table_is_held_against_the_footprint(more, name, certified, tmp_path, capsys):
    path, saved = certified
    out = tmp_path / name
    assert main(["footprint", str(path), "--method", METHOD.id, *more, "-o", str(out)]) == 0
    asked = more[2:]
    words = ["verify", str(saved), str(path), *asked, "--table", str(out)]
    assert main(words) == 0
    assert "is the table of this footprint" in capsys.readouterr().out
    content = bytearray(out.read_bytes())
    digits = [place for place, letter in enumerate(content) if chr(letter).isdigit()]
    content[digits[len(digits) // 2]] ^= 1
    out.write_bytes(bytes(content))
    assert main(words) == 4
    assert "is not the table of this footprint: line" in capsys.readouterr().err
    out.write_bytes(b"")
    assert main(words) == 4
    assert main([*words[:-1], str(tmp_path / "nothing.csv")]) == 3
    capsys.readouterr()
