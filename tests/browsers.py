"""A real browser: started once a module, a page opened at a width, and what axe-core finds on it."""

import shutil
from pathlib import Path

import pytest

from clocks import PATIENCE

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEIGHT = 900
AXE = (
    "const done = arguments[1]; axe.run(document, {resultTypes: ['violations'], "
    "runOnly: {type: 'tag', values: arguments[0]}}).then(done);"
)


def started():
    """Return a browser without a screen; a test that needs one says so where it is absent."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="no page is opened in a browser: selenium is absent")
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415  of the development requirements

    if not (BROWSER and DRIVER):
        pytest.skip("no page is opened in a browser: chromium or chromedriver is absent")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for each in FLAGS:
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(PATIENCE)
    driver.set_page_load_timeout(PATIENCE)
    return driver


def opened(browser, path, width=1280):
    """Open a page at a width [CSS pixels] and return the browser."""
    size = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(Path(path).as_uri())
    return browser


def violations(browser):
    """Return what axe-core finds on the page that is open, after it has passed more than a few of its rules."""
    axe = pytest.importorskip("axe_selenium_python", reason="no accessibility run: axe-core is absent")
    script = Path(axe.__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
    browser.execute_script(script.read_text("utf-8"))
    found = browser.execute_async_script(AXE, STANDARD)
    assert len(found["passes"]) > 20
    return [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found["violations"]]
