"""What is asked of footprints: uncertainty, change, roll-up, benchmark, other methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

if TYPE_CHECKING:
    from nhscarbon.analysis.benchmarks import benchmark
    from nhscarbon.analysis.comparison import compare_methods
    from nhscarbon.analysis.edition_words import edition_in_words
    from nhscarbon.analysis.editions import EditionChange, compare_editions
    from nhscarbon.analysis.rollup.base_year import base_year, load_base_year
    from nhscarbon.analysis.rollup.placings import Placings, placings
    from nhscarbon.analysis.rollup.rollup import recharges
    from nhscarbon.analysis.supplied import SuppliedFootprint, beside, supplied_footprint

_HOME = {
    "EditionChange": "editions",
    "Placings": "rollup.placings",
    "SuppliedFootprint": "supplied",
    "base_year": "rollup.base_year",
    "benchmark": "benchmarks",
    "beside": "supplied",
    "compare_editions": "editions",
    "compare_methods": "comparison",
    "edition_in_words": "edition_words",
    "load_base_year": "rollup.base_year",
    "placings": "rollup.placings",
    "recharges": "rollup.rollup",
    "supplied_footprint": "supplied",
}
__all__ = [
    "EditionChange",
    "Placings",
    "SuppliedFootprint",
    "base_year",
    "benchmark",
    "beside",
    "compare_editions",
    "compare_methods",
    "edition_in_words",
    "load_base_year",
    "placings",
    "recharges",
    "supplied_footprint",
]

__getattr__, __dir__ = face(__name__, _HOME, __all__)
