"""Three suppliers' files, each in its own words, through one confirmed mapping to one footprint.

Run it in an empty folder, with `pip install nhscarbon`:

    python mapping_walk.py

The figures are invented, and so is that they are this trust's. The script writes three files as suppliers send them: a
waste contractor's year, an export of fuel cards and what pharmacy issued to theatres and wards. Then it does what two
people would do: `nhscarbon map` lists each header, word and unit once, someone fills in the answers in a spreadsheet,
and `nhscarbon footprint` counts all three files with them.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

METHOD, BY, ON = "nhs-2026.1", "Sam Okafor (invented)", "2025-05-20"
PROPOSED, MAPPING, BOOK = "columns.csv", "mapping.csv", "footprint.csv"
FILES: Mapping[str, str] = {
    "waste-contractor.csv": """\
Customer code,Collection period,Premises,Waste type,EWC,Net weight,UOM,Docket
RX1,Apr 2024 - Mar 2025,Main hospital,Yellow bag - HTI,18 01 03*,"412.6",t,W-0001
RX1,Apr 2024 - Mar 2025,Main hospital,Orange bag,18 01 03*,"305.2",t,W-0002
RX1,Apr 2024 - Mar 2025,Main hospital,Tiger stripe bags,18 01 04,"498.1",t,W-0003
RX1,Apr 2024 - Mar 2025,Main hospital,Black bag / general waste to EfW,20 03 01,"903.4",t,W-0004
RX1,Apr 2024 - Mar 2025,Main hospital,Dry mixed recycling,20 03 01,"288",t,W-0005
RX1,Apr 2024 - Mar 2025,Main hospital,Food waste (AD),20 01 08,"121.9",t,W-0006
RX1,Apr 2024 - Mar 2025,Day unit,Black bag / general waste to EfW,20 03 01,"61.7",t,W-0007
RX1,Apr 2024 - Mar 2025,Day unit,Orange bag,18 01 03*,"22.4",t,W-0008
RX1,Apr 2024 - Mar 2025,Main hospital,Bin hire,,"96",each,W-0009
""",
    "fuel-cards.csv": """\
Trust,Invoice month,Card no,Product,Litres,Net (GBP)
RX1,Apr-24,7004,DIESEL,4120.55,5901.20
RX1,May-24,7004,DIESEL,3988.10,5610.40
RX1,Jun-24,7004,DIESEL,4045.62,5702.33
RX1,Apr-24,7011,UNLEADED,812.40,1122.00
RX1,May-24,7011,UNLEADED,790.15,1088.90
RX1,Jun-24,7011,SUPER UNLEADED,96.30,151.80
RX1,Jun-24,7011,CAR WASH,4,28.00
""",
    "pharmacy-issues.csv": """\
ODS,FY,Drug,Issued,Pack
RX1,2024/25,SEVOFLURANE 250ml,310,bottle
RX1,2024/25,Entonox cylinder size G,220,cylinder
RX1,2024/25,Salbutamol 100mcg/dose MDI CFC free,4200,inhaler
RX1,2024/25,Ventolin Evohaler,350,inhaler
RX1,2024/25,Easyhaler salbutamol 100,800,inhaler
RX1,2024/25,Paracetamol 500mg tablets,90000,tablet
""",
}
# what a person answers: what the header is
COLUMNS = {
    "Customer code": "organisation", "Premises": "site", "Waste type": "activity", "EWC": "none", "Net (GBP)": "none",
    "Issued": "quantity", "Pack": "unit",
}  # fmt: skip
# what the word is, and the unit that is meant where the file's own does not say it
WORDS: Mapping[str, tuple[str, str]] = {
    "Yellow bag - HTI": ("waste.clinical.high_temperature_incineration", ""),
    "Orange bag": ("waste.infectious.autoclave_and_energy_from_waste", ""),
    "Tiger stripe bags": ("waste.offensive.unstated_route", ""),
    "Black bag / general waste to EfW": ("waste.domestic.energy_from_waste", ""),
    "Dry mixed recycling": ("waste.domestic.recycling", ""),
    "Food waste (AD)": ("waste.food.anaerobic_digestion", ""),
    "Bin hire": ("none", ""),
    "DIESEL": ("fleet.fuel.diesel", ""),
    "UNLEADED": ("fleet.fuel.petrol", ""),
    "SUPER UNLEADED": ("fleet.fuel.petrol", ""),
    "CAR WASH": ("none", ""),
    "SEVOFLURANE 250ml": ("anaesthetic.sevoflurane", "bottle_250ml"),
    "Entonox cylinder size G": ("anaesthetic.entonox", "5000 litre"),  # of the supplier's data sheet
    "Salbutamol 100mcg/dose MDI CFC free": ("inhaler.pmdi.salbutamol_100_generic", ""),
    "Ventolin Evohaler": ("inhaler.pmdi.ventolin_evohaler_100", ""),
    "Easyhaler salbutamol 100": ("inhaler.dpi.easyhaler_salbutamol", ""),
    "Paracetamol 500mg tablets": ("none", ""),
}


def main() -> int:
    """Walk from three files to one footprint, and return 0 if it was calculated."""
    for name, text in FILES.items():
        Path(name).write_text(text, "utf-8")
    print("-- Which columns are which\n")
    nhscarbon("map", *FILES, "-o", PROPOSED)
    confirm(PROPOSED, {name: (answer, "") for name, answer in COLUMNS.items()})
    print("\n-- What the words mean, and their units\n")
    nhscarbon("map", *FILES, "--mapping", PROPOSED, "-o", MAPPING)
    print("\n-- Not confirmed yet: nothing is calculated\n")
    if nhscarbon("footprint", *FILES, "--method", METHOD, "--mapping", MAPPING) != 1:
        return 1
    confirm(MAPPING, WORDS)
    print("\n-- One footprint\n")
    return nhscarbon("footprint", *FILES, "--method", METHOD, "--mapping", MAPPING, "--by", "theme,activity")


def confirm(mapping: str, answers: Mapping[str, tuple[str, str]]) -> None:
    """Fill in the mapping as a person would in a spreadsheet: the answer, their name and the date."""
    with Path(mapping).open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for phrase, (answer, unit) in answers.items():
        print(f"   {phrase}: {answer} {unit}".rstrip())
        for row in rows:
            if row["phrase"] == phrase:
                row |= {"answer": answer, "answer_unit": unit, "confirmed_by": BY, "confirmed_on": ON}
    with Path(mapping).open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def nhscarbon(*words: str) -> int:
    """Run the command, show what it says, and return its exit code."""
    print("$ nhscarbon", *words, flush=True)
    done = subprocess.run([sys.executable, "-m", "nhscarbon", *words], capture_output=True, text=True, check=False)
    print(done.stdout, end="")
    print(done.stderr, end="")
    return done.returncode


if __name__ == "__main__":
    if Path(MAPPING).exists():
        sys.exit(f"{MAPPING} already exists: run this in an empty folder")
    sys.exit(main())
