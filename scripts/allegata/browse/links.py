"""Where a page is: the addresses of articles, claims and disputes are their ids, and stay from version to version."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from urllib.parse import quote

_LONGEST = 120
# Rows of all articles are called alike (`c003`): to look the quoted id up takes a twentieth of quoting it.
_quoted_id = lru_cache(maxsize=10_000)(partial(quote, safe=""))


@lru_cache(maxsize=1_000)
def file_name(name: str) -> str:
    """The name of a file that any system can hold, different for different ids."""
    safe = quote(name, safe=" ").replace(".", "%2E")
    if len(safe) > _LONGEST:
        safe = f"{safe[:_LONGEST]}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    return safe


def anchor_of(article_id: str, row_id: str) -> str:
    """The anchor of a row on the page of its article: the part of its id that is its own."""
    return _quoted_id(row_id.removeprefix(f"{article_id}:"))


def entity_anchor(entity_id: str) -> str:
    """The anchor of an entity on the page of an article: no row has a colon in its own."""
    return f"entity:{_quoted_id(entity_id)}"


def position_anchor(position_id: str) -> str:
    """The anchor of a position on the page of its story: no dispute has a colon in its own."""
    return f"position:{_quoted_id(position_id)}"


def line_anchor(start: int) -> str:
    """The anchor of the line that begins at the character `start` of a source text."""
    return f"line:{start}"


@dataclass(frozen=True)
class Places:
    """Addresses of pages, each relative to the folder of all. `parts` says where the later pages of a long article
    begin, as offsets of its source text, `disputes` on which page of its story a dispute is, counted from 0."""

    parts: Mapping[str, Sequence[int]] = field(default_factory=dict)
    disputes: Mapping[str, int] = field(default_factory=dict)

    def article(self, article_id: str, start: int = 0) -> str:
        """The page that the character `start` of an article is on."""
        return _part(f"articles/{file_name(article_id)}", bisect_right(self.parts.get(article_id, ()), start))

    def row(self, article_id: str, row_id: str, start: int) -> str:
        """A claim, a mention or a removal: what is said about it on the page of its article."""
        return f"{self.article(article_id, start)}#{anchor_of(article_id, row_id)}"

    def copies(self, article_id: str) -> str:
        """The page about the copies of an article."""
        return f"copies/{file_name(article_id)}.html"

    def story(self, name: str, part: int = 0) -> str:
        """A page of a story."""
        return _part(f"stories/{file_name(name)}", part)

    def dispute(self, story: str, dispute_id: str) -> str:
        """A dispute on the page of its story."""
        return f"{self.story(story, self.disputes.get(dispute_id, 0))}#{anchor_of('', dispute_id)}"


def _part(path: str, number: int) -> str:
    return f"{path}{f'.{number + 1}' if number else ''}.html"


def address(path: str) -> str:
    """A path of `Places` as it is written into a page: its file name is percent-encoded once more."""
    name, hash_, anchor = path.partition("#")
    return f"{_quoted(name)}{hash_}{anchor}"


_quoted = lru_cache(maxsize=1_000)(quote)
