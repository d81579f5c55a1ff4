"""The named rules of the estates returns: each cell is kept or excluded by one of them, and listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from nhscarbon.activity.eric.layouts import Rule
from nhscarbon.errors import IntegrityError
from nhscarbon.findings import Finding, finding, first_rows, wording

PLAIN = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
POWERS = PLAIN + r"[eE][+-]?[0-9]{1,2}"
THOUSANDS = r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
GROUPS: dict[str, list[str]] = {
    "value": ["organisation", "header", "text"],
    "measure": ["header"],
    "file": [],
}
MOST_LISTED = 500  # of one rule; beyond it a file is listed by column, so that the findings can be read
KEY_TESTS = ("organisation_ends", "organisation_is", "site_matches")
OTHER_TESTS = ("missing_text", "thousands_separator", "site_has_none", "assumption", "always", "sibling_above_per")


@dataclass(frozen=True)
class Where:
    """What every finding about one file has in common."""

    file: str
    sheet: str
    layout: str
    period: str


def select(rules: Iterable[Rule], layout: str, *tests: str) -> list[Rule]:
    """Return the rules that hold for a layout, in order, optionally of some tests only."""
    known = {*CELL_TESTS, *KEY_TESTS, *OTHER_TESTS}
    here = [rule for rule in rules if rule.layout in ("*", layout)]
    for rule in here:
        if rule.test not in known:
            raise IntegrityError(f"rule '{rule.rule_id}' names the test '{rule.test}', which is not known here")
    return [rule for rule in here if not tests or rule.test in tests]


def to_numbers(text: pd.Series, *, commas: bool) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Read strict decimal text, also in powers of ten; with `commas`, also numbers whose thousands are parted.

    Returns
    -------
    tuple of Series
        The numbers, NaN where the text is none, and the masks of those that had commas and of those in powers of ten.
    """
    codes, distinct = pd.factorize(text)
    values = pd.Series(distinct, dtype=object).astype(str)
    parted = values.str.fullmatch(THOUSANDS).to_numpy(bool)
    powers = values.str.fullmatch(POWERS).to_numpy(bool)
    readable = values.str.fullmatch(PLAIN).to_numpy(bool) | powers | (parted & commas)
    numbers = np.full(len(values), np.nan)
    numbers[readable] = values[readable].str.replace(",", "").to_numpy(dtype=np.float64)
    with_commas, in_powers = (pd.Series(mask[codes], text.index) for mask in (parted & commas, powers))
    return pd.Series(numbers[codes], text.index), with_commas, in_powers


def _equals(cells: pd.DataFrame, rule: Rule) -> pd.Series:
    return cells["quantity"].isin([float(value) for value in rule.threshold.split("|")])


def _below(cells: pd.DataFrame, rule: Rule) -> pd.Series:
    return cells["quantity"] < float(rule.threshold)


def _above(cells: pd.DataFrame, rule: Rule) -> pd.Series:
    return cells["quantity"] > float(rule.threshold)


def _ratio(cells: pd.DataFrame, per: str) -> pd.Series:
    """Return each quantity per another measure of its site; NaN where the site has none."""
    base = cells[(cells["measure"] == per) & (cells["quantity"] > 0)].drop_duplicates("key")
    divisor = base.set_index("key")["quantity"].reindex(cells["key"])
    ratio: pd.Series = cells["quantity"] / divisor.to_numpy(dtype=np.float64)
    return ratio


def _above_per(cells: pd.DataFrame, rule: Rule) -> pd.Series:
    return _ratio(cells, rule.per) > float(rule.threshold)


def _repeated(cells: pd.DataFrame, rule: Rule) -> pd.Series:
    same = cells.groupby(["organisation", "measure", "quantity"], sort=False)["site"].transform("nunique")
    return same >= int(rule.threshold)


CELL_TESTS: dict[str, Callable[[pd.DataFrame, Rule], pd.Series]] = {
    "equals": _equals,
    "below": _below,
    "above": _above,
    "above_per": _above_per,
    "repeated": _repeated,
}


def judge(cells: pd.DataFrame, rules: Iterable[Rule], where: Where) -> tuple[pd.Series, list[Finding]]:
    """Apply the cell rules in order; the first that meets a cell decides it.

    Parameters
    ----------
    cells : DataFrame
        Numeric cells with `key`, `organisation`, `site`, `measure`, `unit`, `header`, `text`,
        `quantity` and `row`.
    rules : iterable of Rule
        All rules of the package; the others are passed over.
    where : Where
        The file, sheet, layout and period, for the findings.

    Returns
    -------
    tuple
        The mask of the cells to keep, and one or more findings for each rule that met any.
    """
    kept = pd.Series(True, index=cells.index)
    slipped: set[str] = set()
    undecided = kept.copy()
    findings: list[Finding] = []
    for rule in select(rules, where.layout, *CELL_TESTS):
        met = undecided & _in_scope(cells, rule) & CELL_TESTS[rule.test](cells, rule)
        if rule.minimum:
            met &= cells["quantity"] >= float(rule.minimum)
        if met.any():
            part = cells.assign(ratio=_ratio(cells, rule.per))[met] if rule.per else cells[met]
            findings.extend(report(rule, part, where))
            undecided &= ~met
            kept &= ~met | (rule.action != "exclude")
            if rule.action == "exclude" and rule.test in ("above", "above_per"):
                slipped.update(part["key"])
    for rule in select(rules, where.layout, "sibling_above_per"):
        ratio = _ratio(cells, rule.per)
        met = kept & _in_scope(cells, rule) & cells["key"].isin(slipped) & (ratio > float(rule.threshold))
        if met.any():
            findings.extend(report(rule, cells.assign(ratio=ratio)[met], where))
    return kept, findings


def _in_scope(cells: pd.DataFrame, rule: Rule) -> pd.Series:
    measures = [name for name in cells["measure"].unique() if fnmatchcase(name, rule.measure)]
    mask = cells["measure"].isin(measures)
    if rule.unit != "*":
        mask &= cells["unit"] == rule.unit
    if rule.organisation != "*":
        mask &= cells["organisation"] == rule.organisation
    return mask


def meets_key(keys: pd.DataFrame, rule: Rule) -> pd.Series:
    """Return which rows a rule about the organisation or site code meets."""
    if rule.test == "organisation_ends":
        return keys["organisation"].str.endswith(rule.threshold)
    if rule.test == "organisation_is":
        return keys["organisation"] == rule.threshold
    return keys["site"].str.fullmatch(rule.threshold)


def report(rule: Rule, frame: pd.DataFrame, where: Where) -> Iterator[Finding]:
    """Yield the findings of one rule: one per cell, value, measure or file, as the rule is listed.

    `frame` has at least `row`; of the other columns of a cell, those that are one and the same in a
    group are shown.
    """
    for part in groups(frame, GROUPS.get(rule.listed)):
        left_out = "_left_out" if rule.action == "exclude" and _quantity(part) is not None else ""
        yield finding_of_cells(
            rule.code, f"{rule.severity}{left_out}", part, where, reason=rule.reason, advice=rule.suggestion
        )


def groups(frame: pd.DataFrame, by: list[str] | None) -> Iterator[pd.DataFrame]:
    """Yield the rows of a frame one by one (`by` is None) or in groups; in fewer if there are too many."""
    if by is None:
        number = pd.Series(np.arange(len(frame)), frame.index)
    else:
        number = frame.groupby(by, sort=False).ngroup() if by else pd.Series(0, frame.index)
    if len(frame) and int(number.max()) >= MOST_LISTED:
        number = frame.groupby("header", sort=False).ngroup() if "header" in frame else number * 0
    for _, part in frame.groupby(number, sort=False):
        yield part


def finding_of_cells(code: str, variant: str, part: pd.DataFrame, where: Where, **values: object) -> Finding:
    """Make one finding about a group of cells or rows, which its text names as ``cells``."""
    organisation, site, column = _one(part, "organisation"), _one(part, "site"), _one(part, "header")
    value, unit, activity = _one(part, "text"), _one(part, "unit"), _one(part, "activity")
    quantity = _quantity(part)
    count = len(part)
    place = " ".join(item for item in (organisation, site) if item)
    head = ", ".join(item for item in (place, f"'{column}'" if column else "") if item)
    if count == 1:
        amount = " ".join(item for item in (value, unit if quantity is not None else "") if item)
        amount += f" ({_shown(part['ratio'].iloc[0])} {unit}/m2)" if "ratio" in part else ""
    else:
        amount = f"{value} in {count:,} cells" if value else f"{count:,} {'cells' if column else 'rows'}"
        amount += f", {_shown(quantity)} {unit} together" if quantity is not None else ""
    what = ": ".join(item for item in (head, amount) if item)
    said = wording(code, variant, cells=f"{what}. " if what else "", **values)
    return finding(
        said,
        file=where.file,
        sheet=where.sheet,
        column=column,
        value=value,
        organisation=organisation,
        site=site,
        period=where.period,
        activity=activity,
        quantity=quantity,
        unit=unit,
        rows=count,
        first_rows=first_rows(part["row"].tolist()),
    )


def _quantity(part: pd.DataFrame) -> float | None:
    """Return the sum of a group of one unit, None where it has several or no figures."""
    return float(part["quantity"].sum()) if _one(part, "unit") and part["quantity"].notna().any() else None


def _shown(quantity: float) -> str:
    return f"{quantity:,.0f}" if abs(quantity) >= 1000 else f"{quantity:,.3g}"


def _one(part: pd.DataFrame, column: str) -> str:
    """Return the value that a group shares, or nothing."""
    if column not in part or (part[column] != part[column].iloc[0]).any():
        return ""
    return str(part[column].iloc[0])
