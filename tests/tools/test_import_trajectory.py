"""The importers of targets, the grid's path and the parameters of projections: the committed bytes, and their marks.

The compiled figures lie under NHSCARBON_SHARED, else in a folder `shared` beside the repository; tests that
need them skip aloud without them.
"""

import csv
import importlib
import os
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))

import numpy as np  # noqa: E402

import import_grid_path  # noqa: E402
import import_projection  # noqa: E402
import packaged  # noqa: E402


@pytest.fixture(scope="module")
def figures():
    folder = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared")) / "figures"
    if not folder.is_dir():
        pytest.skip("SKIPPED ALOUD: the compiled figures are not at shared/figures")
    return folder


def rows(file):
    with (REPO / "data" / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("importer", "tables"),
    [("import_targets", 2), ("import_grid_path", 2), ("import_projection", 3), ("import_pathways", 2)],
)
def test_a_second_run_gives_the_committed_bytes(importer, tables, figures, tmp_path, monkeypatch):
    monkeypatch.setattr(packaged, "DATA", tmp_path)
    monkeypatch.setattr(sys, "argv", [importer, "--figures", str(figures)])
    assert importlib.import_module(importer).main() == 0
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert len(made) == tables
    for path in made:
        assert (tmp_path / path).read_bytes() == (REPO / "data" / path).read_bytes(), path


def test_a_series_that_is_not_in_the_figures_is_refused():
    with pytest.raises(ValueError, match="hold 'grid average"):
        import_grid_path.point_rows([])
    with pytest.raises(ValueError, match="0 rows of the figures"):
        packaged.only([], footprint="NHSCF")


def test_every_row_has_a_source_or_says_that_it_is_ours():
    for row in rows("projections/projection-1/parameters.csv"):
        assert row["source"] or "nhscarbon's own choice" in row["status"], row["parameter"]
        assert row["status"].startswith(("derived", "proposed"))
    for file in ("targets/nhs-net-zero-1/targets.csv", "control_charts/making-data-count-1/constants.csv",
                 "projections/projection-1/likelihood.csv", "paths/greenbook-grid-2023-1/points.csv"):  # fmt: skip
        assert all(row["source"] for row in rows(file)), file
    for row in rows("targets/nhs-net-zero-1/inventories.csv"):
        assert row["source"] or row["status"] == "derived", row
    for row in rows("paths/greenbook-grid-2023-1/follows.csv"):
        assert row["status"].startswith(("published", "proposed"))


def test_the_years_that_the_grid_lacks_stay_lacking():
    held = rows("paths/greenbook-grid-2023-1/points.csv")
    years = {
        series: [int(row["year"]) for row in held if row["series"] == series] for series in ("average", "marginal")
    }
    assert years == {"average": [2021, 2025, 2030, 2035, 2040, 2045, 2050], "marginal": list(range(2025, 2040))}


def test_the_bands_of_activity_hold_what_the_page_says_of_real_returns(figures):
    """Gas of trusts, 80 % band: of all, and of those that changed by less than half (no merger, no mis-entry)."""
    held = rows("projections/projection-1/parameters.csv")
    squared = {row["of"]: float(row["value"]) for row in held if row["pattern"] == "energy.*"}
    yearly = np.hypot(np.log(squared["growth"]) / 2, np.log(squared["growth_shared"]) / 2)
    inside = {}
    for pair in (*import_projection.PAIRS, ("2013/14", "2016/17"), ("2016/17", "2023/24")):
        years = import_projection.years(pair)
        moved = np.abs(import_projection.changes(figures / "eric" / "trust_totals.csv.gz", *pair))
        within = moved < 1.2816 * yearly * np.sqrt(years)
        like = moved < np.log(1.5)
        inside.setdefault("all", []).append(within.mean())
        inside.setdefault("one year" if years == 1 else "later", []).append(within[like].mean())
    found = {name: (round(100 * min(shares)), round(100 * max(shares))) for name, shares in inside.items()}
    assert found == {"all": (59, 70), "one year": (68, 75), "later": (81, 90)}
