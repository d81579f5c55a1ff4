"""What a report is made of, and what is worked out of it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from nhscarbon.analysis.uncertainty.uncertainty import uncertainty
from nhscarbon.footprint.both_footprints import both
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import CORE, boundary_name
from nhscarbon.footprint.summary import Summary
from nhscarbon.output.tables import places_for
from nhscarbon.output.text import in_title_case
from nhscarbon.reporting.report.document import Column
from nhscarbon.trajectory.monitoring.result import Monitor

INTERVAL = ("low", "high")
BETWEEN = "Low to high is the likely range (95 % interval)."
CUT = "NHS Carbon "  # what a short name of the Plus leaves out


@dataclass(frozen=True)
class ReportRequest:
    """What a report is made of, and what is worked out of it once.

    Attributes
    ----------
    footprint : Footprint
        Of the NHS year that is shown, where there are several: years are compared, and never added.
    whole : Footprint
        All of it, for the evidence.
    boundary : str
        That was asked for beside both footprints; empty where none was.
    names : Mapping[str, str]
        Of organisations, as far as they are known.
    draws, seed : int
        Of the intervals.
    title : str
        The organisation as its readers know it; empty for its name in the release.
    before : Footprint or None
        The year that it is compared with.
    found : Monitor or None
        Where each organisation stands.
    parts : Mapping[str, str]
        Why each NHS year is not whole; empty where it is.
    """

    footprint: Footprint
    whole: Footprint
    boundary: str
    names: Mapping[str, str]
    draws: int
    seed: int
    title: str = ""
    before: Footprint | None = None
    found: Monitor | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def summary(self) -> Summary:
        """What is said of the year that is shown."""
        return self.footprint.summary()

    @cached_property
    def all_years(self) -> Summary:
        """What is said of all of it."""
        return self.whole.summary()

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The boundaries side by side: both footprints, and what was asked for beside them."""
        two = both(self.footprint.method)
        return (*two, *(name for name in [self.boundary] if name and name not in two))

    @cached_property
    def sent(self) -> tuple[str, ...]:
        """Those of them that have a total in the year that is shown."""
        return tuple(name for name in self.shown if not self.summary.total_in_words(name, self.year))

    @cached_property
    def main(self) -> str:
        """The boundary that pictures are of: what was asked for, else the widest that was sent; empty without one."""
        if self.boundary:
            return self.boundary if self.boundary in self.sent else ""
        return self.sent[-1] if self.sent else ""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to show of the boundary that was asked for, or of any."""
        return not self.main

    @cached_property
    def year(self) -> str:
        """The NHS year that is shown; empty where nothing was sent."""
        return self.footprint.periods[-1] if self.footprint.periods else ""

    @cached_property
    def places(self) -> int:
        """Decimals of tonnes: one at least."""
        return places_of(max((abs(self.total(name)) for name in self.sent), default=0.0))

    def total(self, boundary: str) -> float:
        """Return the tonnes of the year that is shown [tCO2e]; 0 where there is no total."""
        return self.summary.totals[self.year][boundary] or 0.0

    def tonnes(self, boundary: str = "") -> Column:
        """Return the column of a boundary's tonnes."""
        name = f"{short_name(boundary)} [tCO2e]" if boundary else "tCO2e"
        return Column(name, "number", self.places)

    @property
    def interval(self) -> tuple[Column, Column]:
        """The columns of an interval."""
        return Column("low [tCO2e]", "number", self.places), Column("high [tCO2e]", "number", self.places)

    def intervals(self, *columns: str, boundary: str) -> pd.DataFrame:
        """Return intervals by any columns; each is drawn once."""
        key = (boundary, *columns)
        if key not in self._drawn:
            found = uncertainty(self.footprint, *columns, boundary=boundary, draws=self.draws, seed=self.seed)
            self._drawn[key] = found.table
        return self._drawn[key]

    @cached_property
    def _drawn(self) -> dict[tuple[str, ...], pd.DataFrame]:
        return {}

    def name_of(self, code: str) -> str:
        """Return an organisation's name, or its code where that is not known."""
        name = self.names.get(code, "")
        return in_title_case(name) if name else code

    def body(self, code: str) -> str:
        """Return an organisation's name with its code."""
        name = self.name_of(code)
        return f"{name} ({code})" if name != code else code

    def in_labels(self, words: str) -> str:
        """Return words with the labels of activities for their codes."""
        activities = self.whole.method.catalogue.activities
        return " ".join(activities[word].label if word in activities else word for word in words.split(" "))

    @cached_property
    def who(self) -> str:
        """Whose footprint it is."""
        codes = self.footprint.sums.columns["organisation"].labels
        return self.title or (self.body(codes[0]) if len(codes) == 1 else f"{len(codes):,} organisations")

    @cached_property
    def when(self) -> str:
        """Of which NHS years."""
        years = self.whole.sums.columns["period"].labels
        return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}" if years else "no year"


def places_of(value: float) -> int:
    """Return how many decimals an analyst sees of tonnes of a size: one at least.

    >>> places_of(58_296.0), places_of(0.4)
    (1, 3)
    """
    return max(places_for(value), 1)


def short_name(boundary: str) -> str:
    """Return the name of a boundary in the header of a column.

    >>> short_name("nhs_carbon_footprint"), short_name("nhs_carbon_footprint_plus")
    ('NHS Carbon Footprint', 'Footprint Plus')
    """
    name = boundary_name(boundary)
    return name.removeprefix(CUT) if boundary != CORE else name
