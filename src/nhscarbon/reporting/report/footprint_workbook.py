"""The footprint workbook: a summary on which it opens, the findings, every row with its factor, and the method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING

import numpy as np

from nhscarbon.activity.cell_address import address
from nhscarbon.activity.files.workbook_parts import put_cached_values
from nhscarbon.checks.finding_words import EFFECT, SEVERITY_WORDS, answer_of, effect_of, sentence
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import NOT_SENT, answered_themes, boundary_name, has_own, is_sent
from nhscarbon.footprint.whole_years import whole_periods
from nhscarbon.footprint.years import years_of
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output import excel
from nhscarbon.output.results import MOST_EXCEL_ROWS
from nhscarbon.output.text import in_title_case
from nhscarbon.periods import year_start
from nhscarbon.reporting.report import evidence
from nhscarbon.reporting.report.request import ReportRequest
from nhscarbon.reporting.report.summary_sheet import CORE_ROW, LIVE, PLUS_ROW, Heading, write_summary
from nhscarbon.reporting.report.theme_lines import inside_both, year_figures
from nhscarbon.reporting.report.why_sheet import TITLE, write_why

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Cells = tuple[str | float | None, ...]
NAMES = ("NHSCF_tCO2e", "NHSCF_Plus_tCO2e")  # of the cells that hold the two totals
FINDINGS_HEAD = ("Severity", "Where", "What we found", EFFECT, "What to do", "Answer")
FINDINGS_WIDTHS = (11, 26, 58, 18, 48, 34)
FINDINGS_TONNES = 4  # the column of the effect, the first being 1
ROWS_HEAD = ("NHS year", "Organisation", "Theme", "Activity", "Part")
FACTOR_HEAD = ("Quantity", "Unit", "Conversion", "Factor, kgCO₂e per factor unit", "Factor unit", "tCO₂e", "Counts in",
               "Publication", "Publisher’s cell", "Note", "Activity code")  # fmt: skip
ROWS_WIDTHS = (9, 13, 24, 32, 18)
FACTOR_WIDTHS = (14, 13, 12, 17, 13, 13, 16, 36, 36, 32, 32)
MOST_WRAPPED = 2_000  # rows of a sheet whose texts are wrapped; more stay at one line each, so that writing is fast
KEPT_WIDTH = 16
NEITHER, UNCOUNTED, UNKNOWN = "neither footprint", "not counted", "not available"
METHOD_WIDTHS = (38, 110)
PLACES_WIDTHS = (14, 52, 10, 24, 18, 24, 18)


def footprint_workbook(footprint: Footprint, names: Mapping[str, str], *, draws: int, seed: int) -> bytes:
    """Return the footprint workbook: of several NHS years one summary each, never a sum of them.

    Parameters
    ----------
    footprint : Footprint
    names : Mapping[str, str]
        Of organisations, as far as they are known.
    draws, seed : int
        Of the likely ranges.

    Raises
    ------
    UsageError
        If there are more rows than a sheet holds, or the extra is absent.
    """
    excel.needs_openpyxl()
    from openpyxl import Workbook  # noqa: PLC0415  an extra

    years = years_of(footprint)
    table = whole_periods(footprint, footprint.method.widest)
    whole = dict(zip(table["period"], table["complete"], strict=True))
    asked = ReportRequest(footprint, footprint, "", names, draws, seed)
    book = Workbook()
    book.remove(book.active)
    book.properties.title = f"Carbon footprint of {asked.who}, {asked.when}"
    book.properties.creator = "nhscarbon"
    book.properties.language = "en-GB"
    book.properties.created = book.properties.modified = excel.UNDATED
    live: dict[str, LIVE] = {}
    for year in reversed(years):  # the last is the first that a reader sees
        figures = year_figures(year, draws=draws, seed=seed)
        end = f" {_dashed(_year(year))}" if len(years) > 1 else ""
        sheet = book.create_sheet(f"Summary{end}")
        heading = _heading(year, asked, NAMES if len(years) == 1 else tuple(f"{name}_{_under(year)}" for name in NAMES))
        live[sheet.title] = write_summary(sheet, figures, heading, _not_counted(year))
        _name_totals(book, sheet, heading.names)
    complete = [year for year in years if whole[_year(year)]]
    if len(complete) > 1:
        sheet = book.create_sheet(TITLE)
        live[TITLE] = write_why(sheet, (complete[0], complete[-1]))
    _findings(book.create_sheet("Findings"), list(footprint.findings))
    rows = book.create_sheet("Rows and factors")
    live[rows.title] = _rows(rows, footprint)
    if len(footprint.sums.columns["organisation"].labels) > 1:
        _organisations(book.create_sheet("Organisations"), years, names)
    _other_totals(book.create_sheet("Other totals"), years)
    _method(book.create_sheet("Method"), asked)
    excel.open_on(book, book.worksheets[0])
    return put_cached_values(excel.to_bytes(book), live)


def _year(footprint: Footprint) -> str:
    year: str = footprint.sums.columns["period"].labels[0]
    return year


def _dashed(year: str) -> str:
    return year.replace("/", "-")


def _under(footprint: Footprint) -> str:
    return _year(footprint).replace("/", "_")


def _heading(year: Footprint, asked: ReportRequest, names: tuple[str, ...]) -> Heading:
    """Return whose footprint it is, when and by what."""
    stamp, starting = year.stamp, int(year_start(_year(year))[:4])
    draft = " This method is a draft: its figures may change." if stamp.status == "draft" else ""
    about = (
        f"Carbon footprint, April {starting} to March {starting + 1} (NHS year {_year(year)}). "
        f"Method {stamp.methodology} ({stamp.status}), nhscarbon {stamp.code_version}, "
        f"data {asked.whole.stamp.input_sha256[:12]}.{draft}"
    )
    who = ReportRequest(year, year, "", asked.names, asked.draws, asked.seed).who
    return Heading(in_title_case(who), about, (names[0], names[1]))


def _not_counted(year: Footprint) -> tuple[str, ...]:
    """Say what was sent and is in no total."""
    codes = dict.fromkeys(year.not_counted["activity"])
    labels = [year.method.catalogue.activities[code].label for code in codes]
    return (f"Sent but not counted, for want of a published factor: {'; '.join(labels)}.",) if labels else ()


def _name_totals(book: Workbook, sheet: Worksheet, names: tuple[str, str]) -> None:
    from openpyxl.workbook.defined_name import DefinedName  # noqa: PLC0415  an extra

    for name, row in zip(names, (CORE_ROW, PLUS_ROW), strict=True):
        book.defined_names[name] = DefinedName(name, attr_text=f"'{sheet.title}'!$B${row}")


def _findings(sheet: Worksheet, findings: Sequence[Finding]) -> None:
    """Write what was found: what has no answer first, then by effect, as the findings come."""
    rows: list[Cells] = [
        (SEVERITY_WORDS[each.severity], " ".join(filter(None, [each.file, address(each)])), sentence(each.message),
         effect_of(each), "" if each.answered else each.suggestion, answer_of(each))
        for each in sorted(findings, key=lambda each: each.answered)
    ] or [("", "", "No errors or warnings were found in the rows that were sent.", None, "", "")]  # fmt: skip
    _table(sheet, "findings", [FINDINGS_HEAD, *rows], FINDINGS_WIDTHS, right=(FINDINGS_TONNES,))
    for number in range(2, len(rows) + 2):
        cell = sheet.cell(number, FINDINGS_TONNES)
        if isinstance(cell.value, float):
            cell.number_format = excel.TONNES if abs(cell.value) >= 1 else "0.00"
    excel.fit_rows(sheet)
    if any(each.severity == "warning" for each in findings):
        sheet.sheet_properties.tabColor = excel.AMBER


def _rows(sheet: Worksheet, footprint: Footprint) -> LIVE:
    """Write every row with its factor, its tonnes as a live product; return what the products come to."""
    from openpyxl.styles import Alignment  # noqa: PLC0415  an extra

    frame = footprint.table
    kept = [name for name in footprint.sums.columns if name in footprint.keep]
    head = (*ROWS_HEAD, *(name.capitalize() for name in kept), *FACTOR_HEAD)
    missing = footprint.not_counted
    if len(frame) + len(missing) > MOST_EXCEL_ROWS:
        raise UsageError(f"{len(frame):,} rows are more than a sheet of Excel holds", advice="Use --format csv.")
    themes, activities = footprint.method.catalogue.themes, footprint.method.catalogue.activities
    names = ["period", "organisation", "theme", "activity", "component", *kept, "quantity", "unit", "conversion",
             "factor", "factor_unit", "kgco2e"]  # fmt: skip
    columns = [frame[name].tolist() for name in names]
    columns[2] = [themes[each] for each in columns[2]]
    codes, columns[3] = columns[3], [activities[each].label for each in columns[3]]
    columns[4] = [evidence.component_name(each) for each in columns[4]]
    tonnes = [kilograms / KG_PER_TONNE for kilograms in columns.pop()]
    cited = [evidence.cited(line, footprint.method)[4:7] for line in footprint.factor_lines.lines]
    ends = [(counts, *cited[line], code) for counts, line, code
            in zip(_counts_in(footprint), footprint.rows.line.tolist(), codes, strict=True)]  # fmt: skip
    rows: list[Cells] = [(*start, None, *end) for start, end in zip(zip(*columns, strict=True), ends, strict=True)]
    rows += [
        (row["period"], row["organisation"], themes[activities[row["activity"]].theme],
         activities[row["activity"]].label, "", *(row[name] for name in kept), row["quantity"], row["unit"], None, None,
         "", None, UNCOUNTED, "", "", row["reason"], row["activity"])
        for row in missing.to_dict("records")
    ]  # fmt: skip
    quantity = len(ROWS_HEAD) + len(kept) + 1
    widths = (*ROWS_WIDTHS, *(KEPT_WIDTH for _ in kept), *FACTOR_WIDTHS)
    numbers = (quantity, quantity + 2, quantity + 3, quantity + 5)
    _table(sheet, "rows_and_factors", [head, *rows], widths, right=numbers)
    for row in sheet.iter_rows(min_row=2, min_col=len(head) - 1):
        for cell in row:
            cell.alignment = Alignment(vertical="top")  # a long note would make the row high
    if len(rows) <= MOST_WRAPPED:
        excel.fit_rows(sheet)
    sheet.print_area = f"A1:{excel.letters(len(head) - 3)}{len(rows) + 1}"  # without the note and the code
    return _products(sheet, quantity, tonnes)


def _products(sheet: Worksheet, quantity: int, tonnes: Sequence[float]) -> LIVE:
    """Write quantity times conversion times factor as formulas."""
    live: LIVE = {}
    q, c, f = (excel.letters(quantity - 1 + step) for step in (0, 2, 3))
    for row, value in enumerate(tonnes, start=2):
        cell = sheet.cell(row, quantity + 5)
        cell.value = f"={q}{row}*{c}{row}*{f}{row}/{KG_PER_TONNE:g}"
        cell.font = copy(sheet.cell(row, quantity).font)
        cell.number_format = "#,##0.00"
        live[cell.coordinate] = ("n", repr(value))
    for row in range(2, sheet.max_row + 1):
        amount = sheet.cell(row, quantity)
        amount.number_format = "#,##0" if float(amount.value).is_integer() else "#,##0.00####"
    return live


def _counts_in(footprint: Footprint) -> list[str]:
    """Return in which of the two footprints each row counts."""
    core, only = inside_both(footprint)
    words = np.full(len(footprint.factor_lines.lines), UNKNOWN if core is None or only is None else NEITHER, object)
    if only is not None:
        words[only] = "Plus only" if core is not None else boundary_name(footprint.method.widest)
    if core is not None:
        words[core] = boundary_name("nhs_carbon_footprint")
    found: list[str] = words[footprint.rows.line].tolist()
    return found


def _organisations(sheet: Worksheet, years: Sequence[Footprint], names: Mapping[str, str]) -> None:
    """Write both totals of each organisation, and how many themes it answers."""
    rows = [row for year in reversed(years) for row in _places(year, names)]
    head = ("Organisation", "Name", "NHS year", "NHS Carbon Footprint, tCO₂e", "Themes answered",
            "Footprint Plus, tCO₂e", "Themes answered, Plus")  # fmt: skip
    _table(sheet, "organisations", [head, *rows], PLACES_WIDTHS, right=(4, 6))
    for row in sheet.iter_rows(min_row=2):
        for cell in (row[3], row[5]):
            cell.number_format = excel.TONNES


def _places(year: Footprint, names: Mapping[str, str]) -> Iterator[Cells]:
    totals = []
    for boundary in ("nhs_carbon_footprint", year.method.widest):
        frame = None if year.missing_components(boundary) else year.by("organisation", boundary=boundary)
        found = {} if frame is None else dict(zip(frame["organisation"], frame["tco2e"], strict=True))
        totals.append((boundary, found, frame is None))
    for code in year.sums.columns["organisation"].labels:
        cells: list[str | float | None] = []
        own = year.coverage[year.coverage["organisation"] == code]
        for boundary, found, blocked in totals:
            sent = has_own(own, boundary, year.method)
            total = UNKNOWN if blocked else found.get(code) if sent else NOT_SENT
            cells += [total, answered_themes(own, boundary, year.method)]
        yield (code, in_title_case(names.get(code, "")), _year(year), *cells)


def _other_totals(sheet: Worksheet, years: Sequence[Footprint]) -> None:
    """Write every total of the method; they overlap and are never added."""
    rows: list[Cells] = []
    for year in reversed(years):
        summary = year.summary()
        when = summary.last
        for name, total in summary.totals[when].items():
            shown = total is not None and summary.counted[when][name] and is_sent(summary.covers[when][name])
            words = UNKNOWN if total is None else NOT_SENT
            rows.append((boundary_name(name), when, total if shown else words, summary.label(name)))
    head = ("Total (they overlap: do not add them)", "NHS year", "tCO₂e", "What it covers")
    _table(sheet, "other_totals", [head, *rows], (40, 10, 16, 80), right=(3,))
    for row in sheet.iter_rows(min_row=2):
        row[2].number_format = excel.TONNES


def _method(sheet: Worksheet, asked: ReportRequest) -> None:
    """Write what must be the same for the figures to be the same."""
    method, stamp = asked.whole.method, asked.whole.stamp
    rows: list[Cells] = [
        ("Method", f"{stamp.methodology}: {method.manifest.title}"), ("Edition", stamp.status),
        ("Digest of the method (SHA-256)", stamp.methodology_digest),
        ("Digest of the sums (SHA-256)", stamp.input_sha256), ("Version", f"nhscarbon {stamp.code_version}"),
        ("Rows read", f"{stamp.rows:,}"),
        ("Likely range", f"95 % interval: 2.5 % to 97.5 % of {asked.draws:,} draws, seed {asked.seed}; warming "
                         "potentials are not drawn"),
        *((f"Overlay {place}", name) for place, name in enumerate(method.overlays, start=1)),
    ]  # fmt: skip
    tables = {table.id: table for table in evidence.method(asked).tables}
    for id, word in (("packages", "Package"), ("checks", "Checked with"), ("files", "File")):
        for name, *values in tables[id].rows if id in tables else ():
            rows.append((f"{word} {name}", "; ".join(str(each) for each in values if each)))
    _table(sheet, "method", [("Item", "Value"), *rows], METHOD_WIDTHS)
    excel.fit_rows(sheet)


def _table(
    sheet: Worksheet, name: str, rows: Sequence[Cells], widths: Sequence[float], *, right: Sequence[int] = ()
) -> None:
    """Write a sheet of one table that prints on A4, a page wide, with its header on every page."""
    from openpyxl.styles import Alignment  # noqa: PLC0415  an extra

    excel.write_table(sheet, name, rows, size=excel.BODY_SIZE, widths=widths, wrap_text=len(rows) <= MOST_WRAPPED + 1)
    for number in range(1, len(rows) + 1):
        for place in right:
            sheet.cell(number, place).alignment = Alignment(
                horizontal="right", vertical="top", wrap_text=True, indent=1
            )
    excel.set_page(sheet, landscape=True, header=1)
