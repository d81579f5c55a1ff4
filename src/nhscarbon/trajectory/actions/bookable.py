"""What planned actions may book on the main totals, and why the rest books nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Literal

import pandas as pd

from nhscarbon.findings import Finding, Findings, finding, in_order_of_severity, wording
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.results import Result
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action
from nhscarbon.trajectory.actions.checks import Fault
from nhscarbon.trajectory.actions.claims import GREEN_TARIFF, JOINED, OF_POWER, bought_power, claim_in
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.present_tonnes import PresentTonnes, present_tonnes
from nhscarbon.trajectory.actions.table import straight

Basis = Literal["counted", "market_based_only", "not_counted", "enabling", "unquantified"]
ENABLING = ("enabling", "none")  # effects of the taxonomy
MARKET = "market"
LONGEST_RAMP = 50  # years


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What one action may book.

    Attributes
    ----------
    action_id, organisation, text : str
    basis : str
        ``counted`` on the main totals; ``market_based_only``; ``not_counted`` (offsets, exports, green gas);
        ``enabling``; ``unquantified``.
    reason : str
        Why it books what it does, in words.
    tco2e : float or None
        [tCO2e a year] on the main totals: 0 of what the method does not count, None where it is not known.
    market_tco2e : float or None
        [tCO2e a year] on scope 2 market-based, of what moves that alone; None where it is not known or is nothing.
    claimed_tco2e, selected_tco2e : float or None
        [tCO2e a year] that the plan claims, and [tCO2e] of what the action selects.
    """

    action_id: str
    organisation: str = ""
    text: str = ""
    basis: Basis
    reason: str
    tco2e: float | None = None
    market_tco2e: float | None = None
    claimed_tco2e: float | None = None
    selected_tco2e: float | None = None

    __repr__ = short_repr


@dataclass(frozen=True, eq=False, repr=False)
class Bookable(Result):
    """What planned actions may book.

    Attributes
    ----------
    bookings : tuple of Booking
        One for each action, in their order.
    items : tuple of Action
        Of the counted ones that have a year: actions of the optimiser, in the order of their ids.
    findings : Findings
    """

    bookings: tuple[Booking, ...]
    items: tuple[Action, ...]
    findings: Findings

    @property
    def table(self) -> pd.DataFrame:
        """One row per action, in the columns of `Booking`; tonnes [tCO2e a year] float64, missing where not known."""
        frame = pd.DataFrame([asdict(each) for each in self.bookings], columns=[item.name for item in fields(Booking)])
        tonnes = [name for name in frame.columns if name.endswith("tco2e")]
        return frame.astype({**dict.fromkeys(frame.columns, "str"), **dict.fromkeys(tonnes, "float64")})

    def __getitem__(self, action_id: str) -> Booking:
        return {each.action_id: each for each in self.bookings}[action_id]

    def _title(self) -> str:
        counted = sum(each.basis == "counted" for each in self.bookings)
        return f"{counted} of {len(self.bookings)} actions book tonnes on the main totals"


def bookable(planned: Iterable[PlannedAction], source: Footprint | pd.DataFrame) -> Bookable:
    """Return what planned actions may book, each bounded by the footprint of what it selects.

    Parameters
    ----------
    planned : iterable of PlannedAction
    source : Footprint or pandas.DataFrame
        A footprint, of which the latest year counts in the widest main total; or business as usual, of which the
        first year counts.

    Returns
    -------
    Bookable

    Raises
    ------
    UsageError
        If a frame is not business as usual.

    Notes
    -----
    The main totals are location-based, net no exports and count no offsets (GHG Protocol Scope 2 Guidance; the
    method's boundaries). Tonnes come from the plan alone: none is made up.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from nhscarbon.trajectory.actions.planned_action import PlannedAction
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> lamps = PlannedAction(action_id="1", organisation="RX1", text="LED lamps", selects=("theme:electricity",),
    ...                       effect="reduce", tco2e_a_year=120.0, start_year=2026)
    >>> tariff = PlannedAction(action_id="2", organisation="RX1", text="REGO-backed power", tco2e_a_year=7000.0)
    >>> found = bookable([lamps, tariff], footprint)
    >>> [(each.basis, each.tco2e) for each in found.bookings]
    [('counted', 120.0), ('market_based_only', 0.0)]
    """
    actions = tuple(planned)
    tonnes = present_tonnes(source)
    shared = joined_by_cost(actions)
    bookings, items, found = [], [], []
    for place, action in enumerate(actions):
        booking, said = _booked(action, tonnes, joined=bool(action.also) or place in shared)
        bookings.append(booking)
        found += said
        if booking.basis == "counted":
            item, said = _item(action, booking, tonnes)
            items += [] if item is None else [item]
            found += said
    ordered = tuple(sorted(items, key=lambda each: each.id))
    return Bookable(tuple(bookings), ordered, in_order_of_severity(found, len(actions)))


def joined_by_cost(actions: Sequence[PlannedAction]) -> frozenset[int]:
    """Return the places of actions that share a cost and a figure: it is that of them all, and would count for each."""
    groups: dict[tuple[str, str, str, float], list[int]] = {}
    for place, action in enumerate(actions):
        if action.cost_group and action.tco2e_a_year is not None:
            key = (action.organisation, action.file, action.cost_group, action.tco2e_a_year)
            groups.setdefault(key, []).append(place)
    return frozenset(place for group in groups.values() if len(group) > 1 for place in group)


def _booked(action: PlannedAction, tonnes: PresentTonnes, *, joined: bool) -> tuple[Booking, list[Finding]]:
    """Return what an action may book, and what is to be told of it."""
    claimed = action.tco2e_a_year if action.tco2e_a_year and action.tco2e_a_year > 0 else None
    place = tonnes.place(action.organisation)
    chosen = None if place is None or not action.selects else tonnes.selected(action.selects, place)
    basis, fault = _judged(action, claimed, chosen, tonnes, joined=joined)
    said = [] if fault is None else [_said(action, fault)]
    market = None
    if basis == "market_based_only" and place is not None and claimed is not None:
        market = min(claimed, tonnes.of_power(tuple(power.activity for power in bought_power()), place))
    booked = {"counted": min(claimed or 0.0, chosen or 0.0), "market_based_only": 0.0, "not_counted": 0.0}.get(basis)
    return Booking(
        action_id=action.action_id, organisation=action.organisation, text=action.text, basis=basis,
        reason=_reason(said[0]) if said else "as the plan claims", tco2e=booked, market_tco2e=market,
        claimed_tco2e=claimed, selected_tco2e=chosen,
    ), said  # fmt: skip


def _judged(  # noqa: PLR0911  one answer for each reason
    action: PlannedAction, claimed: float | None, chosen: float | None, tonnes: PresentTonnes, *, joined: bool
) -> tuple[Basis, Fault | None]:
    claim = claim_in(action.text)
    if action.effect == MARKET and claim in ("", JOINED):
        claim = GREEN_TARIFF
    if claim and claim != JOINED:
        return "market_based_only" if claim in OF_POWER else "not_counted", Fault("action_not_bookable", claim, "")
    if action.effect in ENABLING:
        return "enabling", Fault("action_unquantified", "enabling", "")
    if joined or claim == JOINED:
        return "unquantified", Fault("action_unquantified", "joined", "")
    if claimed is None:
        return "unquantified", Fault("action_unquantified", "", "")
    given = {"claimed": claimed}
    if not action.selects:
        return "unquantified", Fault("action_unquantified", "no_selection", "", given)
    if chosen is None:
        return "unquantified", Fault("action_unquantified", "organisation", "", given)
    if chosen <= 0:
        return "unquantified", Fault("action_unquantified", "nothing_selected", "", given)
    if tonnes.ahead and action.end_year is not None and action.end_year < tonnes.first:
        years = {"ended": nhs_year(action.end_year), "first": nhs_year(tonnes.first)}
        return "unquantified", Fault("action_unquantified", "past", "", years)
    if claimed > chosen:
        return "counted", Fault("action_larger_than_lines", "", "", {"asked": claimed, "least": chosen})
    return "counted", None


def _item(action: PlannedAction, booking: Booking, tonnes: PresentTonnes) -> tuple[Action | None, list[Finding]]:
    """Return an action of the optimiser: tonnes that are reached in equal steps from its start to its end."""
    start = action.start_year if action.start_year is not None else action.end_year
    end = action.end_year if action.end_year is not None else start
    if start is None or end is None or end < start or (tonnes.ahead and start > tonnes.last):
        return None, [_said(action, Fault("action_without_year", "", "", {"claimed": booking.tco2e}))]
    begins = max(start, tonnes.first) if tonnes.ahead else start
    ramp = straight(max(1, min(end - begins + 1, LONGEST_RAMP)))
    cost = action.cost_high_gbp if action.cost_high_gbp is not None else action.cost_low_gbp
    where = " ".join(filter(None, (action.file, action.sheet, f"row {action.row}" if action.row else "")))
    item = Action(
        id=action.action_id, title=action.text, owner=action.organisation,
        organisations=(action.organisation or tonnes.organisations[0],), theme=action.area_of_focus,
        selects=action.selects, effect="fixed", tco2e_a_year=booking.tco2e, ramp=ramp,
        start_from=begins, start_to=begins, capital_gbp=(max(0.0, cost or 0.0),), risk=action.risk,
        mitigation=action.mitigation, lead=action.lead, status=action.status, co_benefits=action.co_benefits,
        evidence=action.evidence or f"as the plan claims{': ' if where else ''}{where}",
    )  # fmt: skip
    return item, [_said(action, Fault("action_without_cost", "", ""))] if cost is None else []


def _said(action: PlannedAction, fault: Fault) -> Finding:
    about: dict[str, object] = {"id": action.action_id, "organisation": action.organisation, "column": fault.column}
    about.update(fault.values)
    return finding(
        wording(fault.code, fault.variant, **about), file=action.file, sheet=action.sheet, value=action.text[:80],
        organisation=action.organisation, first_rows=() if action.row is None else (action.row,),
    )  # fmt: skip


def _reason(said: Finding) -> str:
    """Return what a finding says, without the action that it is about."""
    return said.message.split("': ", 1)[-1].rstrip(".")
