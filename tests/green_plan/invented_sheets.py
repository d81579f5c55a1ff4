"""Action sheets in layouts of their own, invented, with what a reader would say that they hold, typed by hand.

The columns follow plans that are published: Bradford's SMART objectives, North Bristol's travel plan, Public Health
Wales' action plans, board assurance, and what NHS teams draw up for themselves.
"""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill


class Wanted(NamedTuple):
    """What a sheet says of one action; an empty text or None is what it does not say."""

    row: int
    text: str
    lead: str = ""
    low: float | None = None
    high: float | None = None
    start: int | None = None
    end: int | None = None
    status: str = ""
    tonnes: float | None = None
    risk: str = ""
    sheet: str = ""


def _cost(amount):
    return {"low": float(amount), "high": float(amount)}


class Sheet(NamedTuple):
    """A file to be written, and what it holds."""

    name: str
    wanted: tuple[Wanted, ...]
    rows: Any
    encoding: str = "utf-8"


SMART_TRAVEL = [
    ["Green Plan 2025-2028: SMART objectives", "", "", "", "", "", "", ""],
    [],
    ["Focus area", "Objective", "Specific", "Measurable", "Assignable", "Realistic", "Time", "Baseline"],
    ["Travel and transport", "Cleaner journeys to our sites", "Open a park and ride from the ring road for 300 staff",
     "15% fewer single-occupancy cars", "Head of Sustainability", "Subject to investment of £180,000", "End of 2027",
     "None"],
    ["", "", "Move the pathology courier run to two electric vans", "Saves 14 tCO2e a year", "Transport manager",
     "Lease cost £22k; risk: charger delivery", "Mid 2026", "2 diesel vans"],
    ["", "Less driving for work", "Make video the default for meetings between sites", "Mileage claims down 20%",
     "Deputy CFO", "No cost", "End of 2026", "1.1m miles"],
]  # fmt: skip
SMART_MEDICINES = [
    ["Green Plan 2025-2028: SMART objectives", "", "", "", "", "", "", ""],
    [],
    ["Focus area", "Objective", "Specific", "Measurable", "Assignable", "Realistic", "Time", "Baseline"],
    ["Medicines", "Gases used with care", "Shut the nitrous oxide manifold of the maternity theatre",
     "210 tonnes CO2e a year", "Lead anaesthetist", "Within existing resources", "Early 2027", "currently 600 kg"],
    ["", "", "Add a carbon note to the formulary's inhaler page", "", "Chief Pharmacist", "0.5 PA needed",
     "Following approval", "None"],
]  # fmt: skip
TWO_ROWS = [
    ["", "Capital plan for decarbonisation (all costs in £000)", "", "", "", "", "", "", "", ""],
    ["", "Scheme", "Responsibility", "", "Cost £000", "", "When", "", "Carbon", "Progress"],
    ["", "", "Lead", "Executive", "Capital", "Revenue", "Start", "End", "tCO2e pa", "BRAG"],
    ["", "Boiler house: heat pumps and thermal store", "Head of Capital", "COO", "4,200", "", "Q1 26/27", "Q4 27/28",
     "1,340", "On track"],
    ["", "Kitchen extract heat recovery", "Energy manager", "COO", "85", "", "Q3 25/26", "Q2 26/27", "31", "Complete"],
    ["", "Door curtains at the loading bay", "Estates officer", "COO", "TBC", "", "Q2 27/28", "Q3 27/28", "-",
     "Not started"],
    ["", "Energy bureau service", "Energy manager", "CFO", "0", "24", "Q1 25/26", "Q4 29/30", "n/a", "Delayed"],
    ["", "TOTAL", "", "", "4,285", "24", "", "", "1,371", ""],
    ["", "Note: excludes VAT and optimism bias", "", "", "", "", "", "", "", ""],
]  # fmt: skip
WALES = [
    ["Activity stream 1: Buildings and estate"],
    ["Action Reference", "Key Action", "Action Delivery Date", "Potential Impact for Carbon Emission Reduction",
     "Links to Foundational Economy", "Links to Circular Economy"],
    ["BE1", "Survey the heating controls of each leased office", "31/03/25", "Low", "", ""],
    ["BE2", "Agree green clauses with landlords when leases are renewed", "30/09/26", "High", "Yes", ""],
    [],
    ["Activity stream 2: Procurement"],
    ["Action Reference", "Key Action", "Action Delivery Date", "Potential Impact for Carbon Emission Reduction",
     "Links to Foundational Economy", "Links to Circular Economy"],
    ["CMO1", "Ask suppliers of laboratory plastics for returnable packaging", "31/12/25", "Medium", "Yes", "Yes"],
    ["CMO2", "Rewrite the vehicle hire specification", "01/04/26", "Medium", "", ""],
]  # fmt: skip
BRISTOL = [
    ["Objective", "SDAT Title", "Theme", "Action", "Measure", "Timescale", "RAG", "Main Responsibility",
     "Secondary Responsibility", "SD Goal supported"],
    ["Fewer car journeys", "Travel and logistics", "Cycling", "Build a second secure cycle shed by the east gate",
     "60 spaces", "Apr 24 - Sep 25", "Complete", "FM", "HR", "Health"],
    ["", "", "", "", "Use counted each quarter", "", "", "", "", ""],
    ["", "", "Buses", "Agree an early bus for the 7 am shift", "10 riders a day", "2026/27", "In progress", "HR",
     "Council", "Access"],
    ["Cleaner fleet", "Travel and logistics", "Vehicles", "Replace the post room's van with a cargo bike",
     "Miles by bike", "Mar 2027", "On hold", "FM", "", "Air"],
]  # fmt: skip
YEARS_DOWN = [
    "Action\tLed by\t2024/25\t2025/26\t2026/27\t2027/28\tEstimated cost\tStage",
    "[T-01] Fit smart meters to leased clinics\tEnergy manager\tx\tx\t\t\t£40k\t4 - Closed",
    "[T-02] Draw up a heat plan for the two old wards\tHead of Estates\t\tx\tx\t\tc.£95,000\t2 - Delivery",
    "[T-03] Ask staff how they come to work\tTravel lead\t\t\tx\t\tnil\t0 - Idea",
    "[T-04] Move to one waste contractor\tWaste manager\t\t\tx\tx\t?\t1 - Paused",
    "Total\t\t\t\t\t\t£135k\t",
]
SEMICOLONS = [
    "sep=;",
    "Nr;Massnahme / Action;Verantwortlich / Owner;Bis wann / Deadline;Cost;Saving (kgCO2e);Status;Obstacles",
    "1;Insulate pipework, valves and flanges in the plant room;Estates officer;31.03.2027;12 000;45000;underway;Access",
    "2;Timer switches for 40 drinks coolers, vending machines;Facilities mgr;30.06.2026;1 500;3200;done;",
    "3;Trial of reusable pillowcases, 2 wards;Matron;30.11.2027;tbc;tbc;to start;Laundry capacity",
]
BRACKETS = [
    ["Our commitments for a healthier planet"],
    ["Short = by March 2027; Medium = by March 2029; Long = by March 2032"],
    ["Commitment", "Timescale", "How are we doing?"],
    ["ESTATE", "", ""],
    ["Replace the last oil boiler at the day hospital (Lead: Head of Estates; £310k; 96 tCO2e)", "Medium", "Behind"],
    ["Plant a hedge along the car park (Lead: Grounds supervisor; £4,000)", "Short", "Done"],
    ["CARE", "", ""],
    ["Offer a nature walk on prescription at three surgeries (Lead: Social prescribing lead)", "Long", "No update"],
    ["Send fewer letters by post (Lead: Outpatients GM; saves 12 t)", "Short", "On track"],
    ["", "", ""],
    ["Agreed by the Board in May 2026. We will review this page every spring.", "", ""],
]
AUSTERE = [
    ["Gaps in controls", "Actions to close gap", "Exec lead", "Action owner", "Target date", "Progress",
     "Principal risk"],
    ["No heat plan", "Commission a heat plan for the tower block", "COO", "Head of Estates", "Sep-26", "Started",
     "Plant fails in a cold winter"],
    ["No adaptation lead", "Name an executive for climate adaptation", "CEO", "Company Secretary", "Jan-27",
     "Not yet started", "Heatwave closes theatres"],
    ["Weak data", "Buy a carbon data service\nTrain two analysts in its use", "CFO", "Deputy CFO", "FY 2026/27",
     "In progress", "Claims cannot be shown"],
]  # fmt: skip
CARDS = [
    ["Green improvement proposals", "", "", ""],
    ["Project title", "Switch off theatre air at night", "Reusable tourniquets", "Paper-light ward rounds"],
    ["Project lead", "Theatre matron", "Procurement lead", "CNIO team"],
    ["Start date", "01/04/2026", "01/10/2025", ""],
    ["Completion date", "30/09/2026", "31/03/2026", "Winter 2027"],
    ["Budget", "£15k - £20k", "up to £5k", "unknown"],
    ["Annual carbon saving (tCO2e)", "140", "2.5", ""],
    ["Status", "Planned", "Completed", "Ongoing"],
    ["Risks", "Air changes at start of list", "", "Network outages"],
]


def _rag_book(path):
    book = Workbook()
    sheet = book.active
    sheet.title = "Cover"
    sheet["B2"] = "Sustainability tracker"
    sheet["B4"] = "Prepared by the green team, June 2026"
    work = book.create_sheet("Food and drink")
    work.append([])
    work.append(["", "No.", "Initiative", "Owner", "Due", "Band", "RAG", "Comments"])
    rows = [
        ("F1", "Put a vegetable dish first on every menu", "Catering manager", "June 2026", "Low", "92D050",
         "saves 20 tCO2e"),
        ("F2", "Stop selling water in plastic bottles", "Retail manager", "Sept 2026", "Low", "FFC000", ""),
        ("F3", "Digest kitchen scraps at the farm next door", "Facilities mgr", "Mar 2028", "High", "FF0000",
         "risk - planning consent; mitigation: early talk with council"),
        ("F4", "Buy bread from the town bakery", "Procurement lead", "TBC", "Medium", "0070C0", ""),
    ]  # fmt: skip
    for number, text, owner, due, band, colour, comment in rows:
        work.append(["", number, text, owner, due, band, "", comment])
        work.cell(work.max_row, 7).fill = PatternFill("solid", fgColor=colour)
    work.cell(5, 3).comment = Comment("Owner asked for a trial first", "PMO")
    key = book.create_sheet("Key")
    for colour, words in (
        ("92D050", "On track"),
        ("FFC000", "Slipping"),
        ("FF0000", "Stopped"),
        ("0070C0", "Complete"),
    ):
        key.append(["", words])
        key.cell(key.max_row, 1).fill = PatternFill("solid", fgColor=colour)
    key.append(["Band", "Low = under £10k, Medium = £10k to £100k, High = over £100k"])
    nature = book.create_sheet("Nature")
    nature.append(["No.", "Initiative", "Owner", "Due", "Band", "RAG", "Comments"])
    nature.append(["Ponds and paths"])
    nature.merge_cells("A2:G2")
    nature["A2"].font = Font(bold=True)
    nature.append(
        ["N1", "Clear the pond and label its plants", "Grounds supervisor", "Spring 2027", "Low", "Green", ""]
    )
    nature.append(
        ["N2", "Let the bank by the helipad grow long", "Grounds supervisor", 2027, "Low", "Amber", "no cost"]
    )
    closed = book.create_sheet("Closed")
    closed.append(["No.", "Initiative", "Owner", "Due", "Band", "RAG", "Comments"])
    closed.append(["N0", "Count the trees of the main site", "Grounds supervisor", "Mar 2025", "Low", "", ""])
    book.save(path)


def _area_book(path):
    book = Workbook()
    sheet = book.active
    sheet.title = "Action plan"
    sheet.append(["Area", "Action", "Lead", "25/26", "26/27", "27/28", "Budget"])
    rows = [
        ("Digital", "Sleep mode for idle screens", "CIO", "", "", "", "12,000"),
        ("", "Retire the old server room", "CIO", "", "", "", ""),
        ("", "Lend laptops, do not buy", "IT service mgr", "", "", "", "BAU"),
        ("Supply", "1) Ask for take-back of packaging\n2) Join the glove campaign", "Head of Procurement", "", "", "",
         "20K"),
    ]  # fmt: skip
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("G2:G3")
    for row, columns in ((2, "D"), (3, "DE"), (4, "EF"), (5, "F")):
        for column in columns:
            sheet[f"{column}{row}"].fill = PatternFill("solid", fgColor="1F4E79")
    book.save(path)


def _smart_book(path):
    book = Workbook()
    for place, (name, rows) in enumerate((("Travel", SMART_TRAVEL), ("Medicines", SMART_MEDICINES))):
        sheet = book.active if place == 0 else book.create_sheet()
        sheet.title = name
        for row in rows:
            sheet.append(row or [""])
        sheet.merge_cells("A1:H1")
    book["Travel"].merge_cells("B4:B5")
    book["Travel"].merge_cells("A4:A6")
    book.save(path)


SHEETS = (
    Sheet(
        "smart.xlsx",
        (
            Wanted(
                4,
                "Open a park and ride from the ring road for 300 staff",
                "Head of Sustainability",
                **_cost(180_000),
                end=2027,
                sheet="Travel",
            ),
            Wanted(
                5,
                "Move the pathology courier run to two electric vans",
                "Transport manager",
                **_cost(22_000),
                end=2026,
                tonnes=14,
                risk="charger delivery",
                sheet="Travel",
            ),
            Wanted(
                6,
                "Make video the default for meetings between sites",
                "Deputy CFO",
                **_cost(0),
                end=2026,
                sheet="Travel",
            ),
            Wanted(
                4,
                "Shut the nitrous oxide manifold of the maternity theatre",
                "Lead anaesthetist",
                **_cost(0),
                end=2026,
                tonnes=210,
                sheet="Medicines",
            ),
            Wanted(5, "Add a carbon note to the formulary's inhaler page", "Chief Pharmacist", sheet="Medicines"),
        ),
        _smart_book,
    ),
    Sheet(
        "two_rows.csv",
        (
            Wanted(
                4,
                "Boiler house: heat pumps and thermal store",
                "Head of Capital",
                **_cost(4_200_000),
                start=2026,
                end=2027,
                status="in_progress",
                tonnes=1340,
            ),
            Wanted(
                5,
                "Kitchen extract heat recovery",
                "Energy manager",
                **_cost(85_000),
                start=2025,
                end=2026,
                status="complete",
                tonnes=31,
            ),
            Wanted(
                6, "Door curtains at the loading bay", "Estates officer", start=2027, end=2027, status="not_started"
            ),
            Wanted(
                7, "Energy bureau service", "Energy manager", **_cost(24_000), start=2025, end=2029, status="delayed"
            ),
        ),
        TWO_ROWS,
        "cp1252",
    ),
    Sheet(
        "wales.csv",
        (
            Wanted(3, "Survey the heating controls of each leased office", end=2024),
            Wanted(4, "Agree green clauses with landlords when leases are renewed", end=2026),
            Wanted(8, "Ask suppliers of laboratory plastics for returnable packaging", end=2025),
            Wanted(9, "Rewrite the vehicle hire specification", end=2026),
        ),
        WALES,
    ),
    Sheet(
        "bristol.csv",
        (
            Wanted(
                2, "Build a second secure cycle shed by the east gate", "FM", start=2024, end=2025, status="complete"
            ),
            Wanted(4, "Agree an early bus for the 7 am shift", "HR", end=2026, status="in_progress"),
            Wanted(5, "Replace the post room's van with a cargo bike", "FM", end=2026, status="on_hold"),
        ),
        BRISTOL,
    ),
    Sheet(
        "years.txt",
        (
            Wanted(
                2,
                "Fit smart meters to leased clinics",
                "Energy manager",
                **_cost(40_000),
                start=2024,
                end=2025,
                status="complete",
            ),
            Wanted(
                3,
                "Draw up a heat plan for the two old wards",
                "Head of Estates",
                **_cost(95_000),
                start=2025,
                end=2026,
                status="in_progress",
            ),
            Wanted(
                4,
                "Ask staff how they come to work",
                "Travel lead",
                **_cost(0),
                start=2026,
                end=2026,
                status="not_started",
            ),
            Wanted(5, "Move to one waste contractor", "Waste manager", start=2026, end=2027, status="on_hold"),
        ),
        YEARS_DOWN,
        "utf-16",
    ),
    Sheet(
        "semicolons.csv",
        (
            Wanted(
                2,
                "Insulate pipework, valves and flanges in the plant room",
                "Estates officer",
                **_cost(12_000),
                end=2026,
                status="in_progress",
                tonnes=45,
                risk="Access",
            ),
            Wanted(
                3,
                "Timer switches for 40 drinks coolers, vending machines",
                "Facilities mgr",
                **_cost(1_500),
                end=2026,
                status="complete",
                tonnes=3.2,
            ),
            Wanted(
                4,
                "Trial of reusable pillowcases, 2 wards",
                "Matron",
                end=2027,
                status="not_started",
                risk="Laundry capacity",
            ),
        ),
        SEMICOLONS,
    ),
    Sheet(
        "brackets.csv",
        (
            Wanted(
                5,
                "Replace the last oil boiler at the day hospital",
                "Head of Estates",
                **_cost(310_000),
                end=2028,
                status="delayed",
                tonnes=96,
            ),
            Wanted(
                6, "Plant a hedge along the car park", "Grounds supervisor", **_cost(4_000), end=2026, status="complete"
            ),
            Wanted(8, "Offer a nature walk on prescription at three surgeries", "Social prescribing lead", end=2031),
            Wanted(9, "Send fewer letters by post", "Outpatients GM", end=2026, status="in_progress", tonnes=12),
        ),
        BRACKETS,
    ),
    Sheet(
        "assurance.csv",
        (
            Wanted(
                2,
                "Commission a heat plan for the tower block",
                "Head of Estates",
                end=2026,
                status="in_progress",
                risk="Plant fails in a cold winter",
            ),
            Wanted(
                3,
                "Name an executive for climate adaptation",
                "Company Secretary",
                end=2026,
                status="not_started",
                risk="Heatwave closes theatres",
            ),
            Wanted(
                4,
                "Buy a carbon data service",
                "Deputy CFO",
                end=2026,
                status="in_progress",
                risk="Claims cannot be shown",
            ),
            Wanted(
                4,
                "Train two analysts in its use",
                "Deputy CFO",
                end=2026,
                status="in_progress",
                risk="Claims cannot be shown",
            ),
        ),
        AUSTERE,
    ),
    Sheet(
        "cards.csv",
        (
            Wanted(
                2,
                "Switch off theatre air at night",
                "Theatre matron",
                15_000,
                20_000,
                2026,
                2026,
                "not_started",
                140,
                "Air changes at start of list",
            ),
            Wanted(3, "Reusable tourniquets", "Procurement lead", 0, 5_000, 2025, 2025, "complete", 2.5),
            Wanted(4, "Paper-light ward rounds", "CNIO team", end=2027, status="in_progress", risk="Network outages"),
        ),
        CARDS,
    ),
    Sheet(
        "tracker.xlsx",
        (
            Wanted(
                3,
                "Put a vegetable dish first on every menu",
                "Catering manager",
                0,
                10_000,
                end=2026,
                status="in_progress",
                tonnes=20,
                sheet="Food and drink",
            ),
            Wanted(
                4,
                "Stop selling water in plastic bottles",
                "Retail manager",
                0,
                10_000,
                end=2026,
                status="delayed",
                sheet="Food and drink",
            ),
            Wanted(
                5,
                "Digest kitchen scraps at the farm next door",
                "Facilities mgr",
                100_000,
                None,
                end=2027,
                status="on_hold",
                risk="planning consent",
                sheet="Food and drink",
            ),
            Wanted(
                6,
                "Buy bread from the town bakery",
                "Procurement lead",
                10_000,
                100_000,
                status="complete",
                sheet="Food and drink",
            ),
            Wanted(
                3,
                "Clear the pond and label its plants",
                "Grounds supervisor",
                0,
                10_000,
                end=2026,
                status="in_progress",
                sheet="Nature",
            ),
            Wanted(
                4,
                "Let the bank by the helipad grow long",
                "Grounds supervisor",
                0,
                10_000,
                end=2027,
                status="delayed",
                sheet="Nature",
            ),
            Wanted(
                2,
                "Count the trees of the main site",
                "Grounds supervisor",
                0,
                10_000,
                end=2024,
                status="complete",
                sheet="Closed",
            ),
        ),
        _rag_book,
    ),
    Sheet(
        "areas.xlsx",
        (
            Wanted(2, "Sleep mode for idle screens", "CIO", **_cost(12_000), start=2025, end=2025),
            Wanted(3, "Retire the old server room", "CIO", **_cost(12_000), start=2025, end=2026),
            Wanted(4, "Lend laptops, do not buy", "IT service mgr", **_cost(0), start=2026, end=2027),
            Wanted(5, "Ask for take-back of packaging", "Head of Procurement", **_cost(20_000), start=2027, end=2027),
            Wanted(5, "Join the glove campaign", "Head of Procurement", **_cost(20_000), start=2027, end=2027),
        ),
        _area_book,
    ),
)


def write_sheet(sheet: Sheet, folder: Path) -> Path:
    """Write a sheet as a file, and return where."""
    path = folder / sheet.name
    if callable(sheet.rows):
        sheet.rows(path)
        return path
    if isinstance(sheet.rows[0], str):
        text = "\r\n".join(sheet.rows) + "\r\n"
    else:
        text = "\r\n".join(",".join(_quoted(cell) for cell in row) for row in sheet.rows) + "\r\n"
    path.write_bytes(text.encode(sheet.encoding))
    return path


def _quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\n') else cell


def gold_rows(sheet: Sheet):
    """Yield what a sheet holds as rows of a gold table."""
    for place, each in enumerate(sheet.wanted, start=1):
        yield {
            "action_id": f"{Path(sheet.name).stem}-{place}",
            "file": f"{sheet.name}#{each.sheet}" if each.sheet else sheet.name,
            "row": str(each.row),
            "text": each.text,
            "lead": each.lead,
            "status": each.status,
            "risk": each.risk,
            "cost_low_gbp": _text(each.low),
            "cost_high_gbp": _text(each.high),
            "start_year": _text(each.start),
            "end_year": _text(each.end),
            "tco2e_a_year": _text(each.tonnes),
        }


def _text(number):
    return "" if number is None else str(number)
