"""No supplier's name and no free text of a return or ledger is shown by a command or result unless it is asked for."""

import json
import pickle
import traceback

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.footprint.certificate import certificate

NAME, TEXT = "ZZSUPPLIERZZ", "ZZNARRATIVEZZ"  # what no output may show, in any case or cut
GSTT = "ledger-gstt-2020-21"
DEVICE = '"(81200) Medical Surgical Supplies & Equipment"'
HEAD = "organisation,period,activity,quantity,unit,site,supplier,reference,note,description,narrative,payee"
FREE = f"{NAME} Ltd,M1,{TEXT} of Jane Doe,{TEXT} one,{TEXT} two,{NAME} plc"
ROWS = [
    "RX1,2023/24,energy.natural_gas,50000000,kWh,RX1RA",
    "RX1,2023/24,energy.natural_gas,50000000,kWh,RX1RA",  # twice
    "RX1,2023/24,energy.natural_gas,50000000,kWh,RX1CC",  # at another site
    "RX1,2023/24,energy.electricity.grid,9e99,kWh,RX1RA",
    "RX1,2023/24,energy.electricity.grid,1.234.5,kWh,RX1RA",
    "RX1,2023/24,gas oill,12,litre,RX1RA",
    "RX1,2023/24,water.supply,12,parsec,RX1RA",
    "RXQQ9,2023/24,water.supply,12,m3,RX1RA",
    "RX1,2O23,water.supply,12,m3,RX1RA",
    "RX1,2023/24,spend.sic.26,-120000,GBP,",
    "Total,,,50000000,,",
    ",,,,,",
]
GOOD = [ROWS[0], "RX1,2023/24,energy.electricity.grid,20000000,kWh,RX1RA", "RX1,2023/24,water.supply,90000,m3,RX1RA",
        "RX1,2023/24,spend.sic.26,120000,GBP,"]  # fmt: skip
MONTHS = [f"RX1,2023-{month:02d},energy.natural_gas,{1000 + month},kWh,RX1RA" for month in (4, 5, 6, 7, 8, 9, 10, 12)]
TABLES = {
    "good": [f"{row},{FREE}" for row in GOOD],
    "faults": [f"{row},{FREE}" for row in ROWS],
    "two suppliers": [f"{row},{FREE.replace('Ltd', kind)}" for row in GOOD for kind in ("Ltd", "LTD", "\u200bLtd")],
    "formulas": [f"{GOOD[0]},={NAME},M1,={TEXT},@{TEXT},+{TEXT},-{NAME}"],
    "odd letters": [f"{GOOD[0]},{NAME}\u202e,M1,\x1b[31m{TEXT},\u200b{TEXT},{TEXT}\u0301,{NAME}"],
    "long": [f"{GOOD[0]},{NAME * 3000},M1,{TEXT * 2000},{TEXT},{TEXT},{NAME}"],
    "shifted by one": [f"{row.replace('RX1,2023/24,', f'RX1,2023/24,{TEXT},', 1)},{FREE}" for row in GOOD],
    "notes of parts": [f"{GOOD[0]},{NAME},M1,quarter 1 of {TEXT},x,x,x", f"{GOOD[0]},{NAME},M1,half of {TEXT},x,x,x"],
    "months": [f"{row},{FREE}" for row in MONTHS],
    "quotes": [f'{GOOD[0]},"{NAME}, ""the""",M1,"{TEXT}\nmore",x,x,x'],
    "broken quotes": [f'{GOOD[0]},"{NAME},M1,{TEXT}'],
    "no utf-8": [f"{row},{FREE}" for row in GOOD],
    "no header": [],
    "a column twice": [f"{row},{FREE}" for row in GOOD],
    "a second table": [f"{GOOD[0]},{FREE}", HEAD.replace("note", "reason"), f"{GOOD[1]},{FREE}"],
    "totals of a supplier": [f"{GOOD[0]},Total {NAME},M1,{TEXT},x,x,x", f"Total,,,,,,{NAME},M1,Subtotal {TEXT},x,x,x"],
    "a row too long": [f"{row},{FREE},{TEXT}" for row in GOOD],
}
LEDGERS = {
    "good": [f"01/04/2020,{DEVICE},10.50"],
    "faults": [f"01/04/2020,{DEVICE},10.50", f"32/04/2020,{DEVICE},10", f"01/04/2020,{DEVICE},1O.5",
               '01/04/2020,"(99999) unknown",5', "01/04/2020,nothing,5", f"01/04/2020,{DEVICE},-5.5", f",{DEVICE},1",
               f"01/04/2020,{DEVICE},1.234", f"01/04/2020,{DEVICE},1e99"],
    "no header": [f"01/04/2020,{DEVICE},10.50"] * 3,
    "refund": [f"01/04/2020,{DEVICE},-10.50"],
    "a comma too many": [f"01/04/2020,{DEVICE},10.50,{NAME},{TEXT}"],
}  # fmt: skip
LEDGER_HEAD = "date_of_payment,expense_type,amount_gbp,supplier,description"
METHOD = ["--method", "nhs-2026.1"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(name, rows):
    head = HEAD.replace("description", "note") if name == "a column twice" else HEAD
    text = "\n".join([head, *rows] if rows else [f"{row},{FREE}" for row in GOOD]) + "\n"
    encoding = "cp1252" if name == "no utf-8" else "utf-8"
    with open("return.csv", "wb") as stream:  # noqa: PTH123
        stream.write((text + ("RX1,2023/24,water.supply,1,m3,caf\u00e9," + FREE + "\n" if encoding == "cp1252" else ""))
                     .encode(encoding))  # fmt: skip
    return "return.csv"


def clean(folder, shown, *known):
    """Assert that neither name nor text is in what was printed, nor in any file that was written."""
    for name in (NAME, TEXT, "Jane Doe"):
        for each in (name, name[:9], name.lower()):
            assert each not in shown, shown[max(0, shown.find(each) - 300) : shown.find(each) + 60]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in known:
            for content in contents(path):
                for name in (NAME, TEXT):
                    at = content.find(name.encode())
                    assert at < 0, f"{path.name}: {content[max(0, at - 200) : at + 60]}"


def contents(path):
    """Yield the bytes of a file, and those of each part of a workbook."""
    import zipfile  # noqa: PLC0415

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            yield from (parts.read(part) for part in parts.namelist())
    else:
        yield path.read_bytes()


COMMANDS = [
    ["footprint", "FILE", *METHOD, "--certificate", "c.json"],
    ["footprint", "FILE", *METHOD, "--format", "csv", "-o", "f.csv"],
    ["footprint", "FILE", *METHOD, "--format", "json", "-o", "f.json"],
    ["footprint", "FILE", *METHOD, "-o", "f.xlsx"],
    ["footprint", "FILE", *METHOD, "--keep", "site,reference", "--by", "site,reference"],
    ["explain", "FILE", *METHOD],
    ["check", "FILE", *METHOD],
    ["check", "FILE", "FILE", *METHOD],
    ["check", "FILE", *METHOD, "--format", "csv", "--write-answers", "a.csv"],
    ["check", "FILE", *METHOD, "--format", "json"],
    ["check", "FILE", *METHOD, "--format", "dve"],
    ["check-reported", "FILE", *METHOD],
    ["map", "FILE", "-o", "m.csv"],
    ["compare", "FILE", "FILE", *METHOD],
    ["roll-up", "FILE", *METHOD, "--to", "trust"],
    ["monitor", "FILE", *METHOD],
    ["project", "FILE", *METHOD, "--to", "2030/31"],
    ["report", "FILE", *METHOD, "-o", "r.html"],
    ["report", "FILE", *METHOD, "--kind", "board", "-o", "b.html"],
    ["method", "compare", "FILE", "nhs-2026.1", "nhs-2026.1-ar6"],
]


@pytest.mark.parametrize("name", TABLES)
def test_no_command_shows_a_supplier_or_free_text_of_an_activity_table(name, folder, capsys):
    file = written(name, TABLES[name])
    for words in COMMANDS if name in ("good", "faults") else COMMANDS[:2] + COMMANDS[6:13]:
        code = main(["--debug", *(file if word == "FILE" else word for word in words)])
        out = capsys.readouterr()
        assert code != 70, out.err
        clean(folder, out.out + out.err, "return.csv")


@pytest.mark.parametrize("name", LEDGERS)
@pytest.mark.parametrize("words", [
    ["footprint", "FILE", *METHOD, "--certificate", "c.json", "--format", "csv", "-o", "f.csv"],
    ["footprint", "FILE", *METHOD, "-o", "f.xlsx"], ["footprint", "FILE", *METHOD, "--format", "json"],
    ["explain", "FILE", *METHOD], ["check", "FILE", *METHOD], ["check", "FILE", *METHOD, "--format", "json"],
    ["check", "FILE", *METHOD, "--format", "csv"],
    ["report", "FILE", *METHOD, "-o", "r.html"], ["check-reported", "FILE", *METHOD],
    ["map", "FILE"],
], ids=lambda words: " ".join(words[:1] + words[4:]))  # fmt: skip
def test_no_command_shows_a_supplier_or_free_text_of_a_ledger(name, words, folder, capsys):
    rows = [f"{row},{NAME} Ltd,{TEXT} of Jane Doe" for row in LEDGERS[name]]
    head = [] if name == "no header" else [LEDGER_HEAD]
    (folder / "ledger.csv").write_text("\n".join([*head, *rows]) + "\n", "utf-8")
    asked = ["ledger.csv" if word == "FILE" else word for word in words]
    asked += [] if words[0] == "map" else ["--from", "ledger", "--mapping", GSTT]
    code = main(["--debug", *asked])
    out = capsys.readouterr()
    assert code != 70, out.err
    clean(folder, out.out + out.err, "ledger.csv")


def faces(result):
    """Yield every text that a result has of itself."""
    yield from (str(result), repr(result), result._repr_html_(), result.table.to_csv())
    yield json.dumps(result.to_dict(), default=str)


@pytest.mark.parametrize("name", TABLES)
def test_no_result_in_python_shows_a_supplier_or_free_text(name, folder, method):
    file = written(name, TABLES[name])
    findings = nc.check(file, method)
    told = [*faces(findings), str(pickle.loads(pickle.dumps(findings)))]
    try:
        footprint = nc.calculate(file, method)
    except nc.NHSCarbonError as error:
        told += [str(error), repr(error), "".join(traceback.format_exception_only(error))]
    else:
        told += [*faces(footprint), certificate(footprint).text, repr(footprint.sums), footprint.explain()]
    clean(folder, "\n".join(map(str, told)), "return.csv")


def test_a_supplier_that_is_asked_for_is_shown(folder, capsys):
    """To keep a column apart is to ask for it; so is a name typed as a column."""
    file = written("good", TABLES["good"])
    assert main(["footprint", file, *METHOD, "--keep", "supplier", "--by", "supplier", "--format", "csv"]) == 0
    assert NAME in capsys.readouterr().out
    kept = nc.calculate(file, nc.methodology("nhs-2026.1"), keep="supplier")
    assert NAME in kept.table.to_csv()
    assert NAME not in certificate(kept).text
    frame = pd.read_csv(file)
    assert NAME not in str(nc.check(frame, nc.methodology("nhs-2026.1")))
