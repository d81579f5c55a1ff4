"""Whose plan a sheet is: an ODS code or a trust's whole name in its title or file name, else the name of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from nhscarbon.organisations.load import load_organisations

RELEASE = "ods-2026-07"
_CODE = re.compile(r"(?<![A-Za-z0-9])(R[A-Z0-9]{2}|Q[A-Z0-9]{2})(?![A-Za-z0-9])")
_STATED = re.compile(r"(?:\(|\bODS(?:\s++code)?\s*+(?:[:=]\s*+)?|\bcode\s*[:=]\s*)(R[A-Z0-9]{2}|Q[A-Z0-9]{2})\b")
_NAMED = re.compile(r"\bnhs (?:foundation )?trust\b|\bintegrated care board\b|\bnhs ft\b|\bicb\b", re.I)
NO_CODE = frozenset({"RAG", "RED", "ROI", "RIO", "RUN", "REP", "REV", "REF", "QIA", "QIP", "QIS", "RCA", "QUA"})


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return the ODS code of each name of a trust or board that only one of them has."""
    known = load_organisations(RELEASE)
    found: dict[str, set[str]] = {}
    for place, name in zip(known.names.code, known.names.word, strict=True):
        if _NAMED.search(name):
            found.setdefault(_plain(name), set()).add(known.codes[int(place)])
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1 and name}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(load_organisations(RELEASE).codes)


def _plain(text: str) -> str:
    words = re.sub(r"[^a-z0-9 ]", " ", text.casefold().replace("&", " and ").replace("'", "")).split()
    plain = " ".join(words).replace("nhs ft", "nhs foundation trust")
    return (
        plain.removeprefix("the ").removeprefix("nhs ")
        if plain.endswith("integrated care board")
        else plain.removeprefix("the ")
    )


def whose_plan(file: str, titles: Iterable[str]) -> tuple[str, bool]:
    """Return the organisation of a file and whether it is sure: a code, else the name of the file without its ending.

    Parameters
    ----------
    file : str
    titles : iterable of str
        What stands above the tables of the file, and on its cover.
    """
    stem = Path(file).stem
    found = {code for code in _CODE.findall(stem.upper().replace("_", " ")) if code not in NO_CODE and code in _codes()}
    for title in titles:
        if len(title) > 300:
            continue
        found |= {code for code in _STATED.findall(title) if code not in NO_CODE and code in _codes()}
        if _NAMED.search(title):
            found |= _named_in(title)
    if len(found) == 1:
        return found.pop(), True
    return stem, False


def _named_in(title: str) -> set[str]:
    """Return the code of the longest name of a trust that stands in a title."""
    words = _plain(title).split()
    names = _names()
    for length in range(min(len(words), 14), 2, -1):
        for start in range(len(words) - length + 1):
            if code := names.get(" ".join(words[start : start + length])):
                return {code}
    return set()
