"""The commands of the benchmark, on the published corpus."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allegata.benchmark.baselines.registry import FLOORS, READERS
from allegata.benchmark.descriptions import read_description
from allegata.benchmark.score_report import below
from allegata.benchmark.scoring import Score
from allegata.benchmark.tasks import TASKS
from allegata.cli.app import app
from allegata.schema.problems import ProblemsFound
from allegata.schema.versions import latest
from bench.__main__ import app as bench_app
from bench.speed import Speed
from project import ROOT

CORPUS = ROOT / "corpus"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_the_tasks_are_listed_with_their_formats() -> None:
    output = call("tasks").output
    assert all(name in output for name in TASKS)
    for task in TASKS.values():
        assert f"{task.official}; one line" in output
        assert f"- {task.official}: " in output
    assert "Leave one article out" in output
    assert "Beside it the pinned split" in output


def test_the_tasks_name_their_baselines_and_a_submission_to_copy(tmp_path: Path) -> None:
    listed = call("tasks", "--corpus", str(CORPUS))
    assert listed.exit_code == 0
    output = listed.output
    for word, known in (("floors", FLOORS), ("baselines", READERS)):
        for names, task in zip(output.split(f"  {word}: ")[1:], TASKS, strict=True):
            assert names.split("\n")[0].split(", ") == list(known[task])
    (example,) = (line for line in output.splitlines() if line.startswith('{"task"'))
    assert set(json.loads(example)) == {"task", "system", "corpus", "method", "trained_on", "seed"}
    filled = {**json.loads(example), "system": "alfa", "method": "by hand", "trained_on": []}
    (tmp_path / "submission.json").write_text(json.dumps(filled), encoding="utf-8")
    assert read_description(tmp_path).corpus == latest(CORPUS).name
    (tmp_path / "submission.json").write_text(example, encoding="utf-8")
    with pytest.raises(ProblemsFound, match="'system' is 'NAME', as in the example"):
        read_description(tmp_path)


def test_what_another_corpus_is_asked_goes_into_its_folder_and_the_next_command_is_about_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "allegata.toml").touch()
    (tmp_path / "other" / "corpus").symlink_to(CORPUS)
    (tmp_path / "download").symlink_to(latest(CORPUS))
    monkeypatch.chdir(tmp_path / "here")
    mark = hashlib.sha256(os.fsencode(latest(CORPUS).resolve())).hexdigest()[:8]  # two downloads are never mixed
    for corpus, build in (
        ("../other/corpus", "../other/build"),
        ("../download", f"build/{latest(CORPUS).name}-{mark}"),
    ):
        ran = call("baseline", "claim-spans", "sentences", "--corpus", corpus)
        assert ran.exit_code == 0, ran.output
        wrote, following = ran.output.splitlines()[-2:]
        assert wrote == f"wrote {build}/submissions/claim-spans/floor-sentences"
        assert following.endswith(f" --corpus {corpus}")
        scored = call(*following.removeprefix("next: allegata ").split())
        assert (scored.exit_code, scored.output[:11]) == (0, "claim-spans"), scored.output
    monkeypatch.chdir(tmp_path / "other")
    ran = call("baseline", "claim-spans", "sentences", "--corpus", "corpus")
    assert (
        ran.output.splitlines()[-1] == "next: allegata score claim-spans build/submissions/claim-spans/floor-sentences"
    )


def test_the_next_command_is_about_the_corpus_of_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("init", "other").exit_code == 0
    Path("page.txt").write_text("The dam broke, the mill said.", "utf-8")
    added = call("add", "page.txt", "--root", "other")
    assert added.output.splitlines()[-1] == "next: allegata clean --root other"
    removed = call("remove", "--all", "--root", "other")
    assert removed.output.splitlines()[-1] == "next: allegata add FILES… --root other"
    monkeypatch.chdir(tmp_path / "other")
    assert call("add", "../page.txt", "--root", ".").output.splitlines()[-1] == "next: allegata clean"


def test_what_cannot_be_timed_for_want_of_a_package_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench import peers as speed_peers
    from bench import speed

    monkeypatch.setattr(speed, "run_speed", lambda *_: [Speed("alfa", 10, 10**6, 2.0, 3.0, 50)])
    monkeypatch.setattr(speed_peers, "find_spec", lambda name: name == "datasketch" or None)
    line = "not installed: rensa, gaoya, datatrove (extra `bench`), allegata [fast] (extra `fast`)"
    assert CliRunner().invoke(bench_app, ["speed"]).stdout.splitlines()[0] == line
    assert "not installed" not in CliRunner().invoke(bench_app, ["speed", "--system", "allegata"]).stdout
    monkeypatch.setattr(speed_peers, "find_spec", lambda name: name)
    assert "not installed" not in CliRunner().invoke(bench_app, ["speed"]).stdout


def test_the_latest_version_is_the_highest_number_not_the_last_name(tmp_path: Path) -> None:
    for name in ("v0.9.0", "v0.10.0"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    assert latest(tmp_path).name == "v0.10.0"


def test_a_floor_is_run_written_and_scored(tmp_path: Path) -> None:
    ran = call("baseline", "attributed-sentences", "length", "--corpus", str(CORPUS), "--output", str(tmp_path))
    assert ran.exit_code == 0, ran.output
    scored = call(
        "score",
        "attributed-sentences",
        str(tmp_path / "attributed-sentences" / "floor-length"),
        "--corpus",
        str(CORPUS),
    )
    assert scored.exit_code == 0, scored.output
    assert "lowest" in scored.output


def test_two_submissions_are_compared_and_the_pinned_split_is_scored_by_itself(tmp_path: Path) -> None:
    for name in ("length", "majority"):
        ran = call("baseline", "attributed-sentences", name, "--corpus", str(CORPUS), "--output", str(tmp_path))
        assert ran.exit_code == 0, ran.output
    first, second = (str(tmp_path / "attributed-sentences" / f"floor-{name}") for name in ("length", "majority"))
    tested = call("score", "attributed-sentences", first, "--against", second, "--corpus", str(CORPUS))
    line = tested.stdout.splitlines()[-1]
    assert line.startswith("difference of F1 of true: +0.")
    assert re.search(r"paired permutation test, 1999 random swaps of \d+ sentences, seed 0", line)
    alone = call("score", "attributed-sentences", first, "--split", "test", "--corpus", str(CORPUS))
    assert alone.exit_code == 0, alone.output
    assert alone.stdout.count("_") == 1  # one article
    wrong = call("score", "attributed-sentences", first, "--split", "dev", "--corpus", str(CORPUS))
    assert wrong.exit_code == 2
    assert "it has: test, train, validation" in wrong.stderr


@pytest.fixture(scope="module")
def length(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The submission of a floor."""
    folder = tmp_path_factory.mktemp("submissions")
    ran = call("baseline", "attributed-sentences", "length", "--corpus", str(CORPUS), "--output", str(folder))
    assert ran.exit_code == 0, ran.output
    return str(folder / "attributed-sentences" / "floor-length")


def scored(submission: str, *options: str) -> Result:
    return call("score", "attributed-sentences", submission, "--corpus", str(CORPUS), *options)


def test_a_score_for_programs_has_the_documented_fields_and_the_figures_for_people(length: str) -> None:
    facts = json.loads(scored(length, "--json", "--against", length).stdout)
    documented = (
        (ROOT / "docs" / "benchmark.md").read_text("utf-8").split("`allegata score --json`")[1].split("\n## ")[0]
    )
    rows = re.findall(r"^\| `([a-z_.\[\]]+)` \|", documented, re.MULTILINE)
    assert set(rows) == set(field_names(facts))
    text = scored(length).stdout
    assert text.startswith(f"{facts['task']}, {facts['measure']}: {facts['score']:.3f}\n")
    for fold, value in facts["folds"].items():
        assert f"  {fold}: {'undefined' if value is None else format(value, '.3f')}\n" in text
    assert facts["corpus"] == latest(CORPUS).name
    assert facts["split"] is None
    assert facts["against"]["difference"] == 0
    assert scored(length, "--json").stdout == scored(length, "--json").stdout
    assert "against" not in json.loads(scored(length, "--json").stdout)
    assert json.loads(scored(length, "--json", "--split", "test").stdout)["split"] == "test"


def field_names(value: object, name: str = "") -> list[str]:
    """The fields of an object, those inside of it with a point; of a list `[]`. Names that data give are no fields."""
    if isinstance(value, list):
        return field_names(value[0], f"{name}[]")
    if not isinstance(value, dict) or name == "folds":
        return [name]
    return [
        *([name] if name else []),
        *(x for k, v in value.items() for x in field_names(v, f"{name}.{k}".lstrip("."))),
    ]


def test_a_score_below_the_figure_asked_for_is_reported_and_ends_with_1(length: str) -> None:
    found = json.loads(scored(length, "--json").stdout)["score"]
    enough = scored(length, "--at-least", str(found))
    assert (enough.exit_code, enough.stderr) == (0, "")
    for options in ((), ("--json",)):
        short = scored(length, "--at-least", str(found + 0.001), *options)
        assert short.exit_code == 1
        assert f"F1 of true is {found:g}, below {found + 0.001:g}" in short.stderr
        assert short.stdout  # the score is shown all the same
    for wrong in ("70", "-0.1", "nan"):
        refused = scored(length, "--at-least", wrong)
        assert refused.exit_code == 2
        assert "a figure from 0 to 1" in refused.stderr
        assert refused.stdout == ""


def test_an_undefined_score_reaches_no_figure() -> None:
    problem = below(Score("t", "MAP", None, None, {}, None, ()), 0)
    assert problem is not None
    assert problem.what == "t: MAP is undefined, below 0"


def test_a_bad_submission_gets_one_report_of_all_its_faults(tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    lines = [{"id": "nothing", "label": True, "score": 1.0}, {"id": "nothing", "label": "maybe", "score": 1.0}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    result = call("score", "attributed-sentences", str(file), "--corpus", str(CORPUS))
    assert result.exit_code == 1
    assert "predictions.jsonl:1" in result.stderr
    assert "predictions.jsonl:2" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("score", "nonsense", "x"), ("baseline", "attributed-sentences", "nonsense"), ("import", "nonsense", "x")],
)
def test_unknown_names_are_wrong_calls_that_list_the_known_ones(arguments: tuple[str, ...]) -> None:
    options = [] if arguments[0] == "import" else ["--corpus", str(CORPUS)]
    result = call(*arguments, *options)
    assert result.exit_code == 2
    assert "one of" in result.stderr
