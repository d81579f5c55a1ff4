"""The figures of a report: both footprints with their ranges, by theme, by tier, and every other total."""

from __future__ import annotations

import math

from nhscarbon.footprint.both_footprints import ANSWER_WORDS, NOT_ANSWERED, both, tonnes_column
from nhscarbon.footprint.label import boundary_name
from nhscarbon.output.tables import tonnes
from nhscarbon.reporting.charts.themes import draw as draw_themes
from nhscarbon.reporting.charts.tiers import draw as draw_tiers
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.report.board_years import before_by_theme, has_both
from nhscarbon.reporting.report.document import (
    Cell,
    Column,
    Figure,
    NativeChart,
    Range,
    Section,
    Table,
    name_first,
    picture,
)
from nhscarbon.reporting.report.number_words import change_percent
from nhscarbon.reporting.report.request import BETWEEN, INTERVAL, ReportRequest, short_name
from nhscarbon.reporting.report.signs import ANSWERED, WARNING
from nhscarbon.reporting.report.theme_lines import answer_words

NAMED = 3  # organisations, or activities, that a sentence names
UNIT = "tCO2e"


def strip(asked: ReportRequest) -> tuple[Figure, ...]:
    """Return the figures at the head of the page: both totals with what they cover, findings, and rows."""
    found = []
    for name in both(asked.footprint.method) if asked.year else ():
        words = asked.summary.total_in_words(name, asked.year)
        answered = f"{asked.summary.answers[asked.year][name]} themes"
        figure = words or tonnes(asked.total(name), asked.places)
        found.append(Figure(f"{boundary_name(name)}, {answered}", figure, "" if words else UNIT))
    counts = asked.whole.findings.counts
    open_ones = counts["warning"]
    said = f"Accepted, {open_ones:,} {'warning' if open_ones == 1 else 'warnings'} open" if open_ones else "Accepted"
    rows = asked.whole.stamp.rows
    return (*found, Figure("Return", said, sign=WARNING if open_ones else ANSWERED), Figure("Rows read", f"{rows:,}"))


def lead(asked: ReportRequest) -> tuple[str, ...]:
    """Return the summary in sentences: both totals with their ranges, the largest theme, what is not in them."""
    method = asked.footprint.method
    draft = " This method is a draft: its figures may change." if method.status == "draft" else ""
    if asked.nothing:
        inside = label(asked.boundary) if asked.boundary else "NHS Carbon Footprint, nor in any other total"
        nothing = f"Nothing of what {asked.who} sent for {asked.year or asked.when} counts in {inside}, by {method.id}."
        return f"{nothing}{draft}", *_covers(asked), _beside(asked)
    parts = []
    for name in asked.sent:
        low, high = (tonnes(float(asked.intervals(boundary=name).iloc[0][end]), asked.places) for end in INTERVAL)
        parts.append(f"{tonnes(asked.total(name), asked.places)} {UNIT} ({asked.summary.label(name)}), "
                     f"likely range {low} to {high}")  # fmt: skip
    return (f"{asked.who} in {asked.year}, by {method.id}: {'; '.join(parts)}.{draft}", *_covers(asked),
            *_largest(asked), _beside(asked))  # fmt: skip


def _covers(asked: ReportRequest) -> tuple[str, ...]:
    """Say which totals there are none of."""
    said = [asked.summary.label(name) for name in asked.shown if asked.year and name not in asked.sent]
    return (f"Without a total: {'; '.join(said)}.",) if said else ()


def _largest(asked: ReportRequest) -> tuple[str, ...]:
    frame = asked.footprint.by("theme", boundary=asked.main).sort_values("tco2e", ascending=False)
    largest, most = asked.footprint.method.catalogue.themes[frame["theme"].iloc[0]], float(frame["tco2e"].iloc[0])
    if len(frame) < 2:
        return (f"All of it is of one theme: {largest}.",)
    total = asked.total(asked.main)
    share = f" ({100 * most / total:.0f} %)" if total else ""
    return (f"The largest theme of the {boundary_name(asked.main)} is {largest}: "
            f"{tonnes(most, asked.places)} {UNIT}{share}.",)  # fmt: skip


def _beside(asked: ReportRequest) -> str:
    """Say how many findings there are, and what is not counted."""
    report, activities = asked.whole.findings, asked.whole.method.catalogue.activities
    left = [activities[code].label for code in asked.all_years.not_counted]
    counts = ", ".join(f"{count:,} {label(name).lower()}" for name, count in report.counts.items() if count)
    absent = f" Sent and not counted, because no factor is published: {name_first(left, NAMED)}." if left else ""
    rows = asked.whole.stamp.rows
    return f"{rows:,} {'row was' if rows == 1 else 'rows were'} read; findings: {counts or 'none'}.{absent}"


def themes(asked: ReportRequest) -> Section:
    """Return both footprints by theme, each theme with a row, in the order of the method."""
    method, summary = asked.footprint.method, asked.summary
    frame = summary.themes
    coverage = dict(iter(asked.footprint.coverage.groupby("theme", sort=False)))
    wide = next((name for name in reversed(both(method)) if name in asked.sent), "")
    ranges = _ranges(asked, wide)
    extra = _by_theme(asked) if asked.boundary and asked.boundary not in summary.shown else None
    was = _before(asked)
    rows: list[tuple[Cell, ...]] = []
    missing = set()
    for place, row in enumerate(frame.to_dict("records")):
        theme = str(row["theme"])
        values: list[Cell] = [
            tonnes_or(row[tonnes_column(name)], summary.in_words(name, row)) for name in summary.shown
        ]
        if extra is not None:
            values.append(extra.get(theme))
        low, high = ranges.get(theme, (None, None))
        size = values[-1 if extra is None else -2]
        drawn = Range(low, size, high) if isinstance(size, float) and low is not None and high is not None else None
        change = change_percent(was[theme], size) if isinstance(size, float) and theme in was else None
        words, _ = answer_words(coverage[theme], asked.footprint, ANSWER_WORDS)
        if not row["answered"]:
            missing.add(place)
        rows.append((str(row["label"]), *values, low, high, drawn, *([change] if was else []), asked.in_labels(words)))
    rows.append(_total_row(asked, wide, compared=bool(was)))
    columns = (
        Column("Theme", share=24), *(asked.tonnes(name) for name in asked.shown), *asked.interval,
        Column(f"range of the {short_name(wide)}" if wide else "range", "range"),
        *([Column(f"change on {asked.before.periods[-1]}", "number")] if was and asked.before is not None else []),
        Column("how it is answered", share=16),
    )  # fmt: skip
    covers = "; ".join(summary.label(name) for name in asked.shown)
    note = f"{asked.year}: {covers}. {BETWEEN} Ranges of themes do not add up to the range of the total."
    if missing:
        note += f" A theme that is {NOT_ANSWERED} is not zero: it can only add."
    chart = _chart(asked, rows)
    table = Table("by-theme", "Tonnes by theme", columns, tuple(rows), note, frozenset(missing), True, chart)
    if not asked.main:
        return Section("themes", "Both footprints by theme", (), (), (table,))
    drawn_themes = draw_themes(asked.footprint, boundary=asked.main,
                               ranges=asked.intervals("theme", boundary=asked.main))  # fmt: skip
    return Section("themes", "Both footprints by theme", (), (), (table,), after=(picture(drawn_themes),))


def tonnes_or(value: object, words: str) -> float | str:
    """Return tonnes, or the words for why there are none."""
    number = float(str(value))
    return words if math.isnan(number) else number


def _ranges(asked: ReportRequest, boundary: str) -> dict[str, tuple[float, float]]:
    """Return the likely range of each theme in a boundary."""
    if not boundary:
        return {}
    table = asked.intervals("theme", boundary=boundary)
    ends = zip(table["low"].tolist(), table["high"].tolist(), strict=True)
    return dict(zip(table["theme"].astype(str), ends, strict=True))


def _by_theme(asked: ReportRequest) -> dict[str, float]:
    frame = asked.footprint.by("theme", boundary=asked.boundary)
    return dict(zip(frame["theme"].astype(str), frame["tco2e"].tolist(), strict=True))


def _before(asked: ReportRequest) -> dict[str, float]:
    """Return the tonnes of the year before by theme, where the same organisations answer the theme in both."""
    before, after = asked.before, asked.footprint
    if before is None or not has_both(after) or not has_both(before):
        return {}
    boundary = after.method.widest
    if before.missing_components(boundary) or after.missing_components(boundary):
        return {}
    return dict(before_by_theme(before, after, boundary))


def _total_row(asked: ReportRequest, wide: str, *, compared: bool) -> tuple[Cell, ...]:
    """Return both totals, or why there is none."""
    cells: list[Cell] = [asked.summary.total_in_words(name, asked.year) or asked.total(name) for name in asked.shown]
    low, high = (float(asked.intervals(boundary=wide).iloc[0][end]) if wide else None for end in INTERVAL)
    return ("Total", *cells, low, high, None, *([None] if compared else []), None)


def _chart(asked: ReportRequest, rows: list[tuple[Cell, ...]]) -> NativeChart | None:
    """Return the chart of a workbook: both footprints by theme."""
    two = tuple(place for place, name in enumerate(asked.summary.shown, start=1) if name in asked.sent)
    if not two:
        return None
    return NativeChart("overlaid", f"Both footprints by theme, {asked.year}, tCO2e", two, len(rows) - 1)


def tiers(asked: ReportRequest) -> Section:
    """Return how well the tonnes are known."""
    drawn = draw_tiers(asked.footprint, boundary=asked.main)
    found = [_by_tier(asked, name) for name in asked.sent]
    names = [str(each) for each in drawn.table["tier"]]
    names += sorted({tier for part in found for tier in part} - set(names))
    rows = [
        (label(tier), *(cell for part, name in zip(found, asked.sent, strict=True)
                        for cell in (part.get(tier, 0.0), _share(part.get(tier, 0.0), asked.total(name)))))
        for tier in names
    ]  # fmt: skip
    columns = [Column("Tier")]
    for name in asked.sent:
        columns += [asked.tonnes(name), Column(f"share of the {short_name(name)} [%]", "number", 1)]
    table = Table("by-tier", "Tonnes by tier", tuple(columns), tuple(rows), f"{asked.summary.label(asked.main)}.")
    note = (
        "The tier says how the activity was measured: optimal is the best evidence. Each part of the total has a "
        "quality tier; the total itself has none."
    )
    return Section("tiers", "How good the data are", (note,), (picture(drawn),), (table,))


def _by_tier(asked: ReportRequest, boundary: str) -> dict[str, float]:
    frame = asked.footprint.by("tier", boundary=boundary)
    return dict(zip(frame["tier"].astype(str), frame["tco2e"].tolist(), strict=True))


def _share(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None


def totals(asked: ReportRequest) -> Section:
    """Return the totals of every boundary with their intervals."""
    summary, year = asked.summary, asked.year
    rows: list[tuple[Cell, ...]] = []
    for name in asked.footprint.method.boundaries:
        of_it = summary.covers[year][name] or "whole"
        words = summary.total_in_words(name, year)
        if words:
            rows.append((label(name), words, None, None, of_it))
            continue
        interval = asked.intervals(boundary=name).iloc[0]
        rows.append((label(name), asked.total(name), *(float(interval[each]) for each in INTERVAL), of_it))
    missing = (
        (f"{label(asked.whole.method.headline)} is not available. Not published for it: {', '.join(summary.missing)}.",)
        if summary.missing else ()
    )  # fmt: skip
    covers = "; ".join(summary.label(name) for name in asked.shown)
    columns = (Column("Boundary", share=24), asked.tonnes(), *asked.interval, Column("what it covers", share=40))
    table = Table("totals-by-boundary", "Totals by boundary", columns, tuple(rows), f"{covers}. {year}. {BETWEEN}")
    return Section("totals", "Every total", ("These totals overlap, so do not add them together.", *missing),
                   tables=(table,))  # fmt: skip
