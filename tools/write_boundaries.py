"""Write a methodology's `boundaries.csv`: each boundary decides every (category, component, scope) there is.

    python tools/write_boundaries.py nhs-2026.1

The rule of each boundary stands below as one line; the file is what a methodology is judged by, and is
reviewed like any other data. A combination is any that a factor of a pinned package has.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
BESIDE = ("generation_market", "biogenic", "memo")  # in no location-based boundary
Rule = Callable[[str, str, str], bool]  # footprint of the category's home theme, component, scope

RULES: dict[str, Rule] = {
    CORE: lambda home, component, scope: home == CORE and component not in BESIDE,
    PLUS: lambda home, component, scope: component not in BESIDE,
    "scope_1": lambda home, component, scope: scope == "1" and component not in BESIDE,
    "scope_2_location": lambda home, component, scope: scope == "2" and component not in BESIDE,
    "scope_2_market": lambda home, component, scope: component == "generation_market",
    "scope_3": lambda home, component, scope: scope == "3" and component not in BESIDE,
    "outside_of_scopes": lambda home, component, scope: component == "biogenic",
    "direct_only": lambda home, component, scope: home == CORE and component in ("direct", "generation"),
    "direct_and_transmission": lambda home, component, scope: (
        home == CORE and component in ("direct", "generation", "transmission")
    ),
}


# the portal's core: anaesthetics, water and waste, business mileage, electricity, heat and fuels
PORTAL = ("fossil_fuels", "electricity", "anaesthetics", "waste", "water", "business_travel")


def portal(category: str, component: str) -> bool:
    """Tell what the Sustainable Development Unit's portal summed as core."""
    return category in PORTAL and component not in BESIDE


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def combinations(manifest: dict[str, object]) -> dict[tuple[str, str, str], str]:
    """Return each (category, component, scope) of the pinned factors, with the footprint of its home theme."""
    catalogue = DATA / "catalogue" / str(manifest["catalogue"]).partition("@")[0]
    homes = {row["theme"]: row["footprint"] for row in rows_of(catalogue / "themes.csv")}
    entries = {row["activity"]: row for row in rows_of(catalogue / "activities.csv")}
    found: dict[tuple[str, str, str], str] = {}
    pins = manifest["factors"]
    assert isinstance(pins, list)
    for name in dict.fromkeys(pin["package"].partition("@")[0] for pin in pins):
        for row in rows_of(DATA / "emission_factors" / name / "factors.csv"):
            entry = entries[row["activity"]]
            found[entry["category"], row["component"], row["scope"]] = homes[entry["theme"]]
    return found


def main() -> int:
    """Write the file of one methodology."""
    folder = DATA / "methodologies" / sys.argv[1]
    manifest = tomllib.loads((folder / "methodology.toml").read_text("utf-8"))
    found = combinations(manifest)
    with (folder / str(manifest["boundaries"])).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["boundary", "category", "component", "scope", "included"])
        for boundary, rule in RULES.items():
            for (category, component, scope), home in sorted(found.items()):
                by_pounds = category.endswith("_by_spend") and boundary.startswith("direct_")
                included = "yes" if rule(home, component, scope) and not by_pounds else "no"
                writer.writerow([boundary, category, component, scope, included])
        if manifest["headline"] == "sdu_portal_core":
            for category, component, scope in sorted(found):
                counts = "yes" if portal(category, component) else "no"
                writer.writerow([manifest["headline"], category, component, scope, counts])
    return 0


if __name__ == "__main__":
    sys.exit(main())
