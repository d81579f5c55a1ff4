"""Writers that fail, are killed, are interrupted or run out of room leave the old file or the new one, and nothing else."""

import contextlib
import errno
import io
import itertools
import os
import resource
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import nhscarbon as nc
import nhscarbon.cli.check
import nhscarbon.cli.footprint
from nhscarbon.cli import main
from nhscarbon.errors import NHSCarbonError
from nhscarbon.footprint.certificate import certificate
from nhscarbon.methods.data_package import seal
from nhscarbon.output.files import write_whole
from samples import frame

METHOD = nc.methodology("nhs-2026.1")
FOOTPRINT = nc.calculate(frame(30), METHOD)
OTHER = nc.calculate(frame(12, seed=9), METHOD)
SUMS = (nc.partial(frame(30)), nc.partial(frame(12, seed=9)))
KINDS = (errno.ENOSPC, errno.EIO, errno.EINTR, errno.EACCES)
OPERATIONS = ("open", "fdopen", "fsync", "chmod", "replace", "unlink")


def package_in(folder):
    place = folder / "pack"
    place.mkdir(exist_ok=True)
    (place / "factors.csv").write_text("factor_id\nx\n")
    if not (place / "datapackage.json").exists():
        (place / "datapackage.json").write_text('{"name": "x", "resources": []}\n')
    return place / "datapackage.json"


def command(words):
    def write(path):
        text = io.StringIO()
        with contextlib.redirect_stderr(text), contextlib.redirect_stdout(text):
            code = main([*words(path), "--overwrite"])
        if code:
            raise nc.NHSCarbonError(f"exit {code}: {text.getvalue()}")

    return write


def table_beside(path):
    table = path.with_name("table.csv")
    if not table.exists():
        frame(8).to_csv(table, index=False)
    return str(table)


WRITERS = {
    "certificate": lambda path: certificate(FOOTPRINT).save(path, overwrite=True),
    "footprint to_csv": lambda path: FOOTPRINT.to_csv(path, overwrite=True),
    "partial save": lambda path: SUMS[0].save(path),
    "parquet": lambda path: nc.activity.write_parquet(frame(30), path, overwrite=True),
    "seal": lambda path: seal(package_in(path.parent).parent),
    "nhscarbon footprint": command(
        lambda path: ["footprint", table_beside(path), "--method", METHOD.id, "--format", "csv", "-o", str(path)]
    ),
    "nhscarbon check": command(
        lambda path: ["check", table_beside(path), "--method", METHOD.id, "--organisations", "none", "--format", "json",
                      "-o", str(path)]
    ),
}  # fmt: skip


class Stream:
    """A file whose n-th write, flush or close fails."""

    def __init__(self, stream, point):
        self._stream, self._point = stream, point

    def __enter__(self):
        self._stream.__enter__()
        return self

    def __exit__(self, *error):
        return self._stream.__exit__(*error)

    def fileno(self):
        return self._stream.fileno()

    def write(self, content):
        half = memoryview(content)[: len(content) // 2]
        self._stream.write(half)
        self._point("write")
        return self._stream.write(memoryview(content)[len(half) :])

    def flush(self):
        self._point("flush")
        self._stream.flush()


@contextlib.contextmanager
def failing(nth, kind, folder, *, lasting):
    """Let the n-th operation on files of a folder fail, and all after it; yields a list of those that did."""
    count, told = 0, []
    real = {name: getattr(os, name) for name in OPERATIONS}

    def point(name):
        nonlocal count
        count += 1
        if count == nth or (lasting and count > nth):
            told.append(name)
            raise OSError(kind, os.strerror(kind))

    def shim(name):
        def call(*args, **options):
            ours = name in ("fdopen", "fsync") or str(folder) in str(args[0])
            if ours and not (name == "open" and not args[1] & (os.O_WRONLY | os.O_RDWR)):
                point(name)
            made = real[name](*args, **options)
            return Stream(made, point) if name == "fdopen" and ours else made

        return call

    try:
        for name in OPERATIONS:
            setattr(os, name, shim(name))
        yield told
    finally:
        for name in OPERATIONS:
            setattr(os, name, real[name])


def left_over(folder):
    return sorted(path.name for path in folder.rglob("*") if path.name.endswith(".unfinished"))


def point_holds(name, write, nth, kind, folder, *, lasting, there):
    """Fail one point of one writer; tell which operation it was, or nothing where there are fewer."""
    path = package_in(folder) if name == "seal" else folder / "out.file"
    old = path.read_bytes() if name == "seal" else b"what was there before"
    if there:
        path.write_bytes(old)
    table_beside(path)
    with failing(nth, kind, folder, lasting=lasting) as told:
        try:
            write(path)
            failed = False
        except NHSCarbonError as error:
            failed = True
            assert os.strerror(kind) in str(error), f"the error does not say why: {error}"
    now = path.read_bytes() if path.exists() else None
    if not told:
        assert not failed
        return ""
    write(path)
    new = path.read_bytes()
    assert not left_over(folder), f"left over: {left_over(folder)}"
    old = old if there else None
    assert now in (old, new), f"{told[0]} {errno.errorcode[kind]}: neither the old file nor the new one"
    assert failed or now == new, f"{told[0]} {errno.errorcode[kind]}: a failure was not told"
    return f"{told[0]} fails{' for good' if lasting else ''}: {'the new file' if now == new else 'the old file' if there else 'no file'}"


def points(rng, scratch, size):
    """R6: the n-th operation fails; every operation of every writer, with every kind of error, in turn."""
    outcomes, faults = Counter(), []
    for (name, write), kind, lasting, there in itertools.product(WRITERS.items(), KINDS, (False, True), (True, False)):
        if (not there and name == "seal") or (name.startswith("nhscarbon") and (lasting or not there)):
            continue  # a seal needs its descriptor; the command line writes as the library does, and takes long
        for nth in range(1, 30):
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                try:
                    outcome = point_holds(name, write, nth, kind, Path(folder), lasting=lasting, there=there)
                except Exception as error:
                    where = f"{name} operation {nth} {errno.errorcode[kind]}"
                    faults.append(f"{where}: {type(error).__name__}: {str(error)[:300]}")
                    continue
            if not outcome:
                break
            outcomes[outcome] += 1
        if sum(outcomes.values()) >= size:
            break
    return outcomes, faults


def forked(work):
    """Run something in a child that ends with the code that it returns, and heeds no interruption but while it works."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        return child
    code = 99
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a soak in the background was started without it
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        code = work()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        code = 130
    finally:
        os._exit(code)


def kills(rng, scratch, size):
    """R7: a writer is killed at a random moment after its start."""
    outcomes, faults = Counter(), []
    contents = [bytes([65 + n]) * length for n, length in enumerate((300_000, 700_000))]
    for _ in range(size):
        path = scratch / "killed.file"
        path.write_bytes(contents[0])

        reading, writing = os.pipe()

        def work(path=path, writing=writing):
            os.write(writing, b".")
            while True:
                for content in contents:
                    write_whole(path, content, overwrite=True)

        child = forked(work)
        os.close(writing)
        os.read(reading, 1)  # until it has started, however long the machine takes
        os.close(reading)
        time.sleep(rng.random() * 0.010)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        now, left = path.read_bytes(), len(left_over(scratch))
        if now not in contents:
            faults.append(f"a torn file of {len(now)} bytes")
        write_whole(path, contents[1], overwrite=True)
        if left_over(scratch):
            faults.append("an unfinished file was left after the next write")
        outcomes["killed while writing" if left else "killed between writes"] += 1
    return outcomes, faults


def full(rng, scratch, size):
    """R8: no more room than some bytes."""
    outcomes, faults = Counter(), []
    for _ in range(size):
        path = scratch / "full.file"
        path.write_bytes(b"old")
        name, write = rng.choice([each for each in WRITERS.items() if each[0] != "seal"])
        table_beside(path)
        room = rng.choice((0, 1, 100, 1000, 1 << 20))

        def work(write=write, path=path, room=room):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            try:
                write(path)
            except NHSCarbonError as error:
                return 1 if "cannot be written" in str(error) else 3
            return 0

        child = forked(work)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        now = path.read_bytes()
        write(path)
        fits = code == 0 and now == path.read_bytes()
        if left_over(scratch) or not (fits or (code == 1 and now == b"old")):
            faults.append(
                f"{name} with room for {room} bytes: code {code}, {len(now)} bytes, left {left_over(scratch)}"
            )
        outcomes["written" if code == 0 else "refused, old file there"] += 1
    return outcomes, faults


def interrupts(rng, scratch, size):
    """R20: an interruption at a random moment."""
    outcomes, faults = Counter(), []
    table, path = scratch / "many.csv", scratch / "out.csv"
    frame(3000).to_csv(table, index=False)
    words = ["footprint", str(table), "--method", METHOD.id, "--format", "csv", "-o", str(path), "--overwrite"]
    main(words) if not path.exists() else None
    whole = path.read_bytes()
    start = time.perf_counter()
    os.waitpid(forked(lambda: main(words)), 0)
    usual = time.perf_counter() - start
    for _ in range(size):
        path.unlink(missing_ok=True)
        child = forked(lambda: main(words))
        time.sleep(rng.random() * usual * 1.1)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGINT)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        now = path.read_bytes() if path.exists() else None
        if code not in (0, 130, -signal.SIGINT) or now not in (None, whole) or (code == 0 and now != whole):
            faults.append(f"exit {code}, {'no' if now is None else len(now)} bytes of {len(whole)}")
        if left_over(scratch):
            faults.append(f"left over: {left_over(scratch)}")
        outcomes[f"exit {code}, {'nothing' if now is None else 'the whole file'} written"] += 1
    return outcomes, faults


assert nhscarbon.cli.check
