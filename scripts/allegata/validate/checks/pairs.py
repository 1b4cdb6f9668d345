"""Checks of what is said across articles: propositions, pairs of claims, and what follows from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pyarrow as pa

from allegata.text.closure import Closure, cycle
from allegata.validate.checks.finding import Finding, where
from allegata.validate.lookups import Lookups
from allegata.validate.rows import texts

# Column of a pair -> column of the claim it repeats.
_REPEATED = {
    "article": "article_id",
    "text": "decontextualised",
    "surface": "surface",
    "claim_type": "claim_type",
}


def repeat_claims(rows: pa.Table, corpus: Lookups, *, claim: str, side: str) -> list[Finding]:
    """The columns `…_<side>` of a pair say what the claim it names says; an unknown claim is not judged here."""
    claims = {
        row["claim_id"]: row for row in corpus.table("claims").select(["claim_id", *_REPEATED.values()]).to_pylist()
    }
    ids = texts(rows, claim).to_pylist()
    found = []
    for mine, theirs in _REPEATED.items():
        name = f"{mine}_{side}"
        values = corpus.table("relations")[name].to_pylist()
        wrong = [id_ in claims and claims[id_][theirs] != value for id_, value in zip(ids, values, strict=True)]
        found += where(_mask(wrong), f"its {name} is not the {theirs} of its {claim}")
    return found


def hold_members(rows: pa.Table, corpus: Lookups, *, claim_ids: str, article_ids: str) -> list[Finding]:
    """A proposition has two members or more, each a known claim and in no other proposition, and names exactly
    their articles. `rows` are the propositions, in the order of their table."""
    table = corpus.table("propositions")
    members = [value or [] for value in table[claim_ids].to_pylist()]
    articles = table[article_ids].to_pylist()
    claims = corpus.table("claims")
    home = dict(zip(claims["claim_id"].to_pylist(), claims["article_id"].to_pylist(), strict=True))
    memberships = Counter(member for group in members for member in group)
    return [
        *where(_mask(len(set(group)) < 2 for group in members), "it has fewer than two members"),
        *where(_mask(any(m not in home for m in group) for group in members), f"its {claim_ids} have an unknown claim"),
        *where(_mask(any(memberships[m] > 1 for m in group) for group in members), "a claim is a member twice"),
        *where(
            _mask(
                all(m in home for m in group) and named != sorted({home[m] for m in group})
                for group, named in zip(members, articles, strict=True)
            ),
            f"its {article_ids} are not the articles of its members",
        ),
    ]


def agree_with_propositions(
    rows: pa.Table, corpus: Lookups, *, claim_a: str, claim_b: str, relation: str
) -> list[Finding]:
    """Two claims are equivalent exactly where one proposition holds both."""
    alike = corpus.scheme.relations.equivalence
    if alike is None:
        return []
    home = {
        member: row["proposition_id"]
        for row in corpus.table("propositions").select(["proposition_id", "claim_ids"]).to_pylist()
        for member in row["claim_ids"] or ()
    }
    pairs = _pairs(rows, claim_a, claim_b, relation)
    together = [a in home and home[a] == home.get(b) for a, b, _ in pairs]
    return [
        *where(
            _mask(same and label != alike for same, (_, _, label) in zip(together, pairs, strict=True)),
            f"one proposition holds both claims, but they are not {alike}",
        ),
        *where(
            _mask(label == alike and not same for same, (_, _, label) in zip(together, pairs, strict=True)),
            f"the claims are {alike}, but no proposition holds both",
        ),
    ]


def be_stored_once(rows: pa.Table, corpus: Lookups, *, claim_a: str, claim_b: str, relation: str) -> list[Finding]:
    """A pair stands once, whichever way round; no claim is paired with itself; a symmetric relation has the
    earlier claim first."""
    claims = corpus.table("claims").select(["article_id", "start", "end", "claim_id"]).to_pylist()
    claims.sort(key=lambda claim: (claim["article_id"], claim["start"], -claim["end"], claim["claim_id"]))
    order = {claim["claim_id"]: place for place, claim in enumerate(claims)}
    pairs = _pairs(rows, claim_a, claim_b, relation)
    counts = Counter(frozenset((a, b)) for a, b, _ in pairs)
    return [
        *where(_mask(a == b for a, b, _ in pairs), "it relates a claim to itself"),
        *where(_mask(counts[frozenset((a, b))] > 1 for a, b, _ in pairs), "the pair stands in another row too"),
        *where(
            _mask(
                label in corpus.scheme.relations.symmetric and a in order and b in order and order[a] > order[b]
                for a, b, label in pairs
            ),
            f"the relation is symmetric, so the earlier claim must be {claim_a}",
        ),
    ]


def explain_themselves(
    rows: pa.Table, corpus: Lookups, *, relation: str, conflict_type: str, strict: str, origin: str, note: str
) -> list[Finding]:
    """Conflict type and strictness exactly for contradictions; an annotated none has a note; a sampled pair is
    a none."""
    columns = {name: rows[name].to_pylist() for name in (relation, conflict_type, strict, origin, note)}
    meaning = corpus.scheme.relations
    conflict = [label == meaning.contradiction for label in columns[relation]]
    found = []
    for name in (conflict_type, strict) if corpus.scheme.values("relation", "conflict_type") else (strict,):
        given = [value is not None for value in columns[name]]
        found += where(
            _mask(has != needed for has, needed in zip(given, conflict, strict=True)),
            f"{name} is given exactly where the relation is {meaning.contradiction or 'a contradiction'}",
        )
    nothing = [label == meaning.negative for label in columns[relation]]
    sampled = [value == "sampled" for value in columns[origin]]
    return [
        *found,
        *where(
            _mask(n and not s and not t for n, s, t in zip(nothing, sampled, columns[note], strict=True)),
            "an annotator rejected the pair without a note that says why",
        ),
        *where(
            _mask(s and not n for n, s in zip(nothing, sampled, strict=True)),
            f"it is sampled, but not {meaning.negative}",
        ),
    ]


def be_consistent(
    rows: pa.Table, corpus: Lookups, *, claim_a: str, claim_b: str, relation: str, strict: str = "strict"
) -> list[Finding]:
    """What the relations entail agrees with them (`allegata.text.closure`).

    Equivalent claims do not contradict, refine or supersede each other; two classes of equivalent claims have one
    relation; no claim entails both sides of a strict contradiction, by `refines` from class to class (one that is
    not strict can be reconciled, so a claim may); and no chain of `refines` or of `supersedes` between classes
    comes back to where it began.
    """
    pairs = _pairs(rows, claim_a, claim_b, relation)
    closure, meaning = Closure(corpus.scheme.relations), corpus.scheme.relations
    for a, b, label in pairs:
        closure.add(a, b, label)
    classes = [(closure.class_of(a), closure.class_of(b), label) for a, b, label in pairs]
    found = where(
        _mask(label == meaning.contradiction and a == b for a, b, label in classes),
        "its claims contradict each other, but a chain of equivalent claims joins them",
    )
    relations = defaultdict(set)
    for a, b, label in classes:
        relations[frozenset((a, b))].add(label)
    found += where(
        _mask(a != b and len(relations[frozenset((a, b))]) > 1 for a, b, _ in classes),
        "claims equivalent to its claims have another relation",
    )
    both = {
        frozenset((a, b))
        for above in map(closure.entailed, sorted({name for a, b, _ in classes for name in (a, b)}))
        for a, b in combinations(sorted(above), 2)
    }
    certain = rows[strict].to_pylist()
    found += where(
        _mask(
            label == meaning.contradiction and sure is True and frozenset((a, b)) in both
            for (a, b, label), sure in zip(classes, certain, strict=True)
        ),
        "it is strict, but a claim entails both its claims",
    )
    for name in filter(None, (meaning.entailment, meaning.succession)):
        circle = cycle(closure.edges(name))
        steps = set(zip(circle, [*circle[1:], *circle[:1]], strict=True))
        path = " → ".join([*circle, *circle[:1]])
        found += where(
            _mask(label == name and (a, b) in steps for a, b, label in classes),
            f"{name} goes in a circle: {path}",
        )
    return found


def _pairs(rows: pa.Table, claim_a: str, claim_b: str, relation: str) -> list[tuple[str, str, str]]:
    return list(zip(*(texts(rows, name).to_pylist() for name in (claim_a, claim_b, relation)), strict=True))


def _mask(values: Iterable[bool]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.fromiter(values, dtype=np.bool_)
