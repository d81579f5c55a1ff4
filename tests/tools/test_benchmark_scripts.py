"""The benchmarks' answers, at a small size; never their time."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_contender_of_the_benchmark_gives_one_answer(tmp_path):
    pytest.importorskip("duckdb", reason="SKIPPED ALOUD: DuckDB is not installed")
    pytest.importorskip("numba", reason="SKIPPED ALOUD: the extra fast (numba) is not installed")
    scenes = "coded,text,parquet,zstd,csv,again,unsure,sums_only,streamed"
    command = [
        sys.executable,
        str(REPO / "benchmarks" / "scale.py"),
        "--rows",
        "2000",
        "--runs",
        "1",
        "--scenes",
        scenes,
    ]
    done = subprocess.run([*command, "--folder", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    for scene in scenes.split(","):
        assert f"## {scene}, 2,000 rows" in done.stdout


def test_both_ways_of_rolling_up_give_one_answer():
    command = [sys.executable, str(REPO / "benchmarks" / "organisations.py"), "--organisations", "200"]
    done = subprocess.run([*command, "--years", "6", "--repeats", "1"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "| country |" in done.stdout


@pytest.mark.slow
def test_the_exported_method_gives_the_answer_of_the_query_by_hand_in_spark():
    pytest.importorskip("pyspark", reason="SKIPPED ALOUD: the extra spark (pyspark) is not installed")
    if shutil.which("java") is None:
        pytest.skip("SKIPPED ALOUD: Spark needs Java, which this machine lacks")
    command = [sys.executable, str(REPO / "benchmarks" / "exported_method.py"), "--rows", "20000", "--runs", "1"]
    done = subprocess.run([*command, "--memory", "1g"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Recipe to query, wall time" in done.stdout
