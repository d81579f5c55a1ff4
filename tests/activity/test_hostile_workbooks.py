"""Workbooks and text that are made to stop, mislead or exhaust whoever reads them: refused, or read in linear time."""

import gzip
import io
import json
import subprocess
import sys
import threading
import zipfile

import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

import nhscarbon as nc
from clocks import processor_seconds
from nhscarbon.activity.files import sheets, workbook_guard
from nhscarbon.activity.files.sheets import parsed_apart, read_book, read_grids
from nhscarbon.activity.files.workbook_parts import about
from nhscarbon.activity.readers import subprocess_reader
from nhscarbon.activity.readers.subprocess_reader import Reader
from nhscarbon.checks.answers import COLUMNS
from nhscarbon.cli import main
from nhscarbon.errors import UnreadableError
from nhscarbon.organisations.local import csv_table
from nhscarbon.trajectory.actions.sheets.cell_looks import read_looks
from samples import frame

HEADER = ["organisation", "period", "activity", "quantity", "unit"]
ROW = ["RX1", "2023/24", "energy.natural_gas", 1000, "kWh"]
SHEET = "xl/worksheets/sheet1.xml"


def saved(rows=(HEADER, ROW), change=None):
    """Return a workbook as bytes, the XML of its sheet changed."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return changed(buffer.getvalue(), SHEET, change) if change else buffer.getvalue()


def changed(content, name, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry.filename, change(part) if entry.filename == name else part)
    return out.getvalue()


def before_data(text):
    return lambda xml: xml.replace(b"<sheetData>", text + b"<sheetData>", 1)


def after_data(text):
    return lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + text, 1)


# --- parts that are slow to look through

HIDE = b'<cols><col min="1" max="%d" hidden="1"/></cols>'
SLOW = {
    "hidden columns, then comments": before_data(HIDE % 2 + b"<!---->" * 250_000),
    "columns that never end": before_data(b"<!--" + b"<col " * 300_000 + b"-->"),
    "rows that never end": after_data(b"<!--" + b'<row hidden="1" ' * 100_000 + b"-->"),
    "hidden again and again": before_data(b'<cols><col hidden="1" x="' + b"hidden=" * 140_000 + b'"/></cols>'),
    "hidden columns over each other": before_data(b"<cols>" + (HIDE % 16_384)[6:-7] * 30_000 + b"</cols>"),
    "comments that are never closed": after_data(b"<!-- -->" + b"<!- " * 200_000),
    "instructions": before_data(b"<?x ?>" * 200_000),
    "errors that never end": after_data(b"<!--" + b'<c r="A1" t="e" ' * 60_000 + b"-->"),
}


@pytest.mark.parametrize("change", SLOW.values(), ids=SLOW)
def test_a_part_that_is_slow_to_look_through_is_not(change):
    content = saved(change=change)
    assert len(content) < 60_000
    limits = nc.activity.Limits(ratio=1_000_000)
    with processor_seconds(6):
        try:
            read_book("x.xlsx", content, limits)
        except UnreadableError as error:
            assert "x.xlsx" in str(error)  # noqa: PT017  either is right
        about(content)


def test_hidden_columns_before_comments_are_still_seen(method):
    content = saved(change=before_data(b'<cols><col min="4" max="4" hidden="1"/></cols>' + b"<!-- a -->" * 1_000))
    assert about(content).hidden_columns == {"Sheet": frozenset({4})}
    assert "columns_hidden" in {each.code for each in nc.check(io.BytesIO(content), method, organisations=None)}


def test_a_row_in_a_comment_is_not_hidden():
    content = saved(change=after_data(b'<!-- <row r="2" hidden="1"> -->'))
    assert about(content).hidden_rows == {}


def test_a_directory_longer_than_its_parts_need_is_refused():
    content = saved()
    at = content.rindex(b"PK\x05\x06")
    forged = content[: at + 12] + (500 << 12).to_bytes(4, "little") + content[at + 16 :]
    with pytest.raises(UnreadableError, match="directory of"):
        workbook_guard.guard_workbook("x.xlsx", forged)


def test_links_of_many_cells_are_refused():
    link = b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="a"/></hyperlinks>'
    with pytest.raises(UnreadableError, match="a link of 16,384 columns"):
        workbook_guard.guard_workbook("x.xlsx", saved(change=after_data(link)))
    workbook_guard.guard_workbook("x.xlsx", saved(change=after_data(link.replace(b"XFD1048576", b"B2"))))


# --- cells that programs read in several ways

CELL, DATA = b'<c r="E2"', b"</sheetData>"
DOUBTFUL = {
    "a cell twice": (CELL, b'<c r="D2"><v>7</v></c><c r="E2"'),
    "a cell twice in another row": (DATA, b'<row r="3"><c r="D2"><v>7</v></c></row></sheetData>'),
    "a row twice": (DATA, b'<row r="2"><c r="D2"><v>7</v></c></row></sheetData>'),
    "in small letters": (CELL, b'<c r="d2"><v>7</v></c><c r="E2"'),
    "in single quotes": (CELL, b"<c r='D2'><v>7</v></c><c r=\"E2\""),
    "without an address": (b'<c r="D2"', b'<c><v>7</v></c><c r="D2"'),
    "with a prefix": (CELL, b'<x:c xmlns:x="x" r="D2"><x:v>7</x:v></x:c><c r="E2"'),
}
INSIDE = {
    "a comment": b"10<!-- -->00", "an instruction": b"10<?x ?>00", "unparsed text": b"<![CDATA[1000]]>",
    "an element": b"10<b/>00", "a comment in front": b"<!--9-->1000", "a comment behind": b"1000<!--9-->",
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_cell_given_twice_is_refused_and_named(old, new, method):
    content = saved(change=lambda xml: xml.replace(old, new))
    with pytest.raises(UnreadableError, match=r"gives the cell D2 twice"):
        read_grids("x.xlsx", content)
    [finding] = nc.check(io.BytesIO(content), method)
    assert (finding.code, finding.severity) == ("file_unreadable", "reject_file")


@pytest.mark.parametrize("value", INSIDE.values(), ids=INSIDE)
def test_markup_inside_a_value_is_refused(value):
    content = saved(change=lambda xml: xml.replace(b"<v>1000</v>", b"<v>" + value + b"</v>"))
    with pytest.raises(UnreadableError, match=r"among its cells|inside its value"):
        read_grids("x.xlsx", content)


@pytest.mark.parametrize("value", INSIDE.values(), ids=INSIDE)
def test_markup_inside_a_text_of_a_cell_or_of_the_table_of_texts_is_refused(value):
    shared = b"<sst><si><t>RX1</t></si><si><t>" + value + b"</t></si></sst>"
    out = io.BytesIO(saved())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", shared)
    inline = saved(change=lambda xml: xml.replace(b">RX1<", b">" + value + b"<"))
    for content in (out.getvalue(), inline):
        with pytest.raises(UnreadableError, match=r"among its cells|inside its value"):
            read_grids("x.xlsx", content)


def test_two_values_of_one_cell_are_refused():
    for between in (b"", b" ", b"<f>1</f>"):
        content = saved(change=lambda xml, b=between: xml.replace(b"<v>1000</v>", b"<v>1000</v>" + b + b"<v>7</v>"))
        with pytest.raises(UnreadableError, match="two values"):
            read_grids("x.xlsx", content)


def test_a_sheet_named_twice_is_refused():
    def twice(xml):
        at = xml.index(b"<sheet ")
        end = xml.index(b"/>", at) + 2
        return xml[:end] + xml[at:end].replace(b'"Sheet"', b'"Other"') + xml[end:]

    with pytest.raises(UnreadableError, match="same sheet twice"):
        read_grids("x.xlsx", changed(saved(), "xl/workbook.xml", twice))


def test_honest_workbooks_with_comments_outside_their_cells_and_with_formulas_are_read():
    plain = read_grids("x.xlsx", saved())
    for change in (before_data(b"<!-- by a program -->"), after_data(b"<!-- end -->")):
        assert read_grids("x.xlsx", saved(change=change)) == plain
    formula = saved(change=lambda xml: xml.replace(b"<v>1000</v>", b"<f>500*2</f><v>1000</v>"))
    assert read_grids("x.xlsx", formula) == plain
    book = saved(
        change=lambda xml: xml.replace(b' r="A1"', b"").replace(b' r="B1"', b"")
    )  # cells that follow each other
    assert read_grids("x.xlsx", book) == plain


# --- two encodings

UTF8, OTHER = ("RX1,2023/24,energy.natural_gas,1,kWh,Caf\u00e9\n".encode(encoding) for encoding in ("utf-8", "cp1252"))
FIRST = b"organisation,period,activity,quantity,unit,site\n"


ORDERS = [([UTF8, OTHER], 2, 3), ([OTHER, UTF8], 3, 2), ([OTHER, b"x\n", UTF8], 4, 2)]


@pytest.mark.parametrize(("lines", "good", "odd"), ORDERS)
def test_lines_in_two_encodings_are_refused_and_named(lines, good, odd, method):
    content = FIRST + b"".join(lines)
    with pytest.raises(UnreadableError, match=f"mixes two encodings: line {good} is UTF-8 and line {odd} is not"):
        read_grids("x.csv", content)
    [finding] = nc.check(io.BytesIO(content), method)
    assert finding.code == "file_unreadable"


def test_two_encodings_in_one_line_and_behind_a_mark_are_refused():
    both = UTF8.rstrip() + b"\xa3\n"
    with pytest.raises(UnreadableError, match="mixes two encodings"):
        read_grids("x.csv", FIRST + both)
    with pytest.raises(UnreadableError, match="says that it is UTF-8, and line 3 is not"):
        read_grids("x.csv", b"\xef\xbb\xbf" + FIRST + b"RX1\n" + OTHER)


def test_one_encoding_for_a_whole_file_is_read():
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        chance = "CAF\u00c9\u2019S \u00a3"  # in cp1252 its third letter and the sign after it are UTF-8 by chance
        words = chance if encoding == "cp1252" else "Caf\u00e9 \u00a35 \u2019s"
        [grid] = read_grids("x.csv", f"a,b\n{words},1\n".encode(encoding))
        assert grid.rows[1] == [words, "1"]
    with pytest.raises(UnreadableError, match="UTF-16"):
        read_grids("x.csv", "a,b\n".encode("utf-16") + b"x")


@pytest.mark.parametrize("order", [(UTF8, OTHER), (OTHER, UTF8)])
def test_large_files_in_two_encodings_are_refused_too(tmp_path, order, monkeypatch):
    from nhscarbon.activity.readers import csv_streaming, open_source  # noqa: PLC0415

    monkeypatch.setattr(open_source, "LARGE", 0)
    monkeypatch.setattr(csv_streaming, "CSV_BLOCK", 256)
    (tmp_path / "x.csv").write_bytes(FIRST + order[0] * 40 + order[1] * 40)
    with pytest.raises(UnreadableError, match="mixes"):
        nc.partial(tmp_path / "x.csv")


# --- the process apart


class Counting(Reader):
    """A reader that counts what it is asked for."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def _asked(self, what, name, content):
        self.asked.append((what["what"], name))
        return super()._asked(what, name, content)


def refuse_here(*_):
    raise AssertionError("a workbook was parsed in the caller")


@pytest.fixture
def nothing_here(monkeypatch):
    """Let no workbook be parsed in this process."""
    for module, name in ((sheets, "_workbook"), (sheets, "about"), (sheets, "guard_workbook")):
        monkeypatch.setattr(module, name, refuse_here)


def tables(folder):
    """Write workbooks of each kind that a command takes."""
    pd.DataFrame([dict(zip(HEADER, ROW, strict=True))]).to_excel(folder / "return.xlsx", index=False)
    pd.DataFrame(columns=list(COLUMNS)).to_excel(folder / "answers.xlsx", index=False, sheet_name="answers")
    pd.DataFrame([["RX1", "2023/24", "Procurement", "none", ""]],
                 columns=["organisation", "period", "theme", "answer", "reason"]).to_excel(
        folder / "themes.xlsx", index=False, sheet_name="themes")  # fmt: skip
    pd.DataFrame([["column", "unit", "unit", "A Person", "2024-04-01"]],
                 columns=["kind", "phrase", "answer", "confirmed_by", "confirmed_on"]).to_excel(
        folder / "mapping.xlsx", index=False, sheet_name="mapping")  # fmt: skip
    return {name: folder / f"{name}.xlsx" for name in ("return", "answers", "themes", "mapping")}


def test_every_workbook_that_a_check_is_given_is_read_apart(tmp_path, method, nothing_here):
    files = tables(tmp_path)
    with Counting() as reader:
        nc.check(files["return"], method, organisations=None, answers=files["answers"], themes=files["themes"],
                 mapping=files["mapping"], isolate=reader)  # fmt: skip
        assert {name for _, name in reader.asked} == {file.name for file in files.values()}
        nc.check(io.BytesIO(files["return"].read_bytes()), method, organisations=None, isolate=reader)
        assert reader.asked[-1] == ("book", "buffer")
    found = nc.check(files["return"], method, organisations=None, themes=files["themes"], isolate=True)
    assert "file_unreadable" not in {each.code for each in found}


@pytest.mark.parametrize("words", [
    "check {return} --answers {answers} --themes {themes} --mapping {mapping} --method nhs-2026.1 --organisations none",
    "check {return} {return} --marked {folder} --method nhs-2026.1 --organisations none",
    "footprint {return} --answers {answers} --themes {themes} --mapping {mapping} --method nhs-2026.1",
    "footprint {return} --from eric --method nhs-2026.1",
    "map {return}",
])  # fmt: skip
def test_no_command_parses_a_workbook_itself(tmp_path, words, nothing_here, capsys):
    files = tables(tmp_path)
    main(words.format(folder=tmp_path, **files).split())
    assert "AssertionError" not in capsys.readouterr().err


def test_a_marked_workbook_is_painted_apart_and_the_same(tmp_path, method):
    files = tables(tmp_path)
    found = nc.check(files["return"], method)
    here = nc.mark(files["return"], found, tmp_path / "here.xlsx").read_bytes()
    with Counting() as reader, parsed_apart(reader):
        assert nc.mark(files["return"], found, tmp_path / "apart.xlsx").read_bytes() == here
        assert ("call", "return.xlsx") in reader.asked


def plan(path):
    """Write a plan's sheet whose states are colours with a key, whose notes are comments, and whose rows are two."""
    book = openpyxl.Workbook()
    for row in (["On track"], ["On hold"], ["Action", "Lead", "RAG", "Complete"],
                ["Fit LED lamps", "Head of Estates", None, 0.5], ["Lag the pipes", "Energy Manager"]):  # fmt: skip
        book.active.append(row)
    for cell, colour in (("A1", "92D050"), ("A2", "FF0000"), ("C4", "92D050"), ("C5", "FF0000")):
        book.active[cell].fill = PatternFill("solid", fgColor=colour)
    book.active["A3"].font = Font(bold=True)
    book.active["B5"].comment = Comment("Risk: no money in 2027", "A Person")
    book.active["D4"].number_format = "0%"
    book.save(path)
    return path


def test_a_plans_sheet_is_looked_at_apart_and_the_same(tmp_path, monkeypatch):
    path = plan(tmp_path / "plan.xlsx")
    here = nc.read_actions(path)
    assert [each.status for each in here.planned] == ["in_progress", "on_hold"]
    parsed = []
    with Counting() as reader, parsed_apart(reader):
        monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: parsed.append(path))
        apart = nc.read_actions(path)
        assert reader.asked == [("book", "plan.xlsx"), ("call", "plan.xlsx")]
    assert parsed == []
    pd.testing.assert_frame_equal(apart.table, here.table)
    assert [*apart.findings] == [*here.findings]


def test_the_looks_of_cells_are_read_apart_as_they_are_here(tmp_path):
    content = plan(tmp_path / "plan.xlsx").read_bytes()
    here = read_looks("plan.xlsx", content)["Sheet"]
    assert here.fills == {(0, 0): "92d050", (1, 0): "ff0000", (3, 2): "92d050", (4, 2): "ff0000"}
    assert (here.notes, here.percents, here.bold) == ({(4, 1): "Risk: no money in 2027"}, {(3, 3): "50%"}, {(2, 0)})
    with Reader() as reader, parsed_apart(reader):
        assert read_looks("plan.xlsx", content)["Sheet"] == here


@pytest.mark.parametrize("words", ["actions read {plan} --mapping {columns}", "actions read {plan} {plan}"])
def test_no_command_of_actions_parses_a_workbook_itself(tmp_path, words, nothing_here, monkeypatch, capsys):
    columns = tmp_path / "columns.xlsx"
    pd.DataFrame([["", "", "Lead", "lead", "", "A Person"]],
                 columns=["file", "sheet", "column", "meaning", "candidates", "confirmed_by"]).to_excel(
        columns, index=False)  # fmt: skip
    path = plan(tmp_path / "plan.xlsx")
    parsed = []
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: parsed.append(path))
    assert main(words.format(plan=path, columns=columns).split()) == 0
    assert parsed == []
    assert "Fit LED lamps" in capsys.readouterr().out


def test_what_a_workbook_says_beside_its_cells_is_the_same_apart():
    content = saved(change=lambda xml: xml.replace(b'<row r="2"', b'<row r="2" hidden="1"').replace(
        b"<v>1000</v>", b"<f>1/0</f><v></v>"))  # fmt: skip
    with Reader() as reader:
        assert reader.book("x.xlsx", content) == read_book("x.xlsx", content)
    assert read_book("x.xlsx", content).beside.hidden_rows == {"Sheet": frozenset({2})}


BOOK = [[], {name: {} for name in ("hidden_rows", "hidden_columns", "uncalculated", "errors", "properties")}]
ANSWER = b"".join(len(each).to_bytes(8, "little") + each for each in (b"read", json.dumps(BOOK).encode()))
ANSWERS = f"""import sys
while length := sys.stdin.buffer.read(8):
    sys.stdin.buffer.read(int.from_bytes(length, "little"))
    sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(8), "little"))
    sys.stdout.buffer.write({ANSWER!r})
    sys.stdout.buffer.flush()
"""


class LateTimer:
    """A timer that fires just after the answer came: when it is told to stop."""

    def __init__(self, seconds, work):
        self.work, self.daemon = work, True

    def start(self):
        pass

    def cancel(self):
        self.work()


def child(code):
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_a_timer_that_fires_after_the_answer_ends_nothing(monkeypatch):
    """The next file would be told that its parser had broken down."""
    monkeypatch.setattr(subprocess_reader, "Timer", LateTimer)
    with Reader() as reader:
        reader._child = first = child(ANSWERS)
        assert reader.book("first.xlsx", b"PK").grids == []
        assert reader.book("next.xlsx", b"PK").grids == []
        assert reader._child is first


def test_a_timer_that_fires_as_the_answer_comes_costs_the_next_file_nothing(monkeypatch):
    """The child is ended between the answer and the word that it came: a new one reads the next file."""
    watches = []

    class Watch(subprocess_reader._Watch):
        def ended(self):
            if not watches:
                self._end()
            watches.append(self)
            return super().ended()

    monkeypatch.setattr(subprocess_reader, "_Watch", Watch)
    with Reader() as reader:
        assert len(reader.book("first.xlsx", saved()).grids) == 1
        assert reader._child is None
        assert len(reader.book("next.xlsx", saved()).grids) == 1


def test_a_child_that_died_between_two_files_is_started_again():
    with Reader() as reader:
        reader.book("first.xlsx", saved())
        reader._child.kill()
        reader._child.wait()
        assert len(reader.book("next.xlsx", saved()).grids) == 1


def test_several_threads_share_one_reader_and_each_gets_its_own_answer():
    contents = {f"{n}.xlsx": saved([HEADER, *[ROW] * n]) for n in range(1, 6)}
    lengths = {}
    with Reader() as reader:

        def work(name):
            lengths[name] = len(reader.book(name, contents[name]).grids[0].rows)

        threads = [threading.Thread(target=work, args=(name,)) for name in contents]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert lengths == {f"{n}.xlsx": n + 1 for n in range(1, 6)}


def test_a_small_parquet_file_is_read_apart_where_there_is_a_parser(tmp_path, method):
    nc.activity.write_parquet(frame(30), tmp_path / "x.parquet")
    with Counting() as reader, parsed_apart(reader):
        apart = nc.calculate(tmp_path / "x.parquet", method, organisations=None)
        assert reader.asked == [("parquet", "x.parquet")]
    assert apart == nc.calculate(tmp_path / "x.parquet", method, organisations=None)


def test_a_table_beside_a_command_is_read_as_it_lies_there(tmp_path):
    """Never unpacked, and never taken for an address: pandas would do both by the name alone."""
    packed = tmp_path / "local.csv.gz"
    packed.write_bytes(gzip.compress(b"child,parent,level\n"))
    for path in (packed, "http://127.0.0.1:9/local.csv", tmp_path):
        with pytest.raises(UnreadableError):
            csv_table(path)
