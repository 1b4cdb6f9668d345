"""What a submission says of itself: `submission.json`, and whether it is one to this task on this corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from allegata.benchmark.tasks import Task
from allegata.schema.files import read_file
from allegata.schema.json_lines import parse_json_file
from allegata.schema.problems import Problem, Problems, ProblemsFound
from allegata.schema.published import PublishedCorpus

DESCRIPTION = "submission.json"


@dataclass(frozen=True)
class Description:
    """What a submission says of itself; `trained_on` names every data set beside this corpus."""

    task: str
    system: str
    corpus: str
    method: str
    trained_on: tuple[str, ...] = ()
    seed: int | None = None


def read_description(folder: Path) -> Description:
    """What a submission says of itself. Raises ProblemsFound where `submission.json` is missing or wrong."""
    file = folder / DESCRIPTION
    place = f"{folder.name}/{DESCRIPTION}"
    fix = 'write {"task": ..., "system": ..., "corpus": ..., "method": ...}'
    problems = Problems()
    data = read_file(file, place)
    row = Problem("does not exist", fix, file=place) if data is None else parse_json_file(data, place, fix)
    if isinstance(row, Problem):
        raise ProblemsFound([row])
    for required in ("task", "system", "corpus", "method"):
        if not isinstance(row.get(required), str) or not row[required]:
            problems.add(Problem(f"no {required!r}", fix, file=place))
        elif not row[required].isprintable():
            problems.add(Problem(f"{required!r} is not one printable line", fix, file=place))
    others = row.get("trained_on", [])
    if not isinstance(others, list) or not all(isinstance(item, str) and item.isprintable() for item in others):
        problems.add(Problem("'trained_on' is not a list of names", fix, file=place))
    seed = row.get("seed")
    if seed is not None and type(seed) is not int:
        problems.add(Problem("'seed' is neither an integer nor null", fix, file=place))
    problems.raise_if_any()
    return Description(row["task"], row["system"], row["corpus"], row["method"], tuple(others), seed)


def description_faults(folder: Path, task: Task, corpus: PublishedCorpus) -> list[Problem]:
    """What keeps the submission in `folder` from being scored as one to this task on this corpus.

    Two tasks ask for the same ids in the same form, and spans of another version may point at other words: only
    the description tells. Raises ProblemsFound where it was made for another version: of its ids and spans nothing
    more can be said. A version is taken with and without its `v`.
    """
    try:
        description = read_description(folder)
    except ProblemsFound as report:
        return list(report.problems)
    place, faults = f"{folder.name}/{DESCRIPTION}", []
    if description.task != task.name:
        what = f"a submission to {description.task!r}, not to {task.name!r}"
        faults.append(Problem(what, "name its own task, or correct the field", file=place))
    if corpus.name not in (description.corpus, f"v{description.corpus}"):
        what = f"made for corpus {description.corpus!r}, not {corpus.name!r}"
        fix = "run the system on this version, or score it on its own (--corpus)"
        raise ProblemsFound([*faults, Problem(what, fix, file=place)])
    return faults
