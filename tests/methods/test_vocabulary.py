"""The words of NHS staff as data: verified, sourced, without contradiction."""

import datetime
import json

import pytest

import nhscarbon as nc
from nhscarbon.errors import IntegrityError
from nhscarbon.methods.data_package import load_package, seal
from nhscarbon.methods.vocabulary import load_vocabulary, vocabulary_of

HEADER = "term,kinds,outcome,answers,question,reason,wins,source,status,decided_by,decided_on,review_by"


def package(folder, *rows, **files):
    """Return a sealed package of words with these rows."""
    folder.mkdir()
    (folder / "words_test.csv").write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    (folder / "datapackage.json").write_text(
        json.dumps({"name": folder.name, "version": "1.0.0", "title": "t", "kind": "vocabulary", "resources": []}),
        "utf-8",
    )
    seal(folder)
    return load_package(folder)


@pytest.mark.parametrize(("row", "said"), [
    ("gas,,two,energy.natural_gas,,,,,proposed,,,", "unknown outcome 'two'"),
    ("gas,,one,,,,,,proposed,,,", "'one' needs an answer"),
    ("gas,,ask,a|b,,,,,proposed,,,", "'ask' needs a question"),
    ("gas,,ask,a,Which?,,,,proposed,,,", "two to four answers"),
    ("gas,,ask,a|b|c|d|e,Which?,,,,proposed,,,", "two to four answers"),
    ("gas,,none,energy.natural_gas,,why,,,proposed,,,", "'none' has no answer"),
    ("gas,,none,,,,,,proposed,,,", "says why"),
    ("gas,,one,energy.natural_gas,,,,,reviewed,us,2026-11-28,", "needs its source"),
    ("gas,,one,energy.natural_gas,,,,a bill,reviewed,,2026-11-28,", "who decided it"),
    ("gas,,one,energy.natural_gas,,,,,guessed,,,", "unknown status 'guessed'"),
    ("gas,heat,one,energy.natural_gas,,,,,proposed,,,", "unknown kind 'heat'"),
    ("(),,one,energy.natural_gas,,,,,proposed,,,", "a term without a word"),
])  # fmt: skip
def test_a_row_that_cannot_be_right_is_refused(tmp_path, row, said):
    with pytest.raises(IntegrityError, match=said):
        vocabulary_of(package(tmp_path / "words", row))


def test_two_rows_that_contradict_each_other_are_refused_whatever_the_order_of_their_words(tmp_path):
    rows = ["boiler gas,,one,energy.natural_gas,,,,,proposed,,,", "gas boilers,,one,energy.biogas,,,,,proposed,,,"]
    with pytest.raises(IntegrityError, match="contradicts"):
        vocabulary_of(package(tmp_path / "words", *rows))


def test_one_term_may_mean_two_things_in_two_kinds_of_units(tmp_path):
    rows = ["gas,energy,one,energy.natural_gas,,,,,proposed,,,", "gas,money,one,spend.sic.35_2_3,,,,,proposed,,,"]
    assert len(vocabulary_of(package(tmp_path / "words", *rows)).terms) == 2


def test_a_review_that_is_overdue_is_named_and_a_withdrawn_row_is_not_read(tmp_path):
    rows = ["gas,,one,energy.natural_gas,,,,a bill,reviewed,us,2024-01-01,2025-01-01",
            "oil,,one,energy.gas_oil,,,,,withdrawn,,,"]  # fmt: skip
    found = vocabulary_of(package(tmp_path / "words", *rows), today=datetime.date(2026, 11, 28))
    assert found.overdue == ("words_test.csv, row 2",)
    assert len(found.terms) == 1


def test_every_answer_that_ships_is_an_activity_and_every_unit_one_of_the_units():
    catalogues = [nc.methodology(id).catalogue.activities for id in ("nhs-2026.1", "nhs-2026.2")]
    units = nc.methodology("nhs-2026.2").units.decimals
    vocabulary = load_vocabulary()
    plain = {answer.partition("@")[0] for term in vocabulary.terms for answer in term.answers if "{" not in answer}
    assert plain - set().union(*catalogues) == set()
    assert {unit for word in vocabulary.units.values() for unit in word.units} - set(units) == set()
