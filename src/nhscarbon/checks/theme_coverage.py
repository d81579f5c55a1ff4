"""What a return covers: an answer for each theme of each organisation and NHS year, and what contradicts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pandas as pd

from nhscarbon.checks.short_activities import short_activities
from nhscarbon.checks.theme_answers import (
    ESTIMATED,
    MISSING,
    NONE_USED,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    NOT_COUNTED,
    SENT,
    Place,
    ThemeAnswer,
)
from nhscarbon.checks.theme_evidence import BY, ThemeEvidence, sizes_by_theme
from nhscarbon.checks.totals import Totals
from nhscarbon.findings import Finding, Wording, finding, first_rows, wording
from nhscarbon.methods.catalogue import Catalogue
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.periods import LAST_MONTH
from nhscarbon.sums.combinations import distinct

if TYPE_CHECKING:
    Pairs = Iterable[tuple[tuple[str, str], pd.DataFrame]]
    Months = Iterable[tuple[int, pd.DataFrame]]

COLUMNS = (*BY, "answer", "reason", "months", "part_of_year", "activities", "used", "not_counted", "share_estimated",
           "kgco2e", "estimated_kgco2e")  # fmt: skip
DERIVED = (MISSING, NOT_AVAILABLE, SENT, ESTIMATED, NOT_COUNTED, NONE_USED, NOT_APPLICABLE)  # of parts, the first wins
WHOLE = 0.9995  # of a theme's tonnes, from which all of it is estimated
APART = 20  # organisations and years that have a finding of their own; beyond, one is said for all
PARTLY = "partly not counted: no published factor for"


class ThemeRows(NamedTuple):
    """How a theme is answered, and its activities: sent, of those with a quantity, and without a factor."""

    answer: str
    activities: int
    used: int
    not_counted: int


def coverage_table(
    sums: Totals, resolutions: Mapping[FactorKey, Resolution], method: Methodology, evidence: ThemeEvidence
) -> pd.DataFrame:
    """Return one row for each theme of each organisation and NHS year of a return.

    Parameters
    ----------
    sums : Totals
    resolutions : Mapping[FactorKey, Resolution]
    method : Methodology
        Whose catalogue has the themes.
    evidence : ThemeEvidence
        Answers, months and what is estimated.

    Returns
    -------
    pandas.DataFrame
        ``organisation``, ``period``, ``theme``, ``answer``, ``reason``, ``months`` (0 to 12, missing where they are
        not known), ``part_of_year``, ``activities``, how many of them are ``used`` (not zero) and how many
        ``not_counted``, ``share_estimated``
        (0 to 1, of the tonnes), and ``estimated_kgco2e`` and ``kgco2e``, which are 0 where nothing is an estimate.
    """
    themes = tuple(method.catalogue.themes)
    sent = activities_sent(sums, resolutions, method)
    places = [*zip(sent["organisation"], sent["period"], strict=True), *(place[:2] for place in evidence.answers)]
    pairs = sorted(set(places))
    frame = pd.DataFrame(
        [(*pair, theme) for pair in pairs for theme in themes], columns=[*BY]
    ).merge(_by_theme(sent), on=BY, how="left")  # fmt: skip
    frame = frame.merge(evidence.estimated, on=BY, how="left")
    if len(evidence.estimated):  # else nothing is divided by them
        frame = frame.merge(sizes_by_theme(sums.columns, sums.quantity, resolutions, method), on=BY, how="left")
    else:
        frame["kgco2e"] = 0.0
    for name in ("activities", "not_counted", "used", "rows_estimated", "kgco2e", "estimated_kgco2e"):
        frame[name] = pd.to_numeric(frame[name]).fillna(0.0)
    size, part = frame["kgco2e"].to_numpy(np.float64), frame["estimated_kgco2e"].to_numpy(np.float64)
    frame["share_estimated"] = np.divide(part, size, out=np.zeros(len(frame)), where=size > 0)
    frame = _with_months(frame, evidence.months)
    frame = _with_short(frame, short_activities(evidence, sums, resolutions, method))
    frame["answer"] = _as_sent(frame)
    frame["reason"] = [
        f"{PARTLY} {left}" if some else ""
        for some, left in zip(
            (frame["not_counted"] > 0) & (frame["not_counted"] < frame["activities"]), frame["left"], strict=True
        )
    ]
    place_of = {place: number for number, place in enumerate(frame[BY].itertuples(index=False, name=None))}
    answers, reasons = frame["answer"].tolist(), frame["reason"].tolist()
    for place, given in evidence.answers.items():
        at = place_of.get(place)
        if at is not None and given.answer != MISSING:
            answers[at] = given.answer
            reasons[at] = "; ".join(filter(None, [given.reason, reasons[at]]))
    frame["answer"], frame["reason"] = answers, reasons
    frame = _with_parts(frame, themes, feeders(method.catalogue), len(pairs))
    counts = {name: frame[name].astype(np.int64) for name in ("activities", "used", "not_counted")}
    return frame.assign(**counts)[list(COLUMNS)]


def activities_sent(sums: Totals, resolutions: Mapping[FactorKey, Resolution], method: Methodology) -> pd.DataFrame:
    """Return which activities each organisation sent in each NHS year, with their theme.

    ``used`` is whether any sum is not zero, ``counted`` whether any has a published factor.
    """
    names = ("organisation", "period", "activity")
    cell, words = distinct(sums.columns, names)
    place, keys = sums.keyed
    refused = place.looked_up(np.array([resolutions[key].refusal is not None for key in keys] or [False], np.bool_))
    at, count = cell.numbers, len(words)
    used = np.bincount(at, weights=(sums.total != 0).astype(np.float64), minlength=count) > 0
    counted = np.bincount(at, weights=~refused, minlength=count) > 0
    frame = pd.DataFrame(words, columns=list(names), dtype="str").assign(used=used, counted=counted)
    themes = [method.catalogue.activities[code].theme for code in frame["activity"]]
    return frame.assign(theme=pd.Series(themes, index=frame.index, dtype="str"))  # text, of no rows too


def feeders(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return of each theme without activities of its own the themes whose activities are reported in it.

    Well-to-tank of energy is answered when fossil fuels, fleet, electricity and business travel are.
    """
    own = {entry.theme for entry in catalogue.activities.values()}
    home = {entry.category: entry.theme for entry in catalogue.activities.values()}
    found: dict[str, dict[str, None]] = {}
    for (category, _), theme in catalogue.reported_in.items():
        if theme not in own and category in home:
            found.setdefault(theme, {})[home[category]] = None
    return {theme: tuple(parts) for theme, parts in found.items()}


def _by_theme(sent: pd.DataFrame) -> pd.DataFrame:
    """Count the activities of each theme, those that are not counted, and those of which any was used."""
    left = sent[~sent["counted"]].groupby(BY, sort=False)["activity"].agg(", ".join).rename("left")
    grouped = sent.groupby(BY, sort=False).agg(
        activities=("activity", "count"), counted=("counted", "sum"), used=("used", "sum")
    )
    grouped["not_counted"] = grouped["activities"] - grouped["counted"]
    return grouped.join(left).drop(columns="counted").reset_index()


def _with_months(frame: pd.DataFrame, months: pd.DataFrame | None) -> pd.DataFrame:
    """Add how many months of each theme are given: those of any activity, and all of them by a row of the year."""
    if months is None:
        known = pd.array([0 if none else pd.NA for none in frame["activities"] == 0], dtype="Int64")
        return frame.assign(months=known, part_of_year=False)
    whole = months[months["month"] == ""].groupby(BY, sort=False).size().rename("whole")
    given = months[months["month"] != ""].groupby(BY, sort=False)["month"].nunique().rename("given")
    steady = months[~months["when_needed"].astype(bool)].groupby(BY, sort=False).size().rename("steady")
    frame = frame.join(whole, on=BY).join(given, on=BY).join(steady, on=BY)
    count = pd.to_numeric(frame["given"]).fillna(0).astype(np.int64).where(frame["whole"].isna(), LAST_MONTH)
    part = (count > 0) & (count < LAST_MONTH) & frame["steady"].notna()
    return frame.drop(columns=["whole", "given", "steady"]).assign(months=count.astype("Int64"), part_of_year=part)


def _with_short(frame: pd.DataFrame, short: pd.DataFrame) -> pd.DataFrame:
    """Take the months of a theme from a large activity that lacks some."""
    if short.empty:
        return frame
    frame = frame.merge(short, on=BY, how="left")
    lacks = frame["short_months"].notna()
    months = frame["months"].mask(lacks, frame["short_months"].astype("Int64"))
    return frame.assign(months=months, part_of_year=frame["part_of_year"] | lacks).drop(columns="short_months")


def _as_sent(frame: pd.DataFrame) -> list[str]:
    """Return the answer that the rows of each theme give."""
    none, all_left = frame["activities"] == 0, frame["not_counted"] == frame["activities"]
    cases = [none, frame["used"] == 0, all_left, frame["share_estimated"] >= WHOLE]
    found: list[str] = np.select(cases, [MISSING, NONE_USED, NOT_COUNTED, ESTIMATED], SENT).tolist()
    return found


def _with_parts(
    frame: pd.DataFrame, themes: Sequence[str], made_of: Mapping[str, tuple[str, ...]], pairs: int
) -> pd.DataFrame:
    """Answer themes that have no activities of their own by those of which they are made."""
    rank = {answer: place for place, answer in enumerate(DERIVED)}
    shape = (pairs, len(themes))
    answer = np.array([rank[word] for word in frame["answer"]], np.int64).reshape(shape)
    months = frame["months"].to_numpy(np.float64, na_value=np.nan, copy=True).reshape(shape)
    part = frame["part_of_year"].to_numpy(np.bool_, copy=True).reshape(shape)
    here = (frame["activities"].to_numpy() > 0).reshape(shape)
    for theme, parts in made_of.items():
        at, of = themes.index(theme), [themes.index(each) for each in parts]
        answer[:, at] = answer[:, of].min(axis=1)
        part[:, at] = part[:, of].any(axis=1)
        fewest = np.where(here[:, of], months[:, of], LAST_MONTH).min(axis=1)
        months[:, at] = np.where(here[:, of].any(axis=1), fewest, 0)
    counted = months.ravel()
    return frame.assign(
        answer=[DERIVED[place] for place in answer.ravel().tolist()], part_of_year=part.ravel(),
        months=pd.array([pd.NA if np.isnan(each) else int(each) for each in counted.tolist()], dtype="Int64"),
    )  # fmt: skip


def theme_findings(table: pd.DataFrame, method: Methodology, evidence: ThemeEvidence) -> list[Finding]:
    """Return what is wrong between the answers of a themes table and the rows, and which years are parts of one.

    Parameters
    ----------
    table : pandas.DataFrame
        From `coverage_table`.
    method : Methodology
    evidence : ThemeEvidence
        Whose answers the table was made with.
    """
    return [*contradictions(table, method, evidence), *part_of_year(table, method)]


def contradictions(table: pd.DataFrame, method: Methodology, evidence: ThemeEvidence) -> Iterator[Finding]:
    """Find answers of a themes table that the rows contradict, or that decide nothing."""
    if not evidence.answers:
        return
    made_of = feeders(method.catalogue)
    columns = [table[name].tolist() for name in (*BY, "answer", "activities", "used", "not_counted")]
    held = {(a, b, c): ThemeRows(*rest) for a, b, c, *rest in zip(*columns, strict=True)}
    sized = evidence.estimated[[*BY, "rows_estimated"]].itertuples(index=False, name=None)
    marked = {(organisation, period, theme) for organisation, period, theme, rows in sized if rows}
    with_rows = {place[:2] for place, row in held.items() if row.activities}
    absent: dict[tuple[str, str], ThemeAnswer] = {}
    for place, given in evidence.answers.items():
        organisation, period, theme = place
        label, row = method.catalogue.themes[theme], held[place]
        if place[:2] not in with_rows:
            absent.setdefault((organisation, period), given)
        if theme not in made_of:
            said = _contradiction(given.answer, label, row, marked=place in marked)
        elif given.answer not in (row.answer, MISSING):
            parts = ", ".join(method.catalogue.themes[each] for each in made_of[theme])
            said = wording("theme_answer_unused", "derived", theme=label, answer=row.answer, parts=parts)
        else:
            continue
        if said is not None:
            yield _about(said, place, given)
    for (organisation, period), given in islice(absent.items(), APART):
        said = wording("theme_answers_alone", organisation=organisation, period=period)
        yield _about(said, (organisation, period, ""), given)


def _contradiction(answer: str, label: str, row: ThemeRows, *, marked: bool) -> Wording | None:
    """Return what is said of an answer beside the rows of its theme; None where they agree."""
    if not row.activities:
        stands = answer not in (SENT, ESTIMATED)
        return None if stands else wording("theme_contradiction", "no_rows", theme=label, answer=answer)
    if answer in (NONE_USED, NOT_APPLICABLE) and row.used:
        return wording("theme_contradiction", theme=label, answer=answer, count=row.used)
    if answer == ESTIMATED and not marked:
        return wording("theme_contradiction", "not_marked", theme=label)
    if answer == NOT_COUNTED and not row.not_counted:
        return wording("theme_contradiction", "counted", theme=label)
    if answer in (MISSING, NOT_AVAILABLE):
        return wording("theme_answer_unused", "" if answer == MISSING else "in_part", theme=label)
    return None


def part_of_year(table: pd.DataFrame, method: Methodology) -> Iterator[Finding]:
    """Find themes of which fewer than twelve months of an NHS year are given.

    Months of a theme are those of any of its activities; a row of the whole year gives all of them. What is bought
    only when it is needed, as refrigerants are, has no months to miss.
    """
    short = table[table["part_of_year"] & ~table["theme"].isin([*feeders(method.catalogue)])]
    if not len(short):
        return
    by_pair = short.groupby(BY[:2], sort=True)
    if by_pair.ngroups > APART:
        yield finding(
            "part_of_year", "many", rows=0, count=by_pair.ngroups, least=int(short["months"].min()),
            most=int(short["months"].max()), themes=_named(dict.fromkeys(short["theme"]), method),
        )  # fmt: skip
        return
    for (organisation, period), part in cast("Pairs", by_pair):
        for months, same in cast("Months", part.groupby("months", sort=True)):
            yield finding(
                "part_of_year", "one" if months == 1 else "", organisation=organisation, period=period, rows=0,
                months=int(months), themes=_named(same["theme"], method),
            )  # fmt: skip


def _named(themes: Iterable[str], method: Methodology) -> str:
    return ", ".join(method.catalogue.themes[theme] for theme in themes)


def _about(said: Wording, place: Place, given: ThemeAnswer) -> Finding:
    row = given.row
    return finding(said, file=row.file, sheet=row.sheet, column="answer", value=given.answer, organisation=place[0],
                   period=place[1], first_rows=first_rows([row.row] if row.row else []))  # fmt: skip
