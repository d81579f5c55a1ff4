"""What is kept of words from elsewhere is bounded in bytes: long words are kept nowhere, whatever the function."""

import ast
from pathlib import Path

import nhscarbon
from nhscarbon import kept, period_words
from nhscarbon.methods import phrases

SRC = Path(nhscarbon.__file__).parent
WORD_OF_OURS = {
    # names of packages, methodologies and kernels, paths and parameters: ours or the caller's, not of a file
    ("sums/accumulator.py", "_named"), ("activity/readers/streaming.py", "_metadata"),
    ("checks/packages.py", "packages_used"), ("methods/return_lines.py", "catalogue_of"),
    ("methods/methodology.py", "_shipped"), ("organisations/load.py", "load_organisations"),
    ("organisations/index.py", "load_index"), ("organisations/lookup.py", "_forms"),
    ("checks/memory/limits.py", "of_role"),
    ("checks/rules/bounds_by_theme.py", "_fitting"), ("checks/rules/bounds_by_theme.py", "_bounds"),
    ("submissions/reported/published.py", "_by_cell"), ("submissions/reported/published.py", "_by_form"),
    ("analysis/uncertainty/sampling.py", "_orders"), ("analysis/uncertainty/sampling.py", "_multipliers"),
    ("analysis/uncertainty/sampling.py", "_strata"), ("analysis/decomposition/prices.py", "_by_kind"),
}  # fmt: skip


def caches():
    """Yield the file and name of each function with parameters whose answers `functools` keeps."""
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.args.args or node.args.kwonlyargs):
                said = " ".join(map(ast.unparse, node.decorator_list))
                if "lru_cache" in said or "functools.cache" in said.split() or "cache" in said.split():
                    yield path.relative_to(SRC).as_posix(), node.name


def test_every_cache_over_words_from_elsewhere_is_bounded_in_bytes():
    """Use `nhscarbon.kept.kept`; what is listed here takes no word of a file."""
    assert {*caches()} - WORD_OF_OURS == set()
    assert WORD_OF_OURS - {*caches()} == set()


def test_a_long_word_is_not_kept_and_a_short_one_is():
    for function in (period_words.written_period, phrases.words_of):
        function.cache_clear()
        function("April 2024")
        function("April 2024")
        assert (function.cache_info().hits, function.cache_info().currsize) == (1, 1)
        for n in range(50):
            function(f"{n} " + "x" * 10_000)
        assert function.cache_info().currsize == 1
        function.cache_clear()


def test_what_is_kept_of_many_words_together_is_bounded_too():
    calls = []

    @kept.kept(4, kept.TABLE)
    def counted(words):
        calls.append(words)
        return len(words)

    for words in (("a", "b"), ("a", "b"), ("x" * kept.TABLE, "y"), ("x" * kept.TABLE, "y")):
        counted(words)
    assert len(calls) == 3
    assert counted.cache_info().currsize == 1
