"""Who and what in the texts of a corpus names or reaches a person: for a curator to look at, never published.

Presidio was looked at: its recognisers of names need a model of spaCy or transformers that no package index has for
most languages, and its patterns are those of a few countries. Here names are the gold's, the register's, and what the
rules of pre-annotation propose in 26 languages; telephone numbers are those of phonenumbers, for any country.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allegata.recipe.proposals import backgrounds
from allegata.recipe.state import Build
from allegata.text.contact_data import find_contacts
from allegata.text.person_names import PersonNames, quick_fold
from allegata.text.script_words import has_no_blanks
from allegata.text.spans import Taken

if TYPE_CHECKING:
    from allegata.propose.names import Background

_WORDS = re.compile(r"[^\W_]+")
PERSON = "person"
_LABEL = "PERSON"  # of a mention, an entity, a proposed name
_FIELDS = ("author", "title", "publisher", "rights", "ai_disclosure", "url")
_COLUMNS = ["article_id", "language", "story", "source_text", "text", "removals", *_FIELDS]
Row = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Personal:
    """A place that names or reaches a person: `text[start:end]` of the source text, or of a metadata field.

    `kind` is person, email, handle, phone, iban or ip; `where` is text (what cleaning keeps), removed (published as a
    removal and in the source text, but not in the clean text) or the name of the field. `by` says who found it: gold,
    register, names (the rules of pre-annotation), stated (the author that the metadata state), pattern.
    """

    article_id: str
    where: str
    start: int
    end: int
    kind: str
    text: str
    by: str


def personal_data(build: Build, only: Collection[str] | None = None) -> Iterator[Personal]:
    """All places of the articles that the next version would hold, or `only` of some; by article, then in their order.

    `build` has been run up to `annotate`. What is redacted already is not there any more.
    """
    people = _People.of(build.annotations.entities if build.annotations else ())
    written = backgrounds(build)
    for batch in build.article_batches(only):
        named = batch.column_names
        for row in batch.select([name for name in (*_COLUMNS, "mentions") if name in named]).to_pylist():
            yield from sorted(_of_article(row, people, written[row.get("story")]))


def _regions(language: str) -> list[str]:
    """The countries whose telephone numbers a text may have in their own form: those of its language."""
    from babel.core import get_global

    from allegata.propose.value_words import value_words
    from allegata.schema.languages import primary_language

    likely = get_global("likely_subtags").get(primary_language(language), "").split("_")
    return value_words(language).listed("regions") or likely[2:]


def _of_article(row: Row, people: _People, written: Background) -> Iterator[Personal]:
    from allegata.propose.names import find_names

    text, language, article_id = row["source_text"], row["language"], row["article_id"]
    removed = _Removed(row["removals"])
    regions = _regions(language)

    def place(start: int, end: int, kind: str, by: str) -> Personal:
        return Personal(article_id, removed.where(start, end), start, end, kind, text[start:end], by)

    contacts = [place(one.start, one.end, one.kind, "pattern") for one in find_contacts(text, regions)]
    gold = [
        place(segment["start"], segment["end"], PERSON, "gold")
        for mention in row.get("mentions") or ()
        if mention["label"] == _LABEL and mention["mention_type"] == "NAM"
        for segment in mention["segments"]
    ]
    register = [place(start, end, PERSON, "register") for start, end in people.places(text)]
    stated = {row["author"]: _LABEL} if row["author"] else {}
    proposed = [
        place(name.hull.start, name.hull.end, PERSON, "names")
        for name in find_names(text, language, written, stated)
        if name.label == _LABEL
    ]
    if row.get("mentions"):  # gold has every name of the text; what was removed nobody has annotated
        proposed = [one for one in proposed if one.where == "removed"]
    yield from _first_of(text, contacts, gold, register, proposed)
    for name in _FIELDS:
        said = row[name] or ""
        if name == "author" and said:
            yield Personal(article_id, name, 0, len(said), PERSON, said, "stated")
        for one in find_contacts(said, regions):
            yield Personal(article_id, name, one.start, one.end, one.kind, said[one.start : one.end], "pattern")


def _first_of(text: str, *found: Iterable[Personal]) -> Iterator[Personal]:
    """Each place that none before it overlaps."""
    taken = Taken(len(text))
    for one in (one for several in found for one in several):
        if taken.is_free((one.start, one.end)):
            taken.add((one.start, one.end))
            yield one


class _Removed:
    """The removed spans of an article, sorted and disjoint."""

    def __init__(self, removals: Iterable[Row]) -> None:
        spans = sorted((removal["start"], removal["end"]) for removal in removals)
        self._starts, self._ends = [start for start, _ in spans], [end for _, end in spans]

    def where(self, start: int, end: int) -> str:
        """Removed where all of a place is; text else."""
        before = bisect_right(self._starts, start) - 1
        return "removed" if before >= 0 and end <= self._ends[before] else "text"


@dataclass(frozen=True)
class _People:
    """The people of the register, by the folded words that may name them; `unspaced`: in scripts without blanks."""

    by_word: Mapping[str, tuple[PersonNames, ...]]
    unspaced: tuple[PersonNames, ...]

    @classmethod
    def of(cls, entities: Iterable[Row]) -> _People:
        by_word: dict[str, tuple[PersonNames, ...]] = {}
        unspaced = []
        for entity in entities:
            name = str(entity.get("name") or "")
            if entity.get("label") != _LABEL or not name or name.split()[-1].islower():  # "a driver" names nobody
                continue
            person = PersonNames((name,))
            if any(map(has_no_blanks, name)):
                unspaced.append(person)
            for word in person.words:
                by_word[word] = (*by_word.get(word, ()), person)
        return cls(by_word, tuple(unspaced))

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where one of them is named for certain; only those are looked for of whom the text has a word."""
        words = set(_WORDS.findall(quick_fold(text))) if self.by_word else set()
        here = [
            *self.unspaced,
            *(person for word in sorted(words & self.by_word.keys()) for person in self.by_word[word]),
        ]
        for person in dict.fromkeys(here):
            yield from ((one.start, one.end) for one in person.find(text) if one.certain)
