"""Texts to one flat byte buffer of folded words, without a Python object per word.

The words of a text are the runs of letters and digits of its normalised form (NFKC, case folded, without what is not
seen: `allegata.text.normal`); each Chinese character and each Japanese kana is a word of its own, as those scripts
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

from allegata.text.normal import letters_only, normalise

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
Units = npt.NDArray[np.uint16]

UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{UNSPACED}](?<=\w)|[^\W_{UNSPACED}]+")
_NOT_IN_A_WORD = re.compile(r"[\W_]")
BLANK, _LINE_END, UNDECIDED = 0x20, 0x0A, 0
ASCII_FOLD = bytes(byte if byte > 127 else ord(chr(byte).lower()) if chr(byte).isalnum() else 0 for byte in range(256))
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
    folded, foreign = _fold_in_place(data, offsets)
    raw, cuts = folded.tobytes(), offsets.tolist()
    parts = [raw[start:end] for start, end in pairwise(cuts)]
    if foreign:
        texts = [data[cuts[i] : cuts[i + 1]].tobytes().decode() for i in foreign]
        for i, part in zip(foreign, _fold_unicode(texts), strict=True):
            parts[i] = part.translate(ASCII_FOLD)
    lengths = np.fromiter(map(len, parts), np.int64, len(parts))
    joined = b"\0".join([b"", *parts, bytes(7)])
    return np.frombuffer(joined, np.uint8), np.concatenate([[1], 1 + np.cumsum(lengths + 1)])


def _fold_in_place(data: Bytes, offsets: Offsets) -> tuple[Bytes, list[int]]:
    """Fold ASCII, and of the characters beyond it those that fold to as many bytes.

    Those are the letters of most alphabets, and blanks, quotes and dashes. Also returns the numbers of the texts
    with other characters, which this leaves half folded.
    """
    # This bit makes capitals small and leaves digits as they are. Sums and products of bytes are done in vector
    # registers; shifts and mixed types are not.
    small = data | np.uint8(0x20)
    stays = (small - ord("a") < 26) | (data - ord("0") < 10)
    folded = small * stays.view(np.uint8)  # in place it takes four times as long
    beyond = np.flatnonzero(data > 127)
    if not len(beyond):
        return folded, []
    leads = folded[beyond] = data[beyond]
    unfit = [beyond[leads >= 0xF0]]
    for width, first, last, low, high in ((2, 0xC0, 0xDF, 0x80, 0x7FF), (3, 0xE0, 0xEF, 0x800, 0xFFFF)):
        at = beyond[(leads >= first) & (leads <= last)]
        points = data[at].astype(np.uint16) & (0xFF >> (width + 1))
        for k in range(1, width):
            points = points << 6 | data[at + k] & 0x3F
        becomes = table()[points]
        blank = becomes == BLANK
        unfit.append(at[~blank & ((becomes < low) | (becomes > high) | _alone(becomes))])
        for k in range(width):
            units = becomes >> (6 * (width - 1 - k))
            folded[at + k] = np.where(blank, 0, units & 0x3F | 0x80 if k else units | first)
    return folded, np.unique(np.searchsorted(offsets, np.concatenate(unfit), side="right") - 1).tolist()


def _fold_unicode(texts: Sequence[str]) -> list[bytes]:
    """Fold texts by a table over code points, or one by one where a table will not do (combining marks)."""
    joined = letters_only("\n".join(text.replace("\n", " ") for text in texts))
    points, folded = _look_up(joined)
    undecided = np.flatnonzero(folded == UNDECIDED)
    if len(undecided):
        # Characters that fold to several (ß, ½, ligatures) are written out first.
        for point in np.unique(points[undecided]).tolist():
            if point in expansions():
                joined = joined.replace(chr(point), expansions()[point])
        points, folded = _look_up(joined)
        undecided = np.flatnonzero(folded == UNDECIDED)
    ends = np.flatnonzero(points == _LINE_END)
    hard = np.unique(np.searchsorted(ends, undecided))
    folded[undecided] = BLANK
    folded[ends] = _LINE_END
    result = _space_out(folded).tobytes().decode("utf-16-le").encode().split(b"\n")
    for i in hard.tolist():
        result[i] = " ".join(words_of(texts[i])).encode()
    return result


def _look_up(text: str) -> tuple[Units, Units]:
    """The UTF-16 units of a text, and what the table makes of each."""
    units = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    folded = table()[units]
    high = np.flatnonzero((folded == UNDECIDED) & (units >= 0xD800) & (units <= 0xDBFF))
    points = 0x10000 + ((units[high].astype(np.int64) - 0xD800) << 10) + (units[high + 1] - 0xDC00)
    folded[high[(points >= _PICTOGRAPHS[0]) & (points <= _PICTOGRAPHS[1])]] = BLANK
    return units, folded


def _alone(folded: Units) -> npt.NDArray[np.bool_]:
    """Which characters are words of their own (`UNSPACED`)."""
    near = (folded >= 0x3040) & (folded <= 0x9FFF)
    return near & ((folded <= 0x30FF) | ((folded >= 0x3400) & (folded <= 0x4DBF)) | (folded >= 0x4E00))


def _space_out(folded: Units) -> Units:
    """Set blanks around every character that is a word of its own."""
    alone = _alone(folded)
    if not alone.any():
        return folded
    wide = np.full((len(folded), 3), BLANK, np.uint16)
    wide[:, 1] = folded
    return wide[np.stack([alone, np.ones_like(alone), alone], axis=1)]


@cache
def table() -> Units:
    """UTF-16 unit -> its folded unit, a blank, or `UNDECIDED` where more than the unit must be seen."""
    folded_units = np.arange(0x10000, dtype=np.uint16)
    ranges = (range(0x3400), range(0x9FFF, 0xAC00), range(0xD7A4, 0xD800), range(0xF900, 0x10000))
    points = [point for some in ranges for point in some]
    # All at once, each on a line of its own: composition does not reach across a line end.
    written = unicodedata.normalize("NFKC", "\n".join("." if p == _LINE_END else chr(p) for p in points))
    folded_units[points] = list(map(_fold_point, map(chr, points), letters_only(written).casefold().split("\n")))
    folded_units[0xD800:0xDC00] = UNDECIDED
    folded_units[0xDC00:0xE000] = BLANK
    folded_units[0x4DC0:0x4E00] = folded_units[0xE000:0xF900] = BLANK  # hexagrams, private use
    return folded_units


def _fold_point(char: str, folded: str) -> int:
    if not folded:  # not seen: it parts no word
        return UNDECIDED
    if not folded.isalnum() and not any(map(str.isalnum, folded)):
        return UNDECIDED if _composes(char) or any(map(_composes, folded)) else BLANK
    if len(folded) > 1 or folded > "\uffff" or _composes(folded) or _composes(char):
        return UNDECIDED
    return ord(folded)


def _composes(char: str) -> bool:
    """Whether NFKC may join it to its neighbour: marks, and the Korean letters that form syllables."""
    return "\u1100" <= char <= "\u11ff" or unicodedata.category(char)[0] == "M"


@cache
def expansions() -> dict[int, str]:
    """Characters that fold to several, none of which can compose with a neighbour, or to nothing."""
    found = {}
    for point in np.flatnonzero(table() == UNDECIDED).tolist():
        folded = letters_only(unicodedata.normalize("NFKC", chr(point))).casefold()
        if not folded or (len(folded) > 1 and not any(map(_composes, chr(point) + folded))):
            found[point] = _NOT_IN_A_WORD.sub(" ", folded)
    return found
