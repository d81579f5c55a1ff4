"""What a file is, by its first bytes: kinds that are no table are named, with what to do."""

from __future__ import annotations

import re
from pathlib import Path

from nhscarbon.errors import UnreadableError

ZIP, OLE, PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
SAVE = "save the table as CSV UTF-8 or .xlsx"
# first bytes, what they are, what to do
STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "compressed by gzip", "unpack it and send the file inside"),
    (b"BZh9", "compressed by bzip2", "unpack it and send the file inside"),
    (b"\xfd7zXZ\0", "compressed by xz", "unpack it and send the file inside"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it and send the file inside"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it and send the file inside"),
    (b"Rar!", "a RAR archive", "unpack it and send the file inside"),
    (b"PK\x05\x06", "an empty zip archive", "send the file that it should hold"),
    (b"%PDF", "a PDF document", SAVE),
    (b"{\\rtf", "a text document (RTF)", SAVE),
    (b"ARROW1", "an Arrow file", "save it as Parquet"),
    (b"SQLite format 3", "a SQLite database", SAVE),
    (b"\x89PNG", "a picture", SAVE),
    (b"\xff\xd8\xff", "a picture", SAVE),
    (b"GIF8", "a picture", SAVE),
    (b"ID;PWXL", "a SYLK file", SAVE),
    (b"\x7fELF", "a program", SAVE),
)
PAGE = re.compile(
    rb"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|table|meta|body|style)\b", re.IGNORECASE | re.DOTALL
)
XML = re.compile(rb"\s*<\?xml\b")
NAMED_AS = {
    ".parquet": "Parquet file", ".xlsx": "workbook", ".xlsm": "workbook", ".xls": "workbook",
    ".xlsb": "workbook", ".ods": "workbook",
}  # fmt: skip


def refuse_other_kinds(name: str, content: bytes) -> None:
    """Refuse what is neither text, nor a workbook, nor Parquet, and what its name says falsely.

    Raises
    ------
    UnreadableError
        In plain words: what the file is, and what to do.
    """
    if not content:
        raise UnreadableError(f"'{name}' is empty: it has no header")
    claimed = NAMED_AS.get(Path(name).suffix.lower())
    for start, kind, advice in STARTS:
        if content.startswith(start):
            raise UnreadableError(f"'{name}' is {kind}{_under(claimed)}", advice=advice)
    head = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if PAGE.match(head):
        raise UnreadableError(
            f"'{name}' is a web page{_under(claimed)}", advice="open it in Excel and save it as .xlsx"
        )
    if XML.match(head):
        raise UnreadableError(
            f"'{name}' is an XML document{_under(claimed)}", advice="open it in Excel and save it as .xlsx"
        )
    kind = "workbook" if content.startswith((ZIP, OLE)) else "Parquet file" if content.startswith(PARQUET) else ""
    if claimed and claimed != kind:
        if kind:
            raise UnreadableError(f"'{name}' is a {kind}, not the {claimed} that its name says", advice="rename it")
        raise UnreadableError(f"'{name}' is not the {claimed} that its name says", advice="save it again as CSV UTF-8")


def is_called_otherwise(path: Path) -> bool:
    """Tell whether a file that can be opened is Parquet by name alone, or text by name and no text by its start."""
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except (OSError, ValueError):
        return False
    if path.suffix.lower() == ".parquet":
        return not start.startswith(PARQUET)
    return start.startswith((ZIP, OLE, PARQUET, *(each for each, _, _ in STARTS)))


def _under(claimed: str | None) -> str:
    return f" under the name of a {claimed}" if claimed else ""
