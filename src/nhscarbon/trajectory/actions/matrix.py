"""The matrix: the actions of many plans brought together into what they have in common.

Two actions are as alike as their words and their effects: three quarters the cosine of the words and the three-letter
pieces of their titles (weighted by how rare they are), one quarter what they do (the same effect, and the share of
selected activities in common). Groups are by complete linkage: all pairs of a group are alike enough.
The answer depends on nothing but the table, and a reviewed table overrides it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import Result
from nhscarbon.trajectory.actions.action import EVERYONE, Action, Numbers
from nhscarbon.trajectory.actions.effects import effects_of, taken_by, together

THRESHOLD = 0.35  # likeness at which actions are one; chosen on short titles of trust plans, and shown with each group
WORDS, EFFECT = 0.75, 0.25  # weights of the likeness
STOP = frozenset(
    {"a", "all", "an", "and", "at", "by", "for", "from", "in", "into", "of", "on", "or", "our", "site", "sites", "the",
     "to", "trust", "trusts", "wide", "with"}
)  # fmt: skip
WORD = re.compile(r"[a-z0-9]+")
PIECE = 3  # letters


@dataclass(frozen=True, eq=False, repr=False)
class Matrix(Result):
    """Actions by group and organisation.

    Attributes
    ----------
    groups : pandas.DataFrame
        One row per group: ``group`` (number), ``title`` (of its most typical action), ``shared_words``, ``likeness``
        (of the least alike pair), ``organisations`` and ``actions`` (counts), ``reach`` ("most", "some" or "only one"),
        and over all years ``tco2e`` of its actions by themselves and ``tco2e_if_all`` if all adopted it.
    holders : pandas.DataFrame
        Groups down, organisations across; the ids of the actions, or an empty text.
    review : pandas.DataFrame
        One row per action and its ``group``: edit the numbers and give it back as ``groups``.
    """

    groups: pd.DataFrame
    holders: pd.DataFrame
    review: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """The groups with the organisations beside them."""
        return self.groups.merge(self.holders, on="group")

    def _title(self) -> str:
        return (
            f"{len(self.review)} actions of {self.holders.shape[1] - 1} organisations in {len(self.groups)} groups, "
            f"{int((self.groups['reach'] == 'most').sum())} of them shared by most"
        )


def matrix(
    frame: pd.DataFrame,
    actions: Iterable[Action],
    *,
    groups: pd.DataFrame | None = None,
    threshold: float = THRESHOLD,
) -> Matrix:
    """Bring the actions of many organisations together.

    Parameters
    ----------
    frame : pandas.DataFrame
        Business as usual of the organisations, as for `with_actions`.
    actions : iterable of Action
    groups : pandas.DataFrame, optional
        A reviewed table with the columns ``action`` and ``group``: it decides, and must name every action.
    threshold : float, optional
        Likeness, 0 to 1, from which actions are put together.

    Returns
    -------
    Matrix

    Raises
    ------
    UsageError
        If a reviewed table does not name every action once, or there are no actions.

    Notes
    -----
    ``tco2e_if_all`` gives each organisation without the group an action of the group's median strength, first start
    and longest ramp, on its own lines; other groups are left out of both figures.
    """
    chosen = sorted(actions, key=lambda action: action.id)
    if not chosen:
        raise UsageError("there are no actions to bring together")
    alike = likeness(chosen)
    member = _grouped(chosen, alike, threshold) if groups is None else _reviewed(chosen, groups)
    organisations = sorted({str(word) for word in frame["organisation"].unique()})
    rows, cells, review = [], [], []
    order = sorted(
        set(member), key=lambda group: (-len(_holders(chosen, member, group, organisations)), member.index(group))
    )
    for number, group in enumerate(order, start=1):
        places = [place for place, home in enumerate(member) if home == group]
        inside = [chosen[place] for place in places]
        holders = _holders(chosen, member, group, organisations)
        typical = chosen[max(places, key=lambda place: (alike[place, places].sum(), -place))]
        shared = _shared_words(inside)
        least = float(alike[np.ix_(places, places)].min())
        now, everyone = _tonnes(frame, inside, typical, [name for name in organisations if name not in holders])
        reach = "most" if len(holders) > len(organisations) / 2 else "only one" if len(holders) == 1 else "some"
        rows.append(
            (number, typical.title, typical.theme, shared, least, len(holders), len(inside), reach, now, everyone)
        )
        cells.append(
            [number, *("; ".join(each.id for each in inside if each.concerns(name)) for name in organisations)]
        )
        review += [
            (each.id, each.owner, each.title, number, shared, float(alike[place, chosen.index(typical)]))
            for place, each in zip(places, inside, strict=True)
        ]
    names = [
        "group",
        "title",
        "theme",
        "shared_words",
        "likeness",
        "organisations",
        "actions",
        "reach",
        "tco2e",
        "tco2e_if_all",
    ]
    return Matrix(
        pd.DataFrame(rows, columns=names),
        pd.DataFrame(cells, columns=["group", *organisations]),
        pd.DataFrame(review, columns=["action", "owner", "title", "group", "shared_words", "likeness"]),
    )


def likeness(actions: Sequence[Action]) -> Numbers:
    """Return how alike each two actions are, 0 to 1."""
    bags = [_bag(action.title) for action in actions]
    words = sorted({word for bag in bags for word in bag})
    at = {word: place for place, word in enumerate(words)}
    counts = np.zeros((len(actions), len(words)))
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            counts[row, at[word]] = count
    rare = np.log((1 + len(actions)) / (1 + (counts > 0).sum(axis=0))) + 1
    weighted = counts * rare
    norm = np.linalg.norm(weighted, axis=1, keepdims=True)
    unit = np.divide(weighted, norm, out=np.zeros_like(weighted), where=norm > 0)
    effect = np.array([[_effect(one, other) for other in actions] for one in actions])
    both = WORDS * (unit @ unit.T) + EFFECT * effect
    both = np.asarray(np.clip(np.round((both + both.T) / 2, 9), 0.0, 1.0))  # nothing depends on the last bits of a sum
    np.fill_diagonal(both, 1.0)
    return both


def _bag(title: str) -> Counter[str]:
    """Return the words of a title and their three-letter pieces, marked apart."""
    words = [word for word in WORD.findall(title.lower()) if word not in STOP]
    pieces = [f"#{word[at : at + PIECE]}" for word in words for at in range(max(1, len(word) - PIECE + 1))]
    return Counter([*words, *pieces])


def _effect(one: Action, other: Action) -> float:
    mine, theirs = set(one.selects), set(other.selects)
    together_ = len(mine & theirs) / max(1, len(mine | theirs))
    return (float(one.effect == other.effect) + together_) / 2


def _grouped(actions: Sequence[Action], alike: Numbers, threshold: float) -> list[int]:
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415  slow to import
    from scipy.spatial.distance import squareform  # noqa: PLC0415  the same

    if len(actions) == 1:
        return [1]
    tree = linkage(squareform(1.0 - alike, checks=False), method="complete")
    return [int(group) for group in fcluster(tree, 1.0 - threshold, criterion="distance")]


def _reviewed(actions: Sequence[Action], groups: pd.DataFrame) -> list[int]:
    if missing := [name for name in ("action", "group") if name not in groups.columns]:
        raise UsageError(f"a reviewed table needs the columns action and group; it has no {', '.join(missing)}")
    named = [str(word) for word in groups["action"]]
    ids = {action.id for action in actions}
    faults = [f"{id} is not an action" for id in sorted(set(named) - ids)]
    faults += [f"{id} is not in it" for id in sorted(ids - set(named))]
    faults += [f"{id} is in it {count} times" for id, count in sorted(Counter(named).items()) if count > 1]
    if faults:
        raise UsageError(f"the reviewed table must name every action once: {'; '.join(faults[:8])}")
    label = {str(word): place for place, word in enumerate(dict.fromkeys(str(word) for word in groups["group"]))}
    home = {name: label[str(word)] for name, word in zip(named, groups["group"], strict=True)}
    return [home[action.id] for action in actions]


def _holders(actions: Sequence[Action], member: Sequence[int], group: int, organisations: Sequence[str]) -> list[str]:
    inside = [action for action, home in zip(actions, member, strict=True) if home == group]
    return [name for name in organisations if any(action.concerns(name) for action in inside)]


def _shared_words(inside: Sequence[Action]) -> str:
    """Return the words that more than half of a group's titles have, the most frequent first."""
    counts = Counter(word for action in inside for word in {*WORD.findall(action.title.lower())} - STOP)
    return " ".join(
        sorted((word for word, count in counts.items() if 2 * count > len(inside)), key=lambda w: (-counts[w], w))
    )


def _median(figures: Sequence[float | None]) -> float | None:
    """Return the median of what is known; None where nothing is."""
    known = [figure for figure in figures if figure is not None]
    return median(known) if known else None


def _tonnes(
    frame: pd.DataFrame, inside: Sequence[Action], typical: Action, others: Sequence[str]
) -> tuple[float, float]:
    """Return what a group saves over all years now, and if the other organisations adopted it [tCO2e]."""
    same = [action for action in inside if action.effect == typical.effect]
    ramp = max((action.ramp for action in same), key=lambda ramp: (len(ramp), ramp))
    first = min(action.start_from for action in inside)
    known = frame.drop_duplicates(["organisation", "theme", "activity"])
    fit = {
        name
        for name, theme, activity in zip(known["organisation"], known["theme"], known["activity"], strict=True)
        if typical.picks(str(theme), str(activity))
    }
    adopted = [
        replace(
            typical,
            id=f"{typical.id} at {name}",
            owner=name,
            organisations=(name,),
            ramp=ramp,
            start_from=first,
            start_to=first,
            share=_median([action.share for action in same]),
            requires=(),
            excludes=(),
            tco2e_a_year=_median([action.tco2e_a_year for action in same]),
            realisation=median(action.realisation for action in same),
        )
        for name in others
        if name in fit and typical.organisations != (EVERYONE,)
    ]
    saved = []
    for actions in (list(inside), [*inside, *adopted]):
        effects = effects_of(frame, actions)
        taken = taken_by(actions, {action.id: action.start_from for action in actions}, effects.ground.years)
        terms = together(effects.kgco2e)
        saved.append(float((terms.total(np.zeros_like(taken)) - terms.total(taken)).sum()) / KG_PER_TONNE)
    return saved[0], saved[1]
