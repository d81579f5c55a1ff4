"""Packages of one's own for several test files: written, sealed, laid over a methodology or pinned alone."""

import json
from dataclasses import replace

from nhscarbon.methods.data_package import load_package, seal
from nhscarbon.methods.factors import FactorPackage
from nhscarbon.methods.methodology import FactorPin

FACTORS = (
    "factor_id,activity,component,scope,value,unit,geography,valid_from,valid_to,gwp_basis,uncertainty,locator,note"
)
CONVERSIONS = "conversion_id,activity,from_unit,to_unit,multiplier,valid_from,valid_to,uncertainty,source,locator,note"
ACTIVITIES = "activity,label,theme,category,units,components,reversible,note"
VALID = "2023-04-01,2024-04-01"


def write_package(folder, name="our-factors", **files):
    """Write a sealed package of the lines of each file and return its folder."""
    home = folder / name
    home.mkdir()
    for file, lines in files.items():
        (home / f"{file}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    descriptor = {"name": name, "version": "1.0.0", "title": "Our own", "kind": "overlay",
                  "sources": [{"title": "our supplier"}], "licenses": [{"name": "ours"}]}  # fmt: skip
    (home / "datapackage.json").write_text(json.dumps(descriptor))
    seal(home)
    return home


def pinned(method, *pins):
    """Return a methodology of some pins alone: each a folder, its NHS years and why it carries forward, or nothing."""
    packages, chosen = {}, []
    for folder, periods, carry_forward in pins:
        package = load_package(folder)
        packages[package.label] = FactorPackage(package, method.units)
        chosen.append(FactorPin(package=package.label, periods=periods, carry_forward=carry_forward))
    manifest = method.manifest.model_copy(update={"factors": tuple(chosen)})
    return replace(method, manifest=manifest, packages=packages)
