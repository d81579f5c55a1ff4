"""What is asked of footprints: uncertainty, change, roll-up, benchmark, other methods."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhscarbon.analysis.benchmarks import benchmark
    from nhscarbon.analysis.comparison import compare_methods
    from nhscarbon.analysis.rollup.base_year import base_year, load_base_year
    from nhscarbon.analysis.supplied import SuppliedFootprint, beside, supplied_footprint

_HOME = {
    "SuppliedFootprint": "supplied",
    "base_year": "rollup.base_year",
    "benchmark": "benchmarks",
    "beside": "supplied",
    "compare_methods": "comparison",
    "load_base_year": "rollup.base_year",
    "supplied_footprint": "supplied",
}
__all__ = [
    "SuppliedFootprint",
    "base_year",
    "benchmark",
    "beside",
    "compare_methods",
    "load_base_year",
    "supplied_footprint",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
