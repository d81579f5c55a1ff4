"""The page of a Green Plan in a real browser: it opens, runs nothing that was sent, and fits a telephone and paper.

Skipped where chromium, its driver, selenium or axe-core is absent; `.ci/run` installs them.
"""

import base64

import pytest
from plans import of_a_person, planned
from test_green_plan import HOSTILE

import nhscarbon as nc
from browsers import opened, violations


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    odd = [planned("T01", 900, "led", text=HOSTILE, lead=HOSTILE, risk=HOSTILE), planned("T02", 901, text=HOSTILE)]
    plan = nc.green_plan([*of_a_person(), *odd], priorities=["Medicines", "flooding"], title=f"Plan {HOSTILE}")
    return nc.write_green_plan(plan, tmp_path_factory.mktemp("pages") / "plan.html")


@pytest.mark.parametrize("width", [360, 900, 1400])
def test_it_opens_without_a_fault_at_any_width(browser, path, width):
    opened(browser, path, width)
    assert [each for each in browser.get_log("browser") if "favicon" not in each["message"]] == []
    assert browser.title == f"Plan {HOSTILE}"
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert violations(browser) == []


def test_it_prints(browser, path):
    browser.get(path.as_uri())
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"])
    assert pdf.startswith(b"%PDF")
