"""The first sheet of a footprint workbook: two totals in cells of their own, what is missing, themes and a chart."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhscarbon.output.excel import BODY_SIZE, DATA, INK, RED, SOFT, TONNES, fit_rows, letters, put, set_page
from nhscarbon.output.tables import tonnes
from nhscarbon.reporting.report.native_charts import letters_of, style_of
from nhscarbon.reporting.report.theme_lines import BoundaryTotal, ThemeLine, YearFigures

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.chart import BarChart
    from openpyxl.worksheet.worksheet import Worksheet

WIDTHS = (42, 17, 14, 15, 10, 13, 13, 38)
LAST = letters(len(WIDTHS) - 1)
TOTALS_ROW, CORE_ROW, PLUS_ROW, MISSING_ROW, HEAD_ROW = 4, 5, 6, 9, 12
FIRST = HEAD_ROW + 1  # of the themes
CORE_COLUMN, PLUS_COLUMN, SUM_COLUMN, SHARE_COLUMN, LOW_COLUMN, HIGH_COLUMN, ANSWER_COLUMN = range(2, 9)
RANGE = ("Likely range,\nlow", "Likely range,\nhigh")
TOTALS_HEAD = ("Both totals", "tCO₂e", *RANGE, "Themes\nanswered", "", "", "What the total covers")
SHARE = '[<0.005]"<1%";0%'
LINE = 160  # letters that fit the width of the page
SIGNIFICANT = 3  # figures of a number in a title
CHART_WIDTH, CHART_ROW, CHART_EDGE = 39.5, 0.68, 3.0  # centimetres, the second of each bar
HAIR = "D5DADE"
LIVE = dict[str, tuple[str, str]]  # what each formula comes to, by cell: the kind and the text


@dataclass(frozen=True)
class Heading:
    """What stands above the figures: whose and when, the method, and the names of the two cells."""

    title: str
    about: str
    names: tuple[str, str]


def write_summary(sheet: Worksheet, figures: YearFigures, heading: Heading, notes: tuple[str, ...]) -> LIVE:
    """Write the summary of one NHS year, and return what its formulas come to.

    Parameters
    ----------
    sheet : openpyxl Worksheet
        Empty.
    figures : YearFigures
    heading : Heading
    notes : tuple of str
        What else is not in the totals, a line each; one is shown.
    """
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions[letters(place)].width = width
    _text(sheet["A1"], heading.title, size=18, bold=True)
    _text(sheet["A2"], heading.about, color=SOFT)
    _text(sheet["A3"], "These totals overlap, so do not add them together. The cells have names: "
                       f"{heading.names[0]} and {heading.names[1]}.", size=9, color=SOFT)  # fmt: skip
    _head(sheet, TOTALS_ROW, TOTALS_HEAD)
    for row, total in ((CORE_ROW, figures.core), (PLUS_ROW, figures.plus)):
        _total_row(sheet, row, total)
    _missing(sheet, figures, notes)
    live = _themes(sheet, figures)
    last = FIRST + len(figures.themes)
    fit_rows(sheet, first=FIRST)
    for row, height in ((1, 26), (2, 15), (TOTALS_ROW, 30), (HEAD_ROW, 30)):
        sheet.row_dimensions[row].height = height
    if figures.counted:
        bars = _chart(sheet, figures)
        sheet.add_chart(bars, f"A{last + 2}")
        last += 2 + math.ceil(bars.height / 0.45)
    sheet.freeze_panes = f"B{CORE_ROW}"
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = DATA
    sheet.print_area = f"A1:{LAST}{last}"
    set_page(sheet, landscape=False, one_page=True)
    return live


def _total_row(sheet: Worksheet, row: int, total: BoundaryTotal) -> None:
    _text(sheet.cell(row, 1), total.title, size=14, bold=True)
    cell = sheet.cell(row, 2)
    if total.tco2e is None:
        _text(cell, total.words, size=14, bold=True, color=RED, right=True)
    else:
        _number(cell, total.tco2e, size=20, bold=True, color=DATA)
    for place, value in ((3, total.low), (4, total.high)):
        if value is not None:
            _number(sheet.cell(row, place), value)
    color = INK if total.whole else RED
    _text(sheet.cell(row, SHARE_COLUMN), total.answered, color=color, right=True)
    _text(sheet.cell(row, ANSWER_COLUMN), total.label, color=color, wrap=True)
    lines = len(textwrap.wrap(total.label, int(WIDTHS[-1])))
    sheet.row_dimensions[row].height = max(30.0, 13.0 * lines + 4)
    _line(sheet, row, HAIR, "thin")


def _missing(sheet: Worksheet, figures: YearFigures, notes: tuple[str, ...]) -> None:
    """Say what is missing in words, above the themes."""
    absent, every = figures.missing, len(figures.themes)
    if absent:
        lead = "What is missing" if figures.organisations == 1 else "Missing from one organisation or more"
        _text(sheet.cell(MISSING_ROW, 1), f"{lead}: {len(absent)} of {every} themes", size=12, bold=True, color=RED)
        _text(sheet.cell(MISSING_ROW + 1, 1), _fitting(absent))
    else:
        _text(sheet.cell(MISSING_ROW, 1), f"Nothing is missing: all {every} themes have an answer.", size=12, bold=True)
    for place, note in enumerate(notes[:1], start=2 if absent else 1):
        _text(sheet.cell(MISSING_ROW + place, 1), note if len(note) <= LINE else f"{note[: LINE - 1]}…", color=RED)


def _fitting(names: tuple[str, ...]) -> str:
    """Return as many names as fit a line, and how many more there are."""
    for kept in range(len(names), 0, -1):
        more = f" and {len(names) - kept} more, in red below" if kept < len(names) else ""
        text = f"{'; '.join(names[:kept])}{more}."
        if len(text) <= LINE:
            break
    return text


def _themes(sheet: Worksheet, figures: YearFigures) -> LIVE:
    """Write the themes with live sums, and return what the formulas come to."""
    core, plus = figures.core.title, figures.plus.title.removeprefix("NHS Carbon ")
    _head(sheet, HEAD_ROW, ("Theme, largest first", f"In the {core}, tCO₂e", "Plus only,\ntCO₂e", f"{plus},\ntCO₂e",
                            "Share", *RANGE, "How it is answered"))  # fmt: skip
    lines = figures.themes
    last = FIRST + len(lines) - 1
    whole = math.fsum(each.tco2e for each in lines)
    live: LIVE = {}
    for row, each in enumerate(lines, start=FIRST):
        _text(sheet.cell(row, 1), each.label, color=RED if each.words else INK)
        _text(sheet.cell(row, ANSWER_COLUMN), each.answer, color=RED if each.missing or each.words else INK, wrap=True)
        if each.words:
            _text(sheet.cell(row, SUM_COLUMN), each.words, color=RED, right=True)
        else:
            live |= _tonnes(sheet, row, each, whole, last)
        _line(sheet, row, HAIR, "thin")
    live |= _sums(sheet, figures, last)
    return live


def _tonnes(sheet: Worksheet, row: int, line: ThemeLine, whole: float, last: int) -> LIVE:
    """Write the tonnes of a theme, their sum and their share."""
    for column, value in ((CORE_COLUMN, line.core), (PLUS_COLUMN, line.plus_only), (LOW_COLUMN, line.low),
                          (HIGH_COLUMN, line.high)):  # fmt: skip
        if value is not None:
            _number(sheet.cell(row, column), value)
    total = letters(SUM_COLUMN - 1)
    live = _formula(sheet.cell(row, SUM_COLUMN), f"=SUM(B{row}:C{row})", line.tco2e)
    if line.tco2e and whole:
        share = sheet.cell(row, SHARE_COLUMN)
        live |= _formula(share, f"={total}{row}/SUM({total}${FIRST}:{total}${last})", line.tco2e / whole)
        share.number_format = SHARE
    return live


def _sums(sheet: Worksheet, figures: YearFigures, last: int) -> LIVE:
    """Write the total of each column as a live sum, or in words why there is none."""
    row = last + 1
    _text(sheet.cell(row, 1), "Total", bold=True)
    lines, live = figures.themes, LIVE()
    core, plus = figures.core, figures.plus
    columns = (
        (CORE_COLUMN, core.words, math.fsum(each.core or 0.0 for each in lines)),
        (PLUS_COLUMN, plus.words, math.fsum(each.plus_only or 0.0 for each in lines)),
        (SUM_COLUMN, plus.words, math.fsum(each.tco2e for each in lines)),
    )
    for column, words, value in columns:
        cell, letter = sheet.cell(row, column), letters(column - 1)
        if words:
            _text(cell, words, bold=True, color=RED, right=True)
        else:
            live |= _formula(cell, f"=SUM({letter}{FIRST}:{letter}{last})", value, bold=True)
    for column, end in ((LOW_COLUMN, plus.low), (HIGH_COLUMN, plus.high)):
        if end is not None:
            _number(sheet.cell(row, column), end, bold=True)
    _line(sheet, row - 1, INK, "medium")
    return live


def _chart(sheet: Worksheet, figures: YearFigures) -> BarChart:
    """Return the themes as bars: solid in the NHS Carbon Footprint, hollow what the Plus adds, the largest on top."""
    from openpyxl.chart import BarChart, Reference, Series  # noqa: PLC0415  an extra
    from openpyxl.chart.data_source import AxDataSource, StrRef  # noqa: PLC0415
    from openpyxl.chart.label import DataLabelList  # noqa: PLC0415
    from openpyxl.chart.series import SeriesLabel  # noqa: PLC0415
    from openpyxl.drawing.text import ParagraphProperties  # noqa: PLC0415

    end = FIRST + figures.counted - 1
    bars = BarChart()
    bars.type, bars.grouping, bars.overlap, bars.gapWidth = "bar", "clustered", 100, 45
    names = StrRef(str(Reference(sheet, min_col=1, min_row=FIRST, max_row=end)))
    drawn = [(SUM_COLUMN, "In the Plus only", "FFFFFF"), (CORE_COLUMN, f"In the {figures.core.title}", DATA)]
    if figures.plus.tco2e is None:
        drawn = drawn[1:]
    for place, (column, title, fill) in enumerate(drawn):
        values = Reference(sheet, min_col=column, min_row=FIRST, max_row=end)
        series = Series(values)
        series.tx = SeriesLabel(v=title)
        series.cat = AxDataSource(strRef=names)
        series.graphicalProperties.solidFill = fill
        series.graphicalProperties.line.solidFill = DATA
        series.graphicalProperties.line.width = 15_000  # of 12,700 to a point
        if not place:  # the sum has the number, so that no bar has two
            series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
                                         showPercent=False, dLblPos="outEnd", numFmt=TONNES,
                                         txPr=letters_of(9))  # fmt: skip
        bars.series.append(series)
    bars.title = _chart_title(figures)
    [paragraph] = bars.title.tx.rich.p
    paragraph.pPr = ParagraphProperties(defRPr=style_of(12, bold=True))
    for run in paragraph.r:
        run.rPr = style_of(12, bold=True)
    bars.title.overlay = False
    bars.legend.position = "t"
    bars.legend.txPr = letters_of(9)
    bars.x_axis.scaling.orientation = "maxMin"
    bars.x_axis.delete, bars.y_axis.delete = False, True
    bars.x_axis.majorTickMark = bars.y_axis.majorTickMark = "none"
    bars.x_axis.tickLblPos = "low"
    bars.x_axis.txPr = letters_of(9)
    bars.y_axis.majorGridlines = None
    if all(each.tco2e >= 0 for each in figures.themes):
        bars.y_axis.scaling.min = 0
    bars.width, bars.height = CHART_WIDTH, CHART_EDGE + CHART_ROW * figures.counted
    return bars


def _chart_title(figures: YearFigures) -> str:
    """Return the finding as a title, with what it covers."""
    total = figures.core if figures.plus.tco2e is None else figures.plus
    size = math.fsum(each.tco2e for each in figures.themes) if total.tco2e is None else total.tco2e
    what = f" of the {total.title}" if total.tco2e is not None else ""
    return f"Where the {_rounded(size)} tCO₂e{what} come from ({total.answered} themes)"


def _rounded(value: float) -> str:
    """Return a number of tonnes with three significant figures.

    >>> _rounded(58_296.1), _rounded(82.71), _rounded(0.0)
    ('58,300', '82.7', '0')
    """
    if not value:
        return "0"
    places = SIGNIFICANT - 1 - math.floor(math.log10(abs(value)))
    return tonnes(round(value, places), max(places, 0))


def _head(sheet: Worksheet, row: int, names: tuple[str, ...]) -> None:
    for place, name in enumerate(names, start=1):
        if name:
            _text(sheet.cell(row, place), name, bold=True, right=1 < place < ANSWER_COLUMN, wrap=True)
    _line(sheet, row, INK, "medium")


def _line(sheet: Worksheet, row: int, color: str, style: str) -> None:
    """Draw a line under a row."""
    from openpyxl.styles import Border, Side  # noqa: PLC0415  an extra

    for place in range(1, len(WIDTHS) + 1):
        sheet.cell(row, place).border = Border(bottom=Side(style=style, color=color))


def _number(cell: Cell, value: float, *, size: int = BODY_SIZE, bold: bool = False, color: str = INK) -> None:
    """Write tonnes at full precision, shown as whole tonnes; less than half a tonne is not shown as none."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra

    cell.value = value
    cell.number_format = TONNES if not 0 < abs(value) < 0.5 else "0.00"
    cell.font = Font(name="Arial", size=size, bold=bold, color=color)
    cell.alignment = Alignment(horizontal="right", vertical="center")


def _formula(cell: Cell, text: str, value: float, *, bold: bool = False) -> LIVE:
    """Write a formula, and return what it comes to."""
    _number(cell, value, bold=bold)
    cell.value = text
    return {cell.coordinate: ("n", repr(value))}


def _text(
    cell: Cell, text: str, *, size: int = BODY_SIZE, bold: bool = False, color: str = INK, right: bool = False,
    wrap: bool = False,
) -> None:  # fmt: skip
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra

    put(cell, text)
    cell.font = Font(name="Arial", size=size, bold=bold, color=color)
    apart = int(cell.column == ANSWER_COLUMN)  # from the numbers beside it
    cell.alignment = Alignment(horizontal="right" if right else "left", vertical="center", wrap_text=wrap, indent=apart)
