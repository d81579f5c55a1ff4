"""Fuzz of what was sent before and of the sender's own tonnes: what is said adds up, and order decides nothing."""

import math
from collections import Counter

import pandas as pd

import nhscarbon as nc
from nhscarbon.findings import SubmissionError

METHOD = nc.methodology("nhs-2026.1")
COLUMNS = ["organisation", "site", "period", "activity", "quantity", "unit", "reported_tco2e"]
SITES = ("RX1RA", "RX1CC", "RX1NL")
ACTIVITIES = (
    ("energy.natural_gas", "kWh"), ("energy.electricity.grid", "kWh"), ("energy.electricity.green_tariff", "kWh"),
    ("energy.gas_oil", "litre"), ("water.supply", "m3"),
)  # fmt: skip
SPELT = ("{:.0f}", "{:.2f}", "{:,.0f}", "{:.6e}", " {:.1f} ")
TONNES = ("", "0", "-5", "n/a", "1e400", "nan", "12.5", "100,5", "£7", "=1+1", "182.93", "999999999999")
FACTORS = (0.18293, 0.000183, 0.21, 0.5, 183.0)


def return_of(rng, year):
    """Return a return of some sites and activities, each once."""
    pairs = [(site, *what) for site in (SITES if rng.random() < 0.8 else ("",)) for what in ACTIVITIES]
    rows = [
        ["RX1", site, year, activity, f"{10 ** rng.uniform(3, 7.5):.0f}", unit, ""]
        for site, activity, unit in rng.sample(pairs, rng.randint(1, len(pairs)))
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def spoilt(table, rng):
    """Return a table as someone might send it again: figures slipped, rows gone, twice, exchanged or spelt otherwise."""
    rows = table.to_numpy().tolist()
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        act, at = rng.choice((0, 0, 0, 1, 1, 2, 3, 4, 4, 5, 5, 6)), rng.randrange(len(rows))
        row = list(rows[at])
        amount = float(row[4].replace(",", ""))
        if act == 0:
            row[4] = f"{amount * rng.choice((1000, 12, 1 / 12, 0.001, 1.1, 1.3, 0.8)):.3f}"
        elif act == 1:
            row[4] = rng.choice(SPELT).format(amount)
        elif act == 2:
            row[1] = rng.choice(SITES) if row[1] or rng.random() < 0.1 else ""
        elif act == 3 and row[5] == "kWh":
            row[4], row[5] = f"{amount / 1000:.6f}", "MWh"
        elif act == 4:
            row[6] = rng.choice(TONNES) if rng.random() < 0.1 else f"{amount * rng.choice(FACTORS) / 1000:.2f}"
        rows[at] = row
        if act == 5 and len(rows) > 1:
            del rows[at]
        elif act == 6:
            rows.insert(rng.randint(0, len(rows)), list(row))
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def said(findings):
    """Return what findings say, without the rows they name."""
    return Counter((each.code, each.message, each.severity) for each in findings)


def shuffled(table, rng):
    return table.sample(frac=1, random_state=rng.randrange(2**31)).reset_index(drop=True)


def of_years(rng):
    """Compare two years, and the order of the rows and sources of what was sent before."""
    last, now = return_of(rng, "2022/23"), return_of(rng, "2023/24")
    if rng.random() < 0.7:
        now = spoilt(last.assign(period="2023/24"), rng)
    older = spoilt(last.assign(period="2021/22"), rng)
    found = nc.check(now, METHOD, before=[last, older])
    again = nc.check(now, METHOD, before=[older, shuffled(last, rng)])
    assert said(found) == said(again), "the order of what was sent before decides what is found"
    assert found.refused == nc.check(now, METHOD).refused, "a year before refuses a return"
    return "years: refused" if found.refused else "years: accepted"


def of_versions(rng):
    """Compare two versions of one return: what changed adds up to the difference, and nothing changed is nothing."""
    first = spoilt(return_of(rng, "2023/24"), rng)
    second = spoilt(first, rng)
    found = nc.check(second, METHOD, before=first)
    same = nc.check(first, METHOD, before=shuffled(first, rng)).resubmission
    assert same is not None, "two versions are not compared"
    assert len(same.table) == 0, "a version has changes against itself in another order"
    change = found.resubmission
    try:
        totals = [nc.calculate(each, METHOD).total(found.resubmission.boundary) for each in (first, second)]
    except SubmissionError:
        return "versions: one is refused"
    told = math.fsum(change.table["tco2e_change"])
    assert math.isclose(told, totals[1] - totals[0], rel_tol=1e-9, abs_tol=1e-6), "changes do not add up"
    return "versions: changes add up"


def batch(rng, scratch, size):
    """R21: years and versions of returns compared, with the sender's own tonnes."""
    outcomes, faults = Counter(), []
    for case in range(size):
        try:
            outcomes[rng.choice((of_years, of_versions))(rng)] += 1
        except Exception as error:
            faults.append(f"case {case}: {type(error).__name__}: {str(error)[:300]}")
    return outcomes, faults
