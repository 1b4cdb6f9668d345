"""The generated documents: seeded, with the duplicates they claim to have."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.documents import KINDS, Documents


def texts(documents: Documents) -> list[str]:
    return pa.concat_tables(documents.batches())["text"].to_pylist()


def plain_similarity(a: str, b: str, size: int) -> float:
    sets = []
    for text in (a, b):
        words = [word.strip(",.\u201c\u201d").lower() for word in text.split()]
        sets.append({tuple(words[i : i + size]) for i in range(len(words) - size + 1)})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    sizes = [Documents(60, seed).write(tmp_path / str(i)) for i, seed in enumerate((3, 3, 4))]
    files = [(tmp_path / str(i)).read_bytes() for i in range(3)]
    assert files[0] == files[1] != files[2]
    assert sizes[0] > 60 * 1000


def test_every_kind_occurs_and_ids_are_unique_and_sorted(tmp_path: Path) -> None:
    documents = Documents(400, 1)
    assert {documents.kind(i) for i in range(400)} == set(KINDS)
    documents.write(tmp_path / "d")
    ids = pq.read_table(tmp_path / "d")["article_id"].to_pylist()
    assert ids == sorted(set(ids))


def test_the_truth_worked_out_from_tokens_is_that_of_the_texts() -> None:
    documents = Documents(300, 2)
    found = texts(documents)
    pairs = list(documents.families())
    assert len(pairs) > 30
    for a, b in pairs[:60]:
        for size in (3, 5):
            assert documents.similarity(a, b, size) == plain_similarity(found[a], found[b], size)


def test_exact_copies_are_exact_and_originals_are_strangers() -> None:
    documents = Documents(300, 5)
    found = texts(documents)
    exact = [i for i in range(300) if documents.kind(i) == "exact"]
    assert exact
    assert all(found[i] == found[documents.source(i)] for i in exact)
    originals = [i for i in range(300) if documents.kind(i) == "original"]
    assert max(documents.similarity(originals[0], i, 3) for i in originals[1:]) < 0.05


def test_few_documents_or_none_will_do() -> None:
    assert list(Documents(0).batches()) == []
    assert len(texts(Documents(1))) == 1
