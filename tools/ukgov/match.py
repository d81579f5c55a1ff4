"""Join what we want (mapping) to what the publisher printed (records)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from ukgov.standard import UNCITED
from ukgov.tables import Basis, ImportRefusedError, Labels, Relabel, Rule, StandIn, Tables, Wanted, Zero
from ukgov.workbook import Record

OUTSIDE = "Outside of scopes"


@dataclass(frozen=True, slots=True)
class Factor:
    """One row of factors.csv."""

    factor_id: str
    activity: str
    component: str
    scope: str
    value: str
    unit: str
    gwp_basis: str
    locator: str
    note: str


@dataclass(frozen=True, slots=True)
class Gas:
    """One row of gases.csv: a part of a factor, already CO2e, never summed."""

    factor_id: str
    gas: str
    value: str
    unit: str
    locator: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A wanted factor that the edition does not have, and why."""

    factor_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything that one edition gives."""

    factors: tuple[Factor, ...]
    gases: tuple[Gas, ...]
    absent: tuple[Absent, ...]
    respelled: frozenset[Relabel] = frozenset()  # the label rules that met a row


@dataclass(frozen=True, slots=True)
class Index:
    """Records by their canonical labels, and by the same without Column Text."""

    exact: dict[Labels, list[Record]]
    loose: dict[Labels, list[Record]]
    respelled: frozenset[Relabel]


def match(records: Iterable[Record], edition: int, tables: Tables) -> Edition:
    """Choose the record of every wanted factor; refuse where more than one would do."""
    index = index_records(records, edition, tables.relabels)
    factors: list[Factor] = []
    gases: list[Gas] = []
    absent: list[Absent] = []
    for wanted in tables.wanted:
        record, stand_in = choose(wanted, index, edition, tables.stand_ins)
        if record is None:
            absent.append(Absent(wanted.factor_id, "the edition has no such row"))
            continue
        gas, value = headline(record)
        if value is None:
            absent.append(Absent(wanted.factor_id, "the row is blank: not available"))
            continue
        zero = meaning_of_zero(value, wanted, edition, tables.zeros)
        if zero is not None and zero.meaning == "not_available":
            absent.append(Absent(wanted.factor_id, f"printed as 0, not available: {zero.note}"))
            continue
        if wanted.scope not in {"none", record.scope} and stand_in is None:
            msg = (
                f"{edition}: {wanted.factor_id} is scope {wanted.scope} in mapping.csv, but "
                f"{record.locators[gas]} is scope {record.scope}. Nothing was imported; correct mapping.csv."
            )
            raise ImportRefusedError(msg)
        notes = [
            wanted.note,
            zero.note if zero else "",
            stand_in.note if stand_in else "",
            record.note,
        ]
        factors.append(
            Factor(
                factor_id=wanted.factor_id,
                activity=wanted.activity,
                component=wanted.component,
                scope=wanted.scope,
                value=value,
                unit=f"kgCO2e/{wanted.unit}",
                gwp_basis=basis_of(edition, wanted.labels.level1, tables.bases),
                locator=record.locators[gas],
                note="; ".join(note for note in notes if note),
            )
        )
        gases.extend(split(factors[-1], record))
    factors.extend(rule_factor(rule, edition, tables.bases) for rule in tables.rules)
    return Edition(
        tuple(sorted(factors, key=lambda row: row.factor_id)),
        tuple(sorted(gases, key=lambda row: (row.factor_id, row.gas))),
        tuple(sorted(absent, key=lambda row: row.factor_id)),
        index.respelled,
    )


def index_records(records: Iterable[Record], edition: int, relabels: Iterable[Relabel]) -> Index:
    """Give every record its canonical labels and index it by them."""
    valid = [rule for rule in relabels if rule.first <= edition <= rule.last]
    exact: dict[Labels, list[Record]] = {}
    loose: dict[Labels, list[Record]] = {}
    respelled: set[Relabel] = set()
    for record in records:
        labels = canonical(record.labels, valid, respelled)
        exact.setdefault(labels, []).append(record)
        loose.setdefault(replace(labels, column_text=""), []).append(record)
    return Index(exact, loose, frozenset(respelled))


def canonical(labels: Labels, relabels: Iterable[Relabel], met: set[Relabel] | None = None) -> Labels:
    """Respell the labels of one edition: the sheet name first, because other rules depend on it.

    The rules that respelled something are added to `met`.
    """
    for rule in sorted(relabels, key=lambda rule: rule.field != "level1"):
        if rule.level1 in {"", labels.level1} and getattr(labels, rule.field) == rule.old:
            labels = replace(labels, **{rule.field: rule.canonical})
            if met is not None:
                met.add(rule)
    return labels


def find(labels: Labels, index: Index, name: str) -> Record | None:
    """Find the one record of these labels; several, or several texts for a blank one, are refused."""
    found = index.exact.get(labels, [])
    # A blank Column Text must not pick one of the rows that only Column Text tells apart (three per
    # refrigerant from 2022 on), and must not pass over a text that nobody has mapped.
    loose = [] if found or labels.column_text else index.loose.get(labels, [])
    if len(found) > 1 or loose:
        rows = found or loose
        texts = ", ".join(repr(row.labels.column_text) for row in rows[:5])
        msg = (
            f"{name} asks for '{labels}', and {len(rows)} publisher row(s) answer, with Column Text {texts}. "
            "Nothing was imported. Put the Column Text that is meant into mapping.csv (or relabels.csv)."
        )
        raise ImportRefusedError(msg)
    return found[0] if found else None


def choose(
    wanted: Wanted, index: Index, edition: int, stand_ins: Iterable[StandIn]
) -> tuple[Record | None, StandIn | None]:
    """Choose the row itself, else its stand-in; but a cell of the official file beats an uncited figure."""
    options: list[tuple[Record, StandIn | None]] = []
    own = find(wanted.labels, index, wanted.factor_id)
    if own is not None:
        options.append((own, None))
    for rule in stand_ins:
        if rule.first <= edition <= rule.last and (rule.level1, rule.level2) == (
            wanted.labels.level1,
            wanted.labels.level2,
        ):
            labels = replace(wanted.labels, level1=rule.stand_in_level1, level2=rule.stand_in_level2)
            other = find(labels, index, wanted.factor_id)
            if other is not None:
                options.append((other, rule))
    printed = [option for option in options if headline(option[0])[1] is not None]
    ranked = sorted(printed, key=lambda option: UNCITED in option[0].locators.values())
    return next(iter(ranked or options), (None, None))


def headline(record: Record) -> tuple[str, str | None]:
    """Name the figure that stands for the row: its CO2e, or outside of scopes its CO2, never a sum."""
    if "total" in record.locators or record.labels.level1 != OUTSIDE:
        return "total", record.values.get("total")
    return "CO2", record.values.get("CO2")


def split(factor: Factor, record: Record) -> list[Gas]:
    """List the published gas parts of a factor that has a published total."""
    if headline(record)[0] != "total":
        return []
    return [
        Gas(factor.factor_id, gas, record.values[gas], factor.unit, record.locators[gas])
        for gas in ("CO2", "CH4", "N2O")
        if gas in record.values
    ]


def meaning_of_zero(value: str, wanted: Wanted, edition: int, zeros: Iterable[Zero]) -> Zero | None:
    """Look up what a printed 0 means; an unexplained one is refused."""
    if Decimal(value) != 0:
        return None
    labels = wanted.labels
    for zero in zeros:
        if (
            zero.first <= edition <= zero.last
            and zero.level1 == labels.level1
            and zero.level2 in {"", labels.level2}
            and zero.level3 in {"", labels.level3}
            and zero.column_text in {"", labels.column_text}
        ):
            return zero
    msg = (
        f"{edition}: {wanted.factor_id} ('{labels}') is printed as 0, and zeros.csv does not say whether "
        "that is a true zero or 'not available'. Nothing was imported. Decide it there, with the reason."
    )
    raise ImportRefusedError(msg)


def basis_of(edition: int, level1: str, bases: Iterable[Basis]) -> str:
    """Name the global warming potentials behind a sheet of an edition; a sheet's own line wins."""
    valid = [row for row in bases if row.first <= edition <= row.last and row.level1 in {"", level1}]
    if not valid:
        msg = f"gwp_basis.csv has no line for {edition}. Add it from that year's What's-new sheet."
        raise ImportRefusedError(msg)
    return max(valid, key=lambda row: len(row.level1)).basis


def rule_factor(rule: Rule, edition: int, bases: Iterable[Basis]) -> Factor:
    """Write a factor that stands by an accounting rule."""
    return Factor(
        factor_id=rule.factor_id,
        activity=rule.activity,
        component=rule.component,
        scope=rule.scope,
        value=rule.value,
        unit=f"kgCO2e/{rule.unit}",
        gwp_basis=basis_of(edition, "", bases),
        locator=UNCITED,
        note=rule.note,
    )
