"""The words of a line in any script, to count them.

Chinese, Japanese, Thai, Lao, Khmer and Burmese put no blanks between words. There a word is two characters or three
syllables, as long as their words are on average: enough to tell a line from a paragraph, not to look a word up.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from allegata.text.normal import letters_only

_WORD = re.compile(r"[^\W_]+(?:[’'‘.&-][^\W_]+)*")
# Scripts whose words are letters with blanks around them: Latin, Greek, Cyrillic, Armenian, Georgian, Ethiopic,
# Cherokee, Hangul, and the symbols of all; without what is invisible.
_PLAIN = re.compile(
    "[\0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u10a0-\u115e\u1161-\u135c\u1360-\u16ff\u1e00-\u200a"
    "\u2010-\u2029\u202f-\u205f\u2070-\u20cf\u2100-\u2dff\u3000-\u3004\u3008-\u3020\uac00-\ud7ff\ufb00-\ufb17"
    "\ufe30-\ufe4f\uff01-\uff5e\U0001f000-\U0001faff]*"
)
_LAST_MARK = 0x1E950  # beyond it there are variation selectors only, which are invisible
_IDEOGRAPHS = (
    "\u3005-\u3007\u3031-\u3035\u3040-\u30fa\u30fc-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_SYLLABLES = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u1049"
    "\u1050-\u109f\u1780-\u17d3\u17dc\ua9e0-\ua9fe\uaa60-\uaa7f"
)
_UNSPACED = re.compile(f"[{_IDEOGRAPHS}{_SYLLABLES}]")
_FIRST_UNSPACED = "\u0e01"


def has_no_blanks(character: str) -> bool:
    """True for a letter of a script that puts no blanks between words."""
    return character >= _FIRST_UNSPACED and bool(_UNSPACED.match(character))


def letters_apart(words: list[str]) -> list[str]:
    """`words`, each that is written without blanks around it as its characters."""
    if max(words, default="") < _FIRST_UNSPACED:
        return words
    return [part for word in words for part in (word if has_no_blanks(word) else (word,))]


def find_words(text: str) -> list[str]:
    """The words of `text`, in order, without invisible characters."""
    if text.isascii() or _PLAIN.fullmatch(text):
        return _plain_words(text)
    found: list[str] = _any_word().findall(letters_only(text))
    return found


def _plain_words(text: str) -> list[str]:
    """The same as `_WORD` finds, in two thirds of the time: most words have blanks around them, or one mark behind."""
    found: list[str] = []
    for piece in text.split():
        if piece.isalnum():
            found.append(piece)
        elif piece[:-1].isalnum():
            found.append(piece[:-1])
        else:
            found += _WORD.findall(piece)
    return found


@cache
def _any_word() -> re.Pattern[str]:
    """A word of any script. Its marks belong to a letter (Python's `\\w` has none of them)."""
    marks = "".join(char for char in map(chr, range(0x300, _LAST_MARK)) if unicodedata.category(char)[0] == "M")
    spaced = rf"(?:[^\W_{_IDEOGRAPHS}{_SYLLABLES}]|[{marks}])+"
    return re.compile(
        rf"[{_IDEOGRAPHS}](?:[{marks}]?[{_IDEOGRAPHS}])?[{marks}]?"
        rf"|(?:[{_SYLLABLES}](?<=\w)[{marks}]*){{1,3}}"
        rf"|{spaced}(?:[’'‘.&-]{spaced})*"
    )
