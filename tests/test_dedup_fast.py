"""The compiled loops give bit for bit the signatures of numpy."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.dedup import fast
from allegata.dedup.texts import COMPILED, NUMPY, buffers

pytest.importorskip("numba", reason="needs numba: pip install 'allegata[fast]'")
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


def test_it_is_there_where_numba_is() -> None:
    assert fast.available()
