"""States as a shape and a colour, so that neither is needed to tell them apart."""

from __future__ import annotations

from nhscarbon.reporting.drawing.palette import SOFT

ON_TRACK, WATCH, OFF_TRACK, CANNOT_SAY = "on_track", "watch", "off_track", "cannot_say"
ERROR, WARNING, NOTE, ANSWERED, OPEN = "error", "warning", "note", "answered", "open"
GREEN, AMBER, RED = "#00603a", "#7d4400", "#9b1c1c"
TICK = (f'<circle cx="8" cy="8" r="8" fill="{GREEN}"/><path d="M4 8.4l2.8 2.8L12.2 5.4" fill="none" stroke="#ffffff" '
        'stroke-width="2.2"/>')  # fmt: skip
TRIANGLE = (f'<path d="M8 .5L16 15.5H0Z" fill="{AMBER}"/><path d="M8 5v5.5M8 11.8v2" stroke="#ffffff" '
            'stroke-width="2"/>')  # fmt: skip
DIAMOND = (f'<path d="M8 0L16 8L8 16L0 8Z" fill="{RED}"/><path d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" '
           'stroke="#ffffff" stroke-width="2"/>')  # fmt: skip
RING = f'<circle cx="8" cy="8" r="7" fill="none" stroke="{SOFT}" stroke-width="2"/>'
SHAPES = {
    ON_TRACK: TICK, ANSWERED: TICK, WATCH: TRIANGLE, WARNING: TRIANGLE, OFF_TRACK: DIAMOND, ERROR: DIAMOND,
    CANNOT_SAY: f'{RING}<path d="M4.5 8h7" stroke="{SOFT}" stroke-width="2.2"/>',
    NOTE: f'{RING}<path d="M8 7v5M8 3.8v2" stroke="{SOFT}" stroke-width="2"/>',
    OPEN: f'<rect x="1.5" y="1.5" width="13" height="13" fill="#ffffff" stroke="{SOFT}" stroke-width="1.8" '
          'stroke-dasharray="3 2"/>',
}  # fmt: skip
HIDDEN = 'aria-hidden="true" focusable="false"'


def sign(state: str) -> str:
    """Return the shape of a state as SVG; the words are next to it."""
    return f'<svg viewBox="0 0 16 16" {HIDDEN}>{SHAPES[state]}</svg>'
