"""`nhscarbon map`: the words of files, each once, with what it may mean, to be confirmed."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.activity.mapping import read_mapping
from nhscarbon.methods.methodology import methodology
from nhscarbon.output.tables import csv_text
from nhscarbon.submissions.mapping_proposal import merged, propose_mapping


def map_words(options: Namespace) -> None:
    """Write a mapping of files, and say how many words wait for somebody to confirm them."""
    method = methodology(options.method)
    earlier = read_mapping(options.mapping)
    proposal = merged([propose_mapping(file, method, mapping=earlier) for file in options.file])
    words = len(proposal.mapping.rows)
    sys.stderr.write(f"{words:,} {'word' if words == 1 else 'words'}, {proposal.open:,} to confirm, for {method.id}\n")
    for note in proposal.notes:
        sys.stderr.write(f"  {note}\n")
    if not options.output:
        sys.stdout.write(csv_text(proposal.table))
        return
    path = Path(options.output)
    write = proposal.to_excel if path.suffix.lower() == ".xlsx" else proposal.to_csv
    sys.stderr.write(f"written to {write(path, overwrite=options.overwrite)}\n")
