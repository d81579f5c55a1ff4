"""Warming potentials of anaesthetic gases on each basis, and their densities."""

from __future__ import annotations

from decimal import Decimal

from clinical.package import Row, Rows, conversion, factor, only

# activity suffix, species in gwp.csv, column in gwp_nhs_tools.csv, unit that its factor is per
AGENTS = (
    ("desflurane", "Desflurane (HFE-236ea2)", "desflurane", "kg"),
    ("entonox", "Nitrous oxide", "n2o", "kg_N2O"),
    ("halothane", "Halothane (Halon-2311)", "", "kg"),
    ("isoflurane", "Isoflurane (HCFE-235da2)", "isoflurane", "kg"),
    ("methoxyflurane", "Methoxyflurane", "", "kg"),
    ("nitrous_oxide", "Nitrous oxide", "n2o", "kg"),
    ("sevoflurane", "Sevoflurane (HFE-347mmz1)", "sevoflurane", "kg"),
)
LIQUIDS = ("Desflurane", "Halothane", "Isoflurane", "Sevoflurane")
GAS_BASIS = "15 C, 1 atm real gas"  # the method's decision; agrees with weighed cylinders
BOOK_BASIS = "recipe-book value 0.0018 kg/L, no temperature stated (matches about 25 C)"
IN_MIXTURE = "; per kilogram of the nitrous oxide in the mixture"


def ipcc_rows(gwp: Rows, column: str, basis: str, locator: str, *, stand_ins: bool = False) -> Rows:
    """Return the factor rows of one IPCC report, per kilogram.

    Where `stand_ins`, an agent without a value in any report takes the uncited one of the figures.
    """
    by_species = {row["species"]: row for row in gwp}
    rows = []
    for agent, species, _, unit in AGENTS:
        source = by_species[species]
        value, where, stated = source[column], locator, basis
        note = f"{species}; read from {_plain(source['source'])}"
        if not value and stand_ins:
            value, _, derivation = source["other_gwp100"].partition(" ")
            where, stated = "uncited", "not stated"
            note = f"{species}: no IPCC value. {value} is from {derivation.strip('()')}"
        if value:
            note += IN_MIXTURE if unit == "kg_N2O" else ""
            rows.append(factor(f"anaesthetic.{agent}", unit, value, scope="1", basis=stated, locator=where, note=note))
    return rows


def tool_rows(tools: Rows, tool: str, basis: str) -> Rows:
    """Return the factor rows of the values that one NHS tool or page states."""
    [source] = [row for row in tools if row["tool_or_policy"].startswith(tool)]
    rows = []
    for agent, _, column, unit in AGENTS:
        value = source[column] if column else ""
        if value:
            note = source["what_the_source_says"] + (IN_MIXTURE if unit == "kg_N2O" else "")
            where = source["source"]
            rows.append(factor(f"anaesthetic.{agent}", unit, value, scope="1", basis=basis, locator=where, note=note))
    return rows


def density_rows(products: Rows) -> Rows:
    """Return litre to kilogram rows: liquids, nitrous oxide gas, and the nitrous oxide in Entonox."""
    rows = []
    for product in products:
        agent, per = product["agent"], product["container"]
        if agent in LIQUIDS and per == "per 1 ml liquid":
            bottle = next(p for p in products if p["agent"] == agent and p["container"].startswith("bottle"))
            rows.append(
                _density(
                    agent.lower(),
                    "kg",
                    product["density_kg_per_L"],
                    bottle["density_source"],
                    f"liquid density {product['density_kg_per_L']} kg/litre, {product['density_basis']}",
                )
            )
        if per == "per 1 litre of gas" and product["density_basis"] == GAS_BASIS and agent.startswith("Nitrous"):
            rows.append(
                _density(
                    "nitrous_oxide", "kg", product["density_kg_per_L"], product["density_source"], f"gas at {GAS_BASIS}"
                )
            )
        if per == "per 1 litre of mixture" and product["density_basis"] == GAS_BASIS:
            share = Decimal(product["n2o_volume_fraction"])
            content = (share * Decimal(product["density_kg_per_L"])).normalize()
            fraction = product["status"].removeprefix("unit factor; fraction: ")
            rows.append(
                _density(
                    "entonox",
                    "kg_N2O",
                    f"{content:f}",
                    product["density_source"],
                    f"derived: {share} nitrous oxide by volume x {product['density_kg_per_L']} kg/litre "
                    f"({GAS_BASIS}); fraction: {fraction}",
                )
            )
    return sorted(rows, key=lambda row: row["conversion_id"])


def book_density_rows(products: Rows) -> Rows:
    """Return the Recipe Book's own conversions, its Entonox without the oxygen as it was printed."""
    gas = only(products, container="per 1 litre of gas", density_basis=BOOK_BASIS)
    density, source = gas["density_kg_per_L"], gas["density_source"]
    erratum = (
        "erratum of the book, kept to reproduce it: worked example 3.6 takes the mixture as pure nitrous oxide; "
        f"half of it is oxygen, so {Decimal(density) * Decimal('0.5')} kg/litre would be right"
    )
    return [
        _density("entonox", "kg_N2O", density, source, erratum),
        _density("nitrous_oxide", "kg", density, source, "no temperature stated; it fits about 25 C"),
    ]


def _density(agent: str, to_unit: str, multiplier: str, source: str, note: str) -> Row:
    cited = not ("no citable source" in source or source.startswith("uncited"))
    locator = source.split(";", maxsplit=1)[0] if cited else "uncited"
    return conversion(f"anaesthetic.{agent}", "litre", to_unit, multiplier, source=source, locator=locator, note=note)


def _plain(source: str) -> str:
    return source.replace("PyPI ", "Python package ")
