"""Find the activity that a phrase means: whole words, the longest first, and always with its unit.

Nothing that is found is applied by itself: a person confirms it. A term of the vocabulary decides; where none fits,
labels of the catalogue with the same words are offered as a question, never as an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.methods.search import Answer, search
from nhscarbon.output.results import TableResult
from nhscarbon.periods import parse_period

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("activity", "label", "unit", "outcome", "score", "reason")


@dataclass(frozen=True, eq=False, repr=False)
class Found(TableResult):
    """What a phrase may mean, best first; see `find`."""

    phrase: str
    outcome: str
    question: str
    confirm: bool
    method: str

    def _title(self) -> str:
        return f"'{self.phrase}' in {self.method}: {_SAID[self.outcome]}"

    def _about(self) -> Mapping[str, object]:
        return {"phrase": self.phrase, "methodology": self.method, "outcome": self.outcome, "question": self.question,
                "confirm": self.confirm}  # fmt: skip

    def _notes(self) -> Iterable[str]:
        if self.question:
            yield self.question
        if self.confirm:
            yield "This word was proposed and its source has not been seen: please confirm it."


_SAID = {
    "one": "one activity",
    "ask": "please choose",
    "none": "no activity",
    "other_unit": "another unit is needed",
    "": "nothing found",
}


def find(phrase: str, method: Methodology | str, *, unit: str = "", period: str = "", limit: int = 3) -> Found:
    """Find the activities that a phrase means, best first.

    Parameters
    ----------
    phrase : str
        As people write it: a code, a label, a brand, a name of a column, a line of a bill.
    method : Methodology or str
        Whose activities are looked through.
    unit : str, optional
        The unit as written beside it. Give it whenever there is one: gas in pounds is another activity than in kWh.
    period : str, optional
        An NHS year or month: then only activities with a factor in it are shown.
    limit : int, optional
        How many rows are shown at most.

    Returns
    -------
    Found
        Its `table` has activity, label, unit (the one to give), outcome, score (0 to 1, the share of the phrase that
        was understood) and reason. The outcome is ``one``, ``ask`` (choose), ``none`` (no activity of this method,
        with the reason) or ``other_unit`` (right, but give it in another unit). A phrase of which nothing is known
        has an empty table.

    Raises
    ------
    UsageError
        If the limit is not positive or the period cannot be read.

    Examples
    --------
    >>> found = find("Gas consumed", "nhs-2026.1", unit="kWh")
    >>> found.outcome, found.table["activity"].tolist()
    ('one', ['energy.natural_gas'])
    >>> find("Sevoflurane", "nhs-2026.1", unit="ML").outcome
    'ask'
    """
    method = as_methodology(method)
    if limit < 1:
        raise UsageError(f"limit={limit} shows nothing", advice="Give 1 or more.")
    try:
        year = parse_period(period).year if period else ""
    except PeriodError as error:
        raise UsageError(f"the period '{period[:40]}' cannot be read: {error.message}", advice=error.advice) from error
    answer = search(phrase, method, unit=unit, year=year)
    return Found(_table(answer, method, limit), phrase, answer.outcome, answer.question, answer.confirm, method.id)


def _table(answer: Answer, method: Methodology, limit: int) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  slow, and only a table needs it

    labels = method.catalogue.activities
    rows = [(code, labels[code].label, unit, answer.outcome, round(answer.score, 3), answer.reason)
            for code, unit in answer.codes[:limit]]  # fmt: skip
    if answer.outcome == "none":
        rows = [("", "", "", "none", round(answer.score, 3), answer.reason)]
    frame: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: "float64" if name == "score" else "str" for name in COLUMNS})
