"""What the rules for web pages look at: a `Page` that also knows what the markup says of its blocks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from allegata.clean.page import Page
from allegata.clean.web.names import Named, reasons_of
from allegata.text.blocks import Block
from allegata.text.page_blocks import PageBlock


@dataclass(frozen=True)
class WebPage(Page):
    """The blocks of a page's source text; `facts` has one entry a block, `title` is the stated title."""

    facts: tuple[PageBlock, ...] = ()
    title: str | None = None  # as the page states it, in its metadata

    _LASTING: ClassVar[tuple[str, ...]] = (*Page._LASTING, "named")

    @cached_property
    def named(self) -> list[Named]:
        """What the class and id words around every block name it; those of a heading itself are its anchor."""
        return reasons_of([block.marks.rpartition("/")[0] if block.heading else block.marks for block in self.facts])

    def characters(self) -> int:
        """Number of characters of the blocks no rule has taken."""
        return sum(self.blocks[index].span.length for index in self.free())

    def is_prose(self, index: int) -> bool:
        """True if the block holds a sentence, most of it outside links."""
        block = self.blocks[index]
        # Scripts without blanks between words count by characters.
        long = blanks(block) >= 11 or len(block.text) >= 60
        return long and block.ends_sentence and self.facts[index].link_density < 0.5


def blanks(block: Block) -> int:
    """The blanks between words: the number of words less one, without the cost of finding them."""
    return block.text.count(" ") + block.text.count("\u00a0")
