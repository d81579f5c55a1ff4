"""Activity data: the table, its columns, and everything that reads one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhscarbon.activity.files.limits import Limits
    from nhscarbon.activity.missing_months import estimate_missing_months
    from nhscarbon.activity.readers.parquet import write_parquet

_HOME = {
    "Limits": "files.limits",
    "estimate_missing_months": "missing_months",
    "write_parquet": "readers.parquet",
}
__all__ = [
    "Limits",
    "estimate_missing_months",
    "write_parquet",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
