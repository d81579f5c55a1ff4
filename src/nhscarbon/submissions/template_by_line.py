"""The template for a kind of trust: one line for each thing, in words, and no code to be known."""

from __future__ import annotations

from collections.abc import Sequence

from nhscarbon.activity import return_layout as layout
from nhscarbon.activity import template_properties as properties
from nhscarbon.activity.files.workbook_parts import put_cached_values
from nhscarbon.checks.answers import COLUMNS as ANSWER_COLUMNS
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.return_lines import return_words
from nhscarbon.output import excel
from nhscarbon.output.excel import letters
from nhscarbon.submissions.template_cells import Written
from nhscarbon.submissions.template_lists import Lists, lists_of
from nhscarbon.submissions.template_sheets import EMPTY, FIRST, OF_MORE, ROOM, column, more_sheet, return_sheet

ANSWERED, IN_PART, NONE, NOT_APPLICABLE, NOT_AVAILABLE = (
    "answered", "answered in part", "none used", "not applicable", "not available",
)  # fmt: skip
OFFERED = ("None used", "Not applicable", "Not available")  # answers for a whole theme
ROOM_FOR_ANSWERS = 60
LINE, LETTERS = 13, 82  # points of a line of text, and the letters that it holds
HEAD = 5  # the row of the header of the sheet of states


def template_by_line(method: Methodology, kind: str, organisation: str, years: Sequence[str]) -> bytes:
    """Return the workbook of a kind of trust.

    Parameters
    ----------
    method : Methodology
    kind : str
        A kind of the package of lines.
    organisation : str
        The ODS code, or empty.
    years : sequence of str
        NHS years that can be chosen; one is filled in.
    """
    from openpyxl import Workbook  # noqa: PLC0415  an extra
    from openpyxl.packaging.custom import StringProperty  # noqa: PLC0415

    lists = lists_of(method, kind, years)
    book = Workbook()
    title = f"Carbon return for {return_words().kinds[kind]}"
    book.properties.title = f"{title}, {method.id}"
    book.properties.creator = "nhscarbon"
    book.properties.language = "en-GB"
    book.properties.created = book.properties.modified = excel.UNDATED
    book.calculation.fullCalcOnLoad = True
    book.active.title = layout.HOW
    names = (layout.RETURN, layout.MORE, layout.THEMES, layout.CHECK, layout.ANSWERS, layout.LISTS, layout.SEARCH)
    sheets = {layout.HOW: Written(book.active)} | {name: Written(book.create_sheet(name)) for name in names}
    _how(sheets[layout.HOW], method, title, years)
    return_sheet(sheets[layout.RETURN], method, lists, organisation, years, title)
    more_sheet(sheets[layout.MORE], lists, _search(sheets[layout.SEARCH], lists))
    _themes(sheets[layout.THEMES], method)
    _check(sheets[layout.CHECK], method, lists)
    _answers(sheets[layout.ANSWERS])
    for number, row in enumerate(lists.rows, start=1):
        for place, value in enumerate(row, start=1):
            if value != "":
                sheets[layout.LISTS].sheet.cell(number, place).value = value
    for name, written in sheets.items():
        written.sheet.sheet_view.showGridLines = False
        written.sheet.sheet_state = "hidden" if name in (layout.LISTS, layout.SEARCH) else "visible"
        written.sheet.protection.sheet = True  # without a password: it guards against slips, and can be taken off
        for allowed in ("formatColumns", "formatRows"):
            setattr(written.sheet.protection, allowed, False)
    sheets[layout.RETURN].values["D4"] = sheets[layout.CHECK].values["A3"]
    words = [[str(cell) for cell in row] for row in lists.rows]
    about = {properties.TEMPLATE: properties.ID, properties.EDITION: properties.VERSION_OF_LINES,
             properties.METHOD: method.id, properties.DIGEST: method.digest,
             properties.LISTS_HASH: properties.lists_hash(words)}  # fmt: skip
    for name, value in about.items():
        book.custom_doc_props.append(StringProperty(name=name, value=value))
    return put_cached_values(excel.to_bytes(book), {name: written.values for name, written in sheets.items()})


def _how(written: Written, method: Methodology, title: str, years: Sequence[str]) -> None:
    written.text("A1", title, bold=True, size=14)
    span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    steps = (
        f"1. On the sheet {layout.RETURN}, enter your ODS code and the NHS year once, at the top.",
        "2. Fill in each line with one figure for the whole year, or with months, not with both. "
        "Thousands commas are fine. Choose the unit of your figure from the list in its cell.",
        f"3. Where there was none of it, choose Yes under {layout.NONE_USED}. Where you cannot know, choose Yes under "
        f"{layout.NOT_AVAILABLE} and say why in the note. An empty line counts as missing, never as zero.",
        f"4. What has no line is on the sheet {layout.MORE}: type part of its name, and choose from the list. "
        "Use the same sheet for a site of its own: one line for each site, with its ODS site code. "
        "Do not give the sites there and the trust's total on Return.",
        f"5. On the sheet {layout.THEMES} you can answer for a whole theme at once, such as Not applicable.",
        f"6. Look at the sheet {layout.CHECK}. No theme there should say {EMPTY}.",
        "7. You need no codes. The workbook fills in the grey columns.",
    )  # fmt: skip
    for place, step in enumerate(steps):
        written.text(f"A{3 + place}", step, wrap=True)
        written.sheet.row_dimensions[3 + place].height = LINE * (1 + len(step) // LETTERS) + 5
    row = 4 + len(steps)
    written.text(f"A{row}", f"{layout.KNOW}: what the words mean", bold=True)
    written.text(f"A{row + 1}", "This decides how good your figure is said to be. Leave it empty if you are not sure.",
                 soft=True, wrap=True)  # fmt: skip
    words = [each for each in return_words().evidence if each.evidence in method.catalogue.evidence_words]
    for place, word in enumerate(words):
        written.text(f"A{row + 2 + place}", f"{word.word}: {word.meaning}", wrap=True)
    row += 3 + len(words)
    written.text(f"A{row}", "For a colleague with Python", bold=True)
    written.text(f"A{row + 1}", f"nhscarbon check return.xlsx --method {method.id} --marked marked.xlsx", wrap=True)
    written.text(f"A{row + 2}", f"NHS years: {span}. Method: {method.id}, {method.manifest.title}. Template version: "
                 f"{properties.VERSION_OF_LINES}.", soft=True, wrap=True)  # fmt: skip
    written.widths(A=78)
    written.fit(portrait=True)


def _search(written: Written, lists: Lists) -> str:
    """Write the hidden search, and return the formula of the list of what it finds.

    Column A counts how many labels up to each row hold the word that is searched for; column B lists those labels.
    """
    last = lists.everything + 1
    label, code = (lists.cells(name).split("!")[1][1] for name in ("Everything that is counted", "Its code"))
    labels, running = lists.cells("Everything that is counted"), f"$A$2:$A${last}"
    written.sheet["A1"].value = 0
    words = lists.columns[6]
    for row in range(2, last + 1):
        text = f'{layout.LISTS}!{label}{row}&" "&{layout.LISTS}!{code}{row}'
        found = f"ISNUMBER(SEARCH('{layout.MORE}'!$B$4,{text}))"
        written.formula(f"A{row}", f"=A{row - 1}+IF('{layout.MORE}'!$B$4=\"\",1,IF({found},1,0))", row - 1)
        written.formula(f"B{row}", f'=IFERROR(INDEX({labels},MATCH({row - 1},{running},0)),"")', str(words[row - 2]))
    return f"{layout.SEARCH}!$B$2:INDEX({layout.SEARCH}!$B$2:$B${last},MAX(1,{layout.SEARCH}!$A${last}))"


def _themes(written: Written, method: Methodology) -> None:
    labels = list(method.catalogue.themes.values())
    written.header(1, (layout.THEME, layout.ANSWER, layout.REASON))
    for row, label in enumerate(labels, start=2):
        written.text(f"A{row}", label)
        written.white(f"B{row}")
        written.white(f"C{row}", wrap=True)
    written.choose([f"B2:B{len(labels) + 1}"], f'"{",".join(OFFERED)}"',
                   "Only for a theme as a whole: otherwise fill in its lines on Return. Not applicable and Not "
                   "available need a reason.")  # fmt: skip
    written.widths(A=46, B=18, C=80)
    written.fit()
    written.sheet.freeze_panes = "A2"


def _check(written: Written, method: Methodology, lists: Lists) -> None:
    themes = method.catalogue.themes
    made_of = feeders(method.catalogue)
    rows = {theme: row for row, theme in enumerate(themes, start=HEAD + 1)}
    last = HEAD + len(themes)
    written.text("A1", layout.CHECK, bold=True, size=14)
    state = f"B{HEAD + 1}:B{last}"
    done = "+".join(f'COUNTIF({state},"{word}")' for word in (ANSWERED, NONE, NOT_APPLICABLE))
    missing = f'COUNTIF({state},"{EMPTY}")'
    written.formula("A3", f'={done}&" of {len(themes)} themes answered"&IF({missing}>0,". Missing: "&{missing},"")',
                    f"0 of {len(themes)} themes answered. Missing: {len(themes)}")  # fmt: skip
    written.sheet["A3"].font = _bold()
    written.header(HEAD, (layout.THEME, layout.STATE, "Lines answered", "What to do"))
    own = {theme: [line for line in lists.lines if method.catalogue.activities[line.activity].theme == theme]
           for theme in themes}  # fmt: skip
    for theme, row in rows.items():
        written.text(f"A{row}", themes[theme])
        for name in "BCD":
            written.grey(f"{name}{row}")
        if theme in made_of:
            parts = ",".join(
                f'OR(B{rows[part]}="{ANSWERED}",B{rows[part]}="{NONE}",B{rows[part]}="{NOT_APPLICABLE}")'
                for part in made_of[theme]
            )
            written.formula(f"B{row}", f'=IF(AND({parts}),"{ANSWERED}","{EMPTY}")', EMPTY)
            written.sheet[
                f"D{row}"
            ].value = "Nothing to enter: it follows from fuels, vehicles, electricity and travel."
            continue
        _theme_row(written, row, len(own[theme]), FIRST + len(lists.lines) - 1, row - HEAD + 1)
    written.red(f"B{HEAD + 1}:B{last}", f'B{HEAD + 1}="{EMPTY}"')
    written.widths(A=46, B=20, C=16, D=70)
    written.fit()
    written.sheet.freeze_panes = f"A{HEAD + 1}"


def _theme_row(written: Written, row: int, lines: int, last: int, theme_row: int) -> None:
    """Write the state of a theme: from its lines, from more lines, and from what is answered for it as a whole."""
    labels, states = f"{layout.RETURN}!A${FIRST}:A${last}", column(layout.STATE)
    words = f"{layout.RETURN}!{states}${FIRST}:{states}${last}"
    end, state = FIRST + ROOM - 1, column(layout.STATE, OF_MORE)
    more = f"'{layout.MORE}'!A${FIRST}:A${end},A{row},'{layout.MORE}'!{state}${FIRST}:{state}${end}"

    def count(word: str) -> str:
        return f'COUNTIFS({labels},A{row},{words},"{word}")'

    sent = "+".join((count("whole year"), count("*12 months"), f'COUNTIFS({more},"whole year")',
                     f'COUNTIFS({more},"*12 months")'))  # fmt: skip
    whole, none, unknown = f"{layout.THEMES}!B{theme_row}", count(NONE), count(NOT_AVAILABLE)
    written.formula(
        f"B{row}",
        f'=IF({whole}<>"",LOWER({whole}),IF({sent}>0,IF({unknown}>0,"{IN_PART}","{ANSWERED}"),IF({unknown}>0,'
        f'"{NOT_AVAILABLE}",IF(AND({lines}>0,{none}={lines}),"{NONE}","{EMPTY}"))))',
        EMPTY,
    )
    if not lines:
        written.sheet[f"D{row}"].value = f"It has no line on {layout.RETURN}: use {layout.MORE} or {layout.THEMES}."
        return
    empty, odd = count(EMPTY), count("*not both")
    written.formula(f"C{row}", f'={lines}-{empty}&" of {lines}"', f"0 of {lines}")
    fill = "Fill in its lines, or choose Yes under None used."
    written.formula(
        f"D{row}",
        f'=IF({odd}>0,"Look at the red words under State on {layout.RETURN}.",IF(B{row}="{EMPTY}","{fill}",'
        f'IF(AND({whole}="",{empty}>0),"Some of its lines are empty: fill them in, or choose Yes.","")))',
        fill,
    )


def _bold() -> object:
    from openpyxl.styles import Font  # noqa: PLC0415  an extra

    return Font(name="Arial", size=12, bold=True)


def _answers(written: Written) -> None:
    written.header(1, ANSWER_COLUMNS)
    for row in range(2, ROOM_FOR_ANSWERS + 2):
        for place in range(len(ANSWER_COLUMNS)):
            written.white(f"{letters(place)}{row}", form="@", wrap=True)
    written.text(f"{letters(len(ANSWER_COLUMNS) + 1)}1", "Only for warnings that you can explain. Your colleague "
                 "writes the rows with: nhscarbon check return.xlsx --write-answers answers.csv. Paste them here, and "
                 "fill in reason, by and date.", soft=True, wrap=True)  # fmt: skip
    written.widths(A=24, B=14, C=12, D=36, E=60, F=24, G=14, H=24, J=60)
    written.fit()
    written.sheet.freeze_panes = "A2"
