"""How fast one wheel of nhscarbon is beside another: the same work by both in turn, and the median of the ratios.

    python benchmarks/wheels.py OLD.whl NEW.whl --rows 10000000 --scenes coded,parquet,warm,cold --write FILE.md

Each wheel is installed into a folder of its own and lives in a process of its own, which waits while the other works:
A B, B A, A B, ... Both map the same coded table into memory or read the same file, so it is there once. Processor time
is that of the process that works, all its threads. It fails if the answers differ in a bit or if the new wheel takes
over a tenth longer, by the clock, than the old one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import ground as shared
import scale
from compare_wheels import install

ALLOWED = 1.10  # of the old wheel's time
FEW_ROWS, REPEATS = 1_000, 20  # of the warm frame, and calls of it that are timed as one
MORE = 5  # times as many runs of what is short
KERNELS = ("numba", "numpy")
FIRST_CALL = """import nhscarbon as nc
print(nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1")).total().hex())"""
WORKER = """import inspect, json, os, sys, time
import pyarrow as pa
import nhscarbon as nc
scene, source, repeats = sys.argv[1:]
method = nc.methodology("nhs-2026.1")
if scene != "parquet":
    source = pa.ipc.open_file(pa.memory_map(source)).read_all()
if scene == "warm":
    source = source.to_pandas()
def total():
    found = nc.calculate(source, method)
    years = {"across_years": True} if "across_years" in inspect.signature(found.total).parameters else {}
    return found.total(**years).hex()
for kernel in sys.stdin:
    os.environ["NHSCARBON_KERNEL"] = kernel.strip()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(int(repeats)):
        answer = total()
    taken = [(time.perf_counter() - wall) / int(repeats), (time.process_time() - cpu) / int(repeats)]
    most = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) // 1024
    print(json.dumps({"taken": taken, "answer": answer, "file": nc.__file__, "most": most}), flush=True)
"""
Answer = dict[str, object]
Pair = tuple[list[Answer], list[Answer]]  # of the old wheel and of the new


def coded(ground: scale.Ground, rows: int, folder: Path) -> Path:
    """Write coded columns so that a process can map them: the dictionaries are the same in all pieces."""
    path = folder / f"coded-{rows}.arrow"
    if not path.exists():
        sizes = [min(scale.PIECE, rows - at) for at in range(0, rows, scale.PIECE)]
        pieces = (
            pa.Table.from_pandas(ground.piece(size, turn), preserve_index=False) for turn, size in enumerate(sizes)
        )
        first = next(pieces)
        with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, first.schema) as writer:
            writer.write_table(first)
            for piece in pieces:
                writer.write_table(piece)
    return path


def parquet(ground: scale.Ground, rows: int, folder: Path) -> Path:
    """Write a Parquet file of text columns."""
    return scale.written(ground, rows, folder, "snappy")


def warm(ground: scale.Ground, rows: int, folder: Path) -> Path:
    """Write a small table, of which each process makes a frame."""
    return coded(ground, FEW_ROWS, folder)


SCENES = {"coded": (coded, "coded columns in memory"), "parquet": (parquet, "a Parquet file, from the page cache"),
          "warm": (warm, "a frame, warm")}  # fmt: skip
LARGE, COLD = ("coded", "parquet"), "cold"


def environment(installed: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(installed)}


def worker(stack: ExitStack, installed: Path, scene: str, source: Path) -> Callable[[str], Answer]:
    """Start a process of a wheel and return what has it do the work once, by a kernel."""
    repeats = REPEATS if scene == "warm" else 1
    process = stack.enter_context(subprocess.Popen(
        [sys.executable, "-P", "-c", WORKER, scene, str(source), str(repeats)], env=environment(installed),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))  # fmt: skip

    def work(kernel: str) -> Answer:
        process.stdin.write(f"{kernel}\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline() or "{}")
        if not Path(said.get("file", "/")).is_relative_to(installed):
            raise SystemExit(f"a wheel's process ended, or had another nhscarbon: {scene}, {kernel}")
        return said

    return work


def first_call(installed: Path) -> Answer:
    """Import, load the methodology and calculate an example, in a new process."""
    wall, before = time.perf_counter(), os.times()
    done = subprocess.run([sys.executable, "-P", "-c", FIRST_CALL], env=environment(installed), check=True,
                          capture_output=True, text=True)  # fmt: skip
    taken, after = time.perf_counter() - wall, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return {"taken": [taken, used], "answer": done.stdout.strip()}


def in_turn(calls: list[Callable[[], Answer]], runs: int) -> Pair:
    """Return the answers of two calls, made in turn: A B, B A, A B, ...; the first of each is not counted."""
    found: Pair = ([], [])
    for turn in range(runs + 1):
        for which in (turn % 2, 1 - turn % 2):
            said = calls[which]()
            if turn:
                found[which].append(said)
    return found


def line(name: str, found: Pair) -> tuple[str, float]:
    """Return a line of the table, and the median ratio by the clock."""
    if len({said["answer"] for side in found for said in side}) != 1:
        raise SystemExit(f"the wheels differ: {name}")
    wall, cpu = ([[said["taken"][which] for said in side] for side in found] for which in (0, 1))
    ratios = [[new / max(old, 1e-9) for old, new in zip(*each, strict=True)] for each in (wall, cpu)]
    medians = [statistics.median(each) for each in ratios]
    most = " / ".join(f"{max(said['most'] for said in side):,}" for side in found) if "most" in found[0][0] else ""
    seconds = " | ".join(f"{statistics.median(side):.4g}" for side in (*wall, *cpu))
    return (f"| {name} | {seconds} | {medians[0]:.3f} ({min(ratios[0]):.3f} to {max(ratios[0]):.3f}) | {medians[1]:.3f} "
            f"| {most} | {'yes' if medians[0] <= ALLOWED else 'NO'} |"), medians[0]  # fmt: skip


def run(
    scene: str, wheels: list[Path], ground: scale.Ground, rows: int, folder: Path, runs: int
) -> Iterator[tuple[str, Pair]]:
    """Yield what was timed in a scene: the first calls, or the work by each kernel."""
    if scene == COLD:
        yield "the first call, in a new process", in_turn([partial(first_call, wheel) for wheel in wheels], runs)
        return
    make, what = SCENES[scene]
    source = make(ground, rows, folder)
    with ExitStack() as stack:
        works = [worker(stack, wheel, scene, source) for wheel in wheels]
        for kernel in KERNELS:
            yield f"{what}, {rows:,} rows, {kernel}", in_turn([partial(work, kernel) for work in works], runs)


def main() -> None:
    """Run the scenes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--rows", default="1000000", help="one or more numbers, for coded and parquet")
    parser.add_argument("--scenes", default=",".join((*SCENES, COLD)))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where tables are kept between runs")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    lines, ratios = [], []
    with tempfile.TemporaryDirectory() as made:
        folder = (options.folder or Path(made)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        named = {"old": options.old, "new": options.new}
        wheels = [install(wheel, Path(made).resolve() / name) for name, wheel in named.items()]
        ground = scale.Ground()
        for scene in options.scenes.split(","):
            for rows in map(int, options.rows.split(",")) if scene in LARGE else [FEW_ROWS]:
                runs = options.runs if scene in LARGE else options.runs * MORE
                for name, found in run(scene, wheels, ground, rows, folder, runs):
                    text, ratio = line(name, found)
                    sys.stderr.write(f"{text}\n")
                    lines.append(text)
                    ratios.append(ratio)
    page = "\n".join([
        "# Two wheels side by side\n",
        f"Written by `benchmarks/wheels.py`. {shared.machine()}; pyarrow {pa.__version__}. `{options.old.name}` (old) and "
        f"`{options.new.name}` (new) worked in turn, {options.runs} times each ({options.runs * MORE} what is short), on a "
        "shared machine: read the ratios, medians of those of neighbouring runs. The totals were equal to the bit. "
        f"At most {ALLOWED - 1:.0%} longer is asked for.\n",
        "| work | old s | new s | old processor s | new processor s | new / old (min to max) | by processor | peak MB, old / new | holds |",
        "|---" * 9 + "|", *lines,
    ]) + "\n"  # fmt: skip
    sys.stdout.write(page)
    if options.write:
        options.write.write_text(page, "utf-8")
    raise SystemExit(max(ratios) > ALLOWED)


if __name__ == "__main__":
    main()
