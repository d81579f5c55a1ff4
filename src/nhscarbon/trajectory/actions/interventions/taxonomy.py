"""The taxonomy of interventions as data: what there is, by which words it is known, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from nhscarbon.methods.data_package import DataPackage, data_root, load_pinned
from nhscarbon.methods.factors import refuse
from nhscarbon.output.text import one_line, short_repr

ROOM, PACKAGE = "taxonomies", "interventions-1@1.0.0"
ROLES = ("strong", "ordinary", "hint", "excludes")
WHERE = ("section", "lead")
KINDS = ("intervention", "family", "area")
ENABLING = "enabling"
EFFECTS = ("reduce", "switch", "factor", "market", "none")


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """A thing that many plans do, whatever each calls it.

    Attributes
    ----------
    id : str
    area_of_focus, family, name, definition : str
    question : str
        What tells it from the one it is easily taken for; empty where there is none.
    effect : str
        ``reduce``, ``switch``, ``factor``, ``market`` (on the market basis alone), or ``enabling`` where it has no
        effect of its own.
    sign : int
        -1 where emissions fall, by itself or by what it enables, 1 where they may rise, 0 where none of the main totals
        moves.
    enabling : bool
        Whether it changes no emission by itself.
    computable : str
        Whether its carbon can be calculated: ``yes``, ``partial`` or ``no``.
    needed_to_quantify : str
    selects : tuple of str
        Activity codes or their beginnings, and themes, that it changes.
    """

    id: str
    area_of_focus: str
    family: str
    name: str
    definition: str
    question: str
    effect: str
    sign: int
    enabling: bool
    computable: str
    needed_to_quantify: str
    selects: tuple[str, ...]

    __repr__ = short_repr


@dataclass(frozen=True)
class Keyword:
    """Words that speak for an intervention, or against it.

    Attributes
    ----------
    intervention : str
    role : str
        ``strong``, ``ordinary``, ``hint`` or ``excludes``.
    phrase : str
        Words beside each other; parts divided by ``+`` may stand anywhere in a text.
    """

    intervention: str
    role: str
    phrase: str


@dataclass(frozen=True)
class Hint:
    """What the name of a section or the role of a lead points to: an intervention, a family or an area of focus."""

    where: str
    phrase: str
    points_to: str
    kind: str


@dataclass(frozen=True, repr=False)
class Taxonomy:
    """Interventions, their words and the numbers that decide.

    Attributes
    ----------
    interventions : tuple of Intervention
    keywords : tuple of Keyword
    hints : tuple of Hint
    abbreviations : tuple of (str, str, bool)
        Short and long form, and whether the short one must be in capitals.
    outside : tuple of (str, str)
        What the taxonomy has no intervention for, and a phrase by which it is known.
    areas : mapping of str to str
        The areas of focus, and what each was called in 2021.
    settings : mapping of str to float
        Every number that decides.
    label : str
        The package and its version.
    """

    interventions: tuple[Intervention, ...]
    keywords: tuple[Keyword, ...]
    hints: tuple[Hint, ...]
    abbreviations: tuple[tuple[str, str, bool], ...]
    outside: tuple[tuple[str, str], ...]
    areas: Mapping[str, str]
    settings: Mapping[str, float]
    label: str

    def __repr__(self) -> str:
        return one_line(self, f"{self.label}, {len(self.interventions)} interventions")

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all interventions, in their order."""
        return tuple(each.id for each in self.interventions)

    @cached_property
    def _by_id(self) -> dict[str, Intervention]:
        return {each.id: each for each in self.interventions}

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __getitem__(self, id: str) -> Intervention:
        """Return an intervention by its id; KeyError where there is none."""
        return self._by_id[id]

    @property
    def table(self) -> pd.DataFrame:
        """The interventions as a data frame, one row each; what each selects is divided by ``;``."""
        rows = [
            {"intervention": each.id, "area_of_focus": each.area_of_focus, "family": each.family, "name": each.name,
             "definition": each.definition, "question": each.question, "effect": each.effect, "sign": each.sign,
             "computable": each.computable, "needed_to_quantify": each.needed_to_quantify,
             "selects": ";".join(each.selects)}
            for each in self.interventions
        ]  # fmt: skip
        return pd.DataFrame(rows)


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """Return the taxonomy of interventions that ships with nhscarbon.

    Returns
    -------
    Taxonomy

    Raises
    ------
    IntegrityError
        If the package is not the one that was released, or a row of it means nothing.

    Examples
    --------
    >>> taxonomy()["led"].name, taxonomy()["led"].selects
    ('LED lighting', ('theme:electricity',))
    """
    package: DataPackage = load_pinned(data_root(), ROOM, PACKAGE)
    rows = package.rows("interventions.csv")
    selects: dict[str, list[str]] = {}
    for row in package.rows("selectors.csv"):
        selects.setdefault(row["intervention"], []).append(row["selector"])
    made = Taxonomy(
        interventions=tuple(
            Intervention(
                id=row["intervention"], area_of_focus=row["area_of_focus"], family=row["family"], name=row["name"],
                definition=row["definition"], question=row["question"], effect=_effect(row), sign=int(row["sign"]),
                enabling=row["enabling"] == "yes", computable=row["computable"],
                needed_to_quantify=row["needed_to_quantify"], selects=tuple(selects.get(row["intervention"], ())),
            )
            for row in rows
        ),
        keywords=tuple(
            Keyword(row["intervention"], row["role"], row["phrase"]) for row in package.rows("keywords.csv")
        ),
        hints=tuple(
            Hint(row["where"], row["phrase"], row["points_to"], row["kind"]) for row in package.rows("hints.csv")
        ),
        abbreviations=tuple(
            (row["short"], row["long"], row["kind"] == "capitals") for row in package.rows("abbreviations.csv")
        ),
        outside=tuple((row["what"], row["phrase"]) for row in package.rows("not_in_taxonomy.csv")),
        areas={row["area_of_focus"]: row["area_of_focus_2021"] for row in package.rows("areas.csv")},
        settings={row["setting"]: float(row["value"]) for row in package.rows("settings.csv")},
        label=package.label,
    )  # fmt: skip
    refuse(package.label, _faults(made, selects))
    return made


def _effect(row: Mapping[str, str]) -> str:
    """Return the kind of effect; what works on the market basis keeps its name, so that nobody books it."""
    return ENABLING if row["effect"] == "none" else row["effect"]


def _faults(made: Taxonomy, selects: Mapping[str, object]) -> list[str]:
    """Return what in the package means nothing."""
    families = {each.family for each in made.interventions}
    known = {"intervention": set(made.ids), "family": families, "area": set(made.areas)}
    faults = [f"{each.id}: unknown area '{each.area_of_focus}'" for each in made.interventions
              if each.area_of_focus not in made.areas]  # fmt: skip
    faults += [f"{each.id}: unknown effect '{each.effect}'" for each in made.interventions
               if each.effect not in (*EFFECTS, ENABLING)]  # fmt: skip
    faults += [f"selectors: unknown intervention '{id}'" for id in selects if id not in made]
    faults += [f"'{each.phrase}': unknown intervention or role" for each in made.keywords
               if each.intervention not in made or each.role not in ROLES]  # fmt: skip
    faults += [f"hint '{each.phrase}' points to nothing" for each in made.hints
               if each.where not in WHERE or each.points_to not in known.get(each.kind, ())]  # fmt: skip
    return faults
