"""A pass: what one annotator made of every article, on the clean text, ready to be compared with another's.

A folder of gold files is one pass; `relations.jsonl` and `propositions.jsonl` may stand in it, or beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allegata.annotate.agreement import Annotation
from allegata.annotate.draft import Sentences
from allegata.annotate.gold import GoldArticle, read_gold
from allegata.annotate.records import FIELDS, SPAN_FIELDS, Field
from allegata.annotate.registers import read_register
from allegata.schema import labels
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, Problems
from allegata.text.matching import LabelledSpan

Record = Mapping[str, Any]
CROSS_ARTICLE = ("relations.jsonl", "propositions.jsonl")
PROPOSITION_FIELDS = {"id": Field(), "canonical": Field(), "members": Field(list)}
RELATION_FIELDS = {
    "a": Field(),
    "b": Field(),
    "relation": Field(choices=labels.RELATIONS),
    "conflict_type": Field(choices=labels.CONFLICT_TYPES, nullable=True),
    "strict": Field(bool, nullable=True),
    "note": Field(nullable=True),
}
# Ids point to records, whose names differ from pass to pass; a text of one's own words is never the same.
IDS = ("id", "parent_id", "attribution_id", "anchor")
OWN_WORDS = ("decontextualised",)


@dataclass(frozen=True)
class Pass:
    """One annotator: gold articles by id, relations by their (sorted) pair of claims, propositions.

    `annotators` are the ids that the headers of its files name; `name` is the one it is shown by.
    """

    name: str
    annotators: frozenset[str]
    articles: Mapping[str, GoldArticle]
    relations: Mapping[tuple[str, str], Record] = field(default_factory=dict)
    propositions: Sequence[Record] = ()


def read_pass(folder: Path, name: str, source_texts: Mapping[str, str]) -> Pass:
    """The pass in `folder`. Raises `ProblemsFound` with every fault of every file of it."""
    problems = Problems()
    articles: dict[str, GoldArticle] = {}
    for path in sorted(folder.glob("*.jsonl")):
        if path.name in CROSS_ARTICLE:
            continue
        article, faults = read_gold(path, f"{folder.name}/{path.name}", source_texts)
        problems.extend(faults)
        if article:
            articles[article.article_id] = article
    propositions: list[dict[str, Any]] = []
    relations_file, propositions_file = (_beside(folder, name) for name in CROSS_ARTICLE)
    if propositions_file.is_file():
        file = f"{propositions_file.parent.name}/{propositions_file.name}"
        propositions, faults = read_register(propositions_file, file, PROPOSITION_FIELDS)
        problems.extend(faults)
    relations = _relations(relations_file, f"{relations_file.parent.name}/{relations_file.name}", problems)
    problems.raise_if_any()
    annotators = frozenset(name for article in articles.values() for name in article.header["annotators"])
    return Pass(name, annotators, articles, relations, tuple(propositions))


def _beside(folder: Path, name: str) -> Path:
    """The file in the folder of the pass, or beside it, where that of annotations/gold stands."""
    return folder / name if (folder / name).is_file() else folder.parent / name


def _relations(path: Path, name: str, problems: Problems) -> dict[tuple[str, str], Record]:
    if not path.is_file():
        return {}
    relations: dict[tuple[str, str], Record] = {}
    lines, faults = parse_json_lines(path.read_bytes(), name)
    problems.extend(faults)
    for number, row in lines:
        wrong = [f"{key!r} {fault}" for key, kind in RELATION_FIELDS.items() if (fault := kind.fault(row.get(key)))]
        pair = (str(row.get("a")), str(row.get("b")))
        ends = (min(pair), max(pair))
        if not wrong and ends in relations:
            wrong = [f"the pair {ends[0]}, {ends[1]} is decided twice"]
        for fault in wrong:
            problems.add(Problem(fault, "mend the line", file=name, line=number))
        relations[ends] = row
    return relations


def relation_values(found: Pass) -> dict[tuple[str, str], str]:
    """Sorted pair of claims -> relation; one whose direction is against the order says so."""
    return {
        ends: row["relation"]
        + (" (reversed)" if row["a"] != ends[0] and row["relation"] not in labels.SYMMETRIC_RELATIONS else "")
        for ends, row in found.relations.items()
    }


@dataclass(frozen=True)
class Marked:
    """One article of a pass on its clean text, as the measures want it.

    `attributes`: layer -> span -> attribute -> value; attributes of an attribution hang on its content.
    `entities`: span of a mention -> entity id. `claims`: id of a claim -> its span.
    """

    annotation: Annotation
    attributes: Mapping[str, Mapping[LabelledSpan, Mapping[str, str]]] = field(default_factory=dict)
    entities: Mapping[LabelledSpan, str] = field(default_factory=dict)
    claims: Mapping[str, LabelledSpan] = field(default_factory=dict)


def clean_span(record: Record, name: str, label: str, sentences: Sentences) -> LabelledSpan | None:
    """A span field of a record on the clean text; None where it is empty or nothing of it was kept."""
    spans = [sentences.offsets.span_to_clean(segment) for segment in record[name]]
    kept = [span for span in spans if span.length]
    return LabelledSpan.of(label, *kept) if kept else None


def mark(found: Pass, article_id: str, sentences: Sentences) -> Marked:
    """The spans and values of one article. Layers: mentions, claims, attributions, time expressions."""
    layers: dict[str, list[LabelledSpan]] = {"mentions": [], "claims": [], "attributions": [], "time expressions": []}
    attributes: dict[str, dict[LabelledSpan, Mapping[str, str]]] = {name: {} for name in layers}
    entities: dict[LabelledSpan, str] = {}
    claims: dict[str, LabelledSpan] = {}
    for record in found.articles[article_id].records:
        kind = record["record"]
        layer = {"mention": "mentions", "claim": "claims", "attribution": "attributions"}.get(kind, "time expressions")
        for name in SPAN_FIELDS[kind]:
            label = record["label"] if kind == "mention" else name if kind == "attribution" else kind
            span = clean_span(record, name, label, sentences)
            if span is None:
                continue
            layers[layer].append(span)
            if name == SPAN_FIELDS[kind][0]:
                attributes[layer][span] = attribute_values(record)
                if kind == "claim":
                    claims[f"{article_id}:{record['id']}"] = span
                if kind == "mention" and record["entity_id"]:
                    entities[span] = record["entity_id"]
    return Marked(Annotation(article_id, found.name, sentences.text, layers), attributes, entities, claims)


def attribute_values(record: Record) -> dict[str, str]:
    """The attributes of a record that are values, as text. An id becomes whether there is one."""
    values = {}
    for name in FIELDS[record["record"]]:
        if name in ("id", "label"):
            continue
        value = record[name] is not None if name in IDS else record[name]
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        values[{"parent_id": "has a parent", "attribution_id": "has an attribution"}.get(name, name)] = shown
    return values
