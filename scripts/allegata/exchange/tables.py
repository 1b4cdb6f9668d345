"""Documents of a tool as tables of ours: articles, spans with their attributes, mentions, relations."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pyarrow as pa

from allegata.exchange.common import articles_table, imported_article
from allegata.schema.imported import Imported, Notices
from allegata.schema.tables import CLAIMS, ENTITIES, SEGMENTS
from allegata.text.documents import OTHER, Annotation, Document
from allegata.text.spans import Span

# Our mention table, as far as a span with a label tells.
EXTERNAL_ENTITIES = pa.schema(
    [ENTITIES.field(name) for name in ("mention_id", "article_id", "start", "end", "surface", "label")]
)
EXTERNAL_SPANS = pa.schema(
    [
        pa.field("span_id", pa.string(), nullable=False),
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("annotator", pa.string(), nullable=False),
        pa.field("layer", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("segments", SEGMENTS, nullable=False),
        pa.field("attributes", pa.string(), nullable=False),  # an object of JSON: the names are the tool's
    ]
)
EXTERNAL_RELATIONS = pa.schema(
    [
        pa.field("relation_id", pa.string(), nullable=False),
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("annotator", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("first", pa.string(), nullable=False),
        pa.field("second", pa.string(), nullable=False),
    ]
)


# Our claim table, as far as a span tells.
EXTERNAL_SPAN_CLAIMS = pa.schema(
    [CLAIMS.field(name) for name in ("claim_id", "article_id", "start", "end", "surface", "segments")]
)
_CLAIM = "claim"
_NO_MENTIONS = (_CLAIM, "attribution", "time")


def _is_claim(one: Annotation) -> bool:
    return one.layer == _CLAIM or (one.layer == OTHER and one.label.casefold() == _CLAIM)


def segment_rows(segments: Iterable[Span], text: str) -> list[dict[str, object]]:
    """Segments of a text as rows of our schema."""
    return [
        {"start": start, "end": end, "source_start": start, "source_end": end, "surface": text[start:end]}
        for start, end in segments
    ]


def tables_of_documents(documents: Iterable[Document], notices: Notices) -> Imported:
    """`articles`, `spans`, `claims`, `entities` (spans of one segment, as our mention table has them) and `relations`.

    A span is a claim if it is of the layer `claim`, or of no layer and called so. Those of our layers `attribution` and
    `time` are no mentions either: like all spans, they are in `spans`.

    An article that several annotated is one article; its spans have the annotator in their ids. Documents of one id
    have one text, and each an annotator of its own.
    """
    articles: dict[str, dict[str, object]] = {}
    spans: list[dict[str, object]] = []
    claims: list[dict[str, object]] = []
    entities: list[dict[str, object]] = []
    relations: list[dict[str, object]] = []
    for document in documents:
        row = imported_article(document.id, f"{document.id}.txt", document.text, document.language)
        articles.setdefault(document.id, row)
        of = f"{document.id}.{document.annotator}." if document.annotator else f"{document.id}."
        shared = {"article_id": document.id, "annotator": document.annotator}
        for one in document.ordered.annotations:
            attributes = json.dumps(dict(one.attributes), ensure_ascii=False, sort_keys=True)
            named = {"span_id": of + one.id, "layer": one.layer, "label": one.label, "attributes": attributes}
            segments = segment_rows(one.segments, document.text)
            spans.append({**shared, **named, "segments": segments})
            if _is_claim(one):
                start, end = one.hull
                quote = {"start": start, "end": end, "surface": document.text[start:end], "segments": segments}
                claims.append({"claim_id": of + one.id, "article_id": document.id, **quote})
            elif len(one.segments) == 1 and one.layer not in _NO_MENTIONS:
                start, end = one.hull
                quote = {"start": start, "end": end, "surface": document.text[start:end], "label": one.label}
                entities.append({"mention_id": of + one.id, "article_id": document.id, **quote})
        for number, one_of in enumerate(document.ordered.relations, 1):
            ends = {"label": one_of.label, "first": of + one_of.first, "second": of + one_of.second}
            relations.append({**shared, "relation_id": f"{of}r{number:03}", **ends})
    return Imported(
        {
            "articles": articles_table(list(articles.values())),
            "claims": pa.Table.from_pylist(claims, schema=EXTERNAL_SPAN_CLAIMS),
            "entities": pa.Table.from_pylist(entities, schema=EXTERNAL_ENTITIES),
            "spans": pa.Table.from_pylist(spans, schema=EXTERNAL_SPANS),
            "relations": pa.Table.from_pylist(relations, schema=EXTERNAL_RELATIONS),
        },
        notices.sorted(),
    )
