"""Which entity a proposed mention or a source names: one of the register or of the gold, or a new one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allegata.propose.learned import Entity
from allegata.propose.names import name_words
from allegata.text.spans import Span

Record = Mapping[str, Any]
_SLUG = re.compile(r"[^a-z0-9]+")


def is_pronoun(word: str, language: str) -> bool:
    """True if the word (in lower case) stands for an entity that something else names."""
    words = name_words(language)
    return word in words.people or word in words.others


def entity_slug(word: str) -> str:
    """The id of a new entity: its letters without their marks; of a name in another script, its digest."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return _SLUG.sub("-", plain).strip("-") or f"unnamed-{hashlib.sha256(word.encode()).hexdigest()[:8]}"


@dataclass
class Entities:
    """The entities of one article, as its mentions name them one after another.

    `names` are known names in lower case, `register` the entities that are known by their ids. `sources` are those
    that only an attribution names, by id the words that name them.
    """

    names: Mapping[str, Entity]
    register: Mapping[str, Entity]
    mentions: list[Record] = field(default_factory=list)
    sources: dict[str, Span] = field(default_factory=dict)
    _seen: dict[str, Entity] = field(default_factory=dict)  # by the slug of the name

    def named(self, quote: str, label: str) -> Entity:
        """The entity of a name, a new one if it is not known; `Quill` is the Adam Quill before it, whether that one is
        known or new."""
        slug = entity_slug(quote.lower())
        if quote.lower() not in self.names and slug not in self.register:
            seen = (one for name, one in self._seen.items() if name.endswith(f"-{slug}"))
            full = {one.id: one for one in seen if label == one.label == "PERSON"}
            if len(full) == 1:
                return next(iter(full.values()))
        entity = self.names.get(quote.lower()) or self._seen.get(slug) or Entity(slug, label)
        return self._seen.setdefault(slug, self.register.get(entity.id, entity))

    def pronoun(self, word: str, language: str, label: str | None, before: int | None = None) -> Entity | None:
        """The last entity that a pronoun (in lower case) may stand for, one of the label it was given rather than
        another. One that stands for people and for others alike (`sie`, `elle`) may stand for either."""
        words = name_words(language)
        person = {kind for kind, pronouns in ((True, words.people), (False, words.others)) if word in pronouns}
        fitting = [
            record
            for record in reversed(self.mentions)
            if record["entity_id"]
            and (record["label"] == "PERSON") in person
            and (before is None or record["segments"][0].start < before)
        ]
        record = next((r for r in fitting if r["label"] == label), fitting[0] if fitting else None)
        return Entity(record["entity_id"], record["label"]) if record else None

    def source(self, text: str, span: Span, language: str) -> str | None:
        """The id of the entity that the source of an attribution names.

        The first mention in it, whom a pronoun stands for, or an entity of its own without a label (`two customers`).
        None where a pronoun stands for nobody.
        """
        inside = [m["entity_id"] for m in self.mentions if m["entity_id"] and span.contains(m["segments"][0])]
        if inside:
            return str(inside[0])
        quote = span.quote(text).lower()
        if is_pronoun(quote, language):
            found = self.pronoun(quote, language, None, span.start)
            return found.id if found else None
        first, _, rest = quote.partition(" ")
        slug = entity_slug(rest if rest and first in name_words(language).articles else quote)
        if slug not in self.register:
            self.sources.setdefault(slug, span)
        return slug

    def unlabelled(self) -> Sequence[tuple[str, Span]]:
        """The entities that only an attribution names."""
        named = {record["entity_id"] for record in self.mentions}
        return [(name, span) for name, span in sorted(self.sources.items()) if name not in named]
