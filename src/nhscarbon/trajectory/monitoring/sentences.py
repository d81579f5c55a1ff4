"""What is said of where an organisation stands: templates, each filled with figures, so that they can be tested."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.monitoring.standing import Reading, Standing
from nhscarbon.trajectory.monitoring.thresholds import CANNOT_SAY, NOTHING, OFF_TRACK, ON_TRACK, WATCH, Thresholds
from nhscarbon.trajectory.monitoring.words import figure, percent

STATUS = {
    ON_TRACK: "The {footprint} is on track for {year}{on}.",
    WATCH: "The {footprint} is close to its path for {year}{on}.",
    "watch_slow": "The {footprint} is below its path for {year} but falls more slowly than the path needs{on}.",
    OFF_TRACK: "The {footprint} is off track for {year}{on}.",
    CANNOT_SAY: "Nothing can be said of the {footprint} for {year}: {reason}.",
}
GAP = "{gap} tCO2e ({percent}%) {side} the path to {cut} by {year}."
ON_PATH = "On the path to {cut} by {year}."
BEHIND = "About {years} {behind}."
WINDOW = "Against {year}, the {end} of the target, it is {gap} {side}."
ON = ", on {answered} of {themes} themes"
THEMES = "These are the themes answered in every year since {base}."
PACE = "It {fell} by {percent}% a year from {start} to {year}; from now it must fall by {required}% a year."
PACE_MAY = "It {fell} by {percent}% a year from {start} to {year}, and is already below what {due} allows."
NO_PACE = "Its pace is not known: {years} complete years before {year} are needed."
MEETS = "At this pace it meets the path in {crossing}."
LEAVES = "At this pace it is above the path from {crossing}."
NEVER = "At this pace it does not meet the path by {last}."
LEFT_OUT = "{year} is left out: {reason}."
LATEST = "The latest complete year is {year}."

REASONS = {
    "year_incomplete": "{missing}",
    "base_missing": "the base year {base} is missing",
    "base_incomplete": "the base year {base} is not complete: {missing}",
    "none_after_base": "there is no complete year after the base year {base}",
    "no_theme": "no theme is answered in every year since {base}",
    "not_sent": "none of the themes that only it has is answered in every year since {base}",
    "base_of_nothing": "the base year {base} adds up to 0 tCO2e on the themes answered in every year",
    "no_target": "{plan} has no target for it on {base}",
    "no_milestone": "no target of {plan} lies after {year}",
}
NOTHING_SENT = "nothing was sent"
MONTHS = "{months} of 12 months of {themes} are given{by}"
MEMBERS = "{names} sent nothing"
CLOSED = "{name} closed on {day}"


def cut(reading: Reading) -> str:
    """Return what a target asks for: a cut on the base, or net zero."""
    return "net zero" if reading.kind == "net_zero" else f"{percent(reading.cut_percent)}% lower"


def side(gap: float) -> str:
    """Return on which side of its path a gap is."""
    return "above" if gap > 0 else "below"


def reason(key: str, facts: Mapping[str, object]) -> str:
    """Return a reason in words."""
    return REASONS[key].format(**facts)


def sentences(
    found: Standing, *, footprint: str, years: Sequence[str], facts: Mapping[str, object],
    left_out: Iterable[tuple[str, str]], last: int, rules: Thresholds,
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Yield the kind and the text of each sentence, in the order in which they are read.

    Parameters
    ----------
    found : Standing
    footprint : str
        The name of the boundary.
    years : sequence of str
        NHS years, numbered as `found` numbers them.
    facts : Mapping
        ``base`` and ``year``, ``answered`` and ``themes`` as numbers, and what the reason needs.
    left_out : iterable of (year, reason)
    last : int
        The last year of the path.
    rules : Thresholds
    """
    if found.status == CANNOT_SAY:
        yield (
            "status",
            STATUS[CANNOT_SAY].format(footprint=footprint, year=facts["year"], reason=reason(found.reason, facts)),
        )
        if facts.get("latest"):
            yield "latest", LATEST.format(year=facts["latest"])
    else:
        on = ON.format(**facts) if facts["answered"] != facts["themes"] else ""
        yield from _judged(found, footprint, on, years, last, rules)
        if on:
            yield "themes", THEMES.format(**facts)
    for year, why in left_out:
        yield "left_out", LEFT_OUT.format(year=year, reason=why)


def _judged(
    found: Standing, footprint: str, on: str, years: Sequence[str], last: int, rules: Thresholds
) -> Iterator[tuple[str, str]]:  # fmt: skip
    first, *others = found.readings
    alone = rules.status(first.allowance_tco2e + first.gap_tco2e, first.allowance_tco2e,
                         pace_percent=math.nan, required_percent=math.nan)  # fmt: skip
    slow = found.status == WATCH and alone == ON_TRACK  # it is watched for its pace
    yield "status", STATUS["watch_slow" if slow else found.status].format(footprint=footprint, year=first.due, on=on)
    if abs(first.gap_tco2e) <= NOTHING * first.allowance_tco2e:
        yield "gap", ON_PATH.format(cut=cut(first), year=first.due)
    else:
        share = 100 * first.gap_tco2e / first.allowance_tco2e if first.allowance_tco2e else 100.0
        yield "gap", GAP.format(gap=figure(first.gap_tco2e), percent=percent(share), side=side(first.gap_tco2e),
                                cut=cut(first), year=first.due)  # fmt: skip
    if math.isfinite(first.gap_years) and round(abs(first.gap_years)):
        count = round(abs(first.gap_years))
        yield "years", BEHIND.format(years="1 year" if count == 1 else f"{count} years",
                                     behind="behind" if first.gap_years > 0 else "ahead")  # fmt: skip
    for each in others:
        end = "early end" if each.due < first.due else "late end" if each.reading == "end" else "middle"
        yield "window", WINDOW.format(year=each.due, end=end, gap=figure(each.gap_tco2e), side=side(each.gap_tco2e))
    if not math.isfinite(found.pace_percent):
        yield "pace", NO_PACE.format(years=rules.pace_years, year=years[found.year])
        return
    fell = "fell" if found.pace_percent >= 0 else "rose"
    pace = PACE if first.required_percent > 0 else PACE_MAY
    yield "pace", pace.format(
        fell=fell, percent=percent(found.pace_percent), start=years[found.pace_from], year=years[found.year],
        required=percent(first.required_percent), due=first.due,
    )  # fmt: skip
    above = first.gap_tco2e > 0
    if found.crossing >= 0:
        yield "crossing", (MEETS if above else LEAVES).format(crossing=nhs_year(found.crossing))
    elif above:
        yield "crossing", NEVER.format(last=nhs_year(last))
