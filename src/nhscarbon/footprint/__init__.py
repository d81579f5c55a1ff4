"""From a source to a footprint: calculate, its coverage, working and certificate."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhscarbon.footprint.coverage import completeness
    from nhscarbon.footprint.json_schemas import json_schema
    from nhscarbon.footprint.lines_in_engine import lines_in

_HOME = {
    "completeness": "coverage",
    "json_schema": "json_schemas",
    "lines_in": "lines_in_engine",
}
__all__ = [
    "completeness",
    "json_schema",
    "lines_in",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
