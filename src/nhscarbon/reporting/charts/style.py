"""How every chart looks, and what every chart carries (extra ``plot``)."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nhscarbon.errors import UsageError
from nhscarbon.output.files import write_whole
from nhscarbon.output.results import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Government Analysis Function, "Data visualisation: colours in charts", categorical palette, in its order;
# neighbours differ in lightness as well, so that the order survives a grey printer
PALETTE = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
FOCUS, CONTEXT = "#12436D", "#BFBFBF"  # its focus chart: one thing in blue, the rest in grey
MARKERS = ("o", "s", "^", "D", "v", "P")
Dash = str | tuple[int, tuple[int, ...]]
DASHES: tuple[Dash, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
SMALLEST = 9  # points; smaller text is not read in print
FORMATS = ("png", "svg", "pdf")


@dataclass(frozen=True, eq=False, repr=False)
class Chart(Result):
    """A figure, the numbers behind it, and what it shows in words.

    Attributes
    ----------
    figure : matplotlib Figure
    numbers : pandas.DataFrame
        Every number that is drawn; `table` gives a copy.
    alt_text : str
        One or two sentences with the main numbers, for those who do not see the figure.
    """

    figure: Figure
    numbers: pd.DataFrame
    alt_text: str

    @property
    def table(self) -> pd.DataFrame:
        """Every number that is drawn."""
        return self.numbers.copy()

    def _title(self) -> str:
        return self.alt_text

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the figure to a PNG, SVG or PDF file, by the ending of its name."""
        kind = Path(path).suffix.lower().lstrip(".")
        if kind not in FORMATS:
            raise UsageError(f"a chart is written as one of {', '.join(FORMATS)}; '{Path(path).name}' ends with none")
        image = io.BytesIO()
        self.figure.savefig(image, format=kind, dpi=150, metadata=_undated(kind))
        return write_whole(Path(path), image.getvalue(), overwrite=overwrite)

    def to_svg(self) -> str:
        """Return the figure as SVG text, the same bytes each time."""
        import matplotlib as mpl  # noqa: PLC0415  an extra

        out = io.StringIO()
        with mpl.rc_context({"svg.hashsalt": "nhscarbon", "svg.fonttype": "none"}):
            self.figure.savefig(out, format="svg", metadata=_undated("svg"))
        return out.getvalue()

    def _repr_html_(self) -> str:
        image = io.BytesIO()
        self.figure.savefig(image, format="png", dpi=100)
        code = base64.b64encode(image.getvalue()).decode()
        return f'<img alt="{html.escape(self.alt_text, quote=True)}" src="data:image/png;base64,{code}">'


def _undated(kind: str) -> dict[str, None]:
    return {} if kind == "png" else {"Date" if kind == "svg" else "CreationDate": None}


def blank_figure(*, width: float = 8.0, height: float = 4.5) -> tuple[Figure, Axes]:
    """Return an empty figure in the house style, without touching the caller's matplotlib settings.

    Parameters
    ----------
    width, height : float
        Inches.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  an extra
    except ImportError as error:
        raise UsageError("charts need matplotlib: pip install 'nhscarbon[plot]'") from error
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=10)
    return figure, axes


def titled(axes: Axes, title: str, *, subtitle: str, source: str) -> None:
    """Write what the chart says, in which unit, and where it comes from.

    Parameters
    ----------
    axes : matplotlib Axes
    title : str
        The finding, as a sentence.
    subtitle : str
        What is measured, with its unit.
    source : str
        Sources and methodology.
    """
    axes.set_title(title, loc="left", fontsize=13, fontweight="bold", pad=24)
    # in points, so that the two lines keep their distance in a tall figure too
    axes.annotate(subtitle, (0, 1), xycoords="axes fraction", xytext=(0, 7), textcoords="offset points", fontsize=10)
    axes.figure.supxlabel(source, x=0.01, ha="left", fontsize=SMALLEST)  # inside the page: the layout makes room


def styled(names: Sequence[str]) -> dict[str, tuple[str, str, Dash]]:
    """Return a colour, a marker and a dash for each name; six at most can be told apart.

    Raises
    ------
    UsageError
        If there are more than six: gather the small ones first.
    """
    if len(names) > len(PALETTE):
        raise UsageError(f"{len(names)} lines cannot be told apart; six are the most: gather the small ones first")
    return dict(zip(names, zip(PALETTE, MARKERS, DASHES, strict=True), strict=False))
