"""Checks of what is said across articles: propositions, disputes with their positions, and the pairs that follow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from allegata.schema.labels import LEVELS, SCOPES, UNRELATED
from allegata.text.pairs import Pair, cycle, derived_pairs, level_of
from allegata.text.sentence_ends import ends_as_question
from allegata.validate.checks.finding import Finding, about_table, where
from allegata.validate.lookups import Lookups
from allegata.validate.rows import texts

# Column of a pair -> column of the claim it repeats.
_REPEATED = {
    "article": "article_id",
    "text": "decontextualised",
    "surface": "surface",
    "claimer": "claimer_id",
    "claim_type": "claim_type",
}


def repeat_claims(rows: pa.Table, corpus: Lookups, *, claim: str, side: str) -> list[Finding]:
    """The columns `…_<side>` of a pair say what the claim it names says, and its sentence; an unknown claim is not
    judged here."""
    columns = ["claim_id", "sentence_id", *_REPEATED.values()]
    claims = {row["claim_id"]: row for row in corpus.table("claims").select(columns).to_pylist()}
    sentences = _by_id(corpus, "sentences", "text")
    named = [claims.get(id_) for id_ in texts(rows, claim).to_pylist()]
    right = {mine: [row and row[theirs] for row in named] for mine, theirs in _REPEATED.items()}
    right["sentence"] = [row and sentences.get(row["sentence_id"]) for row in named]
    found = []
    for name, values in right.items():
        given = corpus.table("relations")[f"{name}_{side}"].to_pylist()
        wrong = (row is not None and a != b for row, a, b in zip(named, given, values, strict=True))
        found += where(_mask(wrong), f"its {name}_{side} is not that of its {claim}")
    return found


def hold_members(rows: pa.Table, corpus: Lookups, *, claim_ids: str, article_ids: str) -> list[Finding]:
    """A proposition has two members or more, each a known claim and in no other proposition, and names exactly
    their articles. `rows` are the propositions, in the order of their table."""
    members = _lists(corpus, "propositions", claim_ids)
    memberships = Counter(member for group in members for member in group)
    return [
        *where(_mask(len(set(group)) < 2 for group in members), "it has fewer than two members"),
        *where(_mask(any(memberships[m] > 1 for m in group) for group in members), "a claim is a member twice"),
        *_claim_findings(corpus, "propositions", claim_ids, {article_ids: "article_id"}),
    ]


def end_in_question_mark(rows: pa.Table, corpus: Lookups, *, column: str) -> list[Finding]:
    """The text is a question."""
    bad = (value is not None and not ends_as_question(value) for value in texts(rows, column).to_pylist())
    return where(_mask(bad), f"its {column} does not end with a question mark")


def be_taken(rows: pa.Table, corpus: Lookups, *, claim_ids: str, claimer_ids: str, article_ids: str) -> list[Finding]:
    """A position is taken by a known claim or more, none of which takes another position of its dispute, and names
    exactly their claimers and articles. `rows` are the positions, in the order of their table."""
    claims = _lists(corpus, "positions", claim_ids)
    disputes = corpus.table("positions")["dispute_id"].to_pylist()
    taken = Counter((dispute, claim) for dispute, group in zip(disputes, claims, strict=True) for claim in group)
    twice = (any(taken[d, claim] > 1 for claim in group) for d, group in zip(disputes, claims, strict=True))
    return [
        *where(_mask(not group for group in claims), "no claim takes it"),
        *where(_mask(twice), "a claim takes two positions of its dispute"),
        *_claim_findings(corpus, "positions", claim_ids, {article_ids: "article_id", claimer_ids: "claimer_id"}),
    ]


def supersede_in_order(rows: pa.Table, corpus: Lookups, *, position_id: str, supersedes: str) -> list[Finding]:
    """What a position supersedes is another position of its dispute, and no chain comes back to where it began.
    `rows` are the positions, in the order of their table."""
    ids, replaced = texts(rows, position_id).to_pylist(), _lists(corpus, "positions", supersedes)
    home = dict(zip(ids, corpus.table("positions")["dispute_id"].to_pylist(), strict=True))
    strange = (
        any(other == own or other not in home or home[other] != home[own] for other in others)
        for own, others in zip(ids, replaced, strict=True)
    )
    circle = cycle(dict(zip(ids, replaced, strict=True)))
    path = " → ".join([*circle, *circle[:1]])
    return [
        *where(_mask(strange), f"its {supersedes} names what is no other position of its dispute"),
        *where(_mask(own in circle for own in ids), f"{supersedes} goes in a circle: {path}"),
    ]


def have_positions(
    rows: pa.Table, corpus: Lookups, *, dispute_id: str, kind: str, claim_ids: str, article_ids: str, level: str
) -> list[Finding]:
    """A dispute has two positions or more, names exactly the claims that take them and their articles, says on which
    level it is, and of a kind that needs it whether a position supersedes another. `rows` are the disputes, in the
    order of their table."""
    of_dispute = defaultdict(list)
    for position in corpus.table("positions").to_pylist():
        of_dispute[position["dispute_id"]].append(position)
    ids = texts(rows, dispute_id).to_pylist()
    claims, kinds, levels = _lists(corpus, "disputes", claim_ids), rows[kind].to_pylist(), rows[level].to_pylist()
    positions = [of_dispute[name] for name in ids]
    succession = corpus.scheme.role("dispute", "kind", "succession")
    return [
        *where(_mask(len(group) < 2 for group in positions), "it has fewer than two positions"),
        *where(
            _mask(
                sorted(named) != sorted({claim for one in group for claim in one["claim_ids"] or ()})
                for named, group in zip(claims, positions, strict=True)
            ),
            f"its {claim_ids} are not those of its positions",
        ),
        *_claim_findings(corpus, "disputes", claim_ids, {article_ids: "article_id"}),
        *where(
            _mask(len(group) > 1 and given != _level(group) for given, group in zip(levels, positions, strict=True)),
            f"its {level} does not follow from who takes its positions",
        ),
        *where(
            _mask(
                name in succession and not any(one["supersedes"] for one in group)
                for name, group in zip(kinds, positions, strict=True)
            ),
            "none of its positions supersedes another",
        ),
    ]


def be_derived(rows: pa.Table, corpus: Lookups, *, claim_a: str, claim_b: str, relation: str) -> list[Finding]:
    """The pairs are those that follow from propositions and disputes, and sampled ones that follow from none."""
    order = {claim: place for place, claim in enumerate(_claim_order(corpus))}
    follow = {(pair.a, pair.b): pair for pair in _follow(corpus, order)}
    table = corpus.table("relations").to_pylist()
    ends = list(zip(*(texts(rows, name).to_pylist() for name in (claim_a, claim_b)), strict=True))
    counts = Counter(frozenset(pair) for pair in ends)
    named = texts(rows, relation).to_pylist()
    sampled = [row["origin"] == "sampled" for row in table]
    found = [
        *where(_mask(counts[frozenset(pair)] > 1 or pair[0] == pair[1] for pair in ends), "the pair is in another row"),
        *where(
            _mask(a in order and b in order and order[a] > order[b] for a, b in ends),
            f"the earlier claim must be {claim_a}",
        ),
        *where(
            _mask(
                drawn and (pair in follow or name != UNRELATED)
                for drawn, pair, name in zip(sampled, ends, named, strict=True)
            ),
            f"it is sampled, but not {UNRELATED}, or a proposition or a dispute joins its claims",
        ),
        *where(
            _mask(
                not drawn and not _says(row, follow.get(pair))
                for drawn, row, pair in zip(sampled, table, ends, strict=True)
            ),
            "it does not follow from propositions and disputes",
        ),
        *where(
            _mask(row["scope"] != SCOPES[row["article_a"] != row["article_b"]] for row in table),
            "its scope is not that of its articles",
        ),
    ]
    missing = sorted(follow.keys() - set(ends))
    return [*found, *(about_table(f"the pair {a}, {b} follows and is not in the table") for a, b in missing)]


def _follow(corpus: Lookups, order: Mapping[str, int]) -> list[Pair]:
    """The pairs by the tables; a record that names unknown claims is another check's business."""
    of_dispute = defaultdict(list)
    for row in corpus.table("positions").to_pylist():
        claims = [claim for claim in row["claim_ids"] or () if claim in order]
        position = {"id": row["position_id"], "claims": claims, "supersedes": row["supersedes"] or ()}
        of_dispute[row["dispute_id"]].append(position)
    kinds = corpus.scheme.values("dispute", "kind")
    disputes = [
        {**row, "id": row["dispute_id"], "positions": of_dispute[row["dispute_id"]]}
        for row in corpus.table("disputes").to_pylist()
        if row["kind"] in kinds
    ]
    members = [[m for m in group if m in order] for group in _lists(corpus, "propositions", "claim_ids")]
    return derived_pairs(members, disputes, order, kinds)


def _says(row: Mapping[str, Any], pair: Pair | None) -> bool:
    if pair is None:
        return False
    level = level_of(row["claimer_a"], row["claimer_b"]) if pair.dispute_ids else None
    given = tuple(row[name] for name in ("relation", "origin", "differs", "supersedes", "level"))
    return given == (pair.relation, pair.origin, pair.differs, pair.supersedes, level) and list(
        row["dispute_ids"] or ()
    ) == list(pair.dispute_ids)


def _level(positions: Iterable[Mapping[str, Any]]) -> str:
    pairs = combinations([position["claimer_ids"] or () for position in positions], 2)
    return min((level_of(a, b) for one, other in pairs for a in one for b in other), key=LEVELS.index, default="")


def _claim_order(corpus: Lookups) -> list[str]:
    rows = corpus.table("claims").select(["article_id", "start", "end", "claim_id"]).to_pylist()
    return [
        row["claim_id"]
        for row in sorted(rows, key=lambda row: (row["article_id"], row["start"], -row["end"], row["claim_id"]))
    ]


def _claim_findings(corpus: Lookups, table: str, claim_ids: str, named: Mapping[str, str]) -> list[Finding]:
    """Claims that nobody knows, and columns (`named`: with the column of the claims that they gather) that are not
    theirs."""
    groups, known = _lists(corpus, table, claim_ids), {name: _by_id(corpus, "claims", name) for name in named.values()}
    home = next(iter(known.values()))
    strange = [any(claim not in home for claim in group) for group in groups]
    found = where(_mask(strange), f"its {claim_ids} have an unknown claim")
    for column, theirs in named.items():
        values = _lists(corpus, table, column)
        wrong = (
            not unknown and given != sorted({known[theirs][claim] for claim in group})
            for unknown, given, group in zip(strange, values, groups, strict=True)
        )
        found += where(_mask(wrong), f"its {column} are not those of its claims")
    return found


def _by_id(corpus: Lookups, table: str, column: str) -> dict[str, Any]:
    rows = corpus.table(table)
    return dict(zip(rows[rows.column_names[0]].to_pylist(), rows[column].to_pylist(), strict=True))


def _lists(corpus: Lookups, table: str, column: str) -> list[list[str]]:
    return [value or [] for value in corpus.table(table)[column].to_pylist()]


def _mask(values: Iterable[bool]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.fromiter(values, dtype=np.bool_)
