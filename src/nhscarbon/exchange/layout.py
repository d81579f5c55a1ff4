"""The tables of an export: their columns and what each means, and rows of text put in one order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

SEPARATOR = ";"  # between the names in one cell
# rows that share a factor lie together, whichever theme uses it: they take much less room that way
ALIKE = ("component", "activity", "unit", "geography")
ORDER: Mapping[str, tuple[str, ...]] = {
    "multipliers": (*ALIKE, "factor_id", "period"),
    "missing_components": ALIKE,
    "refusals": ("outcome", "activity", "period"),
    "words": ("answers", "kinds", "outcome"),
}
DECIMALS = ("multiplier", "ratio")  # columns of decimal text: a minus sign starts no formula there

# Of multipliers, what stays the same from year to year comes first, and what a year decides last: rows that are alike
# to their end take little room.
TABLES: Mapping[str, Mapping[str, str]] = {
    "multipliers": {
        "activity": "code of the catalogue",
        "factor_id": "the published factor",
        "conversion_id": "conversions that the multiplier includes, price years too",
        "unit": "a unit that the catalogue lists for the activity",
        "geography": "where the factor applies",
        "component": "direct, generation, wtt (well-to-tank) and so on: add those that count in your boundary",
        "scope": "GHG Protocol scope: 1, 2, 3, outside_of_scopes or none",
        "theme": "where the component is reported",
        "category": "the activity's own category, which decides what counts",
        "ghg_protocol_category": "scope 3 category, 1 to 15",
        "boundaries": "totals in which it counts, separated by semicolons; none where it is only reported separately",
        "multiplier": "kgCO2e for one unit, as decimal text: conversion x factor",
        "period": "NHS year, 1 April to 31 March",
        "package": "data package of the factor, with its version",
        "locator": "sheet and cell, or table and page, in the publisher's own file",
    },
    "activity_units": {
        "activity": "code of the catalogue",
        "unit": "every unit that the activity takes",
        "multiplier_unit": "the unit that has multipliers",
        "ratio": "how many of those one unit is, as decimal text",
    },
    "missing_components": {
        "activity": "code of the catalogue",
        "unit": "a unit that has multipliers",
        "geography": "where the factor would apply",
        "component": "what no publication has for this year",
        "boundaries": "totals that cannot be given, as they need it, separated by semicolons",
        "period": "NHS year",
    },
    "refusals": {
        "outcome": "code of the finding; not_counted_declared is a declared gap, which is listed and not refused",
        "activity": "code of the catalogue",
        "unit": "a unit of the activity",
        "geography": "where a factor would apply",
        "reason": "why there is no multiplier",
        "period": "NHS year",
    },
    "activities": {
        "activity": "code of the catalogue",
        "label": "what it is, for people",
        "theme": "its theme",
        "theme_label": "the theme, for people",
        "category": "its category",
        "units": "units that the catalogue lists, separated by semicolons",
        "components": "what a full total needs, separated by semicolons",
        "reversible": "whether a quantity may be negative",
        "note": "what to know before you enter it",
    },
    "units": {
        "unit": "unit of the vocabulary",
        "label": "what it is",
        "kind": "what it measures: units of one kind differ by a ratio",
        "decimals": "decimal places that a quantity is summed at",
    },
    "unit_aliases": {
        "spelling": "as written, the unit's own name too",
        "unit": "the unit that it means",
        "any_case": "whether small or capital letters make no difference",
    },
    "periods": {"written": "an NHS year or a month as written", "period": "the NHS year that it belongs to"},
    "boundaries": {
        "boundary": "a total",
        "category": "category of an activity",
        "component": "component of a factor",
        "scope": "scope of a factor",
        "theme": "where it is reported",
        "counts": "whether the total includes it",
    },
    "words": {
        "term": "words that a phrase holds, in any order",
        "kinds": "kinds of units that it is for, separated by |; all physical ones where empty",
        "outcome": "one, ask or none",
        "answers": "activities, separated by |",
        "question": "what to ask where it can mean several",
        "reason": "why it means no activity",
        "status": "reviewed, or proposed: ask before you rely on it",
    },
    "licences": {
        "package": "data package with its version",
        "title": "what it holds",
        "licence": "terms of its figures",
        "licence_url": "where the terms are",
        "attribution": "what to print beside figures that come from it",
        "sources": "the publishers' own files, separated by semicolons",
        "sha256": "digest of the package",
    },
}


def text_table(table: str, rows: Iterable[tuple[str, ...]]) -> pd.DataFrame:
    """Return the rows of a table, all cells text, in one order: by what they are of, and then by all their cells."""
    columns = [*TABLES[table]]
    first = [(name, columns.index(name)) for name in ORDER.get(table, ())]

    def order(row: tuple[str, ...]) -> tuple[str, ...]:
        return (*(_alike(name, row[place]) for name, place in first), *row)

    ordered: list[tuple[str, ...]] = sorted(rows, key=order)
    return pd.DataFrame(ordered, columns=columns, dtype=object)


def _alike(column: str, cell: str) -> str:
    """Return what puts a cell in order: of an activity, what follows its theme, as many themes use one factor."""
    return cell.partition(".")[2] if column == "activity" else cell
