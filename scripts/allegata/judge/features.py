"""What the judge knows of each block: numbers from its text, its place, its boxes and what words say of it.

Everything is counted over the whole text at once, so that a page costs the same few hundred array operations however
many blocks it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allegata.judge import characters as ch
from allegata.judge.box_tree import AROUND, TAGS, BoxTree
from allegata.judge.characters import Indices, Text
from allegata.judge.names import COLUMNS, NameWeights
from allegata.judge.neighbours import shifted, summed_around
from allegata.judge.words import WordWeights
from allegata.text.page_blocks import Boxes

Numbers = NDArray[np.float64]
# Feature -> its values, with the kind of fact it is.
Columns = dict[str, tuple[str, Numbers]]

_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
LEVELS = 6  # boxes around a block that are looked at
FAR, NONE = 300.0, -150.0  # the farthest place that counts, and none
_OWN_TAGS, _TAGS_AROUND = tuple(f"t_{tag}" for tag in TAGS), tuple(f"a_{tag}" for tag in AROUND)
_TAG_NUMBERS, _BITS = np.arange(len(TAGS))[:, None], 1 << np.arange(len(AROUND))[:, None]
_BOX_COLUMNS = tuple(
    tuple(f"b{level}_{name}" for name in ("size", "share", "link", "prose", "dense", "extract", "blocks", "place"))
    for level in range(1, LEVELS + 1)
)
# What a block knows of those `_BY` further on.
_NEAR = ("length", "link_density", "ends_sentence", "prose", "common", "upper")
_BY = (-3, -2, -1, 1, 2, 3)
_NEIGHBOURS = (
    *(f"{name}{by:+d}" for by in _BY for name in (*_NEAR, "extract", "t_li", "names", "heading")),
    *(f"w{reach}_{name}" for reach in (5, 15) for name in ("prose", "link", "length")),
)
_CLOSING = np.array([ord(x) for x in ")]}」』）】"])
_QUESTIONS = np.array([ord(x) for x in "?？؟;"])
_BARS = np.array([ord(x) for x in "|•·›»"])
_LEAST_PROSE, _MOST_LINKED = 60, 0.4
_LEAST_ALIKE, _LONGEST_TITLE, _SHORTEST_TITLE = 0.6, 250, 12


@dataclass(frozen=True)
class Layout:
    """A text of n blocks. `starts`, `ends` and `linked` have one entry a block: bounds and linked characters, in code
    points. `boxes` are the elements around them; `title` is what a page states, `taken` what an
    extractor takes (sorted, disjoint spans, k x 2)."""

    text: str
    starts: Indices
    ends: Indices
    linked: Numbers
    boxes: Boxes
    title: str
    taken: Indices


def features(page: Layout, names: NameWeights, words: WordWeights) -> tuple[NDArray[np.float32], list[str], list[str]]:
    """n rows of features, the names of the columns, and the kind of fact of each."""
    text = Text.of(page.text)
    length = (page.ends - page.starts).astype(float)
    columns = _text_columns(page, text, length)
    prose = columns["prose"][1] * length
    columns |= _word_columns(page, text)
    columns |= _place_columns(page, length, prose)
    near = [columns[name][1] for name in _NEAR]
    taken = covered_share(page)
    columns |= _extract_columns(taken, length)
    boxes = BoxTree(page.boxes)
    columns |= _markup_columns(page, boxes, length)
    of_names = names.of_boxes(boxes)
    columns |= _named("class and id words", COLUMNS, of_names[:, boxes.of_block].astype(float))
    columns |= _box_columns(page, boxes, length, prose, taken)
    is_heading = headings(page)
    near += [taken, columns["t_li"][1], columns["names"][1], is_heading]
    own, above = words.of_blocks(texts_of(page), is_heading > 0)
    columns |= {"words_own": ("its words", own), "words_above": ("the heading above", above)}
    columns |= {f"words_own{by:+d}": ("its neighbours", shifted(own, by, 0.0)) for by in (-2, -1, 1, 2)}
    columns |= _neighbours(page, np.array(near), length, prose)
    table = np.empty((len(columns), len(length)), np.float32)
    for row, (_, values) in enumerate(columns.values()):
        table[row] = values
    return table.T, list(columns), [kind for kind, _ in columns.values()]


def texts_of(page: Layout) -> list[str]:
    """The text of every block."""
    return [page.text[start:end] for start, end in zip(page.starts.tolist(), page.ends.tolist(), strict=True)]


def headings(page: Layout) -> Numbers:
    """1 for a block whose box is a heading, else 0."""
    tags = page.boxes.tags
    return np.array([tags[box] in _HEADINGS for box in page.boxes.of_block], float)


def _text_columns(page: Layout, text: Text, length: Numbers) -> Columns:
    starts, ends = page.starts, page.ends

    def count(kind: int) -> Numbers:
        return text.count_kind(kind, starts, ends).astype(float)

    dense, spaces = count(ch.DENSE), count(ch.SPACE)
    words = spaces + 1 + dense / 2
    tail = ends - 1
    for _ in range(2):  # the last character that is no quote or bracket
        closing = (text.kinds[tail] == ch.QUOTE) | np.isin(text.codes[tail], _CLOSING)
        tail = np.where(closing & (tail > starts), tail - 1, tail)
    ends_sentence = (text.kinds[tail] == ch.END).astype(float)
    linked = page.linked / length
    first, last = text.kinds[starts], text.codes[ends - 1]
    own = {
        "length": length,
        "words": words,
        "ends_sentence": ends_sentence,
        "commas": count(ch.COMMA) / words,
        "stops": count(ch.END),
        "digits": count(ch.DIGIT) / length,
        "upper": count(ch.UPPER) / length,
        "symbols": count(ch.SYMBOL) / length,
        "quotes": count(ch.QUOTE),
        "dense": dense / length,
        "word_length": np.minimum((length - spaces) / words, 30.0),
        "prose": ((length + dense >= _LEAST_PROSE) & (ends_sentence > 0) & (linked < _MOST_LINKED)).astype(float),
        "colon": (text.kinds[ends - 1] == ch.COLON).astype(float),
        "question": np.isin(last, _QUESTIONS).astype(float),
        "first_lower": (first == ch.LOWER).astype(float),
        "first_digit": (first == ch.DIGIT).astype(float),
        "first_symbol": ((first == ch.SYMBOL) | (first == ch.OTHER)).astype(float),
        "copyright": text.count(text.codes == ord("©"), starts, ends).astype(float),
        "bars": text.count(np.isin(text.codes, _BARS), starts, ends).astype(float),
        "at": text.count(text.codes == ord("@"), starts, ends).astype(float),
    }
    return {name: ("its text", values) for name, values in own.items()} | {"link_density": ("links", linked)}


def _word_columns(page: Layout, text: Text) -> Columns:
    """How many of a block's words are common in the text, capitalised, or in its title; how often its line recurs."""
    n = len(page.starts)
    block = np.searchsorted(page.starts, text.words, "right") - 1
    per = np.maximum(1, np.bincount(block, minlength=n)).astype(float)
    values, counts = np.unique(text.hashes, return_counts=True)
    inverse = np.searchsorted(values, text.hashes)  # with the sort half the time of an inverse by `unique`
    common = counts >= max(4, len(block) // 200)
    stated = np.isin(values, Text.of(page.title).hashes) if page.title else np.zeros(len(values), bool)
    lines = np.bincount(block, (text.hashes % np.uint64(1 << 40)).astype(float), n)
    _, which, often = np.unique(lines, return_inverse=True, return_counts=True)
    in_title = np.bincount(block, stated[inverse], n) / per
    length = page.ends - page.starts
    title_like = (in_title >= _LEAST_ALIKE) & (length < _LONGEST_TITLE) & (length >= _SHORTEST_TITLE)
    likely = np.where(title_like, in_title * np.minimum(length, 80), 0)
    from_title = np.full(n, NONE)
    if n and likely.max() > 0:
        from_title = np.clip(np.arange(n) - int(np.argmax(likely)), -99, FAR)
    return {
        "common": ("its text", np.bincount(block, common[inverse], n) / per),
        "capitals": ("its text", np.bincount(block, text.kinds[text.words] == ch.UPPER, n) / per),
        "repeats": ("its text", np.minimum(often[which], 10).astype(float)),
        "title": ("the title", in_title),
        "from_title": ("the title", from_title),
    }


def _place_columns(page: Layout, length: Numbers, prose: Numbers) -> Columns:
    n = len(length)
    at = np.arange(n)
    gap = np.minimum(np.concatenate(([3.0], page.starts[1:] - page.ends[:-1])), 5.0)[:n]
    all_prose = max(1.0, prose.sum())
    place = {
        "rel": at / max(1, n - 1),
        "rel_length": (np.cumsum(length) - length) / max(1.0, length.sum()),
        "n": np.full(n, float(n)),
        "from_start": np.minimum(at, 200.0),
        "from_end": np.minimum(n - 1 - at, 200.0),
        "prose_before": (np.cumsum(prose) - prose) / all_prose,
        "all_prose": np.full(n, all_prose),
        "gap_before": gap,
        "gap_after": shifted(gap, 1, 3.0),
    }
    return {name: ("its place", values) for name, values in place.items()}


def covered_share(page: Layout) -> Numbers:
    """The share of each block's characters that the extractor takes."""
    spans = page.taken
    if not len(spans):
        return np.zeros(len(page.starts))
    before = np.concatenate(([0], np.cumsum(spans[:, 1] - spans[:, 0])))

    def up_to(position: Indices) -> Indices:
        at = np.searchsorted(spans[:, 0], position, "right")
        last = np.maximum(at - 1, 0)
        return before[last] + np.where(at > 0, np.minimum(position, spans[last, 1]) - spans[last, 0], 0)

    return (up_to(page.ends) - up_to(page.starts)) / (page.ends - page.starts)


def _extract_columns(share: Numbers, length: Numbers) -> Columns:
    taken = share * length
    total = max(1.0, taken.sum())
    found = {
        "extract": share,
        "extract_all": np.full(len(length), total / max(1.0, length.sum())),
        "extract_before": (np.cumsum(taken) - taken) / total,
    }
    return {name: ("the extractor", values) for name, values in found.items()}


def _markup_columns(page: Layout, boxes: BoxTree, length: Numbers) -> Columns:
    n, at = len(length), np.arange(len(length))
    own = boxes.tags[boxes.of_block]
    around = boxes.with_own(boxes.bits, np.bitwise_or)[boxes.of_block]
    columns = _named("its tags", _OWN_TAGS, (own == _TAG_NUMBERS).astype(float))
    columns |= _named("its tags", _TAGS_AROUND, ((around & _BITS) > 0).astype(float))
    found = {"depth": boxes.around(np.ones_like(boxes.bits), np.add)[boxes.of_block].astype(float)}
    found["articles"] = np.full(n, columns["a_article"][1].mean() if n else 0.0)
    style = boxes.styles()[boxes.of_block]
    often = np.bincount(style)
    size = np.bincount(style, length)
    found["style_count"] = often[style].astype(float)
    found["style_share"] = (size / max(1.0, length.sum()))[style]
    found["style_link"] = (np.bincount(style, page.linked) / np.maximum(1.0, size))[style]
    columns |= {name: ("its tags", values) for name, values in found.items()}
    h1 = np.flatnonzero(columns["a_h1"][1])
    before = np.searchsorted(h1, at, "right") - 1
    places = {
        "h1_count": np.full(n, float(min(len(h1), 9))),
        "from_h1": np.clip(at - h1[0], -99, FAR) if len(h1) else np.full(n, NONE),
        "last_h1": np.where(before >= 0, np.minimum(at - h1[np.maximum(before, 0)], FAR), NONE)
        if len(h1)
        else np.full(n, NONE),
    }
    return columns | {name: ("the title", values) for name, values in places.items()}


def _box_columns(page: Layout, boxes: BoxTree, length: Numbers, prose: Numbers, taken: Numbers) -> Columns:
    """Of each of the `LEVELS` boxes around a block: how much stands in it, and what."""
    first, last = boxes.first, boxes.last

    def per_box(values: Numbers) -> Numbers:
        sums = np.concatenate(([0.0], np.cumsum(values)))
        return sums[last] - sums[first]

    size, blocks = np.maximum(1.0, per_box(length)), np.maximum(1, last - first).astype(float)
    total, all_prose, at = max(1.0, length.sum()), max(1.0, prose.sum()), np.arange(len(length))
    own_prose = per_box(prose)
    tables = np.array(
        [
            size,
            size / total,
            per_box(page.linked) / size,
            own_prose / all_prose,
            own_prose / size,
            per_box(taken * length) / size,
            blocks,
        ]
    )
    columns: Columns = {}
    ids = boxes.of_block
    for names in _BOX_COLUMNS:
        values = np.vstack((tables[:, ids], (at - first[ids]) / blocks[ids]))
        columns |= _named("the boxes around it", names, values)
        up = boxes.parent[ids]
        ids = np.where(up >= 0, up, ids)
    return columns


def _neighbours(page: Layout, near: Numbers, length: Numbers, prose: Numbers) -> Columns:
    """`near` has a row for each feature of neighbours."""
    further_on = np.concatenate([shifted(near, by) for by in _BY])
    windows = [summed_around(values, reach) for reach in (5, 15) for values in (prose, page.linked, length)]
    return _named("its neighbours", _NEIGHBOURS, [*further_on, *windows])


def _named(kind: str, names: Sequence[str], rows: Iterable[Numbers]) -> Columns:
    return {name: (kind, values) for name, values in zip(names, rows, strict=True)}


def bounds(spans: Sequence[tuple[int, int]]) -> Indices:
    """Spans as an array, k x 2."""
    return np.array(spans, np.int64).reshape(-1, 2)
