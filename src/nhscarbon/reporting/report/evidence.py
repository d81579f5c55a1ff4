"""The evidence of a report: what is missing or not counted, the findings, the method, and every factor's cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from nhscarbon.footprint.both_footprints import ANSWER_WORDS, both
from nhscarbon.footprint.coverage import MISSING, completeness_of_all
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import OPEN, boundary_name
from nhscarbon.methods.boundaries import lines_inside
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import Line
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.tables import number
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.report.board_years import has_both
from nhscarbon.reporting.report.document import Cell, Column, Section, Table
from nhscarbon.reporting.report.request import ReportRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    Parts = Iterable[tuple[tuple[str, ...], pd.DataFrame]]

MOST_ROWS = 1 << 20  # of a source that is looked at once more for what is missing
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
SHOWN_REASONS = 3  # distinct reasons of a theme that a table shows
FACTORS = "Every factor with its cell"
BOTH, PLUS_ONLY, NEITHER = "both footprints", "the Plus only", "neither footprint"


def completeness(asked: ReportRequest) -> Section:
    """Return how each theme is answered, what was sent of each month, and where something is missing."""
    footprint = asked.whole
    title = "What was sent, and what is missing"
    answers = _answers(footprint)
    open_themes = footprint.coverage
    open_themes = open_themes[open_themes["answer"].isin(OPEN)]
    labels = footprint.method.catalogue.themes
    wanted = [theme for theme in labels if theme in set(open_themes["theme"])]
    words = [f"{asked.summary.label(name)}." for name in asked.shown if asked.year]
    words += [f"Themes without an answer: {', '.join(labels[theme] for theme in wanted)}."] if wanted else []
    if not footprint.sources or footprint.stamp.rows > MOST_ROWS:
        why = "were not given" if not footprint.sources else "are more than a million"
        words.append(f"The rows of this footprint {why}, so missing months and sites were not looked for.")
        return Section("completeness", title, tuple(words), (), (answers,))
    tables, gaps = _by_month(asked)
    if not gaps:
        words.append("Every site has data for all 12 months in the themes that were sent.")
    return Section("completeness", title, tuple(words), (), (answers, *tables))


def _answers(footprint: Footprint) -> Table:
    """Return how each theme is answered in each NHS year; of several organisations, by how many of them."""
    frame, labels = footprint.coverage, footprint.method.catalogue.themes
    rows: list[tuple[Cell, ...]] = []
    missing: set[int] = set()
    for (year, theme), part in cast("Parts", frame.groupby(["period", "theme"], sort=False)):
        if part["answer"].isin(OPEN).all():
            missing.add(len(rows))
        counts = part["answer"].value_counts()
        words = [ANSWER_WORDS[str(answer)] + (f" ({count:,})" if len(part) > 1 else "")
                 for answer, count in counts.items()]  # fmt: skip
        reasons = dict.fromkeys(filter(None, part["reason"]))
        share = float(part["share_estimated"].max())
        fewest = part["months"].min()
        rows.append((labels[theme], year, ", ".join(words), "; ".join([*reasons][:SHOWN_REASONS]),
                     None if pd.isna(fewest) else int(fewest), 100 * share if share else None))  # fmt: skip
    columns = (Column("Theme", share=24), Column("NHS year"), Column("answer"), Column("reason", share=28),
               Column("months (fewest)", "number"), Column("estimated, at most [%]", "number"))  # fmt: skip
    note = "How the return answers each of the themes of the method. A theme without an answer is missing, not zero."
    return Table("answers", "Answers by theme", columns, tuple(rows), note, frozenset(missing))


def _by_month(asked: ReportRequest) -> tuple[list[Table], bool]:
    """Return what is given by theme and month, and whether any of it is missing."""
    footprint = asked.whole
    frame = completeness_of_all(footprint.sources, footprint.method)
    labels = footprint.method.catalogue.themes
    frame["there"] = frame["state"] != MISSING
    rows: list[tuple[Cell, ...]] = []
    for (year, theme), part in cast("Parts", frame.groupby(["period", "theme"], sort=False)):
        by_month = part.groupby("month", sort=True)["there"].agg(["sum", "count"])
        counts = by_month["sum"].astype(float).tolist()
        rows.append((labels[theme], year, float(by_month["count"].max()), *counts))
    gaps: list[tuple[Cell, ...]] = []
    by_place = frame.groupby(["organisation", "site", "period", "theme"], sort=False)
    for (body, site, year, theme), part in cast("Parts", by_place):
        absent = part.loc[~part["there"], "month"].tolist()
        if absent:
            every = "the whole year" if len(absent) == len(MONTHS) else ", ".join(absent)
            gaps.append(
                (asked.name_of(body), " ".join(filter(None, [body, site])), labels[theme], year, len(absent), every)
            )
    note = (
        "In how many of the sites (or organisations that name none) each theme is given in each month, by a row "
        "of the month or of the whole year. A site may have none of it: what is missing is not zero, and not always "
        "an error."
    )
    tables = [Table("given", "Given by theme and month", (Column("Theme", share=20), Column("NHS year"),
              Column("of", "number"), *(Column(month, "number") for month in MONTHS)), tuple(rows), note)]  # fmt: skip
    if gaps:
        columns = (Column("Organisation or site"), Column("code", "code", under=True), Column("theme"),
                   Column("NHS year"),
                   Column("months missing", "number"), Column("which", "code"))  # fmt: skip
        tables.append(Table("gaps", "What is missing", columns, tuple(gaps)))
    return tables, bool(gaps)


def not_counted(asked: ReportRequest) -> Section:
    """Return what was sent and is in no total, and which totals cannot be given."""
    frame, activities = asked.whole.not_counted, asked.whole.method.catalogue.activities
    tables = []
    if len(frame):
        same = ["activity", "period", "unit", "reason"]
        grouped = frame.groupby(same, sort=True).agg(quantity=("quantity", "sum"), rows=("rows", "sum"),
                                                     bodies=("organisation", "nunique")).reset_index()  # fmt: skip
        rows = [
            (activities[row["activity"]].label, row["activity"], row["period"], float(row["quantity"]), row["unit"],
             int(row["rows"]), int(row["bodies"]),
             row["reason"])
            for row in grouped.to_dict("records")
        ]  # fmt: skip
        columns = (Column("Activity", share=20), Column("code", "code", under=True), Column("NHS year"),
                   Column("quantity", "number", 2), Column("unit"),
                   Column("rows", "number"), Column("organisations", "number"), Column("why", share=28))  # fmt: skip
        tables.append(Table("not-counted", "Sent and not counted", columns, tuple(rows)))
    blocked: dict[tuple[str, str, str], list[str]] = {}
    for name in asked.whole.method.boundaries:
        for key, component in asked.whole.missing_components(name):
            blocked.setdefault((key.activity, key.period, component), []).append(label(name))
    if blocked:
        heads = (Column("Activity", share=24), Column("code", "code", under=True), Column("NHS year"),
                 Column("component"), Column("totals that it blocks"))  # fmt: skip
        parts = [(activities[code].label, code, year, component_name(component), ", ".join(dict.fromkeys(names)))
                 for (code, year, component), names in sorted(blocked.items())]  # fmt: skip
        tables.append(Table("not-published", "Components not published", heads, tuple(parts)))
    words = "Nothing is guessed: what has no published factor is listed with its quantity and left out of every total."
    nothing = "Everything that was sent has a published factor." if not tables else words
    return Section("not-counted", "What was not counted, and why", (nothing,), (), tuple(tables))


def method(asked: ReportRequest) -> Section:
    """Return the method with its digest, its packages and the files that were read."""
    footprint, stamp = asked.whole, asked.whole.stamp
    about: list[tuple[Cell, ...]] = [
        ("Method", f"{stamp.methodology}: {footprint.method.manifest.title}"), ("Status", stamp.status),
        ("Digest of the method (SHA-256)", stamp.methodology_digest),
        ("Digest of the sums (SHA-256)", stamp.input_sha256),
        ("Calculated by", f"nhscarbon {stamp.code_version}"), ("Rows read", f"{stamp.rows:,}"),
        ("Totals shown", ", ".join(map(label, asked.shown))),
        ("Intervals", f"2.5 % to 97.5 % of {asked.draws:,} draws, seed {asked.seed}; warming potentials are not drawn"),
        *((f"Mapping of words: {name}", sha256) for name, sha256 in stamp.mapping.items()),
        *((f"Overlay {place}", name) for place, name in enumerate(footprint.method.overlays, start=1)),
    ]  # fmt: skip
    used = {line.factor.package for line in footprint.factor_lines.lines}
    used |= {step.package for line in footprint.factor_lines.lines for step in line.cited}
    packages = {each.label: each for each in (*(each.package for each in footprint.method.packages.values()),
                                             *footprint.method.others)}  # fmt: skip
    rows = [
        (label, each.descriptor.title, each.descriptor.attribution,
         ", ".join(licence.title or licence.name for licence in each.descriptor.licenses), each.digest)
        for label, each in sorted(packages.items()) if label in used
    ]  # fmt: skip
    tables = [
        Table("about", "The method and its digests", (Column("What", share=28), Column("value", "code")), tuple(about)),
        Table("packages", "Data packages that were used",
              (Column("Package", "code", share=20), Column("title"), Column("attribution", under=True),
               Column("licence"),
               Column("digest (SHA-256)", "code", share=28)), tuple(rows)),
    ]  # fmt: skip
    if stamp.packages:
        note = "They are not part of the method, so that checks can improve while tonnes stay the same."
        heads = (Column("Package", "code"), Column("digest (SHA-256)", "code"))
        tables.append(
            Table("checks", "Packages that decide what is checked", heads, tuple(stamp.packages.items()), note)
        )
    files = tuple((name, sha256) for name, sha256 in footprint.files)
    if files:
        tables.append(
            Table("files", "The files that were read", (Column("File", "code"), Column("SHA-256", "code")), files)
        )
    words = (
        "The same rows, method and version give the same figures to the last bit, on any machine.",
        "Every figure can be multiplied by hand: quantity x conversion x factor, each factor with the cell it is from.",
    )
    return Section("method", "Method", words, (), tuple(tables))


def factors(asked: ReportRequest) -> Section:
    """Return every factor that was used, with its publication and cell, those with most tonnes first."""
    footprint = asked.whole
    by_key, activities = footprint.factor_lines, footprint.method.catalogue.activities
    kgco2e = np.bincount(footprint.rows.line, weights=footprint.rows.kgco2e, minlength=len(by_key.lines))
    keys, counts_in = footprint.sums.keyed[1], counts_in_words(footprint)
    merged: dict[tuple[Cell, ...], float] = {}
    lines = zip(by_key.lines, by_key.key_of_line.tolist(), kgco2e.tolist(), counts_in, strict=True)
    for line, key, kilograms, counts in lines:
        factor = line.factor
        name = f"{activities[factor.activity].label}: {component_name(factor.component).lower()}"
        row = (keys[key].period, counts, name, *cited(line, footprint.method))
        merged[row] = merged.get(row, 0.0) + kilograms
    ordered = sorted(merged.items(), key=lambda each: ([each[0][1] == NEITHER, -abs(each[1])], str(each[0])))
    rows = [(name, code, year, kilograms / KG_PER_TONNE, counts, *rest)
            for (year, counts, name, code, *rest), kilograms in ordered]  # fmt: skip
    columns = (
        Column("Factor", share=20), Column("code", "code", under=True), Column("NHS year"), asked.tonnes(),
        Column("counts in", share=12), Column("factor [kgCO2e/unit]", "number", -1), Column("unit", under=True),
        Column("conversion", under=True), Column("publication", share=28), Column("cell", "code", under=True),
        Column("note", under=True), Column("scope"), Column("warming potentials", under=True),
    )  # fmt: skip
    note = "Tonnes are of all that the factor multiplies in that NHS year."
    return Section("factors", "Factors", (), (), (Table("factor-table", FACTORS, columns, tuple(rows), note),))


def counts_in_words(footprint: Footprint) -> list[str]:
    """Return in which of the two footprints each factor line counts; without the two, in which total."""
    method, lines = footprint.method, footprint.factor_lines.lines
    if not has_both(footprint):
        inside = lines_inside(method.headline, lines, method)
        return [boundary_name(method.headline) if each else NEITHER for each in inside.tolist()]
    core, plus = (lines_inside(name, lines, method) for name in both(method))
    return [BOTH if first else PLUS_ONLY if second else NEITHER
            for first, second in zip(core.tolist(), plus.tolist(), strict=True)]  # fmt: skip


def component_name(name: str) -> str:
    """Return what people call a part of a factor.

    >>> component_name("transmission_wtt"), component_name("generation")
    ('Transmission, well-to-tank', 'Generation')
    """
    words = name.replace("_", " ").replace(" wtt", ", well-to-tank")
    return "Well-to-tank" if words == "wtt" else words[:1].upper() + words[1:]


def cited(line: Line, method: Methodology) -> tuple[Cell, ...]:
    """Return what a factor is and where it was read."""
    factor = line.factor
    package = method.packages[factor.package].package.descriptor
    steps = [f"{step.multiplier} {step.to_unit}/{step.from_unit}: {step.source}" for step in line.cited]
    used = f"x {number(line.conversion)}" if line.conversion_id else ""
    copied = any(
        source.second_hand for source in package.sources if source.file and f"[{source.file}]" in factor.locator
    )
    second_hand = "from a copy, not checked against the official file" if copied else ""
    return (
        f"{factor.activity} {factor.component}", factor.kgco2e, factor.unit, "; ".join(filter(None, [used, *steps])),
        f"{package.title} ({factor.package})", factor.locator, "; ".join(filter(None, [factor.note, second_hand])),
        factor.scope.replace("_", " "), factor.gwp_basis or "not stated",
    )  # fmt: skip
