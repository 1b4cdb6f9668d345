"""Folding texts to words: numpy gives exactly the words of the plain definition."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.dedup import fold as folding
from allegata.dedup.fold import fold, words_of
from allegata.dedup.texts import buffers

TRICKY = [
    "",
    " ",
    "plain words, 12 of_them",
    "don\u2019t \u2014 \u201cquote\u201d",
    "stra\u00dfe \u00bd \ufb01n",
    "e\u0301t\u00e9",
    "\u6f22\u5b57 and \u30ab\u30ca",
    "\uff76\uff9e",
    "\u1112\u1161\u11ab",
    "\U0001f30d ok \U0001f914",
    "\U0001d400bc",
    "=\u0338 x",
    "a\nb\r\nc\u2028d\x00e",
    "\u0130stanbul",
    "\u0387 \u00a0 \u200b",
    "x\ufdfay",
    "\ufacf",
    "\u00b2m\u00b2",
    "mu\u00adni\u200bci\ufeffpal \u200f\u2060 x",
    "\u0643\u064e\u062a\u0640\u0640\u0628\u0651 \ufe77\ufe70 \ufc5e",
    "e\u200d\u0301",
]


def words(texts: list[str]) -> list[list[str]]:
    data, offsets = fold(*buffers(pa.array(texts, pa.large_string())))
    return [data[a:b].tobytes().decode().split("\0") for a, b in pairwise(offsets.tolist())]


def folded(texts: list[str]) -> list[list[str]]:
    return [[word for word in found if word] for found in words(texts)]


@pytest.mark.parametrize("text", TRICKY)
def test_tricky_texts_fold_to_the_words_of_the_definition(text: str) -> None:
    assert folded(["before", text, "after"]) == [["before"], words_of(text), ["after"]]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(TRICKY)), min_size=1, max_size=8))
def test_any_batch_folds_to_the_words_of_the_definition(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert folded(texts) == [words_of(text) for text in texts]


def test_every_code_point_of_the_basic_plane_folds_as_defined_alone_and_between_letters() -> None:
    chars = [chr(p) for p in range(1, 0x10000) if not 0xD800 <= p <= 0xDFFF]
    texts = [f"a {char} b{char}c" for char in chars]
    wrong = [c for c, found, text in zip(chars, folded(texts), texts, strict=True) if found != words_of(text)]
    assert wrong == []


def test_no_character_blanked_by_range_is_part_of_a_word() -> None:
    first, last = folding._PICTOGRAPHS
    for point in [*range(first, last + 1), *range(0x2000, 0x200B), *range(0x2010, 0x202A)]:
        assert words_of(chr(point)) == [], hex(point)
        assert words_of(f"a{chr(point)}b") == ["a", "b"], hex(point)


def test_what_is_not_seen_parts_no_word() -> None:
    for point in (0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xFE0F, 0x640, 0x64E, 0x5B0):
        assert folded([f"a{chr(point)}b"]) == [["ab"]] == [words_of(f"a{chr(point)}b")], hex(point)


def test_an_empty_batch_folds_to_nothing() -> None:
    data, offsets = fold(np.zeros(0, np.uint8), np.zeros(1, np.int64))
    assert (data.tolist(), offsets.tolist()) == ([0] * 8, [1])


def test_what_folds_to_several_characters_is_written_out() -> None:
    found = folding.expansions()
    assert (found[ord("ß")], found[ord("ﬁ")], found[ord("\u00ad")]) == ("ss", "fi", "")
    assert ord("a") not in found
