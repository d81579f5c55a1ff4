"""Plain English: the words that text for people does not have, and the words that it has instead.

`HARD` holds words that stand nowhere: not in messages, help, findings and pages, nor in docstrings, comments and names.
`PEOPLE` holds words of the trade that text for people does not have. `GLOSSARY` has one word for one idea.
"""

import argparse
import ast
import csv
import inspect
import io
import re
import tokenize
from functools import lru_cache
from pathlib import Path

import pytest

import nhscarbon as nc
from nhscarbon.cli import command_line
from nhscarbon.findings import texts_path

REPO = Path(__file__).resolve().parents[2]
SRC = REPO / "src" / "nhscarbon"

GLOSSARY = {  # one word for one idea: the word, what it means, and the words that it stands for
    "return": ("a file with activity data: what a person sends", ("submission", "source of")),
    "finding": ("an error, a warning or a note about a return", ("fault", "remark")),
    "organisation": ("a trust, ICB, region or other body of the NHS", ("body", "bodies", "sender")),
    "fix, correct": ("to put right", ("mend",)),
    "boundary, main total": ("what a total includes; the total that is shown first", ("headline", "memo")),
    "likely range": ("the 95 % interval of a figure", ("of the draws", "worlds", "unsure")),
    "published factor changed": ("a publisher's revision of a factor", ("known break",)),
    "published edition": ("a fixed input of a methodology", ("pins", "pinned")),
    "calculate": ("to work out a figure", ("reckon",)),
    "zero": ("the number 0", ("nought",)),
    "depends on": ("what decides something", ("hangs on",)),
    "already exists": ("a file or name in use", ("is there already",)),
    "separately, as well as": ("next to something else", ("stands beside",)),
    "matches": ("what a statement and the truth do", ("is so", "is not so")),
}

NOUNS = ("return", "finding", "organisation", "boundary", "main total", "likely range", "published edition")

HARD = {  # each as a pattern of whole words, and what to write
    r"mend(s|ed|ing)?": "fix, correct",
    r"(un)?reckon(s|ed|ing)?": "calculate",
    r"noughts?": "zero",
    r"hangs( on)?|h[au]ng on": "depends on, at stake",
    r"stands? beside": "is reported separately, is next to",
    r"(is|are) (not )?so(?=[.,;:)]|$| (and|where|if|when)\b)": "matches, is true",
    r"worlds?": "simulation, draw",
    r"unsure\w*": "uncertain, likely range",
    r"lies? between": "is between",
    r"(is|are) there already|there already": "already exists",
}

PEOPLE = {
    r"faults?": "error, finding",
    r"bod(y|ies)": "organisation",
    r"senders?": "the return, you",
    r"submissions?": "return",
    r"remarks?": "finding, note",
    r"headlines?": "main total",
    r"memos?": "reported separately",
    r"pin(s|ned)?": "published edition",
    r"known breaks?": "the published factor changed",
    r"of the draws": "likely range (95 % interval)",
    r"source of [\d{][^ ]* rows?": "return",
    r"at hand": "given",
    r"held against|holds? against": "checked against, compared with",
    r"(?<!there )is no (number|table|folder|file|word|code|unit|name)": "is not a ...",
}
ALLOWED = {  # words of a publisher, of code, or with another meaning: the file's part of the path, and the text around
    ("", "real-world"), ("", "Rest of the world"), ("", "rest of the world"), ("", "</body>"), ("", "<body"),
    ("", "World Bank"), ("", "ledger_mapping_unsure"), ("", "a body limit"), ("", "| memo | none |"),
}  # fmt: skip


def pattern_of(words):
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(words)})(?![\w-])", re.I)


HARD_WORDS, PEOPLE_WORDS = pattern_of(HARD), pattern_of({**HARD, **PEOPLE})


def met(text, words):
    """Return the words that a text has and should not have."""
    for _, allowed in ALLOWED:
        text = text.replace(allowed, "")
    return sorted({found.group().lower() for found in words.finditer(text)})


def faults_in(texts, words):
    """Return where a text has a word of a list, with what to write."""
    return [f"{where}: {', '.join(found)}: {text[:160]!r}" for where, text in texts if (found := met(text, words))]


@lru_cache(maxsize=1)
def modules():
    return [(path.relative_to(SRC).as_posix(), path.read_text("utf-8")) for path in sorted(SRC.rglob("*.py"))]


def docstrings_of(tree):
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [node.body[0].value for node in ast.walk(tree) if isinstance(node, holders) and node.body
            and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)]  # fmt: skip


def messages():
    """Yield every text of source that can reach people: a constant of several words that is no docstring."""
    for name, text in modules():
        tree = ast.parse(text)
        told = {id(node) for node in docstrings_of(tree)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in told:
                continue
            if isinstance(node.value, str) and " " in node.value.strip():
                yield f"{name}:{node.lineno}", node.value


def comments_and_docstrings():
    for name, text in modules():
        for node in docstrings_of(ast.parse(text)):
            for offset, line in enumerate(node.value.splitlines()):
                yield f"{name}:{node.lineno + offset}", line
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield f"{name}:{token.start[0]}", token.string


def names():
    """Yield the names of source as words: `of_worlds` is "of worlds"."""
    for name, text in modules():
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME:
                yield f"{name}:{token.start[0]}", token.string.replace("_", " ").strip()


def parsers(parser):
    """Yield a parser and all that it holds."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in dict.fromkeys(action.choices.values()):
                yield from parsers(each)


def prose(path):
    """Yield the lines of a page without its code: what a block prints stays."""
    text = path.read_text("utf-8")
    if path.name == "CHANGELOG.md":
        text = re.split(r"(?m)^## ", text)[1]  # what is not released yet
    code = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            code = not code and not line.startswith("```text")
        elif not code and not line.startswith(":::"):
            yield f"{path.relative_to(REPO)}:{number}", re.sub(r"`[^`]*`", "``", line)


GENERATED = {
    "activities.md",
    "conversions.md",
    "methodologies.md",
    "worked-examples.md",
    "repeats.md",
}  # of frozen data
PAGES = [*(REPO / f"{name}.md" for name in ("README", "CHANGELOG", "SECURITY", "DATA-LICENCES")),
         *(path for path in sorted((REPO / "docs").rglob("*.md")) if path.name not in GENERATED)]  # fmt: skip


def test_findings_are_in_plain_english():
    with texts_path().open(encoding="utf-8", newline="") as stream:
        texts = [
            (f"{row['code']} {row['variant']} {column}".strip(), row[column])
            for row in csv.DictReader(stream, strict=True)
            for column in ("message", "advice", "title", "what", "why", "fix")
        ]
    assert not faults_in(texts, PEOPLE_WORDS)


def test_messages_are_in_plain_english():
    assert not faults_in(messages(), PEOPLE_WORDS)


def test_the_help_of_every_command_is_in_plain_english():
    every = list(parsers(command_line()))
    assert len(every) > 15
    assert not faults_in([(each.prog, each.format_help()) for each in every], PEOPLE_WORDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_pages_are_in_plain_english(page):
    assert not faults_in(prose(page), PEOPLE_WORDS)


def test_the_words_of_the_glossary_are_explained_to_readers():
    page = (REPO / "docs" / "reference" / "glossary.md").read_text("utf-8")
    nouns = [word for words in GLOSSARY for word in words.split(", ") if word in NOUNS]
    assert nouns == list(NOUNS)
    assert not [word for word in nouns if f"\n| {word} |" not in page]


def test_docstrings_and_comments_are_without_the_hard_words():
    assert not faults_in(comments_and_docstrings(), HARD_WORDS)


def test_what_the_python_reference_shows_is_in_plain_english():
    rooms = [getattr(nc, name) for name in ("activity", "sums", "footprint", "methods", "submissions", "analysis",
                                            "trajectory")]  # fmt: skip
    shown = [(name, getattr(holder, name)) for holder in (nc, *rooms) for name in holder.__all__]
    shown += [
        (f"{name}.{part}", held)
        for name, each in shown if inspect.isclass(each)
        for part, held in vars(each).items()
        if not part.startswith("_") and (inspect.isfunction(held) or isinstance(held, property))
    ]  # fmt: skip
    lines = [
        (name, re.sub(r"`[^`]*`|^\w+ : .*", "", line))
        for name, each in shown
        for line in (inspect.getdoc(each) or "").splitlines()
    ]
    assert len(lines) > 1000
    assert not faults_in(lines, PEOPLE_WORDS)


def test_names_of_code_are_without_the_hard_words():
    assert not faults_in(names(), HARD_WORDS)


@pytest.mark.parametrize("text", [
    "Mend the codes", "the pace is unsure", "hangs on the year", "shown beside what stands beside it", "it is not so",
    "a thousand worlds", "4 faults", "the sender's own tonnes", "NHS bodies", "nhs-2026.1 pins it", "the headline",
    "it lies between two", "the id is there already", "not reckoned yet", "this source of {rows} rows",
])  # fmt: skip
def test_the_lint_finds_what_it_looks_for(text):
    assert met(text, PEOPLE_WORDS)


@pytest.mark.parametrize("text", [
    "the unit is so large", "we recommend it", "amended in 2024", "everybody", "real-world data", "the text underpins",
    "a change is said",
])  # fmt: skip
def test_the_lint_leaves_other_words_alone(text):
    assert not met(text, PEOPLE_WORDS)


def test_every_word_that_is_not_used_has_one_to_use():
    for word, (meaning, others) in GLOSSARY.items():
        assert word
        assert meaning
        for other in others:
            assert met(other.replace("source of", "source of 4 rows"), PEOPLE_WORDS), other
