"""Mapping tables: which product group each code of a ledger buys, and the named rule that each code follows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

from nhscarbon.activity.files.sheets import read_bytes
from nhscarbon.activity.files.text import decode
from nhscarbon.activity.mapping import (
    ACTIVITY,
    COLUMN,
    EXPENSE_TYPE,
    NONE,
    MappingFile,
    is_mapping_file,
    read_mapping,
)
from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import DESCRIPTOR, data_root, load_package, load_pinned
from nhscarbon.output.text import short_repr

RULES = "double-counting-1@1.0.0"  # the package that says what each rule does with its pounds
PLAIN = "nhs-eclass-1@1.0.0"  # its layout is the plain one: a mapping file of one's own is read with it
ROOM = "mappings"
OUTCOMES = ("in", "excluded", "undecided")
COLUMNS = ("code", "label", "rule", "activity", "weight", "unit")
NET, GROSS = "GBP", "GBP_gross"
PURCHASES, LEFT_OUT = "purchases", "left_out"
LEDGER_KINDS = (EXPENSE_TYPE, ACTIVITY)
ITEMS = {  # of a layout, by the column of an activity table that a mapping file names
    "activity": "code_column", "quantity": "amount_column", "period": "period_column",
    "organisation": "organisation_column", "supplier": "supplier_column",
}  # fmt: skip
TOLD = 12  # faults of a mapping that a message shows


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to the pounds of every line under it: counted, excluded or undecided, and why."""

    rule: str
    outcome: str
    severity: str
    activity: str
    label: str
    reported_instead: str
    reason: str
    source: str

    __repr__ = short_repr


NO_PURCHASE = Rule(LEFT_OUT, "excluded", "info", "", "Left out by the mapping", "", "confirmed by a person", "")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a share of a code's pounds goes; `unit` is blank when the mapping does not know about VAT."""

    code: str
    label: str
    rule: str
    activity: str
    weight: Decimal
    unit: str
    confidence: str = ""
    status: str = ""

    __repr__ = short_repr


@dataclass(frozen=True)
class MappingTable:
    """A verified mapping: its targets by code, its rules, and how the ledger's columns are called.

    `unconfirmed` are the codes of a mapping file that nobody has confirmed, with what each may be.
    """

    label: str
    digest: str
    targets: Mapping[str, tuple[Target, ...]]
    rules: Mapping[str, Rule]
    layout: Mapping[str, str]
    unconfirmed: Mapping[str, str] = field(default_factory=dict)

    __repr__ = short_repr

    def outcome(self, target: Target) -> str:
        """Return ``in``, ``excluded`` or ``undecided``."""
        return self.rules[target.rule].outcome


def load_mapping(
    name: str | Path | MappingFile, *, include: Collection[str] = (), exclude: Collection[str] = ()
) -> MappingTable:
    """Load a mapping by its name, or one's own from a CSV file or a folder.

    Parameters
    ----------
    name : str, Path or MappingFile
        A package under `data/mappings`; a mapping file as `nhscarbon map` writes it, whose confirmed expense types are
        taken and whose columns are the layout; the path of a CSV file with the columns code, label, rule, activity,
        weight and unit, or of a folder with `mapping.csv` and `layout.csv`.
    include, exclude : collection of str, optional
        Rules whose pounds are to be counted, or left out, whatever their own outcome is.

    Returns
    -------
    MappingTable

    Raises
    ------
    UsageError
        If there is no such mapping or rule, or the table does not decide every code exactly once.
    """
    rules = {row["rule"]: Rule(**row) for row in load_pinned(data_root(), ROOM, RULES).rows("rules.csv")}
    for rule in (*include, *exclude):
        if rule not in rules:
            raise UsageError(f"there is no rule '{rule}'; {_near(rule, rules)}")
    if both := sorted(set(include) & set(exclude)):
        raise UsageError(f"the rule '{both[0]}' is both included and excluded")
    unconfirmed: Mapping[str, str] = {}
    words = name if isinstance(name, MappingFile) else read_mapping(name) if _is_mapping_file(name) else None
    if words is not None:
        rules[LEFT_OUT] = NO_PURCHASE
        label, digest, rows, layout = words.label, words.sha256, _confirmed(words, rules), _layout_of(words)
        unconfirmed = {each.phrase: each.candidates for each in words.of_kind(*LEDGER_KINDS) if not each.confirmed}
    else:
        assert not isinstance(name, MappingFile)
        label, digest, rows, layout = _read(name)
    targets = _targets(label, rows, rules) if rows or words is None else {}
    table = MappingTable(label, digest, targets, rules, layout)
    changed = {**rules, **{rule: _with(rules[rule], "in") for rule in include},
               **{rule: _with(rules[rule], "excluded") for rule in exclude}}  # fmt: skip
    return MappingTable(label, digest, table.targets, changed, layout, unconfirmed)


def _is_mapping_file(name: str | Path) -> bool:
    path = Path(name)
    return path.is_file() and is_mapping_file(path)


def _confirmed(words: MappingFile, rules: Mapping[str, Rule]) -> list[dict[str, str]]:
    """Return the confirmed expense types of a mapping file as rows of a mapping table.

    An answer is an activity, the name of a rule of double counting, or `none`, which leaves the pounds out.
    """
    rows = []
    for each in words.of_kind(*LEDGER_KINDS):
        if not each.confirmed:
            continue
        left_out = each.answer.casefold() == NONE
        rule = LEFT_OUT if left_out else each.answer if each.answer in rules else PURCHASES
        activity = "" if rule != PURCHASES else each.answer
        rows.append({"code": each.phrase, "label": each.phrase, "rule": rule, "activity": activity, "weight": "1",
                     "unit": each.answer_unit})  # fmt: skip
    return rows


def _layout_of(words: MappingFile) -> dict[str, str]:
    """Return how the columns of a ledger are called: as a mapping file confirms it, else the plain layout."""
    layout = {"code_pattern": "(.+)"}
    for each in words.of_kind(COLUMN):
        item = ITEMS.get(each.answer.casefold(), "") if each.confirmed else ""
        if item == "period_column" and each.answer_unit:
            layout |= {"date_column": each.phrase, "date_format": _date_form(each.answer_unit)}
        elif item:
            layout[item] = each.phrase
    plain = _layout(load_pinned(data_root(), ROOM, PLAIN).rows("layout.csv"))
    needed = {item: name for item, name in plain.items() if item in ("code_column", "amount_column")}
    return {**needed, **layout}


def _date_form(text: str) -> str:
    """Return the form of a date as Python writes it: ``dd/mm/yyyy`` is ``%d/%m/%Y``.

    >>> _date_form("dd/mm/yyyy")
    '%d/%m/%Y'
    """
    form = text.casefold() if "%" not in text else text
    for written, meant in (("yyyy", "%Y"), ("dd", "%d"), ("mm", "%m"), ("yy", "%y")):
        form = form.replace(written, meant)
    return form


def _with(rule: Rule, outcome: str) -> Rule:
    return Rule(rule.rule, outcome, "info", rule.activity, rule.label, rule.reported_instead, rule.reason, rule.source)


def _read(name: str | Path) -> tuple[str, str, list[dict[str, str]], dict[str, str]]:
    root = data_root()
    folder = root / ROOM / str(name)
    if Path(str(name)).name == str(name) and (folder / DESCRIPTOR).is_file():
        package = load_pinned(root, ROOM, load_package(folder).label)
        if "mapping.csv" not in package.hashes:
            raise UsageError(f"'{name}' holds rules and no mapping; {_near(str(name), _names(root))}")
        return package.label, package.digest, package.rows("mapping.csv"), _layout(package.rows("layout.csv"))
    path = Path(name)
    if path.is_dir():
        layout = _layout(_rows(path / "layout.csv")[0])
        rows, digest = _rows(path / "mapping.csv")
        return path.name, digest, rows, layout
    if path.is_file():
        rows, digest = _rows(path)
        return path.name, digest, rows, _layout(load_pinned(root, ROOM, PLAIN).rows("layout.csv"))
    raise UsageError(f"there is no mapping '{name}'; {_near(str(name), _names(root))}")


def _names(root: Path) -> list[str]:
    return sorted(path.parent.name for path in (root / ROOM).glob("*/mapping.csv"))


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"


def _rows(path: Path) -> tuple[list[dict[str, str]], str]:
    import hashlib  # noqa: PLC0415  only for a mapping of one's own

    content = read_bytes(path)
    reader = csv.DictReader(io.StringIO(decode(path.name, content), newline=""))
    rows = list(reader)
    if any(None in row or None in row.values() for row in rows):
        raise UsageError(f"'{path.name}' has rows with more or fewer cells than its header")
    return rows, hashlib.sha256(content).hexdigest()


def _layout(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {row["item"]: row["value"] for row in rows}


def _targets(
    label: str, rows: Sequence[Mapping[str, str]], rules: Mapping[str, Rule]
) -> Mapping[str, tuple[Target, ...]]:
    faults = [f"it has no column '{name}'" for name in COLUMNS if not rows or name not in rows[0]]
    if faults:
        raise UsageError(f"mapping '{label}' cannot be used: {'; '.join(faults)}")
    found: dict[str, list[Target]] = {}
    for number, row in enumerate(rows, start=2):
        try:
            weight = Decimal(row["weight"])
        except InvalidOperation:
            faults.append(f"row {number}: the weight '{row['weight']}' is not a number")
            continue
        if row["rule"] not in rules:
            faults.append(f"row {number}: there is no rule '{row['rule']}'; {_near(row['rule'], rules)}")
            continue
        if rules[row["rule"]].outcome == "in" and not row["activity"]:
            faults.append(f"row {number}: {row['code']} is counted under '{row['rule']}' without an activity")
        if row["unit"] not in ("", NET, GROSS):
            faults.append(f"row {number}: the unit '{row['unit']}' is neither {NET} nor {GROSS}")
        target = Target(row["code"], row["label"], row["rule"], row["activity"], weight, row["unit"],
                        row.get("confidence", ""), row.get("status", ""))  # fmt: skip
        found.setdefault(row["code"], []).append(target)
    faults += [f"the weights of {code} add up to {total}, not to 1" for code, targets in found.items()
               if (total := sum(target.weight for target in targets)) != 1]  # fmt: skip
    faults += [f"{code} is under two rules" for code, targets in found.items()
               if len({target.rule for target in targets}) > 1]  # fmt: skip
    faults += [f"{code} goes to {activity} twice" for (code, activity), n in
               Counter((row["code"], row["activity"]) for row in rows).items() if n > 1]  # fmt: skip
    if faults:
        shown = "\n  ".join(faults[:TOLD]) + (f"\n  and {len(faults) - TOLD} more" if len(faults) > TOLD else "")
        raise UsageError(f"mapping '{label}' cannot be used:\n  {shown}")
    return {code: tuple(targets) for code, targets in found.items()}
