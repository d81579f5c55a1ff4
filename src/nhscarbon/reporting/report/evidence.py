"""The evidence of a report: what is missing or not counted, the findings, the method, and every factor's cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from nhscarbon.activity.cell_address import address
from nhscarbon.findings import Findings
from nhscarbon.footprint.coverage import MISSING, completeness_of_all
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import OPEN
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import Line
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.tables import number
from nhscarbon.reporting.drawing.labels import label
from nhscarbon.reporting.report.document import Cell, Column, Section, Table
from nhscarbon.reporting.report.figures import ReportRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    Parts = Iterable[tuple[tuple[str, ...], pd.DataFrame]]

MOST_ROWS = 1 << 20  # of a source that is looked at once more for what is missing
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
SHOWN_REASONS = 3  # distinct reasons of a theme that a table shows
FACTORS = "Every factor with its cell"


def completeness(asked: ReportRequest) -> Section:
    """Return how each theme is answered, what was sent of each month, and where something is missing."""
    footprint = asked.whole
    title = "What was sent, and what is missing"
    answers = _answers(footprint)
    open_themes = footprint.coverage
    open_themes = open_themes[open_themes["answer"].isin(OPEN)]
    labels = footprint.method.catalogue.themes
    wanted = [theme for theme in labels if theme in set(open_themes["theme"])]
    words = [f"{footprint.label(asked.boundary or None)}."]
    words += [f"Themes without an answer: {', '.join(labels[theme] for theme in wanted)}."] if wanted else []
    if not footprint.sources or footprint.stamp.rows > MOST_ROWS:
        why = "were not given" if not footprint.sources else "are more than a million"
        words.append(f"The rows of this footprint {why}, so missing months and sites were not looked for.")
        return Section("completeness", title, tuple(words), (), (answers,))
    tables, gaps = _by_month(footprint)
    if not gaps:
        words.append("Every site has data for all 12 months in the themes that were sent.")
    return Section("completeness", title, tuple(words), (), (answers, *tables))


def _answers(footprint: Footprint) -> Table:
    """Return how each theme is answered in each NHS year; of several organisations, by how many of them."""
    frame, labels = footprint.coverage, footprint.method.catalogue.themes
    rows: list[tuple[Cell, ...]] = []
    for (year, theme), part in cast("Parts", frame.groupby(["period", "theme"], sort=False)):
        counts = part["answer"].value_counts()
        words = [f"{_spaced(str(answer))}" + (f" ({count:,})" if len(part) > 1 else "")
                 for answer, count in counts.items()]  # fmt: skip
        reasons = dict.fromkeys(filter(None, part["reason"]))
        share = float(part["share_estimated"].max())
        fewest = part["months"].min()
        rows.append((labels[theme], year, ", ".join(words), "; ".join([*reasons][:SHOWN_REASONS]),
                     None if pd.isna(fewest) else int(fewest), 100 * share if share else None))  # fmt: skip
    columns = (Column("Theme"), Column("NHS year"), Column("answer"), Column("reason"),
               Column("months (fewest)", "number"), Column("estimated, at most [%]", "number"))  # fmt: skip
    note = "How the return answers each of the themes of the method. A theme without an answer is missing, not zero."
    return Table("answers", "Answers by theme", columns, tuple(rows), note)


def _spaced(answer: str) -> str:
    return answer.replace("_", " ")


def _by_month(footprint: Footprint) -> tuple[list[Table], bool]:
    """Return what is given by theme and month, and whether any of it is missing."""
    frame = completeness_of_all(footprint.sources, footprint.method)
    labels = footprint.method.catalogue.themes
    frame["there"] = frame["state"] != MISSING
    rows: list[tuple[Cell, ...]] = []
    for (year, theme), part in cast("Parts", frame.groupby(["period", "theme"], sort=False)):
        by_month = part.groupby("month", sort=True)["there"].agg(["sum", "count"])
        rows.append(
            (labels[theme], year, *(f"{there:,} of {every:,}" for there, every in by_month.itertuples(index=False)))
        )
    gaps: list[tuple[Cell, ...]] = []
    by_place = frame.groupby(["organisation", "site", "period", "theme"], sort=False)
    for (body, site, year, theme), part in cast("Parts", by_place):
        absent = part.loc[~part["there"], "month"].tolist()
        if absent:
            every = "the whole year" if len(absent) == len(MONTHS) else ", ".join(absent)
            gaps.append((f"{body} {site}".strip(), labels[theme], year, len(absent), every))
    note = (
        "In how many sites (or organisations that name none) each theme that was sent is given in each month, by a row "
        "of the month or of the whole year. A site may have none of it: what is missing is not zero, and not always "
        "an error."
    )
    tables = [Table("given", "Given by theme and month", (Column("Theme"), Column("NHS year"), *map(Column, MONTHS)),
                    tuple(rows), note)]  # fmt: skip
    if gaps:
        columns = (Column("Organisation or site", "code"), Column("theme"), Column("NHS year"),
                   Column("months missing", "number"), Column("which", "code"))  # fmt: skip
        tables.append(Table("gaps", "What is missing", columns, tuple(gaps)))
    return tables, bool(gaps)


def not_counted(asked: ReportRequest) -> Section:
    """Return what was sent and is in no total, and which totals cannot be given."""
    frame = asked.whole.not_counted
    tables = []
    if len(frame):
        same = ["activity", "period", "unit", "reason"]
        grouped = frame.groupby(same, sort=True).agg(quantity=("quantity", "sum"), rows=("rows", "sum"),
                                                     bodies=("organisation", "nunique")).reset_index()  # fmt: skip
        rows = [
            (row["activity"], row["period"], float(row["quantity"]), row["unit"], int(row["rows"]), int(row["bodies"]),
             row["reason"])
            for row in grouped.to_dict("records")
        ]  # fmt: skip
        columns = (Column("Activity", "code"), Column("NHS year"), Column("quantity", "number", 2), Column("unit"),
                   Column("rows", "number"), Column("organisations", "number"), Column("why"))  # fmt: skip
        tables.append(Table("not-counted", "Sent and not counted", columns, tuple(rows)))
    blocked: dict[tuple[str, str, str], list[str]] = {}
    for name in asked.whole.method.boundaries:
        for key, component in asked.whole.missing_components(name):
            blocked.setdefault((key.activity, key.period, component), []).append(label(name))
    if blocked:
        heads = (Column("Activity", "code"), Column("NHS year"), Column("component"), Column("totals that it blocks"))
        parts = [(*key, ", ".join(dict.fromkeys(names))) for key, names in sorted(blocked.items())]
        tables.append(Table("not-published", "Components not published", heads, tuple(parts)))
    words = "Nothing is guessed: what has no published factor is listed with its quantity and left out of every total."
    nothing = "Everything that was sent has a published factor." if not tables else words
    return Section("not-counted", "What was not counted, and why", (nothing,), (), tuple(tables))


def findings(asked: ReportRequest) -> Section:
    """Return everything that was met on the way, the worst first."""
    report = asked.whole.findings
    rows = [
        (label(each.severity), each.code, " ".join(filter(None, [each.file, address(each)])), each.rows, each.message,
         each.suggestion, each.kgco2e_at_stake)
        for each in report if not each.answered
    ]  # fmt: skip
    columns = (Column("Severity"), Column("code", "code"), Column("where", "code"), Column("rows", "number"),
               Column("what was found"), Column("what to do"), Column("at stake [kgCO2e]", "number"))  # fmt: skip
    if not len(report):
        return Section("findings", "Findings", (_nothing_found(asked.whole),))
    warned = any(each.severity == "warning" and not each.answered for each in report)
    words = f"No errors. The {'warnings' if warned else 'notes'} below are worth checking."
    tables = [Table("findings-list", "What was found", columns, tuple(rows))] if rows else []
    if report.answered:
        tables.append(_answered(report))
    return Section("findings", "Findings", (words,), (), tuple(tables))


def _nothing_found(footprint: Footprint) -> str:
    """Say that the rows are without a finding, and no more than that where themes have no answer."""
    answers = footprint.coverage["answer"]
    missing = int(answers.isin(OPEN).sum())
    if not missing:
        return "Nothing was found wrong, and nothing was assumed."
    return f"There are no findings on the rows that were sent. {missing:,} of {len(answers):,} themes have no answer."


def _answered(report: Findings) -> Table:
    """Return the warnings that were answered, each with its reason, by whom and when."""
    rows = [
        (each.code, each.organisation, each.period, each.activity, each.message, each.answer, each.answered_by,
         each.answered_on, each.kgco2e_at_stake)
        for each in report.answered
    ]  # fmt: skip
    columns = (Column("Code", "code"), Column("organisation", "code"), Column("NHS year"), Column("activity", "code"),
               Column("what was found"), Column("answer"), Column("by"), Column("on"),
               Column("at stake [kgCO2e]", "number"))  # fmt: skip
    note = "An answer holds for the figures it was given for: if they change, the warning opens again."
    return Table("answers-list", "Warnings that were answered", columns, tuple(rows), note)


def method(asked: ReportRequest) -> Section:
    """Return the method with its digest, its packages and the files that were read."""
    footprint, stamp = asked.whole, asked.whole.stamp
    about: list[tuple[Cell, ...]] = [
        ("Method", f"{stamp.methodology}: {footprint.method.manifest.title}"), ("Status", stamp.status),
        ("Digest of the method (SHA-256)", stamp.methodology_digest),
        ("Digest of the sums (SHA-256)", stamp.input_sha256),
        ("Calculated by", f"nhscarbon {stamp.code_version}"), ("Rows read", f"{stamp.rows:,}"),
        ("Total shown", label(asked.boundary) if asked.boundary else "none"),
        ("Intervals", f"2.5 % to 97.5 % of {asked.draws:,} draws, seed {asked.seed}; warming potentials are not drawn"),
        *((f"Mapping of words: {name}", sha256) for name, sha256 in stamp.mapping.items()),
        *((f"Overlay {place}", name) for place, name in enumerate(footprint.method.overlays, start=1)),
    ]  # fmt: skip
    used = {line.factor.package for line in footprint.factor_lines.lines}
    used |= {step.package for line in footprint.factor_lines.lines for step in line.cited}
    packages = {each.label: each for each in (*(each.package for each in footprint.method.packages.values()),
                                             *footprint.method.others)}  # fmt: skip
    rows = [
        (label, each.descriptor.title, ", ".join(licence.title or licence.name for licence in each.descriptor.licenses),
         each.descriptor.attribution, each.digest)
        for label, each in sorted(packages.items()) if label in used
    ]  # fmt: skip
    tables = [
        Table("about", "The method and its digests", (Column("What"), Column("value", "code")), tuple(about)),
        Table("packages", "Data packages that were used",
              (Column("Package", "code"), Column("title"), Column("licence"), Column("attribution"),
               Column("digest (SHA-256)", "code")), tuple(rows)),
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
    by_key = footprint.factor_lines
    kgco2e = np.bincount(footprint.rows.line, weights=footprint.rows.kgco2e, minlength=len(by_key.lines))
    inside = footprint.counted(asked.boundary) if asked.boundary else np.zeros(len(by_key.lines), np.bool_)
    keys = footprint.sums.keyed[1]
    merged: dict[tuple[Cell, ...], float] = {}
    lines = zip(by_key.lines, by_key.key_of_line.tolist(), kgco2e.tolist(), inside.tolist(), strict=True)
    for line, key, kilograms, counts in lines:
        row = (keys[key].period, "yes" if counts else "no", *cited(line, footprint.method))
        merged[row] = merged.get(row, 0.0) + kilograms
    ordered = sorted(merged.items(), key=lambda each: ([-int(each[0][1] == "yes"), -abs(each[1])], str(each[0])))
    rows = [(name, year, kilograms / KG_PER_TONNE, counts, *rest) for (year, counts, name, *rest), kilograms in ordered]
    columns = (
        Column("Factor", "code"), Column("NHS year"), asked.tonnes, Column("counted"),
        Column("factor [kgCO2e/unit]", "number", -1), Column("unit"), Column("conversion"), Column("scope"),
        Column("warming potentials"), Column("publication"), Column("cell", "code"), Column("note"),
    )  # fmt: skip
    note = (f"Tonnes are of all that the factor multiplies; those that are counted are in {label(asked.boundary)}."
            if asked.boundary else "")  # fmt: skip
    return Section("factors", "Factors", (), (), (Table("factor-table", FACTORS, columns, tuple(rows), note),))


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
        factor.scope.replace("_", " "), factor.gwp_basis or "not stated", f"{package.title} ({factor.package})",
        factor.locator, "; ".join(filter(None, [factor.note, second_hand])),
    )  # fmt: skip
