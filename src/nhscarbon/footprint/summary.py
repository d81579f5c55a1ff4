"""What is said of a footprint at a glance: both footprints by NHS year and theme, and what they cover."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from nhscarbon.checks.packages import ORGANISATIONS
from nhscarbon.findings import Finding, Findings, Severity
from nhscarbon.footprint.both_footprints import (
    ANSWER_WORDS,
    EMPTY,
    OUTSIDE,
    UNPUBLISHED,
    Counted,
    both,
    both_by_theme,
    tonnes_by,
    year_totals,
)
from nhscarbon.footprint.label import NOT_SENT, answered_themes, boundary_name, boundary_themes, covered, is_sent
from nhscarbon.methods.boundaries import missing_components
from nhscarbon.output.text import short_repr

NOTHING_SENT = "nothing sent"


@dataclass(frozen=True)
class Summary:
    """What is said of a footprint at a glance.

    Attributes
    ----------
    title : str
    periods : tuple of str
        The NHS years, ascending.
    shown : tuple of str
        The boundaries side by side: the NHS Carbon Footprint and the Plus.
    totals : Mapping[str, Mapping[str, float or None]]
        Tonnes of each NHS year by boundary [tCO2e]; None where a boundary cannot be totalled.
    counted : Mapping[str, Mapping[str, bool]]
        Whether a year has rows inside each boundary; where there are none, nothing was sent, which is not zero.
    boundary : str
        The one that `tiers` is of; empty when none can be totalled.
    themes : pandas.DataFrame
        From `nhscarbon.footprint.both_footprints.both_by_theme`.
    tiers : pandas.DataFrame
        period, tier, tco2e: how the tonnes of that boundary are known.
    missing : tuple of str
        The components for want of which the headline cannot be totalled.
    not_counted : tuple of str
        Activities without a published factor.
    findings : Mapping[Severity, int]
    answered : tuple of str
        Each warning that was answered, with by whom, when and why.
    stamp : Stamp
    covers : Mapping[str, Mapping[str, str]]
        What the total of each boundary covers in each year; empty where it is whole.
    answers : Mapping[str, Mapping[str, str]]
        How many themes of each boundary have an answer in each year, such as "4 of 10".
    inside : Mapping[str, tuple of str]
        The themes of each boundary side by side.
    """

    title: str
    periods: tuple[str, ...]
    shown: tuple[str, ...]
    totals: Mapping[str, Mapping[str, float | None]]
    counted: Mapping[str, Mapping[str, bool]]
    boundary: str
    themes: pd.DataFrame
    tiers: pd.DataFrame
    missing: tuple[str, ...]
    not_counted: tuple[str, ...]
    findings: Mapping[Severity, int]
    answered: tuple[str, ...]
    stamp: Stamp
    covers: Mapping[str, Mapping[str, str]]
    answers: Mapping[str, Mapping[str, str]]
    inside: Mapping[str, tuple[str, ...]]

    __repr__ = short_repr

    def label(self, name: str, period: str = "") -> str:
        """Return the name of a boundary with what its total covers in an NHS year; the last when left out."""
        covers = self.covers.get(period or self.last, {})
        return ", ".join(filter(None, [boundary_name(name), covers.get(name, "")]))

    def in_words(self, name: str, row: Mapping[Hashable, object]) -> str:
        """Return why a row of `themes` has no tonnes in a boundary."""
        if row["theme"] not in self.inside[name]:
            return OUTSIDE
        answer = str(row["answer"])
        return ANSWER_WORDS[answer] if answer in EMPTY else UNPUBLISHED

    def total_in_words(self, name: str, period: str) -> str:
        """Return why a total of an NHS year has no figure; empty where it has one."""
        if self.totals[period][name] is None:
            return UNPUBLISHED
        if not self.counted[period][name]:
            return NOTHING_SENT
        return "" if is_sent(self.covers[period][name]) else NOT_SENT

    @property
    def last(self) -> str:
        """The last NHS year; empty where there is none."""
        return self.periods[-1] if self.periods else ""

    @property
    def order(self) -> tuple[str, ...]:
        """The boundaries side by side, the one first that the footprint is about."""
        return tuple(sorted(self.shown, key=lambda name: name != self.boundary))

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


def summarise(counted: Counted, *, title: str, about: str, findings: Findings, stamp: Stamp) -> Summary:
    """Return what is said of a footprint at a glance.

    Parameters
    ----------
    counted : Counted
    title : str
    about : str
        The boundary that its kind of source is about; empty where that is the main total.
    findings : Findings
    stamp : Stamp
    """
    method, coverage = counted.method, counted.coverage
    periods = tuple(sorted(counted.sums.columns["period"].labels))
    by_name = {name: year_totals(counted, name) for name in method.boundaries}
    usable = [name for name, found in by_name.items() if any(value is not None for value in found.values())]
    boundary = next((name for name in (about, method.headline, *usable) if name in usable), "")
    without = {name: counted.unpublished(name) for name in method.boundaries}
    of_year = {year: coverage[coverage["period"] == year] for year in periods}
    lacking = missing_components(method.headline, counted.resolutions.values(), method)
    return Summary(
        title=title,
        periods=periods,
        shown=both(method),
        totals={year: {name: None if year in without[name] else found.get(year, 0.0)
                       for name, found in by_name.items()} for year in periods},
        counted={year: {name: found.get(year) is not None for name, found in by_name.items()} for year in periods},
        boundary=boundary,
        themes=both_by_theme(counted),
        tiers=_tiers(counted, boundary, without[boundary]) if boundary else _tier_frame([]),
        missing=tuple(sorted({f"{component} of {key.activity}" for key, component in lacking})),
        not_counted=tuple(sorted({key.activity for key, found in counted.resolutions.items() if found.refusal})),
        findings=findings.counts,
        answered=tuple(map(answer_line, findings.answered)),
        stamp=stamp,
        covers={year: {name: covered(part, name, method) for name in by_name} for year, part in of_year.items()},
        answers={year: {name: answered_themes(part, name, method) for name in by_name}
                 for year, part in of_year.items()},
        inside={name: boundary_themes(name, method) for name in both(method)},
    )  # fmt: skip


def _tiers(counted: Counted, boundary: str, without: set[str]) -> pd.DataFrame:
    found = tonnes_by(counted, boundary, "tier")
    return _tier_frame([(*words, value) for words, value in sorted(found.items()) if words[0] not in without])


def _tier_frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["period", "tier", "tco2e"])
    return frame.astype({"period": "str", "tier": "str", "tco2e": "float64"})


def answer_line(found: Finding) -> str:
    """Return one answered warning in a line."""
    about = ", ".join(filter(None, [found.organisation, found.period, found.activity]))
    about = f" ({about})" if about else ""
    return f"answered: {found.code}{about} on {found.answered_on} by {found.answered_by}: {found.answer}"


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
