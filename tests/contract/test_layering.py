"""Imports go one way, the kernel knows numpy only, and no activity code or factor value is in the code."""

import ast
import csv
import re
from pathlib import Path

import pytest

import nhscarbon as nc

REPO = Path(__file__).resolve().parents[2]
SRC = REPO / "src" / "nhscarbon"
# each room may import those before it
ORDER = (
    ("errors", "version", "period_words", "plain"),
    ("findings", "period", "kernel", "whole_files"),
    ("kernels", "columns"),
    ("combinations",),
    ("fast", "cells", "partial_files", "keys"),
    ("kernel_choice", "tally"),
    ("cube",),
    ("charts", "charts.style"),
    ("charts.wedges", "charts.abatement", "charts.matrix"),
    ("charts.fan",),
    ("units", "package", "activity.table", "activity.schema", "activity.number_words"),
    ("examples", "factors", "activity.limits", "activity.kinds"),
    ("activity.parquet",),
    ("activity.zipped", "activity.old_workbook"),
    ("activity.guard",),
    ("catalogue", "originals", "activity.code", "activity.grid", "stamp", "activity.places", "activity.workbook"),
    ("activity.form", "activity.sheets", "activity.join"),
    ("method", "activity.eric.layouts"),
    ("organisations", "organisations.soundness"),
    ("organisations.data",),
    ("organisations.codes", "organisations.shares"),
    ("organisations.local",),
    ("activity.eric.rules", "activity.build", "partials", "progress"),
    ("activity.arrow",),
    ("activity.csv_chunks",),
    ("activity.stream",),
    ("checks.entries",),
    ("checks.terms",),
    ("activity.isolated",),
    ("activity.eric.cells", "activity.read"),
    ("activity.eric.table",),
    ("activity.eric.door", "checks.check", "ledger", "ledger.mapping", "ledger.lines"),
    ("ledger.door",),
    ("raw_words",),
    ("engines",),
    ("summing",),
    ("sums",),
    ("resolve", "repeats"),
    ("present", "expand", "boundary"),
    ("typed_cells",),
    ("stakes",),
    ("across.rows", "across.bounds"),
    ("across", "across.repeated", "across.calendar", "across.plausible", "across.bodies", "across.files"),
    ("explain", "summary", "grouping"),
    ("draws",),
    ("unsure",),
    ("uncertainty", "certificate", "given"),
    ("bridge", "bridge.split", "bridge.breaks", "bridge.lines", "bridge.bridge"),
    ("bridge.compare", "charts.bars"),
    ("charts.themes", "charts.waterfall"),
    ("charts.tiers", "charts.trend", "charts.completeness"),
    ("reports", "reports.document", "reports.drawing"),
    ("reports.figures", "reports.page", "reports.workbook"),
    ("reports.changes", "reports.evidence"),
    ("reports.write",),
    ("footprint",),
    ("trajectory", "trajectory.series", "trajectory.assumptions", "trajectory.measurement", "trajectory.weather"),
    ("trajectory.actions",),
    ("trajectory.ground", "trajectory.delivery"),
    ("trajectory.action_checks",),
    ("trajectory.effects",),
    ("trajectory.shapes", "trajectory.spc", "trajectory.drivers", "trajectory.factor_path"),
    ("trajectory.target_path", "trajectory.factor_years"),
    ("trajectory.target",),
    ("trajectory.targets", "trajectory.monitoring", "trajectory.outcomes", "trajectory.business_as_usual"),
    ("trajectory.statistical", "trajectory.noise"),
    ("trajectory.backtest", "trajectory.projection"),
    ("organisations.rollup", "charts.funnel"),
    ("organisations.hierarchy", "organisations.versions"),
    ("organisations.base_year", "organisations.peers"),
    ("overlays", "choices", "months", "engine_lines", "spark"),
    ("supplied", "reported", "json_schemas"),
    ("calculation",),
    ("comparison", "submission", "feedback", "templates", "marked"),
    ("trajectory.action_table",),
    ("trajectory.action_reading", "trajectory.costs", "trajectory.programme", "trajectory.wedges"),
    ("trajectory.abatement", "trajectory.cuts", "trajectory.improving", "trajectory.matrix"),
    ("trajectory.solving", "trajectory.robust"),
    ("trajectory.portfolio",),
    ("trajectory.choosing",),
    ("cli.adding",),
    ("cli.arguments_of_many",),
    ("cli.arguments",),
    ("cli.footprint", "cli.factors", "cli.methods"),
    ("cli.certificates", "cli.reported", "cli.submission", "cli.rollup"),
    ("cli.compare", "cli.schema"),
    ("cli.projection", "cli.plan"),
    ("cli.report",),
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
ROOMS = {"units": {"pint"}, "package": {"pydantic"}, "method": {"pydantic"}}  # who alone may import it
FREE = {"findings": "nhscarbon.findings in errors is for the type checker"}


def modules(root=SRC):
    for path in sorted(root.rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text("utf-8"))


def imports(tree):
    """Yield what is imported at run time: type-checking blocks do not count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                [f"nhscarbon.{alias.name}" for alias in node.names] if node.module == "nhscarbon" else [node.module]
            )


def wrong_way(root=SRC):
    faults = []
    for name, tree in modules(root):
        if name in ("__init__", "cli", "activity", "activity.eric", "checks", ""):
            continue
        if name not in RANK:
            faults.append(f"{name} has no place in the order")
            continue
        for target in imports(tree):
            home = target.removeprefix("nhscarbon.")
            if target.startswith("nhscarbon.") and home in RANK and RANK[home] > RANK[name]:
                faults.append(f"{name} imports {home}")
            for room, libraries in ROOMS.items():
                if target.split(".")[0] in libraries and name not in {r for r, ls in ROOMS.items() if ls & libraries}:
                    faults.append(f"{name} imports {target}, which lives in {room}")
            if name == "kernel" and target.split(".")[0] not in {"numpy", "__future__", "collections", "typing"}:
                faults.append(f"kernel imports {target}")
    return faults


def code_words(root, codes, values):
    """Return literals of the code that are an activity code or a factor value; docstrings aside."""
    code_word = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(codes)))})(?!\w)")
    faults = []
    for name, tree in modules(root):
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
        }  # fmt: skip
        helped = {
            id(arg)
            for node in ast.walk(tree)
            if name == "cli.arguments" and isinstance(node, ast.Call)
            for arg in node.args
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in docs | helped:
                if isinstance(node.value, str) and code_word.search(node.value):
                    faults.append(f"{name}:{node.lineno} has an activity code: {node.value[:60]!r}")
                if isinstance(node.value, float) and node.value in values:
                    faults.append(f"{name}:{node.lineno} has a factor value: {node.value}")
    return faults


@pytest.fixture(scope="module")
def literals():
    data = REPO / "data"
    with (data / "catalogue" / "catalogue-1" / "activities.csv").open(encoding="utf-8") as stream:
        codes = {row["activity"] for row in csv.DictReader(stream)}
    values = set()
    for path in data.glob("emission_factors/*/factors.csv"):
        with path.open(encoding="utf-8") as stream:
            values |= {float(row["value"]) for row in csv.DictReader(stream)}
    # a table of 2011 is printed to two decimals: such numbers are too common to tell a factor from a cutoff
    return codes, {value for value in values if value != round(value, 2)}


def test_imports_go_one_way():
    assert wrong_way() == []


def test_no_public_name_is_also_a_module():
    """Importing the module would put it in the place of the function, for whoever asks for it later."""
    assert set(nc.__all__) & {path.stem for path in SRC.iterdir()} == set()


def test_no_activity_code_and_no_factor_value_is_in_the_code(literals):
    assert code_words(SRC, *literals) == []


@pytest.fixture
def planted(tmp_path):
    def plant(file, text):
        root = tmp_path / "nhscarbon"
        for path in SRC.rglob("*.py"):
            copy = root / path.relative_to(SRC)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text("utf-8"), "utf-8")
        with (root / file).open("a", encoding="utf-8") as stream:
            stream.write(text)
        return root

    return plant


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("resolve.py", "\nimport nhscarbon.footprint\n", "resolve imports footprint"),
        ("units.py", "\nfrom nhscarbon.method import Methodology\n", "units imports method"),
        ("kernel.py", "\nimport pandas\n", "kernel imports pandas"),
        ("footprint.py", "\nimport pint\n", "footprint imports pint, which lives in units"),
        ("stranger.py", "\n", "stranger has no place in the order"),
    ],
)
def test_a_planted_wrong_way_arrow_is_found(planted, file, text, fault):
    assert fault in wrong_way(planted(file, text))


@pytest.mark.parametrize(
    ("text", "fault"),
    [("\nX = 'energy.natural_gas'\n", "an activity code"), ("\nY = 0.18385\n", "a factor value"),
     ("\ndef z(x):\n    return x * 0.20705 if x == 'water.supply' else x\n", "a factor value")],
)  # fmt: skip
def test_a_planted_literal_is_found(planted, literals, text, fault):
    assert any(fault in found for found in code_words(planted("resolve.py", text), *literals))
