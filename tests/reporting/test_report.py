"""The report: its figures are the footprint's, nothing in it is fetched, and its structure can be read aloud."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import BoundaryError, UsageError
from nhscarbon.reporting.drawing.palette import HAIR
from pages import parsed, table_of
from printed import half_up

METHOD = nc.methodology("nhs-2026.1")
ROWS = pd.read_csv(nc.example("trust-year.csv"))
HOSTILE = "<script>alert(1)</script>\u202e&\"'"
SHARES = {"2020/21": 1.0, "2021/22": 0.98, "2022/23": 0.95, "2023/24": 0.9}
FEW = {"draws": 500, "organisations": None}
PLUS = "nhs_carbon_footprint_plus"


def signed(value):
    """Return tonnes as the page has them, with a true minus."""
    return half_up(value, 1).replace("-", "−")


@pytest.fixture(scope="module")
def footprint():
    return nc.calculate(nc.example("trust-year.csv"), METHOD)


@pytest.fixture(scope="module")
def years():
    parts = [ROWS.assign(period=year, quantity=ROWS["quantity"] * share) for year, share in SHARES.items()]
    return nc.calculate(pd.concat(parts), METHOD)


@pytest.fixture(scope="module")
def projection(years):
    return nc.project(years, to="2032/33", draws=200)


@pytest.fixture(scope="module")
def target(projection):
    return nc.targets().path(projection.history, boundary=projection.boundary, base_year="2019/20",
                             base_tco2e=70_000.0, inventory="2020-report")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def texts(footprint, years, projection, target, folder):
    """One year, and several with all that a report can have."""
    first = nc.write_report(footprint, folder / "one.html", draws=500)
    second = nc.write_report(years, folder / "years.html", projection=projection, target=target, **FEW)
    return {"one": first.read_text("utf-8"), "years": second.read_text("utf-8")}


@pytest.fixture(scope="module")
def pages(texts):
    return {name: parsed(text) for name, text in texts.items()}


NAMES = ("one", "years")


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_a_language_a_title_and_landmarks(pages, name):
    page = pages[name]
    assert page.one("html").attributes["lang"] == "en-GB"
    assert page.one("head").one("title").text == page.one("h1").text != ""
    assert len(page.all("main")) == len(page.all("nav")) == len(page.all("header")) == len(page.all("footer")) == 1
    first = page.one("body").inside[0]
    assert (first.name, first.attributes["href"]) == ("a", "#" + page.one("main").attributes["id"])


@pytest.mark.parametrize("name", NAMES)
def test_headings_go_down_by_one_at_most(pages, name):
    levels = [int(tag.name[1]) for tag in pages[name].all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_in_the_page_is_its_own_and_every_reference_is_met(pages, name):
    tags = pages[name].all()
    ids = [tag.attributes["id"] for tag in tags if "id" in tag.attributes]
    assert len(ids) == len(set(ids))
    links = [tag.attributes["href"] for tag in tags if tag.name == "a"]
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    assert all(tag.attributes["aria-labelledby"] in ids for tag in tags if "aria-labelledby" in tag.attributes)


@pytest.mark.parametrize("name", NAMES)
def test_every_table_has_a_caption_and_scoped_headers_and_long_ones_are_folded(pages, name):
    tables = pages[name].all("table")
    folded = [table for fold in pages[name].all("details") for table in fold.all("table")]
    assert [table for table in tables if len(table.one("tbody").all("tr")) > 30] == folded
    for fold in pages[name].all("details"):
        for table in fold.all("table"):
            assert f"{len(table.one('tbody').all('tr'))} rows; sheet" in fold.one("summary").text
    captions = [table.one("caption").one("strong").text for table in tables]
    assert all(captions)
    assert len(set(captions)) == len(captions)
    for table in tables:
        width = len(table.one("thead").all("th"))
        assert all(cell.attributes["scope"] == "col" and cell.text for cell in table.one("thead").all("th"))
        for row in table.one("tbody").all("tr"):
            assert [cell.name for cell in row.inside] == ["th"] + ["td"] * (width - 1)
            assert row.inside[0].attributes["scope"] == "row"


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_says_what_it_shows_and_has_its_table(pages, name):
    sections = [section for section in pages[name].all("section") if section.all("figure")]
    assert len(sections) == {"one": 2, "years": 5}[name]
    for section in sections:
        for figure in section.all("figure"):
            words = figure.one("svg").one("desc").text
            assert figure.one("svg").one("title").text
            assert figure.one("svg").attributes["role"] == "img"
            assert words.replace("tCO2e", "tCO₂e") == figure.one("figcaption").text  # the subscript where it is seen
            assert re.search(r"\d", words)
        assert section.all("table")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_fetched_and_no_other_script_can_run(texts, pages, name):
    page = pages[name]
    attributes = {each for tag in page.all() for each in tag.attributes}
    assert not {each for each in attributes if each.startswith("on")} | attributes & {
        "src",
        "style",
        "srcset",
        "action",
    }
    addresses = re.findall(r"https?://[^\s\"'<>)]+", re.sub(r">[^<]*<", "><", texts[name]))
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}  # the name of SVG, in the tags; citations are words
    assert not re.search(r"url\((?!#)|@import", page.one("style").text)
    [policy] = [tag.attributes["content"] for tag in page.all("meta") if "http-equiv" in tag.attributes]
    assert policy.startswith("default-src 'none'")
    for kind in ("style", "script"):
        [inside] = re.findall(rf"<{kind}>(.*?)</{kind}>", texts[name], re.S)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_what_was_sent_is_text_and_nothing_else(folder):
    rows = ROWS.assign(site=HOSTILE)
    footprint = nc.calculate(rows, METHOD, keep=("site",))
    text = nc.write_report(footprint, folder / "hostile.html", **FEW).read_text("utf-8")
    page = parsed(text)
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert len(page.all("script")) == 1
    assert "<script>alert(1)</script>\\u202e&\"'" in table_of(page, "Tonnes by site")[1][0][0]


def test_the_totals_and_intervals_are_those_of_the_footprint(footprint, pages):
    _, rows = table_of(pages["one"], "Totals by boundary")
    shown = {row[0]: row[1:] for row in rows}
    for name, label in (
        ("nhs_carbon_footprint", "NHS Carbon Footprint"),
        ("scope_1", "Scope 1"),
        ("scope_3", "Scope 3"),
    ):
        of_it = nc.uncertainty(footprint, boundary=name, draws=500).table.iloc[0]
        assert shown[label][:3] == [half_up(of_it[each], 1) for each in ("tco2e", "low", "high")]
        assert shown[label][3] == footprint.label(name).partition(", ")[2]
    total = half_up(footprint.total(), 1)
    assert f"{total} tCO₂e" in pages["one"].all("section")[0].text
    assert "Nottingham University Hospitals NHS Trust (RX1)" in pages["one"].one("h1").text


def test_both_footprints_stand_side_by_side_and_every_theme_has_a_row(folder):
    rows = pd.read_csv(nc.example("acute-year.csv"))
    acute = nc.calculate(rows[~rows["activity"].str.startswith("commute")], METHOD)
    page = parsed(nc.write_report(acute, folder / "acute.html", **FEW).read_text("utf-8"))
    head, shown = table_of(page, "Tonnes by theme")
    assert head[1:3] == ["NHS Carbon Footprint [tCO₂e]", "Footprint Plus [tCO₂e]"]
    labels = [*METHOD.catalogue.themes.values()]
    assert [row[0] for row in shown] == [*labels, "Total"]
    for column, boundary in ((1, None), (2, PLUS)):
        of_it = acute.by("theme", boundary=boundary)
        expected = {METHOD.catalogue.themes[theme]: half_up(value, 1) for theme, value in of_it.to_numpy().tolist()}
        assert {row[0]: row[column] for row in shown if row[0] in expected} == expected
        assert shown[-1][column] == half_up(acute.total(boundary), 1)
    by_name = {row[0]: row for row in shown}
    assert by_name["Staff commuting"][1:3] == ["–", "not answered"]
    assert by_name["Medical devices and equipment"][1] == "–"
    intervals = nc.uncertainty(acute, "theme", boundary=PLUS, draws=500).table.set_index("theme")
    low, high = (half_up(intervals.loc["medical_devices", end], 1) for end in ("low", "high"))
    assert by_name["Medical devices and equipment"][3:5] == [low, high]


def test_a_plus_that_was_not_sent_says_so_beside_the_other(pages):
    _, rows = table_of(pages["one"], "Tonnes by theme")
    assert rows[-1][2] == "not sent"
    strip = pages["one"].one("dl").text
    assert "NHS Carbon Footprint Plus, 4 of 21 themes not sent" in strip


def test_tiers_add_up_to_the_total(footprint, pages):
    _, rows = table_of(pages["one"], "Tonnes by tier")
    assert sorted(row[1] for row in rows) == sorted(half_up(each, 1) for each in footprint.by("tier")["tco2e"])


def test_every_factor_stands_with_its_publication_and_its_cell(footprint, pages):
    head, rows = table_of(pages["one"], "Every factor with its cell")
    publications = [row[head.index("Publication")] for row in rows]
    for locator in set(footprint.table["locator"].astype(str)):
        assert any(locator in each for each in publications)
    gas = next(row for row in rows if row[0].startswith("Natural gas: direct"))
    assert gas[0].endswith("energy.natural_gas direct")  # the code, small below its label
    assert gas[head.index("Factor [kgCO₂e/unit]")].startswith("0.182928926174")  # the 2023 set, Factors by Category!J83
    assert "Factors by Category!J83" in gas[head.index("Publication")]
    assert "UK Government GHG Conversion Factors" in gas[head.index("Publication")]
    counted = sum(float(row[2].replace(",", "")) for row in rows if row[head.index("Counts in")] == "both footprints")
    assert counted == pytest.approx(footprint.total(), abs=len(rows) / 20)


def test_the_method_page_has_the_digests(footprint, pages):
    shown = dict(table_of(pages["one"], "The method and its digests")[1])
    assert shown["Digest of the method (SHA-256)"] == METHOD.digest
    assert shown["Digest of the sums (SHA-256)"] == footprint.stamp.input_sha256
    _, packages = table_of(pages["one"], "Data packages that were used")
    assert {row[0] for row in packages} == set(footprint.table["package"].astype(str))
    assert all(row[2] for row in packages)


def test_of_several_years_the_last_is_shown_and_the_years_are_not_added(years, pages):
    last = nc.calculate(ROWS.assign(period="2023/24", quantity=ROWS["quantity"] * 0.9), METHOD)
    _, rows = table_of(pages["years"], "Totals by boundary")
    assert rows[0][:2] == ["NHS Carbon Footprint", half_up(last.total(), 1)]
    assert half_up(years.total(across_years=True), 1) not in pages["years"].one("main").text
    expected = [[year, half_up(t, 1)] for year, t in zip(SHARES, years.by("period")["tco2e"], strict=True)]
    for title in ("Tonnes by year", "Both footprints by year"):
        assert [row[:2] for row in table_of(pages["years"], title)[1]] == expected
    head, by_theme = table_of(pages["years"], "NHS Carbon Footprint by theme and year")
    assert head == ["Theme", *SHARES]
    assert by_theme[-1] == ["Total", *(value for _, value in expected)]


def test_the_bridge_of_the_report_is_that_of_compare(pages):
    first, last = (nc.calculate(ROWS.assign(period=year, quantity=ROWS["quantity"] * SHARES[year]), METHOD)
                   for year in ("2020/21", "2023/24"))  # fmt: skip
    whole = nc.compare(first, last).total()
    shown = dict(table_of(pages["years"], "The change by cause")[1])
    assert shown["What the organisation did"] == signed(whole["activity_tco2e"])
    assert shown["Published factors"] == signed(whole["factor_tco2e"])
    assert (shown["Before"], shown["After"]) == (half_up(first.total(), 1), half_up(last.total(), 1))


def test_an_earlier_footprint_is_what_the_bridge_starts_from(footprint, folder):
    before = nc.calculate(ROWS.assign(quantity=ROWS["quantity"] * 2), METHOD)
    page = parsed(nc.write_report(footprint, folder / "before.html", before=before, **FEW).read_text("utf-8"))
    shown = dict(table_of(page, "The change by cause")[1])
    assert shown["What the organisation did"] == signed(-footprint.total())


def test_the_trajectory_has_its_bands_its_target_and_every_assumption(pages, projection, target):
    head, rows = table_of(pages["years"], "Projected tonnes by year")
    bands = projection.bands()
    assert [row[head.index("Median [tCO₂e]")] for row in rows] == [half_up(each, 1) for each in bands["median"]]
    of_path = target.table.set_index("year")["tco2e"]
    assert rows[-1][head.index("Target [tCO₂e]")] == half_up(of_path["2032/33"], 1)
    _, said = table_of(pages["years"], "What is taken for granted")
    assert [row[2] for row in said] == projection.assumptions["assumption"].tolist()
    _, chances = table_of(pages["years"], "Chances of meeting the target")
    budget = projection.chances(target).of("budget")
    assert chances[-1][0] == "Budget"
    assert chances[-1][4] == half_up(100 * budget, 1)


def test_what_was_not_counted_is_said_with_its_quantity_and_the_reason(folder):
    rows = pd.DataFrame([("RX1", "2023/24", "waste.clinical.municipal_plant", 7.5, "tonne")],
                        columns=["organisation", "period", "activity", "quantity", "unit"])  # fmt: skip
    footprint = nc.calculate(replace(nc.read(rows), missing_factor="not_counted"), METHOD)
    page = parsed(nc.write_report(footprint, folder / "none.html", **FEW).read_text("utf-8"))
    [row] = table_of(page, "Sent and not counted")[1]
    assert row[0].endswith("waste.clinical.municipal_plant")
    assert row[1:4] == ["2023/24", "7.50", "tonne"]
    assert "no UK Government set has ever published a factor for clinical waste" in row[-1]
    assert "Nothing of what RX1 sent" in page.all("section")[0].text
    assert "nothing sent" in table_of(page, "Totals by boundary")[1][0]


def test_a_boundary_or_a_last_year_without_any_row_is_said_and_is_no_nought(folder):
    rows = pd.DataFrame([("RX1", "2022/23", "water.supply", 5, "m3"),
                         ("RX1", "2023/24", "waste.clinical.municipal_plant", 5, "tonne")],
                        columns=["organisation", "period", "activity", "quantity", "unit"])  # fmt: skip
    both = nc.calculate(replace(nc.read(rows), missing_factor="not_counted"), METHOD)
    water = nc.calculate(rows[:1], METHOD)
    texts = [parsed(nc.write_report(each, folder / f"no-{number}.html", boundary=inside, **FEW).read_text("utf-8"))
             for number, (each, inside) in enumerate([(both, None), (water, "scope_1")])]  # fmt: skip
    assert "sent for 2023/24 counts in NHS Carbon Footprint" in texts[0].all("section")[0].text
    assert "sent for 2022/23 counts in Scope 1" in texts[1].all("section")[0].text
    assert all("How good the data are" not in [tag.text for tag in text.all("h2")] for text in texts)


def test_years_of_which_none_is_whole_have_their_rows_and_no_line(folder):
    months = [("RX1", month, "energy.natural_gas", 1e6, "kWh") for month in ("2022-05", "2023-06", "2023-07")]
    frame = pd.DataFrame(months, columns=["organisation", "period", "activity", "quantity", "unit"])
    page = parsed(nc.write_report(nc.calculate(frame, METHOD), folder / "parts.html", **FEW).read_text("utf-8"))
    _, rows = table_of(page, "Both footprints by year")
    assert [row[-1] for row in rows] == ["1 of 12 months of Fossil fuels", "2 of 12 months of Fossil fuels"]
    assert not [section for section in page.all("section") if section.attributes.get("aria-labelledby") == "trend"
                and section.all("figure")]  # fmt: skip


def test_a_total_that_cannot_be_given_says_what_lacks(years, folder, pages):
    _, rows = table_of(pages["years"], "Components not published")
    assert rows[0][0].endswith("energy.electricity.green_tariff")
    assert rows[0][1:3] == ["2020/21", "Biogenic"]
    with pytest.raises(BoundaryError, match="cannot be totalled"):
        nc.write_report(years, folder / "no.html", boundary="outside_of_scopes", **FEW)


def test_findings_are_listed_with_their_advice(folder):
    activity = nc.read_eric(nc.example("estates-2023-24.csv"))
    england = nc.calculate(activity, METHOD)
    page = parsed(nc.write_report(england, folder / "england.html", **FEW).read_text("utf-8"))
    warnings = england.findings.counts["warning"]
    open_ones, rest = (table_of(page, title)[1] for title in ("What was found", "Notes and answered warnings"))
    assert [row[0] for row in open_ones] == ["Warning"] * warnings
    found = " ".join(cell for row in (*open_ones, *rest) for cell in row)
    assert all(finding.suggestion in found and finding.code in found for finding in england.findings)
    assert len(open_ones) + len(rest) == len(england.findings)
    assert len(table_of(page, "Tonnes by organisation")[1]) == len(england.by("organisation"))


def test_partial_sums_say_that_nobody_looked_for_what_is_missing(folder):
    footprint = nc.calculate(nc.partial(nc.example("trust-year.csv")), METHOD)
    page = parsed(nc.write_report(footprint, folder / "partial.html", **FEW).read_text("utf-8"))
    assert "so missing months and sites were not looked for" in page.one("main").text


def test_the_same_footprint_gives_the_same_bytes_whatever_the_hash_seed(folder):
    script = (
        "import hashlib, sys, nhscarbon as nc\n"
        "f = nc.calculate(nc.example('trust-year.csv'), nc.methodology('nhs-2026.1'))\n"
        "for end in ('html', 'xlsx'):\n"
        "    p = nc.write_report(f, f'{sys.argv[1]}.{end}', draws=200, organisations=None)\n"
        "    print(hashlib.sha256(p.read_bytes()).hexdigest())\n"
    )
    pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
    outputs = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", script, str(folder / f"seed-{seed}")], env=environment,
                              capture_output=True, text=True, check=True)  # fmt: skip
        outputs.add(done.stdout)
    assert len(outputs) == 1


def many_sites(sites=500):
    """Return a year of monthly rows of some sites, one month of gas missing at each tenth."""
    months = [*(f"2023-{month:02d}" for month in range(4, 13)), *(f"2024-{month:02d}" for month in range(1, 4))]
    activities = (("energy.natural_gas", "kWh"), ("energy.electricity.grid", "kWh"), ("water.supply", "m3"))
    rows = [("RX1", f"RX{site:03d}", month, activity, 1000.0 + site, unit)
            for site in range(sites) for activity, unit in activities for month in months
            if not (site % 10 == 0 and month == "2023-08" and activity == "energy.natural_gas")]  # fmt: skip
    return pd.DataFrame(rows, columns=["organisation", "site", "period", "activity", "quantity", "unit"])


def test_five_hundred_sites_stay_under_two_megabytes(folder):
    pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
    footprint = nc.calculate(many_sites(), METHOD, keep=("site",))
    for end in ("html", "xlsx"):
        path = nc.write_report(footprint, folder / f"sites.{end}", organisations=None)
        assert path.stat().st_size < 2_000_000
    page = parsed((folder / "sites.html").read_text("utf-8"))
    assert len(table_of(page, "Tonnes by site")[1]) == 500
    gaps = table_of(page, "What is missing")[1]
    assert len(gaps) == 50
    assert {tuple(row[2:]) for row in gaps} == {("2023/24", "1", "2023-08")}


def test_a_bare_install_writes_the_page_and_names_the_extra_of_the_workbook(footprint, folder, monkeypatch):
    for absent in ("matplotlib", "openpyxl"):
        monkeypatch.setitem(sys.modules, absent, None)
    assert nc.write_report(footprint, folder / "bare.html", **FEW).exists()
    with pytest.raises(UsageError, match=r"nhscarbon\[excel\]"):
        nc.write_report(footprint, folder / "bare.xlsx", **FEW)


@pytest.mark.parametrize("ending", ["pdf", "htm", ""])
def test_another_ending_is_refused(footprint, folder, ending):
    with pytest.raises(UsageError, match=r"\.html, \.xlsx"):
        nc.write_report(footprint, folder / f"report.{ending}")


def test_a_file_that_is_there_is_kept_and_a_target_needs_a_projection(footprint, folder, target):
    path = nc.write_report(footprint, folder / "kept.html")
    with pytest.raises(UsageError, match="already exists"):
        nc.write_report(footprint, path)
    with pytest.raises(UsageError, match="needs a projection"):
        nc.write_report(footprint, folder / "target.html", target=target)
    with pytest.raises(UsageError, match="no boundary 'scope1'"):
        nc.write_report(footprint, folder / "boundary.html", boundary="scope1")


def luminance(colour):
    """Relative luminance, WCAG 2.2, of a colour such as #005eb8."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_has_contrast_and_focus_motion_and_print_are_looked_after(pages):
    style = pages["one"].one("style").text
    colours = dict(re.findall(r"--(\w+): (#\w{6})", style))
    for ground in ("#ffffff", colours["band"]):
        assert all(contrast(colours[name], ground) >= 4.5 for name in ("ink", "soft", "link", "on", "watch", "off"))
    assert re.search(r":focus-visible \{ outline: 3px", style)
    assert "prefers-reduced-motion: no-preference" in style
    assert not re.search(r"animation|transition", style)
    assert "@media print" in style


def test_pictures_have_contrast_with_the_page(pages):
    fills = {
        tag.attributes[name] for svg in pages["years"].all("svg") for tag in svg.all("path", "circle", "text")
        for name in ("fill", "stroke") if tag.attributes.get(name, "").startswith("#")
    }  # fmt: skip
    lines = fills - {"#ffffff", HAIR}  # the ground, and the grid behind the lines
    assert lines
    assert all(contrast(colour, "#ffffff") >= 3 for colour in lines)
