"""The command line: stdout is the result, stderr the words, and the exit code tells."""

import json
import subprocess
import sys
from importlib import import_module

import pytest

import nhscarbon as nc
import nhscarbon.cli.footprint as verb
import nhscarbon.cli.parser as cli_parser
from nhscarbon.cli import command_line, main

GOOD = "RXX,2023/24,energy.natural_gas,100000,kWh"


@pytest.fixture
def run(capsys):
    def call(*argv):
        code = main(argv)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_table_csv_and_json_say_the_same(run, activity_csv, method):
    path = activity_csv(GOOD)
    total = nc.calculate(path, method).total()
    code, out, err = run("footprint", str(path), "--method", "nhs-2026.1", "--by", "theme,scope")
    assert code == 0
    assert "energy_well_to_tank" in out
    assert "draft" not in err + out
    code, out, err = run("footprint", str(path), "--method", "nhs-2026.1-ar6", "--by", "theme,scope")
    assert "draft" in err
    assert "draft" not in out
    code, out, _ = run("footprint", str(path), "--method", "nhs-2026.1", "--format", "csv")
    assert out.splitlines()[0].startswith("organisation,period,")
    code, out, _ = run("footprint", str(path), "--method", "nhs-2026.1", "--format", "json")
    document = json.loads(out)
    assert sorted(document) == ["coverage", "labels", "rows", "stamp", "themes", "totals"]
    assert document["totals"]["nhs_carbon_footprint"] == total
    assert document["stamp"]["methodology_digest"] == method.digest


def test_files_are_added_up(run, activity_csv):
    a, b = activity_csv(GOOD, name="a.csv"), activity_csv(GOOD, "", name="b.csv")
    _, once, _ = run("footprint", str(a), "--method", "nhs-2026.1", "--format", "json")
    _, twice, _ = run("footprint", str(a), str(b), "--method", "nhs-2026.1", "--format", "json")
    assert json.loads(twice)["totals"]["scope_1"] == 2 * json.loads(once)["totals"]["scope_1"]


def test_the_same_file_twice_is_refused_and_not_doubled(run, activity_csv):
    path = str(activity_csv(GOOD))
    code, out, err = run("footprint", path, path, "--method", "nhs-2026.1")
    assert (code, out) == (2, "")
    assert "count twice" in err


def test_a_boundary_is_held_to_without_by(run, activity_csv):
    path = str(activity_csv(GOOD))
    code, _, err = run("footprint", path, "--method", "nhs-2026.1", "--boundary", "scope1", "--format", "csv")
    assert code == 2
    assert "did you mean 'scope_1'" in err
    _, out, _ = run("footprint", path, "--method", "nhs-2026.1", "--boundary", "scope_1", "--format", "json")
    assert {row["scope"] for row in json.loads(out)["rows"]} == {"1"}


@pytest.mark.parametrize("out", [".", "nowhere/x.csv", "x" * 300 + ".csv"])
def test_an_output_that_cannot_be_written_is_a_usage_error(run, activity_csv, out):
    code, _, err = run("footprint", str(activity_csv(GOOD)), "--method", "nhs-2026.1", "-o", out, "--overwrite")
    assert code == 2
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (["footprint", "{bad}", "--method", "nhs-2026.1"], 1, "Nothing was calculated"),
        (["footprint", "{good}", "--method", "nhs-2025"], 2, "no methodology"),
        (
            ["footprint", "{good}", "--method", "nhs-2026.1", "--by", "colour"],
            2,
            "Unknown column 'colour'. Choose from: organisation, period",
        ),
        (["footprint", "nowhere.csv", "--method", "nhs-2026.1"], 3, "there is no file"),
        (["footprint", "{good}", "--method", "nhs-2026.1", "--from", "eric"], 3, "header"),
        (["explain", "{good}", "--method", "nhs-2026.1", "--activity", "water.supply"], 2, "no row"),
        (["factors", "show", "nothing.here"], 2, "no package has"),
        (["factors", "diff", "ukgov-2024", "ukgov-2034"], 2, "no factor package"),
        (["factors", "verify", "--originals", "nowhere"], 3, "no folder"),
        (["method", "show", "nhs-2026.1", "--theme", "colour"], 2, "no theme"),
    ],
)
def test_exit_codes(run, activity_csv, argv, code, says):
    good = activity_csv(GOOD)
    bad = activity_csv("RXX,2023,energy.natural_gas,1,kWh", name="bad.csv")
    found, out, err = run(*(word.format(good=good, bad=bad) for word in argv))
    assert found == code
    assert says in err
    if says not in ("no package has",):
        assert out == "" or argv[0] == "factors"


@pytest.mark.parametrize(
    "argv", [["fly"], ["footprint"], ["factors"], ["footprint", "x.csv", "--method", "m", "--format", "pdf"]]
)
def test_usage_errors_exit_with_2(argv, capsys):
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("argv", "option"),
    [
        (["check", "--method", "nhs-2026.1", "--before", "last.csv", "this.csv"], "--before"),
        (["actions", "plan", "--footprint", "return.csv", "plan.csv"], "--footprint"),
    ],
)
def test_an_option_that_took_the_files_is_named(argv, option, capsys):
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2
    assert f"all that follows {option} is taken by it: name FILE before it" in capsys.readouterr().err


def test_files_that_no_option_took_are_asked_for_plainly(capsys):
    with pytest.raises(SystemExit):
        main(["check", "--method", "nhs-2026.1"])
    assert capsys.readouterr().err.splitlines()[-1].endswith("the following arguments are required: FILE")


def test_a_result_is_written_whole_and_never_over_another(run, activity_csv, tmp_path):
    path, out = activity_csv(GOOD), tmp_path / "result.csv"
    args = ("footprint", str(path), "--method", "nhs-2026.1", "--format", "csv", "-o", str(out))
    assert run(*args)[0] == 0
    first = out.read_bytes()
    code, _, err = run(*args)
    assert (code, out.read_bytes()) == (2, first)
    assert "already exists" in err
    assert run(*args, "--overwrite")[0] == 0
    assert sorted(item.name for item in tmp_path.iterdir()) == ["result.csv", "return.csv"]


def test_explain_goes_down_to_the_cell(run, activity_csv):
    code, out, _ = run("explain", str(activity_csv(GOOD)), "--method", "nhs-2026.1", "--component", "direct")
    assert code == 0
    for words in ("100,000 kWh x 0.182928926174 kgCO2e/kWh", "Factors by Category!J83", "804885cb9d8f02bb",
                  "Open Government Licence", "ghg-conversion-factors-2023-flat-file-update.xlsx"):  # fmt: skip
        assert words in out


def test_factors_list_show_verify_diff(run):
    code, out, _ = run("factors", "list")
    assert code == 0
    assert "ukgov-2026@1.0.0" in out
    assert "second-hand" in out
    code, out, _ = run("factors", "show", "energy.natural_gas.direct.kWh")
    editions = [line for line in out.splitlines()[1:] if "ukgov-" in line]
    assert len(editions) == 14  # the official sets, beside the factors of the portal
    assert run("factors", "verify")[0] == 0
    code, out, err = run("factors", "diff", "ukgov-2024", "ukgov-2025", "--over", "10")
    grid = next(line for line in out.splitlines() if line.startswith("energy.electricity.grid.generation.kWh"))
    assert "0.20705" in grid
    assert "0.177" in grid
    assert "-14.5 %" in grid
    assert "appeared" in err


def test_method_list_and_show(run):
    assert "nhs-2026.1" in run("method", "list")[1]
    out = run("method", "show", "nhs-2026.1", "--theme", "water")[1]
    assert "water.supply" in out
    assert "energy.natural_gas " not in out


def test_every_verb_has_help_with_an_example():
    def walk(parser):
        yield parser
        for action in parser._subparsers._group_actions if parser._subparsers else ():
            for child in action.choices.values():
                yield from walk(child)

    verbs = list(walk(command_line()))
    assert len(verbs) >= 11
    for each in verbs:
        assert "example:\n  nhscarbon " in each.format_help(), each.prog


def test_importing_the_package_and_help_do_not_load_pandas():
    code = (
        "import sys, nhscarbon, nhscarbon.cli as c; c.command_line(); "
        "assert not {'pandas', 'numpy', 'pint'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_verb_leads_to_a_function(monkeypatch):
    """A verb's work is loaded by its name when it runs: a name that is gone would be found by a user."""
    found = []
    monkeypatch.setattr(cli_parser, "_later", lambda module, function: found.append((module, function)))
    command_line()
    assert len(found) >= 14
    for module, function in found:
        assert callable(getattr(import_module(f"nhscarbon.cli.{module}"), function)), (module, function)


def test_without_a_verb_the_help_is_printed(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out.startswith("usage: nhscarbon")
    assert "list everything that is wrong with returns" in out


def test_the_package_runs_as_a_module(activity_csv):
    words = [sys.executable, "-m", "nhscarbon"]
    done = subprocess.run([*words, "method", "list"], capture_output=True, text=True, check=True)
    assert "nhs-2026.1" in done.stdout
    done = subprocess.run([*words, "fly"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: nhscarbon")


@pytest.mark.parametrize(("before", "value"), [((), ""), ((), "0"), (("--debug",), ""), ((), "1")])
def test_a_fault_of_ours_is_said_in_one_line_and_exits_with_70(run, activity_csv, monkeypatch, before, value):
    def fail(*args, **kwargs):
        raise KeyError("a \x1b[31mred\nword")

    monkeypatch.setattr(verb, "calculate", fail)
    monkeypatch.setenv("NHSCARBON_DEBUG", value)
    code, out, err = run(*before, "footprint", str(activity_csv(GOOD)), "--method", "nhs-2026.1")
    assert (code, out) == (70, "")
    *trace, line = err.splitlines()
    assert line.startswith("This is an error in nhscarbon, not in your file: KeyError: ")
    assert "(test_cli.py:" in line
    assert "\x1b" not in err  # what an error says may be a word of the sender's
    assert nc.__version__ in line
    assert bool(trace) == (before != () or value == "1")
    assert not trace or trace[0].startswith("Traceback")


def test_an_interrupt_exits_with_130(run, activity_csv, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(verb, "calculate", interrupt)
    code, out, err = run("footprint", str(activity_csv(GOOD)), "--method", "nhs-2026.1")
    assert (code, out) == (130, "")
    assert "interrupted" in err
