"""The documents of the speed benchmark as articles: in paragraphs, and in words that look like English.

The language of `speed_documents` is none: langdetect takes three times as long to give up on it as to know English.
Here the frequent words are English ones, and the others have letters and endings of English. `detect_language` then
takes 274 draws a text, and a second look at 7 % of them; 227 and 2 % on news articles, 263 and 10 % on web pages.
Which word stands where is the same, and with it all that is known about duplicates.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cached_property

import pyarrow as pa

from bench.documents import N_WORDS, Documents

_SENTENCES_PER_PARAGRAPH = 4
# About in the order of their frequency.
_FREQUENT = """
the of and to a in that is was for it with as his on be at by had not are but from or have an they which one you were
her all she there would their we him been has when who will more no if out so said what up its about into than them
can only other new some could time these two may then do first any my now such like our over man me even most made
after also did many before must through back years where much your way well down should because each just those people
how too little state good very make world still own see men work long get here between both life being under never day
same another know while last might us great old year off come since against go came right used take three
"""
# Onset, vowel and coda of a stem, and how it ends: half of the stems have no ending.
_PARTS = (
    "t s c p b m f d r l h w g st pr tr gr ch sh pl fr n v th wh",
    "e a i o e a i o ea u",
    "n r s l t d m nt st ll n r ss ct ve te re nd ck",
    "ed ing er s es ion ly al ent tion ate able ment ive ance",
)
_DRESSED = ("{} ", "{}, ", "{}. ", "{} ", "\u201c{}\u201d ")
_CAPITAL = 3
_TWO_SYLLABLES, _ENDINGS = 0.25, 0.5


class ArticleDocuments(Documents):
    """n articles under one seed."""

    def batches(self) -> Iterator[pa.Table]:
        """See `Documents.batches`."""
        for batch in super().batches():
            texts = [in_paragraphs(text) for text in batch["text"].to_pylist()]
            yield batch.set_column(1, "text", pa.array(texts, pa.string()))

    @cached_property
    def _spelling(self) -> list[bytes]:
        rng = random.Random(self.seed)
        onsets, vowels, codas, endings = map(str.split, _PARTS)
        words = dict.fromkeys(_FREQUENT.split())
        while len(words) < N_WORDS:
            stem = [rng.choice(part) for part in (onsets, vowels, codas)]
            stem += [rng.choice(onsets), rng.choice(vowels)] if rng.random() < _TWO_SYLLABLES else []
            words.setdefault("".join([*stem, rng.choice(endings) if rng.random() < _ENDINGS else ""]))
        return [
            form.format(word.capitalize() if i == _CAPITAL else word).encode()
            for word in words
            for i, form in enumerate(_DRESSED)
        ]


def in_paragraphs(text: str) -> str:
    """A text of sentences in paragraphs of four."""
    sentences = text.split(". ")
    step = _SENTENCES_PER_PARAGRAPH
    return ".\n\n".join(". ".join(sentences[i : i + step]) for i in range(0, len(sentences), step))
