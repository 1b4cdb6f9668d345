"""Proposals for a text: mentions, attributions and claims, found by machine, to be corrected by people.

A record says nothing that was not predicted: what no model fills is unset, and means what the scheme says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allegata.propose.claims import propose_attributions, propose_claims
from allegata.propose.dates import read_time
from allegata.propose.entities import Entities, is_pronoun
from allegata.propose.learned import Entity
from allegata.propose.placement import Placement, Sentence
from allegata.propose.proposers import ARTICLE, Context, Proposers
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

Record = dict[str, Any]


@dataclass(frozen=True)
class Proposal:
    """The records of one article, and the words (source offsets) of each entity that no mention names, by id."""

    records: tuple[Record, ...]
    sources: Mapping[str, Span]


def propose(
    text: str,
    offsets: OffsetMap,
    models: Proposers,
    sentences: Sequence[Sentence] | None = None,
    register: Mapping[str, Entity] | None = None,
    context: Context | None = None,
) -> Proposal:
    """Gold records of one clean text, in the order of the text; spans are lists of `Span` in the source text.

    `offsets` is the map of the article. With `sentences` a proposal keeps to the guidelines: mentions and claims lie
    inside one sentence, claims and attributions in no heading. `register` are the entities that are known by their
    ids: a mention of one has its label. `context` is what else is known of the article. Every date and time is
    proposed as a time expression too. The fields are those of the gold format, so that the records can be written,
    opened and corrected like any others. Ids: `m001`, `t001`, `a001`, `c001`, … by position.
    """
    placement = Placement(sentences)
    context = context or Context()
    registered = {name.lower(): entity for name, entity in context.names.items()}
    entities = Entities({**models.memory.names, **registered}, register or {})
    mentions = _mentions(text, context, models, placement, entities)
    attributions = propose_attributions(text, context.language, models, entities, placement)
    claims = propose_claims(text, context.language, models, attributions, placement)
    times = _times(text, context.language, mentions, models.options.scheme.role("mention", "label", "with-time"))
    records = [*mentions, *times, *attributions, *claims]
    records.sort(key=lambda record: (_first(record).start, record["record"], record["id"]))
    sources = {name: offsets.span_to_source(span) for name, span in entities.unlabelled()}
    return Proposal(tuple(_to_source(record, offsets) for record in records), sources)


def _first(record: Mapping[str, Any]) -> Span:
    span: Span = (record.get("segments") or record["content"])[0]
    return span


def _to_source(record: Record, offsets: OffsetMap) -> Record:
    moved = dict(record)
    for field in ("segments", "source", "cue", "content"):
        if field in moved:
            moved[field] = [offsets.span_to_source(span) for span in moved[field]]
    return moved


def _mentions(text: str, context: Context, models: Proposers, placement: Placement, entities: Entities) -> list[Record]:
    """A pronoun without anybody before it that it may stand for is left out."""
    found: list[Record] = []
    for span in models.mentions(text, context):
        if not placement.holds(span.hull):
            continue
        quote = span.hull.quote(text)
        word, entity, kind = quote.lower(), None, "NAM"
        if is_pronoun(word, context.language):
            entity, kind = entities.pronoun(word, context.language, span.label), "PRO"
            if entity is None:
                continue
        elif span.label not in models.options.scheme.value_labels:
            entity = entities.named(quote, span.label)
            if entity.label is None:  # the register says that nothing is a mention of it
                continue
            kind = "NAM" if ARTICLE.sub("", quote, count=1)[:1].isupper() else "NOM"  # `The company` is no name
        found.append(
            {
                "record": "mention",
                "id": f"m{len(found) + 1:03d}",
                "segments": [span.hull],
                "label": entity.label if entity and entity.label else span.label,
                "mention_type": kind,
                "entity_id": entity.id if entity else None,
            }
        )
        entities.mentions.append(found[-1])
    return found


def _times(text: str, language: str, mentions: Sequence[Record], labels: Collection[str]) -> list[Record]:
    """The time expression of each mention of a date or a time: the guidelines want one of the same span."""
    found: list[Record] = []
    for mention in mentions:
        if mention["label"] in labels:
            kind, value = read_time(_first(mention).quote(text), mention["label"], language)
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
