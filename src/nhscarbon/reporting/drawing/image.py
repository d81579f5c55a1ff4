"""A drawing as PNG or PDF, by matplotlib (extra ``plot``)."""

from __future__ import annotations

import io

from nhscarbon.errors import UsageError
from nhscarbon.output.text import shown
from nhscarbon.reporting.drawing.marks import Dot, Drawing, Path
from nhscarbon.reporting.drawing.palette import MARGIN, WHITE

POINT = 0.9  # points of a unit: the smallest letters are of 9.9 points, and a sheet is five inches wide
DOTS = 200  # of an inch
FONTS = ("Arial", "Helvetica", "Liberation Sans")
ALIGNED = {"start": "left", "middle": "center", "end": "right"}


def image(drawing: Drawing, kind: str) -> bytes:
    """Return a drawing as an image of some kind, ``png`` or ``pdf``.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    try:
        from matplotlib import font_manager, patches  # noqa: PLC0415  an extra
        from matplotlib.figure import Figure  # noqa: PLC0415
        from matplotlib.patheffects import withStroke  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(f"a {kind} file needs matplotlib: pip install 'nhscarbon[plot]'; .svg needs none") from error
    there = {font.name for font in font_manager.fontManager.ttflist}
    fonts = [*[font for font in FONTS if font in there][:1], "DejaVu Sans"]  # the last is matplotlib's own
    size = drawing.width + 2 * MARGIN, drawing.bottom - drawing.top + 2 * MARGIN
    figure = Figure(figsize=(size[0] * POINT / 72, size[1] * POINT / 72), facecolor=WHITE)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-MARGIN, drawing.width + MARGIN), ylim=(drawing.bottom + MARGIN, drawing.top - MARGIN))
    axes.axis("off")
    for order, mark in enumerate(drawing.marks):
        if isinstance(mark, Dot):
            axes.add_patch(patches.Circle((mark.x, mark.y), mark.radius, color=mark.fill, linewidth=0, zorder=order))
        elif isinstance(mark, Path):
            dash = (0, [float(each) * POINT / mark.width for each in mark.dash.split()]) if mark.dash else "solid"
            axes.add_patch(patches.Polygon(mark.points, closed=bool(mark.fill), facecolor=mark.fill or "none",
                           alpha=mark.opacity, edgecolor=mark.edge or "none", linestyle=dash, zorder=order,
                           linewidth=mark.width * POINT if mark.edge else 0, capstyle="butt"))  # fmt: skip
        else:
            around = [withStroke(linewidth=4 * POINT, foreground=WHITE)] if mark.halo else None
            axes.text(mark.x, mark.y, shown(mark.words), fontsize=mark.size * POINT, family=fonts, color=mark.colour,
                      ha=ALIGNED[mark.anchor], va="baseline", weight="bold" if mark.bold else "normal", zorder=order,
                      rotation=90 if mark.upright else 0, rotation_mode="anchor", parse_math=False,
                      path_effects=around)  # fmt: skip
    out = io.BytesIO()
    figure.savefig(out, format=kind, dpi=DOTS, metadata={"CreationDate": None} if kind == "pdf" else {})
    return out.getvalue()
