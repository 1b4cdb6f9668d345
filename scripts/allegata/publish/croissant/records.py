"""The files, record sets, splits and label sets of a version in Croissant 1.1, in the form that mlcroissant reads.

Written against mlcroissant 1.1, which asks for more than the specification does:

- A `FileSet` has no `containedIn`: with one, the file validates and rows are mixed up when they are loaded.
- It makes a file pattern of a regular expression that a filter is put into, so that one must read as both; and it
  applies it twice where the field `references` another, so that it must also fit what it has found.
- A filter fails where a second field of the record set has `references`. Only the split has, and a label names its
  values in an annotation of its field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.types as kinds

from allegata.publish import descriptions
from allegata.publish.contract import UNDIVIDED
from allegata.schema.labels import SPLITS
from allegata.schema.release_manifest import TableFacts
from allegata.schema.scheme import Scheme
from allegata.schema.tables import class_labels_of

_PARQUET = "application/x-parquet"  # the registered name, vnd.apache.parquet, is not read by mlcroissant 1.1
_ROW_COUNT = "http://www.wikidata.org/entity/Q4049983"  # cardinality: the specification's term for numbers of records
_SPLIT_TERMS = dict(zip(SPLITS, ("cr:TrainingSplit", "cr:ValidationSplit", "cr:TestSplit"), strict=True))


def distribution(tables: Mapping[str, TableFacts]) -> list[dict[str, Any]]:
    """The files of the tables, each by itself with its hash, and those of each table as a set."""
    return [part for name, facts in tables.items() for part in _files(name, facts)]


def record_sets(
    tables: Mapping[str, TableFacts], schemas: Mapping[str, pa.Schema], scheme: Scheme
) -> list[dict[str, Any]]:
    """One record set a table, then the splits, and a label set for each column whose values are closed.

    `tables` are those with rows. Raises `TypeError` for a column type, and `KeyError` for a table or column, that is
    not described.
    """
    labels = {name: columns for name, columns in class_labels_of(scheme).items() if name in tables}
    found = [_record_set(name, facts, schemas[name], scheme, labels.get(name, {})) for name, facts in tables.items()]
    splits = [split for split in SPLITS if any(split in facts.splits for facts in tables.values())]
    found += [_splits(splits)] if splits else []
    return found + [
        _label_set(table, column, values, descriptions.meanings(table, column, scheme))
        for table, columns in labels.items()
        for column, values in columns.items()
    ]


def _files(table: str, facts: TableFacts) -> Iterator[dict[str, Any]]:
    for file in facts.files:
        yield {
            "@type": "cr:FileObject",
            "@id": file.file,
            "name": file.file,
            "contentUrl": file.file,
            "contentSize": f"{file.bytes} B",
            "encodingFormat": _PARQUET,
            "sha256": file.sha256,
        }
    yield {
        "@type": "cr:FileSet",
        "@id": f"{table}-files",
        "name": f"{table}-files",
        "description": f"All splits of {table}.",
        "encodingFormat": _PARQUET,
        "includes": f"{table}/*.parquet",
    }


def _record_set(
    table: str, facts: TableFacts, schema: pa.Schema, scheme: Scheme, labels: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    fields = [_split(table, facts)]
    for column in schema:
        field = _column(table, column, scheme)
        fields.append(_labelled(field) if column.name in labels else field)
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": descriptions.TABLES[table],
        "key": {"@id": f"{table}/{schema.names[0]}"},
        "annotation": {
            "@type": "cr:Field",
            "@id": f"rows/{table}",
            "name": "rows",
            "description": "Number of records.",
            "dataType": ["sc:Integer", _ROW_COUNT],
            "value": sum(split.rows for split in facts.splits.values()),
        },
        "field": fields,
    }


def _split(table: str, facts: TableFacts) -> dict[str, Any]:
    split = _field(table, "split", "sc:Text", "The split the row belongs to.")
    split["source"] = {
        "fileSet": {"@id": f"{table}-files"},
        "extract": {"fileProperty": "fullpath"},
        "transform": {"regex": rf"^(?:{table}/)?({'|'.join(facts.splits)})(?:-.+\.parquet)?$"},
    }
    return split if UNDIVIDED in facts.splits else split | {"references": {"field": {"@id": "splits/name"}}}


def _splits(names: Sequence[str]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "What each split is for.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            _field("splits", "name", "sc:Text", "Name of the split."),
            _field("splits", "url", ["sc:URL", "cr:Split"], "What it is for, as Croissant names it."),
        ],
        "data": [{"splits/name": name, "splits/url": _SPLIT_TERMS[name]} for name in names],
    }


def _labelled(field: dict[str, Any]) -> dict[str, Any]:
    """The field of a column whose values are closed; as its annotation, a reference to them."""
    labels = f"labels/{field['@id']}"
    values = {
        "@type": "cr:Field",
        "@id": f"{labels}/of",
        "name": "labels",
        "description": "The values that the field may have.",
        "dataType": "sc:Text",
        "references": {"field": {"@id": f"{labels}/name"}},
    }
    return field | {"dataType": [field["dataType"], "cr:Label"], "annotation": values}


def _label_set(table: str, column: str, values: Sequence[str], meanings: Mapping[str, str]) -> dict[str, Any]:
    labels = f"labels/{table}/{column}"
    fields = [_field(labels, "name", "sc:Text", "The value as the column has it.")]
    data = [{f"{labels}/name": value} for value in values]
    if meanings:
        fields.append(_field(labels, "definition", "sc:Text", "What it means, as the scheme of the corpus says."))
        data = [row | {f"{labels}/definition": meanings.get(row[f"{labels}/name"], "")} for row in data]
    return {
        "@type": "cr:RecordSet",
        "@id": labels,
        "name": labels,
        "description": f"The values that {table}.{column} may have.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{labels}/name"},
        "field": fields,
        "data": data,
    }


def _column(table: str, column: pa.Field, scheme: Scheme) -> dict[str, Any]:
    kind, description = column.type, descriptions.describe(table, column.name, scheme)
    repeated = kinds.is_list(kind)
    if repeated:
        kind = kind.value_type
    if not kinds.is_struct(kind):
        field = _field(table, column.name, _data_type(kind), description)
        field["source"] = _source(table, column.name)
    else:
        field = _field(table, column.name, None, description)
        field["subField"] = []
        for member in kind.fields:
            path = f"{column.name}.{member.name}"
            inner = _field(table, path, _data_type(member.type), descriptions.describe(table, path, scheme))
            inner["source"] = _source(table, column.name) | {"transform": {"jsonPath": member.name}}
            field["subField"].append(inner)
    if repeated:
        field |= {"isArray": True, "arrayShape": "-1"}
    return field


def _field(parent: str, name: str, data_type: str | list[str] | None, description: str) -> dict[str, Any]:
    field = {
        "@type": "cr:Field",
        "@id": f"{parent}/{name.replace('.', '/')}",
        "name": name.rpartition(".")[2],
        "description": description,
    }
    return field if data_type is None else field | {"dataType": data_type}


def _source(table: str, column: str) -> dict[str, Any]:
    return {"fileSet": {"@id": f"{table}-files"}, "extract": {"column": column}}


def _data_type(kind: pa.DataType) -> str:
    if kinds.is_string(kind):
        return "sc:Text"
    if kinds.is_boolean(kind):
        return "sc:Boolean"
    if kinds.is_integer(kind):
        return "sc:Integer"
    if kinds.is_floating(kind):
        return "sc:Float"
    if kinds.is_date(kind):
        return "sc:Date"
    raise TypeError(f"no Croissant type is known here for Arrow type {kind}: add it, with its test")
