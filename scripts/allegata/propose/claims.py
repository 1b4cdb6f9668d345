"""Proposed attributions and claims: who says what, linked to one another as the guidelines link them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allegata.propose.entities import Entities
from allegata.propose.placement import Placement
from allegata.propose.proposers import Proposers
from allegata.text.claim_context import parents, with_computed

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
    """Claims in the order of the text, each with what follows from the attributions and claims around it."""
    proposed = models.claim_spans(text, language)
    spans = sorted(
        {span for span in proposed if placement.holds(span) and not placement.is_heading(span)},
        key=lambda span: (span.start, -span.end),
    )
    quotes = [span.quote(text) for span in spans]
    found = []
    for number, (span, kind) in enumerate(zip(spans, models.claim_types(quotes, language), strict=True), 1):
        claim: Record = {"record": "claim", "id": f"c{number:03d}", "segments": [span]}
        claim["claim_type"] = kind or models.unlearned_type
        found.append(with_computed(claim, [span], attributions, models.options.scheme))
    return [{**claim, "parent_id": parent} for claim, parent in zip(found, parents(found), strict=True)]
