"""`nc.write_report`: a footprint with its evidence, written as one page or as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.years import years_of
from nhscarbon.organisations.load import load_organisations
from nhscarbon.organisations.lookup import look_up_codes
from nhscarbon.output.files import write_whole
from nhscarbon.reporting.report.analyst import analyst_document, year_shown
from nhscarbon.reporting.report.footprint_workbook import footprint_workbook
from nhscarbon.reporting.report.html import page
from nhscarbon.reporting.report.next_actions import ActionSource
from nhscarbon.reporting.report.request import ReportRequest
from nhscarbon.reporting.report.standing_tables import judged
from nhscarbon.reporting.report.whole import parts_of_years
from nhscarbon.reporting.report.workbook import workbook
from nhscarbon.reporting.report.write_board import NATIONAL, Aims, board_bytes
from nhscarbon.trajectory.projection.projection import Projection
from nhscarbon.trajectory.targets.target_path import TargetPath

WRITERS = {".html": page, ".xlsx": workbook}
ANALYST, FOOTPRINT, BOARD = "analyst", "footprint", "board"  # the kinds


def write_report(
    footprint: Footprint,
    path: str | Path,
    *,
    kind: str = "analyst",
    before: Footprint | None = None,
    projection: Projection | None = None,
    target: TargetPath | None = None,
    boundary: str | None = None,
    match: Sequence[str] = ("organisation",),
    title: str = "",
    actions: ActionSource | None = None,
    targets: Aims = NATIONAL,
    base: SuppliedFootprint | None = None,
    organisations: str | None = "ods-2026-07",
    draws: int = 10_000,
    seed: int = 2026,
    overwrite: bool = False,
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
    before : Footprint, optional
        What it changed from, for the bridge. Left out, a footprint of several years goes from its first to its last.
    projection : Projection, optional
        From `nhscarbon.project`.
    target : TargetPath, optional
        What the projection is compared with.
    boundary : str, optional
        What the tables count; left out, what the summary of the footprint shows.
    match : sequence of str, optional
        As `nhscarbon.compare`.
    title : str, optional
        Of a board page: the organisation as the board knows it; left out, its name in the release.
    actions : path, DataFrame or list of mappings, optional
        Of a board page: up to four next actions with the columns action, lead, by and tco2e (the change that it makes
        each year). Longer than 64, 40, 20 and 20 characters they are refused, and never cut.
    targets : Targets, str, Path or Monitor, optional
        Of a board page: what `nhscarbon.monitor` judges against, or what it found.
    base : SuppliedFootprint, optional
        Of a board page: the base year as totals by theme, where its activity is not known.
    organisations : str or None, optional
        The release of the Organisation Data Service that gives names; None gives codes alone.
    draws, seed : int, optional
        Of the intervals.
    overwrite : bool, optional
        Whether a file that is there may be replaced.

    Returns
    -------
    Path
        Where it was written. The same arguments give the same bytes.

    Raises
    ------
    UsageError
        If the ending is none of the two, the kind is unknown or does not take what was given, there is no such
        boundary, the file is there, a target stands without a projection, or the extra is absent.
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
    path = Path(path)
    if kind == FOOTPRINT:
        if any((before, projection, target, boundary)) or tuple(match) != ("organisation",):
            raise UsageError(
                "the footprint workbook is of one footprint alone", advice="Leave out before, projection and the like."
            )
        if path.suffix.lower() != ".xlsx":
            raise UsageError(f"'{path.name}' is not the name of a workbook", advice="End it with .xlsx.")
        names = _names(footprint, organisations) if organisations else {}
        return write_whole(path, footprint_workbook(footprint, names, draws=draws, seed=seed), overwrite=overwrite)
    if kind == BOARD:
        if projection is not None or target is not None or boundary is not None or tuple(match) != ("organisation",):
            raise UsageError(
                "a board page shows both footprints against targets, without a projection",
                advice="Leave out projection, target, boundary and match; give targets= or base=.",
            )
        names = _names(footprint, organisations) if organisations else {}
        written_board = board_bytes(
            footprint, path.suffix.lower(), names=names, release=organisations, title=title, actions=actions,
            targets=targets, base=base, before=before, draws=draws, seed=seed,
        )  # fmt: skip
        return write_whole(path, written_board, overwrite=overwrite)
    if kind != ANALYST:
        raise UsageError(f"there is no kind '{kind[:40]}'", advice=f"Choose '{BOARD}', '{ANALYST}' or '{FOOTPRINT}'.")
    if actions is not None:
        raise UsageError("next actions are of a board page", advice="Add kind='board'.")
    if path.suffix.lower() not in WRITERS:
        raise UsageError(f"a report ends with one of {', '.join(WRITERS)}; '{path.name}' ends with none")
    if target is not None and projection is None:
        raise UsageError("a target needs a projection to be compared with")
    if boundary is not None:
        footprint.by("period", boundary=boundary)  # refuses one that does not exist or cannot be totalled
    years = years_of(footprint)
    names = _names(footprint, organisations) if organisations else {}
    found = judged(footprint, targets, base=base, release=organisations)
    parts = parts_of_years(footprint, found)
    shown, earlier, later = year_shown(years, parts)
    asked = ReportRequest(
        shown or footprint, footprint, boundary or "", names, draws, seed, title, earlier, found, parts
    )  # fmt: skip
    written = analyst_document(
        asked, years, later=later, before=before, projection=projection, target=target,
        match=None if tuple(match) == ("organisation",) else match,
    )  # fmt: skip
    return write_whole(path, WRITERS[path.suffix.lower()](written), overwrite=overwrite)


def _names(footprint: Footprint, release: str) -> dict[str, str]:
    """Return the name of each organisation in the last year, as far as it is known."""
    codes, years = (footprint.sums.columns[name].labels for name in ("organisation", "period"))
    return {code: known.name for code, known in look_up_codes(codes, load_organisations(release), years[-1]).items()}
