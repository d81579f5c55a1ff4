"""One row of a footprint as a worked calculation that an auditor can follow to the publisher's cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from nhscarbon.activity.columns import Column
from nhscarbon.checks.totals import Totals
from nhscarbon.footprint.factor_lines import FactorLines, Rows, as_frame
from nhscarbon.footprint.grouping import refuse_none
from nhscarbon.methods.data_package import DataPackage, Source
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import Line
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import Result
from nhscarbon.output.tables import number, tonnes
from nhscarbon.output.text import escape_lines, screen, shown


@dataclass(frozen=True, repr=False)
class Explanation(Result):
    """The working of one row: `row` is the row itself, `text` the calculation with its sources."""

    row: Mapping[str, object]
    text: str

    @property
    def table(self) -> pd.DataFrame:
        """The row, in the columns of `Footprint.table`."""
        return pd.DataFrame([dict(self.row)])

    def _title(self) -> str:
        return self.text.partition("\n")[0]

    def __str__(self) -> str:
        return screen([self.text])

    def _repr_html_(self) -> str:
        return f"<pre>{escape_lines(self.text)}</pre>"


def explained(
    sums: Totals, by_key: FactorLines, rows: Rows, where: Mapping[str, str], columns: Mapping[str, Column],
    method: Methodology,
) -> Explanation:  # fmt: skip
    """Return the working of the largest row that has some words.

    Parameters
    ----------
    sums : Totals
    by_key : FactorLines
    rows : Rows
    where : Mapping[str, str]
        Columns of the table, and the word that each must have.
    columns : Mapping[str, Column]
        Those columns, coded.
    method : Methodology

    Raises
    ------
    UsageError
        If no row fits.
    """
    fits = np.ones(len(rows.cell), np.bool_)
    for name, word in where.items():
        fits &= np.array([label == word for label in columns[name].labels] or [False])[columns[name].codes]
    places = np.flatnonzero(fits)
    refuse_none(len(places), where)
    row = places[np.abs(rows.kgco2e[places]).argmax()]
    one = replace(rows, cell=rows.cell[[row]], line=rows.line[[row]], kgco2e=rows.kgco2e[[row]])
    table = as_frame(sums.columns, sums.quantity, by_key, one)
    words = {str(name): table[name].iloc[0] for name in table.columns}
    return explanation(words, by_key.lines[rows.line[row]], method, others=len(places) - 1)


def explanation(row: Mapping[str, object], line: Line, method: Methodology, *, others: int) -> Explanation:
    """Write out one row of the footprint table.

    Parameters
    ----------
    row : Mapping
        A row of `Footprint.table`.
    line : Line
        The factor and conversion that it used.
    method : Methodology
    others : int
        How many further rows fitted the question, to be said.
    """
    factor = line.factor
    package = method.packages[factor.package]
    entry = method.catalogue.activities[factor.activity]
    kgco2e = float(str(row["kgco2e"]))
    conversion = f" x {number(line.conversion)} {factor.unit}/{row['unit']}" if line.conversion_id else ""
    inside = [name for name in method.boundaries
              if method.included[name, line.category, factor.component, factor.scope]]  # fmt: skip
    text = [
        f"{row['organisation']}, {row['period']}, {entry.label} ({factor.activity}), component {factor.component}",
        "",
        f"  {number(row['quantity'])} {row['unit']}{conversion} x {factor.value} kgCO2e/{factor.unit}",
        f"  = {number(kgco2e)} kgCO2e = {tonnes(kgco2e / KG_PER_TONNE)} tCO2e",
        "",
        f"  factor      {factor.factor_id}",
        f"  published   {package.package.descriptor.title}",
        f"  cell        {factor.locator}",
        *_source(package.package, factor.locator),
        f"  package     {factor.package}, serving {factor.valid_from} until {factor.valid_to}",
        f"  basis       {factor.gwp_basis or 'not stated'}, scope {factor.scope}, reported in {line.theme}",
    ]
    text += [f"  note        {factor.note}"] if factor.note else []
    text += [
        f"  conversion  {step.conversion_id}: {step.multiplier} {step.to_unit}/{step.from_unit}; {step.source}"
        + (f" ({step.note})" if step.note else "")
        for step in line.cited
    ]
    gases = package.gases.get((factor.factor_id, factor.valid_from), ())
    if gases:
        split = ", ".join(f"{share.gas} {share.value}" for share in gases)
        text.append(f"  of which    {split} kgCO2e/{factor.unit}, as published")
    text.append(f"  counts in   {', '.join(inside) or 'no boundary'}")
    text.append(f"  method      {method.id} ({method.status}), digest {method.digest[:16]}")
    if others:
        text.append(f"  ({others} smaller rows fitted as well; name more columns to choose one)")
    return Explanation(dict(row), "\n".join(map(shown, text)))


def _source(package: DataPackage, locator: str) -> list[str]:
    """Name the file that the locator points into, with its hash and terms."""
    sources: list[Source] = [
        source for source in package.descriptor.sources if source.file and f"[{source.file}]" in locator
    ] or list(package.descriptor.sources[:1])
    text = []
    for source in sources:
        hashed = f", sha256 {source.sha256[:16]}..." if source.sha256 else ""
        text.append(f"  file        {source.file or source.title}{hashed}")
        if source.second_hand:
            text.append("  second-hand read from a copy of the figures; not yet checked against the official file")
        if source.path:
            text.append(f"              {source.path}")
    licences = ", ".join(licence.title or licence.name for licence in package.descriptor.licenses)
    return [*text, f"  licence     {licences}"]
