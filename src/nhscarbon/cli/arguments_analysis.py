"""What can be typed of footprints beside one another and ahead: compare, roll up, monitor, project, plan, report."""

from __future__ import annotations

import argparse

from nhscarbon.cli.parser import Verbs, add_answers, add_release, add_source, add_themes, add_verb


def add_verbs_of_many(verbs: Verbs) -> None:
    """Add the verbs."""
    for add in (_compare, _rollup, _organisation, _monitor, _project, _plan, _report):
        add(verbs)


def _compare(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "compare",
        "split the change between two footprints into activity, prices, factors, method and boundary",
        "compare",
        "compare",
        "nhscarbon compare return-2022.csv return-2023.csv --method nhs-2026.1 --by theme\n"
        "  nhscarbon compare eric-2016.csv eric-2023.csv --from eric --method nhs-2026.1 --by organisation\n"
        "  nhscarbon compare all-years.csv --years 2019/20,2023/24 --method nhs-2026.1",
    )
    add_source(verb, files=("before",))
    verb.add_argument("after", metavar="AFTER", nargs="?", help="CSV, Excel or Parquet; left out with --years")
    verb.add_argument("--years", default="", metavar="FIRST,LAST", help="the two NHS years, of files that hold more")
    verb.add_argument(
        "--totals", default="", metavar="SOURCE", help="BEFORE holds tonnes by theme that SOURCE supplied, no activity"
    )
    verb.add_argument(
        "--restate",
        metavar="DAY",
        help="put both on the organisations of this day; default: of the last day of the later year, where any merged; "
        "none: as reported",
    )
    verb.add_argument("--method-after", metavar="METHOD", help="the methodology of AFTER, if it is not --method")
    verb.add_argument("--boundary", help="count only what this boundary includes; default: the main total")
    verb.add_argument("--boundary-after", metavar="BOUNDARY", help="the boundary of AFTER, if it is not --boundary")
    verb.add_argument("--by", default="", metavar="COLUMNS", help="columns of the table, such as theme,component")
    verb.add_argument(
        "--match",
        default="organisation",
        metavar="COLUMNS",
        help="columns that match a line before with a line after: organisation (default), organisation,site or none",
    )
    verb.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")


def _rollup(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "roll-up",
        "add footprints up to systems, regions or England, as they were on any day",
        "rollup",
        "rollup",
        "nhscarbon roll-up eric-site.csv --from eric --method nhs-2026.1 --to icb --restate 2026-04-01",
    )
    add_source(verb)
    levels = ("trust", "pcn", "place", "icb", "region", "england")
    verb.add_argument("--to", required=True, choices=levels, help="trust is each organisation or its successor")
    verb.add_argument("--restate", default="", metavar="DAY", help="put all years on the organisations of this day")
    verb.add_argument("--on", default="", metavar="DAY", help="as --restate, and refuse what had closed by this day")
    verb.add_argument(
        "--by", default="", metavar="COLUMNS", help="further columns, such as theme, member or reported_by"
    )
    verb.add_argument("--boundary", help="count only what this boundary includes; default: the main total")
    add_release(verb)
    verb.add_argument("--local", metavar="FILE", help="CSV of your own memberships or shares: child,parent,level,share")
    verb.add_argument(
        "--unplaced",
        choices=("refuse", "keep"),
        default="refuse",
        help="what to do with organisations that belong to nothing at this level",
    )
    verb.add_argument("--eliminate", default="", metavar="RULE", help="such as recharges_between_members")
    verb.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")


def _organisation(verbs: Verbs) -> None:
    example = 'nhscarbon organisation RM2 --on 2018/19\n  nhscarbon organisation "barts health" --on 2018/19'
    verb = add_verb(verbs, "organisation", "show what a code was on a day, or find it by name", "rollup",
                "organisation", example)  # fmt: skip
    verb.add_argument("code", help="an ODS code, or a name")
    verb.add_argument("--on", required=True, metavar="DAY_OR_YEAR", help="such as 2026-04-01 or 2023/24")
    add_release(verb)


def _monitor(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "monitor",
        "say where each organisation and the system stand against the path to their targets",
        "monitor",
        "monitor",
        "nhscarbon monitor returns.csv --method nhs-2026.1 --base-totals totals-2019-20.csv\n"
        "  nhscarbon monitor eric-2019.csv eric-2023.csv --from eric --method nhs-2026.1 --to icb --show league",
    )
    add_source(verb)
    add_themes(verb)
    verb.add_argument(
        "--show",
        choices=("status", "sentences", "readings", "series", "year_to_date", "causes", "league", "intensities",
                 "energy"),
        default="status",
        help="what to write: where each stands (default), the sentences, both readings of a window, the years, the "
        "year to date, what changed and why, a league of progress, intensities, or energy by month",
    )  # fmt: skip
    _target(verb, monitored=True)
    verb.add_argument(
        "--reading", choices=("end", "first", "mean"), default="end",
        help="in which year of its window a target is due (default: end)",
    )  # fmt: skip
    verb.add_argument("--boundary", help="one boundary; default: both footprints")
    verb.add_argument(
        "--restate", default="", metavar="DAY",
        help="put all years on the organisations of this day; 'none' leaves them as reported (default: the last day of "
        "the latest year)",
    )  # fmt: skip
    levels = ("pcn", "place", "icb", "region", "england")
    verb.add_argument(
        "--to", default="", choices=levels, help="the level of the systems; default: all together are one"
    )
    verb.add_argument(
        "--organisations", default="ods-2026-07", metavar="RELEASE",
        help="release of organisations; 'none' takes each code as it is (default: ods-2026-07)",
    )  # fmt: skip
    verb.add_argument("--denominators", metavar="FILE", help="CSV: organisation, period, measure, value, unit")
    verb.add_argument(
        "--degree-days", metavar="FILE", help="CSV: month, heating, normal_heating, to correct energy for the weather"
    )
    verb.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")


def _project(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "project",
        "project a footprint to later years, and show how likely it is to meet a target",
        "projection",
        "projection",
        "nhscarbon project return.csv --method nhs-2026.1 --to 2032/33\n"
        "  nhscarbon project return.csv --method nhs-2026.1 --base-year 2019/20 --inventory 2020-report "
        "--base-tco2e 62000\n"
        "  nhscarbon project return.csv --method nhs-2026.1 --boundary nhs_carbon_footprint_plus --pathways all "
        "--assumption supply_chain_intensity=default",
    )
    add_source(verb)
    verb.add_argument("--to", metavar="YEAR", help="the last NHS year; default: the national net zero year")
    verb.add_argument("--base", metavar="YEAR", help="the measured year to start from; default: the last")
    verb.add_argument("--boundary", help="count only what this boundary includes; default: the main total")
    verb.add_argument("--drivers", metavar="FILE", help="CSV of growth: activity (pattern), growth_percent a year")
    verb.add_argument(
        "--path", default="greenbook-grid-2023-1", metavar="NAME_OR_FOLDER", help="path of the electricity grid factor"
    )
    verb.add_argument(
        "--pathways", choices=("low", "central", "high", "all"),
        help="published pathways of travel, fleet, heating, waste and gases; all: three lines; default: the grid alone",
    )  # fmt: skip
    verb.add_argument(
        "--assumption", action="append", default=[], metavar="NAME=VALUE",
        help="an assumption that you make yours, such as supply_chain_intensity=default, =low, =0.7 or "
        "=2030:0.9,2040:0.7; needs --pathways; may be given more than once; a wrong NAME shows them all",
    )  # fmt: skip
    _target(verb)
    verb.add_argument("--by", default="", metavar="COLUMNS", help="such as theme or organisation")
    verb.add_argument("--draws", type=int, default=8192, help="number of simulations; default: 8192")
    verb.add_argument("--seed", type=int, default=2026, help="default: 2026")
    verb.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")
    verb.add_argument("--chart", metavar="OUT", help="write the fan chart to a PNG, SVG or PDF file")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace files that already exist")


def _plan(verbs: Verbs) -> None:
    example = "nhscarbon plan baseline.csv --actions actions.csv --budget budget.csv --format csv -o plan.csv"
    text = "choose which actions to fund, and when, within limits of money and people"
    verb = add_verb(verbs, "plan", text, "plan", "plan", example)
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
        verb.add_argument(f"--{name}", type=float, metavar="NUMBER", help=f"the limit of {what} in every year")
    verb.add_argument("--carry-over", action="store_true", help="allow capital that is left over to be spent later")
    verb.add_argument(
        "--goal", choices=("tonnes", "cost"), default="tonnes", help="save the most, or meet the target for the least"
    )
    verb.add_argument(
        "--gap", type=float, default=0.01, help="how far from the proven best plan the search may end; default: 0.01"
    )
    verb.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS", help="for each search; default: 10")
    verb.add_argument("--format", choices=("table", "csv"), default="table", help="default: table")
    verb.add_argument("-o", "--output", metavar="OUT", help="write to a file instead of stdout")
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")


def _report(verbs: Verbs) -> None:
    verb = add_verb(
        verbs,
        "report",
        "write a report as one web page or as a workbook: for analysts, or one page for a board",
        "report",
        "report",
        "nhscarbon report return.csv --method nhs-2026.1 -o report.html\n"
        "  nhscarbon report returns/*.csv --method nhs-2026.1 --kind board --title 'Our Trust' -o board.html\n"
        "  nhscarbon report return-2023.csv --before return-2022.csv --keep site --method nhs-2026.1 -o report.xlsx\n"
        "  nhscarbon report return.csv --method nhs-2026.1 --to 2032/33 --base-year 2019/20 --inventory 2020-report "
        "--base-tco2e 62000 -o report.html",
    )
    add_source(verb)
    add_themes(verb)
    verb.add_argument(
        "--kind", dest="report_kind", choices=("analyst", "board"), default="analyst",
        help="analyst: everything, with the evidence; board: one page of A4 (default: analyst)",
    )  # fmt: skip
    verb.add_argument("--title", default="", help="whose report it is; default: the organisation's name")
    verb.add_argument(
        "--actions", metavar="FILE", help="next actions of a board page, CSV: action, lead, by, tco2e; up to four"
    )
    verb.add_argument(
        "--before", action="append", metavar="FILE", help="an earlier return, to show why the footprint changed"
    )
    verb.add_argument("--boundary", help="show this boundary too, beside both footprints")
    verb.add_argument("--keep", default="", metavar="COLUMNS", help="columns to keep; site gives a table of sites")
    verb.add_argument(
        "--organisations", default="ods-2026-07", metavar="RELEASE",
        help="ODS release used to check organisation codes and name them; 'none' does neither (default: ods-2026-07)",
    )  # fmt: skip
    add_answers(verb)
    verb.add_argument("--to", metavar="YEAR", help="project to this NHS year, for a trajectory")
    verb.add_argument("--drivers", metavar="FILE", help="growth for the projection, as for `nhscarbon project`")
    _target(verb)
    verb.add_argument("--seed", type=int, default=2026, help="default: 2026")
    verb.add_argument(
        "-o", "--output", default="report.html", metavar="OUT", help="OUT.html or OUT.xlsx (default: report.html)"
    )
    verb.add_argument("--overwrite", action="store_true", help="replace OUT if it already exists")


def _target(verb: argparse.ArgumentParser, *, monitored: bool = False) -> None:
    verb.add_argument("--plan", default="nhs-net-zero-1", metavar="NAME_OR_FILE", help="targets; default: national")
    without = "2019/20 where the targets have it" if monitored else "without it, no target"
    verb.add_argument("--base-year", metavar="YEAR", help=f"the base year of the targets; {without}")
    verb.add_argument("--inventory", default="", help="version of the national inventory that the targets use")
    if not monitored:
        verb.add_argument("--base-tco2e", type=float, metavar="TONNES", help="total of --base-year, if FILE lacks it")
    verb.add_argument(
        "--base-totals",
        metavar="FILE",
        help="CSV of totals of --base-year by theme that someone else calculated, if FILE lacks it: organisation, "
        "period, theme, tco2e, vintage, method_note",
    )
    verb.add_argument("--base-source", metavar="TEXT", help="who supplied --base-totals; default: its file name")
    verb.add_argument("--shape", choices=("linear", "geometric", "s_curve"), default="linear", help="default: linear")
    verb.add_argument(
        "--residual", type=float, default=0.0, metavar="SHARE", help="share of the base year that is left at net zero"
    )
