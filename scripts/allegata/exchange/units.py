"""The unit of offsets in files that do not say it: code points, UTF-16 units, or grapheme clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from allegata.exchange.utf16 import Utf16
from allegata.text.spans import Span

Unit = Literal["utf-16", "graphemes", "code points"]
UNITS: tuple[Unit, ...] = ("utf-16", "graphemes", "code points")
# Unicode Standard Annex 29, table 1c, without the conjuncts of Indic scripts (GB9c): grapheme-splitter 1.0, by which
# doccano's page counts, does not know them. Possessive, so that no run of characters is gone back over.
_CLUSTER = r"""
    \r\n | [\p{GCB=Control}\r\n]
    | (?: \p{GCB=Prepend}++ (?: CORE )? | CORE ) [\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*+
"""
_CORE = r"""
    (?: \p{GCB=L}*+ (?: \p{GCB=V}++ | \p{GCB=LV} \p{GCB=V}*+ | \p{GCB=LVT} ) \p{GCB=T}*+ | \p{GCB=L}++ | \p{GCB=T}++
    | \p{GCB=Regional_Indicator}{2}
    | \p{Extended_Pictographic} (?: \p{GCB=Extend}*+ \p{GCB=ZWJ} \p{Extended_Pictographic} )*+
    | [^\p{GCB=Control}\r\n] )
"""


def graphemes(text: str) -> list[int]:
    """Where the grapheme clusters of a text begin, and its length."""
    import regex

    cluster = regex.compile(_CLUSTER.replace("CORE", _CORE), regex.VERBOSE)  # which keeps what it has compiled
    return [*(match.start() for match in cluster.finditer(text)), len(text)]


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
