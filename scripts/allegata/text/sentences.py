"""Sentence segmentation of clean text, block by block.

`sentencex` was chosen by test on the articles and on legal abbreviations (`Sept.`, `v.`, `No.`, `U.S.`,
`Inc.’s`; quotes that end inside): it made no error; pysbd 0.3.4 broke `Inc.’s`, syntok 1.4.4 and blingfire
0.1.8 broke `No. 25-00709` or `v. LinkedIn`. It is kept (last release 2026-09) and counts code points. It does cut
`Fed. R. Civ. P. 41`, `F. Supp. 2d` and `Cal. Bus. & Prof. Code`: such pieces of a citation are put together again.
Of the marks that end a sentence it does not know those of Khmer and Tibetan. Thai has none: its text is cut at line
ends alone.

Its time grows with the square of a line of open quotation marks, or of one without blanks: 18 s for 240,000 characters
of Chinese. It therefore looks at a long line through a window that moves from sentence to sentence. That changes no
sentence but where a quotation, a bracket or a sentence is longer than half of the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

import sentencex

from allegata.text.spans import Span, trim

NAME = "legal_citations/2"  # 1 did not cut Khmer and Tibetan
# A rule, reporter or code in abbreviations, of at least two; and how such a citation goes on.
_OPEN = re.compile(r"\b[A-Z]\w{0,4}\.\s+(?:Civ|Crim|Evid|App|Bankr|Supp|Bus|Proc)\.\s*$")
_GOES_ON = re.compile(r"P\.|Proc\.|Prof\.|Code\b|&|§|\d")
_MOST = 24  # characters that the first needs
_WINDOW = 4096  # characters that the library sees at once; the longest line of our articles has 833
_AHEAD = 64  # characters from which it tells whether a sentence ends before them: it looks at 30 bytes
_KHMER_OR_TIBETAN = re.compile(r"[។៕][\"'”’»)\]]*\s*|[།༎]\s+")


def split_sentences(text: str, language: str = "en") -> list[Span]:
    """The sentences of one block of text: trimmed, in order, without blanks between counted in.

    A language the library does not know falls back to its own default. Linear in the length of the text. Raises
    RuntimeError if the library does not give the text back character by character (then offsets could not be trusted).
    """
    spans: list[Span] = []
    start = 0
    for end in _ends(text, language):
        if _GOES_ON.match(text, end) and _OPEN.search(text[max(start, end - _MOST) : end]):
            continue
        span = trim(Span(start, end), text)
        if span.length:
            spans.append(span)
        start = end
    return spans


def _ends(text: str, language: str) -> Iterator[int]:
    start = 0
    for end in _ends_of_library(text, language):
        if not text[start:end].isascii():
            marks = (mark.end() for mark in _KHMER_OR_TIBETAN.finditer(text, start, end))
            yield from (mark for mark in marks if mark < end)
        yield end
        start = end


def _ends_of_library(text: str, language: str) -> Iterator[int]:
    half = _WINDOW // 2
    first = start = 0  # a window begins one sentence early: at its own begin the library takes `M.` for a number
    while start < len(text):
        window = text[first : start + _WINDOW]
        pieces = sentencex.segment(language, window)
        if "".join(pieces) != window:
            raise RuntimeError(f"sentencex changed the text between characters {first} and {first + len(window)}")
        ends = [end for end in accumulate(map(len, pieces), initial=first) if end > start]
        if start + _WINDOW < len(text):
            near = [end for end in ends if end <= start + half]
            ends = near or [end for end in ends[:1] if end <= start + _WINDOW - _AHEAD]
        yield from ends
        if ends:
            first, start = [start, *ends][-2:]
        else:  # what follows is looked at as if the sentence went on
            first = start = _word_start(text, start, start + half)


def _word_start(text: str, start: int, end: int) -> int:
    """Where the last word before `end` starts: behind a mark that the library does not know, a blank, or at `end`."""
    marks = [mark.end() for mark in _KHMER_OR_TIBETAN.finditer(text, start, end)]
    return marks[-1] if marks else text.rfind(" ", start, end) + 1 or end
