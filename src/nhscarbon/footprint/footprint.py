"""The footprint: a small table of rows that can each be multiplied by hand, and what is read off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

import pandas as pd

from nhscarbon.activity.activity import Source
from nhscarbon.checks.answers import Answer, joined, said_once
from nhscarbon.checks.short_activities import short_activities
from nhscarbon.checks.theme_coverage import coverage_table
from nhscarbon.checks.theme_evidence import ThemeEvidence
from nhscarbon.errors import UsageError
from nhscarbon.findings import Findings, in_order_of_severity
from nhscarbon.footprint.adding import refuse_other, refuse_same, refuse_shared, twice
from nhscarbon.footprint.both_footprints import Counted
from nhscarbon.footprint.explain import Explanation, explained
from nhscarbon.footprint.factor_lines import sent_lines
from nhscarbon.footprint.grouping import refuse_none
from nhscarbon.footprint.label import coverage_label
from nhscarbon.footprint.on_map import OnMap, by_reporter
from nhscarbon.footprint.selection import Selection, findings_of, said, select, selected_of, words_of
from nhscarbon.footprint.summary import Stamp, Summary, summarise
from nhscarbon.footprint.summary_text import as_html, as_text
from nhscarbon.footprint.working import Working
from nhscarbon.methods.boundaries import known_boundary
from nhscarbon.sums.sum_source import files_of
from nhscarbon.version import __version__


@dataclass(frozen=True, eq=False, repr=False)
class Footprint(Working):
    """Tonnes with their whole working.

    Attributes
    ----------
    method : Methodology
    sums : Totals
        Quantities by organisation, NHS year, activity, unit, geography and tier.
    resolutions : Mapping[FactorKey, Resolution]
        The factors of each distinct key.
    findings : Findings
        What was met on the way: nothing in it refused.
    sources : tuple of Activity or files
        The rows that were summed, for `lines`; none of partial sums.
    keep : tuple of str
        Further columns that were kept.
    summed_files : tuple of (name, SHA-256)
        The files that partial sums came from.
    boundary : str
        The boundary that its kind of source is about, where it is not the main total: of a ledger.
    packages : Mapping[str, str]
        The packages outside the methodology's digest that decided what was checked, by label, with their SHA-256.
    answers : tuple of Answer
        The answers table that was given.
    themes : ThemeEvidence
        What the return says of its themes beside the rows, for `coverage`.
    mapping : Mapping[str, str]
        The SHA-256 of each mapping that was applied, by its name.
    on_map : OnMap or None
        The level and the map that a roll-up put the organisations on; None where they are as reported.
    part_of : str
        Of a part that `filter` took, the hash of the whole that it is of.
    selected : tuple of (str, tuple of str)
        The words, other than of the organisation and NHS year, that `filter` left.
    """

    findings: Findings
    sources: tuple[Source, ...]
    keep: tuple[str, ...] = ()
    summed_files: tuple[tuple[str, str], ...] = ()
    boundary: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    themes: ThemeEvidence = field(default_factory=ThemeEvidence)
    mapping: Mapping[str, str] = field(default_factory=dict)
    on_map: OnMap | None = None
    part_of: str = ""
    selected: Selection = ()

    @property
    def coverage(self) -> pd.DataFrame:
        """What the return covers: one row for each theme of each organisation and NHS year; each call a new frame.

        Columns as in `nhscarbon.checks.theme_coverage.coverage_table`: the answer and its reason, the months that are
        given, and the share of the tonnes that is estimated. Of a roll-up there are rows for each that reported.
        """
        return self._coverage.drop(columns=["kgco2e", "estimated_kgco2e"])

    @cached_property
    def _coverage(self) -> pd.DataFrame:
        return coverage_table(by_reporter(self.sums), self.resolutions, self.method, self.themes)

    @cached_property
    def _short(self) -> pd.DataFrame:
        """The themes of which a large activity lacks months that another year has; a part keeps it."""
        return short_activities(self.themes, by_reporter(self.sums), self.resolutions, self.method)

    def label(self, boundary: str | None = None) -> str:
        """Return the name of a total with what it covers.

        Parameters
        ----------
        boundary : str, optional
            The methodology's main total when left out.

        Returns
        -------
        str
            "NHS Carbon Footprint" where every theme of it has an answer; else what it leaves out is said.

        Raises
        ------
        UsageError
            If the methodology has no such boundary.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
        >>> footprint.label(), footprint.label("nhs_carbon_footprint_plus")
        ('NHS Carbon Footprint, partial: 4 of 10 themes', 'NHS Carbon Footprint Plus, not sent')
        """
        boundary = self.method.headline if boundary is None else boundary
        known_boundary(boundary, self.method)
        return coverage_label(self._coverage, boundary, self.method)

    @property
    def labels(self) -> dict[str, str]:
        """The label of each boundary."""
        return {name: self.label(name) for name in self.method.boundaries}

    def filter(self, **where: str | Sequence[str]) -> Footprint:
        """Return the part of the footprint that has some words.

        Parameters
        ----------
        **where : str or sequence of str
            Columns of the table, such as ``period="2023/24"`` or ``organisation=["RTG", "RFS"]``. Of a word of the
            factor, such as ``theme="water"``, the factor lines that have it are left.

        Returns
        -------
        Footprint
            Whose total is the sum of the rows that fit. The rows as they were sent stay with the whole, and so do
            findings about other organisations or NHS years.

        Raises
        ------
        UsageError
            If there is no such column, or no row fits.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
        >>> water = footprint.filter(theme="water").total()
        >>> bool(water == footprint.by("theme").set_index("theme")["tco2e"]["water"])
        True
        """
        words = words_of(where, tuple(self.sums.columns))
        sums, resolutions, themes = select(self.sums, self.resolutions, replace(self.themes, short=self._short), words)
        return replace(
            self, sums=sums, resolutions=resolutions, themes=themes, findings=findings_of(self.findings, sums),
            sources=(), summed_files=(),
            part_of=self.part_of or self.sums.sha256, selected=(*self.selected, *selected_of(words)),
        )  # fmt: skip

    def lines(self, **where: str) -> pd.DataFrame:
        """Return the rows as they were sent, each with its factors and kgCO2e.

        Parameters
        ----------
        **where : str
            Columns and the word each must have, such as ``organisation="RR8"``.

        Returns
        -------
        pandas.DataFrame
            One row per sent row and factor, with the row number in the file.

        Raises
        ------
        UsageError
            If there is no such column, or nothing fits.
        """
        if not self.sources:
            raise UsageError(
                "partial sums and parts of a footprint hold no rows",
                advice="See the lines of the whole, calculated from the table or its files.",
            )
        found = sent_lines(self.sources, self.method, self.resolutions, keep=self.keep, where=where)
        refuse_none(len(found), where)
        return found

    def explain(self, **where: str) -> Explanation:
        """Show the working of one row of the table, down to the publisher's cell.

        Parameters
        ----------
        **where : str
            Columns of the table and the word each must have, such as
            ``activity="energy.natural_gas"``; the largest row that fits is shown.

        Returns
        -------
        Explanation
            Prints as a worked calculation.

        Raises
        ------
        UsageError
            If there is no such column, or no row fits.
        """
        self.known(where)
        columns = {name: self._column(name) for name in where}
        return explained(self.sums, self.factor_lines, self.rows, {name: str(word) for name, word in where.items()},
                         columns, self.method)  # fmt: skip

    @cached_property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The name and SHA-256 of each file that the rows came from; large files are read for it once more."""
        return (*self.summed_files, *files_of(self.sources))

    @property
    def stamp(self) -> Stamp:
        """The methodology's digest, the code's version and the input's hash."""
        return Stamp(
            methodology=self.method.id, status=self.method.status, methodology_digest=self.method.digest,
            code_version=__version__, input_sha256=self.sums.sha256,
            file_sha256=tuple(sorted({sha256 for _, sha256 in self.files if sha256})),
            rows=int(self.sums.rows.sum()), packages=dict(self.packages), mapping=dict(self.mapping),
        )  # fmt: skip

    @property
    def totals(self) -> dict[str, float | None]:
        """Tonnes by boundary [tCO2e] of one NHS year; None where a boundary cannot be totalled, else as `total`."""
        return {name: None if self.missing_components(name) else self.total(name) for name in self.method.boundaries}

    @cached_property
    def totals_by_year(self) -> dict[str, dict[str, float | None]]:
        """Tonnes by NHS year and boundary [tCO2e]; years are never added."""
        if len(self.periods) < 2:
            return dict.fromkeys(self.periods, self.totals)
        return {year: self.filter(period=year).totals for year in self.periods}

    def __add__(self, other: Footprint) -> Footprint:
        if not isinstance(other, Footprint):
            return NotImplemented
        refuse_other((self.method, other.method), ((self.keep, self.selected), (other.keep, other.selected)),
                     (str(self.on_map or ""), str(other.on_map or "")))  # fmt: skip
        refuse_same((self.files, other.files), (self.sources, other.sources))
        if self.part_of or other.part_of:
            refuse_shared((self.sums, other.sums), one_whole=self.part_of == other.part_of)
        sums = self.sums + other.sums
        repeated = twice(sums, (self.sums, other.sums), self.method)
        parts = [self.findings, other.findings]
        found = [each for part in (said_once(parts) if self.answers == other.answers else parts) for each in part]
        return replace(
            self,
            sums=sums,
            resolutions={**self.resolutions, **other.resolutions},
            findings=in_order_of_severity([*found, *repeated], self.findings.rows + other.findings.rows),
            sources=(*self.sources, *other.sources) if self.sources and other.sources else (),
            summed_files=() if self.sources and other.sources else (*self.files, *other.files),
            boundary=self.boundary or other.boundary,
            packages={**self.packages, **other.packages},
            answers=joined([self.answers, other.answers]),
            themes=self.themes + other.themes,
            mapping={**self.mapping, **other.mapping},
        )

    def __radd__(self, other: object) -> Footprint:
        return self if other == 0 else NotImplemented  # so that sum() works

    def _title(self) -> str:
        who, years = (self.sums.columns[name].labels for name in ("organisation", "period"))
        body = who[0] if len(who) == 1 else f"{len(who):,} organisations"
        span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}" if years else "no year"
        where = f", {self.on_map}" if self.on_map is not None else ""
        return f"Footprint of {body}, {span}{said(self.selected)}{where}, by {self.method.id} ({self.method.status})"

    def _about(self) -> dict[str, object]:
        totals = self.totals_by_year if len(self.periods) > 1 else self.totals
        return {"stamp": asdict(self.stamp), "totals_tco2e": totals, "labels": self.labels}

    def summary(self) -> Summary:
        """Return what is said of the footprint at a glance."""
        counted = Counted(self.sums, self.factor_lines, self.resolutions, self.method, self._coverage)
        return summarise(
            counted, title=self._title(), about=self.boundary, findings=self.findings, stamp=self.stamp
        )  # fmt: skip

    def __str__(self) -> str:
        return as_text(self.summary())

    def _repr_html_(self) -> str:
        return as_html(self.summary())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Footprint):
            return NotImplemented
        mine, others = ((each.method.digest, each.selected, each.sums.sha256) for each in (self, other))
        return mine == others

    __hash__ = None  # type: ignore[assignment]
