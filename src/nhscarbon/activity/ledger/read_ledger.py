"""Ledgers through the door: payment lines and a mapping table become an `Activity` and a statement of pounds."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.columns import Column
from nhscarbon.activity.files.sheets import read_bytes
from nhscarbon.activity.ledger.lines import Lines, read_lines
from nhscarbon.activity.ledger.mapping import GROSS, NET, OUTCOMES, MappingTable, Target, load_mapping
from nhscarbon.activity.mapping import MappingSource, read_mapping
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding, finding, first_rows

PENCE = 100
DOUBTS = ("ledger_mapping_proposed", "ledger_mapping_unsure")


def read_ledger(
    path: str | Path,
    *,
    mapping: MappingSource,
    organisation: str = "",
    unit: str = "",
    include: Collection[str] = (),
    exclude: Collection[str] = (),
) -> Activity:
    """Read a ledger of payments with a mapping table that says what each code buys.

    Parameters
    ----------
    path : str or Path
        CSV or Excel, gzipped or not, one line per payment or account.
    mapping : str, Path, frame, list of records or proposal
        A mapping's name, such as ``"ledger-gstt-2020-21"`` or ``"nhs-eclass-1"``, or the path of one's own: a mapping
        file as `nhscarbon map` writes it, confirmed, or a table of codes.
    organisation : str, optional
        ODS code of the organisation that paid, where neither the file nor the mapping's layout has it.
    unit : {"", "GBP", "GBP_gross"}
        Whether all amounts are net of VAT or hold it at 20 %; blank takes the mapping's own unit of each
        code, and refuses when it has none.
    include, exclude : collection of str, optional
        Rules of `double-counting-1` to count, or to leave out, whatever their own outcome is.

    Returns
    -------
    Activity
        What `nhscarbon.calculate` accepts. ``statement`` has the pounds of each rule, which add up to the
        file's total to the penny; undecided pounds are listed as not counted.

    Raises
    ------
    UnreadableError
        If there is no such file, or it lacks a column that the mapping's layout names.
    UsageError
        If there is no such mapping, rule or unit, or it is not said whether the amounts hold VAT.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> nc.read_ledger("payments.csv", mapping="ledger-gstt-2020")
    Traceback (most recent call last):
    nhscarbon.errors.UsageError: there is no mapping 'ledger-gstt-2020'; did you mean 'ledger-gstt-2020-21'?
    """
    if unit not in ("", NET, GROSS):
        raise UsageError(f"the unit of a ledger is {NET} (net of VAT) or {GROSS} (with VAT at 20 %), not '{unit}'")
    include, exclude = _several(include), _several(exclude)
    named = mapping if isinstance(mapping, str | Path) else read_mapping(mapping)
    if named is None:
        raise UsageError("a ledger needs a mapping: its name, or the path of your own")
    table = load_mapping(named, include=include, exclude=exclude)
    path = Path(path)
    content = read_bytes(path)
    lines = read_lines(path.name, content, table.layout)
    return apply_mapping(
        lines,
        table,
        organisation=organisation or table.layout.get("organisation", ""),
        unit=unit,
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def apply_mapping(
    lines: Lines, table: MappingTable, *, organisation: str, unit: str = "", file: str = "", sha256: str = ""
) -> Activity:
    """Apply a mapping table to ledger lines.

    Parameters
    ----------
    lines : Lines
        From `read_lines`.
    table : MappingTable
        From `load_mapping`.
    organisation : str
        ODS code for lines that have no column of their own for it.
    unit : str, optional
        ``GBP`` or ``GBP_gross`` for every line, instead of the mapping's own.
    file, sha256 : str, optional
        Of the ledger.

    Returns
    -------
    Activity
        With `statement`: the pounds of each rule.
    """
    if not organisation and "organisation" not in lines.others:
        raise UsageError("the ledger does not say whose it is: give organisation='RJ1' (an ODS code)")
    known = [table.targets.get(label, ()) for label in lines.code.labels]
    mapped = lines.good & np.array([*map(bool, known), False], np.bool_)[lines.code.codes]
    targets, line, target = _expand(lines, mapped, known)
    if missing := _without_unit(table, targets, np.unique(target), unit):
        raise UsageError(
            f"mapping '{table.label}' does not say whether the amounts of {missing} hold VAT: "
            f"give unit='{NET}' (net of VAT) or unit='{GROSS}' (with VAT at 20 %)"
        )
    statement = _statement(lines, mapped, table, targets, line, target)
    sent = np.array([table.outcome(item) != "excluded" for item in targets], np.bool_)[target]
    line, target = line[sent], target[sent]
    weights = np.array([float(item.weight) for item in targets], np.float64)
    columns = {
        "activity": _column([_activity(table, item) for item in targets], target),
        "unit": _column([unit or item.unit for item in targets], target),
        "reference": Column(lines.text.codes[line], lines.text.labels),
        **{name: Column(column.codes[line], column.labels) for name, column in lines.others.items()},
    }
    if "organisation" not in columns:
        columns["organisation"] = Column(np.zeros(len(line), np.int32), (organisation,))
    findings = (
        *lines.findings,
        *_unknown(lines, table, file),
        *_of_rules(lines, table, targets, line, target, statement, file),
        *_of_vat(lines, table, targets, line, target, unit, file),
        *_credits(lines, mapped, file),
        finding("ledger_mapping", file=file, value=table.label, digest=table.digest),
    )
    return Activity(
        columns=columns,
        numbers={"quantity": lines.pence[line] / PENCE * weights[target]},
        findings=findings,
        file=file,
        sha256=sha256,
        row_numbers=lines.rows[line],
        missing_factor="not_counted",
        boundary=table.layout.get("boundary", ""),
        statement=statement,
        mapping={table.label: table.digest},
    )


def _several(names: Collection[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _expand(
    lines: Lines, mapped: NDArray[np.bool_], known: list[tuple[Target, ...]]
) -> tuple[list[Target], NDArray[np.int64], NDArray[np.int64]]:
    """Return the targets, and for each share of a line its line and its target."""
    targets = [target for found in known for target in found]
    count = np.array([*map(len, known), 0], np.int64)
    start = np.concatenate([[0], np.cumsum(count)])[:-1]
    at = np.flatnonzero(mapped)
    codes = lines.code.codes[at]
    times = count[codes]
    line = np.repeat(at, times)
    first = np.repeat(np.cumsum(times) - times, times)
    return targets, line, start[np.repeat(codes, times)] + np.arange(len(line)) - first


def _activity(table: MappingTable, target: Target) -> str:
    rule = table.rules[target.rule]
    if rule.outcome == "undecided":
        return rule.activity
    if rule.outcome == "in" and not target.activity:
        raise UsageError(
            f"the rule '{rule.rule}' cannot be included: mapping '{table.label}' names no product group for "
            f"{target.code} ({target.label})"
        )
    return target.activity


def _without_unit(table: MappingTable, targets: list[Target], used: NDArray[np.int64], unit: str) -> str:
    sent = (targets[number] for number in used.tolist() if table.outcome(targets[number]) != "excluded")
    return next((f"{item.code} ({item.label})" for item in sent if not (unit or item.unit)), "")


def _column(words: list[str], target: NDArray[np.int64]) -> Column:
    labels = tuple(dict.fromkeys(words))
    place = {label: number for number, label in enumerate(labels)}
    return Column(np.array([place[word] for word in words], np.int32)[target], labels)


def _statement(
    lines: Lines,
    mapped: NDArray[np.bool_],
    table: MappingTable,
    targets: list[Target],
    line: NDArray[np.int64],
    target: NDArray[np.int64],
) -> pd.DataFrame:
    """Add up whole pence by rule: a line is under one rule, whatever it is split into."""
    names = list(table.rules)
    place = {name: number for number, name in enumerate(names)}
    rule = np.full(len(lines.rows), len(names), np.int64)
    rule[line] = np.array([place[item.rule] for item in targets], np.int64)[target]
    pence = np.zeros(len(names) + 1, np.int64)
    np.add.at(pence, rule[mapped], lines.pence[mapped])
    count = np.bincount(rule[mapped], minlength=len(names) + 1)
    rows = [
        {"outcome": table.rules[name].outcome, "rule": name, "label": table.rules[name].label,
         "lines": int(count[number]), "pence": int(pence[number]), "pounds": int(pence[number]) / PENCE}
        for outcome in OUTCOMES for number, name in enumerate(names)
        if table.rules[name].outcome == outcome and count[number]
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["outcome", "rule", "label", "lines", "pence", "pounds"])


def _of_rules(
    lines: Lines,
    table: MappingTable,
    targets: list[Target],
    line: NDArray[np.int64],
    target: NDArray[np.int64],
    statement: pd.DataFrame,
    file: str,
) -> list[Finding]:
    """Say the pounds of each rule, and of the whole."""
    totals = {outcome: int(statement.loc[statement["outcome"] == outcome, "pence"].sum()) for outcome in OUTCOMES}
    whole = sum(totals.values())
    findings = [
        finding("ledger_total", file=file, quantity=whole / PENCE, unit=NET, rows=int(statement["lines"].sum()),
                paid=pounds(whole), counted=pounds(totals["in"]), excluded=pounds(totals["excluded"]),
                undecided=pounds(totals["undecided"]))
    ]  # fmt: skip
    undecided = np.array([table.outcome(item) == "undecided" for item in targets], np.bool_)
    names = np.array([item.rule for item in targets], dtype=object)
    for row in statement.to_dict("records"):
        rule = table.rules[str(row["rule"])]
        at = np.unique(line[undecided[target] & (names[target] == rule.rule)])
        of_rule = partial(
            finding, file=file, value=rule.rule, quantity=float(row["pounds"]), unit=NET, rows=int(row["lines"]),
            first_rows=first_rows(lines.rows[at]), label=rule.label, pounds=pounds(int(row["pence"])),
            because=f": {rule.reason}" if rule.reason else "",
        )  # fmt: skip
        if rule.outcome == "in":
            findings.append(of_rule("ledger_in", rule.severity))
        elif rule.outcome == "undecided":
            findings.append(of_rule("ledger_undecided"))
        elif rule.reported_instead:
            findings.append(of_rule("ledger_excluded", f"{rule.severity}_instead", instead=rule.reported_instead))
        else:
            findings.append(of_rule("ledger_excluded", rule.severity))
    low = np.array([item.confidence == "low" for item in targets], np.bool_)
    proposed = np.array([item.status == "proposed" for item in targets], np.bool_)
    for code, mask in zip(DOUBTS, (proposed, low), strict=True):
        at = np.unique(line[mask[target] & ~undecided[target]])
        if len(at):
            amount = int(lines.pence[at].sum())
            findings.append(
                finding(code, file=file, rows=len(at), first_rows=first_rows(lines.rows[at]), quantity=amount / PENCE,
                        unit=NET, pounds=pounds(amount))
            )  # fmt: skip
    return findings


def _of_vat(
    lines: Lines,
    table: MappingTable,
    targets: list[Target],
    line: NDArray[np.int64],
    target: NDArray[np.int64],
    unit: str,
    file: str,
) -> list[Finding]:
    """Say how many pounds were taken as net and as gross of VAT, and on whose word."""
    findings = []
    for name, kind in ((GROSS, "gross"), (NET, "net")):
        mask = np.array([(unit or item.unit) == name for item in targets], np.bool_)
        at = np.unique(line[mask[target]]) if len(targets) else np.zeros(0, np.int64)
        if len(at):
            amount = int(lines.pence[at].sum())
            findings.append(
                finding("ledger_vat", f"stated_{kind}" if unit else kind, file=file, value=name, rows=len(at),
                        quantity=amount / PENCE, unit=name, pounds=pounds(amount), mapping=table.label)
            )  # fmt: skip
    return findings


def _credits(lines: Lines, mapped: NDArray[np.bool_], file: str) -> list[Finding]:
    at = np.flatnonzero(mapped & (lines.pence < 0))
    if not len(at):
        return []
    amount = int(lines.pence[at].sum())
    return [finding("ledger_credits", file=file, rows=len(at), quantity=amount / PENCE, unit=NET,
                    first_rows=first_rows(lines.rows[at]), pounds=pounds(amount))]  # fmt: skip


def _unknown(lines: Lines, table: MappingTable, file: str) -> Iterable[Finding]:
    """Refuse each code that the mapping does not know, with its pounds."""
    for number, label in enumerate(lines.code.labels):
        if label in table.targets:
            continue
        at = np.flatnonzero((lines.code.codes == number) & lines.good)
        if not len(at):
            continue
        text = lines.text.text(int(at[0]))
        amount = int(lines.pence[at].sum())
        if label in table.unconfirmed:
            yield finding("mapping_unconfirmed", file=file, value=text, word=text, quantity=amount / PENCE, unit=NET,
                          rows=len(at), first_rows=first_rows(lines.rows[at]),
                          candidates=f"Candidates: {table.unconfirmed[label][:200]}")  # fmt: skip
            continue
        near = max(table.targets, key=partial(_shared, label), default="")
        unknown = partial(
            finding, "ledger_code_unknown", file=file, value=text, quantity=amount / PENCE, unit=NET, rows=len(at),
            first_rows=first_rows(lines.rows[at]), mapping=table.label, pounds=pounds(amount),
        )  # fmt: skip
        if near[:1] == label[:1]:
            yield unknown("near", near=near, label=table.targets[near][0].label)
        else:
            yield unknown()


def _shared(first: str, second: str) -> int:
    """Count the characters that two codes begin with: codes run from the general to the particular."""
    return next((n for n, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]),
                min(len(first), len(second)))  # fmt: skip


def pounds(pence: int) -> str:
    """Write whole pence as pounds, such as ``£1,234.50``."""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // PENCE:,}.{abs(pence) % PENCE:02d}"
