"""What people and programs see of the differences of two sets of annotations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from allegata.cli.shown import exact_json, margin, say, show, table

if TYPE_CHECKING:
    from allegata.recipe.differences import ArticleDifferences, Differences, Where
    from allegata.text.document_changes import Change, FieldChange
    from allegata.text.documents import Annotation, AttributeValue

_MARKS = {"added": ("+ ", "green"), "removed": ("- ", "red"), "moved": ("~ ", "yellow"), "relabelled": ("~ ", "yellow")}
_LONGEST = 70  # characters of a quote; the JSON has all of it


def differences(found: Differences) -> None:
    """Every difference with its words, article by article and layer by layer; then the counts.

    A line begins with `+` where an annotation was added, `-` removed, `~` moved or relabelled.
    """
    say(f"{found.first} -> {found.second}")
    for note in found.notes:
        say(f"note: {note}")
    _not_compared(found, "first", found.first, found.second)
    _not_compared(found, "second", found.second, found.first)
    for article in found.articles:
        _article(article)
    if rows := [row for article in found.articles for row in _counts(article)]:
        say()
        table(("article", "layer", *_MARKS), rows)
    say()
    say(_summary(found))


def _not_compared(found: Differences, side: Where, name: str, other: str) -> None:
    kinds = (one for one in found.not_compared if one.side == side)
    if parts := [f"{one.count} × {' '.join(filter(None, (one.lost, one.name)))} ({one.why})" for one in kinds]:
        say(f"not compared, of {name}: {'; '.join(parts)}")
    if names := found.not_given[side]:
        say(f"not compared, for {other} is an export without them: {', '.join(names)}")
    if names := found.only[side]:
        say(f"only in {name}: {', '.join(names)}")


def _article(article: ArticleDifferences) -> None:
    if article.changes or not article.same_text:
        say()
        say(f"article {article.article_id}")
    if not article.same_text:
        say(
            f"the texts differ: {article.found_again} annotations were found at another place; offsets are the second's"
        )
    by_layer = sorted(article.changes, key=lambda change: change.shown.layer)
    margin((_MARKS[one.kinds[0]][0], _line(one), _MARKS[one.kinds[0]][1]) for one in by_layer)


def _line(change: Change) -> str:
    """The annotation, where it is, its words, and what became of it."""
    one = change.shown
    if change.first is None or change.second is None:
        quote = change.quotes[change.first is None]
        return f"{_name(one)} {_place(one)} {_quoted(quote)}{f': {change.why}' if change.why else ''}"
    parts = [f"{_place(change.first)} {_quoted(change.quotes[0])}"]
    if "moved" in change.kinds:
        parts.append(f"-> {_place(change.second)} {_quoted(change.quotes[1])}")
    fields = "; ".join(map(_field, change.fields))
    return f"{_name(change.first)} {' '.join(parts)}{f': {fields}' if fields else ''}"


def _name(one: Annotation) -> str:
    return f"{one.layer} {one.id}" if one.label == one.layer else f"{one.layer} {one.label} {one.id}"


def _place(one: Annotation) -> str:
    return ",".join(f"[{start},{end})" for start, end in one.segments)


def _quoted(text: str) -> str:
    short = text if len(text) <= _LONGEST else f"{text[:50]} … {text[-15:]}"
    return json.dumps(short, ensure_ascii=False)


def _field(one: FieldChange) -> str:
    return f"{one.name} {_value(one.first)} -> {_value(one.second)}"


def _value(value: AttributeValue | None) -> str:
    if value is None:
        return "(none)"
    return ", ".join(value) if isinstance(value, tuple) else str(value) if isinstance(value, str) else json.dumps(value)


def _counts(article: ArticleDifferences) -> Iterator[tuple[str, ...]]:
    """A row a layer with its differences, by kind."""
    counts = _by_layer([article])
    for layer in sorted(counts):
        yield (article.article_id, layer, *(str(counts[layer][kind]) for kind in _MARKS))


def _by_layer(articles: Sequence[ArticleDifferences]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for article in articles:
        for change in article.changes:
            counts.setdefault(change.shown.layer, Counter()).update(change.kinds)
    return counts


def _totals(articles: Sequence[ArticleDifferences]) -> Counter[str]:
    return sum(_by_layer(articles).values(), Counter())


def _summary(found: Differences) -> str:
    compared = sum(article.annotations[0] for article in found.articles)
    of = f"{compared:,} annotations, articles: {len(found.articles):,}"
    if found.are_none:
        return f"no difference: {of}"
    totals = _totals(found.articles)
    alone = sum(map(len, found.only.values()))
    parts = [f"{totals[kind]:,} {kind}" for kind in _MARKS]
    parts += [f"articles on one side only: {alone:,}"] if alone else []
    return f"{', '.join(parts)}; compared: {of}"


def differences_as_json(found: Differences) -> None:
    """One object, its keys always the same: both names, whether they are equal, the counts of all and by layer, what
    only one side has, what is not compared, and every difference by article."""
    by_layer = _by_layer(found.articles)
    show(
        exact_json(
            {
                "first": found.first,
                "second": found.second,
                "equal": found.are_none,
                "counts": _kinds(_totals(found.articles)),
                "layers": {layer: _kinds(by_layer[layer]) for layer in sorted(by_layer)},
                "only_in_first": found.only["first"],
                "only_in_second": found.only["second"],
                "not_exported_to_second": found.not_given["first"],
                "not_exported_to_first": found.not_given["second"],
                "not_compared": [asdict(one) for one in found.not_compared],
                "notes": found.notes,
                "articles": [_article_row(article) for article in found.articles],
            }
        )
    )


def _kinds(counts: Counter[str]) -> dict[str, int]:
    return {kind: counts[kind] for kind in _MARKS}


def _article_row(article: ArticleDifferences) -> dict[str, Any]:
    return {
        "article_id": article.article_id,
        "annotations": article.annotations,
        "same_text": article.same_text,
        "found_again": article.found_again,
        "counts": _kinds(_totals([article])),
        "changes": [
            {
                "kinds": change.kinds,
                "layer": change.shown.layer,
                "first": _annotation_row(change.first, change.quotes[0]),
                "second": _annotation_row(change.second, change.quotes[1]),
                "fields": [asdict(one) for one in change.fields],
                "why": change.why,
            }
            for change in article.changes
        ],
    }


def _annotation_row(one: Annotation | None, quote: str) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"id": one.id, "label": one.label, "segments": one.segments, "quote": quote, "attributes": one.attributes}
