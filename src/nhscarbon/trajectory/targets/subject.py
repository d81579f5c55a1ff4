"""What figures are about, so that a path is never used to judge something else."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import BoundaryError, UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import boundary_name
from nhscarbon.footprint.selection import said
from nhscarbon.methods.boundaries import boundary_names
from nhscarbon.output.text import short_repr

NAMED = 5  # organisations that a sentence names
LEFT_OUT = "left_out"  # years that a series leaves out and why, among what it says of itself
SUPPLIED = "supplied"  # years that were supplied by someone else, and by whom


@dataclass(frozen=True)
class Subject:
    """What figures are about; a field is blank where that is not known.

    Attributes
    ----------
    boundary : str
    organisations : tuple of str
        Their codes, in order.
    method, digest : str
        The methodology, and its digest.
    on_map : str
        How a roll-up put the organisations on a map; blank where they are as reported.
    part : str
        Which part of a footprint it is, such as one theme; blank where it is all of it.
    base_year, inventory : str
        Of a path: what its cut is on.
    """

    boundary: str = ""
    organisations: tuple[str, ...] = ()
    method: str = ""
    digest: str = ""
    on_map: str = ""
    part: str = ""
    base_year: str = ""
    inventory: str = ""

    __repr__ = short_repr

    @property
    def who(self) -> str:
        """The organisations in words; blank where they are not known."""
        return named(self.organisations)

    def as_attributes(self) -> dict[Hashable | None, Any]:
        """Return what is known, as a series carries it in its ``attrs``."""
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}


def named(codes: tuple[str, ...]) -> str:
    """Return codes in words; of many, how many there are.

    Examples
    --------
    >>> named(("RFS", "RTG")), named(tuple("ABCDEFG"))
    ('RFS and RTG', '7 organisations')
    """
    if len(codes) > NAMED:
        return f"{len(codes):,} organisations"
    return " and ".join(filter(None, [", ".join(codes[:-1]), *codes[-1:]]))


def of_footprint(footprint: Footprint, boundary: str | None) -> Subject:
    """Return what the tonnes of a footprint in a boundary are about."""
    column = footprint.sums.columns["organisation"]
    return Subject(
        boundary=boundary or footprint.method.headline,
        organisations=tuple(sorted(map(str, column.labels))), method=footprint.method.id,
        digest=footprint.method.digest, on_map=str(footprint.on_map or ""),
        part=said(footprint.selected).removeprefix(", "),
    )  # fmt: skip


def of_supplied(supplied: SuppliedFootprint, boundary: str | None) -> Subject:
    """Return what the tonnes of a supplied footprint in a boundary are about; its method is not ours."""
    return Subject(boundary=boundary or supplied.method.headline, organisations=supplied.organisations)


def of_attributes(attributes: Mapping[Any, object], name: object = "") -> Subject:
    """Return what a series or frame says of itself: in its ``attrs``, or by a name that is a boundary's.

    Parameters
    ----------
    attributes : mapping
        Such as ``series.attrs``: any of the fields of `Subject`; organisations as a text or several.
    name : object, optional
        Such as ``series.name``; ``"nhs_carbon_footprint_plus"`` and ``"NHS Carbon Footprint Plus"`` are boundaries.

    Examples
    --------
    >>> of_attributes({}, "NHS Carbon Footprint Plus").boundary, of_attributes({"organisations": "RX1"}).organisations
    ('nhs_carbon_footprint_plus', ('RX1',))
    """
    found = {each.name: str(attributes[each.name]) for each in fields(Subject) if attributes.get(each.name)}
    codes = attributes.get("organisations") or attributes.get("organisation") or ()
    words = (codes,) if isinstance(codes, str) else codes if isinstance(codes, list | tuple | set | frozenset) else ()
    found.pop("organisations", None)
    if "boundary" not in found and isinstance(name, str):
        code = "_".join(name.lower().split())
        found |= {"boundary": code} if code in boundary_names() else {}
    return Subject(**found, organisations=tuple(sorted(set(map(str, words)))))


def of_series(series: pd.Series) -> Subject:
    """Return what a series says of itself."""
    return of_attributes(series.attrs, series.name)


def refuse_other_boundary(wanted: str, found: str, *, what: str = "figures") -> None:
    """Refuse figures of another boundary.

    Raises
    ------
    BoundaryError
        If both are known and differ.
    """
    if wanted and found and wanted != found:
        raise BoundaryError(
            f"The path is for the {boundary_name(wanted)} ({wanted}), the {what} count the {boundary_name(found)} "
            f"({found}). One says nothing of the other.",
            advice=f"Give the figures of {wanted}, or make a path for {found}.",
        )


def refuse_other(path: Subject, other: Subject, *, what: str = "figures") -> None:
    """Refuse to judge by a path what it is not for.

    Parameters
    ----------
    path, other : Subject
        What is blank in one of them is not compared.
    what : str, optional
        What is judged, in words.

    Raises
    ------
    BoundaryError
        If the boundary is another.
    UsageError
        If organisations, their map, the base year, the inventory, the methodology or the part is another; all that
        differ are named.
    """
    refuse_other_boundary(path.boundary, other.boundary, what=what)
    faults = [*_differences(path, other, what)]
    if faults:
        raise UsageError(" ".join(fault for fault, _ in faults), advice=" ".join(advice for _, advice in faults))


def _differences(path: Subject, other: Subject, what: str) -> Iterator[tuple[str, str]]:
    ours, theirs = path.organisations, other.organisations
    if ours and theirs and ours != theirs:
        only = [f"only the path has {named(_less(ours, theirs))}" if _less(ours, theirs) else "",
                f"only the {what} have {named(_less(theirs, ours))}" if _less(theirs, ours) else ""]  # fmt: skip
        yield (
            f"The path is for {path.who}, the {what} are of {other.who}: {' and '.join(filter(None, only))}.",
            "Judge the same organisations (footprint.filter(organisation=...)), or make a path for these. After a "
            "merger, restate the footprint on one map first (nc.roll_up with restate=).",
        )
    elif ours and theirs and path.on_map != other.on_map:
        yield (
            f"The path is of organisations {_map(path.on_map)}, the {what} are of organisations {_map(other.on_map)}.",
            "Put both on one map: make the path from the same roll-up.",
        )
    if path.part != other.part and (theirs or other.part):
        yield (
            f"The path is for {path.part or 'all that is counted'}, the {what} are of {other.part or 'all of it'}.",
            "Filter both in the same way.",
        )
    if path.base_year and other.base_year and path.base_year[:4] != other.base_year[:4]:
        yield (
            f"The path is on the base year {path.base_year}, the {what} are on {other.base_year}.",
            "Make the path on that year, with Target.on.",
        )
    if path.inventory and other.inventory and path.inventory != other.inventory:
        yield (
            f"The path holds on the inventory {path.inventory}, the {what} are of {other.inventory}.",
            "A percentage is of one version of an inventory: make the path with that one.",
        )
    if path.method and other.method and (path.digest or path.method) != (other.digest or other.method):
        yield (
            f"The path was made of figures by {path.method} ({path.digest[:12]}), the {what} are by {other.method} "
            f"({other.digest[:12]}): another method would look like progress.",
            "Calculate the base year and the later years by one methodology.",
        )


def _less(codes: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in codes if code not in others)


def _map(on_map: str) -> str:
    return f"on the map '{on_map}'" if on_map else "as reported"
