"""`croissant.json`: a version described in Croissant 1.1 with the RAI vocabulary, as deterministic JSON-LD.

Written here because the bytes of a version must not depend on a library that only describes it; the tests
validate the result with `mlcroissant` and load every record through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.types as kinds

from allegata.publish import descriptions
from allegata.publish.manifest import TableFacts, render_json
from allegata.publish.markdown import listed
from allegata.publish.summary import INVENTED, Summary, licence_link, licence_name
from allegata.schema.scheme import Scheme

CROISSANT = "croissant.json"
_PARQUET = "application/x-parquet"  # the registered name, vnd.apache.parquet, is not read by mlcroissant 1.1
_CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]

# The context of the Croissant 1.1 specification; mlcroissant warns when a key of it is missing.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def render_croissant(
    version: str,
    tables: Mapping[str, TableFacts],
    schemas: Mapping[str, pa.Schema],
    scheme: Scheme,
    summary: Summary,
) -> bytes:
    """Return `croissant.json` for a version whose folder it will stand in, with what `summary` says of the corpus
    and `scheme` of its attributes.

    Each table with rows is a record set over a `FileSet` of its files. The set has no `containedIn`: with
    one, the file validates and mlcroissant 1.1 loads mixed-up rows. Raises `TypeError` for a column type,
    and `KeyError` for a table or column, that is not described.
    """
    present = {name: facts for name, facts in tables.items() if facts.splits}
    return render_json(
        {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            **_of_the_corpus(summary),
            "conformsTo": _CONFORMS_TO,
            "version": version,
            "isLiveDataset": False,
            **_responsible_ai(summary),
            "distribution": [part for name, facts in present.items() for part in _distribution(name, facts)],
            "recordSet": [_record_set(name, facts, schemas[name], scheme) for name, facts in present.items()],
        }
    )


def _of_the_corpus(summary: Summary) -> dict[str, Any]:
    """Name, description and what the settings state; what they do not state is not there."""
    settings = summary.settings
    stated = {
        "license": licence_link(settings) or licence_name(settings),
        "citeAs": settings.citation,
        "url": settings.homepage,
        "datePublished": settings.published,
        "keywords": list(settings.tags),
        "inLanguage": list(summary.tags),
    }
    title = {"alternateName": settings.title} if settings.title not in ("", settings.name) else {}
    description = " ".join(
        filter(None, (INVENTED if settings.invented else "", settings.description or f"{summary.headline}."))
    )
    return {
        "name": settings.name,
        **title,
        "description": description,
        **{key: value for key, value in stated.items() if value},
    }


def _responsible_ai(summary: Summary) -> dict[str, Any]:
    """What holds for the version; what changes from build to build is in the card, outside the version's folder."""
    models = [f"{row['id']}: {row['description']}" for row in summary.annotators if row["kind"] == "model"]
    extent = ", in ".join(
        filter(None, ("one story" if summary.one_story else "", "one language" if len(summary.languages) == 1 else ""))
    )
    annotation = f"the annotation of {listed(summary.layers)}, and of " if summary.layers else ""
    values = {
        "dataCollection": "Articles received as files; raw/manifest.jsonl states what is known of each.",
        "dataCollectionType": ["Others"],
        "dataPreprocessingProtocol": [
            "Boilerplate, repetitions and citation markers are cut from each source text by rules; every cut "
            "span is published with its reason in the table removals.",
            "Duplicates and near-duplicates across articles are clustered; the ledger names what was removed.",
        ],
        "dataAnnotationProtocol": "annotations/GUIDELINES.md; spans are quoted and checked against the text."
        if summary.annotated
        else "",
        "machineAnnotationTools": models,
        "personalSensitiveInformation": [
            "The articles may name people, as their publishers print them; a claim about them is a claim, not a fact."
        ],
        "dataLimitations": [f"{summary.extent}: figures computed on the data describe these articles, not others."],
        "dataBiases": [f"{extent.capitalize()}, as the publishers of these articles tell it."] if extent else [],
        "dataUseCases": [f"Study and testing of {annotation}text cleaning."],
        "dataReleaseMaintenancePlan": "A published version never changes; corrections are a new version.",
    }
    return {f"rai:{key}": value for key, value in values.items() if value}


def _distribution(table: str, facts: TableFacts) -> Iterator[dict[str, Any]]:
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


def _record_set(table: str, facts: TableFacts, schema: pa.Schema, scheme: Scheme) -> dict[str, Any]:
    splits = "|".join(facts.splits)
    split = _field(table, "split", "sc:Text", "The split the row belongs to.")
    split["source"] = {
        "fileSet": {"@id": f"{table}-files"},
        "extract": {"fileProperty": "fullpath"},
        "transform": {"regex": rf"^(?:.*/)?({splits})(?:-\d+-of-\d+\.parquet)?$"},
    }
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": descriptions.TABLES[table],
        "key": {"@id": f"{table}/{schema.names[0]}"},
        "field": [split, *(_column(table, column, scheme) for column in schema)],
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


def _field(table: str, name: str, data_type: str | None, description: str) -> dict[str, Any]:
    field = {
        "@type": "cr:Field",
        "@id": f"{table}/{name.replace('.', '/')}",
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
