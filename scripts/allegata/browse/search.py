"""Search in the page: an inverted index over texts, claims and names, in scripts that `search.js` loads as it needs
them (a page that is opened from a disk may load scripts, and nothing else)."""

from __future__ import annotations

import json
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import repeat
from typing import Any
from unicodedata import normalize

import numpy as np
import regex

from allegata.browse.claimers import called, names
from allegata.browse.links import Places, address, anchor_of, entity_anchor, line_anchor
from allegata.browse.version import Row, Version
from allegata.schema.visible import visible
from allegata.schema.wording import number

KINDS = ("names", "titles", "claims", "texts")  # in the order of an answer
# Scripts without blanks between words, for the regular expressions of Python and of JavaScript alike.
_SCRIPTS = ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar")
UNSPACED = "[" + "".join(f"\\p{{Script={name}}}" for name in _SCRIPTS) + "\u30fc]"
_LETTER = "[\\p{L}\\p{N}\\p{M}]"
WORD = f"{UNSPACED}+|(?:(?!{UNSPACED}){_LETTER})+"
LONGEST_TERM = 40
_WORDS, _RUN, _SPACED = regex.compile(WORD), regex.compile(UNSPACED), regex.compile(f"{_LETTER}+")
# Of the characters up to U+02FF and of punctuation (U+2000 to U+206F) none is a mark or of such a script, and no later
# Unicode adds letters there: the words of a text that has no others are found in a quarter of the time.
_OTHER, _PLAIN = re.compile("[\u0300-\u1fff\u2070-\U0010ffff]"), re.compile(r"[^\W_]+")
_ACCENTS = regex.compile("[\u0300-\u036f]")
# A script holds about so many characters, a list of numbers and the text of one hit at most so many. An answer needs a
# script for each of its words and of its first hits: small ones, for the browser reads them whole.
_SHARD, _NUMBERS, _TEXT = 30_000, 20_000, 100_000
_LONGEST_NAME = 2 * LONGEST_TERM
_PLACES = 8  # articles that a name links to
_numbers = partial(array, "I")
_Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Hit:
    """What a query can find: a name, the title of an article, a claim, or a text (or a part of a very long one).

    `lines` are links with their words: the articles that have a name, the title itself, the words of a claim, the lines
    of a text. `language` is that of the article whose words they are.
    """

    title: str
    note: str
    lines: tuple[tuple[str, str], ...]
    language: str = ""


@dataclass
class _Name:
    title: str
    note: str
    surfaces: set[str] = field(default_factory=set)
    lines: list[tuple[str, str]] = field(default_factory=list)
    articles: int = 0


@dataclass
class _Shards:
    """The scripts of one kind, cut where they are full: entries go in, full scripts come out; `first` has the key of
    the first entry of each. They are written a script at a time: entry by entry took twice as long."""

    kind: str
    first: list[str | int] = field(default_factory=list)
    _held: list[object] = field(default_factory=list)
    _size: int = 0

    def add(self, key: str | int, entry: object, size: int) -> Sequence[tuple[str, str]]:
        """Take in an entry of about `size` characters; the script that it has no room in is full."""
        full = tuple(self.close()) if self._held and self._size + size > _SHARD else ()
        if not self._held:
            self.first.append(key)
        self._held.append(entry)
        self._size += size
        return full

    def close(self) -> Iterator[tuple[str, str]]:
        """The last script."""
        if self._held:
            name, entries = f"{self.kind}-{len(self.first) - 1}", _json(self._held)
            self._held, self._size = [], 0
            yield f"search/{name}.js", f'allegataSearch("{name}", {entries});\n'


@dataclass
class _Posted:
    """What the hits of a kind are found by: numbers of terms, and beside each that of the hit."""

    terms: array[int] = field(default_factory=_numbers)
    hits: array[int] = field(default_factory=_numbers)

    def add(self, terms: Sequence[int], hit: int) -> None:
        """Take in the terms of one hit; hits come in the order of their numbers."""
        self.terms.extend(terms)
        self.hits.extend(repeat(hit, len(terms)))


def _numbering() -> dict[str, int]:
    """What numbers every term that is asked of it: the first is 0."""
    found: defaultdict[str, int] = defaultdict()
    found.default_factory = found.__len__
    return found


@dataclass
class SearchIndex:
    """The index: articles go in, scripts with their hits come out as they are full, then those with the words.

    Memory: the words with the numbers of their hits, and the names.
    """

    _hits: dict[str, _Shards] = field(default_factory=lambda: {kind: _Shards(kind) for kind in KINDS})
    _counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    _terms: dict[str, int] = field(default_factory=lambda: _numbering())
    _posted: dict[str, _Posted] = field(default_factory=lambda: {kind: _Posted() for kind in KINDS})
    _names: dict[tuple[str, ...], _Name] = field(default_factory=dict)

    def add(
        self, version: Version, places: Places, article: Row, rows: Mapping[str, Sequence[Row]]
    ) -> Iterator[tuple[str, str]]:
        """Take in one article with its rows; the scripts that are full, each with its path."""
        article_id = article["article_id"]
        heading, short = version.heading(article_id), version.short(article_id)
        language = version.language(article_id)
        title = Hit(heading, short, ((address(places.article(article_id)), heading),), language)
        yield from self._add("titles", title, [heading], [heading])
        for part in _parts(places, article):
            yield from self._add("texts", Hit(heading, short, part, language), [heading, *(text for _, text in part)])
        for claim in rows["claims"]:
            who = claim["claimer_id"]
            path = address(places.row(article_id, claim["claim_id"], claim["source_start"]))
            words = " … ".join(segment["surface"] for segment in claim["segments"] or [claim])
            hit = Hit(called(version, who), short, ((path, words),), language)
            yield from self._add("claims", hit, [*names(version, [who]), words])
        here = set()
        for mention in rows["entities"]:
            entity = mention.get("entity_id")
            key = (entity,) if entity else (str(mention["surface"]).lower(), str(mention.get("label")))
            name = self._names.get(key) or self._names.setdefault(key, _name(version, mention))
            name.surfaces.add(mention["surface"])
            if key in here:
                continue
            here.add(key)
            name.articles += 1
            if len(name.lines) < _PLACES:
                anchor = entity_anchor(entity) if entity else anchor_of(article_id, mention["mention_id"])
                page = places.article(article_id, mention["source_start"])
                name.lines.append((address(f"{page}#{anchor}"), heading))

    def files(self) -> Iterator[tuple[str, str]]:
        """The other scripts: the last hits, words with the numbers of their hits, and the list of all scripts."""
        for _, name in sorted(self._names.items()):
            count = f"{number(name.articles, 'article')}"
            hit = Hit(name.title, " · ".join(filter(None, (name.note, count))), tuple(name.lines))
            called = [name.title, *sorted(name.surfaces)]
            yield from self._add("names", hit, [*called, name.note], called)
        words = _Shards("words")
        for term, entry in self._entries():
            yield from words.add(term, entry, len(term) + 4 * len(entry[2]))
        for shards in (words, *self._hits.values()):
            yield from shards.close()
        first = {shards.kind: shards.first for shards in (words, *self._hits.values())}
        facts = {
            "word": WORD,
            "unspaced": UNSPACED,
            "longest": LONGEST_TERM,
            "name": _LONGEST_NAME,
            "kinds": KINDS,
            "first": first,
        }
        yield "search/index.js", f'allegataSearch("index", {_json(facts)});\n'

    def _add(self, kind: str, hit: Hit, texts: Iterable[str], called: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
        """Take in a hit that is found by the words of `texts`, and before others by what it is `called` as a whole."""
        number = self._counts[kind]
        self._counts[kind] += 1
        found = {*terms(" \n".join(texts)), *map(whole, called)}
        self._posted[kind].add([*map(self._terms.__getitem__, found)], number)
        lines = [(path, visible(text, keep="\n\t")) for path, text in hit.lines]
        size = len(hit.title) + len(hit.note) + sum(len(path) + len(text) for path, text in lines)
        yield from self._hits[kind].add(
            number, (visible(hit.title), visible(hit.note), lines, visible(hit.language)), size
        )

    def _entries(self) -> Iterator[tuple[str, tuple[str, int, list[int]]]]:
        """Every term with the numbers of its hits by kind, each as the distance from the one before; a term with very
        many has several entries. In the order in which JavaScript compares strings."""
        ordered = sorted(self._terms, key=lambda term: term.encode("utf-16-be"))
        rank = np.empty(len(ordered), np.int64)
        rank[[self._terms[term] for term in ordered]] = np.arange(len(ordered))
        found = [_steps(rank[np.asarray(one.terms)], np.asarray(one.hits)) for one in self._posted.values()]
        ranks, starts, ends = (np.concatenate([one[column] for one in found]) for column in range(3))
        kinds = np.repeat(np.arange(len(found)), [len(one[0]) for one in found])
        order = np.lexsort((starts, kinds, ranks))
        for at, kind, start, end in zip(*(one[order].tolist() for one in (ranks, kinds, starts, ends)), strict=True):
            yield ordered[at], (ordered[at], kind, found[kind][3][start:end].tolist())


def _steps(terms: _Numbers, hits: _Numbers) -> tuple[_Numbers, _Numbers, _Numbers, _Numbers]:
    """The hits of a kind by term, from both in the order of the hits: terms, where in the last array the hits of each
    begin and end, and the hits, each as the distance from the one before of its term."""
    order = np.argsort(terms, kind="stable")
    terms, hits = terms[order], hits[order].astype(np.int64)
    place = np.arange(len(terms))
    first = np.flatnonzero(np.diff(terms, prepend=-1))
    starts = place[(place - np.repeat(first, np.diff(first, append=len(terms)))) % _NUMBERS == 0]
    steps = np.diff(hits, prepend=0)
    steps[starts] = hits[starts]
    return terms[starts], starts, np.append(starts, len(terms))[1:], steps


def terms(text: str) -> Iterator[str]:
    """The terms that a text is found by: its words, folded; of scripts without blanks between words every two
    neighbouring characters, and the last one of a run."""
    if not _OTHER.search(text):
        return map(_term, _PLAIN.findall(text))
    if not _RUN.search(text):  # half the time
        return map(_term, _SPACED.findall(text))
    return _of_runs(text)


def _of_runs(text: str) -> Iterator[str]:
    for word in _WORDS.findall(text):
        if _RUN.match(word):
            folded = _folded(word)
            yield from (folded[at : at + 2] for at in range(len(folded)))
        else:
            yield _term(word)


def whole(name: str) -> str:
    """The term that a name or a title as a whole is found by: its folded words, each before a blank, which no other
    term has. It stands by its first word in the index, so that both are read with one script."""
    words = (_WORDS if _OTHER.search(name) else _PLAIN).findall(name)
    return "".join([f"{_folded(word)} " for word in words])[:_LONGEST_NAME]


@lru_cache(maxsize=1 << 16)
def _term(word: str) -> str:
    return _folded(word)[:LONGEST_TERM]


@lru_cache(maxsize=1_000)
def _folded(word: str) -> str:
    """A word without case, width and the accents of Latin, Greek and Cyrillic, as `search.js` folds what is asked."""
    if word.isascii():
        return word.lower()
    return normalize("NFKC", _ACCENTS.sub("", normalize("NFKD", word))).lower()


def _parts(places: Places, article: Row) -> Iterator[tuple[tuple[str, str], ...]]:
    """The published lines of a text with their addresses, in parts that a script can hold."""
    source, text, article_id = article["source_text"], article["text"], article["article_id"]
    whole = {"start": 0, "end": len(text), "source_start": 0}
    part: list[tuple[str, str]] = []
    size = 0
    for block in article["blocks"] or [whole]:
        start = source.rfind("\n", 0, block["source_start"]) + 1
        path = address(f"{places.article(article_id, start)}#{line_anchor(start)}")
        for at in range(block["start"], block["end"], _TEXT):
            words = text[at : min(at + _TEXT, block["end"])]
            if part and size + len(words) > _TEXT:
                yield tuple(part)
                part, size = [], 0
            part.append((path, words))
            size += len(words)
    if part:
        yield tuple(part)


def _name(version: Version, mention: Row) -> _Name:
    entry = version.entities.get(mention.get("entity_id") or "", {})
    facts = (str(mention.get("label") or ""), str(entry.get("description") or ""))
    return _Name(str(entry.get("name") or mention["surface"]), " · ".join(filter(None, facts)))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
