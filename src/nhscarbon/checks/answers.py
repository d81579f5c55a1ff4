"""Answers to findings: a table of reasons, each for one warning about cells that have not changed since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from nhscarbon.activity.files.sheets import Grid, cell_text, read_bytes, read_grids
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding, Findings, Wording, finding, in_order_of_severity, known_codes, wording
from nhscarbon.output.tables import is_missing
from nhscarbon.output.text import unguard_formula

SHEET = "answers"
ABOUT = ("code", "organisation", "period", "activity")  # which finding an answer is for
COLUMNS = (*ABOUT, "reason", "by", "date", "input_sha256")
NEEDED = ("reason", "by", "date", "input_sha256")
WILD = re.compile(r"[*?%]")
WILD_WORDS = frozenset({"all", "any", "every"})
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00)?)?", re.ASCII)
OF_CHECK_ALONE = frozenset({"reported_differs", "rows_in_two_files"})  # a calculation never meets them
Key: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One row of an answers table, as it was written.

    `input_sha256` is the hash of the cells that the finding is about, as `check` wrote it; `row` is the row as the
    sender sees it.
    """

    code: str
    organisation: str
    period: str
    activity: str
    reason: str
    by: str
    date: str
    input_sha256: str
    row: int

    @property
    def key(self) -> Key:
        """Which finding it is for."""
        return self.code, self.organisation, self.period, self.activity


AnswerSource: TypeAlias = "str | Path | pd.DataFrame | Sequence[Mapping[str, object]] | Sequence[Answer]"


def read_answers(source: AnswerSource | None) -> tuple[Answer, ...]:
    """Read an answers table.

    Parameters
    ----------
    source : str, Path, frame, list of records or None
        A CSV file, a workbook (its sheet ``answers``, or its only one), or a frame of pandas, Polars or Arrow, with the
        columns code, organisation, period, activity, reason, by, date and input_sha256. Other columns are not read.

    Raises
    ------
    UsageError
        If a column is missing, or a workbook has several sheets and none is called ``answers``.
    UnreadableError
        If the file cannot be read.
    """
    if source is None:
        return ()
    if isinstance(source, str | Path):
        path = Path(source)
        return _of_grid(_grid(path.name, read_grids(path.name, read_bytes(path))), path.name)
    if not isinstance(source, pd.DataFrame):
        records = getattr(source, "to_dicts", None) or getattr(source, "to_pylist", None)  # Polars, Arrow
        listed = list(records() if records else source)
        if listed and all(isinstance(each, Answer) for each in listed):
            return tuple(listed)
        if not listed and not records:
            return ()
        source = pd.DataFrame(listed, columns=None if listed else getattr(source, "columns", None), dtype=object)
    rows = [["" if is_missing(cell) else cell_text(cell) for cell in row] for row in source.itertuples(index=False)]
    return _of_grid([[str(name) for name in source.columns], *rows], "the answers table")


def _grid(name: str, grids: Sequence[Grid]) -> list[list[str]]:
    """Return the sheet of the answers."""
    chosen = next((grid for grid in grids if grid.sheet.strip().casefold() == SHEET), None)
    if chosen is None and len(grids) == 1:
        chosen = grids[0]
    if chosen is None:
        raise UsageError(f"'{name}' has no sheet called '{SHEET}'", advice="give the sheet of answers that name")
    return chosen.rows


def _of_grid(rows: Sequence[Sequence[str]], name: str) -> tuple[Answer, ...]:
    head = [cell.strip().casefold().replace(" ", "_") for cell in (rows[0] if rows else ())]
    if lacking := [column for column in COLUMNS if column not in head]:
        raise UsageError(
            f"'{name}' has no column {', '.join(lacking)}", advice="write the table with `check --write-answers`"
        )
    place = {column: head.index(column) for column in COLUMNS}
    found = []
    for row, cells in enumerate(rows[1:], start=2):
        words = {column: unguard_formula(cells[at].strip()) if at < len(cells) else "" for column, at in place.items()}
        if any(words.values()):
            words["date"] = day[1] if (day := DAY.fullmatch(words["date"])) else words["date"]
            words["input_sha256"] = words["input_sha256"].casefold()
            found.append(Answer(**words, row=row))
    return tuple(found)


def answered(findings: Findings, answers: Sequence[Answer]) -> Findings:
    """Close the warnings that are answered, and say which answers cannot be used.

    Parameters
    ----------
    findings : Findings
        With the hashes of the cells that they are about.
    answers : sequence of Answer

    Returns
    -------
    Findings
        An answered warning is an info with its answer. One whose cells changed since is still a warning and says so.
    """
    if not answers or findings.input_sha256 is None:
        return findings
    faults = {each.row: list(_faults(each)) for each in answers}
    usable: dict[Key, list[Answer]] = {}
    for each in answers:
        if not faults[each.row]:
            usable.setdefault(each.key, []).append(each)
    used: set[int] = set()
    asked = [found for found in findings if found.severity == "warning" and _key(found) in usable]
    hashes = {id(found): findings.input_sha256(found) for found in asked}
    current: dict[Key, set[str]] = {}
    for found in asked:
        current.setdefault(_key(found), set()).add(hashes[id(found)])

    def told_of(found: Finding) -> Finding:
        key, sha256 = _key(found), hashes.get(id(found), "")
        others = current.get(key, set()) - {sha256}  # an answer to another finding of the same words is none to this
        given = [each for each in usable.get(key, ()) if each.input_sha256 not in others]
        return _answered(found, given, sha256, used) if sha256 and given else found

    told = [told_of(each) for each in findings]
    refused = {_key(each) for each in findings if each.refuses}
    noted = {_key(each) for each in findings if each.severity == "info"}
    for each in answers:
        told += faults[each.row]
        if not faults[each.row] and each.row not in used and each.code not in OF_CHECK_ALONE:
            told.append(_unused(each, refused, noted))
    return replace(findings, findings=in_order_of_severity(told, findings.rows).findings)


def _key(found: Finding) -> Key:
    return found.code, found.organisation, found.period, found.activity


def _answered(found: Finding, given: Sequence[Answer], sha256: str, used: set[int]) -> Finding:
    """Return a warning with the answer to its cells as they are, or with the last one to what they were before."""
    used |= {each.row for each in given}
    now = [each for each in given if each.input_sha256 == sha256]
    last = max(now or given, key=lambda each: (each.date, each.row))
    if now:
        return replace(found, severity="info", answer=last.reason, answered_by=last.by, answered_on=last.date)
    said = wording("answer_outdated", on=last.date, by=last.by)
    return replace(
        found, message=f"{found.message} {said.message}", suggestion=f"{found.suggestion} {said.advice}".strip()
    )


def _faults(answer: Answer) -> Iterator[Finding]:
    """Yield why an answer cannot be used, whatever it is for."""
    row = answer.row
    wild = [name for name in ABOUT if _is_wild(getattr(answer, name))]
    for name in wild:
        yield _of(answer, wording("answer_wildcard", value=getattr(answer, name), row=row, of=name))
    if "code" not in wild and answer.code not in known_codes():
        near = get_close_matches(answer.code, sorted(known_codes()), n=1)
        variant = "near" if near else ""
        yield _of(answer, wording("answer_code_unknown", variant, value=answer.code, row=row, near="".join(near)))
    if missing := [name for name in NEEDED if not getattr(answer, name)]:
        yield _of(answer, wording("answer_incomplete", row=row, missing=", ".join(missing)))
    if answer.date and (why := _date_fault(answer.date)) is not None:
        yield _of(answer, wording("answer_date_wrong", why, value=answer.date, row=row))


def _of(answer: Answer, what: Wording) -> Finding:
    """Return a finding about an answer: it names what the answer names."""
    return finding(
        what, value=answer.code, organisation=answer.organisation, period=answer.period, activity=answer.activity
    )


def _is_wild(word: str) -> bool:
    return WILD.search(word) is not None or word.casefold() in WILD_WORDS


def _date_fault(text: str) -> str | None:
    """Return which of the texts of `answer_date_wrong` a date earns, if any."""
    try:
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        return ""
    return "future" if day > datetime.now().astimezone().date() else None


def _unused(answer: Answer, refused: set[Key], noted: set[Key]) -> Finding:
    """Return what is said of an answer that closed nothing."""
    if answer.key in refused:
        return _of(answer, wording("answer_of_error", value=answer.code, row=answer.row))
    variant = "note" if answer.key in noted else ""
    return _of(answer, wording("answer_without_finding", variant, value=answer.code, row=answer.row))


def said_once(several: Sequence[Findings]) -> list[Findings]:
    """Return findings of several returns that share one answers table, with what is said of the table itself once.

    An answer that fits one of the returns fits none of the others, which is nothing to say. A file that could not be
    read has no part in it.
    """
    read = [each for each in several if each.input_sha256 is not None]
    shared = {each for each in (read[0] if read else ()) if _of_table(each)}
    for other in read[1:]:
        shared &= {*other}
    result, told = [], False
    for each in several:
        kept = [found for found in each if not _of_table(found) or (found in shared and not told)]
        told |= each.input_sha256 is not None
        result.append(replace(each, findings=tuple(kept)) if len(kept) < len(each) else each)
    return result


def _of_table(found: Finding) -> bool:
    """Tell whether a finding is about an answer and would be the same for every return."""
    return found.code in TABLE_CODES


TABLE_CODES = frozenset({
    "answer_wildcard", "answer_code_unknown", "answer_incomplete", "answer_date_wrong", "answer_without_finding",
})  # fmt: skip


def joined(answers: Iterable[Sequence[Answer]]) -> tuple[Answer, ...]:
    """Return the answers of several returns, those that they share once."""
    return tuple(dict.fromkeys(each for given in answers for each in given))
