"""Every expression of the package is linear: each is fed the worst that its own parts can make, found by looking."""

import ast
import contextlib
import functools
import operator
import re
import signal
import sys
import warnings
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import NamedTuple

import pytest

import nhscarbon
from clocks import processor_time
from nhscarbon import periods
from nhscarbon.errors import NHSCarbonError
from nhscarbon.period_questions import question
from nhscarbon.period_words import likely_period, written_period

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from re import _constants as c
    from re import _parser as sre

SRC = Path(nhscarbon.__file__).parent
HOW = {"search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"}
OF_COLUMNS = {"fullmatch": "fullmatch", "match": "match", "contains": "search", "extract": "search", "replace": "sub",
              "findall": "findall", "split": "split", "count": "findall"}  # fmt: skip
LONG = 100_000  # characters
ALLOWED = 0.8  # seconds of the processor for them: a linear one takes a hundredth of it, a quadratic one three times it
# modules whose expressions see no more than their doors let through: the doors are fed instead
DOORS = {
    "period_words.py": (periods.read_period, written_period, likely_period),
    "period_questions.py": (question,),
}
# expressions that are put together while the program runs, from words of our own packages or our own words
FROM_DATA = {
    ("reporting/report/board_html.py", "sub"): "our own words, over a page of ours",
    ("activity/ledger/lines.py", "compile"): "the code pattern of a mapping: a package, or a user's own",
    ("trajectory/actions/claims.py", "compile"): "phrases of a package of ours, over words with single spaces",
}


class Used(NamedTuple):
    """One expression and one way in which it is used."""

    where: str
    pattern: re.Pattern
    how: str


@functools.lru_cache(maxsize=1)
def modules():
    """Return every module of the package that can be imported here, by its file."""
    found = {}
    for each in walk_packages([str(SRC)], "nhscarbon."):
        if each.name.endswith("__main__"):
            continue
        with contextlib.suppress(ImportError):  # an extra is absent
            module = import_module(each.name)
            found[Path(module.__file__)] = module
    return found


def trees():
    for path in sorted(SRC.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


@functools.lru_cache(maxsize=1)
def everything():  # noqa: PLR0912  one branch for each way to use an expression
    """Return the uses of every expression, and the places where one cannot be told from the code."""
    compiled, used, untold = {}, [], []
    for path, module in modules().items():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                compiled.setdefault(id(value), (f"{path.relative_to(SRC).as_posix()} {name}", value, set()))
    for path, tree in trees():
        module = modules().get(path)
        if module is None:
            continue
        words = vars(module)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            how, owner = node.func.attr, node.func.value
            where = f"{path.relative_to(SRC).as_posix()}:{node.lineno}"
            if isinstance(owner, ast.Name) and isinstance(words.get(owner.id), re.Pattern) and how in HOW:
                compiled[id(words[owner.id])][2].add(how)
            elif isinstance(owner, ast.Name) and words.get(owner.id) is re and (how in HOW or how == "compile"):
                if how == "compile" and module_level(tree, node):
                    continue
                value = evaluated(node.args[0], words)
                if value is None:
                    untold.append((path.relative_to(SRC).as_posix(), how))
                else:
                    pattern = re.compile(value, flags_of(node, words))
                    used.append(Used(where, pattern, "search" if how == "compile" else how))
            elif isinstance(owner, ast.Attribute) and owner.attr == "str" and how in OF_COLUMNS:
                value = evaluated(node.args[0], words) if node.args else None
                literal = how in ("contains", "replace", "split") and "regex=True" not in ast.unparse(node)
                if isinstance(value, re.Pattern) and id(value) in compiled:
                    compiled[id(value)][2].add(OF_COLUMNS[how])
                elif isinstance(value, str) and not literal:
                    used.append(Used(where, re.compile(value), OF_COLUMNS[how]))
    for where, pattern, ways in compiled.values():
        used += [Used(where, pattern, how) for how in sorted(ways or {"search", "fullmatch"})]
    return used, untold


def module_level(tree, call):
    return any(call is each for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)
               for each in ast.walk(node))  # fmt: skip


def evaluated(node, words):
    try:
        return eval(compile(ast.Expression(node), "<pattern>", "eval"), dict(words))
    except Exception:
        return None


def flags_of(node, words):
    given = [evaluated(each, words) for each in [*node.args[1:], *(each.value for each in node.keywords)]]
    return functools.reduce(operator.or_, (each for each in given if isinstance(each, re.RegexFlag)), 0)


# -- the worst texts: each part of an expression repeated, after what leads to it, and followed by what fits nothing


def members(parts, flags):
    """Return a few characters of a set."""
    found = []
    for what, value in parts:
        if what is c.LITERAL:
            found.append(chr(value))
        elif what is c.RANGE:
            found.append(chr(value[0]))
        elif what is c.CATEGORY:
            found.append({c.CATEGORY_SPACE: " ", c.CATEGORY_DIGIT: "7", c.CATEGORY_WORD: "a"}.get(value, "!"))
    if parts and parts[0][0] is c.NEGATE:
        taken = re.compile("[" + "".join(map(re.escape, found)) + "]") if found else None
        found = [each for each in "a 7x-.,!" if taken is None or not taken.match(each)]
    return found or ["a"]


def sample(tokens, flags=0, depth=0):
    """Return a text that the parts of an expression fit, each optional one taken once."""
    return "".join(one(each, flags, depth) for each in tokens)


def one(token, flags, depth):  # noqa: PLR0911  one for each kind of part
    what, value = token
    if what is c.LITERAL:
        return chr(value)
    if what is c.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if what is c.ANY:
        return "x"
    if what is c.IN:
        return members(value, flags)[0]
    if what in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return sample(value[2], flags, depth + 1) * max(value[0], 1)
    if what is c.SUBPATTERN:
        return sample(value[3], flags, depth + 1)
    if what is c.ATOMIC_GROUP:
        return sample(value, flags, depth + 1)
    if what is c.BRANCH:
        return sample(value[1][0], flags, depth + 1)
    if what is c.ASSERT:
        return sample(value[1], flags, depth + 1) if value[0] > 0 else ""
    return ""


def inside(token):
    what, value = token
    if what in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return [value[2]]
    if what is c.SUBPATTERN:
        return [value[3]]
    if what is c.ATOMIC_GROUP:
        return [value]
    if what is c.BRANCH:
        return list(value[1])
    if what in (c.ASSERT, c.ASSERT_NOT):
        return [value[1]]
    return []


def repeats(tokens, flags, before=""):
    """Yield each repeated part with what leads to it: (before, units), the units being texts of one repetition."""
    for token in tokens:
        if token[0] in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT) and token[1][1] > 8:
            part = token[1][2]
            units = {sample(part, flags)}
            for each in part:
                if each[0] is c.IN:
                    units |= {*members(each[1], flags)}
                elif each[0] is c.ANY:
                    units |= {"a", " ", "7"}
                elif each[0] is c.BRANCH or (each[0] is c.SUBPATTERN and each[1][3]):
                    units |= {sample(branch, flags) for branch in inside(each)}
            yield before, {each for each in units if each}
        for part in inside(token):
            yield from repeats(part, flags, before)
        before += one(token, flags, 0)


def worst(pattern):
    """Return the beginnings, the repeated units and the ends of what an expression may take longest over."""
    tokens = list(sre.parse(pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes)
                            else pattern.flags))  # fmt: skip
    found = []
    parts = [sample(tokens[:n]) for n in range(1, len(tokens) + 1)]
    for before, units in repeats(tokens, pattern.flags):
        for unit in sorted(units):
            found += [(before, unit, end) for end in ("", "\0", "!", "\n<")]
    runs = in_runs(tokens)
    for first in range(len(runs)):
        before = sample([each for run in runs[:first] for each in run])
        for last in range(first + 1, min(first + 4, len(runs)) + 1):
            found.append((before, sample([each for run in runs[first:last] for each in run]), ""))
    found += [("", part, end) for part in [*parts, *(" a", "a ", "7", " ", "-", "a7 ")] for end in ("", "\0")]
    literal = "".join(one(each, 0, 0) for each in tokens if each[0] is c.LITERAL)
    found += [("", literal, "")] if literal else []
    return [each for each in dict.fromkeys(found) if each[1]]


def in_runs(tokens):
    """Return the parts of an expression, letters that follow each other as one."""
    runs = []
    for each in tokens:
        if each[0] is c.LITERAL and runs and runs[-1][-1][0] is c.LITERAL:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


class TooSlow(Exception):  # noqa: N818
    """Says that an expression took longer than a linear one would."""


@contextlib.contextmanager
def within(seconds):
    """Stop what takes longer, by the clock of the processor, also where an expression is exponential."""

    def stop(*_):
        raise TooSlow

    if not hasattr(signal, "SIGVTALRM"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def run(use, text):
    doors = DOORS.get(use.where.partition(" ")[0].partition(":")[0])
    if doors:
        for door in doors:
            with contextlib.suppress(NHSCarbonError):
                door(text)
        return
    if isinstance(use.pattern.pattern, bytes):
        text = text.encode("latin-1", "replace")
    if use.how in ("sub", "subn"):
        use.pattern.sub(b"" if isinstance(text, bytes) else "", text)
    elif use.how == "finditer":
        for _ in use.pattern.finditer(text):
            pass
    else:
        getattr(use.pattern, use.how)(text)


def slow_text(use):
    """Return the text over which an expression takes more than a linear one would, or None."""
    for before, unit, end in worst(use.pattern):
        for length in (64, 2_048, LONG):  # an exponential one is met by the first, a quadratic one by the last
            text = before + unit * (length // len(unit) + 1) + end
            most = ALLOWED * max(length / LONG, 0.25)
            start = processor_time()
            try:
                with within(most):
                    run(use, text)
            except TooSlow:
                return before, unit, end, length
            if processor_time() - start > most:
                return before, unit, end, length
    return None


def test_the_expressions_behind_a_door_are_used_nowhere_else():
    behind = [vars(modules()[SRC / file]) for file in DOORS]
    inner = {id(value) for words in behind for value in words.values() if isinstance(value, re.Pattern)}
    for path, module in modules().items():
        if path.relative_to(SRC).as_posix() not in DOORS:
            assert not [name for name, value in vars(module).items() if id(value) in inner], path


def test_no_expression_takes_longer_than_linear_over_the_worst_that_its_parts_make():
    used, _ = everything()
    assert len(used) > 100
    found = [(use.where, use.how, slow) for use in dict.fromkeys(used) if (slow := slow_text(use))]
    assert found == []


def test_every_expression_is_found():
    _, untold = everything()
    assert {*untold} == set(FROM_DATA), "say where the words of an expression come from, or write it out"


PLANTED = {
    "one that looks to the end from each start": r"<row\b[^>]*?\bhidden=\"1\"[^>]*>",
    "one that looks to the end after each hit": r"<c r=\"A1\"[^<>]*?\bt=\"e\"[^<>]*>",
    "two repeats of the same": r"\s*([^>]*?)\s*x",
    "a repeat in a repeat": r"(?:a+)+b",
    "an end that is looked for": r"\s+$",
    "a middle that is looked for": r"(.+?)\s*(k|m)",
}


@pytest.mark.skipif(sys.platform == "win32", reason="the processor's alarm is of POSIX")
@pytest.mark.parametrize("pattern", PLANTED.values(), ids=PLANTED)
def test_a_planted_expression_is_found(pattern):
    assert slow_text(Used("here", re.compile(pattern), "search"))
