"""An article without gold is published, marked, and left out of the benchmark: nobody has looked for its claims."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from allegata.benchmark.baselines.registry import run_baseline
from allegata.benchmark.scoring import score_file
from allegata.benchmark.submissions import write_submission
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.benchmark.turns import leave_one_out, pinned
from allegata.cli.app import app
from allegata.publish.contents import Contents
from allegata.publish.stage import release
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import PublishedCorpus, count_articles, load_corpus
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import LEDGER
from publish_samples import TEXTS, CardFacts, make_tables

BARE = "a5"  # in the split test, as a2 is
SPLITS = {"a1": "train", "a2": "test", "a3": "train", "a4": "validation", "a5": "test"}
LABELS = ("entities", "claims", "attributions", "time_expressions", "propositions", "relations")


def tables(*bare: str) -> dict[str, pa.Table]:
    """The sample corpus, of which some articles have no gold."""
    found = {}
    for name, table in make_tables().items():
        rows = table.to_pylist()
        if name in LABELS:
            rows = [row for row in rows if not any(article in json.dumps(row, default=str) for article in bare)]
        for row in rows if name == "articles" else ():
            row["annotated"] = row["article_id"] not in bare
        for row in rows if name == "sentences" else ():
            row["is_claim"] = row["is_claim"] and row["article_id"] not in bare
        found[name] = pa.Table.from_pylist(rows, table.schema)
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    blocks = {name: [table] for name, table in tables(BARE).items()}
    contents = Contents(blocks, SPLITS, LEDGER.empty_table(), default_scheme(), CardFacts(), {}, {})
    release(contents, root=folder, version="1.0.0")
    return folder


@pytest.fixture(scope="module")
def corpus(root: Path) -> PublishedCorpus:
    return load_corpus(root / "corpus")


def test_the_benchmark_reads_every_table_without_the_articles_that_nobody_annotated(corpus: PublishedCorpus) -> None:
    assert corpus.left_out == (BARE,)
    assert corpus.articles == [article for article in sorted(TEXTS) if article != BARE]
    assert corpus.articles_of("test") == ["a2"]
    for name, table in corpus.tables.items():
        assert "article_id" not in table.column_names or BARE not in table["article_id"].to_pylist(), name


@pytest.mark.parametrize("name", ["attributed-sentences", "check-worthiness", "claim-spans", "entities", "claim-type"])
def test_no_task_asks_for_it_and_no_turn_learns_from_it(corpus: PublishedCorpus, name: str) -> None:
    gold = gold_of(TASKS[name], corpus)
    assert BARE not in gold.scored
    assert BARE not in {article for places in gold.articles.values() for article in places}
    for turn in (*leave_one_out(gold, corpus), *pinned(gold, corpus)):
        assert BARE not in turn.train
        assert not any(identity.startswith(BARE) for identity in turn.ids)


def test_a_submission_that_answers_it_is_told_and_one_that_does_not_is_scored(
    corpus: PublishedCorpus, tmp_path: Path
) -> None:
    task = TASKS["attributed-sentences"]
    run = run_baseline("length", task, corpus)
    write_submission(tmp_path, run.description, run.predictions, task, gold_of(task, corpus), run.pinned)
    assert BARE not in score_file(task, tmp_path, corpus).folds
    assert list(score_file(task, tmp_path, corpus, "test").folds) == ["a2"]
    with (tmp_path / "predictions.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"id": f"{BARE}-s0", "label": False, "score": 0.0}) + "\n")
    with pytest.raises(ProblemsFound, match=f"id '{BARE}-s0' is not in the task"):
        score_file(task, tmp_path, corpus)


def test_the_tasks_and_the_card_say_how_many_were_left_out(root: Path) -> None:
    shown = CliRunner().invoke(app, ["tasks", "--corpus", str(root / "corpus")]).output
    assert "Corpus v1.0.0: 4 annotated articles; 1 without gold is left out" in shown
    card = (root / "dataset_card.md").read_text(encoding="utf-8")
    assert "1 of 5 articles has no gold yet (`articles.annotated` is false)" in card


def test_the_tasks_are_listed_without_a_corpus_too(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["tasks", "--corpus", str(tmp_path / "none")])
    assert shown.exit_code == 0
    (tmp_path / "splits.json").write_text("{}")  # nothing is published here yet
    shown = CliRunner().invoke(app, ["tasks", "--corpus", str(tmp_path)])
    assert shown.exit_code == 0
    assert "Corpus" not in shown.output


def test_a_version_that_does_not_say_it_counts_as_annotated_throughout(tmp_path: Path) -> None:
    for name, table in tables(BARE).items():
        older = table.drop_columns("annotated") if name == "articles" else table
        pq.write_table(older, tmp_path / f"{name}.parquet")
    corpus = load_corpus(tmp_path)
    assert (corpus.articles, corpus.left_out) == (sorted(TEXTS), ())
    assert count_articles(tmp_path) == (5, 0)


def test_a_corpus_without_any_gold_has_no_task(tmp_path: Path) -> None:
    for name, table in tables(*TEXTS).items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    with pytest.raises(UsageError, match="has no annotated article"):
        gold_of(TASKS["attributed-sentences"], load_corpus(tmp_path))
