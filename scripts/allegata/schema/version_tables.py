"""What the tables of a published version have to be, and the one way to open their files.

A version may be by another's hand, with all its digests right. Its manifest declares the features of every table, and
a reader here needs the columns of `needed`: a file is held to both before a row of it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from allegata.schema.features import feature_of
from allegata.schema.parquet_files import reading_parquet
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.published_scheme import published_scheme
from allegata.schema.release_manifest import TableFacts
from allegata.schema.scheme import RECORDS, Scheme
from allegata.schema.tables import LEDGER, tables_of
from allegata.schema.version_files import VersionFiles, opened, table_of
from allegata.schema.versions import is_published

Feature = Mapping[str, Any]
FIX = "get the version again, from whoever published it; `allegata verify` lists everything that is wrong with it"

# Columns that versions of earlier programs lack. Of those of every scheme, all others every version has.
_LATER: dict[str, frozenset[str]] = {
    "articles": frozenset(("annotated", "tags", "story", "invented", "confidence", "annotators", "guidelines")),
    "entities": frozenset(("wikidata", "wikidata_status")),
    "claims": frozenset(
        ("claimer_chain", "decontextualised", "evidence", "attribution_id", "soft_labels", "marked", "passes")
    ),
    "relations": frozenset(
        (
            *(f"{name}_{side}" for name in ("sentence", "claimer") for side in "ab"),
            *("dispute_ids", "differs", "level", "supersedes"),
        )
    ),
    "removals": frozenset(("fills", "confidence")),
    "ledger": frozenset(("similarity", "passage_start", "passage_end")),
}


class VersionTables:
    """The tables of a version, which is a folder or its files, opened.

    A folder without a manifest, of tables that no publication made, may have other columns, and integers or texts of
    another size; those that have the name of one of ours are of its kind.
    """

    def __init__(self, version: Path | VersionFiles) -> None:
        self.version = opened(version)

    @cached_property
    def needed(self) -> Mapping[str, pa.Schema]:
        """The schemas of the tables of today with the scheme of the version.

        Raises `ProblemsFound` where its scheme is damaged.
        """
        return needed_of(self.version)

    @cached_property
    def declared(self) -> Mapping[str, TableFacts] | None:
        """What the manifest says of the tables; None where there is no manifest. Raises `ProblemsFound`."""
        return self.version.manifest.tables if is_published(self.version.folder) else None

    def open(self, name: str) -> pq.ParquetFile:
        """A file of a table, proved and held to what it has to be. Raises `ProblemsFound` with all that it is not."""
        path = self.version.path(name)
        with reading_parquet(self.place(name)):
            parquet = pq.ParquetFile(path)
        self.hold(name, parquet.schema_arrow)
        return parquet

    def hold(self, name: str, schema: pa.Schema) -> None:
        """Raise `ProblemsFound` with everything that the columns of a file are not."""
        table = table_of(name)
        features = None if self.declared is None else self.declared[table].features if table in self.declared else []
        self.refuse(name, schema_faults(table, schema, features, self.needed.get(table)))

    def hold_to_needed(self, name: str, schema: pa.Schema) -> None:
        """As `hold`, but for what the manifest declares, which is not read: of a million articles it is long."""
        table = table_of(name)
        self.refuse(
            name, needed_faults(table, schema, self.needed.get(table), loose=not is_published(self.version.folder))
        )

    def refuse(self, name: str, faults: Iterable[str]) -> None:
        """Raise `ProblemsFound` with what is wrong with a file, or a table, if anything is."""
        if found := [Problem(what, FIX, file=self.place(name)) for what in faults]:
            raise ProblemsFound(found)

    def labels(self, table: str) -> dict[str, tuple[str, ...]]:
        """The closed sets of the columns of a table, as the manifest declares them."""
        facts = (self.declared or {}).get(table)
        return {} if facts is None else labels_of(facts.features)

    def place(self, name: str) -> str:
        """How reports call a file."""
        return f"{self.version.place}/{name}"


def labels_of(features: Sequence[Feature]) -> dict[str, tuple[str, ...]]:
    """The columns of features that are labels, each with its closed set."""
    kinds = {feature["name"]: feature.get("dtype", feature.get("list")) for feature in features}
    return {
        name: tuple(kind["class_label"]["names"].values())
        for name, kind in kinds.items()
        if isinstance(kind, dict) and "class_label" in kind
    }


def needed_of(version: VersionFiles) -> dict[str, pa.Schema]:
    """The schemas of the tables of today with the scheme of a version. Raises `ProblemsFound` where it is damaged."""
    return {**tables_of(published_scheme(version)), "ledger": LEDGER}


def schema_faults(
    table: str, schema: pa.Schema, declared: Sequence[Feature] | None, needed: pa.Schema | None
) -> Iterator[str]:
    """What the columns of a file of a table are not: what the manifest declares, None where there is none, and what is
    needed, None of a table that is not known here."""
    undeclared = {} if declared is None or _repeated(schema) else dict(_undeclared(schema, declared))
    yield from undeclared.values()
    yield from needed_faults(table, schema, needed, loose=declared is None, said=undeclared)


def needed_faults(
    table: str, schema: pa.Schema, needed: pa.Schema | None, *, loose: bool, said: Collection[str] = ()
) -> Iterator[str]:
    """What the columns of a file are not of what is needed, but of those of which something is `said`."""
    if again := _repeated(schema):
        yield from (f"column {name!r} is in the file {schema.names.count(name)} times" for name in again)
    elif not schema.names:
        yield "has no column"
    elif needed is not None:
        yield from (what for name, what in _unneeded(table, schema, needed, loose=loose) if name not in said)
    elif not pa.types.is_string(schema.types[0]):
        name, found = schema.names[0], _type(schema.field(0))
        yield f"column {name!r}, the first, is of type {found}, and has to be the id, a string"


def _repeated(schema: pa.Schema) -> list[str]:
    return [name for name, times in Counter(schema.names).items() if times > 1]


def _undeclared(schema: pa.Schema, declared: Sequence[Feature]) -> Iterator[tuple[str, str]]:
    features = {str(feature["name"]): _stored(feature) for feature in declared}
    for name, wanted in features.items():
        if name not in schema.names:
            yield name, f"column {name!r} is missing, which the manifest declares as {_shown(wanted)}"
        elif (found := _type(schema.field(name))) != _shown(wanted):
            yield name, f"column {name!r} is of type {found}, and the manifest declares {_shown(wanted)}"
    for name in schema.names:
        if name not in features:
            yield name, f"column {name!r} is not declared in the manifest"
    if len(features) < len(declared):
        yield "", "the manifest declares a column of the table more than once"
    elif {*features} == {*schema.names} and [*features] != schema.names:
        yield "", "the columns are not in the order that the manifest declares"


def _unneeded(table: str, schema: pa.Schema, needed: pa.Schema, *, loose: bool) -> Iterator[tuple[str, str]]:
    required = () if loose else _always(table)
    for field in needed:
        if field.name not in schema.names:
            if field.name in required:
                yield field.name, f"column {field.name!r} is missing, which every version has"
            continue
        found = schema.field(field.name)
        if not (found.type.equals(field.type) or (loose and _kind(found.type) == _kind(field.type))):
            yield field.name, f"column {field.name!r} is of type {_type(found)}, and has to be {_type(field)}"
    if not loose and needed.names[0] in schema.names and schema.names[0] != needed.names[0]:
        yield needed.names[0], f"the first column is {schema.names[0]!r}, and has to be the id {needed.names[0]!r}"


@cache
def _always(table: str) -> frozenset[str]:
    """The columns that a table of a version has whatever its scheme and the program that wrote it."""
    bare = {**tables_of(Scheme({record: {} for record in RECORDS})), "ledger": LEDGER}
    return frozenset(bare[table].names) - _LATER.get(table, frozenset())


def _stored(feature: Feature) -> Feature:
    """A feature as it is stored: labels are strings."""
    kind, inner = next((item for item in feature.items() if item[0] != "name"), ("", None))
    return {kind: "string" if isinstance(inner, dict) and "class_label" in inner else inner}


def _type(field: pa.Field) -> str:
    """The type of a column, in the words of the manifest where it has any."""
    try:
        return _shown(feature_of(field.type))
    except (TypeError, RecursionError):  # of no plain type, or nested too deeply
        return str(field.type)[:60]


def _shown(feature: Feature) -> str:
    kind, inner = next(iter(feature.items()))
    if isinstance(inner, list):
        members = ", ".join(f"{one['name']}: {_shown(_stored(one))}" for one in inner)
        return f"{kind} of {members}"
    if isinstance(inner, dict):
        return f"{kind} of {_shown(_stored(inner))}"
    return f"list of {inner}" if kind == "list" else str(inner)


def _kind(kind: pa.DataType) -> str:
    """What a type is, whatever the size of its values."""
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind):
        return "float"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "string"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"list of {_kind(kind.value_type)}"
    if pa.types.is_struct(kind):
        return ", ".join(f"{field.name}: {_kind(field.type)}" for field in kind)
    return str(kind)
