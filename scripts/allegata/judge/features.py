"""What the judge knows of each block: numbers from its text, its place, its boxes and what words say of it.

Everything is counted over the whole text at once, so that a page costs the same few hundred array operations however
many blocks it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allegata.judge import characters as ch
from allegata.judge.characters import Indices, Text
from allegata.judge.names import COLUMNS, NameWeights
from allegata.judge.words import WordWeights
from allegata.text.page_blocks import Boxes

Numbers = NDArray[np.float64]
# Feature -> its values, with the kind of fact it is.
Columns = dict[str, tuple[str, Numbers]]

TAGS = (
    "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "div", "blockquote", "figcaption", "dd", "dt", "pre",
    "caption", "section", "article", "header", "footer", "nav", "aside", "form", "summary", "button", "address",
    "figure", "main",
)  # fmt: skip
AROUND = (
    "article", "main", "aside", "nav", "footer", "header", "form", "table", "ul", "ol", "dl", "figure", "section",
    "blockquote", "details", "button", "h1", "h2", "h3", "h4", "li",
)  # fmt: skip
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
LEVELS = 6  # boxes around a block that are looked at
FAR, NONE = 300.0, -150.0  # the farthest place that counts, and none
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
    near = {name: columns[name][1] for name in ("length", "link_density", "ends_sentence", "prose", "common", "upper")}
    taken = covered_share(page)
    columns |= _extract_columns(taken, length)
    columns |= _markup_columns(page, page.boxes, length)
    columns |= {
        name: ("class and id words", column)
        for name, column in zip(COLUMNS, names.of_boxes(page.boxes)[page.boxes.of_block].T, strict=True)
    }
    columns |= _box_columns(page, page.boxes, length, prose, taken)
    near |= {name: columns[name][1] for name in ("extract", "t_li", "names")}
    near["heading"] = headings(page)
    own, above = words.of_blocks(texts_of(page), near["heading"] > 0).T
    columns |= {"words_own": ("its words", own), "words_above": ("the heading above", above)}
    columns |= {f"words_own{by:+d}": ("its neighbours", _shift(own, by, 0.0)) for by in (-2, -1, 1, 2)}
    columns |= dict(_neighbours(page, near, length, prose))
    table = np.empty((len(columns), len(length)), np.float32)
    for row, (_, values) in enumerate(columns.values()):
        table[row] = values
    return table.T, list(columns), [kind for kind, _ in columns.values()]


def texts_of(page: Layout) -> list[str]:
    """The text of every block."""
    return [page.text[start:end] for start, end in zip(page.starts.tolist(), page.ends.tolist(), strict=True)]


def headings(page: Layout) -> Numbers:
    """1 for a block whose box is a heading, else 0."""
    is_heading = np.array([tag in _HEADINGS for tag in page.boxes.tags], bool)
    return is_heading[page.boxes.of_block].astype(float)


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
    values, inverse, counts = np.unique(text.hashes, return_inverse=True, return_counts=True)
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
        "gap_after": _shift(gap, 1, 3.0),
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


def _markup_columns(page: Layout, boxes: Boxes, length: Numbers) -> Columns:
    n, at = len(length), np.arange(len(length))
    bits = {tag: 1 << order for order, tag in enumerate(AROUND)}
    around: list[int] = []
    depth: list[int] = []
    for up, tag in zip(boxes.parent, boxes.tags, strict=True):
        around.append((around[up] if up >= 0 else 0) | bits.get(tag, 0))
        depth.append(depth[up] + 1 if up >= 0 else 0)
    of_block = np.array(boxes.of_block, np.int64)
    flags = np.array(around, np.int64)[of_block]
    numbers = {tag: order for order, tag in enumerate(TAGS)}
    tags = np.array([numbers.get(tag, -1) for tag in boxes.tags], np.int64)[of_block]
    found = {f"t_{name}": (tags == order).astype(float) for name, order in numbers.items()}
    found |= {f"a_{name}": ((flags & bit) > 0).astype(float) for name, bit in bits.items()}
    found["depth"] = np.array(depth, float)[of_block]
    found["articles"] = np.full(n, found["a_article"].mean() if n else 0.0)
    style = _styles(boxes)[of_block]
    often = np.bincount(style)
    size = np.bincount(style, length)
    found["style_count"] = often[style].astype(float)
    found["style_share"] = (size / max(1.0, length.sum()))[style]
    found["style_link"] = (np.bincount(style, page.linked) / np.maximum(1.0, size))[style]
    columns: Columns = {name: ("its tags", values) for name, values in found.items()}
    h1 = np.flatnonzero(found["a_h1"])
    before = np.searchsorted(h1, at, "right") - 1
    places = {
        "h1_count": np.full(n, float(min(len(h1), 9))),
        "from_h1": np.clip(at - h1[0], -99, FAR) if len(h1) else np.full(n, NONE),
        "last_h1": np.where(before >= 0, np.minimum(at - h1[np.maximum(before, 0)], FAR), NONE)
        if len(h1)
        else np.full(n, NONE),
    }
    return columns | {name: ("the title", values) for name, values in places.items()}


def _styles(boxes: Boxes) -> Indices:
    """A number for the tag and names of every box and the tag around it: equal for equal ones."""
    known: dict[tuple[str, str, str], int] = {}
    tags = boxes.tags
    return np.array(
        [
            known.setdefault((tag, names, tags[up] if up >= 0 else ""), len(known))
            for tag, names, up in zip(tags, boxes.names, boxes.parent, strict=True)
        ],
        np.int64,
    )


def _box_columns(page: Layout, boxes: Boxes, length: Numbers, prose: Numbers, taken: Numbers) -> Columns:
    """Of each of the `LEVELS` boxes around a block: how much stands in it, and what."""
    first, last, parent = (np.array(x, np.int64) for x in (boxes.first, boxes.last, boxes.parent))

    def per_box(values: Numbers) -> Numbers:
        sums = np.concatenate(([0.0], np.cumsum(values)))
        return sums[last] - sums[first]

    size, blocks = np.maximum(1.0, per_box(length)), np.maximum(1, last - first).astype(float)
    total, all_prose, at = max(1.0, length.sum()), max(1.0, prose.sum()), np.arange(len(length))
    own_prose = per_box(prose)
    tables = {
        "size": size,
        "share": size / total,
        "link": per_box(page.linked) / size,
        "prose": own_prose / all_prose,
        "dense": own_prose / size,
        "extract": per_box(taken * length) / size,
        "blocks": blocks,
    }
    columns: Columns = {}
    ids = np.array(boxes.of_block, np.int64)
    for level in range(1, LEVELS + 1):
        columns |= {f"b{level}_{name}": ("the boxes around it", values[ids]) for name, values in tables.items()}
        columns[f"b{level}_place"] = "the boxes around it", (at - first[ids]) / blocks[ids]
        up = parent[ids]
        ids = np.where(up >= 0, up, ids)
    return columns


def _neighbours(
    page: Layout, near: dict[str, Numbers], length: Numbers, prose: Numbers
) -> Iterator[tuple[str, tuple[str, Numbers]]]:
    for by in (-3, -2, -1, 1, 2, 3):
        for name, values in near.items():
            yield f"{name}{by:+d}", ("its neighbours", _shift(values, by))
    for reach in (5, 15):
        for name, values in (("prose", prose), ("link", page.linked), ("length", length)):
            yield f"w{reach}_{name}", ("its neighbours", _window(values, reach))


def _shift(values: Numbers, by: int, missing: float = -1.0) -> Numbers:
    out = np.full(len(values), missing)
    if by < 0:
        out[-by:] = values[:by]
    elif by < len(values):
        out[: len(values) - by] = values[by:]
    return out if abs(by) < len(values) else np.full(len(values), missing)


def _window(values: Numbers, reach: int) -> Numbers:
    """Sums over `reach` entries on both sides and the entry itself."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    return total[np.minimum(at + reach + 1, len(values))] - total[np.maximum(at - reach, 0)]


def bounds(spans: Sequence[tuple[int, int]]) -> Indices:
    """Spans as an array, k x 2."""
    return np.array(spans, np.int64).reshape(-1, 2)
