"""A whole system against sums by plain pandas: `tests/derbyshire.py` works everything out apart from nhscarbon."""

import pandas as pd
import pytest

import derbyshire
import nhscarbon as nc
from derbyshire import FOOTPRINTS, HEADLINE

GRAM = 1e-6  # tonnes


@pytest.fixture(scope="module")
def rows():
    return derbyshire.system()


@pytest.fixture(scope="module")
def footprint(rows, method):
    return nc.calculate(rows, method, themes=nc.example("derbyshire-themes.csv"))


@pytest.fixture(scope="module")
def returns(method):
    """Estates returns of the three years with a whole factor set."""
    real = derbyshire.estates()
    return nc.calculate(real[real["period"].isin(derbyshire.RETURNED)], method)


def by_words(frame):
    """A frame of words and tonnes as a mapping."""
    *words, _ = frame.columns
    keys = frame[words].itertuples(index=False, name=None) if len(words) > 1 else frame[words[0]]
    return dict(zip(keys, frame["tco2e"], strict=True))


# --- the example itself -------------------------------------------------------------------------------------------


def test_the_real_rows_are_those_of_the_publishers_own_files(originals):
    real = derbyshire.estates()
    files = {"2016/17": "eric-2016-17.xls", "2019/20": "eric-2019-20-site.csv", "2023/24": "eric-2023-24-site.csv"}
    for year, file in files.items():
        table = nc.read_eric(originals / "eric" / file).table
        table = table[table["organisation"].isin([*derbyshire.TRUSTS, "RJF"])]
        words = ["organisation", "activity", "unit"]
        want = table.astype(dict.fromkeys(words, str)).groupby(words)["quantity"].sum()
        here = real[real["period"] == year].groupby(words)["quantity"].sum()
        assert here.to_dict() == pytest.approx(want[want.index.isin(here.index)].to_dict(), rel=1e-12), year
        left = {activity for _, activity, _ in set(want[want != 0].index) - set(here.index)}
        assert left <= {"waste.unstated.other_recovery"}, year  # it has no published factor


def test_what_is_invented_says_so_in_every_row():
    assert set(derbyshire.invented()["note"]) == {"invented"}
    assert derbyshire.base()["method_note"].str.contains("invented").all()
    denominators = pd.read_csv(nc.example("derbyshire-denominators.csv"))
    assert set(denominators["note"]) == {"invented", "estates return"}
    real = denominators["note"] == "estates return"
    assert set(denominators.loc[real, "measure"]) == {"floor_area_gross_internal"}


# --- totals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_each_trust_year_and_theme_is_the_sum_by_pandas(footprint, rows, boundary):
    got = by_words(footprint.by("period", "organisation", "theme", boundary=boundary))
    assert got == pytest.approx(derbyshire.tonnes(derbyshire.lines(rows, boundary), "year", "organisation", "theme"),
                                abs=GRAM)  # fmt: skip


def test_estates_returns_of_three_years_are_the_sums_by_pandas(returns):
    real = derbyshire.estates()
    want = derbyshire.lines(real[real["period"].isin(derbyshire.RETURNED)], HEADLINE)
    got = by_words(returns.by("period", "organisation", "activity"))
    assert got == pytest.approx(derbyshire.tonnes(want, "year", "organisation", "activity"), abs=GRAM)
