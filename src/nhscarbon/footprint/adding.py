"""What keeps two footprints from being added: another method, other columns, the same data twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nhscarbon.activity.activity import Source
from nhscarbon.checks.double_counting import between
from nhscarbon.checks.totals import Totals
from nhscarbon.errors import MixedMethodError, UsageError
from nhscarbon.findings import Finding
from nhscarbon.methods.methodology import Methodology

Files = Iterable[tuple[str, str]]


def refuse_other(methods: tuple[Methodology, Methodology], columns: tuple[Any, Any], maps: tuple[str, str]) -> None:
    """Refuse footprints of two methodologies, with different columns, or on different maps of organisations."""
    first, second = methods
    if first.digest != second.digest:
        raise MixedMethodError(
            f"footprints by {first.id} ({first.digest[:12]}) and {second.id} "
            f"({second.digest[:12]}) cannot be added: recalculate both with one methodology"
        )
    if columns[0] != columns[1]:
        raise UsageError("footprints that kept different columns cannot be added: recalculate with the same keep")
    if maps[0] != maps[1]:
        raise UsageError(
            "footprints on different maps of organisations cannot be added: "
            f"one is {maps[0] or 'as reported'}, the other {maps[1] or 'as reported'}",
            advice="Add them as reported and roll up their sum.",
        )


def refuse_same(files: tuple[Files, Files], sources: tuple[tuple[Source, ...], tuple[Source, ...]]) -> None:
    """Refuse footprints that hold the same file or table."""
    held = {sha256 for _, sha256 in files[1]}
    same = [name for name, sha256 in files[0] if sha256 and sha256 in held]
    same += ["one table" for a in sources[0] for b in sources[1] if a is b]
    if same:
        raise MixedMethodError(f"both footprints hold the same data ({same[0]}); added, it would count twice")


def refuse_shared(sums: tuple[Totals, Totals], *, one_whole: bool) -> None:
    """Refuse parts that share a cell: of one footprint any, of two one with the same quantity to the last digit."""
    rows = [
        {words: str(total) for words, total in zip(_words(part), part.total.tolist(), strict=True)} for part in sums
    ]
    shared = sorted(
        words for words in rows[0].keys() & rows[1].keys() if one_whole or rows[0][words] == rows[1][words] != "0"
    )
    if shared:
        raise MixedMethodError(
            f"both are parts of footprints and hold the same rows ({', '.join(shared[0][:3])}); added, they would "
            "count twice"
        )


def _words(sums: Totals) -> list[tuple[str, ...]]:
    return [*zip(*(sums.keys[name].astype(str) for name in sums.columns), strict=True)]


def twice(whole: Totals, parts: tuple[Totals, Totals], method: Methodology) -> list[Finding]:
    """Return what two footprints count twice only together; refuse where it is an error."""
    found = between(whole, parts, method)
    if refused := [finding for finding in found if finding.refuses]:
        raise MixedMethodError(
            "added, these footprints would count twice: "
            + " ".join(finding.message for finding in refused)
            + " Calculate both sources together, the repeated rows left out or their sites named."
        )
    return found
