"""What a board page says, as plain data: how it looks is `board_html` and `board_workbook`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nhscarbon.reporting.drawing.path_picture import PathLines

ON_TRACK, WATCH, OFF_TRACK, CANNOT_SAY = "on_track", "watch", "off_track", "cannot_say"
STATUS_WORDS: Mapping[str, str] = {
    ON_TRACK: "On track", WATCH: "Watch", OFF_TRACK: "Off track", CANNOT_SAY: "Cannot say",
}  # fmt: skip


@dataclass(frozen=True)
class Moved:
    """A change of a total.

    Attributes
    ----------
    percent : str
        Such as "-5.9%".
    since : str
        Such as "on 2024/25"; with what both years were compared on, where it is not all of the total.
    """

    percent: str
    since: str


@dataclass(frozen=True)
class Standing:
    """Where a total stands against its path.

    Attributes
    ----------
    status : str
        One of `STATUS_WORDS`.
    why : str
        What is needed to judge; of `cannot_say` alone.
    gap : float
        How much the total is above what the path allows [tCO2e]; negative below it.
    allowance : float
        [tCO2e]
    cut : float
        What the path comes to in its next target [% of the base].
    first_year, last_year : int
        Of the target.
    early_gap : float or None
        The gap to a path that meets the target in its first year [tCO2e]; None where it has one year.
    years_behind : float or None
        How long ago the path was where the total is now; negative when ahead of it.
    themes : str
        What was judged, such as "17 of 21 themes"; empty where it is all of them.
    """

    status: str
    why: str = ""
    gap: float = 0.0
    allowance: float = 0.0
    cut: float = 0.0
    first_year: int = 0
    last_year: int = 0
    early_gap: float | None = None
    years_behind: float | None = None
    themes: str = ""


@dataclass(frozen=True)
class BoardFigure:
    """One of the two large figures.

    Attributes
    ----------
    title, short : str
        The boundary, in full and as it stands in a narrow column.
    tco2e : float or None
        None where there is none, and `words` says why.
    words : str
    low, high : float or None
        The likely range [tCO2e].
    covers : str
        Such as "on 17 of 21 themes".
    notes : tuple of str
        What else the label says: what is estimated, not counted, or part of a year.
    moved : tuple of Moved
    standing : Standing
    verdict : str
        The sentences after the word of the status.
    lines : PathLines or None
        What its picture shows; None where there is nothing to draw.
    picture : str
        The picture in words.
    """

    title: str
    short: str
    tco2e: float | None
    words: str
    low: float | None
    high: float | None
    covers: str
    notes: tuple[str, ...]
    moved: tuple[Moved, ...]
    standing: Standing
    verdict: str
    lines: PathLines | None
    picture: str


@dataclass(frozen=True)
class BoardTheme:
    """A theme of the list: its tonnes in the NHS Carbon Footprint and in the Plus only, or in words why it has none.

    Attributes
    ----------
    label : str
    core, plus_only : float or None
        [tCO2e]
    words : str
        "not answered", "none used" and the like, instead of tonnes; else empty.
    missing : bool
        Whether an answer is missing, as far as one organisation.
    note : str
        Such as "3 of 4", the organisations that answered.
    before : float or None
        The tonnes a year ago, where both years are whole [tCO2e].
    """

    label: str
    core: float | None
    plus_only: float | None
    words: str
    missing: bool
    note: str = ""
    before: float | None = None

    @property
    def tco2e(self) -> float:
        """The tonnes in both."""
        return (self.core or 0.0) + (self.plus_only or 0.0)


@dataclass(frozen=True)
class BoardCause:
    """A cause of the change of both totals [tCO2e]; None where that total has no change to split."""

    name: str
    why: str
    core: float | None
    plus: float | None


@dataclass(frozen=True)
class BoardCauses:
    """What changed and why; without rows, `words` say what is needed."""

    title: str
    rows: tuple[BoardCause, ...]
    total: BoardCause | None
    words: tuple[str, ...]


@dataclass(frozen=True)
class BoardMissing:
    """What is missing: how many themes have an answer, or one in part, of how many, and which have none."""

    title: str
    answered: int
    in_part: int
    of: int
    words: str
    missing: str
    after: str


@dataclass(frozen=True)
class NextAction:
    """One of up to four next actions, as it was given."""

    action: str
    lead: str
    by: str
    tco2e: str


@dataclass(frozen=True)
class Member:
    """One of the small pictures: the system or an organisation of it.

    Attributes
    ----------
    name : str
    standing : str
        One of `STATUS_WORDS`.
    words : str
        Such as "6% above its path".
    tonnes : str
        Of the last year.
    actual, path : tuple of (int, float)
        Shares of its own base.
    """

    name: str
    standing: str
    words: str
    tonnes: str
    actual: tuple[tuple[int, float], ...]
    path: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class BoardMembers:
    """The organisations of a system: their small pictures, and what is said of those that have none here."""

    title: str
    note: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Board:
    """A whole page.

    Attributes
    ----------
    title : str
        The organisation.
    about : str
        Such as "Carbon footprint, April 2025 to March 2026".
    mark : str
        What is said in the corner, such as that the method is a draft; may be empty.
    lead : str
        What a reader takes away.
    core, plus : BoardFigure
    themes_title : str
    compared_with : str
        The year before, of the last column of the themes; empty without one.
    themes : tuple of BoardTheme
    causes : BoardCauses
    missing : BoardMissing
    quality : tuple of (str, str)
        What each sentence is about, and the sentence.
    actions : tuple of NextAction
    members : BoardMembers or None
        Of a system.
    foot : str
    """

    title: str
    about: str
    mark: str
    lead: str
    core: BoardFigure
    plus: BoardFigure
    themes_title: str
    compared_with: str
    themes: tuple[BoardTheme, ...]
    causes: BoardCauses
    missing: BoardMissing
    quality: tuple[tuple[str, str], ...]
    actions: tuple[NextAction, ...]
    members: BoardMembers | None
    foot: str

    @property
    def figures(self) -> tuple[BoardFigure, BoardFigure]:
        """Both large figures."""
        return self.core, self.plus

    @property
    def compact(self) -> bool:
        """Whether the page has more to show than two figures, so that its pictures are lower."""
        return self.members is not None
