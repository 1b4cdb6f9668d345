"""What ingestion learns about a web page and cleaning decides on: its blocks, and what the judge says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa

PAGE_BLOCK_LAYER = pa.list_(
    pa.struct(
        [
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("path", pa.string()),
            ("marks", pa.string()),
            ("line", pa.int32()),
            ("linked", pa.int32()),
        ]
    )
)
JUDGEMENT = pa.struct(
    [
        ("scores", pa.list_(pa.int16())),
        ("because", pa.list_(pa.string())),
        ("least", pa.int16()),
        ("confidence", pa.float64()),
        ("failed", pa.list_(pa.string())),
        ("listed", pa.int32()),
    ]
)
_OWN = frozenset(["main", "article"])
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


class PageBlock(NamedTuple):
    """One non-blank line of a page's source text, `[start, end)` in code points, and where it stood.

    `path` is the path of block elements from the body down (`div/article/p`); `marks` are the class and id
    words of each of them, in the same order, parted by `/` (`content main//`). `line` is the line of the
    markup where the innermost block element opens (0: unknown), `linked` how many characters of the block
    stand in links.
    """

    start: int
    end: int
    path: str
    marks: str
    line: int
    linked: int

    @property
    def link_density(self) -> float:
        """Linked characters over characters, 0 to 1."""
        return self.linked / (self.end - self.start)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tag path, outermost first."""
        return _tags_of(self.path)

    @property
    def heading(self) -> int:
        """1 to 6 if the block stands in a heading element, else 0."""
        return _heading_of(self.path)

    @property
    def is_site_link(self) -> bool:
        """True for a line that is a link outside `main` and `article`: as a site writes its name, linked to its first
        page."""
        return self.link_density >= 0.5 and _OWN.isdisjoint(self.tags)

    def row(self) -> dict[str, object]:
        """The block as a row of `PAGE_BLOCK_LAYER`."""
        return self._asdict()


# The blocks of a page have few paths.
@lru_cache(maxsize=1 << 10)
def _tags_of(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


@lru_cache(maxsize=1 << 10)
def _heading_of(path: str) -> int:
    return next((_HEADINGS[tag] for tag in reversed(path.split("/")) if tag in _HEADINGS), 0)


@dataclass
class Boxes:
    """The block elements of a page, in document order: one entry each in `parent` (the box around it, -1 for none),
    `first` and `last` (the blocks `[first, last)` stand in it), `tags` and `names` (its class and id words).

    `of_block` has the innermost box of every block, `addresses` what some boxes call their own address.
    """

    parent: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    of_block: list[int] = field(default_factory=list)
    addresses: dict[int, str] = field(default_factory=dict)

    def open(self, parent: int, tag: str, names: str, block: int) -> int:
        """Add the box that opens before block `block`; its number."""
        self.parent.append(parent)
        self.first.append(block)
        self.last.append(block)
        self.tags.append(tag)
        self.names.append(names)
        return len(self.parent) - 1

    def close(self, box: int, block: int) -> None:
        """End a box before block `block`."""
        self.last[box] = block


@dataclass(frozen=True)
class Judgement:
    """What the judge says of a page: for every block how likely it is to be of the article, in thousandths, and by
    which kinds of facts (empty where it surely is). Blocks of a score of `least` and above are its article;
    `confidence` is the expected F1 of that, 0 to 1."""

    scores: tuple[int, ...] = ()
    because: tuple[str, ...] = ()
    least: int = 500
    confidence: float = 0.0
    failed: tuple[str, ...] = ()  # extractors that raised on it, with the error
    listed: int = 0  # other pages that it lists, if it is nothing but a list of them

    def row(self) -> dict[str, object]:
        """The judgement as a value of `JUDGEMENT`."""
        return asdict(self)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Judgement:
        """The judgement that a value of `JUDGEMENT` holds."""
        scores, because, failed = tuple(row["scores"]), tuple(row["because"]), tuple(row["failed"])
        return cls(scores, because, row["least"], row["confidence"], failed, row["listed"])
