"""The disputes of a submission: read from JSON with every fault, and written back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from allegata.measures.disputes import Dispute


def read_disputes(value: object, claims: Collection[str], shown: Any) -> tuple[list[Dispute], list[str]]:
    """The disputes of a story with these claims, and what is wrong with them. `shown` cuts a wrong value short."""
    if not isinstance(value, list):
        return [], ["'disputes' is not a list"]
    found, faults, known = [], [], frozenset(claims)
    for number, item in enumerate(value):
        where = f"dispute {number}"
        if not isinstance(item, dict) or set(item) != {"positions"}:
            faults.append(f"{where} is not an object with positions")
            continue
        positions = item["positions"]
        if not isinstance(positions, list) or not all(map(_is_position, positions)):
            faults.append(f"{where} has no list of lists of claim ids")
            continue
        bad = [f"{where} has fewer than two positions"] if len(positions) < 2 else []
        bad += [f"{where} has an empty position"] if not all(positions) else []
        named = Counter(claim for position in positions for claim in position)
        bad += [f"{where} has {shown(claim)}, no claim of this story" for claim in sorted(named.keys() - known)]
        repeated = sorted(claim for claim in known & named.keys() if named[claim] > 1)
        bad += [f"{where} has the claim {shown(claim)} more than once" for claim in repeated]
        faults += bad
        if not bad:
            found.append(Dispute(tuple(frozenset(position) for position in positions)))
    return found, faults


def _is_position(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(claim, str) for claim in value)


def written_disputes(disputes: Iterable[Dispute]) -> list[dict[str, Any]]:
    """The disputes as JSON has them, sorted: the same ones give the same bytes."""
    rows = (sorted(sorted(position) for position in dispute.positions) for dispute in disputes)
    return [{"positions": positions} for positions in sorted(rows)]
