"""What ingestion learns about a web page and cleaning decides on: its blocks, and what extractors take from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from allegata.text.spans import Span

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
EXTRACT_LAYER = pa.list_(
    pa.struct(
        [
            ("extractor", pa.string()),
            ("version", pa.string()),
            ("spans", pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())]))),
        ]
    )
)
_OWN = frozenset(["main", "article"])
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


@dataclass(frozen=True)
class PageBlock:
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

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tag path, outermost first."""
        return tuple(self.path.split("/"))

    @property
    def heading(self) -> int:
        """1 to 6 if the block stands in a heading element, else 0."""
        if "h" not in self.path:  # most lines: `div/p`
            return 0
        return next((_HEADINGS[tag] for tag in reversed(self.tags) if tag in _HEADINGS), 0)

    @property
    def is_site_link(self) -> bool:
        """True for a line that is a link outside `main` and `article`: as a site writes its name, linked to its first
        page."""
        return self.link_density >= 0.5 and _OWN.isdisjoint(self.tags)

    def row(self) -> dict[str, object]:
        """The block as a row of `PAGE_BLOCK_LAYER`."""
        return {name: getattr(self, name) for name in ("start", "end", "path", "marks", "line", "linked")}


@dataclass(frozen=True)
class Extract:
    """What one extractor takes for the article: sorted, disjoint spans of the source text."""

    extractor: str
    version: str
    spans: tuple[Span, ...]

    def row(self) -> dict[str, object]:
        """The extract as a row of `EXTRACT_LAYER`."""
        spans = [{"start": span.start, "end": span.end} for span in self.spans]
        return {"extractor": self.extractor, "version": self.version, "spans": spans}


def agreement_of_extracts(left: Extract, right: Extract) -> float:
    """F1 of the characters that two extracts cover, 0 to 1; 1 for two empty ones."""
    total = sum(span.length for span in left.spans) + sum(span.length for span in right.spans)
    shared, i, j = 0, 0, 0
    while i < len(left.spans) and j < len(right.spans):
        a, b = left.spans[i], right.spans[j]
        shared += max(0, min(a.end, b.end) - max(a.start, b.start))
        i, j = (i + 1, j) if a.end < b.end else (i, j + 1)
    return 2 * shared / total if total else 1.0
