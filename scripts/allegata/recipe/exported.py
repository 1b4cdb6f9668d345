"""What an export was made of, kept in its mark, so that files that come home undo nothing that changed since.

A tool's files say what they hold, not what somebody changed. Where the gold is no more what they were made of, taking
them as they are would turn the work of others back; so the state of every layer goes out with them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import replace

from allegata.exchange.folder import Mark, States
from allegata.text.documents import Document


def states_of(document: Document) -> States:
    """The state of every layer that a document has annotations of."""
    rows: dict[str, list[object]] = {}
    whole = document.ordered
    for one in whole.annotations:
        facts = sorted((name, repr(value)) for name, value in one.attributes.items())
        rows.setdefault(one.layer, []).append((one.id, one.label, one.segments, facts))
    layer_of = {one.id: one.layer for one in whole.annotations}
    for relation in whole.relations:
        rows[layer_of[relation.first]].append(relation)
    return {layer: hashlib.sha256(json.dumps(row).encode()).hexdigest()[:16] for layer, row in sorted(rows.items())}


def changed_since(mark: Mark, into: str, document: Document, layers: Collection[str]) -> list[str]:
    """The layers, among these, of which `into` has another state than the export was made of, or brought home last.

    None for files whose mark knows nothing of the article.
    """
    for known in (mark.imported.get(into, {}), mark.states or {}):
        if document.id in known:
            then, now = known[document.id], states_of(document)
            return [layer for layer in sorted(layers) if then.get(layer) != now.get(layer)]
    return []


def with_imported(mark: Mark, into: str, documents: Collection[Document]) -> Mark:
    """The mark after these documents, as they are now in `into`, came home from the files."""
    states = {document.id: states_of(document) for document in documents}
    return replace(mark, imported={**mark.imported, into: {**mark.imported.get(into, {}), **states}})
