"""A pass: what one annotator made of every article, on the clean text, ready to be compared with another's.

A folder of gold files is one pass; `propositions.jsonl` and `disputes.jsonl` may be in it, or beside it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allegata.annotate.cross_article import CROSS_ARTICLE, DISPUTES, claim_order, read_cross_article, shown_folder
from allegata.annotate.documents import PARTS, RELATION_OF, document_of, is_attribute
from allegata.annotate.draft import Sentences
from allegata.annotate.gold import GoldArticle, read_gold
from allegata.annotate.records import SPAN_FIELDS, Records
from allegata.measures.agreement import Annotation
from allegata.measures.matching import LabelledSpan
from allegata.schema.problems import Problems
from allegata.schema.scheme import Scheme
from allegata.text.documents import Annotation as Annotated
from allegata.text.documents import Document

Record = Mapping[str, Any]
# The two layers of mentions are figures of their own: names are found otherwise than what refers without naming.
NAMES, OTHER_MENTIONS = "names and values", "nominal and pronominal mentions"
CLAIMS, ATTRIBUTIONS, TIMES = "claims", "attributions", "time expressions"
NAMED = (NAMES, "mention_type")
# Each layer, and disputes across articles, with the record of the scheme that has its attributes.
RECORD_OF = {
    NAMES: "mention",
    OTHER_MENTIONS: "mention",
    CLAIMS: "claim",
    ATTRIBUTIONS: "attribution",
    TIMES: "time",
    "disputes": "dispute",
}
LAYERS = (NAMES, OTHER_MENTIONS, CLAIMS, ATTRIBUTIONS, TIMES)
OTHER_SPANS = "other spans"  # those of a tool that are no kind of record of ours
# Layer of a document -> layer of the figures; mentions that are no names have one of their own.
LAYER_OF = {"mention": NAMES, "claim": CLAIMS, "attribution": ATTRIBUTIONS, "time": TIMES}
# Ids point to records, whose names differ from pass to pass; a text of one's own words is never the same.
IDS = ("id", "parent_id", "attribution_id", "anchor")
OWN_WORDS = ("decontextualised",)


@dataclass(frozen=True)
class Pass:
    """One annotator: gold articles by id, and across them propositions and disputes, which name its own claims.

    `annotators` are the ids that the headers of its files name; `name` is the one it is shown by. `disputes` is None
    where nobody looked for any: there is no file.
    """

    name: str
    annotators: frozenset[str]
    articles: Mapping[str, GoldArticle]
    scheme: Scheme
    propositions: Sequence[Record] = ()
    disputes: Sequence[Record] | None = None

    @property
    def guidelines(self) -> str:
        """The version of the guidelines that it follows, by the headers of its files; all of them where they differ."""
        return ", ".join(sorted({str(article.header["guidelines"]) for article in self.articles.values()}))

    def within(self, articles: Collection[str]) -> Pass:
        """The pass on some articles alone: what is across articles keeps the claims of these, and goes with fewer than
        two members or positions.
        """

        def kept(claims: Sequence[str]) -> list[str]:
            return [claim for claim in claims if claim.rpartition(":")[0] in articles]

        propositions = [{**row, "members": kept(row["members"])} for row in self.propositions]
        disputes: list[Record] | None = None if self.disputes is None else []
        for row in self.disputes or ():
            positions = [{**one, "claims": kept(one["claims"])} for one in row["positions"]]
            there = {one["id"] for one in positions if one["claims"]}
            positions = [
                {**one, "supersedes": [older for older in one["supersedes"] if older in there]}
                for one in positions
                if one["id"] in there
            ]
            if disputes is not None and len(positions) > 1:
                disputes.append({**row, "positions": positions})
        return replace(
            self,
            articles={name: article for name, article in self.articles.items() if name in articles},
            propositions=[row for row in propositions if len(row["members"]) > 1],
            disputes=disputes,
        )


def read_pass(folder: Path, name: str, source_texts: Mapping[str, str], scheme: Scheme) -> Pass:
    """The pass in `folder`; its files across articles stand in it, or beside it as those of annotations/gold do.

    Raises `ProblemsFound` with every fault of every file.
    """
    problems = Problems()
    articles: dict[str, GoldArticle] = {}
    for path in sorted(folder.glob("*.jsonl")):
        if path.name in CROSS_ARTICLE:
            continue
        article, faults = read_gold(path, f"{shown_folder(folder)}/{path.name}", source_texts, scheme)
        problems.extend(faults)
        if article:
            articles[article.article_id] = article
    beside = folder if any((folder / name).is_file() for name in CROSS_ARTICLE) else folder.parent
    across, faults = read_cross_article(beside, claim_order(articles.values()), scheme)
    problems.extend(faults)
    problems.raise_if_any()
    annotators = frozenset(name for article in articles.values() for name in article.header["annotators"])
    disputes = across.disputes if (beside / DISPUTES).is_file() else None
    return Pass(name, annotators, articles, scheme, across.propositions, disputes)


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


Fields = Mapping[str, Collection[str]]  # layer of a document -> names of the fields that its annotations can have


def mark(found: Pass, article_id: str, sentences: Sentences) -> Marked:
    """The spans and values of one article of a pass, by `LAYERS`."""
    document, _ = document_of(found.articles[article_id], sentences.text, sentences.offsets, found.scheme)
    return marked(document, found.name, found.scheme, Records(found.scheme).fields, LAYERS)


def marked(document: Document, annotator: str, scheme: Scheme, fields: Fields, layers: Iterable[str]) -> Marked:
    """The spans and values of one document; names and values are the mentions of the usual type.

    `fields` are the fields that whoever annotated could set, `layers` the layers: of these nothing annotated means that
    nothing was found.
    """
    spans: dict[str, list[LabelledSpan]] = {name: [] for name in layers}
    attributes: dict[str, dict[LabelledSpan, Mapping[str, str]]] = {}
    entities: dict[LabelledSpan, str] = {}
    claims: dict[str, LabelledSpan] = {}
    pointing = {(relation.label, relation.first) for relation in document.relations}
    for one in document.annotations:
        layer, label = measured_layer(one, scheme, fields)
        span = LabelledSpan.of(label, *one.segments)
        spans.setdefault(layer, []).append(span)
        if layer == ATTRIBUTIONS and label in PARTS:
            continue
        values = dict(_values(one, fields.get(one.layer, ()), pointing))
        if layer == NAMED[0]:  # of names the type says nothing: it is what makes them names
            values.pop(NAMED[1], None)
        if values:
            attributes.setdefault(layer, {})[span] = values
        if layer == CLAIMS:
            claims[f"{document.id}:{one.id}"] = span
        if one.layer == "mention" and (entity := one.attributes.get("entity_id")):
            entities[span] = str(entity)
    return Marked(Annotation(document.id, annotator, document.text, spans), attributes, entities, claims)


def measured_layer(one: Annotated, scheme: Scheme, fields: Fields) -> tuple[str, str]:
    """The layer of the figures that an annotation is in, and its label there.

    Source, cue and content are a layer, as are mentions of our labels and claims, however a tool spells them; what is
    no kind of ours is all together in one.
    """
    if one.layer == "mention":
        typed = NAMED[1] in fields.get("mention", ()) and scheme.has("mention", NAMED[1])
        is_name = not typed or one.attributes.get(NAMED[1]) == scheme.default("mention", NAMED[1])
        return NAMES if is_name else OTHER_MENTIONS, one.label
    if one.layer in LAYER_OF:
        return LAYER_OF[one.layer], one.label
    if one.label in scheme.values("mention", "label"):
        return NAMES, one.label
    label = one.label.lower()
    return CLAIMS if label == "claim" else ATTRIBUTIONS if label in SPAN_FIELDS["attribution"] else OTHER_SPANS, label


def _values(one: Annotated, names: Iterable[str], pointing: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The fields of an annotation that are values, as text. An id becomes whether there is one."""
    for name in names:
        if not is_attribute(one.layer, name):
            continue
        value: object = one.attributes.get(name)
        if name in IDS:
            value = value is not None or (RELATION_OF[name], one.id) in pointing
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield {"parent_id": "has a parent", "attribution_id": "has an attribution"}.get(name, name), shown


def fields_of(documents: Iterable[Document]) -> Fields:
    """The fields that occur in documents, by layer: those that their format, or who annotated, can hold."""
    found: dict[str, set[str]] = {}
    names = {label: name for name, label in RELATION_OF.items()}
    for document in documents:
        for one in document.annotations:
            found.setdefault(one.layer, set()).update(one.attributes)
        layer_of = {one.id: one.layer for one in document.annotations}
        for relation in document.relations:
            if relation.label in names:
                found[layer_of[relation.first]].add(names[relation.label])
    return {layer: sorted(of_layer) for layer, of_layer in found.items()}
