"""What the words of a line of plain text say of it: learned weights of its words, their beginnings and pairs, its marks
and its form, and of the words of the short line that it stands below."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from allegata.text.script_words import has_no_blanks
from allegata.text.sentence_ends import has_end_mark

READ = 400  # characters of a line that are read, here and for everything else that is known of its text
_SHORT, _MOST_WORDS, _HEADING, _LABEL, _LABEL_LENGTH = 14, 40, 8, 8, 60
_STEM, _FIRST, _FORM, _FORM_READ = 5, 4, 24, 60
_LETTERS, _DIGITS = re.compile(r"[^\W\d_]+"), re.compile(r"\d+")
# Letters with their marks, which `\w` leaves out: of Hebrew, Arabic, the scripts of India, Thai, and combining ones.
_WORD = re.compile(
    r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    r"\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c4d\u0e31\u0e34-\u0e3a"
    r"\u0e47-\u0e4e])*"
)
_MARK = re.compile(r"[^\w\s.,]")


def words_of_line(text: str) -> list[str]:
    """The words of the beginning of a line in lower case; pairs of characters where words have no blanks between."""
    found: list[str] = []
    for word in _WORD.findall(text[:READ].lower()):
        if has_no_blanks(word[0]):
            found += (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.append(word)
    return found


def tokens_of(text: str, words: Sequence[str]) -> set[str]:
    """The tokens of a line of these words. Those of short lines are others than those of long ones."""
    kind = "w" if len(words) <= _SHORT else "s"
    read = words[:_MOST_WORDS]
    tokens = {f"{kind}:{word}" for word in read}
    tokens.update(f"{kind}5:{word[:_STEM]}" for word in read if len(word) > _STEM)
    tokens.update(f"{kind}:{first} {second}" for first, second in pairwise(read))
    tokens.update(f"{kind}c:{mark}" for mark in set(_MARK.findall(text[:READ])))
    if read:
        tokens.update((f"f:{read[0]}", f"f4:{read[0][:_FIRST]}", f"f:{' '.join(read[:2])}", f"l:{read[-1]}"))
    tokens.add("=" + _DIGITS.sub("9", _LETTERS.sub("a", text[:_FORM_READ]))[:_FORM])
    tokens.add(f"#{min(len(words), 12)}")
    return tokens


def heading_tokens_of(words: Sequence[str]) -> set[str]:
    """The tokens that a short line gives those below it."""
    read = words[:_HEADING]
    return {f"h:{word}" for word in read} | {f"h5:{word[:_STEM]}" for word in read if len(word) > _STEM}


def is_label(text: str, words: Sequence[str]) -> bool:
    """True for a few words that end like no sentence: they may stand above what follows."""
    return len(words) <= _LABEL and len(text) <= _LABEL_LENGTH and not has_end_mark(text)


def line_tokens(texts: Sequence[str], words: Sequence[Sequence[str]]) -> Iterator[set[str]]:
    """The tokens of every line, with those of the last label above it."""
    above: set[str] = set()
    for text, own in zip(texts, words, strict=True):
        yield tokens_of(text, own) | above
        if is_label(text, own):
            above = heading_tokens_of(own)


class LineWeights:
    """Token -> its weight, a whole number."""

    def __init__(self, weights: Mapping[str, int]) -> None:
        self.weights = weights

    def of_lines(self, tokens: Iterable[set[str]]) -> list[float]:
        """For every line the sum of its weights by the root of the number of its tokens."""
        get = self.weights.get
        return [sum(get(token, 0) for token in own) / math.sqrt(max(1, len(own))) for own in tokens]
