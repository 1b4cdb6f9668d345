"""Text that occurs twice: runs of blocks that repeat an earlier run of the same article."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import accumulate

from allegata.clean.page import Hit, Page
from allegata.text.normal import normalise

NAME = "repetition/3"  # 2 did not see copies with other invisible characters, nor prose in scripts without blanks

# Repeated single lines are often right (timetables, refrains, recipes): measured on web pages, a rule for lines
# was wrong in 35 of 35 cases. A run counts from 40 words, nearly all of them in blocks that end as sentences do.
LEAST_WORDS = 40
LEAST_SENTENCE_SHARE = 0.8
# A line that stands more often than this begins no run; it keeps a text of equal lines linear.
MOST_COPIES = 64


def find(page: Page) -> Iterator[Hit]:
    """Runs of free blocks equal (after normalisation) to an earlier run; the first copy stays.

    Blocks that other rules took are passed over on both sides, so a ticker line inside one copy breaks
    nothing. Linear in the number of blocks.
    """
    free = page.free()
    keys = [_key(page, index) for index in free]
    often = Counter(keys)
    if len(often) == len(keys):
        return
    words, in_sentences = _sums(page, free)
    first_at: dict[str, list[int]] = defaultdict(list)
    ends: dict[int, int] = {}  # distance of two copies -> where the run of that distance ends
    position = 0
    while position < len(free):
        best, length = -1, 0
        candidates = first_at[keys[position]][:8] if often[keys[position]] <= MOST_COPIES else []
        for start in candidates:
            distance = position - start
            if ends.get(distance, -1) <= position:
                ends[distance] = position + _run(keys, start, position)
            # The copy may not reach into itself: the original ends where the copy begins.
            run = min(ends[distance] - position, distance)
            if run > length:
                best, length = start, run
        end = position + length
        count, sentences = words[end] - words[position], in_sentences[end] - in_sentences[position]
        if count >= LEAST_WORDS and sentences >= LEAST_SENTENCE_SHARE * count:
            yield from _hits(free[position:end], free[best : best + length])
            position = end
            continue
        first_at[keys[position]].append(position)
        position += 1


def _key(page: Page, index: int) -> str:
    """The normalised text. The folded one, which is known, is the same for text in ASCII."""
    text = page.blocks[index].text
    return page.folded[index] if text.isascii() and page.folded[index] else normalise(text)


def _run(keys: list[str], start: int, position: int) -> int:
    length = 0
    while position + length < len(keys) and keys[start + length] == keys[position + length]:
        length += 1
    return length


def _sums(page: Page, free: list[int]) -> tuple[list[int], list[int]]:
    """Words, and words in blocks that end as sentences do, before every position."""
    counts = [page.word_counts[index] for index in free]
    ends = [count if page.blocks[index].ends_sentence else 0 for count, index in zip(counts, free, strict=True)]
    return [0, *accumulate(counts)], [0, *accumulate(ends)]


def _hits(copy: list[int], original: list[int]) -> Iterator[Hit]:
    """One hit for each stretch that is contiguous in both copies."""
    start = 0
    for end in range(1, len(copy) + 1):
        broken = end == len(copy) or copy[end] != copy[end - 1] + 1 or original[end] != original[end - 1] + 1
        if broken:
            blocks = end - start
            yield Hit(
                copy[start],
                copy[end - 1],
                "repetition",
                f"repeats {blocks} block{'s' if blocks > 1 else ''} word for word",
                (original[start], original[end - 1]),
            )
            start = end
