"""The sheets of lines of a template: *Return* with the lines of a kind of trust, and *More lines* with a search."""

from __future__ import annotations

from collections.abc import Sequence

from nhscarbon.activity import return_layout as layout
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.return_lines import ReturnLine, return_words
from nhscarbon.output.excel import letters
from nhscarbon.submissions.template_cells import Written
from nhscarbon.submissions.template_lists import Lists

HEADER, EXAMPLE, FIRST, ROOM = 7, 8, 9, 100  # rows of both sheets, and of more lines
GREY = (layout.READ_AS, layout.STATE, layout.CODE)
OF_RETURN = (layout.THEME, layout.WHAT, layout.UNIT, layout.YEAR, *layout.MONTHS, layout.NONE_USED,
             layout.NOT_AVAILABLE, layout.KNOW, layout.NOTE, *GREY)  # fmt: skip
OF_MORE = (layout.THEME, layout.WHAT, layout.UNIT, layout.YEAR, *layout.MONTHS, layout.SITE, layout.KNOW, layout.NOTE,
           *GREY)  # fmt: skip
FIGURES = "D", "P"  # the first and the last column of figures
EMPTY = "not answered"
MONTHLY = (3912000, 3204500, 2611000, 2190400, 2233100, 2498700, 3105200, 3640800, 4012300, 4188000, 3871600, 3466400)
WIDE = {"A": 42.0, "B": 46.0, "C": 21.0, "D": 14.0, **{letters(place): 11.0 for place in range(4, 16)}}
NUMBER = "#,##0"


def column(name: str, header: Sequence[str] = OF_RETURN) -> str:
    """Return the letters of a column by its header."""
    return letters(header.index(name))


def return_sheet(
    written: Written, method: Methodology, lists: Lists, organisation: str, years: Sequence[str], title: str
) -> None:
    """Write the sheet with the lines of a kind of trust."""
    last = FIRST + len(lists.lines) - 1
    written.text("A1", title, bold=True, size=14)
    written.text("A2", "Fill in the white cells. Give the whole year or the months, not both. Where there was none, "
                 "choose Yes under None used. An empty line counts as missing, never as zero.", soft=True)  # fmt: skip
    for row, label, value in ((4, layout.ORGANISATION, organisation),
                              (5, layout.NHS_YEAR, years[0] if len(years) == 1 else "")):  # fmt: skip
        written.text(f"A{row}", label, bold=True)
        written.white(f"B{row}", form="@")
        if value:
            written.sheet[f"B{row}"].value = value
        written.text(f"C{row}", "")
        written.formula(f"C{row}", f'=IF(B{row}="","needed","")', "" if value else "needed")
    written.red("C4:C5", 'C4="needed"')
    written.choose(["B5"], lists.cells("Years"), "The NHS year, from 1 April to 31 March.")
    written.text("D4", "", bold=True)
    written.formula("D4", f"='{layout.CHECK}'!A3", "")
    written.header(HEADER, OF_RETURN, GREY)
    _example(written, lists.lines[0], return_words().unit_word(lists.lines[0].choices[0][1]))
    theme = ""
    for row, (line, units) in enumerate(zip(lists.lines, lists.units, strict=True), start=FIRST):
        label = method.catalogue.themes[method.catalogue.activities[line.activity].theme]
        written.text(f"A{row}", label, soft=label == theme)
        theme = label
        written.text(f"B{row}", line.label)
        _fillable(written, row, OF_RETURN)
        written.sheet[f"C{row}"].value = return_words().unit_word(line.choices[0][1])
        written.choose([f"C{row}"], lists.cells("Unit of the line", *units),
                       error="Choose one of the units in the list: no other fits this line.")  # fmt: skip
        _code(written, row, line, lists, units)
        read = _state(row, ticks=True)
        written.formula(f"{column(layout.READ_AS)}{row}", read[0], "")
        written.formula(f"{column(layout.STATE)}{row}", read[1], EMPTY)
    _rules(written, OF_RETURN, last, lists)
    written.choose([f"{column(layout.NONE_USED)}{FIRST}:{column(layout.NOT_AVAILABLE)}{last}"], f'"{layout.YES}"',
                   error="Choose Yes, or leave the cell empty.")  # fmt: skip
    written.widths(**WIDE, Q=9, R=10, S=14, T=34, U=14, V=25, W=44)
    written.fit(f"{HEADER}:{HEADER}", f"A1:{column(layout.STATE)}{last}")
    written.sheet.freeze_panes = f"D{FIRST}"


def more_sheet(written: Written, lists: Lists, matches: str) -> None:
    """Write the sheet for what is not among the lines: a search, and rows that choose from what it finds."""
    last = FIRST + ROOM - 1
    written.text("A1", layout.MORE, bold=True, size=14)
    written.text("A2", "For everything that has no line on Return, and for figures of one site. Type part of a name, "
                 "such as R407 or taxi, in cell B4. Then choose from the list under What.", soft=True)  # fmt: skip
    written.text("A4", "Search for", bold=True)
    written.white("B4", form="@")
    written.formula("C4", f'={layout.SEARCH}!A{lists.everything + 1}&" found"', f"{lists.everything} found")
    written.grey("C4")
    written.header(FIRST - 1, OF_MORE, (layout.THEME, *GREY))
    label, code = lists.cells("Everything that is counted"), lists.cells("Its code")
    theme, first, final = (lists.cells(name) for name in ("Its theme", "Its first unit", "Its last unit"))
    units = lists.cells("Unit to choose")
    for row in range(FIRST, last + 1):
        _fillable(written, row, OF_MORE)
        written.white(f"B{row}")
        written.grey(f"A{row}")
        at = f"MATCH(B{row},{label},0)"
        written.formula(f"A{row}", f'=IF(B{row}="","",IFERROR(INDEX({theme},{at}),""))', "")
        code_cell = f"{column(layout.CODE, OF_MORE)}{row}"
        written.formula(code_cell, f'=IF(B{row}="","",IFERROR(INDEX({code},{at}),"not in the list"))', "")
        written.grey(code_cell)
        read = _state(row, ticks=False)
        written.formula(f"{column(layout.READ_AS, OF_MORE)}{row}", read[0].replace(column(layout.STATE),
                        column(layout.STATE, OF_MORE)), "")  # fmt: skip
        written.formula(f"{column(layout.STATE, OF_MORE)}{row}", f'=IF(B{row}="","",{read[1][1:]})', "")
    written.choose([f"B{FIRST}:B{last}"], matches, "The list shows what the search in cell B4 finds.",
                   "Choose a name from the list. Search for another in cell B4.")  # fmt: skip
    at = f"MATCH($B{FIRST},{label},0)"
    ends = (f"INDEX({units},INDEX({end},{at}))" for end in (first, final))
    written.choose([f"C{FIRST}:C{last}"], ":".join(ends),
                   error="Choose one of the units in the list: no other fits this line.")  # fmt: skip
    _rules(written, OF_MORE, last, lists)
    written.widths(**{**WIDE, "B": 60.0}, Q=12, R=14, S=34, T=14, U=25, V=44)
    written.fit(f"{FIRST - 1}:{FIRST - 1}", f"A1:{column(layout.STATE, OF_MORE)}{FIRST + 29}")
    written.sheet.freeze_panes = f"D{FIRST}"


def _example(written: Written, line: ReturnLine, unit: str) -> None:
    """Write the grey row that shows how a line is filled in; nobody reads it."""
    cells: dict[str, str | int] = {layout.THEME: layout.EXAMPLE, layout.WHAT: line.label, layout.UNIT: unit,
                                   layout.KNOW: "metered", layout.NOTE: "main meter 4471",
                                   layout.READ_AS: sum(MONTHLY), layout.STATE: "12 months",
                                   **dict(zip(layout.MONTHS, MONTHLY, strict=True))}  # fmt: skip
    for name in OF_RETURN:
        cell = f"{column(name)}{EXAMPLE}"
        if name in cells:
            written.sheet[cell].value = cells[name]
        written.grey(cell, form=NUMBER if isinstance(cells.get(name), int) else "General")


def _fillable(written: Written, row: int, header: Sequence[str]) -> None:
    """Lay the cells of a line out: white to be filled in, grey for the workbook."""
    for name in header[2:]:
        cell = f"{column(name, header)}{row}"
        figure = name in (layout.YEAR, *layout.MONTHS)
        if name in GREY:
            written.grey(cell, form=NUMBER if name == layout.READ_AS else "General")
        else:
            written.white(cell, form=NUMBER if figure else "General", wrap=name == layout.NOTE)


def _code(written: Written, row: int, line: ReturnLine, lists: Lists, units: tuple[int, int]) -> None:
    """Write the code of a line: of one whose unit decides the activity, looked up by its unit."""
    cell = f"{column(layout.CODE)}{row}"
    if len({activity for activity, _ in line.choices}) == 1:
        written.sheet[cell].value = line.activity
        return
    at = f"MATCH(C{row},{lists.cells('Unit of the line', *units)},0)"
    written.formula(cell, f'=IFERROR(INDEX({lists.cells("Code of the unit", *units)},{at}),"")', line.activity)


def _state(row: int, *, ticks: bool) -> tuple[str, str]:
    """Return the formulas of what a line is read as, and of its state in words."""
    year, months, state = f"D{row}", f"E{row}:P{row}", f"{column(layout.STATE)}{row}"
    none, unknown = f"{column(layout.NONE_USED)}{row}", f"{column(layout.NOT_AVAILABLE)}{row}"
    count = f"COUNT({months})"
    said = (f'IF(AND({year}<>"",{count}>0),"year or months, not both",IF({count}=12,"12 months",IF({count}>0,'
            f'{count}&" of 12 months",IF({year}<>"","whole year","{EMPTY}"))))')  # fmt: skip
    figure = f'IF({count}>0,SUM({months}),IF({year}<>"",{year},""))'
    if ticks:
        said = (f'IF(AND({none}="{layout.YES}",{unknown}="{layout.YES}"),"one Yes, not both",'
                f'IF(AND(OR({none}="{layout.YES}",{unknown}="{layout.YES}"),COUNT({year}:P{row})>0),'
                f'"Yes or number, not both",IF({none}="{layout.YES}","none used",'
                f'IF({unknown}="{layout.YES}","not available",{said}))))')  # fmt: skip
        figure = f'IF({none}="{layout.YES}",0,{figure})'
    return f'=IF(RIGHT({state},8)="not both","",{figure})', f"={said}"


def _rules(written: Written, header: Sequence[str], last: int, lists: Lists) -> None:
    """Let cells take what they can hold, and show in red what contradicts itself."""
    written.numbers(f"{FIGURES[0]}{FIRST}:{FIGURES[1]}{last}")
    read = column(layout.READ_AS, header)
    written.decimals(f"{read}{FIRST}:{read}{last}")
    for name in (layout.YEAR, *layout.MONTHS, layout.READ_AS):
        written.to_the_right(f"{column(name, header)}{FIRST - 1 if header is OF_MORE else HEADER}")
    know, state = column(layout.KNOW, header), column(layout.STATE, header)
    written.choose([f"{know}{FIRST}:{know}{last}"], lists.cells("Words"),
                   f"What the words mean stands on the sheet {layout.HOW}.")  # fmt: skip
    written.red(f"{state}{FIRST}:{state}{last}", f'OR(RIGHT({state}{FIRST},8)="not both",'
                f'RIGHT({state}{FIRST},13)=" of 12 months")')  # fmt: skip
