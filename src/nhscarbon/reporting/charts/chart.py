"""What a chart is, and `chart`, which finds its drawing: each module of this folder that has ``DRAWS`` is one."""

from __future__ import annotations

import base64
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import ModuleType

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.output.files import write_whole
from nhscarbon.output.results import Result
from nhscarbon.output.text import screen, wrap
from nhscarbon.reporting import charts
from nhscarbon.reporting.drawing.image import image
from nhscarbon.reporting.drawing.marks import Drawing, frame
from nhscarbon.reporting.drawing.svg import svg

FORMATS = ("svg", "png", "pdf")


@dataclass(frozen=True, eq=False, repr=False)
class Chart(Result):
    """A drawing, the numbers behind it, and what it shows in words.

    Attributes
    ----------
    title : str
        The finding, as a sentence.
    subtitle, source : sequence of str
        What is measured, with its unit; sources and methodology. One paragraph each.
    body : Drawing
        What stands between them.
    numbers : pandas.DataFrame
        Every number that is drawn; `table` gives a copy.
    alt_text : str
        One or two sentences with the main numbers, for those who do not see the drawing.
    """

    title: str
    subtitle: Sequence[str]
    source: Sequence[str]
    body: Drawing
    numbers: pd.DataFrame
    alt_text: str

    @property
    def table(self) -> pd.DataFrame:
        """Every number that is drawn."""
        return self.numbers.copy()

    @property
    def drawing(self) -> Drawing:
        """The whole sheet, with title and sources."""
        return frame(self.body, self.title, self.subtitle, self.source)

    def to_svg(self) -> str:
        """Return the chart as SVG text, the same bytes each time; it needs no extra."""
        return svg(self.drawing, self.title, self.alt_text)

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the chart to an SVG, PNG or PDF file, by the ending of its name.

        Raises
        ------
        UsageError
            If the name ends otherwise, the file is there and may not be replaced, or PNG or PDF is wanted and
            matplotlib is not installed.
        """
        kind = Path(path).suffix.lower().lstrip(".")
        if kind not in FORMATS:
            raise UsageError(f"a chart is written as one of {', '.join(FORMATS)}; '{Path(path).name}' ends with none")
        content = self.to_svg().encode("utf-8") if kind == "svg" else image(self.drawing, kind)
        return write_whole(Path(path), content, overwrite=overwrite)

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def _repr_html_(self) -> str:
        code = base64.b64encode(self.to_svg().encode("utf-8")).decode()
        return f'<img alt="{escape(self.alt_text, quote=True)}" src="data:image/svg+xml;base64,{code}">'

    def _title(self) -> str:
        return self.title

    def __repr__(self) -> str:
        return f"Chart({self.title!r}, {len(self.numbers):,} rows)"

    def __str__(self) -> str:
        return screen([*wrap(self.title), *wrap(self.alt_text)])


def chart(result: object, *, kind: str | None = None, **options: object) -> Chart:
    """Draw whatever has a drawing.

    Parameters
    ----------
    result : Footprint, list of Footprint, or another result
        A change, projection, three lines, benchmark, wedges, abatement or matrix of interventions. A frame is one from
        `nhscarbon.footprint.completeness`; a list of footprints, one for each NHS year, is drawn as a trend.
    kind : str, optional
        Of a footprint ``themes``, when left out, or ``tiers``: how good its data are.
    **options
        ``boundary`` of a footprint or a trend, ``match`` of a trend, ``path`` of a projection or three lines (a
        target beside them), ``type`` and ``focus`` of a benchmark, ``labels`` of a frame.

    Returns
    -------
    Chart

    Raises
    ------
    UsageError
        If it has no drawing, or none of that kind or with such an option: what has one is named.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> nc.chart(footprint)
    Chart('Fossil fuels: 70% of 58,296 tCO2e', 5 rows)
    >>> nc.chart(footprint, kind="tiers").table["tier"].tolist()
    ['unstated']
    """
    every = drawers()
    fitting = [name for name, module in every.items() if isinstance(result, module.DRAWS) and kind in (None, name)]
    if not fitting:
        wanted = f"{type(result).__name__} has no drawing{f' of kind {kind[:40]!r}' if kind else ''}"
        there = sorted(f"{each.__name__} ({name})" for name, module in every.items() for each in module.DRAWS)
        raise UsageError(f"{wanted}; there are drawings of {', '.join(there)}")
    usual = [name for name in fitting if getattr(every[name], "USUAL", True)]
    draw = every[(usual or fitting)[0]].draw
    known = [name for name, each in signature(draw).parameters.items() if each.kind == each.KEYWORD_ONLY]
    if unknown := sorted(set(options) - set(known)):
        raise UsageError(f"a drawing of {type(result).__name__} has no option {', '.join(unknown)[:80]!r}")
    drawn: Chart = draw(result, **options)
    return drawn


def drawers() -> dict[str, ModuleType]:
    """Return the modules that draw, by the kind of their drawing."""
    names = sorted(each.name for each in pkgutil.iter_modules(charts.__path__))
    modules = {name: import_module(f"{charts.__name__}.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "DRAWS")}
