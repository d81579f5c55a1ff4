"""The fan: what was measured, what lies ahead with its bands, and the target with its budget."""

from __future__ import annotations

import pandas as pd

from nhscarbon.reporting.charts.style import CONTEXT, FOCUS, PALETTE, SMALLEST, Chart, blank_figure, titled
from nhscarbon.trajectory.projection.projection import Projection
from nhscarbon.trajectory.targets.series import year_texts
from nhscarbon.trajectory.targets.target_path import TargetPath

BANDS = (95, 80, 50)  # the widest first, so that the narrower lie on it
SHADE = {95: 0.15, 80: 0.25, 50: 0.4}
MANY = 12  # years, beyond which every second one is written
TARGET = PALETTE[2]


def fan(projection: Projection, path: TargetPath | None = None) -> Chart:
    """Draw the fan of a projection: the whole, what was measured, the path and its budget.

    Parameters
    ----------
    projection : Projection
        From `nhscarbon.project`.
    path : TargetPath, optional
        A target to draw beside it, with its budget.

    Returns
    -------
    Chart
        Its title is the finding.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    history = projection.history
    measured = pd.DataFrame({"year": year_texts(history.index.to_numpy()), "tco2e": history.to_numpy()})
    chance = None if path is None else projection.chances(path)
    return _drawn(
        projection.outcomes.table, measured=measured, target=None if path is None else path.table,
        budget_tco2e=None if chance is None else float(chance.table["limit_tco2e"].iloc[-1]),
        chance=None if chance is None else chance.of("budget"),
        subtitle=f"{projection.boundary}, tCO2e a year; "
                 f"bands hold 50, 80 and 95 % of {projection.noise.draws:,} worlds",
        source=f"{projection.method}; {projection.noise.path}; base {projection.base}",
    )  # fmt: skip


def _drawn(
    bands: pd.DataFrame,
    *,
    measured: pd.DataFrame,
    target: pd.DataFrame | None,
    budget_tco2e: float | None,
    chance: float | None,
    subtitle: str,
    source: str,
) -> Chart:
    """Draw the fan; `bands` has ``year``, ``median``, ``low_50`` to ``high_95`` [tCO2e]."""
    figure, axes = blank_figure()
    years = [int(year[:4]) for year in bands["year"]]
    for level in BANDS:
        low, high = bands[f"low_{level}"], bands[f"high_{level}"]
        axes.fill_between(years, low, high, color=FOCUS, alpha=SHADE[level], linewidth=0)
    axes.plot(years, bands["median"], color=FOCUS, linewidth=2)
    axes.annotate("median", (years[-1], bands["median"].iloc[-1]), fontsize=SMALLEST, color=FOCUS,
                  xytext=(4, 0), textcoords="offset points", va="center")  # fmt: skip
    past = [int(year[:4]) for year in measured["year"]]
    axes.plot(past, measured["tco2e"], color=PALETTE[4], marker="o", linewidth=1.5)
    shown = None if target is None else target[target["year"] >= min([*measured["year"], *bands["year"]])]
    if shown is not None and not shown.empty:
        at = [int(year[:4]) for year in shown["year"]]
        axes.plot(at, shown["tco2e"], color=TARGET, linestyle="--", linewidth=2)
        axes.annotate("target", (at[-1], shown["tco2e"].iloc[-1]), fontsize=SMALLEST, color=TARGET,
                      xytext=(4, 6), textcoords="offset points")  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color=CONTEXT, linewidth=0.5)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    every = sorted({*years, *past})
    ticks = every[:: 2 if len(every) > MANY else 1]
    axes.set_xticks(ticks, [f"{year}/{(year + 1) % 100:02d}" for year in ticks], rotation=45, ha="right")
    last = bands.iloc[-1]
    finding = (
        f"{last['year']}: {last['median']:,.0f} tCO2e, 80 % between {last['low_80']:,.0f} and {last['high_80']:,.0f}"
    )
    words = f"{subtitle}\n{_of_budget(budget_tco2e, chance)}" if budget_tco2e is not None else subtitle
    titled(axes, f"{finding}\n" if budget_tco2e is not None else finding, subtitle=words, source=source)
    return Chart(figure, _data(bands, measured, target), _sentence(bands, measured, finding, budget_tco2e, chance))


def _of_budget(budget_tco2e: float, chance: float | None) -> str:
    kept = "" if chance is None else f", kept in {100 * chance:.0f} % of the worlds"
    return f"budget of the target path: {budget_tco2e:,.0f} tCO2e{kept}"


def _sentence(
    bands: pd.DataFrame, measured: pd.DataFrame, finding: str, budget_tco2e: float | None, chance: float | None
) -> str:
    first = measured.iloc[-1]
    text = (
        f"Measured {first['tco2e']:,.0f} tCO2e in {first['year']}; projected from {bands['year'].iloc[0]}. {finding}."
    )
    return text if budget_tco2e is None else f"{text} The {_of_budget(budget_tco2e, chance)}."


def _data(bands: pd.DataFrame, measured: pd.DataFrame, target: pd.DataFrame | None) -> pd.DataFrame:
    found = bands.merge(measured.rename(columns={"tco2e": "measured_tco2e"}), on="year", how="outer")
    if target is not None:
        found = found.merge(target.rename(columns={"tco2e": "target_tco2e"}), on="year", how="left")
    return found.sort_values("year", ignore_index=True)
