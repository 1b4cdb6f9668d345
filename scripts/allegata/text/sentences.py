"""Sentence segmentation of clean text, block by block.

`sentencex` was chosen by test on the articles and on legal abbreviations (`Sept.`, `v.`, `No.`, `U.S.`,
`Inc.’s`; quotes that end inside): it made no error; pysbd 0.3.4 broke `Inc.’s`, syntok 1.4.4 and blingfire
0.1.8 broke `No. 25-00709` or `v. LinkedIn`. It is kept (last release 2026-09) and counts code points. It does cut
`Fed. R. Civ. P. 41`, `F. Supp. 2d` and `Cal. Bus. & Prof. Code`: such pieces of a citation are put together again.
Of the marks that end a sentence it does not know those of Khmer and Tibetan. Thai has none: its text is cut at line
ends alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

from allegata.text.spans import Span, trim

NAME = "legal_citations/2"  # 1 did not cut Khmer and Tibetan
# A rule, reporter or code in abbreviations, of at least two; and how such a citation goes on.
_OPEN = re.compile(r"\b[A-Z]\w{0,4}\.\s+(?:Civ|Crim|Evid|App|Bankr|Supp|Bus|Proc)\.\s*$")
_GOES_ON = re.compile(r"P\.|Proc\.|Prof\.|Code\b|&|§|\d")
_MOST = 24  # characters that the first needs
_KHMER_OR_TIBETAN = re.compile(r"[។៕][\"'”’»)\]]*\s*|[།༎]\s+")


def split_sentences(text: str, language: str = "en") -> list[Span]:
    """The sentences of one block of text: trimmed, in order, without blanks between counted in.

    A language the library does not know falls back to its own default. Raises RuntimeError if the library
    does not give the text back character by character (then offsets could not be trusted).
    """
    spans: list[Span] = []
    start = position = 0
    for piece in _pieces(text, language):
        if not text.startswith(piece, position):
            raise RuntimeError(f"sentencex changed the text near character {position}: {piece[:40]!r}")
        position += len(piece)
        if _GOES_ON.match(text, position) and _OPEN.search(text[max(start, position - _MOST) : position]):
            continue
        span = trim(Span(start, position), text)
        if span.length:
            spans.append(span)
        start = position
    if text[position:].strip():
        raise RuntimeError(f"sentencex dropped the text after character {position}")
    return spans


def _pieces(text: str, language: str) -> Iterator[str]:
    for piece in sentencex.segment(language, text):
        start = 0
        for mark in () if piece.isascii() else _KHMER_OR_TIBETAN.finditer(piece):
            yield piece[start : mark.end()]
            start = mark.end()
        if start < len(piece):
            yield piece[start:]
