"""Telephone numbers, so that nothing else is made of them: by phonenumbers, where their form or the words say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
_NEAR = 30


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

    for region in words.listed("regions"):
        for found in phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.POSSIBLE):
            near = text[max(0, found.start - _NEAR) : found.start]
            if announced.search(near) and "\n" not in near:
                yield Span(found.start, found.end)
