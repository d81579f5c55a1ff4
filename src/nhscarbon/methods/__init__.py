"""Methods as verified data: packages, units, factors, catalogue, methodologies, and the choice of factors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhscarbon.methods.choices import options
    from nhscarbon.methods.overlays import overlay

_HOME = {
    "options": "choices",
    "overlay": "overlays",
}
__all__ = [
    "options",
    "overlay",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
