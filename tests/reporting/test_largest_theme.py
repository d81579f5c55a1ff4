"""The lead of a report and the title of a chart name the largest theme and its share, by published factors."""

import pandas as pd
import pytest

import nhscarbon as nc
from pages import parsed, table_of

COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]
# sets of 2023, kgCO2e/kWh: gas 0.182928926174, well-to-tank 0.03021; electricity 0.207074288591, transmission
# 0.0179151114094, well-to-tank 0.0459 and 0.00397
GAS, GAS_WTT = 182.928926174, 30.21  # t of 1,000,000 kWh
POWER, POWER_REST = 207.074288591, 17.9151114094 + 45.9 + 3.97  # t of 1,000,000 kWh; the rest is in well-to-tank


def report(tmp_path, method, *rows, **options):
    footprint = nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method)
    path = nc.write_report(
        footprint, tmp_path / "r.html", kind="analyst", overwrite=True, draws=100, organisations=None, **options
    )
    return footprint, parsed(path.read_text("utf-8"))


def gas(gwh, year="2023/24"):
    return ("RX1", year, "energy.natural_gas", gwh * 1e6, "kWh")


def power(gwh, year="2023/24"):
    return ("RX1", year, "energy.electricity.grid", gwh * 1e6, "kWh")


def lead(page):
    return page.all("section")[0].text


@pytest.mark.parametrize(("rows", "name", "tco2e"), [
    ((gas(2), power(1)), "Fossil fuels", 2 * GAS),
    ((gas(1), power(2)), "Electricity and purchased heat", 2 * POWER),
    ((gas(1), power(0.8)), "Fossil fuels", GAS),  # 182.9 t of fuels, 165.7 t of electricity
])  # fmt: skip
def test_the_lead_names_the_largest_theme_with_its_tonnes_and_its_share(tmp_path, method, rows, name, tco2e):
    footprint, page = report(tmp_path, method, *rows)
    gwh = {row[2].rpartition(".")[2]: row[3] / 1e6 for row in rows}
    total = gwh["natural_gas"] * (GAS + GAS_WTT) + gwh["grid"] * (POWER + POWER_REST)
    assert f"The largest theme of the NHS Carbon Footprint is {name}: {tco2e:,.0f}" in lead(page).replace(
        f"{tco2e:,.1f}", f"{tco2e:,.0f}"
    )
    assert f"({100 * tco2e / total:.0f} %)" in lead(page)
    chart = nc.chart(footprint)
    assert chart.title.startswith(f"{name}: {100 * tco2e / total:.0f}% of")
    assert chart.table["tco2e"].tolist() == sorted(chart.table["tco2e"], reverse=True)
    assert chart.table["tco2e"].iloc[0] == pytest.approx(tco2e)


def test_of_several_years_the_largest_theme_is_that_of_the_last(tmp_path, method):
    _, page = report(tmp_path, method, gas(9, "2022/23"), power(1, "2022/23"), gas(1), power(2))
    assert "The largest theme of the NHS Carbon Footprint is Electricity and purchased heat: 414.1 tCO₂e" in lead(page)


def test_the_largest_theme_is_of_the_boundary_that_the_report_is_about(tmp_path, method):
    rows = (gas(1), power(2))
    _, page = report(tmp_path, method, *rows, boundary="scope_1")
    assert "All of it is of one theme: Fossil fuels." in lead(page)
    _, page = report(tmp_path, method, *rows, boundary="scope_3")
    # only well-to-tank and transmission are in scope 3, all of them in one theme
    assert "All of it is of one theme: Well-to-tank and distribution of energy." in lead(page)
    assert f"{GAS_WTT + 2 * POWER_REST:,.1f} tCO₂e (Scope 3, partial: 0 of 16 themes)" in lead(page)


def test_a_theme_of_the_plus_that_is_larger_is_named_of_the_plus(tmp_path, method):
    _, page = report(tmp_path, method, gas(1), ("RX1", "2023/24", "spend.sic.32", 5e6, "GBP"))
    by_theme = {row[0]: row[2] for row in table_of(page, "Tonnes by theme")[1]}
    assert float(by_theme["Medical devices and equipment"].replace(",", "")) > GAS
    assert "The largest theme of the NHS Carbon Footprint Plus is Medical devices and equipment: " in lead(page)
