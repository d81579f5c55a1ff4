"""The closed lists of words: written whole from their tables, and what people wrote by hand decides."""

import csv
import re
import shutil
import sys
from pathlib import Path

import pytest

import nhscarbon as nc

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "data" / "vocabulary" / "nhs-words-1"
sys.path.insert(0, str(REPO / "tools"))
import make_words  # noqa: E402  a tool of this repository


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    for file in PACKAGE.glob("*.csv"):
        shutil.copy(file, folder)
    make_words.main(["--out", str(folder)])
    return folder


@pytest.mark.parametrize("name", sorted(make_words.LISTS))
def test_the_package_holds_what_the_tables_say(written, name):
    assert (PACKAGE / name).read_bytes() == (written / name).read_bytes(), "run python tools/make_words.py and seal"


def test_every_answer_of_the_lists_is_a_code_of_the_catalogue(written):
    known = nc.methodology("nhs-2026.2").catalogue.activities
    for name in make_words.LISTS:
        for row in rows(written, name):
            for answer in filter(None, row["answers"].split("|")):
                code = re.sub(r"\{\w+=([^}]*)\}", r"\1", answer).partition("@")[0]
                assert code in known, f"{name}: {row['term']} -> {answer}"


def test_a_row_by_hand_decides(tmp_path):
    for file in PACKAGE.glob("*.csv"):
        if file.name not in make_words.LISTS:
            shutil.copy(file, tmp_path)
    with (tmp_path / "words_mine.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, make_words.COLUMNS)
        writer.writeheader()
        blank = dict.fromkeys(make_words.COLUMNS, "")
        writer.writerow({**blank, "term": "suprane", "outcome": "none", "reason": "ours", "status": "proposed"})
    make_words.main(["--out", str(tmp_path)])
    assert "suprane" not in {row["term"] for row in rows(tmp_path, "words_agents.csv")}


# trade names from refrigerant guides, codes from the List of Wastes, names from the factor sets
@pytest.mark.parametrize(
    ("name", "term", "answer"),
    [
        ("words_refrigerant_names.csv", "suva mp39", "refrigerant.r401a"),
        ("words_refrigerant_names.csv", "opteon xp 40", "refrigerant.r449a"),
        ("words_refrigerant_names.csv", "r455a", ""),
        ("words_waste_codes.csv", "180108", "waste.cytotoxic.high_temperature_incineration"),
        ("words_agents.csv", "aerrane", "anaesthetic.isoflurane"),
        ("words_inhaler_brands.csv", "salamol easi breathe", "inhaler.bai.salamol_easi_breathe_100"),
        ("words_factor_names.csv", "organic food drink waste anaerobic digestion", "waste.food.anaerobic_digestion"),
    ],
)
def test_published_names_are_theirs(written, name, term, answer):
    [row] = [each for each in rows(written, name) if each["term"] == term and each["kinds"] != "money"]
    assert row["answers"] == answer
