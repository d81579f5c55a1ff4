"""The names of columns as people write them: a table of the vocabulary, matched by whole words.

A name is read without case, signs, plurals and camel case, with the unit that stands in brackets or at its end. The
longest phrase of the table that fits decides; a phrase that is not read (a meter reading, a postcode, an emission
factor) fits anywhere in a name, and comes before one that is read and is no longer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from nhscarbon.errors import IntegrityError
from nhscarbon.kept import kept
from nhscarbon.methods.data_package import DataPackage, data_root, load_pinned
from nhscarbon.methods.units import shipped_units

ROOM, PACKAGE, FILE, UNITS_FILE = "vocabulary", "nhs-words-1@1.0.0", "columns.csv", "units.csv"
NOT_READ = "none"
CONTEXTS = frozenset({"", "head", "anywhere", "alone", "unit", "ledger"})
STATUSES = ("reviewed", "proposed", "withdrawn")
LONGEST = 100  # letters of a name that is looked at
MOST_WORDS = 12
Words = tuple[str, ...]

BETWEEN = frozenset({"of", "the", "a", "an", "for", "and"})
MEASURES = frozenset({"energy", "power", "volume", "mass", "money", "distance"})
NEUTRAL = frozenset({
    "in", "by", "to", "please", "select", "enter", "total", "annual", "annually",
    "current", "overall", "monthly", "yearly", "number", "your", "our", "nhs", "reporting", "reported", "sum", "main",
    "primary", "recorded", "required", "mandatory", "optional", "raw", "col", "column", "field", "no",
})  # fmt: skip
DONE = frozenset({
    "installed", "added", "claimed", "purchased", "bought", "delivered", "used", "supplied", "consumed", "collected",
    "issued", "dispensed", "ordered", "invoiced", "billed", "recorded", "reported", "travelled", "driven", "disposed",
    "generated", "received", "paid", "entered", "raw", "str", "text", "col", "desc", "period", "year", "annual",
})  # fmt: skip
_BRACKET = re.compile(r"[\(\[\{]([^\(\)\[\]\{\}]*)[\)\]\}]")
_CAMEL = re.compile(r"(?<=[a-z]{2})(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z]{2})|(?<=[a-z])(?=[A-Z][a-z]{2})")
_WORD = re.compile(r"[^\W_]+|[£%]")
_IN_UNIT = re.compile(r"(?:,|;|:|/|-|\bin\b)\s*([^,;:]{1,24})$", re.IGNORECASE)
_SCALE = re.compile(r"(?:x\s*)?(?<![\d.,])'?(?:1[,\s]?)?000'?s?\b|\bthousands?\b|\bmillions?\b|\(k\)", re.IGNORECASE)
MONEY, SCALE = "money", "scale"
MONEY_WORDS = frozenset({"£", "cost", "spend", "spent", "expenditure", "price", "vat", "gbp"})
# words of invoices and ledgers, which no meter has, and phrases that say nothing of what they count
INVOICE_WORDS = frozenset({"net", "gross", "invoice", "paid", "payment", "transaction", "line", "ap"})
OPEN_WORDS = frozenset({"value", "figure", "amount", "total", "sum", "number", "annual", "year"})
_MONEY = re.compile(r"^£(?:'?0{3}s?|k|m|s)?$|^(?:pounds?|gbp)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ColumnWord:
    """What the name of a column means.

    Attributes
    ----------
    column : str
        A column of the activity table; `none` where it is not read; several, separated by ``|``, where only the other
        columns can tell.
    unit : str
        The unit that the name states, as it is written there; empty where it states none.
    status : str
        ``reviewed`` or ``proposed``.
    alone : bool
        It is read only where no other column gives what it would.
    needs_unit : bool
        It is read only beside a column of units, or with a unit of its own: an amount may be one of money.
    ledger : bool
        Its words are the expense types of a ledger.
    phrase : str
        The phrase of the table that fits.
    note : str
        Why it is not read.
    doubt : str
        ``scale`` where the name speaks of thousands or millions, ``money`` where it speaks of money without a unit of
        money; its unit is then the name as it stands, which is no unit until someone says what it is.
    """

    column: str
    unit: str = ""
    status: str = "reviewed"
    alone: bool = False
    needs_unit: bool = False
    ledger: bool = False
    phrase: str = ""
    note: str = ""
    doubt: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it may be; none where it is not read."""
        return () if self.column == NOT_READ else tuple(self.column.split("|"))


@dataclass(frozen=True, slots=True)
class _Row:
    words: Words
    column: str
    unit: str
    context: frozenset[str]
    status: str
    phrase: str
    note: str


@dataclass(frozen=True)
class ColumnWords:
    """The table of names of columns: phrases by their words, and those that fit anywhere or at the end of a name."""

    label: str
    rows: Mapping[Words, _Row]

    def look_up(self, name: str) -> ColumnWord | None:
        """Return what a name means, or None where no phrase fits; see `column_word`."""
        if not name.strip() or len(name) > LONGEST:
            return None
        found: tuple[tuple[int, bool, bool], ColumnWord] | None = None
        for text, unit in _readings(name):
            words = words_of(text)
            row = self._best(words) if words and len(words) <= MOST_WORDS else None
            if row is None:
                continue
            word = _column_word(row, unit)
            rank = (*_rank(row), row.words == words)
            if found is None or rank > found[0]:
                found = (rank, word)
        return _doubted(found[1], name) if found else None

    def _best(self, words: Words) -> _Row | None:
        """Return the longest phrase that fits; of equal ones that which is not read."""
        if (exact := self.rows.get(words)) is not None:
            return exact
        return max(self._fitting(words), key=_rank, default=None)

    def _fitting(self, words: Words) -> Iterator[_Row]:
        plain = tuple(word for word in words if word not in NEUTRAL) or words
        short = plain
        while len(short) > 1 and short[-1] in DONE:
            short = short[:-1]
        for form in dict.fromkeys((plain, short)):
            if (row := self.rows.get(form)) is not None:
                yield row
            for start in range(1, len(form)):
                if (row := self.rows.get(form[start:])) is not None and "head" in row.context:
                    yield row
        for length in range(1, len(words) + 1):
            for start in range(len(words) - length + 1):
                row = self.rows.get(words[start : start + length])
                if row is not None and "anywhere" in row.context:
                    yield row


def _rank(row: _Row) -> tuple[int, bool]:
    return len(row.words), row.column == NOT_READ


def _column_word(row: _Row, unit: str) -> ColumnWord:
    quantity = row.column == "quantity"
    return ColumnWord(
        row.column, (unit or row.unit) if quantity else "", row.status, "alone" in row.context, "unit" in row.context,
        "ledger" in row.context, row.phrase, row.note,
    )  # fmt: skip


def _doubted(word: ColumnWord, name: str) -> ColumnWord:
    """Return the word of a quantity with the name as its unit, where the name tells of another amount than the unit."""
    if word.column != "quantity" or _MONEY.match(word.unit):
        return word
    if _SCALE.search(name):
        return replace(word, unit=name.strip(), doubt=SCALE)
    if MONEY_WORDS & {*words_of(name)} and not is_money(word.unit):
        return replace(word, unit=name.strip() if word.unit else "", doubt=MONEY)
    if word.needs_unit and not word.unit and _is_of_invoice(word.phrase, name):
        return replace(word, doubt=MONEY)
    return word


def _is_of_invoice(phrase: str, name: str) -> bool:
    """Tell whether a name without a unit is one of invoices: Net, Gross, Invoice amount."""
    words = {*words_of(phrase)}
    return bool(INVOICE_WORDS & (words | ({*words_of(name)} if words <= OPEN_WORDS else set())))


def is_money(unit: str) -> bool:
    """Tell whether a text is a unit of pounds, one of the vocabulary or as it is written.

    >>> is_money("GBP_gross"), is_money("£"), is_money("kWh")
    (True, True, False)
    """
    units = shipped_units()
    known = units.known(unit) if unit else None
    return _MONEY.match(unit) is not None or (known is not None and units.kinds[known].startswith(MONEY))


def column_word(name: str) -> ColumnWord | None:
    """Return what the name of a column means, or None where no phrase of the vocabulary fits.

    Parameters
    ----------
    name : str
        As its sender wrote it.

    Examples
    --------
    >>> column_word("ODS Code").column, column_word("Weight (kg)").unit, column_word("Meter Reading").column
    ('organisation', 'kg', 'none')
    """
    return column_words().look_up(name)


@lru_cache(maxsize=1)
def column_words() -> ColumnWords:
    """Return the names of columns that ship with nhscarbon.

    Raises
    ------
    IntegrityError
        If the package is not the one that was frozen, or two rows of it say two things of the same words.
    """
    return column_words_of(load_pinned(data_root(), ROOM, PACKAGE))


def column_words_of(package: DataPackage) -> ColumnWords:
    """Read the names of columns of a package of words."""
    rows: dict[Words, _Row] = {}
    faults = []
    for number, row in enumerate(package.rows(FILE), start=2):
        context = frozenset(filter(None, row["context"].split(";")))
        if row["status"] == "withdrawn":
            continue
        if row["status"] not in STATUSES or not context <= CONTEXTS or not row["column"] or not row["source"]:
            faults.append(f"row {number} of {FILE} has an unknown status or context, or no column or source")
        words = words_of(row["phrase"])
        entry = _Row(words, row["column"], row["unit"], context, row["status"], row["phrase"], row["note"])
        other = rows.setdefault(words, entry)
        if not words or (other.column, other.unit) != (entry.column, entry.unit):
            faults.append(f"row {number} of {FILE}: '{row['phrase']}' is read as {other.column} by another row")
    if faults:
        raise IntegrityError(f"{package.label}: {'; '.join(faults[:8])}")
    return ColumnWords(package.label, rows)


@kept(4096)
def words_of(text: str) -> Words:
    """Return the words of a name in small letters and the singular.

    >>> words_of("measureValue"), words_of("Units of Measure"), words_of("tCO2e")
    (('measure', 'value'), ('unit', 'measure'), ('tco2e',))
    """
    plain = unicodedata.normalize("NFKC", text).replace("'", "").replace("’", "")
    spaced = " ".join(_CAMEL.sub(" ", part) for part in plain.replace("_", " ").split())
    words = _WORD.findall(spaced.casefold())
    return tuple(_singular(word) for word in words if word not in BETWEEN) or tuple(words)


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return {"kgs": "kg", "kms": "km", "wts": "wt"}.get(word, word)
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


def _readings(name: str) -> Iterator[tuple[str, str]]:
    """Yield a name without the unit that it states, and that unit; and the name as it stands."""
    yield name, ""
    unit = ""
    for inside in _BRACKET.findall(name):
        if is_unit(inside) or is_other_unit(inside):
            unit = inside.strip()
    plain = _BRACKET.sub(lambda found: " " if is_unit(found[1]) or is_other_unit(found[1]) else f" {found[1]} ", name)
    if unit:
        yield plain, unit
    bare = _BRACKET.sub(" ", name)
    if bare.strip() and bare != plain:
        yield bare, unit
    if not unit and (found := _IN_UNIT.search(name.replace("_", " "))) and is_unit(found[1]):
        yield name.replace("_", " ")[: found.start()], found[1].strip()
    words = _CAMEL.sub(" ", name.replace("_", " ")).split()
    if not unit and len(words) > 1:
        for at, rest in ((words[-1], words[:-1]), (words[0], words[1:])):
            if is_unit(at) and len(at) > 1:
                yield " ".join(rest), at


@kept(1024)
def is_unit(text: str) -> bool:
    """Tell whether a text that stands in a name is a unit of the vocabulary, or of money.

    >>> is_unit("kWh"), is_unit("£"), is_unit("main building")
    (True, True, False)
    """
    plain = " ".join(text.split())
    return bool(plain) and (shipped_units().known(plain) is not None or _MONEY.match(plain) is not None)


def is_other_unit(text: str) -> bool:
    """Tell whether a text in brackets is a unit that no activity takes as it stands: therms, kW, m kWh.

    >>> is_other_unit("therms"), is_other_unit("kW"), is_other_unit("kWh")
    (True, True, False)
    """
    plain = " ".join(text.split()).casefold()
    return bool(plain) and bool({plain, plain.removesuffix("s")} & _other_units())


@lru_cache(maxsize=1)
def _other_units() -> frozenset[str]:
    rows = load_pinned(data_root(), ROOM, PACKAGE).rows(UNITS_FILE)
    return frozenset(
        row["phrase"].casefold() for row in rows
        if row["kind"] in MEASURES and row["outcome"] in ("other", "none") and row["status"] != "withdrawn"
    )  # fmt: skip
