"""What a date or a time says by itself: TIMEX3 type and value, where the words of the span state them in full.

A value that only the rest of the article gives (`Sept. 18`, `last August`) stays null: it is left to people.
"""

from __future__ import annotations

import re
from datetime import date

from allegata.text.dates import months

_MONTH = r"(?P<month>[^\W\d_]+)\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>[12][0-9]{3})"
_DATES = tuple(
    re.compile(form, re.I)
    for form in (rf"{_MONTH} {_DAY},? {_YEAR}", rf"{_DAY} {_MONTH},? {_YEAR}", rf"{_MONTH},? {_YEAR}", _YEAR)
)
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_COUNTS = {"a": 1, "an": 1, **{word: count for count, word in enumerate(_NUMBERS, 1)}}
_UNITS = {"year": "P{}Y", "month": "P{}M", "week": "P{}W", "day": "P{}D"}
_CLOCK = {"hour": "PT{}H", "minute": "PT{}M", "second": "PT{}S"}
_DURATION = re.compile(rf"(?P<count>[a-z]+|\d{{1,9}})[ -](?P<unit>{'|'.join({**_UNITS, **_CLOCK})})s?", re.I | re.A)
_VAGUE = frozenset(("several", "many", "some", "few"))


def read_time(quote: str, label: str) -> tuple[str, str | None]:
    """TIMEX3 type and value of a mention with the label DATE or TIME; the value is None where it is not stated.

    A value of a DATE is a date of the Extended Date/Time Format too.
    """
    if found := _DURATION.fullmatch(quote):
        count, unit = found["count"].lower(), found["unit"].lower()
        number = int(count) if count.isdecimal() else _COUNTS.get(count)
        if number or count in _VAGUE:
            return "DURATION", {**_UNITS, **_CLOCK}[unit].format(number) if number else None
    for form in _DATES:
        found = form.fullmatch(quote) if label == "DATE" else None
        month = found.groupdict().get("month") if found else None
        if found and (month is None or month.lower() in months()):
            return "DATE", _value(found.groupdict())
    return label, None


def _value(parts: dict[str, str | None]) -> str | None:
    year, name, day = parts["year"], parts.get("month"), parts.get("day")
    if not name:
        return year
    month = months()[name.lower()]
    if not day:
        return f"{year}-{month:02d}"
    try:
        return date(int(year or 0), month, int(day)).isoformat()
    except ValueError:  # no such day
        return None
