"""What a format cannot hold, span by span: listed in a file beside the export, counted on the screen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from allegata.text.documents import Annotation, Document, Relation
from allegata.text.spans import Span

LOSSES = "losses.jsonl"
Lost = Literal["annotation", "segments", "label", "layer", "id", "attribute", "relation", "text"]


@dataclass(frozen=True, order=True)
class Loss:
    """What one annotation of a document lost, and why.

    `lost` is the annotation as a whole, or its segments, label, layer or id, the attribute `name`, the relation `name`
    to the annotation `target`; the document's text where `annotation` is "". `segments` are what became of the
    segments, `became` of a label, layer, id, text or attribute; a value that is gone became None.
    """

    document: str
    annotation: str
    lost: Lost
    why: str
    name: str = ""
    target: str = ""
    became: str | None = None
    segments: tuple[Span, ...] = ()

    def row(self) -> str:
        """The line of the file of losses, without what does not apply."""
        facts = {name: value for name, value in vars(self).items() if value or name in ("document", "annotation")}
        return json.dumps(facts, ensure_ascii=False)


def counted(losses: Iterable[Loss]) -> list[str]:
    """One sentence a kind of loss, by what was lost and why."""
    kinds = Counter((loss.lost, loss.name, loss.why) for loss in losses)
    return [
        f"{count} × {' '.join(filter(None, (lost, name)))} lost: {why}"
        for (lost, name, why), count in sorted(kinds.items())
    ]


def without(document: Document, losses: Iterable[Loss]) -> Document:
    """The document as a format shows it that has these losses of it."""
    of_annotation: dict[str, list[Loss]] = {}
    relations: set[Relation] = set()
    text = document.text
    for loss in losses:
        if loss.lost == "relation":
            relations.add(Relation(loss.name, loss.annotation, loss.target))
        elif loss.lost == "text":
            text = loss.became or ""
        else:
            of_annotation.setdefault(loss.annotation, []).append(loss)
    found = dict(_shown(document.annotations, of_annotation))
    ids = {before: annotation.id for before, annotation in found.items()}
    return replace(
        document,
        text=text,
        annotations=tuple(found.values()),
        relations=tuple(
            Relation(one.label, ids[one.first], ids[one.second])
            for one in document.relations
            if one not in relations and {one.first, one.second} <= ids.keys()
        ),
    )


def _shown(annotations: Iterable[Annotation], losses: dict[str, list[Loss]]) -> Iterator[tuple[str, Annotation]]:
    for annotation in annotations:
        found: Annotation | None = annotation
        for loss in losses.get(annotation.id, ()):
            found = found and _after(found, loss)
        if found:
            yield annotation.id, found


def _after(annotation: Annotation, loss: Loss) -> Annotation | None:
    if loss.lost == "annotation":
        return None
    if loss.lost == "segments":
        return replace(annotation, segments=loss.segments)
    if loss.lost == "attribute":
        rest = {name: value for name, value in annotation.attributes.items() if name != loss.name}
        return replace(annotation, attributes=rest if loss.became is None else {**rest, loss.name: loss.became})
    if loss.lost == "label":
        return replace(annotation, label=loss.became or "")
    if loss.lost == "layer":
        return replace(annotation, layer=loss.became or "")
    return replace(annotation, id=loss.became or annotation.id)
