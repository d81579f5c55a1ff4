"""Random histories of mergers, splits and moves, as a release of organisations; and the same walked by hand."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

from nhscarbon.methods.data_package import DataPackage, Descriptor
from nhscarbon.organisations.load import organisations_of

COLUMNS = {
    "organisations.csv": "code,opened,closed,source",
    "roles.csv": "code,word,valid_from,valid_to,source,basis,inferred",
    "names.csv": "code,word,valid_from,valid_to,source,basis,inferred",
    "types.csv": "code,word,valid_from,valid_to,source,basis,inferred",
    "memberships.csv": "child,parent,level,share,valid_from,valid_to,source,basis,inferred",
    "successions.csv": "predecessor,successor,share,date,source,basis,inferred",
    "gaps.csv": "code,about,valid_from,valid_to,note",
    "sources.csv": "source,title,second_hand",
}


def release(**tables):
    """Build a release from rows of dicts, by the name of the table; missing columns are empty."""
    files = {}
    for file, header in COLUMNS.items():
        out = io.StringIO()
        writer = csv.DictWriter(out, header.split(","), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(tables.get(file.removesuffix(".csv"), []))
        files[file] = out.getvalue().encode()
    about = Descriptor(name="made-up", version="1.0.0", title="", kind="organisations",
                       resources=({"name": "x", "path": "x", "hash": "x"},))  # fmt: skip
    return organisations_of(DataPackage(about, Path(), {}, files))


class History:
    """A world that changes year by year; every change keeps shares whole."""

    def __init__(self, boards, trusts_of):
        """Take the number of boards and, for each trust, the board that it starts in."""
        self.opened, self.closed, self.kind = (
            {"R1": "", "R2": "", "E": ""},
            {},
            {"R1": "region", "R2": "region", "E": "country"},
        )
        self.members, self.follows, self.at = [], [], {}
        self.count = 0
        self.boards = [self._new("board", "2000-04-01") for _ in range(boards)]
        for board in self.boards:
            self._join(board, {f"R{1 + len(self.at) % 2}": Fraction(1)}, "2000-04-01", "region")
        for region in ("R1", "R2"):
            self._join(region, {"E": Fraction(1)}, "2000-04-01", "country")
        self.trusts = []
        for board in trusts_of:
            self.trusts.append(self._new("trust", "2000-04-01"))
            self._join(self.trusts[-1], {self.boards[board % boards]: Fraction(1)}, "2000-04-01", "icb")

    def _new(self, kind, day):
        self.count += 1
        code = f"{'Q' if kind == 'board' else 'T'}{self.count:03d}"
        self.opened[code], self.kind[code] = day, kind
        return code

    def _join(self, child, parents, day, level):
        self._leave(child, day)
        rows = [{"child": child, "parent": parent, "level": level, "share": repr(float(share)), "exact": share,
                 "valid_from": day, "valid_to": ""} for parent, share in parents.items()]  # fmt: skip
        self.at[child] = parents
        self.members += rows

    def _leave(self, child, day):
        for row in self.members:
            if row["child"] == child and not row["valid_to"]:
                row["valid_to"] = day
        self.members = [row for row in self.members if row["valid_from"] != row["valid_to"]]

    def _close(self, code, followers, day):
        self.closed[code] = day
        self._leave(code, day)
        for new, share in followers.items():
            exact = {"share": repr(float(share)), "exact": share}
            self.follows.append({"predecessor": code, "successor": new, "date": day, **exact})

    def merge_trusts(self, one, other, day):
        """Make one new trust of two, in the boards of the first."""
        old = sorted({self.trusts[one % len(self.trusts)], self.trusts[other % len(self.trusts)]})
        new = self._new("trust", day)
        self._join(new, self.at[old[0]], day, "icb")
        for code in old:
            self._close(code, {new: Fraction(1)}, day)
            self.trusts.remove(code)
        self.trusts.append(new)

    def merge_neighbours(self, one, day):
        """Merge a trust with another that is in the same boards, if there is one."""
        first = self.trusts[one % len(self.trusts)]
        others = [code for code in self.trusts if code != first and self.at[code] == self.at[first]]
        if others:
            self.merge_trusts(self.trusts.index(first), self.trusts.index(others[0]), day)

    def split_trust(self, one, part, day):
        """Make two of one, in the same boards."""
        old, share = self.trusts[one % len(self.trusts)], Fraction(part, 16)
        new = [self._new("trust", day), self._new("trust", day)]
        for code in new:
            self._join(code, self.at[old], day, "icb")
        self._close(old, dict(zip(new, (share, 1 - share), strict=True)), day)
        self.trusts.remove(old)
        self.trusts += new

    def move_trust(self, one, board, part, day):
        """Put a trust in another board, or in two by share."""
        code, share = self.trusts[one % len(self.trusts)], Fraction(part, 16)
        first, second = self.boards[board % len(self.boards)], self.boards[(board + 1) % len(self.boards)]
        shares = {first: share, second: 1 - share} if first != second else {first: Fraction(1)}
        self._join(code, shares, day, "icb")

    def merge_boards(self, one, other, day):
        """Make one new board of two; their trusts go with them."""
        old = sorted({self.boards[one % len(self.boards)], self.boards[other % len(self.boards)]})
        new = self._new("board", day)
        self._join(new, self.at[old[0]], day, "region")
        self._replace({code: {new: Fraction(1)} for code in old}, day)
        self.boards.append(new)

    def split_board(self, one, part, day):
        """Make two boards of one; each of its trusts is in both, by the same shares."""
        old, share = self.boards[one % len(self.boards)], Fraction(part, 16)
        new = [self._new("board", day), self._new("board", day)]
        for code in new:
            self._join(code, self.at[old], day, "region")
        self._replace({old: dict(zip(new, (share, 1 - share), strict=True))}, day)
        self.boards += new

    def _replace(self, followers, day):
        for code in self.trusts:
            parents = {}
            for board, share in self.at[code].items():
                for new, part in followers.get(board, {board: Fraction(1)}).items():
                    parents[new] = parents.get(new, Fraction(0)) + share * part
            if parents != self.at[code]:
                self._join(code, parents, day, "icb")
        for board, new in followers.items():
            self._close(board, new, day)
            self.boards.remove(board)

    def build(self):
        """Return the release."""
        roles = {"trust": "nhs_trust", "board": "icb"}
        bodies = [
            {"code": code, "opened": day, "closed": self.closed.get(code, "")} for code, day in self.opened.items()
        ]
        words = [{"code": code, "word": roles.get(kind, kind), "valid_from": self.opened[code],
                  "valid_to": self.closed.get(code, "")} for code, kind in self.kind.items()]  # fmt: skip

        def plain(rows):
            return [{name: word for name, word in row.items() if name != "exact"} for row in rows]

        return release(
            organisations=bodies, roles=words, memberships=plain(self.members), successions=plain(self.follows)
        )

    def walk(self, code, day, level):
        """Return the exact shares of a body on a day, one step after the other."""
        if code in self.closed and self.closed[code] <= day:
            steps = {row["successor"]: row["exact"] for row in self.follows if row["predecessor"] == code}
        elif self.kind[code] == {"icb": "board"}.get(level, level):
            return {code: Fraction(1)}
        else:
            held = [row for row in self.members if row["child"] == code and row["valid_from"] <= day]
            steps = {row["parent"]: row["exact"] for row in held if not row["valid_to"] or day < row["valid_to"]}
        found = {}
        for parent, share in steps.items():
            for end, part in self.walk(parent, day, level).items():
                found[end] = found.get(end, Fraction(0)) + share * part
        return found
