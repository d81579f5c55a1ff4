"""What was found for a word is kept for the next time: so many words, and none that is long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
WORD = 128  # characters: no word that means something is longer
TABLE = 1 << 18  # characters of the words of a header or of a column together


def kept(entries: int, longest: int = WORD) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function of words returned, for so many of them; of longer ones nothing is kept.

    A cache that is bounded in entries alone holds as many bytes as a sender likes.

    Parameters
    ----------
    entries : int
        Words, or groups of words, that are kept: those that were asked for last.
    longest : int, optional
        Characters of all words of one call, beyond which the function is called each time.

    Examples
    --------
    >>> @kept(10)
    ... def letters(word: str) -> int:
    ...     return len(word)
    >>> letters("gas"), letters("gas" * 1000)
    (3, 3000)
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        remembered = lru_cache(maxsize=entries)(function)

        @wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T:
            if sum(map(_size, args)) + sum(map(_size, kwargs.values())) > longest:
                return function(*args, **kwargs)
            return remembered(*args, **kwargs)  # type: ignore[arg-type]

        asked.cache_info = remembered.cache_info  # type: ignore[attr-defined]
        asked.cache_clear = remembered.cache_clear  # type: ignore[attr-defined]
        return asked

    return decorate


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, tuple):
        return sum(map(_size, value))
    if is_dataclass(value) and not isinstance(value, type):
        return sum(_size(getattr(value, each.name)) for each in fields(value))
    return 0
