"""The reference pages are the data: nothing in them is edited by hand, nothing is left out."""

import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import write_reference  # noqa: E402  a tool of this repository

PAGES = write_reference.pages()


@pytest.mark.parametrize("name", PAGES)
def test_each_committed_page_is_the_generated_one(name):
    assert (REPO / "docs" / "reference" / name).read_text("utf-8") == PAGES[name], (
        f"docs/reference/{name} is not what the data say: run tools/write_reference.py"
    )


def test_every_activity_conversion_boundary_and_methodology_is_there(method):
    for code in method.catalogue.activities:
        assert f"`{code}`" in PAGES["activities.md"]
    for row in method.conversions:
        assert f"`{row.conversion_id}`" in PAGES["conversions.md"]
    for boundary in method.boundaries:
        assert boundary in PAGES["boundaries.md"]
    for pin in method.packages:
        assert f"`{pin}`" in PAGES["methodologies.md"]


def test_every_factor_has_its_value_cell_and_licence_on_the_page_of_its_package(method):
    package = method.packages["ukgov-2023@1.0.0"]
    page = write_reference.factors(package)
    for row in package.rows:
        assert f"`{row.factor_id}` | {row.value} |" in page
        assert row.locator in page
    assert "Open Government Licence" in page
