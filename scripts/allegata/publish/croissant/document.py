"""`croissant.json`: a version described in Croissant 1.1 with the RAI vocabulary, as deterministic JSON-LD.

Written here because the bytes of a version must not depend on a library that only describes it; the tests
validate the result with `mlcroissant` and load every record through it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from allegata.publish.croissant.provenance import Provenance, with_provenance
from allegata.publish.croissant.records import distribution, record_sets
from allegata.publish.manifest import render_json
from allegata.publish.summary import INVENTED, Summary, licences
from allegata.schema.release_manifest import TableFacts
from allegata.schema.scheme import Scheme

CROISSANT = "croissant.json"
_CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]

# The context of the Croissant 1.1 specification; mlcroissant warns when a key of it is missing.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "annotation": "cr:annotation",
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
    responsible: Mapping[str, Any],
    provenance: Provenance,
) -> bytes:
    """Return `croissant.json` for a version whose folder it will stand in, with what `summary` says of the corpus,
    `scheme` of its attributes and `croissant_responsible` of how it was made and what it is for, `provenance` from what
    and by whom.

    Each table with rows is a record set. Raises `TypeError` for a column type, and `KeyError` for a table or column,
    that is not described.
    """
    present = {name: facts for name, facts in tables.items() if facts.splits}
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        **_of_the_corpus(summary),
        "conformsTo": _CONFORMS_TO,
        "version": version,
        "isLiveDataset": False,
        **responsible,
        "distribution": distribution(present),
        "recordSet": record_sets(present, schemas, scheme),
    }
    return render_json(with_provenance(document, provenance))


def _of_the_corpus(summary: Summary) -> dict[str, Any]:
    """Name, description and what the settings state; what they do not state is not there."""
    settings = summary.settings
    stated = {
        "creator": list(map(_agent, settings.authors)),
        "publisher": _agent(settings.publisher) if settings.publisher else None,
        "license": _one_or_all(licences(settings)),
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


def _agent(name: str) -> dict[str, str]:
    """A person ("Family name, Given name") or an organisation."""
    return {"@type": "Person" if ", " in name else "Organization", "name": name}


def _one_or_all(values: Sequence[str]) -> str | list[str]:
    return list(values) if len(values) > 1 else "".join(values)
