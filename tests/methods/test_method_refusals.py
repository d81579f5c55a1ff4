"""What a refusal advises is what has a factor: all of it, or nothing."""

import pytest

from nhscarbon.methods.refusals import alternatives, one_of, spans
from nhscarbon.methods.resolution import FactorKey, resolve

SERVED = tuple(f"20{start}/{start + 1}" for start in range(13, 27))


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (["2016/17", "2017/18", "2018/19"], "2016/17 to 2018/19"),
        (["2016/17", "2018/19"], "2016/17, 2018/19"),
        (["2013/14", "2016/17", "2017/18", "2026/27"], "2013/14, 2016/17 to 2017/18, 2026/27"),
        ([], ""),
    ],
)
def test_years_with_a_gap_between_them_are_two_spans(years, said):
    assert spans(years, SERVED) == said


@pytest.mark.parametrize("period", ["2014/15", "2015/16", "2023/24"])
@pytest.mark.parametrize("activity", ["spend.sic.41_43", "spend.sic.59_60", "spend.sic.87_88"])
def test_every_product_group_that_is_named_instead_has_a_factor_in_the_year(method, activity, period):
    named = [each.partition(" ")[0] for each in alternatives(activity, period, "UK", method)]
    assert all(method.factors(code, period) for code in named)
    assert all(answer.lines for answer in resolve(
        [FactorKey(code, "GBP", period, "UK") for code in named], method).values())  # fmt: skip
    assert len(named) <= 3


def test_more_groups_than_can_be_named_are_not_named_in_part(method):
    """Divisions 10 to 18 are many groups: three of them would read as if they were all."""
    assert alternatives("spend.sic.10_18", "2023/24", "UK", method) == []


def test_a_choice_names_every_word():
    assert one_of(["kWh", "kWh_net", "m3"]) == "kWh, kWh_net or m3"
