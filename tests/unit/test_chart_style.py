"""Charts: colours told apart in print, the numbers and words behind each figure, the same bytes each time."""

from itertools import pairwise

import pandas as pd
import pytest

from nhscarbon.errors import UsageError
from nhscarbon.reporting.charts.style import PALETTE, Chart, blank_figure, styled, titled

pytest.importorskip("matplotlib", reason="charts need the extra 'plot'")


def luminance(colour):
    """WCAG 2.2, definition of relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", PALETTE)
def test_every_colour_stands_out_from_white(colour):
    assert contrast(colour, "#FFFFFF") >= 3  # WCAG 2.2, 1.4.11 non-text contrast


def test_neighbours_of_the_palette_can_be_told_apart_in_grey():
    assert all(contrast(one, other) >= 3 for one, other in pairwise(PALETTE))


def small_chart():
    figure, axes = blank_figure()
    axes.barh(["a & b"], [2.0])
    titled(axes, "One is two", subtitle="tCO2e", source="made up")
    return Chart(figure, pd.DataFrame({"theme": ["a & b"], "tco2e": [2.0]}), 'a & b is 2 "tonnes"')


def test_a_chart_is_written_whole_and_never_over_another(tmp_path):
    small_chart().save(tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="is there already"):
        small_chart().save(tmp_path / "one.png")
    with pytest.raises(UsageError, match="png, svg, pdf"):
        small_chart().save(tmp_path / "one.bmp")


def test_svg_is_the_same_bytes_each_time():
    assert small_chart().to_svg() == small_chart().to_svg()


def test_a_notebook_reads_the_words_aloud():
    assert 'alt="a &amp; b is 2 &quot;tonnes&quot;"' in small_chart()._repr_html_()


def test_more_lines_than_can_be_told_apart_are_refused():
    with pytest.raises(UsageError, match="gather the small ones"):
        styled(tuple("abcdefg"))
