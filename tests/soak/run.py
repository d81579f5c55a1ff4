"""The soak: hours of fuzz, faults, kills and flipped bits, to be stopped and taken up again at any time.

python tests/soak/run.py --minutes 30       as long as that, then what it found is added to the log
python tests/soak/run.py --only flips       one of them
"""

import argparse
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPO / "src"), str(REPO / "tests"), str(Path(__file__).resolve().parent)]

import soak_books  # noqa: E402
import soak_damage  # noqa: E402
import soak_memory  # noqa: E402
import soak_tables  # noqa: E402
import soak_together  # noqa: E402
import soak_words  # noqa: E402
import soak_writes  # noqa: E402

from nhscarbon.output.files import write_whole  # noqa: E402
from nhscarbon.version import __version__  # noqa: E402

STATE, LOG = REPO / ".soak" / "state.json", REPO / "benchmarks" / "results" / "soak.md"
SHOWN = 20  # faults that are kept word by word


@dataclass(frozen=True)
class Experiment:
    """A batch is some cases from a seed; the goal is the cases of a release."""

    run: object
    goal: int
    size: int
    first: bool = False

    @property
    def what(self):
        return self.run.__doc__.strip()


EXPERIMENTS = {
    "flips": Experiment(soak_damage.flips, 50_000, 1_000, first=True),
    "cuts": Experiment(soak_damage.cuts, 20_000, 2_000, first=True),
    "words": Experiment(soak_words.batch, 25_000_000, 50_000),
    "tables": Experiment(soak_tables.batch, 1_000_000, 2_000),
    "memory": Experiment(soak_memory.batch, 20_000, 200),
    "books": Experiment(soak_books.batch, 100_000, 500),
    "points": Experiment(soak_writes.points, 560, 2_000),
    "kills": Experiment(soak_writes.kills, 5_000, 100),
    "full": Experiment(soak_writes.full, 100, 10),
    "interrupts": Experiment(soak_writes.interrupts, 500, 10),
    "readers": Experiment(soak_together.readers, 100_000, 4_000),
    "threads": Experiment(soak_together.threads, 16_000, 320),
    "cycles": Experiment(soak_together.cycles, 2_000, 500),
    "places": Experiment(soak_together.places, 24, 24),
}


def fresh():
    return {"batches": 0, "cases": 0, "seconds": 0.0, "outcomes": {}, "faults": [], "fault_count": 0}


def load(path):
    return json.loads(path.read_text("utf-8")) if path.is_file() else {"seed": 2026, "experiments": {}}


def one_batch(name, state, scratch):
    """Run the next batch of an experiment and add it to the state; its seed is its number, so it can be run again."""
    experiment, record = EXPERIMENTS[name], state["experiments"].setdefault(name, fresh())
    rng = random.Random(f"{state['seed']}:{name}:{record['batches']}")
    start = time.perf_counter()
    outcomes, faults = experiment.run(rng, scratch, experiment.size)
    record["seconds"] += time.perf_counter() - start
    record["cases"] += sum(outcomes.values()) + len(faults)
    record["outcomes"] = dict(Counter(record["outcomes"]) + outcomes)
    record["fault_count"] += len(faults)
    told = [f"batch {record['batches']}: {fault}" for fault in faults]
    record["faults"] = [*record["faults"], *told][:SHOWN]
    record["batches"] += 1


def next_of(names, state):
    """Return the experiment that is furthest from its goal, those that come first before all; None at the end."""

    def share(name):
        return state["experiments"].get(name, fresh())["cases"] / EXPERIMENTS[name].goal

    open_ = [name for name in names if share(name) < 1]
    return min(open_, key=lambda name: (not EXPERIMENTS[name].first, share(name)), default=None)


def facts():
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "pyarrow", "python-calamine"))
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {libraries}"


def report(state, minutes):
    """Return what the log says of the state so far."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=REPO, capture_output=True, text=True, check=False
    )
    lines = [
        f"## {time.strftime('%Y-%m-%d')}, nhscarbon {__version__} at {commit.stdout.strip() or 'no commit'}, seed {state['seed']}",
        "", f"{facts()}. One process, {minutes:.0f} minutes of this run; the counts are of all runs of this seed.", "",
        "| | what | cases | goal | faults | seconds | outcomes |", "|---|---|---:|---:|---:|---:|---|",
    ]  # fmt: skip
    for name, experiment in EXPERIMENTS.items():
        record = state["experiments"].get(name, fresh())
        if not record["batches"]:
            continue
        outcomes = "; ".join(f"{text} {count:,}" for text, count in sorted(record["outcomes"].items()))
        lines.append(f"| {name} | {experiment.what} | {record['cases']:,} | {experiment.goal:,} | {record['fault_count']:,} | "
                     f"{record['seconds']:.0f} | {outcomes} |")  # fmt: skip
    for name, record in state["experiments"].items():
        lines += [f"* {name}, {fault}" for fault in record["faults"]]
    short = [name for name, each in EXPERIMENTS.items() if state["experiments"].get(name, fresh())["cases"] < each.goal]
    lines += ["", f"Short of its goal: {', '.join(short) or 'nothing'}.", ""]
    return "\n".join(lines) + "\n"


def main(words=None):
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=120.0)
    options.add_argument("--only", choices=EXPERIMENTS, action="append", default=[])
    options.add_argument("--seed", type=int)
    options.add_argument("--state", type=Path, default=STATE)
    options.add_argument("--log", type=Path, default=LOG)
    options = options.parse_args(words)
    state = load(options.state)
    if options.seed is not None and options.seed != state["seed"]:
        state = {"seed": options.seed, "experiments": {}}
    options.state.parent.mkdir(exist_ok=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where it was started in the background
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak") as scratch:
        try:
            while time.monotonic() - start < options.minutes * 60:
                name = next_of(options.only or EXPERIMENTS, state)
                if name is None:
                    break
                place = Path(scratch) / name
                place.mkdir(exist_ok=True)
                one_batch(name, state, place)
                write_whole(options.state, json.dumps(state, indent=1).encode(), overwrite=True)
                sys.stderr.write(f"{name:12}{state['experiments'][name]['cases']:>12,} cases, "
                                 f"{state['experiments'][name]['fault_count']} faults\n")  # fmt: skip
        except KeyboardInterrupt:
            sys.stderr.write("stopped; run it again to go on\n")
        for bad in Path(scratch).rglob("fault-*"):
            write_whole(options.state.parent / bad.name, bad.read_bytes(), overwrite=True)
    known = options.log.read_text("utf-8") if options.log.is_file() else "# Soak\n\n"
    write_whole(options.log, (known + report(state, (time.monotonic() - start) / 60)).encode(), overwrite=True)
    return 1 if any(record["fault_count"] for record in state["experiments"].values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
