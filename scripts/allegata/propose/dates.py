"""What a date or a time says by itself: TIMEX3 type and value, where the words of the span state them in full.

A value that only the rest of the article gives (`Sept. 18`, `last August`) stays null: it is left to people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from allegata.propose.numbers import read_number
from allegata.propose.value_words import ValueWords, months_by_name, units_by_name, value_words
from allegata.text.dates import months

_WORD = re.compile(r"[^\W\d_]+(?:[’'.-][^\W\d_]+)*|\d+")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.A)
_CJK = re.compile(
    r"(?P<year>\d{4})\s?[年년](?:\s?(?P<month>\d{1,2})\s?[月월](?:\s?(?P<day>\d{1,2})\s?[日일号])?)?", re.A
)
_DURATION = re.compile(r"(?P<count>.+?)[ \u00a0\u202f‑-]?(?P<unit>[^\W\d_]+)", re.S)
_LONGEST = 9  # digits of a count


@dataclass(frozen=True)
class _Reader:
    """The words of one language that a date or a duration is made of."""

    words: ValueWords
    months: Mapping[str, int]
    units: Mapping[str, str]
    fillers: frozenset[str]


@cache
def _reader(language: str) -> _Reader:
    words = value_words(language)
    days = {word.lower() for word in (*words.weekdays, *words.short_weekdays)}
    fillers = days | set(words.listed("date-words"))
    return _Reader(words, {**months(), **months_by_name(language)}, units_by_name(language), frozenset(fillers))


def read_time(quote: str, label: str, language: str) -> tuple[str, str | None]:
    """TIMEX3 type and value of a mention with the label DATE or TIME; the value is None where it is not stated.

    A value of a DATE is a date of the Extended Date/Time Format too.
    """
    reader = _reader(language)
    if found := _duration(quote, reader):
        return found
    return label, _date(quote, reader) if label == "DATE" else None


def _duration(quote: str, reader: _Reader) -> tuple[str, str | None] | None:
    """`nine days`; a vague count has no value."""
    found = _DURATION.fullmatch(quote)
    form = reader.units.get(found["unit"].lower()) if found else None
    if not found or not form:
        return None
    count = found["count"].strip().lower()
    if count in reader.words.listed("several"):
        return "DURATION", None
    if count.isdecimal():
        number = int(count) if len(count) <= _LONGEST else None
    else:
        number = 1 if count in reader.words.listed("one") else read_number(count, reader.words.language)
    return ("DURATION", form.format(number)) if number else None


def _date(quote: str, reader: _Reader) -> str | None:
    if found := _ISO.fullmatch(quote):
        return _iso(*map(int, found.groups()))
    if found := _CJK.fullmatch(quote):
        return _iso(*(int(part) if part else None for part in found.group("year", "month", "day")))
    years: list[int] = []
    named: list[int] = []
    days: list[int] = []
    for word in _WORD.findall(quote):
        if word.isdecimal() and len(word) <= 4:
            (years if len(word) == 4 else days).append(int(word))
        elif (name := word.lower().rstrip(".")) in reader.months:
            named.append(reader.months[name])
        elif name not in reader.fillers:
            return None
    if len(years) != 1 or not 1000 <= years[0] < 3000 or len(named) > 1 or len(days) > len(named):
        return None
    return _iso(years[0], *named, *days)


def _iso(year: int | None, month: int | None = None, day: int | None = None) -> str | None:
    """The date in ISO 8601, as far as it is known; None where there is no such day."""
    try:
        known = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    return known.isoformat()[: 10 if day else 7 if month else 4]
