"""What a drawing is made of: paths, dots and words on a sheet that is as wide as a telephone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nhscarbon.output.text import shown

# one hue carries data; grey is for what it is compared with. Contrast with white: 19.6, 8.4, 10.2, 3.1; the last two
# are for grids and areas, and nothing depends on seeing them
INK, SOFT, DATA, EDGE, HAIR, PALE = "#0b0c0c", "#454f59", "#12436d", "#8a949e", "#d5dade", "#d3dfea"
WHITE = "#ffffff"
WIDTH, MARGIN = 400.0, 6.0  # units of a sheet, and around it
SIZE, SMALL, TITLE = 13, 11, 15  # of letters, in units
DASH = "6 4"
FEW = 6  # figures or years that fit side by side
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
    """A disc around its only point."""

    points: tuple[Point, ...]
    radius: float
    fill: str = DATA


@dataclass(frozen=True)
class Text:
    """Words whose base line starts, is centred or ends at the only point; `halo` keeps clear what they cross."""

    points: tuple[Point, ...]
    text: str
    anchor: str = "start"
    size: int = SIZE
    colour: str = INK
    bold: bool = False
    halo: bool = False
    upright: bool = False


Mark = Path | Dot | Text


@dataclass(frozen=True)
class Drawing:
    """Marks on a sheet, x from the left and y from the top."""

    marks: tuple[Mark, ...]
    height: float
    width: float = WIDTH


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


def text(x: float, y: float, words: str, anchor: str = "start", size: int = SIZE, colour: str = INK,
         *, bold: bool = False, halo: bool = False, upright: bool = False) -> Text:  # fmt: skip
    """Return words, with nothing in them but words."""
    return Text(((x, y),), shown(words), anchor, size, colour, bold, halo, upright)


def length(words: str, size: int = SIZE, *, bold: bool = False) -> float:
    """Return how long words are at most, in units, by the widths of Arial.

    >>> length("tonnes", 10)
    33.4
    """
    ems = sum(0.3 if each in "iljtfrI.,:;'|()[]/- " else 0.9 if each in "mwMW%@…" else 0.73 if each.isupper() else 0.556
              for each in words)  # fmt: skip
    return round(ems * size * (1.08 if bold else 1.0), 1)


def fitted(words: str, room: float, size: int = SIZE) -> str:
    """Return words cut to a room; the table of a chart has the whole of them.

    >>> fitted("Well-to-tank", 50)
    'Well-t…'
    """
    if length(words, size) <= room:
        return words
    while words and length(f"{words}…", size) > room:
        words = words[:-1]
    return f"{words}…"


def wrapped(words: str, room: float, size: int, *, bold: bool = False) -> list[str]:
    """Return words on as many lines as they need."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".lstrip()
        lines = [*lines[:-1], longer] if length(longer, size, bold=bold) <= room or not lines[-1] else [*lines, word]
    return [fitted(each, room, size) for each in lines]


def paragraph(top: float, words: Iterable[str], size: int, colour: str, *, bold: bool = False, width: float = WIDTH
              ) -> tuple[list[Mark], float]:  # fmt: skip
    """Return paragraphs from a height on, and the height below them."""
    marks: list[Mark] = []
    for each in words:
        for part in wrapped(each, width, size, bold=bold):
            top += size + 4
            marks.append(text(0, top, part, size=size, colour=colour, bold=bold))
    return marks, top


def framed(body: Drawing, title: str, subtitle: Sequence[str], source: Sequence[str]) -> Drawing:
    """Return a drawing between its finding, in words, and its sources."""
    head, top = paragraph(0, [title], TITLE, INK, bold=True, width=body.width)
    about, top = paragraph(top + 2, subtitle, SMALL + 1, SOFT, width=body.width)
    top += 10
    moved = [replace(mark, points=tuple((x, y + top) for x, y in mark.points)) for mark in body.marks]
    foot, bottom = paragraph(top + body.height + 6, source, SMALL, SOFT, width=body.width)
    return Drawing((*head, *about, *moved, *foot), bottom + 6, body.width)
