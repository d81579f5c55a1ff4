"""A path and what was measured against it: dashed grey, solid blue with dots, the target as a bar over its years."""

from __future__ import annotations

from dataclasses import dataclass

from nhscarbon.reporting.drawing.marks import Dot, Drawing, Mark, Path, Point, Text, line
from nhscarbon.reporting.drawing.palette import DATA, INK, SOFT, TINT, WHITE, WIDTH
from nhscarbon.reporting.drawing.placing import Sheet

SIZE, BOLD = 12, 13  # of letters, in units; 7.6 points or more where two pictures share a page
ROOM = 1.2  # how much larger letters are on a telephone; room is kept for it
HIGH, SMALL_HIGH = 134.0, 92.0  # of the sheet; the small one leaves room for other things on the page
TOP, FOOT = 20.0, 21.0  # units above the highest point, and below the axis
GAP = 6.0  # between a mark and its words
LINE = 2.5
LEADING = 14.0  # between two lines of words
PART_DASH = "2 3"
OF_YEAR = " of 12"  # what is left out of the months of a part of a year where there is no room
PATH_DASH = "5 3"
CELL_WIDTH, CELL_HIGH, CELL_TOP, CELL_FOOT = 132.0, 52.0, 14.0, 3.0  # of one of many small pictures
CELL_SIZE = 13


@dataclass(frozen=True)
class Window:
    """A target over its years.

    Attributes
    ----------
    first, last : int
        The calendar years that its NHS years start in.
    tco2e : float
    cut : str
        Such as "47% lower".
    years : str
        Such as "2028 to 2032".
    """

    first: int
    last: int
    tco2e: float
    cut: str
    years: str


@dataclass(frozen=True)
class PathLines:
    """What a path picture shows.

    Attributes
    ----------
    actual : tuple of (int, float)
        The calendar year that each complete NHS year starts in, and its tonnes [tCO2e], in order.
    path : tuple of (int, float)
        What each year may emit; none where there is no path.
    windows : tuple of Window
    parts : tuple of (int, str)
        Years that are not complete, and what to say of each.
    words : Mapping of str
        The labels of the base, the last actual figure and the path in that year.
    ends : tuple of str
        The words below the axis: the first year, the last actual one, and the end.
    """

    actual: tuple[tuple[int, float], ...]
    path: tuple[tuple[int, float], ...]
    windows: tuple[Window, ...]
    parts: tuple[tuple[int, str], ...]
    base: str
    now: str
    allowed: str
    ends: tuple[str, str, str]


@dataclass(frozen=True)
class Scale:
    """Where a year and a figure stand on a sheet."""

    first: int
    years: int
    most: float
    left: float
    width: float
    top: float
    axis: float

    def at(self, year: float, tco2e: float) -> Point:
        """Return the place of a figure of a year."""
        across = self.left + self.width * (year - self.first) / self.years
        return across, self.axis - (self.axis - self.top) * tco2e / self.most

    def points(self, figures: tuple[tuple[int, float], ...]) -> tuple[Point, ...]:
        """Return the places of several."""
        return tuple(self.at(year, tco2e) for year, tco2e in figures)


def path_picture(lines: PathLines, *, high: float = HIGH) -> Drawing:
    """Return the drawing of a path with what was measured; tonnes start at zero.

    Parameters
    ----------
    lines : PathLines
        With one actual figure at least.
    high : float, optional
        Of the sheet, in units.
    """
    years = [year for year, _ in (*lines.actual, *lines.path)] + [year for year, _ in lines.parts]
    most = max((tco2e for _, tco2e in (*lines.actual, *lines.path)), default=0.0) or 1.0
    scale = Scale(min(years), max(max(years) - min(years), 1), most, 4.0, WIDTH - 8.0, TOP, high - FOOT)
    path, actual = scale.points(lines.path), scale.points(lines.actual)
    sheet = Sheet(WIDTH, 0.0, high, ROOM)
    marks: list[Mark] = [line(0.0, scale.axis, WIDTH, scale.axis)]
    parts = [(scale.at(year, 0)[0], said) for year, said in lines.parts]
    uprights = [((x, scale.top), (x, scale.axis)) for x, _ in parts]
    for taken in (path, actual, ((0.0, scale.axis), (WIDTH, scale.axis)), *uprights):
        sheet.take_line(taken)
    if path:
        marks.append(Path(path, edge=SOFT, width=1.5, dash=PATH_DASH))
    for each in lines.windows:
        bar = scale.points(((each.first, each.tco2e), (each.last, each.tco2e)))
        if each.first == each.last:  # a target of one year is as long as half a year
            bar = tuple((x + step, y) for (x, y), step in zip(bar, (-5.0, 5.0), strict=True))
        sheet.take_line(bar)
        marks.append(Path(bar, edge=SOFT, width=4.0))
    if len(actual) > 1:
        marks.append(Path(actual, edge=DATA, width=LINE))
    marks += [Dot(x, y, 2.4) for x, y in actual[:-1]]
    marks += _axis_words(sheet, scale, lines)
    for x, said in parts:
        marks.append(line(x, scale.top, x, scale.axis, SOFT, 1.5, PART_DASH))
        places = [(x + step, scale.axis - 5.0 - up, anchor) for up in (0.0, 15.0, 30.0, 45.0)
                  for step, anchor in ((5.0, "start"), (-5.0, "end"))]  # fmt: skip
        marks.append(sheet.put(_grey(said), places, shorter=said.replace(OF_YEAR, "")))
    words = _path_words(sheet, scale, lines)
    marks += [Dot(*actual[-1], 3.6), *_allowed_dot(scale, lines), *words] if actual else words
    return Drawing(tuple(marks), high)


def _allowed_dot(scale: Scale, lines: PathLines) -> list[Mark]:
    """Return the hollow dot of what the path allows in the last year."""
    now = lines.actual[-1][0]
    return [part for year, tco2e in lines.path if year == now and lines.allowed
            for part in (Dot(*scale.at(year, tco2e), 3.4, SOFT), Dot(*scale.at(year, tco2e), 1.9, WHITE))]  # fmt: skip


def _path_words(sheet: Sheet, scale: Scale, lines: PathLines) -> list[Mark]:
    """Return the words on the lines: of the base, of the last year, and of each target."""
    found: list[Mark] = []
    if lines.actual:
        year, tco2e = lines.actual[-1]
        x, y = scale.at(year, tco2e)
        allowed = dict(lines.path).get(year)
        above = allowed is not None and tco2e > allowed
        if len(lines.actual) > 1:
            first_x, first_y = scale.at(*lines.actual[0])
            places = [(max(first_x - 2.0, 0.0), first_y - up, "start") for up in (8.0, 12.0, -17.0)]
            found.append(sheet.put(Text(0, 0, lines.base, size=SIZE), places))
        sides = (y - GAP - 3.0, y + GAP + 12.0) if above or allowed is None else (y + GAP + 12.0, y - GAP - 3.0)
        places = _around(x, sides, ((0.0, "middle"), (8.0, "start"), (-2.0, "start"), (4.0, "end")))
        found.append(sheet.put(Text(0, 0, lines.now, size=BOLD, colour=DATA, bold=True, halo=True), places))
        if allowed is not None and lines.allowed:
            _, y = scale.at(year, allowed)
            sides = (y + 18.0, y - 9.0) if above else (y - 9.0, y + 18.0)
            places = _around(x, sides, ((8.0, "start"), (0.0, "middle"), (-6.0, "end")))
            found.append(sheet.put(_grey(lines.allowed), places))
    for each in lines.windows:
        found += _window_words(sheet, scale, each)
    return found


def _around(
    x: float, sides: tuple[float, float], near: tuple[tuple[float, str], ...]
) -> list[tuple[float, float, str]]:  # fmt: skip
    """Return the places around a dot, the best side and the nearest first."""
    first, second = sides
    places = [(x + step, side, anchor) for side in sides for step, anchor in near]
    places += [(x + 26.0, side, "start") for side in (*sides, max(sides) + 14.0, min(sides) - 13.0)]
    return [*places, (x + 9.0, (first + second) / 2, "start"), *((x + 60.0, side, "start") for side in sides),
            (x + 60.0, max(sides) + 16.0, "start")]  # fmt: skip


def _window_words(sheet: Sheet, scale: Scale, window: Window) -> list[Mark]:
    """Return the two lines of a target as one block, so that they stay together."""
    start, y = scale.at(window.first, window.tco2e)
    end, _ = scale.at(window.last, window.tco2e)
    wide = max((window.cut, window.years), key=len)
    places = [(end + 4.0, y - up, "start") for up in (20.0, 26.0, 34.0)]
    places += [(start, y + 16.0, "end"), (start - 6.0, y + 6.0, "end"), (start, y + 24.0, "end")]
    places += [
        (end, y - 22.0, "end"),
        (end, y - 34.0, "end"),
        (start, y + 18.0, "start"),
        (end + 8.0, y + 18.0, "start"),
    ]
    places += [(end + 30.0, y - 34.0, "start"), (end + 60.0, y - 40.0, "start"), (end + 90.0, y - 30.0, "start")]
    places += [(end + 8.0, y + 26.0, "start"), (start, y + 30.0, "end"), (start - 40.0, y + 20.0, "end")]
    places += [(WIDTH, y - 30.0, "end"), (WIDTH, y - 44.0, "end")]
    places += [(x, scale.axis - 20.0, "end") for x in (start - 6.0, start - 60.0, start - 120.0)]
    best = sheet.put(Text(0, 0, wide, size=SIZE, colour=SOFT), places, below=LEADING)
    lower = Text(best.x, best.y + LEADING, window.years, best.anchor, SIZE, SOFT)
    return [Text(best.x, best.y, window.cut, best.anchor, SIZE, SOFT), lower]


def _axis_words(sheet: Sheet, scale: Scale, lines: PathLines) -> list[Mark]:
    """Return the years below the axis: the first, the last that was measured, and the end."""
    y = scale.axis + 15.0
    first, now, end = lines.ends
    found: list[Mark] = []
    if first:
        found.append(sheet.put(_grey(first), [(2.0, y, "start")]))
    if end:
        found.append(sheet.put(_grey(end), [(WIDTH - 2.0, y, "end")]))
    if now and lines.actual:
        x, _ = scale.at(lines.actual[-1][0], 0)
        found.append(line(x, scale.axis, x, scale.axis + 4.0))
        places = [(x, y, "middle"), *((x + step, y, "middle") for step in range(5, 95, 5)), (x, y, "end")]
        found.append(sheet.put(_grey(now), places))
    return found


def _grey(words: str) -> Text:
    return Text(0, 0, words, size=SIZE, colour=SOFT, halo=True)


def small_picture(actual: tuple[tuple[int, float], ...], path: tuple[tuple[int, float], ...], *, first: int,
                  last: int, most: float, label: str) -> Drawing:  # fmt: skip
    """Return one of many small pictures on one scale: a share of its own base, the gap to its path lightly filled.

    Parameters
    ----------
    actual, path : tuple of (int, float)
        Years and shares of the base.
    first, last : int
        The years of every picture of the set.
    most : float
        The largest share of any of them.
    label : str
        The tonnes of the last year.
    """
    scale = Scale(first, max(last - first, 1), most, 3.0, CELL_WIDTH - 6.0, CELL_TOP, CELL_HIGH - CELL_FOOT)
    measured, allowed = scale.points(actual), scale.points(tuple(each for each in path if each[0] <= last))
    until = scale.points(tuple(each for each in path if actual and actual[0][0] <= each[0] <= actual[-1][0]))
    marks: list[Mark] = []
    if len(until) > 1:
        marks.append(Path((*measured, *reversed(until)), fill=TINT))
    marks.append(line(0.0, scale.axis, CELL_WIDTH, scale.axis, INK))
    if len(allowed) > 1:
        marks.append(Path(allowed, edge=SOFT, width=1.3, dash=PATH_DASH))
    if len(measured) > 1:
        marks.append(Path(measured, edge=DATA, width=LINE))
    if measured:
        x, y = measured[-1]
        sheet = Sheet(CELL_WIDTH, 0.0, CELL_HIGH)
        for part in (measured, allowed):
            sheet.take_line(part)
        places = [(x, y - 7.0, "middle"), (x - 4.0, y - 7.0, "end"), (x, y - 7.0, "start"), (x + 7.0, y - 5.0, "start"),
                  (x, y + 18.0, "middle"), (x - 2.0, y + 18.0, "end"), (x + 7.0, y + 4.0, "start"),
                  (x, y + 26.0, "middle"), (x - 4.0, y + 26.0, "end")]  # fmt: skip
        text = sheet.put(Text(0, 0, label, size=CELL_SIZE, colour=DATA, bold=True), places)
        marks += [Dot(x, y, 3.6), text]
    return Drawing(tuple(marks), CELL_HIGH, CELL_WIDTH)
