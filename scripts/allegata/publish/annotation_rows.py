"""Rows about what is annotated in an article: mentions, attributions, claims, time expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from allegata.publish.projector import Projector, Row
from allegata.schema.scheme import Scheme

# What may stand between a claim and the marker that cites for it: blanks, a final mark, closing quotes.
_BEFORE_MARKER = re.compile(r"[\s.!?…\"'”’»)]*")
_COPIED = ("claimer_id", "claimer_chain", "decontextualised")


def mention_rows(projector: Projector, register: Mapping[str, Mapping[str, Any]], scheme: Scheme) -> Iterator[Row]:
    """Table `entities`; `register` maps an entity id to its entry."""
    for mention in projector.article["mentions"]:
        entity = register.get(mention["entity_id"], {})
        yield {
            "mention_id": projector.full_id(mention["id"]),
            **_place(projector, mention["segments"]),
            **_attributes(mention, scheme, "mention"),
            "entity_id": mention["entity_id"],
            "entity_name": entity.get("name"),
            "wikidata": entity.get("wikidata"),
            "wikidata_status": entity.get("wikidata_status"),
        }


def claim_rows(projector: Projector, scheme: Scheme, passes: Mapping[str, Row] = {}) -> Iterator[Row]:
    """Table `claims`; `passes` maps the id of a claim to what the blind passes say of it (`soft_labels`, `passes`,
    `marked`).
    """
    worthy = scheme.role("claim", "check_worthiness", "worthy")
    attributions = {attribution["id"]: attribution for attribution in projector.article["attributions"]}
    for claim in projector.article["claims"]:
        place = _place(projector, claim["segments"])
        attribution = attributions.get(claim["attribution_id"])
        yield {
            "claim_id": projector.full_id(claim["id"]),
            **place,
            "segments": projector.segments(claim["segments"]),
            "cue": projector.segments(attribution["cue"]) if attribution else [],
            "parent_id": projector.full_id(claim["parent_id"]),
            "attribution_id": projector.full_id(claim["attribution_id"]),
            **{name: claim[name] for name in _COPIED},
            **_attributes(claim, scheme, "claim"),
            "check_worthy": None if (grade := claim.get("check_worthiness")) is None else grade in worthy,
            **passes.get(claim["id"], {"soft_labels": [], "passes": [], "marked": None}),
            "evidence": _evidence(projector, place["source_start"], place["source_end"]),
        }


def attribution_rows(projector: Projector, scheme: Scheme) -> Iterator[Row]:
    """Table `attributions`. The offsets of a row are the hull of its content."""
    for attribution in projector.article["attributions"]:
        yield {
            "attribution_id": projector.full_id(attribution["id"]),
            **_place(projector, attribution["content"]),
            **{name: projector.segments(attribution[name]) for name in ("content", "source", "cue")},
            "source_id": attribution["source_id"],
            **_attributes(attribution, scheme, "attribution"),
        }


def time_rows(projector: Projector, scheme: Scheme) -> Iterator[Row]:
    """Table `time_expressions`."""
    for time in projector.article["time_expressions"]:
        anchor = time["anchor"]
        yield {
            "time_id": projector.full_id(time["id"]),
            **_place(projector, time["segments"]),
            **{name: time[name] for name in ("value", "edtf")},
            **_attributes(time, scheme, "time"),
            "anchor": anchor if anchor == "dct" else projector.full_id(anchor),
        }


def _attributes(record: Row, scheme: Scheme, kind: str) -> Row:
    return {name: record[name] for name in scheme.attributes(kind)}


def _place(projector: Projector, segments: list[dict[str, int]]) -> Row:
    hull = projector.hull(segments)
    return {
        "article_id": projector.article["article_id"],
        "sentence_id": projector.sentence_id(hull["start"]),
        **hull,
    }


def _evidence(projector: Projector, start: int, end: int) -> list[Row]:
    """The citation markers that stand inside a source span or follow its end, in order, each once."""
    source_text = projector.article["source_text"]
    cited: dict[str, Row] = {}
    for citation in sorted(projector.article["citations"], key=lambda citation: int(citation["start"])):
        if citation["start"] < start:
            continue
        if citation["start"] >= end:
            if not _BEFORE_MARKER.fullmatch(source_text, end, citation["start"]):
                break
            end = citation["end"]  # `[1][2]`: the next marker may follow this one
        cited.setdefault(citation["marker"], {"marker": citation["marker"], "url": citation["url"]})
    return list(cited.values())
