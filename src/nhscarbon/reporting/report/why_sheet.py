"""The sheet of a footprint workbook that says why both footprints changed, by cause, with a live sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nhscarbon.analysis.decomposition.change import EFFECTS, LABELS
from nhscarbon.analysis.decomposition.compare import compare
from nhscarbon.footprint.both_footprints import both
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import boundary_name
from nhscarbon.output.excel import TONNES, letters, set_page, write_table
from nhscarbon.reporting.report.document import NativeChart
from nhscarbon.reporting.report.native_charts import draw_native
from nhscarbon.reporting.report.summary_sheet import LIVE

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Why it changed"
FIRST, SIZE = 4, 10  # the row of the header, and points
WIDTHS = (38, 22, 26)
ONLY_IF_ANY = ("prices", "supplied")


def write_why(sheet: Worksheet, years: Sequence[Footprint]) -> LIVE:
    """Write what changed from the first NHS year to the last; return what the live sums come to.

    Parameters
    ----------
    sheet : openpyxl Worksheet
        Empty.
    years : sequence of Footprint
        The first and the last, of one NHS year each.
    """
    from openpyxl.styles import Font  # noqa: PLC0415  an extra

    first, last = years
    was, now = first.summary(), last.summary()
    names = [name for name in both(last.method)
             if not was.total_in_words(name, was.last) and not now.total_in_words(name, now.last)]  # fmt: skip
    found = [compare(first, last, boundary=name) for name in names]
    parts = [each.total() for each in found]
    causes = [name for name in EFFECTS if name not in ONLY_IF_ANY or any(each[f"{name}_tco2e"] for each in parts)]
    rows: list[list[str | float | None]] = [["Cause", *(f"{boundary_name(name)}, tCO\u2082e" for name in names)]]
    rows.append([was.last, *(each["before_tco2e"] for each in parts)])
    rows += [[LABELS[name], *(each[f"{name}_tco2e"] for each in parts)] for name in causes]
    rows.append([now.last, *(None for _ in parts)])
    write_table(sheet, "why_it_changed", rows, size=SIZE, widths=WIDTHS, first=FIRST)
    end = FIRST + len(rows) - 1
    live: LIVE = {}
    for column, each in enumerate(parts, start=2):
        letter = letters(column - 1)
        cell = sheet.cell(end, column)
        cell.value = f"=SUM({letter}{FIRST + 1}:{letter}{end - 1})"
        live[cell.coordinate] = ("n", repr(each["after_tco2e"]))
        for row in range(FIRST + 1, end + 1):
            sheet.cell(row, column).number_format = TONNES
            sheet.cell(row, column).font = Font(name="Arial", size=SIZE, bold=row == end)
    notes = [f"{found[0].title}." if found else "No total is in both years.", *(found[-1].notes if found else ())]
    for row, words in enumerate((f"{TITLE}: {was.last} to {now.last}", " ".join(notes)), start=1):
        sheet.cell(row, 1).value = words
        sheet.cell(row, 1).font = Font(name="Arial", size=18 if row == 1 else SIZE, bold=row == 1)
    if names:
        chart = NativeChart(
            "bar", "What changed, by cause, tCO2e", tuple(range(1, len(names) + 1)), len(causes), skip=1
        )
        draw_native(sheet, chart, head=FIRST, at=f"A{end + 3}")
    set_page(sheet, landscape=False, one_page=True)
    return live
