"""Telephone numbers, so that nothing else is made of them: by phonenumbers, where their form or the words say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from allegata.propose.value_words import ValueWords
from allegata.text.spans import Span

PHONE = "PHONE"
_DIGITS = re.compile(r"\d(?:[ \u00a0().–-]*\d){5,}")
_FORM = re.compile(
    r"(?<![\w.,$€£])(?:(?:\+|00)\d{1,3}[ \u00a0.–-]?(?:\(0\))?[\d \u00a0.()–-]{5,}\d"  # from abroad
    r"|\(?0\d{1,5}\)?[ \u00a0./–-]{0,3}\d[\d \u00a0.–-]{4,}\d"  # from elsewhere in the country
    r"|(?:1[ \u00a0.-])?\(?[2-9]\d{2}\)?[ \u00a0.-]\d{3}[.-]\d{4}"  # North America
    r"|1[ \u00a0.-]\d{3}[ \u00a0.-]\d{3}[ \u00a0.-]\d{4}"
    r"|\(\d{3}\) ?\d{3}[ \u00a0.-]\d{4})(?![\w])"
)
_NEAR, _LONGEST = 30, 60  # characters from the word to the number, and of the number with what shows its end


def find_phones(text: str, words: ValueWords) -> Iterator[Span]:
    """Where telephone numbers are.

    What a number in use looks like only in the numbering plan of its country is one where a word announces it
    (`call 13 11 14`): 912 345 678 may be people.
    """
    if not _DIGITS.search(text):
        return
    for match in _FORM.finditer(text):
        yield Span(*match.span())
    announced = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words.listed('phone')))})(?!\w)", re.I)
    if not words.listed("phone"):
        return
    import phonenumbers

    # Only what stands behind such a word: of a text of digits the library's time grows with the square.
    places = [match.start() for match in announced.finditer(text)]
    for region, start in product(words.listed("regions"), places):
        behind = text[start : start + _NEAR + _LONGEST]
        for found in phonenumbers.PhoneNumberMatcher(behind, region, phonenumbers.Leniency.POSSIBLE):
            at = start + found.start
            if found.start <= _NEAR and "\n" not in text[max(0, at - _NEAR) : at]:
                yield Span(at, start + found.end)
