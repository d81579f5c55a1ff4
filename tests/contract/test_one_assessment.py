"""One assessment behind every door: what is found does not depend on how the rows came."""

import csv
import io
from functools import cache

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.findings import codes_that_need_rows, texts_path
from nhscarbon.sums.partial_sums import PartialSums

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


BESIDE = {
    "supplier": ("", "", "Total Gas", "TOTAL GAS", "Corona"),
    "reference": ("", "", "M1", "m1", "1200012345678"),
    "evidence": ("", "metered", "estimated", "claimed", "guess", "Metered"),
    "note": ("", "Q1", "Q2", "as billed"),
    "tier": ("", "optimal", "standard", "best"),
    "reported_tco2e": (np.nan, 0.0, 1.0, 5.5),
    "estimated_share": (np.nan, 0.0, 0.1, 2.0),
}
THEMES, ANSWERS = ("fleet", "7", "Water", "waste", "nonsense"), (
    "sent", "none_used", "not_available", "estimated", "not_counted", "missing", "maybe",
)  # fmt: skip
TEXTS = ("1,000", "1000.5", " 12", "1e3", "£5", "", "n/a", "12 kWh", "0.0000005", "1.0000005", "-5", "+3", "1.234,5",
         "TRUE", "00012", "NaN", "5%", "250", "250")  # fmt: skip


def wide_return(seed, *, text=False):
    """Return a random return with some of the optional columns, and a themes table or none."""
    rng = np.random.default_rng(seed)
    frame = random_return(seed).assign(quantity=lambda each: each["quantity"].clip(upper=1e12))
    for name, words in BESIDE.items():
        if rng.random() < 0.5:
            frame[name] = [words[place] for place in rng.integers(0, len(words), len(frame))]
    if text:
        frame["quantity"] = [TEXTS[place] for place in rng.integers(0, len(TEXTS), len(frame))]
    themes = [
        {"organisation": rng.choice(ORGANISATIONS), "period": rng.choice(PERIODS[:3]), "theme": rng.choice(THEMES),
         "answer": rng.choice(ANSWERS), "reason": rng.choice(["", "why"])}
        for _ in range(int(rng.integers(1, 6)))
    ]  # fmt: skip
    return frame, themes if rng.random() < 0.5 else None


def workbook(frame):
    stream = io.BytesIO()
    frame.to_excel(stream, index=False, sheet_name="activity")
    stream.seek(0)
    return stream


def found(findings):
    """Return what a finding is about, which no way of reading may change."""
    return {(each.code, each.organisation, each.period, each.activity) for each in findings}


@cache
def routes(seed):
    return routes_of(random_return(seed))


def routes_of(frame):
    import duckdb  # noqa: PLC0415  slow
    import polars as pl  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

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


@pytest.mark.parametrize("seed", range(SEEDS))
def test_optional_columns_and_a_themes_table_have_the_same_findings_whatever_the_way(seed, method):
    frame, themes = wide_return(seed)
    said = {
        name: found(nc.check(source, method, themes=themes))
        for name, source in (*routes_of(frame).items(), ("excel", workbook(frame)))
    }
    for name in ("frame", "arrow", "polars", "duckdb", "excel"):
        assert said[name] == said["file"], name
    needing = {*codes_that_need_rows()}
    assert {each for each in said["partial"] if each[0] != "rows_not_checked"} == {
        each for each in said["file"] if each[0] not in needing
    }


@pytest.mark.parametrize("seed", range(SEEDS))
def test_numbers_kept_as_text_have_the_same_findings_whatever_the_way(seed, method):
    import pyarrow as pa  # noqa: PLC0415  slow

    frame, themes = wide_return(seed, text=True)
    sources = (io.BytesIO(frame.to_csv(index=False).encode()), frame, pa.Table.from_pandas(frame), workbook(frame))
    said = [found(nc.check(source, method, themes=themes)) for source in sources]
    assert all(each == said[0] for each in said)


@pytest.mark.parametrize("seed", range(0, SEEDS, 5))
def test_partial_sums_say_the_same_once_they_are_saved_and_read_again(seed, method, tmp_path):
    frame, themes = wide_return(seed)
    sums = nc.partial(frame)
    loaded = PartialSums.load(sums.save(tmp_path / "sums"))
    kept, read = (found(nc.check(each, method, themes=themes)) for each in (sums, loaded))
    assert kept == read


def test_a_quarter_of_the_codes_at_most_need_rows():
    with texts_path().open(encoding="utf-8", newline="") as stream:
        codes = {row["code"] for row in csv.DictReader(stream)}
    assert len(codes_that_need_rows()) <= len(codes) / 4


def test_what_sums_cannot_tell_is_listed(method):
    listed = next(each for each in nc.check(nc.partial(random_return(1)), method) if each.code == "rows_not_checked")
    for code in codes_that_need_rows():
        assert code in listed.message
