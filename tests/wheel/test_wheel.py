"""The built wheel, installed bare in a clean environment and used from an empty folder."""

import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import openpyxl
import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests" / "docs"))
from blocks import run  # noqa: E402  beside the docs that it runs
from walks import WALKS, printed, shown  # noqa: E402  and the scripts of examples/walks

BIN = "Scripts" if sys.platform == "win32" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(REPO)], check=True,
                   capture_output=True)  # fmt: skip
    return next(out.glob("*.whl"))


def installed(home, what):
    venv.create(home, with_pip=True)
    executable = home / BIN / "python"
    subprocess.run([executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", what], check=True)
    return str(executable)


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    return installed(tmp_path_factory.mktemp("clean"), str(wheel))


@pytest.fixture(scope="module")
def python_with_excel(wheel, tmp_path_factory):
    return installed(tmp_path_factory.mktemp("excel"), f"{wheel}[excel]")


def test_the_wheel_carries_all_the_data_and_is_small(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {f"nhscarbon/{path.relative_to(REPO)}" for path in (REPO / "data").rglob("*") if path.is_file()}
    assert data <= names
    assert "nhscarbon/py.typed" in names
    assert wheel.stat().st_size < 8_000_000


def test_the_readme_works_word_for_word_in_an_empty_folder(python, tmp_path):
    assert run(REPO / "README.md", tmp_path, python) == []


def test_the_first_tutorial_works_word_for_word_in_an_empty_folder(python, tmp_path):
    assert run(REPO / "docs" / "tutorial" / "first-footprint.md", tmp_path, python) == []


def test_the_tutorial_of_a_whole_year_works_word_for_word_in_an_empty_folder(python_with_excel, tmp_path):
    assert run(REPO / "docs" / "tutorial" / "whole-year.md", tmp_path, python_with_excel) == []


@pytest.mark.parametrize("script", WALKS, ids=lambda script: script.stem)
def test_a_walk_prints_the_transcript_of_its_page_in_an_empty_folder(python, python_with_excel, tmp_path, script):
    needs_excel = "nhscarbon[excel]" in script.read_text("utf-8").split('"""')[1]
    assert printed(script, tmp_path, python_with_excel if needs_excel else python) == shown(WALKS[script])


def test_every_walk_has_its_page():
    assert set(WALKS) == set((REPO / "examples" / "walks").glob("*.py"))


def test_a_bare_install_has_no_extras_and_says_how_to_get_them(python, tmp_path):
    have = subprocess.run([python, "-m", "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True)
    assert not {"pyarrow", "python_calamine", "python-calamine"} & {line.split("==")[0] for line in have.stdout.split()}
    openpyxl.Workbook().save(tmp_path / "return.xlsx")
    done = subprocess.run([Path(python).parent / "nhscarbon", "footprint", "return.xlsx", "--method", "nhs-2026.1"],
                          cwd=tmp_path, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 3
    assert re.search(r'pip install "?nhscarbon\[excel\]', done.stderr)
    assert done.stdout == ""


def test_the_command_line_works_from_another_folder(python, tmp_path):
    done = subprocess.run([Path(python).parent / "nhscarbon", "factors", "verify"], cwd=tmp_path, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "CHANGED" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_bare_install_exports_a_method_as_csv_and_says_what_parquet_needs(python, tmp_path):
    command = [Path(python).parent / "nhscarbon", "method", "export", "nhs-2026.1", "-o", "method"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert 'pip install "nhscarbon[arrow]"' in done.stderr
    assert {path.suffix for path in (tmp_path / "method").iterdir()} == {".csv", ".json"}
    assert (tmp_path / "method" / "multipliers.csv").read_bytes().count(b"\n") > 40_000
