"""Rows to exact partial sums: in memory, in a query engine, or on many machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

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

__getattr__, __dir__ = face(__name__, _HOME, __all__)
