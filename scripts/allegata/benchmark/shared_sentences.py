"""Contamination: sentences that a system is asked about and that stand in what it was trained on as well."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from allegata.text.blocks import find_blocks
from allegata.text.normal import normalise
from allegata.text.sentences import split_sentences

LONG = 7  # words: shorter turns ("Thank you.") come back in every debate; a long one that does is reused
RUN = 8  # words in a row: of ClaimBuster and CheckThat! 27 sentences share so many without being the same


class _OnlyWords(dict[int, str]):
    """For `str.translate`: a letter, a digit or a mark of one stays, all else is a blank."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        stays = character.isalnum() or unicodedata.category(character).startswith("M")
        return self.setdefault(code, character if stays else " ")


_ONLY_WORDS = _OnlyWords()


def sentence_key(text: str) -> str:
    """What of a sentence is compared: its words, normalised (see `text.normal.normalise`), without punctuation.

    Two copies of a transcript differ in apostrophes, dashes and dots. A sentence without a word is all compared.
    """
    plain = normalise(text)
    return " ".join(plain.translate(_ONLY_WORDS).split()) or plain


def word_runs(key: str) -> Iterator[str]:
    """All runs of `RUN` words of a key, or of several that are joined by blanks."""
    words = key.split()
    for start in range(len(words) - RUN + 1):
        yield " ".join(words[start : start + RUN])


@dataclass(frozen=True)
class SharedSentences:
    """Counts of the sentences of a test set, and of those of them that a training set has too.

    `asked`: sentences of the test set; `shared`: those whose `sentence_key` is one of a training sentence; `long`:
    those of `shared` with at least `LONG` words; `texts`: how many different texts the shared ones have. Counts of
    several folds are added; a text shared in two folds is then counted in both.
    """

    asked: int = 0
    shared: int = 0
    long: int = 0
    texts: int = 0

    def __add__(self, other: SharedSentences) -> SharedSentences:
        return SharedSentences(
            self.asked + other.asked, self.shared + other.shared, self.long + other.long, self.texts + other.texts
        )

    def __str__(self) -> str:
        if not self.shared:
            return f"none of the {self.asked} test sentences is in the training set too"
        return (
            f"{self.shared} of the {self.asked} test sentences are in the training set too, {self.long} of them with "
            f"{LONG} words or more; {self.texts} different texts"
        )


def shared_sentences(train: Iterable[str], test: Iterable[str]) -> SharedSentences:
    """How many sentences of `test` are in `train` too, by their `sentence_key`.

    Every occurrence in `test` counts, the order of neither matters. Empty sentences are in no set.
    """
    known = {key for sentence in train if (key := sentence_key(sentence))}
    asked = [key for sentence in test if (key := sentence_key(sentence))]
    shared = [key for key in asked if key in known]
    return SharedSentences(len(asked), len(shared), sum(len(key.split()) >= LONG for key in shared), len(set(shared)))


def shared_of_turns(
    texts: Sequence[str], turns: Iterable[tuple[Iterable[int], Iterable[int]]], report: Callable[[str], None]
) -> SharedSentences:
    """The same over turns of (training places, test places) in `texts`; `report` is warned where any is shared."""
    total = SharedSentences()
    for train, test in turns:
        total += shared_sentences((texts[i] for i in train), (texts[i] for i in test))
    warn_of(total, report)
    return total


def warn_of(shared: SharedSentences, report: Callable[[str], None]) -> None:
    """A warning, where a sentence is shared."""
    if shared.shared:
        report(f"warning: {shared}: what was learnt by heart is scored as well")


def sentences_of(texts: Iterable[str], language: str = "en") -> Iterator[str]:
    """The sentences of whole texts, to be compared."""
    for text in texts:
        for block in find_blocks(text):
            for span in split_sentences(block.text, language):
                yield span.quote(block.text)
