"""Fuzz of what reads words: numbers, units, periods, codes and headers return a value or a finding, and soon."""

import re
from collections import Counter
from decimal import Decimal

import numpy as np
import pandas as pd

import nhscarbon as nc
from clocks import least_processor_seconds, processor_time
from nhscarbon.activity.activity import Activity
from nhscarbon.activity.encoding import read_number
from nhscarbon.activity.header import read_header
from nhscarbon.activity.readers.from_frame import from_frame
from nhscarbon.checks.words import activity_in, geography_in, organisation_code, unit_in
from nhscarbon.errors import NHSCarbonError
from nhscarbon.output.text import guard_formula, shown, unguard_formula
from nhscarbon.periods import Period, parse_period

SEEDS = {
    "number": ["1234.5", "1,234.5", "£1k", "12%", "1e5", "1_000", "١٢٣", "-", "#REF!", "inf", "nan", "-0", "1e400", "+.5e-3",
               "0" * 40, "9" * 400, "TRUE", "1\xa0000", "12 kWh", "=1+1", ".", "1e-999"],
    "period": ["2023/24", "2023-24", "2023-04", "2024-02-29", "2023", "2011-12", "1900-02-29", "29/02/2024", "2023-13", "45000",
               "2023/25", "2023-24-25", "Apr-23", "Q1 2023", "0000-00", "9999-12-31"],
    "unit": ["kWh", "KWH", "m3", "m³", "litre", "9**9**9**9", "kg", "£", "GBP", "mile", "kWh/m2", "()" * 9, "kilo" * 9, "%"],
    "code": ["RX1", "rx1", "R0A", "RОA", "RX1\u200b", "", "energy.natural_gas", "energy.natural_gaz", "enеrgy", "UK", "GB", "E06"],
    "header": ["organisation", "Organisation Code", "period", "qty", "quantity", "unit ", "\ufeffactivity", "", "=cmd", "a" * 300],
    "text": ["=1+1", "'=1", "''", "\t=x", "\x1b[31m", "\u202eabc", "＝1", "+44", "-", "@x", "\0=", " \u3000=", "'s", "\ud800"],
}  # fmt: skip
LETTERS = "0123456789.,+-eE_%£ \t\n\r\0'\"=@/\\:kWhmAZaz\xa0\u200b\u202e\ufeff٣०³½Ⅷ\ud800\U0001f600é(){}[]*^|"
LONGEST = 100_000  # letters
SLOW = 0.050  # seconds of the processor: twenty times the longest usual; looked at again before it is called slow
METHOD = nc.methodology("nhs-2026.1")
LOOKS = {
    "unit": [unit_in(METHOD.units)],
    "code": [organisation_code, geography_in("UK"), activity_in(METHOD)],
}
ASCII_NUMBER = re.compile(r"[0-9.eE+-]{1,40}")


def mutated(text, rng):
    letters = list(text)
    for _ in range(rng.randint(1, 6)):
        act, at = rng.randrange(6), rng.randint(0, len(letters))
        if act == 0 and letters:
            del letters[min(at, len(letters) - 1)]
        elif act == 1:
            letters[at:at] = rng.choice(LETTERS)
        elif act == 2 and letters:
            letters[min(at, len(letters) - 1)] = rng.choice(LETTERS)
        elif act == 3:
            letters[at:at] = letters[: rng.randint(0, 8)]
        elif act == 4:
            letters[at:at] = chr(rng.randrange(0x250))
        elif rng.random() < 0.002:
            letters = letters * rng.randint(2, 3000)
    return "".join(letters[:LONGEST])


def number_holds(text):
    value = read_number(text)
    if np.isnan(value):
        return "none"
    stripped = text.strip()
    assert ASCII_NUMBER.fullmatch(stripped), "a number was read from other letters"
    assert value == float(Decimal(stripped)), f"{text!r} read as {value!r}"
    return "value"


def period_holds(text):
    try:
        found = parse_period(text)
    except NHSCarbonError as error:
        assert str(error)
        return "refused"
    assert isinstance(found, Period)
    assert parse_period(found.year).year == found.year, "the year that was read is none"
    return "value"


def refused(kind, text):
    """Tell whether the check refuses a row with a word: a unit with two meanings is judged with its activity."""
    row = {"organisation": "RX1", "period": "2023/24", "activity": "energy.natural_gas", "quantity": 5, "unit": "kWh"}
    return bool(nc.check([{**row, kind: text}], METHOD).refused)


def word_holds(kind, text):
    for look in LOOKS[kind]:
        found = look(text)
        if found.meaning is None:
            assert found.lead(text) or refused(kind, text), "a word was refused without a reason"
        elif kind == "unit":
            assert found.meaning in METHOD.units.decimals, "a unit that there is not"
    return "looked up"


def header_holds(text):
    text = text.encode("utf-8", "replace").decode()  # no file holds half a pair of letters
    read_header((text, "organisation")).notes("x.csv")
    try:
        read = from_frame(pd.DataFrame([["1"] * 3], columns=[text, "quantity", "unit"]), file="x.csv")
    except NHSCarbonError:
        return "refused"
    assert isinstance(read, Activity)
    for finding in read.findings:
        assert finding.message.isprintable(), "a finding could steer a terminal"
    return "read"


def text_holds(text):
    assert unguard_formula(guard_formula(text)) == text, "the round trip through a guarded cell"
    first = guard_formula(text).lstrip(" \xa0\u3000\u200b\ufeff")[:1]
    assert first not in tuple("=+-@\t\r\n\0＝＋－＠") or not first, "a cell would run"
    assert shown(text).isprintable() or not shown(text), "a terminal would be steered"
    return "harmless"


def holds(kind, text):
    if kind == "number":
        return number_holds(text)
    if kind == "period":
        return period_holds(text)
    if kind in LOOKS:
        return word_holds(kind, text)
    return header_holds(text) if kind == "header" else text_holds(text)


def batch(rng, scratch, size):
    """R2: mutations of words."""
    outcomes, faults = Counter(), []
    kinds = ["number"] * 8 + ["period"] * 4 + ["text"] * 6 + ["unit"] * 2 + ["code"] + ["header"] * (rng.random() < 0.2)
    for _ in range(size):
        kind = rng.choice(kinds)
        text = mutated(rng.choice(SEEDS[kind]), rng)
        start = processor_time()
        try:
            outcomes[f"{kind}: {holds(kind, text)}"] += 1
        except Exception as error:
            faults.append(f"{kind} {text[:200]!r}: {type(error).__name__}: {str(error)[:200]}")
        if processor_time() - start > SLOW and least_processor_seconds(lambda: holds(kind, text)) > SLOW:  # noqa: B023
            faults.append(
                f"{kind} {text[:60]!r} of {len(text)} letters takes more than {SLOW * 1000:.0f} ms of the processor"
            )
    return outcomes, faults
