"""Board pages made by hand, in every state, and footprints to make them of: for tests."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pandas as pd

from nhscarbon.reporting.drawing.path_picture import PathLines, Window
from nhscarbon.reporting.report.board import (
    Board,
    BoardCause,
    BoardCauses,
    BoardFigure,
    BoardMembers,
    BoardMissing,
    BoardTheme,
    Member,
    Moved,
    NextAction,
    Standing,
)
from nhscarbon.reporting.report.board_sentences import verdict

YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
LINES = {  # invented: the quantity in the first year, its unit, and what each later year is of the one before
    "energy.natural_gas": (4.0e7, "kWh", 0.97), "energy.electricity.grid": (1.6e7, "kWh", 0.99),
    "anaesthetic.nitrous_oxide": (2000.0, "kg", 0.9), "waste.domestic.landfill": (500.0, "tonne", 0.9),
    "water.supply": (2.5e5, "m3", 1.01), "fleet.car.average.diesel": (4e5, "km", 0.9),
    "refrigerant.r134a": (60.0, "kg", 0.9), "spend.sic.21": (3.0e7, "GBP", 1.05),
    "spend.sic.28.medical_devices": (3.2e7, "GBP", 1.04), "spend.sic.41_2": (9e6, "GBP", 1.1),
    "patient_travel.car.average.petrol": (1.5e7, "km", 1.02),
}  # fmt: skip


def rows(organisation="RTG", *, scale=1.0, years=YEARS, without=(), rate=1.0):
    """Return a return of several years: every line of `LINES` but some."""
    found = [
        (organisation, year, activity, quantity * scale * (each * rate) ** YEARS.index(year), unit)
        for year in years
        for activity, (quantity, unit, each) in LINES.items()
        if activity not in without
    ]
    return pd.DataFrame(found, columns=["organisation", "period", "activity", "quantity", "unit"])


def straight(*points):
    """Return the figures of every year on straight lines through some."""
    found = []
    for (first, start), (last, end) in pairwise(points):
        found += [(year, start + (end - start) * (year - first) / (last - first)) for year in range(first, last)]
    return (*found, points[-1])


def figure(title, tco2e, standing, *, covers="", base=20_000.0, parts=()):
    """Return one of the two large figures with a path to net zero."""
    path = straight((2019, base), (2032, 0.53 * base), (2040, 0.0))
    actual = straight((2019, base), (2025, tco2e))
    lines = PathLines(
        actual, path, (Window(2028, 2032, 0.53 * base, "47% lower", "2028 to 2032"),), tuple(parts), "20,000",
        "actual 17,300", "path 18,700", ("2019/20", "2025/26", "net zero 2040"),
    )  # fmt: skip
    return BoardFigure(
        title, title.removeprefix("NHS Carbon "), tco2e, "", 0.9 * tco2e, 1.1 * tco2e, covers, (),
        (Moved("−5.9%", "on 2024/25"), Moved("−27.6%", "since 2019/20")), standing, verdict(standing), lines,
        "Fell from 20,000 in 2019/20 to 17,300 tonnes in 2025/26.",
    )  # fmt: skip


ON_TRACK = Standing("on_track", "", -1_420.0, 18_700.0, 47.0, 2028, 2032, 880.0, None)
OFF_TRACK = Standing("off_track", "", 11_400.0, 59_500.0, 73.0, 2036, 2039, 14_000.0, 4.1, "17 themes")
WATCH = Standing("watch", "", -100.0, 18_700.0, 47.0, 2028, 2032, 880.0, -0.2)
CANNOT_SAY = Standing("cannot_say", "The base year 2019/20 is missing.")
NAMES = ("Medical devices", "Medicines and chemicals", "Fossil fuels", "Patient and visitor travel",
         "Electricity and bought heat", "Construction", "Business services", "Energy supply (well-to-tank)",
         "Food and catering", "Digital and telecoms", "Anaesthetic gases", "Waste", "Business travel", "Inhalers",
         "Refrigerants", "Fleet and leased vehicles", "Water")  # fmt: skip
STATES = (("Staff commuting", "not answered", True), ("Freight transport", "none used", False),
          ("Manufacturing", "not available", True), ("Commissioned services", "not answered", True))  # fmt: skip


def board(**changed):
    """Return a page as full as a page of one organisation can be, some of it changed."""
    themes = [
        BoardTheme(name, None if place % 2 else 5e4 / (place + 2), 5e4 / (place + 2) if place % 2 else None, "",
                   place == 16, "3 of 4" if place == 16 else "", 5e4 / (place + 2.1))
        for place, name in enumerate(NAMES)
    ]  # fmt: skip
    themes += [BoardTheme(name, None, None, words, missing) for name, words, missing in STATES]
    causes = (
        BoardCause("What the organisation did", "spend in real terms", -453.0, -129.0),
        BoardCause("Prices", "inflation of what was bought", 0.0, 320.0),
        BoardCause("Published factors changed", "", -638.0, -950.0),
        BoardCause("The method changed", "nhs-2026.1 in both years", 0.0, 0.0),
        BoardCause("What is counted changed", "the same in both", 0.0, None),
    )
    usual = Board(
        title="Middlemarch University Hospitals NHS Trust", about="Carbon footprint, April 2025 to March 2026", mark="",
        lead="The NHS Carbon Footprint is on track for 2032. The NHS Carbon Footprint Plus is off track for 2039.",
        core=figure("NHS Carbon Footprint", 17_300.0, ON_TRACK),
        plus=figure("NHS Carbon Footprint Plus", 70_900.0, OFF_TRACK, covers="on 17 of 21 themes", base=76_200.0,
                    parts=[(2026, "2026/27: 7 of 12 months")]),
        themes_title="Where the 70,900 tCO2e comes from", compared_with="2024/25", themes=tuple(themes),
        causes=BoardCauses("What changed in a year, and why", causes,
                           BoardCause("Change in the total", "", -1_090.0, -759.0),
                           ("Since 2019/20 the NHS Carbon Footprint is 6,610 tCO2e lower.",)),
        missing=BoardMissing("What is missing: 3 of 21 themes, 1 more in part", 17, 1, 21, "17 of 21 themes answered.",
                             "Missing: staff commuting, manufacturing and commissioned services. In part: water.",
                             "They can only add to the total. Earlier years leave them out too."),
        quality=(("NHS Carbon Footprint", "94% of tonnes from meters, invoices and stock records."),
                 ("NHS Carbon Footprint Plus", "23% of tonnes from meters, invoices and stock records, 11% from "
                  "claims, logs and part estimates, 66% from spending, models or averages. Medical devices alone could "
                  "be 15,900 to 36,600.")),
        actions=(NextAction("Replace the East Wing steam boilers", "Director of Estates", "March 2027", "−1,240"),),
        members=None,
        foot="Method nhs-2026.1 (published, d2375fbd36b2), data 8c22ab7381a0, nhscarbon 0.1.0. Figures are rounded to "
             "3 significant figures, so parts may not add up. Likely range: 95% interval. The analyst report has every "
             "figure, factor and finding.",
    )  # fmt: skip
    return replace(usual, **changed)


def members(number=5):
    """Return the small pictures of a system, in every state."""
    path = straight((2019, 1.0), (2032, 0.53), (2040, 0.0))
    kinds = ("off_track", "watch", "on_track", "on_track", "on_track")
    found = [
        Member(f"Derbyshire Community Health Services {place}", kinds[place % 5], f"{place}% above", "2,100",
               straight((2019, 1.0), (2025, 0.7 + place / 20)), path)
        for place in range(number)
    ]  # fmt: skip
    found.append(Member("Derbyshire Healthcare", "cannot_say", "", "", (), ()))
    return BoardMembers("NHS Carbon Footprint of each organisation", "share of its own 2019/20; worst first",
                        tuple(found))  # fmt: skip
