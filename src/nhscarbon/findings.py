"""Findings: what is wrong with, or worth knowing about, a source, as data.

Their text stands in one table, `findings.csv` of the data: modules give a code and values.
"""

from __future__ import annotations

import csv
import dataclasses
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from nhscarbon.errors import NHSCarbonError
from nhscarbon.output.results import Result, TableResult
from nhscarbon.output.text import screen, short_repr, shown

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["reject_file", "reject_line", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("reject_file", "reject_line", "warning", "info")
REFUSED: frozenset[Severity] = frozenset({"reject_file", "reject_line"})
EVERY = 10_000  # rows of one finding that are kept, for a workbook to be marked; what is shown is five
LONGEST_VALUE = 100  # letters of a sender's word that a finding repeats
OURS = ("message", "suggestion", "file", "sheet", "answer", "answered_by")
THEIRS = ("column", "value", "organisation", "site", "period", "month", "activity", "unit")


class FirstRows(tuple[int, ...]):
    """The rows that a finding shows; `every` holds those that share its fault, in their order, up to 10,000.

    It compares, prints and is written as the rows that it shows.
    """

    every: array[int] = array("q")
    columns: array[int] = array("q")  # of each, the place of its cell, counted from 0, where columns were read across


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One error, warning or note about one value of a return.

    `rows` counts the rows that share it; `first_rows` holds up to five of them, numbered as the
    file has them (a header is row 1). `period` is the NHS year, and `month` the month where all of it is of one. A
    warning that was answered is an info that keeps its code and message: `answer` is the reason, `answered_by` who gave
    it and `answered_on` the date (ISO 8601).
    """

    code: str
    severity: Severity
    message: str
    suggestion: str = ""
    file: str = ""
    sheet: str = ""
    column: str = ""
    cell: str = ""
    value: str = ""
    organisation: str = ""
    site: str = ""
    period: str = ""
    month: str = ""
    activity: str = ""
    quantity: float | None = None
    unit: str = ""
    rows: int = 1
    first_rows: tuple[int, ...] = field(default=())
    kgco2e_at_stake: float | None = None
    answer: str = ""
    answered_by: str = ""
    answered_on: str = ""

    def __post_init__(self) -> None:
        """Escape what would steer a terminal or hide letters, and cut what is long: senders' words go everywhere."""
        for names, longest in ((OURS, None), (THEIRS, LONGEST_VALUE)):
            for name in names:
                sent = getattr(self, name)
                if (plain := shown(sent, longest)) is not sent:  # few are not fit to be shown as they are
                    object.__setattr__(self, name, plain)

    @property
    def refuses(self) -> bool:
        """Whether the finding stops a calculation."""
        return self.severity in REFUSED

    @property
    def answered(self) -> bool:
        """Whether it was a warning that an answer has closed."""
        return bool(self.answer)

    __repr__ = short_repr

    def __str__(self) -> str:
        count = "" if self.rows <= 1 else f"  {self.rows:,} rows"
        first = ", ".join(str(row) for row in self.first_rows)
        where = f"  row{'s' if len(self.first_rows) > 1 else ''} {first}" if first else ""
        more = ", ..." if self.rows > len(self.first_rows) > 0 else ""
        more += f" of sheet '{self.sheet[:60]}'" if first and self.sheet else ""
        advice = f" {self.suggestion}" if self.suggestion else ""
        closed = f" Answered on {self.answered_on} by {self.answered_by}: {self.answer}" if self.answered else ""
        return f"{self.severity:11} {self.code}{count}{where}{more}: {self.message}{closed or advice}"


class Wording(NamedTuple):
    """What a finding says, its values filled in."""

    code: str
    severity: Severity
    message: str
    advice: str


def texts_path() -> Path:
    """Return the table of what findings say: in a wheel inside the package, in a checkout beside `src`."""
    here = Path(__file__).resolve().parent
    data = here / "data" if (here / "data").is_dir() else here.parents[1] / "data"
    return data / "findings" / "findings-1" / "findings.csv"


class _Text(NamedTuple):
    """A row of the table; what has no field for a value is not filled in again and again."""

    severity: Severity
    message: str
    advice: str
    fills_message: bool
    fills_advice: bool


@lru_cache(maxsize=1)
def _texts() -> Mapping[tuple[str, str], _Text]:
    """Return what each code and variant says, read when the first finding is made."""
    with texts_path().open(encoding="utf-8", newline="") as stream:
        return {
            (row["code"], row["variant"]): _Text(
                cast("Severity", row["severity"]), row["message"], row["advice"],
                "{" in row["message"], "{" in row["advice"],
            )
            for row in csv.DictReader(stream, strict=True)
        }  # fmt: skip


def known_codes() -> frozenset[str]:
    """Return every code that a finding can have."""
    return frozenset(code for code, _ in _texts())


@lru_cache(maxsize=1)
def codes_that_need_rows() -> tuple[str, ...]:
    """Return the codes that no sums can tell, only the rows, in order."""
    with texts_path().open(encoding="utf-8", newline="") as stream:
        return tuple(sorted({row["code"] for row in csv.DictReader(stream, strict=True) if row["needs_rows"] == "yes"}))


def wording(code: str, variant: str = "", /, **values: object) -> Wording:
    """Return what a finding says.

    Parameters
    ----------
    code, variant : str
        A row of the table; most codes have one, whose variant is empty.
    **values
        What its message and advice name in braces.

    Examples
    --------
    >>> wording("activity_spelling", word="Energy.gas", meant="energy.gas").message
    "'Energy.gas' was read as 'energy.gas'."
    """
    severity, message, advice, fills_message, fills_advice = _texts()[code, variant]
    return Wording(
        code, severity, message.format_map(values) if fills_message else message,
        advice.format_map(values) if fills_advice else advice,
    )  # fmt: skip


def has_wording(code: str, variant: str) -> bool:
    """Tell whether the table has such a row.

    >>> has_wording("unit_unknown", "many"), has_wording("unit_blank", "many")
    (True, False)
    """
    return (code, variant) in _texts()


def finding(
    what: str | Wording,
    variant: str = "",
    /,
    *,
    file: str = "",
    sheet: str = "",
    column: str = "",
    cell: str = "",
    value: str = "",
    organisation: str = "",
    site: str = "",
    period: str = "",
    month: str = "",
    activity: str = "",
    quantity: float | None = None,
    unit: str = "",
    rows: int = 1,
    first_rows: tuple[int, ...] = (),
    kgco2e_at_stake: float | None = None,
    **values: object,
) -> Finding:
    """Make a finding: what it says from the table, where it is and what it is about from the caller.

    Parameters
    ----------
    what : str or Wording
        A code of the table, or what `wording` returned.
    variant : str, optional
        Which of the code's rows.
    **values
        What the message and advice name beside the fields of a `Finding`, which they may name as well.

    Examples
    --------
    >>> print(finding("column_spelling", column="quantity", value="Quantity"))
    info        column_spelling: the column 'Quantity' was read as 'quantity'.
    """
    if isinstance(what, str):
        what = wording(
            what, variant, **values, file=file, sheet=sheet, column=column, cell=cell, value=value,
            organisation=organisation, site=site, period=period, month=month, activity=activity, quantity=quantity,
            unit=unit, rows=rows,
        )  # fmt: skip
    return Finding(
        code=what.code, severity=what.severity, message=what.message, suggestion=what.advice, file=file, sheet=sheet,
        column=column, cell=cell, value=value, organisation=organisation, site=site, period=period, month=month,
        activity=activity, quantity=quantity, unit=unit, rows=rows, first_rows=first_rows,
        kgco2e_at_stake=kgco2e_at_stake,
    )  # fmt: skip


@dataclass(frozen=True, repr=False)
class Findings(Result):
    """All findings about a source, worst first; `rows` is the number of rows that were read.

    `input_sha256` gives the hash of the cells that a finding is about, for its answer; None where they were not given.
    `covering` gives what the return covers, for `label`. `resubmission` is what changed since an earlier version, where
    one was given: a `nhscarbon.submissions.resubmission.Resubmission`. `organisations` are those of the return.
    """

    findings: tuple[Finding, ...]
    rows: int
    input_sha256: Callable[[Finding], str] | None = field(default=None, compare=False, repr=False)
    covering: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    resubmission: TableResult | None = field(default=None, compare=False, repr=False)
    organisations: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def refused(self) -> tuple[Finding, ...]:
        """The findings that stop a calculation."""
        return tuple(finding for finding in self.findings if finding.refuses)

    @property
    def answered(self) -> tuple[Finding, ...]:
        """The warnings that answers have closed."""
        return tuple(finding for finding in self.findings if finding.answered)

    @property
    def label(self) -> str:
        """What the return covers, such as "NHS Carbon Footprint, partial: 4 of 10 themes"; empty of a refused one."""
        return "" if self.covering is None or self.refused else self.covering()

    @property
    def counts(self) -> dict[Severity, int]:
        """The number of findings of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in SEVERITIES}

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def _title(self) -> str:
        counts = ", ".join(f"{count} {severity}" for severity, count in self.counts.items() if count)
        many = f"{len(self)} finding{'s' * (len(self) != 1)} in {self.rows:,} row{'s' * (self.rows != 1)}"
        return many + (f" ({counts})" if counts else "")

    def __str__(self) -> str:
        return screen([self._title(), *(f"  {finding}" for finding in self.findings)])

    @property
    def table(self) -> pd.DataFrame:
        """One row per finding, in the columns of `Finding`."""
        import pandas as pd  # noqa: PLC0415  keeps `import nhscarbon` light

        names = [item.name for item in dataclasses.fields(Finding)]
        return pd.DataFrame([dataclasses.asdict(finding) for finding in self.findings], columns=names)


def in_order_of_severity(findings: Iterable[Finding], rows: int) -> Findings:
    """Put findings in order: severity, then kgCO2e at stake, then the number of rows, then code."""
    order = {severity: rank for rank, severity in enumerate(SEVERITIES)}

    def rank(finding: Finding) -> tuple[object, ...]:
        stake = -(finding.kgco2e_at_stake or 0)
        return (
            order[finding.severity],
            stake,
            -finding.rows,
            finding.code,
            finding.sheet,
            finding.first_rows,
            finding.activity,
            finding.value,
            finding.organisation,
            finding.period,
            finding.column,
            finding.message,
        )

    return Findings(tuple(sorted(findings, key=rank)), rows)


def merge_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Make one of findings that differ only in their rows: the batches of a file meet the same word again.

    The rows come in ascending order, as threads take batches in any.
    """
    found: dict[Finding, list[Finding]] = {}
    for finding in findings:
        found.setdefault(replace(finding, rows=1, first_rows=(), kgco2e_at_stake=None), []).append(finding)
    return [
        same[0] if len(same) == 1 and every_column(same[0].first_rows) else
        replace(same[0], rows=sum(each.rows for each in same),
                first_rows=first_rows(sorted(row for each in same for row in every_row(each.first_rows))),
                kgco2e_at_stake=together(each.kgco2e_at_stake for each in same))
        for same in found.values()
    ]  # fmt: skip


def together(stakes: Iterable[float | None]) -> float | None:
    """Return the sum of the tonnes at stake in several findings, or None where nothing is known of any."""
    known = [each for each in stakes if each is not None]
    return fsum(known) if known else None


def first_rows(numbers: Iterable[int]) -> FirstRows:
    """Return up to five distinct row numbers to show, and behind them those that a marked workbook paints."""
    kept = numbers[:EVERY] if hasattr(numbers, "__getitem__") else numbers
    listed = getattr(kept, "tolist", None)
    every = array("q", listed() if listed else islice(numbers, EVERY))
    shown = FirstRows(tuple(dict.fromkeys(every[:50]))[:5])
    shown.every = every
    if (columns := getattr(kept, "columns", None)) is not None:
        shown.columns = array("q", columns.tolist())
    return shown


def every_column(shown: tuple[int, ...]) -> Sequence[int]:
    """Return the places of the cells behind the rows that a finding shows; nothing where each row has one period."""
    return getattr(shown, "columns", ())


def every_row(shown: tuple[int, ...]) -> Sequence[int]:
    """Return the rows behind those that a finding shows, up to 10,000."""
    return getattr(shown, "every", None) or shown


class SubmissionError(NHSCarbonError):
    """Activity data that the method refuses; `findings` holds every finding.

    Nothing was calculated when this is raised.
    """

    def __init__(self, message: str, findings: Findings) -> None:
        super().__init__(message)
        self.findings = findings

    def __reduce__(self) -> tuple[type[SubmissionError], tuple[str, Findings], dict[str, object]]:
        return type(self), (str(self), self.findings), self.__dict__
