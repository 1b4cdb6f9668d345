"""Dates, times and reading times in a line, and the words that introduce them."""

from __future__ import annotations

import re
from functools import cache

from allegata.clean.page import Page
from allegata.text.words import Words

# No pattern here may look again at what it has passed: a run of digits, letters or blanks costs its length, not the
# square of it (possessive quantifiers, and word edges where a run begins).
_NUMERIC = (
    r"(?:(?:19|20)\d\d-\d\d-\d\d(?:t[\d:.]+(?:z|[+-]\d\d:?\d\d)?)?|(?<![\d.,/-])\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d(?![\d/])|"
    r"(?<![\d.,/-])(?:19|20)\d\d[/.]\d{1,2}[/.]\d{1,2}(?![\d/])|(?<![\d.,/])\d{1,2}\. \d{1,2}\. (?:19|20)\d\d(?!\d)|"
    r"(?<![\d.,/])\d{1,2}/\d{1,2}(?![\d/])|(?:(?:(?:19|20)\d\d|[^\W\d_]{2}(?:\d{1,2}|元)) ?年 ?)?\d\d? ?月 ?\d\d? ?日|(?:(?:19|20)\d\d년 ?)?\d\d?월 ?\d\d?일)"
)
TIME = (
    r"(?:(?<!\d)\d{1,2}[:.h]\d\d(?::\d\d)?\s*+(?:[ap]\.?m\.?|h\b|uhr|u\b)?|(?<!\d)\d{1,2}\s*+(?:[ap]\.?m\.?|h\b|uhr\b))"
)
# A pictogram with the number of views, comments or likes.
_COUNTER = r"[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f? ?\d[\d\s.,]*+k?"
DIGIT = re.compile(r"\d")
_NUMERIC_SIGN = re.compile(r"\d ?[/.年월月-]")  # what each form of `_NUMERIC` has
MARKS = ("published", "updated", "reading")  # words for dates


@cache
def dated(languages: tuple[str, ...]) -> re.Pattern[str]:
    """A day, an age ("3 days ago") or a reading time."""
    words = Words(languages)
    month = rf"(?:{words.source('dates', 'months')})\.?"
    year = r"(?:19|20)\d\d"
    of = _of(words)
    return re.compile(
        rf"(?:{month}\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,?\s+{year})?|"
        rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|º|°|ª|\.)?\s+{of}{month}(?:,?\s+{of}{year})?(?: r\.)?|{_NUMERIC}|(?<!\d)\d{{1,2}}[./-]{month}[./-]{year}|"
        rf"{words.source('dates', 'ago')}|{words.source('dates', 'reading')})",
        re.IGNORECASE,
    )


def _of(words: Words) -> str:
    """What may stand in front of a month and of a year: "3 de mayo de 2031"."""
    return rf"(?:(?:{words.source('dates', 'of')})\s?)?"


@cache
def fragment(languages: tuple[str, ...]) -> re.Pattern[str]:
    """What a line of metadata is made of, but for names and roles."""
    words = Words(languages)
    label = "|".join(words.source("dates", key) for key in ("published", "updated", "around", "weekdays"))
    comments, months, issue = (
        words.source("comments", "nouns"),
        words.source("dates", "months"),
        words.source("dates", "issue"),
    )
    of = _of(words)
    return re.compile(
        rf"(?:{dated(languages).pattern}|{TIME}|(?:{label})(?:\s?:)?|\d+ (?:{comments})|"
        rf"{words.source('byline', 'desks')}|{_COUNTER}|(?:{months}) (?:(?:19|20)\d\d )?(?:{issue})|(?:{issue}) (?:{of}(?:{months}) {of}(?:19|20)\d\d|\d[\d/.]*+))",
        re.IGNORECASE,
    )


@cache
def marks(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Words that say that a line is about publication."""
    words = Words(languages)
    return re.compile("|".join(words.source("dates", key) for key in MARKS), re.IGNORECASE)


def has_date(page: Page, index: int, text: str) -> bool:
    """True if `text`, which is the line, holds a date. Most numbers are none, and cost no search for one."""
    if not DIGIT.search(text):
        return False
    named = page.words.finder("dates", "months", "ago", "reading").may_find(page.folded[index])
    return bool((named or _NUMERIC_SIGN.search(text)) and dated(page.words.languages).search(text))
