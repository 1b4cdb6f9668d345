"""Names of people out of a text and what is said of it: each replaced by one placeholder, offsets carried over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from allegata.schema.redactions import Redaction
from allegata.text.person_names import Naming, PersonNames
from allegata.text.person_names import replaced as with_places

Put = tuple[int, int, str]  # start, end, the text in its place


@dataclass(frozen=True)
class Moved:
    """A text with others in some places, and the way from its positions to those of the new one and back."""

    places: tuple[Put, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _, _ in self.places]

    @cached_property
    def _shifts(self) -> list[int]:
        shifts = [0]
        for start, end, text in self.places:
            shifts.append(shifts[-1] + len(text) - (end - start))
        return shifts

    def text(self, text: str) -> str:
        """The new text."""
        return with_places(text, self.places)

    def at(self, position: int, *, end: bool = False) -> int:
        """Where a position is in the new text; inside of what is replaced: where that begins, or its `end`."""
        index = bisect_right(self._starts, position) - 1
        if index >= 0:
            start, stop, text = self.places[index]
            if start < position < stop:
                return start + self._shifts[index] + (len(text) if end else 0)
            if position == start:
                return start + self._shifts[index]
        return position + self._shifts[index + 1]

    def back(self, position: int, *, end: bool = False) -> int:
        """Where a position of the new text was; inside of a new text: where what it replaces began, or its `end`."""
        for index, (start, stop, text) in enumerate(self.places):
            now = start + self._shifts[index]
            if position <= now:
                return position - self._shifts[index]
            if position < now + len(text):
                return stop if end else start
        return position - self._shifts[-1]


@dataclass(frozen=True)
class Person:
    """A redaction with the names that it looks for."""

    record: Redaction

    @cached_property
    def names(self) -> PersonNames:
        """What the person is known by."""
        return PersonNames(self.record.names, frozenset(self.record.shared))

    @cached_property
    def kept(self) -> frozenset[str]:
        """The characters that the curator has decided to keep, everywhere or somewhere."""
        return frozenset((*self.record.leave, *(place.exact for place in self.record.places if not place.replace)))


@dataclass(frozen=True)
class Redacted:
    """What becomes of one text: the places to replace, and what is in doubt."""

    moved: Moved
    doubts: tuple[Naming, ...]


@dataclass(frozen=True)
class Redactor:
    """All people of a corpus whose names are replaced."""

    redactions: tuple[Redaction, ...] = ()

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """They, in the order of the file."""
        return tuple(map(Person, self.redactions))

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self.redactions)

    def article(self, article_id: str, source_text: str) -> ArticleRedaction:
        """What is to be done in an article."""
        return ArticleRedaction(self, article_id, source_text)

    def names_in(self, text: str) -> Sequence[str]:
        """What of a text that is about to be published may name one of them, and was never decided to be kept."""
        found = []
        for person in self.people:
            namings = person.names.find(text, known=True)
            found += [one.surface for one in namings if one.surface not in person.kept]
        return found

    def string(self, text: str, *, as_id: bool = False) -> tuple[str, tuple[Naming, ...]]:
        """A text that belongs to no article with the names replaced, and what in it is in doubt."""
        return ArticleRedaction(self, "", "").string(text, as_id=as_id)


@dataclass(frozen=True)
class ArticleRedaction:
    """What is to be done in one article; without an id: in texts about several, where a part of a name means the
    person as long as nothing speaks against it."""

    redactor: Redactor
    article_id: str
    source_text: str

    @cached_property
    def _of_source(self) -> tuple[tuple[Put, ...], tuple[Naming, ...], tuple[bool, ...], tuple[frozenset[str], ...]]:
        puts: list[Put] = []
        doubts: list[Naming] = []
        known, surfaces = [], []
        for person in self.redactor.people:
            places = [place for place in person.record.places if place.article_id == self.article_id]
            moved = [place for place in places if self.source_text[place.start : place.end] != place.exact]
            doubts += [Naming(place.start, place.end, place.exact, False) for place in moved]
            found = person.names.find(self.source_text)
            chosen = [(place.start, place.end) for place in places if place.replace]
            spared = [(place.start, place.end) for place in places if not place.replace]
            for one in found:
                if any(start < one.end and one.start < end for start, end in (*chosen, *spared)):
                    continue
                verdict = _decided(one, person.record)
                if verdict is None:
                    doubts.append(one)
                elif verdict:
                    chosen.append((one.start, one.end))
            puts += [(start, end, person.record.placeholder) for start, end in chosen]
            known.append(bool(chosen) or not self.article_id)
            surfaces.append(frozenset(self.source_text[start:end] for start, end in chosen))
        kept = _disjoint(puts)
        doubts = [one for one in doubts if not any(start < one.end and one.start < end for start, end, _ in kept)]
        return kept, tuple(sorted(doubts)), tuple(known), tuple(surfaces)

    @cached_property
    def source(self) -> Redacted:
        """The places of the source text."""
        puts, doubts, _, _ = self._of_source
        return Redacted(Moved(puts), doubts)

    def string(self, text: str, *, as_id: bool = False) -> tuple[str, tuple[Naming, ...]]:
        """Another text of the article with the names replaced, and what in it is in doubt.

        What was replaced in the source text is replaced here. `as_id`: by the id of the placeholder.
        """
        _, _, known, surfaces = self._of_source
        puts: list[Put] = []
        doubts: list[Naming] = []
        for person, is_known, replaced in zip(self.redactor.people, known, surfaces, strict=True):
            instead = person.record.entity_id if as_id else person.record.placeholder
            for one in person.names.find(text, known=is_known):
                verdict = _decided(one, person.record)
                if verdict or (verdict is None and one.surface in replaced):
                    puts.append((one.start, one.end, instead))
                elif verdict is None:
                    doubts.append(one)
        kept = _disjoint(puts)
        doubts = [one for one in doubts if not any(start < one.end and one.start < end for start, end, _ in kept)]
        return with_places(text, kept), tuple(sorted(doubts))

    def url(self, url: str) -> tuple[str | None, tuple[Naming, ...]]:
        """An address with a name in it is cut to its site, or is none where the site has the name."""
        new, doubts = self.string(url)
        if new == url:
            return url, doubts
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}/"
        return (site if self.string(site)[0] == site else None), doubts


def _decided(one: Naming, record: Redaction) -> bool | None:
    """Whether a naming is replaced, None where that is in doubt."""
    if one.surface in record.leave:
        return False
    return True if one.surface in record.replace or one.certain else None


def _disjoint(puts: Iterable[Put]) -> tuple[Put, ...]:
    """Of places that overlap the one that begins first, of these the longest."""
    kept: list[Put] = []
    for put in sorted(set(puts), key=lambda put: (put[0], -put[1], put[2])):
        if not kept or put[0] >= kept[-1][1]:
            kept.append(put)
    return tuple(kept)
