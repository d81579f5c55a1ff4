"""Doses in an inhaler: as the prescribing data name the pack, and as a study counts them for its classes."""

from __future__ import annotations

import re
from decimal import Context, Decimal

from clinical.package import HERE, Row, Rows, conversion, only, read_rows

DIGITS = Context(prec=16)
_DOSES = re.compile(r"\((\d+) ?D\)")


def dose_rows(figures: Rows, prescribed: Rows) -> Rows:
    """Return a row dose to inhaler for each activity of `doses.csv`.

    Parameters
    ----------
    figures : list of dict
        `clinical/inhalers.csv`: what a study prints of its classes.
    prescribed : list of dict
        `bnf_inhalers.csv`: names of presentations in the English Prescribing Data.
    """
    return [
        _of_class(row, only(figures, product=row["class_product"]))
        if row["class_product"]
        else _of_product(row, only(prescribed, bnf_code=row["bnf_code"]))
        for row in read_rows(HERE / "doses.csv")
    ]


def _of_product(wanted: Row, named: Row) -> Row:
    printed = _DOSES.search(named["bnf_name"])
    if named["nhscarbon_product_activity"] != wanted["activity"] or not printed:
        raise ValueError(f"'{named['bnf_name']}' does not say how many doses {wanted['activity']} holds")
    locator = f"BNF code {named['bnf_code']}, presentation '{named['bnf_name']}'"
    return _row(wanted, int(printed[1]), "NHS Business Services Authority, English Prescribing Data", locator)


def _of_class(wanted: Row, figure: Row) -> Row:
    if figure["doses_basis"] != "actuations":
        raise ValueError(f"the doses of {figure['product']} are '{figure['doses_basis']}', not actuations")
    return _row(wanted, int(figure["doses_per_inhaler"]), figure["source"], f"Table 2, {figure['product']}")


def _row(wanted: Row, doses: int, source: str, locator: str) -> Row:
    multiplier = f"{DIGITS.divide(Decimal(1), Decimal(doses)).normalize():f}"
    note = f"derived: 1 / {doses}, the doses in an inhaler; a dose is one actuation"
    return conversion(wanted["activity"], "dose", "inhaler", multiplier, source=source, locator=locator, note=note)
