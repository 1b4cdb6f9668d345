"""The script of a text, and the languages that are written in it.

A script is the first word of the Unicode names of its letters. One that many languages share (Latin, Cyrillic, Arabic,
Devanagari, Chinese characters) says nothing of the language.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

LANGUAGES = {
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "KANNADA": "kn",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MONGOLIAN": "mn",
    "MYANMAR": "my",
    "ORIYA": "or",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAANA": "dv",
    "THAI": "th",
}
_SHARED = frozenset(("LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI", "CJK"))
_PARTS = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "HALFWIDTH": "CJK", "FULLWIDTH": "LATIN"}
# Letters that one language has and the other of its script has not.
_OTHERS = {
    "BENGALI": ("as", re.compile("[ৰৱ]")),
    "ETHIOPIC": ("ti", re.compile("[\u1250-\u125d]")),  # q with a breath, Tigrinya
    "HEBREW": ("yi", re.compile("[\u05f0-\u05f2]|א[\u05b7\u05b8]")),
}
_LEAST_TELLING = 0.002  # of all letters: 4 to 15 times that in declarations of human rights, none in those of the other
_MOSTLY = 0.5
_UNSHARED = re.compile("[^\\0-\u036f\u0400-\u052f\u0600-\u06ff\u1e00-\u1eff\u2000-\u2bff\U0001f000-\U0001faff]")


def language_of_script(text: str, undetermined: str) -> str | None:
    """The one language that is written in the script of most letters of `text`; `undetermined` where there are others
    and nothing tells them apart; None where many languages share the script."""
    if not _UNSHARED.search(text):
        return None
    scripts = _scripts(text)
    script, letters = max(scripts.items(), key=lambda item: (item[1], item[0]))
    if script in _SHARED or letters < _MOSTLY * scripts.total():
        return None
    language, telling = _OTHERS.get(script, ("", None))
    if telling and len(telling.findall(text)) >= _LEAST_TELLING * letters:
        return language
    return LANGUAGES.get(script, undetermined)


def _scripts(text: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for char, times in Counter(text).items():
        if char.isalpha():
            script = unicodedata.name(char, "").partition(" ")[0]
            found[_PARTS.get(script, script)] += times
    return found or Counter({"LATIN": 0})
