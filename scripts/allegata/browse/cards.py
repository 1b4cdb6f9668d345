"""What a page says of one row: a card with the quoted words, the attributes and their meaning, links to what belongs
to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from allegata.browse.claimers import ChainClaimer, called, claimers_in_chain, speakers
from allegata.browse.links import Places, anchor_of, entity_anchor
from allegata.browse.version import Dispute, Position, Row, Version
from allegata.pages.segments import Mark
from allegata.schema.wording import number, thousands
from allegata.text.spans import Span

_LONGEST_QUOTE, _MOST_QUOTES = 600, 5
_OF_PASSES = (
    "The passes of annotators before adjudication; an attribute is named where not all of them say what stands here."
)


class Fact(NamedTuple):
    """An attribute of a row: its value, what the scheme says that the attribute and the value mean, and whether the
    value is words of the article."""

    name: str
    value: str
    meaning: str = ""
    quoted: bool = False


class Link(NamedTuple):
    """A link inside the pages: `path` as `Places` gives it, what stands before it, and the language of its text."""

    text: str
    path: str
    note: str = ""
    language: str = ""


class QuotedPosition(NamedTuple):
    """A position of a dispute as a claim's card shows it: who takes it where, in whose words; `more` claims do too."""

    canonical: str
    mine: bool
    superseded: bool
    quotes: tuple[Link, ...]
    more: int = 0


class Question(NamedTuple):
    """A dispute that a claim takes part in."""

    link: Link
    kind: str
    positions: tuple[QuotedPosition, ...]


class Card(NamedTuple):
    """What is said of a row: `anchor` is its id on the page, `start` where it begins in the source text, `labels` are
    attributes of the scheme, `chain` leads from the author, who reports what others report, to who says it."""

    layer: str
    anchor: str
    start: int
    quote: str
    kind: str
    facts: tuple[Fact, ...] = ()
    labels: tuple[Fact, ...] = ()
    chain: tuple[ChainClaimer, ...] = ()
    links: tuple[Link, ...] = ()
    questions: tuple[Question, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def meant(self) -> tuple[tuple[str, str], ...]:
        """What of it has a meaning that the reader may want to know, with that meaning."""
        return tuple([(fact.name, fact.meaning) for fact in (*self.facts, *self.labels) if fact.meaning])


class Layer(NamedTuple):
    """A layer of an article: the marks in its source text and the cards about them."""

    name: str
    title: str
    marks: tuple[Mark, ...]
    cards: tuple[Card, ...]


def layers(version: Version, places: Places, article_id: str, rows: Mapping[str, Sequence[Row]]) -> tuple[Layer, ...]:
    """The layers of an article in the order of the legend; those without a row are left out."""
    maker = _Maker(version, places, article_id, rows)
    made = (maker.claims(), maker.attributions(), maker.names(), maker.times(), maker.citations(), maker.removals())
    return tuple(layer for layer in made if layer.marks)


def span(row: Row) -> Span:
    """Where a row stands in the source text."""
    return Span(row["source_start"], row["source_end"])


@dataclass(frozen=True)
class _Maker:
    version: Version
    places: Places
    article_id: str
    rows: Mapping[str, Sequence[Row]]

    def claims(self) -> Layer:
        marks, cards = [], []
        for row in self.rows["claims"]:
            anchor = anchor_of(self.article_id, row["claim_id"])
            marks += [Mark(span(segment), "claim", anchor) for segment in row["segments"] or [row]]
            cards.append(
                Card(
                    "claim",
                    anchor,
                    row["source_start"],
                    excerpt(" … ".join(segment["surface"] for segment in row["segments"] or [row])),
                    str(row.get("claim_type") or "claim"),
                    tuple(_claim_facts(row)),
                    self._labels("claim", row),
                    tuple(claimers_in_chain(self.version, row, self.rows["attributions"])),
                    tuple(self._near(row)),
                    tuple(self._questions(row["claim_id"])),
                    tuple(one["url"] or one["marker"] for one in row.get("evidence") or ()),
                )
            )
        return Layer("claim", "Claims", tuple(marks), tuple(cards))

    def attributions(self) -> Layer:
        marks, cards = [], []
        for row in self.rows["attributions"]:
            anchor = anchor_of(self.article_id, row["attribution_id"])
            for part in ("source", "cue", "content"):
                marks += [Mark(span(segment), part, anchor) for segment in row[part] or ()]
            quoted = {part: " … ".join(one["surface"] for one in row[part] or ()) for part in ("source", "cue")}
            named = called(self.version, row["source_id"]) if row.get("source_id") else ""
            said = [
                Fact("source", quoted["source"], quoted=True),
                Fact("who that is", named),
                Fact("cue", quoted["cue"], quoted=True),
            ]
            facts, labels = tuple(fact for fact in said if fact.value), self._labels("attribution", row)
            kind = str(row.get("attribution_type") or "attribution")
            cards.append(Card("attribution", anchor, row["source_start"], excerpt(row["surface"]), kind, facts, labels))
        return Layer("attribution", "Attributions", tuple(marks), tuple(cards))

    def names(self) -> Layer:
        """A card for an entity, whatever it is called; a mention of none has one of its own."""
        marks: list[Mark] = []
        by_entity: dict[str, list[Row]] = {}
        for row in self.rows["entities"]:
            entity = row.get("entity_id")
            anchor = entity_anchor(entity) if entity else anchor_of(self.article_id, row["mention_id"])
            marks.append(Mark(span(row), "name", anchor))
            by_entity.setdefault(anchor, []).append(row)
        cards = []
        for anchor, mentions in by_entity.items():
            first = mentions[0]
            entry = self.version.entities.get(first.get("entity_id") or "", {})
            surfaces = dict.fromkeys(str(row["surface"]) for row in mentions)
            facts = [
                Fact("called", ", ".join(surfaces), quoted=True),
                Fact("mentions", str(len(mentions))),
                Fact("what it is", str(entry.get("description") or "")),
                Fact("side", str(entry.get("side") or "")),
                Fact("wikidata", _wikidata(first)),
            ]
            cards.append(
                Card(
                    "name",
                    anchor,
                    first["source_start"],
                    str(entry.get("name") or first["surface"]),
                    str(first.get("label") or "name"),
                    tuple(fact for fact in facts if fact.value),
                    () if first.get("entity_id") else self._labels("mention", first),
                )
            )
        return Layer("name", "Names", tuple(marks), tuple(cards))

    def times(self) -> Layer:
        marks, cards = [], []
        for row in self.rows["time_expressions"]:
            anchor = anchor_of(self.article_id, row["time_id"])
            marks.append(Mark(span(row), "time", anchor))
            facts = tuple(Fact(name, str(row[name])) for name in ("value", "edtf", "mod", "anchor") if row.get(name))
            cards.append(
                Card("time", anchor, row["source_start"], row["surface"], str(row.get("type") or "time"), facts)
            )
        return Layer("time", "Times", tuple(marks), tuple(cards))

    def citations(self) -> Layer:
        marks, cards = [], []
        for row in self.rows["citations"]:
            anchor = anchor_of(self.article_id, row["citation_id"])
            marks.append(Mark(span(row), "citation", anchor))
            outside = (row["url"],) if row.get("url") else ()
            cards.append(Card("citation", anchor, row["source_start"], row["marker"], "citation", outside=outside))
        return Layer("citation", "Citations", tuple(marks), tuple(cards))

    def removals(self) -> Layer:
        marks, cards = [], []
        for row in self.rows["removals"]:
            anchor = anchor_of(self.article_id, row["removal_id"])
            marks.append(Mark(span(row), "removed", anchor))
            facts = [Fact("rule", row["rule"]), Fact("evidence", row["evidence"])]
            if row.get("fills"):
                facts.append(Fact("is the field", str(row["fills"])))
            links = []
            if row.get("repeats_source_start") is not None:
                path = self.places.article(self.article_id, row["repeats_source_start"])
                where = f"{row['repeats_source_start']:,} to {row['repeats_source_end']:,}"
                links.append(Link(f"characters {where} of the source text", path, "repeats"))
            quote, reason = excerpt(row["text"].strip()), str(row["reason"])
            cards.append(Card("removed", anchor, row["source_start"], quote, reason, tuple(facts), links=tuple(links)))
        return Layer("removed", "Removed", tuple(marks), tuple(cards))

    def _labels(self, record: str, row: Row) -> tuple[Fact, ...]:
        """The attributes of the scheme that the row has."""
        return tuple(
            [
                _label(name, _shown(value), attribute.definition, (attribute.values or {}).get(str(value), ""))
                for name, attribute in self.version.scheme.attributes(record).items()
                if (value := row.get(name)) is not None and value != ""
            ]
        )

    def _near(self, row: Row) -> Iterator[Link]:
        """The claim that this one is part of, and the attribution that it stands in."""
        for name, note in (("parent_id", "part of"), ("attribution_id", "stands in the attribution")):
            if other := row.get(name):
                path = (
                    f"{self.places.article(self.article_id, row['source_start'])}#{anchor_of(self.article_id, other)}"
                )
                yield Link(anchor_of(self.article_id, other), path, note)

    def _questions(self, claim_id: str) -> Iterator[Question]:
        for dispute, position in self.version.disputes_of.get(claim_id, ()):
            yield question(self.version, self.places, dispute, position)


def question(version: Version, places: Places, dispute: Dispute, mine: Position | None = None) -> Question:
    """A dispute with its positions, each with claims that take it."""
    positions = tuple(
        QuotedPosition(
            str(position.row["canonical"]),
            position is mine,
            position.superseded,
            tuple(claim_link(version, places, claim) for claim in position.row["claim_ids"][:_MOST_QUOTES]),
            max(len(position.row["claim_ids"]) - _MOST_QUOTES, 0),
        )
        for position in dispute.positions
    )
    path = places.dispute(version.story_of(dispute), dispute.id)
    return Question(
        Link(str(dispute.row["question"]), path, language=version.dispute_language(dispute)),
        str(dispute.row["kind"]),
        positions,
    )


def claim_link(version: Version, places: Places, claim_id: str, *, in_its_column: bool = False) -> Link:
    """A claim of a dispute: its words, who makes it, and where, unless it stands in the column of its article."""
    row = version.claims[claim_id]
    article = row["article_id"]
    who = speakers(version, row) if in_its_column else f"{called(version, row['claimer_id'])}, {version.brief(article)}"
    path = places.row(article, claim_id, row["source_start"])
    return Link(excerpt(row["surface"]), path, who, version.language(article))


def excerpt(text: str) -> str:
    """Words of an article as they are repeated beside it: of a long passage its beginning and its end."""
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 100]} […] {text[-90:]}"


def _claim_facts(row: Row) -> Iterator[Fact]:
    if cue := row.get("cue"):
        yield Fact("cue", " … ".join(one["surface"] for one in cue), quoted=True)
    if row.get("decontextualised"):
        yield Fact("on its own", str(row["decontextualised"]), "The claim as a sentence that needs no context.", True)
    if row.get("marked") is not None:
        yield Fact("passes", _passes(row), _OF_PASSES)


def _passes(row: Row) -> str:
    """How many passes have the claim, and what they say of it where it is not what is published."""
    having = row["marked"] if row.get("passes") is None else len(row["passes"])
    said: dict[str, dict[str, int]] = {}
    for one in row.get("soft_labels") or ():
        said.setdefault(one["attribute"], {})[one["value"]] = one["passes"]
    other = [
        f"{name.replace('_', ' ')} {', '.join(f'{value}: {count}' for value, count in votes.items())}"
        for name, votes in said.items()
        if votes != {value if isinstance(value := row.get(name), str) else json.dumps(value): having}
    ]
    exactly = f", {thousands(row['marked'])} with exactly these words" if row["marked"] != having else ""
    return "; ".join([number(having, "pass has it", "passes have it") + exactly, *other])


@lru_cache(maxsize=1_000)
def _label(name: str, value: str, definition: str, of_value: str) -> Fact:
    return Fact(name.replace("_", " "), value, f"{definition} {of_value}".strip())


def _wikidata(row: Row) -> str:
    return f"{row['wikidata']} ({row['wikidata_status']})" if row.get("wikidata") else ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
