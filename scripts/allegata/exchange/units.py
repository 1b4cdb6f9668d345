"""The unit of offsets in files that do not say it: code points, UTF-16 units, or grapheme clusters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from allegata.exchange.utf16 import Utf16
from allegata.text.spans import Span

Unit = Literal["utf-16", "graphemes", "code points"]
UNITS: tuple[Unit, ...] = ("utf-16", "graphemes", "code points")
_JOINER, _PICTURES = "\u200d", ("So", "Cn")


def graphemes(text: str) -> list[int]:
    """Where the grapheme clusters of a text begin, and its length: the rules of Unicode Standard Annex 29, GB3 to GB13.

    The classes of characters are taken from their general categories, which differ from the annex in a few scripts.
    """
    starts = [0] if text else []
    flags = 0  # regional indicators before, in a row: every second one begins a flag
    for at in range(1, len(text)):
        flags = flags + 1 if _is_flag(text[at - 1]) else 0
        if _breaks(text[at - 1], text[at]) and not (flags % 2 and _is_flag(text[at])):
            starts.append(at)
    return [*starts, len(text)]


def _breaks(left: str, right: str) -> bool:
    if right < "\u0300":  # most texts are plain: no letter before U+0300 joins anything
        return (left, right) != ("\r", "\n")
    kind = unicodedata.category(right)
    if unicodedata.category(left) in ("Cc", "Zl", "Zp"):
        return True
    joins = kind in ("Mn", "Me", "Mc") or right in "\u200c\u200d" or "\U0001f3fb" <= right <= "\U0001f3ff"
    if joins or "\U000e0020" <= right <= "\U000e007f":
        return False
    if left == _JOINER and kind in _PICTURES:
        return False
    return not _is_hangul_pair(left, right)


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_hangul_pair(left: str, right: str) -> bool:
    lead, vowel, tail = "\u1100" <= left < "\u1160", "\u1160" <= right < "\u11a8", "\u11a8" <= right <= "\u11ff"
    syllable = "\uac00" <= left <= "\ud7a3"
    open_syllable = syllable and (ord(left) - 0xAC00) % 28 == 0
    if lead:
        return vowel or "\u1100" <= right < "\u1160" or "\uac00" <= right <= "\ud7a3"
    if "\u1160" <= left < "\u11a8" or open_syllable:
        return vowel or tail
    return (syllable or "\u11a8" <= left <= "\u11ff") and tail


def counter(text: str, unit: Unit) -> Callable[[int], int | None]:
    """From offsets of that unit to code points; None for an offset that is in no place between two characters."""
    if unit == "utf-16":
        return Utf16(text).code_points
    if unit == "graphemes":
        starts = graphemes(text)
        return lambda offset: starts[offset] if 0 <= offset < len(starts) else None
    return lambda offset: offset if 0 <= offset <= len(text) else None


def likely_unit(texts: Iterable[tuple[str, Sequence[tuple[int, int]]]]) -> tuple[Unit, bool]:
    """The unit in which most spans begin and end where words do, and whether another would have given other spans.

    Of equal units the first of `UNITS`. Each text comes with its spans.
    """
    votes = dict.fromkeys(UNITS, 0)
    differs = False
    for text, spans in texts:
        counters = {unit: counter(text, unit) for unit in UNITS}
        for start, end in spans:
            found = {unit: (count(start), count(end)) for unit, count in counters.items()}
            differs |= len(set(found.values())) > 1
            for unit, (first, last) in found.items():
                votes[unit] += first is not None and last is not None and _at_words(text, Span(first, last))
    return max(UNITS, key=lambda unit: votes[unit]), differs


def _at_words(text: str, span: Span) -> bool:
    start, end = span
    if start >= end or not (text[start].isalnum() and text[end - 1].isalnum()):
        return False
    edges = (at for at in span if 0 < at < len(text))
    return not any(text[at - 1].isalnum() and text[at].isalnum() for at in edges)
