"""Write the parameters of projections from the compiled totals of estates returns.

    python tools/import_projection.py --figures DIR

How much a trust's energy wanders from year to year is derived from `DIR/eric/trust_totals.csv.gz`: the gas of the
trusts that returned it in both years of a pair. The wording of probabilities is the IPCC's. The packages are written
to `data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import csv
import gzip
import sys
from math import exp, sqrt
from pathlib import Path

import numpy as np

from packaged import FACTS, Rows, figures_folder, write

MEASURE = "gas"
LONG = ("2016/17", "2019/20")  # weather and mis-entries weigh least on the longest pair before the pandemic
PAIRS = (("2013/14", "2014/15"), ("2014/15", "2015/16"), ("2015/16", "2016/17"), LONG, ("2019/20", "2023/24"))
NORMAL_IQR = 1.349  # interquartile range of a standard normal distribution
ERIC = "Estates Returns Information Collection, NHS England: gas of trusts, 2013/14 to 2023/24; derived here"
IPCC = "Mastrandrea et al. 2010, Guidance note on consistent treatment of uncertainties (IPCC), Table 1"
TERMS = (("virtually certain", "0.99"), ("very likely", "0.90"), ("likely", "0.66"), ("about as likely as not", "0.33"),
         ("unlikely", "0.10"), ("very unlikely", "0.01"), ("exceptionally unlikely", "0"))  # fmt: skip
PLOT = "NHSRplotthedots, R/ptd_spc_standard.R @090abfa6 and R/ptd_calculate_point_type.R @09c4d14c (NHS-R community, " \
       "for NHS England's Making Data Count)"  # fmt: skip
CONSTANTS = (
    ("limit", "2.66", "process limits lie so many mean moving ranges from the mean"),
    ("near", "2/3", "a point beyond this share of the way to a limit is near it"),
    ("screen", "3.267", "moving ranges above so many mean moving ranges are left out of the mean"),
    ("shift", "7", "points in a row on one side of the mean"),
    ("trend", "7", "points in a row that all rise or all fall"),
    ("near_points", "2", "points near a limit, of near_of in a row on one side of the mean"),
    ("near_of", "3", "points that near_points are counted in"),
)


def changes(path: Path, before: str, after: str) -> list[float]:
    """Return the change of the logarithm of each trust's gas between two years."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["measure"] == MEASURE and float(row["value"]) > 0]
    found = {(row["org_code"], row["year"]): float(row["value"]) for row in rows}
    trusts = sorted({trust for trust, _ in found})
    return [float(np.log(found[trust, after] / found[trust, before]))
            for trust in trusts if (trust, before) in found and (trust, after) in found]  # fmt: skip


def years(pair: tuple[str, str]) -> int:
    """Return how many years lie between the two of a pair."""
    return int(pair[1][:4]) - int(pair[0][:4])


def parameter_rows(path: Path) -> Rows:
    """Return how much activity wanders, and how uncertain the pace of a published path is."""
    moved = changes(path, *LONG)
    low, high = np.percentile(moved, [25, 75])
    own = float(high - low) / NORMAL_IQR / sqrt(years(LONG))
    middles = [float(np.median(changes(path, *pair))) / years(pair) for pair in PAIRS]
    shared = float(np.std(middles, ddof=1))
    rows = [
        ("growth.energy", "growth", "energy.*", _squared(own), f"derived: {own:.4f} a year", ERIC,
         f"interquartile range / {NORMAL_IQR} of the change of the logarithm of gas of {len(moved)} trusts between "
         f"{LONG[0]} and {LONG[1]}, / sqrt({years(LONG)}); mergers and mis-entries are in it"),
        ("growth", "growth", "*", _squared(own), "proposed: no figures at hand, so as the energy of trusts", ERIC, ""),
        ("growth_shared.energy", "growth_shared", "energy.*", _squared(shared), f"derived: {shared:.4f} a year", ERIC,
         f"standard deviation of the median yearly change between {len(PAIRS)} pairs of years: what moves all trusts"),
        ("growth_shared", "growth_shared", "*", _squared(shared),
         "proposed: no figures at hand, so as the energy of trusts", ERIC, ""),
        ("pace", "pace", "*", "1.500", "proposed: nhscarbon's own choice, as no range of the path is published", "",
         "the path's index is raised to this power: slower below 1, faster above"),
    ]  # fmt: skip
    names = ("parameter", "of", "pattern", "value", "status", "source", "note")
    return [dict(zip(names, row, strict=True)) | {"distribution": "lognormal"} for row in rows]


def _squared(sigma: float) -> str:
    return f"{exp(2 * sigma):.3f}"


def main() -> int:
    """Write the package of projections and that of control charts."""
    figures = figures_folder(__doc__) / "eric" / "trust_totals.csv.gz"
    write(
        "projections",
        "projection-1",
        {
            "parameters.csv": parameter_rows(figures),
            "likelihood.csv": [{"term": term, "at_least": level, "source": IPCC} for term, level in TERMS],
        },
        title="How much activity and factors wander in a projection, and how probabilities are worded",
        sources=[{"title": "Named in each row"}],
        licenses=[FACTS],
        attribution="NHS England (estates returns); IPCC; nhscarbon",
        notes=[
            "value is GSD squared of one year's change (growth) or of the whole (pace): 95 % lie between the figure "
            "divided and multiplied by it. The first row that fits decides.",
            "Rows marked proposed are nhscarbon's own choice.",
            "at_least: the lowest probability of the term; the IPCC's terms nest, here the narrowest is taken.",
        ],
    )
    write(
        "control_charts",
        "making-data-count-1",
        {"constants.csv": [{"constant": name, "value": value, "what": what, "source": PLOT}
                           for name, value, what in CONSTANTS]},
        title="Constants and rules of XmR charts as Making Data Count draws them",
        sources=[{"title": "NHSRplotthedots", "path": "https://github.com/nhs-r-community/NHSRplotthedots"}],
        licenses=[FACTS],
        attribution="NHS England, Making Data Count; NHS-R community (MIT)",
        notes=["A point is also special cause when it lies beyond a limit."],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
