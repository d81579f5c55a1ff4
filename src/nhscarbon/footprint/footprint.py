"""The footprint: a small table of rows that can each be multiplied by hand, and what is read off it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.activity import Source
from nhscarbon.activity.columns import Column
from nhscarbon.checks.answers import Answer, joined, said_once
from nhscarbon.checks.double_counting import between
from nhscarbon.checks.theme_coverage import coverage_table
from nhscarbon.checks.theme_evidence import ThemeEvidence
from nhscarbon.checks.totals import Totals, text
from nhscarbon.errors import MixedMethodError, UsageError
from nhscarbon.findings import Findings, in_order_of_severity
from nhscarbon.footprint.both_footprints import Counted
from nhscarbon.footprint.explain import Explanation, explanation
from nhscarbon.footprint.factor_lines import FACTOR_WORDS, FactorLines, Rows, as_frame, expand, factor_lines, sent_lines
from nhscarbon.footprint.grouping import group_tonnes, refuse_none, refuse_unknown
from nhscarbon.footprint.label import coverage_label
from nhscarbon.footprint.not_counted import without_factor
from nhscarbon.footprint.summary import Stamp, Summary, summarise
from nhscarbon.footprint.summary_text import as_html, as_text
from nhscarbon.methods.boundaries import known_boundary, lines_inside, missing_components, refuse_blocked
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import Result
from nhscarbon.sums.sum_source import files_of
from nhscarbon.version import __version__


@dataclass(frozen=True, eq=False, repr=False)
class Footprint(Result):
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
    """

    method: Methodology
    sums: Totals
    resolutions: Mapping[FactorKey, Resolution]
    findings: Findings
    sources: tuple[Source, ...]
    keep: tuple[str, ...] = ()
    summed_files: tuple[tuple[str, str], ...] = ()
    boundary: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    themes: ThemeEvidence = field(default_factory=ThemeEvidence)
    mapping: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def factor_lines(self) -> FactorLines:
        """The factor lines of the cells' keys."""
        return factor_lines(*self.sums.keyed, self.resolutions)

    @cached_property
    def rows(self) -> Rows:
        """The table as places and arrays; `table` is the same with its words."""
        return expand(self.factor_lines, self.sums.quantity)

    @property
    def table(self) -> pd.DataFrame:
        """One row per group and factor: ``quantity * conversion * factor == kgco2e``.

        `quantity` is in `unit`, `conversion` in the factor's unit per `unit`, `factor` in kgCO2e per
        `factor_unit`; `package` and `locator` name the publication and the cell. Words are categories.
        Each call returns a frame of its own, so that editing it changes no result.
        """
        return as_frame(self.sums.columns, self.sums.quantity, self.factor_lines, self.rows)

    @cached_property
    def not_counted(self) -> pd.DataFrame:
        """What was sent but has no published factor: its quantities and the reason."""
        return without_factor(self.sums, self.resolutions)

    @property
    def coverage(self) -> pd.DataFrame:
        """What the return covers: one row for each theme of each organisation and NHS year; each call a new frame.

        Columns as in `nhscarbon.checks.theme_coverage.coverage_table`: the answer and its reason, the months that are
        given, and the share of the tonnes that is estimated.
        """
        return self._coverage.drop(columns=["kgco2e", "estimated_kgco2e"])

    @cached_property
    def _coverage(self) -> pd.DataFrame:
        return coverage_table(self.sums, self.resolutions, self.method, self.themes)

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

    def total(self, boundary: str | None = None) -> float:
        """Return the tonnes inside a boundary.

        Parameters
        ----------
        boundary : str, optional
            Such as ``"nhs_carbon_footprint"``; the methodology's main total when left out.

        Returns
        -------
        float
            [tCO2e], unrounded; the same bits whatever the order of the rows.

        Raises
        ------
        UsageError
            If the methodology has no such boundary.
        BoundaryError
            If a component that the boundary needs was not published for some row.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
        >>> round(footprint.total("scope_1"), 1) > 0
        True
        """
        _, kgco2e = group_tonnes(self.sums, self.factor_lines, self.counted(boundary), ("activity", "component"))
        return math.fsum(kgco2e) / KG_PER_TONNE

    def by(self, *columns: str, boundary: str | None = None) -> pd.DataFrame:
        """Return the tonnes inside a boundary, by any columns of the table.

        Parameters
        ----------
        *columns : str
            Such as ``"theme"``, ``"scope"``, ``"organisation"``, ``"tier"``.
        boundary : str, optional
            The methodology's main total when left out.

        Returns
        -------
        pandas.DataFrame
            The columns asked for and ``tco2e``, in ascending order of the columns.

        Raises
        ------
        UsageError
            If there is no such column or boundary.
        BoundaryError
            As `total`.
        """
        self.known(columns)
        if len(set(columns)) < len(columns):
            raise UsageError(f"a column is named twice: {', '.join(columns)}")
        if not columns:
            return pd.DataFrame({"tco2e": [self.total(boundary)]})
        words, kgco2e = group_tonnes(self.sums, self.factor_lines, self.counted(boundary), columns)
        frame = pd.DataFrame({name: text(column) for name, column in words.items()})
        return frame.assign(tco2e=kgco2e / KG_PER_TONNE)

    def inside(self, boundary: str | None = None) -> NDArray[np.bool_]:
        """Return which rows of the table a boundary includes; raises as `total`."""
        return self.counted(boundary)[self.rows.line]

    def counted(self, boundary: str | None) -> NDArray[np.bool_]:
        """Return which factor lines a boundary includes; raises as `total`."""
        boundary = self.method.headline if boundary is None else boundary
        refuse_blocked(boundary, self.resolutions.values(), self.method)
        return lines_inside(boundary, self.factor_lines.lines, self.method)

    def missing_components(self, boundary: str) -> list[tuple[FactorKey, str]]:
        """Return the (key, component) pairs that a boundary needs and no publication has."""
        return missing_components(boundary, self.resolutions.values(), self.method)

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
            raise UsageError("partial sums hold no rows: calculate from the table or its files to see lines")
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
        fits = np.ones(len(self.rows.cell), np.bool_)
        for name, word in where.items():
            column = self._column(name, slice(None))
            fits &= np.array([label == str(word) for label in column.labels])[column.codes]
        places = np.flatnonzero(fits)
        refuse_none(len(places), where)
        row = places[np.abs(self.rows.kgco2e[places]).argmax()]
        one = replace(self.rows, cell=self.rows.cell[[row]], line=self.rows.line[[row]], kgco2e=self.rows.kgco2e[[row]])
        table = as_frame(self.sums.columns, self.sums.quantity, self.factor_lines, one)
        words = {str(name): table[name].iloc[0] for name in table.columns}
        return explanation(words, self.factor_lines.lines[self.rows.line[row]], self.method, others=len(places) - 1)

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
        """Tonnes by boundary [tCO2e]; None where `total` would refuse."""
        return {name: None if self.missing_components(name) else self.total(name) for name in self.method.boundaries}

    def __add__(self, other: Footprint) -> Footprint:
        if not isinstance(other, Footprint):
            return NotImplemented
        if self.method.digest != other.method.digest:
            raise MixedMethodError(
                f"footprints by {self.method.id} ({self.method.digest[:12]}) and {other.method.id} "
                f"({other.method.digest[:12]}) cannot be added: recalculate both with one methodology"
            )
        if self.keep != other.keep:
            raise UsageError("footprints that kept different columns cannot be added: recalculate with the same keep")
        same = [name for name, sha256 in self.files if sha256 and sha256 in {each for _, each in other.files}]
        same += ["one table" for a in self.sources for b in other.sources if a is b]
        if same:
            raise MixedMethodError(f"both footprints hold the same data ({same[0]}); added, it would count twice")
        sums = self.sums + other.sums
        twice = between(sums, (self.sums, other.sums), self.method)
        if refused := [finding for finding in twice if finding.refuses]:
            raise MixedMethodError(
                "added, these footprints would count twice: "
                + " ".join(finding.message for finding in refused)
                + " Calculate both sources together, the repeated rows left out or their sites named."
            )
        parts = [self.findings, other.findings]
        found = [each for part in (said_once(parts) if self.answers == other.answers else parts) for each in part]
        return replace(
            self,
            sums=sums,
            resolutions={**self.resolutions, **other.resolutions},
            findings=in_order_of_severity([*found, *twice], self.findings.rows + other.findings.rows),
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
        return f"Footprint of {body}, {span}, by {self.method.id} ({self.method.status})"

    def _about(self) -> dict[str, object]:
        return {"stamp": asdict(self.stamp), "totals_tco2e": self.totals, "labels": self.labels}

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
        return self.method.digest == other.method.digest and self.sums.sha256 == other.sums.sha256

    __hash__ = None  # type: ignore[assignment]

    def _column(self, name: str, rows: slice | NDArray[np.bool_]) -> Column:
        """Return a text column of the table, coded."""
        if name in self.sums.columns:
            column, place = self.sums.columns[name], self.rows.cell
        else:
            column, place = self.factor_lines.column(name), self.rows.line
        return Column(column.codes[place[rows]], column.labels)

    def known(self, columns: Iterable[str]) -> None:
        """Refuse columns of words that the table does not have, with the nearest name."""
        refuse_unknown(columns, (*self.sums.columns, *FACTOR_WORDS))
