"""Write the gallery of the documentation: each notebook of docs/gallery as a page, with its tables and its charts.

    python tools/write_gallery.py            writes every page and its pictures again

A chart is drawn by the library as SVG, the same bytes each time; tests/docs/test_gallery.py runs the notebooks and
compares what they show with what is committed.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

GALLERY = Path(__file__).resolve().parents[1] / "docs" / "gallery"
NOT_RUN = "<!-- not run: the notebook is, by the tests of the gallery -->"
FIGURE = re.compile(r"<svg.*?</svg>", re.S)
TABLE = re.compile(r"<table.*?</table>", re.S)
WORDS = re.compile(r'alt="([^"]*)"')


def executed(path: Path, **waits: int) -> Any:
    """Run a notebook in an empty folder and return it with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, **waits, resources={"metadata": {"path": folder}}).execute()
    return notebook


def written(name: str, notebook: Any) -> dict[str, str]:
    """Return the files of a notebook's page by their names: the page and its pictures."""
    page, pictures = [], {}
    for cell in notebook.cells:
        if cell["cell_type"] == "markdown":
            page.append(cell["source"])
            continue
        page.append(f"{NOT_RUN}\n```python\n{cell['source']}\n```")
        for output in cell["outputs"]:
            shown = "".join(shown_as(output, picture := f"{name}-{len(pictures) + 1}.svg"))
            page.append(shown)
            if picture in shown:
                pictures[picture] = picture_of(output)
    page.append(f"The notebook: [{name}.ipynb]({name}.ipynb).")
    return {f"{name}.md": "\n\n".join(each.strip("\n") for each in page) + "\n", **pictures}


def shown_as(output: Mapping[str, Any], picture: str) -> Iterator[str]:
    """Yield an output as Markdown: a chart as its picture and words, a frame as a table, else its text."""
    data = output.get("data", {})
    if output["output_type"] == "stream":
        yield f"```text\n{output['text'].rstrip()}\n```"
    elif "image/svg+xml" in data or "<svg" in data.get("text/html", ""):
        yield f"![{words_of(data)}]({picture})"
    elif TABLE.search(data.get("text/html", "")):
        yield frame(data["text/html"])
    elif "text/plain" in data:
        yield f"```text\n{data['text/plain']}\n```"
