"""What the ticks of a template and its sheet of themes answer, as rows of a themes table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from nhscarbon.activity import return_layout as layout
from nhscarbon.activity.files.sheets import Grid
from nhscarbon.activity.theme_rows import ThemeRow

Ticked = tuple[str, int, str, str, tuple[str, ...], str]  # sheet, row, theme, what, ticks, note


def answers_of(
    lines: Iterable[Ticked], sent: Set[str], organisation: str, period: str, file: str
) -> Iterator[ThemeRow]:
    """Yield the answers that ticks give to themes.

    A theme of which any line is not available is not available, with the notes as its reason: rows that were sent of
    it count. One of which every line is ticked as none used, and nothing was sent on other lines, has none. Any other
    is answered by its rows alone, and an empty line answers nothing.

    Parameters
    ----------
    lines : iterable of tuple
        Sheet, row, theme, what, ticks and note of each line of the template.
    sent : set of str
        The themes, in small letters, of which there is any figure.
    organisation, period, file : str
        As they stand on the sheet.
    """
    themes: dict[str, list[Ticked]] = {}
    for line in lines:
        if line[2]:
            themes.setdefault(line[2].casefold(), []).append(line)
    for theme, own in themes.items():
        unknown = [line for line in own if line[4] == (layout.NOT_AVAILABLE,) and line[5]]
        none = [line for line in own if line[4] == (layout.NONE_USED,)]
        if unknown:
            sheet, row, label, *_ = unknown[0]
            reason = "; ".join(f"{what}: {note}" for _, _, _, what, _, note in unknown)
            yield ThemeRow(organisation, period, label, "not_available", reason, row, file, sheet)
        elif len(none) == len(own) and theme not in sent:
            sheet, row, label, *_ = none[0]
            yield ThemeRow(organisation, period, label, "none_used", "", row, file, sheet)


def themes_of_sheet(grid: Grid, organisation: str, period: str, file: str) -> Iterator[ThemeRow]:
    """Yield the answers of the sheet of themes, which has neither organisation nor year: they stand once."""
    wanted = {layout.THEME.casefold(): 0, layout.ANSWER.casefold(): 1, layout.REASON.casefold(): 2}
    head, found = 0, {}
    for head, cells in enumerate(grid.rows[: layout.WITHIN], start=1):  # noqa: B007
        found = {wanted[name]: place for place, cell in enumerate(cells)
                 if (name := cell.strip().casefold()) in wanted}  # fmt: skip
        if len(found) == len(wanted):
            break
    else:
        return
    for number, cells in enumerate(grid.rows[head:], start=head + 1):
        theme, answer, reason = (
            cells[found[each]].strip() if found[each] < len(cells) else "" for each in range(len(wanted))
        )
        if answer:
            yield ThemeRow(organisation, period, theme, answer, reason, number, file, grid.sheet)
