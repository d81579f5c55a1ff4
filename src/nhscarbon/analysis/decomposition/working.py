"""The tables of a bridge: its lines with their words and effects, and the factor rows that moved most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.decomposition.change import PARTS
from nhscarbon.analysis.decomposition.known_breaks import breaks_between
from nhscarbon.analysis.decomposition.lines import LINE_WORDS, Kind, Side, stack
from nhscarbon.methods.resolution import Line
from nhscarbon.methods.units import KG_PER_TONNE

Numbers = NDArray[np.float64]
BOTH, BEFORE, AFTER = "both", "only before", "only after"
OF_SIDE = ("factor", "factor_unit", "conversion", "conversion_id", "factor_id", "package", "locator", "gwp_basis")
FACTOR_COLUMNS = (
    "activity", "component", *(f"{name}_{side}" for side in ("before", "after") for name in OF_SIDE),
    "factor_before_in_prices_after", "factor_tco2e", "method_tco2e", "known_breaks",
)  # fmt: skip


def lines_table(rows: pd.DataFrame, chosen: Sequence[Kind], split: dict[str, Numbers]) -> pd.DataFrame:
    """Return the lines with their words, quantities, intensities and effects."""
    names = ("activity", "geography", "unit", *LINE_WORDS)
    kind = rows["kind"].to_numpy(np.int64)
    frame = rows.drop(columns=["kind", "before", "after"])
    for place, name in enumerate(names):
        frame[name] = pd.Series([chosen[number].words[place] for number in kind], index=frame.index, dtype=str)
    before, after = (rows[name].to_numpy(np.float64) for name in ("before", "after"))
    frame["quantity_before"], frame["quantity_after"] = before, after
    intensity = stack(chosen, lambda part: part.intensity, kind)
    frame["kgco2e_per_unit_before"], frame["kgco2e_per_unit_after"] = intensity[0, 0], intensity[1, 1]
    prices = [chosen[number].price for number in kind]
    ratio = np.array([each.level if each.source else np.nan for each in prices], np.float64)
    frame["price_ratio"] = ratio
    frame["prices_from"] = pd.Series([each.source for each in prices], index=frame.index, dtype=str)
    reasons = [chosen[number].why or chosen[number].price.why for number in kind]
    absent = np.select([np.isnan(before), np.isnan(after)], [AFTER, BEFORE], BOTH)
    frame["found"] = pd.Series(absent, index=frame.index, dtype=str)
    why = [
        reason or ("not in the first footprint" if where == AFTER else "not in the second" if where == BEFORE else "")
        for reason, where in zip(reasons, absent, strict=True)
    ]
    frame["why"] = pd.Series(why, index=frame.index, dtype=str)
    return frame.assign(**tonnes_columns(split))


def tonnes_columns(effects: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Return effects [kgCO2e] as columns of tonnes, in the order in which they add up; the index comes after."""
    order = [name.removesuffix("_tco2e") for name in PARTS]
    names = [*order, *(f"lmdi_{name}" for name in order)]
    return {f"{name}_tco2e": effects[name] / KG_PER_TONNE for name in names if name in effects}


def factors_table(
    kind: NDArray[np.int64], chosen: Sequence[Kind], split: dict[str, Numbers], sides: tuple[Side, Side]
) -> pd.DataFrame:
    """Return the factor rows that both footprints use or exchange, those that moved most tonnes first."""
    moved = {
        name: np.bincount(kind, weights=split[name], minlength=len(chosen)) / KG_PER_TONNE
        for name in ("factor", "method")
    }
    total = moved["factor"] + moved["method"]
    rows = []
    for number in sorted(range(len(chosen)), key=lambda place: (-abs(total[place]), chosen[place].words)):
        part = chosen[number]
        first, second = part.factors
        if first is None or second is None or not (moved["factor"][number] or moved["method"][number]):
            continue
        rows.append(
            {
                "activity": part.words[0],
                "component": part.words[5],
                **_of_side(first, "before"),
                **_of_side(second, "after"),
                "factor_before_in_prices_after": _in_prices_after(part, first, second),
                "factor_tco2e": float(moved["factor"][number]),
                "method_tco2e": float(moved["method"][number]),
                "known_breaks": _breaks(first, second, sides),
            }
        )
    return pd.DataFrame(rows, columns=list(FACTOR_COLUMNS))


def _in_prices_after(part: Kind, first: Line, second: Line) -> float:
    """Return the earlier factor in the price year of the later; as published where nothing is in pounds."""
    later = part.intensity[1, 1] * part.price.level / part.price.effect[1]
    if not part.price.source or not later:
        return first.factor.kgco2e
    return float(second.factor.kgco2e * part.intensity[0, 0] / later)


def _of_side(line: Line, side: str) -> dict[str, object]:
    factor = line.factor
    return {
        f"factor_{side}": factor.kgco2e,
        f"factor_unit_{side}": factor.unit,
        f"conversion_{side}": line.conversion,
        f"conversion_id_{side}": line.conversion_id,
        f"factor_id_{side}": factor.factor_id,
        f"package_{side}": factor.package,
        f"locator_{side}": factor.locator,
        f"gwp_basis_{side}": factor.gwp_basis,
    }


def _breaks(first: Line, second: Line, sides: tuple[Side, Side]) -> str:
    """Name the known breaks of a factor row between the two years."""
    if first.factor.factor_id != second.factor.factor_id or sides[0].year == sides[1].year:
        return ""
    return "; ".join(str(each) for each in breaks_between(first.factor.factor_id, (sides[0].year, sides[1].year)))
