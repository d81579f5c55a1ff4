"""The built site in a real browser, opened from a folder: search, logo and search box, two widths.

Skipped where chromium, its driver or selenium is absent; `.ci/run` installs them.
"""

import pytest

from browsers import HEIGHT, opened
from clocks import PATIENCE

pytest.importorskip("selenium", reason="no page is opened in a browser: selenium is absent")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

WIDTHS = (390, 1280)
BOXES = {390: (".wy-nav-top > a", ".top-search input"), 1280: ("img.logo", "#rtd-search-form input")}


def wait(browser, true):
    return WebDriverWait(browser, PATIENCE).until(true)


def results(browser):
    return browser.find_elements(By.CSS_SELECTOR, "#mkdocs-search-results article a")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen(browser, site, width):
    wide = []
    for page in sorted({*site.rglob("*.html")} - {site / "404.html"}):  # a server's own, with its own paths
        opened(browser, page, width)
        if browser.execute_script("return document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(page.relative_to(site).as_posix())
    assert wide == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", ["index.html", "reference/findings.html", "gallery/themes.html"])
def test_logo_and_search_box_are_on_screen_at_any_scroll(browser, site, page, width):
    opened(browser, site / page, width)
    for share in (0, 0.5, 1):
        browser.execute_script(f"window.scrollTo(0, {share} * document.body.scrollHeight)")
        for box in BOXES[width]:
            place = wait(browser, lambda each, box=box: each.find_element(By.CSS_SELECTOR, box)).rect
            top = browser.execute_script("return window.scrollY")
            assert place["width"] > 20
            assert top <= place["y"], (share, box)
            assert place["y"] + place["height"] <= top + HEIGHT, (share, box)
            assert place["x"] + place["width"] <= width


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("page", "words", "leads_to"), [
    ("index.html", "template", "template"),
    ("how-to/spend.html", "anaesthetic.sevoflurane", "explanation/clinical.html"),
    ("reference/api.html", "mapping_unconfirmed", "reference/findings.html"),
])  # fmt: skip
def test_the_search_finds_from_a_folder_and_its_results_lead_to_pages(browser, site, page, words, leads_to, width):
    opened(browser, site / page, width)
    box = browser.find_element(By.CSS_SELECTOR, BOXES[width][1])
    box.send_keys(words, Keys.ENTER)
    found = wait(browser, results)
    assert browser.current_url.startswith("file:")
    leads = [each.get_attribute("href") for each in found]
    assert any(leads_to in each for each in leads), leads
    for lead in leads:
        assert (site / lead.partition("#")[0].removeprefix(f"{site.as_uri()}/")).is_file()
    found[0].click()
    assert wait(browser, lambda each: "search.html" not in each.current_url)
    assert [each for each in browser.get_log("browser") if each["level"] == "SEVERE"] == []


def test_what_is_not_in_the_documentation_is_said_and_markup_in_a_query_is_text(browser, site):
    opened(browser, site / "search.html", 1280)
    box = wait(browser, lambda each: each.find_element(By.ID, "mkdocs-search-query"))
    wait(browser, lambda each: "Type what" in each.find_element(By.ID, "mkdocs-search-results").text)
    for words in ("zyxwvut", "<img src=x onerror=alert(1)>zyxwvut", "zy:xw^~*+-vut"):
        box.clear()
        box.send_keys(words)
        text = browser.find_element(By.ID, "mkdocs-search-results").text
        assert "Nothing was found" in text or "section" in text
    assert browser.find_elements(By.CSS_SELECTOR, "#mkdocs-search-results img") == []
