"""Files from elsewhere: bombs, tricks and false names are refused in plain words, quickly, before any parser runs."""

import gzip
import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib

import pandas as pd
import pytest

import nhscarbon as nc
from clocks import least_processor_seconds, processor_seconds
from nhscarbon.activity.files.file_kinds import STARTS
from nhscarbon.activity.files.workbook_guard import guard_workbook
from nhscarbon.activity.files.zip_guard import gunzip
from nhscarbon.activity.readers.subprocess_reader import Reader
from nhscarbon.errors import UnreadableError
from samples import frame

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
OPEN, CLOSE = "<worksheet><sheetData>", "</sheetData></worksheet>"
FAR = {
    "far": '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "far in a near row": '<row r="1"><c r="A1048576"><v>1</v></c></row>',
    "wide": '<row r="1"><c r="XFD1"><v>1</v></c></row>',
    "single quotes": "<row r='1'><c s='1' r='XFD1'><v>1</v></c></row>",
    "prefixed": '<x:row r="1"><x:c r="XFD1"><x:v>1</x:v></x:c></x:row>',
    "no space": '<row r="1"><c s="1"r="XFD1"><v>1</v></c></row>',
    "spaces": '<row r = "1"><c  r = "XFD1" ><v>1</v></c></row>',
    "entity in the address": '<row r="1"><c r="&#88;FD1"><v>1</v></c></row>',
    "no addresses": "<row>" + "<c><v>1</v></c>" * 300 + "</row>",
    "a hidden address": "<row r=\"1\">" + "<c s='r=\"A1\"'><v>1</v></c>" * 300 + "</row>",
    "no rows' numbers": "<row><c r=\"A1\"/></row>" * 200_001,
    "corners": '<row r="1"><c r="IV1"/></row><row r="200000"><c r="A200000"/></row>',
    "merged": '<row r="1"><c r="A1"/></row><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
}  # fmt: skip


def book(sheet="", *, shared=None, parts=(), pack=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", pack) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("xl/worksheets/sheet1.xml", OPEN + sheet + CLOSE)
        if shared is not None:
            archive.writestr(
                "xl/sharedStrings.xml", "<sst>" + "".join(f"<si><t>{t}</t></si>" for t in shared) + "</sst>"
            )
        for name, content in parts:
            archive.writestr(name, content)
    return buffer.getvalue()


def saved(table):
    buffer = io.BytesIO()
    table.to_excel(buffer, index=False)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def honest():
    return saved(frame(300))


def refusal(content, name="x.xlsx", **limits):
    with processor_seconds(5), pytest.raises(UnreadableError) as error:
        guard_workbook(name, content, nc.activity.Limits(**limits))
    return str(error.value)


@pytest.mark.parametrize("sheet", FAR.values(), ids=FAR.keys())
def test_cells_far_away_are_refused_however_they_are_written(sheet):
    assert any(
        word in refusal(book(sheet), ratio=10_000) for word in ("beyond", "span", "address cannot be read", "merged")
    )


def test_every_limit_can_be_raised(honest):
    sheet = '<row r="3000"><c r="XFD3000"><v>1</v></c></row>'
    assert "column 16,384" in refusal(book(sheet))
    assert "span 49,152,000 cells" in refusal(book(sheet), column=16_384)
    guard_workbook("x.xlsx", book(sheet), nc.activity.Limits(column=16_384, cells=50_000_000))
    guard_workbook("x.xlsx", honest)
    for limit in ("workbook_bytes", "parts", "inflated_bytes", "cells", "row", "column"):
        refusal(honest, **{limit: 4})


def test_a_long_text_and_many_uses_of_one_are_refused():
    cell = '<c r="A{0}" t="s"><v>0</v></c>'
    rows = "".join(f'<row r="{n}">{cell.format(n)}</row>' for n in range(1, 12_001))
    assert "characters" in refusal(book(rows, shared=["x" * 1_000_000]))
    assert "of text" in refusal(book(rows, shared=["x" * 30_000]))
    odd = rows.replace('t="s"', "t='s' ").replace("<v>0", "<v> 0 ")
    assert "of text" in refusal(book(odd, shared=["x" * 30_000]))
    assert "characters" in refusal(book(f'<row r="1"><c r="A1" t="str"><v>{"x" * 40_000}</v></c></row>'))
    guard_workbook("x.xlsx", book(rows, shared=["&amp;" * 9_000]))


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    padding = b" " * (64 << 20)
    assert "200 times its size" in refusal(book(parts=[("xl/pad.xml", padding)]))
    assert "more than 200 MiB" in refusal(book(parts=[(f"xl/{n}.xml", padding) for n in range(4)]), ratio=5000)


def lied(content, size):
    """Say another unpacked size in the directory than there is."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


def test_an_archive_that_lies_is_refused(honest):
    simple = book()
    assert "not as it was written" in refusal(lied(simple, 7))
    assert "not as it was written" in refusal(lied(simple, 1 << 31))
    assert "damaged" in refusal(simple + b"tail")
    assert "one after another" in refusal(b"PK\x03\x04 more" + simple)
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = book(parts=[("xl/worksheets/sheet1.xml", OPEN + CLOSE)])
    assert "twice" in refusal(twice)
    assert "twice" in refusal(book(parts=[("xl/Worksheets/sheet1.xml", OPEN + CLOSE)]))
    encrypted = bytearray(simple)
    encrypted[simple.rindex(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(bytes(encrypted))
    assert "two names" in refusal(simple.replace(b"sheet1.xml", b"sheet2.xml", 1))
    many = book(parts=[(f"xl/{n}.xml", "<x/>") for n in range(600)])
    assert "more than the 500" in refusal(many)
    assert "a way that Excel does not use" in refusal(book("<row/>" * 99, pack=zipfile.ZIP_LZMA))
    at = honest.index(b"sheet1.xml") + 200
    assert "damaged" in refusal(honest[:at] + bytes([honest[at] ^ 4]) + honest[at + 1 :])
    for cut in (10, 100, len(honest) // 2, len(honest) - 1):
        assert "cut off" in refusal(honest[:cut])


def test_document_types_encodings_and_archives_inside_are_refused():
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert "document type" in refusal(book(parts=[("docProps/app.xml", bomb)]))
    wide = ('<?xml version="1.0" encoding="UTF-16"?>' + OPEN + FAR["far"] + CLOSE).encode("utf-16")
    assert "encoding" in refusal(book(parts=[("xl/worksheets/sheet2.xml", wide)]))
    assert "encoding" in refusal(book(parts=[("xl/a.xml", '<?xml version="1.0" encoding="cp037"?><x/>')]))
    assert "another archive" in refusal(book(parts=[("xl/inner.zip", book())]))
    guard_workbook("x.xlsx", book(parts=[("xl/embeddings/evidence.xlsx", book())]))


def archive(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return buffer.getvalue()


KINDS = {
    "x.xlsb": (archive("[Content_Types].xml", "xl/workbook.bin"), "binary workbook"),
    "x.ods": (archive("mimetype", "content.xml"), "OpenDocument"),
    "x.docx": (archive("[Content_Types].xml", "word/document.xml"), "Word"),
    "x.zip": (archive("return.csv"), "zip archive, not a workbook"),
    "page.xls": (b"<html><table><tr><td>organisation", "web page under the name of a workbook"),
    "comments.xls": (b"<!-- a -->" * 300 + b"<table>", "web page"),
    "old.xls": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "XML document"),
    "text.xlsx": (b"organisation,period\n", "not the workbook"),
    "book.parquet": (book(), "is a workbook, not the Parquet file"),
    "table.xlsx": (b"PAR1....PAR1", "is a Parquet file, not the workbook"),
    "locked.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
    "empty.csv": (b"", "empty"),
    "byte.csv": (b"x", "not a comma-separated table"),
    "gz.csv": (gzip.compress(b"a,b\n"), "gzip"),
    **{f"kind{n}.csv": (start + b"....", kind) for n, (start, kind, _) in enumerate(STARTS)},
}


@pytest.mark.parametrize("header", ["ORCHARD,organisation,period", "ID,Period", "GIFTS,BZ,PK"])
def test_words_that_begin_like_another_kind_are_words(header):
    assert len(nc.read(io.BytesIO(f"{header}\n".encode()))) == 0


@pytest.mark.parametrize("name", KINDS)
def test_other_kinds_of_files_are_named(name, tmp_path, method):
    content, words = KINDS[name]
    (tmp_path / name).write_bytes(content)
    [finding] = nc.check(tmp_path / name, method)
    assert (finding.code, finding.severity, finding.file) == ("file_unreadable", "reject_file", name)
    assert words in finding.message


def test_what_is_no_plain_file_is_refused_without_waiting(tmp_path, method):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "folder.csv").mkdir()
    for name, words in {"pipe.csv": "a pipe", "loop.csv": "leads back to itself", "folder.csv": "", "no.csv": "no file",
                        "a\0b.csv": "cannot be opened"}.items():  # fmt: skip
        [finding] = nc.check(tmp_path / name, method)  # a pipe that was opened would let this wait for ever
        assert (finding.code, words in finding.message) == ("file_unreadable", True), finding
    with processor_seconds(5), pytest.raises(UnreadableError, match="device"):
        nc.read("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_said_to_be_one(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n")
    path.chmod(0)
    with pytest.raises(UnreadableError, match="cannot be read: you do not have permission"):
        nc.read(path)


def test_long_lines_and_endless_headers_are_refused_quickly(tmp_path, method):
    for name, content in {
        "line.csv": b"organisation,period\n" + b"x" * (50 << 20), "commas.csv": b"," * (50 << 20),
        "wide.csv": b"a," * 2000 + b"b\n", "quote.csv": b'organisation,period\n"' + b"x,y\n" * 300_000,
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
        with processor_seconds(10):
            [finding] = nc.check(tmp_path / name, method)
        assert finding.code == "file_unreadable"


def test_gzip_is_unpacked_no_further_than_a_table_may_be(tmp_path):
    bomb = gzip.compress(b"\0" * (8 << 20))
    with pytest.raises(UnreadableError, match="unpacks to more than 1 MiB"):
        gunzip("x.csv.gz", bomb, nc.activity.Limits(table_bytes=1 << 20))
    with pytest.raises(UnreadableError, match="gzipped and damaged"):
        gunzip("x.csv.gz", bomb[:500])
    assert gunzip("x.csv.gz", gzip.compress(b"a,b")) == b"a,b"


def test_an_honest_workbook_is_guarded_in_little_time():
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" t="n"><v>{n}.5</v></c>' for c in "ABCDEFGH") + "</row>"
        for n in range(1, 20_001)
    )
    content = book(rows)
    guard_workbook("x.xlsx", content)  # it is not refused
    assert least_processor_seconds(lambda: guard_workbook("x.xlsx", content)) < 8  # a twentieth of it is usual


def test_a_workbook_read_apart_is_the_same_to_the_bit(tmp_path, method, honest):
    (tmp_path / "x.xlsx").write_bytes(honest)
    (tmp_path / "x.parquet").write_bytes(b"")
    nc.activity.write_parquet(frame(300), tmp_path / "x.parquet", overwrite=True)
    with Reader() as reader:
        for name in ("x.xlsx", "x.parquet"):
            apart, here = (nc.read(tmp_path / name, parser=parser) for parser in (reader, None))
            assert nc.calculate(apart, method) == nc.calculate(here, method)
            assert nc.check(tmp_path / name, method, isolate=reader) == nc.check(here, method)
        content = bytearray((tmp_path / "x.parquet").read_bytes())
        content[99] ^= 1
        (tmp_path / "flipped.parquet").write_bytes(content)
        [finding] = nc.check(tmp_path / "flipped.parquet", method, isolate=reader)
        assert finding.code == "file_changed"
    assert nc.check(tmp_path / "x.xlsx", method, isolate=True) == nc.check(tmp_path / "x.xlsx", method)


@pytest.mark.skipif(sys.platform == "win32", reason="memory is limited by the system on POSIX only")
def test_a_parser_that_dies_is_a_finding_and_the_next_file_is_read(tmp_path, method):
    buffer = io.BytesIO()
    pd.DataFrame({name: range(6_000) for name in "abcdefgh"}).to_excel(buffer, index=False, engine="openpyxl")
    (tmp_path / "large.xlsx").write_bytes(buffer.getvalue())
    (tmp_path / "good.xlsx").write_bytes(saved(frame(5)))
    with Reader(nc.activity.Limits(memory_bytes=1 << 16)) as reader:
        [finding] = nc.check(tmp_path / "large.xlsx", method, isolate=reader)
        assert (finding.code, finding.severity) == ("file_unreadable", "reject_file")
        assert "its parser used too much memory or broke down" in finding.message
        reader.limits = nc.activity.Limits()
        assert nc.check(tmp_path / "good.xlsx", method, organisations=None, isolate=reader).refused == ()


@pytest.mark.skipif(sys.platform == "win32", reason="memory is limited by the system on POSIX only")
def test_a_sound_workbook_is_never_called_damaged_for_want_of_memory(tmp_path):
    content = saved(pd.DataFrame({name: range(6_000) for name in "abcdefgh"}))
    said = set()
    for memory in (int((1 << 15) * 1.4**step) for step in range(24)):  # wherever in the parser it runs out
        with Reader(nc.activity.Limits(memory_bytes=memory)) as reader:
            try:
                assert len(reader.book("x.xlsx", content).grids[0].rows) == 6_001
            except UnreadableError as error:
                said.add(error.message)
    assert said == {"'x.xlsx' was not read: its parser used too much memory or broke down and was ended"}


def test_what_a_library_says_for_want_of_memory_is_no_fault_of_the_file(monkeypatch):
    content = saved(frame(5))

    class Short:
        eof, unconsumed_tail = False, b""

        def decompress(self, *_):
            raise zlib.error("Error -4 while decompressing data")  # as zlib of Python 3.11 to 3.13 says it

    monkeypatch.setattr(zlib, "decompressobj", lambda *_: Short())
    with pytest.raises(MemoryError):
        guard_workbook("x.xlsx", content)


SILENT = [sys.executable, "-c", "import sys; sys.stdin.buffer.read()"]  # takes whatever it is sent and never answers


def test_a_parser_that_never_answers_is_ended_and_the_next_file_is_read(tmp_path, method, honest):
    (tmp_path / "x.xlsx").write_bytes(honest)
    with Reader(nc.activity.Limits(seconds=0)) as reader:
        reader._child = subprocess.Popen(SILENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        [finding] = nc.check(tmp_path / "x.xlsx", method, isolate=reader)
        assert (finding.code, finding.severity) == ("file_unreadable", "reject_file")
        assert "took more than 0 seconds" in finding.message
        reader.limits = nc.activity.Limits()
        assert nc.check(tmp_path / "x.xlsx", method, organisations=None, isolate=reader).refused == ()


def old_book(*records, sector=512):
    """Make an old workbook of records: one sheet after another in a compound file of its least form."""
    stream = b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records).ljust(4096, b"\0")
    sectors = -(-len(stream) // sector)
    entries = [("Root Entry", 5, 0xFFFFFFFE, 0), ("Workbook", 2, 2, len(stream))]
    directory = b"".join(
        word.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBB", 2 * len(word) + 2, kind, 1) + b"\xff" * 12
        + b"\0" * 36 + struct.pack("<III", start, size, 0) for word, kind, start, size in entries
    ).ljust(sector, b"\0")  # fmt: skip
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(sector, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return (head + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108) + table + directory + stream).ljust(sector, b"\0")


def test_old_workbooks_are_measured_too():
    start = (0x0809, b"\0" * 16)

    def cell(row, column):
        return (0x0203, struct.pack("<HHHd", row, column, 0, 1.0))

    guard_workbook("x.xls", old_book(start, cell(0, 0), start, cell(9, 9)), nc.activity.Limits(cells=101))
    assert "span 101 cells" in refusal(old_book(start, cell(0, 0), start, cell(9, 9)), cells=100)
    assert "span 16,777,216 cells" in refusal(old_book(start, cell(0, 0), cell(65535, 255)))
    several = (0x00BD, struct.pack("<HH", 99, 0) + b"\0" * 6 + struct.pack("<H", 199))
    assert "span 20,000 cells" in refusal(old_book(start, several), cells=19_999)
    assert "password" in refusal(old_book(start, (0x002F, b"\0" * 6)))
    whole = old_book(start, cell(0, 0))
    for cut in (8, 100, 600, 1200):
        assert "damaged or cut off" in refusal(whole[:cut])
    round_and_round = bytearray(whole)
    round_and_round[512 + 12 : 512 + 16] = struct.pack("<I", 2)
    assert "damaged or cut off" in refusal(bytes(round_and_round))
