"""What a drawing is made of: paths, dots and words on a sheet that is as wide as a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhscarbon.reporting.drawing.palette import DATA, INK, SIZE, SMALL, SOFT, TITLE, WHITE, WIDTH

Point = tuple[float, float]


@dataclass(frozen=True)
class Path:
    """A line through points, or the field between them where it has a fill."""

    points: tuple[Point, ...]
    fill: str = ""
    edge: str = ""
    width: float = 1.0
    dash: str = ""
    opacity: float = 1.0


@dataclass(frozen=True)
class Dot:
    """A disc."""

    x: float
    y: float
    radius: float
    fill: str = DATA


@dataclass(frozen=True)
class Text:
    """Words whose base line starts, is centred or ends at a place; `halo` keeps clear what they cross."""

    x: float
    y: float
    words: str
    anchor: str = "start"
    size: int = SIZE
    colour: str = INK
    bold: bool = False
    halo: bool = False
    upright: bool = False


Mark = Path | Dot | Text


@dataclass(frozen=True)
class Drawing:
    """Marks on a sheet, x from the left and y from `top` down to `bottom`."""

    marks: tuple[Mark, ...]
    bottom: float
    width: float = WIDTH
    top: float = 0.0


def line(x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1.0, dash: str = "") -> Path:
    """Return a straight line."""
    return Path(((x1, y1), (x2, y2)), edge=colour, width=width, dash=dash)


def box(left: float, top: float, width: float, height: float, fill: str = DATA, edge: str = "") -> Path:
    """Return a rectangle; with an edge alone it is hollow."""
    right, bottom = left + width, top + height
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    return Path(corners, fill=fill, edge=edge)


def hatch(left: float, top: float, width: float, height: float) -> list[Path]:
    """Return white stripes over a rectangle: a second way to tell two fills apart."""
    starts = [left - height + 7 * number for number in range(int((width + height) / 7) + 1)]
    cut = [(max(x, left), min(x + height, left + width), x) for x in starts]
    return [line(a, top + height - (a - x), b, top + height - (b - x), WHITE, 2.5) for a, b, x in cut if b > a]


def small(x: float, y: float, words: str, anchor: str = "start", colour: str = SOFT, *, bold: bool = False,
          halo: bool = False, upright: bool = False) -> Text:  # fmt: skip
    """Return small words, grey where nothing else is said."""
    return Text(x, y, words, anchor, SMALL, colour, bold, halo, upright)


def length(words: str, size: int = SIZE, *, bold: bool = False) -> float:
    """Return how long words are at most, in units, by the widths of Arial.

    >>> length("tonnes", 10)
    30.8
    """
    ems = sum(0.3 if each in "iljtfrI.,:;'|()[]/- " else 0.9 if each in "mwMW%@…" else 0.73 if each.isupper() else 0.556
              for each in words)  # fmt: skip
    return round(ems * size * (1.08 if bold else 1.0), 1)


def fit(words: str, room: float, size: int = SIZE) -> str:
    """Return words cut to a room; the table of a chart has the whole of them.

    >>> fit("Well-to-tank", 50)
    'Well-t…'
    """
    if length(words, size) <= room:
        return words
    while words and length(f"{words}…", size) > room:
        words = words[:-1]
    return f"{words}…"


def wrap(words: str, room: float, size: int, *, bold: bool = False) -> list[str]:
    """Return words on as many lines as they need."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".lstrip()
        lines = [*lines[:-1], longer] if length(longer, size, bold=bold) <= room or not lines[-1] else [*lines, word]
    return [fit(each, room, size) for each in lines]


def frame(body: Drawing, title: str, subtitle: Sequence[str], source: Sequence[str]) -> Drawing:
    """Return a drawing between its finding, in words, and its sources."""
    head = [Text(0, 0, part, size=TITLE, bold=True) for part in wrap(title, body.width, TITLE, bold=True)]
    head += [Text(0, 0, part, size=SMALL + 1, colour=SOFT) for each in subtitle
             for part in wrap(each, body.width, SMALL + 1)]  # fmt: skip
    top = y = -sum(each.size + 4 for each in head) - 12.0
    marks: list[Mark] = []
    for each in head:
        y += each.size + 4
        marks.append(replace(each, y=y))
    foot = [part for each in source for part in wrap(each, body.width, SMALL)]
    down = [body.bottom + 6 + (SMALL + 4) * number for number in range(1, len(foot) + 1)]
    marks += [*body.marks, *map(small, [0.0] * len(foot), down, foot)]
    return Drawing(tuple(marks), down[-1] + 6, body.width, top)
