"""Every notebook of the gallery runs from an empty folder, is committed without its outputs, and shows its page."""

import json
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from clocks import PATIENCE

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
from write_gallery import written  # noqa: E402  a tool of this repository

GALLERY = sorted((REPO / "docs" / "gallery").glob("*.ipynb"))
WAITS = dict.fromkeys(("timeout", "startup_timeout", "iopub_timeout"), PATIENCE)  # a whole notebook takes seconds


def test_there_is_a_gallery():
    assert len(GALLERY) >= 4


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_a_notebook_of_the_gallery_is_committed_without_outputs(path):
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.filterwarnings("default")  # the kernel's own, not ours: a warning of ours is in the outputs below
@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_a_notebook_of_the_gallery_runs_without_warnings_and_shows_its_page_and_charts(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, **WAITS, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    shown = [output["data"] for output in outputs if "data" in output]
    assert any(
        {"image/png", "image/svg+xml", "text/html"} & data.keys() and "alt=" in json.dumps(data) for data in shown
    )
    assert list(tmp_path.iterdir()) == []
    files = written(path.stem, notebook)
    assert {name for name in files if name.endswith(".svg")} == {
        each.name for each in path.parent.glob(f"{path.stem}-*.svg")
    }
    for name, text in files.items():  # `python tools/write_gallery.py` writes them again
        assert path.with_name(name).read_text("utf-8") == text, name
