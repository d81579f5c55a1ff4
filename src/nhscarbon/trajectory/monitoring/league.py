"""A league of progress since the base year: on one map, on the same themes and years, with funnel limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.analysis.funnels import ENOUGH, LEVELS, funnel_limits
from nhscarbon.errors import UsageError
from nhscarbon.footprint.label import boundary_name
from nhscarbon.output.results import TableResult
from nhscarbon.trajectory.monitoring.result import Monitor
from nhscarbon.trajectory.monitoring.standing import Standing
from nhscarbon.trajectory.monitoring.words import some

TOO_FEW = "too few to draw limits"
ENDS = tuple(f"{name}_{end}" for name, _ in LEVELS for end in ("low", "high"))


@dataclass(frozen=True, eq=False, repr=False)
class League(TableResult):
    """Progress of organisations since the base year, the largest fall first.

    Attributes
    ----------
    table : pandas.DataFrame
        ``rank``, ``organisation``, ``name``, ``base_tco2e``, ``tco2e`` (of the themes that all of them are judged on),
        ``change_percent``, ``change_a_year_percent``; what is ``typical`` and the limits of each from all the others
        (``warn_low`` to ``act_high``: they hold 95 % and 99.8 % of organisations like these), as changes in
        percent; ``position``, and the ``status`` of the organisation.
    boundary, base_year, period : str
    themes : tuple of str
        Those that are compared.
    left_out : Mapping of organisation to the reason
    """

    boundary: str
    base_year: str
    period: str
    themes: tuple[str, ...]
    of_themes: int
    left_out: Mapping[str, str]

    def _title(self) -> str:
        on = f", on {len(self.themes)} of {self.of_themes} themes" if len(self.themes) < self.of_themes else ""
        what = f"{boundary_name(self.boundary)} since {self.base_year}, {self.period}{on}"
        return f"{what}: {len(self._table)} organisations"

    def _about(self) -> dict[str, object]:
        return {"boundary": self.boundary, "base_year": self.base_year, "period": self.period,
                "themes": list(self.themes), "left_out": dict(self.left_out)}  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        said = ["A rank says nothing by itself: inside the limits, organisations differ no more than by chance."]
        if self.left_out:
            said.append(f"Not ranked: {some([f'{code} ({why})' for code, why in self.left_out.items()])}.")
        return tuple(said)


def league(found: Monitor, *, boundary: str | None = None) -> League:
    """Rank the organisations of a monitor by their progress since the base year.

    Parameters
    ----------
    found : Monitor
        From `nhscarbon.monitor`; its organisations are on one map unless it was told otherwise. Systems are not
        ranked.
    boundary : str, optional
        The first that was monitored when left out.

    Returns
    -------
    League

    Raises
    ------
    UsageError
        If the boundary was not monitored, or fewer than two organisations can be ranked.

    Notes
    -----
    All are compared in the year that most are judged in, and on the themes that all of them are judged on; who cannot
    be is left out with the reason. Limits are those of `nhscarbon.analysis.funnels.funnel_limits` on the ratio of
    now to base, with the tonnes of the base as sizes: 95 % limits have 5 % of like organisations outside them.

    Examples
    --------
    >>> import nhscarbon as nc, pandas as pd
    >>> sent = [("RX1", "2019/20", 9e6), ("RX1", "2023/24", 6e6), ("RTG", "2019/20", 8e6), ("RTG", "2023/24", 7e6)]
    >>> rows = [(code, year, "energy.natural_gas", kwh, "kWh") for code, year, kwh in sent]
    >>> names = ["organisation", "period", "activity", "quantity", "unit"]
    >>> footprint = nc.calculate(pd.DataFrame(rows, columns=names), "nhs-2026.1")
    >>> nc.trajectory.league(nc.monitor(footprint, "nhs-net-zero-1")).table["organisation"].tolist()
    ['RX1', 'RTG']
    """
    boundary = next(iter(found.theme_years)) if boundary is None else boundary
    if boundary not in found.theme_years:
        raise UsageError(f"'{boundary[:60]}' was not monitored; there are {', '.join(found.theme_years)}")
    inside, held = found.theme_years[boundary], found.members
    codes = held.judged[: held.organisations]
    standings = {code: found.standings[code, boundary] for code in codes}
    ranked, left_out, year = _comparable(standings, held.years)
    if len(ranked) < 2:
        raise UsageError(
            f"a league needs two organisations or more that can be judged in {boundary_name(boundary)}, and there "
            f"{'is' if len(ranked) == 1 else 'are'} {len(ranked)}",
            advice="See the table of the monitor for what is missing.",
        )
    themes = np.all([standings[code].themes for code in ranked], axis=0)
    if not themes.any():
        raise UsageError("no theme is judged of all organisations: they cannot be compared")
    places = [held.judged.index(code) for code in ranked]
    base, now = (inside.tco2e[places, at][:, themes].sum(axis=1) for at in (held.senders.base, year))
    years = int(held.years[year][:4]) - int(held.years[held.senders.base][:4])
    some_left = (base > 0) & (now > 0)
    left_out |= {code: "nothing left on these themes" for code, fine in zip(ranked, some_left, strict=True) if not fine}
    ranked = [code for code, fine in zip(ranked, some_left, strict=True) if fine]
    base, now = base[some_left], now[some_left]
    if len(ranked) >= ENOUGH:
        limits = funnel_limits(now / base, base)
    else:
        limits = pd.DataFrame(np.nan, index=range(len(ranked)), columns=["typical", *ENDS]).assign(position=TOO_FEW)
    table = pd.DataFrame({
        "organisation": ranked, "name": [found.names.get(code, "") for code in ranked],
        "base_tco2e": base, "tco2e": now,
        "change_percent": 100 * (now / base - 1), "change_a_year_percent": 100 * ((now / base) ** (1 / years) - 1),
        **{name: 100 * (limits[name].to_numpy() - 1) for name in ("typical", *ENDS)},
        "position": limits["position"].to_numpy(), "status": [standings[code].status for code in ranked],
    }).sort_values(["change_percent", "organisation"], ignore_index=True)  # fmt: skip
    table.insert(0, "rank", table["change_percent"].rank(method="min").astype(np.int64))
    kept = tuple(theme for theme, yes in zip(inside.themes, themes.tolist(), strict=True) if yes)
    return League(table, boundary, held.years[held.senders.base], held.years[year], kept, len(themes), left_out)


def _comparable(
    standings: Mapping[str, Standing], years: tuple[str, ...]
) -> tuple[list[str], dict[str, str], int]:  # fmt: skip
    """Return who can be compared, why others cannot, and the place of the year that most are judged in."""
    judged = {code: found for code, found in standings.items() if found.readings}
    left_out = dict.fromkeys((code for code in standings if code not in judged), "nothing can be said")
    if not judged:
        return [], left_out, -1
    counts = Counter(found.year for found in judged.values())
    year = max(counts, key=lambda at: (counts[at], at))
    left_out |= {code: f"judged in {years[found.year]}" for code, found in judged.items() if found.year != year}
    return [code for code, found in judged.items() if found.year == year], left_out, year
