"""The change between two footprints by cause: activity, prices, factor, method, boundary, and what entered or left."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.footprint.summary import Stamp
from nhscarbon.output.results import TableResult
from nhscarbon.output.tables import tonnes
from nhscarbon.output.text import SCREEN_COLUMNS, SCREEN_LINES, screen, shown, wrap

CAUSES = ("activity", "prices", "factor", "method", "boundary")
EFFECTS = (*CAUSES, "supplied", "entered", "left")
PARTS = tuple(f"{name}_tco2e" for name in ("before", *EFFECTS, "after"))
LABELS = {
    "activity": "What the organisation did",
    "prices": "Prices",
    "factor": "Published factors",
    "method": "The method",
    "boundary": "What is counted",
    "supplied": "Supplied as totals",
    "entered": "Only in the later one",
    "left": "Only in the earlier one",
}
NO_INDEX = ("boundary",)  # the logarithmic mean has no split for it
SHOWN = 8  # factor rows in the text, where there is room


@dataclass(frozen=True, eq=False, repr=False)
class Change(TableResult):
    """Why one footprint differs from another.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per line that either footprint counts: the words that were matched, activity, geography, theme,
        category, component, scope, unit; the quantities as sent and intensities [kgCO2e/unit] before and after;
        for spend ``price_ratio`` (pounds after that buy what a pound before bought) and ``prices_from`` (whose
        deflators); ``found`` and ``why`` (why a line entered or left, or spend stays as it was paid); the
        columns of `by` [tCO2e], and for `lmdi` the same with ``lmdi_`` before them.
    factors : pandas.DataFrame
        The factor rows of the continuing lines, those that moved most tonnes first: values, publications and
        cells before and after, ``factor_before_in_prices_after`` (the earlier factor of spend in the price year of
        the later), ``factor_tco2e``, ``method_tco2e``, and ``known_breaks``.
    title : str
    boundaries : tuple of str
        That count before and after.
    stamps : tuple of Stamp
        Of both footprints: what has to be the same for the result to be the same.
    labels : tuple of str
        Of both totals: the boundary with what it covers.
    notes : tuple of str
        What a reader must know: which organisations were put into which, and how spend was put into real terms.
    on_map : str
        The day on whose map both are (ISO); empty where organisations are as reported.
    restated : tuple of (str, str, float)
        Which organisation was put into which, with which share.
    """

    factors: pd.DataFrame
    title: str
    boundaries: tuple[str, str]
    stamps: tuple[Stamp, Stamp]
    labels: tuple[str, str]
    notes: tuple[str, ...] = ()
    on_map: str = ""
    restated: tuple[tuple[str, str, float], ...] = ()

    def by(self, *columns: str) -> pd.DataFrame:
        """Return the change by any columns of the lines; of the whole without any.

        Parameters
        ----------
        *columns : str
            Such as ``"theme"``, ``"activity"``, ``"component"``, ``"organisation"``.

        Returns
        -------
        pandas.DataFrame
            The columns asked for, and in tCO2e ``before_tco2e``, the effects ``activity_tco2e``, ``prices_tco2e``,
            ``factor_tco2e``, ``method_tco2e``, ``boundary_tco2e``, ``supplied_tco2e``, ``entered_tco2e`` and
            ``left_tco2e``, and ``after_tco2e``, which is their sum.

        Raises
        ------
        UsageError
            If there is no such column.
        """
        return self._grouped(columns, PARTS)

    def lmdi(self, *columns: str) -> pd.DataFrame:
        """Return the change as `by`, by the logarithmic mean Divisia index.

        A line inside one boundary only enters or leaves here; the index has no price for it. Not a number where
        a line of the group changes its sign, which the index cannot split.
        """
        names = [name if name in ("before_tco2e", "after_tco2e") else f"lmdi_{name}" for name in PARTS]
        names = [name for name in names if name not in {f"lmdi_{each}_tco2e" for each in NO_INDEX}]
        found = self._grouped(columns, names)
        return found.rename(columns={name: name.removeprefix("lmdi_") for name in names})

    def total(self) -> dict[str, float]:
        """Return the effects of the whole [tCO2e], by the names of `by`."""
        return {str(name): float(value) for name, value in self.by().iloc[0].items()}

    def entered_and_left(self) -> pd.DataFrame:
        """Return what only one of the footprints could count, the largest first, and why."""
        part = self._table[(self._table["entered_tco2e"] != 0) | (self._table["left_tco2e"] != 0)]
        names = [name for name in part.columns if name in ("organisation", "activity", "component", "unit")]
        part = part[[*names, "why", "left_tco2e", "entered_tco2e"]]
        largest = (part["entered_tco2e"] - part["left_tco2e"]).abs().sort_values(ascending=False, kind="stable").index
        return part.loc[largest].reset_index(drop=True)

    def _title(self) -> str:
        return f"{self.title}, {' -> '.join(dict.fromkeys(self.boundaries))} [tCO2e]"

    @property
    def covers(self) -> tuple[str, ...]:
        """What both totals cover, in a line; in a line each where they cover different things."""
        if len({*self.labels}) == 1:
            return (f"before and after: {self.labels[0]}",)
        return tuple(f"{side}: {label}" for side, label in zip(("before", "after"), self.labels, strict=True))

    def _about(self) -> dict[str, object]:
        sides = ("before", "after")
        return {
            "stamp": {side: asdict(stamp) for side, stamp in zip(sides, self.stamps, strict=True)},
            "labels": dict(zip(sides, self.labels, strict=True)),
            "notes": list(self.notes),
            "on_map": self.on_map,
            "restated": [dict(zip(("from", "to", "share"), each, strict=True)) for each in self.restated],
        }

    def _notes(self) -> list[str]:
        return [*self.covers, *self.notes]

    def _grouped(self, columns: Sequence[str], figures: Sequence[str]) -> pd.DataFrame:
        words = [str(name) for name in self._table.columns if self._table[name].dtype.kind not in "fi"]
        for name in columns:
            if name not in words:
                near = get_close_matches(str(name), words, n=1)
                hint = f"; did you mean '{near[0]}'?" if near else f". Choose from: {', '.join(words)}."
                raise UsageError(f"Unknown column '{str(name)[:60]}'{hint}")
        if len(set(columns)) < len(columns):
            raise UsageError(f"a column is named twice: {', '.join(columns)}")
        if not columns:  # exactly rounded sums, the same whatever the order of the lines
            return pd.DataFrame({name: [math.fsum(self._table[name])] for name in figures})
        grouped = self._table.groupby(list(columns), sort=True)[list(figures)]
        frame: pd.DataFrame = grouped.agg(math.fsum).reset_index()
        return frame

    def _warming_potentials(self) -> list[str]:
        """Say once which sets of warming potentials the factor rows moved between."""
        pairs = zip(self.factors["gwp_basis_before"], self.factors["gwp_basis_after"], strict=True)
        moved = Counter((str(first), str(second)) for first, second in pairs if first != second)
        return [
            f"  {'':14}  the published factors changed: warming potentials {first or 'not stated'} -> "
            f"{second or 'not stated'} in {count} of {len(self.factors)} factor rows"
            for (first, second), count in sorted(moved.items())
        ]

    def __str__(self) -> str:
        whole = self.total()
        rows = [self._title(), *(f"  {line}" for line in self.covers)]
        rows += [part for note in self.notes for part in wrap(f"  {note}")]
        rows += ["", f"  {'':10}{'tCO2e':>16}"]
        for name in PARTS:
            cause = name.removesuffix("_tco2e")
            if whole[name] or cause != "supplied":
                label = LABELS.get(cause, "").lower()
                rows.append(f"  {cause:10}{tonnes(whole[name], 1):>16}  {'' if label == cause else label}".rstrip())
        tail = self._warming_potentials()
        only = self.entered_and_left()
        if len(only):
            lines = "1 line" if len(only) == 1 else f"{len(only):,} lines"
            tail += ["", f"  {lines} entered or left: `entered_and_left` shows which, and why"]
        if len(self.factors):
            rows += ["", "  factor rows that moved most [tCO2e]"]
            rows += self._factor_rows(SCREEN_LINES - len(rows) - len(tail))
        return screen([*rows, *tail])

    def _factor_rows(self, room: int) -> list[str]:
        """Return the factor rows that moved most, as many as there are lines for, and how many are left."""
        rows: list[str] = []
        shown_rows = 0
        for row in self.factors.head(SHOWN).to_dict("records"):
            text = [shown(line, SCREEN_COLUMNS) for line in _factor_text(row)]
            if len(rows) + len(text) > room - 1:
                break
            rows += text
            shown_rows += 1
        left = len(self.factors) - shown_rows
        return [*rows, f"  {left:,} more in `factors`"] if left else rows


def _factor_text(row: Mapping[Hashable, object]) -> list[str]:
    """Return a factor row with its publications, and how the published factor changed on a second line."""
    moved = float(str(row["factor_tco2e"])) + float(str(row["method_tco2e"]))
    before, after = (float(str(row[f"factor_{side}"])) for side in ("before", "after"))
    real = float(str(row["factor_before_in_prices_after"]))
    if real != before:  # spend: what a pound of the earlier year is in the prices of the later
        values = f"{real:.6g} ({before:.6g}/{row['factor_unit_before']}) -> {after:.6g}"
    else:
        values = f"{before:.6g} -> {after:.6g}"
    values += f" kgCO2e/{row['factor_unit_after']}"
    ratios = (float(str(row["conversion_before"])), float(str(row["conversion_after"])))
    if real == before and ratios[0] != ratios[1]:  # a leak rate, say, where the factor itself stayed
        values += f", conversion {ratios[0]:.6g} -> {ratios[1]:.6g}"
    packages = " -> ".join(dict.fromkeys([str(row["package_before"]), str(row["package_after"])]))
    text = [f"  {tonnes(moved, 1):>14}  {row['activity']} {row['component']}: {values}, {packages}"]
    return text + ([f"  {'':14}  the published factor changed: {row['known_breaks']}"] if row["known_breaks"] else [])
