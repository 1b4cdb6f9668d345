"""Provenance in Croissant: what the data set and each of its tables was made from, by what and by whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pytest
import rdflib

from publish_samples import publish

PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
ANNOTATORS = (
    {"id": "decider", "kind": "human", "description": "A person who decides."},
    {"id": "m 1", "kind": "model", "description": "A model."},
    {"id": "m2", "kind": "model", "description": ""},
)
FACTS: dict[str, Any] = {
    "annotators": ANNOTATORS,
    "passes": {"one": ("m 1",), "two": ("m2",)},
    "gold": dict.fromkeys(("a1", "a2", "a3", "a4", "a5"), ("decider",)),
}
INPUTS = {"raw/a1.txt": "1" * 64, "raw/a2.txt": "2" * 64, "raw/manifest.jsonl (rows)": "3" * 64}
INPUTS |= {"annotations/gold/a1.jsonl": "4" * 64}


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("project"), inputs=INPUTS, **FACTS).path


@pytest.fixture(scope="module")
def graph(version: Path) -> rdflib.Graph:
    """The file as any reader of JSON-LD sees it."""
    return rdflib.Graph().parse(data=(version / "croissant.json").read_text(), format="json-ld", publicID="urn:x:")


def labels(graph: rdflib.Graph, subject: Any, relation: str) -> list[str]:
    return sorted(str(graph.value(node, PROV.label)) for node in graph.objects(subject, PROV[relation]))


def named(graph: rdflib.Graph, label: str) -> Any:
    return next(node for node in graph.subjects(PROV.label) if str(graph.value(node, PROV.label)).startswith(label))


def test_mlcroissant_reads_it_without_a_new_warning_and_loads_every_table(version: Path) -> None:
    dataset = mlc.Dataset(jsonld=str(version / "croissant.json"))
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    recommended = ("citeAs", "creator", "datePublished", "license", "publisher", "url")
    assert [warning for warning in issues.warnings if not any(name in warning for name in recommended)] == []
    assert len(list(dataset.records("claims"))) == 5
    assert {"prov:wasDerivedFrom", "prov:wasGeneratedBy"} <= dataset.metadata.extra_properties.keys()


def test_the_data_set_is_derived_from_the_raw_files_by_steps_that_follow_each_other(graph: rdflib.Graph) -> None:
    (data_set,) = graph.subjects(rdflib.RDF.type, rdflib.URIRef("https://schema.org/Dataset"))
    assert labels(graph, data_set, "wasDerivedFrom") == ["2 raw files, by name and sha256 in manifest.json (inputs)"]
    publication, annotation = named(graph, "Projection"), named(graph, "Annotation")
    assert labels(graph, publication, "wasInformedBy") == [str(graph.value(annotation, PROV.label))]
    assert labels(graph, annotation, "wasInformedBy") == ["Blind passes, each without sight of the others"]
    assert labels(graph, annotation, "wasAssociatedWith") == ["decider: A person who decides."]
    assert labels(graph, named(graph, "Blind passes"), "wasAssociatedWith") == ["m 1: A model.", "m2"]
    kinds = {str(graph.value(node, PROV.label)): str(graph.value(node, rdflib.RDF.type)).rpartition("#")[2]
             for node in graph.objects(data_set, PROV.wasAttributedTo)}  # fmt: skip
    program = kinds.pop("allegata, by the algorithms that manifest.json names")
    assert program == "SoftwareAgent"
    assert kinds == {
        "decider: A person who decides.": "Person",
        "m 1: A model.": "SoftwareAgent",
        "m2": "SoftwareAgent",
    }


def test_a_table_says_what_made_it(version: Path) -> None:
    found = json.loads((version / "croissant.json").read_text())
    tables = {table["@id"]: table for table in found["recordSet"]}
    made = {name: tables[name]["prov:wasGeneratedBy"][0]["@id"] for name in ("articles", "removals", "ledger")}
    assert set(made.values()) == {"provenance/cleaning"}
    for name in ("claims", "entities", "disputes", "relations"):
        assert tables[name]["prov:wasGeneratedBy"] == [{"@id": "provenance/annotation"}]
        assert tables[name]["prov:wasAttributedTo"] == [{"@id": "provenance/annotator-1"}]
    assert "prov:wasGeneratedBy" not in tables["splits"]


def test_digests_follow_what_they_are_of_and_nothing_is_said_of_annotation_where_there_is_none(tmp_path: Path) -> None:
    def sums(root: str, **more: Any) -> dict[str, str]:
        path = publish(tmp_path / root, **more).path / "croissant.json"
        document = json.loads(path.read_text())
        assert ("provenance/annotation" in path.read_text()) == ("gold" in more)
        nodes = [document["prov:wasDerivedFrom"], *document["prov:wasAttributedTo"]]
        return {node["@id"]: node["sha256"] for node in nodes if "sha256" in node}

    first, again = sums("a", inputs=INPUTS), sums("b", inputs=dict(reversed(INPUTS.items())), **FACTS)
    assert first == again
    other = sums("c", inputs=INPUTS | {"raw/a2.txt": "5" * 64})
    assert other["provenance/raw"] != first["provenance/raw"]
    assert other["provenance/program"] == first["provenance/program"]
