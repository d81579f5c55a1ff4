"""The catalogue: which activities exist, where each is reported, and how evidence decides a tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from nhscarbon.methods.data_package import DataPackage
from nhscarbon.methods.factors import COMPONENTS, refuse
from nhscarbon.output.text import short_repr

TIERS = ("reduced", "standard", "optimal")
UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class CatalogueActivity:
    """One thing that can be measured: its code, its home and the components that a full total needs."""

    activity: str
    label: str
    theme: str
    category: str
    units: tuple[str, ...]
    components: tuple[str, ...]
    reversible: bool
    note: str

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class TierRule:
    """The tier that one kind of evidence earns up to a share of estimated values."""

    evidence: str
    estimated_share_to: float
    tier: str

    __repr__ = short_repr


@dataclass(frozen=True)
class Catalogue:
    """The activities, themes, renamed codes and tier rules of one edition."""

    label: str
    activities: Mapping[str, CatalogueActivity]
    themes: Mapping[str, str]
    reported_in: Mapping[tuple[str, str], str]
    ghg_protocol: Mapping[tuple[str, str], str]
    renamed: Mapping[str, str]
    tier_rules: tuple[TierRule, ...]
    __repr__ = short_repr

    @cached_property
    def folded(self) -> Mapping[str, str]:
        """Each code by its small letters."""
        return {code.casefold(): code for code in self.activities}

    @cached_property
    def squeezed(self) -> Mapping[str, str]:
        """Each code by its letters and digits alone; of two that are the same so, neither."""
        found: dict[str, set[str]] = {}
        for code in self.activities:
            found.setdefault(squeezed(code), set()).add(code)
        return {plain: min(codes) for plain, codes in found.items() if len(codes) == 1}

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        """Each code by its label in small letters; a label of two codes is of neither."""
        found: dict[str, set[str]] = {}
        for code, entry in self.activities.items():
            found.setdefault(" ".join(entry.label.split()).casefold(), set()).add(code)
        return {label: min(codes) for label, codes in found.items() if len(codes) == 1}

    def labelled(self, text: str) -> str:
        """Return the code whose label this is, whatever its case and spaces, or an empty text."""
        return self._labels.get(" ".join(text.split()).casefold(), "")

    def meant(self, text: str) -> str:
        """Return the code that a word is, as a code or as a label, in any case; an empty text where it is neither."""
        return self.folded.get(text.casefold()) or self.labelled(text)

    def theme_of(self, category: str, component: str) -> str:
        """Return the theme where a component of a category is reported."""
        return self.reported_in[category, component]

    @property
    def evidence_words(self) -> tuple[str, ...]:
        """The kinds of evidence that a tier rule knows."""
        return tuple(dict.fromkeys(rule.evidence for rule in self.tier_rules))


def squeezed(text: str) -> str:
    """Return the letters and digits of a text, in small letters.

    >>> squeezed("energy. natural-gas")
    'energynaturalgas'
    """
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def load_catalogue(package: DataPackage) -> Catalogue:
    """Read a catalogue package; `repeats.csv` may be absent, where a package of checks holds the rules.

    Raises
    ------
    IntegrityError
        If a code is repeated, a theme or component unknown, or a component has no theme to go to.
    """
    themes = {row["theme"]: row["label"] for row in package.rows("themes.csv")}
    reported_in = {(row["category"], row["component"]): row["theme"] for row in package.rows("categories.csv")}
    ghg_protocol = {
        (row["category"], row["component"]): row["ghg_protocol_category"] for row in package.rows("categories.csv")
    }
    rows = package.rows("activities.csv")
    activities = {row["activity"]: activity_of(row) for row in rows}
    renamed = {row["old"]: row["new"] for row in package.rows("renamed.csv")}
    tier_rules = tuple(
        TierRule(row["evidence"], float(row["estimated_share_to"]), row["tier"]) for row in package.rows("tiers.csv")
    )
    faults = [f"{len(rows) - len(activities)} activity codes are repeated"] if len(rows) > len(activities) else []
    for entry in activities.values():
        if entry.theme not in themes:
            faults.append(f"{entry.activity}: unknown theme '{entry.theme}'")
        for component in entry.components:
            if component not in COMPONENTS or (entry.category, component) not in reported_in:
                faults.append(f"{entry.activity}: no theme for ({entry.category}, {component})")
    faults += [f"({category}, {c}): unknown theme" for (category, c), t in reported_in.items() if t not in themes]
    faults += [f"{old} was renamed to the unknown {new}" for old, new in renamed.items() if new not in activities]
    known = {"", *map(str, range(1, 16))}
    faults += [
        f"{pair}: '{c}' is no GHG Protocol scope 3 category" for pair, c in ghg_protocol.items() if c not in known
    ]
    faults += [f"unknown tier '{rule.tier}'" for rule in tier_rules if rule.tier not in TIERS]
    refuse(package.label, faults)
    return Catalogue(package.label, activities, themes, reported_in, ghg_protocol, renamed, tier_rules)


def activity_of(row: Mapping[str, str]) -> CatalogueActivity:
    """Read one row of `activities.csv`."""
    return CatalogueActivity(
        activity=row["activity"],
        label=row["label"],
        theme=row["theme"],
        category=row["category"],
        units=tuple(filter(None, row["units"].split(";"))),
        components=tuple(filter(None, row["components"].split(";"))),
        reversible=row["reversible"] == "yes",
        note=row["note"],
    )
