"""Shingle hashes, signatures and exact similarity against their plain definitions."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.dedup import jaccard, minhash
from allegata.dedup.fold import words_of
from allegata.dedup.shingles import Shingled, shingle
from allegata.dedup.texts import buffers

WORD = st.one_of(st.sampled_from(["a", "b", "law", "lawsuit", "x" * 8, "y" * 9, "z" * 40]), st.text("ab", max_size=60))
TEXT = st.lists(WORD, max_size=12).map(" ".join)


def shingled(texts: list[str], size: int = 3) -> Shingled:
    return shingle(*buffers(pa.array(texts, pa.large_string())), size)


def shingles_of(text: str, size: int) -> list[tuple[str, ...]]:
    words = words_of(text)
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=6), st.integers(1, 5))
def test_two_hashes_are_equal_exactly_where_the_shingles_are(texts: list[str], size: int) -> None:
    found = shingled(texts, size)
    plain = [shingles_of(text, size) for text in texts]
    assert np.diff(found.offsets).tolist() == [len(s) for s in plain]
    assert found.n_words.tolist() == [len(words_of(text)) for text in texts]
    flat = [s for one in plain for s in one]
    assert len(set(zip(flat, found.hashes.tolist(), strict=True))) == len(set(flat)) == len(set(found.hashes.tolist()))


def test_words_that_differ_in_any_one_byte_have_different_hashes() -> None:
    base = "q" * 70
    texts = [base[:i] + "w" + base[i + 1 :] for i in range(70)] + [base[:i] for i in range(1, 71)]
    assert len(set(shingled(texts, 1).hashes.tolist())) == len(texts)


def test_the_content_hash_is_equal_where_the_normalised_texts_are() -> None:
    content = shingled(["The court said so", "the  court SAID so", "the court said no", "", "..."]).content
    assert content[0] == content[1] != content[2]
    assert content[3] == content[4] == 0


def test_a_text_is_hashed_alike_alone_and_in_any_batch() -> None:
    texts = ["one two three four", "", "x", "five six seven " * 50]
    together = shingled(texts)
    for i, text in enumerate(texts):
        alone = shingled([text])
        assert together.hashes[together.offsets[i] : together.offsets[i + 1]].tolist() == alone.hashes.tolist()


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXT, min_size=2, max_size=8), st.integers(1, 3))
def test_similarity_is_the_jaccard_similarity_of_the_shingle_sets(texts: list[str], size: int) -> None:
    found = shingled(texts, size)
    left, right = np.triu_indices(len(texts), 1)
    got = jaccard.similarity(jaccard.sets(found.hashes, found.offsets), left, right)
    plain = [set(shingles_of(text, size)) for text in texts]
    for a, b, value in zip(left, right, got, strict=True):
        either = plain[a] | plain[b]
        assert value == (len(plain[a] & plain[b]) / len(either) if either else 0)


def test_all_pairs_are_the_pairs_that_share_a_shingle() -> None:
    found = shingled(["a b c d", "b c d e", "x y z", "", "x y z"])
    edges = jaccard.all_pairs(jaccard.Pool(np.arange(10, 15), jaccard.sets(found.hashes, found.offsets)))
    assert list(zip(edges.left.tolist(), edges.right.tolist(), edges.similarity.tolist(), strict=True)) == [
        (10, 11, pytest.approx(1 / 3)),
        (12, 14, 1.0),
    ]


def test_batches_of_many_sets_and_of_huge_sets_give_the_same_answer_as_small_ones() -> None:
    rng = np.random.default_rng(7)
    sizes = np.concatenate([np.full(700, 5), [300_000, 300_000], np.zeros(3, int)])
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    hashes = rng.integers(0, 2**64, offsets[-1], dtype=np.uint64)
    hashes[offsets[701] : offsets[702] - 100_000] = hashes[offsets[700] : offsets[701] - 100_000]
    left, right = np.append(np.arange(699), 700), np.append(np.arange(1, 700), 701)
    got = jaccard.similarity(jaccard.sets(hashes, offsets), left, right)
    assert not got[:-1].any()
    assert got[-1] == pytest.approx(200_000 / 400_000)


def test_signatures_estimate_the_similarity_without_bias() -> None:
    rng = np.random.default_rng(11)
    n, values = 400, 126
    for true in (0.2, 0.5, 0.8):
        size = 400
        shared = round(2 * size * true / (1 + true))
        pool = rng.integers(0, 2**64, (n, 2 * size - shared), dtype=np.uint64)
        sets = np.stack([pool[:, :size], pool[:, size - shared :]], axis=1).reshape(-1)
        signatures = minhash.sign(sets, np.arange(2 * n + 1) * size, values)
        estimate = (signatures[0::2] == signatures[1::2]).mean(axis=1)
        exact = shared / (2 * size - shared)
        spread = (exact * (1 - exact) / values) ** 0.5
        assert abs(estimate.mean() - exact) < 4 * spread / n**0.5
        assert estimate.std() < 1.15 * spread


def test_signatures_never_change() -> None:
    """The constants are part of published manifests: a change needs a new `minhash.VERSION`."""
    found = shingled(["the quick brown fox jumps over the lazy dog"])
    assert minhash.sign(found.hashes, found.offsets, 4).tolist() == [[324882898, 4294661406, 3458232883, 1350314975]]
