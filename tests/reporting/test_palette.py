"""Charts: contrast, the numbers and words behind each drawing, the same bytes each time, files whole or not at all."""

import base64
import re
import sys
from html import unescape
from xml.etree import ElementTree

import pandas as pd
import pytest

from drawings import SVG, looks_right
from nhscarbon.errors import UsageError
from nhscarbon.reporting.charts.bars import Bar, bars
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.drawing.axes import spread, ticks
from nhscarbon.reporting.drawing.marks import fit, length
from nhscarbon.reporting.drawing.palette import DATA, EDGE, INK, SOFT, WHITE


def luminance(colour):
    """WCAG 2.2, definition of relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_words_and_marks_stand_out_from_white():
    assert all(contrast(colour, WHITE) >= 4.5 for colour in (INK, SOFT, DATA))  # WCAG 2.2, 1.4.3 text
    assert contrast(EDGE, WHITE) >= 3  # 1.4.11 non-text contrast


def test_fields_that_lie_side_by_side_can_be_told_apart_in_grey():
    assert contrast(DATA, EDGE) >= 3


def small_chart(name="a & b"):
    table = pd.DataFrame({"theme": [name], "tco2e": [2.0]})
    return Chart("One is two", ["tCO2e"], ["made up"], bars([Bar(name, 2.0, "2")]), table, f'{name} is 2 "tonnes"')


def test_a_chart_looks_right_whatever_its_words_are():
    looks_right(small_chart())
    looks_right(small_chart("MID AND SOUTH ESSEX NHS FOUNDATION TRUST WITH ALL ITS SITES AND BODIES"))


def test_a_chart_is_written_whole_and_never_over_another(tmp_path):
    path = small_chart().save(tmp_path / "one.svg")
    assert path.read_text("utf-8") == small_chart().to_svg()
    with pytest.raises(UsageError, match="already exists"):
        small_chart().save(path)
    with pytest.raises(UsageError, match="svg, png, pdf"):
        small_chart().save(tmp_path / "one.bmp")


@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_an_image_holds_the_drawing_the_same_bytes_each_time(tmp_path, kind, start):
    pytest.importorskip("matplotlib", reason="PNG and PDF need the extra 'plot'")
    first, again = (small_chart().save(tmp_path / f"{name}.{kind}").read_bytes() for name in ("first", "again"))
    assert first.startswith(start)
    assert first == again
    assert first != small_chart("c").save(tmp_path / f"other.{kind}").read_bytes()


def test_a_bare_install_draws_and_names_the_extra_of_images(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    small_chart().save(tmp_path / "one.svg")
    with pytest.raises(UsageError, match=r"nhscarbon\[plot\]"):
        small_chart().save(tmp_path / "one.png")


def test_a_notebook_shows_the_drawing_and_reads_the_words_aloud():
    shown = small_chart()._repr_html_()
    assert 'alt="a &amp; b is 2 &quot;tonnes&quot;"' in shown
    [code] = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', shown)
    assert base64.b64decode(code).decode() == small_chart().to_svg() == small_chart()._repr_svg_()


def test_a_chart_is_one_line_in_a_list():
    assert repr([small_chart()]) == "[Chart('One is two', 1 rows)]"
    assert str(small_chart()) == 'One is two\na & b is 2 "tonnes"'


def test_names_are_words_and_never_markup():
    text = small_chart("<script>\u202e\x00").to_svg()
    assert ElementTree.fromstring(text).tag == f"{SVG}svg"
    assert "<script>" not in text
    assert "\\u202e\\x00" in unescape(text)


def test_words_are_never_longer_than_they_are_taken_to_be():
    fonts = pytest.importorskip("matplotlib.font_manager", reason="letters are measured by matplotlib")
    paths = pytest.importorskip("matplotlib.textpath")
    try:
        fonts.findfont("Liberation Sans", fallback_to_default=False)
    except ValueError:
        pytest.skip("Liberation Sans, as wide as Arial, is not installed")
    samples = ("Well-to-tank and distribution of energy", "NOTTINGHAM UNIVERSITY HOSPITALS NHS TRUST (RX1)",
               "2,644,102 (57%)", "energy.electricity.green_tariff wtt +761 [2021/22 +72 %]")  # fmt: skip
    for weight in ("normal", "bold"):
        font = fonts.FontProperties(family="Liberation Sans", weight=weight)
        for sample in samples:
            real = paths.TextPath((0, 0), sample, size=100, prop=font).get_extents().x1
            assert real <= length(sample, 100, bold=weight == "bold") <= 1.25 * real, sample


def test_names_are_cut_to_their_room_and_labels_stand_apart():
    assert length(fit("x" * 200, 100), 13) <= 100
    assert spread([5, 6, 7], 10, 0, 20) == [0, 10, 20]
    assert all(3 <= len(ticks(most)) <= 7 for most in (0.004, 0.02, 1, 9, 10, 57_000, 2_644_102))
