"""Dates in text, and the day of publication that lines of a page's head state, where they state exactly one.

A day counts if it can be read in one way only: the year first, a month by its name (in the languages of `text/words/`),
or figures of which one is above 12. A weekday beside it must be that of the day. The day of an update is no day of
publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache

from allegata.text.words import every_language, languages, phrase_source, phrases, words_of

_MONTH = r"(?P<{}>MONTHS)\b\.?"
_YEAR = r"(?P<{}>(?:19|20)[0-9][0-9])(?!\d)"
_DAY = r"(?<!\d)(?P<{}>\d{{1,2}})"
_FIRST_DAY = r"(?<![\d–/.-])(?P<{}>\d{{1,2}})"  # the second of "3-5 May" is no date by itself
_DATE = (
    r"(?P<updated>UPDATED)|(?:(?<![^\W\d_])(?P<weekday>WEEKDAYS)\b\.?,?\s{0,2}(?:den )?)?(?:"
    rf"(?<!\d){_YEAR.format('y1')}[-/.](?P<m1>\d\d?)[-/.](?P<d1>\d\d?)(?!\d)|"
    rf"(?<!\d){_YEAR.format('y2')} ?年 ?(?P<m2>\d\d?) ?月 ?(?P<d2>\d\d?) ?日|"
    rf"\b{_MONTH.format('m3')}\s{{0,2}}{_DAY.format('d3')}(?:st|nd|rd|th)?\b,?\s{{0,2}}{_YEAR.format('y3')}|"
    rf"{_FIRST_DAY.format('d4')}(?:st|nd|rd|th|er|º|°|\.)?\s{{0,2}}(?:del? )?{_MONTH.format('m4')},?\s{{0,2}}(?:del? )?"
    rf"{_YEAR.format('y4')}|"
    rf"{_FIRST_DAY.format('a')}(?P<mark>[-/.])(?P<b>\d\d?)(?P=mark){_YEAR.format('y5')})"
)
_WORD = re.compile(r"[^\W\d_][^()|]*")

# What may stand in a line that is a date and nothing else, beside the words that introduce dates: times and zones.
_TIME = (
    r"\d{1,2}[:.h]\d\d(?:[:.]\d\d)?|\b(?:[ap]\.?m|gmt|utc|cest|cet|mesz|mez|[ecmp][sd]?t|bst|ist|hrs|h|first|originally|"
    r"le|am|dal?)\b"
)
_LONGEST_DATE_LINE, _LONGEST_LINE = 100, 1000


@cache
def months() -> Mapping[str, int]:
    """The number of each month by its names in lower case, without the dot of an abbreviation."""
    return _numbered("months", 1)


@cache
def _weekdays() -> Mapping[str, int]:
    """The number of each weekday from 0 by its names; of two letters are words of other languages."""
    return {name: number for name, number in _numbered("weekdays", 0).items() if len(name) > 2}


def _numbered(key: str, first: int) -> Mapping[str, int]:
    return {
        name: number
        for language in languages()
        for number, phrase in enumerate(phrases(language, "dates", key), first)
        for name in _WORD.findall(phrase)
    }


@cache
def _token() -> re.Pattern[str]:
    """A date, or a word that says that the next date is that of an update."""
    parts = {
        "MONTHS": "|".join(sorted(months(), key=len, reverse=True)),
        "WEEKDAYS": "|".join(sorted(_weekdays(), key=len, reverse=True)),
        "UPDATED": _loose("updated"),
    }
    source = _DATE
    for name, part in parts.items():
        source = source.replace(name, part)
    return re.compile(source, re.IGNORECASE)


@cache
def _around() -> re.Pattern[str]:
    return re.compile(rf"{_TIME}|{_loose('published', 'around', 'weekdays')}", re.IGNORECASE)


@cache
def _when(names: tuple[str, ...]) -> re.Pattern[str]:
    """A date, a time or an age with the words that introduce it; reading times and ages in languages `names`."""
    date_forms = re.sub(r"\(\?P<(?!mark>)\w+>", "(?:", _token().pattern)
    entries = every_language().entries("dates", "updated", "published", "around")
    words = "|".join(phrase_source(entry) for entry in entries if "#" not in entry)  # "# h" would take the day
    before = rf"(?:(?:{words})\s*:?\s*)*+"
    ago = words_of(names).source("dates", "ago", "reading")
    clock = (
        r"\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?:\s?[ap]\.?m\b\.?)?(?:\s(?:(?-i:[A-Z]{2,4})|uhr|uur)\b)?|\d{1,2}\s?[ap]\.?m\b"
    )
    partial = rf"\b(?:{'|'.join(sorted(months(), key=len, reverse=True))})\b\.?\s\d{{1,2}}\b(?:st|nd|rd|th)?"
    return re.compile(
        rf"{before}(?:{date_forms}|{clock}|{ago}|{partial})(?:\s*\((?-i:[A-Z]{{2,4}})\))?",
        re.IGNORECASE,
    )


def without_dates(text: str, mark: str, names: tuple[str, ...]) -> str:
    """`text` with `mark` for each date, time and reading time and what introduces them, in languages `names`."""
    return _when(names).sub(mark, text) if any(map(str.isdigit, text)) else text


def _loose(*keys: str) -> str:
    """Phrases for dates as the source of a pattern; a digit may be glued to them: "2022Actualizado"."""
    return every_language().source("dates", *keys).replace(r"(?<!\w)", r"(?<![^\W\d_])")


def publication_day(lines: Iterable[str]) -> tuple[str, int] | None:
    """The one day (YYYY-MM-DD) that `lines` state as that of publication, and which of them states it first.

    None if they state no day, several, or one that can be read in two ways.
    """
    found: dict[str | None, int] = {}
    for number, line in enumerate(lines):
        for day in _days(line):
            found.setdefault(day, number)
    if len(found) != 1:
        return None
    ((day, number),) = found.items()
    return (day, number) if day else None


def is_date_line(line: str) -> bool:
    """True if `line` is a date and nothing else, but for a time and the words that introduce both."""
    if len(line) > _LONGEST_DATE_LINE or not any(match["updated"] is None for match in _token().finditer(line)):
        return False
    return not any(map(str.isalnum, _around().sub(" ", _token().sub(" ", line))))


def says_published(line: str) -> bool:
    """True if `line` is a date and nothing else, and a word in it says that it is that of publication."""
    return is_date_line(line) and bool(_published().search(line))


@cache
def _published() -> re.Pattern[str]:
    return re.compile(_loose("published"), re.IGNORECASE)


def announces_update(line: str) -> bool:
    """True if `line` ends where the date of an update would follow: "Last updated:", "Updated on"."""
    tokens = list(_token().finditer(line[-_LONGEST_DATE_LINE:]))
    if not tokens or tokens[-1]["updated"] is None:
        return False
    return not any(map(str.isalnum, _around().sub(" ", tokens[-1].string[tokens[-1].end() :])))


def _days(line: str) -> Iterator[str | None]:
    """Every date of `line` but those of an update; None for one that is in doubt."""
    updated = False
    for match in _token().finditer(line, 0, _LONGEST_LINE):
        if match["updated"]:
            updated = True
            continue
        if not updated:
            yield _day(match)
        updated = False


def _day(match: re.Match[str]) -> str | None:
    if match["a"]:
        first, second, year = int(match["a"]), int(match["b"]), int(match["y5"])
        if first <= 12 and second <= 12:
            return None
        month, number = sorted((first, second))
    else:
        form = next(form for form in "1234" if match[f"y{form}"])
        name = match[f"m{form}"]
        month = int(name) if name.isdecimal() else months().get(name.lower(), 0)
        number, year = int(match[f"d{form}"]), int(match[f"y{form}"])
    try:
        day = date(year, month, number)
    except ValueError:
        return None
    weekday = match["weekday"]
    return day.isoformat() if not weekday or _weekdays().get(weekday.lower()) == day.weekday() else None
