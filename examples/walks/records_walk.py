"""Records as JSON, as a tool's database holds them, to findings and totals as JSON.

Run it in an empty folder, with `pip install nhscarbon`:

    python records_walk.py

The figures are invented, and so is that they are these trusts'. The script does what a tool does: it checks what its
users entered, shows each one what is wrong in their own record, corrects it, and stores the totals with what they were
calculated by.
"""

from __future__ import annotations

import json
from typing import Any

import nhscarbon as nc

METHOD = nc.methodology("nhs-2026.1")  # read once: frozen, and threads may share it
ENTERED = """[
  {"id": 901, "organisation": "RX1", "period": "2024/25", "activity": "energy.natural_gas", "quantity": 61250000,
   "unit": "kWh", "evidence": "metered"},
  {"id": 902, "organisation": "RX1", "period": "2024/25", "activity": "energy.electricity.grid", "quantity": 27900000,
   "unit": "kWh", "evidence": "metered"},
  {"id": 903, "organisation": "RX1", "period": "2024/25", "activity": "anaesthetic.sevoflurane", "quantity": 402,
   "unit": "bottle", "evidence": "invoiced"},
  {"id": 904, "organisation": "RX1", "period": "2024/25", "activity": "rail travel", "quantity": 580000,
   "unit": "km", "evidence": "claimed"},
  {"id": 905, "organisation": "RR8", "period": "2024/25", "activity": "energy.natural_gas", "quantity": "95,400,000",
   "unit": "kWh", "evidence": "metered"},
  {"id": 906, "organisation": "RR8", "period": "2024", "activity": "water.supply", "quantity": 840000,
   "unit": "m3", "evidence": "metered"}
]"""
CORRECTED = {
    903: {"unit": "bottle_250ml"},
    904: {"activity": "travel.rail.national", "unit": "passenger_km"},
    905: {"quantity": 95_400_000},
    906: {"period": "2024/25"},
}


def main() -> None:
    """Walk from records to totals."""
    entered = json.loads(ENTERED)
    print("-- What is wrong, for each record\n")
    for finding in findings_of(entered):
        print(json.dumps(finding, ensure_ascii=False))
    corrected = [{**each, **CORRECTED.get(each["id"], {})} for each in entered]
    print("\n-- Corrected\n")
    print(json.dumps({"errors": [each for each in findings_of(corrected) if each["severity"].startswith("reject")]}))
    print("\n-- Totals of each organisation\n")
    print(json.dumps(totals_of(corrected), indent=2))


def findings_of(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a check finds, each with the ids of its records."""
    found = nc.check(rows_of(records), METHOD)
    return [
        {"ids": [records[row - 1]["id"] for row in each.first_rows], "code": each.code, "severity": each.severity,
         "column": each.column, "message": each.message, "advice": each.suggestion}
        for each in found.findings if each.severity != "info"
    ]  # fmt: skip


def totals_of(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the main total of each organisation, what it covers, and what it was calculated by."""
    footprint = nc.calculate(rows_of(records), METHOD)
    each = footprint.by("organisation").set_index("organisation")["tco2e"]
    stamp = footprint.stamp
    return {
        "tco2e": {name: round(tonnes, 3) for name, tonnes in each.items()},
        "label": footprint.label(),
        "stamp": {"methodology": stamp.methodology, "digest": stamp.methodology_digest[:16], "rows": stamp.rows},
    }


def rows_of(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records as rows of activity data: a record's own id is its reference."""
    return [{**{name: value for name, value in each.items() if name != "id"}, "reference": f"record {each['id']}"}
            for each in records]  # fmt: skip


if __name__ == "__main__":
    main()
