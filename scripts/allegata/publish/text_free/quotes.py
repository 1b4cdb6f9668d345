"""Which of our own words quote an article, and where: a question, a note, a description may repeat a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from allegata.text.fingerprints import letters_alone
from allegata.text.script_words import find_words, letters_apart

# The longest run of words that our own words may share with an article. (Characters, where a script has no blanks.)
MOST_WORDS = 5


@dataclass
class Quotes:
    """The runs of words of our texts, up to one more than `MOST_WORDS`, and where articles have them.

    Give all of ours to `expect`, then all articles to `search`; memory is that of our texts.
    """

    _expected: set[str] = field(default_factory=set)
    _found: dict[str, tuple[str, int]] = field(default_factory=dict)
    _quotes: bool = False  # whether any article has a run of more than `MOST_WORDS`

    def expect(self, text: str) -> None:
        """Look for this text in the articles to come."""
        self._expected.update(_runs(_words(text)))

    def search(self, article_id: str, text: str) -> None:
        """Look at a text of an article. The first article that has a run is remembered."""
        words = _words(text)
        letter = 0
        for start, word in enumerate(words):
            run = ""
            for length, other in enumerate(words[start : start + MOST_WORDS + 1], 1):
                run = f"{run} {other}" if run else other
                if run not in self._expected:
                    break
                self._found.setdefault(run, (article_id, letter))
                self._quotes |= length > MOST_WORDS
            letter += len(word)

    def place(self, text: str) -> tuple[str, int] | None:
        """The article, and the letter of it, of a run of more than `MOST_WORDS` words in `text`; None if there is no
        such run."""
        if not self._quotes:
            return None
        words = _words(text)
        runs = (" ".join(words[at : at + MOST_WORDS + 1]) for at in range(len(words) - MOST_WORDS))
        return next((self._found[run] for run in runs if run in self._found), None)

    def longest(self, text: str) -> tuple[int, int]:
        """The words and characters of the longest run that `text` shares with an article, up to `MOST_WORDS`."""
        shared = [run for run in _runs(_words(text)) if run in self._found]
        return max(((run.count(" ") + 1, len(run)) for run in shared), default=(0, 0))


def _words(text: str) -> list[str]:
    """The words without case, accents and marks; a letter where a script puts no blanks between words."""
    return [*filter(None, map(letters_alone, letters_apart(find_words(text))))]


def _runs(words: list[str]) -> Iterable[str]:
    """All runs of up to one more word than `MOST_WORDS`, the shorter ones first."""
    for length in range(1, MOST_WORDS + 2):
        yield from map(" ".join, zip(*(words[at:] for at in range(length)), strict=False))
