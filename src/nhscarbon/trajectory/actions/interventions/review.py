"""The review file: actions that are not sure, three candidates for each, and a person's answers, held by text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.output.text import unguard_formula
from nhscarbon.trajectory.actions.interventions.taxonomy import Taxonomy, taxonomy
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.sheets.pages import Page, open_pages

REVIEW = (
    "text", "organisation", "section", "lead", "why", "candidate_1", "candidate_2", "candidate_3",
    "answer", "answered_by", "answered_on",
)  # fmt: skip
NEEDED = ("text", "answer", "answered_by")
NONE = "none"  # the answer that the taxonomy has nothing for it
_ANSWERED = re.compile(r"answered by (?P<by>.+?)(?: on (?P<on>\d.*))?", re.DOTALL)
_EDGE = re.compile(r"\s*[;|]\s*")


@dataclass(frozen=True)
class Answer:
    """What a person says that a text is: interventions, the main one first; none where the taxonomy has nothing."""

    interventions: tuple[str, ...]
    by: str
    on: str = ""


Review = Mapping[str, Answer]  # by text, whatever the case and the spaces


def plain(text: str) -> str:
    """Return a text whatever the case and the spaces."""
    return " ".join(text.casefold().split())


def answered(answer: Answer) -> str:
    """Return in words who answered."""
    return f"answered by {answer.by}" + (f" on {answer.on}" if answer.on else "")


def read_review(source: str | Path | pd.DataFrame | None) -> dict[str, Answer]:
    """Read a review file; rows without an answer say nothing.

    Parameters
    ----------
    source : str, Path, DataFrame or None
        `review_table`, completed: CSV, a workbook or a frame with the columns text, answer and answered_by. An answer
        is the id or the name of an intervention, ``1``, ``2`` or ``3`` for a candidate, several divided by ``;`` with
        the main one first, or ``none``.

    Returns
    -------
    dict of str to Answer
        By text, whatever its case and spaces; empty where there is no source.

    Raises
    ------
    UsageError
        If a column is missing, an answer is no intervention or has no name beside it, or one text has two answers.
    UnreadableError
        If the file cannot be read as a table.

    Examples
    --------
    >>> sheet = pd.DataFrame({"text": ["Quiet rooms"], "answer": ["space_use"], "answered_by": ["A. Analyst"]})
    >>> read_review(sheet)["quiet rooms"].interventions
    ('space_use',)
    """
    if source is None:
        return {}
    page = next(iter(open_pages(source)), None)
    head = [cell.strip().casefold() for cell in page.rows[0]] if page and page.rows else []
    if page is None or (lacking := [name for name in NEEDED if name not in head]):
        raise UsageError(
            f"the review file has no column {', '.join(lacking if page else NEEDED)}",
            advice="write one with `nhscarbon actions read FILE -o F --write-review review.csv`",
        )
    known = taxonomy()
    names = _names(known)
    found: dict[str, Answer] = {}
    for number in range(1, len(page.rows)):
        cells = _cells(page, number, head)
        if not cells.get("text") or not cells.get("answer"):
            continue
        if not cells.get("answered_by"):
            raise UsageError(
                f"row {number + 1} of the review file has an answer and nobody who gives it",
                advice="write your name in answered_by",
            )
        on = cells.get("answered_on", "").removesuffix(" 00:00:00")
        answer = Answer(_interventions(cells, names, number), " ".join(cells["answered_by"].split()), on)
        key = plain(cells["text"])
        if found.setdefault(key, answer).interventions != answer.interventions:
            raise UsageError(
                f"row {number + 1} of the review file: '{cells['text'][:60]}' has two answers",
                advice="keep one of them",
            )
    return found


def _cells(page: Page, number: int, head: Sequence[str]) -> dict[str, str]:
    """Return the cells of a row by their columns."""
    return {
        name: unguard_formula(page.cell(number, head.index(name))).strip() for name in REVIEW if name in head
    }  # fmt: skip


def _names(known: Taxonomy) -> dict[str, str]:
    """Return ids by what an intervention may be called: its id, or its name."""
    return {plain(name): each.id for each in known.interventions for name in (each.name, each.id)}


def _interventions(cells: Mapping[str, str], names: Mapping[str, str], number: int) -> tuple[str, ...]:
    """Return the interventions of an answer, without doubles."""
    if plain(cells["answer"]) == NONE:
        return ()
    found = []
    for word in filter(None, _EDGE.split(cells["answer"])):
        key = plain(word)
        if key in ("1", "2", "3"):
            key = plain(cells.get(f"candidate_{key}", ""))
        if key not in names:
            near = get_close_matches(key, names, n=1)
            raise UsageError(
                f"row {number + 1} of the review file: '{word[:40]}' is no intervention"
                + (f"; did you mean '{near[0]}'?" if near else ""),
                advice="answer with the id of an intervention, 1, 2 or 3 for a candidate, or 'none'; "
                "nhscarbon.trajectory.taxonomy().table lists them",
            )
        found.append(names[key])
    return tuple(dict.fromkeys(found))


def review_table(planned: Iterable[PlannedAction]) -> pd.DataFrame:
    """Return what a person has to answer: a row for each text that is not decided, or that a person answered before.

    Parameters
    ----------
    planned : iterable of PlannedAction
        Classified actions.

    Returns
    -------
    pandas.DataFrame
        Columns text, organisation (several divided by ``;``), section, lead, why, candidate_1 to candidate_3, answer,
        answered_by and answered_on, all text, in the order of the texts, whatever the order of the actions.

    Examples
    --------
    >>> from nhscarbon.trajectory.actions.planned_action import PlannedAction
    >>> review_table([PlannedAction(action_id="1", text="Quiet rooms", candidates=("space_use", "led", "reuse"))])[
    ...     ["text", "candidate_1", "answer"]].to_dict("records")
    [{'text': 'Quiet rooms', 'candidate_1': 'space_use', 'answer': ''}]
    """
    groups: dict[str, list[PlannedAction]] = {}
    for action in planned:
        if not action.decided or _ANSWERED.fullmatch(action.why):
            groups.setdefault(plain(action.text), []).append(action)
    rows = []
    for key in sorted(groups):
        mine = sorted(groups[key], key=lambda each: (each.organisation, each.section, each.lead, each.text))
        first = next((each for each in mine if each.decided), mine[0])
        told = _ANSWERED.fullmatch(first.why) if first.decided else None
        answer = ";".join((first.intervention, *first.also)) if first.intervention else NONE
        named = {f"candidate_{place + 1}": each for place, each in enumerate(first.candidates[:3])}
        rows.append({
            "text": first.text, "organisation": ";".join(dict.fromkeys(each.organisation for each in mine)),
            "section": first.section, "lead": first.lead, "why": first.why, **named,
            "answer": answer if told else "", "answered_by": told["by"] if told else "",
            "answered_on": (told["on"] or "") if told else "",
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(REVIEW)).fillna("").astype("str")
