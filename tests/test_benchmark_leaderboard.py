from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from allegata.benchmark import scorer_identity
from allegata.benchmark.descriptions import Description
from allegata.benchmark.leaderboard import leaderboard_facts, read_leaderboard, write_baselines
from allegata.benchmark.submissions import write_submission
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.schema.problems import ProblemsFound, UsageError
from test_benchmark_scoring import CORPUS, _perfect


def _submit(folder: Path, system: str, corpus: str = "v0") -> None:
    task = TASKS["claim-spans"]
    description = Description(task.name, system, corpus, "by hand")
    write_submission(folder / task.name / system, description, _perfect(task.name), task, gold_of(task, CORPUS))


def test_submissions_are_scored_again_and_ranked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allegata.models.extras._TRANSFORMER", ("left_out",))  # it would train for minutes
    write_baselines(tmp_path, CORPUS, ["claim-spans"])
    _submit(tmp_path, "oracle")
    board = read_leaderboard(tmp_path, CORPUS)
    assert board["claim-spans"].entries[0].description.system == "oracle"
    facts = leaderboard_facts(board, CORPUS, "tables")
    first, *others = facts["tasks"]["claim-spans"]["systems"]
    assert (first["score"], first["articles"], first["p"]) == (1, {"a": 1, "b": 1, "c": 1}, None)
    assert all(other["p"] is not None for other in others)
    assert json.dumps(facts) == json.dumps(leaderboard_facts(read_leaderboard(tmp_path, CORPUS), CORPUS, "tables"))


def test_a_task_or_an_extra_that_is_missing_is_said_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr("allegata.models.extras._TRANSFORMER", ("left_out",))  # it would train for minutes
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    written = write_baselines(tmp_path, CORPUS, ["claim-spans", "attribution"], report=heard.append)
    assert "baseline-crf" not in {folder.name for folder in written}
    assert any("claim-spans, baseline crf: left out, python-crfsuite is not installed" in line for line in heard)
    assert any("attribution: left out" in line for line in heard)


def test_a_baseline_that_fails_for_another_reason_is_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise UsageError("the corpus is of another kind")

    monkeypatch.setattr("allegata.benchmark.leaderboard.run_baseline", broken)
    with pytest.raises(UsageError, match="of another kind"):
        write_baselines(tmp_path, CORPUS, ["attributed-sentences"])


def test_a_system_whose_name_would_break_the_table_is_refused(tmp_path: Path) -> None:
    _submit(tmp_path, "alfa")
    file = tmp_path / "claim-spans" / "alfa" / "submission.json"
    row = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**row, "system": "alfa\n| 1.0 |", "seed": "0"}), "utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_leaderboard(tmp_path, CORPUS)
    assert len(found.value.problems) == 2


def test_two_submissions_of_one_name_are_refused(tmp_path: Path) -> None:
    _submit(tmp_path, "alfa")
    shutil.copytree(tmp_path / "claim-spans" / "alfa", tmp_path / "claim-spans" / "bravo")
    with pytest.raises(ProblemsFound, match=r"claim-spans/bravo/submission\.json: a second submission"):
        read_leaderboard(tmp_path, CORPUS)


def test_the_digest_of_the_scorer_covers_everything_it_imports_of_this_package() -> None:
    package = Path(scorer_identity.__file__).parent.parent
    seen, queue = set(), ["benchmark/scoring.py"]
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in ast.walk(ast.parse((package / name).read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("allegata."):
                module = (node.module or "").removeprefix("allegata.").replace(".", "/")
                inner = [f"{module}/{alias.name}.py" for alias in node.names]
                queue += [path for path in (*inner, f"{module}.py") if (package / path).is_file()]
    assert seen | {"schema/default_scheme.toml"} == set(scorer_identity.SOURCES)


def test_the_commit_is_that_of_the_last_change_to_the_scorer_and_of_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    for name in scorer_identity.SOURCES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    monkeypatch.setattr(scorer_identity, "PACKAGE", tmp_path)
    assert scorer_identity.sources_commit() is None  # no checkout

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=alfa", "-c", "user.email=alfa@example.org"]
        done = subprocess.run(
            ["git", "-C", str(tmp_path), *who, *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "scorer")
    commit, digest = git("rev-parse", "HEAD"), scorer_identity.sources_digest()
    (tmp_path / "leaderboard.json").write_text("{}", "utf-8")
    git("add", ".")
    git("commit", "-qm", "leaderboard")
    assert scorer_identity.sources_commit() == commit
    assert scorer_identity.sources_digest() == digest
    (tmp_path / "benchmark" / "scoring.py").write_text("other", "utf-8")
    assert scorer_identity.sources_commit() is None  # changed since
    assert scorer_identity.sources_digest() != digest


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


def test_a_submission_without_predictions_is_a_fault_and_not_left_out(tmp_path: Path) -> None:
    _submit(tmp_path, "alfa")
    _submit(tmp_path, "bravo")
    folder = tmp_path / "claim-spans" / "bravo"
    (folder / "predictions.jsonl").rename(folder / "prediction.jsonl")
    with pytest.raises(ProblemsFound, match=r"claim-spans/bravo/predictions\.jsonl: does not exist"):
        read_leaderboard(tmp_path, CORPUS)


def test_faults_of_all_files_of_one_submission_are_in_one_report(tmp_path: Path) -> None:
    corpus = replace(CORPUS, splits={"a": "test", "b": "train", "c": "train"})
    _submit(tmp_path, "alfa")
    folder = tmp_path / "claim-spans" / "alfa"
    (folder / "submission.json").write_text('{"task": "claim-spans", "system": "alfa", "corpus": "v0"}', "utf-8")
    (folder / "predictions.jsonl").write_text("1\n" + (folder / "predictions.jsonl").read_text("utf-8"), "utf-8")
    (folder / "pinned.jsonl").write_text("2\n", "utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_leaderboard(tmp_path, corpus)
    assert [(problem.file, problem.line) for problem in found.value.problems] == [
        ("claim-spans/alfa/pinned.jsonl", 1),  # its one article is not missing beside it: the line may be the answer
        ("claim-spans/alfa/predictions.jsonl", 1),
        ("claim-spans/alfa/submission.json", None),
    ]


def test_of_a_submission_made_for_another_version_only_that_is_said_and_once(tmp_path: Path) -> None:
    _submit(tmp_path, "alfa", corpus="v9")
    for name in ("predictions.jsonl", "pinned.jsonl"):
        (tmp_path / "claim-spans" / "alfa" / name).write_text("1\n", "utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_leaderboard(tmp_path, replace(CORPUS, splits={"a": "test", "b": "train", "c": "train"}))
    assert [problem.what for problem in found.value.problems] == ["made for corpus 'v9', not 'v0'"]


def test_the_seed_of_a_system_is_the_one_it_was_run_with(tmp_path: Path) -> None:
    task = TASKS["claim-spans"]
    for seed in (None, 7):
        description = Description(task.name, f"seed {seed}", "v0", "by hand", seed=seed)
        gold = gold_of(task, CORPUS)
        write_submission(tmp_path / task.name / str(seed), description, _perfect(task.name), task, gold)
    facts = leaderboard_facts(read_leaderboard(tmp_path, CORPUS), CORPUS, "tables")
    assert [system["seed"] for system in facts["tasks"][task.name]["systems"]] == [7, None]


def test_an_empty_folder_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no submission"):
        read_leaderboard(tmp_path, CORPUS)
