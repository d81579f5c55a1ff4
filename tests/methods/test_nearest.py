"""The nearest words of a list: what the standard library finds, whatever the word."""

from difflib import get_close_matches

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhscarbon.methods.nearest import Spellings

WORDS = st.text(alphabet="abcde._0é", max_size=12)


@settings(max_examples=300)
@given(WORDS, st.lists(WORDS, max_size=30), st.integers(1, 4), st.sampled_from([0.0, 0.4, 0.75, 1.0]))
def test_the_nearest_are_those_of_the_standard_library(word, words, most, cutoff):
    words = list(dict.fromkeys(words))
    assert Spellings(words).close_to(word, most=most, cutoff=cutoff) == get_close_matches(word, words, most, cutoff)


@pytest.mark.parametrize(
    "word", ["energy.naturl_gas", "energy.natural_gass", "natural gas", "anaesthetic.desfluran", "x"]
)
def test_the_nearest_activity_is_that_of_the_standard_library(method, word):
    codes = method.catalogue.folded
    assert Spellings(codes).close_to(word, most=1, cutoff=0.75) == get_close_matches(word, codes, 1, 0.75)
