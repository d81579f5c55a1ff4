"""The file of a certificate: one value for each key, and each value of its kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from nhscarbon.activity.theme_rows import NAMES
from nhscarbon.checks.answers import COLUMNS
from nhscarbon.errors import IntegrityError, UnreadableError
from nhscarbon.output.text import shown

MOST_BYTES = 1 << 26  # of a file; the largest certificates have some hundred kilobytes
Test = Callable[[object], bool]


def _text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> bool:
    return type(value) is int  # True is none


def _list(test: Test, length: int | None = None) -> Test:
    return lambda value: isinstance(value, list) and length in (None, len(value)) and all(map(test, value))


def _words(test: Test) -> Test:
    return lambda value: isinstance(value, dict) and all(map(test, value.values()))


def _answer(value: object) -> bool:
    return _words(_text)(value) and isinstance(value, dict) and set(value) == set(COLUMNS)


def _total(value: object) -> bool:
    return value is None or _text(value)


# of which kind each value is; that none is missing is seen later, when it is known which version wrote it
KINDS: Mapping[str, Test] = {
    "answers": _list(_answer), "answers_sha256": _text, "checks": _words(_text), "code_version": _text,
    "content": _text, "files": _list(_list(_text, 2)), "findings": _words(_number), "keep": _list(_text),
    "labels": lambda value: _words(_text)(value) or _words(_words(_text))(value), "mapping": _words(_text),
    "methodology": _text, "methodology_digest": _text, "organisations": _text, "packages": _words(_text),
    "rows": _number, "sums": _text, "table_sha256": _text, "themes": _list(_list(_text, len(NAMES))),
    "totals_tco2e": lambda value: _words(_total)(value) or _words(_words(_total))(value),
}  # fmt: skip


def read_about(path: Path, kind: str) -> tuple[dict[str, Any], bytes]:
    """Return what a certificate of a kind states, and the bytes of its file.

    Raises
    ------
    UnreadableError
        If there is no such file, or it is no certificate.
    IntegrityError
        If a key stands in it twice: readers would differ in what it says.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise UnreadableError(f"there is no file '{path}'") from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise UnreadableError(f"'{path.name}' cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(content) > MOST_BYTES:
        raise UnreadableError(f"'{path.name}' is not a certificate: it is larger than any")
    try:
        about = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else shown(str(error), 200)
        raise UnreadableError(f"'{path.name}' is not a certificate: {why}") from error
    if not isinstance(about, dict) or about.get("certificate") != kind:
        raise UnreadableError(f"'{path.name}' is not a certificate of this kind ({kind})")
    _refuse_other_kinds(about, path.name)
    try:
        json.dumps(about, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:  # half of a letter, or a number that is none
        raise UnreadableError(f"'{path.name}' is not a certificate: it holds what no text can") from error
    return about, content


def _refuse_other_kinds(about: Mapping[str, object], name: str) -> None:
    for key, test in KINDS.items():
        if key in about and not test(about[key]):
            raise UnreadableError(f"'{name}' is not a certificate: '{key}' is not of the kind that it is in each")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON whose keys each stand in it once."""
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        raise IntegrityError(
            f"the certificate has '{shown(twice, 60)}' twice: it was changed, or is not from nhscarbon"
        )
    return made


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")
