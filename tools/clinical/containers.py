"""Contents of bottles and cylinders, keyed on the gas and the UK size: never on the letter alone."""

from __future__ import annotations

from clinical.package import HERE, Row, Rows, conversion, only, read_rows


def container_rows(products: Rows) -> Rows:
    """Return a container to litre row for each line of containers.csv whose content is known."""
    return [_row(wanted, products) for wanted in read_rows(HERE / "containers.csv")]


def _row(wanted: Row, products: Rows) -> Row:
    product = only(products, agent=wanted["agent"], container=wanted["container"])
    litres, source = product["nominal_litres_sourced"], product["container_source"]
    if not litres:
        raise ValueError(f"the figures have no sourced content of {wanted['activity']} {wanted['unit']}")
    uncited = source.startswith("uncited")
    note = "; ".join(filter(None, (wanted["mark"], product["status"].removeprefix("derived: "))))
    if uncited:
        note = f"uncited: {product['status']}; the size that the product is commonly sold in"
    return conversion(
        wanted["activity"],
        wanted["unit"],
        "litre",
        litres,
        source=source,
        locator="uncited" if uncited else source,
        note=note,
    )
