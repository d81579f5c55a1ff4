"""The small real activity tables that ship with nhscarbon."""

from __future__ import annotations

from pathlib import Path

from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import data_root, load_package


def example(name: str) -> Path:
    """Return the path of an example that ships with nhscarbon.

    Parameters
    ----------
    name : str
        ``"trust-year.csv"`` (energy, water and waste of one trust in one year), ``"acute-year.csv"`` (all 21 themes of
        one acute trust in one year; what is not of its estates return is invented),
        ``"estates-2023-24.csv"`` (the estates return 2023/24 of England's trusts), or a system of trusts:
        ``"derbyshire-estates.csv"`` (the rows of its trusts in six estates returns) with
        ``"derbyshire-invented.csv"`` (invented: other themes, other years, months), ``"derbyshire-base-2019-20.csv"``
        (invented totals by theme), ``"derbyshire-themes.csv"`` and ``"derbyshire-denominators.csv"``.

    Returns
    -------
    Path
        Of the file, verified against its package.

    Raises
    ------
    UsageError
        If there is no such example; those that exist are listed.
    """
    folder = data_root() / "examples"
    names = sorted(path.name for path in folder.glob("*/*.csv"))
    if name not in names:
        raise UsageError(f"there is no example '{name[:60]}'; there are {', '.join(names)}")
    path = next(folder.glob(f"*/{name}"))
    load_package(path.parent)
    return path
