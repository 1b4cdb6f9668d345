"""What linear models see of a sentence: words, and a few marks of its surface. Pure; no fitted state."""

from __future__ import annotations

import math
import re

_WORD = re.compile(r"\w+|[^\w\s]")
_DIGITS = re.compile(r"\d+")
_PATTERNS = (
    re.compile(r"[$€£%]|\b(?:percent|hundred|thousand|million|billion|trillion)s?\b", re.I),
    re.compile(r"\?\s*[\"”’]?$"),
    re.compile(r"\.\.\.|…|--|—"),
    re.compile(r"\b(?:I|we|my|our|us|me)\b"),
    re.compile(r"\b(?:you|your)\b", re.I),
    re.compile(r"\b(?:she|he|they|her|his|their|them|him)\b", re.I),
    re.compile(r"\b(?:was|were|had|did|been|has|have)\b", re.I),
    re.compile(r"\b[a-z]+ed\b"),
    re.compile(r"\b(?:will|would|should|could|may|might|going to|want|think|believe)\b", re.I),
    re.compile(r"\b(?:never|not|no|only|ever|most|more|less|every|all|first|last)\b|n[’']t\b", re.I),
    re.compile(r"\b(?:said|says|told|voted|called|claim\w*|accus\w*|alleg\w*|den(?:y|ied|ies))\b", re.I),
)
SURFACE = 5 + len(_PATTERNS)


def without_digits(sentence: str) -> str:
    """The sentence with every digit as 0, for counting words: amounts differ, their form does not."""
    return _DIGITS.sub(lambda match: "0" * len(match.group()), sentence)


def surface(sentence: str) -> list[float]:
    """Length, digits, capitals and the presence of some classes of words: `SURFACE` numbers around 0 to 5."""
    words = _WORD.findall(sentence)
    capitals = sum(word[0].isupper() for word in words[1:])
    numbers = len(_DIGITS.findall(sentence))
    return [
        math.log1p(len(words)),
        float(len(words) > 6),
        math.log1p(numbers),
        float(numbers > 0),
        capitals / max(1, len(words)),
        *(float(bool(pattern.search(sentence))) for pattern in _PATTERNS),
    ]
