"""The compiled loops give bit for bit the signatures of numpy."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.dedup import fast, jaccard
from allegata.dedup.fold import UNDECIDED, fold
from allegata.dedup.texts import COMPILED, NUMPY, buffers

pytest.importorskip("numba", reason="needs numba: pip install -c constraints.txt -e '.[fast]'")
WORD = st.one_of(
    st.sampled_from(["a", "x" * 7, "x" * 8, "x" * 9, "y" * 31, "y" * 32, "y" * 33, "z" * 70, "\u00e9\u6f22"]),
    st.text(max_size=9),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(WORD, max_size=9).map(" ".join), min_size=1, max_size=5),
    st.integers(1, 5),
    st.integers(1, 130),
)
def test_compiled_and_numpy_are_the_same_to_the_bit(texts: list[str], size: int, n_values: int) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    column = buffers(pa.array(texts, pa.large_string()))
    ours, theirs = (kernel.shingle(*column, size) for kernel in (NUMPY, COMPILED))
    for name in ("hashes", "offsets", "n_words", "content"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
    a, b = (kernel.sign(ours.hashes, ours.offsets, n_values) for kernel in (NUMPY, COMPILED))
    assert np.array_equal(a, b)
    left, right = np.triu_indices(len(texts))
    sets = jaccard.sets(ours.hashes, ours.offsets)
    a, b = (kernel.shared(sets, left, right) for kernel in (NUMPY, COMPILED))
    assert np.array_equal(a, b)


def test_every_byte_of_ascii_folds_as_in_numpy_in_every_place_of_eight() -> None:
    texts = ["".join(map(chr, range(128)))[shift:] + "\u00e9" + "z9 A" * shift for shift in range(9)]
    column = buffers(pa.array(texts, pa.large_string()))
    ours, theirs = (kernel.shingle(*column, 1) for kernel in (NUMPY, COMPILED))
    assert np.array_equal(ours.hashes, theirs.hashes)
    assert ours.n_words.tolist() == theirs.n_words.tolist()


def test_it_is_there_where_numba_is() -> None:
    assert fast.available()


def test_every_character_the_compiled_fold_knows_folds_as_in_numpy() -> None:
    from allegata.dedup import compiled

    table, points = (fast._tables()[i] for i in (1, 2))
    alone = (table >= 0x3040) & (table <= 0x9FFF)
    known = np.flatnonzero(((table != UNDECIDED) & ~alone) | np.isin(np.arange(0x10000), points))
    known = known[(known > 0) & ((known < 0xD800) | (known > 0xDFFF))].tolist()
    data, offsets = buffers(pa.array([f"a {chr(p)} b{chr(p)}c" for p in known], pa.large_string()))
    folded, ends = np.empty(3 * len(data), np.uint8), np.empty(len(offsets), np.int64)
    loads, stores = fast.eights(data), fast.eights(folded)
    assert compiled.fold(data, loads, offsets, *fast._tables(), folded, stores, ends)
    ours, cuts = fold(data, offsets)

    def words(text: bytes) -> list[bytes]:
        return [word for word in text.split(b"\0") if word]

    texts = zip(pairwise(cuts.tolist()), pairwise(ends.tolist()), known, strict=True)
    assert [hex(p) for (a, b), (c, d), p in texts if words(ours[a:b].tobytes()) != words(folded[c:d].tobytes())] == []
    assert len(known) > 30_000


@pytest.mark.parametrize("length", [0, 7, 8, 11])
def test_eight_bytes_are_read_from_every_place_that_has_eight(length: int) -> None:
    data = np.arange(length, dtype=np.uint8)
    places = [data[at : at + 8].tobytes() for at in range(length) if at + 8 <= length]
    assert [eight.tobytes() for eight in fast.eights(data)] == places
