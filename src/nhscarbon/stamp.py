"""The stamp of a result: what has to be the same for the result to be the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stamp:
    """What has to be the same for a result to be the same."""

    methodology: str
    status: str
    methodology_digest: str
    code_version: str
    input_sha256: str
    file_sha256: tuple[str, ...]
    rows: int
