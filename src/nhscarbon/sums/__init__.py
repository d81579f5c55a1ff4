"""Rows to exact partial sums: in memory, in a query engine, or on many machines."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhscarbon.sums.partial_sums import PartialSums
    from nhscarbon.sums.sum_in_spark import spark_partial

_HOME = {
    "PartialSums": "partial_sums",
    "spark_partial": "sum_in_spark",
}
__all__ = [
    "PartialSums",
    "spark_partial",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
