"""Texts filled into one template: alike word for word but for their numbers and names, so that each tells of another
event. They are no copies of one another, however similar they are.

A fact of a text is a number, or a word with a capital inside a sentence. It is found again in the other text by the two
words before it, or else by the two behind it; facts among these count as one word. Where the other text has another
fact in that place, the two conflict; of copies and of later editions most facts agree.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from allegata.dedup.fold import UNSPACED, Bytes
from allegata.dedup.texts import buffers
from allegata.text.normal import letters_only

NAME = "templates/1"
LEAST_CONFLICTS = 3
# Digits of ASCII; of Arabic, Persian, Devanagari, Bengali and in full width the byte before the last, and that of zero.
_ASCII_ZERO = 0x30
_OTHER_ZEROS = ((0xD9, 0xA0), (0xDB, 0xB0), (0xA5, 0xA6), (0xA7, 0xA6), (0xBC, 0x90))
# Words of the text for one conflict: a page whose line of dates and counts alone differs has more of them.
MOST_WORDS = 60

_DIGITS = re.compile(r"\d+")
_TOKEN = re.compile(rf"[{UNSPACED}]|\d+(?:[.,:٫٬]\d+)*(?![^\W\d_{UNSPACED}])|[^\W_{UNSPACED}]+|[.!?…:;\n।。։]")
_FACT = "#"


@dataclass(frozen=True)
class Facts:
    """The facts of a text with their places, and the number of its words."""

    places: dict[str, str]  # two words before or behind, and how many such places there were -> number and word
    n_words: int

    def written(self) -> str:
        """As one string."""
        return "\n".join([str(self.n_words), *(f"{place}\t{fact}" for place, fact in self.places.items())])

    @classmethod
    def read(cls, written: str) -> Facts:
        """What `written` wrote."""
        n_words, *places = written.split("\n")
        return cls(dict(place.split("\t") for place in places), int(n_words))


def may_have_facts(column: pa.ChunkedArray) -> Bytes:
    """1 for each text that has some digits, 0 for the others, of which `facts_of` makes nothing."""
    found = []
    for chunk in column.chunks:
        data, offsets = buffers(chunk)
        data = data[offsets[0] : offsets[-1]]
        at = np.flatnonzero(data - np.uint8(_ASCII_ZERO) < 10)
        beyond = np.flatnonzero(data > 127)
        before, last = data[beyond[:-1]], data[beyond[1:]]
        others = [beyond[1:][(before == lead) & (last - np.uint8(zero) < 10)] for lead, zero in _OTHER_ZEROS]
        at = np.concatenate([at, *others]) + offsets[0]
        digits = np.bincount(np.searchsorted(offsets, at, side="right") - 1, minlength=len(chunk))
        found.append((digits >= LEAST_CONFLICTS).astype(np.uint8))
    return np.concatenate([np.zeros(0, np.uint8), *found])


def facts_of(text: str) -> Facts | None:
    """The facts of `text`; None where it has too few numbers to be told apart. Linear in the length of the text."""
    if len(_DIGITS.findall(text)) < LEAST_CONFLICTS:
        return None
    words, found = _words(letters_only(text))
    masked = ["", "", *words, "", ""]
    for at in found:
        masked[at + 2] = _FACT
    places: dict[str, str] = {}
    often = Counter[str]()
    for at in found:
        before, behind = " ".join(masked[at : at + 2]), " ".join(masked[at + 3 : at + 5])
        for place in (f"{before} >", f"< {behind}"):
            if place.strip("<> #"):
                often[place] += 1
                places[f"{place} {often[place]}"] = f"{at} {words[at]}"
    return Facts(places, len(words))


def _words(text: str) -> tuple[list[str], list[int]]:
    """The words of a text in small letters, and which of them are facts."""
    words: list[str] = []
    found: list[int] = []
    inside = False  # of a sentence
    for token in _TOKEN.findall(text):
        first = token[0]
        if not first.isalnum():
            inside = False
            continue
        if first.isdigit() or (inside and first.isupper()):
            found.append(len(words))
        words.append(token.lower())
        inside = True
    return words, found


def is_another(a: Facts, b: Facts) -> bool:
    """Whether two similar texts are one template with other facts in it."""
    verdicts: dict[str, bool] = {}
    for place, one in a.places.items():
        if (other := b.places.get(place)) is not None:
            verdicts[one] = verdicts.get(one, False) or one.partition(" ")[2] == other.partition(" ")[2]
    counts = Counter((one.partition(" ")[2][0].isdigit(), agrees) for one, agrees in verdicts.items())
    numbers, same_numbers = counts[True, False], counts[True, True]
    conflicts, agreements = numbers + counts[False, False], same_numbers + counts[False, True]
    if min(a.n_words, b.n_words) > MOST_WORDS * conflicts:
        return False
    by_numbers = numbers >= LEAST_CONFLICTS and numbers > same_numbers
    return by_numbers or (conflicts > LEAST_CONFLICTS and conflicts > 2 * agreements)
