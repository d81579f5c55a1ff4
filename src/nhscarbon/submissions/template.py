"""The template of a return: an empty workbook to fill in, for a kind of trust or with everything that is counted."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.methods.return_lines import return_words
from nhscarbon.output import excel
from nhscarbon.output.files import write_whole
from nhscarbon.periods import parse_period
from nhscarbon.submissions.template_by_line import template_by_line
from nhscarbon.submissions.template_by_theme import template_by_theme

ACUTE, ALL = "acute", "all"


def template(
    path: str | Path,
    method: Methodology | str,
    *,
    organisation: str = "",
    period: str = "",
    kind: str = ACUTE,
    overwrite: bool = False,
) -> Path:
    """Write an empty return as a workbook (extra ``excel``).

    Parameters
    ----------
    path : str or Path
        Where to, such as ``return.xlsx``.
    method : Methodology or str
        Whose catalogue gives the sheets, activities and units.
    organisation : str, optional
        The ODS code of the organisation that will fill it in: it is then filled in already.
    period : str, optional
        The NHS year, such as ``"2023/24"``: it is then filled in already, and only what has a factor in it is offered.
    kind : str, optional
        ``"acute"``, ``"mental-health"``, ``"community"`` or ``"ambulance"``: the lines that such a trust needs, one
        for each thing, with a figure for the year or for each month. ``"all"``: a sheet for each theme, in which a
        row is an activity by its code, for everything that is counted.
    overwrite : bool, optional
        Whether a file that is there may be replaced.

    Returns
    -------
    Path
        The same path. Same arguments, same bytes (of one version of openpyxl).

    Raises
    ------
    UsageError
        If the period is none that the methodology serves, the code is no ODS code, the kind is unknown, the file
        exists, or the extra is absent.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from tempfile import mkdtemp
    >>> method = nc.methodology("nhs-2026.1")
    >>> made = nc.template(f"{mkdtemp()}/return.xlsx", method, organisation="RX1", period="2023/24")
    >>> [finding.code for finding in nc.check(made, method)]
    ['template_empty']
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"'{path.name}' is not the name of a workbook: end it with .xlsx")
    if not (organisation.isascii() and organisation.isalnum()) and organisation:
        raise UsageError(f"'{organisation[:20]}' is not an ODS code: a code has letters and digits only")
    excel.needs_openpyxl()
    method = as_methodology(method)
    years = _years(method, period)
    if kind == ALL:
        content = template_by_theme(method, organisation.upper(), years)
    else:
        content = template_by_line(method, _kind(kind), organisation.upper(), years)
    return write_whole(path, content, overwrite=overwrite)


def _kind(kind: str) -> str:
    """Return a kind of trust that has lines, in whatever case and with whatever hyphens it was written."""
    kinds = return_words().kinds
    plain = kind.strip().casefold().replace("_", "-").replace(" ", "-")
    if plain in kinds:
        return plain
    near = get_close_matches(plain, [*kinds, ALL], n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"choose from {', '.join((*kinds, ALL))}"
    raise UsageError(f"there is no template of kind '{kind[:40]}'; {hint}")


def _years(method: Methodology, period: str) -> tuple[str, ...]:
    """Return the NHS years that can be chosen."""
    if not period:
        return method.periods
    try:
        year = parse_period(period).year
    except PeriodError as error:
        raise UsageError(f"{error}") from error
    if year not in method.periods:
        raise UsageError(f"{method.id} does not cover '{year}'; it covers {method.periods[0]} to {method.periods[-1]}")
    return (year,)
