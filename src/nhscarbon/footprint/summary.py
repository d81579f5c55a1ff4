"""A footprint in words: one screen of text for a terminal, one small table for a notebook."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from nhscarbon.checks.packages import ORGANISATIONS
from nhscarbon.findings import Finding, Severity
from nhscarbon.footprint.label import NOT_SENT, boundary_name, is_sent
from nhscarbon.output.tables import html_table, table_text, tonnes
from nhscarbon.output.text import SCREEN_LINES, escape, screen, short_repr, shown

WIDTH = 100
ANSWERS_SHOWN = 4  # on a screen; the findings have all


@dataclass(frozen=True)
class Summary:
    """What is said of a footprint at a glance.

    Attributes
    ----------
    title : str
    totals : Mapping[str, float or None]
        Tonnes by boundary [tCO2e]; None where a boundary cannot be totalled.
    counted : Mapping[str, int]
        Rows of the table inside each boundary; where there are none, nothing was sent, which is not zero.
    boundary : str
        The one that `themes` is of; empty when none can be totalled.
    themes : pandas.DataFrame
        theme, scope, tco2e.
    tiers : pandas.DataFrame
        tier, tco2e: how the tonnes of that boundary are known.
    missing : tuple of str
        The components for want of which the headline cannot be totalled.
    not_counted : tuple of str
        Activities without a published factor.
    findings : Mapping[Severity, int]
    answered : tuple of str
        Each warning that was answered, with by whom, when and why.
    stamp : Stamp
    covers : Mapping[str, str]
        What the total of each boundary covers; empty where it is whole.
    """

    title: str
    totals: Mapping[str, float | None]
    counted: Mapping[str, int]
    boundary: str
    themes: pd.DataFrame
    tiers: pd.DataFrame
    missing: tuple[str, ...]
    not_counted: tuple[str, ...]
    findings: Mapping[Severity, int]
    answered: tuple[str, ...]
    stamp: Stamp
    covers: Mapping[str, str]

    __repr__ = short_repr

    def label(self, name: str) -> str:
        """Return the name of a boundary with what its total covers."""
        return ", ".join(filter(None, [boundary_name(name), self.covers[name]]))

    @property
    def last_line(self) -> str:
        """The digests and the version."""
        stamp = self.stamp
        unseen = ", organisation codes not looked up" if ORGANISATIONS in stamp.packages else ""
        mapped = "".join(f", mapping {name} {sha256[:12]}" for name, sha256 in stamp.mapping.items())
        return (
            f"method {stamp.methodology_digest[:12]}, input {stamp.input_sha256[:12]}, nhscarbon {stamp.code_version}"
            f"{unseen}{mapped}"
        )


def as_text(summary: Summary) -> str:
    """Return one screen of text."""
    main = next((name for name in (summary.boundary, *summary.totals) if name), "")
    head = [shown(summary.title), *_wrapped(summary.label(main)), ""]
    head += [f"  {name:26}{_total(summary, name, ' tCO2e'):>24}" for name in summary.totals]
    tail = ["", f"  by tier: {by_tier(summary.tiers)}"] if summary.boundary else []
    if summary.missing:
        tail += ["", *_wrapped(f"the main total is not available; not published for it: {', '.join(summary.missing)}")]
    if summary.not_counted:
        tail += ["", *_wrapped(f"not counted, because no factor is published: {', '.join(summary.not_counted)}")]
    counts = ", ".join(f"{count:,} {severity}" for severity, count in summary.findings.items() if count)
    tail += ["", f"  {summary.stamp.rows:,} rows; findings: {counts or 'none'}"]
    for text in summary.answered[:ANSWERS_SHOWN]:
        tail += _wrapped(shown(text))
    if (more := len(summary.answered) - ANSWERS_SHOWN) > 0:
        tail.append(f"  and {more:,} more answered; the findings have them all")
    tail.append(f"  {summary.last_line}")
    if not summary.boundary:
        return screen([*head, *tail])
    head += ["", f"  {summary.boundary} by theme and scope"]
    if len(head) + len(summary.themes) + 1 + len(tail) > SCREEN_LINES:
        head, tail = [line for line in head if line], [line for line in tail if line]
    return screen([*head, *_largest_themes(summary.themes, SCREEN_LINES - len(head) - len(tail) - 1), *tail])


def _largest_themes(themes: pd.DataFrame, room: int) -> list[str]:
    """Return the tonnes by theme and scope in so many lines, the smallest added together."""
    shown_rows = themes
    if len(themes) > room:
        largest = themes["tco2e"].abs().sort_values(ascending=False, kind="stable").index[: max(room - 1, 1)]
        shown_rows = themes.loc[sorted(largest)]
    left = themes.drop(shown_rows.index)["tco2e"]
    more = [f"{len(left)} smaller: {tonnes(math.fsum(left))}"] if len(left) else []
    return ["    " + line for line in (*table_text(shown_rows).splitlines(), *more)]


def as_html(summary: Summary) -> str:
    """Return small HTML tables: inline style, no script, every text escaped."""
    main = next((name for name in (summary.boundary, *summary.totals) if name), "")
    totals = [(name, _total(summary, name)) for name in summary.totals]
    themes = [
        (theme, scope, tonnes(value))
        for theme, scope, value in zip(*(summary.themes[name] for name in ("theme", "scope", "tco2e")), strict=True)
    ]
    tables = html_table("Totals by boundary", ("boundary", "tCO2e"), totals)
    if summary.boundary:
        tables += html_table(summary.boundary, ("theme", "scope", "tCO2e"), themes)
        tables += f"<p>By tier: {escape(by_tier(summary.tiers))}</p>"
    left = f"; not counted: {escape(', '.join(summary.not_counted))}" if summary.not_counted else ""
    findings = sum(summary.findings.values())
    answered = "".join(f"<br>{escape(text)}" for text in summary.answered)
    return (
        f"<div><p><strong>{escape(summary.title)}</strong><br>{escape(summary.label(main))}</p>{tables}"
        f"<p>{summary.stamp.rows:,} rows, {findings:,} findings{left}{answered}"
        f"<br>{escape(summary.last_line)}</p></div>"
    )


def by_tier(tiers: pd.DataFrame) -> str:
    """Return tonnes and shares by tier; a total has shares, never an average tier."""
    total = math.fsum(tiers["tco2e"])
    parts = [
        f"{tier} {tonnes(value)} t ({tonnes(100 * value / total, 0)} %)" if total else f"{tier} {tonnes(value)} t"
        for tier, value in zip(tiers["tier"], tiers["tco2e"], strict=True)
    ]
    return ", ".join(parts) or "none"


def answer_line(found: Finding) -> str:
    """Return one answered warning in a line."""
    about = ", ".join(filter(None, [found.organisation, found.period, found.activity]))
    about = f" ({about})" if about else ""
    return f"answered: {found.code}{about} on {found.answered_on} by {found.answered_by}: {found.answer}"


def _total(summary: Summary, name: str, unit: str = "") -> str:
    total = summary.totals[name]
    if total is None:
        return "not available"
    if not summary.counted[name]:
        return "nothing sent"
    return tonnes(total) + unit if is_sent(summary.covers[name]) else NOT_SENT


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
        max_lines=2,
        placeholder=" ...",
    )


@dataclass(frozen=True)
class Stamp:
    """What has to be the same for a result to be the same.

    `packages` are those that decide what is checked and said, by label, with their SHA-256: they are no part of the
    methodology's digest. It holds ``{"organisations": "none"}`` where organisation codes were not looked up. `mapping`
    has the SHA-256 of each mapping of words that was applied, by its name.
    """

    methodology: str
    status: str
    methodology_digest: str
    code_version: str
    input_sha256: str
    file_sha256: tuple[str, ...]
    rows: int
    packages: Mapping[str, str]
    mapping: Mapping[str, str] = field(default_factory=dict)

    __repr__ = short_repr
