"""What is said of a footprint at a glance, in a terminal and in a notebook."""

import re

import pandas as pd

import nhscarbon as nc


def test_one_screen_of_text_says_totals_tiers_findings_and_digests(method, activity_csv):
    header = "organisation,period,activity,quantity,unit,evidence,estimated_share"
    path = activity_csv("RX1,2019/20,energy.natural_gas,100000,KWH,metered,0.05",
                        "RX1,2019/20,energy.natural_gas,300000,kWh,metered,0.5", header=header)  # fmt: skip
    text = str(nc.calculate(path, method))
    assert len(text.splitlines()) < 40
    # 0.18385 + 0.02391 kgCO2e/kWh of the 2019 set: 20.776 t of 100,000 kWh, 62.328 t of 300,000 kWh
    assert "nhs_carbon_footprint                   83.10 tCO2e" in text
    assert "by tier: optimal 20.78 t (25 %), standard 62.33 t (75 %)" in text
    assert "findings: 1 info" in text
    assert method.digest[:12] in text
    assert "(published)" in text


def test_a_boundary_that_nothing_was_sent_for_is_not_called_zero(method, activity_csv):
    text = str(nc.calculate(activity_csv("RX1,2023/24,spend.sic.32,1000,GBP"), method))
    assert re.search(r"nhs_carbon_footprint\s+nothing sent", text)
    assert re.search(r"nhs_carbon_footprint_plus\s+[\d.]+ tCO2e", text)
    assert "nhs_carbon_footprint_plus by theme and scope" in text


def test_a_total_that_is_not_available_says_why(method):
    old = pd.DataFrame({"organisation": ["RX1"], "period": "2014/15", "activity": "energy.natural_gas",
                        "quantity": 1.0, "unit": "kWh"})  # fmt: skip
    text = str(nc.calculate(old, method))
    assert re.search(r"nhs_carbon_footprint\s+not available", text)
    assert "not published for it: wtt of energy.natural_gas" in text


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
