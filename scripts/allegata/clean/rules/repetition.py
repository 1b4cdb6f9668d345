"""Text that stands twice: runs of blocks that repeat an earlier run of the same article."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from allegata.clean.page import Hit, Page
from allegata.text.normal import normalise

NAME = "repetition/1"

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
    keys = [normalise(page.blocks[index].text) for index in free]
    often = Counter(keys)
    first_at: dict[str, list[int]] = defaultdict(list)
    position = 0
    while position < len(free):
        best, length = -1, 0
        candidates = first_at[keys[position]][:8] if often[keys[position]] <= MOST_COPIES else []
        for start in candidates:
            run = _run(keys, start, position)
            if run > length:
                best, length = start, run
        if length and _counts(page, free[position : position + length]):
            copy, original = free[position : position + length], free[best : best + length]
            yield from _hits(copy, original)
            position += length
            continue
        first_at[keys[position]].append(position)
        position += 1


def _run(keys: list[str], start: int, position: int) -> int:
    length = 0
    # The copy may not reach into itself: the original ends where the copy begins.
    while (
        position + length < len(keys) and start + length < position and keys[start + length] == keys[position + length]
    ):
        length += 1
    return length


def _counts(page: Page, run: list[int]) -> bool:
    words = sum(page.word_counts[index] for index in run)
    in_sentences = sum(page.word_counts[index] for index in run if page.blocks[index].ends_sentence)
    return words >= LEAST_WORDS and in_sentences >= LEAST_SENTENCE_SHARE * words


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
