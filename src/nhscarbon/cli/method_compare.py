"""`nhscarbon method compare`: two editions of a method, or one return under several methodologies."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from itertools import takewhile
from pathlib import Path

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.eric.read_eric import read_eric
from nhscarbon.analysis.comparison import compare_methods
from nhscarbon.analysis.edition_words import edition_in_words
from nhscarbon.analysis.editions import EditionChange, compare_editions
from nhscarbon.errors import UsageError
from nhscarbon.methods.methodology import as_methodology, methodology_ids
from nhscarbon.output.tables import csv_text, table_text, write_text


def compare(options: Namespace) -> None:
    """Write what differs between methodologies; which, the words that were typed tell."""
    methods = [*takewhile(lambda name: not _is_file(name), options.names)]
    text = _editions(methods, options) if methods else _one_return(options)
    if options.output:
        path = write_text(Path(options.output), text, overwrite=options.overwrite)
        sys.stderr.write(f"written to {path}\n")
    else:
        sys.stdout.write(text)


def _is_file(name: str) -> bool:
    """Tell whether a word names a file: what is no methodology's id and is there, or is written like one."""
    return name not in methodology_ids() and (Path(name).exists() or Path(name).suffix[1:].isalpha())


def _editions(methods: list[str], options: Namespace) -> str:
    """Compare two methodologies, on the returns that were named or on those that ship."""
    if len(methods) != 2:
        raise UsageError(
            f"two methodologies are compared, before and after, and {len(methods)} "
            f"{'is' if len(methods) == 1 else 'are'} named; to see one return under any number, name the return first"
        )
    before, after = (as_methodology(name) for name in methods)
    if options.boundary is not None and options.boundary not in (*before.boundaries, *after.boundaries):
        known = ", ".join(dict.fromkeys([*before.boundaries, *after.boundaries]))
        raise UsageError(f"neither methodology has a boundary '{options.boundary[:60]}'; they have {known}")
    files = options.names[len(methods) :]
    sources = {file: _read(file, options) for file in files} if files else None
    change = compare_editions(
        before, after, {} if options.show == "inputs" else sources, by=_names(options.by, "theme")
    )
    if options.format == "table":
        return edition_in_words(change, options.boundary, show=options.show)
    return _data(change, options)


def _data(change: EditionChange, options: Namespace) -> str:
    """Write the differences for programs."""
    tonnes = change.table
    if options.boundary is not None:
        tonnes = tonnes[tonnes["boundary"] == options.boundary].reset_index(drop=True)
    if options.format == "csv":
        return csv_text(change.inputs if options.show == "inputs" else tonnes)
    document = EditionChange(tonnes, change.inputs, change.methods).to_dict()
    if options.show != "all":
        document.pop("inputs" if options.show == "tonnes" else "records")
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _one_return(options: Namespace) -> str:
    """Show one return under several methodologies."""
    file, *methods = options.names
    if not methods:
        raise UsageError(f"'{file[:60]}' is compared under no methodology: name one or more after it")
    if options.format == "json":
        raise UsageError("one return under several methodologies is written as a table or as csv")
    by = _names(options.by, "activity")
    frame = compare_methods(_read(file, options), methods, by=by, boundary=options.boundary)
    return csv_text(frame) if options.format == "csv" else table_text(frame) + "\n"


def _read(file: str, options: Namespace) -> str | Activity:
    return read_eric(file) if options.kind == "eric" else file


def _names(text: str | None, default: str) -> list[str]:
    return [name.strip() for name in (text or default).split(",") if name.strip()]
