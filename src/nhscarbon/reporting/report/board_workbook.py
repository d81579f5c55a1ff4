"""A board page as a workbook: one sheet that prints on one page, with native charts, and the figures behind them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nhscarbon.output import excel
from nhscarbon.output.text import with_subscript
from nhscarbon.periods import nhs_year
from nhscarbon.reporting.report.board import STATUS_WORDS, Board, BoardFigure
from nhscarbon.reporting.report.number_words import change_percent, share

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, LineChart
    from openpyxl.chart.text import RichText
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | float | None
SHEET, YEARS = "Board", "Path"
WIDTHS = (34, 15, 15, 15, 15, 15, 22, 22)
LINE = 210  # characters that fit the width of the page
UNIT = "tCO2e"
CHART_ROWS, CHART_HIGH = 15, 6.6  # rows that the path charts cover, and their height in centimetres
CHART_WIDE = 14.6  # centimetres
BAR_HIGH, BAR_EDGE = 0.55, 2.4  # centimetres of each bar, and around them
ROW_CENTIMETRES = 0.53
CHANGES = (7, 8)  # the columns of the changes
FIGURES_HEAD = ("Footprint", UNIT, "Likely range, low", "Likely range, high", "Covers", "Status", "Change", "Change")
THEMES_HEAD = ("Theme, largest first", "NHS Carbon Footprint", "In the Plus only", "Footprint Plus", "Share")
ACTIONS_HEAD = ("Action", "", "Lead", "", "", "By", f"{UNIT} a year")


def board_workbook(board: Board) -> bytes:
    """Return a board page as a workbook: the same for the same board (of one version of openpyxl).

    Raises
    ------
    UsageError
        If the extra is absent.
    """
    excel.needs_openpyxl()
    from openpyxl import Workbook  # noqa: PLC0415  an extra

    book = Workbook()
    book.properties.title = f"{board.title}: {board.about}"
    book.properties.creator = "nhscarbon"
    book.properties.language = "en-GB"
    book.properties.created = book.properties.modified = excel.UNDATED
    sheet = book.active
    sheet.title = SHEET
    years = _years(book, board)
    _Page(sheet, board, years).write()
    excel.open_on(book, sheet)
    return excel.to_bytes(book)


def _years(book: Workbook, board: Board) -> dict[str, tuple[Worksheet, int, int, int]]:
    """Write the figures of each path on a sheet; return where the charts find them: sheet, first column, last row."""
    found = {}
    sheet = None
    start = 1
    for figure in board.figures:
        if figure.lines is None:
            continue
        sheet = sheet or book.create_sheet(YEARS)
        actual, path = dict(figure.lines.actual), dict(figure.lines.path)
        head = ("NHS year", f"{figure.short}, actual, {UNIT}", f"{figure.short}, path, {UNIT}")
        for place, name in enumerate(head):
            _text(sheet, 1, start + place, name, bold=True, wrap=True)
            sheet.column_dimensions[excel.letters(start + place - 1)].width = 20
        numbers = range(min([*actual, *path]), max([*actual, *path]) + 1)
        for row, year in enumerate(numbers, start=2):
            _text(sheet, row, start, nhs_year(year))
            for place, values in ((1, actual), (2, path)):
                if year in values:
                    _number(sheet, row, start + place, values[year])
        found[figure.title] = (sheet, start, len(numbers) + 1, 2 if path else 1)
        start += len(head) + 1
    if sheet is not None:
        sheet.freeze_panes = "A2"
        excel.set_page(sheet, landscape=False, header=1)
    return found


class _Page:
    """The sheet as it is written, row after row."""

    def __init__(self, sheet: Worksheet, board: Board, years: dict[str, tuple[Worksheet, int, int, int]]) -> None:
        self.sheet, self.board, self.years, self.row = sheet, board, years, 1

    def write(self) -> None:
        """Write all of it."""
        board, sheet = self.board, self.sheet
        for place, width in enumerate(WIDTHS):
            sheet.column_dimensions[excel.letters(place)].width = width
        self._line(board.title, size=18, bold=True)
        self._line(". ".join(filter(None, [board.about, board.mark])), color=excel.SOFT)
        self._lines(board.lead, size=12)
        self.row += 1
        self._figures()
        self._paths()
        self._heading(board.themes_title)
        self._themes()
        self._heading(board.causes.title)
        self._causes()
        self._heading(board.missing.title)
        self._lines(" ".join(filter(None, [board.missing.words, board.missing.missing, board.missing.after])))
        self._heading("How good the data are")
        for name, words in board.quality:
            self._lines(f"{name}: {words}" if name else words)
        if board.members is not None:
            self._heading(f"{board.members.title} ({board.members.note})")
            self._table((("Organisation", UNIT, "Status", "", ""), *(
                (each.name, each.tonnes, STATUS_WORDS[each.standing], each.words, "") for each in board.members.members
            )), right=(2,))  # fmt: skip
        if board.actions:
            self._heading("What happens next")
            self._table(
                (ACTIONS_HEAD, *((each.action, "", each.lead, "", "", each.by, each.tco2e) for each in board.actions)),
                right=(7,),
            )
        self.row += 1
        self._lines(board.foot, color=excel.SOFT)
        sheet.sheet_view.showGridLines = False
        sheet.sheet_properties.tabColor = excel.DATA
        sheet.print_area = f"A1:{excel.letters(len(WIDTHS) - 1)}{self.row}"
        excel.set_page(sheet, landscape=False, one_page=True)

    def _line(self, text: str, *, size: int = excel.BODY_SIZE, bold: bool = False, color: str = excel.INK) -> None:
        _text(self.sheet, self.row, 1, text, size=size, bold=bold, color=color)
        self.sheet.row_dimensions[self.row].height = max(15.0, 1.45 * size)
        self.row += 1

    def _lines(self, text: str, *, size: int = excel.BODY_SIZE, color: str = excel.INK) -> None:
        """Write a text on as many rows as it needs; nothing is merged."""
        for line in textwrap.wrap(text, LINE * excel.BODY_SIZE // size):
            self._line(line, size=size, color=color)

    def _heading(self, text: str) -> None:
        self.row += 1
        self._line(text, size=12, bold=True)

    def _table(self, rows: Sequence[Sequence[Cell]], *, right: Sequence[int] = ()) -> None:
        """Write a table, its header first; the columns of `right` stand at their right edge, as numbers do."""
        for number, row in enumerate(rows):
            for place, value in enumerate(row, start=1):
                if isinstance(value, str):
                    _text(self.sheet, self.row, place, value, bold=not number, wrap=not number, right=place in right,
                          apart=place > 1 and place not in right)  # fmt: skip
                elif value is not None:
                    _number(self.sheet, self.row, place, value)
            _rule(self.sheet, self.row, excel.INK if not number else "D5DADE")
            self.sheet.row_dimensions[self.row].height = 15 if number else 30
            self.row += 1

    def _figures(self) -> None:
        def cells(figure: BoardFigure) -> tuple[Cell, ...]:
            total: Cell = figure.words if figure.tco2e is None else figure.tco2e
            moved = [f"{each.percent} {each.since}" for each in figure.moved]
            status = STATUS_WORDS[figure.standing.status]
            return (figure.title, total, figure.low, figure.high, figure.covers, status, *[*moved, "", ""][:2])

        from openpyxl.styles import Alignment  # noqa: PLC0415  an extra

        start = self.row + 1
        self._table((FIGURES_HEAD, *map(cells, self.board.figures)), right=(2, 3, 4))
        for row in range(start, self.row):
            for place in CHANGES:
                cell = self.sheet.cell(row, place)
                cell.alignment = Alignment(horizontal="left", wrap_text=True, vertical="center", indent=1)
            self.sheet.row_dimensions[row].height = 28
        for each in self.board.figures:
            self._lines(f"{each.title}: {STATUS_WORDS[each.standing.status].lower()}. {each.verdict}")
            for note in each.notes:
                self._lines(f"{each.title}: {note}.")

    def _paths(self) -> None:
        """Add a line chart for each figure that has a path."""
        if not self.years:
            return
        self.row += 1
        for place, figure in enumerate(self.board.figures):
            if figure.title in self.years:
                chart = _line_chart(figure, *self.years[figure.title])
                self.sheet.add_chart(chart, f"{'AE'[place]}{self.row}")
        self.row += CHART_ROWS

    def _themes(self) -> None:
        board = self.board
        whole = sum(each.tco2e for each in board.themes)
        head = (*THEMES_HEAD, f"Change on {board.compared_with}" if board.compared_with else "", "Answer")
        first = self.row + 1
        rows: list[Sequence[Cell]] = [head]
        for each in board.themes:
            if each.words:
                rows.append((each.label, None, None, None, "", "", each.words))
                continue
            change = change_percent(each.before, each.tco2e) if each.before is not None else ""
            note = f"{each.note} organisations" if each.note[:1].isdigit() else each.note
            rows.append((each.label, each.core, each.plus_only, each.tco2e, share(each.tco2e, whole), change, note))
        self._table(rows, right=(2, 3, 4, 5, 6))
        counted = sum(not each.words and each.tco2e > 0 for each in board.themes)
        if counted:
            self.row += 1
            chart = _bar_chart(self.sheet, board.themes_title, first, counted)
            self.sheet.add_chart(chart, f"A{self.row}")
            self.row += int(chart.height / ROW_CENTIMETRES) + 1

    def _causes(self) -> None:
        causes = self.board.causes
        if causes.rows and causes.total is not None:
            head = (f"Cause, {UNIT}", self.board.core.short, self.board.plus.short, "")
            lines = [(each.name, each.core, each.plus, each.why) for each in (*causes.rows, causes.total)]
            self._table((head, *lines), right=(2, 3))
        for words in causes.words:
            self._lines(words)


def _line_chart(figure: BoardFigure, sheet: Worksheet, column: int, last: int, lines: int) -> LineChart:
    """Return actual against path: solid blue with dots, dashed grey; tonnes start at zero."""
    from openpyxl.chart import LineChart, Reference, Series  # noqa: PLC0415  an extra
    from openpyxl.chart.shapes import GraphicalProperties  # noqa: PLC0415

    chart = LineChart()
    for place, name, color in [(1, "actual", excel.DATA), (2, "path", excel.SOFT)][:lines]:
        series = Series(Reference(sheet, min_col=column + place, min_row=2, max_row=last), title=name)
        series.graphicalProperties = GraphicalProperties()
        series.graphicalProperties.line.solidFill = color
        series.graphicalProperties.line.width = 28_000 if place == 1 else 19_000
        series.smooth = False
        if place == 1:
            series.marker.symbol, series.marker.size = "circle", 5
            series.marker.graphicalProperties = GraphicalProperties(solidFill=color)
        else:
            series.graphicalProperties.line.dashStyle = "dash"
            series.marker.symbol = "none"
        chart.series.append(series)
    chart.set_categories(Reference(sheet, min_col=column, min_row=2, max_row=last))
    chart.title = f"{figure.title}: {STATUS_WORDS[figure.standing.status].lower()}, {with_subscript(UNIT)}"
    _tidy(chart)
    chart.y_axis.scaling.min = 0
    chart.y_axis.numFmt = excel.TONNES
    chart.width, chart.height = CHART_WIDE, CHART_HIGH
    return chart


def _bar_chart(sheet: Worksheet, title: str, first: int, counted: int) -> BarChart:
    """Return the themes as bars: solid in the NHS Carbon Footprint, hollow in the Plus only, the largest on top."""
    from openpyxl.chart import BarChart, Reference, Series  # noqa: PLC0415  an extra

    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 45
    for column, name, fill in ((2, "NHS Carbon Footprint", excel.DATA), (3, "in the Plus only", "FFFFFF")):
        series = Series(Reference(sheet, min_col=column, min_row=first, max_row=first + counted - 1), title=name)
        series.graphicalProperties.solidFill = fill
        series.graphicalProperties.line.solidFill = excel.DATA
        series.graphicalProperties.line.width = 15_000
        chart.series.append(series)
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=first + counted - 1))
    chart.title = with_subscript(title)
    _tidy(chart)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.scaling.min = 0
    chart.y_axis.numFmt = excel.TONNES
    chart.width, chart.height = 2 * CHART_WIDE, BAR_EDGE + BAR_HIGH * counted
    return chart


def _tidy(chart: BarChart | LineChart) -> None:
    """Give a chart the letters of the page, its legend on top and no grid."""
    from openpyxl.chart.shapes import GraphicalProperties  # noqa: PLC0415  an extra

    [paragraph] = chart.title.tx.rich.p
    style = _letters(11, bold=True).p[0].pPr
    paragraph.pPr = style
    for run in paragraph.r:
        run.rPr = style.defRPr
    chart.title.overlay = False
    chart.legend.position = "t"
    chart.legend.txPr = _letters(9)
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.majorTickMark = axis.minorTickMark = "none"
        axis.txPr = _letters(9)
    chart.y_axis.majorGridlines = None
    chart.x_axis.tickLblPos = "low"
    chart.graphical_properties = GraphicalProperties(noFill=False)
    chart.graphical_properties.line.noFill = True


def _letters(size: int, *, bold: bool = False) -> RichText:
    """Return how the letters of a part of a chart look."""
    from openpyxl.chart.text import RichText  # noqa: PLC0415  an extra
    from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties  # noqa: PLC0415

    style = CharacterProperties(sz=size * 100, b=bold, solidFill=excel.INK, latin=Font(typeface="Arial"))
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=style), endParaRPr=style)])


def _text(
    sheet: Worksheet, row: int, column: int, text: str, *, size: int = excel.BODY_SIZE, bold: bool = False,
    color: str = excel.INK, wrap: bool = False, right: bool = False, apart: bool = False,
) -> None:  # fmt: skip
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra

    if not text:
        return
    cell = sheet.cell(row, column)
    excel.put(cell, with_subscript(text))
    cell.font = Font(name="Arial", size=size, bold=bold, color=color)
    cell.alignment = Alignment(horizontal="right" if right else "left", vertical="bottom" if bold else "center",
                               wrap_text=wrap, indent=int(apart))  # fmt: skip


def _number(sheet: Worksheet, row: int, column: int, value: float) -> None:
    """Write tonnes at full precision, shown as whole tonnes; less than half a tonne is not shown as none."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra

    cell = sheet.cell(row, column)
    cell.value = value
    cell.number_format = excel.TONNES if not 0 < abs(value) < 0.5 else "0.00"
    cell.font = Font(name="Arial", size=excel.BODY_SIZE, color=excel.INK)
    cell.alignment = Alignment(horizontal="right", vertical="center")


def _rule(sheet: Worksheet, row: int, color: str) -> None:
    """Draw a line under a row."""
    from openpyxl.styles import Border, Side  # noqa: PLC0415  an extra

    for place in range(1, len(WIDTHS) + 1):
        sheet.cell(row, place).border = Border(bottom=Side(style="thin", color=color))
