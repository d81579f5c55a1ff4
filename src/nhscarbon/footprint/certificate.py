"""Certificates: what was calculated from what, as canonical JSON that anyone can recompute without a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity import schema
from nhscarbon.activity.activity import Activity, Source
from nhscarbon.checks.answers import COLUMNS, Answer
from nhscarbon.checks.packages import NONE, release_in
from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.footprint.certificate_file import read_about
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import csv_text, write_text
from nhscarbon.output.text import short_repr
from nhscarbon.version import __version__

FORMAT = "nhscarbon-certificate-1"
ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads neighbouring hashes
LATER = frozenset({"table_sha256"})  # what certificates of before do not have
SAYS = {  # what each part of a certificate says when it is not the same
    "content": "the rows are not the same", "files": "the files are not byte for byte those that were certified",
    "findings": "the findings are not the same", "keep": "the columns that were kept are not the same",
    "labels": "what the totals cover is not the same", "themes": "the answers for the themes are not the same",
    "mapping": "the mapping of words is different",
    "methodology": "the methodology is not the same",
    "methodology_digest": "the methodology is not byte for byte the same",
    "packages": "a data package is not byte for byte the same", "rows": "the number of rows is not the same",
    "sums": "the sums are not the same", "totals_tco2e": "the totals are not the same",
    "table_sha256": "the table is not byte for byte the same",
    "answers": "the answers to findings are not the same",
    "checks": "a package that decides what is checked is not byte for byte the same",
    "organisations": "organisation codes were looked up in a different release",
    "answers_sha256": "the answers to findings have a different hash",
    "code_version": "a different version of nhscarbon calculated it",
    "certificate": "it is a certificate of another kind",
}  # fmt: skip
LANES = 2  # 64-bit sums that are kept side by side


@dataclass(frozen=True)
class Certificate:
    """What a footprint states about itself; `text` is canonical, so equal certificates are equal bytes."""

    about: dict[str, Any]
    sent: bytes | None = field(default=None, compare=False)  # the file that it was read from

    __repr__ = short_repr

    @property
    def text(self) -> str:
        """The certificate as canonical JSON: keys in order, no space, numbers as Python writes them."""
        return _canonical(self.about)

    @property
    def sha256(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the certificate, whole or not at all.

        Raises
        ------
        UsageError
            If it cannot be written, or exists and may not be replaced.
        """
        return write_text(Path(path), self.text + "\n", overwrite=overwrite)

    def __str__(self) -> str:
        return json.dumps(self.about, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)


def load_certificate(path: str | Path) -> Certificate:
    """Read a certificate.

    Raises
    ------
    UnreadableError
        If there is no such file, or it is no certificate.
    IntegrityError
        If a key stands in it twice: readers would differ in what it says.
    """
    return Certificate(*read_about(Path(path), FORMAT))


def certificate(footprint: Footprint) -> Certificate:
    """Return what was calculated from what, as canonical JSON that can be recomputed offline.

    Parameters
    ----------
    footprint : Footprint

    Returns
    -------
    Certificate
        The input's hash (whatever the order of its rows, and of each file), the methodology's digest
        and every package's, the version, the totals with their labels, the hash of the whole table as CSV, the answers
        for the themes, the number of findings and the answers to them. No word of a row but those that sums are kept
        apart by stands in it.

    Raises
    ------
    UsageError
        If the footprint is of partial sums, which hold no rows.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from nhscarbon.footprint.certificate import certificate
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> certificate(footprint).about["rows"]
    30
    """
    if not footprint.sources:
        raise UsageError("partial sums hold no rows to certify: calculate from the table or its files")
    method = footprint.method
    answers = [_row(each) for each in footprint.answers]
    return Certificate({
        "answers": answers,
        "answers_sha256": _sha256_of(answers),
        "certificate": FORMAT,
        "checks": dict(footprint.packages),
        "code_version": __version__,
        "content": content_of(footprint.sources),
        "files": sorted([name, sha256] for name, sha256 in footprint.files if sha256),
        "findings": {str(severity): count for severity, count in footprint.findings.counts.items()},
        "keep": list(footprint.keep),
        "labels": footprint.labels,
        "mapping": dict(sorted(footprint.mapping.items())),
        "methodology": method.id,
        "methodology_digest": method.digest,
        "organisations": release_in(footprint.packages) or NONE,
        "packages": dict(sorted(method.hashes.items())),
        "rows": int(footprint.sums.rows.sum()),
        "sums": footprint.sums.sha256,
        "table_sha256": hashlib.sha256(csv_text(footprint.table).encode()).hexdigest(),
        "themes": [[*place, given.answer, given.reason] for place, given in sorted(footprint.themes.answers.items())],
        "totals_tco2e": _totals(footprint),
    })  # fmt: skip


def differences(certified: Certificate, footprint: Footprint) -> list[str]:
    """Return in plain words where a certificate does not match a footprint calculated again.

    Its canonical text must be the same, byte for byte; one that was made before certificates had a hash of the table is
    held against the rest.

    Raises
    ------
    IntegrityError
        If the certificate itself was changed: what it must have is missing.
    """
    refuse_lacking(certified)
    now, then = dict(certificate(footprint).about), certified.about
    for name in LATER:
        if name not in then:
            del now[name]
    told = [
        f"{words}{_shown(then[name], now[name])}"
        for name, words in SAYS.items()
        if name in now and _canonical(then[name]) != _canonical(now[name])
    ]
    if strange := sorted(then.keys() - now.keys()):
        told.append(f"the certificate holds {', '.join(strange)}, which certificates do not have")
    expected = _canonical(now)
    if not told and certified.text != expected:
        told.append("the certificate is not of this kind")
    if not told and certified.sent is not None and certified.sent not in _spellings(expected):
        told.append("the certificate is not byte for byte as nhscarbon writes it: it was changed or written anew")
    return told


def refuse_lacking(certified: Certificate) -> None:
    """Refuse a certificate without what each has.

    Raises
    ------
    IntegrityError
        If something is missing.
    """
    if lacking := sorted(SAYS.keys() - LATER - certified.about.keys()):
        raise IntegrityError(f"the certificate lacks {', '.join(lacking)}: it was changed, or is not from nhscarbon")


def _spellings(text: str) -> tuple[bytes, ...]:
    """Return a certificate's text as a file: with one end of line, of either kind, or none."""
    return tuple(f"{text}{end}".encode() for end in ("\n", "", "\r\n"))


def answers_in(certified: Certificate) -> list[dict[str, str]]:
    """Return the answers to findings that a certificate holds, as rows of an answers table.

    Raises
    ------
    IntegrityError
        If they are not those that were certified.
    """
    answers: list[dict[str, str]] = certified.about.get("answers", [])
    if certified.about.get("answers_sha256", _sha256_of([])) != _sha256_of(answers):
        raise IntegrityError("the answers in the certificate are not those that were certified: it was changed")
    return answers


def _totals(footprint: Footprint) -> dict[str, object]:
    """Return the totals as text, to the last digit; of several NHS years those of each."""
    if len(footprint.periods) < 2:
        return _exact(footprint.totals)
    return {year: _exact(totals) for year, totals in footprint.totals_by_year.items()}


def _exact(totals: Mapping[str, float | None]) -> dict[str, object]:
    return {name: None if total is None else repr(total) for name, total in totals.items()}


def _row(answer: Answer) -> dict[str, str]:
    return {name: getattr(answer, name) for name in COLUMNS}


def _sha256_of(answers: list[dict[str, str]]) -> str:
    return hashlib.sha256(_canonical(answers).encode()).hexdigest()


def _canonical(value: object) -> str:
    """Return a value as the one JSON text that it has."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_of(sources: Iterable[Source]) -> str:
    """Return a hash of the rows of some sources: the same for any order, every cell of every known column in it.

    Each row is hashed by its words and the bits of its numbers, and the hashes are added in two lanes of 64 bits,
    so neither order nor batches matter and a row that comes twice counts twice.
    """
    lanes = np.zeros(LANES, np.uint64)
    rows = 0
    for source in sources:
        for batch in source.batches():
            lanes += _of_batch(batch)
            rows += len(batch)
    return f"{rows:x}-" + "".join(f"{int(lane):016x}" for lane in lanes)


def _of_batch(batch: Activity) -> NDArray[np.uint64]:
    sums = np.zeros(LANES, np.uint64)
    with np.errstate(over="ignore"):  # sums and products modulo 2**64 are meant
        for lane in range(LANES):
            hashes = np.zeros(len(batch), np.uint64)
            for place, name in enumerate(schema.NAMES):
                if name in batch.columns:
                    column = batch.columns[name]
                    words = np.array([_word(lane, place, label) for label in (*column.labels, "")], np.uint64)
                    hashes += words[column.codes]  # code -1, an empty cell, takes the last
                elif name in batch.numbers:
                    numbers = np.ascontiguousarray(batch.numbers[name] + 0.0)  # -0.0 is 0.0
                    bits = np.where(np.isnan(numbers), np.nan, numbers).view(np.uint64)
                    hashes += _mixed(bits ^ np.uint64(_word(lane, place, "number"))) * np.uint64(2 * place + 1)
                else:
                    hashes += np.uint64(_word(lane, place, ""))
            sums[lane] = _mixed(hashes).sum(dtype=np.uint64)
    return sums


def _word(lane: int, place: int, word: str) -> int:
    digest = hashlib.blake2b(f"{lane}\0{place}\0{word}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return 64-bit numbers whose every bit depends on every bit of the given ones (the finish of SplitMix64)."""
    mixed = values + ODD
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _shown(then: object, now: object) -> str:
    """Return two short values to be read beside each other; long ones say nothing to a reader."""
    texts = [str(each) for each in (then, now)]
    return f": {texts[0]} certified, {texts[1]} now" if max(map(len, texts)) <= 80 else ""
