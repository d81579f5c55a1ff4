"""What the tests share: the methodology, and where the publishers' own files may lie."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import browsers
import nhscarbon as nc

REPO = Path(__file__).resolve().parents[1]
UNTIMED = {"deadline": None, "suppress_health_check": (HealthCheck.too_slow,)}  # both read the clock on the wall
settings.register_profile("quick", max_examples=60, derandomize=True, **UNTIMED)
settings.register_profile("brief", settings.get_profile("quick"), max_examples=15)
settings.load_profile(os.environ.get("EXAMPLES", "quick"))


@pytest.fixture(scope="session")
def method():
    return nc.methodology("nhs-2026.1")


@pytest.fixture(scope="session")
def originals():
    """The publishers' own files; tests that need them say so when they are absent."""
    folder = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared")) / "originals"
    if not folder.is_dir():
        pytest.skip(f"SKIPPED ALOUD: the publishers' own files are not at {folder.name}/")
    return folder


@pytest.fixture(scope="module")
def browser():
    driver = browsers.started()
    yield driver
    driver.quit()


@pytest.fixture
def activity_csv(tmp_path):
    """Write an activity table and return its path."""

    def write(*rows, header="organisation,period,activity,quantity,unit", name="return.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write
