"""The front desk: its names, the rooms beside it, what they take, and that nothing is loaded before it is used."""

import inspect
import json
import pydoc
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.methods.data_package import seal

SRC = Path(nc.__file__).parent
ROOMS = ("activity", "analysis", "exchange", "footprint", "methods", "submissions", "sums", "trajectory")
FACES = ("nhscarbon", *(f"nhscarbon.{room}" for room in ROOMS))
TOOLTIP = 360  # letters: three lines of an editor
RAISES = re.compile(r"^ *Raises\n *-+\n(.*?)(?:\n *\n *[A-Z]\w+\n *-+\n|\"\"\")", re.M | re.S)
BARE = """
import sys

extras = "pyarrow openpyxl python_calamine matplotlib numba pyspark polars duckdb dask ibis"
sys.modules.update(dict.fromkeys(extras.split()))  # none of them can be found
"""


@pytest.mark.parametrize("name", FACES)
def test_every_name_of_a_face_is_there_and_no_other(name):
    face = import_module(name)
    assert dir(face) == sorted(face.__all__)
    assert len(set(face.__all__)) == len(face.__all__)
    for each in face.__all__:
        assert getattr(face, each) is not None
    assert set(face._HOME) == set(face.__all__) - {"__version__"}
    with pytest.raises(AttributeError, match=f"module '{name}' has no attribute 'fly'"):
        face.fly  # noqa: B018  that it is not there is the point


def test_no_name_stands_at_two_faces():
    names = [each for name in FACES for each in import_module(name).__all__]
    assert sorted(set(names)) == sorted(names)


def test_a_name_is_the_function_also_after_its_module_was_imported():
    """The import of a module puts it into its package, over a name that is spelled as it is."""
    code = (
        "import pkgutil, importlib, inspect, nhscarbon\n"
        "for each in pkgutil.walk_packages(nhscarbon.__path__, 'nhscarbon.'): importlib.import_module(each.name)\n"
        f"for face in map(importlib.import_module, {FACES!r}):\n"
        "    for name in face.__all__: assert not inspect.ismodule(getattr(face, name)), (face, name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_face_loads_nothing_until_it_is_used():
    code = f"import sys\nfor name in {FACES!r}: __import__(name)\n" + (
        "own = {name for name in sys.modules if name.startswith('nhscarbon')}\n"
        f"assert own == {{*{FACES!r}, 'nhscarbon.version', 'nhscarbon.output', 'nhscarbon.output.faces'}}, own\n"
        "assert not {'numpy', 'pandas', 'pint', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_room_is_at_hand_without_an_import_of_its_own():
    subprocess.run(
        [sys.executable, "-c", "import nhscarbon as nc; nc.trajectory.Action; nc.analysis.base_year"], check=True
    )


def test_every_error_that_a_docstring_names_can_be_caught_by_it():
    named = set()
    for path in SRC.rglob("*.py"):
        for section in RAISES.findall(path.read_text("utf-8")):
            named |= set(re.findall(r"^ *(\w+)$", section, re.M)) - {"ValueError"}
    assert {"UsageError", "SubmissionError", "UnreadableError"} <= named
    for name in sorted(named):
        assert issubclass(getattr(nc, name), nc.NHSCarbonError), name


def functions():
    return [(name, each, getattr(import_module(name), each)) for name in FACES for each in import_module(name).__all__
            if inspect.isfunction(getattr(import_module(name), each))]  # fmt: skip


@pytest.mark.parametrize(
    ("face", "name", "function"), functions(), ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_signature_fits_a_tooltip(face, name, function):
    assert len(str(inspect.signature(function)).replace("'", "")) <= TOOLTIP


def test_every_method_is_a_methodology_or_its_id(method, tmp_path):
    taking = {name for _, name, function in functions() if "method" in inspect.signature(function).parameters}
    path, rows = nc.example("trust-year.csv"), pd.read_csv(nc.example("trust-year.csv"))
    stated = rows.assign(reported_tco2e=1.0)
    supplied = pd.DataFrame({"organisation": ["RX1"], "period": ["2019/20"], "theme": ["water"], "tco2e": [101.0],
                             "vintage": ["2022"], "method_note": ["apportioned"]})  # fmt: skip
    (folder := tmp_path / "ours").mkdir()
    sealed = own_factors(folder)
    calls = {
        "calculate": lambda which: nc.calculate(rows, which).table,
        "check": lambda which: nc.check(path, which).table,
        "completeness": lambda which: nc.footprint.completeness(path, which),
        "check_reported": lambda which: str(nc.submissions.check_reported(stated, which)),
        "template": lambda which: nc.template(tmp_path / "t.xlsx", which, overwrite=True).read_bytes(),
        "options": nc.methods.options,
        "find": lambda which: nc.find("gas", which, unit="kWh").table,
        "propose_mapping": lambda which: nc.propose_mapping(path, which).table,
        "export_method": lambda which: nc.exchange.export_method(which, tmp_path / "out", overwrite=True)[
            -1
        ].read_bytes(),
        "supplied_footprint": lambda which: nc.analysis.supplied_footprint(supplied, which, source="us").sha256,
        "overlay": lambda which: nc.methods.overlay(which, sealed).digest,
    }
    assert taking == calls.keys()
    for name, call in calls.items():
        by_id, by_object = call(method.id), call(method)
        same = by_id.equals(by_object) if isinstance(by_id, pd.DataFrame) else by_id == by_object
        assert same, name
        assert "there is no methodology 'nhs-2025'" in refusal(lambda call=call: call("nhs-2025"))


def own_factors(folder):
    """Write a sealed package of one factor."""
    row = {"factor_id": "ours.kWh", "activity": "energy.electricity.grid", "component": "generation_market",
           "scope": 2, "value": "0.05", "unit": "kgCO2e/kWh", "geography": "UK", "valid_from": "2023-04-01",
           "valid_to": "2024-04-01", "gwp_basis": "AR5", "uncertainty": "", "locator": "bill", "note": ""}  # fmt: skip
    pd.DataFrame([row]).to_csv(folder / "factors.csv", index=False, lineterminator="\n")
    descriptor = {"name": "ours", "version": "1.0.0", "title": "Our own", "kind": "overlay",
                  "sources": [{"title": "our supplier"}], "licenses": [{"name": "ours"}]}  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    seal(folder)
    return folder


def refusal(call):
    with pytest.raises(nc.NHSCarbonError) as caught:
        call()
    return str(caught.value)


def test_help_describes_the_front_desk():
    text = pydoc.plain(pydoc.render_doc(nc))
    for word in ("calculate(", "class Footprint", "nhscarbon.trajectory", "SubmissionError"):
        assert word in text


@pytest.mark.parametrize("code", [
    "import nhscarbon as nc; assert all(hasattr(nc, name) for name in nc.__all__)",
    f"import nhscarbon as nc; assert all(hasattr(getattr(nc, room), name) for room in {ROOMS!r} "
    "for name in getattr(nc, room).__all__)",
    "from nhscarbon import *; assert calculate(example('trust-year.csv'), 'nhs-2026.1').total('scope_1') > 0",
    "import pydoc, nhscarbon as nc; assert 'calculate(' in pydoc.plain(pydoc.render_doc(nc))",
])  # fmt: skip
def test_a_bare_install_has_every_name(code):
    subprocess.run([sys.executable, "-c", BARE + code], check=True)


@pytest.mark.parametrize(("call", "extra"), [
    ("nc.template('return.xlsx', 'nhs-2026.1')", "excel"),
    ("nc.write_report(nc.calculate(nc.example('trust-year.csv'), 'nhs-2026.1'), 'report.xlsx')", "excel"),
    ("nc.activity.write_parquet(__import__('pandas').DataFrame({'a': [1]}), 'x.parquet')", "arrow"),
    ("nc.sums.spark_partial(None, 'x.parquet')", "spark"),
    ("nc.read('x.parquet')", "arrow"),
    ("nc.calculate('x.parquet', 'nhs-2026.1')", "arrow"),
    ("nc.calculate('folder', 'nhs-2026.1')", "arrow"),
])  # fmt: skip
def test_what_needs_an_extra_says_which(tmp_path, call, extra):
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and so on PAR1")
    (tmp_path / "folder").mkdir()
    code = f"{BARE}\nimport nhscarbon as nc\ntry:\n    {call}\nexcept nc.NHSCarbonError as error:\n    print(error)\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"nhscarbon[{extra}]" in done.stdout
