"""A footprint in words: one screen of text for a terminal, small tables for a notebook; a column for each NHS year."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from nhscarbon.checks.theme_answers import NONE_USED, NOT_APPLICABLE
from nhscarbon.footprint.both_footprints import ANSWER_WORDS, EMPTY, NOT_ANSWERED, tonnes_column
from nhscarbon.footprint.label import NOT_SENT, boundary_name, is_sent
from nhscarbon.footprint.summary import NOTHING_SENT, Summary
from nhscarbon.output.tables import html_table, is_missing, tonnes
from nhscarbon.output.text import SCREEN_COLUMNS, SCREEN_LINES, escape, screen, shown

ANSWERS_SHOWN = 4  # on a screen; the findings have all
NAME, LEAST_NAME = 46, 34  # letters of a theme that a screen shows, and that are left it beside many NHS years
NOTES = 3  # notes about years that a screen shows
NO_TONNES = (*EMPTY, NONE_USED, NOT_APPLICABLE)  # answers of which it need not be said that they come to nothing
WIDEST_LABEL = 80  # letters of the name of a total with what it covers, beyond which it goes on in the next line
GAP = "  "
ByYear = tuple[str, dict[str, float], dict[str, str]]  # a theme: its label, and tonnes and words by NHS year
Line = list[str]  # the cells of a line of text: its name, and one for each column


def as_text(summary: Summary) -> str:
    """Return one screen of text: both footprints side by side, or of several NHS years a column for each."""
    tail = _tail(summary)
    if len(summary.periods) > 1:
        return screen(_several_years(summary, tail))
    head = [shown(summary.title)]
    labels = {name: summary.label(name) for name in (summary.order if summary.periods else ())}
    wide = min(max(map(len, labels.values()), default=0), WIDEST_LABEL)
    for name, label in labels.items():
        words = summary.total_in_words(name, summary.last)
        total = "" if words in (NOT_SENT, NOTHING_SENT) else _total(summary, summary.last, name, " tCO2e")
        head += _wrapped(f"{label.ljust(wide)}{GAP}{total:>16}")
    lines = [_theme_line(row, summary) for row in _largest_first(summary)]
    more = _others(summary, summary.themes)
    room = SCREEN_LINES - len(head) - len(more) - len(tail) - 1
    if lines:
        names = [boundary_name(name) for name in summary.shown]
        lines = _with_smaller(lines, summary, room)
        head += _aligned([["  tCO2e by theme", *names], *lines])
    return screen([*head, *more, *tail])


def _several_years(summary: Summary, tail: Sequence[str]) -> list[str]:
    """Return the lines of a footprint of several NHS years: both totals, then the themes of the wider one sent."""
    wide = next((name for name in reversed(summary.shown) if any(_sent(summary, year, name)
                 for year in summary.periods)), summary.shown[0])  # fmt: skip
    by_theme = _by_year(summary, wide)
    notes = [*_of_years(summary, wide), *_open_themes(summary)]
    for years, places, room in _layouts(summary.periods):
        left = [year for year in summary.periods if year not in years]
        more = [
            *notes,
            *([f"  no room for {_span(left, summary.periods)}: by('theme') has every year"] if left else []),
        ]
        rows = _both_totals(summary, years, places)
        most = SCREEN_LINES - 2 - len(rows) - len(more) - len(tail)
        if by_theme:
            rows.append([f"  of it by theme: {boundary_name(wide)}", *([""] * len(years))])
            rows += _themes_by_year(by_theme, years, places, room, most)
        lines = _aligned(rows)
        if max(map(len, lines)) <= SCREEN_COLUMNS:
            break
    return [shown(summary.title), *lines, *more, *tail]


def _layouts(years: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Return ways to fit NHS years on a screen, the fullest first: the years, decimals, and the letters of a name."""
    yield from ((years, *each) for each in ((2, NAME), (2, LEAST_NAME), (1, LEAST_NAME), (0, LEAST_NAME)))
    for dropped in range(1, len(years) - 1):
        yield (years[0], *years[1 + dropped :]), 0, LEAST_NAME


def _both_totals(summary: Summary, years: Sequence[str], places: int) -> list[Line]:
    rows: list[Line] = [["  tCO2e", *years]]
    for name in summary.order:
        rows.append([f"  {boundary_name(name)}", *(_total(summary, year, name, places=places) for year in years)])
        rows.append(["    themes answered", *(summary.answers[year][name] for year in years)])
    return rows


def _themes_by_year(by_theme: Sequence[ByYear], years: Sequence[str], places: int, room: int, most: int) -> list[Line]:
    """Return the largest themes that there is room for, the smaller ones added together."""
    kept = len(by_theme) if len(by_theme) <= max(most, 2) else max(most - 1, 1)
    lines = [
        [f"    {shown(label, room)}", *(_number(values[year], words[year], places) for year in years)]
        for label, values, words in by_theme[:kept]
    ]
    rest = by_theme[kept:]
    sums = [math.fsum(values[year] for _, values, _ in rest if not math.isnan(values[year])) for year in years]
    return [*lines, [f"    {len(rest)} smaller", *(tonnes(each, places) for each in sums)]] if rest else lines


def _by_year(summary: Summary, boundary: str) -> list[ByYear]:
    """Return the themes that have tonnes in any year, the largest first: label, tonnes and words by year."""
    found: dict[str, tuple[dict[str, float], dict[str, str]]] = {}
    for row in summary.themes.to_dict("records"):
        values, words = found.setdefault(str(row["label"]), ({}, {}))
        values[str(row["period"])] = float(row[tonnes_column(boundary)])
        words[str(row["period"])] = summary.in_words(boundary, row)
    sized = [(max((abs(each) for each in values.values() if not math.isnan(each)), default=0.0), label, values, words)
             for label, (values, words) in found.items()]  # fmt: skip
    return [each[1:] for each in sorted(sized, key=lambda each: -each[0]) if each[0]]


def _of_years(summary: Summary, wide: str) -> list[str]:
    """Return what must be known of the years: what is not answered, and what else a total does not cover."""
    said: dict[str, list[str]] = {}
    for year in summary.periods:
        for part in summary.covers[year][wide].split("; "):
            if part and is_sent(part) and not part.startswith("partial:"):
                said.setdefault(part, []).append(year)
    lines = [f"{_span(years, summary.periods)}: {part}" for part, years in said.items()]
    found = [line for text in lines[:NOTES] for line in _wrapped(text)]
    return [*found, f"  and {len(lines) - NOTES} more about single years"] if len(lines) > NOTES else found


def _open_themes(summary: Summary) -> list[str]:
    """Return the themes that no organisation answers in the last NHS year."""
    last = summary.themes[(summary.themes["period"] == summary.last) & (summary.themes["answered"] == 0)]
    return [_names(f"  {NOT_ANSWERED} in {summary.last}: ", last["label"].tolist())] if len(last) else []


def _span(years: Sequence[str], every: Sequence[str]) -> str:
    """Return years in words, those that follow each other as a span.

    >>> _span(["2020/21", "2021/22"], ["2019/20", "2020/21", "2021/22"])
    '2020/21 to 2021/22'
    """
    together = len(years) > 1 and tuple(every[every.index(years[0]) :][: len(years)]) == tuple(years)
    return f"{years[0]} to {years[-1]}" if together else ", ".join(years)


def _tail(summary: Summary) -> list[str]:
    """Return what follows the tonnes: other totals, quality, what is not counted, findings, and what it was made by."""
    tail = []
    others = [name for name in summary.totals.get(summary.last, {}) if name not in summary.shown]
    if len(summary.periods) == 1 and others:
        said = "; ".join(f"{boundary_name(name)} {_total(summary, summary.last, name)}" for name in others)
        tail += _wrapped(f"other totals, which overlap [tCO2e]: {said}")
    if summary.boundary:
        last = summary.tiers[summary.tiers["period"] == summary.last]
        year = f" in {summary.last}" if len(summary.periods) > 1 else ""
        tail.append(f"  by tier{year}: {by_tier(last)}")
    if summary.missing:
        tail += _wrapped(f"the main total is not available; not published for it: {', '.join(summary.missing)}")
    if summary.not_counted:
        tail += _wrapped(f"not counted, because no factor is published: {', '.join(summary.not_counted)}")
    counts = ", ".join(f"{count:,} {severity}" for severity, count in summary.findings.items() if count)
    rows = summary.stamp.rows
    tail.append(f"  {rows:,} row{'' if rows == 1 else 's'}; findings: {counts or 'none'}")
    for text in summary.answered[:ANSWERS_SHOWN]:
        tail += _wrapped(shown(text))
    if (more := len(summary.answered) - ANSWERS_SHOWN) > 0:
        tail.append(f"  and {more:,} more answered; the findings have them all")
    return [*tail, f"  {summary.last_line}"]


def _largest_first(summary: Summary) -> list[dict[Hashable, Any]]:
    """Return the themes that have tonnes in either footprint, the largest first."""
    size = summary.themes[[tonnes_column(name) for name in summary.shown]].abs().max(axis=1)
    order = size[size > 0].sort_values(ascending=False, kind="stable").index
    return summary.themes.loc[order].to_dict("records")


def _theme_line(row: Mapping[Hashable, Any], summary: Summary) -> Line:
    cells = [_number(row[tonnes_column(name)], summary.in_words(name, row)) for name in summary.shown]
    return [f"    {shown(str(row['label']), NAME)}", *cells]


def _with_smaller(lines: list[Line], summary: Summary, room: int) -> list[Line]:
    """Return the largest themes that there is room for, the smaller ones added together."""
    if len(lines) <= max(room, 2):
        return lines
    kept = max(room - 1, 1)
    rest = _largest_first(summary)[kept:]
    values = [[float(row[tonnes_column(name)]) for row in rest] for name in summary.shown]
    sums = [math.fsum(each for each in column if not math.isnan(each)) for column in values]
    return [*lines[:kept], [f"    {len(rest)} smaller", *map(tonnes, sums)]]


def _others(summary: Summary, themes: pd.DataFrame) -> list[str]:
    """Return the themes without tonnes, by how they are answered, a line for each answer."""
    columns = [tonnes_column(name) for name in summary.shown]
    rest = themes[~(themes[columns].abs().max(axis=1) > 0)]
    lines = []
    for answer, words in ANSWER_WORDS.items():
        labels = rest.loc[rest["answer"] == answer, "label"].tolist()
        if labels:
            lines.append(_names(f"    {words}{'' if answer in NO_TONNES else ', 0 t'}: ", labels))
    return lines


def _names(lead: str, names: Sequence[str]) -> str:
    """Return as many names as fit a line, and how many more there are."""
    text = lead
    for kept in range(len(names), 0, -1):
        more = f" and {len(names) - kept} more" if kept < len(names) else ""
        text = f"{lead}{'; '.join(names[:kept])}{more}"
        if len(text) <= SCREEN_COLUMNS:
            break
    return text


def _aligned(rows: Sequence[Line]) -> list[str]:
    """Return rows as lines: the first cell left, the others right."""
    wide = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        GAP.join([row[0].ljust(wide[0]), *(cell.rjust(width) for cell, width in zip(row[1:], wide[1:], strict=True))])
        .rstrip() for row in rows
    ]  # fmt: skip


def as_html(summary: Summary) -> str:
    """Return small HTML tables: inline style, no script, every text escaped."""
    years = summary.periods
    boundaries = [*summary.order, *(name for name in summary.totals.get(summary.last, {}) if name not in summary.shown)]
    if len(years) > 1:
        totals = [(boundary_name(name), *(_total(summary, year, name) for year in years)) for name in boundaries]
        of_all = [(f"{boundary_name(name)}, themes answered", *(summary.answers[year][name] for year in years))
                    for name in summary.order]  # fmt: skip
        tables = html_table("Totals by NHS year [tCO2e]; they overlap", ("total", *years), [*totals, *of_all])
        for name in summary.order:
            tables += html_table(
                f"{boundary_name(name)} by theme [tCO2e]", ("theme", *years), _html_years(summary, name)
            )
    else:
        covers = summary.covers.get(summary.last, {})
        rows = [(boundary_name(name), _total(summary, summary.last, name), covers[name] or "whole")
                for name in boundaries if covers]  # fmt: skip
        tables = html_table("Totals [tCO2e]; they overlap", ("total", "tCO2e", "what it covers"), rows)
        head = ("theme", *(boundary_name(name) for name in summary.shown), "answer")
        tables += html_table("Both footprints by theme [tCO2e]", head, list(_html_themes(summary)))
    if summary.boundary:
        last = summary.tiers[summary.tiers["period"] == summary.last]
        tables += f"<p>By tier{f' in {summary.last}' if len(years) > 1 else ''}: {escape(by_tier(last))}</p>"
    left = f"; not counted: {escape(', '.join(summary.not_counted))}" if summary.not_counted else ""
    findings = sum(summary.findings.values())
    answered = "".join(f"<br>{escape(text)}" for text in summary.answered)
    return (
        f"<div><p><strong>{escape(summary.title)}</strong></p>{tables}"
        f"<p>{summary.stamp.rows:,} rows, {findings:,} findings{left}{answered}"
        f"<br>{escape(summary.last_line)}</p></div>"
    )


def _html_themes(summary: Summary) -> Iterable[tuple[str, ...]]:
    for row in summary.themes.to_dict("records"):
        cells = (_number(row[tonnes_column(name)], summary.in_words(name, row)) for name in summary.shown)
        yield str(row["label"]), *cells, ANSWER_WORDS[str(row["answer"])]


def _html_years(summary: Summary, boundary: str) -> list[tuple[str, ...]]:
    found: dict[str, dict[str, str]] = {}
    for row in summary.themes.to_dict("records"):
        cell = _number(row[tonnes_column(boundary)], summary.in_words(boundary, row))
        found.setdefault(str(row["label"]), {})[str(row["period"])] = cell
    return [(label, *(cells.get(year, "") for year in summary.periods)) for label, cells in found.items()]


def by_tier(tiers: pd.DataFrame) -> str:
    """Return tonnes and shares by tier; a total has shares, never an average tier."""
    total = math.fsum(tiers["tco2e"])
    parts = [
        f"{tier} {tonnes(value)} t ({tonnes(100 * value / total, 0)} %)" if total else f"{tier} {tonnes(value)} t"
        for tier, value in zip(tiers["tier"], tiers["tco2e"], strict=True)
    ]
    return ", ".join(parts) or "none"


def _number(value: float, words: str, places: int = 2) -> str:
    return words if is_missing(value) else tonnes(value, places)


def _sent(summary: Summary, year: str, name: str) -> bool:
    return not summary.total_in_words(name, year)


def _total(summary: Summary, year: str, name: str, unit: str = "", *, places: int = 2) -> str:
    words = summary.total_in_words(name, year)
    return words or tonnes(summary.totals[year][name] or 0.0, places) + unit


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text,
        SCREEN_COLUMNS,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
        max_lines=2,
        placeholder=" ...",
    )
