"""The nearest words of a list: what the standard library finds, whatever the word."""

from difflib import get_close_matches

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhscarbon.methods.methodology import methodology
from nhscarbon.methods.nearest import Spellings
from nhscarbon.methods.phrases import LONGEST_PHRASE, one_letter_away

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


def test_a_note_is_not_looked_up_by_every_word_that_is_one_letter_away_from_it():
    asked = []
    assert one_letter_away("energy.nat" + "u" * 8_000, lambda word: bool(asked.append(word))) == []
    assert asked == []
    assert one_letter_away("u" * 200, {"u" * 199}.__contains__) == ["u" * 199]


def test_no_code_or_name_of_the_catalogue_is_as_long_as_a_note():
    catalogue = methodology("nhs-2026.1").catalogue
    assert max(map(len, catalogue.activities)) < LONGEST_PHRASE - 1
