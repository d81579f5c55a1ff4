"""`nhscarbon reported`."""

from __future__ import annotations

import sys
from argparse import Namespace
from functools import reduce

from nhscarbon import present
from nhscarbon.cli.footprint import source_of
from nhscarbon.method import methodology
from nhscarbon.overlays import overlay
from nhscarbon.reported import check_reported


def reported(options: Namespace) -> None:
    """Write the sender's own tonnes beside those of the method."""
    method = reduce(overlay, options.overlay, methodology(options.method))
    for file in options.file:
        found = check_reported(source_of(file, options), method)
        sys.stdout.write(present.csv_text(found.lines) if options.format == "csv" else f"{file}: {found}\n")
