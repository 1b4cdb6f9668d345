"""Where spans are whose text is no longer at their offsets: the text was edited beside its annotations."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence

from allegata.text.spans import Span

AROUND = 10_000  # characters on either side in which the quote of a span is looked for


def solid(text: str) -> str:
    """The text without blanks: brat writes blanks between fragments and in place of line breaks."""
    return "".join(text.split())


def covered(fragments: Iterable[tuple[int, int]], text: str) -> str:
    """The characters of fragments, in their order."""
    return "".join(text[start:end] for start, end in fragments)


def moved(
    text: str, right: Sequence[int], wrong: Mapping[str, tuple[Sequence[tuple[int, int]], str]]
) -> dict[str, tuple[Span, ...]]:
    """The fragments of those spans of `wrong`, each with its fragments and quote, that are found again.

    A span is where its quote is, if that is one place around its offsets; else where the spans beside it moved to, if
    its quote is there too. `right` are the starts of spans that did not move. Linear in the text around each span.
    """
    found: dict[str, tuple[Span, ...]] = {}
    shifts = dict.fromkeys(right, 0)
    for name, (fragments, quote) in wrong.items():
        (start, end), *others = fragments
        low, high = max(0, start - AROUND), end + AROUND
        at = -1 if others else text.find(quote, low, high)
        if at >= 0 and text.find(quote, at + 1, high) < 0:
            found[name] = (Span(at, at + len(quote)),)
            shifts[start] = at - start
    starts = sorted(shifts)
    for name, (fragments, quote) in wrong.items():
        if name not in found:
            at = bisect(starts, fragments[0][0])
            beside = dict.fromkeys(shifts[start] for start in starts[max(0, at - 1) : at + 1])
            places = [tuple(Span(start + shift, end + shift) for start, end in fragments) for shift in beside]
            fits = [place for place in places if min(place)[0] >= 0 and solid(covered(place, text)) == solid(quote)]
            if len(fits) == 1:
                found[name] = fits[0]
    return found
