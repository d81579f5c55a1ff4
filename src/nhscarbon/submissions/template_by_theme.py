"""The template of everything: a workbook from the catalogue, one sheet for each theme, with lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhscarbon.activity import schema
from nhscarbon.activity import template_properties as properties
from nhscarbon.methods.catalogue import TIERS
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, resolve
from nhscarbon.output import excel
from nhscarbon.output.excel import letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

COLUMNS = (*schema.REQUIRED, "evidence", "estimated_share", "tier", "site", "supplier", "reference", "reported_tco2e",
           "note")  # fmt: skip
ROOM = 500  # rows of a sheet's table
CHOSEN = 5000  # rows that have lists to choose from: more than the table, for a return that is pasted in
LONGEST_SHEET = 31  # characters that a spreadsheet allows in the name of a sheet
LARGEST = 10**15


@dataclass(frozen=True)
class ThemeSheet:
    """One sheet to fill in: its name, the theme and what can be entered on it."""

    name: str
    theme: str
    label: str
    units: Mapping[str, tuple[str, ...]]  # of each activity


def theme_sheets(method: Methodology, years: Sequence[str]) -> list[ThemeSheet]:
    """Return the sheets of a template: each theme that has an activity with a factor in any of some years.

    Parameters
    ----------
    method : Methodology
    years : sequence of str
        NHS years.
    """
    catalogue = method.catalogue
    wanted = [(entry.activity, unit) for entry in catalogue.activities.values() for unit in entry.units]
    served: set[tuple[str, str]] = set()
    for year in reversed(years):
        keys = [FactorKey(*pair, year, method.manifest.geography) for pair in wanted if pair not in served]
        found = resolve(keys, method).values()
        served |= {(each.key.activity, each.key.unit) for each in found if each.lines and not each.refusal}
    sheets: list[ThemeSheet] = []
    for theme, label in catalogue.themes.items():
        units = {
            entry.activity: tuple(unit for unit in entry.units if (entry.activity, unit) in served)
            for entry in catalogue.activities.values() if entry.theme == theme
        }  # fmt: skip
        units = {activity: names for activity, names in units.items() if names}
        if units:
            sheets.append(ThemeSheet(_sheet_name(label), theme, label, units))
    return sheets


def _sheet_name(label: str) -> str:
    """Return a theme's label as a sheet can be called: cut at a word."""
    if len(label) > LONGEST_SHEET:
        label = label.partition(" (")[0]
    while len(label) > LONGEST_SHEET:
        label = label.rpartition(" ")[0]
    return label


def template_by_theme(method: Methodology, organisation: str, years: Sequence[str]) -> bytes:
    """Return the workbook: sheets in which a row is an activity, for every activity that has a factor."""
    from openpyxl import Workbook  # noqa: PLC0415  an extra
    from openpyxl.packaging.custom import StringProperty  # noqa: PLC0415

    sheets = theme_sheets(method, years)
    lists = _lists(method, sheets, organisation, years)
    table = _padded(lists)
    book = Workbook()
    book.properties.title = f"Activity data return, {method.id}"
    book.properties.creator = "nhscarbon"
    book.properties.language = "en-GB"
    book.properties.created = book.properties.modified = excel.UNDATED
    _read_me(book.active, method, sheets, organisation, years)
    excel.write_table(book.create_sheet(properties.COLUMNS), "columns", _columns())
    excel.write_table(book.create_sheet(properties.ACTIVITIES), "activities", _activities(method, sheets))
    for sheet in sheets:
        _theme_sheet(book.create_sheet(sheet.name), sheet, lists)
    hidden = book.create_sheet(properties.LISTS)
    excel.write_table(hidden, "lists", table)
    hidden.sheet_state = "hidden"
    for written in book.worksheets:
        written.protection.sheet = True  # without a password: it guards against slips, and can be taken off
        for allowed in ("formatColumns", "formatRows", "sort", "autoFilter"):
            setattr(written.protection, allowed, False)
    about = {properties.TEMPLATE: properties.ID, properties.EDITION: properties.VERSION, properties.METHOD: method.id,
             properties.DIGEST: method.digest, properties.LISTS_HASH: properties.lists_hash(table)}  # fmt: skip
    for name, value in about.items():
        book.custom_doc_props.append(StringProperty(name=name, value=value))
    return excel.to_bytes(book)


def _lists(
    method: Methodology, sheets: Sequence[ThemeSheet], organisation: str, years: Sequence[str]
) -> dict[str, Sequence[str]]:
    """Return what can be chosen, by the heading of each list."""
    lists: dict[str, Sequence[str]] = {properties.SHEETS_LIST: [sheet.name for sheet in sheets]}
    lists |= {"organisation": [organisation] if organisation else [], "period": list(reversed(years)),
              "evidence": method.catalogue.evidence_words, "tier": TIERS}  # fmt: skip
    for sheet in sheets:
        lists[f"activity, {sheet.name}"] = list(sheet.units)
        lists[f"unit, {sheet.name}"] = sorted({unit for units in sheet.units.values() for unit in units})
    return {f"{name} to choose" if name != properties.SHEETS_LIST else name: words for name, words in lists.items()}


def _padded(lists: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return lists as the rows of a table."""
    longest = max(map(len, lists.values()))
    return [list(lists), *([words[row] if row < len(words) else "" for words in lists.values()]
                           for row in range(longest))]  # fmt: skip


def _read_me(
    sheet: Worksheet, method: Methodology, sheets: Sequence[ThemeSheet], organisation: str, years: Sequence[str]
) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  an extra

    sheet.title = properties.READ_ME
    span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    lines = [
        "Activity data return for the NHS carbon footprint",
        f"Organisation: {organisation or 'enter its ODS code in each row'}. NHS year: {span}.",
        f"Methodology: {method.id}, {method.manifest.title}. Template version: {properties.VERSION}.",
        "Fill in one row for each activity, on the sheet of its theme. Leave a sheet empty if it has nothing to enter.",
        "An empty quantity is not zero: leave the whole row out when the quantity is not known.",
        f"The columns are explained on the sheet '{properties.COLUMNS}'. The units that each activity accepts are "
        f"on the sheet '{properties.ACTIVITIES}'.",
        "The cells to fill in are below the header of each table. The header is protected, without a password.",
        "Please do not move the headers, add rows of totals or merge cells.",
        f"Check the return before you send it: nhscarbon check return.xlsx --method {method.id}",
        *(f"Sheet '{each.name}': {each.label}, {len(each.units)} activities." for each in sheets),
    ]
    for number, line in enumerate(lines, start=1):
        cell = sheet.cell(number, 1)
        excel.put(cell, line)
        size = excel.TITLE_SIZE if number == 1 else excel.TEXT_SIZE
        cell.font = Font(name="Arial", size=size, bold=number == 1)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 110


def _columns() -> list[list[str]]:
    rules = {column.name: column for column in schema.COLUMNS}
    return [["Name of the column", "Needed", "What to enter"],
            *([name, "yes" if rules[name].required else "no", rules[name].rule] for name in COLUMNS)]  # fmt: skip


def _activities(method: Methodology, sheets: Sequence[ThemeSheet]) -> list[list[str]]:
    entries = method.catalogue.activities
    return [
        ["On the sheet", "Code to enter", "What it is", "Accepted units", "Remark"],
        *(
            [sheet.name, activity, entries[activity].label, ", ".join(units), entries[activity].note]
            for sheet in sheets for activity, units in sheet.units.items()
        ),
    ]  # fmt: skip


def _theme_sheet(written: Worksheet, sheet: ThemeSheet, lists: Mapping[str, Sequence[str]]) -> None:
    from openpyxl.styles import Font, Protection  # noqa: PLC0415  an extra
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    excel.write_table(written, f"return_{sheet.theme}", [COLUMNS], room=ROOM)
    rules = {column.name: column.rule for column in schema.COLUMNS}
    places = {name: place for place, name in enumerate(lists)}
    for place, name in enumerate(COLUMNS):
        column = written.column_dimensions[letters(place)]
        column.width = 40 if name in ("activity", "note") else 18
        column.font = Font(name="Arial", size=excel.TEXT_SIZE)
        column.protection = Protection(locked=False)
        if name not in schema.NUMERIC:
            column.number_format = "@"  # a spreadsheet makes no date of a month and keeps the zeros of a code
        heading = f"{name}, {sheet.name} to choose" if name in ("activity", "unit") else f"{name} to choose"
        words = lists.get(heading, ())
        if words:
            of = letters(places[heading])
            choice = DataValidation(
                "list", formula1=f"{properties.LISTS}!${of}$2:${of}${len(words) + 1}", allow_blank=True
            )
        elif name in schema.NUMERIC:
            least, most = (0, 1) if name == "estimated_share" else (-LARGEST, LARGEST)
            choice = DataValidation("decimal", operator="between", formula1=str(least), formula2=str(most),
                                    allow_blank=True)  # fmt: skip
        else:
            choice = DataValidation(allow_blank=True)
        choice.promptTitle, choice.prompt, choice.showInputMessage = name, rules[name][:250], True
        choice.showErrorMessage = name != "period"  # a month such as 2023-04 may be entered as well
        choice.errorTitle, choice.error = name, f"This column takes: {rules[name]}."[:220]
        choice.add(f"{letters(place)}2:{letters(place)}{CHOSEN + 1}")
        written.add_data_validation(choice)
