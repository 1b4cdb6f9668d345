"""Provenance in Croissant 1.1, by PROV-O: raw files, cleaning, annotation, publication, and who did each.

What is in a version is derived from what came in (entities), by what was done (activities), by whom (agents). Every
node is written whole where it is named first; afterwards by its id. Nothing here says when: versions hold no time.
Source: Croissant format specification 1.1, "Provenance Representation"; PROV-O, W3C Recommendation 2013.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allegata.schema.tables import CROSS_ARTICLE, RECORD_OF, TABLES
from allegata.schema.wording import number

CONTEXT = {"prov": "http://www.w3.org/ns/prov#"}
Node = dict[str, Any]
_KINDS = {"model": "prov:SoftwareAgent", "human": "prov:Person"}
_TABLES = frozenset({*TABLES, "ledger"})


@dataclass(frozen=True)
class Provenance:
    """What a version was made from and by whom.

    `inputs` maps what it was made from to its sha256, `algorithms` are those of its manifest; `annotators` are the rows
    of the register of those who annotated (id, kind, description), `gold` the ids of those who made the gold that is
    published: the others made blind passes.
    """

    inputs: Mapping[str, str]
    algorithms: Mapping[str, object]
    annotators: tuple[Mapping[str, Any], ...] = ()
    gold: frozenset[str] = frozenset()


def with_provenance(document: Mapping[str, Any], found: Provenance) -> dict[str, Any]:
    """The Croissant `document` with the provenance of the data set and of each of its tables."""
    agents = {str(row["id"]): _agent(row, place) for place, row in enumerate(found.annotators, 1)}
    made_gold = [node for name, node in agents.items() if name in found.gold]
    blind = [node for name, node in agents.items() if name not in found.gold]
    program = _node("program", "prov:SoftwareAgent", "allegata, by the algorithms that manifest.json names")
    program |= {"sha256": _digest(found.algorithms)}
    raw = _files("raw", "raw file", found.inputs)
    cleaning = _activity("cleaning", "Source texts, removals with their reasons, duplicates", [raw], [program])
    steps, annotated = [cleaning], []
    if made_gold:
        files = _files("annotations", "annotation file", found.inputs)
        passes = [_activity("passes", "Blind passes, each without sight of the others", [raw], blind)] if blind else []
        annotated = [
            _activity("annotation", "Annotation of the clean texts, as it is published", [raw, files], made_gold)
            | ({"prov:wasInformedBy": _named(passes)} if passes else {})
        ]
        steps += [*passes, *annotated]
    publication = _activity("publication", "Projection onto tables, checked and published", [raw], [program])
    publication |= {"prov:wasInformedBy": _named(steps[-1:])}
    nodes: Node = {
        "prov:wasDerivedFrom": raw,
        "prov:wasAttributedTo": [program, *agents.values()],
        "prov:wasGeneratedBy": [*steps, publication],
    }
    tables = [
        {**table, **_of_table(table["@id"], annotated, made_gold, cleaning, raw)} if table["@id"] in _TABLES else table
        for table in document["recordSet"]
    ]
    return {**document, "@context": {**document["@context"], **CONTEXT}, **nodes, "recordSet": tables}


def _of_table(table: str, annotated: list[Node], made_gold: list[Node], cleaning: Node, raw: Node) -> Node:
    """What a table was derived from, what made it, and for annotations who."""
    if (table in RECORD_OF or table in CROSS_ARTICLE) and annotated:
        of_people = {"prov:wasGeneratedBy": _named(annotated), "prov:wasAttributedTo": _named(made_gold)}
        return {"prov:wasDerivedFrom": _named([raw]), **of_people}
    return {"prov:wasDerivedFrom": _named([raw]), "prov:wasGeneratedBy": _named([cleaning])}


def _node(name: str, kind: str, label: str) -> Node:
    return {"@id": f"provenance/{name}", "@type": kind, "prov:label": label}


def _named(nodes: Iterable[Node]) -> list[Node]:
    return [{"@id": node["@id"]} for node in nodes]


def _agent(row: Mapping[str, Any], place: int) -> Node:
    # Its own id may hold blanks, and mlcroissant 1.1 takes none in an `@id`.
    label = f"{row['id']}: {row['description']}" if row["description"] else str(row["id"])
    return _node(f"annotator-{place}", _KINDS.get(str(row["kind"]), "prov:Agent"), label)


def _activity(name: str, label: str, used: Iterable[Node], by: Iterable[Node]) -> Node:
    return _node(name, "prov:Activity", label) | {
        "prov:used": _named(used),
        "prov:wasAssociatedWith": _named(by),
    }


def _files(folder: str, what: str, inputs: Mapping[str, str]) -> Node:
    """All files of a folder that the version was made from: how many, and one digest of their names and digests."""
    files = {name: digest for name, digest in inputs.items() if name.startswith(f"{folder}/")}
    rows = sum(1 for name in files if name.endswith("(rows)"))
    label = f"{number(len(files) - rows, what)}, by name and sha256 in manifest.json (inputs)"
    return _node(folder, "prov:Entity", label) | {"sha256": _digest(files)}


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
