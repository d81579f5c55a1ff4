"""What was sent before a return, from whatever holds it: a file, a table, partial sums or a footprint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.columns import BLANK
from nhscarbon.activity.eric.read_eric import is_eric
from nhscarbon.activity.files.limits import Limits
from nhscarbon.activity.mapping import MappingFile
from nhscarbon.activity.readers.open_source import Opened, Tabular
from nhscarbon.checks.memory.past import Before, before_of_sums, before_of_totals
from nhscarbon.errors import IntegrityError, UnreadableError
from nhscarbon.findings import Finding, Findings, finding, in_order_of_severity, wording
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.methodology import Methodology
from nhscarbon.organisations.index import OrganisationIndex, load_index
from nhscarbon.organisations.load import RELEASE
from nhscarbon.periods import year_of
from nhscarbon.submissions.opened import Isolate, opened
from nhscarbon.sums.combinations import distinct
from nhscarbon.sums.partial_sums import PartialSums
from nhscarbon.sums.sum_source import sum_source

One: TypeAlias = "Tabular | PartialSums | Footprint | Before"
Sent: TypeAlias = "One | Sequence[One] | None"  # what was sent before: one source, or several

SHOWN = 3  # organisations of a return that are named


def sent_before(
    before: Sent,
    method: Methodology,
    *,
    organisations: str | None = RELEASE,
    mapping: MappingFile | None = None,
    limits: Limits | None = None,
    isolate: Isolate = False,
) -> tuple[Before, ...]:
    """Return what was sent before, ready to be compared with any number of returns.

    Parameters
    ----------
    before : str, Path, buffer, frame, Activity, PartialSums, Footprint, or a sequence of these; optional
        A list of records is one table. What this function returned passes through.
    method : Methodology
    organisations, mapping, limits, isolate
        As of `nhscarbon.check`.

    Returns
    -------
    tuple of Before
        One for each source; a file that cannot be read has the reason.
    """
    release = None if organisations is None else load_index(organisations)
    found = []
    for each in _each(before):
        if isinstance(each, Before):
            found.append(each)
        elif isinstance(each, Footprint) and not (each.sources and each.on_map is None and not each.selected):
            name = next((name for name, _ in each.files), "")
            found.append(before_of_totals(each.sums, method, name, each.findings))
        else:
            source = each.sources if isinstance(each, Footprint) else (each,)
            found += [_read(one, method, release, mapping, limits, isolate) for one in source]  # type: ignore[arg-type]
    return tuple(found)


def _each(before: Sent) -> Sequence[One]:
    """Return each source: a list or tuple of them, but for a list of records, which is one table."""
    if before is None:
        return ()
    if isinstance(before, list | tuple):
        return [before] if before and all(isinstance(each, Mapping) for each in before) else before
    return [before]  # type: ignore[list-item]


def _read(
    source: Tabular | Opened | PartialSums,
    method: Methodology,
    release: OrganisationIndex | None,
    mapping: MappingFile | None,
    limits: Limits | None,
    isolate: Isolate,
) -> Before:
    """Return one source summed; of a file that cannot be read, why not."""
    try:
        columns = mapping.columns if mapping else ()
        sums, sources = sum_source(opened(source, limits, isolate, columns), units=method.units)
    except (UnreadableError, IntegrityError) as error:
        reason = "; ".join(filter(None, (error.message.rstrip("."), error.advice.rstrip("."))))
        return Before(Path(source).name if isinstance(source, str | Path) else "", None, unread=reason)
    found = before_of_sums(sums, sources, method, release, mapping)
    refused = any(each.severity == "reject_file" for each in sums.findings)
    return replace(found, estates=refused and isinstance(source, str | Path) and is_eric(source))


def years_beside(sources: Sequence[Activity]) -> dict[int, list[Activity]]:
    """Return for each table those beside it that hold earlier years of its organisations, by `id`.

    Two tables that share a year of an organisation are two parts or versions of one return, not one before the other.
    """
    pairs = [_pairs(source) for source in sources]
    found: dict[int, list[Activity]] = {}
    for place, source in enumerate(sources):
        last = {name: max(year for other, year in pairs[place] if other == name) for name, _ in pairs[place]}
        found[id(source)] = [
            other for number, other in enumerate(sources)
            if number != place and pairs[place].isdisjoint(pairs[number])
            and any(year < last.get(name, "") for name, year in pairs[number])
        ]  # fmt: skip
    return found


def said_of_files(several: Sequence[Findings], before: Sequence[Before]) -> list[Findings]:
    """Return findings of several returns, with what is said of a file that holds nothing of theirs said once.

    A file that one of the returns was compared with is not said of the others; a return that none of the files is
    about is told so.
    """
    names = Counter(each.name for each in before)
    others = [[each for each in found if _is_of_others(each) and names[each.value] == 1] for found in several]
    read = [of for found, of in zip(several, others, strict=True) if found.input_sha256 is not None]
    met = {name for name in names if any(name not in {each.value for each in of} for of in read)}
    result, told = [], set(met)
    for found, of in zip(several, others, strict=True):
        if len(before) > 1 and len(of) == len(before) == len(names):
            whose = ", ".join(found.organisations[:SHOWN])
            kept = finding("before_not_compared", "none", rows=0, count=f"{len(before):,}", returned=whose)
            rest = [kept, *(each for each in found if each not in of)]
        elif len(before) > 1:
            rest = [each for each in found if each not in of or each.value not in told]
            told |= {each.value for each in of}
        else:
            rest = [*found]
        whole = in_order_of_severity(rest, found.rows).findings
        result.append(found if len(whole) == len(found) else replace(found, findings=whole))
    return result


def _is_of_others(found: Finding) -> bool:
    """Tell whether a finding says that a file given as sent before holds nothing of the return."""
    same = wording("before_not_compared", whose="", returned="", value="")
    return found.code == same.code and found.suggestion == same.advice


def _pairs(source: Activity) -> set[tuple[str, str]]:
    """Return the pairs of organisation and NHS year that a table holds, in the sender's words."""
    if not {"organisation", "period"} <= source.columns.keys():
        return set()
    organisation, period = source.columns["organisation"], source.columns["period"]
    named_rows = (organisation.codes != BLANK) & (period.codes != BLANK)
    chosen = {"organisation": organisation.part(named_rows), "period": period.part(named_rows)}
    named = [(who.strip().upper(), year_of(when)) for who, when in distinct(chosen, tuple(chosen))[1]]
    return {(who, when) for who, when in named if who and when}
