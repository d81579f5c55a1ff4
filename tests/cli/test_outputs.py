"""What a command writes never lies over what it reads, nor over what it writes beside it, whatever the command."""

import argparse
import os
import stat
import subprocess
import sys

import pytest

from nhscarbon.cli import command_line, main
from nhscarbon.cli.outputs import INPUTS, OUTPUTS
from samples import frame

ACTIVITY = "organisation,period,activity,quantity,unit\nRX1,2023/24,energy.natural_gas,50000000,kWh\n"
METHOD = ["--method", "nhs-2026.1"]


def verbs(parser):
    """Yield every verb's parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield child
                yield from verbs(child)


def test_every_option_that_names_a_file_is_known_as_read_or_written():
    """A new option with a file must be put into one of the two lists."""
    unknown = []
    for verb in verbs(command_line()):
        names = {action.dest for action in verb._actions}
        if "overwrite" not in names:  # it writes no file
            assert not names & set(OUTPUTS) - {"certificate"}, verb.prog
            continue
        for action in verb._actions:
            said = str(action.metavar)
            file = any(word in said for word in ("FILE", "FOLDER", "PATH", "BEFORE", "AFTER", "BASELINE", "OUT"))
            if file and action.dest not in INPUTS and action.dest not in OUTPUTS:
                unknown.append(f"{verb.prog} {action.dest}")
            if said.startswith("OUT"):
                assert action.dest in OUTPUTS, f"{verb.prog} {action.dest}"
    assert unknown == []


@pytest.fixture
def sent(tmp_path, monkeypatch):
    """A folder with files of each kind, into which commands write."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "return.csv").write_text(ACTIVITY)
    (tmp_path / "soft.csv").symlink_to("return.csv")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "return.csv")
    (tmp_path / "areas.csv").write_text("organisation,period,activity,floor_area_m2,kind\n")
    (tmp_path / "answers.csv").write_text("code,organisation,period,activity,reason,by,date,input_sha256\n")
    return tmp_path


OVER = ["return.csv", "soft.csv", "hard.csv", "./return.csv", "../{folder}/return.csv", "{whole}/return.csv"]
COMMANDS = [
    ["footprint", "return.csv", *METHOD, "--format", "csv", "-o", "OUT"],
    ["footprint", "return.csv", *METHOD, "--certificate", "OUT"],
    ["footprint", "hard.csv", *METHOD, "-o", "OUT"],
    ["check", "return.csv", *METHOD, "-o", "OUT"],
    ["check", "return.csv", *METHOD, "--write-answers", "OUT"],
    ["fill", "return.csv", "--months", "pro_rata", "-o", "OUT"],
    ["map", "return.csv", "-o", "OUT"],
    ["compare", "areas.csv", "return.csv", *METHOD, "-o", "OUT"],
    ["compare", "return.csv", "areas.csv", *METHOD, "-o", "OUT"],
    ["roll-up", "return.csv", *METHOD, "--to", "trust", "-o", "OUT"],
    ["monitor", "return.csv", *METHOD, "-o", "OUT"],
    ["project", "return.csv", *METHOD, "-o", "OUT"],
    ["project", "return.csv", *METHOD, "--chart", "OUT"],
    ["report", "return.csv", *METHOD, "-o", "OUT"],
    ["report", "areas.csv", *METHOD, "--before", "return.csv", "-o", "OUT"],
    ["method", "compare", "nhs-2026.1", "nhs-2026.2", "return.csv", "-o", "OUT"],
    ["check", "areas.csv", *METHOD, "--answers", "return.csv", "-o", "OUT"],
    ["check", "areas.csv", *METHOD, "--themes", "return.csv", "-o", "OUT"],
    ["fill", "areas.csv", "--own", "return.csv", "-o", "OUT"],
    ["plan", "areas.csv", "--actions", "return.csv", "-o", "OUT"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_writes_over_what_it_reads(words, sent, capsys):
    for name in OVER:
        out = name.format(folder=sent.name, whole=sent)
        assert main([*(out if word == "OUT" else word for word in words), "--overwrite"]) == 2, out
        assert "an input is never replaced" in capsys.readouterr().err
        assert (sent / "return.csv").read_text() == ACTIVITY
    assert (sent / "soft.csv").is_symlink()
    assert (sent / "return.csv").stat().st_nlink == 2


@pytest.mark.parametrize("words", [
    ["footprint", "return.csv", *METHOD, "-o", "OUT", "--certificate", "OUT"],
    ["check", "return.csv", *METHOD, "-o", "OUT", "--write-answers", "OUT"],
    ["project", "return.csv", *METHOD, "-o", "OUT", "--chart", "OUT"],
], ids=" ".join)  # fmt: skip
def test_no_command_writes_two_things_over_one_path(words, sent, capsys):
    for first, second in (("new.csv", "new.csv"), ("new.csv", "./new.csv"), ("there.csv", "again.csv")):
        (sent / "there.csv").write_text("x")
        (sent / "again.csv").unlink(missing_ok=True)
        (sent / "again.csv").symlink_to("there.csv")
        names = iter((first, second))
        assert main([*(next(names) if word == "OUT" else word for word in words), "--overwrite"]) == 2
        assert "the same file" in capsys.readouterr().err
        assert not (sent / "new.csv").exists()
        assert (sent / "there.csv").read_text() == "x"


def test_marked_workbooks_of_two_files_of_one_name_are_not_written_over_each_other(sent, capsys):
    for name in ("north", "south", "marked"):
        (sent / name).mkdir()
        (sent / name / "return.csv").write_text(ACTIVITY)
    files = ["north/return.csv", "south/return.csv"]
    assert main(["check", *files, *METHOD, "--marked", "marked", "--overwrite"]) == 2
    assert "the same file" in capsys.readouterr().err
    assert [path.name for path in (sent / "marked").iterdir()] == ["return.csv"]


def test_a_marked_workbook_is_not_written_over_another_return(sent, capsys):
    frame(4).to_excel(sent / "a.xlsx", index=False)
    frame(4).to_excel(sent / "a-marked.xlsx", index=False)
    before = (sent / "a-marked.xlsx").read_bytes()
    assert main(["check", "a.xlsx", "a-marked.xlsx", *METHOD, "--marked", ".", "--overwrite"]) == 2
    assert "an input is never replaced" in capsys.readouterr().err
    assert (sent / "a-marked.xlsx").read_bytes() == before


def test_the_null_device_may_be_written_by_every_option(sent, capsys):
    words = ["footprint", "return.csv", *METHOD, "-o", os.devnull, "--certificate", os.devnull]
    assert main(words) == 0
    assert main([*words, "--overwrite"]) == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116
    capsys.readouterr()


def test_a_file_that_a_stream_is_sent_to_or_comes_from_is_no_output(sent):
    def shell(line):
        run = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
        return run.returncode, run.stderr

    tool = f"{sys.executable} -m nhscarbon footprint"
    code, _ = shell(f"{tool} return.csv --method nhs-2026.1 -o out.csv --overwrite >> out.csv")
    assert code == 2
    code, told = shell(f"{tool} /dev/stdin --method nhs-2026.1 -o return.csv --overwrite < return.csv")
    assert (code, (sent / "return.csv").read_text()) == (2, ACTIVITY)
    assert "never replaced" in told


def test_a_pipe_is_no_output(sent, capsys):
    os.mkfifo(sent / "pipe")
    assert main(["footprint", "return.csv", *METHOD, "-o", "pipe", "--overwrite"]) == 2
    assert "a device or a pipe" in capsys.readouterr().err


def test_an_export_keeps_the_permissions_of_its_tables(sent, capsys):
    words = ["method", "export", "nhs-2026.1", "-o", "method"]
    assert main(words) == 0
    table = sent / "method" / "manifest.json"
    table.chmod(0o600)
    (sent / "method" / "units.csv").chmod(0o640)
    assert main([*words, "--overwrite"]) == 0
    assert stat.S_IMODE(table.stat().st_mode) == 0o600
    assert stat.S_IMODE((sent / "method" / "units.csv").stat().st_mode) == 0o640
    capsys.readouterr()
