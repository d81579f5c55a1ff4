"""A drawing as SVG: text alone, the same bytes each time."""

from __future__ import annotations

from html import escape

from nhscarbon.output.text import shown, with_subscript
from nhscarbon.reporting.drawing.marks import Dot, Drawing, Mark, Path
from nhscarbon.reporting.drawing.palette import MARGIN, WHITE

SHOWN = 1.3  # pixels of a unit, where nobody says how wide the drawing is
FONTS = "Arial, Helvetica, 'Liberation Sans', sans-serif"


def svg(drawing: Drawing, title: str, words: str) -> str:
    """Return a drawing as SVG, with its title and its words for those who do not see it.

    Parameters
    ----------
    drawing : Drawing
    title, words : str
        The name of the picture, and what it shows.

    Returns
    -------
    str
        One element, which can stand alone or in a page; no identifiers, so that many can stand in one page.
    """
    sides = [side + 2 * MARGIN for side in (drawing.width, drawing.bottom - drawing.top)]
    width, height, wide, high = (_number(each) for each in (*sides, *(SHOWN * side for side in sides)))
    left, top = _number(-MARGIN), _number(drawing.top - MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}" '
        f'width="{wide}" height="{high}" role="img" '
        f'font-family="{FONTS}"><title>{_words(title)}</title><desc>{_words(words)}</desc>'
        f'<path d="M{left} {top}h{width}v{height}H{left}Z" fill="{WHITE}"/>{"".join(map(_mark, drawing.marks))}</svg>'
    )


def _mark(mark: Mark) -> str:
    if isinstance(mark, Path):
        route = "L".join(f"{_number(across)} {_number(down)}" for across, down in mark.points)
        edge = f' stroke="{mark.edge}" stroke-width="{_number(mark.width)}"' if mark.edge else ""
        dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        opacity = f' fill-opacity="{mark.opacity:.2f}"' if mark.opacity < 1 else ""
        return f'<path d="M{route}" fill="{mark.fill or "none"}"{opacity}{edge}{dash}/>'
    x, y = _number(mark.x), _number(mark.y)
    if isinstance(mark, Dot):
        return f'<circle cx="{x}" cy="{y}" r="{_number(mark.radius)}" fill="{mark.fill}"/>'
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    weight = ' font-weight="bold"' if mark.bold else ""
    halo = f' paint-order="stroke" stroke="{WHITE}" stroke-width="4"' if mark.halo else ""
    turn = f' transform="rotate(-90 {x} {y})"' if mark.upright else ""
    return (f'<text x="{x}" y="{y}" font-size="{mark.size}" fill="{mark.colour}"{anchor}{weight}{halo}{turn}>'
            f"{_words(with_subscript(mark.words))}</text>")  # fmt: skip


def _words(text: str) -> str:
    """Return a text that is nothing but text."""
    return escape(shown(text))


def _number(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
