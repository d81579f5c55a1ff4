"""Write the methodologies that differ from nhs-2026.1 by a package or two, and all boundaries.

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


@dataclass(frozen=True)
class Variant:
    """A methodology told by its difference: packages exchanged, the only ones that stay if not all, others added.

    `added` holds (package, NHS year) pairs; `headline` another boundary than the home methodology's.
    """

    id: str
    title: str
    exchanged: Mapping[str, str]
    only: tuple[str, ...] = field(default=())
    added: tuple[tuple[str, str], ...] = field(default=())
    headline: str = ""


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
        added=(("uk-multipliers-to-2019-y2019@1.0.0", "2019/20"),),
    ),
    Variant(
        "sdu-portal-2021",
        "Components as the Sustainable Development Unit's portal summed them: core, with both well-to-tanks",
        {GASES: "anaesthetic-gases-association-1"},
        only=("ukgov-", "anaesthetic-gases-"),
        headline="sdu_portal_core",
    ),
    Variant(
        "direct-only-2026.1",
        "NHS carbon footprint, first edition, direct emissions only, as many older reports print them",
        {},
        headline="direct_only",
    ),
)


def manifest_of(variant: Variant, home: str) -> str:
    """Return the text of a variant's manifest from that of the home methodology."""
    head, *blocks = home.split(BLOCK)
    lines = head.splitlines()
    lines[0], lines[1] = f'id = "{variant.id}"', f'title = "{variant.title}"'
    lines[2] = 'status = "draft"'
    kept = [block for block in blocks if not variant.only or block.startswith(_pins(variant.only))]
    text = BLOCK.join(["\n".join(lines) + "\n", *kept])
    for package, year in variant.added:
        text = f'{text.rstrip(chr(10))}\n{BLOCK}package = "{package}"\nperiods = ["{year}"]\n'
    if variant.headline:
        text = text.replace('headline = "nhs_carbon_footprint"', f'headline = "{variant.headline}"')
    for old, new in variant.exchanged.items():
        if f'"{old}@' not in text:
            raise ValueError(f"{HOME} does not pin {old}, which {variant.id} exchanges")
        text = text.replace(f'"{old}@', f'"{new}@')
    return text.rstrip("\n") + "\n"


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
