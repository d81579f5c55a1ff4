"""What is said of a footprint at a glance, in a terminal and in a notebook."""

import re

import pandas as pd

import nhscarbon as nc
from nhscarbon.output.text import SCREEN_COLUMNS, SCREEN_LINES

PLUS = "nhs_carbon_footprint_plus"


def test_one_screen_of_text_says_totals_tiers_findings_and_digests(method, activity_csv):
    header = "organisation,period,activity,quantity,unit,evidence,estimated_share"
    path = activity_csv("RX1,2019/20,energy.natural_gas,100000,KWH,metered,0.05",
                        "RX1,2019/20,energy.natural_gas,300000,kWh,metered,0.5", header=header)  # fmt: skip
    text = str(nc.calculate(path, method))
    assert len(text.splitlines()) < 40
    # 0.18385 + 0.02391 kgCO2e/kWh of the 2019 set: 20.776 t of 100,000 kWh, 62.328 t of 300,000 kWh
    assert re.search(r"NHS Carbon Footprint, partial: 1 of 10 themes; 39 % estimated\s+83.10 tCO2e", text)
    assert "by tier: optimal 20.78 t (25 %), standard 62.33 t (75 %)" in text
    assert "findings: 1 info" in text
    assert method.digest[:12] in text
    assert "(published)" in text


def test_a_boundary_that_nothing_was_sent_for_is_not_called_zero(method, activity_csv):
    text = str(nc.calculate(activity_csv("RX1,2023/24,spend.sic.32,1000,GBP"), method))
    assert "NHS Carbon Footprint, not sent" in text
    assert re.search(r"NHS Carbon Footprint Plus, partial: 1 of 21 themes\s+[\d.]+ tCO2e", text)
    assert re.search(r"Medical devices and equipment\s+–\s+[\d.]+", text)


def test_a_total_that_is_not_available_says_why(method):
    old = pd.DataFrame({"organisation": ["RX1"], "period": "2014/15", "activity": "energy.natural_gas",
                        "quantity": 1.0, "unit": "kWh"})  # fmt: skip
    text = str(nc.calculate(old, method))
    assert re.search(r"NHS Carbon Footprint, partial: 1 of 10 themes\s+not available", text)
    assert "not published for it: wtt of energy.natural_gas" in text


def acute(years, method, *, without=""):
    """Return all 21 themes of an acute trust in several NHS years, 10 % less each; the first without some lines."""
    frame = pd.read_csv(nc.example("acute-year.csv"), dtype=str)
    parts = []
    for place, year in enumerate(years):
        part = frame.assign(period=year, quantity=(frame["quantity"].astype(float) * 0.9**place).astype(str))
        parts.append(part[~part["activity"].str.startswith(without)] if without and not place else part)
    return nc.calculate(pd.concat(parts), method)


def cells(text, name):
    """Return the words of the line of text that starts with a name."""
    [line] = [each for each in text.splitlines() if each.strip().startswith(name)]
    return re.split(r"\s{2,}", line.strip())[1:]


def test_both_footprints_stand_side_by_side_and_the_largest_theme_of_the_plus_is_there(method):
    footprint = acute(["2023/24"], method)
    text = str(footprint)
    assert len(text.splitlines()) <= SCREEN_LINES
    by_theme = footprint.by("theme", boundary=PLUS).set_index("theme")["tco2e"]
    assert by_theme.idxmax() == "medical_devices"
    assert cells(text, "Medical devices and equipment") == ["–", f"{by_theme['medical_devices']:,.2f}"]
    assert cells(text, "Fossil fuels") == [f"{by_theme['fossil_fuels']:,.2f}"] * 2
    # every tonne is in a line: the themes and the smaller ones add up to both totals
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if "tCO2e by theme" in line)
    end = next(place for place, line in enumerate(lines) if "smaller" in line)
    numbers = [re.split(r"\s{2,}", line.strip())[-2:] for line in lines[start + 1 : end + 1]]
    for place, boundary in enumerate((None, PLUS)):
        added = sum(float(row[place].replace(",", "")) for row in numbers if row[place] != "–")
        assert abs(added - footprint.total(boundary)) < 0.2


def test_several_years_have_a_column_each_and_are_never_added(method):
    years = ["2021/22", "2022/23", "2023/24"]
    text = str(acute(years, method, without="spend"))
    assert len(text.splitlines()) <= SCREEN_LINES
    assert cells(text, "tCO2e") == years
    one_by_one = [acute([year], method) for year in years]
    for place, scale in enumerate((1, 0.9, 0.81)):
        total = one_by_one[place].total() * scale
        found = float(cells(text, "NHS Carbon Footprint  ")[place].replace(",", ""))
        assert abs(found - total) < 0.02
    assert cells(text, "Medical devices and equipment")[0] == "not answered"
    assert "13 of 21" in text
    assert "21 of 21" in text
    html = acute(years, method)._repr_html_()
    assert html.count("<th scope='col'>2022/23</th>") == 3


def test_more_years_than_a_screen_has_room_for_keep_the_first_and_the_last(method):
    rows = [("RX1", f"{year}/{(year + 1) % 100:02}", "energy.natural_gas", 3e7, "kWh") for year in range(2015, 2026)]
    columns = ["organisation", "period", "activity", "quantity", "unit"]
    text = str(nc.calculate(pd.DataFrame(rows, columns=columns), method))
    shown = cells(text, "tCO2e")
    assert (shown[0], shown[-1]) == ("2015/16", "2025/26")
    assert all(len(line) <= SCREEN_COLUMNS for line in text.splitlines())
    assert ("no room for" in text) == (len(shown) < 11)


def test_a_return_of_zeros_has_a_total_of_zero_where_themes_are_answered_so(method):
    rows = pd.DataFrame({"organisation": "RX1", "period": "2023/24", "activity": ["energy.natural_gas", "spend.sic.32"],
                         "quantity": 0.0, "unit": ["kWh", "GBP"]})  # fmt: skip
    footprint = nc.calculate(rows, method)
    assert footprint.label() == "NHS Carbon Footprint, partial: 1 of 10 themes"
    assert footprint.label(PLUS) == "NHS Carbon Footprint Plus, partial: 2 of 21 themes"
    text = str(footprint)
    assert re.search(r"NHS Carbon Footprint, partial: 1 of 10 themes\s+0.00 tCO2e", text)
    assert re.search(r"NHS Carbon Footprint Plus, partial: 2 of 21 themes\s+0.00 tCO2e", text)
    assert "none used: Fossil fuels; Medical devices and equipment" in text
    alone = nc.calculate(rows.iloc[:1], method)
    assert alone.label(PLUS) == "NHS Carbon Footprint Plus, not sent"  # the gas is in the other


def test_the_notebook_form_escapes_what_a_sender_wrote(method):
    frame = pd.DataFrame({"organisation": ["<script>alert(1)</script>"], "period": "2023/24",
                          "activity": "water.supply", "quantity": 1.0, "unit": "m3"})  # fmt: skip
    html = nc.calculate(frame, method, organisations=None)._repr_html_()
    assert "<script" not in html.casefold().replace("&lt;script", "")
    assert "&lt;SCRIPT&gt;" in html
    assert "<caption" in html
    assert "scope='row'" in html


def test_a_csv_cannot_start_a_formula(method, tmp_path):
    frame = pd.DataFrame({"organisation": ['=HYPERLINK("x")', "+1", "@a"], "period": "2023/24",
                          "activity": "water.supply", "quantity": 1.0, "unit": "m3"})  # fmt: skip
    path = nc.calculate(frame, method, organisations=None).to_csv(tmp_path / "out.csv")
    cells = pd.read_csv(path)["organisation"].tolist()
    assert len(cells) == 3
    assert all(cell.startswith("'") for cell in cells)
