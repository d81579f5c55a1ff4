"""The figures of a report: totals with intervals, themes, tiers, and bodies and sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from nhscarbon.analysis.uncertainty.uncertainty import uncertainty
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import NOT_SENT, is_sent
from nhscarbon.footprint.summary import Summary
from nhscarbon.output.tables import places_for, tonnes
from nhscarbon.output.text import in_title_case
from nhscarbon.reporting.charts.themes import draw as draw_themes
from nhscarbon.reporting.charts.tiers import draw as draw_tiers
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.report.document import Cell, Column, Section, Table, name_first, picture

NAMED = 3  # organisations, or activities, that a sentence names
INTERVAL = ("low", "high")
BETWEEN = "Low to high is the likely range (95 % interval)."


@dataclass(frozen=True)
class ReportRequest:
    """What a report is made of, and what is worked out of it once.

    Attributes
    ----------
    footprint : Footprint
        Of the last year, where there are several: years are compared, and never added.
    whole : Footprint
        All of it, for the evidence.
    boundary : str
        That the tables are of; empty where nothing counts.
    names : Mapping[str, str]
        Of organisations, as far as they are known.
    draws, seed : int
        Of the intervals.
    """

    footprint: Footprint
    whole: Footprint
    boundary: str
    names: Mapping[str, str]
    draws: int
    seed: int

    @cached_property
    def summary(self) -> Summary:
        """What is said of the footprint at a glance."""
        return self.footprint.summary()

    @cached_property
    def nothing(self) -> bool:
        """Whether no row of the footprint is inside the boundary."""
        return not self.boundary or not self.footprint.inside(self.boundary).any()

    @cached_property
    def places(self) -> int:
        """Decimals that tell tonnes of this size apart."""
        return places_for(self.total)

    @cached_property
    def total(self) -> float:
        """Tonnes inside the boundary [tCO2e]."""
        return self.footprint.total(self.boundary) if self.boundary else 0.0

    @cached_property
    def covered(self) -> str:
        """The label of the total: the name of the boundary with what it covers."""
        return self.footprint.label(self.boundary or None)

    @property
    def tonnes(self) -> Column:
        """The column of tonnes."""
        return Column("tCO2e", "number", self.places)

    @property
    def interval(self) -> tuple[Column, Column]:
        """The columns of an interval."""
        return Column("low [tCO2e]", "number", self.places), Column("high [tCO2e]", "number", self.places)

    def intervals(self, *columns: str, boundary: str = "") -> pd.DataFrame:
        """Return intervals by any columns."""
        within = boundary or self.boundary
        return uncertainty(self.footprint, *columns, boundary=within, draws=self.draws, seed=self.seed).table

    def share(self, tco2e: float) -> float | None:
        """Return a share of the total [%]."""
        return 100 * tco2e / self.total if self.total else None

    def body(self, code: str) -> str:
        """Return an organisation's name with its code."""
        name = self.names.get(code, "")
        return f"{in_title_case(name)} ({code})" if name else code

    @cached_property
    def who(self) -> str:
        """Whose footprint it is."""
        codes = self.footprint.sums.columns["organisation"].labels
        return self.body(codes[0]) if len(codes) == 1 else f"{len(codes):,} organisations"

    @cached_property
    def when(self) -> str:
        """Of which NHS years."""
        years = self.footprint.sums.columns["period"].labels
        return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"


def lead(asked: ReportRequest) -> tuple[str, ...]:
    """Return the summary in sentences: the total with its interval, the largest theme, what is not in it."""
    method = asked.footprint.method
    draft = " This method is a draft: its figures may change." if method.status == "draft" else ""
    if asked.nothing:
        inside = label(asked.boundary) if asked.boundary else "any boundary"
        nothing = f"Nothing of what {asked.who} sent for {asked.when} counts in {inside}, by {method.id}.{draft}"
        return nothing, _covered(asked), _beside(asked)
    interval = asked.intervals().iloc[0]
    total, low, high = (
        tonnes(value, asked.places) for value in (asked.total, *(float(interval[name]) for name in INTERVAL))
    )
    themes = asked.footprint.by("theme", boundary=asked.boundary).sort_values("tco2e", ascending=False)
    largest, most = method.catalogue.themes[themes["theme"].iloc[0]], float(themes["tco2e"].iloc[0])
    share = f" ({asked.share(most):.0f} %)" if asked.total else ""
    return (
        f"The footprint of {asked.who} in {asked.when} is {total} tCO2e ({asked.covered}; by {method.id}). "
        f"Likely range (95 % interval): {low} to {high} tCO2e.{draft}",
        _covered(asked),
        f"The largest of {len(themes)} themes is {largest}: {tonnes(most, asked.places)} tCO2e{share}."
        if len(themes) > 1 else f"All of it is of one theme: {largest}.",
        _beside(asked),
    )  # fmt: skip


def _covered(asked: ReportRequest) -> str:
    """Say what the total covers."""
    return f"What the total covers: {asked.covered}."


def _beside(asked: ReportRequest) -> str:
    """Say how many findings there are, and what is not counted."""
    report, left = asked.whole.findings, asked.whole.summary().not_counted
    counts = ", ".join(f"{count:,} {label(name).lower()}" for name, count in report.counts.items() if count)
    absent = f" Sent and not counted, because no factor is published: {name_first(left, NAMED)}." if left else ""
    rows = asked.whole.stamp.rows
    return f"{rows:,} {'row was' if rows == 1 else 'rows were'} read; findings: {counts or 'none'}.{absent}"


def totals(asked: ReportRequest) -> Section:
    """Return the totals of every boundary with their intervals."""
    summary = asked.summary
    rows: list[tuple[Cell, ...]] = []
    year = summary.last
    for name, total in summary.totals[year].items():
        counted = summary.counted[year][name]
        if total is None or not counted or not is_sent(summary.covers[year][name]):
            why = "not available" if total is None else NOT_SENT if counted else "nothing sent"
            rows.append((label(name), why, None, None))
            continue
        interval = asked.intervals(boundary=name).iloc[0]
        rows.append((label(name), total, *(float(interval[each]) for each in INTERVAL)))
    missing = (
        (f"{label(asked.whole.method.headline)} is not available. Not published for it: {', '.join(summary.missing)}.",)
        if summary.missing else ()
    )  # fmt: skip
    columns = (Column("Boundary"), asked.tonnes, *asked.interval)
    covers = "; ".join(summary.label(name) for name, counted in summary.counted[year].items() if counted)
    note = f"{BETWEEN} What each covers: {covers}." if covers else BETWEEN
    table = Table("totals-by-boundary", "Totals by boundary", columns, tuple(rows), note)
    years = asked.whole.sums.columns["period"].labels
    last = (f"All tables of figures are of {asked.when}, the last of {len(years)} years.",) if len(years) > 1 else ()
    words = ("These totals overlap, so do not add them together.", *last, *missing)
    return Section("totals", "Totals", words, tables=(table,))


def themes(asked: ReportRequest) -> Section:
    """Return the tonnes of each theme with their intervals, the largest first."""
    drawn = draw_themes(asked.footprint, boundary=asked.boundary, ranges=asked.intervals("theme"))
    rows: list[tuple[Cell, ...]] = [
        (label, value, low, high, asked.share(value))
        for label, value, low, high in drawn.table[["label", "tco2e", *INTERVAL]].itertuples(index=False)
    ]
    columns = (Column("Theme"), asked.tonnes, *asked.interval, Column("share [%]", "number", 1))
    table = Table("by-theme", "Tonnes by theme", columns, tuple(rows), f"{asked.covered}. {BETWEEN}")
    return Section("themes", "Themes", (), (picture(drawn),), (table,))


def tiers(asked: ReportRequest) -> Section:
    """Return how well the tonnes are known."""
    drawn = draw_tiers(asked.footprint, boundary=asked.boundary)
    columns = (Column("Tier"), asked.tonnes, Column("share [%]", "number", 1))
    parts = tuple((label, value, asked.share(value))
                  for label, value in drawn.table[["label", "tco2e"]].itertuples(index=False))  # fmt: skip
    table = Table("by-tier", "Tonnes by tier", columns, parts, f"{asked.covered}.")
    note = (
        "The tier says how the activity was measured: optimal is the best evidence. Each part of the total has a "
        "quality tier; the total itself has none."
    )
    return Section("tiers", "Tiers", (note,), (picture(drawn),), (table,))


def bodies(asked: ReportRequest) -> Section | None:
    """Return the tonnes of each organisation and site, where there are several."""
    columns = asked.footprint.sums.columns
    tables = []
    if len(columns["organisation"].labels) > 1:
        frame = asked.footprint.by("organisation", boundary=asked.boundary)
        frame = frame.sort_values(["tco2e", "organisation"], ascending=[False, True])
        rows = [
            (code, asked.names.get(code, ""), value, asked.share(value))
            for code, value in zip(frame["organisation"], frame["tco2e"], strict=True)
        ]
        heads = (Column("Organisation", "code"), Column("name"), asked.tonnes, Column("share [%]", "number", 1))
        tables.append(Table("by-organisation", "Tonnes by organisation", heads, tuple(rows), f"{asked.covered}."))
    if "site" in columns:
        frame = asked.footprint.by("organisation", "site", boundary=asked.boundary)
        frame = frame.sort_values(["tco2e", "organisation", "site"], ascending=[False, True, True])
        places = [
            (site or "no site", body, value, asked.share(value))
            for body, site, value in zip(*(frame[name] for name in ("organisation", "site", "tco2e")), strict=True)
        ]
        heads = (Column("Site", "code"), Column("organisation"), asked.tonnes, Column("share [%]", "number", 1))
        tables.append(Table("by-site", "Tonnes by site", heads, tuple(places), f"{asked.covered}."))
    return Section("bodies", "Organisations and sites", (), (), tuple(tables)) if tables else None
