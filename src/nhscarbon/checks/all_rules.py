"""Every rule, found in the folder of rules: a module there names its rules in `SUM_RULES` and `ROW_RULES`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from nhscarbon.checks import rules
from nhscarbon.checks.entries import Entries
from nhscarbon.checks.rules.rows import Rows
from nhscarbon.findings import Finding
from nhscarbon.methods.methodology import Methodology

SumRule = Callable[[Entries, Methodology], Iterable[Finding]]
RowRule = Callable[[Rows], Iterable[Finding]]


@lru_cache(maxsize=1)
def _modules() -> tuple[ModuleType, ...]:
    return tuple(import_module(f"{rules.__name__}.{each.name}") for each in iter_modules(rules.__path__))


def sum_rules() -> tuple[SumRule, ...]:
    """Return the rules that look at rows or at cells of the sums, which stand for many rows each."""
    return tuple(rule for module in _modules() for rule in getattr(module, "SUM_RULES", ()))


def row_rules() -> tuple[RowRule, ...]:
    """Return the rules that look across the rows of a return."""
    return tuple(rule for module in _modules() for rule in getattr(module, "ROW_RULES", ()))
