"""Every link between pages leads to a page and a heading, and every page can be reached from the README."""

import re
from collections import Counter
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "DATA-LICENCES.md")
FENCED = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")


def pages(root=REPO):
    return [*(root / name for name in TOP if (root / name).exists()), *sorted((root / "docs").rglob("*.md"))]


def prose(page):
    return re.sub(r"`[^`\n]*`", "", FENCED.sub("", page.read_text("utf-8")))


def anchors(page):
    """Return the anchors of a page's headings, as the sites that show Markdown make them."""
    found, seen = set(), Counter()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", FENCED.sub("", page.read_text("utf-8")), re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", page.read_text("utf-8")))


def broken(root=REPO):
    faults = []
    for page in pages(root):
        for target in LINK.findall(prose(page)):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            path, _, anchor = target.partition("#")
            to = (page.parent / path).resolve() if path else page
            if not to.exists() or not to.is_relative_to(root.resolve()):
                faults.append(f"{page.relative_to(root)}: {target} leads nowhere")
            elif anchor and to.suffix == ".md" and anchor not in anchors(to):
                faults.append(f"{page.relative_to(root)}: {target} has no such heading")
    return faults


def unreached(root=REPO):
    found, waiting = set(), [root / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in found or not page.exists() or page.suffix != ".md":
            continue
        found.add(page)
        waiting += [(page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(prose(page))
                    if ":" not in target]  # fmt: skip
    return sorted(str(page.relative_to(root)) for page in set((root / "docs").rglob("*.md")) - found)


def test_every_link_leads_to_a_page_and_a_heading():
    assert len(LINK.findall(prose(REPO / "README.md"))) > 20
    assert broken() == []


def test_every_page_of_the_docs_can_be_reached_from_the_readme():
    assert unreached() == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [("[gone](docs/gone.md)", "leads nowhere"), ("[no heading](docs/page.md#nothing)", "no such heading"),
     ("[own](#not-here)", "no such heading"), ("![picture](picture.png)", "leads nowhere")],
)  # fmt: skip
def test_a_planted_broken_link_is_found(tmp_path, text, fault):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("# A page\n\n## Two `words`\n", "utf-8")
    (tmp_path / "README.md").write_text(f"# Read\n\n[ok](docs/page.md#two-words) [me](#read)\n\n{text}\n", "utf-8")
    assert [fault in each for each in broken(tmp_path)] == [True]
    assert unreached(tmp_path) == []
