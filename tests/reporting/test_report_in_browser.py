"""The report in a real browser: no accessibility fault, keyboard, telephone width, work to open, and print.

Skipped where chromium, its driver, selenium or axe-core is absent; `.ci/run` installs them.
"""

import base64

import pandas as pd
import pytest
from test_report import many_sites

import nhscarbon as nc
from browsers import opened, violations
from clocks import PATIENCE

pytest.importorskip("selenium", reason="no page is opened in a browser: selenium is absent")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

METHOD = nc.methodology("nhs-2026.1")
WIDTHS = (360, 900, 1400)


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    rows = pd.read_csv(nc.example("trust-year.csv"))
    shares = {"2020/21": 1.0, "2021/22": 0.98, "2022/23": 1.1, "2023/24": 0.9}
    parts = [rows.assign(period=year, quantity=rows["quantity"] * share) for year, share in shares.items()]
    years = nc.calculate(pd.concat(parts), METHOD)
    ahead = nc.project(years, to="2032/33", draws=200)
    target = nc.targets().path(ahead.history, boundary=ahead.boundary, base_year="2019/20", base_tco2e=70_000.0,
                               inventory="2020-report")  # fmt: skip
    returns = nc.calculate(nc.read_eric(nc.example("estates-2023-24.csv")).part(slice(0, 900)), METHOD)
    sites = nc.calculate(many_sites(), METHOD, keep=("site",))
    return {
        "one year": nc.write_report(nc.calculate(rows, METHOD), folder / "one.html", draws=500),
        "all of it": nc.write_report(years, folder / "years.html", projection=ahead, target=target, draws=500),
        "several bodies": nc.write_report(returns, folder / "several.html", draws=500),
        "500 sites": nc.write_report(sites, folder / "sites.html", draws=500),
    }


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *((name, width) for name in ("one year", "all of it") for width in WIDTHS),
        ("several bodies", 900),
        ("500 sites", 360),
    ],
)
def test_axe_finds_no_violation(browser, paths, name, width):
    opened(browser, paths[name], width)
    assert violations(browser) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_itself_never_scrolls_sideways(browser, paths, width):
    for path in paths.values():
        opened(browser, path, width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        browser.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        wide = browser.execute_script(
            "return [...document.querySelectorAll('tbody, tbody th, tbody td')].filter(each => "
            "each.getBoundingClientRect().right > arguments[0] + 1).map(each => each.textContent.slice(0, 80))",
            width,
        )
        assert wide == []


def test_on_a_telephone_each_row_is_a_block_with_labels(browser, paths):
    opened(browser, paths["one year"], 390)
    table = browser.find_element(By.XPATH, "//table[caption/strong='Tonnes by theme']")
    cell = table.find_element(By.CSS_SELECTOR, "tbody td")
    assert not table.find_element(By.CSS_SELECTOR, "tbody td.rg").is_displayed()
    assert cell.value_of_css_property("display") == "grid"
    label = browser.execute_script("return getComputedStyle(arguments[0], '::before').content", cell)
    assert label == '"NHS Carbon Footprint [tCO₂e]"'


def test_headers_repeat_on_each_printed_page_and_what_is_folded_stays_folded(browser, paths):
    opened(browser, paths["several bodies"])
    folds = browser.find_elements(By.CSS_SELECTOR, "main details")
    assert folds
    assert not any(fold.get_attribute("open") for fold in folds)
    heads = "return [...document.querySelectorAll('thead button')].length"
    assert browser.execute_script(heads) > 0
    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script(heads) == 0  # a browser does not repeat a header's buttons on the next page
    assert all(head.get_attribute("textContent") for head in browser.find_elements(By.CSS_SELECTOR, "thead th"))
    browser.execute_script("window.dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script(heads) > 0
    style = browser.execute_script("return document.querySelector('style').textContent")
    assert "thead { display: table-header-group; break-inside: avoid; }" in style


@pytest.mark.parametrize("width", WIDTHS)
def test_no_words_run_off_a_picture(browser, paths, width):
    for name in ("one year", "all of it"):
        opened(browser, paths[name], width)
        over = browser.execute_script(
            "return [...document.querySelectorAll('svg text')].filter(each => { "
            "const a = each.getBoundingClientRect(), b = each.closest('svg').getBoundingClientRect(); "
            "return a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom; })"
            ".map(each => each.textContent)"
        )
        assert over == []
        assert browser.execute_script("return document.querySelectorAll('svg text').length") > 10


def test_nothing_is_asked_of_the_network_and_nothing_goes_wrong(browser, paths):
    for path in paths.values():
        opened(browser, path)
        assert browser.execute_script("return performance.getEntriesByType('resource').map(each => each.name)") == []
        assert browser.get_log("browser") == []


def processor_time_of(browser):
    """Return the processor seconds that the process of the page has used."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return {each["name"]: each["value"] for each in metrics}["ProcessTime"]


def test_five_hundred_sites_open_in_two_seconds_of_the_processor(browser, paths):
    browser.execute_cdp_cmd("Performance.enable", {})
    opened(browser, paths["500 sites"])
    before = processor_time_of(browser)
    opened(browser, paths["500 sites"])  # again, in the same process: a twentieth of that is usual
    assert 0 < processor_time_of(browser) - before < 2


def column(table, place):
    return [
        row.find_elements(By.CSS_SELECTOR, "th, td")[place].text
        for row in table.find_elements(By.CSS_SELECTOR, "tbody tr")
    ]


def test_a_table_is_sorted_by_keyboard_and_says_so(browser, paths):
    opened(browser, paths["one year"])
    table = browser.find_element(By.XPATH, "//table[caption/strong='Totals by boundary']")
    button = table.find_elements(By.CSS_SELECTOR, "thead button")[1]
    browser.execute_script("arguments[0].focus()", button)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    head = table.find_elements(By.CSS_SELECTOR, "thead th")[1]
    *told, last = column(table, 1)
    numbers = [float(text.replace(",", "")) for text in told]
    assert last == "not sent"  # of the Plus: what is no number stays last
    assert head.get_attribute("aria-sort") == "descending"
    assert numbers == sorted(numbers, reverse=True)
    browser.switch_to.active_element.send_keys(Keys.SPACE)
    assert head.get_attribute("aria-sort") == "ascending"
    assert [float(text.replace(",", "")) for text in column(table, 1)[:-1]] == sorted(numbers)
    assert browser.find_element(By.ID, "said").get_attribute("textContent") == (
        "Totals by boundary: sorted by tCO₂e, ascending"
    )


def test_what_is_no_number_stays_last_in_either_order(browser, paths):
    opened(browser, paths["all of it"])
    table = browser.find_element(By.XPATH, "//table[caption/strong='Tonnes by year']")
    for _ in range(2):
        browser.execute_script("arguments[0].click()", table.find_elements(By.CSS_SELECTOR, "thead button")[2])
        assert column(table, 2)[-1] == ""
        assert column(table, 0)[-1] == "2020/21"


def test_the_first_tab_skips_to_the_report_and_focus_can_be_seen(browser, paths):
    opened(browser, paths["one year"])
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    first = browser.switch_to.active_element
    assert first.text == "Skip to the report"
    assert first.rect["x"] >= 0
    assert first.value_of_css_property("outline-style") == "solid"
    assert float(first.value_of_css_property("outline-width").removesuffix("px")) >= 2
    first.send_keys(Keys.ENTER)
    # the focus follows the link when the page is drawn next
    WebDriverWait(browser, PATIENCE).until(lambda _: browser.switch_to.active_element.get_attribute("id") == "main")


def test_without_script_every_table_is_there(browser, paths):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, paths["one year"])
        heads = browser.find_elements(By.CSS_SELECTOR, "thead th")
        assert browser.find_elements(By.CSS_SELECTOR, "thead button") == []
        assert all(head.text for head in heads)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_it_prints_without_cutting_a_table_off(browser, paths):
    opened(browser, paths["all of it"])
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        opened(browser, paths["all of it"], 690)  # the width of an A4 page between its margins
        over = browser.execute_script(
            "return [...document.querySelectorAll('table')].filter(each => each.getBoundingClientRect().right > 691)"
            ".map(each => each.querySelector('strong').textContent)"
        )
        assert over == []
        assert not browser.find_element(By.TAG_NAME, "nav").is_displayed()
        printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
        assert base64.b64decode(printed["data"]).startswith(b"%PDF")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
