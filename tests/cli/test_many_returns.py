"""Many returns in one go: a country's trusts, one return each, and what two returns hold twice."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from clocks import processor_seconds
from nhscarbon.cli import main
from samples import frame

ESTATES = "eric/eric-2023-24-site.csv"
TRUSTS = 209  # Estates Returns Information Collection 2023/24, trusts in the site file
MINUTES = 3  # of the processor
WORDS = ("organisation", "site", "period", "activity", "unit", "reference")


def returns_of(activity, folder):
    """Write each body's rows as a return of its own, in the layout of an activity table."""
    words = {name: [*activity.columns[name].labels, ""] for name in WORDS}
    table = pd.DataFrame(
        {name: [words[name][code] for code in activity.columns[name].codes.tolist()] for name in WORDS}
    )
    table["quantity"] = activity.numbers["quantity"]
    table = table[table["quantity"] != 0]  # a trust sends what it used
    for body, rows in table.groupby("organisation"):
        rows.to_csv(folder / f"{body}.csv", index=False, quoting=csv.QUOTE_MINIMAL)
    return sorted(map(str, folder.glob("*.csv")))


@pytest.mark.slow
def test_the_trusts_of_a_year_are_checked_in_one_go(originals, tmp_path, capsys):
    """Every trust of the estates year as published: the sum of the rows is that of the collection, and none is lost."""
    activity = nc.read_eric(originals / ESTATES)
    files = returns_of(activity, tmp_path)
    assert len(files) == TRUSTS
    with processor_seconds(MINUTES * 60):
        code = main(["check", *files, "--method", "nhs-2026.1", "--format", "json"])
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    status = pd.Series([each["status"] for each in document["files"]]).value_counts()
    assert status.sum() == document["summary"]["files"] == TRUSTS
    used = int(((activity.numbers["quantity"] != 0) & ~np.isnan(activity.numbers["quantity"])).sum())
    assert sum(each["rows"] for each in document["files"]) == used
    assert {name: int(status.get(name, 0)) for name in ("accepted", "accepted with warnings", "refused")} == {
        name: count for name, count in document["summary"].items() if name != "files"
    }
    refused = {each["code"] for each in document["findings"] if each["severity"].startswith("reject")}
    # what the collection publishes is readable: only waste for which nobody publishes a factor stands in the way
    assert refused <= {"factor_missing"}
    assert code == bool(refused)
    assert "209 returns: " in shown.err


@pytest.fixture
def two(tmp_path):
    frame(20, seed=3).assign(organisation="R0A").to_csv(tmp_path / "a.csv", index=False)
    frame(20, seed=4).assign(organisation="RX1").to_csv(tmp_path / "b.csv", index=False)
    return tmp_path


def codes(capsys, *files):
    main(["check", *map(str, files), "--method", "nhs-2026.1", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    return {(each["file"].rpartition("/")[2], each["code"]): each for each in document["findings"]}


def test_the_same_file_twice_is_refused_at_its_second_place(two, capsys):
    (two / "c.csv").write_bytes((two / "a.csv").read_bytes())
    found = codes(capsys, two / "a.csv", two / "b.csv", two / "c.csv")
    assert found["c.csv", "file_repeated"]["severity"] == "reject_file"
    assert "'a.csv'" in found["c.csv", "file_repeated"]["message"]
    assert not [file for file, code in found if code == "file_repeated" and file != "c.csv"]


def test_rows_that_stand_in_two_returns_are_said_with_their_rows(two, capsys):
    table = pd.read_csv(two / "b.csv")
    pd.concat([table, pd.read_csv(two / "a.csv").iloc[[4, 7]]]).to_csv(two / "b.csv", index=False)
    shared = codes(capsys, two / "a.csv", two / "b.csv")["b.csv", "rows_in_two_files"]
    assert (shared["rows"], shared["first_rows"], shared["severity"]) == (2, [22, 23], "warning")


def test_other_returns_share_nothing(two, capsys):
    assert not {code for _, code in codes(capsys, two / "a.csv", two / "b.csv")} & {
        "file_repeated",
        "rows_in_two_files",
    }


def test_of_many_files_only_what_refuses_is_written_out(two, capsys):
    for number in range(25):
        frame(3, seed=number).assign(organisation="R0A").to_csv(two / f"n{number}.csv", index=False)
    (two / "n3.csv").write_text("organisation,period,activity,quantity,unit\nR0A,2023,energy.natural_gas,5,kWh\n")
    files = sorted(two.glob("n*.csv"))
    assert main(["check", *map(str, files), "--method", "nhs-2026.1"]) == 1
    shown = capsys.readouterr()
    assert shown.out.count(": refused, ") == 1
    assert "period_unreadable" in shown.out
    assert "25 returns: " in shown.out
    assert "1 refused" in shown.err


def test_a_refused_footprint_of_several_files_lists_the_errors_of_each(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    head = "organisation,period,activity,quantity,unit\n"
    row = "RX1,2023/24,energy.natural_gas,5,kWh\n"
    texts = {"one.csv": row.replace("kWh", "parsec"), "two.csv": row, "three.csv": row.replace("energy.", "unicorn.")}
    for name, text in texts.items():
        (tmp_path / name).write_text(head + text)
    words = ["--method", "nhs-2026.1", "--organisations", "none"]
    assert main(["footprint", *texts, *words]) == 1
    told = capsys.readouterr().err
    assert told.index("one.csv: ") < told.index("parsec") < told.index("three.csv: ") < told.index("unicorn")
    assert "two.csv" not in told
    assert "2 of 3 files were not accepted." in told
    assert main(["footprint", *texts, "nothing.csv", *words]) == 3
    told = capsys.readouterr().err
    assert all(word in told for word in ("parsec", "unicorn", "nothing.csv", "3 of 4 files"))


@pytest.fixture
def yearly(tmp_path):
    """Return what writes the return of an organisation and year."""

    def file(organisation, year):
        path = tmp_path / f"{organisation}-{year[:4]}.csv"
        rows = [(organisation, f"{organisation}{site}", year, activity, 7_123_456 + 13 * at + int(year[:4]), "kWh")
                for at, (site, activity) in enumerate((site, activity) for site in ("01", "02")
                for activity in ("energy.natural_gas", "energy.electricity.grid"))]  # fmt: skip
        names = ["organisation", "site", "period", "activity", "quantity", "unit"]
        pd.DataFrame(rows, columns=names).to_csv(path, index=False)
        return str(path)

    return file


def not_compared(capsys, now, before):
    main(["check", *now, "--method", "nhs-2026.1", "--format", "json", "--before", *before])
    found = json.loads(capsys.readouterr().out)["findings"]
    return [each["message"] for each in found if each["code"] == "before_not_compared"]


NOW, LAST = "2023/24", "2022/23"


def test_a_file_that_another_return_was_compared_with_is_not_said_of_each(yearly, capsys):
    three = ("RTG", "RX1", "R0A")
    now, before = [yearly(each, NOW) for each in three], [yearly(each, LAST) for each in three]
    assert not_compared(capsys, now, before) == []
    assert not_compared(capsys, now[::-1], before) == []


def test_a_file_that_no_return_was_compared_with_is_said_once(yearly, capsys):
    now, before = ([yearly(each, year) for each in ("RTG", "RX1")] for year in (NOW, LAST))
    [said] = not_compared(capsys, now, [*before, yearly("R0A", LAST)])
    assert "'R0A-2022.csv'" in said


def test_a_return_that_none_of_the_files_is_about_is_told_so(yearly, capsys):
    now = [yearly(each, NOW) for each in ("RTG", "RX1", "R0A")]
    before = [yearly(each, LAST) for each in ("RTG", "RX1")]
    [said] = not_compared(capsys, now, before)
    assert said.startswith("none of the 2 files")
    assert "R0A" in said
    [once, none] = sorted(not_compared(capsys, now[1:], before))
    assert "'RTG-2022.csv'" in once
    assert none.startswith("none of the 2 files")
    [first, second] = not_compared(capsys, now[:2], [yearly("R0A", LAST)])  # one file, of which both are told
    assert "R0A-2022.csv" in first
    assert "R0A-2022.csv" in second


def test_a_return_that_cannot_be_read_was_compared_with_nothing(yearly, tmp_path, capsys):
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    now = [str(tmp_path / "broken.xlsx"), yearly("RTG", NOW)]
    [said] = not_compared(capsys, now, [yearly("RTG", LAST), yearly("RX1", LAST)])
    assert "RX1-2022.csv" in said
