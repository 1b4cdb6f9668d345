"""The speed benchmark on a few documents: each result is scored against the truth."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.documents import Documents
from bench.floor import build_floor, compiler, hash_texts
from bench.speed import Speed, report, run_speed, score, table, true_pairs, written
from project import sampled


def test_allegata_finds_the_duplicates_and_nothing_else(tmp_path: Path) -> None:
    (result,) = run_speed(600, 4, ["allegata"], tmp_path)
    assert result.recall is not None
    assert result.recall >= 0.999
    assert result.precision == 1.0
    assert result.cpu > 0
    assert 20 < result.peak_mb < 1000
    assert result.text_bytes == pytest.approx(600 * 2950, rel=0.2)


DAMAGES = ("none", "note lost", "note empty", "file lost", "file cut", "other generator")


@pytest.mark.parametrize("damage", sampled(DAMAGES, "none", "file cut", "other generator"))
def test_documents_of_an_earlier_run_are_used_again_if_they_are_whole(tmp_path: Path, damage: str) -> None:
    documents, source, note = Documents(20, 4), tmp_path / "d.parquet", tmp_path / "d.json"
    n_bytes = written(documents, source)
    whole = source.read_bytes()
    if damage == "note lost":
        note.unlink()
    elif damage == "note empty":
        note.write_bytes(b"")
    elif damage == "file lost":
        source.unlink()
    elif damage == "file cut":
        source.write_bytes(whole[: len(whole) // 2])
    elif damage == "other generator":
        note.write_text(note.read_text().replace('"generator": "', '"generator": "0'))
        source.write_bytes(bytes(len(whole)))
    old = source.stat().st_mtime_ns if source.exists() else None
    assert written(documents, source) == n_bytes
    assert source.read_bytes() == whole
    assert (source.stat().st_mtime_ns == old) == (damage == "none")
    assert {path.name for path in tmp_path.iterdir()} == {"d.parquet", "d.json"}


def test_a_result_that_finds_nothing_or_too_much_gets_what_it_deserves(tmp_path: Path) -> None:
    documents = Documents(300, 4)
    truth = true_pairs(documents)
    ids = [documents.name(i) for i in range(300)]
    pq.write_table(pa.table({"article_id": ids, "cluster_id": ids, "canonical_id": ids}), tmp_path / "none")
    assert score(documents, tmp_path / "none", truth) == (0.0, None)
    one = [ids[0]] * 300
    pq.write_table(pa.table({"article_id": ids, "cluster_id": one, "canonical_id": one}), tmp_path / "all")
    recall, precision = score(documents, tmp_path / "all", truth)
    assert recall == 1.0
    assert precision is not None
    assert precision < 0.3


def test_a_removed_source_that_is_like_another_copy_of_its_cluster_was_removed_rightly(tmp_path: Path) -> None:
    documents = Documents(300, 4)
    source, copy = next((a, b) for a, b in true_pairs(documents) if documents.kind(a) == "original")
    other = next(i for i in range(300) if documents.similarity(i, source, 3) < 0.1)
    ids = [documents.name(i) for i in range(300)]
    cluster, canonical = list(ids), list(ids)
    for i in (source, copy, other):
        cluster[i] = ids[other]
    canonical[source] = ids[other]
    pq.write_table(pa.table({"article_id": ids, "cluster_id": cluster, "canonical_id": canonical}), tmp_path / "one")
    assert score(documents, tmp_path / "one", []) == (None, 1.0)


def test_a_contestant_that_fails_is_a_row_that_says_why_and_the_others_have_figures(tmp_path: Path) -> None:
    failed, ours = run_speed(40, 0, ["no-such-system", "allegata"], tmp_path)
    assert "no-such-system fails here: KeyError" in failed.failed
    assert ours.recall == 1.0
    _, _, first, second = table([failed, ours]).splitlines()
    assert first.startswith("| no-such-system | no-such-system fails here: KeyError")
    assert first.count("|") == second.count("|")
    assert not ours.failed
    assert "no-such-system" in report([failed, ours])


def test_the_table_sets_cpu_time_against_the_floor() -> None:
    rows = [Speed("floor", 10, 1000, 1.0, 2.0, 50.0), Speed("allegata", 10, 1000, 1.0, 5.0, 60.0, 1.0, 0.5)]
    assert "| allegata | 1.0 | 5.0 | 10 | 0 | 60 | 2.5 |  | 1.0000 | 0.5000 |" in table(rows)


@pytest.mark.skipif(compiler() is None, reason="needs a C compiler: cc, gcc or clang")
def test_the_floor_hashes_every_run_of_five_words_of_one_document(tmp_path: Path) -> None:
    library = build_floor(tmp_path)

    def total(*texts: str) -> int:
        return hash_texts(library, pa.array(texts))

    five, six = "a b c d e", "a b c d e f"
    assert total("a b c d") == total("a b", "c d e") == total() == 0
    assert total(five) != 0
    assert total(six) == total(five) ^ total("b c d e f")
    assert total("x", five, "y") == total(f" {five}\n") == total(five)
    assert hash_texts(library, pa.array(["x", five]).slice(1)) == total(five)
