"""What a return says of the template that it was made from, and what became of it since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from nhscarbon.activity.activity import Source
from nhscarbon.activity.files.sheets import Grid
from nhscarbon.findings import Finding, finding

ID, VERSION, VERSION_OF_LINES = "nhscarbon-return", "1", "2"  # a sheet for each theme; one line for each thing
CURRENT = frozenset({VERSION, VERSION_OF_LINES})
READ_ME, COLUMNS, ACTIVITIES, LISTS = "Read me", "Columns", "Activities and units", "Lists"
SHEETS_LIST = "Sheets of this template"  # heads the list, on the sheet of lists, of the sheets to fill in
# the names of the custom document properties
TEMPLATE, EDITION, METHOD, DIGEST, LISTS_HASH, FINDINGS = (
    f"nhscarbon_{name}"
    for name in ("template", "template_version", "methodology", "methodology_digest", "lists_sha256", "findings_sheet")
)  # fmt: skip


def lists_hash(rows: Iterable[Sequence[str]]) -> str:
    """Return the SHA-256 of the cells of the sheet of lists, empty cells at the end of a row left out."""
    cells = [list(row) for row in rows]
    for row in cells:
        while row and not row[-1]:
            row.pop()
    return hashlib.sha256(json.dumps(cells, ensure_ascii=True).encode()).hexdigest()


def ours(properties: Mapping[str, str]) -> dict[str, str]:
    """Return the properties of a workbook that are a template's, and none of the sender's."""
    return {name: value for name, value in properties.items() if name in (TEMPLATE, EDITION, METHOD, DIGEST)}


def own_sheets(properties: Mapping[str, str]) -> frozenset[str]:
    """Return the sheets that we wrote beside the tables: they need no word."""
    ours = {READ_ME, COLUMNS, ACTIVITIES, LISTS} if TEMPLATE in properties else set()
    return frozenset({*ours, properties.get(FINDINGS, "")})


def form_findings(properties: Mapping[str, str], grids: Sequence[Grid], file: str) -> list[Finding]:
    """Return what is to be said of a template that is old, or was changed after it was made."""
    if properties.get(TEMPLATE) != ID:
        return []
    findings = []
    version = properties.get(EDITION, "")
    if version not in CURRENT:
        findings.append(finding("template_version", file=file, value=version[:100], current=VERSION_OF_LINES))
    lists = next((grid.rows for grid in grids if grid.sheet == LISTS), [])
    changed = lists_hash(lists) != properties.get(LISTS_HASH)
    if gone := [name for name in sheets_of(lists) if name not in {grid.sheet for grid in grids}]:
        findings.append(
            finding("template_altered", "lists_and_sheets" if changed else "sheets", file=file,
                    value=", ".join(gone)[:100], sheets=", ".join(repr(name) for name in gone))
        )  # fmt: skip
    elif changed:
        findings.append(finding("template_altered", file=file))
    return findings


def other_method(sources: Iterable[Source], id: str, digest: str) -> list[Finding]:
    """Return the finding of a return whose template was made for another methodology."""
    findings = []
    for source in sources:
        form: Mapping[str, str] = getattr(source, "form", {})
        made = form.get(METHOD, "")
        if form.get(TEMPLATE) == ID and (made, form.get(DIGEST)) != (id, digest):
            variant = "" if made != id else "state"
            findings.append(finding("template_methodology", variant, file=source.file, value=made[:100], method=id))
    return findings


def nothing_entered(file: str) -> Finding:
    """Return the finding of a template that was sent back empty."""
    return finding("template_empty", file=file)


def sheets_of(lists: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of the sheets to fill in, as the sheet of lists has them."""
    place = lists[0].index(SHEETS_LIST) if lists and SHEETS_LIST in lists[0] else -1
    return [row[place] for row in lists[1:] if row[place]] if place >= 0 else []
