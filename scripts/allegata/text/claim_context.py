"""What follows for a claim from the attributions and claims around it, so that neither people nor machines write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allegata.schema import labels
from allegata.schema.scheme import Scheme
from allegata.text.spans import Span

Record = Mapping[str, Any]


def with_computed(claim: Record, segments: Sequence[Span], attributions: Sequence[Record], scheme: Scheme) -> Record:
    """The claim with what its attributions say of it; what it says itself is kept. Null is something that it says of
    `attribution_id` and `factuality_author`, nothing of who claims.

    `attributions` are those of the article, `segments` the spans of the claim, all in one text. Computed are, in this
    order:

    - `attribution_id`: the innermost attribution whose content holds the claim; of the claimer, if one is named.
    - `claimer_id`: the source of that attribution, `unnamed` if the register does not have it; `author` without one.
    - `claimer_chain`: the author, and the sources of the attributions from the outermost to that one; a source inside
      its own attribution is one link.
    - `factuality_author`: what the claimer commits to where the claimer is the author, or where the only attribution
      that holds the claim is factive; else that the author does not commit. Null where the claimer's is.
    """
    found = dict(claim)
    around = sorted((one for one in attributions if _holds(one, segments)), key=_size, reverse=True)
    if "attribution_id" not in found:
        said = found.get("claimer_id")
        mine = [one for one in around if said is None or source_of(one) == said]
        found["attribution_id"] = mine[-1]["id"] if mine else None
    places = [place for place, one in enumerate(around) if one["id"] == found["attribution_id"]]
    if found.get("claimer_id") is None:
        chosen = [one for one in attributions if one["id"] == found["attribution_id"]]
        found["claimer_id"] = source_of(chosen[0]) if chosen else labels.AUTHOR
    if found.get("claimer_chain") is None:
        outside_in = [source_of(one) for one in around[: places[0] + 1]] if places else [found["claimer_id"]]
        chain = [labels.AUTHOR, *outside_in]
        found["claimer_chain"] = [
            one for place, one in enumerate(chain) if not place or one != chain[place - 1] or one == labels.UNNAMED
        ]
    if "factuality_author" not in found and scheme.has("claim", "factuality_author"):
        factive = scheme.role("attribution", "attribution_type", "factive")
        shares = found["claimer_id"] == labels.AUTHOR or (
            len(around) == 1 and around[0].get("attribution_type") in factive
        )
        value = found.get("factuality_source")
        if value is not None and not shares:
            value = next(iter(scheme.role("claim", "factuality_author", "uncommitted")), None)
        found["factuality_author"] = value if value in scheme.values("claim", "factuality_author") else None
    return found


def source_of(attribution: Record) -> str:
    """The claimer that an attribution names: its source, or that there is none in the register."""
    source = attribution["source_id"]
    return labels.UNNAMED if source is None else str(source)


def parents(claims: Sequence[Record]) -> list[str | None]:
    """For each claim the id of the smallest other whose hull holds its own and is larger, of equals the first id; None
    where there is none. Time grows with the claims, and with how many reach over one place."""
    hulls = [_hull(claim) for claim in claims]
    found: list[str | None] = [None] * len(claims)
    around: list[tuple[int, int, str]] = []  # start, end and id of those that begin before
    for place in sorted(range(len(claims)), key=lambda place: (hulls[place][0], -hulls[place][1])):
        start, end = hulls[place]
        around = [one for one in around if one[1] > start]
        outer = [(b - a, name) for a, b, name in around if end <= b and b - a > end - start]
        found[place] = min(outer)[1] if outer else None
        around.append((start, end, str(claims[place]["id"])))
    return found


def _hull(record: Record) -> tuple[int, int]:
    return min(span.start for span in record["segments"]), max(span.end for span in record["segments"])


def _holds(attribution: Record, segments: Sequence[Span]) -> bool:
    """Whether the pieces of its content hold all of the segments."""
    return bool(segments) and all(
        any(piece.start <= span.start and span.end <= piece.end for piece in attribution["content"])
        for span in segments
    )


def _size(attribution: Record) -> tuple[int, str]:
    """Attributions of one size: the first id is the innermost."""
    return sum(piece.length for piece in attribution["content"]), str(attribution["id"])
