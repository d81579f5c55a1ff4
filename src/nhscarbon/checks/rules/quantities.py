"""Rules on quantities, of rows or of the cells of the sums: below zero where nothing can be given back."""

from __future__ import annotations

from collections.abc import Iterator

from nhscarbon.activity.columns import one
from nhscarbon.checks.entries import Entries, findings_at
from nhscarbon.checks.words import codes_where, key_words
from nhscarbon.findings import Finding
from nhscarbon.methods.methodology import Methodology


def negative_quantities(entries: Entries, method: Methodology) -> Iterator[Finding]:
    """Find quantities below zero of activities that take no credits."""
    negative = entries.negative
    if one(negative).any():
        activity = {"activity": entries.columns["activity"]} if "activity" in entries.columns else {}
        _, meant = key_words(activity, len(entries), method, likely=True)
        reversible = {code for code, entry in method.catalogue.activities.items() if entry.reversible}
        negative = negative & ~codes_where(meant["activity"], reversible.__contains__)
    yield from findings_at(entries, negative, "quantity_negative", "quantity")


SUM_RULES = (negative_quantities,)
