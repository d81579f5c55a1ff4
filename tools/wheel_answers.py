"""What one installed wheel answers to each case, a line of JSON each: run by `compare_wheels.py`, once per wheel.

    python -P tools/wheel_answers.py CASES.jsonl ANSWERS.jsonl FOLDER [--after ID]

FOLDER is where the wheel is installed. It asks by public names alone, those of 0.1.0 or those that follow them, and
writes each answer before it looks at the next case, so that what ends the process loses one case.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import inspect
import json
import math
import sys
import tempfile
import warnings
from array import array
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

Case = Mapping[str, Any]
nc: Any = import_module("nhscarbon")  # whichever wheel stands first on the path: its types are not known here
BOUNDARIES = ("nhs_carbon_footprint", "nhs_carbon_footprint_plus", "scope_1", "scope_2_location", "scope_2_market",
              "scope_3", "outside_of_scopes", "direct_only", "direct_and_transmission")  # fmt: skip
HEADLINE = BOUNDARIES[0]
GROUPED = ("theme", "organisation")
FILE_ROUTES = ("path", "example", "eric", "eric_example", "ledger")
NOT_CHECKED = "partial"  # sums hold no rows to check
CODE_FACTS = ("code_version",)  # what a certificate says of the code alone
TRIED: Case = {"header": ["organisation", "period", "activity", "quantity", "unit"], "method": "nhs-2026.1", "keep": [],
         "rows": [["RX1", "2023/24", "energy.natural_gas", "1000", "kWh"]]}  # fmt: skip


def answers(cases: Iterable[Case], routes: Iterable[str]) -> Iterable[dict[str, Any]]:
    """Yield the answer to each case whose route this wheel takes."""
    taken = (*FILE_ROUTES, *routes)
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            if case["route"] in taken:
                facts, shown = facts_of(case, Path(folder))
                yield {name: case[name] for name in ("id", "group", "route")} | {"facts": facts, "shown": shown}


def facts_of(case: Case, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is said of a case, and the sentences of what was raised: those are for people, and not compared."""
    facts: dict[str, Any] = {}
    shown: dict[str, str] = {}
    method = methodology(case["method"])
    if case["route"] != NOT_CHECKED:
        try:
            facts["check"] = findings(nc.check(source(case, folder), method, keep=tuple(case["keep"])))
        except Exception as error:  # whatever is raised is this wheel's answer
            facts["check raises"], shown["check"] = type(error).__name__, str(error)
    try:
        footprint = nc.calculate(source(case, folder), method, keep=tuple(case["keep"]))
        facts["calculate"] = "done"
        facts["findings"] = findings(first_of(footprint, "findings", "report"))
    except Exception as error:
        facts["calculate"], shown["calculate"] = type(error).__name__, str(error)
        if (held := first_of(error, "findings", "report")) is not None:
            facts["findings"] = findings(held)
        return facts, shown
    for boundary in BOUNDARIES:
        facts[f"total {boundary}"] = answer(total, footprint, boundary)
        facts[f"by {boundary}"] = answer(by, footprint, boundary)
    facts |= {f"certificate {name}": value for name, value in certificate(footprint, folder).items()}
    if case["route"] == "example":
        facts["uncertainty"] = answer(lambda: bits(uncertainty(footprint, "theme").table))
        facts["compare"] = answer(lambda: bits(compare(footprint, footprint).by("theme")))
    return facts, shown


@cache
def methodology(name: str) -> Any:  # noqa: ANN401  a methodology of the wheel
    """Return a methodology, whose factors are read once."""
    return nc.methodology(name)


def answer(call: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401  bits of any kind
    """Return what a call gives, or the name of what it raises."""
    try:
        return call(*given)
    except Exception as error:
        return type(error).__name__


def first_of(holder: object, *names: str) -> Any:  # noqa: ANN401  an object of the wheel
    """Return the first attribute that there is, under a new name or an old one."""
    return next((getattr(holder, name) for name in names if hasattr(holder, name)), None)


def across(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that adds years up, where a wheel must be asked to do so."""
    if "across_years" in inspect.signature(call).parameters:
        return lambda *words, **options: call(*words, **options, across_years=True)
    return call


def total(footprint: Any, boundary: str) -> str:  # noqa: ANN401  a footprint of the wheel
    """Return the bits of the tonnes inside a boundary."""
    return float(across(footprint.total)(boundary)).hex()


def by(footprint: Any, boundary: str) -> Any:  # noqa: ANN401  a footprint of the wheel
    """Return the tonnes by theme and organisation: in full for the headline, a hash for the other boundaries."""
    rows = bits(across(footprint.by)(*GROUPED, boundary=boundary))
    return rows if boundary == HEADLINE else hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def bits(frame: pd.DataFrame) -> list[list[str]]:
    """Return a frame as texts, its numbers by their bits."""
    return [[value.hex() if isinstance(value, float) else str(value) for value in row]
            for row in [list(frame.columns), *frame.astype(object).to_numpy().tolist()]]  # fmt: skip


def findings(held: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what is compared of each finding, in an order of its own: never its words."""
    found = [finding(each) for each in held]
    return sorted(found, key=lambda each: json.dumps(each, sort_keys=True))


def finding(found: Any) -> dict[str, Any]:  # noqa: ANN401  a finding of the wheel
    """Return the code, the severity, the place and the weight of a finding."""
    shown = tuple(map(int, found.first_rows))
    every = array("q", first_of(found, "every_row") or first_of(found.first_rows, "every") or shown)
    stake = found.kgco2e_at_stake
    return {
        **{name: str(getattr(found, name)) for name in ("code", "severity", "file", "sheet", "column", "cell")},
        "rows": int(found.rows), "first_rows": shown, "every_row": hashlib.sha256(every.tobytes()).hexdigest()[:16],
        "at_stake": None if stake is None or math.isnan(stake) else float(stake).hex(),
    }  # fmt: skip


def certificate(footprint: Any, folder: Path) -> dict[str, Any]:  # noqa: ANN401  a footprint of the wheel
    """Return what a certificate states, but for what is about the code."""
    try:
        if hasattr(footprint, "certificate"):
            about = footprint.certificate().about
        elif hasattr(nc, "write_certificate"):
            path = nc.write_certificate(footprint, folder / "certificate.json", overwrite=True)
            about = json.loads(Path(path).read_text("utf-8"))
        else:
            room = import_module("nhscarbon.footprint.certificate")
            about = first_of(room, "certificate", "certificate_of")(footprint).about
    except Exception as error:
        return {"raises": type(error).__name__}
    return {name: value for name, value in about.items() if name not in CODE_FACTS}


def uncertainty(footprint: Any, *columns: str) -> Any:  # noqa: ANN401  a footprint of the wheel
    """Return intervals of the tonnes, by a method of 0.1.0 or the function that follows it."""
    return footprint.uncertainty(*columns) if hasattr(footprint, "uncertainty") else nc.uncertainty(footprint, *columns)


def compare(before: Any, after: Any) -> Any:  # noqa: ANN401  footprints of the wheel
    """Return the change from one footprint to another, of the boundary too, by a method or a function."""
    boundary = ("scope_1", HEADLINE)
    if hasattr(before, "compare"):
        return before.compare(after, boundary=boundary)
    return nc.compare(before, after, boundary=boundary)


# --- sources: made anew for each call, as nothing says that a wheel leaves them alone --------------------------------


def source(case: Case, folder: Path) -> Any:  # noqa: ANN401  whatever calculate takes
    """Return what a case hands to the wheel."""
    return SOURCES[case["route"]](case, folder)


def _csv(case: Case, folder: Path) -> Path:
    path = folder / "return.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([case["header"], *case["rows"]])
    return path


def _frame(case: Case, _: Path) -> pd.DataFrame:
    """Return a frame, its quantities numbers where all of them are, and its blanks absent in every other table."""
    frame = pd.DataFrame(case["rows"], columns=case["header"])
    for name in frame.columns[frame.columns.isin(["quantity", "estimated_share"])]:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        if numbers.notna().all():
            frame[name] = numbers.astype("float64")
    return frame.replace({"": None}) if case.get("absent") else frame


def _arrow(case: Case, _: Path) -> Any:  # noqa: ANN401  a table of Arrow
    columns = zip(*case["rows"], strict=True)
    return import_module("pyarrow").table(dict(zip(case["header"], map(list, columns), strict=True)))


def _parquet(case: Case, folder: Path) -> Path:
    import_module("pyarrow.parquet").write_table(_arrow(case, folder), folder / "return.parquet")
    return folder / "return.parquet"


def _lazy(case: Case, folder: Path) -> Any:  # noqa: ANN401  a frame of Polars
    return import_module("polars").from_pandas(_frame(case, folder)).lazy()  # its amounts are numbers, or it is refused


def _records(case: Case, _: Path) -> list[dict[str, Any]]:
    frame = _frame(case, _)
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


SOURCES: dict[str, Callable[[Case, Path], Any]] = {
    "path": lambda case, _: Path(case["path"]),
    "example": lambda case, _: nc.example(case["path"]),
    "eric": lambda case, _: nc.read_eric(case["path"]),
    "eric_example": lambda case, _: nc.read_eric(nc.example(case["path"])),
    "ledger": lambda case, _: nc.read_ledger(case["path"], mapping=case["mapping"]),
    "csv": _csv, "frame": _frame, "arrow": _arrow, "parquet": _parquet, "lazy": _lazy, "records": _records,
    "partial": lambda case, folder: nc.partial(_csv(case, folder), keep=tuple(case["keep"])),
}  # fmt: skip


def routes_taken() -> list[str]:
    """Return the routes of a table that this wheel takes: tried with one good row."""
    with tempfile.TemporaryDirectory() as folder:
        names = [name for name in SOURCES if name not in FILE_ROUTES]
        tried = {name: answer(_tried, {**TRIED, "route": name}, Path(folder)) for name in names}
    return [name for name, found in tried.items() if isinstance(found, float)]


def _tried(case: Case, folder: Path) -> float:
    return float(nc.calculate(source(case, folder), methodology(case["method"])).total())


def main() -> None:
    """Answer all cases, or those after the one that ended the process before."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--after", default="")
    options = parser.parse_args()
    if not Path(nc.__file__).resolve().is_relative_to(options.folder.resolve()):
        raise SystemExit("another nhscarbon stands before the wheel that is asked for")
    warnings.simplefilter("ignore")
    with options.cases.open(encoding="utf-8") as stream:
        cases = [json.loads(line) for line in stream]
    routes = routes_taken()
    first = next((place for place, case in enumerate(cases, start=1) if case["id"] == options.after), 0)
    with options.answers.open("a" if options.after else "w", encoding="utf-8") as out:
        if not options.after:
            out.write(
                json.dumps({"version": nc.__version__, "routes": routes, "python": sys.version.split()[0]}) + "\n"
            )
        for each in answers(cases[first:], routes):
            out.write(json.dumps(each, ensure_ascii=True) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
