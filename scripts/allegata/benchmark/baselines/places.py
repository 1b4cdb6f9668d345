"""Where sentences and claims stand in their articles."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from allegata.benchmark.tasks import Task
from allegata.schema.published import PublishedCorpus


@dataclass(frozen=True)
class Place:
    """Where an id stands, and how long it is."""

    zone: str
    number: int  # of its sentence in the article, from 0
    of: int  # how many sentences the article has
    lead: bool
    words: int

    @property
    def third(self) -> int:
        """The third of the article, from 0."""
        return 3 * self.number // self.of


def places(task: Task, corpus: PublishedCorpus) -> dict[str, Place]:
    """The place of every sentence, or of every claim: that of its sentence."""
    blocks = {row["article_id"]: row["blocks"] for row in corpus.table("articles", "blocks").to_pylist()}
    first = {
        article: next((b["end"] for b in found if b.get("zone", "body") == "body"), 0)
        for article, found in blocks.items()
    }
    by_article = defaultdict(list)
    for row in corpus.table("sentences", "sentence_id", "article_id", "start", "text").to_pylist():
        by_article[row["article_id"]].append(row)
    found: dict[str, Place] = {}
    for article, rows in by_article.items():
        for number, row in enumerate(sorted(rows, key=lambda row: row["start"])):
            kind, words = row.get("zone", "body"), len(row["text"].split())
            opens = kind == "title" or (kind == "body" and row["start"] < first[article])
            found[row["sentence_id"]] = Place(kind, number, len(rows), opens, words)
    if task.kind == "sentences":
        return found
    claims = {}
    for row in corpus.table("claims", "claim_id", "sentence_id", "segments").to_pylist():
        words = sum(len(part["surface"].split()) for part in row["segments"])
        claims[row["claim_id"]] = replace(found[row["sentence_id"]], words=words)
    return claims
