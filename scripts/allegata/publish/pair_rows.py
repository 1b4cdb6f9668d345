"""Rows across articles: propositions, and pairs of claims with their relation, sampled negatives among them."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from allegata.publish.projector import Row
from allegata.schema.scheme import Relations, Scheme
from allegata.text.closure import Closure

Record = Mapping[str, Any]


def proposition_rows(propositions: Iterable[Record]) -> list[Row]:
    """Table `propositions`."""
    return [
        {
            "proposition_id": proposition["id"],
            "canonical": proposition["canonical"],
            "claim_ids": list(proposition["members"]),
            "article_ids": sorted({article_of_claim(member) for member in proposition["members"]}),
        }
        for proposition in propositions
    ]


def relation_rows(
    claims: Sequence[Row],
    splits: Mapping[str, str],
    propositions: Iterable[Record],
    relations: Sequence[Record],
    stories: Mapping[str, str | None],
    scheme: Scheme,
) -> list[Row]:
    """Table `relations`: every annotated pair, and as many sampled negatives as there are annotated relations.

    `claims` are the rows of table `claims` of the articles between which relations were sought, articles in order,
    claims in the order of the text; `splits` maps every article to its split, `stories` to its story (missing and
    None: the same one). Each pair tells the splits of both its articles: the table is not divided, for most pairs join
    two of them.
    """
    by_id = {claim["claim_id"]: claim for claim in claims}
    rows = [_pair(by_id[r["a"]], by_id[r["b"]], splits, "annotated", r) for r in relations]
    meaning = scheme.relations
    if meaning.negative is None:
        return rows
    wanted = sum(r["relation"] != meaning.negative for r in relations)
    unset = dict.fromkeys((*scheme.attributes("relation"), "strict", "note"))
    nothing = {**unset, "relation": meaning.negative}
    for a, b in sample_negatives(list(by_id), propositions, relations, wanted, stories, meaning):
        rows.append(_pair(by_id[a], by_id[b], splits, "sampled", nothing))
    return rows


def sample_negatives(
    claim_ids: Sequence[str],
    propositions: Iterable[Record],
    relations: Iterable[Record],
    wanted: int,
    stories: Mapping[str, str | None],
    meaning: Relations,
) -> list[tuple[str, str]]:
    """At most `wanted` pairs of claims of two articles of one story that nobody decided and nothing decided settles.

    Every such pair is looked at, so time grows with the square of the claims of a story; memory does not.

    A pair is left out where a record decides it, where a proposition holds both claims, or where it follows
    from the records (`allegata.text.closure`). Among the others the smallest sha256 of the two ids wins, so
    that the choice depends neither on a seed nor on the order of the files.
    """
    closure = Closure(meaning)
    for proposition in propositions:
        for member in proposition["members"][1:]:
            closure.unite(proposition["members"][0], member)
    for relation in relations:
        closure.add(relation["a"], relation["b"], relation["relation"])
    of_story: dict[str | None, list[str]] = defaultdict(list)
    for claim_id in claim_ids:
        of_story[stories.get(article_of_claim(claim_id))].append(claim_id)
    free = (
        (a, b)
        for claims in of_story.values()
        for a, b in combinations(claims, 2)
        if article_of_claim(a) != article_of_claim(b) and not closure.settles(a, b)
    )
    return heapq.nsmallest(wanted, free, key=lambda pair: hashlib.sha256("\n".join(pair).encode()).digest())


def article_of_claim(claim_id: str) -> str:
    """The article id in a published claim id."""
    return claim_id.rpartition(":")[0]


def _pair(a: Row, b: Row, splits: Mapping[str, str], origin: str, relation: Record) -> Row:
    return {
        "relation_id": f"{a['claim_id']}+{b['claim_id']}",
        **{
            f"{column}_{side}": claim[source]
            for side, claim in (("a", a), ("b", b))
            for column, source in (
                ("claim", "claim_id"),
                ("article", "article_id"),
                ("text", "decontextualised"),
                ("surface", "surface"),
                ("claim_type", "claim_type"),
            )
        },
        "split_a": splits[a["article_id"]],
        "split_b": splits[b["article_id"]],
        "scope": "intra" if a["article_id"] == b["article_id"] else "cross",
        "origin": origin,
        **{name: value for name, value in relation.items() if name not in ("a", "b")},
    }
