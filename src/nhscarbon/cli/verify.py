"""`nhscarbon verify`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.activity.theme_rows import NAMES
from nhscarbon.checks.packages import release_certified
from nhscarbon.cli.footprint import calculate_files, text_of
from nhscarbon.errors import IntegrityError, UnreadableError, UsageError
from nhscarbon.footprint.certificate import answers_in, differences, load_certificate, refuse_lacking
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.organisations.load import RELEASE


def verify(options: Namespace) -> None:
    """Calculate again what a certificate states; a difference is an integrity error."""
    certificate = load_certificate(options.certificate)
    refuse_lacking(certificate)
    about = certificate.about
    if (named := about["mapping"]) and not options.mapping and options.kind == "activity":
        raise UsageError(
            f"this certificate was made with the mapping '{next(iter(named))}'", advice="give it with --mapping"
        )
    options.method = about["methodology"].partition("+")[0]
    options.keep = ",".join(about["keep"])
    options.answers = answers_in(certificate)
    options.organisations = release_certified(about["organisations"] or RELEASE, about["checks"])
    options.themes = [dict(zip(NAMES, row, strict=True)) for row in about["themes"]]
    footprint = calculate_files(options)
    told = differences(certificate, footprint)
    if told:
        raise IntegrityError(f"'{options.certificate}' does not hold:\n  " + "\n  ".join(told))
    rows = int(footprint.sums.rows.sum())
    sys.stdout.write(f"verified: {rows:,} rows by {footprint.method.id}, method hash {footprint.method.digest[:16]}\n")
    for table in options.table:
        _verify_table(Path(table), footprint, options)
        sys.stdout.write(f"verified: '{table}' is the table of this footprint, byte for byte\n")


def _verify_table(path: Path, footprint: Footprint, options: Namespace) -> None:
    """Hold a table that `nhscarbon footprint` wrote, CSV or JSON, against the footprint that was calculated again."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"'{path}' cannot be read: {error.strerror}") from error
    options.format = "json" if path.suffix.lower() == ".json" else "csv"
    expected = text_of(footprint, options).encode()
    if content == expected:
        return
    ours, theirs = expected.splitlines(), content.splitlines()
    line = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    raise IntegrityError(
        f"'{path}' is not the table of this footprint: line {line + 1:,} is the first that differs",
        advice="A table written with --by or --boundary is verified with the same --by or --boundary.",
    )
