"""Every code block of the README and the docs runs and prints what the page shows."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from blocks import blocks, run

REPO = Path(__file__).resolve().parents[2]
PAGES = [REPO / "README.md", *sorted((REPO / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPO)))
def test_every_block_of_a_page_runs_as_shown(page, tmp_path):
    assert run(page, tmp_path) == []


def test_the_readme_has_blocks_with_output():
    found = blocks((REPO / "README.md").read_text("utf-8"))
    assert sum(block.expected is not None for block in found) >= 3


def test_the_head_of_much_is_shown_and_nothing_fails(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```sh\nseq 200000 | head -2\n```\n\n```text\n1\n2\n```\n")
    assert run(page, tmp_path) == []


def test_a_block_that_prints_something_else_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 2\nprint(x)\n```\n\n```text\n3\n```\n\n```python\nprint(x + y)\n```\n")
    faults = run(page, tmp_path)
    assert len(faults) == 2
    assert "shows\n3" in faults[0]
    assert "NameError" in faults[1]
