"""`nc.write_report`: a footprint with its evidence, written as one page or as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.years import years_of
from nhscarbon.organisations.load import load_organisations
from nhscarbon.organisations.lookup import look_up_codes
from nhscarbon.output.files import write_whole
from nhscarbon.reporting.report.analyst import analyst_document, year_shown
from nhscarbon.reporting.report.document import Document
from nhscarbon.reporting.report.footprint_workbook import footprint_workbook
from nhscarbon.reporting.report.html import page
from nhscarbon.reporting.report.next_actions import ActionSource
from nhscarbon.reporting.report.report_options import Chosen, ReportOptions, refuse_of_the_analyst_page
from nhscarbon.reporting.report.request import ReportRequest
from nhscarbon.reporting.report.standing_tables import judged
from nhscarbon.reporting.report.whole import parts_of_years
from nhscarbon.reporting.report.workbook import workbook
from nhscarbon.reporting.report.write_board import NATIONAL, Aims, board_bytes
from nhscarbon.trajectory.monitoring.result import Monitor

WRITERS = {".html": page, ".xlsx": workbook}
ANALYST, FOOTPRINT, BOARD = "analyst", "footprint", "board"  # the kinds


def write_report(
    footprint: Footprint,
    path: str | Path,
    *,
    kind: str = ANALYST,
    title: str = "",
    before: Footprint | None = None,
    targets: Aims = NATIONAL,
    base: SuppliedFootprint | None = None,
    actions: ActionSource | None = None,
    overwrite: bool = False,
    **options: Unpack[ReportOptions],
) -> Path:
    """Write a report of a footprint: one HTML page that needs nothing else, or the same as a workbook.

    Parameters
    ----------
    footprint : Footprint
        Of one year, or of several: then the last is shown, and the trend of all. With the sites kept
        (``keep=("site",)``) they are a table of their own.
    path : str or Path
        The file to write; its ending says what it is: ``.html``, or ``.xlsx`` (extra ``excel``).
    kind : {"analyst", "board", "footprint"}, optional
        ``"board"`` writes one A4 page for a board: both footprints with their likely range, whether they are on track,
        the themes, what changed and why, what is missing, how good the data are, and the next actions.
        ``"footprint"`` writes the footprint workbook (``.xlsx``): a summary with the two totals in cells of their own,
        both footprints by theme and a chart, the findings, every row with its factor, and the method. It is of the
        footprint alone; of several NHS years it has a summary each.
    title : str, optional
        The organisation as the reader knows it; left out, its name in the release.
    before : Footprint, optional
        What it changed from. Left out, a footprint of several NHS years goes from the year before, or from its first.
    targets : Targets, str, Path or Monitor, optional
        What `nhscarbon.monitor` judges against, or what it found.
    base : SuppliedFootprint, optional
        The base year as totals by theme, where its activity is not known.
    actions : path, DataFrame or list of mappings, optional
        Of a board page: up to four next actions with the columns action, lead, by and tco2e (the change that it makes
        each year). Longer than 64, 40, 20 and 20 characters they are refused, and never cut.
    overwrite : bool, optional
        Whether a file that is there may be replaced.
    **options
        ``organisations``, the release that gives names, or None for codes alone; ``draws`` and ``seed`` of the ranges.
        Of the analyst page also ``projection`` from `nhscarbon.project` and a ``target`` path to compare it with,
        ``boundary`` for one footprint alone, and ``match`` as in `nhscarbon.compare`.

    Returns
    -------
    Path
        Where it was written. The same arguments give the same bytes.

    Raises
    ------
    UsageError
        If the ending is none of the two, the kind is unknown or does not take what was given, there is no such
        boundary, the file is there, a target is given without a projection, or the extra is absent.
    BoundaryError
        If a component that the boundary needs was not published for some row.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from tempfile import mkdtemp
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> nc.write_report(footprint, f"{mkdtemp()}/report.html", organisations=None).stat().st_size < 200_000
    True
    """
    path, chosen = Path(path), Chosen(**options)
    names = _names(footprint, chosen.organisations) if chosen.organisations else {}
    if kind == FOOTPRINT:
        if any((before, title, base, actions)) or targets is not NATIONAL:
            raise UsageError(
                "the footprint workbook is of one footprint alone",
                advice="Leave out title, before, targets, base and actions.",
            )
        refuse_of_the_analyst_page(chosen, "the footprint workbook")
        if path.suffix.lower() != ".xlsx":
            raise UsageError(f"'{path.name}' is not the name of a workbook", advice="End it with .xlsx.")
        content = footprint_workbook(footprint, names, draws=chosen.draws, seed=chosen.seed)
    elif kind == BOARD:
        refuse_of_the_analyst_page(chosen, "a board page")
        content = board_bytes(
            footprint, path.suffix.lower(), names=names, release=chosen.organisations, title=title, actions=actions,
            targets=targets, base=base, before=before, draws=chosen.draws, seed=chosen.seed,
        )  # fmt: skip
    elif kind == ANALYST:
        if actions is not None:
            raise UsageError("next actions are of a board page", advice="Add kind='board'.")
        if path.suffix.lower() not in WRITERS:
            raise UsageError(f"a report ends with one of {', '.join(WRITERS)}; '{path.name}' ends with none")
        if chosen.target is not None and chosen.projection is None:
            raise UsageError("a target needs a projection to be compared with")
        found = judged(footprint, targets, base=base, release=chosen.organisations)
        content = WRITERS[path.suffix.lower()](_analyst(footprint, chosen, names, found, title=title, before=before))
    else:
        raise UsageError(f"there is no kind '{kind[:40]}'", advice=f"Choose '{BOARD}', '{ANALYST}' or '{FOOTPRINT}'.")
    return write_whole(path, content, overwrite=overwrite)


def _analyst(
    footprint: Footprint, chosen: Chosen, names: dict[str, str], found: Monitor | None, *, title: str,
    before: Footprint | None,
) -> Document:  # fmt: skip
    """Return what the analyst page says."""
    if chosen.boundary is not None:
        footprint.by("period", boundary=chosen.boundary)  # refuses one that does not exist or cannot be totalled
    years, parts = years_of(footprint), parts_of_years(footprint, found)
    shown, earlier, later = year_shown(years, parts)
    asked = ReportRequest(
        shown or footprint, footprint, chosen.boundary or "", names, chosen.draws, chosen.seed, title, earlier, found,
        parts,
    )  # fmt: skip
    return analyst_document(
        asked, years, later=later, before=before, projection=chosen.projection, target=chosen.target, match=chosen.match
    )


def _names(footprint: Footprint, release: str) -> dict[str, str]:
    """Return the name of each organisation in the last year, as far as it is known."""
    codes, years = (footprint.sums.columns[name].labels for name in ("organisation", "period"))
    return {code: known.name for code, known in look_up_codes(codes, load_organisations(release), years[-1]).items()}
