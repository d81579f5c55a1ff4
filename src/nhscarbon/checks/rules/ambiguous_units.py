"""Units whose spelling may mean two units a thousandfold or more apart, by what the activity is measured in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from nhscarbon.activity.columns import BLANK
from nhscarbon.checks.entries import Entries
from nhscarbon.checks.unit_spellings import Readings, fits, is_clear, is_unknown, readings_of
from nhscarbon.checks.words import codes_where
from nhscarbon.findings import Finding, finding
from nhscarbon.methods.methodology import Methodology


def ambiguous_units(entries: Entries, method: Methodology) -> Iterator[Finding]:
    """Find each activity in a unit that may be another, with what the quantity is in both readings."""
    unit = entries.columns.get("unit")
    for label in unit.labels if unit else ():
        if readings := readings_of(label, method.units):
            yield from _of_unit(entries, method, label, readings)


def _of_unit(entries: Entries, method: Methodology, label: str, readings: Readings) -> Iterator[Finding]:
    here = codes_where(entries.columns["unit"], lambda text: text == label)
    sent = entries.columns.get("activity")
    codes = np.unique(sent.codes[here]).tolist() if sent else [BLANK] * bool(here.any())
    for code in codes:
        word = sent.labels[code] if sent and code != BLANK else ""
        activity = method.catalogue.meant(word)
        if activity and is_clear(label, activity, method.units, method.catalogue):
            continue
        if not is_unknown(label, method.units) and not (
            activity and fits(readings, activity, method.units, method.catalogue)
        ):
            continue  # what is wrong is the activity, or the kind of its unit
        where = here & (sent.codes == code) if sent else here
        named = {"file": entries.file, "column": "unit", "value": label[:100], "activity": activity}
        said = {"word": label, "of": f" of {activity}" if activity else ""}
        if entries.quantity is None:
            meant = " or ".join(readings)
            yield finding("unit_ambiguous", "sums", meant=meant, **said, **named, **entries.located(where))  # type: ignore[arg-type]
            continue
        total = float(np.nansum(entries.quantity[where]))
        both = [f"{_written(total)} {each}, {_written(total * size)} {of}" for each, (size, of) in readings.items()]
        meant = " or ".join(both)
        yield finding("unit_ambiguous", "", meant=meant, **said, **named, **entries.located(where))  # type: ignore[arg-type]


def _written(value: float) -> str:
    """Write a number out to six digits, never in powers of ten."""
    return f"{Decimal(f'{value:.6g}').normalize():,f}"


SUM_RULES = (ambiguous_units,)
