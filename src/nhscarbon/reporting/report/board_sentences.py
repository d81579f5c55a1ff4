"""The sentences of a board page, in one place: templates that are filled, so that each can be tested."""

from __future__ import annotations

from collections.abc import Sequence

from nhscarbon.reporting.report.board import (
    CANNOT_SAY,
    OFF_TRACK,
    ON_TRACK,
    WATCH,
    BoardFigure,
    BoardTheme,
    Standing,
)
from nhscarbon.reporting.report.number_words import (
    SMALLEST,
    count_of,
    listed,
    percent,
    rounded,
    share,
    signed,
    span,
    years_words,
)

LONGEST_LEAD = 180  # characters: two lines of the page
IN_A_SENTENCE = {ON_TRACK: "on track", WATCH: "on watch", OFF_TRACK: "off track", CANNOT_SAY: "cannot say"}
STANDS = "The {footprint} is {status} for {year}"
BOTH_STAND = "Both footprints are {status}: the {core} for {core_year}, the {plus} for {plus_year}"
CANNOT = "We cannot say yet where the {footprint} stands against its path"
CANNOT_BOTH = "We cannot say yet where either footprint stands against its path"
TOTALS = "The {footprint} of {year} is {tco2e} tCO2e"
LARGEST = "{share} of it is {themes}"
REST = "the {share} of it that is in the Plus only has {moved} since {base}"
GAP = "{gap} tCO2e ({percent}) {side} the path to {cut} lower by {year}."
ON_PATH = "On the path to {cut} lower by {year}."
ZERO_GAP = "{gap} tCO2e above the path to net zero by {year}."
SLOWER = "But it falls more slowly than the path needs."
EARLY = "Against {year}, the early end of the target, it is {gap} {side}."
EARLY_ON = "Against {year}, the early end of the target, it is on the path."
BEHIND = "It is {years} behind"
JUDGED = "Judged on the same {themes} in every year."
JUDGED_TOO = ", on the same {themes} in every year"
OVER_PATH = "{percent} {side}"
AT_PATH = "on its path"
PICTURE = "{moved} from {first} in {base} to {last} tonnes in {year}."
PICTURE_ONE = "{last} tonnes in {year}."
PICTURE_PATH = "The path allows {allowed}."
PICTURE_TARGET = "It reaches {cut} {years}."
PICTURE_ZERO = "It reaches net zero in {year}."
ANSWERED = "{answered} of {of} themes answered."
MISSING = "Missing: {themes}."
IN_PART = "In part: {themes}."
ONLY_ADD = "They can only add to the total."
ONLY_ADDS = "It can only add to the total."
EARLIER = "Earlier years leave {them} out too."
WIDEST = "{theme} alone could be {span}."
SINCE = "Since {base} the {footprint} is {change} tCO2e {side}. What the organisation did changed it by {did}."
NOT_SPLIT = "Nothing to compare with: give the year before, or a footprint of several years."


def stands(figure: BoardFigure) -> str:
    """Return where a figure stands, in a sentence without its full stop."""
    if figure.standing.status == CANNOT_SAY:
        return CANNOT.format(footprint=figure.title)
    return STANDS.format(
        footprint=figure.title, status=IN_A_SENTENCE[figure.standing.status], year=figure.standing.last_year
    )


def lead(core: BoardFigure, plus: BoardFigure, *, reasons: Sequence[str] = (), year: str = "") -> str:
    """Return what a reader takes away: where both figures stand, and why as far as there is room.

    Parameters
    ----------
    core, plus : BoardFigure
    reasons : sequence of str
        Of the Plus, the best first; the first that fits two lines is taken.
    year : str
        The NHS year, for a page that can only give totals.
    """
    judged = [each for each in (core, plus) if each.standing.status != CANNOT_SAY]
    if not judged:
        totals = [TOTALS.format(footprint=each.title, year=year, tco2e=rounded(each.tco2e)) for each in (core, plus)
                  if each.tco2e is not None]  # fmt: skip
        ends = [f"{CANNOT_BOTH}.", ""]
        starts = [[f"{totals[0]} ({core.covers})." if core.covers else f"{totals[0]}."]] if totals else [[]]
        return _fitting([" ".join(filter(None, [*start, end])) for end in ends for start in starts])
    both = f"{stands(core)}. {stands(plus)}"
    same = core.standing.status == plus.standing.status
    if same:
        both = BOTH_STAND.format(
            status=IN_A_SENTENCE[core.standing.status], core=core.title, core_year=core.standing.last_year,
            plus="Plus", plus_year=plus.standing.last_year,
        )  # fmt: skip
    useful = () if plus.standing.status in (ON_TRACK, CANNOT_SAY) or same else reasons
    return _fitting([*(f"{both}: {reason}." for reason in useful), f"{both}."])


def _fitting(texts: Sequence[str]) -> str:
    """Return the first text that fits, or the shortest."""
    return next((each for each in texts if len(each) <= LONGEST_LEAD), min(texts, key=len))


def verdict(standing: Standing) -> str:
    """Return what is said after the word of a status: the gap, the early end of the target, and the years."""
    if standing.status == CANNOT_SAY:
        return standing.why
    cut = percent(standing.cut)
    gap, allowed = standing.gap, standing.allowance
    if _nothing(gap):
        said = [ON_PATH.format(cut=cut, year=standing.last_year)]
    elif allowed > 0:
        said = [GAP.format(gap=rounded(abs(gap)), percent=percent(100 * abs(gap) / allowed), side=_side(gap), cut=cut,
                           year=standing.last_year)]  # fmt: skip
    else:
        said = [ZERO_GAP.format(gap=rounded(gap), year=standing.last_year)]
    if standing.status == WATCH and gap < 0:
        said.append(SLOWER)
    if standing.early_gap is not None:
        early = EARLY_ON if _nothing(standing.early_gap) else EARLY
        said.append(early.format(year=standing.first_year, gap=rounded(abs(standing.early_gap)),
                                 side=_side(standing.early_gap)))  # fmt: skip
    behind = standing.years_behind
    if standing.status == OFF_TRACK and behind is not None and behind > 0:
        same = JUDGED_TOO.format(themes=standing.themes) if standing.themes else ""
        said.append(f"{BEHIND.format(years=years_words(behind))}{same}.")
    elif standing.themes:
        said.append(JUDGED.format(themes=standing.themes))
    return " ".join(said)


def member_words(standing: Standing) -> str:
    """Return how far an organisation is from its path, in a few words."""
    if _nothing(standing.gap):
        return AT_PATH
    side = _side(standing.gap)
    if standing.allowance <= 0:
        return f"{rounded(standing.gap)} {side}"
    return OVER_PATH.format(percent=percent(100 * abs(standing.gap) / standing.allowance), side=side)


def _nothing(tco2e: float) -> bool:
    """Return whether tonnes are too few to be said."""
    return abs(tco2e) < SMALLEST


def _side(gap: float) -> str:
    return "above" if gap > 0 else "below"


def largest_reason(themes: Sequence[BoardTheme], total: float) -> list[str]:
    """Return which themes are most of a total, of two and of one."""
    ranked = [each for each in themes if each.tco2e > 0][:2]
    if total <= 0:
        return []
    return [
        LARGEST.format(share=share(sum(each.tco2e for each in ranked[:number]), total),
                       themes=listed([each.label for each in ranked[:number]]))
        for number in (2, 1) if len(ranked) >= number
    ]  # fmt: skip


def rest_reason(part: float, whole: float, before: float, after: float, base: str) -> str:
    """Return how the part in the Plus only has changed since the base; empty where that cannot be said."""
    if whole <= 0 or part <= 0 or before <= 0:
        return ""
    moved = 100 * (after - before) / before
    words = "not moved" if abs(moved) < 1 else f"{'risen' if moved > 0 else 'fallen'} {percent(abs(moved))}"
    return REST.format(share=share(part, whole), moved=words, base=base)


def picture_words(
    first: tuple[str, float] | None, last: tuple[str, float], allowed: float | None, targets: Sequence[tuple[str, str]],
    zero: int | None,
) -> str:  # fmt: skip
    """Return a path picture in words."""
    year, tco2e = last
    if first is None:
        said = [PICTURE_ONE.format(last=rounded(tco2e), year=year)]
    else:
        base, was = first
        moved = "Fell" if tco2e < was else "Rose" if tco2e > was else "Stayed"
        said = [PICTURE.format(moved=moved, first=rounded(was), base=base, last=rounded(tco2e), year=year)]
    if allowed is not None:
        said.append(PICTURE_PATH.format(allowed=rounded(allowed)))
    said += [PICTURE_TARGET.format(cut=cut, years=years) for cut, years in targets]
    return " ".join([*said, *([PICTURE_ZERO.format(year=zero)] if zero else [])])


def missing_words(names: Sequence[str], in_part: Sequence[str], *, most: int) -> str:
    """Return which themes are missing, and which are answered in part, as many as there is room for."""
    return " ".join(
        template.format(themes=listed(some, most)) for template, some in ((MISSING, names), (IN_PART, in_part)) if some
    )


def after_missing(count: int, *, earlier: bool) -> str:
    """Return what missing themes do to a total."""
    if not count:
        return ""
    said = ONLY_ADDS if count == 1 else ONLY_ADD
    return f"{said} {EARLIER.format(them='it' if count == 1 else 'them')}" if earlier else said


def widest(label: str, low: float, high: float) -> str:
    """Return how uncertain the most uncertain theme is."""
    return WIDEST.format(theme=label, span=span(low, high))


def since(base: str, footprint: str, change: float, did: float) -> str:
    """Return how much of the change since the base the organisation did."""
    if _nothing(change):
        return ""
    side = "lower" if change < 0 else "higher"
    return SINCE.format(base=base, footprint=footprint, change=rounded(abs(change)), side=side, did=signed(did))


def missing_title(missing: int, in_part: int, of: int) -> str:
    """Return the heading of what is missing."""
    if not missing and not in_part:
        return f"Nothing is missing: all {of} themes answered"
    said = [f"{missing} of {of} themes"] if missing else []
    said += [f"{in_part} more in part" if missing else f"{in_part} of {of} themes in part"] if in_part else []
    return f"What is missing: {', '.join(said)}"


def organisations(number: int) -> str:
    """Return how many organisations a system has."""
    return count_of(number, "organisation")
