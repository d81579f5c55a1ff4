"""A report as one page of HTML: nothing from elsewhere, and everything that was sent is text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from nhscarbon.reporting.report.document import Document, Figure, Picture, Section, SmallPicture, Worked
from nhscarbon.reporting.report.html_tables import table_html, text
from nhscarbon.reporting.report.signs import sign

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'"  # what a browser may load for the page
STYLES, SCRIPT = ("design.css", "page.css"), "page.js"


def page(document: Document) -> bytes:
    """Return a report as HTML: headings in order, a table behind each picture, one small script of our own.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        UTF-8, the same for the same report. Its policy lets the browser load nothing and run no other script.
    """
    style = "".join(_file(name) for name in STYLES)
    script = _file(SCRIPT)
    policy = f"{NOTHING}; style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    links = "".join(_link(each) for each in document.sections)
    lead = "".join(f"<p>{text(each)}</p>" for each in document.lead)
    parts = [
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f'<meta name="generator" content="nhscarbon">\n<title>{text(document.title)}</title>\n',
        f"<style>{style}</style>\n</head>\n<body>\n",
        '<a class="skip" href="#main">Skip to the report</a>\n<div class="page">\n',
        f'<header class="top"><div><h1>{text(document.title)}</h1>\n<p>{text(document.about)}</p></div>\n',
        f'<p class="meta">{text(document.mark)}</p>\n<dl class="tot">',
        *map(_figure, document.figures),
        '</dl></header>\n<div class="cols">\n<nav aria-label="Parts of this report">',
        f'<ul class="side">{links}</ul><details><summary>Contents</summary><ul>{links}</ul></details></nav>\n',
        f'<main id="main" tabindex="-1">\n<section aria-label="Summary" class="lead">{lead}</section>\n',
        *(part for section in document.sections for part in _section(section)),
        '<p role="status" class="unseen" id="said"></p>\n</main>\n</div>\n',
        f"<footer><p>{text(document.foot)}</p></footer>\n</div>\n<script>{script}</script>\n</body>\n</html>\n",
    ]
    return "".join(parts).encode("utf-8")


def _link(section: Section) -> str:
    count = f' <span class="k">{section.count:,}</span>' if section.count else ""
    return f'<li><a href="#{section.id}">{text(section.title)}{count}</a></li>'


def _figure(figure: Figure) -> str:
    unit = f" <small>{text(figure.unit)}</small>" if figure.unit else ""
    words = text(figure.figure)
    if figure.sign:
        words = f'<span class="status {figure.sign}">{sign(figure.sign)}{words}</span>'
    return f"<div><dt>{text(figure.name)}</dt><dd>{words}{unit}</dd></div>"


def _section(section: Section) -> Iterator[str]:
    yield (f'<section aria-labelledby="{section.id}"><h2 class="ruled" id="{section.id}" tabindex="-1">'
           f"{text(section.title)}</h2>\n")  # fmt: skip
    yield from (f"<p>{text(each)}</p>\n" for each in section.words)
    if section.worked is not None:
        yield _worked(section.worked)
    if section.small:
        yield f'<ul class="small">{"".join(map(_small, section.small))}</ul>\n'
    yield from (_picture(each) for each in section.pictures)
    for table in section.tables:
        yield from table_html(table)
    for each in section.after:
        yield (f'<details class="fold"><summary><strong>As a picture</strong></summary>\n{_picture(each)}</details>\n')
    yield "</section>\n"


def _picture(picture: Picture) -> str:
    return f'<figure>{picture.svg}<figcaption class="unseen">{text(picture.words)}</figcaption></figure>\n'


def _small(small: SmallPicture) -> str:
    state = f'<span class="status {small.sign.state}">{sign(small.sign.state)}{text(small.sign.words)}</span>'
    return f"<li><b>{text(small.name)}</b><p>{state} {text(small.words)}</p>{small.svg}</li>\n"


def _worked(worked: Worked) -> str:
    """Return one row's working: what was sent, the factor, the publisher's cell, the result."""
    terms = "".join(
        (f'<span class="o">{text(sign)}</span> ' if sign else "")
        + f'<span class="t"><small>{text(name)}</small> <span>{text(figure)}</span></span> '
        for sign, name, figure in worked.terms
    )
    steps = "".join(
        f"<li><b>{text(name)}</b> <span>{text(words)}" + (f'<span class="why">{text(small)}</span>' if small else "")
        + "</span></li>\n"
        for name, words, small in worked.steps
    )  # fmt: skip
    return f'<div class="work"><p class="eq">{terms}</p>\n<ol class="steps">{steps}</ol></div>\n'


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
