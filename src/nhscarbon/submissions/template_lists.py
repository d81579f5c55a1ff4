"""The hidden lists of a template with one line for each thing: what can be chosen, and the search for more lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nhscarbon.activity import return_layout as layout
from nhscarbon.activity.template_properties import SHEETS_LIST
from nhscarbon.methods.gaps import declared_gap
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.return_lines import ReturnLine, return_words
from nhscarbon.output.excel import letters
from nhscarbon.submissions.template_by_theme import theme_sheets

COLUMNS = (SHEETS_LIST, "Years", "Words", "Line", "Unit of the line", "Code of the unit", "Everything that is counted",
           "Its theme", "Its code", "Its first unit", "Its last unit", "Unit to choose")  # fmt: skip


@dataclass(frozen=True)
class Lists:
    """What can be chosen, as columns of the hidden sheet, and the cells of each.

    `units` has the first and last row of the units of each line; `everything` is how many labels can be searched, and
    `pairs` how many of their units there are.
    """

    columns: tuple[tuple[str | int, ...], ...]
    lines: tuple[ReturnLine, ...]
    units: tuple[tuple[int, int], ...]
    everything: int
    pairs: int

    def cells(self, name: str, first: int = 2, last: int = 0) -> str:
        """Return the address of cells of a column: all that are filled, or from one row to another."""
        place = COLUMNS.index(name)
        return f"{layout.LISTS}!${letters(place)}${first}:${letters(place)}${last or len(self.columns[place]) + 1}"

    @property
    def rows(self) -> list[list[str | int]]:
        """The sheet as rows, the header first."""
        longest = max(map(len, self.columns))
        return [list(COLUMNS), *([words[row] if row < len(words) else "" for words in self.columns]
                                 for row in range(longest))]  # fmt: skip


def lists_of(method: Methodology, kind: str, years: Sequence[str]) -> Lists:
    """Return the lists of a kind of trust: of its lines, those with a factor, or a declared gap, in any of some years.

    Parameters
    ----------
    method : Methodology
    kind : str
        A kind of the package of lines.
    years : sequence of str
        NHS years.
    """
    words, entries = return_words(), method.catalogue.activities
    sheets = theme_sheets(method, years)
    served = {activity: units for sheet in sheets for activity, units in sheet.units.items()}
    lines: list[ReturnLine] = []
    units: list[tuple[int, int]] = []
    line_rows: list[tuple[str, str, str]] = []
    for line in (line for line in words.lines if kind in line.kinds and line.activity in entries):
        choices = tuple(
            (activity, unit) for activity, unit in line.choices
            if unit in (served.get(activity) or _of_gap(activity, entries[activity].units, years))
        )  # fmt: skip
        if not choices or choices[0][0] != line.activity:
            continue
        lines.append(ReturnLine(line.label, choices, line.kinds))
        units.append((len(line_rows) + 2, len(line_rows) + 1 + len(choices)))
        line_rows += [(line.label, words.unit_word(unit), activity) for activity, unit in choices]
    every = [(entries[activity].label, sheet.label, activity, offered)
             for sheet in sheets for activity, offered in sheet.units.items()]  # fmt: skip
    pairs = [words.unit_word(unit) for *_, offered in every for unit in offered]
    starts = [0]
    for *_, offered in every:
        starts.append(starts[-1] + len(offered))
    evidence = [word.word for word in words.evidence if word.evidence in method.catalogue.evidence_words]
    columns: tuple[Iterable[str | int], ...] = (
        (layout.RETURN, layout.MORE, layout.THEMES), reversed(years), evidence,
        *zip(*line_rows, strict=True),
        *zip(*(each[:3] for each in every), strict=True),
        (start + 1 for start in starts[:-1]), starts[1:], pairs,
    )  # fmt: skip
    return Lists(tuple(map(tuple, columns)), tuple(lines), tuple(units), len(every), len(pairs))


def _of_gap(activity: str, units: Sequence[str], years: Sequence[str]) -> Sequence[str]:
    """Return the units of an activity that has no factor and whose gap is declared: it is listed as not counted."""
    return units if any(declared_gap(activity, year) for year in years) else ()
