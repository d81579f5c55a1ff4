"""The importer of price levels: the committed bytes, and figures that do not fit are refused."""

import os
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))

import import_price_levels  # noqa: E402
import packaged  # noqa: E402

PACKAGE = "price_levels/gdp-deflator-levels-1"


def test_a_second_run_gives_the_committed_bytes(tmp_path, monkeypatch):
    figures = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared")) / "figures"
    if not figures.is_dir():
        pytest.skip("SKIPPED ALOUD: the compiled figures are not at shared/figures")
    monkeypatch.setattr(packaged, "DATA", tmp_path)
    monkeypatch.setattr(sys, "argv", ["import_price_levels", "--figures", str(figures)])
    assert import_price_levels.main() == 0
    for file in ("levels.csv", "units.csv"):
        assert (tmp_path / PACKAGE / file).read_bytes() == (REPO / "data" / PACKAGE / file).read_bytes()


def test_figures_without_a_series_or_with_a_year_twice_are_refused():
    row = {"series": "GDP deflator", "year_type": "financial year (Apr-Mar)", "year_start": "2019"}
    with pytest.raises(ValueError, match="financial year 0 times"):
        import_price_levels.level_rows([])
    with pytest.raises(ValueError, match="financial year 2 times"):
        import_price_levels.level_rows([row, row])
