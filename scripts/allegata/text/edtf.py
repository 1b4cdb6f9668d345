"""Dates in the Extended Date/Time Format (ISO 8601-2:2019, levels 0 to 2), read strictly: a date that a text states in
it is one that the calendar has.

Dates with unspecified digits (`2024-1X`), qualified ones (`2024-05~`), seasons, long years, intervals and sets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

NO_DATE = "is no date of the Extended Date/Time Format"
NO_DAY = "is a day that the calendar does not have"
NO_WEEK = "is a week that the calendar does not have"
REVERSED = "ends before it begins"
_DATE = re.compile(
    r"[?~%]?(?P<year>-?[0-9X]{4})(?:S[1-9][0-9]*)?[?~%]?"
    r"(?:-[?~%]?(?P<month>[0-9X]{2})[?~%]?(?:-[?~%]?(?P<day>[0-9X]{2})[?~%]?)?)?"
)
_LONG_YEAR = re.compile(r"Y(?:(-?[1-9][0-9]{4,17})|(-?[1-9][0-9]{0,17})E([1-9][0-9]{0,2}))(?:S[1-9][0-9]*)?")
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4])(?::[0-5][0-9])?)?"
_TIME = re.compile(rf"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|24:00:00){_ZONE}")
_SEASONS = range(21, 42)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_Day = tuple[int, int, int]


class _WrongError(ValueError):
    """What is wrong with a date."""


@dataclass(frozen=True)
class _Bounds:
    """The first day that a date may mean, and the last."""

    first: _Day
    last: _Day


def edtf_fault(value: str) -> str | None:
    """What is wrong with `value` as a date of the format; None where it is one."""
    try:
        if "/" in value:
            _interval(*value.split("/", 1))
        elif value[:1] in ("[", "{"):
            _set(value)
        else:
            _single(value)
    except _WrongError as wrong:
        return str(wrong)
    return None


def is_in_calendar(year: str, month: str = "XX", day: str = "XX") -> bool:
    """Whether there is such a day; `X` is any digit."""
    return any(_days(year, month, day))


def is_week(year: str, week: str) -> bool:
    """Whether the year has a week of that number (ISO 8601-1), both of digits, or `X` for what is not known."""
    if not (year + week).isdecimal():
        return True
    try:
        date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return False
    return True


def _single(value: str) -> _Bounds:
    day, mark, time = value.partition("T")
    if mark:
        if not (_TIME.fullmatch(time) and re.fullmatch(r"-?[0-9]{4}-[0-9]{2}-[0-9]{2}", day)):
            raise _WrongError(NO_DATE)
    elif match := _LONG_YEAR.fullmatch(value):
        year = int(match[1]) if match[1] else int(match[2]) * 10 ** int(match[3])
        return _Bounds((year, 1, 1), (year, 12, 31))
    found = _DATE.fullmatch(day)
    if not found:
        raise _WrongError(NO_DATE)
    parts = found.groupdict()
    year, month, of_month = parts["year"], parts["month"], parts["day"]
    if month and of_month is None and month.isdecimal() and int(month) in _SEASONS:
        month = None  # where its days begin and end depends on the place
    possible = [*_days(year, month or "XX", of_month or "XX")]
    if not possible:
        raise _WrongError(NO_DAY)
    return _Bounds(possible[0], possible[-1])


def _days(year: str, month: str, day: str) -> Iterator[_Day]:
    """The first and the last day that the digits may mean; nothing where there is none."""
    sign, digits = (-1, year[1:]) if year.startswith("-") else (1, year)
    years = sorted((sign * int(digits.replace("X", "0")), sign * int(digits.replace("X", "9"))))
    months = [number for number in range(1, 13) if _is_like(number, month)]
    days = [number for number in range(1, 32) if _is_like(number, day)]
    pairs = [(m, d) for m in months for d in days if d <= _DAYS[m - 1]]
    if pairs == [(2, 29)]:  # only of a leap year
        years = [sign * number for number in _matching(digits) if _is_leap(sign * number)]
        years = sorted(years)[:: max(1, len(years) - 1)]
    elif (2, 29) in pairs and not any(_is_leap(sign * number) for number in _matching(digits)):
        pairs.remove((2, 29))
    if pairs and years:
        yield (years[0], *pairs[0])
        yield (years[-1], *pairs[-1])


def _matching(digits: str) -> Iterator[int]:
    found = [""]
    for digit in digits:
        found = [one + choice for one in found for choice in ("0123456789" if digit == "X" else digit)]
    return map(int, found)


def _is_like(number: int, pattern: str) -> bool:
    return all(wanted in ("X", digit) for digit, wanted in zip(f"{number:02}", pattern, strict=True))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _interval(start: str, end: str) -> None:
    """Both ends, of which one may be open (`..`) or unknown (nothing)."""
    first, last = (None if one in ("", "..") else _single(one) for one in (start, end))
    if first is None and last is None:
        raise _WrongError(NO_DATE)
    _in_order(first, last)


def _in_order(start: _Bounds | None, end: _Bounds | None) -> None:
    if start and end and end.last < start.first:
        raise _WrongError(REVERSED)


def _set(value: str) -> None:
    """One of several dates (`[…]`), or all of them (`{…}`); a part may be a range, open at the ends of the set."""
    parts = value[1:-1].split(",")
    if value[-1] != {"[": "]", "{": "}"}[value[0]]:
        raise _WrongError(NO_DATE)
    for number, part in enumerate(parts):
        start, dots, end = part.partition("..")
        if not dots:
            _single(part)
            continue
        is_open = (not start and number == 0 and bool(end)) or (not end and number == len(parts) - 1 and bool(start))
        if not is_open and not (start and end):
            raise _WrongError(NO_DATE)
        _in_order(_single(start) if start else None, _single(end) if end else None)
