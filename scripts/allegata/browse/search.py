"""Search in the page: an inverted index over texts, claims and names, in scripts that `search.js` loads as it needs
them (a page that is opened from a disk may load scripts, and nothing else)."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from unicodedata import normalize

import regex

from allegata.browse.links import Places, address, anchor_of, entity_anchor, line_anchor
from allegata.browse.version import Row, Version
from allegata.schema.visible import visible

KINDS = ("names", "claims", "texts")
# Scripts without blanks between words, for the regular expressions of Python and of JavaScript alike.
_SCRIPTS = ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar")
UNSPACED = "[" + "".join(f"\\p{{Script={name}}}" for name in _SCRIPTS) + "\u30fc]"
WORD = f"{UNSPACED}+|(?:(?!{UNSPACED})[\\p{{L}}\\p{{N}}\\p{{M}}])+"
LONGEST_TERM = 40
_WORDS, _RUN = regex.compile(WORD), regex.compile(UNSPACED)
_ACCENTS = regex.compile("[\u0300-\u036f]")
# A script holds about so many characters, a list of numbers and the text of one hit at most so many.
_SHARD, _NUMBERS, _TEXT = 150_000, 20_000, 100_000
_PLACES = 8  # articles that a name links to


@dataclass(frozen=True)
class Hit:
    """What a query can find: a text (or a part of a very long one), a claim, or a name.

    `lines` are links with their words: the lines of a text, the words of a claim, the articles that have a name.
    """

    title: str
    note: str
    lines: tuple[tuple[str, str], ...]


@dataclass
class _Name:
    title: str
    note: str
    surfaces: set[str] = field(default_factory=set)
    lines: list[tuple[str, str]] = field(default_factory=list)
    articles: int = 0


@dataclass
class SearchIndex:
    """The index, filled as the articles pass. Memory: the words of each text and claim as numbers, and the hits."""

    _hits: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    _found: dict[str, dict[str, array[int]]] = field(default_factory=dict)
    _names: dict[tuple[str, ...], _Name] = field(default_factory=dict)

    def add(self, version: Version, places: Places, article: Row, rows: Mapping[str, Sequence[Row]]) -> None:
        """Take in one article with its rows."""
        article_id = article["article_id"]
        heading, short = version.heading(article_id), version.short(article_id)
        for part in _parts(places, article):
            self._add("texts", Hit(heading, short, part), [heading, *(text for _, text in part)])
        for claim in rows["claims"]:
            who = version.name_of(claim["claimer_id"])
            path = address(places.row(article_id, claim["claim_id"], claim["source_start"]))
            words = " … ".join(segment["surface"] for segment in claim["segments"] or [claim])
            self._add("claims", Hit(who, short, ((path, words),)), [who, words])
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
        """The scripts, each with its path: words with the numbers of their hits, hits, and the list of both."""
        for _, name in sorted(self._names.items()):
            count = f"{name.articles:,} article{'s' if name.articles > 1 else ''}"
            hit = Hit(name.title, " · ".join(filter(None, (name.note, count))), tuple(name.lines))
            self._add("names", hit, [name.title, name.note, *sorted(name.surfaces)])
        first: dict[str, list[str | int]] = {}
        for kind in ("words", *KINDS):
            first[kind] = []
            entries = self._entries() if kind == "words" else enumerate(self._hits[kind])
            for number, (start, shard) in enumerate(_shards(entries)):
                first[kind].append(start)
                yield f"search/{kind}-{number}.js", f'allegataSearch("{kind}-{number}", [\n{shard}\n]);\n'
        facts = {"word": WORD, "unspaced": UNSPACED, "longest": LONGEST_TERM, "kinds": KINDS, "first": first}
        yield "search/index.js", f'allegataSearch("index", {_json(facts)});\n'

    def _add(self, kind: str, hit: Hit, texts: Iterable[str]) -> None:
        number = len(self._hits[kind])
        lines = [(path, visible(text, keep="\n\t")) for path, text in hit.lines]
        self._hits[kind].append(_json([visible(hit.title), visible(hit.note), lines]))
        for term in set(terms(" \n".join(texts))):
            self._found.setdefault(term, {}).setdefault(kind, array("I")).append(number)

    def _entries(self) -> Iterator[tuple[str, str]]:
        """Every term with the numbers of its hits by kind, each as the distance from the one before; a term with very
        many has several entries. In the order in which JavaScript compares strings."""
        for term in sorted(self._found, key=lambda term: term.encode("utf-16-be")):
            for kind, numbers in self._found[term].items():
                for at in range(0, len(numbers), _NUMBERS):
                    part = numbers[at : at + _NUMBERS]
                    steps = [part[0], *(b - a for a, b in pairwise(part))]
                    yield term, _json([term, KINDS.index(kind), steps])


def terms(text: str) -> Iterator[str]:
    """The terms that a text is found by: its words, folded; of scripts without blanks between words every two
    neighbouring characters, and the last one of a run."""
    for word in _WORDS.findall(text):
        folded = _folded(word)
        if not _RUN.match(word):
            yield folded[:LONGEST_TERM]
        else:
            yield from (folded[at : at + 2] for at in range(len(folded)))


@cache
def _folded(word: str) -> str:
    """A word without case, width and the accents of Latin, Greek and Cyrillic, as `search.js` folds what is asked."""
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


def _shards(entries: Iterable[tuple[str | int, str]]) -> Iterator[tuple[str | int, str]]:
    """Entries in order, cut where a script is full: the key of the first, and all of them."""
    held: list[str] = []
    first: str | int = ""
    size = 0
    for key, entry in entries:
        if held and size + len(entry) > _SHARD:
            yield first, ",\n".join(held)
            held, size = [], 0
        first = first if held else key
        held.append(entry)
        size += len(entry)
    if held:
        yield first, ",\n".join(held)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
