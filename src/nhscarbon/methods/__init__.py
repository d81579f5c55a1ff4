"""Methods as verified data: packages, units, factors, catalogue, methodologies, and the choice of factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

if TYPE_CHECKING:
    from nhscarbon.methods.choices import options
    from nhscarbon.methods.differences import input_differences
    from nhscarbon.methods.overlays import overlay

_HOME = {
    "input_differences": "differences",
    "options": "choices",
    "overlay": "overlays",
}
__all__ = [
    "input_differences",
    "options",
    "overlay",
]

__getattr__, __dir__ = face(__name__, _HOME, __all__)
