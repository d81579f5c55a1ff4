"""The board page in a real browser: one page in print, no accessibility fault, three widths, nothing from elsewhere.

Skipped where chromium, its driver, selenium or axe-core is absent; `.ci/run` installs them.
"""

import base64
import re
from dataclasses import replace

import pytest
from boards import CANNOT_SAY, NAMES, board, figure, members

from browsers import opened, violations
from nhscarbon.reporting.report.board import BoardTheme, Moved, NextAction
from nhscarbon.reporting.report.board_html import board_page

WIDTHS = (390, 768, 1280)
LONG_NAME = "The Princess Wilhelmina and Queen Margaret University Teaching Hospitals Group NHS Foundation Trust 1"
WIDE_LEAD = "The NHS Carbon Footprint is on track for 2032. WWWWWWWWWW MMMMMMMMMM WWWWWWWWWW MMMMMMMMMM " * 2
LONG_ACTIONS = tuple(
    NextAction("WASTE MANAGEMENT AND MEDICINES WORKSTREAM: COMMISSION NEW MODELS"[:64],
               "DIRECTOR OF ESTATES, FACILITIES AND MORE", "September 2026", "not estimated") for _ in range(4)
)  # fmt: skip
FULL = {"title": LONG_NAME, "lead": WIDE_LEAD[:180], "actions": LONG_ACTIONS}


def crowded():
    """Return a page with the longest texts that are taken, in every part."""
    usual = board(**FULL)
    moved = (*usual.plus.moved, Moved("−1.3%", "in 2026/27, same 7 months"))
    return replace(usual, core=replace(usual.core, moved=moved), plus=replace(usual.plus, moved=moved))


PAGES = {
    "usual": board(),
    "longest texts": crowded(),
    "system": replace(crowded(), members=members(), title=f"{LONG_NAME[:50]} Integrated Care Board"),
    "nothing to compare": board(
        core=replace(figure("NHS Carbon Footprint", 17_300.0, CANNOT_SAY), lines=None, moved=()),
        themes=tuple(BoardTheme(name, None, None, "not answered", True) for name in NAMES), compared_with="",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boards")
    for place, page in enumerate(PAGES.values()):
        (folder / f"{place}.html").write_bytes(board_page(page))
    return {name: folder / f"{place}.html" for place, name in enumerate(PAGES)}


@pytest.mark.parametrize("name", PAGES)
def test_it_prints_to_exactly_one_page_with_and_without_backgrounds(browser, paths, name):
    opened(browser, paths[name])
    for backgrounds in (True, False):
        options = {"preferCSSPageSize": True, "printBackground": backgrounds}
        printed = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", options)["data"])
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1


@pytest.mark.parametrize(("name", "width"), [("usual", 390), ("longest texts", 768), ("system", 1280),
                                             ("nothing to compare", 390)])  # fmt: skip
def test_axe_finds_no_violation(browser, paths, name, width):
    opened(browser, paths[name], width)
    assert violations(browser) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways_and_no_words_run_off_a_picture(browser, paths, width):
    for path in paths.values():
        opened(browser, path, width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        over = browser.execute_script(
            "return [...document.querySelectorAll('svg text')].filter(each => { "
            "const a = each.getBoundingClientRect(), b = each.closest('svg').getBoundingClientRect(); "
            "return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1; })"
            ".map(each => each.textContent)"
        )
        assert over == []


def test_the_smallest_letters_can_be_read(browser, paths):
    for width in WIDTHS:
        opened(browser, paths["usual"], width)
        sizes = browser.execute_script(
            "return [...document.querySelectorAll('main *, header *, footer *')].filter(each => "
            "!each.closest('svg') && !each.closest('.unseen') && each.childNodes.length && "
            "[...each.childNodes].some(one => one.nodeType === 3 && one.textContent.trim()))"
            ".map(each => parseFloat(getComputedStyle(each).fontSize))"
        )
        assert min(sizes) >= 12.5


def test_nothing_is_asked_of_the_network_and_nothing_goes_wrong(browser, paths):
    for path in paths.values():
        opened(browser, path)
        assert browser.execute_script("return performance.getEntriesByType('resource').map(each => each.name)") == []
        assert browser.get_log("browser") == []


def test_it_says_the_same_without_script(browser, paths):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, paths["usual"])
        assert "17,300" in browser.find_element("css selector", "main").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
