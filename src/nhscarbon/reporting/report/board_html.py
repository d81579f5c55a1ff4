"""A board page as HTML: one A4 page, nothing from elsewhere, no script, and everything that was given is text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from nhscarbon.output.text import lines_shown, with_subscript
from nhscarbon.reporting.drawing.palette import DATA, INK, WHITE
from nhscarbon.reporting.drawing.path_picture import HIGH, SMALL_HIGH, path_picture, small_picture
from nhscarbon.reporting.drawing.svg import svg
from nhscarbon.reporting.report.board import (
    CANNOT_SAY,
    OFF_TRACK,
    ON_TRACK,
    STATUS_WORDS,
    WATCH,
    Board,
    BoardCause,
    BoardFigure,
    BoardMembers,
    BoardTheme,
)
from nhscarbon.reporting.report.board_sentences import IN_A_SENTENCE
from nhscarbon.reporting.report.number_words import change_percent, rounded, share, signed, span

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '{style}'"
STYLES = ("design.css", "board.css")
UNIT = "tCO2e"
HIDDEN = 'aria-hidden="true" focusable="false"'
LEAST_BAR = 0.6  # per cent of the width of a bar's cell: with its edge no bar is thinner than two pixels
OFF = "#9b1c1c"  # of what is missing, as in the style
SIGNS = {  # shape and colour, so that neither is needed
    ON_TRACK: '<circle cx="8" cy="8" r="8" fill="#00603a"/><path d="M4 8.4l2.8 2.8L12.2 5.4" fill="none" '
              'stroke="#ffffff" stroke-width="2.2"/>',
    WATCH: '<path d="M8 .5L16 15.5H0Z" fill="#7d4400"/><path d="M8 5v5.5M8 11.8v2" stroke="#ffffff" stroke-width="2"/>',
    OFF_TRACK: f'<path d="M8 0L16 8L8 16L0 8Z" fill="{OFF}"/><path d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" '
               'stroke="#ffffff" stroke-width="2"/>',
    CANNOT_SAY: '<circle cx="8" cy="8" r="7" fill="none" stroke="#454f59" stroke-width="2"/><path d="M4.5 8h7" '
                'stroke="#454f59" stroke-width="2.2"/>',
}  # fmt: skip


def board_page(board: Board) -> bytes:
    """Return a board page as HTML: UTF-8, the same for the same board.

    Its policy lets the browser load nothing and run no script; it prints to one page of A4.
    """
    style = "".join(files(__package__).joinpath(name).read_text("utf-8") for name in STYLES)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = POLICY.format(style=f"sha256-{digest}")
    mark = f"{_text(board.mark)}<br>" if board.mark else ""
    parts = [
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f'<meta name="generator" content="nhscarbon">\n<title>{_text(f"{board.title}: {board.about}")}</title>\n',
        f'<style>{style}</style>\n</head>\n<body>\n<a class="skip" href="#main">Skip to the figures</a>\n',
        f'<div class="page">\n<header class="top"><h1>{_text(board.title)} <span>{_text(board.about)}</span></h1>'
        f"<p>{mark}Board page<br>Page 1 of 1</p></header>\n",
        f'<main id="main" tabindex="-1">\n<p class="lead">{_status_bold(_text(board.lead))}</p>\n',
        f'<div class="two{" compact" if board.compact else ""}">\n',
        *(_figure(each, name, board) for each, name in zip(board.figures, ("core", "plus"), strict=True)),
        '</div>\n<div class="below">\n', *_themes(board), '<div class="right">\n', *_causes(board), _missing(board),
        _quality(board), "</div>\n</div>\n", *(_members(board.members) if board.members else ()), *_actions(board),
        f"</main>\n<footer><p>{_text(board.foot)}</p></footer>\n</div>\n</body>\n</html>\n",
    ]  # fmt: skip
    return "".join(parts).encode("utf-8")


def _text(text: str) -> str:
    """Return a text that is nothing but text: no markup, no control characters, no marks of direction."""
    return escape(with_subscript(lines_shown(text)), quote=True)


def _status_bold(text: str) -> str:
    """Return the lead with the words of each status in bold."""
    words = "|".join(re.escape(each) for each in IN_A_SENTENCE.values())
    return re.sub(rf"\b({words})\b", r"<b>\1</b>", text)


def _sign(status: str) -> str:
    return f'<svg viewBox="0 0 16 16" {HIDDEN}>{SIGNS[status]}</svg>'


def _figure(figure: BoardFigure, name: str, board: Board) -> str:
    """Return one of the two large figures with its verdict and its picture."""
    covers = f' <span class="soft">{_text(figure.covers)}</span>' if figure.covers else ""
    if figure.tco2e is None:
        big = f'<p class="big none">{_text(figure.words)}</p>'
    else:
        big = f'<p class="big">{rounded(figure.tco2e)} <small>{_text(UNIT)}</small></p>'
    lines = []
    if figure.low is not None and figure.high is not None:
        lines.append(f"Likely range {span(figure.low, figure.high)}")
    lines += [f"<b>{_text(each.percent)}</b> {_text(each.since)}" for each in figure.moved]
    lines += [f'<span class="soft">{_text(each)}</span>' for each in figure.notes]
    moved = "".join(f"<li>{each}</li>" for each in lines)
    status = figure.standing.status
    picture = ""
    if figure.lines is not None:
        drawing = path_picture(figure.lines, high=SMALL_HIGH if board.compact else HIGH)
        picture = svg(drawing, f"{figure.title}: actual and path", figure.picture)
    return (
        f'<section class="foot" aria-labelledby="h-{name}"><h2 class="ruled" id="h-{name}">{_text(figure.title)}'
        f'{covers}</h2>\n<div class="figure">{big}<ul class="moved">{moved}</ul></div>\n'
        f'<p class="verdict"><span class="status {status}">{_sign(status)}{STATUS_WORDS[status]}</span> '
        f'{_text(figure.verdict)}</p>\n<figure class="path">{picture}</figure></section>\n'
    )


def _themes(board: Board) -> Iterator[str]:
    """Yield the ranked themes: a solid bar is the NHS Carbon Footprint, a hollow one in the Plus only."""
    whole = sum(each.tco2e for each in board.themes)
    core, only = (sum(getattr(each, name) or 0.0 for each in board.themes) for name in ("core", "plus_only"))
    most = max((each.tco2e for each in board.themes), default=0.0)
    last = f'<th scope="col" class="n c">Change on {_text(board.compared_with)}</th>' if board.compared_with else ""
    keys = [("NHS Carbon Footprint", core, True), ("Plus only", only, False)]
    shown = "".join(f"<span>{_bar(100.0, 0.0) if solid else _bar(0.0, 100.0)} {name}: {rounded(value)} "
                    f"({_text(share(value, whole))})</span> " for name, value, solid in keys if whole)  # fmt: skip
    yield (
        f'<section aria-labelledby="h-themes"><h2 class="ruled" id="h-themes">{_text(board.themes_title)}</h2>\n'
        f'<p class="key">{shown}</p>\n<table class="rank"><caption class="unseen">Themes of the NHS Carbon Footprint '
        'Plus, largest first</caption>\n<thead><tr><th scope="col" class="t">Theme</th><th scope="col" class="b">'
        f'<span class="unseen">Bar</span></th><th scope="col" class="n a">{_text(UNIT)}</th>'
        f'<th scope="col" class="n s">Share</th>{last}</tr></thead>\n<tbody>\n'
    )
    for each in board.themes:
        yield _theme(each, whole, most, columns=4 if board.compared_with else 3)
    yield "</tbody></table></section>\n"


def _theme(theme: BoardTheme, whole: float, most: float, *, columns: int) -> str:
    part = f' <span class="part">{_text(theme.note)}</span>' if theme.note else ""
    if theme.words:
        style = "gap" if theme.missing else "state"
        return (f'<tr><th scope="row">{_text(theme.label)}{part}</th><td class="b" colspan="{columns}">'
                f'<span class="{style}">{_text(theme.words)}</span></td></tr>\n')  # fmt: skip
    parts = [100 * max(value or 0.0, 0.0) / most if most > 0 else 0.0 for value in (theme.core, theme.plus_only)]
    inside = "in the NHS Carbon Footprint" if theme.core is not None else "in the Plus only"
    if theme.core and theme.plus_only:
        inside = f"{rounded(theme.core)} in the NHS Carbon Footprint"
    change = ""
    if columns > 3:
        change = f'<td class="n c">{change_percent(theme.before, theme.tco2e) if theme.before is not None else ""}</td>'
    return (
        f'<tr><th scope="row">{_text(theme.label)}<span class="unseen">, {inside}</span>{part}</th>'
        f'<td class="b">{_bar(*parts) if theme.tco2e > 0 else ""}</td><td class="n a">{rounded(theme.tco2e)}</td>'
        f'<td class="n s">{_text(share(theme.tco2e, whole))}</td>{change}</tr>\n'
    )


def _bar(solid: float, hollow: float) -> str:
    """Return a bar of two parts, in per cent of its cell."""
    rects = []
    start = 0.0
    for width, fill in ((solid, DATA), (hollow, WHITE)):
        if width > 0:
            wide = max(width, LEAST_BAR)
            rects.append(f'<rect x="{start:.1f}%" width="{wide:.1f}%" height="100%" fill="{fill}" stroke="{DATA}" '
                         'stroke-width="1.5"/>')  # fmt: skip
            start += wide
    return f"<svg {HIDDEN}>{''.join(rects)}</svg>"


def _causes(board: Board) -> Iterator[str]:
    """Yield why the totals changed: rows in a fixed order, bars from a common upright, one total."""
    causes = board.causes
    yield f'<section aria-labelledby="h-why"><h2 class="ruled" id="h-why">{_text(causes.title)}</h2>\n'
    if causes.rows and causes.total is not None:
        most = max((abs(value) for each in causes.rows for value in (each.core, each.plus) if value), default=0.0)
        heads = "".join(
            f'<th scope="colgroup" colspan="2" class="h">{_text(each.short)}</th>' for each in board.figures
        )
        yield (f'<table class="cause"><caption class="unseen">{_text(causes.title)}, {_text(UNIT)}</caption>\n'
               f'<thead><tr><th scope="col">Cause, {_text(UNIT)}</th>{heads}</tr></thead>\n<tbody>\n')  # fmt: skip
        for each in causes.rows:
            yield _cause(each, most)
        yield f"{_cause(causes.total, 0.0)}</tbody></table>\n"
    yield from (f'<p class="small">{_text(each)}</p>\n' for each in causes.words)
    yield "</section>\n"


def _cause(cause: BoardCause, most: float) -> str:
    why = f'<span class="note">{_text(cause.why)}</span>' if cause.why else ""
    cells = "".join(
        f'<td class="n">{"" if value is None else signed(value)}</td><td class="d">{_from_upright(value, most)}</td>'
        for value in (cause.core, cause.plus)
    )
    kind = "" if most else ' class="sum"'
    return f'<tr{kind}><th scope="row">{_text(cause.name)}{why}</th>{cells}</tr>\n'


def _from_upright(value: float | None, most: float) -> str:
    """Return a bar to the left or the right of an upright."""
    if value is None or not most:
        return ""
    wide = 48 * abs(value) / most
    rect = f'<rect x="{50 - wide if value < 0 else 50:.1f}" y="1" width="{wide:.1f}" height="8" fill="{DATA}"/>'
    upright = f'<path d="M50 0V10" stroke="{INK}" stroke-width="1" vector-effect="non-scaling-stroke"/>'
    return f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" {HIDDEN}>{rect if wide else ""}{upright}</svg>'


def _missing(board: Board) -> str:
    found = board.missing
    wide = 100 / max(found.of, 1)
    rects = "".join(_piece(wide * place + 0.2, wide - 0.6, place - found.answered, found.in_part)
                    for place in range(found.of))  # fmt: skip
    words = " ".join(filter(None, [_text(found.words), f"<b>{_text(found.missing)}</b>" if found.missing else "",
                                   _text(found.after)]))  # fmt: skip
    return (f'<section aria-labelledby="h-missing"><h2 class="ruled" id="h-missing">{_text(found.title)}</h2>\n'
            f'<div class="meter"><svg {HIDDEN}>{rects}</svg></div>\n<p class="small">{words}</p>'
            "</section>\n")  # fmt: skip


def _piece(left: float, wide: float, place: int, in_part: int) -> str:
    """Return the piece of the meter of one theme: full, half full, or dashed."""
    if place < 0:
        return f'<rect x="{left:.2f}%" width="{wide:.2f}%" height="100%" fill="{DATA}"/>'
    half = f'<rect x="{left:.2f}%" width="{wide / 2:.2f}%" height="100%" fill="{DATA}"/>' if place < in_part else ""
    return (f'{half}<rect x="{left:.2f}%" width="{wide:.2f}%" height="100%" fill="none" stroke="{OFF}" '
            'stroke-width="1.5" stroke-dasharray="3 2"/>')  # fmt: skip


def _quality(board: Board) -> str:
    said = " ".join(f"{f'<b>{_text(name)}:</b> ' if name else ''}{_text(words)}" for name, words in board.quality)
    return (f'<section aria-labelledby="h-data"><h2 class="ruled" id="h-data">How good the data are</h2>\n'
            f'<p class="small">{said}</p></section>\n')  # fmt: skip


def _members(members: BoardMembers) -> Iterator[str]:
    """Yield the small pictures, all on one scale."""
    years = [year for each in members.members for year, _ in each.actual]
    shares = [value for each in members.members for _, value in (*each.actual, *each.path)]
    yield (f'<section class="members" aria-labelledby="h-members"><h2 class="ruled" id="h-members">'
           f'{_text(members.title)} <span class="soft">{_text(members.note)}</span></h2>\n'
           f'<ul class="of{len(members.members)}">\n')  # fmt: skip
    for each in members.members:
        picture = ""
        if each.actual:
            drawing = small_picture(each.actual, each.path, first=min(years), last=max(years),
                                    most=max(shares, default=1.0), label=each.tonnes)  # fmt: skip
            picture = svg(drawing, each.name, f"{each.tonnes} {UNIT}, {each.words}")
        yield (f'<li><b>{_text(each.name)}</b><p><span class="status {each.standing}">{_sign(each.standing)}'
               f"{STATUS_WORDS[each.standing]}</span> {_text(each.words)}</p>{picture}</li>\n")  # fmt: skip
    yield "</ul></section>\n"


def _actions(board: Board) -> Iterator[str]:
    """Yield the next actions, where any were given."""
    if not board.actions:
        return
    heads = (("Action", "t"), ("Lead", "w"), ("By", "y"), (f"{UNIT} a year", "n"))
    head = "".join(f'<th scope="col" class="{style}">{_text(name)}</th>' for name, style in heads)
    yield ('<section class="last" aria-labelledby="h-next"><h2 class="ruled" id="h-next">What happens next</h2>\n'
           '<table class="act"><caption class="unseen">Next actions</caption>'
           f"<thead><tr>{head}</tr></thead>\n<tbody>\n")  # fmt: skip
    for each in board.actions:
        cells = ((each.lead, "w"), (each.by, "y"), (each.tco2e, "n"))
        rest = "".join(f'<td class="{style}" data-label="{_text(name)}">{_text(value)}</td>'
                       for (value, style), (name, _) in zip(cells, heads[1:], strict=True))  # fmt: skip
        yield f'<tr><th scope="row">{_text(each.action)}</th>{rest}</tr>\n'
    yield "</tbody></table></section>\n"
