"""A drawing as SVG: text alone, the same bytes each time."""

from __future__ import annotations

from html import escape

from nhscarbon.output.text import shown as clean
from nhscarbon.reporting.charts.marks import MARGIN, WHITE, Dot, Drawing, Mark, Path

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
    sides = [side + 2 * MARGIN for side in (drawing.width, drawing.height)]
    width, height, wide, high = (_number(each) for each in (*sides, *(SHOWN * side for side in sides)))
    edge = _number(-MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{edge} {edge} {width} {height}" '
        f'width="{wide}" height="{high}" role="img" '
        f'font-family="{FONTS}"><title>{escape(clean(title))}</title><desc>{escape(clean(words))}</desc>'
        f'<path d="M{edge} {edge}h{width}v{height}H{edge}Z" fill="{WHITE}"/>{"".join(map(_mark, drawing.marks))}</svg>'
    )


def _mark(mark: Mark) -> str:
    x, y = (_number(each) for each in mark.points[0])
    if isinstance(mark, Dot):
        return f'<circle cx="{x}" cy="{y}" r="{_number(mark.radius)}" fill="{mark.fill}"/>'
    if isinstance(mark, Path):
        route = "L".join(f"{_number(across)} {_number(down)}" for across, down in mark.points)
        edge = f' stroke="{mark.edge}" stroke-width="{_number(mark.width)}"' if mark.edge else ""
        dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        opacity = f' fill-opacity="{mark.opacity:.2f}"' if mark.opacity < 1 else ""
        closed = "Z" if mark.fill else ""
        return f'<path d="M{route}{closed}" fill="{mark.fill or "none"}"{opacity}{edge}{dash}/>'
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    weight = ' font-weight="bold"' if mark.bold else ""
    halo = f' paint-order="stroke" stroke="{WHITE}" stroke-width="4"' if mark.halo else ""
    turn = f' transform="rotate(-90 {x} {y})"' if mark.upright else ""
    return (f'<text x="{x}" y="{y}" font-size="{mark.size}" fill="{mark.colour}"{anchor}{weight}{halo}{turn}>'
            f"{escape(mark.text)}</text>")  # fmt: skip


def _number(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
