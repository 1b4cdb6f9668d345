"""The patterns of values in one language, made of its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from allegata.propose.value_words import ValueWords, value_words

BLANK = "[ \u00a0\u202f\u2009]"
_DASH = "[-–—‑]"
_DAY, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:1\d{3}|20\d{2})"
# What two dates of a range, or the parts of one, are joined by; `de` in Spanish and Portuguese, `of` in English.
_JOINT = rf"(?:,?{BLANK}+(?:(?:de|del|of|the){BLANK}+)?|\.{BLANK}*|-|/)"
_CJK_DATES = (
    r"\d{4}\s?[年년](?:\s?\d{1,2}\s?[月월](?:\s?\d{1,2}\s?[日일号])?)?",
    r"\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号]",
)
_ISO = rf"{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_NUMERIC = rf"{_DAY}(?P<sep%d>[./-]){BLANK}?{_DAY}(?P=sep%d){BLANK}?(?:{_YEAR}|\d{{2}})"
_CLOCK = r"(?:[01]?\d|2[0-4])[:.h][0-5]\d(?::[0-5]\d)?"
_ZONE = r"GMT|UTC|CET|CEST|BST|EST|EDT|CST|CDT|MST|MDT|PST|PDT|ET|CT|PT|MEZ|MESZ|Z"


@dataclass(frozen=True)
class Patterns:
    """What `find_values` looks for in one language. `after` are label and form of what follows a number, in order."""

    words: ValueWords
    names: re.Pattern[str]
    codes: re.Pattern[str]
    dates: tuple[re.Pattern[str], ...]
    days: re.Pattern[str]
    times: tuple[re.Pattern[str], ...]
    sign_before: re.Pattern[str]
    code_after: re.Pattern[str]
    after: tuple[tuple[str, re.Pattern[str]], ...]
    attached: re.Pattern[str]
    name_before: re.Pattern[str]
    year_before: re.Pattern[str]
    lower_word: re.Pattern[str]
    scale: re.Pattern[str]
    ordinal: re.Pattern[str]
    value_name: re.Pattern[str]

    def is_value(self, name: str) -> bool:
        """True of what looks like a name with digits and is a value: `EUR5m`, `mid-2024`."""
        return bool(self.value_name.match(name))


@cache
def patterns_of(language: str) -> Patterns:
    """The patterns of a language (ISO 639); of one that nobody knows those that need no words."""
    words = value_words(language)
    compiled = _compiler(bool(words.more.get("unspaced")))
    signs, codes = _any(words.signs), _any(words.codes)
    money = _any([*words.money, *words.signs, *words.codes])
    spelt = _any([word for word in words.units if word not in words.listed("doubtful")])
    before, after = f"(?i:{_any(words.listed('before'))})", _any(words.listed("after"))
    gap = "" if words.more.get("unspaced") else f"(?:{BLANK}|{_DASH})"
    of = f"(?:{_any(words.listed('of'))})?"
    in_year = _any(words.listed("in-year"))
    ends = _any(words.listed("end"))
    return Patterns(
        words,
        names=compiled(
            r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+|(?<![\w])[@#]\w+"
            rf"|(?<![\w$£€])[^\W\d_]+{_DASH}?\d\w*(?:[-–./]\w+)*|(?<![\w])[^\W\d_]+\.[^\W\d_]*\d\w*"
        ),
        codes=compiled(
            r"(?<![\w.,-])(?:\d+(?:\.\d+){3,}|\d+[-/:][\w]+(?:[-/:][\w]*\d[\w]*)+|\d+[-–]\d{5,}|\d+:\d+(?![\d:])"
            rf"|\d+/\d+|(?i:{_any(words.listed('fixed'))}))(?![\w])"
            rf"|(?i:(?<![\w]){_any(words.listed('ids'))}{BLANK}?(?:#{BLANK}?)?)\d[\w./-]*\w*"
        ),
        dates=_dates(words, before, compiled),
        days=_days(words, before, after, compiled),
        times=_times(words, compiled),
        sign_before=compiled(rf"(?P<sign>(?<![\w$€£])(?:{signs}|(?:US|C|A|R)\$|{codes}){BLANK}?)\Z"),
        code_after=compiled(rf"{BLANK}?{codes}(?![\w])"),
        after=(
            ("PERCENT", compiled(rf"{BLANK}?{_DASH}?{_any(words.percent)}(?![\w])")),
            ("MONEY", compiled(rf"(?:{BLANK}?|{_DASH}){of}(?P<name>{money})(?![\w])")),
            ("DATE", compiled(rf"{gap}{_any(words.date_units)}(?![\w])(?:{_DASH}(?:{ends})(?![\w]))?")),
            ("TIME", compiled(rf"{gap}{_any(words.time_units)}(?![\w])")),
            ("TIME", compiled(rf"{BLANK}?(?i:{_any(words.listed('clock'))})(?![\w])")),
            ("QUANTITY", compiled(rf"(?:{BLANK}?|{_DASH}){of}{spelt}(?![\w])")),
            ("QUANTITY", compiled(rf"{BLANK}{of}(?:{_any(words.listed('counts'))})(?![\w])")),
        ),
        attached=compiled(rf"[^\W\d_]|{_DASH}[^\W\d_]|[/:]\d"),
        name_before=compiled(rf"[§#№]{BLANK}?\Z"),
        year_before=compiled(rf"(?i:(?<![\w])(?:{in_year}|{before})){BLANK}\Z|\(\Z|{_DASH}\Z"),
        lower_word=compiled(rf"{BLANK}[^\W\d_]" if words.more.get("nouns-capitalised") else rf"{BLANK}[a-zà-ÿ]"),
        scale=compiled(rf"(?:{BLANK}?|{_DASH})(?:{_any(words.scales)})(?![\w])"),
        ordinal=compiled(rf"(?:{words.more.get('ordinals', '(?!)')})(?![\w])"),
        value_name=compiled(rf"(?:{codes}|{signs})\d|(?:mid|pre|post|early|late|mi){_DASH}\d"),
    )


def _compiler(unspaced: bool) -> Callable[[str], re.Pattern[str]]:
    """What makes the patterns. In a language without blanks between words only Latin letters and digits are a word."""
    if not unspaced:
        return re.compile
    return lambda form: re.compile(form.replace(r"[^\W\d_]", "[A-Za-z]").replace(r"[\w", "[A-Za-z0-9_"))


def _any(words: Iterable[str]) -> str:
    """An alternation, the longest first; of nothing, what matches nothing. Any blank stands for any other."""
    ordered = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    spaced = [re.sub(r"(?:\\? |\u00a0|\u202f)+", f"{BLANK}+", re.escape(word)) for word in ordered]
    return f"(?:{'|'.join(spaced)})" if spaced else "(?!)"


def _cased(words: Iterable[str], *, capitals: bool) -> list[str]:
    """The words as CLDR has them, and at the start of a sentence."""
    return [form for word in words for form in {word, word if capitals else word[:1].upper() + word[1:]}]


def _dates(words: ValueWords, before: str, compiled: Callable[[str], re.Pattern[str]]) -> tuple[re.Pattern[str], ...]:
    long, short = (_any(_cased(months, capitals=False)) for months in (words.months, words.short_months))
    month = rf"(?:{long}(?![\w])|{short}(?![\w])\.?)"
    weekdays = _any(_cased([*words.weekdays, *words.short_weekdays], capitals=False))
    weekday = rf"(?:{weekdays}\.?,?{BLANK}+(?:(?:the|den|le){BLANK}+)?)?"
    day = rf"{_DAY}(?:st|nd|rd|th|er|[.]?[ºª°])?(?:{BLANK}?{_DASH}{BLANK}?{_DAY}(?:st|nd|rd|th)?)?"
    forms = [
        _ISO,
        *_CJK_DATES,
        rf"{weekday}{_NUMERIC % (1, 1)}",
        rf"{weekday}{day}{_JOINT}{month}(?:{_JOINT}{_YEAR}(?!\d))?",
        rf"{weekday}{month}{BLANK}{day}(?!\d)(?:,?{BLANK}+{_YEAR}(?!\d))?",
        rf"(?:{before}{BLANK}+)?{month}(?:,?{BLANK}+(?:de{BLANK}+|del{BLANK}+|of{BLANK}+)?|-){_YEAR}(?!\d)",
        rf"{_YEAR}{BLANK}?[-–/]{BLANK}?(?:{_YEAR}|\d{{2}})(?![\d-])",
        rf"(?:{before}(?:{BLANK}+|(?<=-))){_YEAR}(?![\w])",
        rf"(?i:{_any(words.listed('several'))}){BLANK}+{_any(words.date_units)}",
        rf"(?:{_YEAR}|[’']\d0)(?:s|er)(?![\w])(?:{BLANK}Jahren?)?",
    ]
    return tuple(compiled(rf"(?<![\w.,/-]){form}(?![\w])(?![-/]\d)") for form in forms)


def _days(words: ValueWords, before: str, after: str, compiled: Callable[[str], re.Pattern[str]]) -> re.Pattern[str]:
    """Months and weekdays alone, with what says which, and days named from today."""
    doubtful = set(words.listed("doubtful"))
    capital = any(word[:1].isupper() for word in words.weekdays)
    alone = _any(_cased([*words.weekdays, *words.months], capitals=capital))
    sure = _any([w for w in (*words.weekdays, *words.months) if w not in doubtful])
    relative = _any(_cased(words.relative, capitals=False))
    forms = [
        rf"{before}{BLANK}+{alone}",
        rf"{alone}{BLANK}+{after}",
        sure,
        relative,
    ]
    return compiled(rf"(?<![\w-])(?:{'|'.join(forms)})(?![\w])(?!-[^\W\d_])")


def _times(words: ValueWords, compiled: Callable[[str], re.Pattern[str]]) -> tuple[re.Pattern[str], ...]:
    clock = _any(words.listed("clock"))
    named = _any(_cased(words.listed("times"), capitals=False))
    several = rf"(?i:{_any(words.listed('several'))}){BLANK}+{_any(words.time_units)}"
    zone = rf"(?:{BLANK}?(?:{_ZONE})(?![\w]))?"
    return (
        compiled(
            rf"(?<![\w.,:/-])(?:(?:[01]?\d|2[0-4])[:h][0-5]\d(?::[0-5]\d)?(?:{BLANK}?(?i:{clock})(?![\w]))?"
            rf"|{_CLOCK}{BLANK}?(?i:{clock})(?![\w])){zone}(?![\w:-])"
        ),
        compiled(rf"(?<![\w.,:/-])(?:1[0-9]|2[0-4]|0?\d){BLANK}?(?i:{clock})(?![\w]){zone}"),
        compiled(rf"(?<![\w-])(?:{named}|{several})(?![\w])"),
    )
