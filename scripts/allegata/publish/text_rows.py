"""Rows about the text of an article: the article itself, its sentences, citations and removals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allegata.publish.projector import Projector, Row, numbered_id
from allegata.schema.tables import ARTICLES
from allegata.text.spans import Span


def article_row(projector: Projector, invented: bool) -> Row:
    """The row of table `articles`; `invented` says whether the corpus is."""
    article = projector.article
    row: Row = {**{name: article.get(name) for name in ARTICLES.names}, "invented": invented}
    row["blocks"] = [
        {**projector.span(Span(block["start"], block["end"])), "zone": block["zone"]} for block in article["blocks"]
    ]
    position = 0
    row["offset_map"] = []
    for kept in projector.offsets.kept:
        row["offset_map"].append({"start": position, "source_start": kept.start, "length": kept.length})
        position += kept.length
    return row


def sentence_rows(projector: Projector, claims: Sequence[Row]) -> Iterator[Row]:
    """Table `sentences`; a sentence is flagged where one of `claims` begins in it.

    In an article that nobody annotated the flag is null.
    """
    article_id = projector.article["article_id"]
    sentences = projector.article["sentences"]
    with_claim = {claim["sentence_id"] for claim in claims}
    for number, sentence in enumerate(sentences, 1):
        sentence_id = numbered_id(article_id, "s", number, len(sentences))
        quoted = projector.quoted(Span(sentence["start"], sentence["end"]))
        text = quoted.pop("surface")
        yield {
            "sentence_id": sentence_id,
            "article_id": article_id,
            **quoted,
            "text": text,
            "zone": sentence["zone"],
            "is_claim": sentence_id in with_claim if projector.article["annotated"] else None,
        }


def citation_rows(projector: Projector) -> Iterator[Row]:
    """Table `citations`."""
    article_id = projector.article["article_id"]
    citations = projector.article["citations"]
    for number, citation in enumerate(citations, 1):
        yield {
            "citation_id": numbered_id(article_id, "n", number, len(citations)),
            "article_id": article_id,
            "position": projector.offsets.to_clean(citation["start"]),
            "source_start": citation["start"],
            "source_end": citation["end"],
            "marker": citation["marker"],
            "url": citation["url"],
        }


def removal_rows(projector: Projector) -> Iterator[Row]:
    """Table `removals`."""
    article_id, source_text = projector.article["article_id"], projector.article["source_text"]
    removals = projector.article["removals"]
    for number, removal in enumerate(removals, 1):
        yield {
            "removal_id": numbered_id(article_id, "r", number, len(removals)),
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
            "fills": removal["fills"],
            "confidence": removal["confidence"],
        }
