"""What was found, with the cell of each, how much it could change the total, and the answer."""

from __future__ import annotations

from nhscarbon.activity.cell_address import address
from nhscarbon.checks.finding_words import SEVERITY_WORDS, effect_of, sentence
from nhscarbon.findings import Finding
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import OPEN
from nhscarbon.output.tables import tonnes
from nhscarbon.reporting.report.document import MOST_OPEN, Cell, Column, Section, Sign, Table
from nhscarbon.reporting.report.number_words import count_of
from nhscarbon.reporting.report.request import ReportRequest
from nhscarbon.reporting.report.signs import ANSWERED, NOTE, WARNING
from nhscarbon.reporting.report.signs import OPEN as UNANSWERED

MOVES = "could change the total by [tCO2e]"
STATES = {"Error": "error", "Warning": WARNING, "Note": NOTE}


def findings(asked: ReportRequest) -> Section:
    """Return everything that was met on the way: what has no answer first, then the biggest effect."""
    report = asked.whole.findings
    if not len(report):
        return Section("findings", "Findings", (_nothing_found(asked.whole),))
    ordered = sorted(report, key=_first)
    open_ones = sum(each.severity == "warning" and not each.answered for each in ordered)
    split = open_ones if len(ordered) > MOST_OPEN else 0  # so that what needs an answer is not folded with the notes
    rows = tuple(_row(each, asked) for each in ordered)
    columns = (
        Column("Severity", share=10), Column("where", "code", share=12), Column("file", under=True),
        Column("what was found"), Column("what to do", under=True), Column("about", under=True),
        Column("code", "code", under=True), Column(MOVES, "number", 1, share=12),
        Column("answer", share=20), Column("reason", under=True), Column("by and on", under=True),
    )  # fmt: skip
    note = "An answer holds for the figures it was given for: if they change, the warning opens again."
    note = note if report.answered else ""
    tables = [Table("findings-list", "What was found", columns, rows[:split] or rows, "" if split else note)]
    if split and split < len(rows):
        tables.append(Table("findings-more", "Notes and answered warnings", columns, rows[split:], note))
    answered = (f"Warnings that were answered: {len(report.answered):,}.",) if report.answered else ()
    return Section("findings", "Findings", (_words(asked.whole), *answered), (), tuple(tables), of=len(rows))


def _first(found: Finding) -> tuple[bool, bool, float]:
    """Return what puts open warnings first, then by effect."""
    effect = effect_of(found)
    return found.answered, found.severity == "info", -abs(effect) if isinstance(effect, float) else 0.0


def _row(found: Finding, asked: ReportRequest) -> tuple[Cell, ...]:
    word = SEVERITY_WORDS["warning"] if found.answered else SEVERITY_WORDS[found.severity]
    if found.answered:
        answer: Cell = Sign(ANSWERED, "Answered")
    elif found.severity == "warning":
        answer = Sign(UNANSWERED, "No answer yet")
    else:
        answer = None
    about = [asked.name_of(found.organisation) if found.organisation else "", found.site, found.period]
    activity = asked.whole.method.catalogue.activities.get(found.activity)
    about.append(activity.label if activity is not None else "")
    codes = " ".join(filter(None, [found.organisation, found.activity]))
    return (
        Sign(STATES[word], word), _where(found), found.file, sentence(found.message),
        "" if found.answered else found.suggestion, ", ".join(filter(None, about)),
        ", ".join(filter(None, [codes, found.code])), effect_of(found), answer, found.answer,
        ", ".join(filter(None, [found.answered_by, found.answered_on])),
    )  # fmt: skip


def _where(found: Finding) -> str:
    """Return the cell of a finding, or its first rows."""
    cell = address(found)
    if cell:
        more = found.rows - 1
        return f"{cell} and {more:,} more" if more > 0 else cell
    if not found.first_rows:
        return "the return" if found.rows <= 1 else count_of(found.rows, "row")
    first = ", ".join(f"{abs(each):,}" for each in found.first_rows[:3])
    more = found.rows - min(len(found.first_rows), 3)
    return f"{'row' if found.rows == 1 else 'rows'} {first}{f' and {more:,} more' if more > 0 else ''}"


def _words(footprint: Footprint) -> str:
    """Say how many warnings have no answer, and the largest effect of them."""
    open_ones = [each for each in footprint.findings if each.severity == "warning" and not each.answered]
    if not open_ones:
        return "No errors, and no warning without an answer."
    effects = [effect for each in open_ones if isinstance(effect := effect_of(each), float)]
    largest = max(map(abs, effects), default=0.0)
    said = (
        f"; the largest could change the total by {tonnes(largest, 1 if largest < 1000 else 0)} tCO2e"
        if largest
        else ""
    )
    verb = "has" if len(open_ones) == 1 else "have"
    return (f"No errors. {count_of(len(open_ones), 'warning')} {verb} no answer yet{said}. Open ones come first, then "
            "the biggest effect.")  # fmt: skip


def _nothing_found(footprint: Footprint) -> str:
    """Say that the rows are without a finding, and no more than that where themes have no answer."""
    answers = footprint.coverage["answer"]
    missing = int(answers.isin(OPEN).sum())
    if not missing:
        return "Nothing was found wrong, and nothing was assumed."
    return f"There are no findings on the rows that were sent. {missing:,} of {len(answers):,} themes have no answer."
