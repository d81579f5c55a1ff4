"""The closed list of ledger words: every label of the mappings, with the answer that its mapping gives."""

import csv
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import make_words_eclass as tool  # noqa: E402  a tool of this repository


def test_the_list_that_ships_is_the_one_that_its_tool_writes():
    with tool.TARGET.open(encoding="utf-8", newline="") as file:
        assert [tuple(row) for row in csv.reader(file)] == [tool.HEADER, *tool.table()]


@pytest.mark.parametrize(("label", "outcome", "answers"), [
    ("Proton Pump Inhibitors", "one", "spend.sic.21"),  # NHS-eClass DAG
    ("Endotracheal or tracheotomy sets", "one", "spend.sic.32"),
    ("Contract Cleaning Services Window cleaning", "one", "spend.sic.81"),  # NHS-eClass MXD
    ("Agency Nurses & Midwives - Band 1", "none", ""),  # NHS-eClass ZFA, pay
    ("NHS Healthcare Services - Mental Health", "none", ""),  # NHS-eClass ZPE, within the NHS
    ("Loans and receivables - current", "none", ""),  # a balance
])  # fmt: skip
def test_a_label_means_what_its_mapping_says(label, outcome, answers):
    words = frozenset(tool.words_of(label)) - tool.EMPTY
    rows = {frozenset(row[0].split()): row for row in tool.table()}
    assert rows[words][2:4] == (outcome, answers)


def test_pay_of_one_word_is_left_out_as_it_would_swallow_what_is_bought():
    terms = {row[0] for row in tool.table()}
    assert not terms & {"domestic", "porter", "finance", "interpreter"}
