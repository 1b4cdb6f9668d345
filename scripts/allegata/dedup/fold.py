"""Texts to one flat byte buffer of folded words, without a Python object per word.

The words of a text are the runs of letters and digits of its normalised form (NFKC, case folded:
`allegata.text.normal`); each Chinese character and each Japanese kana is a word of its own, as those scripts
put no blanks between words. `words_of` is the definition; `fold` computes the same for a batch of texts in
numpy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from allegata.text.normal import normalise

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
Units = npt.NDArray[np.uint16]

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}](?<=\w)|[^\W_{_UNSPACED}]+")
_NOT_IN_A_WORD = re.compile(r"[\W_]")
_BLANK, _LINE_END, _UNDECIDED = 0x20, 0x0A, 0
_ASCII_FOLD = bytes(byte if byte > 127 else ord(chr(byte).lower()) if chr(byte).isalnum() else 0 for byte in range(256))
# Emoji and other pictographs: symbols that normalise to themselves, so never part of a word (a test reads
# them all).
_PICTOGRAPHS = (0x1F300, 0x1FAFF)


def words_of(text: str) -> list[str]:
    """The words of one text: the plain definition which `fold` is tested against."""
    return _WORD.findall(normalise(text))


def fold(data: Bytes, offsets: Offsets) -> tuple[Bytes, Offsets]:
    """Fold a batch of UTF-8 texts: words in small letters, every other byte zero.

    `data[offsets[i]:offsets[i + 1]]` is text i. Returns the folded bytes and their offsets in the same form.
    There is a zero in front of the first text, one behind each text, and seven more behind the last, so that
    eight bytes can be read wherever a word starts.
    """
    data, foreign = _blank_punctuation(data, offsets)
    raw, cuts = data.tobytes(), offsets.tolist()
    parts = [raw[start:end] for start, end in pairwise(cuts)]
    if len(foreign):
        texts = [parts[i].decode() for i in foreign.tolist()]
        for i, folded in zip(foreign.tolist(), _fold_unicode(texts), strict=True):
            parts[i] = folded
    lengths = np.fromiter(map(len, parts), np.int64, len(parts))
    folded = b"\0".join([b"", *parts, bytes(7)]).translate(_ASCII_FOLD)
    return np.frombuffer(folded, np.uint8), np.concatenate([[1], 1 + np.cumsum(lengths + 1)])


def _blank_punctuation(data: Bytes, offsets: Offsets) -> tuple[Bytes, Offsets]:
    """Blank curly quotes, dashes and the like (U+2000 to U+203F) where they stand, as bytes.

    Also returns the numbers of the texts with other characters beyond ASCII. Half of the English news texts
    looked at have none, and need no decoding.
    """
    beyond = np.flatnonzero(data > 127)
    if not len(beyond):
        return data, beyond
    leads = beyond[:-2][(data[beyond[:-2]] == 0xE2) & (data[beyond[:-2] + 1] == 0x80)]
    data = data.copy()
    for nth in range(3):
        data[leads + nth] = _BLANK
    n_beyond = np.diff(np.searchsorted(beyond, offsets))
    n_blanked = 3 * np.diff(np.searchsorted(leads, offsets))
    return data, np.flatnonzero(n_beyond > n_blanked)


def _fold_unicode(texts: Sequence[str]) -> list[bytes]:
    """Fold texts by a table over code points, or one by one where a table will not do (combining marks)."""
    joined = "\n".join(text.replace("\n", " ") for text in texts)
    points, folded = _look_up(joined)
    undecided = np.flatnonzero(folded == _UNDECIDED)
    if len(undecided):
        # Characters that fold to several (ß, ½, ligatures) are written out first.
        for point in np.unique(points[undecided]).tolist():
            if point in _expansions():
                joined = joined.replace(chr(point), _expansions()[point])
        points, folded = _look_up(joined)
        undecided = np.flatnonzero(folded == _UNDECIDED)
    ends = np.flatnonzero(points == _LINE_END)
    hard = np.unique(np.searchsorted(ends, undecided))
    folded[undecided] = _BLANK
    folded[ends] = _LINE_END
    result = _space_out(folded).tobytes().decode("utf-16-le").encode().split(b"\n")
    for i in hard.tolist():
        result[i] = " ".join(words_of(texts[i])).encode()
    return result


def _look_up(text: str) -> tuple[Units, Units]:
    """The UTF-16 units of a text, and what the table makes of each."""
    units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    folded = _table()[units]
    high = np.flatnonzero((folded == _UNDECIDED) & (units >= 0xD800) & (units <= 0xDBFF))
    points = 0x10000 + ((units[high].astype(np.int64) - 0xD800) << 10) + (units[high + 1] - 0xDC00)
    folded[high[(points >= _PICTOGRAPHS[0]) & (points <= _PICTOGRAPHS[1])]] = _BLANK
    return units, folded


def _space_out(folded: Units) -> Units:
    """Set blanks around every character that is a word of its own."""
    alone = (folded >= 0x3040) & (folded <= 0x9FFF)
    if not alone.any():
        return folded
    alone &= (folded <= 0x30FF) | ((folded >= 0x3400) & (folded <= 0x4DBF)) | (folded >= 0x4E00)
    wide = np.full((len(folded), 3), _BLANK, np.uint16)
    wide[:, 1] = folded
    return wide[np.stack([alone, np.ones_like(alone), alone], axis=1)]


@cache
def _table() -> Units:
    """UTF-16 unit -> its folded unit, a blank, or `_UNDECIDED` where more than the unit must be seen."""
    table = np.arange(0x10000, dtype=np.uint16)
    for point in (*range(0x3400), *range(0x9FFF, 0xAC00), *range(0xD7A4, 0xE000), *range(0xF900, 0x10000)):
        table[point] = _fold_point(chr(point))
    table[0x4DC0:0x4E00] = table[0xE000:0xF900] = _BLANK  # hexagrams, private use
    return table


def _fold_point(char: str) -> int:
    if "\ud800" <= char <= "\udbff":
        return _UNDECIDED
    folded = unicodedata.normalize("NFKC", char).casefold()
    if _composes(char) or any(map(_composes, folded)):
        return _UNDECIDED
    if not any(map(str.isalnum, folded)):
        return _BLANK
    return ord(folded) if len(folded) == 1 and folded <= "\uffff" else _UNDECIDED


def _composes(char: str) -> bool:
    """Whether NFKC may join it to its neighbour: marks, and the Korean letters that form syllables."""
    return unicodedata.category(char)[0] == "M" or "\u1100" <= char <= "\u11ff"


@cache
def _expansions() -> dict[int, str]:
    """Characters that fold to several, none of which can compose with a neighbour."""
    found = {}
    for point in np.flatnonzero(_table() == _UNDECIDED).tolist():
        folded = unicodedata.normalize("NFKC", chr(point)).casefold()
        if len(folded) > 1 and not any(map(_composes, chr(point) + folded)):
            found[point] = _NOT_IN_A_WORD.sub(" ", folded)
    return found
