"""Roll ten thousand organisations over forty years and a million memberships up: seconds, beside pandas.

    python benchmarks/organisations.py --write benchmarks/results/organisations.md

Answers are equal before they are timed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from ground import machine
from nhscarbon.organisations.register import ALWAYS_FROM, ALWAYS_TO, Memberships, Successions, Words, day_number
from nhscarbon.organisations.shares import LEVELS, shares_on

FIRST, BOARDS, REGIONS, IN_BOARDS = 1990, 250, 7, 2.5


def world(organisations, years, seed=2026):
    """Return a release of so many trusts, each in two or three boards a year, and mergers in a fifth of them."""
    rng = np.random.default_rng(seed)
    first = np.array([day_number(f"{FIRST + year}-04-01") for year in range(years + 1)], np.int32)
    trusts, boards = np.arange(organisations), organisations + np.arange(BOARDS)
    regions, country = boards[-1] + 1 + np.arange(REGIONS), boards[-1] + 1 + REGIONS
    total = int(country) + 1
    opened, closed = np.full(total, ALWAYS_FROM, np.int32), np.full(total, ALWAYS_TO, np.int32)
    old = rng.choice(organisations // 2, organisations // 5, replace=False)  # merge into the other half
    closing = rng.integers(1, years, len(old))
    closed[old] = first[closing]
    follows = Successions(
        predecessor=old.astype(np.int32), successor=(organisations // 2 + rng.integers(0, organisations // 2, len(old))).astype(np.int32),
        share=np.ones(len(old)), day=first[closing], source=(), basis=(), inferred=np.zeros(len(old), np.bool_),
    )  # fmt: skip
    several = rng.integers(2, 4, (organisations, years))
    child = np.repeat(np.repeat(trusts, years), several.ravel())
    year = np.repeat(np.tile(np.arange(years), organisations), several.ravel())
    place = np.arange(len(child)) - np.repeat(np.cumsum(several.ravel()) - several.ravel(), several.ravel())
    parent = boards[(rng.integers(0, BOARDS, (organisations, years)).ravel().repeat(several.ravel()) + place) % BOARDS]
    share = np.repeat(1 / several.ravel(), several.ravel())
    up = np.concatenate([boards, regions])
    above = np.concatenate([regions[np.arange(BOARDS) % REGIONS], np.full(REGIONS, country)])
    ends = np.full(len(up), ALWAYS_TO, np.int32)
    members = Memberships(
        child=np.concatenate([child, up]).astype(np.int32), parent=np.concatenate([parent, above]).astype(np.int32),
        level=np.concatenate([np.zeros(len(child)), np.full(BOARDS, 1), np.full(REGIONS, 2)]).astype(np.int8),
        share=np.concatenate([share, np.ones(len(up))]),
        start=np.concatenate([first[year], np.full(len(up), ALWAYS_FROM)]).astype(np.int32),
        end=np.concatenate([first[year + 1], ends]).astype(np.int32), source=(),
        inferred=np.zeros(len(child) + len(up), np.bool_), levels=("icb", "region", "country"),
    )  # fmt: skip
    none = np.zeros(0, np.int32)
    release = SimpleNamespace(
        codes=tuple(map(str, range(total))), opened=opened, closed=closed, memberships=members, successions=follows,
        roles=Words(none, (), none, none, (), np.zeros(0, np.bool_)),
    )  # fmt: skip
    body, when = np.repeat(trusts, years), np.tile(np.arange(years), organisations)
    return release, body, when, first[when + 1] - 1, np.round(rng.lognormal(8, 2, len(body)), 3)


def ours(release, body, year, day, tonnes, level, years):
    """Return tonnes by parent and year."""
    found = shares_on(release, body, day, level)
    parents = len(release.codes)
    cell = found.target * years + year[found.source]
    return np.bincount(cell, weights=tonnes[found.source] * found.share, minlength=parents * years).reshape(
        parents, years
    )


def pandas_way(release, body, year, day, tonnes, level, years):
    """Return the same by merges: the followers until none is closed, then each level's rows of the day."""
    follows, members = release.successions, release.memberships
    table = pd.DataFrame({"body": body, "year": year, "day": day, "tonnes": tonnes})
    steps = pd.DataFrame({"body": follows.predecessor, "next": follows.successor, "from": follows.day})
    while True:
        met = table.merge(steps, on="body", how="left")
        moves = (met["from"] <= met["day"]).to_numpy()
        if not moves.any():
            break
        table = met.assign(body=np.where(moves, met["next"], met["body"]).astype(np.int64))[
            ["body", "year", "day", "tonnes"]
        ]
    rows = pd.DataFrame({"body": members.child, "next": members.parent, "share": members.share, "start": members.start,
                         "end": members.end, "level": members.level})  # fmt: skip
    for place in range(members.levels.index(level) + 1):
        table = table.groupby(["body", "year", "day"], as_index=False)["tonnes"].sum()
        if place == 0:  # a row of a trust is of one year: the day's year is its key
            here = rows[rows["level"] == 0].assign(
                year=lambda each: np.searchsorted(np.unique(each["start"]), each["start"])
            )
            table = table.merge(here, on=["body", "year"])
        else:
            table = table.merge(rows[rows["level"] == place], on="body")
        table = table[(table["start"] <= table["day"]) & (table["day"] < table["end"])]
        table = table.assign(body=table["next"], tonnes=table["tonnes"] * table["share"])[
            ["body", "year", "day", "tonnes"]
        ]
    table = table.groupby(["body", "year"])["tonnes"].sum()
    found = np.zeros((len(release.codes), years))
    found[table.index.get_level_values(0), table.index.get_level_values(1)] = table.to_numpy()
    return found


def measured(organisations, years, repeats):
    """Return lines of seconds by level, the answers found equal first."""
    release, body, year, day, tonnes = world(organisations, years)
    edges = len(release.memberships.child)
    lines = []
    for level in ("icb", "region", "country"):
        asked = (release, body, year, day, tonnes, level, years)
        one, other = ours(*asked), pandas_way(*asked)
        np.testing.assert_allclose(one, other, rtol=1e-9)
        np.testing.assert_allclose(one.sum(axis=0), [tonnes[year == each].sum() for each in range(years)], rtol=1e-12)
        seconds = {ours: [], pandas_way: []}
        for _ in range(repeats):
            for contender, taken in seconds.items():
                start = time.perf_counter()
                contender(*asked)
                taken.append(time.perf_counter() - start)
        mine, theirs = (statistics.median(taken) for taken in seconds.values())
        lines.append(f"| {level} | {mine:.2f} s | {theirs:.2f} s | {theirs / mine:.1f}x |")
    return edges, lines


def main():
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    assert LEVELS[-1] == "country"
    edges, lines = measured(options.organisations, options.years, options.repeats)
    text = "\n".join([
        "# Roll-up", "",
        f"Written by `benchmarks/organisations.py`. {machine()}. {options.organisations:,} organisations, "
        f"{options.years} years, {edges:,} memberships, a fifth of the organisations merged into others; each year on the "
        f"map of its last day. Medians of {options.repeats} interleaved runs on a shared machine: read the ratios. "
        "Answers were equal to a relative 1e-9 before timing, and totals to 1e-12.", "",
        "| up to | nhscarbon | pandas merges | ratio |", "|---|---|---|---|", *lines, "",
    ])  # fmt: skip
    if options.write:
        options.write.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
