"""Plant faults in the code, one at a time, and see whether the tests notice: `make mutants`.

The faults are listed in `tests/mutants/<room>.toml`, a table each:

    [a_factor_covers_a_part_year]
    file = "src/nhscarbon/methods/factors.py"
    old = "..."            what stands there, exactly once in the file
    new = "..."            what stands there instead
    tests = "tests/methods/test_resolution.py"     what is to notice, as pytest takes it
    meaning = "A factor that ends in September is used for the whole NHS year."
    equivalent = "..."     only where nothing can notice it: why
    hangs = true           only where it makes the code run for ever: then running out of time is noticing

    python tools/plant_faults.py --jobs 2 --write benchmarks/results/mutants.md
    python tools/plant_faults.py --only 'sums.*'        faults by room.name; --fresh forgets what earlier runs found

Each fault is planted in a copy of the code, so nothing here changes. The tests run on the whole copy first: a fault
proves nothing where they fail without it. Outcomes are kept in `build/mutants.jsonl` for as long as the code and
tests stay as they are, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from queue import SimpleQueue

REPO = Path(__file__).resolve().parents[1]
LISTS = Path("tests/mutants")
COPIED = ("src", "tests", "pyproject.toml")  # the rest is only read, and linked
LEFT_OUT = ("build", "dist", "site")
LEAST = 0.92  # share that is to be noticed
PATIENCE = 60.0  # seconds, and ten times what the tests take without a fault
NOTICED, MISSED, TIMEOUT, BROKEN = "noticed", "not noticed", "timeout", "broken"
OUTCOMES = {0: MISSED, 1: NOTICED}  # by pytest's exit code; any other is a fault that no test has looked at


@dataclass(frozen=True)
class Fault:
    """One listed fault; `name` is its room and its heading."""

    name: str
    file: str
    old: str
    new: str
    tests: str
    meaning: str
    equivalent: str = ""
    hangs: bool = False

    def planted(self, root: Path) -> str:
        """Return the text of the file with the fault in it; raise ValueError where it no longer applies."""
        text = (root / self.file).read_text("utf-8")
        if text.count(self.old) != 1 or self.old == self.new:
            raise ValueError(f"{self.name}: its old text stands {text.count(self.old)} times in {self.file}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Run:
    """How the tests ended: the outcome, the first test that failed, and the seconds it took."""

    outcome: str
    by: str
    seconds: float


def listed_faults(root: Path) -> tuple[Fault, ...]:
    """Return every fault that is listed, room by room."""
    lists = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((root / LISTS).glob("*.toml"))}
    return tuple(Fault(f"{room}.{id}", **fields) for room, faults in lists.items() for id, fields in faults.items())


def copy_tree(root: Path, tree: Path) -> None:
    """Make a copy of the code and tests with links to the rest."""
    for entry in root.iterdir():
        if entry.name.startswith(".") or entry.name in LEFT_OUT:
            continue
        if entry.name not in COPIED:
            (tree / entry.name).symlink_to(entry)
        elif entry.is_dir():
            shutil.copytree(entry, tree / entry.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(entry, tree / entry.name)


def run_tests(tree: Path, tests: str, patience: float) -> Run:
    """Run some tests in a copy."""
    environment = {"NHSCARBON_SHARED": str(REPO.parent / "shared"), **os.environ, "PYTHONPATH": str(tree / "src")}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *shlex.split(tests)]
    start = time.monotonic()
    with (tree / "run.log").open("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(
            command, cwd=tree, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            outcome = OUTCOMES.get(process.wait(patience), BROKEN)
        except subprocess.TimeoutExpired:
            outcome = TIMEOUT
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)  # with what the tests started
                process.wait()
        log.seek(0)
        failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", log.read(), re.MULTILINE)
    return Run(outcome, failed[0] if failed else "", round(time.monotonic() - start, 1))


@contextmanager
def planted(fault: Fault, tree: Path) -> Iterator[None]:
    """Hold a fault in a copy; what was compiled of the files beside it may hold its constants, and goes."""
    path = tree / fault.file
    text, compiled = path.read_text("utf-8"), path.parent / "__pycache__"
    try:
        path.write_text(fault.planted(tree), "utf-8")
        shutil.rmtree(compiled, ignore_errors=True)
        yield
    finally:
        path.write_text(text, "utf-8")
        shutil.rmtree(compiled, ignore_errors=True)


def try_faults(faults: Sequence[Fault], root: Path, kept: Path, *, jobs: int) -> dict[str, Run]:
    """Plant each fault and run its tests; return the outcome of each by its name.

    Outcomes are added to the file `kept`, and taken from it where code, tests and fault are the same.
    """
    before = _kept(kept)
    state = _state(root)
    trees: SimpleQueue[Path] = SimpleQueue()

    def known(key: str, name: str, tests: str, fault: Fault | None, patience: float) -> Run:
        if key in before:
            return before[key]
        tree = trees.get()
        try:
            if fault is None:
                run = run_tests(tree, tests, patience)
            else:
                with planted(fault, tree):
                    run = run_tests(tree, tests, patience)
        finally:
            trees.put(tree)
        before[key] = run
        with kept.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"key": key, "name": name, "run": astuple(run)}) + "\n")
        outcome = "pass" if fault is None and run.outcome == MISSED else run.outcome
        print(f"{outcome:12} {run.seconds:6.1f} s  {name}  {run.by}", flush=True)
        return run

    def whole(tests: str) -> Run:
        return known(f"{state} {tests}", f"without a fault: {tests}", tests, None, 10 * PATIENCE)

    def one(fault: Fault) -> Run:
        if unharmed[fault.tests].outcome != MISSED:
            return Run(BROKEN, f"fails without a fault: {unharmed[fault.tests].by}", 0.0)
        key = f"{state} {hashlib.sha256(repr(fault).encode()).hexdigest()}"
        return known(key, fault.name, fault.tests, fault, PATIENCE + 10 * unharmed[fault.tests].seconds)

    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        for number in range(jobs):
            (tree := Path(folder, str(number))).mkdir()
            copy_tree(root, tree)
            trees.put(tree)
        selections = sorted({fault.tests for fault in faults})
        unharmed = dict(zip(selections, pool.map(whole, selections), strict=True))
        return dict(zip((fault.name for fault in faults), pool.map(one, faults), strict=True))


def _kept(path: Path) -> dict[str, Run]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return {}
    lines = path.read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.endswith("}")]  # the last line may be half of one
    return {record["key"]: Run(*record["run"]) for record in records}


def _state(root: Path) -> str:
    """Return a hash of all that an outcome depends on, apart from the list of faults."""
    hashed = hashlib.sha256(sys.version.encode())
    for path in sorted(path for name in COPIED[:2] for path in (root / name).rglob("*") if path.is_file()):
        if path.parent != root / LISTS and "__pycache__" not in path.parts:
            hashed.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return hashed.hexdigest()[:16]


def noticed(fault: Fault, run: Run) -> bool:
    """Tell whether the tests noticed a fault."""
    return run.outcome == NOTICED or (fault.hangs and run.outcome == TIMEOUT)


def wrong(faults: Sequence[Fault], runs: dict[str, Run]) -> list[str]:
    """Return what keeps a run from passing, a line each."""
    found = [f"{fault.name}: {runs[fault.name].outcome} {runs[fault.name].by}: {fault.meaning}" for fault in faults
             if not noticed(fault, runs[fault.name])
             and (runs[fault.name].outcome == BROKEN or not fault.equivalent)]  # fmt: skip
    found += [f"{fault.name} is listed as equivalent, and a test notices it" for fault in faults
              if fault.equivalent and noticed(fault, runs[fault.name])]  # fmt: skip
    share = sum(noticed(fault, runs[fault.name]) for fault in faults) / max(len(faults), 1)
    return found + ([f"{share:.1%} are noticed, {LEAST:.0%} must be"] if share < LEAST else [])


def results(faults: Sequence[Fault], runs: dict[str, Run]) -> str:
    """Return the results as a page: by room, those that no test noticed, and each fault with the test that did."""
    rooms: dict[str, list[Fault]] = {}
    for fault in faults:
        rooms.setdefault(fault.name.partition(".")[0], []).append(fault)
    rows = []
    for room, here in (*rooms.items(), ("all", faults)):
        count = sum(noticed(fault, runs[fault.name]) for fault in here)
        rows.append(f"| {room} | {len(here)} | {count} | {count / len(here):.0%} |")
    missed = [fault for fault in faults if not noticed(fault, runs[fault.name])]
    seconds = sum(run.seconds for run in runs.values())
    parts = [
        "# Faults planted, and noticed",
        f"Written by `make mutants` (`tools/plant_faults.py`). Each fault of `{LISTS}` is planted alone in a copy, and "
        f"the tests named beside it run. At least {LEAST:.0%} must be noticed, and the rest must have a reason. "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; "
        f"{seconds / 60:.0f} minutes of tests.",
        "\n".join(["| room | planted | noticed | share |", "|---|---:|---:|---:|", *rows]),
        "## Not noticed",
        "\n".join(f"* `{fault.name}` ({runs[fault.name].outcome}): {fault.meaning} "
                  f"{fault.equivalent or 'No test notices it.'}" for fault in missed) or "None.",
        "## Noticed",
        "\n".join(["| fault | what it means | the first test that fails |", "|---|---|---|",
                   *(f"| `{fault.name}` | {fault.meaning} | {runs[fault.name].by.partition('[')[0] or 'out of time'} |"
                     for fault in faults if fault not in missed)]),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults that are asked for; return 1 where too few were noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=["*"], metavar="NAME", help="names of faults, with * and ?")
    parser.add_argument("--jobs", type=int, default=1, help="faults at once; each has a copy of the code")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the results as a page")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    parser.add_argument("--root", type=Path, default=REPO, help="another checkout")
    asked = parser.parse_args(arguments)
    root = asked.root.resolve()
    faults = [fault for fault in listed_faults(root) if any(fnmatchcase(fault.name, each) for each in asked.only)]
    for fault in faults:
        fault.planted(root)
    kept = root / "build" / "mutants.jsonl"
    if asked.fresh:
        kept.unlink(missing_ok=True)
    runs = try_faults(faults, root, kept, jobs=asked.jobs)
    if asked.write:
        asked.write.write_text(results(faults, runs), encoding="utf-8")
    faulty = wrong(faults, runs)
    print("\n".join([f"{len(faults)} planted, {sum(noticed(fault, runs[fault.name]) for fault in faults)} noticed",
                     *faulty]))  # fmt: skip
    return 1 if faulty or not faults else 0


if __name__ == "__main__":
    sys.exit(main())
