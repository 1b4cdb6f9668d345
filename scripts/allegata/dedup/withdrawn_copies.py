"""Near copies of texts that are no longer there: by their MinHash signatures, which no sentence can be read from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from allegata.dedup import minhash
from allegata.dedup.minhash import Signatures
from allegata.dedup.options import DedupOptions
from allegata.dedup.texts import shingled_batches

_FORM = f"{minhash.VERSION}:"


def written_signatures(texts: list[str], options: DedupOptions | None = None) -> list[str]:
    """The signature of each clean text as annotations/withdrawn.jsonl stores it; "" for one without shingles."""
    signed = _signatures(pa.chunked_array([pa.array(texts, pa.string())]), options or DedupOptions())
    return [_FORM + row.astype(">u4").tobytes().hex() if row.any() else "" for row in signed]


def unreadable_signatures(written: Mapping[str, str], options: DedupOptions | None = None) -> list[str]:
    """The articles whose signature is of another version or length of the method: nothing can be compared with it."""
    n_values = (options or DedupOptions()).n_values
    return sorted(name for name, text in written.items() if text and _values(text, n_values) is None)


def near_copies(
    articles: pa.Table, written: Mapping[str, str], options: DedupOptions | None = None
) -> dict[str, tuple[str, float]]:
    """Which `articles` (article_id, text) are near copies of texts with these signatures: article -> (of which, its
    estimated Jaccard similarity, at least the threshold of near-duplicates); of several the most similar, then the
    smallest id."""
    options = options or DedupOptions()
    values = {name: _values(text, options.n_values) for name, text in sorted(written.items()) if text}
    known = {name: row for name, row in values.items() if row is not None}
    if not known or not len(articles):
        return {}
    names, rows = list(known), np.stack(list(known.values()))
    found = {}
    signed = _signatures(articles["text"], options)
    for article_id, signature in zip(articles["article_id"].to_pylist(), signed, strict=True):
        if signature.any():
            similarity = (rows == signature).mean(axis=1)
            best = int(np.argmax(similarity))
            if similarity[best] >= options.threshold:
                found[article_id] = names[best], float(similarity[best])
    return found


def _signatures(texts: pa.ChunkedArray, options: DedupOptions) -> Signatures:
    signatures = np.zeros((len(texts), options.n_values), np.uint32)
    for rows, batch in shingled_batches(texts, options.shingle_size):
        signatures[rows] = minhash.sign(batch.hashes, batch.offsets, options.n_values)
    return signatures


def _values(text: str, n_values: int) -> Signatures | None:
    try:
        data = bytes.fromhex(text.removeprefix(_FORM))
    except ValueError:
        return None
    right = text.startswith(_FORM) and len(data) == 4 * n_values
    return np.frombuffer(data, ">u4").astype(np.uint32) if right else None
