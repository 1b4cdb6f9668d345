"""What differs between two published versions: tables, columns, labels, rows, cells, splits. Pure but for reading.

Nothing is read of a split whose rows have the same logical digest in both; the rest passes window by window, so that
memory does not grow with the corpus (`version_windows`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import cast

import pyarrow as pa

from allegata.publish.diff.rows import CellKind, RowChange, RowKind, Shape, row_changes
from allegata.publish.diff.schema import SchemaChange, label_columns, schema_changes
from allegata.publish.diff.windows import VersionTable, windows
from allegata.schema.problems import Problems, ProblemsFound
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.version_files import VersionFiles
from allegata.schema.version_tables import needed_of

NAMED = 100  # articles of each kind that are named; all are counted


@dataclass(frozen=True)
class Version:
    """A version in its folder, which its manifest describes; `files` of one that was published, and is not trusted."""

    folder: Path
    manifest: ReleaseManifest
    files: VersionFiles | None = None

    def table(self, name: str) -> VersionTable | None:
        """One of its tables; None where it has not got it."""
        facts = self.manifest.tables.get(name)
        return None if facts is None else VersionTable(self.folder, facts, self._needed.get(name))

    @cached_property
    def _needed(self) -> Mapping[str, pa.Schema]:
        return needed_of(self.files) if self.files else {}

    def rows(self, name: str) -> int:
        """How many rows a table has; none where the version has not got it."""
        table = self.table(name)
        return sum(split.rows for split in table.facts.splits.values()) if table else 0

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that articles are in."""
        table = self.table("articles")
        return tuple(table.facts.splits) if table else ()


@dataclass
class TableTally:
    """The counts of one table: its rows before and after, and how many changed in which way.

    `columns` counts the cells by column and kind, `labels` by column, old and new label; `uncompared` are columns that
    have types of which no value can be the same.
    """

    before: int
    after: int
    kinds: Counter[RowKind] = field(default_factory=Counter)
    columns: Counter[tuple[str, CellKind]] = field(default_factory=Counter)
    labels: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)
    uncompared: tuple[str, ...] = ()

    def add(self, change: RowChange) -> None:
        """Count one row."""
        self.kinds.update(change.kinds)
        for cell in change.cells:
            self.columns[cell.column, cell.kind] += 1
            if cell.kind == "relabelled":
                for old, new in _labels_of(cell.old, cell.new):
                    self.labels[cell.column, old, new] += 1


@dataclass
class VersionDiff:
    """What differs between two versions; complete once all of `rows` was consumed.

    `schema` are the differences of what they declare, `splits` those splits of articles that only one of them has;
    `articles` are the ids of the first `NAMED` articles of each kind.
    """

    old: Version
    new: Version
    schema: tuple[SchemaChange, ...]
    splits: Mapping[str, str]
    tables: dict[str, TableTally]
    articles: dict[RowKind, list[str]] = field(default_factory=dict)

    @classmethod
    def between(cls, old: Version, new: Version) -> VersionDiff:
        """The difference of two versions; nothing but their manifests is used yet."""
        names = [*new.manifest.tables, *(name for name in old.manifest.tables if name not in new.manifest.tables)]
        gone = {name: "removed" for name in old.splits if name not in new.splits}
        return cls(
            old,
            new,
            schema_changes(old.manifest.tables, new.manifest.tables),
            {**gone, **{name: "added" for name in new.splits if name not in old.splits}},
            {name: TableTally(old.rows(name), new.rows(name)) for name in names},
        )

    def rows(self) -> Iterator[RowChange]:
        """Every row that is not the same, table by table and sorted by id within an article; counted as it passes.

        Tables that only one version has are changes of the schema: their rows are counted, and not among these.
        Raises `ProblemsFound` where a version cannot be read.
        """
        for name, tally in self.tables.items():
            for change in _table_changes(self.old.table(name), self.new.table(name), name, tally):
                tally.add(change)
                for kind in change.kinds if name == "articles" else ():
                    if len(named := self.articles.setdefault(kind, [])) < NAMED:
                        named.append(change.new_id or change.old_id or "")
                yield change

    def prove(self) -> None:
        """Raise `ProblemsFound` with every file that `rows` reads and is not the published one."""
        faults = Problems()
        for side, one in enumerate((self.old, self.new)):
            names = set[str]()
            for name in self.tables:
                old, new = self.old.table(name), self.new.table(name)
                if old and new and old.facts.digest != new.facts.digest:
                    splits = (old, new)[side].facts.splits
                    files = [[file.file for file in rows.files] for rows in splits.values()]
                    names.update(files[0][:1] if files else ())  # it has the columns
                    same = _same(old, new)
                    names.update(file.file for split in splits.keys() - same for file in splits[split].files)
            try:
                if one.files:
                    one.files.prove(names)
            except ProblemsFound as found:
                faults.extend(found.problems)
        faults.raise_if_any()

    def counted(self) -> VersionDiff:
        """The same with all rows counted."""
        for _ in self.rows():
            pass
        return self

    @property
    def is_none(self) -> bool:
        """Whether tables, columns, labels, rows and splits are the same."""
        return not (self.schema or self.splits or any(tally.kinds for tally in self.tables.values()))


def _table_changes(
    old: VersionTable | None, new: VersionTable | None, name: str, tally: TableTally
) -> Iterator[RowChange]:
    if old is None or new is None or old.facts.digest == new.facts.digest:
        return
    before, after = old.schema, new.schema
    before, after = before or after, after or before
    if before is None or after is None:
        return
    shape = Shape.of(name, before, after, label_columns(old.facts) | label_columns(new.facts))
    tally.uncompared = shape.uncompared
    if before.names[0] != after.names[0]:
        tally.uncompared = tuple(after.names)  # no row has an id that the other version could have
        return
    columns = [shape.id, *shape.columns]
    schema = cast(pa.Schema, pa.schema([after.field(column) for column in columns]))
    for a, b in windows([old, new], schema, by_article=shape.by_article, same=_same(old, new)):
        yield from row_changes(shape, a, b)


def _same(old: VersionTable, new: VersionTable) -> frozenset[str]:
    """The splits whose rows are the same in both versions."""
    return frozenset(
        split
        for split, rows in new.facts.splits.items()
        if split in old.facts.splits and old.facts.splits[split].digest == rows.digest
    )


def _labels_of(old: object, new: object) -> Iterator[tuple[str | None, str | None]]:
    """The labels that replace each other; of lists of labels those that went and those that came."""
    if not isinstance(old, list) and not isinstance(new, list):
        yield None if old is None else str(old), None if new is None else str(new)
        return
    a, b = (list(map(str, one)) if isinstance(one, list) else [] for one in (old, new))
    yield from ((label, None) for label in a if label not in b)
    yield from ((None, label) for label in b if label not in a)
