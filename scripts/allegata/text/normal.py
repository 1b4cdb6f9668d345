"""Normalised text, for comparison only: it never leaves the program and never replaces a text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from itertools import chain, takewhile

# Combining characters in a row. The Stream-Safe Text Format of Unicode (UAX 15, section 13) has 30 at most, and the
# time of normalisation grows with the square: 40,000 took 1.6 s.
MOST_MARKS = 1_000


# What a reader does not see: the code points that Unicode's NFKC_Casefold deletes (Default_Ignorable_Code_Point: soft
# hyphens, zero-width characters, marks of direction, variation selectors). `<wbr>` and CMSs set them inside words.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# What is written or not as the writer likes: the vowel marks of Arabic and Hebrew, and the Arabic line that fills a
# word. The hamza above and below and the madda (U+0653 to U+0655) are parts of letters.
_OPTIONAL = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff"
)
_UNSEEN = re.compile(f"[{_INVISIBLE}]+")
_UNREAD = re.compile(f"[{_INVISIBLE}{_OPTIONAL}]+")
# A run of one class is read at six times the speed of a search.
_READ = re.compile(f"[^{_INVISIBLE}{_OPTIONAL}]*")


def letters_only(text: str) -> str:
    """`text` without what is invisible, and without the marks that a word has or has not as its writer likes."""
    return text if text.isascii() or _READ.fullmatch(text) else _UNREAD.sub("", text)


def as_seen(text: str) -> str:
    """`text` as a reader sees it: composed (NFC), without what is invisible."""
    return text if text.isascii() else unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def normalise(text: str) -> str:
    """NFKC, case folded, without invisible characters and optional marks, runs of blanks as one space, no blanks at the
    edges."""
    if not text.isascii():
        plain = letters_only(text)
        text = unicodedata.normalize("NFKC", plain)
        if text != plain:  # presentation forms are letters with their marks
            text = letters_only(text)
    return " ".join(text.casefold().split())


def text_digest(text: str) -> str:
    """sha256 (hex) of the normalised text: equal for texts that differ in case, width, blanks or what is not seen."""
    return hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).hexdigest()


def has_endless_marks(text: str) -> bool:
    """True if more than `MOST_MARKS` combining characters follow one another in `text`: no normalisation may see it."""
    is_mark = unicodedata.combining
    for at in range(0, len(text), MOST_MARKS):  # every run that is too long holds one of these places
        if is_mark(text[at]):
            before = takewhile(is_mark, reversed(text[max(0, at - MOST_MARKS) : at]))
            after = takewhile(is_mark, text[at : at + MOST_MARKS + 1])
            if sum(1 for _ in chain(before, after)) > MOST_MARKS:
                return True
    return False


_PLAIN = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "\u00a0": " ",
    "–": "-",
    "—": "-",
    "…": "...",
}
# Punctuation, digits and letters that Chinese, Japanese and Arabic write in a form of their own.
_WIDE = re.compile("[\u3001\u3002\u3008-\u300f\uff01-\uff5e\u060c\u061b\u061f]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    "\u3001\u3002\u060c\u061b\u061f\u3008\u3009\u300a\u300b\u300c\u300d\u300e\u300f", ',.,;?""""""""'
)


_GREEK_ACCENTS = re.compile("[άέήίόύώΐΰ]")
_NO_ACCENTS = str.maketrans("άέήίόύώΐΰ", "αεηιουωϊϋ")


def for_matching(text: str) -> str:
    """`text` for matching: composed, without invisible characters, case folded, straight quotes and hyphens, single
    blanks.

    The two letters i of Turkish are one, and Greek has no accents: a heading in capitals has them otherwise than a
    dictionary.
    """
    plain = unquoted(letters_only(text)).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", plain)
        plain = plain.replace("i\u0307", "i").replace("ı", "i")
        plain = plain.translate(_NO_ACCENTS) if _GREEK_ACCENTS.search(plain) else plain
    return " ".join(plain.split())


def unquoted(text: str) -> str:
    """`text` with straight quotes and hyphens, its case and blanks as they are."""
    if not text.isascii():
        text = narrow(text)
        for character, plain in _PLAIN.items():  # searches at C speed: a tenth of the time of str.translate
            if character in text:
                text = text.replace(character, plain)
    return text


def narrow(text: str) -> str:
    """`text` with punctuation, digits and letters of full width, and Arabic commas, as ASCII has them."""
    return text if text.isascii() or not _WIDE.search(text) else text.translate(_NARROW)
