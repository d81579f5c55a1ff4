"""What a return brings for each theme beside its sums: answers, the months that are given, and what is estimated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.checks.theme_answers import Place, ThemeAnswer
from nhscarbon.checks.words import key_words, organisation_code
from nhscarbon.methods.gaps import bought_when_needed
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.output.text import short_repr
from nhscarbon.sums.arithmetic import to_quantity
from nhscarbon.sums.combinations import distinct, keys_of
from nhscarbon.sums.partial_sums import PartialSums

BY = ["organisation", "period", "theme"]
SHORT = [*BY, "short_months"]
MONTH = [*BY, "month", "when_needed", "activity"]
SIZES = ["rows_estimated", "estimated_kgco2e"]
ESTIMATES = ("estimated", "modelled", "default", "screening")  # evidence of a figure that nobody measured


@dataclass(frozen=True, eq=False)
class ThemeEvidence:
    """What is known of the themes of a return beside its sums.

    Attributes
    ----------
    answers : Mapping[Place, ThemeAnswer]
        By organisation, NHS year and theme, as a themes table gives them.
    months : pandas.DataFrame or None
        One row for each organisation, period, theme, month (empty: the whole year), activity, and whether it is of
        what is bought when needed; None where the sums did not keep the month.
    estimated : pandas.DataFrame
        organisation, period, theme, rows_estimated and estimated_kgco2e, where anything states that it is an estimate.
    short : pandas.DataFrame
        organisation, period, theme and short_months: what other NHS years, that are no longer here, told of this one.
    """

    answers: Mapping[Place, ThemeAnswer] = field(default_factory=dict)
    months: pd.DataFrame | None = None
    estimated: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*BY, *SIZES]))
    short: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SHORT))

    __repr__ = short_repr

    def __add__(self, other: ThemeEvidence) -> ThemeEvidence:
        """Return what two returns bring together; where both answer a theme, rows that were sent win."""
        months = None
        if self.months is not None and other.months is not None:
            months = pd.concat([self.months, other.months], ignore_index=True).drop_duplicates(ignore_index=True)
        parts = [each.estimated for each in (self, other) if len(each.estimated)]
        estimated = self.estimated
        if parts:
            estimated = pd.concat(parts, ignore_index=True).groupby(BY, as_index=False, sort=True)[SIZES].sum()
        short = pd.concat([self.short, other.short]).drop_duplicates(BY) if len(other.short) else self.short
        return ThemeEvidence({**other.answers, **self.answers}, months, estimated, short)

    def within(
        self, organisations: Sequence[str] | None, periods: Sequence[str] | None, months: Sequence[str] | None = None
    ) -> ThemeEvidence:  # fmt: skip
        """Return what is of some organisations, NHS years and months; None is all of them."""
        wanted = dict(zip(BY, (organisations, periods), strict=False))

        def part(frame: pd.DataFrame) -> pd.DataFrame:
            for name, words in wanted.items():
                frame = frame if words is None else frame[frame[name].isin(words)]
            return frame

        return replace(
            self,
            answers={place: answer for place, answer in self.answers.items()
                     if all(words is None or word in words
                            for word, words in zip(place, wanted.values(), strict=False))},
            months=None if self.months is None else part(self.months if months is None else
                                                         self.months[self.months["month"].isin(months)]),
            estimated=part(self.estimated), short=part(self.short),
        )  # fmt: skip


def theme_evidence(
    partial: PartialSums,
    resolutions: Mapping[FactorKey, Resolution],
    method: Methodology,
    *,
    answers: Mapping[Place, ThemeAnswer] | None = None,
    detail: PartialSums | None = None,
) -> ThemeEvidence:
    """Return what sums tell of the themes of a return.

    Parameters
    ----------
    partial : PartialSums
    resolutions : Mapping[FactorKey, Resolution]
        The factors of their keys.
    method : Methodology
    answers : Mapping, optional
        From `nhscarbon.checks.theme_answers`.
    detail : PartialSums, optional
        The same rows summed by month, or `partial` itself where they name no month. It is not needed where `partial`
        kept the month; without it, months are not known.
    """
    by_month = partial if "month" in partial.keep else detail
    return ThemeEvidence(
        answers or {},
        None if by_month is None else months_given(by_month, method),
        estimated_parts(partial, resolutions, method),
    )


def months_given(partial: PartialSums, method: Methodology) -> pd.DataFrame:
    """Return the distinct organisations, NHS years, themes and months that have a quantity.

    Parameters
    ----------
    partial : PartialSums
        That kept ``month``, or of rows that name no month; a row without a quantity gives nothing.
    method : Methodology

    Returns
    -------
    pandas.DataFrame
        organisation, period, theme, month (empty for a row of the whole year), when_needed (bool) and activity.
    """
    known, columns = _words(partial, method)
    month = partial.columns.get("month") or Column(np.full(len(partial), BLANK, np.int32), ())
    columns["month"] = named(month, month.labels)
    activity = columns["activity"]
    themes = [method.catalogue.activities[code].theme for code in activity.labels]
    needed = ["yes" if bought_when_needed(code) else "" for code in activity.labels]
    columns |= {"theme": named(activity, themes), "when_needed": named(activity, needed)}
    here = known & (partial.rows > 0)
    if not here.any():
        return pd.DataFrame(columns=MONTH)
    chosen = {name: Column(columns[name].codes[here], columns[name].labels) for name in MONTH}
    frame = pd.DataFrame(distinct(chosen, MONTH)[1], columns=MONTH)
    return frame.assign(when_needed=frame["when_needed"] == "yes")


def estimated_parts(
    partial: PartialSums, resolutions: Mapping[FactorKey, Resolution], method: Methodology
) -> pd.DataFrame:
    """Return how much of each theme is estimated, as the rows state it.

    A row's estimated share counts where it is given; without one, evidence that is an estimate counts whole.
    """
    nothing = pd.DataFrame(columns=[*BY, *SIZES])
    share = _estimated_share(partial)
    if share is None:
        return nothing
    known, columns = _words(partial, method)
    here = known & (partial.rows > 0) & (share > 0)
    if not here.any():
        return nothing
    chosen = {name: Column(column.codes[here], column.labels) for name, column in columns.items()}
    activity = chosen["activity"]
    chosen["theme"] = named(activity, [method.catalogue.activities[code].theme for code in activity.labels])
    quantity = to_quantity(partial.total, partial.scale)[here] * share[here]
    whose, groups = distinct(chosen, BY)
    rows = np.bincount(whose.numbers, weights=partial.rows[here], minlength=len(groups)).astype(np.int64)
    counted = pd.DataFrame(groups, columns=BY).assign(rows_estimated=rows)
    sizes = sizes_by_theme(chosen, quantity, resolutions, method).rename(columns={"kgco2e": "estimated_kgco2e"})
    joined = counted.merge(sizes, on=BY, how="outer")
    return joined.assign(
        **{name: pd.to_numeric(joined[name]).fillna(0) for name in ("rows_estimated", "estimated_kgco2e")}
    )


def sizes_by_theme(
    columns: Mapping[str, Column],
    quantity: NDArray[np.float64],
    resolutions: Mapping[FactorKey, Resolution],
    method: Methodology,
) -> pd.DataFrame:
    """Return the kgCO2e of each organisation, NHS year and theme inside the widest boundary, all taken as positive."""
    place, keys = keys_of(columns)
    whose, groups = distinct(columns, BY[:2])
    at, size = whose.numbers, np.abs(quantity)
    frames = [
        pd.DataFrame(groups, columns=BY[:2]).assign(
            theme=theme, kgco2e=np.bincount(at, weights=size * place.looked_up(per_unit), minlength=len(groups))
        )
        for theme, per_unit in _by_theme(keys, resolutions, method).items()
    ]
    if not frames:
        return pd.DataFrame(columns=[*BY, "kgco2e"])
    found = pd.concat(frames, ignore_index=True)
    return found[found["kgco2e"] > 0]


def sizes_by_activity(
    columns: Mapping[str, Column],
    quantity: NDArray[np.float64],
    resolutions: Mapping[FactorKey, Resolution],
    method: Methodology,
) -> pd.DataFrame:
    """Return the kgCO2e of each organisation, NHS year and activity inside the widest boundary, as positive."""
    place, keys = keys_of(columns)
    per_unit = sum(_by_theme(keys, resolutions, method).values(), np.zeros(len(keys) + 1))
    whose, groups = distinct(columns, ("organisation", "period", "activity"))
    size = np.bincount(whose.numbers, weights=np.abs(quantity) * place.looked_up(per_unit), minlength=len(groups))
    return pd.DataFrame(groups, columns=["organisation", "period", "activity"]).assign(kgco2e=size)


def _estimated_share(partial: PartialSums) -> NDArray[np.float64] | None:
    """Return the estimated share of each cell; None where no row states its evidence."""
    evidence, stated = partial.columns["evidence"], partial.columns["estimated_share"]
    if not evidence.labels and not stated.labels:
        return None
    by_word = np.array([*(float(label.casefold() in ESTIMATES) for label in evidence.labels), 0.0])
    given = stated.looked_up(np.array([*(float(label) for label in stated.labels), np.nan]))
    found: NDArray[np.float64] = np.where(np.isnan(given), evidence.looked_up(by_word), given.clip(0, 1))
    return found


def _by_theme(
    keys: Iterable[FactorKey], resolutions: Mapping[FactorKey, Resolution], method: Methodology
) -> dict[str, NDArray[np.float64]]:
    """Return by theme the kgCO2e of one unit of each key, inside the widest boundary."""
    listed = list(keys)
    found: dict[str, NDArray[np.float64]] = {}
    for place, key in enumerate(listed):
        resolution = resolutions.get(key)
        for line in resolution.lines if resolution else ():
            if method.included[method.widest, line.category, line.factor.component, line.factor.scope]:
                conversion, factor = line.numbers
                found.setdefault(line.theme, np.zeros(len(listed) + 1))[place] += conversion * factor
    return found


def _words(partial: PartialSums, method: Methodology) -> tuple[NDArray[np.bool_], dict[str, Column]]:
    """Return the cells whose words are known, and their organisation and key in the method's words."""
    known, columns = key_words(partial.columns, len(partial), method)
    sent = partial.columns["organisation"]
    columns["organisation"] = named(sent, [organisation_code(label).meaning or label for label in sent.labels])
    return known & (sent.codes != BLANK), columns


def named(column: Column, meant: Iterable[str]) -> Column:
    """Return a column in other words, in ascending order; an empty cell is the empty word."""
    words = [*meant, ""]
    labels = tuple(sorted(set(words)))
    place = {label: code for code, label in enumerate(labels)}
    return column.renamed(np.array([place[word] for word in words], np.int32), labels)
