"""The method for other programs: its multipliers as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

if TYPE_CHECKING:
    from nhscarbon.exchange.export import export_method

_HOME = {
    "export_method": "export",
}
__all__ = [
    "export_method",
]

__getattr__, __dir__ = face(__name__, _HOME, __all__)
