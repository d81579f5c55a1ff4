"""The label of a total: whether it is whole, and if not, what it leaves out. A total is worth what it covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from nhscarbon.checks.theme_answers import ESTIMATED, MISSING, NOT_AVAILABLE, NOT_COUNTED, SENT
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.methods.methodology import Methodology
from nhscarbon.periods import LAST_MONTH

CORE = "nhs_carbon_footprint"  # what the Plus adds to
OPEN = (MISSING, NOT_AVAILABLE)  # answers that leave a total partial
ROWS = (SENT, ESTIMATED, NOT_COUNTED)  # answers of themes of which something was sent
NAMED = 2  # themes that a label names; more are counted
LEAST_SHARE = 0.005  # of a total's tonnes, from which its estimated share is said
NOT_SENT = "not sent"  # what is said of a total that has nothing of its own


def boundary_name(name: str) -> str:
    """Return what people call a boundary.

    Examples
    --------
    >>> boundary_name("nhs_carbon_footprint_plus"), boundary_name("scope_2_market")
    ('NHS Carbon Footprint Plus', 'Scope 2 market')
    """
    words = name.split("_")
    if words[0] == "nhs":
        return " ".join(["NHS", *(word.capitalize() for word in words[1:])])
    return " ".join(words).capitalize()


def boundary_themes(boundary: str, method: Methodology) -> tuple[str, ...]:
    """Return the themes of which a boundary counts any component, in the catalogue's order."""
    reported = method.catalogue.reported_in
    inside = {
        reported[category, component]
        for (name, category, component, _), included in method.included.items()
        if included and name == boundary and (category, component) in reported
    }
    return tuple(theme for theme in method.catalogue.themes if theme in inside)


def coverage_label(table: pd.DataFrame, boundary: str, method: Methodology) -> str:
    """Return a boundary's name with what its total covers.

    Parameters
    ----------
    table : pandas.DataFrame
        The coverage: organisation, period, theme, answer, months, part_of_year, activities, not_counted, kgco2e and
        estimated_kgco2e.
    boundary : str
    method : Methodology

    Returns
    -------
    str
        Such as "NHS Carbon Footprint, partial: 4 of 10 themes".
    """
    said = covered(table, boundary, method)
    return f"{boundary_name(boundary)}, {said}" if said else boundary_name(boundary)


def covered(table: pd.DataFrame, boundary: str, method: Methodology) -> str:
    """Return what a total of a boundary covers, in words; empty where it is whole."""
    if not has_own(table, boundary, method):
        return NOT_SENT
    themes = boundary_themes(boundary, method)
    inside = table[table["theme"].isin(themes)]
    labels = method.catalogue.themes
    parts = [
        _partial(inside, len(themes)),
        _estimated(inside, whole=boundary in (CORE, method.headline, method.widest)),
        _left(inside, labels),
        _part_of_year(inside[~inside["theme"].isin([*feeders(method.catalogue)])], labels),
    ]
    return "; ".join(filter(None, parts))


def answered_themes(table: pd.DataFrame, boundary: str, method: Methodology) -> str:
    """Return how many themes of a boundary have an answer, such as "4 of 10"; of several organisations, the range."""
    themes = boundary_themes(boundary, method)
    inside = table[table["theme"].isin(themes)]
    if not len(inside):
        return f"0 of {len(themes)}"
    counts = (~inside["answer"].isin(OPEN)).groupby([inside["organisation"], inside["period"]], sort=False).sum()
    least, most = int(counts.min()), int(counts.max())
    return f"{least} of {len(themes)}" if least == most else f"{least} to {most} of {len(themes)}"


def has_own(table: pd.DataFrame, boundary: str, method: Methodology) -> bool:
    """Return whether a coverage answers any theme that a boundary has of its own: the Plus, one outside the core."""
    themes = boundary_themes(boundary, method)
    inside = table[table["theme"].isin(themes)]
    core = boundary_themes(CORE, method) if CORE in method.boundaries else ()
    wider = set(themes) > set(core) and bool(core)
    own = inside[~inside["theme"].isin(core)] if wider else inside
    made_of = feeders(method.catalogue)  # gas alone has well-to-tank, which Scope 3 counts
    fed = [part for theme in dict.fromkeys(own["theme"]) for part in made_of.get(theme, ())]
    rows = pd.concat([own, table[table["theme"].isin(fed)]])
    sent = rows["answer"].isin(ROWS) | (rows["activities"] > 0)  # rows of zero are an answer by rows
    return bool(len(own)) and not (own["answer"].isin(OPEN).any() and not sent.any())


def is_sent(said: str) -> bool:
    """Return whether a boundary of which `covered` says this has anything of its own to show."""
    return said != NOT_SENT


def _partial(inside: pd.DataFrame, whole: int) -> str:
    """Say how many themes have an answer, of the organisations and years of which any has none."""
    answered = (~inside["answer"].isin(OPEN)).groupby([inside["organisation"], inside["period"]], sort=False).sum()
    short = answered[answered < whole]
    if short.empty:
        return ""
    least, most = int(short.min()), int(short.max())
    span = f"{least}" if least == most else f"{least} to {most}"
    said = f"partial: {span} of {whole} themes"
    if len(answered) == 1:
        return said
    every = answered.reset_index()
    organisations, years = every["organisation"].nunique(), every["period"].nunique()
    unit = "organisations" if years == 1 else "years" if organisations == 1 else "organisation-years"
    return (
        f"{said} in {len(short):,} of {len(answered):,} {unit}"
        if len(short) < len(answered)
        else (f"{said} in {len(short):,} {unit}")
    )


def _estimated(inside: pd.DataFrame, *, whole: bool) -> str:
    """Say how many themes are estimated, and the share of the tonnes where the boundary counts all of its themes."""
    themes = inside.loc[inside["answer"] == ESTIMATED, "theme"].nunique()
    size = float(inside["kgco2e"].sum())
    part = float(inside["estimated_kgco2e"].sum()) / size if whole and size else 0.0
    share = f"{max(part, 0.01):.0%}".replace("%", " %") if part >= LEAST_SHARE else ""
    if not themes:
        return f"{share} estimated" if share else ""
    said = "1 theme estimated" if themes == 1 else f"{themes} themes estimated"
    return f"{said} ({share} of the tonnes)" if share else said


def _left(inside: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Say of which themes rows, or all of them, are not counted."""
    nothing = inside["answer"] == NOT_COUNTED
    in_part = (inside["not_counted"] > 0) & ~nothing
    said = [
        f"{words}: {_themes(inside.loc[which, 'theme'], labels)}"
        for words, which in (("not counted", nothing), ("partly not counted", in_part))
        if which.any()
    ]
    return "; ".join(said)


def _part_of_year(inside: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Say of which themes fewer than twelve months are given."""
    short = inside[inside["part_of_year"]]
    if short.empty:
        return ""
    return f"part of the year: {int(short['months'].min())} of {LAST_MONTH} months of {_themes(short['theme'], labels)}"


def _themes(themes: Iterable[str], labels: Mapping[str, str]) -> str:
    names = [labels[theme] for theme in dict.fromkeys(themes)]
    return " and ".join(names) if len(names) <= NAMED else f"{len(names)} themes"
