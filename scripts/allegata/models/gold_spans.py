"""The gold spans of a published corpus, article by article: what taggers learn from and are scored on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from allegata.measures.matching import LabelledSpan
from allegata.schema.published import PublishedCorpus
from allegata.schema.scheme import Scheme
from allegata.text.spans import Span, union

ROLES = ("source", "cue", "content")
# Table -> the columns that say where its spans are.
_COLUMNS = {"claims": ("segments",), "attributions": ROLES, "entities": ("start", "end", "label")}


def rows_of_one_annotator(corpus: PublishedCorpus, table: str, *columns: str) -> list[dict[str, Any]]:
    """The rows of a table, of an article that several people annotated (PolNeAR) those of the first by id.

    Raises UsageError where the corpus lacks the table or a column.
    """
    rows: list[dict[str, Any]] = corpus.table(table, *columns).to_pylist()
    if not corpus.has(table, "article_id", "annotator"):
        return rows
    first: dict[str, str] = {}
    for row in rows:
        first[row["article_id"]] = min(row["annotator"], first.get(row["article_id"], row["annotator"]))
    return [row for row in rows if row["annotator"] == first[row["article_id"]]]


def other_mentions(scheme: Scheme) -> tuple[str, ...]:
    """The types of mentions that are neither names nor values: descriptions and pronouns (NOM, PRO)."""
    if not scheme.has("mention", "mention_type"):
        return ()
    name = scheme.default("mention", "mention_type")
    return tuple(value for value in scheme.values("mention", "mention_type") if value != name)


def article_spans(corpus: PublishedCorpus, table: str) -> dict[str, tuple[LabelledSpan, ...]]:
    """Article -> the spans of `claims`, `attributions` (by role) or `entities` (by label), each once, sorted.

    The label of a mention that is neither a name nor a value is its type (`other_mentions`).
    Raises UsageError where the corpus lacks the table.
    """
    spans: dict[str, list[LabelledSpan]] = {article_id: [] for article_id in corpus.articles}
    others = frozenset(other_mentions(corpus.scheme))
    for row in rows_of_one_annotator(corpus, table, "article_id", *_COLUMNS[table]):
        spans[row["article_id"]] += _row_spans(table, row, others)
    return {article_id: tuple(sorted(set(found))) for article_id, found in spans.items()}


def with_labels(spans: Iterable[LabelledSpan], labels: Collection[str]) -> list[LabelledSpan]:
    """The spans that have one of these labels."""
    return [span for span in spans if span.label in labels]


def segments_span(label: str, segments: Sequence[Mapping[str, Any]]) -> LabelledSpan:
    """A span from rows with `start` and `end`. Segments that touch are one: they mark the same characters."""
    return LabelledSpan.of(label, *union(Span(row["start"], row["end"]) for row in segments))


def _row_spans(table: str, row: Mapping[str, Any], others: Collection[str]) -> list[LabelledSpan]:
    if table == "entities":
        label = row["mention_type"] if row.get("mention_type") in others else row["label"]
        return [LabelledSpan.of(label, (row["start"], row["end"]))]
    if table == "attributions":
        return [segments_span(role, row[role]) for role in ROLES if row[role]]
    return [segments_span("claim", row["segments"])]
