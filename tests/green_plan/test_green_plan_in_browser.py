"""The page of a Green Plan in a real browser: it opens, runs nothing that was sent, and fits a telephone and paper.

Skipped where chromium, its driver, selenium or axe-core is absent; `.ci/run` installs them.
"""

import base64
import shutil

import pytest
from plans import of_a_person, planned
from test_green_plan import HOSTILE

import nhscarbon as nc
from clocks import PATIENCE

pytest.importorskip("selenium", reason="the page is not opened in a browser: selenium is not installed")
pytest.importorskip("axe_selenium_python", reason="no accessibility run: axe-core is not installed")
import axe_selenium_python
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="the page is not opened in a browser: chromium or chromedriver is absent"
)
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(PATIENCE)
    driver.set_page_load_timeout(PATIENCE)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    odd = [planned("T01", 900, "led", text=HOSTILE, lead=HOSTILE, risk=HOSTILE), planned("T02", 901, text=HOSTILE)]
    plan = nc.green_plan([*of_a_person(), *odd], priorities=["Medicines", "flooding"], title=f"Plan {HOSTILE}")
    return nc.write_green_plan(plan, tmp_path_factory.mktemp("pages") / "plan.html")


@pytest.mark.parametrize("width", [360, 900, 1400])
def test_it_opens_without_a_fault_at_any_width(browser, path, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(path.as_uri())
    assert [each for each in browser.get_log("browser") if "favicon" not in each["message"]] == []
    assert browser.title == f"Plan {HOSTILE}"
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    axe = axe_selenium_python.Axe(browser)
    axe.inject()
    found = axe.run(options={"runOnly": {"type": "tag", "values": STANDARD}})
    assert [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found["violations"]] == []


def test_it_prints(browser, path):
    browser.get(path.as_uri())
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"])
    assert pdf.startswith(b"%PDF")
