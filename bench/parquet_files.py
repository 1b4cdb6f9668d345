"""`python -m bench parquet`: how much of a version stays the same when articles are added, and how little is read.

Generated articles (`pipeline_documents`) are added, built and published; then more of them, one in a thousand, and
published again. Printed: the share of the bytes of the second version that stand in the first (in blocks of 4 kB at any
offset, as rsync and the chunk stores of the Hub find them), the row groups that hold the rows of one article, and the
size beside that of the same tables with one row group a file, without Bloom filters.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allegata.ingest.add import add
from allegata.recipe.build import run
from allegata.recipe.init import init
from bench.pipeline_documents import ArticleDocuments

_BLOCK = 4096
_ODD = np.uint64(0x9E3779B97F4A7C15)  # any odd number has an inverse modulo 2**64
_INVERSE = np.uint64(pow(int(_ODD), -1, 1 << 64))


def run_parquet(articles: int, seed: int = 0) -> str:
    """The Markdown table of a corpus of `articles` and of the same with one more in a thousand."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = _texts(articles + max(articles // 1000, 1), seed)
        init(folder / "corpus", name="bench")
        first = _published(folder / "corpus", texts[:articles])
        second = _published(folder / "corpus", texts[articles:])
        lines = [
            f"{articles:,} articles, and {len(texts) - articles:,} more",
            "",
            "| table | MB | unchanged | row groups | of one article, at most | MB in one group a file |",
            "|---|---|---|---|---|---|",
        ]
        total = np.zeros(3, np.int64)
        for table in sorted({path.parent.name for path in second.glob("*/*.parquet")}):
            size, same, plain = _sizes(first / table, second / table, folder / "plain.parquet")
            total += size, same, plain
            groups, most = _row_groups(second / table)
            cells = f"{size / 1e6:.2f} | {same / size:.1%} | {groups:,} | {most} | {plain / 1e6:.2f}"
            lines.append(f"| {table} | {cells} |")
        size, same, plain = total.tolist()
        lines.append(f"| all | {size / 1e6:.2f} | {same / size:.1%} | | | {plain / 1e6:.2f} |")
    return "\n".join(lines) + "\n"


def _texts(articles: int, seed: int) -> list[str]:
    return [text for batch in ArticleDocuments(articles, seed).batches() for text in batch["text"].to_pylist()]


def _published(root: Path, texts: list[str]) -> Path:
    """The folder of the version that has these articles too."""
    with tempfile.TemporaryDirectory() as name:
        for number, text in enumerate(texts):
            (Path(name) / f"{number:06}.txt").write_text(text, "utf-8")
        add([Path(name)], root)
    release = run(root).release
    assert release is not None  # the last step made it
    return release.path


def _sizes(first: Path, second: Path, scratch: Path) -> tuple[int, int, int]:
    """Bytes of a table in the second version, of them those that the first has, and those without our layout."""
    size = same = plain = 0
    known = np.concatenate([_blocks(path.read_bytes()) for path in sorted(first.glob("*.parquet"))] or [_blocks(b"")])
    for path in sorted(second.glob("*.parquet")):
        data = path.read_bytes()
        size, same = size + len(data), same + _found(data, known)
        table = pq.read_table(path)
        pq.write_table(table, scratch, row_group_size=max(len(table), 1), compression="zstd")
        plain += scratch.stat().st_size
    return size, same, plain


def _row_groups(table: Path) -> tuple[int, int]:
    """The row groups of a table, and the most that the statistics of the ids of an article do not rule out."""
    groups, most = 0, 0
    for path in sorted(table.glob("*.parquet")):
        file = pq.ParquetFile(path)
        groups += file.num_row_groups
        column = file.schema_arrow.get_field_index("article_id")
        if column < 0:
            continue
        found = [file.metadata.row_group(number).column(column).statistics for number in range(file.num_row_groups)]
        for article in pc.unique(file.read(["article_id"])["article_id"]).to_pylist():
            most = max(most, sum(one.min <= article <= one.max for one in found))
    return groups, most


def _sums(data: bytes) -> npt.NDArray[np.uint64]:
    """Rolling sums of all blocks, at every offset: polynomials modulo 2**64, each brought to the same power."""
    if len(data) < _BLOCK:
        return np.empty(0, np.uint64)
    values = np.frombuffer(data, np.uint8).astype(np.uint64) + np.uint64(1)
    powers = np.cumprod(np.full(len(data), _ODD, np.uint64))
    prefix = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values * powers)])
    inverse = np.cumprod(np.full(len(data) - _BLOCK + 1, _INVERSE, np.uint64))
    sums: npt.NDArray[np.uint64] = (prefix[_BLOCK:] - prefix[:-_BLOCK]) * inverse
    return sums


def _blocks(data: bytes) -> npt.NDArray[np.uint64]:
    return _sums(data)[::_BLOCK]


def _found(data: bytes, known: npt.NDArray[np.uint64]) -> int:
    """How many bytes of `data` stand in blocks that are known."""
    starts = np.flatnonzero(np.isin(_sums(data), known))
    change = np.zeros(len(data) + 1, np.int64)
    np.add.at(change, starts, 1)
    np.add.at(change, starts + _BLOCK, -1)
    return int(np.count_nonzero(np.cumsum(change)[:-1]))
