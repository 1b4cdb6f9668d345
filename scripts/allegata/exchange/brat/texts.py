"""The text that the offsets of brat's annotation files hold in, whatever program counted them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

from allegata.exchange.brat.lines import lines_of, text_bound_of
from allegata.exchange.brat.moved import covered, solid


class Counted(NamedTuple):
    """A text, the code points of the offsets that count something else in it, and what to say of it."""

    text: str
    offsets: Mapping[int, int] | None = None
    notice: str = ""


def counted(raw: str, annotations: Iterable[str]) -> Counted:
    """The reading of a text file in which most quotes of its annotation files are where their offsets say.

    brat counts code points of the file as it is (Python's `codecs.open` changes no line end and keeps a byte order
    mark). Other programs drop the mark, count a line end of two characters as one, or count UTF-16 units or bytes.
    """
    quoted = [(bound[2], solid(bound[3])) for ann in annotations for line in lines_of(ann) if (bound := _quoted(line))]
    best, most = Counted(raw), -1
    for reading in _readings(raw) if quoted else ():
        right = sum(solid(_words(reading, pairs)) == quote for pairs, quote in quoted)
        if right > most:
            best, most = reading, right
        if most == len(quoted):
            break
    return best


def _quoted(line: str) -> tuple[str, str, list[tuple[int, int]], str] | None:
    bound = text_bound_of(line)
    return bound if bound and bound[3].strip() else None


def _words(reading: Counted, pairs: Iterable[tuple[int, int]]) -> str:
    if reading.offsets is None:
        return covered(pairs, reading.text)
    at = reading.offsets.get
    return covered([(at(start, 0), at(end, 0)) for start, end in pairs], reading.text)


def _readings(raw: str) -> Iterator[Counted]:
    """The likeliest first."""
    bare, feeds = "\ufeff", "\r\n"
    texts = {raw: ""}
    texts.setdefault(raw.removeprefix(bare), "byte order mark that the offsets do not count, dropped")
    texts.setdefault(raw.replace(feeds, "\n"), "line ends that the offsets count as one character, read as `\\n`")
    texts.setdefault(
        raw.removeprefix(bare).replace(feeds, "\n"), "byte order mark and line ends that the offsets do not count"
    )
    yield from (Counted(text, None, notice) for text, notice in texts.items())
    if raw.isascii():
        return
    for unit, width in _UNITS.items():
        for text, notice in texts.items():
            starts = accumulate(map(width, text), initial=0)
            offsets = {start: point for point, start in enumerate(starts)}
            what = f"offsets that count {unit}, converted"
            yield Counted(text, offsets, f"{what}; {notice}" if notice else what)


_UNITS: Mapping[str, Callable[[str], int]] = {
    "UTF-16 units": lambda one: 1 + (one > "\uffff"),
    "bytes of UTF-8": lambda one: len(one.encode("utf-8", "surrogatepass")),
}
