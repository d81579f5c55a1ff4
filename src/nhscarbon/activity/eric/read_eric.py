"""Estates returns through the door: what `read_eric_table` read, as an `Activity`."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.encoding import code_text
from nhscarbon.activity.eric.layouts import layouts_from
from nhscarbon.activity.eric.recognise import WITHIN, recognise
from nhscarbon.activity.eric.tidy import read_eric_table
from nhscarbon.activity.files.sheets import Grid
from nhscarbon.errors import UnreadableError
from nhscarbon.methods.data_package import data_root, load_pinned

BEGINS = 1 << 16  # bytes in which a header is looked for
LAYOUTS = "eric-1@1.0.0"  # the package that says what each header means


def read_eric(path: str | Path) -> Activity:
    """Read an estates return (ERIC) as NHS England published it.

    Parameters
    ----------
    path : str or Path
        The site file of 2013/14 to 2016/17 (workbook, extra ``excel``), 2019/20, 2023/24 or 2024/25
        (CSV), or the long form of NHS England's warehouse. The exact header tells which.

    Returns
    -------
    Activity
        What `nhscarbon.calculate` accepts, with site codes, and floor areas and the like under
        ``denominators``. Every value that was left out, assumed or suspected is a finding. An activity
        that has no published factor is listed as not counted with its quantity, instead of refused.

    Raises
    ------
    UnreadableError
        If there is no such file, or its header is no known layout's.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> activity = nc.read_eric(nc.example("estates-2023-24.csv"))
    >>> activity.denominators["measure"].unique().tolist()
    ['floor_area_gross_internal']
    """
    path = Path(path)
    if not path.is_file():
        raise UnreadableError(f"there is no file '{path}'")
    package = load_pinned(data_root(), "layouts", LAYOUTS)
    returned = read_eric_table(path, layouts_from(package.text))
    table = returned.activity
    names = {"organisation": "organisation", "site": "site", "period": "period", "activity": "activity",
             "unit": "unit", "reference": "source_column"}  # fmt: skip
    return Activity(
        columns={name: code_text(table[source].astype(object)) for name, source in names.items()},
        numbers={"quantity": table["quantity"].to_numpy(np.float64, copy=True)},
        findings=returned.findings,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        row_numbers=table["source_row"].to_numpy(np.int64, copy=True),
        missing_factor="not_counted",
        denominators=pd.DataFrame(returned.denominators),
    )


def is_eric(path: str | Path) -> bool:
    """Tell whether a file of text begins as an estates return as published does."""
    with Path(path).open("rb") as stream:
        text = stream.read(BEGINS).decode("utf-8", "replace")
    lines = [line for line in text.splitlines()[:WITHIN] if "\0" not in line]
    try:
        rows = list(csv.reader(lines))
        recognise("", [Grid("", rows)], layouts_from(load_pinned(data_root(), "layouts", LAYOUTS).text))
    except (UnreadableError, csv.Error):
        return False
    return True
