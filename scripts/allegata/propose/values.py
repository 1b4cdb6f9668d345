"""Values found by patterns: money, percent, dates, times, quantities, ordinal and cardinal numbers.

Dates and times are looked for first, then telephone numbers, which are no value, then every number that is still free:
what stands beside it says what it counts.

babel (CLDR) and dateparser say the words of a language, text2num finds numbers in words, phonenumbers telephone
numbers. Whole finders were measured on the table of tests/test_propose_values.py, exact F1: dateparser 1.5.0
`search_dates` on dates in eight languages .26 (it takes every number and `may` for a date and gives no offsets),
quantulum3 0.10.0 on English amounts .52 (no scales or ranges, telephone numbers are quantities); price-parser 0.5.1
gives one price a text without offsets, recognizers-text has had no release since 2019. The patterns were written on
this table, so that their 1.0 there says little; on our five gold articles all values but one are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from allegata.measures.matching import LabelledSpan
from allegata.propose.numbers import Number, find_numbers
from allegata.propose.phones import PHONE, find_phones
from allegata.propose.value_patterns import Patterns
from allegata.text.spans import Span, Taken

_EARLIEST_YEAR, _LATEST_YEAR = 1500, 2100


class _Found(Taken):
    """The spans found so far; none overlaps another."""

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.spans: list[LabelledSpan] = []

    def label(self, label: str, span: Span) -> None:
        """Take a span, if it is free."""
        if span.length and self.is_free(span):
            self.spans.append(LabelledSpan.of(label, span))
            self.add(span)


def find_values(text: str, patterns: Patterns) -> list[LabelledSpan]:
    """The values of a text, sorted, none overlapping another; offsets in code points.

    Labels are those of OntoNotes, and `PHONE`. A span has neither preposition nor approximation (`about`).
    """
    taken = _Found(len(text))
    for match in patterns.names.finditer(text):  # addresses, docket numbers, COVID-19: their digits are no numbers
        if not patterns.is_value(match.group()):
            taken.label("", Span(*match.span()))
    _take(taken, "DATE", patterns.dates, text)
    _take(taken, "TIME", patterns.times, text)
    for span in find_phones(text, patterns.words):
        taken.label(PHONE, span)
    for match in patterns.codes.finditer(text):
        taken.label("", Span(*match.span()))
    for number in find_numbers(text, patterns):
        if taken.is_free(number.span):
            label, span = _value(text, number, patterns)
            taken.label(label, span)
    _take(taken, "DATE", (patterns.days,), text)
    return sorted(span for span in taken.spans if span.label)


def _take(taken: _Found, label: str, patterns: Iterable[re.Pattern[str]], text: str) -> None:
    for pattern in patterns:
        for match in pattern.finditer(text):
            taken.label(label, Span(*match.span()))


def _value(text: str, number: Number, patterns: Patterns) -> tuple[str, Span]:
    """What a number counts, and the span of both; the label is empty where it counts nothing."""
    start, end = number.span
    before = text[max(0, start - 24) : start]
    if number.is_ordinal:
        return "ORDINAL", number.span
    if sign := patterns.sign_before.search(before):
        if after := patterns.code_after.match(text, end):
            end = after.end()
        return "MONEY", Span(start - len(before) + sign.start("sign"), end)
    for label, form in patterns.after:
        if found := form.match(text, end):
            label = _weighed(text, label, before, found) if label == "MONEY" else label
            return label, Span(start, found.end())
    if patterns.attached.match(text, end) or patterns.name_before.search(before) or number.is_list_mark:
        return "", number.span
    if number.is_year and _EARLIEST_YEAR <= number.value < _LATEST_YEAR and _is_year(text, number, before, patterns):
        return "DATE", number.span
    return ("", number.span) if number.is_article else ("CARDINAL", number.span)


def _weighed(text: str, label: str, before: str, unit: re.Match[str]) -> str:
    """A pound is a weight too, where it is a pound of something or somebody weighs it."""
    if unit["name"].lower() not in ("pound", "pounds", "pfund", "livres", "libras"):
        return label
    after = text[unit.end() : unit.end() + 12]
    return "QUANTITY" if re.search(r"\bw[ei]+gh\w*\W+(?:\w+\W+)?$", before) or re.match(r" of\b", after) else label


def _is_year(text: str, number: Number, before: str, patterns: Patterns) -> bool:
    """`in 2023`, `(2023)`, `the 2023 lawsuit`; but 2000 people, who are counted in hundreds."""
    if patterns.year_before.search(before):
        return True
    followed = patterns.lower_word.match(text, number.span.end)
    return not (followed and number.value % 100 == 0)
