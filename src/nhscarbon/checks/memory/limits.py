"""The limits of a comparison with the year before, and which activities are compared together: data, not code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from nhscarbon.kept import kept
from nhscarbon.methods.data_package import data_root, load_pinned

ROOM, PACKAGE = "plausibility", "estates-pairs-1@1.0.0"
POWER, HEAT = "power", "heat"
GAS, BOUGHT = "gas", "bought"  # natural gas, and electricity under a contract: the two columns that are exchanged
DELIVERED = "delivered"  # heat that no boiler of the site makes
Limits = Mapping[str, float]


class Group(NamedTuple):
    """Activities that are compared together; `kind` is power or heat where they are energy, else empty."""

    name: str
    kind: str


@lru_cache(maxsize=1)
def limits() -> Limits:
    """Return the limits by their name; the package says what each is for.

    Source: Estates Returns Information Collection 2013/14 to 2016/17, half of the trusts (tools/derive_memory.py).
    """
    return {row["limit"]: float(row["value"]) for row in load_pinned(data_root(), ROOM, PACKAGE).rows("limits.csv")}


@lru_cache(maxsize=1)
def _groups() -> Mapping[str, Group]:
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("groups.csv")
    return {row["activity"]: Group(row["group"], row["kind"]) for row in rows}


@lru_cache(maxsize=3)
def of_role(role: str) -> tuple[str, ...]:
    """Return the activities that are natural gas, electricity under a contract, or heat that is bought."""
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("groups.csv")
    return tuple(row["activity"] for row in rows if row["role"] == role)


@kept(1 << 12)
def group_of(activity: str) -> Group:
    """Return the group of an activity, or of the nearest branch above it; one without a group is one by itself.

    Examples
    --------
    >>> group_of("energy.electricity.green_tariff"), group_of("water.supply")
    (Group(name='electricity', kind='power'), Group(name='water.supply', kind=''))
    """
    known, branch = _groups(), activity
    while branch:
        if branch in known:
            return known[branch]
        branch = branch.rpartition(".")[0]
    return Group(activity, "")
