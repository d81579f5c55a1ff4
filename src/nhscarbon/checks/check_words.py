"""The check: every rule over one source, in one pass, and the rows in the method's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, one
from nhscarbon.checks.all_rules import sum_rules
from nhscarbon.checks.entries import Entries, findings_at
from nhscarbon.checks.words import codes_where, method_words
from nhscarbon.findings import Finding
from nhscarbon.methods.catalogue import TIERS, UNSTATED
from nhscarbon.methods.methodology import Methodology

Mask = NDArray[np.bool_]
EARNED = ("standard", "optimal")  # tiers that need evidence

UNSUMMED = {
    "too_large": "quantity_too_large",
    "too_small": "quantity_too_small",
    "not_a_number": "quantity_not_a_number",
}


@dataclass(frozen=True)
class CheckedEntries:
    """Rows or cells in the method's words.

    Attributes
    ----------
    entries : Entries
        What was checked.
    columns : Mapping[str, Column]
        What the sum is grouped by: organisation, period, activity, unit, geography, tier, and `keep`.
    usable : bool array
        Entries without a fault; all of them when nothing refuses.
    has_key : bool array
        Entries whose activity, unit, period and geography are known, so that they can be resolved.
    findings : tuple of Finding
    """

    entries: Entries
    columns: Mapping[str, Column]
    usable: Mask
    has_key: Mask
    findings: tuple[Finding, ...]

    def part(self, where: Mask) -> dict[str, Column]:
        """Return the columns of some of the entries."""
        return {name: column.part(where) for name, column in self.columns.items()}


def check(entries: Entries, method: Methodology, *, keep: tuple[str, ...] = ()) -> CheckedEntries:
    """Hold rows or cells against a methodology.

    Parameters
    ----------
    entries : Entries
        From `cells_of` or `rows_of`.
    method : Methodology
        Whose catalogue, units and tier rules apply.
    keep : tuple of str
        Further columns to group by: ``site``, ``month``, ``supplier``, ``reference``.

    Returns
    -------
    Checked
        With every finding; the caller decides what to refuse.
    """
    columns, evidence, stated, findings = method_words(entries, method, keep)
    tier, found = _tier(entries, method, evidence, stated)
    columns = {**columns, "tier": tier}
    findings += found
    for kind, mask in entries.faults.items():
        findings += findings_at(entries, mask, UNSUMMED[kind], "quantity")
    for rule in sum_rules():
        findings += rule(entries, method)
    usable, has_key = entries.summed.copy(), np.ones(len(entries), np.bool_)
    for name, column in columns.items():
        if column.lowest < 0:
            known = column.codes != BLANK
            usable &= known
            if name in ("activity", "unit", "period", "geography"):
                has_key &= known
    return CheckedEntries(entries, columns, usable, has_key, tuple(findings))


def _tier(entries: Entries, method: Methodology, evidence: Column, stated: Column) -> tuple[Column, list[Finding]]:
    """Decide each row's tier: by evidence and estimated share, else as stated, else unstated."""
    labels = tuple(sorted((*TIERS, UNSTATED)))
    place = {label: code for code, label in enumerate(labels)}
    words = [place[label] if label else place[UNSTATED] for label in stated.labels] + [place[UNSTATED]]
    share = entries.shares
    if not {*evidence.labels, *stated.labels} - {""} and np.isnan(one(share)).all():
        return evidence.renamed(np.zeros(len(evidence.labels) + 1, np.int32), (UNSTATED,)), []
    said = stated.looked_up(np.array(words, np.int32))
    earned = np.full(len(entries), place[UNSTATED], np.int32)
    for word in evidence.labels:
        rules = [rule for rule in method.catalogue.tier_rules if rule.evidence == word]
        here = codes_where(evidence, lambda label, word=word: label == word)  # type: ignore[misc]
        for rule in reversed(rules):  # the widest share first, so that the narrowest has the last word
            with np.errstate(invalid="ignore"):
                fits = here & ((share <= rule.estimated_share_to) | (np.isnan(share) & (len(rules) == 1)))
            earned[fits] = place[rule.tier]
    decided = earned != place[UNSTATED]
    with np.errstate(invalid="ignore"):
        outside = (share < 0) | (share > 1)
    against = decided & (said != place[UNSTATED]) & (said != earned)
    given = ~np.isnan(share)
    known = codes_where(evidence, bool)
    unproved = ~known & np.isnan(share) & np.isin(said, [place[tier] for tier in EARNED])
    findings = [
        *findings_at(entries, unproved, "tier_without_evidence", "tier"),
        *findings_at(entries, given & ~known & ~outside, "estimated_share_alone", "estimated_share"),
        *findings_at(entries, known & ~given & ~decided, "estimated_share_missing", "estimated_share"),
        *findings_at(entries, outside, "estimated_share_range", "estimated_share"),
        *findings_at(entries, against, "tier_contradiction", "tier"),
    ]
    return Column(np.where(decided, earned, said).astype(np.int32), labels), findings
