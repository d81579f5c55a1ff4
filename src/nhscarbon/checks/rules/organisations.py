"""Whether the organisations of a return are codes of the release that were in use in its year. One look per word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from nhscarbon.activity.columns import BLANK, Column, Mask
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.hits import Grouped, Hit, Places, few_or_one
from nhscarbon.checks.rules.sites import site_findings
from nhscarbon.checks.rules.use import closed_before, not_open_yet, out_of_use
from nhscarbon.organisations.code_forms import TRUST_CODE, is_disguised, is_total
from nhscarbon.organisations.index import SITE, OrganisationIndex
from nhscarbon.output.text import in_title_case

COLUMN = "organisation"
UNKNOWN, LACKING, LEVEL = "no code", "not in the release", "sends no return"
LEVELS = {SITE: "a site", "region": "a region", "country": "a country"}  # what sends no return


def organisation_findings(columns: Mapping[str, Column], index: OrganisationIndex) -> Iterator[Hit]:
    """Find what is no code, is not in the release, reports nothing or was not in use, and sites of others.

    Parameters
    ----------
    columns : Mapping[str, Column]
        ``organisation`` as sent, in capitals; ``period`` as NHS years; ``site`` where there is one. Of rows, or of
        cells of sums: both have the same findings.
    index : OrganisationIndex

    Yields
    ------
    Hit
        At most `EACH` of one kind; of more distinct words of a kind, one.
    """
    column = columns[COLUMN]
    if column.labels:
        places = index.places(column.labels)
        kind = np.where(places < 0, BLANK, index.kind[places].astype(np.int64))
        level = np.isin(kind, [index.kinds.index(each) for each in LEVELS if each in index.kinds])
        if (wrong := (places < 0) | level).any():
            yield from _words(column, wrong, index)
        yield from _out_of_use(columns, places, kind, ~wrong, index)
    if "site" in columns:
        yield from site_findings(columns, index)


def _words(column: Column, wanted: Mask, index: OrganisationIndex) -> Iterator[Hit]:
    """Find the words that are wrong in any year: what is no code, what the release lacks, what sends no return."""
    kinds = np.array([_kind_of(word, index) if wrong else "" for word, wrong in
                      zip(column.labels, (wanted & column.met).tolist(), strict=True)])  # fmt: skip
    unknown, lacking, level = (_cells_of(column, kinds == each) for each in (UNKNOWN, LACKING, LEVEL))
    yield from few_or_one(
        "organisation_unknown", "many", *unknown, COLUMN, lambda word, where: _not_a_code(word, where, index)
    )
    yield from few_or_one(
        "organisation_not_in_release", "many", *lacking, COLUMN, lambda word, where: _not_in_release(word, where, index)
    )
    yield from few_or_one("organisation_level", "many", *level, COLUMN, lambda word, where: _level(word, where, index))


def _kind_of(word: str, index: OrganisationIndex) -> str:
    if word in index.number:
        return LEVEL
    return LACKING if index.is_code(word) else UNKNOWN


def _not_a_code(word: str, where: Places, index: OrganisationIndex) -> Hit:
    if is_total(word):
        return Hit("organisation_unknown", "total", where, COLUMN, {"word": word})
    if not (near := index.suggested(word)):
        return Hit("organisation_unknown", "", where, COLUMN, {"word": word})
    names, codes = _near(near, index)
    variant = "letters" if is_disguised(word) else "near"
    return Hit("organisation_unknown", variant, where, COLUMN, {"word": word, "near": names, "codes": codes})


def _not_in_release(word: str, where: Places, index: OrganisationIndex) -> Hit:
    said = {"code": word, "release": index.release}
    if note := index.notes.get(word):
        return Hit("organisation_not_in_release", "noted", where, COLUMN, {**said, "note": note})
    if near := index.alike(word):
        names, codes = _near(near, index)
        return Hit("organisation_not_in_release", "near", where, COLUMN, {**said, "near": names, "codes": codes})
    if trust := index.near_trust(word):
        named = {**said, "trust": trust, "name": in_title_case(index.name_of(trust))}
        return Hit("organisation_not_in_release", "site", where, COLUMN, named)
    return Hit("organisation_not_in_release", "", where, COLUMN, said)


def _near(near: tuple[str, ...], index: OrganisationIndex) -> tuple[str, str]:
    """Return the codes that a text suggests, with and without their names."""
    names = [f"{code} ({name})" if (name := in_title_case(index.name_of(code))) else code for code in near]
    return " or ".join(names), " or ".join(near)


def _level(code: str, where: Places, index: OrganisationIndex) -> Hit:
    kind = index.kind_of(code)
    said = {"code": code, "name": in_title_case(index.name_of(code)), "what": LEVELS[kind]}
    if kind == SITE:
        return Hit("organisation_level", "site", where, COLUMN, {**said, "trust": code[:TRUST_CODE]})
    return Hit("organisation_level", "", where, COLUMN, said)


def _cells_of(column: Column, wanted: Mask, *, without: Places | None = None) -> tuple[list[str], Grouped]:
    """Return the words of some labels, and the cells of each, less some cells."""
    here = np.flatnonzero(wanted)
    group = np.full(len(column.labels) + 1, BLANK, np.int64)
    group[here] = np.arange(len(here))
    at = column.where(group >= 0)
    if without is not None and len(without):
        at = np.setdiff1d(at, without)
    return [column.labels[each] for each in here.tolist()], Grouped(at, group[column.part(at).codes], len(here))


def _out_of_use(
    columns: Mapping[str, Column], places: Places, kind: Places, reporting: Mask, index: OrganisationIndex
) -> Iterator[Hit]:
    """Find codes that had closed before the year or opened after it, and codes of which nothing else is known."""
    column = columns[COLUMN]
    closed, early = out_of_use(columns, COLUMN, reporting, places, index)
    yield from few_or_one(
        "organisation_closed",
        "many",
        closed.pairs,
        closed.cells,
        COLUMN,
        lambda pair, where: _closed(pair, where, index),
    )
    yield from few_or_one(
        "organisation_not_open_yet", "many", early.pairs, early.cells, COLUMN,
        lambda pair, where: _early(pair, where, index),
    )  # fmt: skip
    unnamed = reporting & (kind == index.kinds.index("")) if "" in index.kinds else np.zeros(len(places), np.bool_)
    if unnamed.any():
        words, cells = _cells_of(column, unnamed, without=np.concatenate([closed.cells.at, early.cells.at]))
        yield from few_or_one("organisation_unnamed", "many", words, cells, COLUMN, _unnamed)


def _unnamed(code: str, where: Places) -> Hit:
    return Hit("organisation_unnamed", "", where, COLUMN, {"code": code})


def _closed(pair: tuple[str, str], where: Places, index: OrganisationIndex) -> Hit:
    known, successor = closed_before(*pair, index)
    if successor:
        values = {"known": known, "year": pair[1], "successor": successor}
        return Hit("organisation_closed", "followed", where, COLUMN, values)
    return Hit("organisation_closed", "", where, COLUMN, {"known": known})


def _early(pair: tuple[str, str], where: Places, index: OrganisationIndex) -> Hit:
    return Hit("organisation_not_open_yet", "", where, COLUMN, {"known": not_open_yet(*pair, index)})


def organisations_and_sites(cells: Cells) -> Iterator[Hit]:
    """Find codes that are unknown or were not in use, and sites that were another organisation's."""
    index = cells.organisations
    if index is None:
        return
    words = cells.columns
    yield from organisation_findings({COLUMN: words["sent"], "period": words["period"]}, index)
    if cells.detailed:  # a site is looked up for the organisation that is clearly meant
        yield from site_findings({name: words[name] for name in (COLUMN, "period", "site")}, index)


CELL_RULES = (organisations_and_sites,)
DETAIL_CODES = ("site_closed", "site_not_open_yet", "site_of_another", "site_unknown", "site_wrong")
