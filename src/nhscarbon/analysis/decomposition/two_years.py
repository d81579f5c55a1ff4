"""Which two footprints are compared: two that are given, or two years of one."""

from __future__ import annotations

from collections.abc import Sequence

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.periods import parse_period

Compared = Footprint | SuppliedFootprint


def two_years(
    before: Compared, after: Compared | None, years: Sequence[str] | None, *, across_years: bool
) -> tuple[Compared, Compared]:  # fmt: skip
    """Return what is compared, each of the year that is asked for.

    Raises
    ------
    UsageError
        If one is no footprint, there are not two, or a year is not held.
    """
    for each in (before, after):
        if each is not None and not isinstance(each, Footprint | SuppliedFootprint):
            raise UsageError(f"compare takes footprints, not a {type(each).__name__}")
    if years is None:
        second = _second(before) if after is None else after
        if not across_years:
            _refuse_several(before, second)
        return before, second
    if isinstance(years, str) or len(years) != 2:
        raise UsageError("years names two NHS years, such as years=('2016/17', '2023/24')")
    asked = [_year(text) for text in years]
    if after is None and asked[0] == asked[1]:
        raise UsageError(f"both years are {asked[0]}: a change is from one year to another")
    return of_year(before, asked[0]), of_year(before if after is None else after, asked[1])


def _refuse_several(before: Compared, after: Compared) -> None:
    """Refuse footprints of the same NHS years: their bridge would be of the years added."""
    if len(before.periods) > 1 and before.periods == after.periods:
        raise PeriodError(
            f"both footprints hold {before.periods[0]} to {before.periods[-1]}, and years are not added in silence.",
            advice=f"Compare one year: years=('{before.periods[-1]}', '{before.periods[-1]}'), or add them with "
            "across_years=True.",
        )


def _second(before: Compared) -> Compared:
    """Refuse one footprint without years."""
    held = before.periods
    if len(held) < 2:
        raise UsageError(
            f"a change is between two footprints, and one of {', '.join(held) or 'no year'} is given.",
            advice="Give a second: compare(before, after).",
        )
    raise UsageError(
        f"this footprint holds {', '.join(held)}, and a change is between two years.",
        advice=f"Name them: compare(footprint, years=('{held[0]}', '{held[-1]}')).",
    )


def _year(text: str) -> str:
    try:
        return parse_period(text).year
    except PeriodError as error:
        raise UsageError(f"years names NHS years: {error}") from error


def of_year(footprint: Compared, year: str) -> Compared:
    """Return one NHS year of a footprint.

    Raises
    ------
    UsageError
        If it does not hold that year.
    """
    held = footprint.periods
    if year not in held:
        raise UsageError(f"this footprint does not hold {year}; it holds {', '.join(held)}")
    if len(held) == 1:
        return footprint
    return footprint.filter(period=year)
