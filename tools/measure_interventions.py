"""Measure how well actions are labelled: what the taxonomy says of some sheets against what a person says they are.

    python tools/measure_interventions.py PLANS [--show]
    python tools/measure_interventions.py texts.csv [--show]

PLANS is a folder with sheets and `gold.csv`: action_id, file (``book.xlsx#Sheet`` of a workbook with several), row,
text and intervention; the sheets are read and each action is looked for by file, row and text. `texts.csv` has the
columns text, section, lead, risk and intervention, and needs no sheets. For each sheet and for all, the table has the
actions found, how many have the right intervention and area, the right one among three candidates, how many are decided
and how many of those are right, and the pairwise F1 of all pairs of actions that should, and do, have one intervention.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import nhscarbon as nc
from nhscarbon.trajectory.actions.interventions.classify import classify
from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
from nhscarbon.trajectory.actions.planned_action import PlannedAction


@dataclass(frozen=True)
class Judged:
    """An action of the gold: its sheet, what it is, and what was found; None where the sheet was read otherwise."""

    sheet: str
    wanted: str
    text: str
    found: PlannedAction | None


def judged_folder(folder: Path) -> list[Judged]:
    """Return the actions of a folder's gold with what is read of its sheets."""
    gold = pd.read_csv(folder / "gold.csv", dtype=str, keep_default_na=False)
    files = sorted({folder / file.partition("#")[0] for file in gold["file"]})
    return judged(gold, nc.read_actions(files).planned)


def judged(gold: pd.DataFrame, planned: Sequence[PlannedAction]) -> list[Judged]:
    """Return the actions of a gold with those that were read, by file, row and text."""
    held: dict[tuple[str, str, str], list[PlannedAction]] = {}
    for each in planned:
        held.setdefault((each.file, str(each.row), plain(each.text)), []).append(each)
    found = []
    for row in gold.to_dict("records"):
        file, _, sheet = str(row["file"]).partition("#")
        same = held.get((file, str(row["row"]), plain(str(row["text"]))), [])
        mine = next((each for each in same if sheet in ("", each.sheet)), None)
        found.append(Judged(file, str(row["intervention"]), str(row["text"]), mine))
    return found


def judged_texts(path: Path) -> list[Judged]:
    """Return the actions of a file of texts with what they are taken for."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")
    planned = classify(
        [
            PlannedAction(
                action_id=str(at), text=row["text"], section=row["section"], lead=row["lead"], risk=row["risk"]
            )
            for at, row in enumerate(rows)
        ]
    )
    return [
        Judged(path.name, str(row["intervention"]), each.text, each) for row, each in zip(rows, planned, strict=True)
    ]


def plain(text: str) -> str:
    """Return words whatever the case and the spaces."""
    return " ".join(text.casefold().split())


def pairwise_f1(wanted: Sequence[str], found: Sequence[str]) -> float:
    """Return the F1 of pairs of actions put together; 1 where no pair belongs together and none is.

    >>> pairwise_f1(["led", "led", "led"], ["led", "led", "chp"])
    0.5
    """
    both, should, does = (_pairs(Counter(labels)) for labels in (list(zip(wanted, found, strict=True)), wanted, found))
    return 2 * both / (should + does) if should + does else 1.0


def _pairs(counts: Counter[object]) -> int:
    return sum(many * (many - 1) // 2 for many in counts.values())


def table_of(all_judged: Sequence[Judged]) -> pd.DataFrame:
    """Return what was measured: a row for each sheet and one for all; percentages of the actions of the gold."""
    known = taxonomy()
    sheets = sorted({each.sheet for each in all_judged})
    rows = []
    for sheet in [*sheets, "all"]:
        mine = [each for each in all_judged if sheet in ("all", each.sheet)]
        labels = [each.found.intervention if each.found else "" for each in mine]
        right = [label == each.wanted for label, each in zip(labels, mine, strict=True)]
        areas = [each.found is not None and each.found.area_of_focus == known[each.wanted].area_of_focus
                 for each in mine]  # fmt: skip
        three = [each.found is not None and each.wanted in each.found.candidates for each in mine]
        decided = [each.found is not None and each.found.decided for each in mine]
        sure = [yes for yes, each in zip(right, decided, strict=True) if each]
        rows.append({
            "sheet": sheet, "actions": len(mine), "found": sum(each.found is not None for each in mine),
            "right_percent": _percent(right), "area_percent": _percent(areas), "among_three_percent": _percent(three),
            "decided_percent": _percent(decided), "right_of_decided_percent": _percent(sure),
            "pairwise_f1": round(pairwise_f1([each.wanted for each in mine], labels), 3),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _percent(yes: Sequence[bool]) -> float:
    return round(100 * sum(yes) / len(yes), 1) if yes else 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of a folder of sheets, or of a file of texts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plans", type=Path)
    parser.add_argument("--show", action="store_true", help="list every action that is taken for something else")
    options = parser.parse_args(arguments)
    found = (judged_folder if options.plans.is_dir() else judged_texts)(options.plans)
    sys.stdout.write(table_of(found).to_string(index=False) + "\n")
    if options.show:
        for each in found:
            if each.found is None or each.found.intervention != each.wanted:
                said = f"{each.found.intervention} ({each.found.why})" if each.found else "not read"
                sys.stdout.write(f"{each.sheet}: {each.text!r} is {each.wanted}, taken for {said}\n")


if __name__ == "__main__":
    main()
