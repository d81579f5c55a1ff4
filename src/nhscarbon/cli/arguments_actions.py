"""What can be typed of the actions of Green Plans: `actions` and the verbs below it."""

from __future__ import annotations

from nhscarbon.cli.parser import METHOD_HELP, Verbs, add_group, add_verb


def add_actions(verbs: Verbs) -> None:
    """Add the verbs of actions."""
    group = add_group(
        verbs,
        "actions",
        "read the actions of Green Plans as teams keep them",
        "nhscarbon actions read plans/*.xlsx plans/*.csv -o actions.csv",
    )
    _read(group)
    _plan(group)


def _read(group: Verbs) -> None:
    verb = add_verb(
        group,
        "read",
        "read action sheets of any layout into one table, and say what could not be read",
        "actions",
        "read",
        "nhscarbon actions read plan.xlsx -o actions.csv\n"
        "  nhscarbon actions read plans/*.csv -o actions.csv --write-mapping columns.csv\n"
        "  nhscarbon actions read plans/*.csv -o actions.csv --mapping columns.csv\n"
        "  nhscarbon actions read plans/*.csv -o actions.csv --write-review review.csv\n"
        "  nhscarbon actions read plans/*.csv -o actions.csv --review review.csv",
    )
    verb.add_argument("file", nargs="+", metavar="FILE", help="CSV or text with any separator, or Excel")
    verb.add_argument("--organisation", default="", metavar="CODE", help="whose plans they are; default: as titles say")
    verb.add_argument(
        "--mapping", metavar="FILE", help="what columns hold, as --write-mapping wrote and you confirmed it"
    )
    verb.add_argument("--write-mapping", metavar="OUT.csv", help="write what each column was read as, to be confirmed")
    verb.add_argument("--review", metavar="FILE", help="what actions are, as --write-review wrote and you answered it")
    verb.add_argument("--write-review", metavar="OUT.csv", help="write the actions that are not sure, to be answered")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file, CSV or .xlsx, instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace files that already exist")


def _plan(group: Verbs) -> None:
    verb = add_verb(
        group,
        "plan",
        "make the Green Plan of a system out of the plans of its organisations",
        "actions",
        "plan",
        "nhscarbon actions plan plans/*.xlsx plans/*.csv -o plan.html\n"
        "  nhscarbon actions plan actions.csv --footprint returns/*.csv --method nhs-2026.1 --priority Medicines "
        "--priority flooding -o plan.xlsx",
    )
    verb.add_argument("file", nargs="+", metavar="FILE", help="action sheets, or what `nhscarbon actions read` wrote")
    verb.add_argument("--organisation", default="", metavar="CODE", help="whose plans they are; default: as titles say")
    verb.add_argument("--mapping", metavar="MAPPING.csv", help="what columns hold, as `actions read` wrote it")
    verb.add_argument("--review", metavar="REVIEW.csv", help="what actions are, as `actions read` wrote it, answered")
    verb.add_argument(
        "--priority",
        action="append",
        default=[],
        metavar="ID",
        help="a priority of the system: an intervention, a family or an area of focus; may be given several times",
    )
    verb.add_argument(
        "--footprint",
        nargs="+",
        action="extend",
        default=[],
        metavar="RETURN",
        help="returns of the organisations, to say what each intervention would give if all did it; needs --method",
    )
    verb.add_argument("--method", help=METHOD_HELP)
    verb.add_argument(
        "--from",
        dest="kind",
        choices=("activity", "eric"),
        default="activity",
        help="what --footprint is: activity table (default), or an estates return as published",
    )
    verb.add_argument("--title", default="", help="default: Green Plan of the system")
    verb.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="write a page (.html), a workbook (.xlsx) or the table (.csv) instead of a summary to stdout",
    )
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")
