"""`nhscarbon find`: the activity that a phrase means, in words and with its unit."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from nhscarbon.methods.find import find as find_phrase
from nhscarbon.output.tables import csv_text
from nhscarbon.output.text import wrap


def find(options: Namespace) -> None:
    """Print what a phrase may mean, best first, with the reason of each and what to ask or to do."""
    found = find_phrase(options.phrase, options.method, unit=options.unit, period=options.period, limit=options.limit)
    if options.format == "json":
        sys.stdout.write(json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n")
        return
    if options.format == "csv":
        sys.stdout.write(csv_text(found.table))
        return
    lines = wrap(found.question) if found.question else []
    for row in found.table.to_dict("records"):
        if not row["activity"]:
            lines += wrap(f"No activity. {row['reason']}")
            continue
        lines += [f"{row['label']}  ({row['activity']}, in {row['unit']})"]
        lines += [f"    {line}" for line in wrap(str(row["reason"]))]
    if not lines:
        lines = [
            f"Nothing is known of '{options.phrase[:60]}'.",
            f"Use other words, give the unit with --unit, or see `nhscarbon method options {options.method}`.",
        ]
    if found.confirm:
        lines += ["Please confirm: the source of this word has not been seen."]
    sys.stdout.write("\n".join(lines) + "\n")
