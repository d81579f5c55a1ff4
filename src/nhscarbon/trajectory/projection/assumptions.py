"""What a projection takes for granted, as rows that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd

from nhscarbon.output.text import short_repr


@dataclass(frozen=True, order=True)
class Assumption:
    """One thing taken for granted: of what, in which years, what, how sure, and whence."""

    about: str
    years: str
    assumption: str
    status: str
    source: str = ""

    __repr__ = short_repr


def as_frame(found: Iterable[Assumption]) -> pd.DataFrame:
    """Return assumptions as a frame, each once."""
    names = [each.name for each in fields(Assumption)]
    return pd.DataFrame([asdict(each) for each in sorted(set(found))], columns=names)
