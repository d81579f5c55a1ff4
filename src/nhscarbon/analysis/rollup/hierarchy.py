"""`nhscarbon.hierarchy`: organisations through every merger."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from nhscarbon.organisations import lookup as codes_
from nhscarbon.organisations.code_forms import MOST
from nhscarbon.organisations.load import RELEASE, load_organisations
from nhscarbon.organisations.local import with_local
from nhscarbon.organisations.register import Organisations, day_text
from nhscarbon.output.results import Result
from nhscarbon.output.text import escape


@dataclass(frozen=True, eq=False, repr=False)
class Hierarchy(Result):
    """A release of organisations, ready to be asked; from `nhscarbon.hierarchy`."""

    organisations: Organisations

    def look_up(self, code: str, on: str) -> codes_.Known:
        """Say what a code is on a day or in an NHS year: open, closed and followed by which, or unknown.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> print(nc.hierarchy("ods-2026-07").look_up("RM2", "2019-04-01"))
        RM2 closed on 2017-10-01; its successor is R0A
        """
        return codes_.look_up(code, self.organisations, on)

    def find(self, name: str, *, on: str = "", limit: int = MOST) -> tuple[codes_.Known, ...]:
        """Return the bodies whose name is most like a text; see `nhscarbon.organisations.lookup.find`."""
        return codes_.find(name, self.organisations, on=on, limit=limit)

    def with_local(self, table: pd.DataFrame | str | Path) -> Hierarchy:
        """Return a hierarchy with a system's own places, or shares of trusts in several boards.

        See `nhscarbon.organisations.local.with_local` for the columns.

        Examples
        --------
        >>> import nhscarbon as nc, pandas as pd
        >>> places = pd.DataFrame({"child": ["RR8"], "parent": ["Leeds"], "level": ["place"]})
        >>> hierarchy = nc.hierarchy("ods-2026-07").with_local(places)
        """
        return Hierarchy(with_local(self.organisations, table))

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """What no file says: code, about, valid_from, valid_to, note."""
        return pd.DataFrame([vars(gap) for gap in self.organisations.gaps])

    @property
    def table(self) -> pd.DataFrame:
        """Every placing of the release, in order of code and day.

        Returns
        -------
        pandas.DataFrame
            ``code``, ``name`` (the last known), ``parent``, ``parent_name``, ``level``, ``share``, ``valid_from``,
            ``valid_to`` (the first day of no more; empty where it holds still), ``inferred`` and ``source``.
        """
        held, members = self.organisations, self.organisations.memberships
        codes, names = np.array(held.codes, object), np.array(held.last_names, object)
        return pd.DataFrame({
            "code": codes[members.child], "name": names[members.child],
            "parent": codes[members.parent], "parent_name": names[members.parent],
            "level": np.array(members.levels, object)[members.level], "share": members.share,
            "valid_from": [day_text(int(day)) for day in members.start],
            "valid_to": [day_text(int(day)) for day in members.end],
            "inferred": members.inferred, "source": np.array(members.source, object),
        }).sort_values(["code", "valid_from", "level", "parent"], ignore_index=True)  # fmt: skip

    def _title(self) -> str:
        held = self.organisations
        return f"Organisations {held.name}: {len(held.codes):,} codes, {len(held.memberships.child):,} placings"

    def _about(self) -> dict[str, object]:
        return {"organisations": self.organisations.name, "packages": dict(self.organisations.sources)}

    def _repr_html_(self) -> str:
        return f"<div>{escape(self._title())}</div>"  # its table has tens of thousands of rows


def as_hierarchy(hierarchy: Hierarchy | str) -> Hierarchy:
    """Return a hierarchy, or the release of a name."""
    return Hierarchy(load_organisations(hierarchy)) if isinstance(hierarchy, str) else hierarchy


def hierarchy(name: str = RELEASE, *, local: pd.DataFrame | str | Path | None = None) -> Hierarchy:
    """Load a release of organisations, verified and checked.

    Parameters
    ----------
    name : str, optional
        Such as ``ods-2026-07``.
    local : pandas.DataFrame or path, optional
        A system's own rows; see `Hierarchy.with_local`.

    Returns
    -------
    Hierarchy

    Raises
    ------
    UsageError
        If there is no such release.
    IntegrityError
        If a file of it is not the published one, or contradicts another.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> nc.hierarchy("ods-2026-07").find("Barts Health")[0].code
    'R1H'
    """
    found = Hierarchy(load_organisations(name))
    return found if local is None else found.with_local(local)
