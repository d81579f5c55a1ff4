"""The header of a table: which column of an activity table each of its columns is, as the words and the mapping say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nhscarbon.activity import schema
from nhscarbon.findings import Finding, finding
from nhscarbon.methods.units import shipped_units
from nhscarbon.methods.vocabulary_columns import NOT_READ, ColumnWord, column_word

FREE = frozenset({"supplier", "reference", "note"})  # columns that decide no figure
LEFT_OUT = "{name} (not read)"  # of a column that is called as ours and that the mapping says is not read


class ColumnAnswer(NamedTuple):
    """What a mapping says of a column: `column` is empty where nobody has said it, and `none` where it is not read."""

    column: str
    unit: str
    confirmed: bool


Answers = tuple[tuple[str, ColumnAnswer], ...]  # by the folded name of the column


class Question(NamedTuple):
    """Something that only the sender can say of a header.

    `kind` is ``twice`` (a name of ours stands twice), ``words`` or ``mapping`` (several columns read as one),
    ``ambiguous``, ``amount`` or ``unconfirmed``; `named` the columns that it is about, or may be.
    """

    kind: str
    column: str
    value: str
    named: str = ""


@dataclass(frozen=True)
class Header:
    """The columns of a table as sent and as they are read.

    Attributes
    ----------
    sent, names : tuple of str
        As they stand, and in our own spelling; what is not read keeps its name.
    unit : str
        The unit of every row, where the name of the column of quantities states it and no column of units is there.
    beside : str
        The unit that the name states where a column of units is there as well, which decides.
    ledger : bool
        Whether the words of the column ``activity`` are expense types.
    questions : tuple of Question
    why_not : tuple of (str, str)
        Columns that are known and not read, with the reason.
    above : tuple of str
        The cells of the row above, where a year may stand over months.
    """

    sent: tuple[str, ...]
    names: tuple[str, ...]
    unit: str = ""
    beside: str = ""
    ledger: bool = False
    questions: tuple[Question, ...] = ()
    why_not: tuple[tuple[str, str], ...] = ()
    above: tuple[str, ...] = ()

    @property
    def twice(self) -> str:
        """A name that stands twice, letter for letter, or an empty text."""
        return min((name for name in self.names if name and self.names.count(name) > 1), default="")

    @property
    def words(self) -> dict[str, str]:
        """The words of every row: the unit that the name of a column states."""
        return {"unit": self.unit} if self.unit else {}

    def differing(self, units: Iterable[str], file: str) -> list[Finding]:
        """Return what is to be said where the name of a column states another unit than the column of units.

        Parameters
        ----------
        units : iterable of str
            The distinct words of the column of units.
        file : str
        """
        known = shipped_units().known
        other = [unit for unit in units if self.beside and (known(unit) or unit) != (known(self.beside) or self.beside)]
        if not other:
            return []
        name = self.sent[self.names.index("quantity")]
        return [finding("column_unit_differs", file=file, column="unit", value=name[:100], unit=self.beside,
                        other=other[0][:40])]  # fmt: skip

    def findings(self, file: str, names: Sequence[str] | None = None) -> list[Finding]:
        """Return what is to be said of the header; `names` are those to speak of, all when left out."""
        have = {*self.names, *self.words}
        found = [_asked(each, file) for each in self.questions]
        asked = {each.value for each in self.questions}
        missing = {each.column for each in self.questions}
        columns = ", ".join(schema.REQUIRED)
        if not set(schema.REQUIRED) & have and not missing & {*schema.REQUIRED}:
            return [finding("column_missing", "no_header", file=file, columns=columns)]
        for name in schema.REQUIRED:
            if name in have or name in missing:
                continue
            near = [each for each in self.names if each not in schema.NAMES and schema.nearest_column(each) == name]
            if near:
                found.append(finding("column_missing", "near", file=file, column=name, near=near[0]))
            else:
                found.append(finding("column_missing", file=file, column=name, columns=columns))
        why = dict(self.why_not)
        for name in self.names if names is None else names:
            if name in schema.NAMES or name in asked:
                continue
            near_name = "" if name in why else schema.nearest_column(name)
            about = {"file": file, "column": name, "value": name[:100]}
            if name in why:
                found.append(finding("column_unknown", "why", reason=why[name], **about))  # type: ignore[arg-type]
            elif near_name:
                found.append(finding("column_unknown", "near", near=near_name, **about))  # type: ignore[arg-type]
            else:
                found.append(finding("column_unknown", **about))  # type: ignore[arg-type]
        for cell, name in zip(self.sent, self.names, strict=True):
            if cell != name and name in schema.NAMES:
                unit = self.unit if name == "quantity" else ""
                found.append(finding("column_spelling", "unit" if unit else "", file=file, column=name,
                                     value=cell[:100], unit=unit))  # fmt: skip
        return found


def read_header(sent: Iterable[str], answers: Answers = ()) -> Header:
    """Return what the columns of a table are.

    Parameters
    ----------
    sent : iterable of str
        The header as it stands.
    answers : tuple of (str, ColumnAnswer), optional
        What a mapping says of columns, by their folded names; it comes before what the words say.

    Returns
    -------
    Header
        Our own names first, then the words of the vocabulary. Two columns that read as the same are a question, and
        neither is read.
    """
    return _read(tuple(cell.strip() for cell in sent), answers)


@lru_cache(maxsize=256)
def _read(sent: tuple[str, ...], answers: Answers) -> Header:
    names = list(sent)
    questions: list[Question] = []
    by_mapping = dict(answers)
    said = {place: by_mapping[key] for place, cell in enumerate(sent) if (key := fold(cell)) in by_mapping}
    taken: dict[str, int] = {}
    unit = ""
    for place, answer in said.items():
        cell = sent[place]
        if not answer.confirmed:
            questions.append(Question("unconfirmed", answer.column, cell))
        elif answer.column in taken:
            questions.append(_doubled(sent, answer.column, [taken[answer.column], place], "mapping"))
        elif answer.column != NOT_READ:
            names[place] = answer.column
            taken[answer.column] = place
            unit = answer.unit if answer.column == "quantity" else unit
        if not answer.confirmed or answer.column == NOT_READ:
            names[place] = LEFT_OUT.format(name=cell) if schema.column_meant(cell) else cell
    own = {
        place: meant for place, cell in enumerate(sent) if place not in said and (meant := schema.column_meant(cell))
    }
    for place, meant in sorted(own.items(), key=lambda each: sent[each[0]] != each[1]):  # as we write it comes first
        if meant not in taken:
            names[place] = meant
            taken[meant] = place
        elif sent[place] != meant or taken[meant] in said:
            names[place] = LEFT_OUT.format(name=sent[place]) if sent[place] == meant else sent[place]
            questions.append(Question("twice", sent[place], sent[place], meant))
    words = {place: word for place, cell in enumerate(sent)
             if place not in said and place not in own and cell and (word := column_word(cell))}  # fmt: skip
    why = [(sent[place], word.note) for place, word in words.items() if word.column == NOT_READ and word.note]
    wanted = {place: word for place, word in words.items() if word.columns and word.status == "reviewed"}
    has_unit = "unit" in taken or any(word.columns == ("unit",) for word in wanted.values())
    amounts = {place for place, word in wanted.items() if word.needs_unit and not (has_unit or word.unit)}
    firm = {place: word.columns[0] for place, word in wanted.items()
            if len(word.columns) == 1 and not word.alone and place not in amounts}  # fmt: skip
    weak = {place: word.columns[0] for place, word in wanted.items()
            if len(word.columns) == 1 and word.alone and place not in amounts}  # fmt: skip
    for readings, strict in ((firm, True), (weak, False)):
        for column in dict.fromkeys(readings.values()):
            places = [place for place, each in readings.items() if each == column]
            if column in taken and (not strict or column in FREE):
                continue
            if column in taken or len(places) > 1:
                if column not in FREE and (strict or column in schema.REQUIRED):
                    questions.append(
                        _doubled(sent, column, [*([taken[column]] if column in taken else []), *places], "words")
                    )
                    taken.setdefault(column, -1)
                continue
            names[places[0]] = column
            taken[column] = places[0]
    for place, word in wanted.items():
        if len(word.columns) > 1:
            _choose(sent, names, place, word, taken, questions)
    if "quantity" not in taken:
        questions += [Question("amount", "quantity", sent[place]) for place in sorted(amounts)]
    quantity = taken.get("quantity", -1)
    if quantity in words:
        unit = words[quantity].unit
    elif quantity in said and not unit:
        named = column_word(sent[quantity])
        unit = named.unit if named else ""
    ledger = words[taken["activity"]].ledger if taken.get("activity", -1) in words else False
    beside = "unit" in taken
    return Header(
        sent, tuple(names), "" if beside else unit, unit if beside else "", ledger, tuple(questions), tuple(why)
    )


def _choose(
    sent: Sequence[str],
    names: list[str],
    place: int,
    word: ColumnWord,
    taken: dict[str, int],
    questions: list[Question],
) -> None:
    """Read a name of two meanings as the one that no other column has, if one is left; else it is a question."""
    left = [column for column in word.columns if column not in taken]
    if len(left) == 1:
        names[place] = left[0]
        taken[left[0]] = place
    elif left:
        questions.append(Question("ambiguous", left[0], sent[place], " or ".join(f"'{each}'" for each in left)))


def _doubled(sent: Sequence[str], column: str, places: Sequence[int], kind: str) -> Question:
    """Return the question which of several columns is meant."""
    named = " and ".join(f"'{sent[place][:40]}'" for place in places if place >= 0)
    return Question(kind, column, sent[places[-1]], named)


def _asked(each: Question, file: str) -> Finding:
    about = {"file": file, "column": each.column, "value": each.value[: schema.LONGEST_NAME * 2]}
    if each.kind == "twice":
        return finding("column_twice", file=file, column=each.column, value=each.value[:100], meant=each.named)
    if each.kind == "words":
        return finding("column_twice", "words", meant=each.column, columns=each.named, **about)  # type: ignore[arg-type]
    if each.kind == "mapping":
        return finding("column_twice", "mapping", meant=each.column, columns=each.named, **about)  # type: ignore[arg-type]
    if each.kind == "unconfirmed":
        return finding("mapping_unconfirmed", "column", word=each.value, **about)  # type: ignore[arg-type]
    if each.kind == "amount":
        return finding("column_ambiguous", "amount", **about)  # type: ignore[arg-type]
    return finding("column_ambiguous", columns=each.named, **about)  # type: ignore[arg-type]


def is_header(cells: Sequence[str], answers: Answers = ()) -> bool:
    """Tell whether a row is the header of an activity table: by our own names, or by those that people use."""
    if schema.is_header(cells):
        return True
    words = [cell for cell in cells if cell.strip()]
    if len(words) < schema.HEADER_NEEDS or any(len(cell) > schema.LONGEST_NAME for cell in words):
        return False
    header = read_header(cells, answers)
    return len({*header.names, *(each.column for each in header.questions)} & {*schema.REQUIRED}) >= schema.HEADER_NEEDS


def fold(name: str) -> str:
    """Return the name of a column without case and spaces around or doubled, as a mapping finds it again."""
    return " ".join(name.split()).casefold()


def answers_of(columns: Mapping[str, ColumnAnswer]) -> Answers:
    """Return what a mapping says of columns as `read_header` takes it."""
    return tuple(sorted((fold(name), answer) for name, answer in columns.items()))
