"""The answers of a themes table: which themes a return has none of, estimates or cannot give, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from nhscarbon.activity.theme_rows import NEEDED, ThemeRow
from nhscarbon.checks.words import organisation_code
from nhscarbon.errors import PeriodError
from nhscarbon.findings import Finding, Wording, finding, first_rows, wording
from nhscarbon.methods.methodology import Methodology
from nhscarbon.output.text import short_repr
from nhscarbon.periods import parse_period

SENT, NONE_USED, NOT_APPLICABLE = "sent", "none_used", "not_applicable"
ESTIMATED, NOT_AVAILABLE, MISSING, NOT_COUNTED = "estimated", "not_available", "missing", "not_counted"
ANSWERS = (SENT, NONE_USED, NOT_APPLICABLE, ESTIMATED, NOT_AVAILABLE, MISSING, NOT_COUNTED)
REASONED = (NOT_APPLICABLE, ESTIMATED, NOT_AVAILABLE, NOT_COUNTED)  # answers that need a reason
CLOSE = 0.6  # how alike an unknown word must be to be suggested

Place = tuple[str, str, str]  # organisation, NHS year, theme
COMPARED = 200  # words that are no theme and are compared with those that are


class ThemeAnswer(NamedTuple):
    """What a return answers for one theme, its reason, and the row that says it."""

    answer: str
    reason: str
    row: ThemeRow


@dataclass(frozen=True)
class ThemeAnswers:
    """The answers by organisation, NHS year and theme, and what is wrong with the table."""

    answers: Mapping[Place, ThemeAnswer] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    __repr__ = short_repr


def theme_answers(rows: Iterable[ThemeRow], method: Methodology) -> ThemeAnswers:
    """Put the rows of a themes table into the method's words.

    Parameters
    ----------
    rows : iterable of ThemeRow
        From `nhscarbon.activity.theme_rows.read_theme_rows`.
    method : Methodology
        Whose catalogue has the themes.

    Returns
    -------
    ThemeAnswers
        A theme may be named by its id, its number (1 to 21) or its label, in any case. Rows that say the same twice
        count once; a row with a fault answers nothing.
    """
    themes = theme_words(method)
    answers: dict[Place, ThemeAnswer] = {}
    faults: dict[tuple[Wording, str, str], list[ThemeRow]] = {}
    suggested = iter(range(COMPARED))

    def fault(row: ThemeRow, said: Wording, column: str, value: str = "") -> None:
        faults.setdefault((said, column, value), []).append(row)

    for row in rows:
        blank = [name for name in NEEDED if not getattr(row, name)]
        theme = themes.get(_plain(row.theme), "")
        answer = _plain(row.answer).replace(" ", "_").replace("-", "_")
        code, year = organisation_code(row.organisation).meaning, _year(row.period)
        for name in blank:
            fault(row, wording("theme_row_blank", column=name), name)
        if row.theme and not theme:
            fault(row, _unknown(row.theme, method, compare=next(suggested, None) is not None), "theme", row.theme)
        if row.answer and answer not in ANSWERS:
            fault(row, wording("theme_answer_unknown", word=row.answer, answers=", ".join(ANSWERS)), "answer",
                  row.answer)  # fmt: skip
        for name, word, meant in (("period", row.period, year), ("organisation", row.organisation, code)):
            if word and not meant:
                fault(row, wording("theme_row_unreadable", word=word, column=name), name, word)
        if blank or not theme or answer not in ANSWERS or not year or not code:
            continue
        if answer in REASONED and not row.reason:
            fault(row, wording("theme_reason_blank", answer=answer), "reason", answer)
            continue
        before = answers.setdefault((code, year, theme), ThemeAnswer(answer, row.reason, row))
        if before.answer != answer:
            label = method.catalogue.themes[theme]
            fault(row, wording("theme_answered_twice", theme=label, organisation=code, period=year,
                               first=before.answer, second=answer), "answer", answer)  # fmt: skip
    return ThemeAnswers(answers, tuple(
        finding(said, file=rows[0].file, sheet=rows[0].sheet, column=column, value=value, rows=len(rows),
                first_rows=first_rows([row.row for row in rows]))
        for (said, column, value), rows in faults.items()
    ))  # fmt: skip


def theme_words(method: Methodology) -> dict[str, str]:
    """Return the theme that each word means: its id, its number or its label, in small letters."""
    themes = method.catalogue.themes
    words = {str(number): theme for number, theme in enumerate(themes, start=1)}
    words |= {_plain(label): theme for theme, label in themes.items()}
    words |= {theme.replace("_", " "): theme for theme in themes}
    return words | {theme: theme for theme in themes}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _year(text: str) -> str:
    try:
        return parse_period(text).year
    except PeriodError:
        return ""


def _unknown(word: str, method: Methodology, *, compare: bool) -> Wording:
    """Return what is said of a word that is no theme, with the nearest where there is one."""
    words = [*method.catalogue.themes, *method.catalogue.themes.values()]
    near = get_close_matches(word, words, n=1, cutoff=CLOSE) if compare else []
    if near:
        return wording("theme_unknown", "near", word=word, near=near[0])
    return wording("theme_unknown", word=word, count=len(method.catalogue.themes))
