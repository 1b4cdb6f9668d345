"""What the card says about the tables, counted as their rows pass: no table need be in memory for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.scheme import Scheme
from allegata.schema.tables import CROSS_ARTICLE, TABLES, class_labels_of

_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_OF_ARTICLES = ("language", "media_type", "publisher", "story")


@dataclass
class Counts:
    """Counts of the rows of all tables, in the order of their ids, all splits together.

    `scheme` says what labels there are; `first` is the first row of each table that has one; `values` counts the
    values of closed label sets (`labels`, by table and column) and of four columns of articles (`_OF_ARTICLES`; None
    for null), `days` are the first and the last day of publication that articles state in ISO 8601,
    `nulls` the nulls of columns that may have them; `unannotated` counts the articles without gold; `words`
    and `characters` are those of the clean and of the source texts; `removed` counts spans, `cut` characters by
    reason. The tables across articles are few rows that people wrote, and are kept (`across`).
    """

    scheme: Scheme
    rows: Counter[str] = field(default_factory=Counter)
    first: dict[str, dict[str, Any]] = field(default_factory=dict)
    values: dict[tuple[str, str], Counter[str | None]] = field(default_factory=dict)
    nulls: Counter[tuple[str, str]] = field(default_factory=Counter)
    days: tuple[str, ...] = ()
    unannotated: int = 0
    words: int = 0
    characters: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    across: dict[str, pa.Table] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.labels = class_labels_of(self.scheme)

    def add(self, name: str, rows: pa.Table) -> None:
        """Count the next rows of a table."""
        if not len(rows):
            return
        self.first.setdefault(name, rows.slice(0, 1).to_pylist()[0])
        self.rows[name] += len(rows)
        for column in [*self.labels.get(name, {}), *(_OF_ARTICLES if name == "articles" else ())]:
            if column not in rows.column_names:
                continue
            counted = pc.value_counts(rows[column]).to_pylist()
            found = {row["values"]: row["counts"] for row in counted}
            self.values.setdefault((name, column), Counter()).update(found)
        for column in rows.column_names:
            self.nulls[name, column] += rows[column].null_count
        if name == "articles":
            self.unannotated += pc.sum(pc.invert(rows["annotated"])).as_py()
            self.words += sum(len(text.split()) for text in rows["text"].to_pylist())
            dated = rows["published"].filter(pc.match_substring_regex(rows["published"], _DAY))
            days = sorted({*self.days, *pc.utf8_slice_codeunits(dated, 0, 10).to_pylist()})
            self.days = (days[0], days[-1]) if days else ()
            self.characters += pc.sum(pc.utf8_length(rows["source_text"])).as_py()
        if name == "removals":
            for row in rows.select(["reason", "source_start", "source_end"]).to_pylist():
                self.removed[row["reason"]] += 1
                self.cut[row["reason"]] += row["source_end"] - row["source_start"]
        if name in CROSS_ARTICLE:
            self.across[name] = pa.concat_tables([self.across.get(name, rows.slice(0, 0)), rows])

    @property
    def tables(self) -> list[str]:
        """The tables that have rows, in the order of the schema."""
        return [name for name in TABLES if self.rows[name]]


def count(tables: Mapping[str, pa.Table], scheme: Scheme) -> Counts:
    """The counts of whole tables, sorted by id."""
    counts = Counts(scheme)
    for name, rows in tables.items():
        counts.add(name, rows)
    return counts
