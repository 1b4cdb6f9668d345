"""What a cleaning rule looks at: the blocks of one text, and which of them earlier rules have taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from typing import ClassVar, Self

from allegata.text.blocks import Block
from allegata.text.normal import as_seen, for_matching
from allegata.text.words import Words, words_of, written_languages

# A block longer than this is never matched against a pattern: boilerplate lines are short, and no pattern should
# meet a line of 50 MB. The longest line removed from the articles and the test pages has 426 characters.
MOST_CHARACTERS = 2000
# A block of prose: a sentence or more. Eight words keep out "No comments yet." and "Stay ahead of the market."
PROSE_WORDS = 9
# Words of a page that tell its languages.
_SAMPLE = 1000


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as runs without a gap: (first, last)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found


@dataclass(frozen=True)
class Hit:
    """Blocks `first` to `last` (inclusive) leave the text for `reason`, because of `evidence`."""

    first: int
    last: int
    reason: str
    evidence: str
    repeats: tuple[int, int] | None = None  # block indices, inclusive: as many blocks, one for one
    confidence: float | None = None  # of the judge
    within: tuple[int, int] | None = None  # the characters of the one block it repeats that it repeats, if not all
    sign: str = ""  # which of its rule's signs decided, where that matters to what follows

    def part(self, first: int, last: int) -> Hit:
        """The same hit on some of its blocks: these repeat the blocks in the same places."""
        before, after = first - self.first, last - self.last
        repeats = (self.repeats[0] + before, self.repeats[1] + after) if self.repeats else None
        return replace(self, first=first, last=last, repeats=repeats)


@dataclass(frozen=True)
class Page:
    """The blocks of one source text; `taken` are the indices that earlier rules have removed."""

    blocks: tuple[Block, ...]
    taken: dict[int, str] = field(default_factory=dict)  # index -> reason

    # What does not depend on `taken` is not worked out again: it was half the time of all rules.
    _LASTING: ClassVar[tuple[str, ...]] = ("folded", "word_counts", "words", "_said")

    def without(self, hits: Iterable[Hit]) -> Self:
        """The page after `hits`."""
        taken = self.taken.copy()
        for hit in hits:
            taken.update(dict.fromkeys(range(hit.first, hit.last + 1), hit.reason))
        return self._with(taken) if taken != self.taken else self

    def bring_back(self, indices: Iterable[int]) -> Self:
        """The page with the blocks `indices` free again."""
        back = set(indices)
        taken = {index: reason for index, reason in self.taken.items() if index not in back}
        return self._with(taken) if back else self

    def untaken(self, hits: Iterable[Hit]) -> list[Hit]:
        """The hits without the blocks that are taken, or that an earlier one of them takes: no block leaves twice."""
        taken, parts = set(self.taken), list[Hit]()
        for hit in hits:
            blocks = range(hit.first, hit.last + 1)
            parts += [hit.part(first, last) for first, last in runs(i for i in blocks if i not in taken)]
            taken.update(blocks)
        return parts

    def _with(self, taken: dict[int, str]) -> Self:
        page = replace(self, taken=taken)
        page.__dict__.update({name: self.__dict__[name] for name in self._LASTING if name in self.__dict__})
        return page

    @cached_property
    def folded(self) -> list[str]:
        """The folded text of every block, empty for a block too long to be boilerplate."""
        return [for_matching(block.text) if len(block.text) <= MOST_CHARACTERS else "" for block in self.blocks]

    @cached_property
    def word_counts(self) -> list[int]:
        """The number of words of every block."""
        return [len(block.words) for block in self.blocks]

    @cached_property
    def prose(self) -> list[int]:
        """Indices of the blocks of prose that are left."""
        return [
            index
            for index, block in enumerate(self.blocks)
            if index not in self.taken and self.word_counts[index] >= PROSE_WORDS and block.ends_sentence
        ]

    @cached_property
    def prose_set(self) -> frozenset[int]:
        """`prose` for membership tests."""
        return frozenset(self.prose)

    @cached_property
    def words(self) -> Words:
        """The phrases of furniture in the languages of the page."""
        sample = islice(chain.from_iterable(block.words for block in self.blocks), _SAMPLE)
        return words_of(written_languages(as_seen(word).lower() for word in sample))

    def quotes(self, index: int) -> bool:
        """True if somebody says something in the block: then it is prose, whatever it resembles."""
        if index not in self._said:
            self._said[index] = bool(self.words.finder("speech", "saying").search(self.folded[index]))
        return self._said[index]

    @cached_property
    def _said(self) -> dict[int, bool]:
        return {}

    def in_head(self, index: int) -> bool:
        """True before the second block of prose: where bylines, dates and notices stand."""
        return len(self.prose) < 2 or index < self.prose[1]

    def in_tail(self, index: int) -> bool:
        """True if no prose is left after the block."""
        return not self.prose or index >= self.prose[-1]

    def free(self) -> list[int]:
        """Indices of the blocks no rule has taken, in order."""
        return self._free

    @cached_property
    def _free(self) -> list[int]:
        return [index for index in range(len(self.blocks)) if index not in self.taken]

    def outside(self, index: int) -> bool:
        """True before the first prose, after the last, or beside a block that is taken."""
        inside = bool(self.prose) and self.prose[0] < index < self.prose[-1]
        return not inside or self.neighbour_taken(index)

    def neighbour_taken(self, index: int) -> bool:
        """True if the block directly before or after is taken."""
        return index - 1 in self.taken or index + 1 in self.taken
