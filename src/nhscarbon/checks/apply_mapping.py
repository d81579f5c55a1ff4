"""A mapping applied: the distinct words of a source become what a person has confirmed, and the rest is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.activity.concat import concat
from nhscarbon.activity.header import fold
from nhscarbon.activity.mapping import ACTIVITY, EXPENSE_TYPE, NONE, UNIT, MappingFile, MappingRow, factor_and_unit
from nhscarbon.activity.readers.from_frame import no_rows
from nhscarbon.activity.readers.streaming import FileStream
from nhscarbon.checks.entries import Entries, cells_of, rows_of
from nhscarbon.checks.hits import EACH, is_many, many_words
from nhscarbon.checks.unit_spellings import readings_of
from nhscarbon.checks.words import with_full_stop
from nhscarbon.findings import Finding, Wording, finding, merge_findings, wording
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.units import decimals_of
from nhscarbon.methods.vocabulary import load_vocabulary
from nhscarbon.sums import arithmetic
from nhscarbon.sums.partial_sums import SMALL, PartialSums
from nhscarbon.sums.relabelled import relabelled

Mask = NDArray[np.bool_]
APPLIED, UNCONFIRMED, OTHER_UNIT, LEFT_OUT, WRONG = "applied", "unconfirmed", "other_unit", "left_out", "wrong"
SILENCED = frozenset({"activity_unknown", "activity_renamed", "unit_unknown", "unit_ambiguous", "unit_blank"})
ROUNDED = 0.005  # relative, within which a person rounds the factor of a unit that is no unit of the method
RATIO_DIGITS = 1e-9  # relative, within which a factor is that of two units


class Said(NamedTuple):
    """What is to be said of a word: the state that it is in, its column, and what its finding names."""

    state: str
    column: str
    word: str
    meant: str = ""
    unit: str = ""


class Meaning(NamedTuple):
    """What an activity in a unit is after the mapping, by what its quantity is multiplied, and what is to be said."""

    activity: str
    unit: str
    factor: Fraction = Fraction(1)
    kept: bool = True
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Mapped:
    """Sums and sources in confirmed words.

    `findings` is what the mapping did or lacks; `asked` are the columns and words that it speaks of, of which nothing
    else need be said.
    """

    partial: PartialSums
    sources: tuple[Source, ...]
    findings: tuple[Finding, ...]
    asked: frozenset[tuple[str, str]]

    def silence(self, found: Sequence[Finding]) -> list[Finding]:
        """Return findings without those that say again that a word is unknown; many words have one together."""
        told = {column: sum(each.rows for each in self.findings if each.column == column and each.refuses)
                for column in ("activity", "unit")}  # fmt: skip
        return [each for each in found if each.code not in SILENCED
                or not ((each.column, each.value) in self.asked
                        or (is_many(each) and each.rows <= told.get(each.column, 0)))]  # fmt: skip


class Meanings:
    """What pairs of an activity and a unit mean under a mapping and a methodology; each is looked at once."""

    def __init__(self, mapping: MappingFile, method: Methodology) -> None:
        self.method = method
        self.units = {" ".join(each.phrase.split()): each for each in mapping.of_kind(UNIT)}
        self.phrases: dict[str, list[MappingRow]] = {}
        for each in mapping.of_kind(ACTIVITY, EXPENSE_TYPE):
            self.phrases.setdefault(fold(each.phrase), []).append(each)
        self.known: dict[tuple[str, str], Meaning] = {}

    def __call__(self, activity: str, unit: str) -> Meaning:
        """Return what an activity in a unit means, both as they were sent."""
        if (activity, unit) not in self.known:
            self.known[activity, unit] = self._of(activity, unit)
        return self.known[activity, unit]

    def _of(self, activity: str, unit: str) -> Meaning:
        rows = self.phrases.get(fold(activity), [])
        alike = [each for each in rows if each.unit == unit] or [each for each in rows if self._same(each.unit, unit)]
        said = self._two_answers(activity, alike) if alike else self._unlisted(activity, unit, rows)
        if said or not alike:
            return self._in_unit(activity, unit, said)
        row = alike[0]
        if not row.confirmed:
            return self._in_unit(activity, unit, (Said(UNCONFIRMED, "activity", activity, row.candidates),))
        if row.answer.casefold() == NONE:
            return Meaning(activity, unit, kept=False, said=(Said(LEFT_OUT, "activity", activity),))
        code = self.method.catalogue.meant(row.answer) if row.answer else activity
        if not code:
            return self._in_unit(activity, unit, (Said(WRONG, "activity", activity, row.answer),))
        said = (Said(APPLIED, "activity", activity, code),) if code != activity else ()
        if not row.answer_unit:
            return self._in_unit(code, unit, said)
        return self._changed(code, unit, row.answer_unit, said, word=activity, column="activity")

    @staticmethod
    def _two_answers(activity: str, alike: Sequence[MappingRow]) -> tuple[Said, ...]:
        """Say of a phrase that it is not confirmed, where rows of other spellings of its unit say two things."""
        if len({(each.answer, each.answer_unit) for each in alike}) < 2:
            return ()
        return (Said(UNCONFIRMED, "activity", activity, "; ".join(each.answer or each.answer_unit for each in alike)),)

    def _unlisted(self, activity: str, unit: str, rows: Sequence[MappingRow]) -> tuple[Said, ...]:
        """Say of a phrase that is listed in other units alone that it is not confirmed in this one."""
        if not rows or self.method.catalogue.meant(activity):
            return ()
        listed = [each.unit or "no unit" for each in rows if each.confirmed]
        if not listed:
            return (Said(UNCONFIRMED, "activity", activity, rows[0].candidates),)
        return (Said(OTHER_UNIT, "activity", activity, ", ".join(dict.fromkeys(listed)), unit or "no unit"),)

    def _in_unit(self, activity: str, unit: str, said: tuple[Said, ...]) -> Meaning:
        """Return an activity in the unit that the mapping says of units as such."""
        row = self.units.get(" ".join(unit.split()))
        if row is None:
            return Meaning(activity, unit, said=said)
        if not row.confirmed:
            return Meaning(activity, unit, said=(*said, Said(UNCONFIRMED, "unit", unit, row.candidates)))
        return self._changed(activity, unit, row.answer or row.answer_unit, said, word=unit, column="unit")

    def _changed(
        self, activity: str, unit: str, answer: str, said: tuple[Said, ...], *, word: str, column: str
    ) -> Meaning:
        factor, named = factor_and_unit(answer)
        units = self.method.units
        target, before = units.known(named), units.known(unit)
        if target is None or not self._may_be(before, unit, target, factor):
            return Meaning(activity, unit, said=(*said, Said(WRONG, column, word, answer, unit or "unit")))
        if target == unit and factor == 1:
            return Meaning(activity, unit, said=said)
        if column == "unit" or before not in (None, target):  # a known unit read as another one is never silent
            said = (*said, Said(APPLIED, "unit", unit, answer))
        return Meaning(activity, target, Fraction(factor), said=said)

    def _may_be(self, before: str | None, sent: str, target: str, factor: Decimal) -> bool:
        """Tell whether a unit may be read as another: two known units of one kind have one ratio, and no other."""
        units = self.method.units
        word = load_vocabulary().unit(sent) if before is None and sent else None
        if word and word.factor and target in word.units:  # what a therm or a thousand pounds is, is known
            return abs(float(factor) / float(word.factor) - 1) <= ROUNDED
        if before is None or before == target or not units.same_kind(before, target):
            return before != target or factor == 1
        if factor == 1:
            return any(of == target for _, of in readings_of(sent, units).values()) or target in units.meant_by(
                sent.casefold()
            )
        ratio = units.ratio(before, target)
        return abs(float(factor) - ratio) <= RATIO_DIGITS * ratio

    def _same(self, listed: str, sent: str) -> bool:
        return listed == sent or self._plain(listed) == self._plain(sent)

    def _plain(self, unit: str) -> str:
        row = self.units.get(" ".join(unit.split()))
        if row is not None and row.confirmed:
            return " ".join((row.answer or row.answer_unit).split())
        return self.method.units.known(unit) or unit


class _Pairs:
    """The distinct pairs of an activity and a unit in some rows or cells, and what each means."""

    def __init__(self, columns: Mapping[str, Column], rows: int, meanings: Meanings) -> None:
        blank = Column(np.broadcast_to(np.int8(BLANK), rows), ())
        sent = [columns.get(name, blank) for name in ("activity", "unit")]
        self.there = [name in columns for name in ("activity", "unit")]
        codes = [column.codes.astype(np.int64) + 1 for column in sent]
        self.pair, found = arithmetic.group(codes, [len(column.labels) + 1 for column in sent])
        labels = [("", *column.labels) for column in sent]
        self.means = [meanings(labels[0][first], labels[1][second]) for first, second in found.tolist()]
        self.sent = [(labels[0][first], labels[1][second]) for first, second in found.tolist()]

    @property
    def changed(self) -> bool:
        """Whether any word, quantity or row is another now."""
        return any(not each.kept or each.factor != 1 or (each.activity, each.unit) != sent
                   for each, sent in zip(self.means, self.sent, strict=True))  # fmt: skip

    @property
    def kept(self) -> Mask:
        """Which rows or cells stay."""
        return np.array([each.kept for each in self.means], np.bool_)[self.pair]

    def columns(self) -> dict[str, Column]:
        """Return the activities and units as they are now, of the columns that are there."""
        words = zip(("activity", "unit"), self.there, ([each.activity for each in self.means],
                                                       [each.unit for each in self.means]), strict=True)  # fmt: skip
        return {name: _column(each, self.pair) for name, there, each in words if there}

    def findings(self, entries: Entries) -> Iterator[Finding]:
        """Yield what is to be said of the words of some rows or cells."""
        told: dict[Said, list[int]] = {}
        for number, each in enumerate(self.means):
            for said in each.said:
                told.setdefault(said, []).append(number)
        by_state: dict[tuple[str, str], list[Said]] = {}
        for said in told:
            by_state.setdefault((said.state, said.column), []).append(said)
        for (state, column), alike in by_state.items():
            many = len(alike) > EACH and state in MANY
            for group in [alike] if many else [[each] for each in alike]:
                numbers = [number for said in group for number in told[said]]
                wanted = np.zeros(len(self.means), np.bool_)
                wanted[numbers] = True
                yield _finding(group, column, entries, wanted[self.pair])


MANY = {UNCONFIRMED: "mapping_unconfirmed", APPLIED: "mapping_applied", LEFT_OUT: "mapping_left_out"}


def _finding(group: Sequence[Said], column: str, entries: Entries, where: Mask) -> Finding:
    said = group[0]
    about = {"file": entries.file, "column": column, **entries.located(where)}
    if len(group) > 1:
        words = many_words(MANY[said.state], [each.word for each in group])
        return finding(words, **about)  # type: ignore[arg-type]
    words = _wording(said)
    return finding(words, value=said.word[:100], **about)  # type: ignore[arg-type]


def _wording(said: Said) -> Wording:
    if said.state == UNCONFIRMED:
        candidates = f"Candidates: {with_full_stop(said.meant)}" if said.meant else ""
        return wording("mapping_unconfirmed", word=said.word, candidates=candidates)
    if said.state == OTHER_UNIT:
        return wording("mapping_unconfirmed", "unit", word=said.word, units=said.meant, unit=said.unit)
    if said.state == LEFT_OUT:
        return wording("mapping_left_out", word=said.word)
    if said.state == APPLIED:
        return wording("mapping_applied", word=said.word, meant=said.meant)
    return wording("mapping_wrong", "unit" if said.unit else "", word=said.word, meant=said.meant, unit=said.unit)


def apply_mapping(
    partial: PartialSums, sources: tuple[Source, ...], mapping: MappingFile | None, method: Methodology
) -> Mapped:
    """Put the words of sums and of their sources as a mapping confirms them.

    Parameters
    ----------
    partial : PartialSums
    sources : tuple of Activity or FileStream
        Where the rows can be looked at again; none where only sums are at hand.
    mapping : MappingFile or None
        None changes nothing.
    method : Methodology
        Whose activities and units the answers are.

    Returns
    -------
    Mapped
        One look for each distinct pair of an activity and a unit. What the mapping lists and nobody has confirmed is a
        finding that refuses; what it does not list stays as it was sent.
    """
    if mapping is None or not mapping.of_kind(ACTIVITY, UNIT, EXPENSE_TYPE):
        return Mapped(partial, sources, (), frozenset())
    meanings = Meanings(mapping, method)
    pairs = _Pairs(partial.columns, len(partial), meanings)
    asked = {(said.column, said.word[:100]) for each in pairs.means for said in each.said
             if said.state in (UNCONFIRMED, OTHER_UNIT, WRONG)}  # fmt: skip
    if not any(each.said for each in pairs.means) and not pairs.changed:
        return Mapped(partial, sources, (), frozenset())
    if sources and partial.read <= SMALL:
        found = merge_findings(each for source in sources for each in _of_rows(source, meanings))
    else:
        found = [*pairs.findings(cells_of(partial))]
    if not pairs.changed:
        return Mapped(partial, sources, tuple(found), frozenset(asked))
    change = _change(meanings)
    now = _summed(partial, pairs, method)
    if partial.detail is not None:
        now = replace(now, detail=_summed(
            partial.detail, _Pairs(partial.detail.columns, len(partial.detail), meanings), method))  # fmt: skip
    if len(partial) and not len(now):
        found.append(no_rows(sources[0].file if sources else ""))
    return Mapped(now, tuple(_source(each, change) for each in sources), tuple(found), frozenset(asked))


def _of_rows(source: Source, meanings: Meanings) -> Iterator[Finding]:
    for batch in source.batches():
        units = batch.columns["unit"].labels if "unit" in batch.columns else ()
        entries = rows_of(batch, {unit: decimals_of(meanings.method.units, unit) for unit in units})
        yield from _Pairs(batch.columns, len(batch), meanings).findings(entries)


def _summed(partial: PartialSums, pairs: _Pairs, method: Methodology) -> PartialSums:
    return relabelled(
        partial, pairs.columns(), [each.factor for each in pairs.means], pairs.pair, pairs.kept,
        lambda unit: decimals_of(method.units, unit),
    )  # fmt: skip


def _change(meanings: Meanings) -> Callable[[Activity], Activity]:
    """Return what puts the rows of a batch as the mapping confirms them."""

    def change(batch: Activity) -> Activity:
        pairs = _Pairs(batch.columns, len(batch), meanings)
        if not pairs.changed:
            return batch
        factor = np.array([float(each.factor) for each in pairs.means])
        numbers = dict(batch.numbers)
        if "quantity" in numbers and (factor != 1).any():
            numbers["quantity"] = numbers["quantity"] * factor[pairs.pair]
        mapped = replace(batch, columns={**batch.columns, **pairs.columns()}, numbers=numbers)
        kept = pairs.kept
        return mapped if kept.all() else mapped.part(kept)

    return change


def _source(source: Source, change: Callable[[Activity], Activity]) -> Source:
    if isinstance(source, FileStream):
        return replace(source, change=change)
    assert isinstance(source, Activity)
    if len(source.sheets) < 2:
        return _whole_sheet(change(source))
    parts = [_whole_sheet(change(replace(each, findings=()))) for each in source.batches()]
    whole = concat(parts)
    return replace(source, columns=whole.columns, numbers=whole.numbers, unread=whole.unread,
                   row_numbers=whole.row_numbers, sheets=whole.sheets)  # fmt: skip


def _whole_sheet(activity: Activity) -> Activity:
    """Return the rows of one sheet, which ends where they do."""
    return replace(activity, sheets=tuple(replace(each, stop=each.start + len(activity)) for each in activity.sheets))


def _column(words: Sequence[str], pair: NDArray[np.int64]) -> Column:
    labels = tuple(sorted({word for word in words if word}))
    place = {label: code for code, label in enumerate(labels)}
    codes = np.array([place.get(word, BLANK) for word in words], np.int32)
    return Column(codes[pair] if len(codes) else np.zeros(0, np.int32), labels)
