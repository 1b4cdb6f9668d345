"""The numbers of a text, in digits and in words: where they are, and what they say without what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from allegata.propose.value_patterns import BLANK, Patterns
from allegata.text.spans import Span

_GROUPED = r"\d{1,3}(?:[.,’'\u00a0\u202f\u2009]\d{3})+(?!\d)"
_GROUPED_BY_SPACE = r"\d{1,3}(?: \d{3})+(?!\d)"
_PLAIN = rf"(?:{_GROUPED}|\d+)(?:[.,]\d+)?"
_BEFORE = r"(?<![\d][.,:/])(?<!\d[-–])"
_MARK = re.compile(r"[.)]\s")
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w]|_")
# Languages of text2num.
_SPELT = frozenset(("da", "de", "en", "es", "fr", "it", "nl", "pt"))


@dataclass(frozen=True)
class Number:
    """One number, a range counting as one. `value` is -1 unless it is a whole number in digits.

    `is_article` is true of a `one` in words, `is_list_mark` of a number that opens a line as a mark.
    """

    span: Span
    value: int = -1
    is_year: bool = False
    is_ordinal: bool = False
    is_article: bool = False
    is_list_mark: bool = False


def find_numbers(text: str, patterns: Patterns) -> list[Number]:
    """The numbers in the order of the text; scales (`million`) belong to their number."""
    found = list(_in_digits(text, patterns))
    taken = {place for number in found for place in range(*number.span)}
    spelt = [n for n in _in_words(text, patterns) if not taken.intersection(range(*n.span))]
    return sorted((*found, *spelt), key=lambda number: number.span)


def _in_digits(text: str, patterns: Patterns) -> Iterator[Number]:
    plain = rf"(?:{_GROUPED_BY_SPACE}(?:,\d+)?|{_PLAIN})" if patterns.words.groups_by_space else _PLAIN
    letters = "A-Za-z0-9_" if patterns.words.more.get("unspaced") else r"\w"
    form = re.compile(
        rf"(?<![{letters}]){_BEFORE}(?P<first>{plain})(?:{BLANK}?[-–]{BLANK}?(?P<last>{plain})(?![-–\d]))?"
    )
    for match in form.finditer(text):
        start, end = match.span()
        if ordinal := patterns.ordinal.match(text, match.end("first")):
            yield Number(Span(start, ordinal.end()), is_ordinal=True)
            continue
        first, last = _whole(match["first"]), _whole(match["last"] or "")
        if -1 < last <= first:
            continue  # a score
        is_whole = match["first"].isdecimal() and end == match.end("first")
        opens = start == 0 or text[start - 1] == "\n"
        mark = bool(is_whole and opens and _MARK.match(text, end))
        if scale := patterns.scale.match(text, end):
            end = scale.end()
        value = first if is_whole and not scale else -1
        is_year = value >= 0 and len(match["first"]) == 4
        yield Number(Span(start, end), value, is_year, is_list_mark=mark)


def _whole(digits: str) -> int:
    """The number that the digits write; -1 where they are not all digits, or more than a number is written with."""
    return int(digits) if digits.isdecimal() and len(digits) < 18 else -1


@dataclass(frozen=True)
class _Token:
    """A token as text2num reads it. No number goes across a comma or a line break."""

    word: str

    def text(self) -> str:
        return self.word

    def nt_separated(self, previous: _Token) -> bool:
        return not (previous.word.isalpha() or previous.word in " -\u00a0‑")

    def not_a_number_part(self) -> bool:
        return not (self.word.isalpha() or self.word in " -\u00a0‑")


def _in_words(text: str, patterns: Patterns) -> Iterator[Number]:
    language = patterns.words.language
    if language not in _SPELT:
        return
    from text_to_num import find_numbers as spelt_numbers

    doubtful = set(patterns.words.listed("doubtful"))
    places = [match.span() for match in _TOKEN.finditer(text)]
    for number in spelt_numbers([_Token(text[start:end]) for start, end in places], language, 0.0):
        start, end = places[number.start][0], places[number.end - 1][1]
        quote = text[start:end]
        if quote.isdecimal() or any(c.isdigit() for c in quote) or quote.lower() in doubtful:
            continue
        if patterns.scale.fullmatch(quote) and not number.is_ordinal:  # `millions` counts nothing by itself
            continue
        # text2num 3.1.0 has the Spanish `tercer` for a cardinal number
        is_ordinal = not number.text[-1:].isdecimal() or quote.lower() in patterns.words.listed("ordinal-words")
        yield Number(Span(start, end), is_ordinal=is_ordinal, is_article=number.text in ("1", "0"))


def read_number(words: str, language: str) -> int | None:
    """The whole number that words say; None where they say none, or nobody here knows the language."""
    if language not in _SPELT:
        return None
    from text_to_num import text2num

    try:
        return int(text2num(words, language))
    except ValueError:
        return None
