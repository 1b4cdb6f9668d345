"""Sentence segmentation of clean text, block by block.

`sentencex` was chosen by test on the articles and on legal abbreviations (`Sept.`, `v.`, `No.`, `U.S.`,
`Inc.’s`; quotes that end inside): it made no error; pysbd 0.3.4 broke `Inc.’s`, syntok 1.4.4 and blingfire
0.1.8 broke `No. 25-00709` or `v. LinkedIn`. It is kept (last release 2026-09) and counts code points.
"""

from __future__ import annotations

import sentencex

from allegata.text.spans import Span, trim


def split_sentences(text: str, language: str = "en") -> list[Span]:
    """The sentences of one block of text: trimmed, in order, without blanks between counted in.

    A language the library does not know falls back to its own default. Raises RuntimeError if the library
    does not give the text back character by character (then offsets could not be trusted).
    """
    spans: list[Span] = []
    position = 0
    for piece in sentencex.segment(language, text):
        if not text.startswith(piece, position):
            raise RuntimeError(f"sentencex changed the text near character {position}: {piece[:40]!r}")
        span = trim(Span(position, position + len(piece)), text)
        if span.length:
            spans.append(span)
        position += len(piece)
    if text[position:].strip():
        raise RuntimeError(f"sentencex dropped the text after character {position}")
    return spans
