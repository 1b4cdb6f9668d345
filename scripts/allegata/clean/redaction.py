"""Cleaned articles with names of people replaced: in the text, in every layer and in what is stated of them.

It comes last, so that no rule of cleaning sees a placeholder: what leaves the text and why is the same as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from allegata.schema.problems import Problem
from allegata.schema.wording import number
from allegata.text.offsets import OffsetMap
from allegata.text.person_names import Naming
from allegata.text.redaction import ArticleRedaction, Redactor
from allegata.text.spans import Span

Row = dict[str, Any]
_AROUND, _SHOWN = 30, 3  # characters of context, places of a report
_DECIDE = (
    "decide: allegata redact PERSON --replace or --leave, with these characters for all such places, or with "
    "ARTICLE:START-END for one"
)
_AS_THEY_ARE = frozenset(("article_id", "sha256", "media_type", "published", "language", "source_text", "text"))
_POSITIONS = frozenset(("start", "end", "repeats_start", "repeats_end"))
_CODES = frozenset(("reason", "rule", "fills", "zone", "kind", "marker"))
# Layers whose spans are trimmed: a boundary may have stood inside of a name.
_TRIMMED = ("blocks", "sentences")


@dataclass(frozen=True, order=True)
class Doubt:
    """A naming that a curator has to decide about: its characters, where they stand, and what is around them."""

    surface: str
    place: str
    article_id: str
    context: str

    @classmethod
    def of(cls, one: Naming, text: str, article_id: str, field: str = "") -> Doubt:
        """The doubt of a naming in `text`: the source text of an article, or a `field` of something."""
        place = f"{article_id} {field}".strip() if field else f"{article_id}:{one.start}-{one.end}"
        around = text[max(0, one.start - _AROUND) : one.end + _AROUND]
        return cls(one.surface, place, article_id, " ".join(around.split()))


def doubt_problems(doubts: Iterable[Doubt]) -> list[Problem]:
    """One problem for all places of the same characters, with the first few of them."""
    of: dict[str, list[Doubt]] = {}
    for doubt in sorted(set(doubts)):
        of.setdefault(doubt.surface, []).append(doubt)
    problems = []
    for surface, found in of.items():
        count = f"{number(len(found), 'place')}"
        shown = "; ".join(f"{one.place} “{one.context}”" for one in found[:_SHOWN])
        more = f"; and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        what = f"{surface!r} may name a person whose name is replaced: {count}: {shown}{more}"
        problems.append(Problem(what, _DECIDE))
    return problems


def redact_articles(articles: pa.Table, redactor: Redactor) -> tuple[pa.Table, list[Problem]]:
    """The articles with the names replaced, and a problem for what is in doubt."""
    rows: list[Row] = []
    doubts: list[Doubt] = []
    for row in articles.to_pylist():
        article = redactor.article(row["article_id"], row["source_text"])
        rows.append(_redacted(row, article, doubts))
    return pa.Table.from_pylist(rows, schema=articles.schema), doubt_problems(doubts)


def _redacted(row: Row, article: ArticleRedaction, doubts: list[Doubt]) -> Row:
    moved, article_id = article.source.moved, row["article_id"]
    doubts += [Doubt.of(one, row["source_text"], article_id) for one in article.source.doubts]

    def walk(value: Any, name: str, place: str) -> Any:
        if isinstance(value, str) and name not in _CODES:
            new, found = article.url(value) if name == "url" else article.string(value, as_id=name == "file")
            doubts.extend(Doubt.of(one, value, article_id, place) for one in found)
            return new
        if isinstance(value, list):
            return [walk(one, name, place) for one in value]
        if isinstance(value, dict):
            return {
                key: moved.at(one) if key in _POSITIONS and one is not None else walk(one, key, f"{place}.{key}")
                for key, one in value.items()
            }
        return value

    new = {name: value if name in _AS_THEY_ARE else walk(value, name, name) for name, value in row.items()}
    text = new["source_text"] = moved.text(row["source_text"])
    for name in ("removals", "citations", *_TRIMMED):
        spans = [_trimmed(span, text) if name in _TRIMMED else span for span in new[name]]
        new[name] = [span for span in spans if span["start"] < span["end"]]
    removed = [Span(removal["start"], removal["end"]) for removal in new["removals"]]
    new["text"] = OffsetMap.without(removed, len(text)).apply(text)
    return new


def _trimmed(span: Row, text: str) -> Row:
    start, end = span["start"], span["end"]
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return {**span, "start": start, "end": end}
