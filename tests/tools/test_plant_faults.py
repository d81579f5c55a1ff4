"""Planting faults: the listed ones still apply, and a planted one is noticed where a test looks, and nowhere else."""

import shlex
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import plant_faults  # noqa: E402  a tool of this repository

FAULTS = plant_faults.listed_faults(REPO)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_listed_fault_still_applies_and_leaves_python_behind(fault):
    compile(fault.planted(REPO), fault.file, "exec")
    paths = [word for word in shlex.split(fault.tests) if word.startswith("tests/")]
    assert fault.file.startswith("src/")
    assert fault.meaning.endswith(".")
    assert paths
    for word in paths:
        path, *names = word.split("::")
        assert all(f"def {name.partition('[')[0]}(" in (REPO / path).read_text("utf-8") for name in names), word


TOY = {
    "pyproject.toml": "[tool.pytest.ini_options]\nminversion = '8'\n",
    "src/toy.py": "def larger(one, two):\n    return one if one > two else two\n\n\nWORD = 'tonne'\n",
    "tests/test_toy.py": "import toy\n\n\ndef test_larger():\n    assert toy.larger(1, 2) == 2\n\n\n"
    "def test_wrong():\n    assert toy.larger(1, 2) == 1\n",
    "tests/mutants/toy.toml": """
[smaller]
file = "src/toy.py"
old = "one > two"
new = "one < two"
tests = "tests/test_toy.py::test_larger"
meaning = "The smaller is returned."

[either]
file = "src/toy.py"
old = "one > two"
new = "one >= two"
tests = "tests/test_toy.py::test_larger"
meaning = "Of equal numbers the first is returned."
equivalent = "Equal numbers are the same."

[word]
file = "src/toy.py"
old = "'tonne'"
new = "'kg'"
tests = "tests/test_toy.py::test_larger"
meaning = "A word that no test looks at."

[forever]
file = "src/toy.py"
old = "return one"
new = "while True: pass\\n    return one"
tests = "tests/test_toy.py::test_larger"
meaning = "It never ends."
hangs = true

[fails_before]
file = "src/toy.py"
old = "one > two"
new = "one < two"
tests = "tests/test_toy.py::test_wrong"
meaning = "Its test fails without it."

[no_python]
file = "src/toy.py"
old = "return one"
new = "return one one"
tests = "tests/test_toy.py::test_larger"
meaning = "It does not compile."
""",
}


@pytest.fixture
def toy(tmp_path):
    for name, text in TOY.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def run(root, *only, more=()):
    return plant_faults.main(["--root", str(root), "--only", *only, *more])


def test_a_fault_is_noticed_where_a_test_looks_and_each_other_is_told_apart(toy, monkeypatch, capsys):
    monkeypatch.setattr(plant_faults, "PATIENCE", 2.0)
    assert run(toy, "toy.*", more=["--jobs", "2", "--write", str(toy / "page.md")]) == 1
    printed, page = capsys.readouterr().out, (toy / "page.md").read_text()
    assert "6 planted, 2 noticed" in printed
    assert "| toy | 6 | 2 | 33% |" in page
    assert "| `toy.smaller` | The smaller is returned. | tests/test_toy.py::test_larger |" in page
    assert "| `toy.forever` | It never ends. | out of time |" in page
    assert "`toy.either` (not noticed): Of equal numbers the first is returned. Equal numbers are the same." in page
    assert "toy.word: not noticed" in printed
    assert "toy.either:" not in printed
    assert "toy.fails_before: broken fails without a fault: tests/test_toy.py::test_wrong" in printed
    assert "toy.no_python: broken" in printed
    assert "33.3% are noticed, 92% must be" in printed
    assert (toy / "src" / "toy.py").read_text() == TOY["src/toy.py"]
    assert run(toy, "toy.smaller") == 0
    assert "noticed        " not in capsys.readouterr().out  # taken from the first run: nothing has changed since
    (toy / "tests" / "test_toy.py").write_text("def test_larger():\n    pass\n")
    assert run(toy, "toy.smaller") == 1
    assert "toy.smaller: not noticed" in capsys.readouterr().out


def test_an_equivalent_fault_that_a_test_notices_and_a_fault_that_no_longer_applies_are_said(toy, capsys):
    listed = toy / "tests" / "mutants" / "toy.toml"
    listed.write_text(listed.read_text().replace('"one >= two"', '"one < two"'))
    assert run(toy, "toy.either") == 1
    assert "toy.either is listed as equivalent, and a test notices it" in capsys.readouterr().out
    (toy / "src" / "toy.py").write_text(TOY["src/toy.py"].replace("one > two", "two < one"))
    with pytest.raises(ValueError, match=r"toy\.smaller: its old text stands 0 times in src/toy\.py"):
        run(toy, "toy.smaller")
