"""What findings say stands in one table: every code that source raises is a row of it, and every row is raised."""

import ast
import csv
import re
import string
import subprocess
import sys
from collections import Counter
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon import findings
from nhscarbon.checks.all_rules import cell_rules, sum_rules
from nhscarbon.checks.double_counting_rules import CODES, double_count_rules
from nhscarbon.findings import SEVERITIES, Finding, finding, texts_path, wording

REPO = Path(__file__).resolve().parents[2]
SRC = REPO / "src" / "nhscarbon"
LAYOUTS = REPO / "data" / "layouts" / "eric-1" / "rules.csv"
SLIPS = REPO / "data" / "plausibility" / "estates-2013-2023-1" / "slips.csv"
FIELDS = set(Finding.__dataclass_fields__) - {"code", "severity", "message", "suggestion"}
AGREED = ("needs_rows", "group", "title", "what", "why", "fix")  # said once, in the first row of a code
MOST_NEED_ROWS = 1 / 4


class Raiser(NamedTuple):
    """A function that takes a code: where code, variant and values stand, what it adds to the values, its file."""

    code: int
    variant: int | None
    adds: frozenset[str] = frozenset()
    dict_at: int | None = None
    file: str = ""


RAISERS = {
    "finding": Raiser(0, 1),
    "wording": Raiser(0, 1),
    "findings": Raiser(1, 2),  # of `Rows`
    "Hit": Raiser(0, 1, dict_at=4),
    "few_or_one": Raiser(0, 1, frozenset({"count", "words"})),
    "_say": Raiser(0, None, frozenset({"file", "sheet"}), file="activity/readers/from_sheets.py"),
    "say": Raiser(
        0, 1, frozenset({"file", "sheet", "column", "cell", "first_rows"}), file="activity/readers/from_template.py"
    ),
    "findings_at": Raiser(2, None),
    "finding_of_cells": Raiser(0, 1, frozenset({"cells"})),
    "NotNumber": Raiser(0, 1, frozenset({"text", "column"})),
    "_meant": Raiser(0, None, frozenset({"text", "column", "meant"}), file="activity/numbers.py"),
    "Fault": Raiser(0, 1, frozenset({"id", "column"}), 3),
    "Odd": Raiser(0, 1, frozenset({"amount", "unit", "activity", "year"}), 2),
}
HELPERS = ("finding", "wording")  # of the root file
PASSED_ON = {  # a code that comes through a name: it was raised, and is counted, where it was written
    ("activity/eric/rules.py", "code"),
    ("activity/eric/rules.py", "said"),
    ("activity/numbers.py", "code"),
    ("activity/readers/from_frame.py", "why.code"),
    ("activity/readers/half_hourly.py", "why.code"),
    ("activity/readers/months_across.py", "why.code"),
    ("activity/readers/from_sheets.py", "code"),
    ("activity/readers/from_template.py", "code"),
    ("checks/answers.py", "what"),
    ("checks/entries.py", "code"),
    ("checks/hit_findings.py", "hit.code"),
    ("checks/hits.py", "code"),
    ("checks/rules/plausibility.py", "found.code"),
    ("checks/rules/rows.py", "code"),
    ("checks/apply_mapping.py", "words"),
    ("checks/rules/rows.py", "what"),
    ("checks/theme_answers.py", "said"),
    ("checks/theme_coverage.py", "said"),
    ("checks/words.py", "lead.said"),
    ("checks/words.py", "said"),
    ("trajectory/actions/bookable.py", "fault.code"),
    ("trajectory/actions/checks.py", "fault.code"),
    ("trajectory/actions/strict_table.py", "fault.code"),
}


class Raised(NamedTuple):
    """One call that raises a code: `variants` is None where they come through a name."""

    where: str
    code: str
    variants: tuple[str, ...] | None
    named: frozenset[str]  # what the call itself gives
    given: frozenset[str]  # and what is added on the way
    whole: bool  # no values that only running the code would show


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


@lru_cache(maxsize=1)
def table():
    return {(row["code"], row["variant"]): row for row in rows_of(texts_path())}


def fields_of(row):
    return {
        name for text in (row["message"], row["advice"]) for _, name, _, _ in string.Formatter().parse(text) if name
    }


class Module:
    """A file of source, and the codes that its names stand for."""

    def __init__(self, path, root=SRC):
        self.file = path.relative_to(root).as_posix()
        self.tree = ast.parse(path.read_text("utf-8"))
        self.nodes = list(ast.walk(self.tree))
        self.constants = {
            node.targets[0].id: words_of(node.value)
            for node in self.tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }  # fmt: skip
        self.imported = {
            name.name for node in self.nodes if isinstance(node, ast.ImportFrom) and node.module == findings.__name__
            for name in node.names
        }  # fmt: skip
        self.partials = {
            node.targets[0].id: node.value
            for node in self.nodes
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and name_of(node.value) in PARTIAL
            and ast.unparse(node.value.args[0]) == "finding"
        }  # fmt: skip

    def codes(self, expression, everywhere):
        """Return the codes that an expression can be, or None where that cannot be read."""
        if isinstance(expression, ast.IfExp):
            both = [self.codes(part, everywhere) for part in (expression.body, expression.orelse)]
            return None if None in both else tuple(chain(*both))
        if isinstance(expression, ast.Constant):
            return (expression.value,)
        if isinstance(expression, ast.Subscript) and isinstance(expression.value, ast.Name):
            return self.constants.get(expression.value.id) or everywhere.get(expression.value.id)
        text = ast.unparse(expression)
        if (self.file, text) in THROUGH:
            return THROUGH[self.file, text]()
        return self._through_loop(text) if isinstance(expression, ast.Name) else None

    def _through_loop(self, name):
        """Return what a name is in a loop over a constant, or where one of two words is assigned to it."""
        for node in self.nodes:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name and words_of(node.value):
                return words_of(node.value)
            if isinstance(node, ast.For | ast.comprehension) and name in targets_of(node):
                return next((self.constants[each.id] for each in ast.walk(node.iter)
                             if isinstance(each, ast.Name) and each.id in self.constants), None)  # fmt: skip
        return None


PARTIAL = ("partial", "partial_call")


def words_of(node):
    """Return the words of a constant: of a dict its values, of a choice both."""
    if isinstance(node, ast.Dict):
        node = ast.Tuple(node.values)
    if isinstance(node, ast.IfExp):
        node = ast.Tuple([node.body, node.orelse])
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    words = tuple(each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return words if len(words) == len(parts) else ()


def name_of(call):
    """Return the name of the function that is called; nothing for what is no call."""
    func = getattr(call, "func", None)
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def targets_of(loop):
    return [ast.unparse(each) for each in loop.target.elts] if isinstance(loop.target, ast.Tuple) else []


def _of_layouts():
    return tuple({row["code"]: None for row in rows_of(LAYOUTS)})


def _of_slips():
    return tuple(f"slip_{row['slip']}" for row in rows_of(SLIPS))


def _of_resolution():
    found = (each for name in ("resolution.py", "refusals.py") for each in raised(SRC / "methods", name))
    return tuple({each.code: None for each in found})


def _of_words():
    return tuple(
        {
            each.code
            for file in ("words.py", "unit_advice.py", "apply_mapping.py")
            for each in raised(SRC, file)
            if (each.code, "many") in table()
        }
    )


THROUGH = {  # codes that data name, and those of a refusal
    ("activity/eric/rules.py", "rule.code"): _of_layouts,
    ("checks/rules/bounds.py", "slip.code"): _of_slips,
    ("checks/rules/months.py", "slip.code"): _of_slips,
    ("checks/row_findings.py", "code"): _of_resolution,
    ("checks/double_counting.py", "twice.rule.code"): lambda: CODES,
    ("checks/hits.py", "kind"): _of_words,
}


def raised(root, only=None):
    """Yield every call of source that raises a code; refuse one whose code cannot be read."""
    modules = [Module(path, root) for path in sorted(root.rglob("*.py")) if only is None or path.name == only]
    everywhere = {name: words for module in modules for name, words in module.constants.items() if words}
    for module in modules:
        for call in module.nodes:
            if isinstance(call, ast.Call):
                yield from _raised(module, call, everywhere)


def _raised(module, call, everywhere):
    name, args, keywords = name_of(call), call.args, call.keywords
    if name in module.partials:
        bound = module.partials[name]
        name, args, keywords = "finding", [*bound.args[1:], *args], [*bound.keywords, *keywords]
    raiser = RAISERS.get(name)
    if raiser is None or raiser.file not in ("", module.file) or len(args) <= raiser.code:
        return
    if name in HELPERS and name not in module.imported:
        return  # another function of that name
    if name_of(args[raiser.code]) == "wording":
        return  # which is met by itself
    where = f"{module.file}:{call.lineno}"
    codes = module.codes(args[raiser.code], everywhere)
    if codes is None:
        assert (module.file, ast.unparse(args[raiser.code])) in PASSED_ON, f"{where}: a code that cannot be read"
        return
    variants = ("",)
    if raiser.variant is not None and len(args) > raiser.variant:
        variants = words_of(args[raiser.variant]) or None
    values = [word.value for word in keywords if word.arg == "values"]
    if raiser.dict_at is not None:
        values += args[raiser.dict_at : raiser.dict_at + 1]
    keys = [key for each in values if isinstance(each, ast.Dict) for key in each.keys]
    named = {word.arg for word in keywords if word.arg not in (None, "values", "likely")}
    named |= {key.value for key in keys if key is not None}
    whole = all(isinstance(each, ast.Dict) for each in values) and None not in keys
    whole &= all(word.arg is not None for word in keywords)
    prose = [part.value for word in keywords for part in ast.walk(word.value)
             if isinstance(part, ast.Constant) and isinstance(part.value, str)]  # fmt: skip
    assert not any(re.search(r"\w+ \w+ \w+", text) for text in prose), f"{where}: text that is not in the table"
    for code in codes:
        yield Raised(where, code, variants, frozenset(named), named | raiser.adds, whole)


@lru_cache(maxsize=1)
def all_raised():
    return tuple(raised(SRC))


def rows_raised(each):
    """Return the rows of the table that a call can mean: of variants through a name, those whose values it gives."""
    if each.variants is None:
        rows = [row for (code, _), row in table().items() if code == each.code]
        return [row for row in rows if not each.whole or fields_of(row) <= each.given]
    return [table()[each.code, variant] for variant in each.variants]


def test_every_code_that_source_raises_is_in_the_table():
    strangers = [
        each for each in all_raised() for variant in each.variants or () if (each.code, variant) not in table()
    ]
    assert not strangers
    assert all(map(rows_raised, all_raised()))
    assert len({each.code for each in all_raised()}) > 100


def test_every_row_of_the_table_is_raised_somewhere():
    met = {(row["code"], row["variant"]) for each in all_raised() for row in rows_raised(each)}
    assert not table().keys() - met


def test_what_a_text_names_is_what_it_is_given():
    faults = []
    for each in all_raised():
        rows = rows_raised(each)
        for row in rows:
            if each.whole and (lacking := fields_of(row) - each.given):
                faults.append(f"{each.where} gives {each.code} no {', '.join(sorted(lacking))}")
        read = {name for row in rows for name in fields_of(row)}
        if unread := each.named - read - FIELDS:
            faults.append(f"{each.where} gives {each.code} {', '.join(sorted(unread))}, which no text of it names")
    assert not faults


def test_severities_are_legal_and_a_code_is_described_once():
    first = {}
    for row in table().values():
        assert row["severity"] in SEVERITIES
        assert row["message"]
        if row["code"] in first:
            assert not any(row[name] for name in AGREED), row
        else:
            assert all(row[name] for name in AGREED), row
            assert row["needs_rows"] in ("yes", "no")
            first[row["code"]] = row
    assert len(rows_of(texts_path())) == len(table())
    assert not [title for title, times in Counter(row["title"] for row in first.values()).items() if times > 1]


def test_each_rule_of_an_estates_layout_has_the_text_of_its_severity():
    for rule in rows_of(LAYOUTS):
        variants = {variant for code, variant in table() if code == rule["code"]}
        assert {rule["severity"], f"{rule['severity']}_left_out"} & variants, rule["rule_id"]
        for variant in variants - {""}:
            assert table()[rule["code"], variant]["severity"] == variant.removesuffix("_left_out")


def test_each_rule_of_a_ledger_and_of_double_counting_has_the_text_of_its_severity():
    for rule in rows_of(REPO / "data" / "mappings" / "double-counting-1" / "rules.csv"):
        for code, variant in (("ledger_in", ""), ("ledger_excluded", ""), ("ledger_excluded", "_instead")):
            assert table()[code, rule["severity"] + variant]["severity"] == rule["severity"]
    for rule in double_count_rules():
        for severity in filter(None, (rule.severity, rule.otherwise)):
            assert table()[rule.code, severity]["severity"] == severity


def test_codes_that_need_rows_are_those_of_rules_across_rows_and_few():
    needing = {row["code"] for row in table().values() if row["needs_rows"] == "yes"}
    on_sums = {rule.__module__.rpartition(".")[2] for rule in (*sum_rules(), *cell_rules())} | {
        "bounds",
        "sites",
        "use",
    }
    homes = {each.code: Path(each.where.partition(":")[0]) for each in all_raised()}
    across = {code for code, home in homes.items() if home.parent == Path("checks/rules") and home.stem not in on_sums}
    assert needing == across | {"reported_differs"}  # which looks at the sender's own tonnes, row by row
    assert len(needing) / len({code for code, _ in table()}) <= MOST_NEED_ROWS


def test_findings_are_made_in_one_place():
    """Others are read back from a file of partial sums."""
    makers = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and name_of(call) == "Finding"
    }
    assert makers == {"findings.py", "sums/partial_sums.py"}


@pytest.mark.parametrize(("source", "fault"), [
    ("finding(mystery(), file=file)", r"new\.py:2: a code that cannot be read"),
    ("finding('no_rows', file=file, told='what is said here is not in the table')", r"new\.py:2: text that is not"),
])  # fmt: skip
def test_a_finding_that_the_scan_cannot_read_or_that_brings_its_own_text_is_refused(tmp_path, source, fault):
    (tmp_path / "new.py").write_text(f"from nhscarbon.findings import finding\n{source}\n", "utf-8")
    with pytest.raises(AssertionError, match=fault):
        list(raised(tmp_path))


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Put the table into a copy that may be changed."""
    copy = tmp_path / "findings.csv"
    for name in (copy.name, "datapackage.json"):
        (tmp_path / name).write_bytes(texts_path().with_name(name).read_bytes())
    monkeypatch.setattr(findings, "texts_path", lambda: copy)
    findings._texts.cache_clear()
    yield copy
    findings._texts.cache_clear()


def test_the_text_of_a_finding_is_one_cell(copied, method):
    spoiled = pd.read_csv(nc.example("trust-year.csv")).astype(object)
    spoiled.loc[0, "quantity"], spoiled.loc[1, "unit"] = "#REF!", "furlong"
    before = nc.check(spoiled, method)
    old = "'#REF!' is the error of a formula, not a plain number."
    assert f"quantity {old}" in {each.message for each in before}
    text = copied.read_text("utf-8")
    cell = "is the error of a formula, not a plain number."
    assert text.count(cell) == 1
    copied.write_text(text.replace(cell, "is what a broken formula leaves."), "utf-8")
    findings._texts.cache_clear()
    after = nc.check(spoiled, method)
    assert [each for each in before if each not in set(after)] == [
        each for each in before if each.code == "number_error"
    ]
    assert "quantity '#REF!' is what a broken formula leaves." in {each.message for each in after}


def test_texts_are_read_with_the_first_finding_and_not_with_the_library():
    script = (
        "import nhscarbon\nfrom nhscarbon import findings\nfrom nhscarbon.submissions import check\n"
        "assert findings._texts.cache_info().currsize == 0\n"
        "findings.finding('no_rows')\nassert findings._texts.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_wording_that_was_filled_is_said_as_it_is():
    said = wording("activity_renamed", word="{gas}", new="energy.gas")
    assert said.message == "'{gas}' was renamed."
    assert finding(said, column="activity").message == said.message
    with pytest.raises(KeyError, match="new"):
        wording("activity_renamed", word="gas")
