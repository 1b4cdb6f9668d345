"""Pull quotes and repeated paragraphs: a line that says again, word for word, what an earlier paragraph says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import compress

from allegata.clean.page import Hit, Page
from allegata.text.normal import letters_only
from allegata.text.script_words import letters_apart

NAME = "pull_quotes/2"

# A quotation set alone repeats from so many words, and a line of several sentences; one sentence, which may be a refrain
# or a formula, from more.
_QUOTED, _SEVERAL, _PLAIN = 6, 8, 15
_MOST = 80  # words of a line that is compared
_FIRST = 5  # words by which an earlier place is looked up
_INNER_END = re.compile(r"[^\W\d_]{2}[.!?…؟।]\s|[。！？]\S")
_MARKS = "\"'“”„«»‘’‚‹›「『"


def find(page: Page) -> Iterator[Hit]:
    """Lines below the first paragraph that stand in an earlier one. Below, because a headline may quote what follows.

    Linear in the number of words: places are looked up by their first words.
    """
    if len(page.prose) < 2:
        return
    wanted = {index: _folded_words(page, index) for index in page.free() if _may_repeat(page, index)}
    firsts = {tuple(words[:_FIRST]) for words in wanted.values()}
    openings = {first[0] for first in firsts}
    seen: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for index in page.free() if wanted else ():
        if index not in wanted and index not in page.prose_set:
            continue
        words = wanted[index] if index in wanted else _folded_words(page, index)
        place = _place(page, seen, words, quoted=_is_quoted(page, index)) if index in wanted else None
        if place:
            repeated, at = place
            evidence = f"says again what stands in line {repeated + 1}: {page.folded[index][:50]!r}"
            yield Hit(
                index,
                index,
                "repetition",
                evidence,
                (repeated, repeated),
                within=_characters(page, repeated, at, len(words)),
            )
            continue
        places = compress(enumerate(words), map(openings.__contains__, words)) if index in page.prose_set else ()
        for start, _ in places:
            first = tuple(words[start : start + _FIRST])
            if first in firsts and not seen[first]:  # the first place is enough, and keeps equal lines linear
                seen[first].append((index, start))


def _may_repeat(page: Page, index: int) -> bool:
    if index <= page.prose[0] or page.word_counts[index] > _MOST:
        return False
    count = page.word_counts[index]
    if count < _QUOTED or _is_quoted(page, index):
        return count >= _QUOTED
    if count < _SEVERAL or index not in page.prose_set:
        return False
    return count >= _PLAIN or _INNER_END.search(letters_only(page.blocks[index].text)) is not None


def _is_quoted(page: Page, index: int) -> bool:
    """True for a line in quotation marks, with or without who says it behind."""
    text = page.blocks[index].text
    return text[0] in _MARKS and any(mark in text[1:] for mark in _MARKS)


def _place(
    page: Page, seen: dict[tuple[str, ...], list[tuple[int, int]]], words: list[str], *, quoted: bool
) -> tuple[int, int] | None:
    """The earlier line that holds all the `words`, and where in it they begin."""
    for index, start in seen[tuple(words[:_FIRST])]:
        there = _folded_words(page, index)
        # Of a judgment, a poem or a law a sentence is said again; a paragraph of one sentence that is, is a copy.
        if there[start : start + len(words)] == words and (quoted or len(there) == len(words)):
            return index, start
    return None


def _characters(page: Page, index: int, first: int, count: int) -> tuple[int, int]:
    """From where to where words `first` to `first + count` of a block stand in its text."""
    text, end, start = page.blocks[index].text, 0, 0
    for order, word in enumerate(_pieces(page, index)[: first + count]):
        at = text.find(word, end)
        start = at if order == first else start
        end = at + len(word)
    while end < len(text) and not (text[end].isalnum() or text[end].isspace()):
        end += 1  # with the marks behind it
    return start if first else 0, end


def _folded_words(page: Page, index: int) -> list[str]:
    pieces = _pieces(page, index)
    return "\n".join(pieces).casefold().split("\n") if pieces else []


def _pieces(page: Page, index: int) -> list[str]:
    """The words of a block; the characters of those without blanks between, whose borders are where counting began."""
    return letters_apart(page.blocks[index].words)
