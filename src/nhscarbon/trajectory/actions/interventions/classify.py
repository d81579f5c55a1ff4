"""Which intervention of the taxonomy each action of a plan is, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from nhscarbon.trajectory.actions.interventions.review import Answer, Review, answered, plain, read_review
from nhscarbon.trajectory.actions.interventions.scoring import Row, Scored, scorer
from nhscarbon.trajectory.actions.interventions.taxonomy import Taxonomy, taxonomy
from nhscarbon.trajectory.actions.planned_action import PlannedAction

CANDIDATES = 3
MOST_WORDS = 3  # keywords that a reason names


def classify(
    planned: Sequence[PlannedAction], *, review: str | Path | pd.DataFrame | Review | None = None
) -> tuple[PlannedAction, ...]:
    """Return actions with what each is, by the taxonomy.

    Each is judged by itself, so that the order of actions and of files changes nothing: its text first, then its
    section and the role of its lead as hints, then its risk, mitigation and evidence. An action that was classified
    before (its `why` is not empty) stays as it is, so that answers travel with the plan; only an answer of the
    review changes it.

    Parameters
    ----------
    planned : sequence of PlannedAction
    review : str, Path, DataFrame or Review, optional
        A person's answers, by text: `review_table`, completed.

    Returns
    -------
    tuple of PlannedAction
        The same actions with `intervention` (the likeliest, empty where nothing speaks for any), `area_of_focus`,
        `also`, `decided`, three `candidates` and `why`; `selects` and `effect` where it is decided.

    Raises
    ------
    UsageError
        If the review cannot be understood.

    Examples
    --------
    >>> from nhscarbon.trajectory.actions.planned_action import PlannedAction
    >>> action = classify([PlannedAction(action_id="1", text="Fit LED lamps with motion sensors")])[0]
    >>> action.intervention, action.area_of_focus, action.decided, action.selects
    ('led', 'Estates and facilities', True, ('theme:electricity',))
    """
    answers = review if isinstance(review, Mapping) else read_review(review)
    known: dict[Row, PlannedAction] = {}
    found = []
    for action in planned:
        row = row_of(action)
        if action.why:
            judged = action
        else:
            if row not in known:
                known[row] = judge(row)
            judged = with_labels(action, known[row])
        answer = answers.get(plain(action.text))
        found.append(_by_answer(judged, answer) if answer else judged)
    return tuple(found)


def row_of(action: PlannedAction) -> Row:
    """Return what of an action says what it is."""
    rest = ". ".join(filter(None, (action.risk, action.mitigation, action.evidence)))
    return Row(action.text, action.section, action.lead, rest)


def with_labels(action: PlannedAction, judged: PlannedAction) -> PlannedAction:
    """Return an action with the labels of another."""
    return replace(
        action, area_of_focus=judged.area_of_focus, intervention=judged.intervention, also=judged.also,
        decided=judged.decided, candidates=judged.candidates, why=judged.why, selects=judged.selects,
        effect=judged.effect,
    )  # fmt: skip


def judge(row: Row) -> PlannedAction:
    """Return the labels of a row, on an action that has nothing else."""
    known = taxonomy()
    scored = scorer().score(row)
    first, second = scored.order[:2]
    best, margin = scored.points[first], scored.points[first] - scored.points[second]
    settings = known.settings
    decided = bool(
        best >= settings["decided_least"] and margin >= settings["decided_margin"]
        and not scored.outside and _own_words(scored, first)
    )  # fmt: skip
    named = best > 0
    intervention = known.interventions[first]
    return PlannedAction(
        action_id="", text=row.text,
        area_of_focus=intervention.area_of_focus if named else "", intervention=intervention.id if named else "",
        also=tuple(known.ids[at] for at in scored.also) if named else (), decided=decided,
        candidates=tuple(known.ids[at] for at in scored.order[:CANDIDATES]) if named else (),
        why=_why(scored, known, decided=decided) if named else "not sure: nothing in the row is known",
        selects=intervention.selects if decided else (), effect=intervention.effect if decided else "",
    )  # fmt: skip


def _own_words(scored: Scored, first: int) -> bool:
    """Tell whether the text itself has a keyword of the first; a section alone decides nothing."""
    return any(each.pattern.intervention == first and each.points > 0 for each in scored.matches)


def _why(scored: Scored, known: Taxonomy, *, decided: bool) -> str:
    """Return in words what speaks for the first, and what for the second."""
    first, second = scored.order[:2]
    names = known.interventions
    lead = scored.points[first] - scored.points[second]
    told = f"{_speaks(scored, first)}; {lead:.1f} points ahead of {names[second].id}"
    if decided:
        return told
    if scored.outside:
        return f"not sure: the taxonomy has nothing for {scored.outside[0].lower()}{scored.outside[1:]}; {told}"
    against = _speaks(scored, second, alone=True)
    return f"not sure: {told}" + (f", for which {against}" if against else "")


def _speaks(scored: Scored, at: int, *, alone: bool = False) -> str:
    """Return the keywords and names that speak for one; empty with `alone` where no keyword does."""
    phrases = [each.pattern.phrase for each in scored.matches if each.pattern.intervention == at and each.points > 0]
    quoted = ", ".join(f"'{phrase}'" for phrase in dict.fromkeys(phrases[:MOST_WORDS]))
    words = f"the text has {quoted}" if quoted else "" if alone else "the text is like the definition"
    if at in scored.section and not alone:
        words += f"; section or lead points to {scored.section[at]}"
    return words


def _by_answer(action: PlannedAction, answer: Answer) -> PlannedAction:
    """Return an action as a person answered it."""
    known = taxonomy()
    if not answer.interventions:
        return replace(
            action,
            area_of_focus="",
            intervention="",
            also=(),
            decided=True,
            why=answered(answer),
            selects=(),
            effect="",
        )
    first = known[answer.interventions[0]]
    return replace(
        action, area_of_focus=first.area_of_focus, intervention=first.id, also=answer.interventions[1:],
        decided=True, why=answered(answer), selects=first.selects, effect=first.effect,
    )  # fmt: skip
