"""What an action claims that no main total counts: green tariffs, offsets, exports, factors of bought power."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from nhscarbon.kept import kept
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.trajectory.actions.action import Action

ROOM, PACKAGE = "vocabulary", "booking-words-1@1.0.0"
GREEN_TARIFF, FACTOR, JOINED = "green_tariff", "factor", "joined"
OF_POWER = (GREEN_TARIFF, FACTOR)  # what moves the market-based total of scope 2
MARKET = "_market"  # how the ids of market-based boundaries end
LONGEST = 1024  # characters of a title and its evidence, beyond which nothing is kept of them
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class BoughtPower:
    """An activity that the grid delivers: the theme of its own line, and whether its market-based line is zero."""

    activity: str
    theme: str
    zero: bool


@dataclass(frozen=True)
class _Claim:
    kind: str
    phrase: re.Pattern[str]
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    joined: re.Pattern[str] | None


def _pattern(phrases: str) -> re.Pattern[str] | None:
    """Return what matches any of some phrases in plain words; ``*`` stands for the rest of a word."""
    if not phrases:
        return None
    words = "|".join(re.escape(each).replace(r"\*", r"\w*").replace(r"\ ", " ") for each in phrases.split("|"))
    return re.compile(rf"\b(?:{words})\b")


@lru_cache(maxsize=1)
def _claims() -> tuple[_Claim, ...]:
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("claims.csv")
    return tuple(
        _Claim(row["kind"], phrase, _pattern(row["needs"]), _pattern(row["unless"]), _pattern(row["joined"]))
        for row in rows
        if (phrase := _pattern(row["phrase"]))
    )


@lru_cache(maxsize=1)
def bought_power() -> tuple[BoughtPower, ...]:
    """Return the activities that are power bought from the grid."""
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows("bought_power.csv")
    return tuple(BoughtPower(row["activity"], row["theme"], row["market_based"] == "zero") for row in rows)


@kept(4096, LONGEST)
def claim_in(text: str) -> str:
    """Return what a text claims that no main total counts; empty where it claims nothing of the kind.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        ``green_tariff``, ``green_gas``, ``offset`` or ``export``; ``joined`` where the text plans something else too.

    Examples
    --------
    >>> claim_in("100% REGO-backed supply from April"), claim_in("Export surplus PV to the grid")
    ('green_tariff', 'export')
    >>> claim_in("Roof PV under an on-site power purchase agreement"), claim_in("Solar panels, zero export")
    ('', '')
    >>> claim_in("Install 500 kWp of PV and export the surplus")
    'joined'
    """
    plain = " ".join(_WORD.findall(text.casefold().replace("₂", "2")))
    for claim in _claims():
        if not claim.phrase.search(plain) or (claim.needs and not claim.needs.search(plain)):
            continue
        if claim.unless and claim.unless.search(plain):
            continue
        return JOINED if claim.joined and claim.joined.search(plain) else claim.kind
    return ""


def picks_power(action: Action) -> bool:
    """Tell whether what an action selects includes power bought from the grid."""
    return any(action.picks(power.theme, power.activity) for power in bought_power())


def claim_of(action: Action, *, main_total: bool = True) -> str:
    """Return what an action of the optimiser claims that no main total counts; empty where nothing.

    Parameters
    ----------
    action : Action
        Its title and evidence are read; its effect decides where it changes the factor of bought power, or moves
        bought power to other bought power.
    main_total : bool, optional
        Whether the figures are known to be a main total; where they are not, the effect alone decides nothing.

    Examples
    --------
    >>> buys = Action(id="a", title="Renewable tariff", selects=("theme:electricity",), effect="reduce", share=1.0,
    ...               start_from=2026, start_to=2026)
    >>> claim_of(buys)
    'green_tariff'
    """
    said = claim_in(f"{action.title}. {action.evidence}")
    if action.effect == "switch" and (target := [each for each in bought_power() if each.activity == action.switch_to]):
        # to bought power, at the factor of the grid: counted, unless it was power of that theme before
        moved = any(action.picks(each.theme, each.activity) for each in bought_power() if each.theme == target[0].theme)
        return GREEN_TARIFF if moved and target[0].zero else "" if said == GREEN_TARIFF else said
    if said and (said != GREEN_TARIFF or picks_power(action)):
        return said
    return FACTOR if main_total and action.effect == "factor" and picks_power(action) else ""


def claim_on(action: Action, boundary: str) -> str:
    """Return what an action claims that figures of a boundary do not count.

    Parameters
    ----------
    action : Action
    boundary : str
        Of the figures, as a projection says it in its ``attrs``; blank where that is not known. The market-based total
        counts a green tariff.
    """
    claim = claim_of(action, main_total=bool(boundary))
    return "" if claim in OF_POWER and boundary.endswith(MARKET) else claim


def booked_as(action: Action, boundary: str = "") -> str:
    """Return how the tonnes of an action stand in figures of a boundary.

    Returns
    -------
    str
        ``counted``; or, at zero tonnes, which is not zero effect, ``market_based_only``, ``not_counted``, ``enabling``
        or ``unquantified``.

    Examples
    --------
    >>> course = Action(id="a", title="Training", selects=(), effect="enabling", start_from=2026, start_to=2026)
    >>> booked_as(course)
    'enabling'
    """
    claim = claim_on(action, boundary)
    if claim and claim != JOINED:
        return "market_based_only" if claim in OF_POWER else "not_counted"
    if action.effect == "enabling":
        return "enabling"
    return "counted" if action.quantified and not claim else "unquantified"


def without_effect(action: Action) -> Action:
    """Return an action as one whose tonnes are not known, so that it takes nothing away."""
    return replace(action, share=None, tco2e_a_year=None)
