"""Whether two wheels of nhscarbon answer alike: the same tonnes to the bit, the same findings on the same rows.

    python tools/compare_wheels.py OLD.whl NEW.whl [--tables N --rows N --seed S --shared DIR --write FILE.md]

Each wheel is installed into a folder of its own, with the dependencies of this interpreter, and answers in a process
of its own; see `wheel_cases.py` for what is put to them and `wheel_answers.py` for what is taken down. DIR holds the
publishers' files. It fails if a difference is of no kind of `KINDS`, if there are more kinds than `MOST_KINDS`, if a
case ended the process that was to answer it, or if England's estates footprint of 2023/24 is another.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import wheel_cases

REPO = Path(__file__).resolve().parents[1]
ASKED = Path(__file__).with_name("wheel_answers.py")
GROUPS = ("examples", "estates", "ledger", "corpus", "tables")
ENGLAND = ("estates/eric-2023-24-site.csv", "total nhs_carbon_footprint", "0x1.42c42f1abbd9cp+21")
MOST_KINDS = 20
SHOWN = 40  # sorts of differences of no kind that the report lists
FINDINGS = ("check", "findings")  # facts that are lists of findings
ENDED = "ended the process"
Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Difference:
    """One fact of one case that the wheels state otherwise; of findings one, with what either wheel has of it."""

    case: str
    group: str
    route: str
    fact: str
    old: Any
    new: Any
    codes: frozenset[str]  # of all findings of the case that differ


@dataclass(frozen=True)
class Kind:
    """A kind of difference that was asked for."""

    name: str
    reason: str
    asked_by: str  # the line of the issue, or of the design, that asks for it
    holds: Callable[[Difference], bool]


BLANKS = frozenset(f"{name}_blank" for name in ("organisation", "period", "activity", "quantity", "unit"))

BESIDE = frozenset({"estimated_share_missing", "estimated_share_alone", "tier_without_evidence"})  # of the same rows


def spelt_otherwise(difference: Difference) -> bool:
    """Tell whether a table that came by no file names a column in another spelling."""
    return difference.route != "csv" and "column_spelling" in difference.codes


def note_alone(difference: Difference) -> bool:
    """Tell whether rows that were left out in silence by the columnar readers are refused as blank now."""
    codes = difference.codes
    return difference.route not in ("csv", "frame") and bool(codes & BLANKS) and codes <= BLANKS | BESIDE


KINDS: tuple[Kind, ...] = (
    Kind(
        "columns in any spelling, by every route", "a frame's 'Organisation' is read as 'organisation', and said to be",
        "One way to open a source: column names are matched in the same way by every route", spelt_otherwise,
    ),
    Kind(
        "rows with a note alone", "such a row is refused by every route, as it is in a file",
        "One way to open a source: a row with only a note was dropped without a word in a frame of 5,000", note_alone,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What the comparison found; `kinds` counts the cases of each kind, by group."""

    cases: Counter[str]
    same: Counter[str]
    kinds: Mapping[str, Counter[str]]
    unknown: tuple[Difference, ...]
    faults: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """Whether the wheels answer alike, but for what was asked for."""
        return not self.unknown and not self.faults


def differences(case: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield what two answers to one case state otherwise."""
    before, after = old["facts"], new["facts"]
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if "calculate" in names:  # one has no tonnes: that is one difference, not thirty
        names &= {"calculate", "check", "check raises", "findings"}
    if "check raises" in names:
        names -= {"check"}
    if "findings" in names:  # a certificate counts them again
        names -= {"certificate findings"}
    pairs: list[tuple[str, Any, Any]] = []
    for name in sorted(names):
        was, now = before.get(name), after.get(name)
        lists = name in FINDINGS and was is not None and now is not None
        pairs += [(name, *pair) for pair in _unlike(was, now)] if lists else [(name, was, now)]
    codes = frozenset(
        each["code"] for _, *sides in pairs for each in sides if isinstance(each, dict) and "code" in each
    )
    yield from (Difference(case, old["group"], old["route"], *pair, codes) for pair in pairs)


def _unlike(old: Iterable[Any], new: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the findings that one list has and the other has not, those of one code side by side."""
    lists = [Counter(json.dumps(each, sort_keys=True) for each in found) for found in (old, new)]
    gone, come = ([json.loads(text) for text in (one - other).elements()] for one, other in (lists, lists[::-1]))
    for code in sorted({each["code"] for each in (*gone, *come)}):
        yield from zip_longest(*([each for each in side if each["code"] == code] for side in (gone, come)))


def compare(old: Answers, new: Answers, kinds: Sequence[Kind]) -> Outcome:
    """Compare the answers of two wheels and put each difference under the first kind that holds it."""
    cases: Counter[str] = Counter()
    same: Counter[str] = Counter()
    found: dict[str, Counter[str]] = {kind.name: Counter() for kind in kinds}
    unknown: list[Difference] = []
    faults: list[str] = []
    if len(kinds) > MOST_KINDS:
        faults.append(f"there are {len(kinds)} kinds of difference, and at most {MOST_KINDS} are asked for")
    if only := sorted(old.keys() ^ new.keys()):
        faults.append(f"{len(only)} cases were answered by one wheel alone, such as {only[0]}")
    for case in old.keys() & new.keys():
        group = old[case]["group"]
        cases[group] += 1
        faults += [f"{case} {ENDED}" for side in (old, new) if ENDED in side[case]["facts"]]
        unlike = list(differences(case, old[case], new[case]))
        same[group] += not unlike
        names = {kind.name if (kind := _kind(each, kinds)) else "" for each in unlike}
        unknown += [each for each in unlike if _kind(each, kinds) is None]
        for name in names - {""}:
            found[name][group] += 1
    unknown.sort(key=lambda each: (GROUPS.index(each.group), each.case, each.fact))
    return Outcome(cases, same, found, tuple(unknown), tuple(sorted(faults)))


def _kind(difference: Difference, kinds: Sequence[Kind]) -> Kind | None:
    return next((kind for kind in kinds if kind.holds(difference)), None)


def england(name: str, answers: Answers) -> list[str]:
    """Return what is wrong with England's estates footprint of 2023/24 as a wheel has it."""
    case, fact, total = ENGLAND
    value = answers[case]["facts"].get(fact) if case in answers else "no answer"
    return [] if value == total else [f"{case}: the {name} wheel has {value}, not {total}"]


def by_common_routes(answers: Answers, routes: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return a wheel's answers without those to tables by a route that the other does not take."""
    passed = {*wheel_cases.TABLE_ROUTES} - {*routes}
    return {case: each for case, each in answers.items() if each["route"] not in passed}


def read_answers(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a wheel says of itself, and its answers by case."""
    with path.open(encoding="utf-8") as stream:
        about, *lines = map(json.loads, stream)
    return about, {line["id"]: line for line in lines}


# --- asking the wheels -----------------------------------------------------------------------------------------------


def install(wheel: Path, folder: Path) -> Path:
    """Install a wheel alone into a folder; what it needs is this interpreter's."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--no-index", "--target", str(folder), str(wheel)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{wheel.name} cannot be installed:\n{done.stderr}")
    return folder


def ask(installed: Path, cases: Path, answers: Path) -> None:
    """Put all cases to an installed wheel; a case that ends the process is taken down, and the next are asked."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-P", str(ASKED), str(cases), str(answers), str(installed)]
    after: list[str] = []
    while True:
        done = subprocess.run([*command, *after], check=False, env=environment, capture_output=True, text=True)
        if not done.returncode:
            return
        if not answers.is_file():
            raise SystemExit(f"the wheel cannot be asked:\n{done.stderr}")
        after = ["--after", _take_down(cases, answers, done.returncode)]


def _take_down(cases: Path, answers: Path, code: int) -> str:
    """Write down that the first case without an answer ended the process, and return it."""
    about, given = read_answers(answers)
    passed = {*wheel_cases.TABLE_ROUTES} - {*about["routes"]}
    with cases.open(encoding="utf-8") as stream:
        case = next(each for each in map(json.loads, stream) if each["route"] not in passed and each["id"] not in given)
    line = {name: case[name] for name in ("id", "group", "route")} | {"facts": {ENDED: code}, "shown": {}}
    with answers.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    return str(case["id"])


def write_cases(path: Path, folder: Path, options: argparse.Namespace) -> None:
    """Write the cases of the groups that are asked for, a line of JSON each."""
    originals = options.shared / "originals"
    made: dict[str, Callable[[], Iterator[wheel_cases.Case]]] = {
        "examples": wheel_cases.examples,
        "estates": lambda: wheel_cases.estates(originals),
        "ledger": lambda: wheel_cases.ledger(originals),
        "corpus": lambda: wheel_cases.corpus(folder),
        "tables": lambda: wheel_cases.tables(options.tables, options.rows, options.seed),
    }
    if {"estates", "ledger"} & {*options.groups} and not originals.is_dir():
        raise SystemExit("the publishers' files are not here: say with --shared where the folder is that has originals")
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(case) + "\n" for group in options.groups for case in made[group]())


# --- the report ------------------------------------------------------------------------------------------------------


def page(outcome: Outcome, wheels: Mapping[str, str], options: argparse.Namespace, kinds: Sequence[Kind]) -> str:
    """Return the report as Markdown."""
    shown = [kind for kind in kinds if outcome.kinds[kind.name]]
    by_kind = "".join(f" {kind.name} |" for kind in shown)
    lines = [
        "# Two wheels compared" + ("" if {*GROUPS} == {*options.groups} else ": not the whole proof"), "",
        f"Written by `tools/compare_wheels.py`: {options.tables:,} random tables of seed {options.seed}, each as CSV, "
        "as a frame and by one more route in turn, where both wheels take it; "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}.",
        "", *(f"* {name}: {about}" for name, about in wheels.items()), "",
        f"| group | cases | the same | of no kind |{by_kind}", "|---|" + "---:|" * (3 + len(shown)),
    ]  # fmt: skip
    strange = Counter(group for _, group in {(each.case, each.group) for each in outcome.unknown})
    for group in (each for each in GROUPS if outcome.cases[each]):
        counts = [
            outcome.cases[group],
            outcome.same[group],
            strange[group],
            *(outcome.kinds[each.name][group] for each in shown),
        ]
        lines.append(f"| {group} | " + " | ".join(f"{count:,}" for count in counts) + " |")
    if kinds:
        lines += ["", "| kind | why | asked for by | cases |", "|---|---|---|---:|"]
        lines += [
            f"| {each.name} | {each.reason} | {each.asked_by} | {outcome.kinds[each.name].total():,} |"
            for each in kinds
        ]
    if outcome.faults:
        lines += ["", "Wrong:", "", *(f"* {fault}" for fault in outcome.faults)]
    if outcome.unknown:
        lines += [
            "",
            f"{len(outcome.unknown):,} differences of no kind, one of each sort:",
            "",
            *_sorts(outcome.unknown),
        ]
    lines += ["", "Both answer alike, but for what was asked for." if outcome.proved else "NOT PROVED."]
    return "\n".join(lines) + "\n"


def _sorts(unknown: Iterable[Difference]) -> Iterator[str]:
    """Yield a line for each fact, or code and severity of a finding, that differs: how often, and one of them."""
    sorts: dict[str, list[Difference]] = {}
    for each in unknown:
        found = [side for side in (each.old, each.new) if isinstance(side, dict) and "code" in side]
        codes = " -> ".join(dict.fromkeys(f"{side['code']} ({side['severity']})" for side in found))
        one_sided = "" if len(found) != 1 else ", gone" if each.new is None else ", come"
        sorts.setdefault(f"{each.fact} {codes}".strip() + one_sided, []).append(each)
    for sort, same in sorted(sorts.items(), key=lambda pair: -len(pair[1]))[:SHOWN]:
        [one, *_] = same
        was, now = map(_short, _apart(one.old, one.new))
        yield f"* {len(same):,} times {sort}; {one.case}: {was} -> {now}"


def _apart(old: Any, new: Any) -> tuple[Any, Any]:  # noqa: ANN401  any fact
    """Return of two facts what is unlike: of two mappings those values, of two tables those rows."""
    if isinstance(old, dict) and isinstance(new, dict) and "code" not in old:
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        places = [place for place, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
        return [old[place] for place in places], [new[place] for place in places]
    return old, new


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 300 else f"{text[:140]} ... {text[-140:]}"


def main() -> None:
    """Compare two wheels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--tables", type=int, default=2000, help="random tables")
    parser.add_argument("--rows", type=int, default=30, help="rows at which a random table stops growing")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared")))
    parser.add_argument(
        "--groups", type=lambda text: text.split(","), default=list(GROUPS), help="some of them, for a look"
    )
    parser.add_argument(
        "--keep", type=Path, help="an empty or new folder in which cases and answers stay, to be looked at"
    )
    parser.add_argument("--write", type=Path, help="the report")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        write_cases(folder / "cases.jsonl", folder / "corpus", options)
        wheels: dict[str, str] = {}
        said: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        for name, wheel in (("old", options.old), ("new", options.new)):
            ask(install(wheel, Path(made) / name), folder / "cases.jsonl", folder / f"{name}.jsonl")
            about, _ = said[name] = read_answers(folder / f"{name}.jsonl")
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            wheels[name] = f"`{wheel.name}`, SHA-256 {digest[:16]}; it takes tables by {', '.join(about['routes'])}"
    common = [route for route in said["old"][0]["routes"] if route in said["new"][0]["routes"]]
    old, new = (by_common_routes(given, common) for _, given in said.values())
    outcome = compare(old, new, KINDS)
    if "estates" in options.groups:
        faults = [fault for name, (_, given) in said.items() for fault in england(name, given)]
        outcome = replace(outcome, faults=(*outcome.faults, *faults))
    text = page(outcome, wheels, options, KINDS)
    sys.stdout.write(text)
    if options.write:
        options.write.write_text(text, "utf-8")
    raise SystemExit(not outcome.proved)


if __name__ == "__main__":
    main()
