"""Mutations of workbooks, each read in a child with 1 GiB of memory and ten seconds of the processor: refused or read, and nothing dies."""

import io
import math
import os
import resource
import select
import signal
import time
import zipfile
from collections import Counter

import nhscarbon.activity.readers.from_arrow
import nhscarbon.activity.readers.read as door
from clocks import PATIENCE
from nhscarbon.errors import NHSCarbonError
from samples import frame

MEMORY, SECONDS, TOGETHER = 1 << 30, 10, 25  # seconds of the processor for a book
HANGS = PATIENCE  # seconds on the wall without a word
PIECES = (
    b'<c r="XFD1048576"><v>1</v></c>', b'<row r="1048576">', b"</row>", b"<v>", b"</v>", b't="s"', b't="str"', b"<v>999999999</v>",
    b"<v>-1</v>", b"<v>1e999</v>", b'r="A0"', b'r="ZZZZ1"', b'<mergeCell ref="A1:XFD1048576"/>', b"<!DOCTYPE x>", b"&#0;", b"&a;",
    b"<is><t>x</t></is>", b'<dimension ref="A1:XFD1048576"/>', b"\0", b"\xff\xfe", b"<!--", b"]]>", b"<f>1+1</f>", b't="d"', b't="e"',
    b'count="4294967295"', b'uniqueCount="99999999999"', b's="99999"', b"<si/>", b"x" * 40_000, b'numFmtId="22"',
)  # fmt: skip


def seeds():
    made = []
    for rows in (3, 40):
        buffer = io.BytesIO()
        frame(rows).to_excel(buffer, index=False)
        made.append(buffer.getvalue())
    return [{each.filename: zipfile.ZipFile(io.BytesIO(book)).read(each) for each in zipfile.ZipFile(io.BytesIO(book)).infolist()}
            for book in made]  # fmt: skip


SEEDS = seeds()


def mutated(parts, rng):
    parts = dict(parts)
    for _ in range(rng.choice((1, 1, 2, 5)) if parts else 0):
        name = (
            rng.choice(list(parts))
            if rng.random() < 0.4
            else rng.choice([each for each in parts if "sheet" in each.lower()] or list(parts))
        )
        data = bytearray(parts[name])
        act, at = rng.randrange(8), rng.randint(0, len(data))
        if act <= 2:
            tags = [n for n in range(len(data)) if data[n] == ord("<")] if act < 2 else [at]
            where = rng.choice(tags or [0])
            data[where:where] = rng.choice(PIECES)
        elif act == 3:
            del data[at : at + rng.randint(1, 200)]
        elif act == 4 and data:
            for _ in range(rng.randint(1, 8)):
                data[rng.randrange(len(data))] = rng.randrange(256)
        elif act == 5:
            data[at:at] = data[at : at + rng.randint(1, 400)] * rng.choice((1, 2, 2000))
        elif act == 6:
            word = rng.choice((b' r="', b"<c ", b"<row", b"</c>", b"<v>", b'="'))
            found = data.find(word, at)
            if found >= 0:
                data[found : found + len(word)] = rng.choice((b"", b" ", word * 2, b"<", b'"'))
        elif rng.random() < 0.3:
            del parts[name]
            continue
        parts[name] = bytes(data)
    if rng.random() < 0.02:
        parts[rng.choice(("xl/extra.xml", "xl/worksheets/sheet2.xml", "../up.xml"))] = rng.choice(
            list(parts.values()) or [b""]
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    book = bytearray(buffer.getvalue())
    if rng.random() < 0.15:
        for _ in range(rng.randint(1, 3)):
            book[rng.randrange(len(book))] ^= 1 << rng.randrange(8)
    return bytes(book)


def read_each(books, out):
    """Read books in the child, one letter said for each: what is neither read nor refused ends it."""
    for book in books:
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + SECONDS, most))
        try:
            door.read(io.BytesIO(book))
            out.write(b"a")
        except NHSCarbonError:
            out.write(b"r")
        out.flush()


def in_a_child(books, work=read_each):
    """Return what was said of each book, and how the child ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover
        code = 99
        try:
            os.close(reading)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)
            used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: SIM115, PTH123
            resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
            work(books, os.fdopen(writing, "wb"))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    said = b""
    while True:
        ready, _, _ = select.select([reading], [], [], HANGS)
        more = os.read(reading, 4096) if ready else b""
        if not more:
            break
        said += more
    if not ready:
        os.kill(child, signal.SIGKILL)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    return (
        said.decode(),
        "silent" if not ready else "" if status == 0 else f"ended by {os.waitstatus_to_exitcode(status)}",
    )


def batch(rng, scratch, size, work=read_each):
    """R4: mutations of workbooks."""
    outcomes, faults = Counter(), []
    assert nhscarbon.activity.readers.from_arrow  # loaded before the children are made
    books = [mutated(rng.choice(SEEDS), rng) for _ in range(size)]
    while books:
        said, end = in_a_child(books[:TOGETHER], work)
        outcomes.update({"read": said.count("a"), "refused": said.count("r")})
        done = len(said)
        if end:
            bad = scratch / f"fault-{rng.getrandbits(48):x}.xlsx"
            bad.write_bytes(books[done] if done < len(books) else b"")
            faults.append(f"{bad.name}: the child was {end}")
            done += 1
        books = books[max(done, 1) :]
    return outcomes, faults
