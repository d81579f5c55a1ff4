"""Small systems with actions, and a slow, plain reading of what actions do: independent of the library's arithmetic."""

import random
from itertools import product

import pandas as pd

from nhscarbon.trajectory.actions.action import Action

COLUMNS = ["organisation", "theme", "activity", "unit", "year", "quantity", "kgco2e"]
GAS, GRID, WASTE = "energy.natural_gas", "energy.electricity.grid", "waste.domestic.landfill"


def nhs(year):
    return f"{year}/{(year + 1) % 100:02d}"


def system(organisations, years, *, gas=1_000_000.0, grid=400_000.0, waste=100.0, cleaner=0.9):
    """Return a business-as-usual frame: gas and grid electricity with their well-to-tank, and waste."""
    rows = []
    for rank, organisation in enumerate(organisations, start=1):
        for at, year in enumerate(years):
            now = nhs(year)
            for theme, activity, unit, quantity, factor in (
                ("fossil_fuels", GAS, "kWh", gas * rank, 0.183),
                ("energy_well_to_tank", GAS, "kWh", gas * rank, 0.030),
                ("electricity", GRID, "kWh", grid * rank, 0.207 * cleaner**at),
                ("energy_well_to_tank", GRID, "kWh", grid * rank, 0.060 * cleaner**at),
                ("waste", WASTE, "tonne", waste * rank, 500.0),
            ):
                rows.append((organisation, theme, activity, unit, now, quantity, quantity * factor))
    return pd.DataFrame(rows, columns=COLUMNS)


def action(id, effect="reduce", **changes):
    given = {"title": f"Action {id}", "selects": (GAS,), "share": 0.2, "start_from": 2026, "start_to": 2026}
    if effect == "switch":
        given |= {"switch_to": GRID, "efficiency": 0.85, "cop": 3.0}
    if effect == "fixed":
        given |= {"share": 0.0, "tco2e_a_year": 50.0, "evidence": "metered"}
    return Action(id=id, effect=effect, **(given | changes))


def strength(each, start, year):
    """Return the mean of what an action takes in a year: late starts, partial delivery and the risk in it."""
    total = 0.0
    for late, chance in enumerate(each.slip):
        age = year - start - late
        if 0 <= age < each.life:
            total += chance * each.ramp[min(age, len(each.ramp) - 1)]
    full = each.tco2e_a_year * 1000 if each.effect == "fixed" else each.share
    return full * total * each.realisation * (1 - each.likelihood * each.impact)


def rows_by_year(frame):
    return {now: [dict(zip(COLUMNS, row, strict=True)) for row in lines[COLUMNS].itertuples(index=False)]
            for now, lines in frame.groupby("year")}  # fmt: skip


def emissions(frame, actions, starts):  # noqa: PLR0912  one plain recipe, read from top to bottom
    """Return kgCO2e by NHS year, worked out line by line, year by year, in plain words and numbers."""
    out = {}
    for now, rows in (frame if isinstance(frame, dict) else rows_by_year(frame)).items():
        year = int(now[:4])
        begun = [each for each in actions if each.id in starts]
        x = {each.id: strength(each, starts[each.id], year) for each in begun}

        def hits(each, organisation, theme, activity):
            mine = each.organisations == ("all",) or organisation in each.organisations
            words = [w in (f"theme:{theme}", activity) or activity.startswith(w + ".") for w in each.selects]
            return mine and any(words)

        def selects_activity(each, row, rows=rows, hits=hits):
            return any(
                hits(each, other["organisation"], other["theme"], other["activity"])
                for other in rows
                if (other["organisation"], other["activity"]) == (row["organisation"], row["activity"])
            )

        kg = {}
        brought = {}
        for row in rows:
            left = row["quantity"]
            on = [each for each in begun if selects_activity(each, row)]
            for each in on:
                if each.effect == "reduce":
                    left *= 1 - x[each.id]
            switches = sorted(
                (each for each in on if each.effect == "switch"), key=lambda e: (e.new_per_old, e.switch_to, e.id)
            )
            for each in switches:
                moved = left * x[each.id]
                left -= moved
                key = (row["organisation"], each.switch_to, row["activity"], each.id)
                brought[key] = moved * each.new_per_old  # the same for every theme of the activity
            share = left / row["quantity"] if row["quantity"] else 1.0
            kg[row["organisation"], row["theme"], row["activity"]] = row["kgco2e"] * share
        for (organisation, to, _, _), quantity in brought.items():
            own = [row for row in rows if (row["organisation"], row["activity"]) == (organisation, to)]
            others = {row["theme"]: row for row in rows if row["activity"] == to}  # without its own, the others' factor
            for row in own or others.values():
                key = (organisation, row["theme"], to)
                kg[key] = kg.get(key, 0.0) + quantity * row["kgco2e"] / row["quantity"]
        for key in kg:
            for each in begun:
                if each.effect == "factor" and hits(each, *key):
                    kg[key] *= 1 - x[each.id]
        cut = dict.fromkeys(kg, 0.0)
        for each in begun:
            if each.effect == "fixed":
                mine = [key for key in kg if hits(each, *key)]
                whole = sum(kg[key] for key in mine)
                for key in mine:
                    cut[key] += x[each.id] * kg[key] / whole if whole > 0 else 0.0
        out[now] = sum(kg[key] - min(cut[key], max(kg[key], 0.0)) for key in kg)
    return out


def saved_tco2e(frame, actions, starts):
    before = frame.groupby("year")["kgco2e"].sum()
    after = emissions(frame, actions, starts)
    return sum(before[year] - after[year] for year in after) / 1000


def spending(actions, starts, years, name):
    """Return what is spent in each year."""
    out = []
    for year in years:
        total = 0.0
        for each in actions:
            if each.id in starts:
                values, age = getattr(each, name), year - starts[each.id]
                if len(values) == 1 and name != "capital_gbp":
                    total += values[0] if 0 <= age < each.life else 0.0
                else:
                    total += values[age] if 0 <= age < len(values) else 0.0
        out.append(total)
    return out


def broken(frame, actions, starts, *, carry_over=False, include=(), **limits):
    """Return every rule that a plan breaks: the independent verifier."""
    years = sorted(int(year[:4]) for year in (frame if isinstance(frame, dict) else frame["year"].unique()))
    by_id = {each.id: each for each in actions}
    faults = [
        f"{id} starts outside its window"
        for id, start in starts.items()
        if not by_id[id].start_from <= start <= by_id[id].start_to
    ]
    for id, start in starts.items():
        faults += [f"{id} with {other}" for other in by_id[id].excludes if other in starts]
        faults += [f"{id} without {other}" for other in by_id[id].requires if starts.get(other, 9999) > start]
    for name, limit in limits.items():
        if limit is None:
            continue
        used = spending(actions, starts, years, name)
        room = (
            [limit] * len(years)
            if not isinstance(limit, dict)
            else [limit.get(nhs(year), float("inf")) for year in years]
        )
        if carry_over and name == "capital_gbp":
            used = [sum(used[: at + 1]) for at in range(len(used))]
            room = [sum(room[: at + 1]) for at in range(len(room))]
        size = 1e-6 * max(1.0, *(abs(amount) for amount in used))
        faults += [
            f"{name} in {year}" for year, amount, most in zip(years, used, room, strict=True) if amount > most + size
        ]
    return faults + [f"{id} is missing" for id in include if id not in starts]


def every_choice(actions):
    """Yield every way to start, or not to start, each action."""
    ways = [[None, *range(each.start_from, each.start_to + 1)] for each in actions]
    for way in product(*ways):
        yield {each.id: start for each, start in zip(actions, way, strict=True) if start is not None}


def brute_force(frame, actions, **limits):
    """Return the most that any plan within the limits saves [tCO2e]."""
    rows = rows_by_year(frame)
    before = sum(row["kgco2e"] for lines in rows.values() for row in lines)
    allowed = (starts for starts in every_choice(actions) if not broken(rows, actions, starts, **limits))
    return max(((before - sum(emissions(rows, actions, starts).values())) / 1000 for starts in allowed), default=None)


def random_actions(random_: random.Random, count, *, years=(2026,), windows=1):
    """Return actions that overlap, depend on and exclude one another, of every effect."""
    made, latest = [], {}  # the latest first year of an action and all it requires
    for rank in range(count):
        effect = random_.choice(["reduce", "reduce", "reduce", "switch", "factor", "fixed"])
        first = random_.choice(years[: max(1, len(years) - windows + 1)])
        selects = random_.choice(
            [(GAS,), (GRID,), ("theme:electricity",), ("theme:waste",), ("theme:energy_well_to_tank",)]
        )
        if effect == "switch":
            selects = (GAS,)
        changes = {
            "selects": selects,
            "organisations": random_.choice([("RAA",), ("RBB",), ("all",)]),
            "capital_gbp": (float(random_.randint(0, 20)),),
            "staff_fte": (float(random_.randint(0, 3)),),
            "revenue_gbp": (float(random_.randint(-3, 5)),),
            "ramp": random_.choice([(1.0,), (0.5, 1.0)]),
            "start_from": first,
            "start_to": first + windows - 1,
        }
        if effect == "fixed":
            changes |= {"tco2e_a_year": random_.choice([5.0, 40.0, 300.0])}
        else:
            changes |= {"share": random_.choice([0.05, 0.1, 0.3, 0.5, 1.0])}
        ready = [each for each in made if latest[each.id] <= first + windows - 1]
        if ready and random_.random() < 0.15:
            changes["requires"] = (random_.choice(ready).id,)
        elif made and random_.random() < 0.15:
            changes["excludes"] = (random_.choice(made).id,)
        made.append(action(f"a{rank:02d}", effect, **changes))
        latest[made[-1].id] = max(first, *(latest[id] for id in made[-1].requires), first)
    return made
