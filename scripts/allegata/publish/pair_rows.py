"""Rows across articles: propositions, disputes with their positions, and the pairs of claims that follow from them."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

from allegata.publish.projector import Row
from allegata.schema.labels import EQUIVALENT, LEVELS, SCOPES, SUPERSEDING, UNRELATED
from allegata.schema.scheme import Scheme
from allegata.text.pairs import Pair, derived_pairs, level_of

Record = Mapping[str, Any]
_MANY = 1000  # claims of one story: all pairs of so many are drawn from in half a second


@dataclass(frozen=True)
class Across:
    """What is said across articles, and what its rows repeat.

    `claims` are the rows of table `claims` of the articles between which propositions and disputes were sought;
    `sentences` maps the ids of their sentences to the text, `splits` every article to its split, `stories` to its
    story (missing and None: the same one). `propositions` and `disputes` are records of annotations/; they name claims
    by their published ids.
    """

    claims: Sequence[Row]
    sentences: Mapping[str, str]
    splits: Mapping[str, str]
    propositions: Sequence[Record]
    disputes: Sequence[Record]
    scheme: Scheme
    stories: Mapping[str, str | None] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Row]:
        """The claims by id: articles in order, claims in the order of the text."""
        rows = sorted(self.claims, key=lambda row: (row["article_id"], row["start"], -row["end"], row["claim_id"]))
        return {row["claim_id"]: row for row in rows}

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The place of each claim."""
        return {claim: place for place, claim in enumerate(self.by_id)}

    @cached_property
    def pairs(self) -> list[Pair]:
        """The pairs that follow."""
        members = [proposition["members"] for proposition in self.propositions]
        return derived_pairs(members, self.disputes, self.order, self.scheme.values("dispute", "kind"))

    def sorted_claims(self, claims: Iterable[str]) -> list[str]:
        """Claims in order, each once."""
        return sorted(set(claims), key=self.order.__getitem__)


def proposition_rows(across: Across) -> list[Row]:
    """Table `propositions`."""
    return [
        {
            "proposition_id": proposition["id"],
            "canonical": proposition["canonical"],
            "claim_ids": across.sorted_claims(proposition["members"]),
            "article_ids": _articles(proposition["members"]),
        }
        for proposition in across.propositions
    ]


def dispute_rows(across: Across) -> list[Row]:
    """Table `disputes`."""
    rows = []
    for dispute in across.disputes:
        claims = across.sorted_claims(claim for one in dispute["positions"] for claim in one["claims"])
        rows.append(
            {
                "dispute_id": dispute["id"],
                "story": across.stories.get(article_of_claim(claims[0])),
                "question": dispute["question"],
                **{name: dispute[name] for name in across.scheme.attributes("dispute")},
                "level": dispute_level([_claimers(one["claims"], across) for one in dispute["positions"]]),
                "claim_ids": claims,
                "article_ids": _articles(claims),
                "note": dispute["note"],
            }
        )
    return rows


def dispute_level(positions: Iterable[Iterable[str]]) -> str:
    """`same` where two positions have a claimer in common, by the claimers of each; else `between`."""
    pairs = (level_of(a, b) for one, other in combinations(map(list, positions), 2) for a in one for b in other)
    return min(pairs, key=LEVELS.index)


def position_rows(across: Across) -> list[Row]:
    """Table `positions`."""
    return [
        {
            "position_id": position_id(dispute["id"], one["id"]),
            "dispute_id": dispute["id"],
            "canonical": one["canonical"],
            "claim_ids": across.sorted_claims(one["claims"]),
            "claimer_ids": _claimers(one["claims"], across),
            "article_ids": _articles(one["claims"]),
            "supersedes": sorted(position_id(dispute["id"], other) for other in one["supersedes"]),
        }
        for dispute in across.disputes
        for one in dispute["positions"]
    ]


def relation_rows(across: Across) -> list[Row]:
    """Table `relations`: every pair that follows, and as many sampled negatives.

    Each pair tells the splits of both its articles: the table is not divided, for most pairs join two of them.
    """
    rows = [_row(pair, pair.origin, across) for pair in across.pairs]
    return rows + [_row(Pair(a, b, UNRELATED), "sampled", across) for a, b in sample_negatives(across, len(rows))]


def sample_negatives(across: Across, wanted: int) -> list[tuple[str, str]]:
    """At most `wanted` pairs of claims of two articles of one story that no proposition and no dispute joins.

    A pair is left out where a proposition holds both claims, or where a dispute holds both, or holds claims that say
    the same as they do: whether two claims of one position say the same, nobody has said. Among the others the
    smallest sha256 of the two ids wins, so that the choice depends neither on a seed nor on the order of the files.
    """
    joined: dict[str, set[object]] = defaultdict(set)
    home = {member: one["id"] for one in across.propositions for member in one["members"]}
    said = defaultdict(list)
    for claim in across.by_id:
        said[home.get(claim, claim)].append(claim)
    for claim, proposition in home.items():
        joined[claim].add((EQUIVALENT, proposition))
    for dispute in across.disputes:
        for claim in (claim for one in dispute["positions"] for claim in one["claims"]):
            for same in said[home.get(claim, claim)]:
                joined[same].add(dispute["id"])
    of_story: dict[str | None, list[str]] = defaultdict(list)
    for claim in across.by_id:
        of_story[across.stories.get(article_of_claim(claim))].append(claim)
    free = (
        (a, b)
        for claims in of_story.values()
        for a, b in _candidates(claims, across.order)
        if article_of_claim(a) != article_of_claim(b) and joined[a].isdisjoint(joined[b])
    )
    return heapq.nsmallest(wanted, free, key=lambda pair: _digest("\n".join(pair)))


def _candidates(claims: Sequence[str], order: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """The pairs of claims of a story to draw from, the earlier claim first: all of them, of many claims (`_MANY`) each
    with as many others, next to it by the sha256 of their ids, so that time grows with the claims and not their square.
    """
    if len(claims) <= _MANY:
        yield from combinations(claims, 2)
        return
    drawn = sorted(claims, key=lambda claim: (_digest(claim), claim))
    for place, claim in enumerate(drawn):
        for other in (drawn[(place + step) % len(drawn)] for step in range(1, _MANY // 2)):
            yield (claim, other) if order[claim] < order[other] else (other, claim)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def article_of_claim(claim_id: str) -> str:
    """The article id in a published claim id."""
    return claim_id.rpartition(":")[0]


def position_id(dispute: str, position: str) -> str:
    """The id of a position as it is published."""
    return f"{dispute}.{position}"


def _articles(claims: Iterable[str]) -> list[str]:
    return sorted(set(map(article_of_claim, claims)))


def _claimers(claims: Iterable[str], across: Across) -> list[str]:
    return sorted({across.by_id[claim]["claimer_id"] for claim in claims})


def _row(pair: Pair, origin: str, across: Across) -> Row:
    a, b = across.by_id[pair.a], across.by_id[pair.b]
    return {
        "relation_id": f"{pair.a}+{pair.b}",
        **{
            f"{column}_{side}": claim[source]
            for side, claim in zip(SUPERSEDING, (a, b), strict=True)
            for column, source in (
                ("claim", "claim_id"),
                ("article", "article_id"),
                ("text", "decontextualised"),
                ("surface", "surface"),
                ("claimer", "claimer_id"),
                ("claim_type", "claim_type"),
            )
        },
        "sentence_a": across.sentences.get(a["sentence_id"], a["surface"]),
        "sentence_b": across.sentences.get(b["sentence_id"], b["surface"]),
        "split_a": across.splits[a["article_id"]],
        "split_b": across.splits[b["article_id"]],
        "relation": pair.relation,
        "dispute_ids": list(pair.dispute_ids),
        "differs": pair.differs,
        "level": level_of(a["claimer_id"], b["claimer_id"]) if pair.dispute_ids else None,
        "supersedes": pair.supersedes,
        "scope": SCOPES[a["article_id"] != b["article_id"]],
        "origin": origin,
    }
