"""What two claims of one story share and where they differ, in numbers. Needs the extra `benchmark`.

Most of it knows no language: words and letters in common, names, figures. Words of the calendar are those of CLDR,
negations, hedges and numbers in words those of `lexicon.toml`; of a language that it does not have there are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from allegata.models.lexicon import lexicon_of
from allegata.models.linear import sklearn_or_say
from allegata.schema.labels import AUTHOR
from allegata.schema.languages import UNDETERMINED, primary_language
from allegata.text.normal import normalise

if TYPE_CHECKING:
    import numpy as np

    Matrix = np.ndarray[Any, np.dtype[np.float64]]

NEIGHBOURS = 20  # of a claim that are looked at: of twelve invented stories 76 % of the opposed pairs are among them
_WORD = re.compile(r"\w+(?:[.,:]\d+)*")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Claim:
    """A claim as the task gives it, in words that are compared."""

    id: str
    article: str
    claimer: str
    text: str
    words: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    days: frozenset[str]
    negations: int
    hedges: int


def read_claim(claim_id: str, article: str, claimer: str | None, text: str, language: str) -> Claim:
    """A claim from its text and who says it where."""
    plain, lexicon = normalise(text), lexicon_of(language)
    words = _WORD.findall(plain)
    days = frozenset(words) & _calendar(primary_language(language))
    numbers = {word for word in words if _DIGIT.search(word)}
    negations, hedges = 0, 0
    if lexicon:
        numbers |= set(lexicon.number.findall(plain))
        negations, hedges = len(lexicon.negation.findall(plain)), len(lexicon.hedge.findall(plain))
    names = {normalise(word) for word in _WORD.findall(text)[1:] if word[0].isupper()}
    return Claim(
        claim_id, article, claimer or "", text, frozenset(words), frozenset(names) - days, frozenset(numbers), days,
        negations, hedges,
    )  # fmt: skip


@cache
def _calendar(language: str) -> frozenset[str]:
    """Months and weekdays of a language, in lower case."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return frozenset()
    if language == UNDETERMINED:
        return frozenset()
    names = (*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values())
    return frozenset(normalise(name) for name in names)


def similarities(claims: Sequence[Claim]) -> tuple[Matrix, Matrix]:
    """Cosines of every two claims: TF-IDF of words, and of runs of three to five letters. Idf is that of the story."""
    sklearn_or_say()
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [normalise(claim.text) for claim in claims]
    found = []
    for options in ({"token_pattern": r"\w+"}, {"analyzer": "char_wb", "ngram_range": (3, 5)}):
        rows = TfidfVectorizer(sublinear_tf=True, **options).fit_transform(texts)
        found.append((rows @ rows.T).toarray())
    return found[0], found[1]


def near_pairs(similarity: Matrix) -> list[tuple[int, int]]:
    """The pairs of rows of which one is among the `NEIGHBOURS` nearest of the other; ties by number."""
    pairs = set()
    for row, values in enumerate(similarity):
        order = sorted((index for index in range(len(values)) if index != row), key=lambda i: (-values[i], i))
        pairs |= {(min(row, index), max(row, index)) for index in order[:NEIGHBOURS]}
    return sorted(pairs)


def pair_features(claims: Sequence[Claim], pairs: Sequence[tuple[int, int]]) -> list[list[float]]:
    """A row of numbers a pair, the same whichever claim comes first."""
    words, letters = similarities(claims)
    ranks = [_ranks(row) for row in letters]
    rows = []
    for i, j in pairs:
        a, b, cosine, near = claims[i], claims[j], float(words[i][j]), float(letters[i][j])
        numbers, days = _differ(a.numbers, b.numbers), _differ(a.days, b.days)
        negated = float(bool(a.negations) != bool(b.negations))
        shared = len(a.words & b.words)
        rare = float(_share(a.names, b.names))
        rank = 1 / (1 + min(ranks[i][j], ranks[j][i]))
        rows.append(
            [
                cosine,
                near,
                near * near,
                shared / max(1, len(a.words | b.words)),
                shared / max(1, min(len(a.words), len(b.words))),
                abs(len(a.words) - len(b.words)) / max(1, len(a.words | b.words)),
                rare,
                rank,
                1 / (1 + max(ranks[i][j], ranks[j][i])),
                *numbers,
                *days,
                negated,
                float(bool(a.negations) and bool(b.negations)),
                float(bool(a.hedges) != bool(b.hedges)),
                *(near * value for value in (*numbers, *days, negated, rare)),
                *(rank * value for value in (*numbers, *days, negated)),
                float(a.claimer == b.claimer),
                float(a.claimer == b.claimer == AUTHOR),
                float(AUTHOR in (a.claimer, b.claimer)),
                float(a.article == b.article),
            ]
        )
    return rows


def _ranks(values: Any) -> list[int]:
    order = sorted(range(len(values)), key=lambda i: (-values[i], i))
    ranks = [0] * len(values)
    for rank, index in enumerate(order):
        ranks[index] = rank
    return ranks


def _differ(a: frozenset[str], b: frozenset[str]) -> tuple[float, float, float]:
    """Both have some and share none; both have the same; one has some and the other none."""
    return float(bool(a and b) and not a & b), float(bool(a) and a == b), float(bool(a) != bool(b))


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0
