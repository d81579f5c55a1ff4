"""`nhscarbon method export`: the method as a folder of tables."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from nhscarbon.exchange.export import export_method


def export(options: Namespace) -> None:
    """Write the tables, and say what was written."""
    *_, manifest = export_method(options.method, options.output, overwrite=options.overwrite)
    about = json.loads(manifest.read_text("utf-8"))
    kinds = "CSV and Parquet" if about["parquet_written_by"] else "CSV"
    sys.stderr.write(
        f"written to {options.output}: {len(about['tables'])} tables as {kinds} and {manifest.name}; "
        f"{about['tables']['multipliers']['rows']:,} multipliers of {about['method']} ({about['status']})\n"
    )
    if not about["parquet_written_by"]:
        sys.stderr.write('no Parquet files: they need an extra, pip install "nhscarbon[arrow]"\n')
