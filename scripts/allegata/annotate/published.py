"""A published version as documents: its tables of annotations, back to the records that they are projected from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from allegata.annotate.documents import POINTERS, RELATION_OF, document_of, type_system
from allegata.annotate.gold import GoldArticle
from allegata.annotate.records import KINDS, SPAN_FIELDS, Records
from allegata.schema.scheme import Scheme
from allegata.schema.tables import RECORD_OF
from allegata.text.documents import Document, LayerType, TypeSystem
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

_TABLES = {kind: table for table, kind in RECORD_OF.items() if kind in KINDS}
_IDS = {"mention": "mention_id", "attribution": "attribution_id", "claim": "claim_id", "time": "time_id"}

Tables = Mapping[str, pa.Table]


def published_types(tables: Tables, scheme: Scheme) -> TypeSystem:
    """The layers that a version has tables of, with the attributes and relations that these have columns of."""
    entities = [{"id": one["entity_id"], "name": one["name"]} for one in _entities(tables)]
    types = type_system(scheme, entities)
    kinds = [kind for kind in KINDS if _TABLES[kind] in tables]
    columns = {kind: set(tables[_TABLES[kind]].column_names) for kind in kinds}
    found = types.only(kinds)
    fields = {label: name for name, label in RELATION_OF.items()}
    return replace(
        found,
        layers=tuple(_held(layer, columns[layer.name]) for layer in found.layers),
        relations=tuple(one for one in found.relations if fields.get(one.label, one.label) in _all(columns)),
    )


def _entities(tables: Tables) -> list[dict[str, Any]]:
    """Id and name of every entity: of the register; of a version before there was one (1.3.0), of the mentions."""
    if "entity_register" in tables:
        register: list[dict[str, Any]] = tables["entity_register"].select(["entity_id", "name"]).to_pylist()
        return register
    if not {"entity_id", "entity_name"} <= set(tables["entities"].column_names if "entities" in tables else ()):
        return []
    named = tables["entities"].select(["entity_id", "entity_name"]).rename_columns(["entity_id", "name"])
    found = {row["entity_id"]: row for row in named.to_pylist() if row["entity_id"]}
    return [found[entity_id] for entity_id in sorted(found)]


def _all(columns: Mapping[str, Collection[str]]) -> set[str]:
    return {name for of_table in columns.values() for name in of_table}


def _held(layer: LayerType, columns: Collection[str]) -> LayerType:
    return replace(layer, attributes=tuple(one for one in layer.attributes if one.name in columns))


def one_segment_layers(tables: Tables) -> frozenset[str]:
    """The layers of which a version has the first and last character alone, not the segments."""
    return frozenset(
        kind
        for kind in KINDS
        if _TABLES[kind] in tables and SPAN_FIELDS[kind][0] not in tables[_TABLES[kind]].column_names
    )


def published_documents(tables: Tables, scheme: Scheme, splits: Mapping[str, str]) -> Iterator[Document]:
    """The annotated articles of a version on their clean texts, sorted by id.

    Ids are those of the gold, without the article. What has no character in the clean text is not there.
    """
    forms = Records(scheme)
    rows: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for kind in KINDS:
        for row in tables[_TABLES[kind]].to_pylist() if _TABLES[kind] in tables else ():
            rows[row["article_id"]].append((kind, row))
    columns = set(tables["articles"].column_names) & {"article_id", "text", "language", "annotated"}
    for article in tables["articles"].select(sorted(columns)).to_pylist():
        if article.get("annotated", True):  # before 1.2.0 there was no column: every article was annotated
            article_id, text = article["article_id"], article["text"]
            records = tuple(_record(kind, row, forms, article_id) for kind, row in rows[article_id])
            about = {"language": article["language"], "split": splits.get(article_id, "")}
            gold = GoldArticle(article_id, {}, records)
            yield document_of(gold, text, OffsetMap.without((), len(text)), scheme, **about)[0]


def _record(kind: str, row: Mapping[str, Any], forms: Records, article_id: str) -> dict[str, Any]:
    """The record that a row was projected from, with clean offsets."""
    prefix = f"{article_id}:"
    record: dict[str, Any] = {"record": kind, **{name: row.get(name) for name in forms.fields[kind]}}
    record["id"] = row[_IDS[kind]].removeprefix(prefix)
    for name in POINTERS.keys() & record.keys():
        record[name] = row[name].removeprefix(prefix) if row.get(name) else None
    for field in SPAN_FIELDS[kind]:
        segments = row.get(field, [row])  # only the hull
        record[field] = [Span(segment["start"], segment["end"]) for segment in segments]
    return record
