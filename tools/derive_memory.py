"""Derive the limits of a check with a memory from consecutive estates returns, and write the package.

    python tools/derive_memory.py --returns FOLDER

FOLDER holds the publisher's files of 2013/14 to 2016/17 as named in RETURNS; they are read by nhscarbon's own reader,
with its exclusions. What sites have by floor area is derived here. The other limits were chosen on the same returns
with mistakes planted in them (benchmarks/detection.py) and stand in CHOSEN with what each is for. Both see only the
half of the trusts that `held_back` does not hold back, by the SHA-256 of their code: the other half tells afterwards
how well the limits do.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import pandas as pd

import nhscarbon as nc
from nhscarbon.methods.data_package import seal

RETURNS = ("eric-2013-14.xls", "eric-2014-15.xls", "eric-2015-16.xls", "eric-2016-17.xls")
ROOM = Path(__file__).resolve().parents[1] / "data" / "plausibility" / "estates-pairs-1"
AREA, LEAST_AREA = "floor_area_gross_internal", 500  # m2; an intensity of less is one of its rounding
QUANTILES = {"p01": 0.01, "p03": 0.03, "p10": 0.10, "p50": 0.50, "p90": 0.90, "p98": 0.98, "p99": 0.99}
POWER, HEAT = "power", "heat"
GROUPS = {  # what is compared together: a contract, or a fuel, may change without a change of what a site needs
    "energy.electricity.grid": ("electricity", POWER, "bought"),
    "energy.electricity.green_tariff": ("electricity", POWER, "bought"),
    "energy.electricity.onsite_renewable": ("electricity", POWER, ""),
    "energy.natural_gas": ("gas", HEAT, "gas"),
    "energy.gas_oil": ("oil", HEAT, ""),
    "energy.burning_oil": ("oil", HEAT, ""),
    "energy.fuel_oil": ("oil", HEAT, ""),
    "energy.lpg": ("lpg", HEAT, ""),
    "energy.coal": ("coal", HEAT, ""),
    "energy.steam": ("steam", HEAT, "delivered"),
    "energy.heat.district": ("district heat", HEAT, "delivered"),
    "energy.biogas": ("biogas", HEAT, ""),
    "energy.biomass": ("biomass", HEAT, ""),
    "waste": ("waste", "", ""),
}
CHOSEN = {
    "years_apart": (3, "years back that a return is compared with: further back an estate is another one"),
    "share_energy": (0.06, "a change of less of the return's energy is not said"),
    "share_other": (0.05, "a change of less of the return's kgCO2e is not said, of what is no energy"),
    "share_new": (0.08, "a site or fuel that is new and less of the return's energy is not said"),
    "share_peers": (0.09, "what a site lacks beside its peers, as a share of the return's energy"),
    "share_swap": (0.05, "of the return's energy, what two rows must differ by for their exchange to be said"),
    "share_moved": (0.05, "of the return's energy, what a row on another site must have had"),
    "share_repeated": (0.03, "of the return's energy, what a figure that is there twice must be"),
    "below_site": (0.25, "times the year before; less is said of a site"),
    "above_site": (4, "times the year before; more is said of a site"),
    "below_total": (0.4, "as below_site, of a whole organisation"),
    "above_total": (2.5, "as above_site, of a whole organisation"),
    "below_other": (1 / 9, "as below_site, of what is no energy"),
    "above_other": (9, "as above_site, of what is no energy"),
    "below_contradicted": (0.4, "as below_site, where the site's energy cost about what it did"),
    "above_contradicted": (2.2, "as above_site, where the site's energy cost about what it did"),
    "cost_alike": (1.4, "times, up or down, that the energy of a site costs about what it did"),
    "boiler": (0.8, "of a fuel, what a boiler makes of it as heat: heat that is bought takes the place of more fuel"),
    "absorbed": (0.1, "of a change, what the whole must show of it; else another site or fuel has taken it over"),
    "area_gone": (0.5, "of the floor area of a site that has gone, what the return must lack for it to have closed"),
    "part_gain": (
        0.37,
        "powers of e by which a site must fit better once a row is 12 or 1,000 times, or that part of it",
    ),
    "part_slope": (1, "added to part_gain for each power of e that it then still differs by"),
    "goes_along": (0.7, "of a change of an activity or meter, what its group must show of it"),
    "along": (0.5, "a change goes with a floor area or cost when it is within this part of it, by powers"),
    "double": (0.001, "an activity that was half of its group within this part had been given twice"),
    "double_left": (0.4, "of such a group, what the site must still have"),
    "wide": (2, "a figure of the year before was odd when it was this many times beyond 98 of 100 sites"),
    "floor": (0.002, "of the return's energy: less is as good as nothing where figures are compared by powers"),
    "floor_moved": (0.05, "as floor, of the difference of two rows that may be exchanged"),
    "swap_gain_return": (0.18, "powers of e by which a return must fit better with gas and electricity exchanged"),
    "swap_rest_return": (0.06, "as swap_gain_return, without the site that gains most"),
    "swap_agree_return": (0.3, "of the energy of the sites compared, what those must hold that fit better"),
    "swap_gain_rows": (0.2, "powers of e by which two rows of a site must fit better once exchanged"),
    "swap_slope_rows": (0.4, "added to swap_gain_rows for each power of e that they then still differ by"),
    "swap_each_rows": (0.12, "powers of e by which each of the two must be off as sent"),
    "swap_gain_sites": (1, "as swap_gain_rows, of one activity at two sites"),
    "swap_slope_sites": (2, "as swap_slope_rows, of one activity at two sites"),
    "swap_each_sites": (0.25, "as swap_each_rows, of one activity at two sites"),
    "swap_balance": (0.25, "of what both are off together, what the nearer must be off"),
    "swap_balance_slip": (0.33, "as swap_balance, where one is about 12 or 1,000 times, up or down"),
    "swap_fit_slip": (0.25, "powers of e that such two may differ by once exchanged"),
    "swap_explains": (6, "times, up or down, that an exchange which does not fit may explain"),
    "slip_near": (0.6, "powers of e about 12 or 1,000 times that are one of the two slips"),
    "moved_left": (0.1, "of what it had, what a site may be left with whose row is on another"),
    "moved_fit": (0.45, "powers of e that the other site's rise may differ from it by"),
    "moved_more": (0.4, "of what the site had, what the other site's row must be where it has one row more"),
    "moved_rise": (0.4, "of what a site lost, what the other must have gained where it has one row more"),
    "moved_fresh": (0.05, "of its row, what the other site may have had the year before to have had none"),
    "renumbered_fit": (0.3, "powers of e that a new site may differ from one that has gone, to be the same"),
    "renumbered_share": (0.01, "of the return's energy, what the two must share"),
    "renumbered_area": (0.25, "of the floor area of a site, what that of the same site under a new code may differ by"),
    "peers_had": (0.5, "a site that had this part or more the year before that it has now is known to be low"),
    "sites_gone": (4, "sites of one return that have gone are said together"),
    "share_site": (
        0.3,
        "of the energy of the larger year, what a site that has gone must have had to be said by itself",
    ),
    "share_gone": (0.6, "of all energy of a site that has gone, what each part of it counts as"),
    "scarce": (
        3,
        "times as many figures of energy as the year before has, and most without one of it: not all of it was given",
    ),
    "alike": (2, "times, up or down: a total that was so near the year before is known to be odd"),
    "copied_share": (0.9, "of rows and of energy, what is equal to the digit in a return copied whole"),
    "copied_three": (0.15, "of the energy, what three equal rows must hold"),
    "copied_few": (0.3, "of the energy, what one or two equal rows must hold"),
    "least_area": (LEAST_AREA, "m2; an intensity of less is one of its rounding"),
}


def held_back(organisation: str) -> bool:
    """Tell whether a trust is held back: where the SHA-256 of its code is odd."""
    return hashlib.sha256(organisation.encode()).digest()[-1] % 2 == 1


def kind_of(activity: str) -> str:
    """Return whether an activity is power or heat, or an empty word."""
    return GROUPS.get(activity, GROUPS.get(activity.rpartition(".")[0], ("", "", "")))[1]


def intensities(folder: Path) -> pd.DataFrame:
    """Return power and heat by m2 of each site and year that has a floor area, of trusts that are not held back."""
    found = []
    for name in RETURNS:
        activity = nc.read_eric(folder / name)
        table = activity.table
        table = table[~table["organisation"].astype(str).map(held_back)]
        kind = table["activity"].astype(str).map(kind_of)
        sums = (
            table[kind != ""]
            .groupby(["organisation", "site", kind.rename("kind")], observed=True)["quantity"]
            .sum()
            .reset_index()
        )
        held = activity.denominators
        assert held is not None
        area = held[held["measure"] == AREA].groupby(["organisation", "site"])["value"].sum()
        area = area[area >= LEAST_AREA]
        by_site = sums.pivot_table(index=["organisation", "site"], columns="kind", values="quantity", observed=True)
        found.append(by_site.div(area.reindex(by_site.index), axis=0))
    return pd.concat(found)


def limits(folder: Path) -> pd.DataFrame:
    """Return every limit: those derived, and those chosen."""
    sites = intensities(folder)
    rows = []
    for kind in (HEAT, POWER):
        values = sites[kind][sites[kind] > 0].dropna()
        rows += [
            (f"{kind}_{name}", f"{values.quantile(share):.3g}", "derived", f"kWh by m2 of {len(values):,} site-years")
            for name, share in QUANTILES.items()
        ]
    rows += [(name, f"{value:.6g}", "chosen", note) for name, (value, note) in CHOSEN.items()]
    return pd.DataFrame(rows, columns=["limit", "value", "status", "note"])


def write(folder: Path) -> None:
    """Write and seal the package."""
    ROOM.mkdir(parents=True, exist_ok=True)
    groups = pd.DataFrame(
        [(each, *words) for each, words in GROUPS.items()], columns=["activity", "group", "kind", "role"]
    )
    tables = {"limits": limits(folder), "groups": groups.assign(status="chosen")}
    for name, table in tables.items():
        table.to_csv(ROOM / f"{name}.csv", index=False, lineterminator="\n")
    sources = [{"title": f"Estates Returns Information Collection, {name}",
                "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()} for name in RETURNS]  # fmt: skip
    descriptor = {
        "name": ROOM.name, "version": "1.0.0", "kind": "plausibility",
        "title": "Limits of a comparison with the year before, by three pairs of consecutive estates returns",
        "sources": sources,
        "licenses": [{"name": "derived", "title": "Statistics derived from estates returns; see DATA-LICENCES.md"}],
        "attribution": "nhscarbon, from NHS England's Estates Returns Information Collection",
        "notes": ["Written by tools/derive_memory.py, which says what each limit is for.",
                  "Derived and chosen on half of the trusts: those whose code has an even SHA-256."],
        "resources": [
            {"name": name, "path": f"{name}.csv",
             "schema": {"fields": [{"name": column, "type": "string"} for column in table.columns]}, "hash": ""}
            for name, table in tables.items()
        ],
    }  # fmt: skip
    (ROOM / "datapackage.json").write_text(json.dumps(descriptor, indent=1) + "\n", "utf-8", newline="\n")
    seal(ROOM)


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--returns", type=Path, required=True)
    write(given.parse_args().returns)
