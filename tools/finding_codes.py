"""Read every finding code that the code can produce from the code itself.

A code stands as a word where a finding is made, or comes through a name. The words are read; each name through which
one comes must be in `THROUGH`, with where its codes are written, so that a new way to make one cannot pass unseen.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
SOURCE = REPO / "src" / "nhscarbon"
RULES = REPO / "data" / "layouts" / "eric-1" / "rules.csv"
SLIPS = REPO / "data" / "plausibility" / "estates-2013-2023-1" / "slips.csv"

MADE_BY = {"Term": 1, "Refusal": 0, "NotNumber": 0, "_marked": 2, "finding": 0, "findings": 1}  # where the code stands
UNSUMMED = ("too_large", "too_small", "not_a_number")
CLOSED = ("closed", "not_open_yet")
TEMPLATES = {  # the words that fill each pattern
    "organisation_{known.status}": (*CLOSED, "unknown"),
    "site_{known.status}": CLOSED,
    "quantity_{kind}": UNSUMMED,
    "{name}_blank": ("organisation", "period", "activity", "unit"),
    "{name}_unknown": ("evidence", "tier"),
    "ledger_{rule.outcome}": ("in", "excluded", "undecided"),
    "action_{column}_itself": ("requires", "excludes"),
    "action_{column}_unknown": ("requires", "excludes"),
}
THROUGH = {  # a code that comes through a name: read above, from a table, or as a word of these files
    ("checks/rules/plausibility.py", "f'slip_{slip.name}'"): "slips",
    ("checks/rules/plausibility.py", "found[0]"): "checks/rules/bounds.py",
    ("checks/rules/rows.py", "code"): "read",
    ("activity/readers/from_frame.py", "why.code"): "read",
    ("activity/eric/rules.py", "code"): "read",
    ("activity/eric/rules.py", "rule.code"): "rules",
    ("footprint/calculate.py", "gap.refusal.kind"): "read",
    ("checks/check_words.py", "code"): "read",
    ("checks/words.py", "word.code"): "read",
    ("activity/ledger/read_ledger.py", "code"): "activity/ledger/read_ledger.py",
    ("activity/ledger/lines.py", "code"): "activity/ledger/lines.py",
    ("submissions/check.py", "code"): "submissions/check.py",
    ("trajectory/actions/read_actions.py", "code"): "trajectory/actions/*.py",
}
WORDS = {  # the words of such a file that are codes
    "checks/rules/bounds.py": r"beyond_\w+|year_on_year|intensity_\w+",
    "activity/ledger/read_ledger.py": r"ledger_mapping_\w+",
    "activity/ledger/lines.py": r"ledger_(amount|code|date)_\w+",
    "submissions/check.py": r"file_\w+",
    "trajectory/actions/*.py": r"action_[a-z_]+",
}


def finding_codes() -> dict[str, set[str]]:
    """Return each code that can be produced, with the severities that stand beside it where it is made.

    Raises
    ------
    SystemExit
        If a finding is made through a name or a pattern that this file does not know.
    """
    found: dict[str, set[str]] = {}
    strangers = []
    for path in sorted(SOURCE.rglob("*.py")):
        file = path.relative_to(SOURCE).as_posix()
        for expression, severity in _made(ast.parse(path.read_text("utf-8"))):
            codes = _codes(file, expression)
            if codes is None:
                strangers.append(f"{file}:{expression.lineno} {ast.unparse(expression)}")
            for code in codes or ():
                found.setdefault(code, set()).update(severity)
    if strangers:
        raise SystemExit("findings are made in ways that are not known here:\n  " + "\n  ".join(strangers))
    return dict(sorted(found.items()))


def _made(tree: ast.Module) -> Iterator[tuple[ast.expr, set[str]]]:
    """Yield the expression of each code, and the severities that are written beside it."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        named = {word.arg: word.value for word in call.keywords}
        if name in MADE_BY and len(call.args) > MADE_BY[name]:
            after = call.args[MADE_BY[name] + 1 :][:1] if name not in ("Refusal", "NotNumber") else []
            yield call.args[MADE_BY[name]], {word for item in after for word in _words(item)}
        elif "code" in named and name not in ("Known", "Words"):
            yield named["code"], set(_words(named["severity"])) if "severity" in named else set()


def _words(expression: ast.AST) -> Iterator[str]:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.IfExp):
        yield from (*_words(expression.body), *_words(expression.orelse))


def _codes(file: str, expression: ast.expr) -> tuple[str, ...] | None:
    """Return the codes that an expression can be, or None where that is not known."""
    if isinstance(expression, ast.IfExp):
        one, other = _codes(file, expression.body), _codes(file, expression.orelse)
        return None if one is None or other is None else (*one, *other)
    if words := tuple(_words(expression)):
        return words
    text = ast.unparse(expression)
    if filled := _filled(expression):
        return filled
    through = THROUGH.get((file, text))
    if through in WORDS:
        return tuple(_in_files(through))
    named = {
        "read": (),
        "rules": tuple(row["code"] for row in _rows(RULES)),
        "slips": tuple(f"slip_{row['slip']}" for row in _rows(SLIPS)),
    }
    return named.get(through or "")


def _filled(expression: ast.AST) -> tuple[str, ...]:
    """Return what a pattern can be, where it is known."""
    template = ast.unparse(expression)[2:-1] if isinstance(expression, ast.JoinedStr) else ""
    return tuple(re.sub(r"\{[^}]*\}", word, template) for word in TEMPLATES.get(template, ()))


def _in_files(pattern: str) -> Iterator[str]:
    for path in sorted(SOURCE.glob(pattern)):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        asked = {id(word) for node in nodes if isinstance(node, ast.Compare) for word in ast.walk(node)}
        for node in nodes:
            if id(node) not in asked:  # a word that is only compared with makes no finding
                for word in (*_filled(node), *_words(node)):
                    if re.fullmatch(WORDS[pattern], word):
                        yield word


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
