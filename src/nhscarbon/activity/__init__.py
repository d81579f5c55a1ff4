"""Activity data: the table, its columns, and everything that reads one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

if TYPE_CHECKING:
    from nhscarbon.activity.files.limits import Limits
    from nhscarbon.activity.gap_filling import fill_gaps
    from nhscarbon.activity.missing_months import estimate_missing_months
    from nhscarbon.activity.readers.parquet import write_parquet

_HOME = {
    "Limits": "files.limits",
    "estimate_missing_months": "missing_months",
    "fill_gaps": "gap_filling",
    "write_parquet": "readers.parquet",
}
__all__ = [
    "Limits",
    "estimate_missing_months",
    "fill_gaps",
    "write_parquet",
]

__getattr__, __dir__ = face(__name__, _HOME, __all__)
