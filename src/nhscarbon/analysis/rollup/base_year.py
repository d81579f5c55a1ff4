"""Base years: what mergers and methods do to them, when that matters, and every version kept."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from nhscarbon.analysis.rollup.base_year_versions import KINDS, Kind, Restatement, Version, row_of, rows_of, version_of
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.organisations.register import day_number
from nhscarbon.output import tables
from nhscarbon.output.files import write_whole
from nhscarbon.output.results import Result

THRESHOLD = (
    5.0  # percent; GHG Protocol, Base Year Recalculation Methodologies: a threshold is the reporter's own choice
)
NO_CHANGE = 1e-9  # tonnes; less than a milligram is arithmetic
FORMAT = 1
TCO2E = "tCO2e"


@dataclass(frozen=True, repr=False)
class BaseYear(Result):
    """A base year with every version of its series, and the changes that were logged; nothing is overwritten.

    Attributes
    ----------
    period : str
        The base year, such as ``2019/20``.
    boundary : str
    threshold_percent : float
        From which cumulative effect a recalculation is due.
    versions : tuple of Version
    changes : tuple of Restatement
        `against` names the version that each was measured against.
    """

    period: str
    boundary: str
    threshold_percent: float
    versions: tuple[Version, ...]
    changes: tuple[Restatement, ...] = ()

    @property
    def latest(self) -> Version:
        """The version that is in use."""
        return self.versions[-1]

    @property
    def pending(self) -> tuple[Restatement, ...]:
        """The changes since the latest version."""
        return tuple(change for change in self.changes if change.against == self.latest.number)

    def log(
        self,
        after: Footprint,
        *,
        kind: Kind,
        description: str,
        on: str,
        before: Footprint | None = None,
    ) -> BaseYear:
        """Return the base year with what a change does to each organisation in the log.

        Parameters
        ----------
        after : Footprint
            The base year (and more) with the change: restated to a later day, or by another methodology.
        kind : {"structure", "method", "error", "boundary"}
        description : str
            What changed, for the statement.
        on : str
            The day of the change.
        before : Footprint, optional
            The same without the change; the latest version when left out. It must be given where changes are
            pending, or they would be counted again.

        Returns
        -------
        BaseYear
            A new one; organisations that the change does not touch have no row.

        Raises
        ------
        UsageError
            If the kind is unknown, the base year is not in a source, or `before` is needed.
        """
        if kind not in KINDS:
            raise UsageError(f"a change is one of {', '.join(KINDS)}, not '{str(kind)[:40]}'")
        day_number(on)
        if before is None and self.pending:
            raise UsageError(
                f"{len(self.pending)} changes are pending against version {self.latest.number}: give `before`, the "
                "footprint without this change, or the pending ones would be counted again"
            )
        old = self._of_base(self.latest.rows if before is None else rows_of(before, self.boundary))
        new = self._of_base(rows_of(after, self.boundary))
        found = [
            Restatement(code, on, kind, description, old.get(code, 0.0), new.get(code, 0.0), self.latest.number)
            for code in sorted(old.keys() | new.keys())
            if abs(old.get(code, 0.0) - new.get(code, 0.0)) > NO_CHANGE
        ]
        return replace(self, changes=(*self.changes, *found))

    def recalculate(self, source: Footprint, *, reason: str, on: str) -> BaseYear:
        """Return the base year with a new version of the whole series; earlier ones stay as they are.

        Raises
        ------
        UsageError
            If the base year is not in the source.
        """
        day_number(on)
        version = version_of(len(self.versions) + 1, source, self.boundary, reason=reason, on=on)
        self._of_base(version.rows)
        return replace(self, versions=(*self.versions, version))

    def _of_base(self, rows: Iterable[tuple[str, str, float]]) -> dict[str, float]:
        found = {organisation: tco2e for organisation, period, tco2e in rows if period == self.period}
        if not found:
            raise UsageError(f"there is nothing of the base year {self.period} in this source")
        return found

    def significance(self) -> pd.DataFrame:
        """Return, for each organisation with pending changes, how much they are and whether a recalculation is due.

        Returns
        -------
        pandas.DataFrame
            ``organisation``, ``base_tco2e`` of the latest version, ``net_tco2e``, ``cumulative_percent`` (the sum of
            the changes without their signs, so that changes which hide one another are seen), ``due`` and ``why``. An
            organisation that has no base year yet, or one of 0 tonnes, has no percentage (NaN) and is due.
        """
        base = self._of_base(self.latest.rows)
        rows = []
        for code in sorted({change.organisation for change in self.pending}):
            effects = [change.effect_tco2e for change in self.pending if change.organisation == code]
            size = math.fsum(abs(effect) for effect in effects)
            has = abs(base.get(code, 0.0)) > NO_CHANGE
            percent = 100 * size / abs(base[code]) if has else math.nan
            due = not percent < self.threshold_percent
            rows.append(
                (code, base.get(code, math.nan), math.fsum(effects), percent, due, self._why(base, code, percent))
            )
        names = ["organisation", "base_tco2e", "net_tco2e", "cumulative_percent", "due", "why"]
        return pd.DataFrame(rows, columns=names)

    def _why(self, base: Mapping[str, float], code: str, percent: float) -> str:
        """Say on what an organisation was tested, or why it could not be."""
        version = f"version {self.latest.number} ({self.latest.on}, {self.latest.methodology})"
        if code not in base:
            return f"it has no base year in {version}"
        if math.isnan(percent):
            return f"its base year in {version} is 0 {TCO2E}, of which there is no percentage"
        return (f"changes since {version} add up to {percent:.1f} % of its {tables.tonnes(base[code])} {TCO2E}; the "
                f"threshold is {self.threshold_percent:g} %")  # fmt: skip

    @property
    def due(self) -> tuple[str, ...]:
        """The organisations whose base year must be recalculated."""
        table = self.significance()
        return tuple(table.loc[table["due"], "organisation"])

    def statement(self, organisation: str) -> str:
        """Draft what to say of an organisation's base year; a person signs it.

        Raises
        ------
        UsageError
            If no change of it is pending.
        """
        table = self.significance().set_index("organisation")
        if organisation not in table.index:
            raise UsageError(f"no change of the base year of '{organisation[:40]}' is pending")
        base, net = (float(table[word].loc[organisation]) for word in ("base_tco2e", "net_tco2e"))
        due, why = organisation in self.due, table["why"].loc[organisation]
        verdict = "Recalculation is due" if due else "Recalculation is not due"
        lines = [
            f"DRAFT. Base year {self.period} of {organisation}, {self.boundary}.",
            f"{verdict}: {why}.",
        ]
        for change in self.pending:
            if change.organisation == organisation:
                sign = "+" if change.effect_tco2e >= 0 else ""
                lines.append(f"  {change.on}  {change.kind}: {change.description}: "
                             f"{sign}{tables.tonnes(change.effect_tco2e)} {TCO2E}")  # fmt: skip
        kept = f"Version {self.latest.number} stays on record beside it."
        if math.isnan(base):
            lines.append(
                f"With these changes its base year is {tables.tonnes(net)} {TCO2E}. Put it on record: recalculate the "
                f"base year with all organisations on the same map and method. Until then no later year of "
                f"{organisation} can be compared with {self.period}. {kept}"
            )
        elif due:
            lines.append(f"The base year becomes {tables.tonnes(base + net)} {TCO2E}, and every later year is restated "
                         f"on the same terms. {kept}")  # fmt: skip
        else:
            lines.append("The base year stays as it is; these changes stay in the log and count towards the next test.")
        return "\n".join(lines)

    def _title(self) -> str:
        return (
            f"Base year {self.period}, {self.boundary}: {len(self.versions)} versions, {len(self.changes)} changes, "
            f"{len(self.pending)} of them pending"
        )

    def _about(self) -> dict[str, object]:
        names = ("number", "on", "reason", "map", "methodology", "digest")
        return {"versions": [{name: getattr(each, name) for name in names} for each in self.versions]}

    @property
    def table(self) -> pd.DataFrame:
        """Every version of the series, one row per version, organisation and period."""
        columns = ["version", "on", "reason", "map", "methodology", "organisation", "period", "tco2e"]
        rows = [(v.number, v.on, v.reason, v.map, v.methodology, *row) for v in self.versions for row in v.rows]
        return pd.DataFrame(rows, columns=columns)

    def save(self, path: str | Path) -> Path:
        """Write everything to a JSON file; one that is there may only be continued.

        Raises
        ------
        UsageError
            If the file holds a version or change that this base year does not begin with.
        """
        path = Path(path)
        if path.exists():
            before = load_base_year(path)
            kept = (
                (before.period, before.boundary) == (self.period, self.boundary)
                and self.versions[: len(before.versions)] == before.versions
                and self.changes[: len(before.changes)] == before.changes
            )
            if not kept:
                raise UsageError(f"'{path.name}' holds versions or changes that this base year does not continue: "
                                 "nothing on record is overwritten; choose another name")  # fmt: skip
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False, allow_nan=False)
        return write_whole(path, (text + "\n").encode(), overwrite=True)


def base_year(
    source: Footprint, period: str, *, on: str, boundary: str | None = None,
    threshold_percent: float = THRESHOLD, reason: str = "first calculation",
) -> BaseYear:  # fmt: skip
    """Begin the record of a base year.

    Parameters
    ----------
    source : Footprint
        The series; the base year must be in it.
    period : str
        The base year, such as ``2019/20``.
    on : str
        The day on which it is put on record.
    boundary : str, optional
        The methodology's main total when left out.
    threshold_percent : float, optional
        From which cumulative effect a recalculation is due.
    reason : str, optional

    Returns
    -------
    BaseYear

    Raises
    ------
    UsageError
        If the base year is not in the source, or the threshold is not above 0.
    BoundaryError
        As `Footprint.total`.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> nc.analysis.base_year(footprint, "2023/24", on="2026-04-01").latest.number
    1
    """
    if not threshold_percent > 0:
        raise UsageError("the threshold is a percentage above 0")
    day_number(on)
    boundary = boundary or source.method.headline
    version = version_of(1, source, boundary, reason=reason, on=on)
    if period not in {row[1] for row in version.rows}:
        raise UsageError(f"there is nothing of the base year {period} in this source")
    return BaseYear(period, boundary, float(threshold_percent), (version,))


def load_base_year(path: str | Path) -> BaseYear:
    """Read what `BaseYear.save` wrote.

    Raises
    ------
    UnreadableError
        If it is no such file.
    """
    try:
        told = json.loads(Path(path).read_text("utf-8"))
        if told.pop("format") != FORMAT:
            raise KeyError("format")
        versions = tuple(
            Version(**{**each, "rows": tuple(row_of(row) for row in each["rows"])}) for each in told["versions"]
        )
        changes = tuple(Restatement(**each) for each in told["changes"])
        return BaseYear(told["period"], told["boundary"], float(told["threshold_percent"]), versions, changes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"'{Path(path).name}' is not a record of a base year: {error}") from error
