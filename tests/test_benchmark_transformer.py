from __future__ import annotations

import pytest

from allegata.benchmark.baselines import transformer
from allegata.benchmark.baselines.registry import run_baseline
from allegata.benchmark.submissions import check_predictions, prediction_lines
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.schema.problems import UsageError
from test_benchmark_baselines import CORPUS


@pytest.mark.parametrize("name", ["attributed-sentences", "attribution"])
def test_the_fine_tuned_model_answers_every_id_and_the_same_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="the extra `transformer` is not installed")
    monkeypatch.setattr(transformer, "SPAN_EPOCHS", 2)
    monkeypatch.setattr(transformer, "SENTENCE_EPOCHS", 2)
    task, gold = TASKS[name], gold_of(TASKS[name], CORPUS)
    lines = [prediction_lines(run_baseline("transformer", task, CORPUS).predictions, task, gold) for _ in range(2)]
    assert lines[0] == lines[1]
    check_predictions(lines[0].encode(), "p", task, gold, CORPUS)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allegata.models.extras._TRANSFORMER", ("a_package_that_is_not_there",))
    with pytest.raises(UsageError, match=r"pip install 'allegata\[transformer\]'"):
        run_baseline("transformer", TASKS["claim-spans"], CORPUS)
