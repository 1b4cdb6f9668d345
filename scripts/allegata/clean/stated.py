"""What leaves the text and is metadata: a title, a byline, a notice of machine writing fill the fields that lack them.

Dates and tags leave too, each with its text in its removal: a line may hold the day of an update, and no field of
an article holds tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow as pa

from allegata.text.layers import Removal, set_column

_AUTHOR = re.compile(r"(?i:(?:words |written |reported )?by:?|authors?:)\s+(?P<name>[^\W\d_][^\d|/@]{2,78}?)[\s.,]*")
_MOST_WORDS = 8


def lifted(source_text: str, removals: Iterable[Removal]) -> dict[str, str | bool]:
    """Manifest field -> what the removed lines say of it: of several, the first."""
    found: dict[str, str | bool] = {}
    for removal in removals:
        text = " ".join(removal.span.quote(source_text).split())
        if removal.reason == "title":
            found.setdefault("title", text)
        elif removal.reason == "byline":
            match = _AUTHOR.fullmatch(text)
            if match and len(text.split()) <= _MOST_WORDS:
                found.setdefault("author", match["name"])
        elif removal.reason == "generation_notice":
            found.setdefault("ai_disclosure", text)
            found.setdefault("ai_generated", True)
    return found


def fill(table: pa.Table, stated: list[dict[str, str | bool]]) -> pa.Table:
    """`table` with what is `stated` of each row in the fields that are null; what is known already stays."""
    for name in ("title", "author", "ai_disclosure", "ai_generated"):
        if name in table.column_names:
            known = table.column(name).to_pylist()
            values = [one.get(name) if value is None else value for value, one in zip(known, stated, strict=True)]
            table = set_column(table, name, pa.array(values, table.schema.field(name).type))
    return table
