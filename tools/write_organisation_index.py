"""Write the compact index of a release of organisations: one row a code, to look codes up in milliseconds.

    python tools/write_organisation_index.py ods-2026-07

The release in `data/organisations` is read, verified and checked; nothing is added to it. The index is written
to `data/organisation_index` and sealed there; then run `python tools/seal.py`, which freezes its digest.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from nhscarbon.methods.data_package import DESCRIPTOR, load_package, seal
from nhscarbon.organisations.load import load_organisations
from nhscarbon.organisations.register import Organisations, day_text

DATA = Path(__file__).resolve().parents[1] / "data"
ROOM = "organisation_index"
CODES = ("code", "kind", "opened", "closed", "successors", "trusts")
NAMES = ("code", "name")
NOTES = ("code", "note")
OF_TRUST = "trust"  # the level of a site in its trust
VERSION = "1.0.0"


def rows_of_codes(release: Organisations) -> list[tuple[str, ...]]:
    """Return one row a code, in ascending order of codes, in the columns of `CODES`."""
    codes, follows, members = release.codes, release.successions, release.memberships
    kinds = dict(zip(release.roles.code.tolist(), release.roles.word, strict=True))  # in order of day: the last stands
    successors, trusts = defaultdict(list), defaultdict(list)
    for old, new, day, share in zip(
        follows.predecessor.tolist(), follows.successor.tolist(), follows.day.tolist(), follows.share.tolist(),
        strict=True,
    ):  # fmt: skip
        successors[old].append(f"{codes[new]}:{day_text(day)}:{share:g}" if share == 1 else
                               f"{codes[new]}:{day_text(day)}:{share!r}")  # fmt: skip
    level = members.levels.index(OF_TRUST)
    for child, parent, of, start, end in zip(
        members.child.tolist(), members.parent.tolist(), members.level.tolist(), members.start.tolist(),
        members.end.tolist(), strict=True,
    ):  # fmt: skip
        if of == level:
            trusts[child].append(f"{codes[parent]}:{day_text(start)}:{day_text(end)}")
    return [
        (
            code, kinds.get(place, ""), day_text(int(release.opened[place])), day_text(int(release.closed[place])),
            ";".join(successors[place]), ";".join(trusts[place]),
        )
        for place, code in enumerate(codes)
    ]  # fmt: skip


def rows_of_names(release: Organisations) -> list[tuple[str, ...]]:
    """Return the last known name of each code that has one."""
    return [(code, name) for code, name in zip(release.codes, release.last_names, strict=True) if name]


def rows_of_notes(release: Organisations) -> list[tuple[str, ...]]:
    """Return what the release says of codes that it holds no days of."""
    return sorted((gap.code, gap.note) for gap in release.gaps if gap.code != "*" and gap.code not in release.number)


def write_index(name: str, data: Path = DATA) -> Path:
    """Write and seal the index of a release; return its folder."""
    release = load_organisations(load_package(data / "organisations" / name).label, data)  # as it was frozen
    before = release.package.descriptor
    folder = data / ROOM / f"{name}-index"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "codes.csv").write_text(_csv(CODES, rows_of_codes(release)), "utf-8", newline="\n")
    (folder / "names.csv").write_text(_csv(NAMES, rows_of_names(release)), "utf-8", newline="\n")
    (folder / "notes.csv").write_text(_csv(NOTES, rows_of_notes(release)), "utf-8", newline="\n")
    descriptor = {
        "name": f"{name}-index",
        "version": VERSION,
        "kind": "organisation_index",
        "title": f"The codes of {name}, one row each: what it is, its days, what followed it, a site's trusts",
        "publisher": json.loads((release.package.folder / DESCRIPTOR).read_text("utf-8"))["publisher"],
        "sources": [{"title": f"Data package {release.package.label}", "version": before.version,
                     "sha256": release.package.digest}],
        "licenses": [licence.model_dump() for licence in before.licenses],
        "attribution": before.attribution,
        "notes": [
            "Made by tools/write_organisation_index.py from the release, whose rows have the sources.",
            "opened is the first day of use, closed the first day of no more use; an empty day is open or not known.",
            "kind and name are the last that are known. A code without a kind is known by its succession alone.",
            "successors: code:day:share, what followed at once; trusts: code:first day:day after the last.",
            "notes.csv: what the release says of codes that it holds no days of.",
        ],
        "resources": [],
    }  # fmt: skip
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n", "utf-8")
    seal(folder)
    return folder


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def main() -> int:
    """Write the index of the release that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="the release, such as ods-2026-07")
    parser.add_argument("--data", type=Path, default=DATA, help="the data folder; the project's own when left out")
    options = parser.parse_args()
    folder = write_index(options.name, options.data)
    sys.stdout.write(f"{folder.name}: {(folder / 'codes.csv').stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
