"""An acute trust's return through the template: filled in, checked, corrected, accepted, and its footprint.

Run it in an empty folder, with `pip install "nhscarbon[excel]"`:

    python template_walk.py

The figures are invented, and so is that they are this trust's. The script does what two people would do: someone fills
in the workbook `return.xlsx`, a colleague runs `nhscarbon`. It stops with an error if more than two rounds are needed.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

METHOD, RETURN, FOOTPRINT, ANSWERS = "nhs-2026.1", "return.xlsx", "footprint.xlsx", "answers.csv"
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
GAS = (9_350_000, 7_900_000, 5_600_000, 4_700_000, 4_650_000, 5_400_000, 7_300_000, 9_200_000, 10_600_000, 11_100_000,
       9_900_000, 9_100_000)  # fmt: skip
POWER = (2_310_000, 2_340_000, 2_360_000, 2_480_000, 2_470_000, 2_330_000, 2_320_000, 2_290_000, 2_350_000, 2_390_000,
         2_180_000, 2_340_000)  # fmt: skip
# the figure of the whole year, the unit where it is not the usual one, and how it is known
LINES: Mapping[str, tuple[float | str, str, str]] = {
    "Gas oil (red diesel)": (33_000, "", "invoiced"),
    "Refrigerant R410A, topped up": (41.5, "", "stock record"),
    "Refrigerant R134a, topped up": (23.8, "", "stock record"),
    "Refrigerant R32, topped up": (12.2, "", "stock record"),
    "Sevoflurane, bought": (2_344, "", "stock record"),
    "Isoflurane, bought": (70, "", "stock record"),
    "Nitrous oxide, delivered": (312_000, "litre", "stock record"),
    "Entonox (gas and air), delivered": (2_150, "", "stock record"),
    "Diesel for trust vehicles": (91_400, "", "invoiced"),
    "Petrol for trust vehicles": ("13,250", "", "invoiced"),
    "Electric cars of the trust": (236_000, "", "claimed"),
    "Staff cars on trust business (grey fleet)": (1_186_000, "", "claimed"),
    "Rail": (580_000, "", "claimed"),
    "Flights, short haul": (118_000, "passenger km", "claimed"),
    "Clinical waste, incinerated (yellow bag)": (748.5, "", "invoiced"),
    "Clinical waste, treated (orange bag)": (539.1, "", "invoiced"),
    "Offensive waste (tiger bag)": (972.5, "", "invoiced"),
    "Domestic waste, energy from waste (black bag)": (1_098, "", "invoiced"),
    "Domestic waste, mixed recycling": (1_608, "", "invoiced"),
    "Water supplied": (569_000, "", "metered"),
    "Waste water treated": (512_000, "", "estimated"),
    "Salbutamol 100 mcg inhalers (pressurised)": (9_840, "", "stock record"),
    "Medical devices and equipment, spend": (58_420_000, "", "spend"),
    "Couriers and road freight, spend": (1_950_000, "", "spend"),
    "Cleaning, security and facilities services, spend": (7_385_000, "", "spend"),
    "Building work, spend": (23_600_000, "", "spend"),
    "Paper and stationery, spend": (1_265_000, "", "spend"),
    "Medicines without inhalers, spend": (121_300_000, "", "spend"),
    "Health care bought outside the NHS, spend": (9_640_000, "", "spend"),
    "Software and IT services, spend": (11_720_000, "", "spend"),
    "Staff commuting: miles by car, or number of staff": (15_200, "person for the year", "default"),
    "Patients and visitors: miles by car, or contacts": (1_420_000, "contact", "default"),
}
MORE = {
    "Refrigerant lost: R407C (blend)": (18.4, "kg"),
    "Electricity self-generated on site from renewables": (33_900, "kWh"),
    "Taxi": (26_000, "mile"),
}
NONE_USED = (
    "Burning oil (kerosene)", "Diesel for generators", "Desflurane, bought", "Electricity on a green tariff",
    "Heat bought from a district network",
)  # fmt: skip
NO_FIGURE = "Catering, spend"


def main() -> int:
    """Walk from the empty template to the footprint, and return 0 if two rounds were enough."""
    nhscarbon("template", "--method", METHOD, "--kind", "acute", "--organisation", "RX1", "--period", "2023/24",
              "-o", RETURN)  # fmt: skip
    fill_in()
    print("\n-- Round 1: three slips are in it\n")
    first = nhscarbon("check", RETURN, "--method", METHOD)
    correct()
    print("\n-- Round 2: corrected in the cells that round 1 named\n")
    second = nhscarbon("check", RETURN, "--method", METHOD, "--write-answers", ANSWERS)
    if (first, second) != (1, 0):
        print("More than two rounds were needed.")
        return 1
    explain()
    print("\n-- The footprint, with the warnings explained on the sheet Answers\n")
    nhscarbon("footprint", RETURN, "--method", METHOD, "--answers", RETURN, "--by", "theme")
    return nhscarbon("footprint", RETURN, "--method", METHOD, "--answers", RETURN, "-o", FOOTPRINT)


def fill_in() -> None:
    """Fill in the workbook as a person would: 37 lines with figures, five with none, one not known, three slips."""
    book = openpyxl.load_workbook(RETURN)
    sheet, more = book["Return"], book["More lines"]
    for label, figures in (("Natural gas", GAS), ("Electricity from the grid", POWER)):
        for month, of_month in zip(MONTHS, figures, strict=True):
            put(sheet, label, month, of_month)
        put(sheet, label, "How you know", "metered")
    for label, (figure, unit, known) in LINES.items():
        put(sheet, label, "Whole year", figure)
        put(sheet, label, "How you know", known)
        if unit:
            put(sheet, label, "Unit", unit)
    for label in NONE_USED:
        put(sheet, label, "None used", "Yes")
    first = header_row(more) + 1
    for row, (label, (amount, unit)) in enumerate(MORE.items(), start=first):
        for name, value in (("What", label), ("Unit", unit), ("Whole year", amount)):
            more.cell(row, column(more, name)).value = value
    put(sheet, "Natural gas", "Whole year", sum(GAS))  # slip: the year beside its months
    put(sheet, "Water supplied", "Whole year", "569.000 m3")  # slip: a unit in the figure
    put(sheet, NO_FIGURE, "Not available", "Yes")  # slip: no reason given
    book.save(RETURN)


def correct() -> None:
    """Correct the three slips."""
    book = openpyxl.load_workbook(RETURN)
    sheet = book["Return"]
    put(sheet, "Natural gas", "Whole year", None)
    put(sheet, "Water supplied", "Whole year", 569_000)
    put(sheet, NO_FIGURE, "Note", "the caterer sends no figures before next year")
    book.save(RETURN)


def explain() -> None:
    """Paste the warnings that can be explained into the sheet Answers, with who says so and why."""
    with Path(ANSWERS).open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["code"] == "counted_twice"]
    book = openpyxl.load_workbook(RETURN)
    names = [cell.value for cell in book["Answers"][1]]
    for number, row in enumerate(rows, start=2):
        row |= {"reason": "pounds of medicines were taken without inhalers, anaesthetics and medical gases",
                "by": "Finance partner (invented)", "date": "2024-05-20"}  # fmt: skip
        for name, value in row.items():
            book["Answers"].cell(number, names.index(name) + 1).value = value
    book.save(RETURN)


def put(sheet: Worksheet, label: str, name: str, value: object) -> None:
    """Write a value into the line of a label, under a header."""
    what = column(sheet, "What")
    row = next(row for row in range(header_row(sheet) + 2, sheet.max_row + 1) if sheet.cell(row, what).value == label)
    sheet.cell(row, column(sheet, name)).value = value


def header_row(sheet: Worksheet) -> int:
    """Return the row of the header."""
    return next(row for row in range(1, 20) if sheet.cell(row, 2).value == "What")


def column(sheet: Worksheet, name: str) -> int:
    """Return the number of the column with a header."""
    return [cell.value for cell in sheet[header_row(sheet)]].index(name) + 1


def nhscarbon(*words: str) -> int:
    """Run the command, show what it says, and return its exit code."""
    print("$ nhscarbon", *words, flush=True)
    done = subprocess.run([sys.executable, "-m", "nhscarbon", *words], capture_output=True, text=True, check=False)
    print(done.stdout, end="")
    if words[0] in ("template", "footprint") or done.returncode > 1:
        print(done.stderr, end="")
    return done.returncode


if __name__ == "__main__":
    if Path(RETURN).exists():
        sys.exit(f"{RETURN} is here already: run this in an empty folder")
    sys.exit(main())
