"""Write the spend packages and the spend activities from the compiled figures.

    python tools/import_spend.py --figures DIR

`DIR/spend/` gives the multipliers, deflators, NHS-eClass codes and a trust's expense types, each with its
source. What the figures do not say stands in `tools/spend/`: the theme of each product group, the rule that
each treatment follows, and which groups bear no VAT. The packages are sealed by `tools/seal.py`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
DATA, TABLES = REPO / "data", Path(__file__).resolve().parent / "spend"
TO_2023, TO_2022, TO_2019, TABLE_13 = "carbon footprint to 2023", "carbon footprint to 2022", "to 2019", "Table 13"
BROKEN = ("7", "24.4-5", "46", "65.3")  # the compilers' notes, section 2, traps 2 and 3
PLUS = "nhs_carbon_footprint_plus"  # what a ledger is about: most of what is bought is outside the core
LAST_YEAR = 2023  # of the newest edition
NHS_YEARS = range(2015, 2027)
# themes counted in units first: their spend is a category of its own
CORE = ("water", "waste", "business_travel", "patient_and_visitor_travel")
ENERGY = ("5", "6", "19", "35.1", "35.2-3")  # fuels, electricity and gas
ENERGY_REASON = "energy is counted by kWh, litres or floor area: pounds of it cannot be split into scopes"
REFUSED = "refused: its published multiplier is not usable ({flag}). Map the product that was bought, not its supplier"
OGL = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
FACTS = {"name": "facts", "title": "Single published figures, each with its source; see DATA-LICENCES.md"}
OWN = {"name": "CC0-1.0", "title": "nhscarbon's own list"}
GROUPS_OF = re.compile(r"\s*([^;(]+?)\s*(?:\((0\.\d+)\))?\s*(?:;|$)")
Row = dict[str, str]


@dataclass(frozen=True)
class Tables:
    """What `tools/spend/` decides."""

    groups: dict[str, Row]
    themes: dict[str, str]
    by_code: dict[str, str]
    treatments: list[Row]
    no_vat: dict[str, str]


def safe(group: str) -> str:
    """Return a product group as it stands in an activity code: ``10.2 -3`` is ``10_2_3``."""
    return re.sub(r"[.-]", "_", group.replace(" ", "")).lower()


def rows_of(path: Path) -> list[Row]:
    """Return the rows of a CSV file, gzipped or not."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def tables() -> Tables:
    """Read `tools/spend/`."""
    return Tables(
        groups={row["group"]: row for row in rows_of(TABLES / "groups.csv")},
        themes={row["category_of_the_notes"]: row["theme"] for row in rows_of(TABLES / "themes.csv")},
        by_code={row["code"]: row["theme"] for row in rows_of(TABLES / "codes.csv")},
        treatments=rows_of(TABLES / "treatments.csv"),
        no_vat={row["group"]: row["unit"] for row in rows_of(TABLES / "vat.csv")},
    )


def theme_of(line: Row, known: Tables) -> str:
    """Return the theme of a code: its own where `codes.csv` names it, else that of the notes' category."""
    return known.by_code.get(line["code"]) or known.themes.get(line["PROPOSED_nhscf_plus_category"], "")


def activity_of(group: str, theme: str, known: Tables) -> str:
    """Return the activity of a product group, apart from its own theme where a mapping reports it elsewhere."""
    own = known.groups[group.replace(" ", "")]["theme"]
    return f"spend.sic.{safe(group)}" + (f".{theme}" if theme not in ("", own) else "")


def mapping_rows(known: Tables, lines: Iterable[Row], source: str, *, vat: bool) -> list[Row]:
    """Return mapping rows: one for each code and product group, a share of the pounds each."""
    rows, seen = [], set()
    for line in lines:
        if line["code"] in seen:  # the source repeats a code with another wording of its description
            continue
        seen.add(line["code"])
        rule = _rule(line, known)
        groups = [(group, share or "1") for group, share in GROUPS_OF.findall(line["PROPOSED_sic2007"])] or [("", "1")]
        for group, share in groups:
            activity = activity_of(group, theme_of(line, known), known) if group else ""
            rows.append(
                {
                    "code": line["code"],
                    "label": line["label"],
                    "treatment": line["PROPOSED_treatment"],
                    "rule": rule,
                    "group": group.replace(" ", ""),
                    "theme": theme_of(line, known),
                    "activity": activity,
                    "weight": share,
                    "unit": known.no_vat.get(group, "GBP_gross") if vat else "",
                    "confidence": line["PROPOSED_confidence"],
                    "status": "proposed",
                    "source": source,
                    "note": line["note"],
                }
            )
    return rows


def _rule(line: Row, known: Tables) -> str:
    for row in known.treatments:
        if (
            row["treatment"] == line["PROPOSED_treatment"]
            and row["category_holds"] in line["PROPOSED_nhscf_plus_category"].lower()
            and row["group"] in ("", line["PROPOSED_sic2007"])
            and row["note_holds"] in line["note"]
        ):
            return row["rule"]
    raise ValueError(f"no rule for {line['code']} ({line['PROPOSED_treatment']})")


def eclass_lines(rows: list[Row]) -> list[Row]:
    """Return the NHS-eClass codes with the columns of a mapping."""
    repeated = Counter(row["eclass_code"] for row in rows)
    return [
        {
            **row,
            "code": row["eclass_code"],
            "label": row["description"] or "(not described in the source)",
            "PROPOSED_sic2007": row["PROPOSED_sic2007_groups"],
            "note": "; ".join(filter(None, [row["PROPOSED_note"], _repeated(row, repeated)])),
        }
        for row in rows
    ]


def _repeated(row: Row, repeated: Counter[str]) -> str:
    return "the source has this code twice, with the same product group" if repeated[row["eclass_code"]] > 1 else ""


def factor_rows(multipliers: list[Row], variants: dict[str, set[str]]) -> list[Row]:
    """Return the factor rows of one edition and year, broken groups left out."""
    rows = []
    for line in multipliers:
        group = line["sic_code"].replace(" ", "")
        year = int(line["year"])
        note = "; ".join(filter(None, [line["quality_flag"], line["note"], f"read from {_copy(line)}"]))
        code = f"spend.sic.{safe(line['group'])}"
        for activity in (code, *sorted(f"{code}.{theme}" for theme in variants.get(line["group"], ()))):
            rows.append(
                {
                    "factor_id": f"{activity}.direct.GBP_{year}",
                    "activity": activity,
                    "component": "direct",
                    "scope": "3",
                    "value": line["kgco2e_per_gbp"],
                    "unit": f"kgCO2e/GBP_{year}",
                    "geography": "UK",
                    "valid_from": f"{year}-04-01",
                    "valid_to": f"{year + 1}-04-01",
                    "gwp_basis": "not stated",
                    "uncertainty": "",
                    "locator": f"{line['table']}, product group {group}, year {year}",
                    "note": note,
                }
            )
    return rows


def _copy(line: Row) -> str:
    return line["copy_seen"].split(" (")[0]


def editions(multipliers: list[Row]) -> dict[str, list[Row]]:
    """Return the multipliers of each package by its name, the best copy of each group."""
    found: dict[str, dict[str, Row]] = {}
    for line in multipliers:
        if line["quality_flag"] == "CONFIRMATION":
            continue
        edition, table = next(
            (name, table)
            for mark, name, table in (
                (TO_2023, "to-2023", "sheet GHG_SIC_multipliers"),
                (TO_2022, "to-2022", "table of conversion factors kgCO2e per GBP by SIC code"),
                (TO_2019, "to-2019", _copy(line)),  # only quotations of it were seen
                (TABLE_13, "table-13", "Table 13"),
            )
            if mark in line["edition"]
        )
        group = line["sic_code"].replace(" ", "")
        belongs = re.search(r"belongs to group (\S+)", line["note"])
        package = f"uk-multipliers-{edition}-y{line['year']}"
        rows = found.setdefault(package, {})
        if group in rows and len(rows[group]["kgco2e_per_gbp"]) > len(line["kgco2e_per_gbp"]):
            continue  # Table 13 was seen at two decimals and, for some groups, in full
        rows[group] = {**line, "group": belongs[1] if belongs else group, "table": table}
    return {name: list(rows.values()) for name, rows in found.items()}


def is_broken(line: Row, edition: str) -> bool:
    """Tell whether a value is left out: the four groups of the newest editions, and energy bought."""
    newest = edition.startswith(("uk-multipliers-to-2023", "uk-multipliers-to-2022"))
    return newest and (line["group"] in BROKEN or line["group"] in ENERGY)


def why_broken(line: Row) -> str:
    """Return the reason of a value that is left out."""
    return ENERGY_REASON if line["group"] in ENERGY else line["quality_flag"].split("; ")[0]


def deflator_rows(deflators: list[Row]) -> list[Row]:
    """Return the cited rows from pounds with VAT to pounds, and from an NHS year's pounds to a multiplier's."""
    financial = {int(row["year_start"]): row for row in deflators
                 if row["series"] == "GDP deflator" and row["year_type"].startswith("financial")}  # fmt: skip
    calendar = {int(row["year_start"]): Decimal(row["value"]) for row in deflators
                if row["series"] == "GDP deflator" and row["year_type"].startswith("calendar")}  # fmt: skip
    net_share = Decimal(5) / Decimal(6)
    rows = [
        _conversion("spend.GBP_gross_to_GBP", "GBP_gross", "GBP", net_share, "2011-04-01", f"{NHS_YEARS[-1] + 1}-04-01",
                    "Finance (No. 2) Act 2010: standard rate of VAT 20 % for supplies from 4 January 2011", "section 3",
                    "derived: 1 / 1.2. Only for amounts that hold VAT at the standard rate throughout; reduced, zero "
                    "and exempt supplies are GBP")
    ]  # fmt: skip
    for spent in NHS_YEARS:
        base = min(spent, LAST_YEAR)
        overlap = (Decimal(3) * calendar[base] + calendar[base + 1]) / 4
        ratio = Decimal(financial[spent]["value"]) / Decimal(financial[base]["value"]) * overlap / calendar[base]
        label, linked = financial[spent]["year_label"], financial[base]["year_label"]
        forecast = "forecast: the financial-year value is not an outturn. " if _true(financial[spent]) else ""
        rows.append(
            _conversion(
                f"spend.GBP_{label}_to_GBP_{base}",
                "GBP",
                f"GBP_{base}",
                1 / ratio,
                f"{spent}-04-01",
                f"{spent + 1}-04-01",
                "HM Treasury GDP deflators at market prices, March 2026 (financial years); December 2025 Quarterly "
                "National Accounts (calendar years)",
                f"financial years {label} and {linked}; calendar years {base} and {base + 1}",
                f"{forecast}derived: 1 / {ratio:.6f}, where {ratio:.6f} = {financial[spent]['value']} / "
                f"{financial[base]['value']} x (0.75 x {calendar[base]} + 0.25 x {calendar[base + 1]}) / "
                f"{calendar[base]}; the two series are linked on the overlap {linked}, nine months of which are {base}",
            )
        )
    return rows


def _true(row: Row) -> bool:
    return row["is_forecast"] == "True"


def _conversion(
    name: str, from_unit: str, to_unit: str, ratio: Decimal, start: str, end: str, source: str, locator: str, note: str
) -> Row:
    return {
        "conversion_id": name,
        "activity": "spend.*",
        "from_unit": from_unit,
        "to_unit": to_unit,
        "multiplier": f"{ratio:.18f}",
        "valid_from": start,
        "valid_to": end,
        "uncertainty": "",
        "source": source,
        "locator": locator,
        "note": note,
    }


def catalogue_rows(
    known: Tables, names: dict[str, str], broken: dict[str, str], variants: dict[str, set[str]]
) -> list[Row]:
    """Return the spend activities: a product group each, once more for each other theme that a mapping names."""
    rows = [
        _entry("spend.undecided", "Spend that is not decided", "business_services", "business_services",
               "undecided spend has no multiplier until someone says what was bought")
    ]  # fmt: skip
    for group, row in known.groups.items():
        code = f"spend.sic.{safe(group)}"
        note = f"theme {row['basis']}" + (f"; {row['note']}" if row["note"] else "")
        if group in broken:
            note = f"refused: {ENERGY_REASON}" if group in ENERGY else REFUSED.format(flag=broken[group])
        elif group in ("6-7", "41-43", "59-60", "65", "87-88"):
            note = "only in Table 13 of 2011: later editions have its parts as groups of their own"
        rows.append(_entry(code, names[group], row["theme"], row["category"], note))
        for theme in sorted(variants.get(group, ())):
            category = (
                "construction_services" if theme == "construction" else f"{theme}_by_spend" if theme in CORE else theme
            )  # the theme's own, or its purchases
            label = f"{names[group]}, reported in {theme.replace('_', ' ')}"
            rows.append(
                _entry(
                    f"{code}.{theme}", label, theme, category, f"theme proposed: a mapping names it; {code} elsewhere"
                )
            )
    return rows


def _entry(code: str, label: str, theme: str, category: str, note: str) -> Row:
    return {
        "activity": code, "label": label, "theme": theme, "category": category, "units": "GBP;GBP_gross",
        "components": "direct", "reversible": "yes", "note": note,
    }  # fmt: skip


def write_table(path: Path, rows: list[Row]) -> None:
    """Write one CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_descriptor(folder: Path, kind: str, title: str, sources: list[dict[str, object]], licence: Row,
                     attribution: str, notes: list[str]) -> None:  # fmt: skip
    """Write a package's descriptor; `tools/seal.py` adds the hashes."""
    document = {
        "name": folder.name, "version": "1.0.0", "kind": kind, "title": title, "sources": sources,
        "licenses": [licence], "attribution": attribution, "notes": notes, "resources": [],
    }  # fmt: skip
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, "utf-8", newline="\n")


def write_multipliers(name: str, lines: list[Row], variants: dict[str, set[str]]) -> None:
    """Write the package of one edition and year."""
    folder = DATA / "emission_factors" / name
    used = [line for line in lines if not is_broken(line, name) or line["group"] in ENERGY]
    refused = {f"spend.sic.{safe(line['group'])}" for line in lines if is_broken(line, name)}
    rows = factor_rows(used, variants if "to-202" in name else {})
    rows = [row for row in rows if row["activity"] not in refused]  # lubricants, of group 19, are no energy
    write_table(folder / "factors.csv", sorted(rows, key=lambda row: row["factor_id"]))
    left = [
        {"group": line["group"], "label": line["sic_name"], "value": line["kgco2e_per_gbp"], "year": line["year"],
         "reason": why_broken(line)}
        for line in lines if is_broken(line, name)
    ]  # fmt: skip
    notes = [
        f"Price basis: {lines[0]['price_basis']}.",
        "Editions restate the same year: never mix two in one series.",
        f"Copies read: {'; '.join(dict.fromkeys(line['copy_seen'] for line in lines))}.",
        "A group is written once more for each other theme that a mapping reports it in: same value, same locator.",
    ]
    if left:
        write_table(folder / "left_out.csv", left)
        notes.append("left_out.csv holds the values that are published and not usable, with the reason.")
    source = {"title": lines[0]["edition"], "path": lines[0]["source_url"], "second_hand": True}
    title = f"UK spend multipliers by product group, {lines[0]['edition'].split(' (')[0]}: prices of {lines[0]['year']}"
    attribution = "Defra and University of Leeds, UK and England's carbon footprint; © Crown copyright"
    write_descriptor(folder, "emission_factors", title, [source], OGL, attribution, notes)


def write_mapping(
    name: str, title: str, rows: list[Row], layout: list[Row], source: str, licence: Row, notes: list[str]
) -> None:
    """Write a mapping package: what each code of a ledger buys, and how the ledger's columns are called."""
    folder = DATA / "mappings" / name
    write_table(folder / "mapping.csv", rows)
    write_table(folder / "layout.csv", layout)
    write_descriptor(folder, "mapping", title, [{"title": source, "second_hand": True}], licence, source, notes)


def write_catalogue(entries: list[Row]) -> None:
    """Put the spend activities in the place of those that the catalogue has."""
    path = DATA / "catalogue" / "catalogue-1" / "activities.csv"
    kept = [row for row in rows_of(path) if not row["activity"].startswith("spend.")]
    write_table(path, sorted([*kept, *entries], key=lambda row: row["activity"]))


def _layout(**items: str) -> list[Row]:
    return [{"item": item, "value": value} for item, value in items.items()]


def main() -> int:
    """Write every spend package and the catalogue's spend activities."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, required=True)
    figures: Path = parser.parse_args().figures / "spend"
    known = tables()
    eclass = mapping_rows(
        known, eclass_lines(rows_of(figures / "nhs_eclass_codes.csv.gz")),
        "NHS-eClass S2, tstephen/srp eclasses.json @74d2e0e", vat=False,
    )  # fmt: skip
    ledger = mapping_rows(
        known, rows_of(figures / "gl_gstt_202021_map_proposed.csv"),
        "expense type of Guy's and St Thomas' payments 2020-21, crahal/NHSSpend @e1faf65", vat=True,
    )  # fmt: skip
    named = {row["activity"] for row in (*eclass, *ledger)}
    variants = {
        group: {code.rsplit(".", 1)[1] for code in named if code.startswith(f"spend.sic.{safe(group)}.")}
        for group in known.groups
    }
    packages = editions(rows_of(figures / "uk_sic_multipliers.csv"))
    names: dict[str, str] = {}
    broken: dict[str, str] = {}
    for name, lines in packages.items():
        for line in lines:
            names.setdefault(line["group"], line["sic_name"])
            if is_broken(line, name):
                broken.setdefault(line["group"], why_broken(line))
        write_multipliers(name, lines, variants)
    write_catalogue(catalogue_rows(known, names, broken, variants))

    folder = DATA / "conversions" / "deflators-1"
    with localcontext() as context:
        context.prec = 40
        write_table(folder / "conversions.csv", deflator_rows(rows_of(figures / "deflators.csv")))
    write_descriptor(
        folder, "conversions", "Pounds with VAT to pounds, and pounds of an NHS year to pounds of a multiplier's year",
        [{"title": "HM Treasury GDP deflators at market prices, March 2026 and December 2025", "second_hand": True,
          "path": "https://www.gov.uk/government/collections/gdp-deflators-at-market-prices-and-money-gdp"}],
        OGL, "HM Treasury, GDP deflators at market prices; © Crown copyright",
        ["Only the years that nhs-2026.1 needs: the multiplier of calendar year Y serves NHS year Y/(Y+1).",
         "Every ratio is derived: its arithmetic stands in its note. Forecast years are marked forecast."],
    )  # fmt: skip
    notes = [
        "The product group, theme, treatment and confidence of every row are proposed: published nowhere.",
        "rule names a row of double-counting-1, which decides what is in, excluded or undecided.",
    ]
    write_mapping(
        "nhs-eclass-1", "NHS-eClass S2 codes to product groups", eclass,
        _layout(code_column="code", code_pattern="(.+)", amount_column="amount_gbp", period_column="period",
                organisation_column="organisation", supplier_column="supplier", boundary=PLUS),
        "NHS-eClass S2 (English NHS, administered by NHS SBS), as in tstephen/srp eclasses.json @74d2e0e, Apache-2.0",
        {"name": "Apache-2.0", "title": "Codes and descriptions: Apache-2.0 (repository licence)"},
        [*notes, "No unit: the sender says whether the amounts hold VAT."],
    )  # fmt: skip
    write_mapping(
        "ledger-gstt-2020-21", "Guy's and St Thomas' payments 2020-21: expense types to product groups", ledger,
        _layout(code_column="expense_type", code_pattern=r"\((\d{5})\).*", amount_column="amount_gbp",
                date_column="date_of_payment", date_format="%d/%m/%Y", organisation="RJ1", boundary=PLUS),
        "Expense types of Guy's and St Thomas' NHS Foundation Trust, 2020-21, as in crahal/NHSSpend @e1faf65",
        FACTS,
        [*notes,
         "The file does not say whether amounts hold VAT. GBP_gross is assumed (proposed): they are payments as made, "
         "and in standard-rated types far more of the amounts are whole multiples of 6 pence (medical and surgical "
         "supplies 60 %, X-ray 82 %, furniture 78 %) than in those that bear none (pay 26 %, energy 22 %; by chance "
         "17 %). Five groups that are exempt or zero-rated as a rule are GBP (tools/spend/vat.csv)."],
    )  # fmt: skip
    rules = DATA / "mappings" / "double-counting-1"
    write_table(rules / "rules.csv", rows_of(TABLES / "rules.csv"))
    write_descriptor(
        rules, "mapping", "What spend is in, what is left out and what is undecided, by named rule",
        [{"title": "Named in each row"}], OWN, "nhscarbon", ["Each rule's pounds are a finding of every ledger."],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
