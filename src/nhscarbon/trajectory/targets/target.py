"""One target: a cut by a year or window of years on a base year, and the inventory that it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.targets.base_year import base_of
from nhscarbon.trajectory.targets.series import Tonnes, series_of, year_notes, year_number
from nhscarbon.trajectory.targets.shapes import through
from nhscarbon.trajectory.targets.subject import of_series
from nhscarbon.trajectory.targets.target_path import Milestone, TargetPath, refuse_reading

WHOLE = 100.0


@dataclass(frozen=True)
class Inventory:
    """The total of one year in one version of an inventory [kt CO2e]."""

    inventory: str
    boundary: str
    year: str
    ktco2e: float
    status: str
    source: str
    note: str

    __repr__ = short_repr


@dataclass(frozen=True)
class Target:
    """A cut to be made by a year or within a window of years.

    Attributes
    ----------
    target, boundary, kind : str
        Its id, what it counts, and ``interim`` or ``net_zero``.
    first_year, last_year : int
        Its window: the NHS years that start in these years.
    reduction_percent : float
        Of the total of `base_year`, in one and the same inventory.
    base_year : str
        Such as ``"1990"`` or ``"2019/20"``.
    inventory : str
        The only version of the inventory that it holds on; blank where it holds on any.
    status, source, note : str
    inventories : tuple of Inventory
        The published totals that it can be brought to another base year with.
    """

    target: str
    boundary: str
    kind: str
    first_year: int
    last_year: int
    reduction_percent: float
    base_year: str
    inventory: str
    status: str
    source: str
    note: str
    inventories: tuple[Inventory, ...] = ()

    __repr__ = short_repr

    def milestone(self, base_tco2e: float, residual: float) -> Milestone:
        """Return what may be left: of net zero the residual, as a share of the base."""
        left = 1 - self.reduction_percent / WHOLE
        left = max(left, residual) if self.kind == "net_zero" else left
        return Milestone(self.target, self.kind, self.first_year, self.last_year, left * base_tco2e)

    def on(self, base_year: str, *, inventory: str) -> Target:
        """Return the same target as a cut on another base year: ``p' = 1 - (1 - p) E_old / E_new``.

        Parameters
        ----------
        base_year : str
            Such as ``"2024/25"``.
        inventory : str
            The version of the inventory whose totals of both years are taken.

        Raises
        ------
        UsageError
            If the target holds on another inventory alone, or this one lacks one of the years.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> interim = nc.targets()["carbon-footprint-interim"]
        >>> round(interim.on("2024/25", inventory="five-year-report-2025").reduction_percent, 1)
        38.3
        """
        if self.inventory and inventory != self.inventory:
            raise UsageError(
                f"{self.target} holds on the inventory {self.inventory} alone: a percentage is of the base of one and "
                f"the same version, so it cannot be brought to another year of {inventory[:60]}"
            )
        of = {each.year: each for each in self.inventories if (each.inventory, each.boundary) ==
              (inventory, self.boundary)}  # fmt: skip
        lacking = [year for year in (self.base_year, base_year) if year not in of]
        if lacking:
            known = sorted({each.inventory for each in self.inventories if each.boundary == self.boundary})
            raise UsageError(
                f"the inventory {inventory[:60]} has no total of {' or '.join(lacking)} for {self.boundary}"
                + (f", only of {', '.join(sorted(of))}" if of else f"; those of it are {', '.join(known)}")
            )
        old, new = of[self.base_year], of[base_year]
        percent = WHOLE - (WHOLE - self.reduction_percent) * old.ktco2e / new.ktco2e
        return replace(
            self, target=f"{self.target}-on-{base_year}", base_year=base_year, inventory=inventory,
            reduction_percent=percent,
            status=f"derived: {self.reduction_percent:g} % on {self.base_year}, {old.ktco2e:g} / {new.ktco2e:g} kt",
            source="; ".join(filter(None, dict.fromkeys((self.source, old.source, new.source)))),
            note=f"of the national inventory: {old.status} {old.year}, {new.status} {new.year}",
        )  # fmt: skip

    def path(
        self, series: Tonnes, *, shape: str = "linear", residual: float = 0.0, reading: str = "end",
        base_tco2e: float | None = None, base: SuppliedFootprint | None = None,
    ) -> TargetPath:  # fmt: skip
        """Return the path from the base year of a series to the target.

        Parameters
        ----------
        series : pandas.Series, Footprint or SuppliedFootprint
            Tonnes by NHS year [tCO2e]; a footprint is totalled in the boundary of the target, its whole years alone.
        shape : str, optional
            ``linear``, ``geometric`` or ``s_curve``: equal ends, other budgets.
        residual : float, optional
            The share of the base that net zero leaves.
        reading : str, optional
            When a window must be met: by its ``end``, in its ``first`` year, or in the ``mean`` of its years.
        base_tco2e : float, optional
            The total of the base year [tCO2e] where the series does not hold it.
        base : SuppliedFootprint, optional
            The base year as someone else totalled it by theme, where the series does not hold it; its source is in
            the note of the path. From `nhscarbon.analysis.supplied_footprint`.

        Returns
        -------
        TargetPath

        Raises
        ------
        UsageError
            If the base year is neither in the series nor given, or is twice with different figures; if `base` is of
            other organisations; or if the path cannot have that shape.
        BoundaryError
            If the series counts another boundary, or the themes of `base` cannot be totalled in it.
        """
        return target_path((self,), series, shape=shape, residual=residual, reading=reading, base_tco2e=base_tco2e,
                           base=base)  # fmt: skip


def target_path(
    targets: Sequence[Target],
    series: Tonnes,
    *,
    shape: str = "linear",
    residual: float = 0.0,
    reading: str = "end",
    base_tco2e: float | None = None,
    base: SuppliedFootprint | None = None,
) -> TargetPath:
    """Return the path from the base year through several targets, piece by piece; see `Target.path`.

    Parameters
    ----------
    targets : sequence of Target
        Of one boundary, base year and inventory, in ascending order of their years.
    series, shape, residual, reading, base_tco2e, base
        As of `Target.path`.

    Raises
    ------
    UsageError
        If the targets are of several boundaries, base years or inventories, or as `Target.path`.
    BoundaryError
        As `Target.path`.
    """
    if len({(each.boundary, each.base_year) for each in targets}) != 1:
        raise UsageError("a path goes through targets of one boundary and base year: convert them with Target.on first")
    inventories = sorted({each.inventory for each in targets if each.inventory})
    if len(inventories) > 1:
        raise UsageError(
            f"a path goes through targets of one inventory, not of {' and '.join(inventories)}",
            advice="Take the targets of one version of it.",
        )
    refuse_reading(reading)
    if not 0 <= residual < 1:
        raise UsageError(f"a residual is a share of the base, 0 to less than 1; {residual:g} is none")
    target = targets[0]
    held = series_of(series, boundary=target.boundary)
    start = base_of(held, target.target, target.base_year, boundary=target.boundary, tco2e=base_tco2e, supplied=base)
    about = of_series(held)
    milestones = tuple(each.milestone(start.tco2e, residual) for each in targets)
    points = [(year_number(target.base_year), start.tco2e), *((each.due(reading), each.tco2e) for each in milestones)]
    years, tco2e = through(points, shape)
    found = TargetPath(
        years, tco2e, milestones, shape, reading, target.base_year, "", boundary=target.boundary,
        organisations=about.organisations or start.organisations, inventory="".join(inventories),
        method=about.method, digest=about.digest, on_map=about.on_map, part=about.part,
    )  # fmt: skip
    return replace(found, note=". ".join([_note(found, start.note), *(each.rstrip(".") for each in year_notes(held))]))


def _note(path: TargetPath, of_base: str) -> str:
    """Say what a path stands on: its base, how its windows are read, and for what it holds."""
    said = [
        f"{path.shape} from {path.tco2e[0]:,.0f} tCO2e in {path.base_year}{of_base}",
        f"for {path.boundary}" + (f" of {path.subject.who}" if path.organisations else ""),
        f"windows are read by their {path.reading}; a target's year is the NHS year that starts in it",
    ]
    said += [
        f"{each.target} has two readings: {each.tco2e:,.0f} tCO2e in the first year of its window, "
        f"{each.window[:7]}, or by its end, {each.window[-7:]}"
        for each in path.milestones
        if each.is_window
    ]
    if path.inventory:
        said.append(f"the percentage holds on the inventory {path.inventory} alone")
    return "; ".join(said)
