"""Every rule, found in the folder of rules.

A module there names its rules in `SUM_RULES`, `CELL_RULES` and `ROW_RULES`; `DETAIL_CODES` holds the codes of its rules
on sums that need sites and months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from nhscarbon.checks import rules
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.entries import Entries
from nhscarbon.checks.hits import Hit
from nhscarbon.checks.rules.rows import Rows
from nhscarbon.findings import Finding
from nhscarbon.methods.methodology import Methodology

SumRule = Callable[[Entries, Methodology], Iterable[Finding]]
CellRule = Callable[[Cells], Iterable[Hit]]
RowRule = Callable[[Rows], Iterable[Finding]]


@lru_cache(maxsize=1)
def _modules() -> tuple[ModuleType, ...]:
    return tuple(import_module(f"{rules.__name__}.{each.name}") for each in iter_modules(rules.__path__))


def sum_rules() -> tuple[SumRule, ...]:
    """Return the rules that look at rows or at cells of the sums, which stand for many rows each."""
    return tuple(rule for module in _modules() for rule in getattr(module, "SUM_RULES", ()))


def cell_rules() -> tuple[CellRule, ...]:
    """Return the rules that look across the small table of sums, whatever it was summed from."""
    return tuple(rule for module in _modules() for rule in getattr(module, "CELL_RULES", ()))


def detail_codes() -> tuple[str, ...]:
    """Return the codes that sums tell only where they were kept by site and month."""
    return tuple(sorted(code for module in _modules() for code in getattr(module, "DETAIL_CODES", ())))


def row_rules() -> tuple[RowRule, ...]:
    """Return the rules that look across the rows of a return."""
    return tuple(rule for module in _modules() for rule in getattr(module, "ROW_RULES", ()))
