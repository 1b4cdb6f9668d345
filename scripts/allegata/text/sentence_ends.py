"""Whether a text ends as a sentence does, in any script, and a quotation written as a sentence."""

from __future__ import annotations

import unicodedata

# Marks that end a sentence: the Unicode property Sentence_Terminal in the Basic Multilingual Plane, `…`, and the shad
# of Tibetan.
_ENDS = frozenset(
    ".!?…‼‽⁇⁈⁉。．！？｡︒︕︖﹒﹖﹗։؝؞؟۔܀܁܂߹࠷࠹࠽࠾।॥၊။።፧፨᙮᜵᜶។៕᠃᠉᥄᥅᪨᪩᪪᪫᭎᭏᭚᭛᭞᭟᭽᭾᭿᰻᰼᱾᱿\u2024⳹⳺⳻⸮⸼⹓⹔꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫།༎༏༐༑"
)
_QUESTIONS = frozenset("?？؟;՞፧⁇⁈\u037e")  # Greek asks with a semicolon
_CLOSING = frozenset(("Pe", "Pf", "Pi", "Cf"))  # Pi: `“` closes in German; Cf: marks of direction
_LOOSE = " ,;:–—-"  # what a quotation cut out of a sentence may end with
_MOST_CLOSING = 64  # characters that are looked at
# Where a full stop is not `.`, by the first word of the name of a letter.
_FULL_STOPS = {
    **dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"), "。"),
    **dict.fromkeys(("DEVANAGARI", "BENGALI", "GURMUKHI", "ORIYA"), "।"),
    "ARMENIAN": "։",
    "ETHIOPIC": "።",
    "KHMER": "។",
    "MYANMAR": "။",
    "TIBETAN": "།",
}


def ends_as_sentence(text: str) -> bool:
    """True if the last character, closing brackets and quotation marks aside, is a mark that ends a sentence, or a
    letter of a script that has none."""
    return has_end_mark(text) or ends_in_unmarked_script(text)


def has_end_mark(text: str) -> bool:
    """True if the last character, closing brackets and quotation marks aside, is a mark that ends a sentence."""
    last = text[-1:]
    if last in _ENDS:
        return True
    if last.isalnum():
        return False
    rest = _without_closing(text)
    # Armenian is often typed with the colon that its full stop looks like.
    return rest[-1:] in _ENDS or (rest[-1:] == ":" and "\u0531" <= rest[-2:-1] <= "\u0587")


def ends_in_unmarked_script(text: str) -> bool:
    """True if the last letter is of a script whose sentences have no mark at their end: Thai and Lao, and Tibetan
    behind the letter ga."""
    last = _without_closing(text)[-1:]
    return "\u0e01" <= last <= "\u0ecd" or last == "\u0f42"


def ends_as_question(text: str) -> bool:
    """True if the last character, closing brackets and quotation marks aside, is a question mark of some script."""
    return _without_closing(text)[-1:] in _QUESTIONS


def _without_closing(text: str) -> str:
    text = text[-_MOST_CLOSING:]
    end = len(text)
    # Blanks: `« Pourquoi ? »`.
    while end and (text[end - 1] in "\"' \u00a0\u202f" or unicodedata.category(text[end - 1]) in _CLOSING):
        end -= 1
    return text[:end]


def as_sentence(quote: str) -> str:
    """The quotation in one line, with a capital at the start and a full stop at the end where it has no end mark."""
    text = " ".join(quote.split()).rstrip(_LOOSE)
    if not text:
        return ""
    capital = text[0].title()
    text = (capital if len(capital) == 1 else text[0]) + text[1:]
    if ends_as_sentence(text):
        return text
    name = unicodedata.name(text[-1], "").partition(" ")[0]
    return text + _FULL_STOPS.get(name, ".")
