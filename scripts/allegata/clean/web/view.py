"""What the rules for web pages look at: the lines of a page, what the markup says of them, which are left."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from allegata.text.page_blocks import PageBlock

_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_FOLD = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "\u00a0": " ", "–": "-", "—": "-", "…": "..."}
)
# No rule looks at a longer block: furniture is short, and a pattern over a line of megabytes costs minutes.
MOST_CHARACTERS = 2000
# A block of prose has a sentence in it: this many words, or this many characters where words have no blanks.
_PROSE_WORDS, _PROSE_CHARACTERS = 12, 60


def fold(text: str) -> str:
    """`text` for matching: case folded, straight quotes and hyphens, single blanks."""
    return " ".join(text.translate(_FOLD).casefold().split())


@dataclass(frozen=True)
class Line:
    """One line of the page: its place among the lines, its text, and what the markup says of it."""

    index: int
    text: str
    block: PageBlock

    @cached_property
    def folded(self) -> str:
        """The folded text; empty if the line is too long to be furniture."""
        return fold(self.text) if len(self.text) <= MOST_CHARACTERS else ""

    @cached_property
    def words(self) -> int:
        """Number of words."""
        return len(_WORD.findall(self.text))

    @cached_property
    def ends_sentence(self) -> bool:
        """True if the line ends as a sentence does."""
        return bool(_SENTENCE_END.search(self.text[-8:]))

    @cached_property
    def prose(self) -> bool:
        """True if the line holds a sentence, most of it outside links."""
        long = self.words >= _PROSE_WORDS or len(self.text) >= _PROSE_CHARACTERS
        return long and self.ends_sentence and self.block.link_density < 0.5


@dataclass(frozen=True)
class Hit:
    """Line `index` leaves the text for `reason`; `rule` carries its version."""

    index: int
    reason: str
    rule: str
    evidence: str


@dataclass(frozen=True)
class View:
    """All lines of a page and the indices of those still in the text, in order."""

    lines: tuple[Line, ...]
    kept: tuple[int, ...]
    title: str | None = None
    hits: tuple[Hit, ...] = field(default=())

    def without(self, hits: Iterable[Hit]) -> View:
        """The view after `hits`; the first reason found for a line stays."""
        gone: dict[int, Hit] = {}
        for hit in hits:
            gone.setdefault(hit.index, hit)
        left = tuple(index for index in self.kept if index not in gone)
        return replace(self, kept=left, hits=self.hits + tuple(gone[i] for i in self.kept if i in gone))

    def left(self) -> list[Line]:
        """The lines still in the text."""
        return [self.lines[index] for index in self.kept]

    @cached_property
    def characters(self) -> int:
        """Number of characters still in the text."""
        return sum(len(self.lines[index].text) for index in self.kept)

    @cached_property
    def first_prose(self) -> int:
        """Index of the first line of prose left; beyond the last line if there is none."""
        return next((i for i in self.kept if self.lines[i].prose), len(self.lines))

    @cached_property
    def last_prose(self) -> int:
        """Index of the last line of prose left; -1 if there is none."""
        return next((i for i in reversed(self.kept) if self.lines[i].prose), -1)
