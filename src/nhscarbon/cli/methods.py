"""`nhscarbon method list` and `nhscarbon method show`."""

from __future__ import annotations

import sys
from argparse import Namespace

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.choices import options as options_of
from nhscarbon.methods.find import find
from nhscarbon.methods.methodology import methodology, methodology_ids
from nhscarbon.methods.refusals import one_of
from nhscarbon.output.tables import csv_text, table_text


def list_methods(options: Namespace) -> None:
    """List every methodology with its status and digest."""
    methods = [methodology(id) for id in methodology_ids()]
    frame = pd.DataFrame(
        {
            "method": [method.id for method in methods],
            "status": [method.status for method in methods],
            "digest": [method.digest[:16] for method in methods],
            "title": [method.manifest.title for method in methods],
        }
    )
    sys.stdout.write(table_text(frame) + "\n")


def show(options: Namespace) -> None:
    """Show a methodology's published editions, boundaries, activities and units."""
    method = methodology(options.method)
    themes = method.catalogue.themes
    if options.theme is not None and options.theme not in themes:
        raise UsageError(f"{method.id} has no theme '{options.theme[:60]}'; it has {', '.join(themes)}")
    text = [str(method), "", "  published editions"]
    text += [
        f"    {pin.package:34} {', '.join(_spans(pin.periods))}"
        + (f"  ({pin.carry_forward})" if pin.carry_forward else "")
        for pin in method.manifest.factors
    ]
    text += [f"    {package.label}" for package in method.others]
    for theme, label in themes.items():
        entries = [entry for entry in method.catalogue.activities.values() if entry.theme == theme]
        if entries and options.theme in (None, theme):
            text += ["", f"  {label}"]
            text += [f"    {entry.activity:44} {entry.label} [{', '.join(entry.units)}]" for entry in entries]
    sys.stdout.write("\n".join(text) + "\n")


def options(options: Namespace) -> None:
    """List what can be entered under a methodology."""
    chosen = {name: getattr(options, name) for name in ("theme", "activity", "unit", "period")}
    frame = options_of(methodology(options.method), **chosen)
    if frame.empty:
        raise UsageError(_nothing(options))
    sys.stdout.write(csv_text(frame) if options.format == "csv" else table_text(frame) + "\n")


def _nothing(options: Namespace) -> str:
    """Say that nothing matches, with the nearest activity or what else to do."""
    method = methodology(options.method)
    if options.activity and not any(code.startswith(options.activity) for code in method.catalogue.activities):
        table = find(options.activity, method, unit=options.unit or "", period=options.period or "").table
        near = list(
            dict.fromkeys(f"{row['label']} ({row['activity']})" for row in table.to_dict("records") if row["activity"])
        )
        hint = f"Did you mean {one_of(near)}?" if near else "Use --theme to list a theme."
        return f"No activity matches '{options.activity[:60]}'. {hint}"
    asked = ", ".join(f"{name} {word}" for name in ("theme", "activity", "unit", "period")
                      if (word := getattr(options, name)))  # fmt: skip
    return f"No activity matches {asked[:200]}. Leave out one of the conditions."


def _spans(periods: tuple[str, ...]) -> list[str]:
    return [periods[0]] if len(periods) == 1 else [f"{periods[0]} to {periods[-1]}"]
