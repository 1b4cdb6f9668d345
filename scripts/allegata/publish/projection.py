"""Projection: the layers of an article, stored in source offsets, onto the published tables.

Clean-text offsets come first in every row, source offsets beside them, and the quoted text is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from allegata.schema.tables import TABLES
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

Row = dict[str, Any]


@dataclass(frozen=True)
class Projector:
    """One article: its two texts, the map between them, its sentences in clean offsets."""

    article: Mapping[str, Any]
    offsets: OffsetMap
    sentences: Sequence[Span]

    @classmethod
    def of(cls, article: Mapping[str, Any]) -> Projector:
        """The projector of one row of the article table."""
        removed = [Span(removal["start"], removal["end"]) for removal in article["removals"]]
        offsets = OffsetMap.without(removed, len(article["source_text"]))
        sentences = [offsets.span_to_clean(Span(s["start"], s["end"])) for s in article["sentences"]]
        return cls(article, offsets, sentences)

    def span(self, source: Span) -> Row:
        """The four offsets of a source span. Its source end follows the last kept character."""
        clean = self.offsets.span_to_clean(source)
        if clean.length == 0:
            return {"start": clean.start, "end": clean.end, "source_start": source.start, "source_end": source.end}
        back = self.offsets.span_to_source(clean)
        return {"start": clean.start, "end": clean.end, "source_start": back.start, "source_end": back.end}

    def quoted(self, source: Span) -> Row:
        """The four offsets of a source span, and its clean text as `surface`."""
        row = self.span(source)
        row["surface"] = self.article["text"][row["start"] : row["end"]]
        return row

    def segments(self, layer: Iterable[Mapping[str, int]]) -> list[Row]:
        """The segments of a span, in the order of the text."""
        spans = sorted(Span(segment["start"], segment["end"]) for segment in layer)
        return [self.quoted(span) for span in spans]

    def hull(self, layer: Iterable[Mapping[str, int]]) -> Row:
        """From the first character of the first segment to the last of the last, quoted."""
        spans = [Span(segment["start"], segment["end"]) for segment in layer]
        return self.quoted(Span(min(span.start for span in spans), max(span.end for span in spans)))

    def sentence_id(self, clean_start: int) -> str:
        """The id of the sentence that holds a clean position; empty if none does."""
        for number, sentence in enumerate(self.sentences, 1):
            if sentence.start <= clean_start < sentence.end:
                return f"{self.article['article_id']}:s{number:03}"
        return ""


def project(table: pa.Table, entity_names: Mapping[str, str]) -> dict[str, pa.Table]:
    """The published tables of an annotated article table, without split; rows sorted by article and position.

    Each has exactly the schema of `allegata.schema.tables.TABLES`.
    """
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    for article in table.to_pylist():
        projector = Projector.of(article)
        claims = list(_claims(projector))
        rows["articles"].append(_article(projector))
        rows["sentences"] += _sentences(projector, claims)
        rows["entities"] += _entities(projector, entity_names)
        rows["claims"] += claims
        rows["citations"] += _citations(projector)
        rows["removals"] += _removals(projector)
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in TABLES.items()}


def _article(projector: Projector) -> Row:
    article = projector.article
    row: Row = {name: article.get(name) for name in TABLES["articles"].names}
    row["blocks"] = [
        {**projector.span(Span(block["start"], block["end"])), "zone": block["zone"]} for block in article["blocks"]
    ]
    position = 0
    row["offset_map"] = []
    for kept in projector.offsets.kept:
        row["offset_map"].append({"start": position, "source_start": kept.start, "length": kept.length})
        position += kept.length
    return row


def _sentences(projector: Projector, claims: Sequence[Row]) -> Iterator[Row]:
    article_id = projector.article["article_id"]
    with_claim = {claim["sentence_id"] for claim in claims}
    for number, sentence in enumerate(projector.article["sentences"], 1):
        sentence_id = f"{article_id}:s{number:03}"
        quoted = projector.quoted(Span(sentence["start"], sentence["end"]))
        text = quoted.pop("surface")
        yield {
            "sentence_id": sentence_id,
            "article_id": article_id,
            **quoted,
            "text": text,
            "zone": sentence["zone"],
            "is_claim": sentence_id in with_claim,
        }


def _entities(projector: Projector, entity_names: Mapping[str, str]) -> Iterator[Row]:
    article_id = projector.article["article_id"]
    for mention in projector.article["mentions"]:
        hull = projector.hull(mention["segments"])
        yield {
            "mention_id": f"{article_id}:{mention['id']}",
            "article_id": article_id,
            "sentence_id": projector.sentence_id(hull["start"]),
            **hull,
            "label": mention["label"],
            "subtype": mention["subtype"],
            "mention_type": mention["mention_type"],
            "entity_id": mention["entity_id"],
            "entity_name": entity_names.get(mention["entity_id"]),
        }


def _claims(projector: Projector) -> Iterator[Row]:
    article_id = projector.article["article_id"]
    attributions = {attribution["id"]: attribution for attribution in projector.article["attributions"]}
    for claim in projector.article["claims"]:
        hull = projector.hull(claim["segments"])
        attribution = attributions.get(claim["attribution_id"])
        yield {
            "claim_id": f"{article_id}:{claim['id']}",
            "article_id": article_id,
            "sentence_id": projector.sentence_id(hull["start"]),
            **hull,
            "segments": projector.segments(claim["segments"]),
            "claim_type": claim["claim_type"],
            "claimer_id": claim["claimer_id"],
            "cue": projector.segments(attribution["cue"]) if attribution else [],
            "parent_id": f"{article_id}:{claim['parent_id']}" if claim["parent_id"] else None,
        }


def _citations(projector: Projector) -> Iterator[Row]:
    article_id = projector.article["article_id"]
    for number, citation in enumerate(projector.article["citations"], 1):
        yield {
            "citation_id": f"{article_id}:n{number:03}",
            "article_id": article_id,
            "position": projector.offsets.to_clean(citation["start"]),
            "source_start": citation["start"],
            "source_end": citation["end"],
            "marker": citation["marker"],
            "url": citation["url"],
        }


def _removals(projector: Projector) -> Iterator[Row]:
    article_id, source_text = projector.article["article_id"], projector.article["source_text"]
    for number, removal in enumerate(projector.article["removals"], 1):
        yield {
            "removal_id": f"{article_id}:r{number:03}",
            "article_id": article_id,
            "position": projector.offsets.to_clean(removal["start"]),
            "source_start": removal["start"],
            "source_end": removal["end"],
            "text": source_text[removal["start"] : removal["end"]],
            "reason": removal["reason"],
            "rule": removal["rule"],
            "evidence": removal["evidence"],
            "repeats_source_start": removal["repeats_start"],
            "repeats_source_end": removal["repeats_end"],
        }
