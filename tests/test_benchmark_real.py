"""The benchmark on the published corpus: tasks, retraining, calibration, and the leaderboard that is committed."""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from allegata.benchmark.baselines.registry import FLOORS, run_baseline
from allegata.benchmark.leaderboard import write_baselines
from allegata.benchmark.scoring import score
from allegata.benchmark.submissions import Predictions, prediction_lines
from allegata.benchmark.tasks import TASKS, Gold, gold_of, missing
from allegata.benchmark.turns import leave_one_out, pinned
from allegata.publish.card.leaderboard import read_leaderboard_facts
from allegata.schema.published import PublishedCorpus, load_corpus
from project import ARTICLES, ROOT

RETRAINED = (
    ("attributed-sentences", "linear"),
    ("check-worthiness", "random"),
    ("attribution", "crf"),
    ("claim-relations", "overlap"),
    ("entities", "capitalised"),
)


@pytest.fixture(scope="module")
def corpus() -> PublishedCorpus:
    return load_corpus(ROOT / "corpus")


def asked(name: str, corpus: PublishedCorpus) -> Gold:
    if why := missing(TASKS[name], corpus):
        pytest.skip(why)
    return gold_of(TASKS[name], corpus)


def perfect(gold: Gold) -> Predictions:
    return Predictions(
        gold.label, {i: float(label == "true") for i, label in gold.label.items()}, gold.spans, gold.disputes
    )


@pytest.mark.parametrize("name", TASKS)
def test_gold_scores_one_in_every_article_of_the_corpus(name: str, corpus: PublishedCorpus) -> None:
    gold = asked(name, corpus)
    result = score(TASKS[name], perfect(gold), gold, corpus)
    assert result.official == 1
    assert result.folds == dict.fromkeys(corpus.by_story if name == "disputes" else ARTICLES, 1)


@pytest.mark.parametrize("name", TASKS)
def test_no_turn_learns_from_an_article_that_it_predicts(name: str, corpus: PublishedCorpus) -> None:
    gold = asked(name, corpus)
    for turn in (*leave_one_out(gold, corpus), *pinned(gold, corpus)):
        learnt = {article for identity in turn.train_ids(gold) for article in gold.articles[identity]}
        assert learnt or name == "disputes"  # of which one story teaches nothing
        if turn in leave_one_out(gold, corpus):
            assert learnt.isdisjoint(article for identity in turn.ids for article in gold.articles[identity])
        else:
            assert learnt <= set(corpus.articles_of("train"))


SCRIPT = """
import hashlib, sys
from pathlib import Path
from allegata.benchmark.baselines.registry import run_baseline
from allegata.schema.published import load_corpus
from allegata.benchmark.submissions import prediction_lines
from allegata.benchmark.tasks import TASKS, gold_of
corpus = load_corpus(Path(sys.argv[1]))
for argument in sys.argv[2:]:
    task, _, name = argument.partition("/")
    run, gold = run_baseline(name, TASKS[task], corpus), gold_of(TASKS[task], corpus)
    for predictions in (run.predictions, run.pinned):
        print(hashlib.sha256(prediction_lines(predictions, TASKS[task], gold).encode()).hexdigest())
"""


def test_retraining_in_another_process_gives_the_same_bytes() -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("pycrfsuite")
    found = []
    for seed, threads, locale in (("1", "1", "C"), ("77", "2", "C.UTF-8")):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONHASHSEED": seed}
        environment |= {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "LC_ALL": locale}
        command = [sys.executable, "-c", SCRIPT, str(ROOT / "corpus"), *(f"{task}/{name}" for task, name in RETRAINED)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        found.append(done.stdout.split())
    assert found[0] == found[1]
    assert len(found[0]) == 2 * len(RETRAINED)


@pytest.mark.parametrize("name", ["attributed-sentences", "check-worthiness"])
def test_the_scores_of_the_linear_baseline_are_probabilities(name: str, corpus: PublishedCorpus) -> None:
    """Calibrated as far as articles that were not seen can show: in the mean, and better than the share alone."""
    pytest.importorskip("sklearn")
    gold = gold_of(TASKS[name], corpus)
    chance = run_baseline("linear", TASKS[name], corpus).predictions.score
    positive = {i: gold.label[i] == "true" for i in gold.order}
    share = {
        i: sum(positive[j] for j in turn.train_ids(gold)) / len(turn.train_ids(gold))
        for turn in leave_one_out(gold, corpus)
        for i in turn.ids
    }

    def log_loss(probability: dict[str, float]) -> float:
        return -sum(math.log(probability[i] if positive[i] else 1 - probability[i]) for i in gold.order) / len(chance)

    assert abs(sum(chance.values()) - sum(positive.values())) / len(chance) < 0.04
    assert log_loss(dict(chance)) < 0.65 * log_loss(share)


def test_the_committed_leaderboard_is_what_the_scorer_gives_today(tmp_path: Path, corpus: PublishedCorpus) -> None:
    facts = read_leaderboard_facts(ROOT)
    if facts is None or f"v{facts['version']}" != corpus.name:
        pytest.skip(f"no leaderboard of {corpus.name} is committed: allegata leaderboard --baselines")
    stored = {(task, system["system"]): system for task, found in facts["tasks"].items() for system in found["systems"]}
    if not {task for task, _ in stored} <= set(TASKS):
        pytest.skip(f"the leaderboard of {corpus.name} has tasks that are asked no more")
    assert {task for task, _ in stored} == {name for name in TASKS if not missing(TASKS[name], corpus)}
    for task, floors in FLOORS.items():
        for name in floors if not missing(TASKS[task], corpus) else ():
            gold = gold_of(TASKS[task], corpus)
            system = stored[task, f"floor {name}"]
            run = run_baseline(name, TASKS[task], corpus, system["seed"])
            lines = prediction_lines(run.predictions, TASKS[task], gold)
            assert hashlib.sha256(lines.encode()).hexdigest() == system["predictions"]
            result = score(TASKS[task], run.predictions, gold, corpus)
            assert result.official == pytest.approx(system["score"], abs=1e-6)
            assert result.folds == pytest.approx(system["articles"], abs=1e-6)


def test_a_submission_folder_of_a_baseline_says_what_it_is(
    tmp_path: Path, corpus: PublishedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allegata.models.extras._TRANSFORMER", ("left_out",))  # it would train for minutes
    folder = write_baselines(tmp_path, corpus, ["attributed-sentences"])[0]
    assert sorted(path.name for path in folder.iterdir()) == ["pinned.jsonl", "predictions.jsonl", "submission.json"]
    row = json.loads((folder / "submission.json").read_text("utf-8"))
    assert (row["task"], row["corpus"], row["seed"]) == ("attributed-sentences", corpus.name, 0)
    assert row["method"].endswith(".")
