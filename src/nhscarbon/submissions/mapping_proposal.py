"""A mapping proposed: each distinct column, activity and unit of a source once, with what it may mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from nhscarbon.activity import schema
from nhscarbon.activity.header import Answers
from nhscarbon.activity.mapping import (
    ACTIVITY,
    COLUMN,
    EXPENSE_TYPE,
    KINDS,
    NONE,
    UNIT,
    MappingFile,
    MappingRow,
    MappingSource,
    key_of,
    read_mapping,
)
from nhscarbon.activity.readers.open_source import Opened, Tabular
from nhscarbon.checks.unit_spellings import Readings, is_clear, readings_of
from nhscarbon.methods.find import Found, find
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.methods.vocabulary import load_vocabulary
from nhscarbon.methods.vocabulary_columns import NOT_READ, column_word, column_words
from nhscarbon.output.results import TableResult
from nhscarbon.sums import arithmetic
from nhscarbon.sums.partial_sums import PartialSums
from nhscarbon.sums.sum_source import sum_source

READ, UNREAD = "column_spelling", ("column_unknown", "column_twice", "column_ambiguous")
MONEY = "GBP"
COLUMN_NAMES = ("", *schema.NAMES)  # that a finding about a header is about
NEARLY = 1e-9  # relative


@dataclass(frozen=True, eq=False, repr=False)
class MappingProposal(TableResult):
    """What the words of a source may mean, to be confirmed; see `propose_mapping`."""

    mapping: MappingFile
    notes: tuple[str, ...] = field(default=())

    @property
    def open(self) -> int:
        """How many words wait for somebody to confirm them."""
        return sum(not each.confirmed for each in self.mapping.rows)

    def _title(self) -> str:
        words = f"{len(self.mapping.rows):,} words of {self.mapping.name}"
        return f"{words}, {self.open:,} to confirm"

    def _about(self) -> Mapping[str, object]:
        return {"name": self.mapping.name, "to_confirm": self.open}

    def _notes(self) -> Iterable[str]:
        if self.open:
            yield "Fill in answer, confirmed_by and confirmed_on; 'none' leaves a column, or the rows of a phrase, out."
        yield from self.notes


def propose_mapping(
    source: Tabular | Opened | PartialSums, method: Methodology | str, *, mapping: MappingSource | None = None
) -> MappingProposal:
    """Propose what the words of a source mean: each distinct column, activity and unit once, to be confirmed.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records, Activity or PartialSums
        What `nhscarbon.calculate` takes; every sheet of a workbook is read.
    method : Methodology or str
        Whose activities and units are proposed.
    mapping : str, Path, frame, list of records or proposal, optional
        An earlier mapping: what it confirms is applied to the columns and kept. What it left open is proposed again.

    Returns
    -------
    MappingProposal
        Its `table` has the columns kind (``column``, ``activity``, ``unit``, ``expense_type``), phrase, unit, answer,
        answer_unit, outcome, candidates, confirmed_by and confirmed_on. Codes of the catalogue and units as they are
        written there are left out; a label, another spelling and a usual name of a column are confirmed by rule; all
        else waits for a person. An answer that is filled in is only proposed until somebody confirms it.

    Raises
    ------
    UnreadableError
        If the source holds no table.
    UsageError
        If the earlier mapping cannot be used.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> rows = [{"ODS Code": "RR8", "Financial Year": "2023/24", "Source": "Mains gas", "Amount": 5, "Units": "kWh"}]
    >>> proposal = nc.propose_mapping(rows, "nhs-2026.1")
    >>> proposal.table.set_index("phrase").loc["ODS Code", "answer"]
    'organisation'
    """
    method = as_methodology(method)
    earlier = read_mapping(mapping)
    sums, _ = sum_source(source, units=method.units, answers=_confirmed(earlier))
    proposer = _Proposer(sums, method)
    rows = [(row, weight) for row, weight in (*proposer.columns(), *proposer.activities(), *proposer.units())]
    before = {key_of(each): each for each in (earlier.rows if earlier else ())}
    found: dict[tuple[str, str, str], tuple[MappingRow, int]] = {}
    for row, weight in rows:
        key = key_of(row)
        kept = before.pop(key, None)
        found.setdefault(key, (kept if kept and (kept.confirmed or kept.answer) else row, weight))
    found |= {key: (each, 0) for key, each in before.items() if each.confirmed}
    ordered = sorted(found.values(), key=lambda each: (each[0].confirmed, KINDS.index(each[0].kind), -each[1]))
    name = next((name for name, _ in sums.files if name), "") or proposer.file or "a table"
    words = MappingFile(name, tuple(row for row, _ in ordered))
    return MappingProposal(words.table, words, tuple(proposer.notes()))


def _confirmed(earlier: MappingFile | None) -> Answers:
    """Return what an earlier mapping confirms of columns: what it leaves open stops no reading here."""
    return tuple(each for each in (earlier.columns if earlier else ()) if each[1].confirmed)


class _Proposer:
    """The distinct words of a source, by the small table of its sums, and what is proposed for each."""

    def __init__(self, sums: PartialSums, method: Methodology) -> None:
        self.sums, self.method = sums, method
        self.today = datetime.now().astimezone().date().isoformat()
        self.file = next((each.file for each in sums.findings if each.file), "")
        years = sums.columns["period"].labels
        self.year = years[0] if len(years) == 1 else ""
        self.ledger = any(each.code == READ and each.column == "activity" and _is_ledger(each.value)
                          for each in sums.findings)  # fmt: skip

    def columns(self) -> Iterator[tuple[MappingRow, int]]:
        """Yield each column that is not called as ours; those of which it is clear what they are, confirmed by rule."""
        for each in dict.fromkeys(
            (each.code == READ, each.column, each.value) for each in self.sums.findings if each.code in (READ, *UNREAD)
        ):
            read, column, sent = each
            word = column_word(sent)
            if not sent or (read and schema.column_meant(sent) == column):
                continue  # our own name in another spelling
            if read:
                unit = word.unit if word and column == "quantity" else ""
                yield self._by_rule(MappingRow(COLUMN, sent, answer=column, answer_unit=unit), column_words().label), 0
            elif word is not None and word.columns:
                question = "an amount of money, or of what?" if word.needs_unit else ""
                candidates = "; ".join(filter(None, [question, *word.columns, NONE]))
                yield MappingRow(COLUMN, sent, answer_unit=word.unit, outcome="ask", candidates=candidates), 0
            elif near := schema.nearest_column(sent) if word is None else "":
                yield MappingRow(COLUMN, sent, outcome="ask", candidates=f"{near}; {NONE}"), 0
            else:
                why = word.note if word and word.column == NOT_READ else "not a name that is known"
                row = MappingRow(COLUMN, sent, answer=NONE, outcome=NONE, candidates=why)
                yield self._by_rule(row, column_words().label), 0

    def activities(self) -> Iterator[tuple[MappingRow, int]]:
        """Yield each activity phrase with its unit; codes of the catalogue are none."""
        catalogue, units = self.method.catalogue, self.method.units
        for text, unit, rows in self._pairs():
            code = catalogue.meant(text)
            kind = EXPENSE_TYPE if self.ledger and not code else ACTIVITY
            if not text:
                continue
            readings = readings_of(unit, units) if unit else {}
            if code and readings and not is_clear(unit, code, units, catalogue):
                asked = self._written(readings)
                candidates = f"which unit is '{unit}'? {asked}"
                yield MappingRow(kind, text, unit, code, "", "ask", candidates), rows
            elif code and code != text:
                row = MappingRow(kind, text, unit, code, outcome="one", candidates=catalogue.activities[code].label)
                yield self._by_rule(row, catalogue.label), rows
            elif not code:
                found = find(text, self.method, unit=unit or (MONEY if self.ledger else ""), period=self._served())
                yield self._found(kind, text, unit, found), rows

    def _found(self, kind: str, text: str, unit: str, found: Found) -> MappingRow:
        """Return what a search proposes: an answer where there is one reviewed reading, else candidates."""
        table = found.table
        if found.outcome == "none":
            return MappingRow(kind, text, unit, NONE, "", "none", str(table["reason"].iloc[0]))
        if found.outcome == "one" and not found.confirm:
            best = table.iloc[0]
            known = not unit or self.method.units.known(unit) is not None
            answer_unit = "" if known else self._unit_answer(unit, str(best["unit"]))
            return MappingRow(kind, text, unit, str(best["activity"]), answer_unit, "one", str(best["label"]))
        named = [f"{row['label']} ({row['activity']}) in {row['unit']}" for row in table.to_dict("records")]
        reason = str(table["reason"].iloc[0]) if found.outcome == "other_unit" and len(table) else ""
        confirm = "please confirm" if found.confirm else ""
        outcome = "ask" if found.outcome == "one" else found.outcome
        candidates = "; ".join(filter(None, [confirm, found.question, reason, *named]))
        return MappingRow(kind, text, unit, "", "", outcome, candidates)

    def _written(self, readings: Readings) -> str:
        """Return what a spelling may mean, in the units that are to be written."""
        units = self.method.units
        found = []
        for text, (size, of) in readings.items():
            same = [unit for unit in units.decimals if units.kinds[unit] == units.kinds[of]
                    and abs(units.ratio(unit, of) / size - 1) < NEARLY]  # fmt: skip
            found.append(f"{same[0] if same else of} ({text})")
        return "; ".join(found)

    def _unit_answer(self, unit: str, best: str) -> str:
        word = load_vocabulary().unit(unit)
        if word is None or word.proposed or word.outcome == "ask" or len(word.units) != 1:
            return ""
        return f"{word.factor} {word.units[0]}" if word.factor not in ("", "1") else best if best in word.units else ""

    def units(self) -> Iterator[tuple[MappingRow, int]]:
        """Yield each unit that is not written as the method writes it."""
        known, vocabulary, label = self.method.units, load_vocabulary(), self.method.manifest.units
        column = self.sums.columns["unit"]
        counts = np.bincount(column.codes[column.codes >= 0], weights=(self.sums.rows + self.sums.unsummed)[
            column.codes >= 0], minlength=len(column.labels))  # fmt: skip
        for unit, rows in zip(column.labels, counts.astype(int).tolist(), strict=True):
            word, canonical = vocabulary.unit(unit), known.known(unit)
            if canonical == unit or (canonical and readings_of(unit, known)):
                continue  # as it stands, or asked of each activity apart
            if canonical:
                yield self._by_rule(MappingRow(UNIT, unit, answer=canonical, outcome="one"), label), rows
            elif readings := readings_of(unit, known):
                yield MappingRow(UNIT, unit, outcome="ask", candidates=self._written(readings)), rows
            elif word is None:
                yield MappingRow(UNIT, unit, outcome="", candidates=""), rows
            else:
                times = f"{word.factor} " if word.factor not in ("", "1") else ""
                options = [f"{times}{each}" for each in word.units if each in known.decimals]
                single = options[0] if len(options) == 1 and word.outcome != "ask" and not word.proposed else ""
                said = "; ".join(filter(None, [word.question, word.reason, *([] if single else options)]))
                outcome = "one" if single else "ask" if options else "none"
                yield MappingRow(UNIT, unit, answer=single, outcome=outcome, candidates=said), rows

    def _pairs(self) -> Iterator[tuple[str, str, int]]:
        """Yield the distinct activities with their units, and how many rows have them."""
        sent = [self.sums.columns[name] for name in ("activity", "unit")]
        codes = [column.codes.astype(np.int64) + 1 for column in sent]
        pair, found = arithmetic.group(codes, [len(column.labels) + 1 for column in sent])
        rows = np.bincount(pair, weights=self.sums.rows + self.sums.unsummed, minlength=len(found))
        for (first, second), count in zip(found.tolist(), rows.tolist(), strict=True):
            yield ("", *sent[0].labels)[first], ("", *sent[1].labels)[second], int(count)

    def _served(self) -> str:
        """Return the NHS year of the source where it has one that can be read."""
        return self.year if self.year in self.method.periods else ""

    def _by_rule(self, row: MappingRow, rule: str) -> MappingRow:
        """Return a row as confirmed by a rule of the library: it has one reading, which anyone can look up."""
        return MappingRow(row.kind, row.phrase, row.unit, row.answer, row.answer_unit, row.outcome or "one",
                          row.candidates, f"rule ({rule})", self.today)  # fmt: skip

    def notes(self) -> Iterator[str]:
        """Yield what else is to be done before the source can be counted."""
        lacking = ("column_missing", "column_ambiguous", "column_twice")
        missing = [each.column for each in self.sums.findings if each.code in lacking and each.column in COLUMN_NAMES]
        if missing:
            columns = ", ".join(dict.fromkeys(filter(None, missing))) or "any column"
            yield (f"No column is known to be {columns}. Confirm the columns, then propose again with this mapping: "
                   "the words below them are listed then.")  # fmt: skip
        for each in self.sums.findings:
            if each.code == "sheet_not_read":
                yield f"The sheet '{each.sheet[:60]}' was not read: it has no header that is known."


def _is_ledger(sent: str) -> bool:
    word = column_word(sent)
    return word is not None and word.ledger


def merged(proposals: Sequence[MappingProposal]) -> MappingProposal:
    """Return several proposals as one; each word once, what is confirmed before what is not."""
    rows = [row for each in proposals for row in each.mapping.rows]
    found: dict[tuple[str, str, str], MappingRow] = {}
    for row in sorted(rows, key=lambda each: not each.confirmed):
        found.setdefault(key_of(row), row)
    ordered = sorted(found.values(), key=lambda each: (each.confirmed, KINDS.index(each.kind)))
    words = MappingFile(", ".join(dict.fromkeys(each.mapping.name for each in proposals)), tuple(ordered))
    return MappingProposal(words.table, words, tuple(dict.fromkeys(note for each in proposals for note in each.notes)))
