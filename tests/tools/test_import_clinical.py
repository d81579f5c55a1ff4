"""The importers of the clinical figures: the committed bytes, and what they refuse.

The compiled figures lie under NHSCARBON_SHARED, else in a folder `shared` beside the repository; tests that
need them skip aloud without them.
"""

import importlib
import os
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))

import write_variants  # noqa: E402
from clinical import containers, doses, package, refrigerants  # noqa: E402


@pytest.fixture(scope="module")
def figures():
    folder = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared")) / "figures"
    if not folder.is_dir():
        pytest.skip("SKIPPED ALOUD: the compiled figures are not at shared/figures")
    return folder


@pytest.mark.parametrize(
    ("importer", "packages"),
    [("import_gases", 8), ("import_inhalers", 2), ("import_inhalers_2", 2), ("import_refrigerants", 3)],
)
def test_a_second_run_gives_the_committed_bytes(importer, packages, figures, tmp_path, monkeypatch):
    monkeypatch.setattr(package, "DATA", tmp_path)
    monkeypatch.setattr(sys, "argv", [importer, "--figures", str(figures)])
    assert importlib.import_module(importer).main() == 0
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert len(made) == packages
    for path in made:
        assert (tmp_path / path).read_bytes() == (REPO / "data" / path).read_bytes(), path


def test_a_blend_that_does_not_come_to_the_stated_total_is_refused(figures):
    rows = package.read_rows(figures / "clinical" / "refrigerants.csv")
    gwp = package.read_rows(figures / "clinical" / "gwp.csv")
    wrong = [row | {"GWP_AR5_computed": "1274.9"} if row["refrigerant"] == "R448A" else row for row in rows]
    with pytest.raises(ValueError, match=r"R448A comes to 1273\.3499, the figures state 1274\.9"):
        refrigerants.blend_rows(wrong, gwp, refrigerants.AR5)


def test_a_container_whose_content_went_missing_is_refused(figures):
    rows = package.read_rows(figures / "clinical" / "anaesthetic_products.csv")
    blank = [row | {"nominal_litres_sourced": ""} if row["container"] == "bottle 240 ml" else row for row in rows]
    with pytest.raises(ValueError, match=r"no sourced content of anaesthetic\.desflurane bottle_240ml"):
        containers.container_rows(blank)


def test_a_pack_whose_name_no_longer_says_its_doses_is_refused(figures):
    counted = package.read_rows(figures / "clinical" / "inhalers.csv")
    named = package.read_rows(figures.parent / "originals" / "national" / "epd" / "bnf_inhalers.csv")
    assert len(doses.dose_rows(counted, named)) == 17
    wrong = [
        row | {"bnf_name": "Airomir_Inha 100mcg"} if row["bnf_code"] == "0301011R0BMAAAP" else row for row in named
    ]
    with pytest.raises(ValueError, match=r"does not say how many doses inhaler\.pmdi\.airomir_100 holds"):
        doses.dose_rows(counted, wrong)
    of_days = [row | {"doses_basis": "days"} if row["product"] == "ICS MDI (e.g. Clenil)" else row for row in counted]
    with pytest.raises(ValueError, match="are 'days', not actuations"):
        doses.dose_rows(of_days, named)


def test_two_rows_that_answer_are_refused():
    with pytest.raises(ValueError, match="2 rows of the figures hold"):
        package.only([{"a": "1"}, {"a": "1"}], a="1")


def test_each_variant_is_nhs_2026_1_with_its_exchanges():
    """The committed manifests are what the tool writes today, so a new pin of the home method reaches all."""
    home = (write_variants.FOLDER / write_variants.HOME / "methodology.toml").read_text("utf-8")
    for variant in write_variants.VARIANTS:
        committed = (write_variants.FOLDER / variant.id / "methodology.toml").read_text("utf-8")
        assert committed == write_variants.manifest_of(variant, home), f"run tools/write_variants.py: {variant.id}"


def test_a_variant_of_a_package_that_is_not_pinned_is_refused():
    home = (write_variants.FOLDER / write_variants.HOME / "methodology.toml").read_text("utf-8")
    with pytest.raises(ValueError, match="does not pin no-such-1"):
        write_variants.manifest_of(write_variants.Variant("x", "X", {"no-such-1": "other-1"}), home)
