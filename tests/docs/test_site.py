"""The documentation is one site: built with warnings as errors, from itself alone, with every page in its place."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

REPO = Path(__file__).resolve().parents[2]
INDEX = (REPO / "docs" / "index.md").read_text("utf-8")
LINKS = re.findall(r"^\* \[[^\]]+\]\(([^)]+)\)", INDEX, re.M)


def test_every_page_is_on_the_index_page_once_with_a_line_of_its_own():
    pages = {path.relative_to(REPO / "docs").as_posix() for path in (REPO / "docs").rglob("*.md")} - {"index.md"}
    generated = {page for page in pages if page.startswith("reference/factors/")}  # large, not committed
    assert sorted(LINKS) == sorted(pages - generated)
    assert len(re.findall(r"^\* \[[^\]]+\]\([^)]+\): \S", INDEX, re.M)) == len(LINKS)


def test_the_navigation_is_the_index_page():
    navigation = yaml.safe_load((REPO / "mkdocs.yml").read_text("utf-8"))["nav"]
    pages = [page for part in navigation for under in part.values() if isinstance(under, list)
             for entry in under for page in entry.values()]  # fmt: skip
    assert pages == [link for link in LINKS if link.endswith(".md")]


def test_no_page_loads_anything_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(LINKS) - 5
    for page in pages:
        text = page.read_text("utf-8")
        assert re.findall(r"<(?:script|img|iframe|source)[^>]+src=\"(?:https?:)?//[^\"]+", text) == [], page
        assert re.findall(r"<link[^>]+(?:stylesheet|preload|preconnect|icon)[^>]+href=\"(?:https?:)?//", text) == [], (
            page
        )
    for style in site.rglob("*.css"):
        assert re.findall(r"url\([\"']?(?:https?:)?//|@import", style.read_text("utf-8")) == [], style


def test_every_public_name_has_its_docstring_on_the_page(site):
    import nhscarbon as nc  # noqa: PLC0415

    page = (site / "reference" / "api.html").read_text("utf-8")
    for face in (nc, nc.activity, nc.sums, nc.footprint, nc.methods, nc.submissions, nc.analysis, nc.trajectory):
        for name in set(face.__all__) - {"__version__"}:
            assert f'id="{getattr(face, name).__module__}.{name}"' in page, name


def test_a_link_that_leads_nowhere_stops_the_build(tmp_path):
    (tmp_path / "docs").mkdir()
    shutil.copytree(REPO / "tools" / "docs_site", tmp_path / "tools" / "docs_site")
    (tmp_path / "docs" / "index.md").write_text("[gone](gone.md)\n", "utf-8")
    words = (REPO / "mkdocs.yml").read_text("utf-8").partition("hooks:")[0]
    (tmp_path / "mkdocs.yml").write_text(words, "utf-8")
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=tmp_path, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode != 0
    assert "gone.md" in done.stderr


def test_the_site_has_the_walks_to_download(site):
    for script in (REPO / "examples" / "walks").glob("*.py"):
        assert (site / "walks" / script.name).read_bytes() == script.read_bytes()
        assert any(f'href="{script.name}"' in page.read_text("utf-8") for page in (site / "walks").glob("*.html"))
