"""Estates returns (ERIC) as NHS England publishes them: a file in, activity and denominators out.

What a header, a column or an odd value means is data (a layouts package); here is only how to read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nhscarbon.activity.eric.cells import SITE_ROLES, long_cells, unread_columns, wide_cells, year_of
from nhscarbon.activity.eric.layouts import Layout, Layouts, Rule, Sheet, read_layouts
from nhscarbon.activity.eric.recognise import recognise
from nhscarbon.activity.eric.rules import (
    KEY_TESTS,
    Where,
    finding_of_cells,
    groups,
    judge,
    meets_key,
    report,
    select,
    to_numbers,
)
from nhscarbon.activity.files.sheets import read_bytes, read_grids
from nhscarbon.findings import Finding, finding, first_rows
from nhscarbon.output.text import short_repr


@dataclass(frozen=True)
class EricReturn:
    """One estates return: what was used, what to divide it by, who sent it, and what was odd.

    `activity` has organisation, site, period, activity, quantity, unit, measure, source_row and
    source_column, one row per cell kept; `denominators` likewise with `value`; `rows` counts the
    rows of the file below its header.
    """

    layout: str
    period: str
    activity: pd.DataFrame
    denominators: pd.DataFrame
    organisations: pd.DataFrame
    sites: pd.DataFrame
    findings: tuple[Finding, ...]
    rows: int

    __repr__ = short_repr


def read_eric_table(path: str | Path, layouts: Layouts | str | Path) -> EricReturn:
    """Read an estates return as published.

    Parameters
    ----------
    path : str or Path
        A workbook or CSV of one year's site data, or the long form of NHS England's warehouse.
    layouts : Layouts, str or Path
        The known layouts, or the folder of the package that holds them.

    Returns
    -------
    EricReturn
        With a finding for everything left out, assumed or suspected.

    Raises
    ------
    UnreadableError
        If the header is no known layout's, or a long file is of no single year.
    """
    known = layouts if isinstance(layouts, Layouts) else read_layouts(Path(layouts))
    file = Path(path).name
    sheet = recognise(file, read_grids(file, read_bytes(Path(path))), known)
    if sheet.layout.match == "names":
        layout, period = year_of(file, sheet, known)
        keys, cells, findings = long_cells(sheet, layout, Where(file, sheet.name, layout.name, period))
    else:
        layout, period, findings = sheet.layout, sheet.layout.period, []
        keys, cells = wide_cells(sheet)
    where = Where(file, sheet.name, layout.name, period)
    findings += [*_rows_above(sheet, where), *unread_columns(sheet, where)]
    keys, cells, found = _drop_rows(keys, cells, known, where)
    findings += found
    cells, found = _numbers(cells, layout, known, where)
    findings += found
    kept, found = judge(cells, known.rules, where)
    cells = cells[kept]
    findings += found + _about_sites(keys, cells, known, where) + _explained(cells, known, where)
    return EricReturn(
        layout=sheet.layout.name,
        period=period,
        activity=_activity(cells, period),
        denominators=_denominators(cells, period),
        organisations=_organisations(keys),
        sites=_sites(keys),
        findings=tuple(findings),
        rows=len(sheet.body),
    )


def _rows_above(sheet: Sheet, where: Where) -> list[Finding]:
    """Say which rows stand above the header beside those that were published."""
    above = sheet.above
    if not above:
        return []
    return [finding("rows_above_header", file=where.file, sheet=where.sheet, rows=len(above), cell=f"A{above[0]}",
                    first_rows=first_rows(above), header=sheet.first_row - 1)]  # fmt: skip


def _drop_rows(
    keys: pd.DataFrame, cells: pd.DataFrame, known: Layouts, where: Where
) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Leave out subtotal and empty rows; refuse values without an owner and sites given twice."""
    findings: list[Finding] = []
    dropped = pd.Series(False, index=keys.index)
    for rule in select(known.rules, where.layout, "organisation_ends", "organisation_is"):
        met = meets_key(keys, rule) & ~dropped
        if met.any():
            findings += report(rule, keys.loc[met, ["row"]], where)
            dropped |= met
    cells = cells[~dropped.to_numpy()[cells["at"].to_numpy()]]
    orphans = cells[(cells["organisation"] == "") & (cells["text"] != "")].drop_duplicates("at")
    if len(orphans):
        findings.append(finding_of_cells("organisation_missing", "", orphans[["row"]], where))
    cells = cells[cells["organisation"] != ""]
    twice = cells[cells.duplicated(["key", "measure"])].drop_duplicates("at")
    if len(twice):
        findings.append(finding_of_cells("site_repeated", "", twice[["row", "organisation"]], where))
    return keys[~dropped & (keys["organisation"] != "")], cells, findings


def _numbers(cells: pd.DataFrame, layout: Layout, known: Layouts, where: Where) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the numbers; missing texts and words are counted and left out, never zero; other figures are refused."""
    findings: list[Finding] = []
    missing = cells["text"].isin(layout.missing)
    for rule in select(known.rules, where.layout, "missing_text"):
        part = cells.loc[missing, ["row", "header", "activity"]]
        findings += report(rule, part, where) if len(part) else ()
    cells = cells[~missing]
    commas = select(known.rules, where.layout, "thousands_separator")
    quantity, parted, powers = to_numbers(cells["text"], commas=bool(commas))
    cells = cells.assign(quantity=quantity)
    for rule in commas:
        findings += report(rule, cells.loc[parted, ["row"]], where) if parted.any() else ()
    findings += [
        finding_of_cells("number_in_powers", "", part, where) for part in groups(cells[powers], ["header", "text"])
    ]
    bad = cells[quantity.isna()].drop(columns=["quantity", "unit"])
    figures = bad["text"].str.contains(r"\d")  # a word is no figure, as NHS England's own files have them
    for variant, part in (("estates_figure", bad[figures]), ("estates", bad[~figures])):
        findings += [
            finding_of_cells("number_unreadable", variant, each, where) for each in groups(part, ["header", "text"])
        ]
    return cells[quantity.notna()], findings


def _about_sites(keys: pd.DataFrame, cells: pd.DataFrame, known: Layouts, where: Where) -> list[Finding]:
    """List odd site codes, and the sites that a supply is missing for."""
    findings: list[Finding] = []
    sites = keys.drop_duplicates(["organisation", "site"])
    columns = ["row", "organisation", "site"]
    decided = pd.Series(False, index=sites.index)
    for rule in select(known.rules, where.layout, *KEY_TESTS[2:]):
        met = meets_key(sites, rule) & ~decided
        decided |= met
        findings += report(rule, sites.loc[met, columns], where) if met.any() else ()
    for rule in select(known.rules, where.layout, "site_has_none"):
        used = cells["key"][(cells["role"] == "activity") & (cells["unit"] == rule.unit)]
        bare = ~(sites["organisation"] + "\x1f" + sites["site"]).isin(used.unique())
        findings += report(rule, sites.loc[bare, columns], where) if bare.any() else ()
    return findings


def _explained(cells: pd.DataFrame, known: Layouts, where: Where) -> list[Finding]:
    """Total what rests on an assumption, and what is inside another figure and so not added."""
    findings: list[Finding] = []
    for rule in select(known.rules, where.layout, "always"):
        findings += report(rule, cells[["row"]], where) if len(cells) else ()
    rules: dict[str, Rule] = {rule.rule_id: rule for rule in select(known.rules, where.layout, "assumption")}
    filled = cells[cells["quantity"] != 0].drop(columns="text")
    for rule_id, part in filled[filled["rule"] != ""].groupby("rule", sort=False):
        findings += report(rules[str(rule_id)], part, where)
    inside = filled[filled["role"] == "inside_another"]
    findings += [
        finding_of_cells("already_inside", "", part, where) for _, part in inside.groupby("measure", sort=False)
    ]
    return findings


def _activity(cells: pd.DataFrame, period: str) -> pd.DataFrame:
    used = cells[cells["role"] == "activity"].assign(period=period)
    used = used.rename(columns={"row": "source_row", "header": "source_column"})
    columns = ["organisation", "site", "period", "activity", "quantity", "unit", "measure"]
    return used[[*columns, "source_row", "source_column"]].reset_index(drop=True)


def _denominators(cells: pd.DataFrame, period: str) -> pd.DataFrame:
    used = cells[cells["role"] == "denominator"].assign(period=period)
    used = used.rename(columns={"row": "source_row", "quantity": "value"})
    columns = ["organisation", "site", "period", "measure", "unit", "value", "source_row"]
    return used[columns].reset_index(drop=True)


def _organisations(keys: pd.DataFrame) -> pd.DataFrame:
    names = {"organisation_name": "name", "organisation_type": "type"}
    one = keys.drop_duplicates("organisation").rename(columns=names)
    return one[["organisation", "name", "type", "region"]].reset_index(drop=True)


def _sites(keys: pd.DataFrame) -> pd.DataFrame:
    one = keys.drop_duplicates(["organisation", "site"]).rename(columns={"site_name": "name"})
    columns = ["organisation", "site", "name", *SITE_ROLES[1:], "row"]
    return one[columns].rename(columns={"row": "source_row"}).reset_index(drop=True)
