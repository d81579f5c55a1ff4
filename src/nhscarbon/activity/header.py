"""The header of a table: which column of an activity table each of its columns is, as the words and the mapping say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from nhscarbon.activity import schema
from nhscarbon.activity.separators import OPTION
from nhscarbon.findings import Finding, finding
from nhscarbon.kept import TABLE, kept
from nhscarbon.methods.units import shipped_units
from nhscarbon.methods.vocabulary_columns import MONEY, NOT_READ, SCALE, column_word, is_money

FREE = frozenset({"supplier", "reference", "note"})  # columns that decide no figure
FEWEST = 2  # columns of an activity table that a header has, where people's words name them
TOTAL = "{name} (total)"  # of the column of quantities beside columns of months
PLAIN_POUNDS = ("£", "£s")
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
    ``ambiguous``, ``amount``, ``unit`` or ``unconfirmed``; `named` the columns that it is about, or may be.
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
    doubt : str
        ``scale`` or ``money`` where the name of the column of quantities speaks of thousands or of money.
    ledger : bool
        Whether the words of the column ``activity`` are expense types.
    questions : tuple of Question
    why_not : tuple of (str, str)
        Columns that are known and not read, with the reason.
    above : tuple of str
        The cells of the row above, where a year may stand over months.
    thousands : bool
        Whether the mapping says that the quantities have separators of thousands.
    """

    sent: tuple[str, ...]
    names: tuple[str, ...]
    unit: str = ""
    beside: str = ""
    doubt: str = ""
    ledger: bool = False
    questions: tuple[Question, ...] = ()
    why_not: tuple[tuple[str, str], ...] = ()
    above: tuple[str, ...] = ()
    thousands: bool = False

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
        name = next((cell for cell, name in zip(self.sent, self.names, strict=True)
                     if name in ("quantity", TOTAL.format(name=cell))), "")  # fmt: skip
        if not name:
            return []
        known, units = shipped_units().known, [unit for unit in units if unit.strip()]
        if self.doubt:  # a word that is no unit is asked about as it stands
            other = [unit for unit in units if known(unit) and not (self.doubt == MONEY and is_money(unit))]
        else:
            beside = known(self.beside) or self.beside
            other = [unit for unit in units if self.beside and (known(unit) or unit) != beside
                     and not (self.beside in PLAIN_POUNDS and known(unit) and is_money(unit))]  # fmt: skip
        if not other:
            return []
        return [finding("column_unit_differs", self.doubt, file=file, column="unit", value=name[:100],
                        unit=self.beside[:40], other=other[0][:40])]  # fmt: skip

    def notes(self, file: str, names: Sequence[str] | None = None) -> list[Finding]:
        """Return what is to be said of the header; `names` are those to speak of, all when left out."""
        have = {*self.names, *self.words}
        found = [_asked(each, file) for each in self.questions]
        asked = {each.value for each in self.questions}
        missing = {each.column for each in self.questions}
        columns = ", ".join(schema.REQUIRED)
        if not {*schema.REQUIRED} & (have | missing):
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


@kept(256, TABLE)
def _read(sent: tuple[str, ...], answers: Answers) -> Header:
    plain = {name: each._replace(unit=" ".join(word for word in each.unit.split() if word != OPTION))
             for name, each in answers}  # fmt: skip
    reading = _Reading(sent, plain)
    reading.by_mapping()
    reading.by_own_names()
    reading.by_words()
    here = {fold(cell) for cell in sent}
    told = any(OPTION in each.unit.split() and each.confirmed and name in here for name, each in answers)
    return replace(reading.header(), thousands=told)


class _Reading:
    """What is known of a header so far: the name of each column, and the place that each of our columns has."""

    def __init__(self, sent: tuple[str, ...], answers: Mapping[str, ColumnAnswer]) -> None:
        self.sent, self.names = sent, list(sent)
        self.said = {place: answers[key] for place, cell in enumerate(sent) if (key := fold(cell)) in answers}
        self.own = {place: meant for place, cell in enumerate(sent)
                    if place not in self.said and (meant := schema.column_meant(cell))}  # fmt: skip
        known = {*self.said, *self.own}
        self.words = {place: word for place, cell in enumerate(sent)
                      if place not in known and cell and (word := column_word(cell))}  # fmt: skip
        self.taken: dict[str, int] = {}
        self.questions: list[Question] = []

    def _take(self, place: int, column: str) -> None:
        self.names[place] = column
        self.taken[column] = place

    def _leave(self, place: int) -> None:
        """Keep the name of a column that is not read, and make it another where it is one of ours."""
        cell = self.sent[place]
        self.names[place] = LEFT_OUT.format(name=cell) if cell in schema.NAMES else cell

    def by_mapping(self) -> None:
        """Take what the mapping says, and ask for what it has not been told."""
        for place, answer in self.said.items():
            if answer.confirmed and answer.column != NOT_READ and answer.column not in self.taken:
                self._take(place, answer.column)
                continue
            self._leave(place)
            if not answer.confirmed:
                self.questions.append(Question("unconfirmed", answer.column, self.sent[place]))
            elif answer.column != NOT_READ:
                self.questions.append(self._doubled(answer.column, [self.taken[answer.column], place], "mapping"))

    def by_own_names(self) -> None:
        """Take our own names in any spelling; as we write it comes first."""
        for place, meant in sorted(self.own.items(), key=lambda each: self.sent[each[0]] != each[1]):
            if meant not in self.taken:
                self._take(place, meant)
            elif self.taken[meant] in self.own and (self.sent[place] == meant or meant not in self.sent):
                self.names[place] = meant  # twice, and nothing tells them apart: the table is refused as a whole
            else:
                self._leave(place)
                self.questions.append(Question("twice", self.sent[place], self.sent[place], meant))

    def by_words(self) -> None:
        """Take the words that people use: first what is clear, then what is read where nothing else gives it."""
        wanted = {place: word for place, word in self.words.items() if word.columns and word.status == "reviewed"}
        has_unit = "unit" in self.taken or any(word.columns == ("unit",) for word in wanted.values())
        amounts = [place for place, word in wanted.items() if word.needs_unit and not (has_unit or word.unit)]
        clear = {place: word for place, word in wanted.items() if len(word.columns) == 1 and place not in amounts}
        for alone in (False, True):
            self._read_all({place: word.column for place, word in clear.items() if word.alone is alone}, alone=alone)
        for place, word in wanted.items():
            left = [column for column in word.columns if column not in self.taken]
            if len(word.columns) > 1 and len(left) == 1:
                self._take(place, left[0])
            elif len(word.columns) > 1 and left:
                named = " or ".join(f"'{each}'" for each in left)
                self.questions.append(Question("ambiguous", left[0], self.sent[place], named))
        if "quantity" not in self.taken:
            self.questions += [Question("amount", "quantity", self.sent[place]) for place in amounts]

    def _read_all(self, readings: Mapping[int, str], *, alone: bool) -> None:
        for column in dict.fromkeys(readings.values()):
            places = [place for place, each in readings.items() if each == column]
            held = [self.taken[column]] if column in self.taken else []
            if held and (alone or column not in schema.REQUIRED):
                continue  # what it would decide is decided
            if not held and len(places) == 1:
                self._take(places[0], column)
            elif column not in FREE and (not alone or column in schema.REQUIRED):
                self.questions.append(self._doubled(column, [*held, *places], "words"))
                self.taken.setdefault(column, -1)

    def _doubled(self, column: str, places: Sequence[int], kind: str) -> Question:
        """Return the question which of several columns is meant."""
        named = " and ".join(f"'{self.sent[place][:40]}'" for place in places if place >= 0)
        return Question(kind, column, self.sent[places[-1]], named)

    def header(self) -> Header:
        """Return what was read; one word that is like the name of a column makes no header."""
        known = {*self.taken, *(each.column for each in self.questions)} & {*schema.REQUIRED}
        if not self.said and not self.own and len(known) < FEWEST:
            return Header(self.sent, self.sent)
        unit, doubt, place = "", "", self.taken.get("quantity", -1)
        if place >= 0:
            named = column_word(self.sent[place])
            told = self.said[place].unit if place in self.said else ""
            unit = told or (named.unit if named else "")
            doubt = named.doubt if named else ""
            if told and named and not _may_be(told, named.unit, named.doubt):
                self.questions.append(Question("unit", "quantity", self.sent[place], told))
        beside = "unit" in self.taken
        activity = self.words.get(self.taken.get("activity", -1))
        why = tuple((self.sent[place], word.note) for place, word in self.words.items()
                    if word.column == NOT_READ and word.note)  # fmt: skip
        return Header(
            self.sent, tuple(self.names), "" if beside else unit, unit if beside else "", doubt if beside else "",
            activity is not None and activity.ledger, tuple(self.questions), why,
        )  # fmt: skip


def _may_be(told: str, named: str, doubt: str) -> bool:
    """Tell whether a mapping may say a unit of a column whose name states another: never another amount of it."""
    if not named and doubt != SCALE:
        return True
    if doubt == MONEY or (is_money(told) and named in PLAIN_POUNDS):
        return is_money(told) or told == named
    known = shipped_units().known
    return (known(told) or told) == (known(named) or named)


def _asked(each: Question, file: str) -> Finding:
    about = {"file": file, "column": each.column, "value": each.value[: schema.LONGEST_NAME * 2]}
    if each.kind == "twice":
        return finding("column_twice", file=file, column=each.column, value=each.value[:100], meant=each.named)
    if each.kind in ("words", "mapping"):
        return finding("column_twice", each.kind, meant=each.column, columns=each.named, **about)  # type: ignore[arg-type]
    if each.kind == "unconfirmed":
        return finding("mapping_unconfirmed", "column", word=each.value, **about)  # type: ignore[arg-type]
    if each.kind == "unit":
        return finding("column_unit_differs", "mapping", file=file, column="unit", value=each.value[:100],
                       other=each.named[:40])  # fmt: skip
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
