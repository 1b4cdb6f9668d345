from __future__ import annotations

import errno
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from allegata.benchmark.baselines.crf import Crf
from allegata.benchmark.baselines.linear import LinearModel
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.cli.app import app
from allegata.cli.endings import SYSTEM
from allegata.exchange.checkthat2019 import read_checkthat2019
from allegata.exchange.claimbuster import read_claimbuster
from allegata.exchange.common import decode_any
from allegata.exchange.polnear import read_polnear, read_polnear_files
from allegata.models.annotated import first_annotators
from allegata.models.bio import paragraphs
from allegata.models.features import surface
from allegata.schema.imported import Imported
from allegata.schema.labels import ZONES
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import PublishedCorpus, load_corpus
from allegata.schema.tables import ARTICLES
from project import ROOT

SHARED = ROOT.resolve().parent / "shared" / "data"


def _notices(imported: Imported) -> dict[str, int]:
    return {notice.what: notice.count for notice in imported.notices}


def test_a_debate_becomes_an_article_and_its_sentences(tmp_path: Path) -> None:
    (tmp_path / "debate.tsv").write_text("1\tA\tTaxes rose.\t1\n2\tB\tThank you.\t0\n", "utf-8")
    tables = read_checkthat2019(tmp_path).tables
    assert tables["articles"].schema == ARTICLES
    text = tables["articles"]["text"][0].as_py()
    rows = tables["sentences"].to_pylist()
    assert [text[row["start"] : row["end"]] for row in rows] == ["Taxes rose.", "Thank you."]
    assert [row["check_worthy"] for row in rows] == [True, False]
    assert [row["speaker"] for row in rows] == ["A", "B"]


def test_every_bad_line_of_every_debate_is_in_one_report(tmp_path: Path) -> None:
    (tmp_path / "b.tsv").write_text("1\tA\tonly three\n2\tA\tx\t7\n", "utf-8")
    (tmp_path / "a.tsv").write_text("1\tA\tx\t0\n1\tA\ty\t0\n", "utf-8")
    (tmp_path / "c.tsv").write_bytes(b"1\tA\tcaf\xe9 \xff\t0\n")
    with pytest.raises(ProblemsFound) as found:
        read_checkthat2019(tmp_path)
    assert [(p.file, p.line) for p in found.value.problems] == [
        ("a.tsv", 2),
        ("b.tsv", 1),
        ("b.tsv", 2),
        ("c.tsv", None),
    ]


def test_an_empty_folder_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no \*\.tsv"):
        read_checkthat2019(tmp_path)


def test_ids_of_the_test_set_inside_a_kfold_file_are_counted(tmp_path: Path) -> None:
    def rows(*ids: int) -> str:
        return json.dumps([{"sentence_id": i, "label": i % 2, "text": f"text {i}"} for i in ids])

    (tmp_path / "kfold.json").write_text(rows(1, 2, 3), "utf-8")
    (tmp_path / "test.json").write_text(rows(2, 3, 4), "utf-8")
    notices = _notices(read_claimbuster(tmp_path))
    assert notices["sentence id that stands in two files: never train on one and test on the other"] == 2
    assert notices["text that stands a second time, in another file"] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_of_a_file_is_found_with_and_without_a_mark(encoding: str) -> None:
    text = '[{"text": "“Taxes” rose by 3 %"}]'
    assert decode_any(text.encode(encoding))[0] == text


def test_utf16_is_read_and_counted(tmp_path: Path) -> None:
    rows = [{"sentence_id": 1, "label": -1, "text": "Good evening."}]
    (tmp_path / "ratio.json").write_bytes(json.dumps(rows).encode("utf-16-le"))
    imported = read_claimbuster(tmp_path)
    assert _notices(imported) == {"file in UTF-16-LE, read as such": 1}
    assert imported.tables["sentences"]["check_worthy"].to_pylist() == [False]


def test_bad_entries_of_a_claimbuster_file_are_all_reported(tmp_path: Path) -> None:
    rows = [
        {"sentence_id": 1, "label": 2, "text": "x"},
        {"label": 0},
        {"sentence_id": 3, "label": 0, "text": 4},
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows), "utf-8")
    (tmp_path / "b.json").write_text("[", "utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_claimbuster(tmp_path)
    assert len(found.value.problems) == 4


def _polnear_folder(folder: Path) -> Path:
    (folder / "text").mkdir()
    (folder / "attributions").mkdir()
    (folder / "text" / "x.txt").write_text("Ann said it rains.", "utf-8")
    (folder / "text" / "y.txt").write_text("Nobody speaks.", "utf-8")
    ann = "T1\tSource 0 3\tAnn\nT2\tCue 4 8\tsaid\nT3\tContent 9 17\tit rains\nT4\tAttribution 4 8\tsaid\n"
    for annotator in ("aaaa", "bbbb"):
        (folder / "attributions" / f"x_{annotator}.ann").write_text(
            ann + "E1\tAttribution:T4 Source:T1 Cue:T2 Content:T3\n", "utf-8"
        )
    return folder


def test_polnear_keeps_annotators_apart_and_counts_its_traps(tmp_path: Path) -> None:
    folder = _polnear_folder(tmp_path)
    imported = read_polnear(folder)
    rows = imported.tables["attributions"].to_pylist()
    assert [row["annotator"] for row in rows] == ["aaaa", "bbbb"]
    assert [rows[0][role][0]["surface"] for role in ("source", "cue", "content")] == [
        "Ann",
        "said",
        "it rains",
    ]
    assert sorted(_notices(imported).values()) == [1, 1]
    assert [file.annotator for file in first_annotators(read_polnear_files(folder))] == ["aaaa"]


def test_the_gold_of_an_article_with_two_annotators_is_that_of_one(tmp_path: Path) -> None:
    folder = _polnear_folder(tmp_path)
    (folder / "attributions" / "x_bbbb.ann").write_text("T1\tSource 0 8\tAnn said\nE1\tAttribution:T1\n", "utf-8")
    imported = read_polnear(folder)
    gold = gold_of(TASKS["attribution"], PublishedCorpus("polnear", imported.tables))
    assert [span.label for span in gold.spans["x"]] == ["source", "cue", "content"]


def test_polnear_files_that_would_be_misread_are_reported(tmp_path: Path) -> None:
    folder = _polnear_folder(tmp_path)
    (folder / "more").mkdir()
    (folder / "more" / "x.txt").write_text("Another text.", "utf-8")
    (folder / "attributions" / "y_aaaa.ann").write_bytes("T1\tCue 0 6\tNob\xf6dy\n".encode("latin-1"))
    with pytest.raises(ProblemsFound) as found:
        read_polnear(folder)
    assert [problem.file for problem in found.value.problems] == ["text/x.txt", "y_aaaa.ann"]


def test_polnear_is_read_from_an_archive_as_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    folder = _polnear_folder(tmp_path / "data")
    with tarfile.open(tmp_path / "p.tar.xz", "w:xz") as archive:
        archive.add(folder, "train")
    assert read_polnear(tmp_path / "p.tar.xz") == read_polnear(folder)


def _train(corpus: PublishedCorpus, task: str) -> int:
    """One training script for our corpus and for everything imported: the model, and what it learnt from."""
    gold = gold_of(TASKS[task], corpus)
    if TASKS[task].kind == "spans":
        documents = [paragraphs(corpus.texts[article_id], gold.spans[article_id]) for article_id in gold.order]
        Crf(documents, iterations=3).tag(documents[0][0])
        return sum(len(spans) for spans in gold.spans.values())
    rows = {row["sentence_id"]: row["text"] for row in corpus.table("sentences").to_pylist()}
    texts = [rows[sentence_id] for sentence_id in gold.order]
    LinearModel().fit(texts, [surface(text) for text in texts], [gold.label[i] for i in gold.order])
    return sum(label == "true" for label in gold.label.values())


def _imported(source: str, path: Path, output: Path) -> PublishedCorpus:
    ran = CliRunner().invoke(app, ["import", source, str(path), "--output", str(output)])
    assert ran.exit_code == 0, ran.output
    return load_corpus(output / source)


def test_one_training_script_serves_our_corpus_and_every_import(tmp_path: Path) -> None:
    pytest.importorskip("pycrfsuite")
    pytest.importorskip("sklearn")
    ours = load_corpus(max((ROOT / "corpus").glob("v*")))
    for task in ("check-worthiness", "attribution", "entities"):
        assert _train(ours, task) > 10

    (tmp_path / "debate.tsv").write_text("1\tA\tTaxes rose by 3 percent.\t1\n2\tB\tThank you so much.\t0\n", "utf-8")
    assert _train(_imported("checkthat2019", tmp_path, tmp_path / "out"), "check-worthiness") == 1
    rows = [{"sentence_id": i, "label": i % 2, "text": f"Taxes rose by {i} percent."} for i in range(4)]
    (tmp_path / "kfold.json").write_text(json.dumps(rows), "utf-8")
    assert _train(_imported("claimbuster", tmp_path, tmp_path / "out"), "check-worthiness") == 2
    polnear = tmp_path / "polnear"
    polnear.mkdir()
    assert _train(_imported("polnear", _polnear_folder(polnear), tmp_path / "out"), "attribution") == 3
    brat = tmp_path / "brat"
    brat.mkdir()
    (brat / "a.txt").write_text("Ann met Bob.", "utf-8")
    (brat / "a.ann").write_text("T1\tPER 0 3\tAnn\nT2\tPER 8 11\tBob\nT3\tVERB 0 3;8 11\tAnn Bob\n", "utf-8")
    assert _train(_imported("brat", brat, tmp_path / "out"), "entities") == 2


def _loaded(source: str, path: Path, output: Path) -> dict[str, Any]:
    """Table -> its splits, as `load_dataset` reads an import."""
    import datasets

    ran = CliRunner().invoke(app, ["import", source, str(path), "--output", str(output)])
    assert ran.exit_code == 0, ran.output
    folder, cache = str(output / source), str(output / "cache")
    names = datasets.get_dataset_config_names(folder)
    return {name: datasets.load_dataset(folder, name, cache_dir=cache) for name in names}


def test_load_dataset_reads_sentences_as_ours_with_the_splits_of_their_folders(tmp_path: Path) -> None:
    for split, line in (("train", "Taxes rose.\t1"), ("dev", "Taxes fell.\t1"), ("test", "Thank you.\t0")):
        (tmp_path / "data" / split).mkdir(parents=True)
        (tmp_path / "data" / split / f"debate-{split}.tsv").write_text(f"1\tA\t{line}\n", "utf-8")
    found = _loaded("checkthat2019", tmp_path / "data", tmp_path / "out")
    assert {name: list(table) for name, table in found.items()} == {
        "articles": ["train", "validation", "test"],
        "claims": ["train", "validation"],  # of a split without a row there is nothing to load
        "sentences": ["train", "validation", "test"],
    }
    assert found["sentences"]["test"][0]["text"] == "Thank you."
    assert found["sentences"]["train"].features["zone"].names == list(ZONES)
    assert load_corpus(tmp_path / "out" / "checkthat2019").splits == {
        "debate-train": "train",
        "debate-dev": "validation",
        "debate-test": "test",
    }


def test_load_dataset_reads_the_other_data_sets_too(tmp_path: Path) -> None:
    (tmp_path / "claimbuster").mkdir()
    rows = [{"sentence_id": i, "label": i % 2, "text": f"Taxes rose by {i} percent."} for i in range(4)]
    (tmp_path / "claimbuster" / "kfold.json").write_text(json.dumps(rows), "utf-8")
    found = _loaded("claimbuster", tmp_path / "claimbuster", tmp_path / "out")
    assert found["sentences"]["train"]["check_worthy"] == [False, True, False, True]
    polnear = tmp_path / "polnear" / "test"
    polnear.mkdir(parents=True)
    found = _loaded("polnear", _polnear_folder(polnear).parent, tmp_path / "out")
    assert [row["surface"] for row in found["attributions"]["test"][0]["content"]] == ["it rains"]
    assert list(found["articles"]) == ["test"]


def test_a_claim_that_a_tool_has_marked_is_a_claim_and_no_entity(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ann said it rains, and that it snows.", "utf-8")
    ann = "T1\tPERSON 0 3\tAnn\nT2\tClaim 9 17;31 35\tit rains snow\nT3\tclaim 28 36\tit snows\n"
    (tmp_path / "a.ann").write_text(ann, "utf-8")
    found = _loaded("brat", tmp_path, tmp_path / "out")
    assert found["entities"]["train"]["surface"] == ["Ann"]
    assert [len(segments) for segments in found["claims"]["train"]["segments"]] == [2, 1]
    assert found["spans"]["train"].num_rows == 3
    gold = gold_of(TASKS["claim-spans"], load_corpus(tmp_path / "out" / "brat"))
    assert [span.segments for span in gold.spans["a"]] == [((9, 17), (31, 35)), ((28, 36),)]


def test_two_files_of_two_splits_that_would_be_one_article_are_reported(tmp_path: Path) -> None:
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        (tmp_path / split / "debate.tsv").write_text("1\tA\tTaxes rose.\t1\n", "utf-8")
    with pytest.raises(ProblemsFound, match="has the same name"):
        read_checkthat2019(tmp_path)


def test_the_traps_of_the_real_data_are_counted() -> None:
    if not SHARED.exists():
        pytest.skip("the development data are not here")
    debates = read_checkthat2019(SHARED / "checkthat2019-train")
    sentences = debates.tables["sentences"]
    assert (sentences.num_rows, sum(sentences["check_worthy"].to_pylist())) == (16421, 440)
    assert _notices(debates) == {
        "text that stands a second time, in another file": 10,
        "text that stands a second time, in its file": 31,
    }
    claimbuster = read_claimbuster(SHARED / "claimbuster")
    assert (claimbuster.tables["sentences"].num_rows, claimbuster.tables["claims"].num_rows) == (9674, 2764)
    assert _notices(claimbuster) == {"text that stands a second time, in its file": 21}
    polnear = read_polnear(SHARED / "polnear-train" / "polnear-train.tar.xz")
    assert (polnear.tables["articles"].num_rows, polnear.tables["attributions"].num_rows) == (840, 22487)
    assert _notices(polnear) == {
        "annotation file without an annotation": 1,
        "article annotated by several people: count it once, or say that it counts more often": 16,
        "note or attribute line that is not read": 3,
        "quote broken over several lines, joined": 3,
        "span that belongs to no attribution, kept as one of its own": 20,
    }


def _import(source: Path, output: Path) -> Result:
    return CliRunner().invoke(app, ["import", "checkthat2019", str(source), "--output", str(output)])


def test_an_import_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, output = tmp_path / "data", tmp_path / "out"
    source.mkdir()
    (source / "debate.tsv").write_text("1\tA\tTaxes rose.\t1\n2\tB\tThank you.\t0\n", "utf-8")

    def first_then_fail(table: pa.Table, file: BinaryIO, write: Callable[..., None] = pq.write_table) -> None:
        if Path(file.name).parent.name == "sentences":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(table, file)

    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", first_then_fail)
        failed = _import(source, output)
    assert (failed.exit_code, "the disk is full" in failed.stderr) == (SYSTEM, True)
    assert not (output / "checkthat2019").exists()
    assert _import(source, output).exit_code == 0
    assert [path.name for path in output.iterdir()] == ["checkthat2019"]  # nothing of the broken run
    before = load_corpus(output / "checkthat2019")
    (source / "debate.tsv").write_text("1\tA\tTaxes fell.\t1\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", first_then_fail)
        assert _import(source, output).exit_code == SYSTEM
    assert load_corpus(output / "checkthat2019").tables == before.tables
    assert _import(source, output).exit_code == 0
    assert load_corpus(output / "checkthat2019").texts == {"debate": "Taxes fell."}
    assert [path.name for path in output.iterdir()] == ["checkthat2019"]


def test_a_folder_with_anything_else_in_it_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "debate.tsv").write_text("1\tA\tTaxes rose.\t1\n", "utf-8")
    (tmp_path / "out" / "checkthat2019").mkdir(parents=True)
    (tmp_path / "out" / "checkthat2019" / "notes.txt").write_text("mine", "utf-8")
    refused = _import(tmp_path, tmp_path / "out")
    assert refused.exit_code == 2
    assert "holds notes.txt, which no import wrote" in refused.stderr
