"""The draft nhs-2026.2: what it adds converts by definition, what has no source is refused, nhs-2026.1 is untouched.

Expected tonnes are worked by hand from the figures that the publishers print, named beside each.
"""

import tomllib
from itertools import product

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import BoundaryError, UnitError
from nhscarbon.methods.catalogue import load_catalogue
from nhscarbon.methods.data_package import data_root, load_package

FIRST, SECOND = "nhs-2026.1", "nhs-2026.2"
CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
FROZEN = "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be"  # of nhs-2026.1, as released
GAS_2023 = {"kWh": 0.18293, "m3": 2.03839}  # official set 2023, natural gas, kgCO2e, direct, as printed (5 decimals)


@pytest.fixture(scope="module")
def second():
    return nc.methodology(SECOND)


def footprint(method, *rows):
    columns = ["organisation", "period", "activity", "quantity", "unit"]
    return nc.calculate(pd.DataFrame([("RX1", *row) for row in rows], columns=columns), method)


# -- the first edition ---------------------------------------------------------------------------------------------


def test_the_published_edition_keeps_its_digest_and_its_totals(method):
    assert method.digest == FROZEN
    assert method.catalogue.label == "catalogue-1@1.0.0"
    # the first example of the README: 58,296.06 t of one trust
    assert nc.calculate(nc.example("trust-year.csv"), method).total() == pytest.approx(58_296.06, abs=0.005)


def test_a_draft_is_not_frozen_and_says_draft_in_its_stamp(second):
    frozen = tomllib.loads((data_root() / "methodologies" / "digests.toml").read_text("utf-8"))["methodologies"]
    assert frozen == {FIRST: FROZEN}
    stamp = footprint(second, ("2023/24", "water.supply", 1, "m3")).stamp
    assert (stamp.methodology, stamp.status) == (SECOND, "draft")


@pytest.mark.parametrize("unit", ["therm", "GJ", "MJ", "hundred_cubic_feet", "cubic_foot", "GBP_thousand", "CCF"])
def test_the_published_edition_does_not_take_the_new_units(method, unit):
    with pytest.raises(UnitError):
        method.units.canonical(unit)


# -- units ---------------------------------------------------------------------------------------------------------


# foot 0.3048 m and hour 3,600 s exactly; the therm as the government's table of conversions 2015 has it, six digits
@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [
        ("therm", "kWh", 29.3071),
        ("GJ", "kWh", 1000 / 3.6),
        ("GJ", "MWh", 1 / 3.6),
        ("MJ", "kWh", 1 / 3.6),
        ("GJ", "MJ", 1000.0),
        ("GJ_net", "kWh_net", 1000 / 3.6),
        ("MJ_net", "kWh_net", 1 / 3.6),
        ("cubic_foot", "m3", 0.3048**3),
        ("hundred_cubic_feet", "m3", 100 * 0.3048**3),
        ("hundred_cubic_feet", "cubic_foot", 100.0),
        ("GBP_thousand", "GBP", 1000.0),
        ("GBP_gross_thousand", "GBP_gross", 1000.0),
    ],
)
def test_each_new_unit_converts_by_its_definition(second, a, b, ratio):
    assert second.units.ratio(a, b) == pytest.approx(ratio, rel=1e-14)
    assert second.units.ratio(b, a) == pytest.approx(1 / ratio, rel=1e-14)


@pytest.mark.parametrize(
    ("typed", "unit"),
    [("Therms", "therm"), ("THERM", "therm"), ("thm", "therm"), ("gigajoules", "GJ"), ("GJ (Gross CV)", "GJ"),
     ("gj", "GJ"), ("GJ (Net CV)", "GJ_net"), ("ccf", "hundred_cubic_feet"), ("100 cu ft", "hundred_cubic_feet"),
     ("100 ft³", "hundred_cubic_feet"), ("Cubic Feet", "cubic_foot"), ("ft3", "cubic_foot"),
     ("£000 net of VAT", "GBP_thousand"), ("£'000 net of VAT", "GBP_thousand"), ("GBP thousand", "GBP_thousand"),
     ("£000 including VAT", "GBP_gross_thousand"), ("£k gross", "GBP_gross_thousand")],
)  # fmt: skip
def test_known_spellings_of_the_new_units_mean_one_unit(second, typed, unit):
    assert second.units.canonical(typed) == unit


@pytest.mark.parametrize("typed", ["£000", "£k", "£'000", "thermie", "ft", "feet", "joule", "toe", "Btu"])
def test_what_does_not_say_enough_is_still_no_unit(second, typed):
    with pytest.raises(UnitError):
        second.units.canonical(typed)


@pytest.mark.parametrize("typed", ["£000", "£'000", "£k", "£"])
def test_pounds_that_do_not_say_whether_vat_is_in_them_are_asked(second, method, typed):
    for edition in (second, method):
        with pytest.raises(nc.SubmissionError, match="GBP for pounds net of VAT"):
            footprint(edition, ("2022/23", "spend.sic.21", 1, typed))


def test_every_unit_and_spelling_of_the_first_edition_means_the_same(method, second):
    for word in (*method.units.decimals, *method.units.aliases):
        assert second.units.canonical(word) == method.units.canonical(word)
    for unit, decimals in method.units.decimals.items():
        assert second.units.decimals[unit] == decimals
        assert second.units.kinds[unit] == method.units.kinds[unit]


def test_the_kind_of_each_unit_is_its_dimension_in_the_registry(second):
    units = second.units
    dimension = {unit: units._registry.Unit(unit).dimensionality for unit in units.decimals}
    for a, b in product(units.decimals, repeat=2):
        assert (dimension[a] == dimension[b]) == units.same_kind(a, b), (a, b)


def test_each_size_that_is_no_si_prefix_has_a_source_and_a_locator():
    first = {row["unit"] for row in load_package(data_root() / "units" / "units-1").rows("units.csv")}
    rows = load_package(data_root() / "units" / "units-2").rows("units.csv")
    new = [row for row in rows if row["unit"] not in first]
    assert len(new) == len(rows) - len(first) > 0
    assert all(row["source"] and row["locator"] for row in new)


# gas in the units of a bill: the printed factors of a kWh and of a cubic metre
@pytest.mark.parametrize(
    ("quantity", "unit", "kgco2e"),
    [
        (1000, "therm", 1000 * 29.3071 * GAS_2023["kWh"]),
        (360, "GJ", 100_000 * GAS_2023["kWh"]),
        (50, "hundred_cubic_feet", 5000 * 0.028316846592 * GAS_2023["m3"]),
        (5000, "cubic feet", 5000 * 0.028316846592 * GAS_2023["m3"]),
    ],
)
def test_gas_in_therms_gigajoules_and_cubic_feet(second, quantity, unit, kgco2e):
    found = footprint(second, ("2023/24", "energy.natural_gas", quantity, unit)).total("scope_1")
    assert found == pytest.approx(kgco2e / 1000, rel=3e-5)  # the printed factors have five decimals


def test_a_volume_of_what_has_no_cited_figure_by_volume_is_refused(second):
    for activity, unit in (("energy.coal", "hundred_cubic_feet"), ("energy.natural_gas", "kg"), ("water.supply", "GJ")):
        with pytest.raises(nc.SubmissionError, match="unit_not_convertible"):
            footprint(second, ("2023/24", activity, 10, unit))


def test_thousands_of_pounds_are_pounds(second):
    for thousand, pounds in (("GBP_thousand", "GBP"), ("£000 including VAT", "GBP_gross")):
        in_thousands = footprint(second, ("2022/23", "spend.sic.21", 12.5, thousand)).total(PLUS)
        assert in_thousands == pytest.approx(footprint(second, ("2022/23", "spend.sic.21", 12_500, pounds)).total(PLUS))
        assert in_thousands > 0


# -- inhalers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activity", "kilograms", "core"),
    [
        ("inhaler.dpi.easyhaler_salbutamol", 0.62, False),  # OpenPrescribing, salbutamol measure
        ("inhaler.smi.spiriva_respimat_disposable", 0.78, False),  # Hansel 2019
        ("inhaler.pmdi.salamol_100", 11.95, True),  # OpenPrescribing, salbutamol measure
        ("inhaler.bai.salamol_easi_breathe_100", 12.08, True),  # the same; breath-actuated and pressurised
    ],
)
def test_only_metered_dose_inhalers_count_in_the_carbon_footprint(second, method, activity, kilograms, core):
    row = ("2023/24", activity, 1000, "inhaler")
    after = footprint(second, row)
    assert after.total(PLUS) == pytest.approx(kilograms)
    assert after.total("scope_3") == pytest.approx(kilograms)
    assert after.total(CORE) == pytest.approx(kilograms if core else 0)
    assert after.by("theme", boundary=PLUS)["theme"].tolist() == ["inhalers" if core else "medicines"]
    assert footprint(method, row).total(CORE) == pytest.approx(kilograms)  # the first edition has all in theme 10


def test_every_inhaler_is_in_the_theme_of_its_device(second):
    entries = {code: entry for code, entry in second.catalogue.activities.items() if code.startswith("inhaler.")}
    homes = {"pmdi": "inhalers", "bai": "inhalers", "dpi": "medicines", "smi": "medicines"}
    assert {code.split(".")[1] for code in entries} == set(homes)
    for code, entry in entries.items():
        theme = homes[code.split(".")[1]]
        assert (entry.theme, second.catalogue.theme_of(entry.category, "direct")) == (theme, theme)


# doses in an inhaler, as the English Prescribing Data name the packs: "(200 D)", "(60D)"
@pytest.mark.parametrize(
    ("activity", "doses", "kilograms"),
    [
        ("inhaler.pmdi.salamol_100", 200, 11.95),
        ("inhaler.pmdi.salbutamol_100_generic", 200, 25.24),
        ("inhaler.pmdi.atrovent", 200, 14.59),
        ("inhaler.smi.spiriva_respimat_disposable", 60, 0.78),
    ],
)
def test_doses_are_the_inhalers_that_they_came_from(second, activity, doses, kilograms):
    found = footprint(second, ("2023/24", activity, 1000 * doses, "dose"))
    assert found.total(PLUS) == pytest.approx(kilograms, rel=1e-12)


# Wilkinson 2019, Table 2: 200 actuations and 20.35 kg of the class of corticosteroids, 120 and 36.5 of Flutiform's
@pytest.mark.parametrize(
    ("activity", "doses", "kilograms"),
    [("inhaler.pmdi.class.ics", 200, 20.35), ("inhaler.pmdi.class.ics_laba_hfc227ea", 120, 36.5)],
)
def test_doses_of_a_class_count_where_its_figure_is_pinned(second, activity, doses, kilograms):
    row = ("2023/24", activity, 1000 * doses, "dose")
    assert footprint("nhs-2026.2-propellant", row).total() == pytest.approx(kilograms, rel=1e-12)
    with pytest.raises(nc.SubmissionError, match="propellant pins it"):
        footprint(second, row)


def test_a_dose_of_what_has_no_cited_content_is_refused(second):
    with pytest.raises(nc.SubmissionError, match="unit_not_convertible"):
        footprint(second, ("2023/24", "inhaler.dpi.enerzair_breezhaler_30_day", 30, "dose"))


def test_a_prescribing_figure_ends_at_its_review_date(second, method):
    """The salbutamol measure: reviewed 2024-08-06, next review 2025-09-12. Certified figures stay."""
    measure = [row for row in second.packages["inhalers-2@1.0.0"].rows if row.locator.startswith("GitHub")]
    assert len(measure) == 8
    for row in measure:
        assert row.valid_to == "2025-09-12"
        years = [year for year in second.periods if second.factors(row.activity, year)]
        assert (years[0], years[-1]) == ("2013/14", "2024/25")
        with pytest.raises(nc.SubmissionError, match=r"only for 2013/14 to 2024/25"):
            footprint(second, ("2025/26", row.activity, 1, "inhaler"))
        assert footprint(method, ("2025/26", row.activity, 1, "inhaler")).total() > 0
    assert footprint(second, ("2025/26", "inhaler.pmdi.ventolin_evohaler_100", 1000, "inhaler")).total() == (
        pytest.approx(28.262)  # Carbon Trust certificate CERT-12506
    )


# -- water, diesel, methoxyflurane ---------------------------------------------------------------------------------


def test_waste_water_is_waste_and_water_a_purchase(second):
    rows = (("2023/24", "water.treatment", 100_000, "m3"), ("2023/24", "water.supply", 100_000, "m3"))
    found = footprint(second, *rows).by("ghg_protocol_category", "theme").set_index("ghg_protocol_category")
    # official set 2023: 0.20131829171 kg a cubic metre treated, 0.17675 supplied
    assert found.loc["5", "tco2e"] == pytest.approx(20.131829171, rel=1e-9)
    assert found.loc["1", "tco2e"] == pytest.approx(17.675, rel=1e-3)
    assert set(found["theme"]) == {"water"}


def test_sewerage_by_spend_is_waste_too(second):
    found = footprint(second, ("2022/23", "spend.sic.37", 1000, "GBP"), ("2022/23", "spend.sic.36", 1000, "GBP"))
    assert set(found.by("ghg_protocol_category", boundary=PLUS)["ghg_protocol_category"]) == {"1", "5"}
    assert found.total(CORE) == pytest.approx(found.total(PLUS))


# the official sets print diesel (average biofuel blend) for a kWh: 2019 0.24462 + 0.05822, 2025 0.24411 + 0.05816
@pytest.mark.parametrize(
    ("period", "unit", "direct", "wtt"),
    [
        ("2019/20", "kWh", 0.24462, 0.05822),
        ("2025/26", "kWh", 0.24411, 0.05816),
        ("2025/26", "kWh_net", 0.25953, 0.06181),
        ("2026/27", "kWh", 0.2452, 0.05816),
    ],
)
def test_diesel_of_generators_in_kwh(second, period, unit, direct, wtt):
    found = footprint(second, (period, "energy.diesel", 1_000_000, unit))
    assert found.total("scope_1") == pytest.approx(direct * 1000)
    assert found.total() == pytest.approx((direct + wtt) * 1000)


def test_diesel_by_volume_is_as_before(second, method):
    for year in ("2016/17", "2023/24"):
        for row in ((year, "energy.diesel", 1000, "litre"), (year, "energy.diesel", 3, "tonne")):
            assert footprint(second, row).table["kgco2e"].tolist() == footprint(method, row).table["kgco2e"].tolist()


def test_early_sets_have_no_well_to_tank_of_diesel_in_kwh(second):
    found = footprint(second, ("2014/15", "energy.diesel", 1_000_000, "kWh"))
    assert found.total("direct_only") == pytest.approx(246.15)  # standard set 2014, Fuels
    with pytest.raises(BoundaryError, match=r"no publication has wtt of energy\.diesel for 2014/15"):
        found.total()


def test_biogenic_carbon_of_a_kwh_of_diesel_agrees_with_that_of_its_litres(second):
    """2023: 0.14 kg a litre; 2.51206388456 kg direct a litre and 0.23907592349 a kWh make 10.507 kWh a litre."""
    litres = 2.51206388456 / 0.23907592349
    found = footprint(second, ("2023/24", "energy.diesel", 1000 * litres, "kWh")).total("outside_of_scopes")
    assert found == pytest.approx(0.14, rel=1e-6)


def test_a_bottle_of_methoxyflurane_is_refused_as_no_source_has_its_mass(second):
    assert "no bottle" in second.catalogue.activities["anaesthetic.methoxyflurane"].note
    with pytest.raises(nc.SubmissionError, match="no source was found for the mass"):
        footprint(second, ("2023/24", "anaesthetic.methoxyflurane", 1, "ml"))


# -- what holds it together ----------------------------------------------------------------------------------------


def test_boundaries_decide_everything_that_can_occur_and_nothing_twice(second):
    """Every component that an activity lists, in every scope that a pinned factor of its category has."""
    catalogue = second.catalogue
    scopes = {}
    for package in second.packages.values():
        for row in package.rows:
            entry = catalogue.activities[row.activity]
            scopes.setdefault((entry.category, row.component), set()).add(row.scope)
    assert {(entry.category, "direct") for entry in catalogue.activities.values() if "direct" in entry.components} <= (
        set(catalogue.reported_in)
    )
    decided = {(boundary, *kind, scope) for boundary, kind in product(second.boundaries, scopes)
               for scope in scopes[kind]}  # fmt: skip
    assert decided == set(second.included)


def test_what_both_editions_have_counts_in_the_same_boundaries(second, method):
    assert second.boundaries == method.boundaries
    assert {key: second.included[key] for key in method.included} == dict(method.included)


def test_a_catalogue_may_leave_its_double_counting_to_a_package_of_checks(second):
    package = load_package(data_root() / "catalogue" / "catalogue-2")
    assert "repeats.csv" not in package.hashes
    catalogue = load_catalogue(package)
    assert catalogue.themes == second.catalogue.themes


def test_every_other_figure_is_that_of_the_first_edition(second, method):
    """Only inhalers at their review and diesel in kWh differ; each year, each activity, each unit."""
    odd = {"energy.diesel", *(row.activity for row in second.packages["inhalers-2@1.0.0"].rows)}
    for code in method.catalogue.activities:
        for year in method.periods if code not in odd else ():
            assert [f.value for f in second.factors(code, year)] == [f.value for f in method.factors(code, year)]
