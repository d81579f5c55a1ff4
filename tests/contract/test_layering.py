"""Imports go down the house: rooms, every kind of import, libraries in their rooms; planted wrong arrows are found."""

import ast
import csv
import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

import nhscarbon as nc

REPO = Path(__file__).resolve().parents[2]
SRC = REPO / "src" / "nhscarbon"

# from the cellar up: a room imports those above it in this list, and itself; two in one row never meet
ROOMS = (
    ("version", "errors", "kept"),
    ("period_words",),
    ("period_questions",),
    ("periods", "output"),
    ("findings",),
    ("methods",),
    ("organisations",),
    ("activity",),
    ("sums",),
    ("checks",),
    ("footprint",),
    ("submissions", "analysis"),
    ("trajectory", "exchange"),
    ("reporting",),
    ("cli",),
)
# inside a room, by the first folder or file that is named; what is not named may be imported by all of its room
INSIDE = {
    "activity": (("files", "columns", "schema", "numbers"), ("encoding", "activity"), ("eric", "ledger", "readers")),
    "trajectory": (("targets",), ("actions", "pathways"), ("projection", "planning", "monitoring", "green_plan")),
    "reporting": (("drawing",), ("charts",), ("report",), ("green_plan",)),
}
FRIENDS = {"activity.encoding", "activity.activity"}  # in one row, and yet one may ask the other
LIBRARIES = {  # who alone may import it
    "pint": ("methods.units",),
    "pydantic": ("methods", "findings"),
    "numba": ("sums.numba_kernel",),
    "pyspark": ("sums.sum_in_spark",),
    "matplotlib": ("reporting.drawing",),
    "python_calamine": ("activity.files", "methods.verification"),
    "pyarrow": ("activity.readers", "sums", "footprint.lines_in_engine", "exchange.parquet"),
    "narwhals": ("activity.readers", "sums", "footprint", "analysis.comparison"),
    "openpyxl": ("output", "submissions", "reporting.report", "trajectory.actions"),
    "scipy": ("organisations", "analysis", "trajectory"),
}
ONLY_NUMPY = ("sums.arithmetic",)  # with the type of a code, which is numpy's too
# rooms whose own file is a face like the front desk: a table of names, loaded when they are used; for users alone
FACES = ("activity", "analysis", "exchange", "footprint", "methods", "submissions", "sums", "trajectory")
# these tables, the commands' loaders, and what finds the modules of its own folder may import by name
FOLDERS = ("checks.all_rules", "activity.readers.from_bytes", "reporting.charts.chart")
LOADERS = ("", *FACES, "output.faces", "cli", "cli.parser", *FOLDERS)
LONGEST = 400  # lines of a module


class Arrow(NamedTuple):
    """One import: the module that has it, what it names, and whether it stands inside a function."""

    file: str
    target: str
    inside: bool


def modules(root=SRC):
    for path in sorted(root.rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        yield "" if name == "__init__" else name.removesuffix(".__init__"), path


@lru_cache(maxsize=1024)
def parsed(text):
    """Return the imports of a module as nodes, each with whether it stands inside a function."""
    found = []

    def walk(node, inside):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom | ast.Call):
                found.append((child, inside))
            walk(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    walk(ast.parse(text), False)
    return found


def arrows(root=SRC):
    """Yield every import: at the top, for type checking, inside functions, and by name."""
    files = {name: path.read_text("utf-8") for name, path in modules(root)}
    for name, text in files.items():
        for node, inside in parsed(text):
            for target in _targets(node, name, files):
                yield Arrow(name, target, inside)


def _targets(node, file, files):
    """Return what one statement or call imports, own modules resolved to the module that is meant."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        package = file.split(".")[: -node.level or None] if node.level else []
        base = ".".join([*(["nhscarbon", *package] if node.level else []), *([node.module] if node.module else [])])
        if base.split(".")[0] != "nhscarbon":
            return [base]
        own = base.removeprefix("nhscarbon").lstrip(".")
        names = [f"{own}.{alias.name}".lstrip(".") for alias in node.names]
        return [f"nhscarbon.{name if name in files else own}".rstrip(".") for name in names]
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
        text = node.args[0] if node.args else ast.Constant("")
        if isinstance(text, ast.Constant):
            return [str(text.value)]
        return ["nhscarbon.?"]
    return []


def row_of(name, rows):
    return next((row for row, names in enumerate(rows) if name in names), None)


def faults(root=SRC):
    """Return what is wrong with the house, in words."""
    found = [f"{path.name} has no place in the house" for path in sorted(root.iterdir())
             if path.name not in ("__init__.py", "__main__.py", "py.typed", "__pycache__", "data")
             and row_of(path.stem, ROOMS) is None]  # fmt: skip
    every = list(arrows(root))
    for file, target, inside in every:
        if target.split(".")[0] != "nhscarbon":
            found += _library(file, target)
            continue
        own = target.removeprefix("nhscarbon").lstrip(".")
        if own == "?":
            found += [f"{file} imports by a name that cannot be read"] if file not in LOADERS else []
            continue
        if inside and file not in LOADERS:
            found.append(f"{file} imports {own or 'nhscarbon'} inside a function")
        if file not in ("", "__main__"):
            found += _upwards(file, own)
    return [*found, *circles(every)]


def _upwards(file, own):
    if not own:
        return [f"{file} imports the front desk"]
    if own in FACES:
        return [f"{file} imports the face of {own}"]
    here, there = file.split("."), own.split(".")
    rows, place = ROOMS, (here[0], there[0])
    if here[0] == there[0]:
        if len(here) < 2 or len(there) < 2 or here[1] == there[1] or {file, own} <= FRIENDS:
            return []
        rows, place = INSIDE.get(here[0], ()), (here[1], there[1])
    first, second = (row_of(name, rows) for name in place)
    if first is None or second is None:
        return []
    if place[0] == place[1] or second < first:
        return []
    return [f"{file} imports {own}, which lies {'beside' if first == second else 'above'}"]


def _library(file, target):
    top = target.split(".")[0]
    homes = LIBRARIES.get(top, ())
    if homes and not any(file == home or file.startswith(f"{home}.") for home in homes):
        return [f"{file} imports {top}, which lives in {', '.join(homes)}"]
    if file in ONLY_NUMPY and top not in ("numpy", "__future__", "collections", "typing"):
        return [f"{file} imports {top}, and knows numpy alone"]
    return []


def circles(every):
    """Return the circles of files, each once."""
    edges = {}
    for file, target, _ in every:
        if target.startswith("nhscarbon.") and file not in LOADERS:
            edges.setdefault(file, set()).add(target.removeprefix("nhscarbon."))
    found, done = [], set()

    def walk(name, path):
        if name in path:
            found.append(f"circle: {' > '.join([*path[path.index(name) :], name])}")
        elif name not in done:
            for other in sorted(edges.get(name, ())):
                walk(other, [*path, name])
            done.add(name)

    for name in sorted(edges):
        walk(name, [])
    return found


def code_words(root, codes, values):
    """Return literals of the code that are an activity code or a factor value; docstrings aside."""
    code_word = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(codes)))})(?!\w)")
    found = []
    for name, path in modules(root):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
        }  # fmt: skip
        helped = {
            id(arg)
            for node in ast.walk(tree)
            if name.startswith("cli.arguments") and isinstance(node, ast.Call)
            for arg in node.args
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in docs | helped:
                if isinstance(node.value, str) and code_word.search(node.value):
                    found.append(f"{name}:{node.lineno} has an activity code: {node.value[:60]!r}")
                if isinstance(node.value, float) and node.value in values:
                    found.append(f"{name}:{node.lineno} has a factor value: {node.value}")
    return found


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


def test_imports_go_down_the_house():
    assert faults() == []


def test_no_public_name_is_also_a_room_or_a_root_file():
    """Importing the module would put it in the place of the function, for whoever asks for it later."""
    assert set(nc.__all__) & {path.stem for path in SRC.iterdir()} == set()
    for face in FACES:
        room = import_module(f"nhscarbon.{face}")
        assert set(room.__all__) & {path.stem for path in (SRC / face).iterdir()} == set(), face


def test_no_module_is_longer_than_can_be_read_at_once():
    assert [name for name, path in modules() if len(path.read_text("utf-8").splitlines()) > LONGEST] == []


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
        (root / file).parent.mkdir(exist_ok=True)
        with (root / file).open("a", encoding="utf-8") as stream:
            stream.write(f"\n{text}\n")
        return root

    return plant


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("methods/units.py", "from nhscarbon.checks import check_words", "methods.units imports checks.check_words"),
        ("methods/units.py", "from nhscarbon.checks import Term", "methods.units imports checks, which lies above"),
        ("methods/resolution.py", "import nhscarbon.footprint.footprint", "methods.resolution imports footprint."),
        ("sums/cells.py", "if TYPE_CHECKING:\n    from nhscarbon.checks import totals", "sums.cells imports checks"),
        ("checks/words.py", "def f():\n    from nhscarbon.footprint import calculate", "checks.words imports foot"),
        ("checks/words.py", "def f():\n    from nhscarbon.checks import totals", "checks.totals inside a function"),
        ("footprint/grouping.py", "import nhscarbon", "footprint.grouping imports the front desk"),
        ("footprint/grouping.py", "from nhscarbon import calculate", "footprint.grouping imports the front desk"),
        ("output/text.py", 'import_module("nhscarbon.findings")', "output.text imports findings, which lies above"),
        ("output/text.py", 'importlib.import_module(f"nhscarbon.{name}")', "imports by a name that cannot be read"),
        ("reporting/report/write.py", "from nhscarbon.analysis import benchmark", "imports the face of analysis"),
        ("analysis/supplied.py", "from nhscarbon.analysis import base_year", "imports the face of analysis"),
        ("sums/cells.py", "import nhscarbon.methods", "sums.cells imports the face of methods"),
        ("sums/cells.py", "from ..footprint import calculate", "sums.cells imports footprint.calculate"),
        ("submissions/check.py", "from nhscarbon.analysis import supplied", "analysis.supplied, which lies beside"),
        ("activity/eric/tidy.py", "from nhscarbon.activity.readers.read import read", "which lies beside"),
        ("trajectory/targets/shapes.py", "from nhscarbon.trajectory.planning import choose", "which lies above"),
        ("activity/columns.py", "from nhscarbon.activity.numbers import PLAIN\nimport nhscarbon.activity.activity",
         "circle: "),
        ("footprint/footprint.py", "import pint", "footprint.footprint imports pint, which lives in methods.units"),
        ("footprint/footprint.py", "def f():\n    import openpyxl", "footprint.footprint imports openpyxl"),
        ("sums/arithmetic.py", "import pandas", "sums.arithmetic imports pandas, and knows numpy alone"),
        ("stranger.py", "", "stranger.py has no place in the house"),
        ("corner/__init__.py", "", "corner has no place in the house"),
    ],
)  # fmt: skip
def test_a_planted_wrong_arrow_is_found(planted, file, text, fault):
    assert [each for each in faults(planted(file, text)) if fault in each]


@pytest.mark.parametrize(
    ("text", "fault"),
    [("X = 'energy.natural_gas'", "an activity code"), ("Y = 0.18385", "a factor value"),
     ("def z(x):\n    return x * 0.20705 if x == 'water.supply' else x", "a factor value")],
)  # fmt: skip
def test_a_planted_literal_is_found(planted, literals, text, fault):
    assert any(fault in found for found in code_words(planted("methods/resolution.py", text), *literals))


def test_a_module_is_loaded_by_its_name_at_the_front_desk_and_in_folders_of_parts_alone():
    """A name in a text would let a room look up, unseen by the test of imports."""
    found = {str(path.relative_to(SRC)) for path in SRC.rglob("*.py")
             if re.search(r"\bimport_module\b|__import__\(", path.read_text("utf-8"))}  # fmt: skip
    assert found == {"__init__.py", "output/faces.py", "checks/all_rules.py", "activity/readers/from_bytes.py",
                     "reporting/charts/chart.py", "cli/parser.py"}  # fmt: skip
