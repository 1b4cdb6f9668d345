"""Proposed attributions and claims: who says what, linked to one another as the guidelines link them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allegata.propose.entities import Entities
from allegata.propose.placement import Placement
from allegata.propose.proposers import Proposers
from allegata.schema import labels
from allegata.text.spans import Span

Record = dict[str, Any]
_OPENING, _CLOSING = '“"„«', '”"“»'


def propose_attributions(
    text: str, language: str, models: Proposers, entities: Entities, placement: Placement
) -> list[Record]:
    """Attributions in the order of the text. The source of each that names somebody is an entity."""
    proposed = [
        parts for parts in models.attributions(text, language) if not any(map(placement.is_heading, parts.values()))
    ]
    return [
        {
            "record": "attribution",
            "id": f"a{number:03d}",
            **{role: [parts[role]] if role in parts else [] for role in ("source", "cue", "content")},
            "source_id": entities.source(text, parts["source"], language) if "source" in parts else None,
            "attribution_type": "Comm",
            "quotation_type": _quotation(parts["content"].quote(text)),
        }
        for number, parts in enumerate(sorted(proposed, key=lambda parts: (parts["content"].start, str(parts))), 1)
    ]


def _quotation(content: str) -> str:
    if content[:1] in _OPENING and content[-1:] in _CLOSING:
        return "direct"
    return "mixed" if any(mark in content for mark in _OPENING) else "indirect"


def propose_claims(
    text: str, language: str, models: Proposers, attributions: Sequence[Record], placement: Placement
) -> list[Record]:
    """Claims in the order of the text, each with the attribution it stands in and the claim around it."""
    proposed = models.claim_spans(text, language)
    spans = sorted(
        {span for span in proposed if placement.holds(span) and not placement.is_heading(span)},
        key=lambda span: (span.start, -span.end),
    )
    quotes = [span.quote(text) for span in spans]
    found: list[Record] = []
    for number, (span, kind) in enumerate(zip(spans, models.claim_types(quotes, language), strict=True), 1):
        chain = _attributions_around(span, attributions)
        claimers = [labels.AUTHOR, *(attribution["source_id"] for attribution in chain)]
        found.append(
            {
                "record": "claim",
                "id": f"c{number:03d}",
                "segments": [span],
                "parent_id": _parent(span, found),
                "attribution_id": chain[-1]["id"] if chain else None,
                "claim_type": kind or models.unlearned_type,
                "claimer_id": claimers[-1],
                "claimer_chain": claimers,
            }
        )
    return found


def _attributions_around(span: Span, attributions: Sequence[Record]) -> list[Record]:
    """The attributions whose contents hold the span, the outermost first.

    One whose source nothing names says nothing of who claims, and is passed over.
    """
    around = [a for a in attributions if a["source_id"] and a["content"][0].contains(span)]
    return sorted(around, key=lambda a: (-a["content"][0].length, a["id"]))


def _parent(span: Span, before: Sequence[Mapping[str, Any]]) -> str | None:
    """The smallest claim that holds the span and is larger."""
    around = [claim for claim in before if claim["segments"][0].contains(span)]
    return min(around, key=lambda claim: claim["segments"][0].length)["id"] if around else None
