"""What is told of one organisation in one boundary: what is missing of which year, its sentences and its row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nhscarbon.footprint.label import boundary_name
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.monitoring.basis import Basis
from nhscarbon.trajectory.monitoring.members import Members
from nhscarbon.trajectory.monitoring.senders import Flags
from nhscarbon.trajectory.monitoring.sentences import CLOSED, MEMBERS, MONTHS, NOTHING_SENT, sentences
from nhscarbon.trajectory.monitoring.standing import NAN, Standing, Years, standing
from nhscarbon.trajectory.monitoring.theme_years import ThemeYears
from nhscarbon.trajectory.monitoring.thresholds import thresholds
from nhscarbon.trajectory.monitoring.words import some
from nhscarbon.trajectory.targets.target_path import TargetPath


@dataclass(frozen=True, eq=False)
class Account:
    """One boundary of all that is judged, ready to be told.

    Attributes
    ----------
    basis : Basis
    members : Members
    inside : ThemeYears
    whole : bool array, shape (judged, years)
    paths : sequence of TargetPath
        From a base of 1 tCO2e; none where there is no target.
    labels : Mapping of theme to its label
    """

    basis: Basis
    members: Members
    inside: ThemeYears
    whole: Flags
    paths: Sequence[TargetPath]
    labels: Mapping[str, str]

    __repr__ = short_repr

    def standing(self, place: int) -> Standing:
        """Return where one that is judged stands."""
        held, inside = self.members, self.inside
        found = standing(
            Years(
                tuple(int(year[:4]) for year in held.years), self._base, inside.tco2e[place], inside.answered[place],
                self.whole[place], held.senders.over, inside.own,
            ),
            self.paths, thresholds(),
        )  # fmt: skip
        if found.reason == "base_missing" and held.present[place, self._base]:
            return replace(found, reason="base_incomplete")
        return found

    @property
    def _base(self) -> int:
        return self.members.senders.base

    def missing(self, place: int, year: int) -> str:
        """Say what is missing of a year: members, or months of themes; empty where it is whole."""
        held, by = self.members, self.members.senders
        if self.whole[place, year]:
            return ""
        silent = [by.codes[at] for at in held.who(place, year, came=False)]
        alone = silent == [held.judged[place]]
        said = [NOTHING_SENT if alone else MEMBERS.format(names=some(silent))] if silent else []
        sent = held.who(place, year, came=True)
        themes = [by.themes.index(theme) for theme in self.inside.themes]
        part: Flags = by.part[sent, year][:, themes]
        if part.any():
            names = [self.labels[self.inside.themes[at]] for at in np.flatnonzero(part.any(axis=0)).tolist()]
            months = int(by.months[sent, year][:, themes][part].min())
            short = [by.codes[sent[at]] for at in np.flatnonzero(part.any(axis=1)).tolist()]
            who = f" ({some(short)})" if len(sent) > 1 else ""
            said.append(MONTHS.format(months=months, themes=some(names), by=who))
        if not said:
            day = held.closed.get(held.judged[place], "")
            said = [CLOSED.format(name=held.judged[place], day=day) if day else NOTHING_SENT]
        return "; ".join(said)

    def sentences(self, place: int, found: Standing) -> Iterator[tuple[str, str]]:
        """Yield the kind and the text of each sentence."""
        held, base, year = self.members, self._base, found.year
        stopped = year if found.reason == "year_incomplete" else -1
        complete = [at for at in np.flatnonzero(self.whole[place]).tolist() if at > base]
        facts: dict[str, object] = {
            "base": self.basis.base_period, "year": held.years[year], "plan": self.basis.plan.plan,
            "answered": int(found.themes.sum()), "themes": len(self.inside.themes),
            "missing": self.missing(place, base if found.reason == "base_incomplete" else year),
            "latest": held.years[complete[-1]] if stopped >= 0 and complete else "",
        }  # fmt: skip
        there = held.present[place] | held.lacking[place]
        left_out = [
            (held.years[at], self.missing(place, at)) for at in range(base + 1, len(held.years))
            if there[at] and not self.whole[place, at] and at != stopped
        ]  # fmt: skip
        return sentences(
            found, footprint=boundary_name(self.inside.boundary), years=held.years, facts=facts, left_out=left_out,
            last=int(self.paths[0].years[-1]) if self.paths else 0, rules=thresholds(),
        )  # fmt: skip

    def row(self, place: int, found: Standing, why: str) -> tuple[object, ...]:
        """Return a row of the table of `Monitor`."""
        first = found.readings[0] if found.readings else None
        figures = (NAN,) * 4 if first is None else (
            first.allowance_tco2e, first.gap_tco2e, first.gap_years, first.required_percent
        )  # fmt: skip
        tonnes = NAN if found.reason == "not_sent" else float(found.series[found.year])
        if (
            math.isnan(tonnes) and found.complete and found.reason != "not_sent"
        ):  # nothing can be said, and yet this was sent
            answered = self.inside.answered[place, found.year]
            tonnes = float(self.inside.tco2e[place, found.year, answered].sum()) if answered.any() else NAN
        return (
            self.members.judged[place], self.inside.boundary, self.members.years[found.year], found.complete, tonnes,
            *figures, found.pace_percent, nhs_year(found.crossing) if found.crossing >= 0 else "", found.status, why,
        )  # fmt: skip
