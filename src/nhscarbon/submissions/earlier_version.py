"""Which of what was sent before is an earlier version of a return, and what changed since."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Source
from nhscarbon.activity.columns import BLANK
from nhscarbon.activity.concat import concat
from nhscarbon.activity.mapping import MappingFile
from nhscarbon.activity.readers.open_source import rows_in_memory
from nhscarbon.checks.all_rules import detail_codes
from nhscarbon.checks.memory.past import PAIR, Before, before_of_sums, pairs_in
from nhscarbon.checks.row_words import WORDS, RowWords, below, joined, words_of_cells, words_of_rows
from nhscarbon.findings import Finding, Findings, codes_that_need_rows
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

    Of several earlier versions of an organisation's year it is the last that was given.

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
    last = {pair: number for number, each in enumerate(versions) if each.cells for pair in pairs_in(each.cells)
            if pair in own}  # fmt: skip
    used = sorted({*last.values()})
    others = [each for each in before if each not in versions]
    found = [_of_version(each, others, check) for each in (versions[number] for number in used)]
    mine, *theirs = _words([now, *(versions[number] for number in used)], method)
    kept, told = [], []
    for number, words, each in zip(used, theirs, found, strict=True):
        counts = _counts(words, {pair for pair in own if last.get(pair) != number})
        kept.append(words.part(counts))
        told.append(_about(each, words.part(~counts)))
    mine, earlier = _alike(mine, below(kept, [versions[number].name for number in used]), method)
    together = Findings(tuple(each for one in told for each in one), sum(one.rows for one in told))
    untold = {code for number, each in zip(used, found, strict=True)
              for code in _untold(now, versions[number], findings, each)}  # fmt: skip
    return compare_versions(mine, earlier, findings, together, method, untold=untold)


def _of_version(version: Before, others: Sequence[Before], check: Check) -> Findings | None:
    """Return what was found in an earlier version; None where that is not known."""
    return version.findings if version.summed is None else check(*version.summed, others)


def _counts(words: RowWords, others: set[tuple[str, str]]) -> NDArray[np.bool_]:
    """Return which rows are not of organisations and years of which another version counts."""
    column = [[*words.words[name].labels, ""] for name in PAIR]
    pairs = zip(*(words.words[name].codes.tolist() for name in PAIR), strict=True)
    return np.array([(column[0][one], column[1][two]) not in others for one, two in pairs], np.bool_)


def _about(found: Findings | None, left: RowWords) -> Findings:
    """Return the findings of a version but those of rows and organisations of which another version counts."""
    if found is None or not len(left):
        return found or Findings((), 0)
    column = left.words["organisation"]
    others = {column.labels[code] for code in np.unique(column.codes).tolist() if code != BLANK}
    numbers = [] if left.numbers is None else left.numbers.tolist()
    rows = {(left.sheets[sheet] if left.sheets else "", row)
            for sheet, row in zip(left.sheet.tolist(), numbers, strict=bool(numbers))}  # fmt: skip

    def is_of_others(each: Finding) -> bool:
        sheet = each.sheet if left.sheets else ""
        return each.organisation in others or (
            len(each.first_rows) > 0 and all((sheet, row) in rows for row in each.first_rows)
        )

    return Findings(tuple(each for each in found if not is_of_others(each)), found.rows)


def _untold(now: Before, earlier: Before, *findings: Findings | None) -> set[str]:
    """Return the codes that only rows, or sites and months, can tell, where these were not at hand for both."""
    blind = any(each is None or any(found.code == "rows_not_checked" for found in each) for each in findings)
    coarse = any(each.cells is None or not each.cells.detailed for each in (now, earlier))
    return {*(codes_that_need_rows() if blind else ()), *(detail_codes() if coarse else ())}


def _words(versions: Sequence[Before], method: Methodology) -> list[RowWords]:
    """Return the rows of all, where all have few enough at hand, or else their cells by the words that all kept."""
    sums = [each.summed[0] for each in versions if each.summed]
    if all(each.sources for each in versions) and all(each.read <= SMALL for each in sums):
        release = versions[0].cells.organisations if versions[0].cells else None
        return [
            words_of_rows(concat([rows_in_memory(source) for source in each.sources]), method, release)  # type: ignore[arg-type]
            for each in versions
        ]
    cells = [each.cells for each in versions if each.cells is not None]
    detailed = all(each.detailed for each in cells)
    names = [name for name in WORDS if detailed or name not in DETAIL]
    return [words_of_cells(each, names) for each in cells]


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
