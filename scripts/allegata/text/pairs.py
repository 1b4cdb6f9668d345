"""The pairs of claims that follow from propositions and disputes. Pure: nothing is annotated pair by pair.

Two claims of one proposition are equivalent; two claims of different positions of a dispute are related as the kind of
the dispute says. A dispute is a record of `annotations/disputes.jsonl`: id, kind, differs, and positions with id,
claims and what they supersede. What a dispute says of a pair goes before a proposition: claims that say the same can
take different positions on who said it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from allegata.schema.labels import EQUIVALENT, LEVELS, SUPERSEDING, UNNAMED

Dispute = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """Two claims, the earlier first. `differs` is that of the dispute which names the relation; `supersedes` says which
    claim's position replaces that of the other (`a` or `b`), directly or through a third, in the first dispute that
    says it. Both are None for a proposition."""

    a: str
    b: str
    relation: str
    dispute_ids: tuple[str, ...] = ()
    differs: str | None = None
    supersedes: str | None = None

    @property
    def origin(self) -> str:
        """What it follows from."""
        return "dispute" if self.dispute_ids else "proposition"


def derived_pairs(
    propositions: Iterable[Sequence[str]], disputes: Iterable[Dispute], order: Mapping[str, int], kinds: Sequence[str]
) -> list[Pair]:
    """Every pair that follows, once, sorted; whatever the order of the records.

    `propositions` are the members of each, `order` gives every claim its place (`annotate.cross_article.claim_order`),
    `kinds` are the kinds of disputes, the strongest first: it names the relation where several disputes hold a pair.
    """

    def ends(one: str, other: str) -> tuple[str, str]:
        return (one, other) if order[one] <= order[other] else (other, one)

    same = {ends(*pair) for group in propositions for pair in combinations(group, 2)}
    found = {pair: Pair(*pair, EQUIVALENT) for pair in same}
    said: dict[tuple[str, str], list[tuple[int, str, str | None, str | None]]] = {}
    for dispute in disputes:
        replaced = superseded(dispute["positions"])
        for first, second in combinations(dispute["positions"], 2):
            newer, older = second["id"] in replaced[first["id"]], first["id"] in replaced[second["id"]]
            for one, other in product(first["claims"], second["claims"]):
                a, b = ends(one, other)
                later = one if newer else other if older else None
                which = None if later is None else SUPERSEDING[later == b]
                row = (kinds.index(dispute["kind"]), dispute["id"], dispute["differs"], which)
                said.setdefault((a, b), []).append(row)
    for (a, b), rows in said.items():
        rows.sort(key=lambda row: row[:2])
        which = next((row[3] for row in rows if row[3]), None)
        found[a, b] = Pair(a, b, kinds[rows[0][0]], tuple(sorted({row[1] for row in rows})), rows[0][2], which)
    return sorted(found.values(), key=lambda pair: (order[pair.a], order[pair.b]))


def superseded(positions: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Position id -> ids of the positions that it replaces, directly or through others."""
    direct = {position["id"]: set(position["supersedes"]) for position in positions}
    found: dict[str, set[str]] = {}
    for name in direct:
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            new = direct.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        found[name] = reached
    return found


def superseded_among(positions: Iterable[Mapping[str, Any]], kept: Collection[str]) -> dict[str, list[str]]:
    """What each of the `kept` positions says that it supersedes of the others; what it says of one that is not kept is
    what that one says."""
    direct = {position["id"]: position["supersedes"] for position in positions}
    found: dict[str, list[str]] = {}
    for name in direct.keys() & set(kept):
        named = list(direct[name])
        for other in named:  # grows while it is read
            named += [] if other in kept else [one for one in direct.get(other, ()) if one not in named]
        found[name] = [other for other in named if other in kept]
    return found


def level_of(first: str, second: str) -> str:
    """Whether one claimer, or the authors' own voice, says both: two unnamed sources are not known to be one."""
    return LEVELS[first != second or first == UNNAMED]


def cycle(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """The nodes of one cycle of a directed graph in order, or an empty list. Sorted, so the answer is stable."""
    done: set[str] = set()
    for start in sorted(edges):
        path: list[str] = []
        stack = [iter([start])]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                if path:
                    done.add(path.pop())
            elif node in path:
                return path[path.index(node) :]
            elif node not in done:
                path.append(node)
                stack.append(iter(sorted(edges.get(node, ()))))
    return []
