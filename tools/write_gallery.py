"""Write the gallery of the documentation: each notebook of docs/gallery as a page, with its tables and its charts.

    python tools/write_gallery.py            writes every page and its pictures again

A chart is drawn by the library as SVG, the same bytes each time; tests/docs/test_gallery.py runs the notebooks and
compares what they show with what is committed.
"""

from __future__ import annotations

import base64
import html
import re
import tempfile
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

GALLERY = Path(__file__).resolve().parents[1] / "docs" / "gallery"
NOT_RUN = "<!-- not run: the tests of the gallery run the notebook -->"
PICTURE = re.compile(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]+)"')


class Rows(HTMLParser):
    """The cells of a table as text, row by row."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell = False
        self.feed(table)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a row or a cell."""
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in ("td", "th"):
            self.cell = False

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self.cell:
            self.rows[-1][-1] += data


def executed(path: Path, **waits: int) -> NotebookNode:
    """Run a notebook in an empty folder and return it with its outputs."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, resources={"metadata": {"path": folder}})
        for name, seconds in waits.items():
            setattr(client, name, seconds)
        client.execute()
    return notebook


def written(name: str, notebook: NotebookNode) -> dict[str, str]:
    """Return the files of a notebook's page by their names: the page and its pictures."""
    parts: list[str] = []
    pictures: dict[str, str] = {}
    for cell in notebook.cells:
        if cell["cell_type"] == "markdown":
            parts.append(cell["source"])
            continue
        parts.append(f"{NOT_RUN}\n```python\n{cell['source']}\n```")
        for output in cell["outputs"]:
            picture = PICTURE.search(output.get("data", {}).get("text/html", ""))
            if picture:
                file = f"{name}-{len(pictures) + 1}.svg"
                pictures[file] = base64.b64decode(picture[2]).decode()
                parts.append(f"![{html.unescape(picture[1])}]({file})")
            else:
                parts.append(as_markdown(output))
    parts.append(f"To run and change it yourself, open the notebook [{name}.ipynb]({name}.ipynb).")
    return {f"{name}.md": "\n\n".join(each.strip("\n") for each in parts) + "\n", **pictures}


def as_markdown(output: Mapping[str, Any]) -> str:
    """Return a frame as a table, without an index that only counts, and anything else as its text."""
    data = output.get("data", {})
    if "<table" not in data.get("text/html", ""):
        return f"```text\n{(output.get('text') or data['text/plain']).rstrip()}\n```"
    head, *rows = Rows(data["text/html"]).rows
    if not head[0].strip() and [row[0] for row in rows] == [str(number) for number in range(len(rows))]:
        head, rows = head[1:], [row[1:] for row in rows]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def main() -> None:
    """Write the page and the pictures of every notebook."""
    for path in sorted(GALLERY.glob("*.ipynb")):
        for name, text in written(path.stem, executed(path)).items():
            (GALLERY / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
