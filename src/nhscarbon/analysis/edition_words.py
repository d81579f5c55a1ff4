"""What differs between two editions, in words: the page that `nhscarbon method compare` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from nhscarbon.analysis.editions import SEEN, SIDES, EditionChange
from nhscarbon.methods.differences import KINDS
from nhscarbon.methods.methodology import Methodology
from nhscarbon.output.tables import table_text, tonnes, with_sign
from nhscarbon.output.text import wrap

SHOWN = 4  # names of one kind of change; the count is always said
HEADINGS = dict(
    zip(
        KINDS,
        ("The method itself", "Packages", "Units", "Spellings of units", "Activities",
         "Where a category is reported (theme, GHG Protocol scope 3 category)", "Conversions", "Boundaries", "Factors"),
        strict=True,
    )
)  # fmt: skip


def edition_in_words(change: EditionChange, boundary: str | None = None, *, show: str = "all") -> str:
    """Write the differences of inputs and of tonnes for people.

    Parameters
    ----------
    change : EditionChange
        From `nhscarbon.analysis.compare_editions`.
    boundary : str, optional
        Only the tonnes inside this boundary.
    show : str, optional
        ``"inputs"``, ``"tonnes"`` or ``"all"``.

    Returns
    -------
    str
        With a line end.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> change = nc.analysis.compare_editions("nhs-2026.1", "nhs-2026.2", {})
    >>> print(nc.analysis.edition_in_words(change, show="inputs").splitlines()[0])
    nhs-2026.1 (published) -> nhs-2026.2 (draft)
    """
    lines = [" -> ".join(f"{method.id} ({method.status})" for method in change.methods)]
    if show in ("all", "inputs"):
        lines += ["", "What differs between the inputs", *_inputs(change)]
    if show in ("all", "tonnes"):
        lines += ["", "What differs in tonnes (tCO2e)", *_tonnes(change, boundary)]
    return "\n".join(lines) + "\n"


def _inputs(change: EditionChange) -> Iterator[str]:
    for kind in KINDS:
        part = change.inputs[change.inputs["kind"] == kind]
        if len(part):
            yield f"\n  {HEADINGS[kind]}"
            for line in _WORDS.get(kind, _grouped)(part, change.methods):
                yield from wrap(f"    {line}")
    if change.inputs.empty:
        yield "  Nothing: both give the same figures."


Methods = tuple[Methodology, Methodology]


def _grouped(part: pd.DataFrame, methods: Methods) -> Iterator[str]:
    """Say what changed in the same way once, with the names that it is about."""
    labels = {code: entry.label for method in methods for code, entry in method.catalogue.activities.items()}
    quiet = part.assign(**{side: part[side].where(part["part"] != "note", "") for side in SIDES})  # notes are long
    for (change, field, old, new), rows in quiet.groupby(["change", "part", *SIDES], sort=False):
        about = f"{field} " if field and change == "changed" else ""
        how = (
            "" if field == "note" else f"{old or 'none'} -> {new or 'none'}" if change == "changed" else str(old or new)
        )
        names = [f"{what} ({labels[what]})" if what in labels else str(what) for what in rows["what"]]
        yield f"{change}: {f'{about}{how}'.strip()}: {_named(names)}"


def _units(part: pd.DataFrame, methods: Methods) -> Iterator[str]:
    labels = {**methods[0].units.labels, **methods[1].units.labels}
    for _kind, change, what, _part, old, new in _rows(part):
        size = f"{old} -> {new}" if change == "changed" else old or new
        yield f"{change}: {what} = {size}, {labels[what]}"


def _spellings(part: pd.DataFrame, _: Methods) -> Iterator[str]:
    meant = part.assign(unit=part["after"].where(part["after"] != "", part["before"]))
    for (change, unit), rows in meant.groupby(["change", "unit"], sort=False):
        yield f"{change}: {unit}: {_named([*map(str, rows['what'])])}"


def _boundaries(part: pd.DataFrame, _: Methods) -> Iterator[str]:
    """Say of each category where it is counted now, and where it was."""
    split = part["what"].str.partition(": ")
    for (change, what), rows in part.assign(boundary=split[0], of=split[2]).groupby(["change", "of"], sort=False):
        sides = [[str(name) for name in rows.loc[rows[side] == "yes", "boundary"]] for side in ("before", "after")]
        inside = sides[0] if change == "removed" else sides[1]
        yield f"{change}: {what}: {'counts in ' + ', '.join(inside) if inside else 'counts in none'}"


def _factors(part: pd.DataFrame, _: Methods) -> Iterator[str]:
    for _kind, change, what, years, *values in _rows(part):
        old, new = map(_first, values)
        yield f"{change}: {what}: {years}: {f'{old} -> {new}' if change == 'changed' else old or new}"


def _rows(part: pd.DataFrame) -> Iterator[list[str]]:
    """Return the cells of each row as text."""
    for row in part.itertuples(index=False):
        yield [*map(str, row)]


_WORDS = {"unit": _units, "spelling": _spellings, "boundary": _boundaries, "factor": _factors}


def _first(values: str) -> str:
    several = values.split(", ")
    return values if len(several) == 1 else f"{several[0]} to {several[-1]}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _tonnes(change: EditionChange, boundary: str | None) -> Iterator[str]:
    wanted = change.totals() if boundary is None else change.totals().query("boundary == @boundary")
    moved = change.moved()
    for source in wanted["source"].drop_duplicates():
        yield f"\n  {source}"
        totals, lines = (frame[frame["source"] == source].drop(columns="source") for frame in (wanted, moved))
        yield from (f"    {line}" for line in table_text(_shown(totals)).splitlines())
        lines = lines[lines["boundary"].isin(totals["boundary"])]
        yield from _reasons(lines)
        apart = lines[lines["difference_tco2e"].abs() >= SEEN]
        apart = apart.drop(columns=["refused_before", "refused_after"])
        if len(apart):
            yield ""
            yield from (f"    {line}" for line in table_text(_shown(apart)).splitlines())
        elif not lines["difference_tco2e"].isna().any():
            yield "    Nothing in it differs by 0.005 t or more."


def _reasons(lines: pd.DataFrame) -> Iterator[str]:
    """Say once why a methodology gives no figure."""
    for side in SIDES:
        column = lines[f"refused_{side}"]
        for reason in column[column != ""].drop_duplicates():
            yield from wrap(f"    no figure {side}: {reason}")


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Write tonnes and differences as text: a difference has its sign."""
    missing = "no figure"
    return frame.assign(
        before_tco2e=[missing if pd.isna(value) else tonnes(value) for value in frame["before_tco2e"]],
        after_tco2e=[missing if pd.isna(value) else tonnes(value) for value in frame["after_tco2e"]],
        difference_tco2e=["" if pd.isna(value) else with_sign(value, 2) for value in frame["difference_tco2e"]],
    )
