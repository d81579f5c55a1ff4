"""What can be typed: the verbs, their options and their help; each verb's work is loaded when it runs."""

from __future__ import annotations

from nhscarbon.cli.arguments_actions import add_actions
from nhscarbon.cli.arguments_analysis import add_verbs_of_many
from nhscarbon.cli.parser import (
    METHOD_HELP,
    Verbs,
    add_answers,
    add_group,
    add_lookup,
    add_source,
    add_themes,
    add_verb,
)


def add_verbs(verbs: Verbs) -> None:
    """Add every verb."""
    for add in (
        _footprint,
        _explain,
        _find,
        _map,
        _template,
        _fill,
        _check,
        _check_reported,
        _verify,
        _factors,
        _method,
        _schema,
    ):
        add(verbs)
    add_verbs_of_many(verbs)
    add_actions(verbs)


def _footprint(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "footprint",
        "calculate a footprint",
        "footprint",
        "footprint",
        "nhscarbon footprint return.csv --method nhs-2026.1 --by theme,scope\n"
        "  nhscarbon footprint return.xlsx --method nhs-2026.1 -o footprint.xlsx\n"
        "  nhscarbon footprint eric-site.csv --from eric --method nhs-2026.1 --format csv -o estates.csv",
    )
    add_source(verb)
    verb.add_argument("--by", default="", metavar="COLUMNS", help="columns of the table, such as theme,scope")
    verb.add_argument(
        "--boundary", help="count only what this boundary includes; the main total when only --by is given"
    )
    verb.add_argument("--keep", default="", metavar="COLUMNS", help="keep site, month, supplier or reference apart")
    add_lookup(verb)
    add_answers(verb)
    verb.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")
    verb.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="write to a file instead of stdout; OUT.xlsx is the footprint workbook: both totals, themes, chart, "
        "findings, factors",
    )
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")
    add_themes(verb)
    verb.add_argument(
        "--certificate", metavar="OUT", help="write a certificate of the inputs and the result, to verify later"
    )


def _check(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "check",
        "list everything that is wrong with returns, without calculating them",
        "check",
        "check_files",
        "nhscarbon check return.csv --method nhs-2026.1\n"
        "  nhscarbon check return.xlsx --method nhs-2026.1 --marked marked.xlsx\n"
        "  nhscarbon check return.xlsx --method nhs-2026.1 --before last-year.xlsx\n"
        "  nhscarbon check returns/*.xlsx --method nhs-2026.1 --format json -o findings.json",
    )
    add_source(verb)
    verb.add_argument(
        "--format",
        choices=("table", "csv", "json", "dve"),
        default="table",
        help="default: table; dve has the columns of NHS England's Data Validation Engine",
    )
    add_lookup(verb)
    add_answers(verb)
    add_themes(verb)
    verb.add_argument(
        "--before",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=[],
        help="what the same organisations sent before: other years, or an earlier version of the same year",
    )
    verb.add_argument(
        "--changes",
        metavar="OUT.csv",
        help="write what each return changed of the earlier version in --before, row by row, with tonnes",
    )
    verb.add_argument(
        "--write-answers", metavar="OUT.csv", help="write the warnings as an answers table to complete with reasons"
    )
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace files that already exist")
    verb.add_argument(
        "--marked",
        metavar="OUT.xlsx",
        help="write the file back with each finding on its cell; for several files, a folder to write them into",
    )


def _template(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "template",
        "write an empty return to fill in, as a workbook with lists to choose from",
        "check",
        "write_template",
        "nhscarbon template --method nhs-2026.1 --organisation RX1 --period 2023/24 -o return.xlsx\n"
        "  nhscarbon template --method nhs-2026.1 --kind ambulance --period 2023/24 -o return.xlsx",
    )
    verb.add_argument("--method", required=True, help=METHOD_HELP)
    verb.add_argument(
        "--organisation", default="", metavar="CODE", help="the ODS code of the organisation that fills it in"
    )
    verb.add_argument("--period", default="", metavar="YEAR", help="the NHS year, such as 2023/24; all when left out")
    kind = verb.add_mutually_exclusive_group()
    kind.add_argument(
        "--kind",
        default="",
        metavar="KIND",
        help="whose lines it has: acute (the default), mental-health, community or ambulance",
    )
    kind.add_argument(
        "--all", action="store_true", help="a sheet for each theme, with the code of everything that is counted"
    )
    verb.add_argument("-o", "--output", default="return.xlsx", metavar="OUT.xlsx", help="default: return.xlsx")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")


def _fill(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "fill",
        "add estimates for what is missing, each row marked with its rule",
        "fill",
        "fill",
        "nhscarbon fill return.csv --months pro_rata -o filled.csv\n"
        "  nhscarbon fill return.csv --own figures.csv --floor-area areas.csv -o filled.csv",
    )
    verb.add_argument("file", metavar="FILE", help="CSV, Excel or Parquet")
    verb.add_argument("--months", choices=("pro_rata", "comparable_period"), help="how missing months are estimated")
    verb.add_argument(
        "--floor-area", metavar="FILE", help="organisation, period, activity, floor_area_m2 and kind of trust"
    )
    verb.add_argument(
        "--own", metavar="FILE", help="figures of your own: organisation, period, activity, quantity, unit and reason"
    )
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")


def _verify(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "verify",
        "recalculate a certified footprint and confirm that it matches",
        "verify",
        "verify",
        "nhscarbon verify return.certificate.json return.csv\n"
        "  nhscarbon verify return.certificate.json return.csv --table footprint.csv",
    )
    verb.add_argument("certificate", metavar="CERTIFICATE", help="what `nhscarbon footprint --certificate` wrote")
    add_source(verb, method=False)
    verb.add_argument(
        "--table",
        action="append",
        default=[],
        metavar="FILE",
        help="a CSV or JSON that `nhscarbon footprint` wrote: confirm that it is the table of this footprint",
    )
    verb.add_argument("--by", default="", metavar="COLUMNS", help="the --by that the table was written with")
    verb.add_argument("--boundary", help="the --boundary that the table was written with")


def _check_reported(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "check-reported",
        "compare the tonnes stated in a return with the method's, and explain the differences",
        "check_reported",
        "check_reported",
        "nhscarbon check-reported return.csv --method nhs-2026.1\n"
        "nhscarbon check-reported returns.csv --method nhs-2026.1 --totals published.csv",
    )
    add_source(verb)
    verb.add_argument(
        "--totals",
        metavar="TOTALS",
        help="CSV of published totals to compare with their parts: organisation, period, tco2e, and theme where they "
        "are of one; a system may stand for its trusts",
    )
    verb.add_argument(
        "--format", choices=("table", "csv"), default="table", help="default: table; csv with --totals: the totals"
    )


def _explain(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "explain",
        "show the working of one row, down to the publisher's cell",
        "footprint",
        "explain",
        "nhscarbon explain return.csv --method nhs-2026.1 --activity energy.natural_gas --component direct",
    )
    add_source(verb)
    for name in ("organisation", "period", "activity", "component", "tier"):
        verb.add_argument(f"--{name}", help=f"only rows with this {name}; the largest matching row is shown")


def _find(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "find",
        "find the activity that a phrase means",
        "find",
        "find",
        'nhscarbon find "gas consumed" --unit kWh --period 2024/25\n  nhscarbon find "sevoflurane" --unit ML',
    )
    verb.add_argument("phrase", help="as people write it: a word of a bill, a brand, a column's name, a code")
    verb.add_argument("--unit", default="", help="the unit as written beside it; give it whenever there is one")
    verb.add_argument("--period", default="", help="an NHS year or month: only what has a factor in it is shown")
    verb.add_argument("--limit", type=int, default=3, metavar="N", help="how many are shown at most (default: 3)")
    verb.add_argument("--method", default="nhs-2026.1", help=f"{METHOD_HELP} (default: nhs-2026.1)")
    verb.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")


def _map(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "map",
        "list each column, word and unit of files once, with what it may mean, to be confirmed",
        "map_words",
        "map_words",
        "nhscarbon map return.xlsx -o mapping.csv\n"
        "  nhscarbon map gas.csv waste.xlsx --mapping last-year.csv -o mapping.csv",
    )
    verb.add_argument("file", nargs="+", metavar="FILE", help="CSV, Excel or Parquet; several share one mapping")
    verb.add_argument("--method", default="nhs-2026.1", help=f"{METHOD_HELP} (default: nhs-2026.1)")
    verb.add_argument("--mapping", metavar="FILE", help="an earlier mapping: what it confirms is kept")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file, CSV or .xlsx, instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")


def _factors(verbs: Verbs) -> None:
    group = add_group(
        verbs,
        "factors",
        "list, show, verify and compare the published factors",
        "nhscarbon factors show energy.natural_gas.direct.kWh",
    )
    add_verb(group, "list", "list the data packages", "factors", "list_packages", "nhscarbon factors list")
    show = add_verb(
        group,
        "show",
        "show a factor in every edition, with its cell",
        "factors",
        "show",
        "nhscarbon factors show energy.natural_gas.direct.kWh",
    )
    show.add_argument("factor_id", help="a factor id, or the beginning of one")
    verify = add_verb(
        group,
        "verify",
        "re-check every hash, and every cell where the publishers' files are given",
        "factors",
        "verify",
        "nhscarbon factors verify\n  nhscarbon factors verify ukgov-2026 --originals downloads/",
    )
    verify.add_argument("packages", nargs="*", help="package names; all of them when left out")
    verify.add_argument("--originals", metavar="DIR", help="folder with the publishers' own files, under any names")
    example = "nhscarbon factors seal our-factors/"
    seal = add_verb(
        group,
        "seal",
        "write the hashes of a package of your own into its descriptor",
        "factors",
        "seal_package",
        example,
    )
    seal.add_argument("folder")
    diff = add_verb(
        group,
        "diff",
        "list what was added, removed and changed between two packages",
        "factors",
        "diff",
        "nhscarbon factors diff ukgov-2024 ukgov-2025 --over 15",
    )
    diff.add_argument("before")
    diff.add_argument("after")
    diff.add_argument("--over", type=float, default=0.0, metavar="PERCENT", help="leave out smaller changes")


def _method(verbs: Verbs) -> None:
    group = add_group(verbs, "method", "list, show and compare the methodologies", "nhscarbon method show nhs-2026.1")
    add_verb(group, "list", "list the methodologies", "methods", "list_methods", "nhscarbon method list")
    choose = add_verb(
        group,
        "options",
        "list the activities and units that can be entered",
        "methods",
        "options",
        "nhscarbon method options nhs-2026.1 --theme water",
    )
    choose.add_argument("method", help=METHOD_HELP)
    for name in ("theme", "activity", "unit", "period"):
        choose.add_argument(f"--{name}", help=f"only this {name}")
    choose.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    compare = add_verb(
        group,
        "compare",
        "show what differs between two methodologies: their inputs, and tonnes on real returns",
        "method_compare",
        "compare",
        "nhscarbon method compare nhs-2026.1 nhs-2026.2\n"
        "  nhscarbon method compare nhs-2026.1 nhs-2026.2 return.csv --by organisation,theme\n"
        "  nhscarbon method compare return.csv nhs-2026.1 nhs-2026.1-ar6",
    )
    compare.add_argument(
        "names", nargs="+", metavar="METHOD_OR_FILE",
        help="two methodologies, then your own returns (default: the examples); "
        "or one return, then two or more methodologies",
    )  # fmt: skip
    compare.add_argument(
        "--from", dest="kind", choices=("activity", "eric"), default="activity",
        help="what the returns are: activity tables (default) or estates returns as published",
    )  # fmt: skip
    compare.add_argument(
        "--by", metavar="COLUMNS", help="default: theme; activity for one return under several methodologies"
    )
    compare.add_argument(
        "--boundary", help="count only what this boundary includes; default: all boundaries, or each main total"
    )
    compare.add_argument(
        "--show", choices=("all", "inputs", "tonnes"), default="all", help="which differences (default: all)"
    )
    compare.add_argument(
        "--format", choices=("table", "csv", "json"), default="table",
        help="default: table; csv holds the tonnes, or the inputs with --show inputs",
    )  # fmt: skip
    compare.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    compare.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")
    export = add_verb(
        group,
        "export",
        "write a method as tables for other programs: multipliers, units, boundaries, refusals, licences",
        "method_export",
        "export",
        "nhscarbon method export nhs-2026.1 -o method",
    )
    export.add_argument("method", help=METHOD_HELP)
    export.add_argument("-o", "--output", required=True, metavar="FOLDER", help="the folder to write the tables into")
    export.add_argument("--overwrite", action="store_true", help="replace tables that are in FOLDER")
    show = add_verb(
        group,
        "show",
        "show a methodology: its published editions, boundaries, activities and units",
        "methods",
        "show",
        "nhscarbon method show nhs-2026.1 --theme water",
    )
    show.add_argument("method", help=METHOD_HELP)
    show.add_argument("--theme", help="only the activities of one theme")


def _schema(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "schema",
        "write the JSON Schema of what goes in or comes out",
        "schema",
        "schema",
        "nhscarbon schema activity",
    )
    verb.add_argument("of", choices=("activity", "finding", "footprint"))
