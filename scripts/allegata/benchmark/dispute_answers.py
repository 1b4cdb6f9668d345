"""The disputes of a submission and its scores of pairs: read from JSON with every fault, and written back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from allegata.measures.disputes import ClaimPair, Dispute
from allegata.schema.plain_values import is_finite


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


def read_pairs(value: object, claims: Collection[str], shown: Any) -> tuple[dict[ClaimPair, float], list[str]]:
    """The scores of pairs of claims of a story, whichever claim is named first, and what is wrong with them."""
    if not isinstance(value, list):
        return {}, ["'pairs' is not a list"]
    found: dict[ClaimPair, float] = {}
    faults, known = [], frozenset(claims)
    for number, item in enumerate(value):
        where = f"pair {number}"
        if not isinstance(item, list) or len(item) != 3 or not all(isinstance(claim, str) for claim in item[:2]):
            faults.append(f"{where} is not a list of two claim ids and a score")
            continue
        pair = (min(item[:2]), max(item[:2]))
        bad = [f"{where} has {shown(claim)}, no claim of this story" for claim in sorted(set(pair) - known)]
        bad += [f"{where} has the claim {shown(pair[0])} twice"] if pair[0] == pair[1] else []
        bad += [f"{where} has a score that is no finite number"] if not is_finite(item[2]) else []
        bad += [f"{where} repeats an earlier pair"] if pair in found and not bad else []
        faults += bad
        if not bad:
            found[pair] = float(item[2])
    return found, faults


def written_pairs(pairs: Mapping[ClaimPair, float]) -> list[list[str | float]]:
    """The scores as JSON has them, sorted by pair."""
    return [[*pair, value] for pair, value in sorted(pairs.items())]
