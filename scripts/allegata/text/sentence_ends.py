"""Whether a text ends as a sentence does, and a quotation written as a sentence."""

from __future__ import annotations

import unicodedata

# Marks that end a sentence (the Unicode property Sentence_Terminal, of the scripts in which news is written), and `…`.
_ENDS = frozenset(".!?…。！？｡．؟۔।॥։።။។།")
_QUESTIONS = frozenset("?？؟;\u037e")  # Greek asks with a semicolon
_CLOSING = frozenset(("Pe", "Pf", "Pi"))  # Pi: `“` closes in German
_LOOSE = " ,;:–—-"  # what a quotation cut out of a sentence may end with
_IDEOGRAPHIC = ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC")


def ends_as_sentence(text: str) -> bool:
    """True if the last character, closing brackets and quotation marks aside, is a mark that ends a sentence."""
    return _last(text) in _ENDS


def ends_as_question(text: str) -> bool:
    """True if the last character, closing brackets and quotation marks aside, is a question mark of some script."""
    return _last(text) in _QUESTIONS


def _last(text: str) -> str:
    end = len(text)
    while end and (text[end - 1] in "\"'" or unicodedata.category(text[end - 1]) in _CLOSING):
        end -= 1
    return text[end - 1 : end]


def as_sentence(quote: str) -> str:
    """The quotation in one line, with a capital at the start and a full stop at the end where it has no end mark."""
    text = " ".join(quote.split()).rstrip(_LOOSE)
    if not text:
        return ""
    capital = text[0].title()
    text = (capital if len(capital) == 1 else text[0]) + text[1:]
    if ends_as_sentence(text):
        return text
    return text + ("。" if unicodedata.name(text[-1], "").startswith(_IDEOGRAPHIC) else ".")
