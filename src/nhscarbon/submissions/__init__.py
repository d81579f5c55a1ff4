"""What a checker of returns needs: the check, the sender's own tonnes, template, marked workbook."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nhscarbon.submissions.reported import check_reported

_HOME = {
    "check_reported": "reported",
}
__all__ = [
    "check_reported",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
