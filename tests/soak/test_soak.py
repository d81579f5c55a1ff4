"""The soak in short: each of its experiments runs and finds nothing, and finds what is planted."""

import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity import encoding
from samples import frame

SOAK = Path(__file__).resolve().parents[1] / "soak"
sys.path.insert(0, str(SOAK))
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the soak forks")

if sys.platform != "win32":
    import run
    import soak_books
    import soak_damage
    import soak_memory
    import soak_tables
    import soak_together
    import soak_words
    import soak_writes


SHORT = {"flips": 120, "cuts": 80, "words": 3_000, "tables": 150, "memory": 30, "books": 40, "points": 40, "kills": 12, "full": 3,
         "interrupts": 2, "readers": 80, "threads": 16, "places": 1}  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # a fork beside threads
@pytest.mark.parametrize("name", SHORT)
def test_a_short_soak_finds_nothing(name, tmp_path):
    outcomes, faults = run.EXPERIMENTS[name].run(random.Random(name), tmp_path, SHORT[name])
    assert faults == []
    assert sum(outcomes.values()) >= min(SHORT[name], 2)


def test_a_short_soak_of_cycles_grows_nothing(tmp_path):
    """In an interpreter of its own: what other tests left in the heap is not theirs to measure."""
    code = (
        "import random, sys; from pathlib import Path; sys.path[:0] = sys.argv[1:3]; import soak_together; "
        "print(soak_together.cycles(random.Random('cycles'), Path(sys.argv[3]), 10))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(SOAK), str(SOAK.parent), str(tmp_path)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.stdout.strip() == "(Counter({'cycles': 10}), [])", done.stdout + done.stderr


def test_a_reader_of_loose_numbers_is_found(monkeypatch, tmp_path):
    def loose(text):
        plain = text.replace(",", "")
        return float(plain) if plain.isdecimal() and len(plain) < 99 else float("nan")

    monkeypatch.setattr(soak_words, "read_number", loose)
    _, faults = soak_words.batch(random.Random(1), tmp_path, 2_000)
    assert any("other letters" in fault for fault in faults)
    assert encoding.read_number("1,000") != 1000


@pytest.mark.parametrize(("kind", "text"), [("unit", "mm3"), ("unit", "m\x0bm3"), ("unit", "furlong"), ("code", "x.y")])
def test_a_word_without_a_meaning_is_refused_with_its_reason(kind, text):
    assert soak_words.word_holds(kind, text) == "looked up"


def test_a_check_that_raises_or_disagrees_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(soak_tables.nc, "check", lambda source, method: nc.findings.Findings((), 10**9))
    _, faults = soak_tables.batch(random.Random(1), tmp_path, 5)
    assert len(faults) == 5


def test_a_memory_that_forgets_the_order_of_its_sources_is_found(monkeypatch, tmp_path):
    def first_alone(source, method, before=None):
        return nc.check(source, method, before=before[:1] if isinstance(before, list) else before)

    monkeypatch.setattr(soak_memory, "nc", SimpleNamespace(check=first_alone, calculate=nc.calculate))
    _, faults = soak_memory.batch(random.Random(1), tmp_path, 40)
    assert any("the order of what was sent before" in fault for fault in faults)


def test_changes_that_do_not_add_up_are_found(monkeypatch, tmp_path):
    def doubled(source, method):
        return nc.calculate(pd.concat([source, source.assign(activity="water.supply", unit="m3")]), method)

    monkeypatch.setattr(soak_memory, "nc", SimpleNamespace(check=nc.check, calculate=doubled))
    _, faults = soak_memory.batch(random.Random(1), tmp_path, 40)
    assert any("do not add up" in fault for fault in faults)


def test_a_parser_that_dies_or_hangs_is_found(monkeypatch, tmp_path):
    _, faults = soak_books.batch(random.Random(1), tmp_path, 2, work=lambda books, out: os.kill(os.getpid(), 9))
    assert len(faults) == 2
    assert "ended by -9" in faults[0]
    monkeypatch.setattr(soak_books, "HANGS", 0.2)
    _, faults = soak_books.batch(random.Random(1), tmp_path, 1, work=lambda books, out: signal.pause())
    assert "silent" in faults[0]


def test_a_parser_that_goes_round_for_ever_is_found(monkeypatch, tmp_path):
    def for_ever(source):
        while True:
            pass

    monkeypatch.setattr(soak_books.door, "read", for_ever)
    monkeypatch.setattr(soak_books, "SECONDS", 0)
    _, faults = soak_books.batch(random.Random(1), tmp_path, 1)
    assert f"ended by -{signal.SIGXCPU}" in faults[0]


def test_what_takes_the_processor_too_long_again_and_again_is_found_and_what_only_starts_slowly_is_not(
    monkeypatch, tmp_path
):
    clock = iter(range(10**6))
    for module in (soak_tables, soak_words):
        monkeypatch.setattr(module, "processor_time", lambda: 1000 * next(clock))  # each first run takes too long
        _, faults = module.batch(random.Random(1), tmp_path, 3)
        assert faults == []
        monkeypatch.setattr(module, "least_processor_seconds", lambda work: 1000.0)
        _, faults = module.batch(random.Random(1), tmp_path, 3)
        assert len(faults) == 3
        assert all("of the processor" in fault for fault in faults)


def test_silence_after_a_flipped_bit_is_found(tmp_path):
    content, table = soak_damage.parquets()[0]
    with pytest.raises(AssertionError, match="SILENT"):
        soak_damage.parquet_holds(content, table.assign(quantity=0.0))
    kind, content, certificate = soak_damage.inputs()[0]
    with pytest.raises(AssertionError, match="SILENT"):
        soak_damage.input_holds(kind, content, certificate)
    certificate, footprint = soak_damage.certified()
    with pytest.raises(AssertionError, match="SILENT"):
        soak_damage.certificate_holds(certificate.text.encode(), certificate, footprint, tmp_path)


def test_a_writer_in_place_is_found(monkeypatch, tmp_path):
    def in_place(path, content, *, overwrite):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as stream:
            try:
                stream.write(content)
                stream.flush()
            except OSError as error:
                raise nc.NHSCarbonError(f"cannot be written: {error}") from error

    write = lambda path: in_place(path, b"new" * 500, overwrite=True)  # noqa: E731
    with pytest.raises(AssertionError, match="neither the old file nor the new one"):
        soak_writes.point_holds("planted", write, 3, soak_writes.KINDS[0], tmp_path, lasting=False, there=True)
    monkeypatch.setattr(soak_writes, "write_whole", in_place)
    torn = (fault for seed in range(50) for fault in soak_writes.kills(random.Random(seed), tmp_path, 40)[1])
    assert any("torn" in fault for fault in torn)


def test_growth_and_other_bits_are_found(monkeypatch, tmp_path):
    kept = []
    _, faults = soak_together.cycles(
        random.Random(1), tmp_path, 20, work=lambda path: kept.append(bytes(1 << 20) + b"x")
    )
    assert "memory grew" in faults[0]
    monkeypatch.setattr(soak_together, "TRUTH", "another")
    _, faults = soak_together.threads(random.Random(1), tmp_path, 16)
    assert faults == ["16 other results"]


def test_the_soak_goes_on_where_it_stopped_and_logs_what_it_did(tmp_path, monkeypatch):
    small = replace(run.EXPERIMENTS["words"], goal=250, size=100)
    monkeypatch.setattr(run, "EXPERIMENTS", {"words": small})
    words = ["--state", str(tmp_path / "soak" / "state.json"), "--log", str(tmp_path / "soak.md"), "--minutes"]
    assert run.main([*words, "0"]) == 0
    assert "Short of its goal: words" in (tmp_path / "soak.md").read_text("utf-8")
    assert run.main([*words, "1"]) == 0
    state = run.load(tmp_path / "soak" / "state.json")
    assert (state["experiments"]["words"]["batches"], state["experiments"]["words"]["cases"]) == (3, 300)
    log = (tmp_path / "soak.md").read_text("utf-8")
    assert "| words | R2: mutations of words. | 300 | 250 | 0 |" in log
    assert log.count("# Soak") == 1
    assert log.endswith("Short of its goal: nothing.\n\n")


def test_what_a_killed_writer_left_is_cleared_and_a_living_ones_file_is_not(tmp_path):
    import fcntl  # noqa: PLC0415  not on Windows

    path = tmp_path / "a[1]*.csv"
    dead, living = (tmp_path / f".{path.name}.{word}.unfinished" for word in ("dead", "living"))
    for each in (dead, living):
        each.write_bytes(b"half")
    other = tmp_path / ".other.csv.dead.unfinished"
    other.write_bytes(b"half")
    with living.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        nc.calculate(frame(5), nc.methodology("nhs-2026.1")).to_csv(path)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([path.name, living.name, other.name])
