"""From a source to a footprint: calculate, its coverage, working and certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

if TYPE_CHECKING:
    from nhscarbon.footprint.cover import answered
    from nhscarbon.footprint.coverage import completeness
    from nhscarbon.footprint.document import json_document
    from nhscarbon.footprint.json_schemas import json_schema
    from nhscarbon.footprint.lines_in_engine import lines_in

_HOME = {
    "answered": "cover",
    "completeness": "coverage",
    "json_document": "document",
    "json_schema": "json_schemas",
    "lines_in": "lines_in_engine",
}
__all__ = [
    "answered",
    "completeness",
    "json_document",
    "json_schema",
    "lines_in",
]

__getattr__, __dir__ = face(__name__, _HOME, __all__)
