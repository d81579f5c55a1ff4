"""What charts call a boundary, whose footprint it is, and whom they credit."""

from __future__ import annotations

from nhscarbon.footprint.footprint import Footprint


def label(name: str) -> str:
    """Return a name of the data as words.

    >>> label("nhs_carbon_footprint_plus"), label("scope_2_market")
    ('NHS Carbon Footprint Plus', 'Scope 2 market')
    """
    words = name.replace("_", " ")
    return f"NHS{words[3:].title()}" if words.startswith("nhs ") else words[:1].upper() + words[1:]


def whose(footprint: Footprint) -> str:
    """Return the organisation and the years of a footprint."""
    who, years = (footprint.sums.columns[name].labels for name in ("organisation", "period"))
    one = who[0] if len(who) == 1 else f"{len(who):,} organisations"
    return f"{one}, {years[0] if len(years) == 1 else f'{years[0]} to {years[-1]}'}"


def credit(footprint: Footprint) -> str:
    """Return the methodology and its hash, for the foot of a chart."""
    stamp = footprint.stamp
    return f"Source: activity data as sent; {stamp.methodology} ({stamp.status}), hash {stamp.methodology_digest[:12]}"
