"""Mistakes planted in true returns, and how many of them `check` finds; and what it says of returns as they were.

    python benchmarks/detection.py --seed 2026 --both --shared FOLDER --write benchmarks/results/detection.md

The true returns are the estates returns of 2013/14 to 2016/17 as NHS England published them: every trust that sent energy
in two consecutive years. Each mistake is planted once in each pair where it moves at least a tenth of the return's
energy, in the later year; the trust's return is then checked by itself, with the true year before (`--before`), without
it, or both (`--both`). A mistake counts as found only if a warning or error of its own kind names the spoiled row: its
number, its site and its activity. Of what was left out, there is no row: organisation, site and activity are named. Of
what spoils several rows (figures exchanged or copied) their numbers are named.

Returns by month are made from the true years: a profile and noise by `benchmarks/month_profiles.csv`, a fifth of the
sites with twelve equal months as an estimate gives them. There a mistake is planted in one month of a row that holds at
least a tenth of the return's energy.

False alarms are all warnings and errors of these kinds in the unspoiled returns; a true return that holds a mistake of
its sender's counts as one. Half of the trusts, by code, are held
back while thresholds are chosen, and have a table of their own.
"""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

import nhscarbon as nc
from ground import machine
from nhscarbon.checks.memory.limits import limits
from nhscarbon.findings import Finding, Findings
from planted import LEAST, MISTAKES, Pair, Planted, chance, true_pairs
from planted_months import MONTH_MISTAKES, pair_by_month

COLUMNS = ("mistake", "before", "n", "detected", "false_alarms_a_return", "share_with_any")
TOO_LARGE = {
    "above_past",
    "slip_thousand",
    "slip_twelve",
    "year_on_year",
    "intensity_implausible",
    "beyond_every_trust",
}
TOO_SMALL = {"below_past", "below_peers", "slip_thousand", "slip_twelve", "year_on_year", "intensity_implausible"}
OF_KIND = {
    "x1000": TOO_LARGE,
    "x12": TOO_LARGE,
    "/1000": TOO_SMALL,
    "/12": TOO_SMALL,
    "row left out": {"below_past", "below_peers"},
    "site left out": {"below_past", "below_peers"},
    "gas and electricity swapped": {"rows_swapped"},
    "two rows of a site swapped": {"rows_swapped"},
    "last year copied": {"copied_from_before"},
    "three largest rows copied": {"copied_from_before"},
    "row on another site": {"site_wrong"},
    "month missing": {"months_missing"},
    "month repeated": {"value_repeated"},
    "month /1000": {"slip_thousand", "below_past"},
    "year in a month": {"slip_twelve", "above_past"},
}
ALARMS = set.union(*OF_KIND.values())
EVERY = MISTAKES | MONTH_MISTAKES
A_MONTH = re.compile(r"\b20\d\d-\d\d\b")  # in the text of a finding about months
CURVE, OF_CURVE = (1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 9.0), ("x1000", "x12", "/1000", "/12", "row left out")


@dataclass(frozen=True)
class Outcome:
    """What came of one return: whether its mistake was found; of an unspoiled one the codes of its alarms."""

    mistake: str
    held_back: bool
    found: bool
    alarms: tuple[str, ...] = ()


def is_found(planted: Planted, mistake: str, findings: Findings) -> bool:
    """Tell whether a warning or error of the mistake's own kind names what it spoiled."""
    said = [each for each in findings if each.code in OF_KIND[mistake] and each.severity != "info"]
    if not planted.rows:
        return any(_names(each, planted) for each in said)
    if planted.site and planted.activity:
        return any(planted.rows[0] in each.first_rows and _names(each, planted) for each in said)
    if planted.site:
        named = {row for each in said if each.site == planted.site for row in each.first_rows}
        return set(planted.rows) <= named
    named = {row for each in said for row in each.first_rows}
    if mistake in ("gas and electricity swapped", "last year copied"):  # of the whole return
        return bool(named & set(planted.rows)) and any(each.organisation == planted.sent.organisation for each in said)
    return set(planted.rows) <= named


def _names(found: Finding, planted: Planted) -> bool:
    """Tell whether a finding names organisation and site, and the activity and the month where there is one."""
    same = (found.organisation, found.site) == (planted.sent.organisation, planted.site)
    named = not planted.activity or found.activity == planted.activity
    return same and named and (bool(planted.rows) or planted.month in found.message)


def outcomes_of(
    pair: Pair,
    *,
    seed: int,
    before: bool,
    mistakes: tuple[str, ...],
    method: nc.Methodology,
    times: float | None = None,
) -> list[Outcome]:
    """Return what came of one pair: unspoiled, and with each mistake that can be planted in it; by year or by month.

    `times` is how many times the year before a site must be, or that part of it, instead of what the package says.
    """
    if times is not None:
        limits().update(below_site=1 / times, above_site=times)
    by_year = mistakes[0] in MISTAKES
    pair = pair if by_year else pair_by_month(pair, seed)
    given = {"before": pair.before.activity()} if before else {}
    alarms = [
        f"{each.code}, of a month" if A_MONTH.search(each.message) else each.code
        for each in nc.check(pair.after.activity(), method, **given)
        if each.code in ALARMS and each.severity != "info"
    ]  # fmt: skip
    found = [Outcome("", pair.held_back, found=False, alarms=tuple(alarms))]
    for mistake in mistakes:
        planted = EVERY[mistake](pair, chance(seed, mistake, pair))
        if planted is not None:
            findings = nc.check(planted.sent.activity(), method, **given)
            found.append(Outcome(mistake, pair.held_back, is_found(planted, mistake, findings)))
    return found


def table_of(outcomes: list[Outcome], mistakes: tuple[str, ...], *, before: bool) -> pd.DataFrame:
    """Return the table: one line a mistake, shares from 0 to 1."""
    true = [len(each.alarms) for each in outcomes if not each.mistake]
    count = max(len(true), 1)
    lines = []
    for mistake in mistakes:
        mine = [each.found for each in outcomes if each.mistake == mistake]
        lines.append((mistake, "yes" if before else "no", len(mine), round(sum(mine) / max(len(mine), 1), 4),
                      round(sum(true) / count, 3), round(sum(each > 0 for each in true) / count, 4)))  # fmt: skip
    return pd.DataFrame(lines, columns=COLUMNS)


def alarms_of(outcomes: list[Outcome]) -> pd.DataFrame:
    """Return how many false alarms of each code a return has."""
    true = [each for each in outcomes if not each.mistake]
    counts = Counter(code for each in true for code in each.alarms)
    lines = [(code, round(number / max(len(true), 1), 3)) for code, number in counts.most_common()]
    return pd.DataFrame(lines, columns=["code", "false_alarms_a_return"])


def measure(
    pairs: list[Pair],
    *,
    seed: int,
    before: bool,
    mistakes: tuple[str, ...] = tuple(MISTAKES),
    processes: int = 1,
    times: float | None = None,
) -> list[Outcome]:
    """Return what came of all pairs; the mistakes are all of years or all of months."""
    method = nc.methodology("nhs-2026.1")
    run = partial(outcomes_of, seed=seed, before=before, mistakes=mistakes, method=method, times=times)
    if processes == 1:
        return [each for pair in pairs for each in run(pair)]
    with ProcessPoolExecutor(processes) as pool:
        return [each for found in pool.map(run, pairs, chunksize=16) for each in found]


def curve(pairs: list[Pair], *, seed: int, processes: int) -> pd.DataFrame:
    """Return what is found, and false alarms, by how many times the year before a site must be; the year before given."""
    known, lines = dict(limits()), []
    for times in CURVE:
        outcomes = measure(pairs, seed=seed, before=True, mistakes=OF_CURVE, processes=processes, times=times)
        table = table_of(outcomes, OF_CURVE, before=True)
        alarms = table.loc[0, ["false_alarms_a_return", "share_with_any"]]
        mark = f"{times:g}" + (", as it is" if abs(times - known["above_site"]) < 1e-9 else "")
        lines.append((mark, *alarms, *table["detected"]))
    limits().update(known)
    return pd.DataFrame(lines, columns=["times", "false_alarms_a_return", "share_with_any", *OF_CURVE])


def markdown(table: pd.DataFrame) -> list[str]:
    """Return a table in Markdown, shares as they are."""
    rows = [[str(value) for value in row] for row in table.itertuples(index=False, name=None)]
    return ["| " + " | ".join(row) + " |" for row in (table.columns, ["---"] * len(table.columns), *rows)]


def text_of(tables: dict[str, pd.DataFrame], pairs: list[Pair], seed: int) -> str:
    """Return the whole page."""
    said = "\n\n".join(" ".join(each.split()) for each in (__doc__ or "").split("\n\n")[2:])
    lines = [
        "# Mistakes planted in true returns, and found",
        "",
        f"Written by `benchmarks/detection.py --seed {seed}`. {machine()}. {len(pairs):,} pairs of consecutive years; a mistake "
        f"moves at least {LEAST:.0%} of the return's energy.",
        "",
        said,
        "",
    ]
    for title, table in tables.items():
        lines += [f"## {title}", "", *markdown(table), ""]
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--before", action="store_true", help="give each return with the year before")
    options.add_argument("--both", action="store_true", help="with the year before, and without it")
    options.add_argument("--shared", type=Path, help="folder of the published workbooks; NHSCARBON_SHARED if left out")
    options.add_argument("--mistakes", nargs="+", choices=EVERY, default=tuple(EVERY))
    options.add_argument("--every", type=int, default=1, help="take one pair of so many, for a quick look")
    options.add_argument("--curve", type=int, default=0, help="with the detection curve, of one pair of so many")
    options.add_argument("--processes", type=int, default=1)
    options.add_argument("--write", type=Path, help="a Markdown page, or a CSV file of the first table")
    given = options.parse_args()
    folder = given.shared or Path(os.environ.get("NHSCARBON_SHARED", ""))
    pairs = list(true_pairs(folder))[:: given.every]
    kinds = [tuple(each for each in given.mistakes if each in kind) for kind in (MISTAKES, MONTH_MISTAKES)]
    sets: dict[str, list[pd.DataFrame]] = {"All trusts": [], "Trusts that were held back": []}
    alarms: dict[str, pd.DataFrame] = {}
    for mistakes, what in zip(kinds, ("years", "months"), strict=True):
        for before in (True, False) if given.both else (given.before,):
            if not mistakes:
                continue
            outcomes = measure(pairs, seed=given.seed, before=before, mistakes=mistakes, processes=given.processes)
            held = [each for each in outcomes if each.held_back]
            for title, part in zip(sets, (outcomes, held), strict=True):
                sets[title].append(table_of(part, mistakes, before=before))
            with_or_without = "with the year before" if before else "without the year before"
            alarms[f"False alarms in returns of {what}, {with_or_without}"] = alarms_of(outcomes)
    tables = {title: pd.concat(parts, ignore_index=True) for title, parts in sets.items()}
    if given.curve:
        title = f"By how many times the year before a site must be: one pair in {given.curve}"
        alarms[title] = curve(pairs[:: given.curve], seed=given.seed, processes=given.processes)
    text = text_of(tables | alarms, pairs, given.seed)
    print(text)
    if given.write and given.write.suffix == ".csv":
        tables["All trusts"].to_csv(given.write, index=False)
        tables["Trusts that were held back"].to_csv(given.write.with_stem(f"{given.write.stem}-held-back"), index=False)
    elif given.write:
        given.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
