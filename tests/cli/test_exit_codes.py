"""How commands end: a fault of ours, a full disk or a closed stream is never the code of "refused"."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clocks import PATIENCE
from nhscarbon.cli import main

GOOD = "organisation,period,activity,quantity,unit\nRX1,2023/24,energy.natural_gas,50000000,kWh\n"
BAD = GOOD.replace("kWh", "parsec")
METHOD = "--method nhs-2026.1"
WORDS = {
    "footprint": f"footprint good.csv {METHOD}",
    "csv": f"footprint good.csv {METHOD} --format csv",
    "check": f"check good.csv {METHOD}",
    "refused": f"check bad.csv {METHOD}",
    "many lines": "method options nhs-2026.1",
    "help": "--help",
    "help of a verb": "footprint --help",
    "version": "--version",
    "nothing": "",
}


@pytest.fixture
def shell(tmp_path):
    """Return a function that runs a command line in a folder with a good and a bad return."""
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(BAD)

    def run(words, more="", *, before="", **environment):
        line = f"{before}{sys.executable} -m nhscarbon {words} {more}"
        done = subprocess.run(["/bin/bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False,
                              env={**os.environ, **environment})  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


def plain(told):
    """Assert that no trace of the interpreter's was printed."""
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    return told


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("more", [">/dev/full", ">&-"])
def test_standard_output_that_takes_nothing_exits_with_70(shell, words, more):
    code, _, told = shell(words, more)
    if words in ("--help", "footprint --help", "--version", "") and more == ">&-":
        assert code in (0, 70)  # a help that nobody hears: as the Python in use has it
    else:
        assert code == 70
        assert plain(told).splitlines()[-1].startswith("the result cannot be written to standard output: ")


@pytest.mark.parametrize("words", ["footprint", "check", "many lines", "help"])
def test_a_pipe_that_nobody_reads_is_silent(shell, words):
    code, _, told = shell(WORDS[words], "| head -c 1 >/dev/null; exit ${PIPESTATUS[0]}")
    assert code == 0
    assert "roken" not in plain(told)
    code, _, told = shell(WORDS[words], "| true; exit ${PIPESTATUS[0]}", before="sleep 0.1; ")
    assert code == 0
    assert "roken" not in plain(told)


@pytest.mark.parametrize("more", ["2>/dev/full", "2>&-", "2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}"])
def test_a_result_is_there_though_nobody_hears_the_words_beside_it(shell, tmp_path, more):
    out = tmp_path / "out.csv"
    code, _, _ = shell(f"footprint good.csv {METHOD} --format csv -o out.csv", more)
    assert code == 0
    assert out.read_text().startswith("organisation,")
    assert shell(WORDS["refused"], more)[0] == 1


def test_a_result_in_a_file_needs_no_standard_output(shell, tmp_path):
    for more in (">&-", ">/dev/full", ">&- 2>&-"):
        assert shell(f"footprint good.csv {METHOD} --format csv -o out.csv --overwrite", more)[0] == 0
        assert (tmp_path / "out.csv").read_text().startswith("organisation,")


@pytest.mark.parametrize("megabytes", [64, 90, 128, 235])  # of which 90 and 128 ended with 1, and 235 with a crash
def test_no_memory_exits_with_70(shell, megabytes):
    code, out, told = shell(WORDS["footprint"], before=f"ulimit -v {megabytes * 1024}; ")
    assert (code, out) == (70, "")
    assert len(told.splitlines()) < 10
    plain(told)


def test_memory_that_runs_out_in_the_middle_exits_with_70(shell, tmp_path):
    """The address space is what loading needs and a little more; the file is far larger."""
    with (tmp_path / "large.csv").open("w") as stream:
        stream.write(GOOD)
        stream.writelines(f"RX1,2023/24,energy.natural_gas,{n},kWh\n" for n in range(1_000_000))
    codes = set()
    for megabytes in (420, 620):
        limit = f"ulimit -v {megabytes * 1024}; "
        words = f"check large.csv {METHOD} --organisations none"
        code, _, told = shell(words, before=limit, OPENBLAS_NUM_THREADS="1")
        codes.add(code)
        plain(told)
    assert codes <= {70, 134, -signal.SIGABRT}  # Arrow ends the process itself, by a signal


BROKEN = {
    "absent": "raise ModuleNotFoundError('no numba')",
    "a library of it": "raise ImportError('libLLVM.so: cannot open shared object file')",
    "another numpy": "raise SystemError('initialization of _internal failed without raising an exception')",
    "an attribute": "raise AttributeError(\"module 'numpy' has no attribute 'trapz'\")",
    "an operating system": "raise OSError('Could not find/load shared object file')",
    "half of it": "VERSION = 1",
    "a compiler that fails": "def njit(**options):\n    raise RuntimeError('no target')",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_numba_that_does_not_load_leaves_the_sums_to_numpy(shell, tmp_path, text):
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "numba.py").write_text(text)
    path = os.pathsep.join([str(tmp_path / "planted"), *sys.path])
    code, out, told = shell(WORDS["csv"], PYTHONPATH=path)
    assert (code, out) == (0, shell(WORDS["csv"], NHSCARBON_KERNEL="numpy")[1])
    assert "Traceback" not in told
    code, out, told = shell(WORDS["csv"], PYTHONPATH=path, NHSCARBON_KERNEL="numba")
    assert (code, out) == (2, "")
    assert "the compiled kernel, which cannot be loaded" in told


def test_debug_may_be_typed_anywhere_and_shows_the_trace(tmp_path, monkeypatch, capsys):
    from nhscarbon.cli import footprint as verb  # noqa: PLC0415

    def fail(*args, **kwargs):
        raise ValueError("could not convert Jane Doe Cleaning Ltd")

    (tmp_path / "good.csv").write_text(GOOD)
    monkeypatch.setattr(verb, "calculate", fail)
    words = ["footprint", str(tmp_path / "good.csv"), *METHOD.split()]
    assert main(words) == 70
    assert len(capsys.readouterr().err.splitlines()) == 1
    for debug in (["--debug", *words], [*words, "--debug"]):
        assert main(debug) == 70
        told = capsys.readouterr().err
        assert told.startswith("Traceback")
        assert "in fail" in told
        assert told.splitlines()[-2] == "ValueError"  # what it says may be a word of the file


class Panic(BaseException):
    """As what libraries in another language raise."""


@pytest.mark.parametrize("kind", [Panic, MemoryError, RecursionError, SystemError, OSError, UnicodeDecodeError])
def test_whatever_is_raised_exits_with_70(kind, tmp_path, monkeypatch, capsys):
    from nhscarbon.cli import footprint as verb  # noqa: PLC0415

    def fail(*args, **kwargs):
        raise kind("utf-8", b"x", 0, 1, "odd") if kind is UnicodeDecodeError else kind("odd")

    (tmp_path / "good.csv").write_text(GOOD)
    monkeypatch.setattr(verb, "calculate", fail)
    assert main(["footprint", str(tmp_path / "good.csv"), *METHOD.split()]) == 70
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_interrupt_of_the_process_exits_with_130(tmp_path):
    with (tmp_path / "large.csv").open("w") as stream:
        stream.write(GOOD)
        stream.writelines(f"RX1,2023/24,energy.natural_gas,{n}.{n},kWh\n" for n in range(3_000_000))
    words = [sys.executable, "-m", "nhscarbon", "footprint", "large.csv", *METHOD.split(), "-o", "out.csv"]
    for _ in range(3):  # the interpreter drops an interrupt that falls into a finaliser
        process = subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            while seconds_of(process.pid) < 1.5 and process.poll() is None:  # past loading
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        if process.returncode == 130:
            break
    assert process.returncode == 130
    assert "interrupted" in told
    assert "Traceback" not in told
    assert not (tmp_path / "out.csv").exists()


def seconds_of(pid):
    """Return the seconds of the processor that a process has used."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return float("inf")
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
