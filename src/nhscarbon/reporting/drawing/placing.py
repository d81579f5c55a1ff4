"""Words on a drawing set where they cover neither each other nor a line: the first free place of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nhscarbon.reporting.drawing.marks import Point, Text, length

Box = tuple[float, float, float, float]  # left, top, right, bottom
AIR = 3.5  # units around words
STEP = 2.0  # units between the points of a line that words may cover
OUTSIDE, OVER = 1_000.0, 100.0  # what it costs to leave the sheet, and to cover other words
GRID = 6  # units between the places that are tried last
ABOVE, BELOW = 0.78, 0.22  # of the size of letters, from their base line


@dataclass
class Sheet:
    """What is taken of a sheet already.

    Attributes
    ----------
    width, top, bottom : float
        Its edges, the left one being 0.
    room : float
        How much larger than drawn the words may be shown, on a telephone, for which room is kept.
    """

    width: float
    top: float
    bottom: float
    room: float = 1.0
    _boxes: list[Box] = field(default_factory=list)
    _points: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))

    def take_line(self, points: Sequence[Point]) -> None:
        """Keep the points of a line free of words, as far as there is another place."""
        parts = [self._points]
        for (x1, y1), (x2, y2) in pairwise(points):
            steps = max(int(max(abs(x2 - x1), abs(y2 - y1)) / STEP), 1)
            parts.append(np.column_stack([np.linspace(x1, x2, steps + 1), np.linspace(y1, y2, steps + 1)]))
        self._points = np.concatenate(parts)

    def put(
        self, text: Text, places: Iterable[tuple[float, float, str]], *, below: float = 0.0, shorter: str = ""
    ) -> Text:  # fmt: skip
        """Return words at the first of some places (x, y, anchor) that costs least, and keep it free of others.

        Parameters
        ----------
        text : Text
        places : iterable of (float, float, str)
        below : float, optional
            Units for more lines below the first.
        shorter : str, optional
            Words to take where the whole of them has no free place.
        """
        found = list(places)
        words = dict.fromkeys((text.words, shorter or text.words))
        choices = [replace(text, words=each, x=x, y=y, anchor=anchor) for x, y, anchor in found for each in words]
        best = min(choices, key=lambda each: self._cost(each, below))
        if self._cost(best, below) >= OVER:  # none of them is free: the nearest place on the sheet that is
            start = choices[0]
            down, across = range(int(self.top), int(self.bottom), GRID), range(0, int(self.width), GRID)
            last = replace(choices[-1], anchor="start")
            every = [replace(last, x=float(x), y=float(y)) for x in across for y in down]
            best = min(every, key=lambda each: (self._cost(each, below), abs(each.x - start.x) + abs(each.y - start.y)))
        self._boxes.append(self._box(best, below))
        return best

    def _box(self, text: Text, below: float) -> Box:
        size = text.size * self.room
        long = length(text.words, text.size, bold=text.bold) * self.room
        before = {"start": 0.0, "middle": long / 2, "end": long}[text.anchor]
        return text.x - before, text.y - ABOVE * size, text.x - before + long, text.y + BELOW * size + below

    def _cost(self, text: Text, below: float) -> float:
        left, top, right, bottom = self._box(text, below)
        off = max(0.0, -left) + max(0.0, right - self.width) + max(0.0, self.top - top) + max(0.0, bottom - self.bottom)
        over = sum(left < c + AIR and right > a - AIR and top < d and bottom > b for a, b, c, d in self._boxes)
        x, y = self._points.T
        crossed = int(((x > left - AIR) & (x < right + AIR) & (y > top) & (y < bottom)).sum())
        return OUTSIDE * (off > 0) + off + OVER * over + crossed
