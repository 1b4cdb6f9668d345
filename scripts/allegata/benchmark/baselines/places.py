"""Where sentences and claims stand in their articles."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

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


def lead_blocks(blocks: Sequence[Mapping[str, Any]]) -> list[int]:
    """The numbers of the blocks that are the title or the first paragraph below it: a kicker above is none."""
    zones = [block.get("zone", "body") for block in blocks]
    titles = [at for at, zone in enumerate(zones) if zone == "title"]
    below = titles[-1] + 1 if titles else 0
    first = next((at for at, zone in enumerate(zones[below:], below) if zone == "body"), None)
    return titles if first is None else [*titles, first]


def places(task: Task, corpus: PublishedCorpus) -> dict[str, Place]:
    """The place of every sentence, or of every claim: that of its sentence."""
    blocks = {row["article_id"]: row["blocks"] for row in corpus.table("articles", "blocks").to_pylist()}
    leads = {article: {found[at]["start"] for at in lead_blocks(found)} for article, found in blocks.items()}
    by_article = defaultdict(list)
    for row in corpus.table("sentences", "sentence_id", "article_id", "start", "text").to_pylist():
        by_article[row["article_id"]].append(row)
    found: dict[str, Place] = {}
    for article, rows in by_article.items():
        starts = [block["start"] for block in blocks[article]]
        for number, row in enumerate(sorted(rows, key=lambda row: row["start"])):
            kind, words = row.get("zone", "body"), len(row["text"].split())
            opens = bool(starts) and starts[max(0, bisect_right(starts, row["start"]) - 1)] in leads[article]
            found[row["sentence_id"]] = Place(kind, number, len(rows), opens, words)
    if task.kind == "sentences":
        return found
    claims = {}
    for row in corpus.table("claims", "claim_id", "sentence_id", "segments").to_pylist():
        words = sum(len(part["surface"].split()) for part in row["segments"])
        claims[row["claim_id"]] = replace(found[row["sentence_id"]], words=words)
    return claims
