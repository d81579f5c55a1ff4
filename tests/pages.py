"""A page of HTML as its tags, for tests: what a browser would see of it without one."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "link", "br", "img", "hr", "input"}


@dataclass
class Tag:
    """A tag with its attributes, what is inside it, and the words within."""

    name: str
    attributes: dict[str, str]
    inside: list[Tag] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words, those of inner tags too."""
        return " ".join(" ".join(self.words).split())

    def all(self, *names: str) -> list[Tag]:
        """Return every tag inside by one of some names, in order; all of them without a name."""
        found = []
        for tag in self.inside:
            if not names or tag.name in names:
                found.append(tag)
            found += tag.all(*names)
        return found

    def one(self, name: str) -> Tag:
        """Return the only tag of a name."""
        [found] = self.all(name)
        return found


class Reader(HTMLParser):
    """Builds the tree and refuses what is not closed as it was opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Tag("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        found = Tag(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(found)
        if tag not in EMPTY:
            self.open.append(found)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].inside.append(Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data):
        for tag in self.open:
            tag.words.append(data)


def parsed(text: str) -> Tag:
    """Return the root of a page that is closed as it was opened."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].name}> is not closed"
    return reader.root


def table_of(page: Tag, title: str) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of the table with a title, as text."""
    [table] = [table for table in page.all("table") if table.one("caption").one("strong").text == title]
    head, *rows = [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]
    return head, rows
