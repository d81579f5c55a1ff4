"""Packages against the publishers' own files: each value against the cell that its locator names."""

import dataclasses
import hashlib

import openpyxl
import pytest

from nhscarbon.errors import UnreadableError
from nhscarbon.methods.data_package import Source, data_root, load_package
from nhscarbon.methods.factors import FactorPackage
from nhscarbon.methods.verification import check_originals


def loaded(name, method):
    package = load_package(data_root() / "emission_factors" / name)
    return package, FactorPackage(package, method.units).rows


@pytest.mark.parametrize("year", range(2013, 2026))
def test_every_value_is_the_one_in_its_cell(originals, method, year):
    package, rows = loaded(f"ukgov-{year}", method)
    found = check_originals(package, rows, originals / "ukgov")
    assert found.faults == ()
    named = [row for row in rows if row.locator != "uncited"]
    assert found.checked == len(named)
    assert found.checked > 200


def test_a_planted_digit_is_found(originals, method):
    package, rows = loaded("ukgov-2023", method)
    wrong = dataclasses.replace(rows[100], value=rows[100].value + "1")
    found = check_originals(package, [*rows[:100], wrong, *rows[101:]], originals / "ukgov")
    assert len(found.faults) == 1
    assert rows[100].factor_id in found.faults[0]


@pytest.fixture
def official_2026(tmp_path, method):
    """A workbook laid out like the official 2026 file, with the package's own values by the publisher's ids."""
    package, rows = loaded("ukgov-2026", method)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Factors by Category"
    sheet.append(["ID", "Scope", "Level 1", "GHG/Unit", "GHG Conversion Factor 2026"])
    for row in rows:
        if "!ID " in row.locator:
            sheet.append([row.locator.split("!ID ")[1] + "_1", "Scope", "Level", "kg CO2e", float(row.value)])
    path = tmp_path / "any name.xlsx"

    def save():
        book.save(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        sources = tuple(
            Source(**{**source.model_dump(), "sha256": sha256}) if source.file else source
            for source in package.descriptor.sources
        )
        object.__setattr__(package, "descriptor", package.descriptor.model_copy(update={"sources": sources}))
        return check_originals(package, rows, tmp_path)

    return sheet, rows, save


def test_the_second_hand_set_checks_itself_when_the_official_file_is_given(official_2026):
    _, rows, save = official_2026
    found = save()
    assert found.faults == ()
    assert found.checked == sum("!ID " in row.locator for row in rows) > 900


def test_the_second_hand_set_says_where_the_official_file_differs(official_2026):
    sheet, _, save = official_2026
    sheet.cell(5, 5).value = 123.456
    faults = save().faults
    assert len(faults) >= 1  # a cell may serve more than one factor
    assert all("123.456" in fault for fault in faults)


def test_without_the_file_nothing_is_called_checked(tmp_path, method):
    package, rows = loaded("ukgov-2026", method)
    found = check_originals(package, rows, tmp_path)
    assert (found.checked, found.unchecked, found.faults) == (0, len(rows), ())
    with pytest.raises(UnreadableError, match="no folder"):
        check_originals(package, rows, tmp_path / "absent")
