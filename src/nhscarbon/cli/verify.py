"""`nhscarbon verify`."""

from __future__ import annotations

import sys
from argparse import Namespace

from nhscarbon.activity.theme_rows import NAMES
from nhscarbon.checks.packages import release_certified
from nhscarbon.cli.footprint import calculate_files
from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.footprint.certificate import answers_in, differences, load_certificate
from nhscarbon.organisations.load import RELEASE


def verify(options: Namespace) -> None:
    """Calculate again what a certificate states; a difference is an integrity error."""
    certificate = load_certificate(options.certificate)
    about = certificate.about
    if (named := about.get("mapping")) and not options.mapping and options.kind == "activity":
        raise UsageError(
            f"this certificate was made with the mapping '{next(iter(named))}'", advice="give it with --mapping"
        )
    options.method = str(about.get("methodology", "")).partition("+")[0]
    options.keep = ",".join(map(str, about.get("keep", ())))
    options.answers = answers_in(certificate)
    options.organisations = release_certified(str(about.get("organisations", RELEASE)), about.get("checks", {}))
    options.themes = [dict(zip(NAMES, map(str, row), strict=True)) for row in about.get("themes", ())]
    footprint = calculate_files(options)
    told = differences(certificate, footprint)
    if told:
        raise IntegrityError(f"'{options.certificate}' does not hold:\n  " + "\n  ".join(told))
    rows = int(footprint.sums.rows.sum())
    sys.stdout.write(f"verified: {rows:,} rows by {footprint.method.id}, method hash {footprint.method.digest[:16]}\n")
