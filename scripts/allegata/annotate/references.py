"""Ids that point nowhere: the entities, claimers, attributions, claims and time expressions that a record names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from allegata.schema import labels

Entities = Mapping[str, Mapping[str, Any]]
_REGISTER = "use an id of entities.jsonl, or add the entity there"
_RELABEL = "use another entity, or change the label of the entity in entities.jsonl, and of all its mentions"
# Field of a record -> the kind of record of the same file that it names.
_WITHIN = {"attribution_id": "attribution", "parent_id": "claim"}


def reference_faults(
    record: Mapping[str, Any],
    entities: Entities,
    ids: Mapping[str, Collection[str]] | None,
    doubtful: Collection[str] | None = (),
) -> Iterator[tuple[str, str]]:
    """What each id of `record` that does not resolve is, and what to do about it.

    `entities` are the rows of the register by id; `ids` the ids of the file by kind of record. What is no string is
    passed over: that is a fault of the field itself. So is what a fault that is reported elsewhere hides: an id of a
    line of the register that has faults (`doubtful`; None if such a line has no id), and every id of a file with
    records that cannot be read (`ids` is None).
    """

    def is_unknown(value: object, also: Collection[str] = ()) -> bool:
        known = not isinstance(value, str) or value in entities or value in also
        return not known and doubtful is not None and value not in doubtful

    claimers = (labels.AUTHOR, labels.UNNAMED)  # who claims need not be an entity
    for name in ("entity_id", "source_id", "claimer_id"):
        value = record.get(name)
        if is_unknown(value, claimers if name == "claimer_id" else ()):
            yield f"{name} {value!r} is no entity of the register", _REGISTER
    entity = record.get("entity_id") if record["record"] == "mention" else None
    if isinstance(entity, str) and entity in entities and entities[entity]["label"] != record["label"]:
        label = entities[entity]["label"]
        yield f"its label is {record['label']}, the register has {label} for {entity!r}", _RELABEL
    chain = record.get("claimer_chain")
    for claimer in chain if isinstance(chain, list) else ():
        if is_unknown(claimer, claimers):
            yield f"claimer_chain has {claimer!r}, which is no entity of the register", _REGISTER
    if ids is None:
        return
    for name, kind in _WITHIN.items():
        value = record.get(name)
        if isinstance(value, str) and value not in ids[kind]:
            yield f"{name} {value!r} is no {kind} of this file", "correct the id"
    anchor = record.get("anchor") if record["record"] == "time" else None
    if isinstance(anchor, str) and anchor != "dct" and anchor not in ids["time"]:
        yield f"anchor {anchor!r} is no time expression of this file", "correct the id"
