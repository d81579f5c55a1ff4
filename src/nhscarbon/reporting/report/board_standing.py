"""Where a board page says a total stands: what `nhscarbon.monitor` found, as words and as the points of a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from nhscarbon.periods import nhs_year
from nhscarbon.reporting.drawing.path_picture import PathLines, Window
from nhscarbon.reporting.report import board_sentences as sentences
from nhscarbon.reporting.report.board import CANNOT_SAY, Member, Moved, Standing
from nhscarbon.reporting.report.board_years import LEAST_SHARED
from nhscarbon.reporting.report.number_words import change_percent, count_of, percent, rounded
from nhscarbon.trajectory.monitoring.members import SYSTEM
from nhscarbon.trajectory.monitoring.result import Monitor
from nhscarbon.trajectory.targets.target_path import TargetPath

NET_ZERO = "net_zero"
FIRST = "first"  # the reading of a window by its first year
MOST_MEMBERS = 5  # small pictures beside that of the system
NEEDED = {  # what to do where nothing can be judged, by the reason of the monitor
    "base_missing": "To judge it, add the figures of {base} or give its totals as the base.",
    "none_after_base": "A later year is needed.",
}
ENDINGS = (" NHS Foundation Trust", " NHS Trust", " Integrated Care Board")  # left out of a narrow column
FULL = 100.0
SAME = 1e-6  # of a total: what arithmetic leaves


def standing(found: Monitor, organisation: str, boundary: str, total: float | None = None) -> Standing:
    """Return where an organisation stands in a boundary.

    Parameters
    ----------
    found : Monitor
    organisation, boundary : str
    total : float, optional
        The total that is shown [tCO2e]; where another is judged, that one is said.
    """
    row = _row(found.table, organisation, boundary)
    if row is None:
        return Standing(CANNOT_SAY, f"It was not judged against {found.basis.plan.plan}.")
    if row["status"] == CANNOT_SAY:
        return Standing(CANNOT_SAY, _why(found, organisation, boundary))
    readings = _of(found.readings, organisation, boundary)
    decides = readings.iloc[0]
    path = found.paths[organisation, boundary]
    aim = next(each for each in path.milestones if each.target == decides["target"])
    early = readings[(readings["reading"] == FIRST) & (readings["due"] < decides["due"])]
    themes = found.themes(organisation, boundary)
    every = _of(found.series, organisation, boundary)["of_themes"].iloc[0]
    now = float(row["tco2e"])
    other = "" if total is None or math.isclose(now, total, rel_tol=SAME) else f" ({rounded(now)} tCO2e)"
    return Standing(
        status=str(row["status"]), gap=float(row["gap_tco2e"]), allowance=float(row["allowance_tco2e"]),
        cut=float(decides["cut_percent"]), first_year=aim.first_year, last_year=int(decides["due"]),
        early_gap=float(early["gap_tco2e"].iloc[0]) if len(early) else None,
        years_behind=None if math.isnan(row["gap_years"]) else float(row["gap_years"]),
        themes=f"{count_of(len(themes), 'theme')}{other}" if other or len(themes) < int(every) else "",
    )  # fmt: skip


def _why(found: Monitor, organisation: str, boundary: str) -> str:
    """Return why nothing can be said, and what is needed."""
    said = _of(found.sentences, organisation, boundary)
    first = str(said["text"].iloc[0]) if len(said) else ""
    reason = first.partition(": ")[2] or first
    need = NEEDED.get(found.standings[organisation, boundary].reason, "").format(base=found.basis.base_period)
    return f"{reason[:1].upper()}{reason[1:]} {need}".strip()


def since_base(found: Monitor, organisation: str, boundary: str, total: float | None) -> Moved | None:
    """Return the change since the base year, on the themes that are judged; None where it cannot be said."""
    row = _row(found.table, organisation, boundary)
    points = actual_points(found, organisation, boundary)
    base = found.basis.base_period
    if row is None or total is None or str(row["period"]) == base:
        return None
    held = dict(points)
    was, now = held.get(int(base[:4])), held.get(int(str(row["period"])[:4]))
    if was is None or now is None or now < LEAST_SHARED * total:
        return None
    themes = len(found.themes(organisation, boundary))
    same = "" if math.isclose(now, total, rel_tol=SAME) or not themes else f", same {themes} themes"
    return Moved(change_percent(was, now, 1), f"since {base}{same}")


def so_far(found: Monitor, organisation: str, boundary: str) -> Moved | None:
    """Return the change of a year that is not whole, on the months and themes that both years give."""
    row = _row(found.year_to_date, organisation, boundary)
    if row is None or not int(row["months"]) or math.isnan(row["change_percent"]):
        return None
    months = count_of(int(row["months"]), "month")
    return Moved(change_percent(row["before_tco2e"], row["tco2e"], 1), f"in {row['period']}, same {months}")


def actual_points(found: Monitor, organisation: str, boundary: str) -> tuple[tuple[int, float], ...]:
    """Return the complete years with their tonnes on the themes that are judged, from the base on."""
    frame = _of(found.series, organisation, boundary)
    frame = frame[frame["complete"]]
    return tuple((int(period[:4]), float(value)) for period, value in zip(frame["period"], frame["tco2e"], strict=True))


def path_lines(found: Monitor, organisation: str, boundary: str, parts: Sequence[tuple[str, str]]) -> PathLines | None:
    """Return what the picture shows; None where there is no complete year to draw."""
    points = actual_points(found, organisation, boundary)
    if not points:
        return None
    path = found.paths.get((organisation, boundary))
    last, now = points[-1]
    if path is None:
        ends = (nhs_year(points[0][0]), nhs_year(last) if last > points[0][0] else "", "")
        return PathLines(points, (), (), _later(parts, last), rounded(points[0][1]), f"actual {rounded(now)}", "", ends)
    drawn = tuple(zip(path.years.tolist(), path.tco2e.tolist(), strict=True))
    points = tuple(each for each in points if each[0] >= drawn[0][0])
    final = path.milestones[-1]
    end = f"net zero {final.due(path.reading)}" if final.kind == NET_ZERO else str(final.due(path.reading))
    allowed = f"path {rounded(path.at(last))}" if last > drawn[0][0] else ""
    return PathLines(
        points, drawn, _windows(path), _later(parts, last), rounded(points[0][1]), f"actual {rounded(now)}", allowed,
        (nhs_year(drawn[0][0]), nhs_year(last) if last > drawn[0][0] else "", end),
    )  # fmt: skip


def _later(parts: Sequence[tuple[str, str]], last: int) -> tuple[tuple[int, str], ...]:
    return tuple((int(period[:4]), f"{period}: {why}") for period, why in parts if int(period[:4]) > last)


def _windows(path: TargetPath) -> tuple[Window, ...]:
    """Return the targets on the way, each over its years."""
    base = float(path.tco2e[0])
    return tuple(
        Window(each.first_year, each.last_year, each.tco2e, f"{percent(FULL * (1 - each.tco2e / base))} lower",
               " to ".join(dict.fromkeys([str(each.first_year), str(each.last_year)])))
        for each in path.milestones if each.kind != NET_ZERO and base > 0
    )  # fmt: skip


def picture_words(found: Monitor, organisation: str, boundary: str) -> str:
    """Return the picture in words, for those who do not see it."""
    points = actual_points(found, organisation, boundary)
    if not points:
        return ""
    path = found.paths.get((organisation, boundary))
    first = (nhs_year(points[0][0]), points[0][1]) if len(points) > 1 else None
    last = (nhs_year(points[-1][0]), points[-1][1])
    if path is None:
        return sentences.picture_words(first, last, None, (), None)
    zero = next((each.due(path.reading) for each in path.milestones if each.kind == NET_ZERO), None)
    aims = [(each.cut, f"in {each.years}" if each.first == each.last else f"from {each.years}")
            for each in _windows(path)]  # fmt: skip
    return sentences.picture_words(first, last, path.at(points[-1][0]), aims, zero)


def members(found: Monitor, boundary: str, names: Mapping[str, str]) -> tuple[tuple[Member, ...], int]:
    """Return the small pictures, the system first and then the worst, and how many organisations there are."""
    table = found.table
    rows = table[(table["boundary"] == boundary) & (table["organisation"] != SYSTEM)]
    codes = [str(code) for code in rows["organisation"]]
    stands = {code: standing(found, code, boundary) for code in codes}
    order = sorted(codes, key=lambda code: (stands[code].status == CANNOT_SAY, -_over(stands[code]), code))
    shown = [
        _member(found, code, boundary, _short(names.get(code, code)), stands[code]) for code in order[:MOST_MEMBERS]
    ]
    whole = _member(found, SYSTEM, boundary, f"All {sentences.organisations(len(codes))}",
                    standing(found, SYSTEM, boundary))  # fmt: skip
    return (whole, *shown), len(codes)


def _over(stand: Standing) -> float:
    """Return how far above its path a total is, as a share of what the path allows."""
    return stand.gap / stand.allowance if stand.allowance > 0 else math.inf if stand.gap > 0 else -math.inf


def _member(found: Monitor, code: str, boundary: str, name: str, stand: Standing) -> Member:
    points = actual_points(found, code, boundary)
    path = found.paths.get((code, boundary))
    base = points[0][1] if points and path is not None else 0.0
    if not base or path is None:
        return Member(name, stand.status, "", "", (), ())
    allowed = zip(path.years.tolist(), path.tco2e.tolist(), strict=True)
    return Member(
        name, stand.status, sentences.member_words(stand), rounded(points[-1][1]),
        tuple((year, value / base) for year, value in points), tuple((year, value / base) for year, value in allowed),
    )  # fmt: skip


def _short(name: str) -> str:
    """Return the name of an organisation without what all of its kind have."""
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name


def _of(frame: pd.DataFrame, organisation: str, boundary: str) -> pd.DataFrame:
    return frame[(frame["organisation"] == organisation) & (frame["boundary"] == boundary)]


def _row(frame: pd.DataFrame, organisation: str, boundary: str) -> pd.Series | None:
    found = _of(frame, organisation, boundary)
    return found.iloc[0] if len(found) else None
