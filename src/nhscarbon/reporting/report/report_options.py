"""What else a report may be asked for: seldom, and by the analyst page for the most part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from nhscarbon.errors import UsageError
from nhscarbon.organisations.load import RELEASE
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.projection.projection import Projection
from nhscarbon.trajectory.targets.target_path import TargetPath


class ReportOptions(TypedDict, total=False):
    """The names of `Chosen`, as keywords of `nhscarbon.write_report`."""

    projection: Projection | None
    target: TargetPath | None
    boundary: str | None
    match: Sequence[str] | None
    organisations: str | None
    draws: int
    seed: int


@dataclass(frozen=True)
class Chosen:
    """What was chosen; see `nhscarbon.write_report`."""

    projection: Projection | None = None
    target: TargetPath | None = None
    boundary: str | None = None
    match: Sequence[str] | None = None
    organisations: str | None = RELEASE
    draws: int = 10_000
    seed: int = 2026

    __repr__ = short_repr

    @property
    def of_the_analyst_page(self) -> tuple[str, ...]:
        """The names of what was given that only the analyst page shows."""
        return tuple(name for name in ("projection", "target", "boundary", "match") if getattr(self, name) is not None)


def refuse_of_the_analyst_page(chosen: Chosen, what: str) -> None:
    """Refuse what only the analyst page shows."""
    if chosen.of_the_analyst_page:
        raise UsageError(
            f"{what} shows both footprints as they are, and takes no {' or '.join(chosen.of_the_analyst_page)}",
            advice="Leave it out, or write kind='analyst'.",
        )
