"""`nhscarbon check-reported`."""

from __future__ import annotations

import sys
from argparse import Namespace
from functools import reduce

from nhscarbon.cli.footprint import source_of
from nhscarbon.errors import UsageError
from nhscarbon.methods.methodology import methodology
from nhscarbon.methods.overlays import overlay
from nhscarbon.output import tables
from nhscarbon.submissions.reported import check_reported as compared


def check_reported(options: Namespace) -> None:
    """Write the sender's own tonnes beside those of the method, and published totals beside their parts."""
    if options.mapping and options.kind == "activity":
        raise UsageError("check-reported compares rows as they were sent: --mapping is for --from ledger here")
    method = reduce(overlay, options.overlay, methodology(options.method))
    for file in options.file:
        found = compared(source_of(file, options), method, totals=options.totals)
        shown = found.totals if options.totals else found.table
        sys.stdout.write(tables.csv_text(shown) if options.format == "csv" else f"{file}: {found}\n")
