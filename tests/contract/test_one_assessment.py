"""One assessment behind every door: what is found does not depend on how the rows came."""

import csv
import io
from functools import cache

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.findings import codes_that_need_rows, texts_path

ORGANISATIONS = ("RX1", "RR8", "R1H", "rj1", "RM2", "X24", "Grand Total", "-", "RQ9Z")
SITES = ("", "", "RX1RA", "RX1CC", "Total", "Ward 4", "2000012345678")
PERIODS = ("2023/24", "2022/23", "2022-23", "2023-04", "2023-05", "2023-11", "2023", "2011-12", "")
ACTIVITIES = (
    "energy.natural_gas", "energy.natural_gas", "energy.electricity.grid", "energy.electricity.green_tariff",
    "waste.domestic.landfill", "anaesthetic.sevoflurane", "anaesthetic.desflurane", "spend.sic.21",
    "inhaler.pmdi.salbutamol_100_generic", "fleet.fuel.diesel", "refrigerant.r410a", "energy.gas", "Electricity", "",
)  # fmt: skip
UNITS = (
    "kWh",
    "kWh",
    "MWh",
    "m3",
    "kWh_net",
    "tonne",
    "kg",
    "litre",
    "ML",
    "ml",
    "GBP",
    "inhaler",
    "kwh",
    "furlong",
    "",
)
NUMBERS = (0.0, 1.0, -5.0, 48_000_000.0, 18_000_000.0, 30_000_000.0, 1e12, 1000.25, 1e300)
SEEDS = 25


def random_return(seed):
    """Return a return of a few dozen rows, with the faults that people make."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(5, 60))

    def some(words):
        return [words[place] for place in rng.integers(0, len(words), rows)]

    few = int(rng.integers(2, len(ACTIVITIES)))
    return pd.DataFrame({
        "organisation": some(ORGANISATIONS[: int(rng.integers(1, len(ORGANISATIONS)))]),
        "site": some(SITES), "period": some(PERIODS[: int(rng.integers(1, len(PERIODS)))]),
        "activity": some(ACTIVITIES[:few]), "quantity": rng.choice(NUMBERS, rows), "unit": some(UNITS[: few + 1]),
    })  # fmt: skip


def found(findings):
    """Return what a finding is about, which no way of reading may change."""
    return {(each.code, each.organisation, each.period, each.activity) for each in findings}


@cache
def routes(seed):
    import duckdb  # noqa: PLC0415  slow
    import polars as pl  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    frame = random_return(seed)
    text = frame.to_csv(index=False)
    polars = pl.from_pandas(frame)
    return {
        "file": io.BytesIO(text.encode()), "frame": frame, "arrow": pa.Table.from_pandas(frame),
        "polars": polars.lazy(), "duckdb": duckdb.from_arrow(polars.to_arrow()), "partial": nc.partial(frame),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(SEEDS))
def test_file_frame_arrow_and_engines_have_the_same_findings_and_sums_all_that_need_no_rows(seed, method):
    sources = routes(seed)
    said = {name: found(nc.check(source, method)) for name, source in sources.items()}
    assert said["file"]
    for name in ("frame", "arrow", "polars", "duckdb"):
        assert said[name] == said["file"], name
    needing = {*codes_that_need_rows()}
    of_sums = {each for each in said["file"] if each[0] not in needing}
    assert {each for each in said["partial"] if each[0] != "rows_not_checked"} == of_sums


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_calculation_finds_what_the_check_finds(seed, method):
    frame = random_return(seed)
    checked = nc.check(frame, method)
    try:
        findings = nc.calculate(frame, method).findings
    except nc.SubmissionError as error:
        findings = error.findings
    assert [str(each) for each in findings] == [str(each) for each in checked]


def test_a_quarter_of_the_codes_at_most_need_rows():
    with texts_path().open(encoding="utf-8", newline="") as stream:
        codes = {row["code"] for row in csv.DictReader(stream)}
    assert len(codes_that_need_rows()) <= len(codes) / 4


def test_what_sums_cannot_tell_is_listed(method):
    listed = next(each for each in nc.check(nc.partial(random_return(1)), method) if each.code == "rows_not_checked")
    for code in codes_that_need_rows():
        assert code in listed.message
