"""What can be typed: the verbs, their options and their help; each verb's work is loaded when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

METHOD_HELP = "methodology id; `nhscarbon method list` shows them"


def add_verbs(verbs: Verbs) -> None:
    """Add every verb."""
    _footprint(verbs)
    _explain(verbs)
    _template(verbs)
    _check(verbs)
    _reported(verbs)
    _compare(verbs)
    _verify(verbs)
    _rollup(verbs)
    _organisation(verbs)
    _factors(verbs)
    _method(verbs)
    _schema(verbs)
    _project(verbs)
    _plan(verbs)
    _report(verbs)


def _footprint(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "footprint",
        "calculate a footprint",
        "footprint",
        "footprint",
        "nhscarbon footprint return.csv --method nhs-2026.1 --by theme,scope\n"
        "  nhscarbon footprint eric-site.csv --from eric --method nhs-2026.1 --format csv -o estates.csv",
    )
    _source(verb)
    verb.add_argument("--by", default="", metavar="COLUMNS", help="columns of the table, such as theme,scope")
    verb.add_argument(
        "--boundary", help="count only what this boundary includes; the headline when --by is given alone"
    )
    verb.add_argument("--keep", default="", metavar="COLUMNS", help="keep site, month, supplier or reference apart")
    verb.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--force", action="store_true", help="replace OUT if it is there")
    verb.add_argument("--certificate", metavar="OUT", help="write what was calculated from what, to be verified later")


def _check(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "check",
        "say everything that is wrong with returns, without calculating them",
        "submission",
        "check_files",
        "nhscarbon check return.csv --method nhs-2026.1\n"
        "  nhscarbon check return.xlsx --method nhs-2026.1 --marked marked.xlsx\n"
        "  nhscarbon check returns/*.xlsx --method nhs-2026.1 --format json -o findings.json",
    )
    _source(verb)
    verb.add_argument(
        "--format",
        choices=("table", "csv", "json", "dve"),
        default="table",
        help="default: table; dve has the columns of NHS England's Data Validation Engine",
    )
    verb.add_argument(
        "--organisations", default="ods-2026-07", metavar="RELEASE",
        help="hold codes against this release; 'none' holds them against none (default: ods-2026-07)",
    )  # fmt: skip
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--force", action="store_true", help="replace what is written if it is there")
    verb.add_argument(
        "--marked",
        metavar="OUT.xlsx",
        help="write the file back with each finding on its cell; for several files, a folder to write them into",
    )


def _template(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "template",
        "write an empty return to fill in, as a workbook with lists to choose from",
        "submission",
        "write_template",
        "nhscarbon template --method nhs-2026.1 --organisation RX1 --period 2023/24 -o return.xlsx",
    )
    verb.add_argument("--method", required=True, help=METHOD_HELP)
    verb.add_argument("--organisation", default="", metavar="CODE", help="the ODS code of the body that fills it in")
    verb.add_argument("--period", default="", metavar="YEAR", help="the NHS year, such as 2023/24; all when left out")
    verb.add_argument("-o", "--output", default="return.xlsx", metavar="OUT.xlsx", help="default: return.xlsx")
    verb.add_argument("--force", action="store_true", help="replace OUT if it is there")


def _verify(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "verify",
        "calculate what a certificate says again, and say whether it is so",
        "certificates",
        "verify",
        "nhscarbon verify return.certificate.json return.csv",
    )
    verb.add_argument("certificate", metavar="CERTIFICATE", help="what `nhscarbon footprint --certificate` wrote")
    _source(verb, method=False)


def _rollup(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "rollup",
        "add footprints up to systems, regions or England, on any day's map",
        "rollup",
        "rollup",
        "nhscarbon rollup eric-site.csv --from eric --method nhs-2026.1 --to icb --restate 2026-04-01",
    )
    _source(verb)
    levels = ("trust", "pcn", "place", "icb", "region", "england")
    verb.add_argument("--to", required=True, choices=levels, help="the level; trust is each body or what followed it")
    verb.add_argument("--restate", default="", metavar="DAY", help="put all years on the map of this day")
    verb.add_argument("--by", default="", metavar="COLUMNS", help="further columns of the footprint, such as theme")
    verb.add_argument("--boundary", help="the methodology's headline when left out")
    _release(verb)
    verb.add_argument(
        "--local", metavar="FILE", help="CSV of a system's own places or shares: child,parent,level,share"
    )
    verb.add_argument(
        "--unplaced", choices=("refuse", "keep"), default="refuse", help="bodies that the map does not place"
    )
    verb.add_argument("--eliminate", default="", metavar="RULE", help="such as recharges_between_members")
    verb.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--force", action="store_true", help="replace OUT if it is there")


def _organisation(verbs: Verbs) -> None:
    example = 'nhscarbon organisation RM2 --on 2018/19\n  nhscarbon organisation "barts health" --on 2018/19'
    verb = _add(verbs, "organisation", "say what a code was on a day, or find it by name", "rollup", "organisation",
                example)  # fmt: skip
    verb.add_argument("code", help="an ODS code, or a name")
    verb.add_argument("--on", required=True, metavar="DAY_OR_YEAR", help="such as 2026-04-01 or 2023/24")
    _release(verb)


def _release(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--organisations",
        default="ods-2026-07",
        metavar="RELEASE",
        help="release of organisations; default: ods-2026-07",
    )


def _reported(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "reported",
        "compare the tonnes that a sender states with the method's, and explain the differences",
        "reported",
        "reported",
        "nhscarbon reported return.csv --method nhs-2026.1",
    )
    _source(verb)
    verb.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")


def _compare(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "compare",
        "split the change between two footprints into activity, factors, method and boundary",
        "compare",
        "compare",
        "nhscarbon compare return-2022.csv return-2023.csv --method nhs-2026.1 --by theme\n"
        "  nhscarbon compare eric-2019.csv eric-2023.csv --from eric --method nhs-2026.1 --match none",
    )
    _source(verb, files=("before", "after"))
    verb.add_argument("--method-after", metavar="METHOD", help="of AFTER, where it is another than --method")
    verb.add_argument("--boundary", help="what counts; the headline when left out")
    verb.add_argument("--boundary-after", metavar="BOUNDARY", help="of AFTER, where it is another than --boundary")
    verb.add_argument("--by", default="", metavar="COLUMNS", help="columns of the lines, such as theme,component")
    verb.add_argument(
        "--match",
        default="organisation",
        metavar="COLUMNS",
        help="what a line must share to be the same line: organisation (default), organisation,site or none",
    )
    verb.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--force", action="store_true", help="replace OUT if it is there")


def _explain(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "explain",
        "show the working of one row, down to the publisher's cell",
        "footprint",
        "explain",
        "nhscarbon explain return.csv --method nhs-2026.1 --activity energy.natural_gas --component direct",
    )
    _source(verb)
    for name in ("organisation", "period", "activity", "component", "tier"):
        verb.add_argument(f"--{name}", help=f"only rows with this {name}; the largest row that fits is shown")


def _factors(verbs: Verbs) -> None:
    group = _group(
        verbs,
        "factors",
        "list, show, verify and compare the published factors",
        "nhscarbon factors show energy.natural_gas.direct.kWh",
    )
    _add(group, "list", "list the data packages", "factors", "list_packages", "nhscarbon factors list")
    show = _add(
        group,
        "show",
        "show a factor in every edition, with its cell",
        "factors",
        "show",
        "nhscarbon factors show energy.natural_gas.direct.kWh",
    )
    show.add_argument("factor_id", help="a factor id, or the beginning of one")
    verify = _add(
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
    seal = _add(
        group,
        "seal",
        "write the hashes of a package of your own into its descriptor",
        "factors",
        "seal_package",
        example,
    )
    seal.add_argument("folder")
    diff = _add(
        group,
        "diff",
        "list what appeared, vanished and moved between two packages",
        "factors",
        "diff",
        "nhscarbon factors diff ukgov-2024 ukgov-2025 --over 15",
    )
    diff.add_argument("before")
    diff.add_argument("after")
    diff.add_argument("--over", type=float, default=0.0, metavar="PERCENT", help="leave out smaller moves")


def _method(verbs: Verbs) -> None:
    group = _group(verbs, "method", "list and show the methodologies", "nhscarbon method show nhs-2026.1")
    _add(group, "list", "list the methodologies", "methods", "list_methods", "nhscarbon method list")
    choose = _add(
        group,
        "options",
        "list what can be entered",
        "methods",
        "options",
        "nhscarbon method options nhs-2026.1 --theme water",
    )
    choose.add_argument("method", help=METHOD_HELP)
    for name in ("theme", "activity", "unit", "period"):
        choose.add_argument(f"--{name}", help=f"only this {name}")
    choose.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    compare = _add(
        group,
        "compare",
        "show the same activity under several methodologies",
        "methods",
        "compare",
        "nhscarbon method compare return.csv nhs-2026.1 nhs-2026.1-ar6",
    )
    compare.add_argument("file", metavar="FILE")
    compare.add_argument("methods", nargs="+", metavar="METHOD", help=METHOD_HELP)
    compare.add_argument("--by", default="activity", metavar="COLUMNS", help="default: activity")
    compare.add_argument("--boundary", help="each methodology's headline when left out")
    show = _add(
        group,
        "show",
        "show a methodology: its pins, boundaries, activities and units",
        "methods",
        "show",
        "nhscarbon method show nhs-2026.1 --theme water",
    )
    show.add_argument("method", help=METHOD_HELP)
    show.add_argument("--theme", help="only the activities of one theme")


def _schema(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "schema",
        "write the JSON Schema of what goes in or comes out",
        "schema",
        "schema",
        "nhscarbon schema activity",
    )
    verb.add_argument("of", choices=("activity", "finding", "footprint"))


def _project(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "project",
        "carry a footprint to later years, and say how likely it is to meet a target",
        "projection",
        "projection",
        "nhscarbon project return.csv --method nhs-2026.1 --to 2032/33\n"
        "  nhscarbon project return.csv --method nhs-2026.1 --base-year 2019/20 --inventory 2020-report "
        "--base-tco2e 62000",
    )
    _source(verb)
    verb.add_argument("--to", metavar="YEAR", help="the last NHS year; the national net zero year when left out")
    verb.add_argument("--base", metavar="YEAR", help="the measured year to start from; the last when left out")
    verb.add_argument("--boundary", help="the methodology's headline when left out")
    verb.add_argument("--drivers", metavar="FILE", help="CSV of growth: activity (pattern), growth_percent a year")
    verb.add_argument("--path", default="greenbook-grid-2023-1", metavar="NAME_OR_FOLDER", help="path of the grid")
    _target(verb)
    verb.add_argument("--by", default="", metavar="COLUMNS", help="such as theme or organisation")
    verb.add_argument("--draws", type=int, default=8192, help="worlds; default: 8192")
    verb.add_argument("--seed", type=int, default=2026, help="default: 2026")
    verb.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")
    verb.add_argument("--chart", metavar="OUT", help="write the fan to a PNG, SVG or PDF file")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--force", action="store_true", help="replace what is there")


def _plan(verbs: Verbs) -> None:
    example = "nhscarbon plan baseline.csv --actions actions.csv --budget budget.csv --format csv -o plan.csv"
    text = "choose which actions to fund, and when, within limits of money and people"
    verb = _add(
        verbs, "plan", text, "plan", "plan", f"{example}\n  nhscarbon plan baseline.csv --actions actions.csv --matrix"
    )
    verb.add_argument(
        "baseline",
        metavar="BASELINE",
        help="business as usual, CSV: organisation, theme, activity, unit, year, quantity, kgco2e",
    )
    verb.add_argument("--actions", required=True, metavar="FILE", help="the table of actions, CSV or Excel")
    verb.add_argument(
        "--budget", metavar="FILE", help="CSV: year and any of capital_gbp, revenue_gbp, staff_fte, target_tco2e"
    )
    for name, what in (
        ("capital-gbp", "capital [GBP]"),
        ("revenue-gbp", "running costs [GBP]"),
        ("staff-fte", "staff [FTE]"),
    ):
        verb.add_argument(f"--{name}", type=float, metavar="NUMBER", help=f"most {what} in every year")
    verb.add_argument("--carry-over", action="store_true", help="capital that is left over may be spent later")
    verb.add_argument(
        "--goal", choices=("tonnes", "cost"), default="tonnes", help="save the most, or meet the target for the least"
    )
    verb.add_argument(
        "--gap", type=float, default=0.01, help="how far from proven best the search may end; default: 0.01"
    )
    verb.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS", help="for each search; default: 10")
    verb.add_argument("--matrix", action="store_true", help="bring similar actions together instead of choosing")
    verb.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--force", action="store_true", help="replace OUT if it is there")


def _report(verbs: Verbs) -> None:
    verb = _add(
        verbs,
        "report",
        "write a report for people: one page that needs nothing else, or the same as a workbook",
        "report",
        "report",
        "nhscarbon report return.csv --method nhs-2026.1 -o report.html\n"
        "  nhscarbon report return-2023.csv --before return-2022.csv --keep site --method nhs-2026.1 -o report.xlsx\n"
        "  nhscarbon report return.csv --method nhs-2026.1 --to 2032/33 --base-year 2019/20 --inventory 2020-report "
        "--base-tco2e 62000 -o report.html",
    )
    _source(verb)
    verb.add_argument("--before", action="append", metavar="FILE", help="an earlier return, to say why it changed")
    verb.add_argument("--boundary", help="what the tables count; the headline when left out")
    verb.add_argument("--keep", default="", metavar="COLUMNS", help="site, for a table of sites")
    verb.add_argument(
        "--organisations", default="ods-2026-07", metavar="RELEASE",
        help="take names from this release; 'none' shows codes alone (default: ods-2026-07)",
    )  # fmt: skip
    verb.add_argument("--to", metavar="YEAR", help="project to this NHS year, for a trajectory")
    verb.add_argument("--drivers", metavar="FILE", help="of the projection, as for `nhscarbon project`")
    _target(verb)
    verb.add_argument("--seed", type=int, default=2026, help="default: 2026")
    verb.add_argument(
        "-o", "--output", default="report.html", metavar="OUT", help="OUT.html or OUT.xlsx (default: report.html)"
    )
    verb.add_argument("--force", action="store_true", help="replace OUT if it is there")


def _target(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--plan", default="nhs-net-zero-1", metavar="NAME_OR_FILE", help="targets; default: national")
    verb.add_argument("--base-year", metavar="YEAR", help="the year that targets are cuts on; without it, no target")
    verb.add_argument("--inventory", default="", help="version of the inventory that the cuts stand on")
    verb.add_argument("--base-tco2e", type=float, metavar="TONNES", help="total of --base-year if FILE has it not")
    verb.add_argument("--shape", choices=("linear", "geometric", "s_curve"), default="linear", help="default: linear")
    verb.add_argument("--residual", type=float, default=0.0, metavar="SHARE", help="of the base that net zero leaves")


def _source(verb: argparse.ArgumentParser, *, method: bool = True, files: tuple[str, ...] = ()) -> None:
    for name in files:
        verb.add_argument(name, metavar=name.upper(), help="CSV, Excel or Parquet")
    if not files:
        verb.add_argument("file", nargs="+", metavar="FILE", help="CSV, Excel or Parquet; several are added up")
    if method:
        verb.add_argument("--method", required=True, help=METHOD_HELP)
    verb.add_argument(
        "--overlay",
        action="append",
        default=[],
        metavar="FOLDER",
        help="a sealed package of your own factors, in front of the methodology's",
    )
    verb.add_argument(
        "--from",
        dest="kind",
        choices=("activity", "eric", "ledger"),
        default="activity",
        help="activity table (default), an estates return as published, or a ledger of payments",
    )
    for name, what in (("include", "count"), ("exclude", "leave out")):
        verb.add_argument(
            f"--{name}", action="append", default=[], metavar="RULE", help=f"{what} a ledger's rule against its default"
        )
    verb.add_argument("--mapping", metavar="NAME_OR_PATH", help="what each code of a ledger buys; with --from ledger")
    verb.add_argument(
        "--vat",
        dest="unit",
        choices=("net", "gross"),
        help="whether all amounts of a ledger are net of VAT or hold it; the mapping's own word when left out",
    )


def _group(verbs: Verbs, name: str, text: str, example: str) -> Verbs:
    group = verbs.add_parser(
        name,
        help=text,
        description=_sentence(text),
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return group.add_subparsers(dest="noun", required=True, metavar="WHAT")


def _add(verbs: Verbs, name: str, text: str, module: str, function: str, example: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name,
        help=text,
        description=_sentence(text),
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(run=_later(module, function))
    return verb


def _later(module: str, function: str) -> Callable[[argparse.Namespace], None]:
    """Load the verb's module when it runs, so that help and errors come at once."""

    def run(options: argparse.Namespace) -> None:
        getattr(import_module(f"nhscarbon.cli.{module}"), function)(options)

    return run


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
