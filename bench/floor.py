"""The floor of the speed benchmark: what any deduplication must at least do.

Read the Parquet file, hash every raw word 5-gram once in C, write the ids. No signature, no comparison, no
result: a deduplicator that costs three times this spends twice the reading and hashing on everything that
makes it one.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# Eight bytes a step, one multiplication each: about as fast as XXH3 on the 30 bytes of a 5-gram.
_SOURCE = r"""
#include <stdint.h>
#include <string.h>

static uint64_t hash(const uint8_t *p, int64_t n) {
    uint64_t h = 0x9E3779B97F4A7C15u ^ (uint64_t)n, v;
    for (; n >= 8; p += 8, n -= 8) {
        memcpy(&v, p, 8);
        h = (h ^ v) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    v = 0;
    memcpy(&v, p, (size_t)n);
    h = (h ^ v) * 0xBF58476D1CE4E5B9u;
    return h ^ (h >> 32);
}

/* XOR of the hashes of all runs of five blank-separated words of n texts. */
uint64_t floor_hash(const uint8_t *data, const int64_t *offsets, int64_t n) {
    uint64_t total = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t starts[5], words = 0;
        int inside = 0;
        for (int64_t j = offsets[i]; j <= offsets[i + 1]; j++) {
            int word = j < offsets[i + 1] && data[j] > 32;
            if (word && !inside) {
                starts[words % 5] = j;
            } else if (!word && inside && ++words >= 5) {
                int64_t from = starts[words % 5];
                total ^= hash(data + from, j - from);
            }
            inside = word;
        }
    }
    return total;
}
"""


def compiler() -> str | None:
    """The C compiler the floor needs, or None."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def build_floor(folder: Path) -> ctypes.CDLL:
    """Compile the floor into `folder`. Raises CalledProcessError where the compiler fails."""
    code, library = folder / "floor.c", folder / "floor.so"
    code.write_text(_SOURCE)
    subprocess.run([compiler() or "cc", "-O3", "-shared", "-fPIC", "-o", str(library), str(code)], check=True)
    return ctypes.CDLL(str(library))


def open_floor(folder: Path) -> ctypes.CDLL:
    """The floor that was compiled into `folder`, or is now."""
    library = folder / "floor.so"
    return ctypes.CDLL(str(library)) if library.is_file() else build_floor(folder)


def hash_texts(library: ctypes.CDLL, texts: pa.Array) -> int:
    """XOR of the hashes of every raw word 5-gram of a string array."""
    texts = texts.cast(pa.large_string())
    _, offsets, data = texts.buffers()
    function = library.floor_hash
    function.restype = ctypes.c_uint64
    cuts = np.frombuffer(offsets, np.int64, len(texts) + 1, texts.offset * 8)
    pointers = ctypes.c_void_p(data.address if data else 0), ctypes.c_void_p(cuts.ctypes.data)
    return int(function(*pointers, ctypes.c_int64(len(texts))))


def floor(library: ctypes.CDLL, source: Path, target: Path) -> int:
    """Read `source`, hash its texts, write its ids to `target`; returns the number of documents."""
    n, check = 0, 0
    with (
        pq.ParquetFile(source, pre_buffer=False) as file,
        pq.ParquetWriter(target, pa.schema([("article_id", pa.string())])) as writer,
    ):
        # Without threads: they take a third more CPU time here.
        for batch in file.iter_batches(2000, columns=["article_id", "text"], use_threads=False):
            check ^= hash_texts(library, batch["text"])
            writer.write_table(pa.table({"article_id": batch["article_id"].cast(pa.string())}))
            n += len(batch)
    return n
