"""Who makes a claim of the gold, after a tool put an attribution around it or took out who makes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from allegata.schema import labels
from allegata.schema.scheme import Scheme
from allegata.text.claim_context import with_computed

_WHO = ("attribution_id", "claimer_id")
_COMPUTED = (*_WHO, "claimer_chain", "factuality_author")


class Apart(NamedTuple):
    """A claim with its span in the source text and its claimer, and the attribution around it that it is none of."""

    claim: str
    start: int
    end: int
    claimer: str
    attribution: str


def apart(records: Sequence[Mapping[str, Any]], scheme: Scheme) -> tuple[Apart, ...]:
    """The claims without an attribution inside the content of one. What is factive is so for the author too: the claim
    of such an attribution may be the author's."""
    attributions = [one for one in records if one["record"] == "attribution"]
    factive = scheme.role("attribution", "attribution_type", "factive")
    type_of = {one["id"]: one.get("attribution_type") for one in attributions}
    found = []
    for claim in records:
        if claim["record"] != "claim" or claim["attribution_id"] is not None:
            continue
        segments, who = claim["segments"], claim["claimer_id"]
        around = with_computed({}, segments, attributions, scheme)["attribution_id"]
        if around is not None and not (who == labels.AUTHOR and type_of[around] in factive):
            span = (min(one.start for one in segments), max(one.end for one in segments))
            found.append(Apart(claim["id"], *span, who, around))
    return tuple(found)


def recomputed(
    claim: Mapping[str, Any],
    was: Mapping[str, Any],
    attributions: Sequence[Mapping[str, Any]],
    made: Collection[str],
    scheme: Scheme,
) -> dict[str, Any]:
    """The claim, with what follows from the `attributions` of its article as they are now.

    `was` is its record in the gold, `made` are the ids of those attributions that were made in the tool, now or at an
    import before: the tool shows the claim as it was without them. So it is computed where it says just that, or names
    no claimer; what somebody decided otherwise is kept.
    """
    is_unset = claim["claimer_id"] is None
    bare = {name: value for name, value in claim.items() if name not in _COMPUTED}
    segments = claim["segments"]
    before = with_computed(bare, segments, [one for one in attributions if one["id"] not in made], scheme)
    if not is_unset and any(claim[name] != before[name] for name in _WHO):
        return dict(claim)
    after = with_computed(bare, segments, attributions, scheme)
    if not is_unset and all(after[name] == before[name] for name in _WHO):
        return dict(claim)
    open_ones = {"claimer_id", *(name for name in _COMPUTED if claim.get(name) == before.get(name))}
    if claim["attribution_id"] is None:
        open_ones.add("attribution_id")
    if is_unset and claim["claimer_chain"] == was["claimer_chain"]:
        open_ones.add("claimer_chain")
    given = {name: value for name, value in claim.items() if name not in open_ones}
    return dict(with_computed(given, segments, attributions, scheme))
