from __future__ import annotations

from pathlib import Path

import pytest

from allegata.benchmark.leaderboard import leaderboard_lines, read_leaderboard, write_baselines
from allegata.benchmark.submissions import Description, write_submission
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.schema.problems import ProblemsFound, UsageError
from test_benchmark_scoring import CORPUS, _perfect


def _submit(folder: Path, system: str, corpus: str = "v0") -> None:
    task = TASKS["claim-spans"]
    description = Description(task.name, system, corpus, "by hand")
    write_submission(folder / task.name / system, description, _perfect(task.name), task, gold_of(task, CORPUS))


def test_submissions_are_scored_again_and_ranked(tmp_path: Path) -> None:
    write_baselines(tmp_path, CORPUS, ["claim-spans"])
    _submit(tmp_path, "oracle")
    board = read_leaderboard(tmp_path, CORPUS)
    assert board["claim-spans"][0].description.system == "oracle"
    lines = leaderboard_lines(board, CORPUS, "abc1234")
    assert "abc1234" in lines[0]
    assert sum(line.startswith("| oracle | 1.000 |") for line in lines) == 1
    assert lines == leaderboard_lines(read_leaderboard(tmp_path, CORPUS), CORPUS, "abc1234")


def test_faults_of_all_submissions_are_in_one_report(tmp_path: Path) -> None:
    _submit(tmp_path, "old", corpus="v9")
    _submit(tmp_path, "cut")
    file = tmp_path / "claim-spans" / "cut" / "predictions.jsonl"
    file.write_text(file.read_text("utf-8").split("\n")[0], "utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_leaderboard(tmp_path, CORPUS)
    assert [problem.file for problem in found.value.problems] == [
        "claim-spans/cut/predictions.jsonl",
        "claim-spans/cut/predictions.jsonl",
        "claim-spans/old/submission.json",
    ]


def test_an_empty_folder_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no submission"):
        read_leaderboard(tmp_path, CORPUS)
