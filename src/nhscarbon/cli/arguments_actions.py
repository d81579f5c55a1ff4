"""What can be typed of the actions of Green Plans: `actions` and the verbs below it."""

from __future__ import annotations

from nhscarbon.cli.parser import Verbs, add_group, add_verb


def add_actions(verbs: Verbs) -> None:
    """Add the verbs of actions."""
    group = add_group(
        verbs,
        "actions",
        "read the actions of Green Plans as teams keep them",
        "nhscarbon actions read plans/*.xlsx plans/*.csv -o actions.csv",
    )
    _read(group)


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
