"""The largest row of a footprint multiplied out, down to the publisher's cell."""

from __future__ import annotations

from nhscarbon.footprint.label import boundary_name
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.tables import number, tonnes
from nhscarbon.reporting.report.document import Section, Worked
from nhscarbon.reporting.report.evidence import cited, component_name
from nhscarbon.reporting.report.request import ReportRequest


def working(asked: ReportRequest) -> Section:
    """Return the working of the largest row that counts in the main total."""
    footprint, method = asked.footprint, asked.footprint.method
    inside = footprint.inside(asked.main)
    rows = footprint.rows
    at = int((abs(rows.kgco2e) * inside).argmax())
    line = footprint.factor_lines.lines[rows.line[at]]
    row = {name: column.labels[column.codes[rows.cell[at]]] for name, column in footprint.sums.columns.items()}
    factor, activity = line.factor, method.catalogue.activities[line.factor.activity]
    quantity, kgco2e = float(footprint.sums.quantity[rows.cell[at]]), float(rows.kgco2e[at])
    _, _, unit, conversion, publication, cell, note, scope, basis = cited(line, method)
    terms = [("", "you sent", f"{number(quantity)} {row['unit']}")]
    if line.conversion_id:
        terms.append(("\u00d7", "conversion", f"{number(line.conversion)} {factor.unit}/{row['unit']}"))
    terms += [("\u00d7", "published factor", f"{factor.value} kgCO2e/{factor.unit}"),
              ("=", "exactly", f"{number(kgco2e)} kgCO2e"),
              ("=", "in tonnes", f"{tonnes(kgco2e / KG_PER_TONNE)} tCO2e")]  # fmt: skip
    where = [boundary_name(name) for name in method.boundaries
             if method.included[name, line.category, factor.component, factor.scope]]  # fmt: skip
    sent = ", ".join(filter(None, [asked.name_of(row["organisation"]), row.get("site", ""), row["period"]]))
    steps = (
        ("What you sent", f"{activity.label}: {sent}", f"{factor.activity}, {row['organisation']}"),
        ("Conversion", str(conversion) if conversion else f"None needed: the factor is per {unit}", ""),
        ("Published factor", f"{publication}, {component_name(factor.component).lower()}: {cell}",
         "; ".join(filter(None, [str(note), f"warming potentials {basis}"]))),
        ("Where it counts", ", ".join(where), f"scope {scope}, theme {method.catalogue.themes[line.theme]}"),
    )  # fmt: skip
    others = int(inside.sum()) - 1
    words = (
        f"The largest of {others + 1:,} rows in the {boundary_name(asked.main)}; each can be followed in the same way."
    )
    return Section("working", f"A row\u2019s working: {activity.label}", (words,), worked=Worked(tuple(terms), steps))
