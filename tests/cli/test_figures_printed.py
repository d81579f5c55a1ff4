"""What the command prints, against published factors: the boundary that was asked for, and pounds net or gross."""

import io

import pandas as pd
import pytest

from nhscarbon.cli import main

# the sets of 2022 and 2023, kgCO2e/kWh of gas: direct, well-to-tank
GAS = {"2022/23": (0.18254, 0.0311), "2023/24": (0.182928926174, 0.03021)}
METHOD = ["--method", "nhs-2026.1"]


@pytest.fixture
def run(capsys):
    def call(*argv):
        code = main([*map(str, argv), *METHOD])
        shown = capsys.readouterr()
        assert code == 0, shown.err
        return shown.out, shown.err

    return call


@pytest.fixture
def years(activity_csv):
    return activity_csv("RX1,2022/23,energy.natural_gas,2e6,kWh", "RX1,2023/24,energy.natural_gas,1e6,kWh")


def test_the_total_below_a_table_is_of_the_boundary_that_was_asked_for(run, activity_csv, years):
    direct, wtt = GAS["2023/24"]
    one = activity_csv("RX1,2023/24,energy.natural_gas,1e6,kWh", name="one.csv")
    out, _ = run("footprint", one, "--boundary", "scope_1")
    assert out.splitlines()[-1] == "Scope 1, partial: 1 of 4 themes  182.93 tCO2e"
    out, _ = run("footprint", one, "--by", "theme")
    assert out.splitlines()[-1] == f"NHS Carbon Footprint, partial: 1 of 10 themes  {1000 * (direct + wtt):.2f} tCO2e"
    out, _ = run("footprint", years, "--boundary", "scope_1", "--by", "theme")
    assert out.splitlines()[-2:] == [
        "2022/23  Scope 1, partial: 1 of 4 themes  365.08 tCO2e",
        "2023/24  Scope 1, partial: 1 of 4 themes  182.93 tCO2e",
    ]
    [row] = [line.split() for line in out.splitlines() if line.startswith("fossil_fuels")]
    assert row == ["fossil_fuels", "365.08", "182.93"]


def test_csv_of_a_boundary_has_its_rows_alone_and_says_its_label(run, years):
    out, err = run("footprint", years, "--boundary", "scope_1", "--format", "csv")
    table = pd.read_csv(io.StringIO(out))
    assert table["component"].tolist() == ["direct", "direct"]
    assert table["kgco2e"].tolist() == pytest.approx([2e6 * GAS["2022/23"][0], 1e6 * GAS["2023/24"][0]])
    assert "Scope 1, partial: 1 of 4 themes in 2 years\n" in err
    whole = pd.read_csv(io.StringIO(run("footprint", years, "--format", "csv")[0]))
    assert len(whole) == 4


DEVICES = "(81200) Medical Surgical Supplies & Equipment"


def test_pounds_net_of_vat_are_a_fifth_more_carbon_than_the_same_pounds_with_it(run, tmp_path):
    """20 % VAT: 1,200 pounds with it are 1,000 pounds net, so the same payments called net are 1.2 times the carbon."""
    ledger = tmp_path / "payments.csv"
    ledger.write_text(f"date_of_payment,expense_type,amount_gbp\n24/04/2020,{DEVICES},1200.50\n", encoding="utf-8")
    found = {}
    for vat in ("net", "gross"):
        out, _ = run("footprint", ledger, "--from", "ledger", "--mapping", "ledger-gstt-2020-21", "--vat", vat,
                     "--format", "csv")  # fmt: skip
        table = pd.read_csv(io.StringIO(out))
        found[vat] = table["kgco2e"].sum()
        assert set(table["unit"]) == {"GBP" if vat == "net" else "GBP_gross"}
        assert table["quantity"].tolist() == [1200.50]
    assert found["net"] == pytest.approx(1.2 * found["gross"])
