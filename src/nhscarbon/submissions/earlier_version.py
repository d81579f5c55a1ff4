"""Which of what was sent before is an earlier version of a return, and what changed since."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nhscarbon.activity.activity import Source
from nhscarbon.activity.concat import concat
from nhscarbon.activity.mapping import MappingFile
from nhscarbon.activity.readers.open_source import rows_in_memory
from nhscarbon.checks.all_rules import detail_codes
from nhscarbon.checks.memory.past import PAIR, Before, before_of_sums, pairs_in
from nhscarbon.checks.row_words import WORDS, RowWords, joined, words_of_cells, words_of_rows
from nhscarbon.findings import Findings, codes_that_need_rows
from nhscarbon.methods.methodology import Methodology
from nhscarbon.organisations.index import load_index
from nhscarbon.submissions.resubmission import Resubmission, compare_versions
from nhscarbon.sums.partial_sums import DETAIL, SMALL, PartialSums

Check = Callable[[PartialSums, tuple[Source, ...], Sequence[Before]], Findings]
SLIP = 0.2  # rows of another organisation or year, for each that both versions hold, up to which they are a slip


def since_earlier(
    sums: PartialSums,
    sources: tuple[Source, ...],
    before: Sequence[Before],
    findings: Findings,
    check: Check,
    method: Methodology,
    *,
    mapping: MappingFile | None,
    organisations: str | None,
) -> Resubmission | None:
    """Return what a return changed of its earlier version; None where nothing that was sent before is one.

    Of several earlier versions it is the last that was given.

    Parameters
    ----------
    sums : PartialSums
        Of the return.
    sources : tuple of Activity or FileStream
    before : sequence of Before
        What was sent before. What holds an organisation and NHS year of the return is an earlier version of it.
    findings : Findings
        Of the return.
    check : callable
        Gives the findings of the earlier version, beside what was sent before that.
    method : Methodology
    mapping : MappingFile or None
    organisations : str or None
        The release that codes are looked up in.
    """
    release = None if organisations is None else load_index(organisations)
    now = before_of_sums(sums, sources, method, release, mapping)
    assert now.cells is not None
    own = {*pairs_in(now.cells)}
    versions = [each for each in before if each.cells is not None and not own.isdisjoint(pairs_in(each.cells))]
    if not versions:
        return None
    earlier = versions[-1]
    others = [each for each in before if each not in versions]
    found = earlier.findings if earlier.summed is None else check(*earlier.summed, others)
    mine, theirs = _alike(*_words(now, earlier, method), method)
    return compare_versions(
        mine, theirs, findings, found or Findings((), 0), method, untold=_untold(now, earlier, findings, found)
    )


def _untold(now: Before, earlier: Before, *findings: Findings | None) -> set[str]:
    """Return the codes that only rows, or sites and months, can tell, where these were not at hand for both."""
    blind = any(each is None or any(found.code == "rows_not_checked" for found in each) for each in findings)
    coarse = any(each.cells is None or not each.cells.detailed for each in (now, earlier))
    return {*(codes_that_need_rows() if blind else ()), *(detail_codes() if coarse else ())}


def _words(now: Before, earlier: Before, method: Methodology) -> tuple[RowWords, RowWords]:
    """Return the rows of both, where both have few enough at hand, or else their cells by the words that both kept."""
    sums = [each.summed[0] for each in (now, earlier) if each.summed]
    if now.sources and earlier.sources and all(each.read <= SMALL for each in sums):
        release = now.cells.organisations if now.cells else None
        mine, theirs = (
            words_of_rows(concat([rows_in_memory(source) for source in each.sources]), method, release)  # type: ignore[arg-type]
            for each in (now, earlier)
        )
        return mine, theirs
    assert now.cells is not None
    assert earlier.cells is not None
    detailed = now.cells.detailed and earlier.cells.detailed
    names = [name for name in WORDS if detailed or name not in DETAIL]
    return words_of_cells(now.cells, names), words_of_cells(earlier.cells, names)


def _alike(now: RowWords, before: RowWords, method: Methodology) -> tuple[RowWords, RowWords]:
    """Leave out of two versions what is another return: organisations and years that one of the two alone holds.

    A few rows of another organisation or year are a slip, and stay.
    """
    rows = joined([now, before], method.units)
    pair = rows.key(PAIR, np.arange(len(rows.of)))
    pairs = int(pair.max(initial=-1)) + 1
    counts = [np.bincount(pair[rows.of == side], minlength=pairs) for side in (0, 1)]
    shared = (counts[0] > 0) & (counts[1] > 0)
    kept = []
    for side, version in enumerate((now, before)):
        few = counts[side] <= SLIP * counts[side][shared].sum()
        kept.append(version.part((shared | few)[pair[rows.of == side]]))
    return kept[0], kept[1]
