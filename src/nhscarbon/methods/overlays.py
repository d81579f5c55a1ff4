"""Overlays: a folder of a supplier's or trust's own factors in front of a methodology's pins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.methods.catalogue import Catalogue, CatalogueActivity, activity_of
from nhscarbon.methods.data_package import DataPackage, digest_of, load_package
from nhscarbon.methods.factors import Conversion, FactorPackage, load_conversions, refuse
from nhscarbon.methods.methodology import FactorPin, Methodology, as_methodology

MEMO, NO_SCOPE = "memo", "none"
LOCATION, MARKET = "generation", "generation_market"


def overlay(method: Methodology | str, folder: str | Path) -> Methodology:
    """Use a package of your own before a methodology's published editions: a new methodology with its own digest.

    Parameters
    ----------
    method : Methodology or str
    folder : str or Path
        A sealed data package (`nhscarbon factors seal`) with any of `factors.csv`, `conversions.csv`
        and `activities.csv`, in the layout of the shipped ones.

    Returns
    -------
    Methodology
        In which the overlay's factors come first. What they displace stays in every table as a `memo`
        row: beside the total, never in it.

    Raises
    ------
    UsageError
        If the folder is no data package, or holds nothing that an overlay can have.
    IntegrityError
        If it is not sealed, breaks a column contract, or redefines an activity.
    """
    method, package = as_methodology(method), load_package(Path(folder))
    known = {"factors.csv", "conversions.csv", "activities.csv"}
    if not known & set(package.hashes):
        raise UsageError(f"overlay '{package.name}' has none of {', '.join(sorted(known))}")
    catalogue = _catalogue(method.catalogue, package)
    conversions: tuple[Conversion, ...] = ()
    if "conversions.csv" in package.hashes:
        conversions = load_conversions(package, method.units)
    packages, pins = dict(method.packages), method.manifest.factors
    if "factors.csv" in package.hashes:
        factors = FactorPackage(package, method.units)
        _refuse_strangers(factors, catalogue)
        _refuse_idle(factors, method, catalogue)
        if package.label in packages:
            raise IntegrityError(f"{package.label} is part of the methodology: give the overlay another name")
        packages = {package.label: factors, **packages}
        pins = (FactorPin(package=package.label, periods=method.periods), *pins)
    manifest = method.manifest.model_copy(update={"id": f"{method.id}+{package.name}", "factors": pins})
    return replace(
        method,
        manifest=manifest,
        digest=digest_of({"method": method.digest, package.label: package.digest}),
        catalogue=catalogue,
        conversions=(*conversions, *method.conversions),
        packages=packages,
        overlays=(package.label, *method.overlays),
        hashes={**method.hashes, **{f"{package.label}/{name}": found for name, found in package.hashes.items()}},
        others=(*method.others, package),
        included=_with_memo(method, catalogue),
    )


def _catalogue(catalogue: Catalogue, package: DataPackage) -> Catalogue:
    """Add the overlay's own activities, and a home for the memo rows of what it displaces."""
    activities = dict(catalogue.activities)
    if "activities.csv" in package.hashes:
        for row in package.rows("activities.csv"):
            entry = activity_of(row)
            if entry.activity in activities:
                raise IntegrityError(f"overlay '{package.name}' redefines the activity {entry.activity}")
            if (entry.category, "direct") not in catalogue.reported_in or entry.theme not in catalogue.themes:
                raise IntegrityError(f"{entry.activity} is in no known category or theme of {catalogue.label}")
            activities[entry.activity] = entry
    homes = _homes(activities)
    memo = {(category, MEMO): theme for category, theme in homes.items()}
    return replace(
        catalogue,
        activities=activities,
        reported_in={**memo, **catalogue.reported_in},
        ghg_protocol={**dict.fromkeys(memo, ""), **catalogue.ghg_protocol},
    )


def _homes(activities: Mapping[str, CatalogueActivity]) -> dict[str, str]:
    return {entry.category: entry.theme for entry in activities.values()}


def _refuse_strangers(factors: FactorPackage, catalogue: Catalogue) -> None:
    strangers = sorted({row.activity for row in factors.rows} - set(catalogue.activities))
    if strangers:
        raise IntegrityError(
            f"{factors.package.label} has factors of {', '.join(strangers[:5])}, which no catalogue has: "
            "add them in an activities.csv of the overlay"
        )


def _refuse_idle(factors: FactorPackage, method: Methodology, catalogue: Catalogue) -> None:
    """Refuse rows that could never be used (no whole NHS year, a component that no boundary decides) or must not be."""
    faults = [
        f"{row.factor_id} is valid {row.valid_from} to {row.valid_to}, which covers no NHS year (1 April to 31 March)"
        for row in factors.rows
        if not any(row.covers(year) for year in method.periods)
    ]
    included = _with_memo(method, catalogue)
    for row in factors.rows:
        category = catalogue.activities[row.activity].category
        if (method.headline, category, row.component, row.scope) not in included:
            faults.append(f"{row.factor_id}: no boundary decides ({category}, {row.component}, scope {row.scope})")
        if row.component == LOCATION and MARKET in catalogue.activities[row.activity].components:
            faults.append(
                f"{row.factor_id}: the location-based factor of {row.activity} is the grid's and not a supplier's; "
                f"a contract or tariff goes under {MARKET}, which scope_2_market shows separately from the main total"
            )
    refuse(factors.package.label, faults)


def _with_memo(method: Methodology, catalogue: Catalogue) -> dict[tuple[str, str, str, str], bool]:
    memo = {
        (boundary, category, MEMO, NO_SCOPE): False
        for boundary in method.boundaries
        for category in _homes(catalogue.activities)
    }
    return {**memo, **method.included}
