"""What tests ask of every chart: nothing runs off its sheet, no words cover others, and the SVG says what it shows."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

from nhscarbon.reporting.drawing.marks import Path, Text, length
from nhscarbon.reporting.drawing.palette import MARGIN, SMALL

SVG = "{http://www.w3.org/2000/svg}"


def texts(chart):
    return [mark for mark in chart.drawing.marks if isinstance(mark, Text)]


def words(chart):
    return [mark.words for mark in texts(chart)]


def box(mark):
    """Return left, top, right and bottom of what a mark covers at most."""
    if isinstance(mark, Path):
        across, down = zip(*mark.points, strict=True)
        return min(across), min(down), max(across), max(down)
    if not isinstance(mark, Text):
        return mark.x - mark.radius, mark.y - mark.radius, mark.x + mark.radius, mark.y + mark.radius
    long, high = length(mark.words, mark.size, bold=mark.bold), 0.75 * mark.size
    before = {"start": 0.0, "middle": long / 2, "end": long}[mark.anchor]
    if mark.upright:
        return mark.x - high, mark.y + before - long, mark.x, mark.y + before
    return mark.x - before, mark.y - high, mark.x - before + long, mark.y


def fills(chart):
    """Return the filled paths of the drawing itself, as their boxes and their colours."""
    return [(box(mark), mark.fill) for mark in chart.body.marks if isinstance(mark, Path) and mark.fill]


def looks_right(chart):
    """Assert what holds of every chart."""
    sheet = chart.drawing
    for mark in sheet.marks:
        left, top, right, bottom = box(mark)
        assert left >= -MARGIN, mark
        assert right <= sheet.width + MARGIN, mark
        assert top >= sheet.top - MARGIN, mark
        assert bottom <= sheet.bottom + MARGIN, mark
    assert min(mark.size for mark in texts(chart)) >= SMALL
    for one, other in combinations(texts(chart), 2):
        (a, b, c, d), (e, f, g, h) = box(one), box(other)
        assert min(c, g) - max(a, e) < 2 or min(d, h) - max(b, f) < 2, (one.words, other.words)
    text = chart.to_svg()
    root = ElementTree.fromstring(text)
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    assert (root[0].tag, root[0].text, root[1].tag, root[1].text) == (
        f"{SVG}title", chart.title, f"{SVG}desc", chart.alt_text)  # fmt: skip
    assert not [each for each in root.iter() if each.get("id") or each.get("style")]
    assert text == chart.to_svg()
    assert any(character.isdigit() for character in chart.alt_text)
    assert len(chart.table)
    assert chart.table is not chart.table
