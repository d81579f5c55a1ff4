"""Data against code: every claim of the catalogue, the manifests and the boundaries holds."""

import pytest

import nhscarbon as nc
from nhscarbon.methods.factors import FactorPackage
from nhscarbon.methods.methodology import methodology_ids
from nhscarbon.methods.resolution import FactorKey, resolve

# the publisher's own table (notes of each edition): themes 1, 4 to 9 are served by the official sets, and so are
# freight (12), commuting (20) and patient and visitor travel (21); themes 11 to 19 by the spend multipliers
SERVED = {
    *("fossil_fuels", "nhs_facilities", "anaesthetics", "fleet", "electricity", "business_travel", "waste", "water"),
    *("inhalers", "medical_devices", "freight_transport", "business_services", "construction", "manufacturing"),
    *("medicines", "food_and_catering", "commissioned_health_services", "ict", "staff_commuting"),
    "patient_and_visitor_travel",
}
HOME = "nhs-2026.1"


@pytest.fixture(params=methodology_ids())
def any_method(request):
    return nc.methodology(request.param)


def test_every_theme_of_this_edition_has_activities(method):
    assert {entry.theme for entry in method.catalogue.activities.values()} == SERVED


def test_every_activity_resolves_in_every_unit_and_period_it_claims_and_refuses_otherwise(any_method):
    """An activity claims the years in which a pinned package has it; there each of its units must work in
    at least one year, and no key may have two answers."""
    catalogue = any_method.catalogue
    gaps = set()
    for code, entry in catalogue.activities.items():
        years = [year for year in any_method.periods if any_method.factors(code, year)]
        keys = [FactorKey(code, unit, year, "UK") for unit in entry.units for year in any_method.periods]
        found = resolve(keys, any_method)
        for key, resolution in found.items():
            if key.period not in years:
                assert resolution.refusal.code == "factor_missing", key
        for year in years:  # a component that the year has must be reached from every unit that is claimed
            components = {factor.component for factor in any_method.factors(code, year)}
            for unit in entry.units:
                reached = {line.factor.component for line in found[FactorKey(code, unit, year, "UK")].lines}
                if lost := components - reached:
                    gaps.add((code.rpartition(".")[0], year, *sorted(lost)))
        if not years:
            # a methodology that exchanges packages may hold less; its refusal names the methodology
            assert entry.note or any_method.id != HOME, f"{code} has no factor in any year and no note that says so"
            continue
        for unit in entry.units:
            works = [year for year in years if found[FactorKey(code, unit, year, "UK")].lines]
            assert works, f"{code} never resolves in {unit}"
    # fuels per tonne (and fuel oil per litre) start in the set of 2016, so before it these keys are refused, with a
    # biogenic line that the blends have per tonne as well; nothing else is lost by a choice of unit
    early = {
        (prefix, f"{year}/{year - 1999}", *lost)
        for prefix in ("energy", "fleet.fuel")
        for year in (2013, 2014, 2015)
        for lost in (("direct",), ("biogenic", "direct"))
    }
    assert gaps == early


def test_every_factor_belongs_to_an_activity_and_is_decided_by_every_boundary(any_method):
    for package in any_method.packages.values():
        for row in package.rows:
            entry = any_method.catalogue.activities[row.activity]
            assert row.component in entry.components, row.factor_id
            any_method.catalogue.theme_of(entry.category, row.component)
            for boundary in any_method.boundaries:
                assert (boundary, entry.category, row.component, row.scope) in any_method.included, (
                    boundary,
                    row.factor_id,
                )


def test_no_boundary_counts_biogenic_or_memo_with_the_rest(method):
    for (boundary, _, component, scope), included in method.included.items():
        if component == "memo":
            assert not included
        if component == "biogenic":
            assert scope == "outside_of_scopes"
            assert included == (boundary == "outside_of_scopes")


def test_market_and_location_based_electricity_are_never_in_one_boundary(method):
    for boundary in method.boundaries:
        inside = {
            component for (name, _, component, _), included in method.included.items() if included and name == boundary
        }
        assert not {"generation", "generation_market"} <= inside


def test_a_green_tariff_lowers_only_the_market_based_figure(method):
    for year in method.periods:

        def of(code, year=year):
            return {f.component: f.kgco2e for f in method.factors(code, year)}

        grid, green = of("energy.electricity.grid"), of("energy.electricity.green_tariff")
        assert green.pop("generation_market") == 0
        assert grid.pop("generation_market") == grid["generation"]
        assert grid == green


def test_each_number_has_a_source_and_a_locator(any_method):
    for package in any_method.packages.values():
        descriptor = package.package.descriptor
        files = {source.file for source in descriptor.sources if source.file}
        for row in package.rows:
            named = row.locator[1:].split("]")[0] if row.locator.startswith("[") else None
            assert named is None or named in files, row.factor_id
            assert row.locator != "uncited" or row.note
        assert all(source.sha256 or source.second_hand or not source.file for source in descriptor.sources)


def test_packages_that_came_second_hand_say_so(method):
    second = {name for name, package in method.packages.items()
              if any(source.second_hand for source in package.package.descriptor.sources)}  # fmt: skip
    spend = {f"uk-multipliers-to-2023-y{year}@1.0.0" for year in range(2015, 2024)}
    assert second == spend | {
        *("ukgov-2013@1.0.0", "ukgov-2026@1.0.0", "anaesthetic-gases-ar5-1@1.0.0", "inhalers-1@1.0.0"),
        *("refrigerant-blends-ar4-1@1.0.0", "refrigerant-blends-ar5-1@1.0.0", "hospital-waste-1@1.0.0"),
    }


def test_published_gas_splits_add_up_to_their_factor(method):
    """CO2, CH4 and N2O are printed as CO2e already, so they sum to the total (3e-5: five printed decimals)."""
    compared = 0
    for package in method.packages.values():
        rows = {(row.factor_id, row.valid_from): row for row in package.rows}
        for key, shares in package.gases.items():
            if {share.gas for share in shares} >= {"CO2", "CH4", "N2O"}:
                total = sum(float(share.value) for share in shares if share.gas in ("CO2", "CH4", "N2O"))
                value = rows[key].kgco2e
                assert total == pytest.approx(value, abs=6e-5, rel=2e-5), key
                compared += 1
    assert compared > 3000


def test_a_factor_package_object_is_the_one_that_was_pinned(method):
    assert all(
        isinstance(package, FactorPackage) and package.package.label == pin for pin, package in method.packages.items()
    )
