"""Pairs of claims to learn from: those that are related, and those that disputes oppose or put on one side."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import pyarrow as pa

from allegata.schema.published import PublishedCorpus

OPPOSED, AGREED, NONE = "opposed", "agreed", "none"
DISPUTE_LABELS = (NONE, OPPOSED, AGREED)
PAIRS = pa.schema(
    [
        ("claim_a", pa.string()),
        ("claim_b", pa.string()),
        ("article_a", pa.string()),
        ("article_b", pa.string()),
        ("story", pa.string()),
        ("text_a", pa.string()),
        ("text_b", pa.string()),
        ("label", pa.string()),
        ("labels", pa.int64()),
    ]
)
_WORD = re.compile(r"\w+")
Pair = tuple[str, str]


def relation_pairs(corpus: PublishedCorpus) -> tuple[pa.Table, tuple[str, ...]]:
    """The rows of `relations` with their ids and the texts of their claims, and the labels in the order of their
    numbers."""
    rows = corpus.table("relations", "relation_id", "claim_a", "claim_b", "relation").to_pylist()
    names = tuple(corpus.scheme.relation.values or ())
    names = (*names, *sorted({row["relation"] for row in rows} - set(names)))
    label = {(row["claim_a"], row["claim_b"]): row["relation"] for row in rows}
    table = _table(corpus, label, names)
    identity = {(row["claim_a"], row["claim_b"]): row["relation_id"] for row in rows}
    pairs = zip(table["claim_a"].to_pylist(), table["claim_b"].to_pylist(), strict=True)
    return table.add_column(0, "relation_id", pa.array([identity[pair] for pair in pairs], pa.string())), names


def dispute_pairs(corpus: PublishedCorpus, negatives: int) -> tuple[pa.Table, tuple[str, ...]]:
    """The pairs of claims that a dispute opposes or puts into one position, and beside each opposed one `negatives`
    others of its story: the most alike, by the share of common words (then by id)."""
    claims = {row["claim_id"]: row for row in corpus.table("claims", "claim_id", "decontextualised").to_pylist()}
    story_of = corpus.story_of
    label: dict[Pair, str] = {}
    positions: dict[str, list[list[str]]] = defaultdict(list)
    for row in corpus.table("positions", "dispute_id", "claim_ids").to_pylist():
        positions[row["dispute_id"]].append(row["claim_ids"])
    for _, found in sorted(positions.items()):
        for position in found:
            for a, b in combinations(position, 2):
                label.setdefault((min(a, b), max(a, b)), AGREED)
        for one, other in combinations(found, 2):
            label |= {(min(a, b), max(a, b)): OPPOSED for a in one for b in other}
    wanted: dict[str, int] = defaultdict(int)
    for (a, _), name in label.items():
        wanted[story_of[claims[a]["article_id"]]] += negatives * (name == OPPOSED)
    words = {name: frozenset(_WORD.findall((row["decontextualised"] or "").lower())) for name, row in claims.items()}
    of_story: dict[str, list[str]] = defaultdict(list)
    for name, row in sorted(claims.items()):
        of_story[story_of[row["article_id"]]].append(name)
    for story, names in of_story.items():
        free = (pair for pair in combinations(names, 2) if pair not in label)
        order = sorted(free, key=lambda pair: (-_jaccard(words[pair[0]], words[pair[1]]), pair))
        label |= dict.fromkeys(order[: wanted[story]], NONE)
    return _table(corpus, label, DISPUTE_LABELS), DISPUTE_LABELS


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / max(1, len(a | b))


def _table(corpus: PublishedCorpus, label: Mapping[Pair, str], names: Iterable[str]) -> pa.Table:
    claims = {row["claim_id"]: row for row in corpus.table("claims", "claim_id", "decontextualised").to_pylist()}
    story_of = corpus.story_of
    number = {name: at for at, name in enumerate(names)}
    rows: list[dict[str, Any]] = []
    for (a, b), name in sorted(label.items()):
        first, second = claims[a], claims[b]
        rows.append(
            {
                "claim_a": a,
                "claim_b": b,
                "article_a": first["article_id"],
                "article_b": second["article_id"],
                "story": story_of[first["article_id"]],
                "text_a": first["decontextualised"],
                "text_b": second["decontextualised"],
                "label": name,
                "labels": number[name],
            }
        )
    return pa.Table.from_pylist(rows, schema=PAIRS)
