"""The result of `nhscarbon.monitor`: where each organisation and the system stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import boundary_name
from nhscarbon.footprint.summary import Stamp
from nhscarbon.output.results import TableResult
from nhscarbon.output.tables import screen_table
from nhscarbon.output.text import SCREEN_LINES, screen, wrap
from nhscarbon.trajectory.monitoring.basis import Basis
from nhscarbon.trajectory.monitoring.causes import causes
from nhscarbon.trajectory.monitoring.members import Members
from nhscarbon.trajectory.monitoring.standing import NAN, Standing
from nhscarbon.trajectory.monitoring.theme_years import ThemeYears
from nhscarbon.trajectory.monitoring.thresholds import STATUSES
from nhscarbon.trajectory.monitoring.year_to_date import year_to_date
from nhscarbon.trajectory.targets.target_path import TargetPath

SERIES = ("organisation", "boundary", "period", "tco2e", "total_tco2e", "complete", "allowance_tco2e", "themes",
          "of_themes", "supplied")  # fmt: skip
Place = tuple[str, str]  # organisation, boundary


@dataclass(frozen=True, eq=False, repr=False)
class Monitor(TableResult):
    """Where organisations, and the system that they make, stand against their paths.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each organisation and boundary: ``organisation``, ``boundary``, ``period`` (the NHS year that is
        judged), ``complete``, ``tco2e`` (of the themes that are judged), ``allowance_tco2e``, ``gap_tco2e`` (above
        zero: over the path), ``gap_years`` (above zero: behind it), ``required_percent`` and ``pace_percent``
        [% a year], ``crossing_period`` (the NHS year in which the pace meets the path; empty where it does not),
        ``status`` (``on_track``, ``watch``, ``off_track`` or ``cannot_say``) and ``why``, in sentences.
    basis : Basis
        Targets, base year, inventory and the shape of the paths.
    footprint : Footprint
        What was judged: the years from the base on.
    stamp : Stamp
        Of the footprint as it was given.
    members : Members
        Whose tonnes count as whose.
    standings : Mapping of (organisation, boundary) to Standing
    theme_years : Mapping of boundary to ThemeYears
    base : SuppliedFootprint or None
        The totals of the base year from outside.
    names : Mapping of organisation to its name
        Of those that the release of organisations holds.
    restate : str
        The day on whose map all years are; empty where each is as reported.
    notes : tuple of str
    """

    basis: Basis
    footprint: Footprint
    stamp: Stamp
    members: Members
    standings: Mapping[Place, Standing]
    theme_years: Mapping[str, ThemeYears]
    base: SuppliedFootprint | None
    names: Mapping[str, str]
    restate: str
    notes: tuple[str, ...]
    _sentences: pd.DataFrame

    @property
    def sentences(self) -> pd.DataFrame:
        """What ``why`` is made of: organisation, boundary, kind and text, in the order in which they are read.

        Kinds: ``status``, ``gap``, ``years``, ``window``, ``pace``, ``crossing``, ``themes``, ``latest``, ``left_out``.
        """
        return self._sentences.copy()

    @property
    def readings(self) -> pd.DataFrame:
        """Both readings of a window of years: one row for each organisation, boundary and reading.

        ``target``, ``reading`` (``end`` of the window or its ``first`` year; the first row of an organisation is the
        one that decides the status), ``due`` (the year), ``cut_percent`` (on the base), ``allowance_tco2e``,
        ``gap_tco2e``, ``gap_percent`` (of the allowance), ``gap_years``, ``required_percent`` and ``status``.
        """
        years = self.members.years
        rows = [
            {"organisation": organisation, "boundary": boundary, "period": years[found.year], **asdict(each)}
            for (organisation, boundary), found in self.standings.items() for each in found.readings
        ]  # fmt: skip
        names = ["organisation", "boundary", "period", "target", "kind", "reading", "due", "cut_percent",
                 "allowance_tco2e", "gap_tco2e", "gap_percent", "gap_years", "required_percent", "status"]  # fmt: skip
        frame = pd.DataFrame(rows, columns=[name for name in names if name != "gap_percent"])
        share = 100 * frame["gap_tco2e"] / frame["allowance_tco2e"].where(frame["allowance_tco2e"] != 0)
        found: pd.DataFrame = frame.assign(gap_percent=share)[names]
        return found

    @cached_property
    def _series(self) -> pd.DataFrame:
        held, years, paths = self.members, self.members.years, self.paths
        place = {organisation: at for at, organisation in enumerate(held.judged)}
        whole = {name: each.whole(held) for name, each in self.theme_years.items()}
        rows: list[tuple[object, ...]] = []
        for (organisation, boundary), found in self.standings.items():
            at, inside = place[organisation], self.theme_years[boundary]
            judged = found.themes if found.themes.any() else inside.answered[at].any(axis=0)
            tonnes, every = inside.tco2e[at][:, judged].sum(axis=1), inside.tco2e[at].sum(axis=1)
            complete = whole[boundary][at] & inside.answered[at][:, judged].all(axis=1) & bool(judged.any())
            path, given = paths.get((organisation, boundary)), organisation in held.supplied
            for year in np.flatnonzero(held.present[at]).tolist():
                number = int(years[year][:4])
                allowed = NAN if path is None or number < int(path.years[0]) else path.at(number)
                rows.append((
                    organisation, boundary, years[year], float(tonnes[year]), float(every[year]), bool(complete[year]),
                    allowed, int(judged.sum()), len(inside.themes), given and year == held.senders.base,
                ))  # fmt: skip
        return pd.DataFrame(rows, columns=list(SERIES))

    @property
    def series(self) -> pd.DataFrame:
        """The years of each organisation and boundary that anything was sent of.

        ``tco2e`` of the themes that are judged, ``total_tco2e`` of all that were sent, ``complete`` (whether the year
        is whole and answers the themes that are judged; a part of a year is no point of a line), ``allowance_tco2e``,
        ``themes`` and ``of_themes``, and ``supplied``, whether the year is known as totals from outside.
        """
        return self._series.copy()

    @cached_property
    def paths(self) -> Mapping[Place, TargetPath]:
        """The path of each organisation and boundary that has a base, from the base of the themes that are judged."""
        held = {}
        at = self.members.years.index(self.basis.base_period)
        for (organisation, boundary), found in self.standings.items():
            if found.readings:
                path = self.basis.path(boundary, float(found.series[at]))
                held[organisation, boundary] = replace(path, organisations=self.members.who_makes(organisation))
        return held

    def themes(self, organisation: str, boundary: str) -> tuple[str, ...]:
        """Return the themes that are judged: those that are answered in every complete year from the base on."""
        found, names = self.standings[organisation, boundary], self.theme_years[boundary].themes
        return tuple(name for name, judged in zip(names, found.themes.tolist(), strict=True) if judged)

    @cached_property
    def _year_to_date(self) -> pd.DataFrame:
        return year_to_date(self.footprint, self.members, self.theme_years)

    @property
    def year_to_date(self) -> pd.DataFrame:
        """Years that are not over, beside the same months of the year before; see `year_to_date`."""
        return self._year_to_date.copy()

    @cached_property
    def _causes(self) -> pd.DataFrame:
        return causes(self.footprint, self.members, self.standings, self.theme_years, self.base, restate=self.restate)

    @property
    def causes(self) -> pd.DataFrame:
        """What changed by cause since the base year and since the complete year before; calculated when asked for.

        See `nhscarbon.trajectory.monitoring.causes.causes`.
        """
        return self._causes.copy()

    def __str__(self) -> str:
        title, notes = wrap(self._title()), [part for note in self._notes() for part in wrap(note)]
        alone = len(self.members.judged) == 1  # of one organisation there is room for what is said
        tail = [line for text in (self._sentences["text"] if alone else []) for line in wrap(str(text))]
        frame = self._table.assign(
            footprint=[boundary_name(name).removeprefix("NHS ") for name in self._table["boundary"]]
        )[["organisation", "footprint", "period", "tco2e", "allowance_tco2e", "gap_tco2e", "status"]]
        frame = frame.rename(columns={"allowance_tco2e": "path_tco2e"})
        room = SCREEN_LINES - len(title) - len(notes) - len(tail)
        return screen([*title, *screen_table(frame, room), *tail, *notes])

    def _title(self) -> str:
        counts = self._table["status"].value_counts()
        said = ", ".join(f"{counts[status]} {status}" for status in STATUSES if status in counts.index)
        return f"Monitor against {self.basis.plan.plan} since {self.basis.base_year}: {said}"

    def _about(self) -> dict[str, object]:
        return {
            "stamp": asdict(self.stamp), "targets": self.basis.plan.plan, "base_year": self.basis.base_year,
            "inventory": {name: self.basis.inventory_of(name) for name in self.theme_years},
            "shape": self.basis.shape, "reading": self.basis.reading, "residual": self.basis.residual,
            "restate": self.restate,
        }  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        return self.notes
