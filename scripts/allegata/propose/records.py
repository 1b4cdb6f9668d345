"""Proposals for a text: mentions, attributions and claims, found by machine, to be corrected by people.

A record says nothing that was not predicted: attributes that no model fills get the most cautious value.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allegata.propose.dates import read_time
from allegata.propose.proposers import ARTICLE, Entity, Proposers
from allegata.schema import labels
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

Record = dict[str, Any]
_SLUG = re.compile(r"[^a-z0-9]+")
_PEOPLE = frozenset(["i", "you", "he", "him", "his", "she", "her", "who"])
_OTHERS = frozenset(["it", "its", "we", "our", "they", "them", "their"])


def propose(
    text: str,
    offsets: OffsetMap,
    models: Proposers,
    sentences: Sequence[Sentence] | None = None,
    register: Mapping[str, Entity] | None = None,
) -> list[Record]:
    """Gold records of one clean text, in the order of the text; spans are lists of `Span` in the source text.

    `offsets` is the map of the article. With `sentences` a proposal keeps to the guidelines: mentions and claims lie
    inside one sentence, claims and attributions in no heading. `register` are the entities that are known by their
    ids: a mention of one has its label. Every date and time is proposed as a time expression too. The fields are those
    of the gold format, so that the records can be written, opened and corrected like any others. Ids: `m001`, `t001`,
    `a001`, `c001`, … by position.
    """
    home = _Home(sentences)
    mentions = _mentions(text, models, home, register or {})
    attributions = _attributions(text, models, mentions, home)
    records = [*mentions, *_times(text, mentions), *attributions, *_claims(text, models, attributions, home)]
    records.sort(key=lambda record: (_first(record).start, record["record"], record["id"]))
    return [_to_source(record, offsets) for record in records]


@dataclass(frozen=True)
class Sentence:
    """A sentence of a clean text and the zone it stands in."""

    span: Span
    zone: str


@dataclass(frozen=True)
class _Home:
    """Where the guidelines let a record stand; anywhere without sentences."""

    sentences: Sequence[Sentence] | None

    def holds(self, span: Span) -> bool:
        """True if one sentence holds the span."""
        return self.sentences is None or any(sentence.span.contains(span) for sentence in self.sentences)

    def is_heading(self, span: Span) -> bool:
        """True if a part of the span stands in a heading."""
        return any(s.zone == "heading" and s.span.overlaps(span) for s in self.sentences or ())


def _first(record: Mapping[str, Any]) -> Span:
    span: Span = (record.get("segments") or record["content"])[0]
    return span


def _to_source(record: Record, offsets: OffsetMap) -> Record:
    moved = dict(record)
    for field in ("segments", "source", "cue", "content"):
        if field in moved:
            moved[field] = [offsets.span_to_source(span) for span in moved[field]]
    return moved


def _mentions(text: str, models: Proposers, home: _Home, register: Mapping[str, Entity]) -> list[Record]:
    """A pronoun without anybody before it that it may stand for is left out."""
    found: list[Record] = []
    new: dict[str, Entity] = {}
    for span in models.mentions(text):
        if not home.holds(span.hull):
            continue
        quote = span.hull.quote(text)
        word, entity, kind = quote.lower(), None, "NAM"
        if word in _PEOPLE | _OTHERS:
            entity, kind = _antecedent(found, span.label, word in _PEOPLE), "PRO"
            if entity is None:
                continue
        elif span.label not in labels.VALUE_LABELS:
            slug = entity_slug(word)
            entity = models.memory.names.get(word) or new.setdefault(slug, Entity(slug, span.label))
            entity = register.get(entity.id, entity)
            kind = "NAM" if ARTICLE.sub("", quote, count=1)[:1].isupper() else "NOM"  # `The company` is no name
        found.append(
            {
                "record": "mention",
                "id": f"m{len(found) + 1:03d}",
                "segments": [span.hull],
                "label": entity.label if entity else span.label,
                "subtype": entity.subtype if entity else None,
                "mention_type": kind,
                "entity_id": entity.id if entity else None,
            }
        )
    return found


def entity_slug(word: str) -> str:
    """The id of a new entity: its letters without their marks; of a name in another script, its digest."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return _SLUG.sub("-", plain).strip("-") or f"unnamed-{hashlib.sha256(word.encode()).hexdigest()[:8]}"


def _antecedent(before: Sequence[Record], label: str, person: bool) -> Entity | None:
    """The last entity that a pronoun may stand for, one of the label it was given rather than another."""
    fitting = [r for r in reversed(before) if r["entity_id"] and (r["label"] == "PERSON") == person]
    record = next((r for r in fitting if r["label"] == label), fitting[0] if fitting else None)
    return Entity(record["entity_id"], record["label"], record["subtype"]) if record else None


def _times(text: str, mentions: Sequence[Record]) -> list[Record]:
    """The time expression of each mention of a date or a time: the guidelines want one of the same span."""
    found: list[Record] = []
    for mention in mentions:
        if mention["label"] in ("DATE", "TIME"):
            kind, value = read_time(_first(mention).quote(text), mention["label"])
            found.append(
                {
                    "record": "time",
                    "id": f"t{len(found) + 1:03d}",
                    "segments": mention["segments"],
                    "type": kind,
                    "value": value,
                    "edtf": value if kind == "DATE" else None,
                    "mod": None,
                    "anchor": None,
                }
            )
    return found


def _attributions(text: str, models: Proposers, mentions: Sequence[Record], home: _Home) -> list[Record]:
    found: list[Record] = []
    proposed = [parts for parts in models.attributions(text) if not any(map(home.is_heading, parts.values()))]
    for number, parts in enumerate(sorted(proposed, key=lambda parts: parts["content"].start), 1):
        source = parts.get("source")
        inside = [m["entity_id"] for m in mentions if source and m["entity_id"] and source.contains(_first(m))]
        found.append(
            {
                "record": "attribution",
                "id": f"a{number:03d}",
                **{role: [parts[role]] if role in parts else [] for role in ("source", "cue", "content")},
                "source_id": inside[0] if inside else None,
                "attribution_type": "Comm",
                "quotation_type": _quotation(parts["content"].quote(text)),
            }
        )
    return found


def _quotation(content: str) -> str:
    if content[:1] in '“"' and content[-1:] in '”"':
        return "direct"
    return "mixed" if "“" in content or '"' in content else "indirect"


def _sentence(quote: str) -> str:
    return quote[:1].upper() + quote[1:].rstrip(" .,;:!?") + "."


def _claims(text: str, models: Proposers, attributions: Sequence[Record], home: _Home) -> list[Record]:
    spans = [span for span in models.claim_spans(text) if home.holds(span) and not home.is_heading(span)]
    quotes = [span.quote(text) for span in spans]
    found = []
    for number, (span, quote, kind) in enumerate(zip(spans, quotes, models.claim_types(quotes), strict=True), 1):
        # A claim is made by the source of its attribution; one whose source is not known is left to the annotator.
        attribution = next((a for a in attributions if a["source_id"] and a["content"][0].contains(span)), None)
        claimer = attribution["source_id"] if attribution else labels.AUTHOR
        found.append(
            {
                "record": "claim",
                "id": f"c{number:03d}",
                "segments": [span],
                "parent_id": None,
                "attribution_id": attribution["id"] if attribution else None,
                "claim_type": kind,
                "procedural": False,
                "verifiable": kind != "opinion",
                "check_worthiness": 1,
                "factuality_source": "Uu",
                "factuality_author": "Uu",
                "polarity": "affirmative",
                "modality": "none",
                "claimer_id": claimer,
                "claimer_chain": [labels.AUTHOR] if claimer == labels.AUTHOR else [labels.AUTHOR, claimer],
                "object_id": None,
                "decontextualised": _sentence(quote),
                "amounts": [],
                "elliptical": False,
            }
        )
    return found
