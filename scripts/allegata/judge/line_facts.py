"""What the judge of lines knows of each line of a plain text: its text, words and place, what it has in common with the
article, what the rules take, and its neighbours.

Source of the idea, a line judged by itself and then once more by how its neighbours were: Cohen and Carvalho 2005,
Stacked sequential learning.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allegata.judge.line_words import READ, LineWeights, line_tokens, words_of_line
from allegata.judge.neighbours import shifted, summed_around
from allegata.text.script_words import has_no_blanks
from allegata.text.sentence_ends import has_end_mark

Numbers = NDArray[np.float64]
Columns = dict[str, tuple[str, Numbers]]  # feature -> kind of fact, values

TEXT, WORDS, PLACE, ARTICLE, RULES, AROUND, ALONE = (
    "its text", "its words", "its place", "what it shares with the text", "the rules", "its neighbours",
    "what it is by itself",
)  # fmt: skip
# Reasons that a rule has, as numbers; another is the last.
_REASONS = (
    "site_furniture", "related_teaser", "newsletter_prompt", "comments", "keyword_list", "byline", "author_biography",
    "repetition", "caption", "disclosure", "advertisement",
)  # fmt: skip
_NO_REASON, _NO_LINE = -1.0, -2.0
_PROSE, _MUCH_PROSE, _SHORT = 60, 140, 60  # characters
_FAR, _MOST_LINES = 40, 60
_HEADLINE_WORDS, _HEADLINE = 4, 25
_STEM, _LEAST_WORD, _NAME = 5, 4, 6
_COMMON = 12  # lines that a stem stands in: one in more says nothing, and would cost time
_PIECE = 3  # words in a row that another line has too
_BY = (-3, -2, -1, 1, 2, 3)
_NEAR = ("length", "ends", "taken", "upper", "capitals")
_WIDTHS = (2, 5, 10)
_BARS, _COMMAS, _QUOTES = frozenset("|•·›»>/→"), frozenset(",،、，;"), frozenset("\"“„«»‘'「『")
_OPENING = _QUOTES | frozenset("(¿¡—–-")
_DASHES = frozenset("—–-•*")
_SENTENCE = re.compile(r"[.!?。！？।…](?:\s|$)")
_CAPITAL = re.compile(r"(?<=[\w,;] )[^\W\d_]+")


@dataclass(frozen=True)
class Lines:
    """A plain text as n lines, at least one, that are not blank. `gaps` are the line breaks before each; `taken` says
    for which reason a rule takes it, or None."""

    texts: Sequence[str]
    gaps: Sequence[int]
    taken: Sequence[str | None]

    @cached_property
    def words(self) -> list[list[str]]:
        """The words of every line."""
        return [words_of_line(text) for text in self.texts]

    def tokens(self) -> Iterator[set[str]]:
        """The tokens of every line: see `line_words`. Not kept: they are 14 KB a line."""
        return line_tokens(self.texts, self.words)

    @cached_property
    def length(self) -> Numbers:
        """Characters of every line."""
        return np.array([len(text) for text in self.texts], float)

    @cached_property
    def ends(self) -> Numbers:
        """1 where a line ends as a sentence."""
        return np.array([has_end_mark(text) for text in self.texts], float)

    @cached_property
    def stems(self) -> list[set[str]]:
        """The beginnings of the longer words of every line."""
        return [
            {word[:_STEM] for word in own if len(word) >= _LEAST_WORD or has_no_blanks(word[0])} for own in self.words
        ]


def facts(lines: Lines, weights: LineWeights) -> tuple[NDArray[np.float32], list[str], list[str]]:
    """n rows of features, the names of the columns, and the kind of fact of each."""
    columns: Columns = {}
    columns |= {name: (TEXT, values) for name, values in _of_text(lines)}
    columns |= {name: (PLACE, values) for name, values in _of_place(lines)}
    columns |= {name: (ARTICLE, values) for name, values in _shared(lines)}
    columns |= {name: (RULES, values) for name, values in _of_rules(lines)}
    near = [columns[name][1] for name in _NEAR]
    columns |= {
        f"{name}{by:+d}": (AROUND, shifted(values, by)) for by in _BY for name, values in zip(_NEAR, near, strict=True)
    }
    own = np.array(weights.of_lines(lines.tokens()))
    columns["words"] = (WORDS, own)
    columns |= {f"words{by:+d}": (AROUND, shifted(own, by, 0.0)) for by in (-2, -1, 1, 2)}
    return _table(columns)


def context(lines: Lines, scores: NDArray[np.int16]) -> tuple[NDArray[np.float32], list[str], list[str]]:
    """What the first scores of all lines (thousandths to be of the article) say of each: rows, names and kinds as those
    of `facts`. Sums are of whole numbers, the same everywhere."""
    n = len(scores)
    out = 1000 - scores.astype(np.int64)
    size = np.minimum(lines.length, READ).astype(np.int64)
    kept = np.cumsum(size * scores)
    all_kept = max(1, int(kept[-1]))
    columns: Columns = {
        "first": (ALONE, out.astype(float)),
        "kept_before": (PLACE, (kept - size * scores) / all_kept),
        "kept_after": (PLACE, (all_kept - kept) / all_kept),
        "out_of_all": (PLACE, np.full(n, (out * size).sum() / max(1, size.sum()))),
        "lines_out": (PLACE, np.full(n, out.sum() / max(1, n))),
    }
    columns |= {f"first{by:+d}": (AROUND, shifted(out.astype(float), by)) for by in _BY}
    columns |= {f"out_in_{by}": (AROUND, summed_around(out * size, by) / summed_around(size, by)) for by in _WIDTHS}
    ours = [index for index in range(n) if lines.length[index] >= _PROSE and scores[index] > 500]
    columns |= {f"kept_{name}": (ARTICLE, values) for name, values in _in_common(lines, ours)}
    return _table(columns)


def _table(columns: Columns) -> tuple[NDArray[np.float32], list[str], list[str]]:
    rows = np.array([values for _, values in columns.values()], np.float32).T
    return rows, list(columns), [kind for kind, _ in columns.values()]


def _each(texts: Sequence[str], measure: Callable[[str], float]) -> Numbers:
    return np.array([measure(text[:READ]) for text in texts], float)


def _of_text(lines: Lines) -> Iterator[tuple[str, Numbers]]:
    texts = lines.texts
    words = np.array([len(own) for own in lines.words], float)
    often = Counter(text.lower() for text in texts)
    yield "length", np.minimum(lines.length, 1200.0)
    yield "count", words
    yield "ends", lines.ends
    yield "digits", _each(texts, lambda text: sum(map(str.isdigit, text)) / len(text))
    yield "upper", _each(texts, lambda text: sum(map(str.isupper, text)) / len(text))
    yield "capitals", _each(texts, _capitals)
    yield "commas", _each(texts, lambda text: sum(map(_COMMAS.__contains__, text))) / np.maximum(1, words)
    yield "bars", _each(texts, lambda text: sum(map(_BARS.__contains__, text)))
    yield "colon", _each(texts, lambda text: ":" in text[:_FAR])
    yield "lower", _each(texts, lambda text: text[0].islower())
    yield "mark", _each(texts, lambda text: not text[0].isalnum() and text[0] not in _OPENING)
    yield "dash", _each(texts, lambda text: text[0] in _DASHES)
    yield "quote", _each(texts, lambda text: text[0] in _QUOTES)
    yield "sentences", _each(texts, lambda text: min(12, len(_SENTENCE.findall(text))))
    yield "copies", np.array([often[text.lower()] for text in texts], float)


def _capitals(text: str) -> float:
    words = text.split()
    return sum(word[0].isupper() for word in words) / max(1, len(words))


def _of_place(lines: Lines) -> Iterator[tuple[str, Numbers]]:
    n, at = len(lines.texts), np.arange(len(lines.texts))
    length = lines.length
    yield "from_start", np.minimum(at, _MOST_LINES)
    yield "from_end", np.minimum(n - 1 - at, _MOST_LINES)
    yield "place", at / max(1, n - 1)
    yield "before", (np.cumsum(length) - length) / max(1.0, length.sum())
    yield "lines", np.full(n, min(n, 1000))
    yield "spaced", np.full(n, np.mean(np.array(lines.gaps) > 1))
    ends = lines.ends > 0
    for name, is_one in (("prose", (length >= _PROSE) & ends), ("much", (length >= _MUCH_PROSE) & ends)):
        where = np.flatnonzero(is_one)
        first, last = (where[0], where[-1]) if len(where) else (0, n - 1)
        before = np.maximum.accumulate(np.where(is_one, at, -1))
        after = np.minimum.accumulate(np.where(is_one, at, n + _FAR)[::-1])[::-1]
        yield f"{name}_is", is_one.astype(float)
        yield f"{name}_all", np.full(n, min(len(where), 200))
        yield f"{name}_first", np.clip(at - first, -_FAR, _FAR)
        yield f"{name}_last", np.clip(at - last, -_FAR, _FAR)
        yield f"{name}_before", np.minimum(np.cumsum(is_one) - is_one, 200)
        yield f"{name}_since", np.minimum(at - before, _FAR)
        yield f"{name}_until", np.minimum(after - at, _FAR)
    short = (length < _SHORT) & ~ends
    cuts = np.flatnonzero(np.diff(np.concatenate(([-1], short.astype(int), [-1]))))
    yield "run", np.repeat(np.minimum(np.diff(cuts), 200), np.diff(cuts)) * np.where(short, 1, -1)
    yield "headline", np.clip(at - _headline(lines), -30, _MOST_LINES)


def _headline(lines: Lines) -> int:
    """The first line that may be one."""
    likely = (i for i, own in enumerate(lines.words) if len(own) >= _HEADLINE_WORDS and lines.length[i] >= _HEADLINE)
    return next(likely, 0)


def _shared(lines: Lines) -> Iterator[tuple[str, Numbers]]:
    """What a line has in common with the prose that no rule takes, and with any one other line."""
    prose = [i for i in range(len(lines.texts)) if lines.length[i] >= _PROSE and lines.ends[i]]
    free = [i for i in prose if lines.taken[i] is None]
    yield from _in_common(lines, free or prose or list(range(len(lines.texts))))
    yield "names", np.array([len(_names(text)) for text in lines.texts], float)
    yield "alike", np.array(list(_most_alike(lines.stems)), float)
    pieces = [list(zip(*(own[at:] for at in range(_PIECE)), strict=False)) for own in lines.words]
    often = Counter(piece for own in pieces for piece in set(own))
    yield "inside", np.array([sum(often[piece] > 1 for piece in own) / max(1, len(own)) for own in pieces], float)


def _in_common(lines: Lines, article: Sequence[int]) -> Iterator[tuple[str, Numbers]]:
    """How many stems of each line others of the lines `article` have, and which share that is."""
    ours = set(article)
    often = Counter(stem for index in article for stem in lines.stems[index])
    found = [sum(often[stem] > (index in ours) for stem in own) for index, own in enumerate(lines.stems)]
    yield "shared", np.minimum(np.array(found, float), 30)
    yield "shared_part", np.array(found, float) / np.maximum(1, [len(own) for own in lines.stems])


def _names(text: str) -> set[str]:
    return {word[:_NAME] for word in _CAPITAL.findall(text[:READ]) if word[0].isupper()}


def _most_alike(stems: Sequence[set[str]]) -> Iterator[float]:
    """For every line the largest share of its stems that one other line has. Stems of many lines are left out."""
    lines_of = defaultdict[str, list[int]](list)
    for index, own in enumerate(stems):
        for stem in own:
            lines_of[stem].append(index)
    for index, own in enumerate(stems):
        others = Counter[int]()
        for stem in own:
            if len(lines_of[stem]) <= _COMMON:
                others.update(lines_of[stem])
        del others[index]
        yield max(others.values(), default=0) / max(1, len(own))


def _of_rules(lines: Lines) -> Iterator[tuple[str, Numbers]]:
    n, at = len(lines.texts), np.arange(len(lines.texts))
    is_taken = np.array([reason is not None for reason in lines.taken], bool)
    numbers = [_NO_REASON if r is None else _REASONS.index(r) if r in _REASONS else len(_REASONS) for r in lines.taken]
    reason = np.array(numbers, float)
    before = np.maximum.accumulate(np.where(is_taken, at, -1000))
    after = np.minimum.accumulate(np.where(is_taken, at, n + 1000)[::-1])[::-1]
    yield "taken", is_taken.astype(float)
    yield "reason", reason
    yield "taken_since", np.minimum(at - before, _FAR)
    yield "taken_until", np.minimum(after - at, _FAR)
    yield "reason_before", np.where(before >= 0, reason[np.maximum(before, 0)], _NO_LINE)
    yield "reason_after", np.where(after < n, reason[np.minimum(after, n - 1)], _NO_LINE)
    yield "taken_all", np.full(n, min(int(is_taken.sum()), _MOST_LINES))
    yield "taken_part", np.full(n, is_taken.sum() / max(1, n))
    yield "taken_before", np.minimum(np.cumsum(is_taken) - is_taken, 200)
    yield "taken_after", np.minimum(is_taken.sum() - np.cumsum(is_taken), 200)
