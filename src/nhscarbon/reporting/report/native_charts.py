"""Charts of a spreadsheet's own: drawn from the cells of a table, so that they follow when a figure is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.excel import DATA, INK, SOFT
from nhscarbon.output.text import with_subscript
from nhscarbon.reporting.report.document import NativeChart

if TYPE_CHECKING:
    from openpyxl.chart import BarChart, LineChart
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import CharacterProperties
    from openpyxl.worksheet.worksheet import Worksheet

WIDTH, HEIGHT, EDGE, BAR = 22.0, 9.0, 3.0, 0.68  # centimetres: of a chart, its edge, and each bar
LETTERS = 9  # points
LINE, DATA_POINTS = 15_000, 22_000  # of 12,700 to a point
WHITE = "FFFFFF"
DASHES = ("solid", "sysDash", "dash", "lgDash", "sysDot")


def draw_native(sheet: Worksheet, chart: NativeChart, *, head: int, at: str) -> None:
    """Draw a chart of a sheet's own table.

    Parameters
    ----------
    sheet : openpyxl Worksheet
    chart : NativeChart
    head : int
        The row of the table's header; the figures stand below it.
    at : str
        The cell at which the chart stands.
    """
    made = _lines(chart) if chart.kind == "line" else _bars(chart)
    _series(made, sheet, chart, head)
    _title(made, chart.title)
    made.legend.position = "t"
    made.legend.txPr = letters_of(LETTERS)
    made.width = WIDTH
    made.x_axis.delete = False
    made.x_axis.txPr = letters_of(LETTERS)
    made.x_axis.majorTickMark = "none"
    made.y_axis.majorGridlines = None
    sheet.add_chart(made, at)


def _bars(chart: NativeChart) -> BarChart:
    """Return horizontal bars, the first row on top."""
    from openpyxl.chart import BarChart  # noqa: PLC0415  an extra

    bars = BarChart()
    bars.type, bars.gapWidth = "bar", 45
    bars.grouping, bars.overlap = "clustered", 100 if chart.kind == "overlaid" else 0
    bars.x_axis.scaling.orientation = "maxMin"
    bars.x_axis.tickLblPos = "low"
    bars.y_axis.delete = True
    bars.y_axis.majorTickMark = "none"
    each = BAR * max(len(chart.columns), 1) if chart.kind == "bar" else BAR
    bars.height = EDGE + each * chart.rows
    return bars


def _lines(chart: NativeChart) -> LineChart:
    from openpyxl.chart import LineChart  # noqa: PLC0415  an extra

    lines = LineChart()
    lines.height = HEIGHT
    lines.y_axis.delete = False
    lines.y_axis.txPr = letters_of(LETTERS)
    lines.y_axis.numFmt = "#,##0"
    lines.y_axis.scaling.min = 0
    lines.y_axis.majorTickMark = "none"
    lines.x_axis.tickLblPos = "low"
    return lines


def _series(made: BarChart | LineChart, sheet: Worksheet, chart: NativeChart, head: int) -> None:
    from openpyxl.chart import Reference, Series  # noqa: PLC0415  an extra
    from openpyxl.chart.data_source import AxDataSource, StrRef  # noqa: PLC0415
    from openpyxl.chart.label import DataLabelList  # noqa: PLC0415
    from openpyxl.chart.series import SeriesLabel  # noqa: PLC0415

    first = head + 1 + chart.skip
    last = first + chart.rows - 1
    names = StrRef(str(Reference(sheet, min_col=1, min_row=first, max_row=last)))
    columns = chart.columns[::-1] if chart.kind == "overlaid" else chart.columns  # the wider one is behind
    hollow = {column for place, column in enumerate(chart.columns) if place % 2}
    for place, column in enumerate(columns):
        series = Series(Reference(sheet, min_col=column + 1, min_row=first, max_row=last))
        series.tx = SeriesLabel(strRef=StrRef(str(Reference(sheet, min_col=column + 1, min_row=head))))
        series.cat = AxDataSource(strRef=names)
        line = series.graphicalProperties.line
        line.solidFill = DATA if not place or chart.kind != "line" else SOFT
        if chart.kind == "line":
            line.width, line.dashStyle = DATA_POINTS, DASHES[place % len(DASHES)]
            series.smooth = False
            series.marker.symbol = "circle" if not place else "none"
            series.marker.size = 6
            series.marker.graphicalProperties.solidFill = series.marker.graphicalProperties.line.solidFill = DATA
        else:
            line.width = LINE
            series.graphicalProperties.solidFill = WHITE if column in hollow else DATA
            if place and chart.kind == "overlaid":  # the wider one has the number, so that no bar has two
                made.series.append(series)
                continue
            series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
                                         showPercent=False, numFmt="#,##0", txPr=letters_of(LETTERS))  # fmt: skip
        made.series.append(series)


def _title(made: BarChart | LineChart, title: str) -> None:
    from openpyxl.drawing.text import ParagraphProperties  # noqa: PLC0415  an extra

    made.title = with_subscript(title)
    [paragraph] = made.title.tx.rich.p
    style = style_of(12, bold=True)
    paragraph.pPr = ParagraphProperties(defRPr=style)
    for run in paragraph.r:
        run.rPr = style
    made.title.overlay = False


def style_of(size: int, *, bold: bool = False) -> CharacterProperties:
    """Return how the letters of a chart look, in points."""
    from openpyxl.drawing.text import CharacterProperties, Font  # noqa: PLC0415  an extra

    return CharacterProperties(sz=size * 100, b=bold, solidFill=INK, latin=Font(typeface="Arial"))


def letters_of(size: int) -> RichText:
    """Return how the letters of a part of a chart look, in points."""
    from openpyxl.chart.text import RichText  # noqa: PLC0415  an extra
    from openpyxl.drawing.text import Paragraph, ParagraphProperties  # noqa: PLC0415

    style = style_of(size)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=style), endParaRPr=style)])
