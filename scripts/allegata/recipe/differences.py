"""The recipe of differences: what is not the same in two sets of annotations, article by article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from allegata.schema.problems import UsageError
from allegata.schema.settings import limits_around

if TYPE_CHECKING:
    from allegata.exchange.folder import Reading
    from allegata.exchange.losses import Loss
    from allegata.recipe.annotated import Annotated
    from allegata.text.document_changes import Change
    from allegata.text.documents import Document, TypeSystem

Where = Literal["first", "second"]


@dataclass(frozen=True)
class ArticleDifferences:
    """What is not the same in one article, and how many annotations the first and the second have of it.

    Where `same_text` is false, the annotations of the first are found again in the text of the second, `found_again` of
    them at another place, and offsets are those of the second; one whose words are not there counts as removed.
    """

    article_id: str
    annotations: tuple[int, int]
    changes: tuple[Change, ...]
    same_text: bool = True
    found_again: int = 0


@dataclass(frozen=True)
class NotCompared:
    """So many annotations (attributes, relations …) of one side that the other cannot hold, and why."""

    side: Where
    lost: str
    name: str
    why: str
    count: int


@dataclass(frozen=True)
class Differences:
    """What is not the same in two sets of annotations.

    `only` names the articles that one side alone has; those that the other was never given (an export of some articles)
    are `not_given`, and no difference. `notes` are what was met on the way in, a sentence a kind.
    """

    first: str
    second: str
    articles: tuple[ArticleDifferences, ...]
    only: Mapping[Where, tuple[str, ...]]
    not_given: Mapping[Where, tuple[str, ...]]
    not_compared: tuple[NotCompared, ...]
    notes: tuple[str, ...]

    @property
    def are_none(self) -> bool:
        """Whether the two are the same, as far as they can be compared."""
        return not any(self.only.values()) and not any(one.changes for one in self.articles)


@dataclass(frozen=True)
class _Side:
    """One of the two: what it is, and its documents by article."""

    given: Annotated
    documents: Mapping[str, Document]

    @property
    def types(self) -> TypeSystem:
        """The types that it has; those of the layers alone that an export says it shows."""
        layers = self.given.mark.layers
        return self.given.types if layers is None else self.given.types.only(layers)

    def was_given(self, article_id: str) -> bool:
        """Whether it could have the article: an export says of which articles it was made."""
        states = self.given.mark.states
        return states is None or article_id in states


def differences(
    root: Path | None,
    first: str,
    second: str,
    *,
    layers: Sequence[str] = (),
    articles: Sequence[str] = (),
    annotator: str | None = None,
) -> Differences:
    """What is not the same in the annotations that `first` and `second` name (`recipe.annotated.Sources.named`).

    Both are compared as far as either can hold them: what a format, a version or a scheme has no place for is no
    difference, and is counted. `layers` and `articles` choose some; `annotator` is the one whose work is taken where a
    side has several. Raises `UsageError` for a call that is wrong, `ProblemsFound` for faults of files.
    """
    from allegata.exchange.folder import Reading
    from allegata.recipe.annotated import Sources

    sources, reading = Sources(root), Reading(limits=limits_around(root or Path()))
    gone_a: list[Loss] = []
    gone_b: list[Loss] = []
    a, by_a = _side(sources.named(first, reading, gone_a), annotator, reading)
    b, by_b = _side(sources.named(second, reading, gone_b), annotator, reading)
    if annotator is not None and annotator not in by_a | by_b:
        names = ", ".join(sorted((by_a | by_b) - {""}))
        raise UsageError(f"nothing of {first} and {second} is by {annotator!r}; there are: {names}")
    reading.problems.raise_if_any()
    b = replace(b, documents=_by_text(b.documents, a.documents))
    a, b = _chosen((a, b), layers, articles)
    shared = sorted(a.documents.keys() & b.documents.keys())
    shown_a, lost_a = _shown(a, b, shared)
    shown_b, lost_b = _shown(b, a, shared)
    lost_a += [loss for loss in gone_a if loss.document in shared]
    lost_b += [loss for loss in gone_b if loss.document in shared]
    alone_a, absent_a = _alone(a, b)
    alone_b, absent_b = _alone(b, a)
    return Differences(
        first,
        second,
        tuple(_compared(one, other) for one, other in zip(shown_a, shown_b, strict=True)),
        {"first": alone_a, "second": alone_b},
        {"first": absent_a, "second": absent_b},
        (*_counted("first", lost_a), *_counted("second", lost_b)),
        tuple(map(str, reading.notices.sorted())),
    )


def _side(given: Annotated, annotator: str | None, reading: Reading) -> tuple[_Side, set[str]]:
    """The side with one document an article, that of the annotator where an article has several; and who annotated."""
    from allegata.recipe.annotated import by_article

    documents = list(given.documents)
    if not documents and not len(reading.problems):
        raise UsageError(f"{given.name} holds no article")
    by = {one.annotator for one in documents}
    return _Side(given, by_article(documents, annotator if annotator in by else None, reading)), by


def _by_text(documents: Mapping[str, Document], others: Mapping[str, Document]) -> dict[str, Document]:
    """The documents under the ids of others that have the same text, where the ids have nothing to do with each
    other: a tool may count its documents."""
    ids = {document.text: name for name, document in others.items() if name not in documents}
    named = ((name if name in others else ids.pop(one.text, name), one) for name, one in documents.items())
    return {name: replace(one, id=name) for name, one in named}


def _chosen(both: tuple[_Side, _Side], layers: Sequence[str], articles: Sequence[str]) -> tuple[_Side, _Side]:
    """Both sides with some layers and articles. Raises `UsageError` for one that neither has."""
    there = {name for side in both for name in side.documents}
    if unknown := sorted(set(articles) - there):
        raise UsageError(f"neither {both[0].given.name} nor {both[1].given.name} has an article {unknown[0]!r}")
    known = {layer.name for side in both for layer in side.given.types.layers}
    known |= {one.layer for side in both for document in side.documents.values() for one in document.annotations}
    if unknown := sorted(set(layers) - known):
        raise UsageError(f"there is no layer {unknown[0]!r}; one of: {', '.join(sorted(known))}")

    def some(side: _Side) -> _Side:
        documents = {name: one for name, one in side.documents.items() if not articles or name in articles}
        if layers:
            documents = {name: one.only(lambda a: a.layer in layers) for name, one in documents.items()}
        return replace(side, documents=documents)

    return some(both[0]), some(both[1])


def _alone(side: _Side, other: _Side) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The articles that the other side has not: those that it could have, and those that it was never given."""
    alone = sorted(side.documents.keys() - other.documents.keys())
    could = tuple(name for name in alone if other.was_given(name))
    return could, tuple(name for name in alone if not other.was_given(name))


def _shown(side: _Side, other: _Side, articles: Sequence[str]) -> tuple[list[Document], list[Loss]]:
    """The documents of a side as far as the other can hold them, and what is lost by it."""
    from allegata.exchange.shown import after_losses, as_shown

    documents = [side.documents[name] for name in articles]
    losses = list(_undeclared(documents, side.types, other))
    documents = after_losses(documents, losses)
    if other.given.format and other.given.format is not side.given.format:
        types = side.types.only(layer.name for layer in other.types.layers).covering(documents)
        documents, more = as_shown(documents, other.given.format, types, other.given.mark.tokenizer)
        losses += more
    return documents, losses


def _undeclared(documents: Iterable[Document], types: TypeSystem, other: _Side) -> Iterator[Loss]:
    """What belongs to the types of a side, and is of a layer, attribute or relation that the types of the other lack;
    and segments, where the other has only the first and the last character."""
    from allegata.exchange.losses import Loss

    of, theirs = other.given.name, other.types
    attributes = {
        layer.name: {one.name for one in layer.attributes} - {one.name for one in found.attributes}
        for layer in types.layers
        if (found := theirs.layer(layer.name))
    }
    layers = {layer.name for layer in types.layers} - attributes.keys()
    relations = {one.label for one in types.relations} - {one.label for one in theirs.relations}
    for document in documents:
        for one in document.annotations:
            if one.layer in layers:
                yield Loss(document.id, one.id, "annotation", f"{of} has no layer {one.layer}")
                continue
            for name in sorted(one.attributes.keys() & attributes.get(one.layer, set())):
                yield Loss(document.id, one.id, "attribute", f"{of} has no such attribute of a {one.layer}", name)
            if one.layer in other.given.hulls and len(one.segments) > 1:
                why = f"{of} has the first and the last character of a {one.layer} alone"
                yield Loss(document.id, one.id, "segments", why, segments=(one.hull,))
        for relation in document.relations:
            if relation.label in relations:
                name, target = relation.label, relation.second
                yield Loss(document.id, relation.first, "relation", f"{of} has no such relation", name, target)


def _compared(first: Document, second: Document) -> ArticleDifferences:
    from allegata.text.document_anchors import reanchored
    from allegata.text.document_changes import Change, changes

    counts = len(first.annotations), len(second.annotations)
    if first.text == second.text:
        return ArticleDifferences(first.id, counts, tuple(changes(first, second)))
    there, moved, lost = reanchored(first, second.text)
    not_found = (Change(one, None, (one.quote(first.text), ""), why=f"in the other text {why}") for one, why in lost)
    return ArticleDifferences(first.id, counts, (*not_found, *changes(there, second)), False, moved)


def _counted(side: Where, losses: Iterable[Loss]) -> Iterator[NotCompared]:
    """What is not compared, by kind. What an annotation is called is never compared."""
    kinds = Counter((loss.lost, loss.name, loss.why) for loss in losses if loss.lost != "id")
    for (lost, name, why), count in sorted(kinds.items()):
        yield NotCompared(side, lost, name, why, count)
