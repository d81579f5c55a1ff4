"""Errors carry their advice as a field: what they print is message and advice, and no sentence is taken apart."""

import copy
import pickle

import pytest

import nhscarbon as nc
from nhscarbon import errors
from nhscarbon.errors import IntegrityError, NHSCarbonError, PeriodError, UnreadableError
from nhscarbon.findings import SubmissionError, in_order_of_severity
from nhscarbon.periods import parse_period
from nhscarbon.submissions.check import unreadable

EVERY = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NHSCarbonError)]


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_every_error_keeps_its_advice_when_it_is_copied_or_sent_to_another_process(kind, again):
    error = again(kind("the file is empty", advice="send another"))
    assert (str(error), error.message, error.advice) == (
        "the file is empty; send another", "the file is empty", "send another",
    )  # fmt: skip
    assert str(again(kind("nothing is wrong"))) == "nothing is wrong"
    assert str(again(kind("The file is empty.", advice="Send another."))) == "The file is empty. Send another."
    assert str(again(kind("the file is empty", advice="Send another."))) == "the file is empty. Send another."


def test_a_refusal_and_a_period_keep_what_else_they_say():
    refusal = pickle.loads(pickle.dumps(SubmissionError("refused", in_order_of_severity([], 3))))
    assert (refusal.findings.rows, refusal.message, refusal.advice) == (3, "refused", "")
    error = pickle.loads(pickle.dumps(PeriodError("unclear", "2023/24", advice="write the year")))
    assert (error.likely, error.advice) == ("2023/24", "write the year")


def test_a_period_says_what_to_write():
    with pytest.raises(PeriodError) as found:
        parse_period("23; 24")
    assert found.value.message == "'23; 24' is not a period"
    assert found.value.advice.startswith("write '2023/24' (NHS year)")


@pytest.mark.parametrize(("error", "code", "message", "advice"), [
    (UnreadableError("'a; b. c.csv' is empty"), "file_unreadable", "'a; b. c.csv' is empty.", "Open the file "
     "and save the table as .xlsx or CSV UTF-8."),
    (UnreadableError("'a; b.csv' is large", advice="split it"), "file_unreadable", "'a; b.csv' is large.", "Split it."),
    (IntegrityError("it is damaged.", advice="Nothing was used. Send it again."), "file_changed", "it is damaged.",
     "Nothing was used. Send it again."),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_a_finding_with_the_errors_own_advice(error, code, message, advice):
    (found,) = unreadable(error, "a.csv")
    assert (found.code, found.message, found.suggestion) == (code, message, advice)


def test_a_file_with_a_semicolon_in_its_name_is_called_by_its_whole_name(tmp_path, method):
    path = tmp_path / "one; two. three.xlsx"
    path.write_bytes(b"PK\x03\x04 cut off")
    (found,) = nc.check(path, method)
    assert found.message.startswith("'one; two. three.xlsx' is damaged")
    assert found.suggestion == "Send it again."
