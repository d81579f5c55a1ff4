"""The sender's own tonnes: recomputed line by line, and where they differ, which published choice explains it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import fsum, isnan

import numpy as np
import pandas as pd

from nhscarbon.activity.readers.open_source import Tabular
from nhscarbon.activity.readers.read import read
from nhscarbon.checks.words import key_words
from nhscarbon.errors import UsageError
from nhscarbon.methods.boundaries import lines_inside
from nhscarbon.methods.data_package import data_root, load_package, load_pinned
from nhscarbon.methods.factors import Factor, FactorPackage
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.methods.resolution import FactorKey, Resolution, find_route, resolve
from nhscarbon.methods.units import KG_PER_TONNE, shipped_units
from nhscarbon.output.results import TableResult
from nhscarbon.output.text import screen, short_repr
from nhscarbon.periods import parse_period
from nhscarbon.sums.combinations import keys_of

ROOM = "emission_factors"
COMBINATIONS = (("direct",), ("generation",), ("direct", "wtt"), ("generation", "transmission"),
                ("generation", "wtt"), ("generation", "transmission", "wtt"),
                ("generation", "transmission", "wtt", "transmission_wtt"), ("wtt",), ("transmission",),
                ("generation_market",))  # fmt: skip
SCALES = ((1.0, ""), (1000.0, ", times a thousand"), (1 / 1000, ", a thousandth"))
PRINTED, AS_PRINTED = 5, ", as its sheet shows it, with five decimals"  # the cells of UK Government hold more
MOST_PLACES = 6
COARSE = 1 / 200  # a figure that was rounded by more agrees with too much to agree with anything
OURS = "the method's own figure, if it was rounded so far"
NOTHING = "no published factor explains this"
SHOWN = 5  # explanations that are kept of a line


@dataclass(frozen=True, order=True)
class Choice:
    """A published figure that a sender may have used, and how far it lies from the method.

    `steps` counts what had to be assumed: another edition, other components, another unit, another gas set.
    """

    steps: float
    what: str
    kgco2e: float  # for one unit as sent

    __repr__ = short_repr


@dataclass(frozen=True, eq=False, repr=False)
class ReportedTonnes(TableResult):
    """The sender's own tonnes beside those of the method.

    Attributes
    ----------
    table : pandas.DataFrame
        For each row with ``reported_tco2e``: sheet (of several), row, organisation, period, activity, quantity, unit,
        reported_tco2e, tco2e (the method's headline, empty where it has none), difference, agrees,
        explanation (the likeliest), residual [tCO2e] and others (those that fit as well).
    reported_tco2e, tco2e : float
        Their totals, over the rows that have both.
    left_out : int
        Rows that state tonnes and could not be compared: an unknown word, or no quantity.
    """

    reported_tco2e: float
    tco2e: float
    left_out: int = 0

    def _title(self) -> str:
        return (
            f"{len(self._table):,} rows state their own tonnes: {self.reported_tco2e:,.2f} t, by the method "
            f"{self.tco2e:,.2f} t; {int((~self._table['agrees']).sum()):,} differ."
        )

    def __str__(self) -> str:
        wrong = self._table[~self._table["agrees"]]
        told = [
            f"  row {row['row']}{_of_sheet(row)}: {row['activity']} {row['period']}, "
            f"{row['reported_tco2e']:,.10g} t reported: {row['explanation']}"
            for row in wrong.to_dict("records")
        ]
        left = f"  {self.left_out:,} more could not be compared: check the table first." if self.left_out else ""
        return screen([self._title(), *filter(None, [left]), *told])


def _of_sheet(row: Mapping[Hashable, object]) -> str:
    return f" of sheet '{row['sheet']}'" if "sheet" in row else ""


def check_reported(source: Tabular, method: Methodology | str) -> ReportedTonnes:
    """Compare the tonnes that a return states with those of a methodology, and explain the differences.

    Parameters
    ----------
    source : str, Path, data frame or Activity
        An activity table with the column ``reported_tco2e``.
    method : Methodology or str
        Its main total is what a line should come to.

    Returns
    -------
    ReportedTonnes
        A figure fits if it agrees to the decimals that were stated. Explanations are searched in every
        edition that ships (2013 to 2026, and the sets of warming potentials), by components, gross or net,
        miles for kilometres, thousands, the CO2-only column and other activities of the same kind; the fewer
        assumptions, the higher. Where none fits, "no published factor explains this".

    Raises
    ------
    UsageError
        If there is no column ``reported_tco2e``.

    Examples
    --------
    >>> import pandas as pd, nhscarbon as nc
    >>> sent = pd.DataFrame({"organisation": ["RXX"], "period": ["2019/20"], "activity": ["energy.natural_gas"],
    ...                      "quantity": [100000], "unit": ["kWh"], "reported_tco2e": [18.39]})
    >>> nc.submissions.check_reported(sent, nc.methodology("nhs-2026.1")).table["explanation"].iloc[0]
    'the direct factor of ukgov-2019'
    """
    method, activity = as_methodology(method), read(source)
    stated = activity.numbers.get("reported_tco2e")
    if stated is None:
        raise UsageError("no row states its own tonnes: there is no column 'reported_tco2e'")
    columns = {name: activity.columns[name] for name in ("activity", "unit", "period", "geography")
               if name in activity.columns}  # fmt: skip
    known, words = key_words(columns, len(activity), method)
    quantity = activity.numbers.get("quantity", np.full(len(activity), np.nan))
    here = np.flatnonzero(known & ~np.isnan(stated) & np.isfinite(quantity))
    chosen = {name: column.part(here) for name, column in words.items()}
    place, keys = keys_of(chosen)
    answers = resolve(keys, method)
    ours = [_headline(answers[key], method) for key in keys]
    choices = [tuple(_choices(key, method)) for key in keys]
    numbers = np.asarray(activity.row_numbers)
    organisation = activity.columns.get("organisation")
    rows = []
    for row, number in zip(here.tolist(), place.codes.tolist(), strict=True):
        key, amount, said = keys[number], float(quantity[row]), float(stated[row])
        tco2e = ours[number] * amount / KG_PER_TONNE
        rounded = not isnan(tco2e) and _fits(tco2e, said)
        agrees = rounded and abs(tco2e - said) <= COARSE * max(abs(tco2e), abs(said))
        found = [] if agrees else _explained(choices[number], amount, said)
        if rounded and not agrees:
            found.insert(0, Choice(0, OURS, tco2e / amount * KG_PER_TONNE if amount else 0.0))
        best = found[0] if found else None
        rows.append({
            "row": int(numbers[row]), "organisation": organisation.text(row) if organisation else "",
            "period": key.period, "activity": key.activity, "quantity": amount, "unit": key.unit,
            "reported_tco2e": said, "tco2e": tco2e, "difference": said - tco2e, "agrees": agrees,
            "explanation": "" if agrees else best.what if best else NOTHING,
            "residual": said - best.kgco2e * amount / KG_PER_TONNE if best else np.nan,
            "others": "; ".join(choice.what for choice in found[1:SHOWN]),
        })  # fmt: skip
    names = ["row", "organisation", "period", "activity", "quantity", "unit", "reported_tco2e", "tco2e", "difference",
             "agrees", "explanation", "residual", "others"]  # fmt: skip
    lines = pd.DataFrame(rows, columns=names).astype({"agrees": bool})
    if len(activity.sheets) > 1:  # row numbers are each sheet's own
        placed = np.repeat([each.sheet for each in activity.sheets], [e.stop - e.start for e in activity.sheets])
        lines.insert(0, "sheet", placed[here])
    both = lines[lines["tco2e"].notna()]
    stating = int(np.count_nonzero(~np.isnan(stated)))
    return ReportedTonnes(lines, fsum(both["reported_tco2e"]), fsum(both["tco2e"]), stating - len(lines))


def _headline(answer: Resolution, method: Methodology) -> float:
    """Return the method's kgCO2e for one unit, or NaN where its headline cannot be totalled."""
    if answer.refusal or method.headline in method.needing(answer.key.activity, answer.missing):
        return float("nan")
    inside = lines_inside(method.headline, answer.lines, method)
    return fsum(
        line.conversion * line.factor.kgco2e for line, counts in zip(answer.lines, inside, strict=True) if counts
    )


def _fits(tco2e: float, stated: float) -> bool:
    """Tell whether a figure is the one that was stated, at its decimals; a half may have been rounded either way."""
    text = f"{stated:.{MOST_PLACES}f}".rstrip("0")
    places = len(text.partition(".")[2])
    return abs(tco2e - stated) <= 0.5 * 10.0**-places * (1 + 1e-9)


def _explained(choices: Iterable[Choice], quantity: float, stated: float) -> list[Choice]:
    """Return the choices that come to a stated figure, the likeliest first."""
    found: dict[str, Choice] = {}
    for choice in choices:
        printed = round(choice.kgco2e, PRINTED)
        for value, beside, steps in ((choice.kgco2e, "", 0.0), (printed, AS_PRINTED, 0.5)):
            for scale, words in SCALES:
                if _fits(value * scale * quantity / KG_PER_TONNE, stated):
                    each = Choice(choice.steps + steps + 4 * bool(words), choice.what + words + beside, value * scale)
                    found.setdefault(choice.what + words, each)

    def rank(choice: Choice) -> tuple[float, float, str]:
        return choice.steps, abs(stated - choice.kgco2e * quantity / KG_PER_TONNE), choice.what

    return sorted(found.values(), key=rank)


def _choices(key: FactorKey, method: Methodology) -> Iterator[Choice]:
    """Yield what a sender may have multiplied one unit with."""
    for package in _packages():
        factors = [row for row in package.by_activity.get(key.activity, ()) if row.geography == key.geography]
        if factors:
            yield from _of_edition(key, package, factors, method)
    kind = key.activity.rpartition(".")[0]
    for package in _packages():
        for activity, rows in package.by_activity.items():
            covers = [row for row in rows if row.geography == key.geography and row.covers(key.period)]
            if covers and activity != key.activity and activity.rpartition(".")[0] == kind:
                for choice in _of_edition(key, package, covers, method, components=COMBINATIONS[:2]):
                    yield Choice(choice.steps + 5, f"{choice.what}, of {activity}", choice.kgco2e)


def _of_edition(
    key: FactorKey,
    package: FactorPackage,
    factors: list[Factor],
    method: Methodology,
    components: Iterable[tuple[str, ...]] = COMBINATIONS,
) -> Iterator[Choice]:
    """Yield the choices of one package: sums of its components, other units, the CO2-only column."""
    away = _years_away(factors, key.period)
    name = package.package.name
    values: dict[str, float] = {}
    for component in dict.fromkeys(row.component for row in factors):
        routes = [(route, row) for row in factors
                  if row.component == component and (route := find_route(key, row.unit, method))]  # fmt: skip
        if routes:
            route, row = min(routes, key=lambda pair: len(pair[0].steps))
            values[component] = route.multiplier * row.kgco2e
            gases = package.gases.get((row.factor_id, row.valid_from), ())
            only = [share for share in gases if share.gas == "CO2"]
            if only and component in ("direct", "generation"):
                value = route.multiplier * float(only[0].value)
                yield Choice(away + 2, f"the CO2-only column of {name}", value)
    for steps, names in enumerate(components):
        if set(names) <= values.keys():
            value = fsum(values[each] for each in names)
            what = f"the {names[0]} factor" if len(names) == 1 else " + ".join(names)
            yield Choice(away + steps / 100, f"{what} of {name}", value)
    for row in factors:
        route = find_route(key, row.unit, method)
        if row.component in ("direct", "generation") and row.unit != key.unit and (not route or route.multiplier != 1):
            yield Choice(
                away + 3, f"the {row.component} factor of {name} per {row.unit}, taken for {key.unit}", row.kgco2e
            )


def _years_away(factors: list[Factor], period: str) -> float:
    """Return how many years an edition lies from a period; 0 where it covers it."""
    if any(row.covers(period) for row in factors):
        return 0.0
    return float(min(abs(int(row.valid_from[:4]) - int(parse_period(period).year[:4])) for row in factors))


@lru_cache(maxsize=1)
def _packages() -> tuple[FactorPackage, ...]:
    """Return every factor package that ships, verified."""
    root = data_root()
    labels = [load_package(folder).label for folder in sorted((root / ROOM).iterdir()) if folder.is_dir()]
    return tuple(FactorPackage(load_pinned(root, ROOM, label), shipped_units()) for label in labels)
