"""The check: every rule over one source, in one pass, and the rows in the method's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.schema import KEEPABLE
from nhscarbon.activity.table import BLANK, Activity, Column
from nhscarbon.catalogue import TIERS, UNSTATED
from nhscarbon.checks.terms import codes_where, method_words
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding, Severity, first_rows
from nhscarbon.kernel import LARGEST, POWERS
from nhscarbon.method import Methodology

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Checked:
    """A source in the method's words, ready to be summed.

    Attributes
    ----------
    activity : Activity
        The source.
    columns : Mapping[str, Column]
        What the sum is grouped by: organisation, period, activity, unit, geography, tier, and `keep`.
    quantity : float64 array, shape (rows,)
    decimals : int64 array, shape (rows,)
        The decimal scale of each row's unit.
    usable : bool array, shape (rows,)
        Rows without a fault; all of them when nothing refuses.
    has_key : bool array, shape (rows,)
        Rows whose activity, unit, period and geography are known, so that they can be resolved.
    findings : tuple of Finding
        Of reading and checking together.
    """

    activity: Activity
    columns: Mapping[str, Column]
    quantity: NDArray[np.float64]
    decimals: NDArray[np.int64]
    usable: Mask
    has_key: Mask
    findings: tuple[Finding, ...]

    def part(self, rows: Mask) -> dict[str, Column]:
        """Return the columns of some of the rows."""
        return {name: Column(column.codes[rows], column.labels) for name, column in self.columns.items()}


def check(activity: Activity, method: Methodology, *, keep: tuple[str, ...] = ()) -> Checked:
    """Hold a source against a methodology.

    Parameters
    ----------
    activity : Activity
        What `nhscarbon.read` returned.
    method : Methodology
        Whose catalogue, units and tier rules apply.
    keep : tuple of str
        Further columns to group by: ``site``, ``month``, ``supplier``, ``reference``.

    Returns
    -------
    Checked
        With every finding; the caller decides what to refuse.

    Raises
    ------
    UsageError
        If `keep` names something else.
    """
    unknown = [name for name in keep if name not in KEEPABLE]
    if unknown:
        raise UsageError(f"cannot keep '{unknown[0]}'; choose from {', '.join(KEEPABLE)}")
    columns, evidence, stated, findings = method_words(activity, method, keep)
    quantity = activity.numbers.get("quantity", np.full(len(activity), np.nan))
    scale = [method.units.decimals[unit] for unit in columns["unit"].labels]
    decimals = np.array([*scale, 0], np.int64)[columns["unit"].codes]
    tier, found = _tier(activity, method, evidence, stated)
    columns = {**columns, "tier": tier}
    findings += found
    findings += _quantity_rules(activity, method, columns, quantity, decimals)
    usable = np.isfinite(quantity)
    has_key = np.ones(len(activity), np.bool_)
    for name in ("activity", "unit", "period", "geography"):
        has_key &= columns[name].codes != BLANK
    for column in columns.values():
        usable &= column.codes != BLANK
    usable &= np.abs(np.where(usable, quantity, 0) * POWERS[decimals]) < LARGEST
    return Checked(activity, columns, quantity, decimals, usable, has_key, (*activity.findings, *findings))


def _quantity_rules(
    activity: Activity,
    method: Methodology,
    columns: Mapping[str, Column],
    quantity: NDArray[np.float64],
    decimals: NDArray[np.int64],
) -> list[Finding]:
    reversible = {code for code, entry in method.catalogue.activities.items() if entry.reversible}
    fixed = codes_where(columns["activity"], lambda code: code not in reversible)
    finite = np.isfinite(quantity)
    with np.errstate(invalid="ignore"):  # a NaN compares as False, and is reported by the reader
        negative = (quantity < 0) & fixed
        large = finite & (np.abs(quantity) * POWERS[decimals] >= LARGEST)
        small = (quantity != 0) & (np.abs(quantity) * POWERS[decimals] < 0.5)  # would round to nothing
    return [
        *_marked(activity, negative, "quantity_negative", "reject_line", "quantity",
                 "the quantity is negative, and this activity cannot be returned.",
                 "Enter what was used; only activities marked reversible take credits."),
        *_marked(activity, large, "quantity_too_large", "reject_line", "quantity",
                 "the quantity is larger than any NHS body could use.", "Check the unit and the decimal point."),
        *_marked(activity, small & finite, "quantity_too_small", "reject_line", "quantity",
                 "the quantity is smaller than the last decimal that its unit is summed at.",
                 "Give it in a smaller unit, such as kg in place of tonne."),
    ]  # fmt: skip


def _tier(activity: Activity, method: Methodology, evidence: Column, stated: Column) -> tuple[Column, list[Finding]]:
    """Decide each row's tier: by evidence and estimated share, else as stated, else unstated."""
    labels = tuple(sorted((*TIERS, UNSTATED)))
    place = {label: code for code, label in enumerate(labels)}
    words = [place[label] if label else place[UNSTATED] for label in stated.labels] + [place[UNSTATED]]
    said = np.array(words, np.int32)[stated.codes]
    share = activity.numbers.get("estimated_share", np.full(len(activity), np.nan))
    earned = np.full(len(activity), place[UNSTATED], np.int32)
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
    findings = [
        *_marked(activity, given & ~known & ~outside, "estimated_share_alone", "warning", "estimated_share",
                 "an estimated share without evidence decides no tier; the tier is as stated, or unstated.",
                 "Say how the quantity is known: metered, invoiced, estimated, modelled ..."),
        *_marked(activity, known & ~given & ~decided, "estimated_share_missing", "info", "estimated_share",
                 "this evidence earns a tier only with its estimated share; the tier is as stated, or unstated.",
                 "Write 0 where nothing was estimated."),
        *_marked(activity, outside, "estimated_share_range", "reject_line", "estimated_share",
                 "the estimated share is not between 0 and 1.", "Write 0.25 for a quarter."),
        *_marked(activity, against, "tier_contradiction", "warning", "tier",
                 "the tier that was stated is not the one that the evidence earns; the evidence decided."),
    ]  # fmt: skip
    return Column(np.where(decided, earned, said).astype(np.int32), labels), findings


def _marked(
    activity: Activity,
    mask: Mask,
    code: str,
    severity: Severity,
    column: str,
    message: str,
    suggestion: str = "",
) -> list[Finding]:
    where = activity.row_numbers[mask]
    if not len(where):
        return []
    return [Finding(code=code, severity=severity, file=activity.file, column=column, rows=len(where),
                    first_rows=first_rows(where), message=message, suggestion=suggestion)]  # fmt: skip
