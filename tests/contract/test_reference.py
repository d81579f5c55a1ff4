"""The reference pages are the data and the code: nothing in them is edited by hand, nothing is left out."""

import sys
from pathlib import Path

import pandas as pd
import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import nhscarbon as nc  # noqa: E402
import write_reference  # noqa: E402  a tool of this repository
from nhscarbon.cli import main  # noqa: E402

PAGES = write_reference.pages()


@pytest.mark.parametrize("name", PAGES)
def test_each_committed_page_is_the_generated_one(name):
    assert (REPO / "docs" / "reference" / name).read_text("utf-8") == PAGES[name], (
        f"docs/reference/{name} is not what the data say: run tools/write_reference.py"
    )


def test_every_activity_conversion_boundary_and_methodology_is_there(method):
    for code in method.catalogue.activities:
        assert f"`{code}`" in PAGES["activities.md"]
    for row in method.conversions:
        assert f"`{row.conversion_id}`" in PAGES["conversions.md"]
    for boundary in method.boundaries:
        assert boundary in PAGES["boundaries.md"]
    for pin in method.packages:
        assert f"`{pin}`" in PAGES["methodologies.md"]


def test_every_factor_has_its_value_cell_and_licence_on_the_page_of_its_package(method):
    package = method.packages["ukgov-2023@1.0.0"]
    page = write_reference.factors(package)
    for row in package.rows:
        assert f"`{row.factor_id}` | {row.value} |" in page
        assert row.locator in page
    assert "Open Government Licence" in page


def test_codes_that_a_spoiled_return_raises_are_on_the_page(method):

    spoiled = pd.read_csv(nc.example("trust-year.csv")).astype(object)
    spoiled.loc[0, "quantity"], spoiled.loc[1, "unit"], spoiled.loc[2, "period"] = "1,200", "furlong", "2023"
    found = nc.check(spoiled, method)
    assert len(found.refused) >= 3
    for finding in found:
        assert f"`{finding.code}`" in PAGES["findings.md"]


def test_every_finding_code_is_on_the_page_once_with_its_text():
    rows = [row for row in write_reference.finding_rows() if row["title"]]
    for row in rows:
        assert PAGES["findings.md"].count(f"| `{row['code']}` |") == 1
        assert f"| {row['what']} | {row['why']} | {row['fix']} | {row['needs_rows']} |" in PAGES["findings.md"]
    assert PAGES["findings.md"].count("\n| ") == len(rows) + PAGES["findings.md"].count("\n## ")


def test_every_public_name_is_in_one_group_or_room(monkeypatch):
    page = PAGES["api.md"]
    for name in set(nc.__all__) - {"__version__"}:
        assert f"`nc.{name}`" in page
        assert page.count(f"::: {getattr(nc, name).__module__}.{name}\n") == 1, name
    for room in write_reference.ROOMS:
        section = page.partition(f"\n## nhscarbon.{room}\n")[2].partition("\n## ")[0]
        face = getattr(nc, room)
        assert [line.rpartition(".")[2] for line in section.splitlines() if line.startswith(":::")] == face.__all__
    monkeypatch.setitem(write_reference.DESK, "look", ("hierarchy",))
    with pytest.raises(SystemExit, match="write_report"):
        write_reference.api()


def test_every_command_has_its_section(capsys):

    with pytest.raises(SystemExit):
        main(["--help"])
    verbs = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line[:4] == " " * 4 and line[4] != " "]
    assert len(verbs) >= 14
    for verb in verbs:
        assert f"\n## nhscarbon {verb}" in PAGES["commands.md"]
