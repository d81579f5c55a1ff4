"""Which findings a new version of a return closed, which it opened, and which remain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from nhscarbon.findings import Finding

LOOSELY = ("code", "organisation", "period", "activity", "column", "value")
NAMING = (*LOOSELY, "site", "month", "unit")
SAYING = (*NAMING, "message")
Several = tuple[Finding, ...]


def findings_by_fate(
    now: Iterable[Finding], before: Iterable[Finding], untold: Collection[str] = ()
) -> tuple[Several, Several, Several]:
    """Return the errors and warnings that an earlier version had alone, that only this one has, and that both have.

    A finding is the same where it has the code, column and words that it had, whatever its rows and figures; a site,
    month or unit that one of the two does not name narrows nothing. An answered warning is still there. Codes that
    could not be told of both, `untold`, are left out.
    """
    mine, theirs = ([each for each in found if _matters(each) and each.code not in untold] for found in (now, before))
    open_before = dict(enumerate(theirs))
    still: set[int] = set()
    for names in (SAYING, NAMING, LOOSELY):
        waiting: dict[tuple[str, ...], list[int]] = {}
        for place, each in open_before.items():
            waiting.setdefault(_words(each, names), []).append(place)
        for place, each in enumerate(mine):
            if place in still:
                continue
            others = waiting.get(_words(each, names), [])
            other = next((number for number in others if _fits(each, theirs[number])), None)
            if other is not None:
                others.remove(other)
                del open_before[other]
                still.add(place)
    return (
        tuple(open_before.values()),
        tuple(each for place, each in enumerate(mine) if place not in still),
        tuple(each for place, each in enumerate(mine) if place in still),
    )


def _words(found: Finding, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(getattr(found, name) for name in names)


def _matters(found: Finding) -> bool:
    return found.severity != "info" or found.answered


def _fits(one: Finding, other: Finding) -> bool:
    """Tell whether two findings name the same site, month and unit, as far as they name one."""
    pairs = ((one.site, other.site), (one.month, other.month), (one.unit, other.unit))
    return all(mine == theirs or not mine or not theirs for mine, theirs in pairs)
