"""Write the methodologies that differ from nhs-2026.1 by some packages, and all boundaries.

    python tools/write_variants.py

Each manifest is a complete file: the pins of nhs-2026.1 with the exchanges below. Run it after nhs-2026.1
changes, before `tools/seal.py`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "data" / "methodologies"
HOME = "nhs-2026.1"
BLOCK = "\n[[factors]]\n"
GASES, INHALERS = "anaesthetic-gases-ar5-1", "inhalers-1"
DIESEL, DOSES = "ukgov-diesel-energy-1", "inhaler-doses-1"
PERIODS = tuple(f"{year}/{year - 1999}" for year in range(2013, 2027))
PORTAL = tuple(f"{year}/{year - 1999}" for year in range(2013, 2021))
EDITION = {"units-1": "units-2", "catalogue-1": "catalogue-2"}  # what the second edition exchanges, however it varies


@dataclass(frozen=True)
class Variant:
    """A methodology told by its difference: packages exchanged, the only ones that stay if not all, others added.

    `added` holds packages of factors with the NHS years that they serve, `first` those that come before all others,
    `converted` packages of conversions,
    `headline` another boundary than the home methodology's.
    """

    id: str
    title: str
    exchanged: Mapping[str, str]
    only: tuple[str, ...] = field(default=())
    added: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())
    first: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())
    headline: str = ""
    converted: tuple[str, ...] = field(default=())


VARIANTS = (
    Variant(
        "nhs-2026.1-ar6",
        "NHS carbon footprint, first edition, anaesthetic gases on IPCC AR6",
        {GASES: "anaesthetic-gases-ar6-1"},
    ),
    Variant(
        "nhs-2026.1-association",
        "NHS carbon footprint, first edition, anaesthetic gases as the Association of Anaesthetists prints them",
        {GASES: "anaesthetic-gases-association-1"},
    ),
    Variant(
        "nhs-2026.1-rcoa",
        "NHS carbon footprint, first edition, anaesthetic gases as in the RCoA departmental calculator",
        {GASES: "anaesthetic-gases-rcoa-1"},
    ),
    Variant(
        "nhs-2026.1-propellant",
        "NHS carbon footprint, first edition, inhalers by class on propellant mass x warming potential",
        {INHALERS: "inhalers-wilkinson-2019-1"},
    ),
    Variant(
        "recipe-book-2023",
        "The NHS Emissions Recipe Book as printed: official sets, nitrous oxide on SAR, Entonox as pure nitrous oxide",
        {GASES: "anaesthetic-gases-sar-1", "densities-1": "densities-recipe-book-1"},
        only=("ukgov-", "anaesthetic-gases-"),
        added=(("uk-multipliers-to-2019-y2019@1.0.0", ("2019/20",)),),
    ),
    Variant(
        "sdu-portal-2021",
        "Components as the Sustainable Development Unit's portal summed them: core, with both well-to-tanks",
        {GASES: "anaesthetic-gases-association-1"},
        only=("ukgov-", "anaesthetic-gases-"),
        first=(("sdu-portal-factors-1@1.0.0", PORTAL),),
        headline="sdu_portal_core",
    ),
    Variant(
        "direct-only-2026.1",
        "NHS carbon footprint, first edition, direct emissions only, as many older reports print them",
        {},
        headline="direct_only",
    ),
    Variant(
        "nhs-2026.2",
        "NHS carbon footprint, common method, second edition",
        {**EDITION, INHALERS: "inhalers-2"},
        added=((f"{DIESEL}@1.0.0", PERIODS),),
        converted=(f"{DOSES}@1.0.0",),
    ),
    Variant(
        "nhs-2026.2-propellant",
        "NHS carbon footprint, second edition, inhalers by class on propellant mass x warming potential",
        {**EDITION, INHALERS: "inhalers-wilkinson-2019-1"},
        added=((f"{DIESEL}@1.0.0", PERIODS),),
        converted=(f"{DOSES}@1.0.0",),
    ),
)


def manifest_of(variant: Variant, home: str) -> str:
    """Return the text of a variant's manifest from that of the home methodology."""
    head, *blocks = home.split(BLOCK)
    lines = head.splitlines()
    lines[0], lines[1] = f'id = "{variant.id}"', f'title = "{variant.title}"'
    lines[2] = 'status = "draft"'
    kept = [block for block in blocks if not variant.only or block.startswith(_pins(variant.only))]
    kept = [*(_pin(*each) for each in variant.first), *kept]
    text = BLOCK.join(["\n".join(lines) + "\n", *kept])
    for each in variant.added:
        text = f"{text.rstrip(chr(10))}\n{BLOCK}{_pin(*each)}"
    for package in variant.converted:
        text = text.replace("\n]\nboundaries", f'\n  "{package}",\n]\nboundaries', 1)
    if variant.headline:
        text = text.replace('headline = "nhs_carbon_footprint"', f'headline = "{variant.headline}"')
    for old, new in variant.exchanged.items():
        if f'"{old}@' not in text:
            raise ValueError(f"{HOME} does not pin {old}, which {variant.id} exchanges")
        text = text.replace(f'"{old}@', f'"{new}@')
    return text.rstrip("\n") + "\n"


def _pin(package: str, years: tuple[str, ...]) -> str:
    """Return the lines that pin a package for some NHS years."""
    listed = f'["{years[0]}"]' if len(years) == 1 else "".join(["[\n", *(f'  "{year}",\n' for year in years), "]"])
    return f'package = "{package}"\nperiods = {listed}\n'


def _pins(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f'package = "{name}' for name in names)


def main() -> int:
    """Write every variant, then the boundaries of all."""
    home = (FOLDER / HOME / "methodology.toml").read_text("utf-8")
    for variant in VARIANTS:
        folder = FOLDER / variant.id
        folder.mkdir(exist_ok=True)
        (folder / "methodology.toml").write_text(manifest_of(variant, home), "utf-8", newline="\n")
    boundaries = Path(__file__).with_name("write_boundaries.py")
    for id in (HOME, *(variant.id for variant in VARIANTS)):
        subprocess.run([sys.executable, boundaries, id], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
