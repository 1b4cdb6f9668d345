"""Seeded documents with known duplicates for the speed benchmark, in a made-up language.

Words are made of syllables, with Zipf frequencies and stock phrases, in sentences with commas, full stops and
capitals; a part of the documents has curly quotes, a part has letters beyond ASCII. A document is a sequence
of tokens that depends on the seed and its own number only, so any document, and the exact similarity of any
two, can be worked out again without the rest.

Of 100 documents about 77 are originals (three of them borrow a third of another), 5 are exact copies, 10 are
edited copies (scattered words, a rewritten block, a truncation, added boilerplate), 5 are originals with
repetitions inside and 3 are filled-in templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Tokens = npt.NDArray[np.int64]

KINDS = (
    "original",
    "borrowed",
    "exact",
    "scattered",
    "block",
    "truncated",
    "boilerplate",
    "repeats",
    "template",
)
_SHARES = (0.74, 0.03, 0.05, 0.03, 0.02, 0.03, 0.02, 0.05, 0.03)
N_WORDS, _N_PHRASES, _N_BOILERPLATE, _N_TEMPLATES = 60_000, 4_000, 200, 40
_DRAWS = 1 << 20
_ACCENTED = 20  # every 20th word has a letter beyond ASCII, and is drawn only on purpose
# A token is a word in one of five dresses: plain, comma, full stop, capital, in curly quotes.
_DRESSES = 5
_PLAIN, _COMMA, _STOP, _CAPITAL, _QUOTED = range(_DRESSES)
_DOCUMENTS_PER_BATCH = 2_000
SCHEMA = pa.schema([("article_id", pa.string()), ("text", pa.string()), ("published", pa.string())])


@dataclass(frozen=True)
class Documents:
    """n documents under one seed; document i is called `name(i)`."""

    n: int
    seed: int = 0

    def name(self, i: int) -> str:
        """The article id of document i; ids sort as numbers do."""
        return f"doc-{i:010d}"

    def kind(self, i: int) -> str:
        """What document i is; see `KINDS`."""
        return KINDS[self._plan[0][i]]

    def source(self, i: int) -> int:
        """The document that i was copied or filled in from, or i itself."""
        return int(self._plan[1][i])

    def tokens(self, i: int) -> Tokens:
        """The tokens of document i."""
        kind, rng = self.kind(i), np.random.default_rng((self.seed, 2, i))
        if kind in ("original", "borrowed", "repeats"):
            return self._original(i, kind, rng)
        if kind == "template":
            return self._filled_template(i % _N_TEMPLATES, rng)
        tokens = self._original(self.source(i), "original", np.random.default_rng((self.seed, 2, self.source(i))))
        if kind == "scattered":
            edited = rng.random(len(tokens)) < rng.uniform(0.02, 0.15)
            tokens = np.where(edited, self._draw(len(tokens), rng), tokens)
        elif kind == "block":
            length = int(len(tokens) * rng.uniform(0.03, 0.15))
            start = int(rng.integers(0, len(tokens) - length + 1))
            tokens = np.concatenate([tokens[:start], self._draw(length, rng), tokens[start + length :]])
        elif kind == "truncated":
            tokens = tokens[: max(1, int(len(tokens) * rng.uniform(0.6, 0.95)))]
        elif kind == "boilerplate":
            which = rng.integers(0, _N_BOILERPLATE, int(rng.integers(1, 5)))
            tokens = np.concatenate([tokens, *(self._boilerplate[k] for k in which)])
        return tokens

    def batches(self) -> Iterator[pa.Table]:
        """All documents as tables of at most 2,000 rows."""
        for first in range(0, self.n, _DOCUMENTS_PER_BATCH):
            numbers = range(first, min(first + _DOCUMENTS_PER_BATCH, self.n))
            texts = [b"".join(map(self._spelling.__getitem__, self.tokens(i).tolist())) for i in numbers]
            columns = [
                [self.name(i) for i in numbers],
                pa.array(texts, pa.binary()).cast(pa.string()),
                pa.nulls(len(texts), pa.string()),
            ]
            yield pa.table(columns, schema=SCHEMA)

    def write(self, path: Path) -> int:
        """Write all documents to a Parquet file; returns the bytes of text."""
        total = 0
        with pq.ParquetWriter(path, SCHEMA) as writer:
            for batch in self.batches():
                writer.write_table(batch)
                total += int(batch["text"].nbytes)
        return total

    def similarity(self, i: int, j: int, size: int) -> float:
        """Exact Jaccard similarity of two documents over runs of `size` words, without hashing."""
        a, b = (self._shingles(k, size) for k in (i, j))
        shared = len(np.intersect1d(a, b, assume_unique=True))
        return shared / max(1, len(a) + len(b) - shared)

    def families(self) -> Iterator[tuple[int, int]]:
        """Pairs that may be near-duplicates: a copy and its source, copies of one source, of one template."""
        kinds, sources = self._plan
        derived = np.flatnonzero(sources != np.arange(self.n))
        order = derived[np.argsort(sources[derived], kind="stable")]
        family: list[int] = []
        for i in order.tolist():
            source = self.source(i)
            if family and self.source(family[-1]) != source:
                family = []
            if kinds[i] != KINDS.index("template"):
                yield source, i
            for other in family[-8:]:
                yield other, i
            family.append(i)

    def _shingles(self, i: int, size: int) -> Tokens:
        words = self.tokens(i) // _DRESSES
        n = max(len(words) - size + 1, 0)
        runs = np.stack([words[k : k + n] for k in range(size)], axis=1)
        if N_WORDS**size < 2**63:
            return np.unique(runs @ (N_WORDS ** np.arange(size, dtype=np.int64)))
        return np.unique(np.ascontiguousarray(runs).view(f"V{8 * size}").ravel())

    @cached_property
    def _plan(self) -> tuple[Tokens, Tokens]:
        """Kind and source of every document."""
        rng = np.random.default_rng((self.seed, 1))
        kinds = rng.choice(len(KINDS), self.n, p=_SHARES).astype(np.int64)
        originals = np.flatnonzero(kinds == 0)
        sources = np.arange(self.n)
        copies = np.flatnonzero((kinds >= 1) & (kinds <= 6))
        if not len(originals):
            kinds[copies] = 0
            return kinds, sources
        sources[copies] = rng.choice(originals, len(copies))
        sources[kinds == 1] = np.flatnonzero(kinds == 1)
        templates = np.flatnonzero(kinds == 8)
        for k in range(_N_TEMPLATES):
            filled = templates[templates % _N_TEMPLATES == k]
            sources[filled] = filled[:1].repeat(len(filled))
        return kinds, sources

    def _original(self, i: int, kind: str, rng: np.random.Generator) -> Tokens:
        length = int(np.clip(rng.lognormal(6.1, 0.45), 40, 4000))
        tokens = self._draw(length, rng)
        phrases = rng.integers(0, length, length // 60)
        for at, k in zip(phrases.tolist(), rng.integers(0, _N_PHRASES, len(phrases)).tolist(), strict=True):
            phrase = self._phrases[k][: length - at]
            tokens[at : at + len(phrase)] = phrase
        style = rng.random()
        if style < 0.3:
            quoted = rng.integers(0, length, 6)
            tokens[quoted] = tokens[quoted] // _DRESSES * _DRESSES + _QUOTED
        elif style > 0.85:
            tokens[rng.integers(0, length, 8)] = self._draw(8, rng, accented=True)
        if kind == "borrowed":
            other = self._draw(length, np.random.default_rng((self.seed, 3, i % 50)))
            start, borrowed = int(rng.integers(0, length)), int(length * rng.uniform(0.2, 0.35))
            tokens[start : start + borrowed] = other[start : start + borrowed]
        elif kind == "repeats":
            start = int(rng.integers(0, length // 2))
            tokens = np.concatenate([tokens, tokens[start : start + length // 4]])
        return tokens

    def _draw(self, n: int, rng: np.random.Generator, accented: bool = False) -> Tokens:
        """n words in sentences of about 20 words."""
        words = self._frequency[rng.integers(0, _DRAWS, n)]
        if accented:
            words -= words % _ACCENTED
        dress = np.zeros(n, np.int64)
        dice = rng.random(n)
        dress[dice < 0.06] = _COMMA
        ends = np.flatnonzero(dice > 0.95)
        dress[ends] = _STOP
        dress[np.minimum(ends + 1, n - 1)] = _CAPITAL
        return words * _DRESSES + dress

    def _filled_template(self, which: int, rng: np.random.Generator) -> Tokens:
        tokens = self._draw(220, np.random.default_rng((self.seed, 4, which)))
        slots = np.random.default_rng((self.seed, 5, which)).integers(0, 220, 25)
        tokens[slots] = self._draw(len(slots), rng)
        return tokens

    @cached_property
    def _frequency(self) -> Tokens:
        """A table to draw words from: Zipf-Mandelbrot, exponent 1."""
        weights = 1.0 / (np.arange(N_WORDS) + 2.7)
        cumulated = np.cumsum(weights / weights.sum())
        words = np.minimum(np.searchsorted(cumulated, (np.arange(_DRAWS) + 0.5) / _DRAWS), N_WORDS - 2)
        table: Tokens = words + (words % _ACCENTED == 0)
        return table

    @cached_property
    def _phrases(self) -> list[Tokens]:
        rng = np.random.default_rng((self.seed, 6))
        return [self._draw(int(rng.integers(3, 8)), rng) for _ in range(_N_PHRASES)]

    @cached_property
    def _boilerplate(self) -> list[Tokens]:
        rng = np.random.default_rng((self.seed, 7))
        return [self._draw(int(rng.integers(10, 30)), rng) for _ in range(_N_BOILERPLATE)]

    @cached_property
    def _spelling(self) -> list[bytes]:
        """Every token in UTF-8, with the blank behind it. Frequent words are short."""
        rng = np.random.default_rng((self.seed, 8))
        syllables = [a + b + c for a in "bdfgklmnprstvz" for b in "aeiou" for c in ("", "", "n", "r", "s", "l")]
        words: dict[str, None] = {}
        while len(words) < N_WORDS:
            length = 1 + min(3, int(np.log10(1 + len(words) / 60) * 0.8 + rng.random()))
            word = "".join(syllables[k] for k in rng.integers(0, len(syllables), length))
            words.setdefault(word + "\u00e9" if len(words) % _ACCENTED == 0 else word)
        return [
            form.encode()
            for word in words
            for form in (
                f"{word} ",
                f"{word}, ",
                f"{word}. ",
                f"{word.capitalize()} ",
                f"\u201c{word}\u201d ",
            )
        ]
