"""Many at once, again and again, and elsewhere: the same bits, whole files, and no growth."""

import gc
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nhscarbon as nc
from clocks import PATIENCE
from nhscarbon.activity.readers.parquet import parquet_bytes, read_parquet
from nhscarbon.footprint.certificate import certificate
from nhscarbon.output.files import write_whole
from samples import frame

METHOD = nc.methodology("nhs-2026.1")
TABLE = frame(200)
TRUTH = certificate(nc.calculate(TABLE, METHOD)).sha256
SRC, TESTS = (str(Path(__file__).resolve().parents[2] / name) for name in ("src", "tests"))
GROWTH = 5 << 20  # bytes that cycles may add after warm-up


def readers(rng, scratch, size):
    """R11: readers while two processes write the same files."""
    outcomes, faults = Counter(), []
    sums = [nc.partial(frame(20)), nc.partial(frame(90, seed=8))]
    packed = [[each.to_bytes() for each in sums], [parquet_bytes(frame(20)), parquet_bytes(frame(90, seed=8))]]
    digests = {each.sha256 for each in sums}
    paths = [scratch / "shared.partial", scratch / "shared.parquet"]
    for path, contents in zip(paths, packed, strict=True):
        write_whole(path, contents[0], overwrite=True)
    writers = []
    for first in (0, 1):
        child = os.fork()
        if child == 0:
            try:
                for turn in itertools.count(first):
                    for path, contents in zip(paths, packed, strict=True):
                        write_whole(path, contents[turn % 2], overwrite=True)
                    time.sleep(0.002)
            finally:
                os._exit(1)
        writers.append(child)

    def read(number):
        found = Counter()
        for _ in range(size // 8):
            try:
                if number % 2:
                    assert nc.sums.PartialSums.load(paths[0]).sha256 in digests, "neither of the two that were written"
                    found["partial sums"] += 1
                else:
                    assert len(read_parquet(paths[1].read_bytes(), "x.parquet")) in (20, 90)
                    found["parquet"] += 1
            except Exception as error:
                faults.append(f"{type(error).__name__}: {str(error)[:300]}")
        return found

    try:
        with ThreadPoolExecutor(8) as pool:
            for found in pool.map(read, range(8)):
                outcomes.update(found)
    finally:
        alive = [os.waitpid(child, os.WNOHANG)[0] == 0 for child in writers]
        for child, living in zip(writers, alive, strict=True):
            if living:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
    if not all(alive):
        faults.append("a writer died")
    return outcomes, faults


def threads(rng, scratch, size):
    """R12: threads that calculate the same, switched as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    start = threading.Barrier(16)

    def work(number):
        start.wait()
        return [certificate(nc.calculate(TABLE, METHOD)).sha256 for _ in range(max(size // 16, 1))]

    try:
        with ThreadPoolExecutor(16) as pool:
            found = Counter(itertools.chain.from_iterable(pool.map(work, range(16))))
    finally:
        sys.setswitchinterval(before)
    wrong = sum(count for digest, count in found.items() if digest != TRUTH)
    return Counter({"the same bits": found[TRUTH]}), [f"{wrong} other results"] if wrong else []


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cycle(path):
    nc.calculate(path, METHOD).by("theme", "scope")
    nc.check(path, METHOD)


def cycles(rng, scratch, size, work=cycle):
    """R13: cycles of calculating and checking, in a child of their own, measured after warm-up."""
    path = scratch / "cycle.csv"
    TABLE.to_csv(path, index=False)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            for _ in range(100):
                work(path)
            gc.collect()
            before, handles, files = resident(), len(os.listdir("/proc/self/fd")), len(os.listdir(scratch))  # noqa: PTH208
            for _ in range(size):
                work(path)
            gc.collect()
            more = [resident() - before, len(os.listdir("/proc/self/fd")) - handles, len(os.listdir(scratch)) - files]  # noqa: PTH208
            os.write(writing, " ".join(map(str, more)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read().split()
    os.waitpid(child, 0)
    if not said:
        return Counter(), ["the child died"]
    growth, handles, files = map(int, said)
    faults = [f"memory grew by {growth:,} bytes"] if growth > GROWTH else []
    faults += [f"{handles} more open files, {files} more files"] if handles or files else []
    return Counter({"cycles": size}), faults


LOCALES = ("C", "C.UTF-8", "tr_TR.UTF-8", "de_DE.UTF-8")
PLACES = [
    {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "WITHOUT": without}
    for (seed, zone), locale, without in itertools.product(
        (("0", "UTC"), ("1", "Pacific/Kiritimati"), ("4294967295", "America/St_Johns")), LOCALES, ("", "pyarrow")
    )
]
CODE = """
import os, sys
for name in filter(None, [os.environ['WITHOUT']]):
    sys.modules[name] = None
sys.path[:0] = sys.argv[1:3]
import nhscarbon as nc
import locale
try: locale.setlocale(locale.LC_ALL, '')
except locale.Error: pass
from nhscarbon.footprint.certificate import certificate
print(certificate(nc.calculate(sys.argv[3], nc.methodology('nhs-2026.1'))).sha256)
"""


def places(rng, scratch, size):
    """R14: the certificate of one file in several environments."""
    path = scratch / "place.csv"
    TABLE.to_csv(path, index=False)
    truth = certificate(nc.calculate(path, METHOD)).sha256
    outcomes, faults = Counter(), []
    for place in PLACES[:size] if size < len(PLACES) else PLACES:
        done = subprocess.run([sys.executable, "-c", CODE, SRC, TESTS, str(path)], env={**os.environ, **place},
                              capture_output=True, text=True, check=False, timeout=PATIENCE)  # fmt: skip
        if done.stdout.strip() == truth:
            outcomes["the same certificate"] += 1
        else:
            faults.append(f"{place}: {done.stdout[:80]} {done.stderr[-300:]}")
    return outcomes, faults
