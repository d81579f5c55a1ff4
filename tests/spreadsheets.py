"""A second spreadsheet program, LibreOffice: a workbook opened, recalculated and saved by it."""

import shutil
import subprocess

import openpyxl
import pytest

from clocks import PATIENCE

ERRORS = ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "Err:")


def needs_libreoffice():
    """Skip aloud where it is absent."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("SKIPPED ALOUD: LibreOffice Calc is not installed, so no workbook was opened in it")
    return program


def saved_again(path, folder):
    """Return where LibreOffice has saved a workbook again, every formula recalculated."""
    program = needs_libreoffice()
    folder.mkdir(exist_ok=True)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [program, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder)]
    subprocess.run([*convert, str(path)], check=True, capture_output=True, timeout=PATIENCE)
    return folder / path.name


def values(path):
    """Return what every cell of a workbook shows, by sheet and cell, formulas as what they came to."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None
    }  # fmt: skip


def formulas(path):
    """Return every formula of a workbook by sheet and cell."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    }  # fmt: skip


def without_results(path, to):
    """Write a workbook again without what its formulas came to, so that a program must calculate them."""
    openpyxl.load_workbook(path).save(to)
    return to
