"""A pass: what one annotator made of every article, on the clean text, ready to be compared with another's.

A folder of gold files is one pass; `propositions.jsonl` and `disputes.jsonl` may be in it, or beside it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allegata.annotate.cross_article import CROSS_ARTICLE, DISPUTES, claim_order, read_cross_article, shown_folder
from allegata.annotate.draft import Sentences
from allegata.annotate.gold import GoldArticle, read_gold
from allegata.annotate.records import SPAN_FIELDS, Records
from allegata.measures.agreement import Annotation
from allegata.measures.matching import LabelledSpan
from allegata.schema.problems import Problems
from allegata.schema.scheme import Scheme

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
# Ids point to records, whose names differ from pass to pass; a text of one's own words is never the same.
IDS = ("id", "parent_id", "attribution_id", "anchor")
OWN_WORDS = ("decontextualised",)
UNSET = "null"  # how a value that is not set is shown


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


def clean_span(record: Record, name: str, label: str, sentences: Sentences) -> LabelledSpan | None:
    """A span field of a record on the clean text; None where it is empty or nothing of it was kept."""
    spans = [sentences.offsets.span_to_clean(segment) for segment in record[name]]
    kept = [span for span in spans if span.length]
    return LabelledSpan.of(label, *kept) if kept else None


def mark(found: Pass, article_id: str, sentences: Sentences) -> Marked:
    """The spans and values of one article, by `LAYERS`; names and values are the mentions of the usual type."""
    layers: dict[str, list[LabelledSpan]] = {name: [] for name in LAYERS}
    attributes: dict[str, dict[LabelledSpan, Mapping[str, str]]] = {name: {} for name in layers}
    entities: dict[LabelledSpan, str] = {}
    claims: dict[str, LabelledSpan] = {}
    for record in found.articles[article_id].records:
        kind = record["record"]
        layer = _layer(record, found.scheme)
        for name in SPAN_FIELDS[kind]:
            label = record["label"] if kind == "mention" else name if kind == "attribution" else kind
            span = clean_span(record, name, label, sentences)
            if span is None:
                continue
            layers[layer].append(span)
            if name == SPAN_FIELDS[kind][0]:
                values = attribute_values(record, found.scheme)
                # Of names the type says nothing: it is what makes them names.
                attributes[layer][span] = {name: values[name] for name in values if (layer, name) != NAMED}
                if kind == "claim":
                    claims[f"{article_id}:{record['id']}"] = span
                if kind == "mention" and record["entity_id"]:
                    entities[span] = record["entity_id"]
    return Marked(Annotation(article_id, found.name, sentences.text, layers), attributes, entities, claims)


def _layer(record: Record, scheme: Scheme) -> str:
    if record["record"] == "mention":
        is_name = record.get("mention_type") == (
            scheme.default("mention", "mention_type") if scheme.has("mention", "mention_type") else None
        )
        return NAMES if is_name else OTHER_MENTIONS
    return {"claim": CLAIMS, "attribution": ATTRIBUTIONS}.get(record["record"], TIMES)


def attribute_values(record: Record, scheme: Scheme) -> dict[str, str]:
    """The attributes of a record that are values, as text. An id becomes whether there is one."""
    values = {}
    for name in Records(scheme).fields[record["record"]]:
        if name in ("id", "label"):
            continue
        value = record[name] is not None if name in IDS else record[name]
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        values[{"parent_id": "has a parent", "attribution_id": "has an attribution"}.get(name, name)] = shown
    return values
