"""Cells of a template: fonts, colours, what can be filled in, formulas with what they come to when empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nhscarbon.output import excel
from nhscarbon.output.excel import letters

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

SIZE, TITLE = 10, 14
INK, SOFT, EDGE, GREY, RED = "0B0C0C", "454F59", "8A949E", "F3F5F7", "9B1C1C"
LARGEST = 10**15
A4, MARGIN = 9, 0.4  # as a spreadsheet numbers paper; inches


@dataclass
class Written:
    """A sheet that is being written, and what its formulas come to while nothing is filled in."""

    sheet: Worksheet
    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    looks: dict[tuple[str, str, bool], Cell] = field(default_factory=dict)  # the first cell of each look

    def text(self, cell: str, text: str, *, bold: bool = False, soft: bool = False, size: int = SIZE,
             wrap: bool = False) -> None:  # fmt: skip
        """Write a text that nobody fills in."""
        from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra

        excel.put(self.sheet[cell], text)
        self.sheet[cell].font = Font(name="Arial", size=size, bold=bold, color=SOFT if soft else INK)
        self.sheet[cell].alignment = Alignment(vertical="top", wrap_text=wrap)

    def header(self, row: int, names: Sequence[str], grey: Iterable[str] = ()) -> None:
        """Write a header; columns that the workbook fills are grey."""
        from openpyxl.styles import Alignment, Border, PatternFill, Side  # noqa: PLC0415  an extra

        for place, name in enumerate(names):
            cell = f"{letters(place)}{row}"
            self.text(cell, name, bold=True)
            self.sheet[cell].alignment = Alignment(wrap_text=True, vertical="bottom")
            self.sheet[cell].border = Border(bottom=Side("medium", color=INK))
            if name in grey:
                self.sheet[cell].fill = PatternFill("solid", fgColor=GREY)

    def white(self, cell: str, *, form: str = "General", wrap: bool = False) -> None:
        """Lay a cell out to be filled in: white, with an edge, unlocked."""
        from openpyxl.styles import Alignment, Border, Font, Protection, Side  # noqa: PLC0415  an extra

        here = self.sheet[cell]
        if self._as_before(here, ("white", form, wrap)):
            return
        edge = Side("thin", color=EDGE)
        here.border = Border(edge, edge, edge, edge)
        here.font = Font(name="Arial", size=SIZE, color=INK)
        here.protection = Protection(locked=False)
        here.number_format = form
        here.alignment = Alignment(vertical="top", wrap_text=wrap)

    def grey(self, cell: str, *, form: str = "General") -> None:
        """Lay a cell out that the workbook fills."""
        from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415  an extra

        here = self.sheet[cell]
        if self._as_before(here, ("grey", form, False)):
            return
        here.fill = PatternFill("solid", fgColor=GREY)
        here.font = Font(name="Arial", size=SIZE, color=SOFT)
        here.number_format = form
        here.alignment = Alignment(vertical="top", indent=0 if form != "General" else 1)

    def _as_before(self, cell: Cell, look: tuple[str, str, bool]) -> bool:
        """Give a cell the look of the first that had it: to compare styles takes a millisecond a cell."""
        first = self.looks.setdefault(look, cell)
        if first is not cell:
            cell._style = copy(first._style)
        return first is not cell

    def formula(self, cell: str, formula: str, empty: str | int) -> None:
        """Write a formula, and what it comes to while nothing is filled in: for programs that do not calculate."""
        self.sheet[cell].value = formula
        self.values[cell] = ("n", str(empty)) if isinstance(empty, int) else ("str", empty)

    def choose(self, cells: Sequence[str], formula: str, prompt: str = "", error: str = "") -> None:
        """Let cells take only what a list has."""
        from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415  an extra

        rule = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=True)
        rule.errorTitle, rule.error = "Choose from the list", error or "Choose one of the words in the list."
        if prompt:
            rule.prompt, rule.showInputMessage = prompt, True
        for each in cells:
            rule.add(each)
        self.sheet.add_data_validation(rule)

    def numbers(self, cells: str) -> None:
        """Let cells take numbers from 0, shown with thousands commas and with decimals where there are any."""
        from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415  an extra

        rule = DataValidation("decimal", operator="between", formula1="0", formula2=str(LARGEST), allow_blank=True,
                              showErrorMessage=True)  # fmt: skip
        rule.errorTitle, rule.error = "A number", "Enter a number, 0 or more. Thousands commas are fine."
        rule.add(cells)
        self.sheet.add_data_validation(rule)
        self.decimals(cells)

    def to_the_right(self, cell: str) -> None:
        """Set a header over its figures."""
        from openpyxl.styles import Alignment  # noqa: PLC0415  an extra

        self.sheet[cell].alignment = Alignment(horizontal="right", vertical="bottom", wrap_text=True)

    def decimals(self, cells: str) -> None:
        """Show two decimals of a figure that has any."""
        from openpyxl.formatting.rule import Rule  # noqa: PLC0415  an extra
        from openpyxl.styles.differential import DifferentialStyle  # noqa: PLC0415
        from openpyxl.styles.numbers import NumberFormat  # noqa: PLC0415

        first = cells.partition(":")[0]
        decimals = DifferentialStyle(numFmt=NumberFormat(numFmtId=164, formatCode="#,##0.00"))
        self.sheet.conditional_formatting.add(
            cells, Rule("expression", dxf=decimals, formula=[f"AND(ISNUMBER({first}),{first}<>INT({first}))"])
        )

    def red(self, cells: str, condition: str) -> None:
        """Show cells red and bold where a condition holds for the first of them."""
        from openpyxl.formatting.rule import FormulaRule  # noqa: PLC0415  an extra
        from openpyxl.styles import Font  # noqa: PLC0415

        self.sheet.conditional_formatting.add(cells, FormulaRule([condition], font=Font(bold=True, color=RED)))

    def widths(self, **widths: float) -> None:
        """Set the widths of columns."""
        for column, width in widths.items():
            self.sheet.column_dimensions[column].width = width

    def fit(self, title_rows: str = "", area: str = "", *, portrait: bool = False) -> None:
        """Print on A4, as wide as a page, with the header on each."""
        self.sheet.page_setup.orientation = "portrait" if portrait else "landscape"
        self.sheet.page_setup.paperSize = A4
        self.sheet.page_setup.fitToWidth, self.sheet.page_setup.fitToHeight = 1, 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        for side in ("left", "right", "top", "bottom"):
            setattr(self.sheet.page_margins, side, MARGIN)
        if area:
            self.sheet.print_title_rows, self.sheet.print_area = title_rows, area
