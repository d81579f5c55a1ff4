"""Whole files with faults in them: what a case of `file_level`, `containers` or `layouts` names is made here.

Each recipe takes the folder and what the case says under `with`; it gives the name of the file and its bytes, or None
where it made the file itself.
"""

import bz2
import gzip
import io
import lzma
import os
import re
import struct
import warnings
import zipfile

import pandas as pd
from openpyxl import Workbook, load_workbook

import nhscarbon as nc
from corpus import returns
from nhscarbon.activity.readers.parquet import parquet_bytes

SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
FIRST_CENTRAL = b"PK\x01\x02"


def made(case, folder):
    """Make the file of a case and return its path."""
    name = case["name"] or "return.csv"
    path = folder / name
    content = RECIPES[case["make"]](path, case["with"])
    if content is not None:
        path.write_bytes(content)
    return path


def csv_text(argument=""):
    header, rows, _ = returns.changed(argument)
    return returns.as_csv(header, rows)


def workbook(argument="", edit=None):
    """Return a workbook of the good return; `edit` changes it and may give other bytes."""
    header, rows, typed = returns.changed(argument)
    content = returns.as_workbook(header, rows, typed)
    if edit is None:
        return content
    book = load_workbook(io.BytesIO(content))
    edit(book)
    return returns.saved(book)


# --- files ----------------------------------------------------------------------------------------------------------


def recoded(path, encoding):
    return csv_text("M2=Größe £").decode().encode(encoding)


def packed(path, how):
    pack = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}.get(how)
    return pack(csv_text()) if pack else archive({"return.csv": csv_text()})


def separated(path, mark):
    return csv_text().replace(b",", returns.unescaped(mark).encode())


def parquet(path, argument):
    header, rows = returns.good()
    frame = pd.DataFrame(rows, columns=header)
    content = parquet_bytes(frame)
    if argument == "flipped":
        at = len(content) // 2
        return content[:at] + bytes([content[at] ^ 8]) + content[at + 1 :]
    if argument == "cut":
        return content[: len(content) // 2]
    if argument == "no_rows":
        return parquet_bytes(frame.head(0))
    if argument == "no_unit":
        return parquet_bytes(frame.drop(columns="unit"))
    if argument == "lists":
        return parquet_bytes(frame.assign(activity=[[each] for each in frame["activity"]]))
    return content


def no_file(path, how):
    if how == "folder":
        path.mkdir()
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "loop":
        path.symlink_to(path)
    elif how == "dangling":
        path.symlink_to(path.with_name("gone.csv"))
    elif how == "device":
        path.symlink_to("/dev/null")


def raw(path, text):
    return returns.unescaped(text).encode("latin-1")


def repeated(path, said):
    """Return a text many times: `5*ab` is ab five times."""
    times, _, text = said.partition("*")
    return returns.unescaped(text).encode("latin-1") * int(times)


def good_and(path, said):
    return csv_text() + returns.unescaped(said).encode("latin-1")


def archive(parts, pack=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that stand twice
        with zipfile.ZipFile(stream, "w", pack) as made_of:
            for name, content in parts.items() if isinstance(parts, dict) else parts:
                made_of.writestr(name, content)
    return stream.getvalue()


def holding(path, names):
    return archive(dict.fromkeys(names.split(), b"x"))


# --- containers -----------------------------------------------------------------------------------------------------


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def part(path, said):
    """Put a part into a workbook: `name=content`."""
    name, _, text = said.partition("=")
    return archive({**parts_of(workbook()), name: returns.unescaped(text).encode("latin-1")})


def without(path, name):
    parts = parts_of(workbook())
    del parts[name]
    return archive(parts)


def replaced(path, said):
    """Replace a text in a part: `name|old|new`; of `5*new` five."""
    name, old, new = returns.unescaped(said).split("|")
    times, _, text = new.partition("*")
    new = text * int(times) if times.isdigit() and text else new
    parts = parts_of(workbook())
    changed = parts[name].replace(old.encode(), new.encode(), 1)
    assert changed != parts[name], (old, parts[name][:2000])
    return archive({**parts, name: changed})


def bomb(path, kind):
    parts = parts_of(workbook())
    if kind == "padding":
        parts["xl/pad.xml"] = b" " * (64 << 20)
    elif kind == "shared":
        parts[SHARED] = b"<sst>" + b"<si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"
    elif kind == "parts":
        parts |= {f"xl/p{n}.xml": b"<x/>" for n in range(600)}
    elif kind == "names":
        names = "".join(f'<definedName name="n{n}">Sheet!$A$1</definedName>' for n in range(20_000))
        book = parts["xl/workbook.xml"]
        parts["xl/workbook.xml"] = book.replace(b"<calcPr", f"<definedNames>{names}</definedNames><calcPr".encode(), 1)
    elif kind == "styles":
        parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"<cellXfs", b"<fonts/>" * 50_000 + b"<cellXfs", 1)
    elif kind == "cells":
        row = "".join(f'<c r="{letter}1"><v>1</v></c>' for letter in "ABCDEFGHIJ")
        body = "".join(row.replace('1"', f'{n}"') for n in range(20, 60)) * 10
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", f'<row r="20">{body}</row></sheetData>'.encode())
    elif kind == "text":
        body = '<row r="9"><c r="M9" t="inlineStr"><is><t>' + "x" * 40_000 + "</t></is></c></row></sheetData>"
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", body.encode())
    elif kind == "reuse":
        parts[SHARED] = b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>"
        cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(20, 12_000))
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", f"{cells}</sheetData>".encode())
    return archive(parts)


def damaged(path, how):
    content = workbook()
    central = content.rindex(FIRST_CENTRAL)
    at = content.index(SHEET.encode()) + 200
    acts = {
        "cut_short": lambda: content[:100], "cut_half": lambda: content[: len(content) // 2],
        "cut_last": lambda: content[:-1], "tail": lambda: content + b"tail",
        "head": lambda: b"PK\x03\x04 more" + content,
        "bit": lambda: content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :],
        "size_less": lambda: content[: central + 24] + struct.pack("<I", 7) + content[central + 28 :],
        "size_more": lambda: content[: central + 24] + struct.pack("<I", 1 << 31) + content[central + 28 :],
        "locked": lambda: content[: central + 8] + bytes([content[central + 8] | 1]) + content[central + 9 :],
        "twice": lambda: archive([*parts_of(content).items(), (SHEET, b"<worksheet><sheetData/></worksheet>")]),
        "case_twice": lambda: archive([*parts_of(content).items(), (SHEET.replace("sheet1", "Sheet1"), b"<x/>")]),
        "two_names": lambda: content.replace(b"sheet1.xml", b"sheet9.xml", 1),
        "lzma": lambda: archive(parts_of(content), zipfile.ZIP_LZMA),
        "nested": lambda: archive({**parts_of(content), "xl/a.zip": content}),
        "stored": lambda: archive(parts_of(content), zipfile.ZIP_STORED),
    }  # fmt: skip
    return acts[how]()


# --- layouts --------------------------------------------------------------------------------------------------------


def above(path, said):
    """Put lines above the header, given with | between them."""
    width = len(returns.good()[0])
    lines = "".join(f"{line}{',' * (width - 1)}\n" for line in said.split("|"))
    return lines.encode() + csv_text()


def headed(path, said):
    """Give columns other names: `quantity>Quantiy, unit>`."""
    header, rows = returns.good()
    for each in said.split(", "):
        old, new = each.split(">")
        header[header.index(old)] = new
    return returns.as_csv(header, rows)


def dropped(path, names):
    header, rows = returns.good()
    keep = [place for place, name in enumerate(header) if name not in names.split()]
    return returns.as_csv([header[place] for place in keep], [[row[place] for place in keep] for row in rows])


def transposed(path, _):
    header, rows = returns.good()
    first, *others = zip(*[header, *rows], strict=True)
    return returns.as_csv(list(first), [list(row) for row in others])


def wide(path, _):
    rows = [["RX1", "energy.natural_gas", "kWh", *map(str, range(12))]]
    return returns.as_csv(["organisation", "activity", "unit", *returns.months("2023-04", "2024-03")], rows)


def line(path, said):
    """Put a row into a CSV file before row n: `5|RX1,...`; the same header again with `5|header`."""
    number, text = said.split("|", 1)
    lines = csv_text().decode().splitlines()
    text = lines[0] if text == "header" else returns.unescaped(text)
    text += "," * (lines[0].count(",") - text.count(",")) if "\n" not in text else ""
    lines.insert(int(number) - 1, text)
    return "\n".join(lines).encode() + b"\n"


def sheet(path, said):
    """Change the good workbook by one of the acts below."""
    act, _, argument = said.partition(" ")
    return workbook("", lambda book: ACTS[act](book, argument))


def _merge(book, span):
    book.active.merge_cells(span)


def _hide_rows(book, rows):
    for number in rows.split():
        book.active.row_dimensions[int(number)].hidden = True


def _hide_columns(book, letters):
    for letter in letters.split():
        book.active.column_dimensions[letter].hidden = True


def _hide_sheet(book, how):
    book.create_sheet("Front", 0)["A1"] = "see"
    book["Sheet"].sheet_state = how


def _beside(book, argument):
    """Put a second table beside the first, or rows of it below, or on another sheet."""
    header, rows = returns.good()
    place = {"right": (1, len(header) + 2), "below": (len(rows) + 5, 1)}
    if argument == "below_other":
        for number, row in enumerate([["activity", "period", "organisation", "unit", "quantity"], rows[0][:5]]):
            for column, text in enumerate(row, start=1):
                book.active.cell(len(rows) + 5 + number, column, text)
        return
    target, (top, left) = (book.active, place[argument]) if argument in place else (book.create_sheet("Copy"), (1, 1))
    if argument == "sheet_named":
        rows = [[row[0], "RX1CC", *row[2:]] for row in rows]
    for number, row in enumerate([header, *rows]):
        for column, text in enumerate(row):
            target.cell(top + number, left + column, text)


def _note_sheet(book, argument):
    other = book.create_sheet("Other")
    for row in [["gas", "5"], ["water", "7"]]:
        other.append(row)


def _formula(book, said):
    cell, text = said.split(" ", 1)
    book.active[cell] = text


def _moved(book, argument):
    book.active.insert_cols(1, int(argument))


def _below_header(book, argument):
    book.active.insert_rows(2)
    for place, text in enumerate(argument.split("|"), start=1):
        if text:
            book.active.cell(2, place, text)


def _percent(book, cell):
    book.active[cell] = 0.12
    book.active[cell].number_format = "0%"


def _empty_rows(book, argument):
    book.active.insert_rows(4, int(argument))


ACTS = {
    "merge": _merge, "hide_rows": _hide_rows, "hide_columns": _hide_columns, "hide_sheet": _hide_sheet,
    "beside": _beside,
    "note_sheet": _note_sheet, "formula": _formula, "moved": _moved, "below_header": _below_header, "percent": _percent,
    "empty_rows": _empty_rows,
}  # fmt: skip


def template(path, act):
    """Fill in one row of a template, and change the template by `act`."""
    method = nc.methodology("direct-only-2026.1" if act == "method" else "nhs-2026.1")
    plain = path.with_name("template.xlsx")
    nc.template(plain, method, organisation="RX1", period="2023/24", kind="all")
    book = load_workbook(plain)
    sheet_of = next(each for each in book.worksheets if "fossil" in each.title.casefold())
    header = [cell.value for cell in sheet_of[1]]
    if act != "empty":
        filled = {"organisation": "RX1", "period": "2023/24", "activity": "energy.natural_gas", "quantity": 50000000,
                  "unit": "kWh",
                  "evidence": "metered", "estimated_share": 0}  # fmt: skip
        for name, value in filled.items():
            sheet_of.cell(2, header.index(name) + 1, value)
    if act == "sheet_gone":
        del book[next(each.title for each in book.worksheets if "water" in each.title.casefold())]
    elif act == "sheet_renamed":
        next(each for each in book.worksheets if "water" in each.title.casefold()).title = "Aqua"
    elif act == "lists":
        book["Lists"]["A2"] = "energy.moonshine"
    elif act == "old":
        for each in book.custom_doc_props.props:
            if each.name == "nhscarbon_template_version":
                each.value = "0"
    return returns.saved(book)


def empty_book(path, _):
    return returns.saved(Workbook())


def addressed(path, said):
    """Write another address on the cell of a workbook: `A2>XFD1048576`."""
    old, new = said.split(">")
    assert re.fullmatch(r"[A-Z]+\d+", old)
    return replaced(path, f'{SHEET}|r="{old}"|r="{new}"')


RECIPES = {
    "csv": lambda path, said: csv_text(said), "workbook": lambda path, said: workbook(said), "raw": raw,
    "repeated": repeated, "good_and": good_and, "recoded": recoded, "packed": packed, "separated": separated,
    "parquet": parquet, "no_file": no_file, "holding": holding, "part": part, "without": without, "replaced": replaced,
    "bomb": bomb, "damaged": damaged, "above": above, "headed": headed, "dropped": dropped, "transposed": transposed,
    "wide": wide, "line": line, "sheet": sheet, "template": template, "empty_book": empty_book, "addressed": addressed,
}  # fmt: skip
