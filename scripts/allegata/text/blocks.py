"""Blocks: the non-blank lines of a source text. The unit that cleaning rules look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from allegata.text.script_words import find_words
from allegata.text.sentence_ends import ends_in_unmarked_script, has_end_mark
from allegata.text.spans import Span

_BULLET = re.compile(r"(?:(?:[-–—*•‣▪●◦·]|\d{1,2}[.)]|\(?[a-z]\))\s+|・\s*)(?=\S)")
# What a heading does not end with: it announces what follows.
_GOES_ON = frozenset(",;:，、；：،؛፣፤፥၊՝")
# Words in a script without end marks from which a block is a sentence, not a heading.
_LEAST_UNMARKED = 24


@dataclass(frozen=True)
class Block:
    """One line of the source text without its outer blanks.

    `gap` is the number of line breaks before it (1: it follows at once; 2: a blank line lies between).
    """

    span: Span
    text: str
    gap: int

    @cached_property
    def words(self) -> list[str]:
        """The words of the block, in order."""
        return find_words(self.text)

    @cached_property
    def bullet(self) -> int:
        """Length of the list bullet in front of the text, 0 if there is none."""
        match = _BULLET.match(self.text)
        return match.end() if match else 0

    @cached_property
    def ends_sentence(self) -> bool:
        """True if the block ends as a sentence does."""
        return has_end_mark(self.text) or (
            not self.text.isascii() and ends_in_unmarked_script(self.text) and len(self.words) >= _LEAST_UNMARKED
        )


def find_blocks(source_text: str) -> list[Block]:
    """The non-blank lines of `source_text`, in order, trimmed. Linear in the length of the text."""
    blocks: list[Block] = []
    offset, gap = 0, 0
    for line in source_text.split("\n"):
        text = line.strip()
        if text:
            start = offset if len(text) == len(line) else offset + line.index(text[0])
            blocks.append(Block(Span(start, start + len(text)), text, gap))
            gap = 0
        gap += 1
        offset += len(line) + 1
    return blocks


def looks_like_heading(block: Block, *, most_words: int = 16) -> bool:
    """A short line that starts like a title and does not end like a sentence."""
    if block.bullet or block.ends_sentence or block.text[-1] in _GOES_ON:
        return False
    return 1 <= len(block.words) <= most_words and block.text[0].title() == block.text[0]


def assign_zones(blocks: list[Block]) -> list[str]:
    """The zone of every block, seen in the order of the text: title, heading, body or list_item.

    A heading is a heading-like line with a block below it that is not another end of the text; the first
    block of an article is its title if it is heading-like.
    """
    zones: list[str] = []
    for index, block in enumerate(blocks):
        if block.bullet:
            zones.append("list_item")
        elif looks_like_heading(block) and index + 1 < len(blocks):
            zones.append("title" if index == 0 and len(block.words) >= 4 else "heading")
        else:
            zones.append("body")
    return zones
