"""What a submission says of itself: `submission.json`, and whether it is one to this task on this corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from allegata.benchmark.tasks import Task
from allegata.schema.fields import Field, field_faults, filled
from allegata.schema.files import read_file
from allegata.schema.json_lines import parse_json_file
from allegata.schema.plain_values import shown
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.published import PublishedCorpus

DESCRIPTION = "submission.json"
# What the example that `allegata tasks` prints has in the place of what only its author knows.
PLACEHOLDERS = {"system": "NAME", "method": "how it decides, in one line", "trained_on": "DATA SET"}
_OF_PLACEHOLDER = {
    "system": "give the name of the system",
    "method": "say in one line how it decides",
    "trained_on": "name each data set beside this corpus, or give []",
}

_LINES = ("task", "system", "corpus", "method")
DESCRIPTION_FIELDS = {
    **dict.fromkeys(_LINES, Field()),
    "trained_on": Field(list, each=str, default=()),
    "seed": Field(int, nullable=True),
}


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
    data = read_file(file, place)
    row = Problem("does not exist", fix, file=place) if data is None else parse_json_file(data, place, fix)
    if isinstance(row, Problem):
        raise ProblemsFound([row])
    known = {name: value for name, value in row.items() if name in DESCRIPTION_FIELDS}  # a system may say more
    faults = field_faults(known, DESCRIPTION_FIELDS, "a description")
    sound = {name: value for name, value in known.items() if not DESCRIPTION_FIELDS[name].fault(value)}
    found = filled(sound, DESCRIPTION_FIELDS)
    lines = [(name, sound[name]) for name in _LINES if name in sound]
    faults += [f"{name!r} is empty" for name, value in lines if not value]
    lines += [("trained_on", other) for other in found["trained_on"]]
    faults += [
        f"{name!r} is not one printable line: {shown(value)}" for name, value in lines if not value.isprintable()
    ]
    problems = [Problem(fault, fix, file=place) for fault in faults]
    problems += [
        Problem(f"{name!r} is {value!r}, as in the example", _OF_PLACEHOLDER[name], file=place)
        for name, value in lines
        if value.strip() == PLACEHOLDERS.get(name)
    ]
    if problems:
        raise ProblemsFound(problems)
    return Description(**{**found, "trained_on": tuple(found["trained_on"])})


def description_faults(folder: Path, task: Task, corpus: PublishedCorpus) -> list[Problem]:
    """What is wrong with what the submission in `folder` says of itself.

    Two tasks ask for the same ids in the same form, and spans of another version may point at other words: only
    the description tells. Raises ProblemsFound with one problem where it was made for another task or version: of its
    ids, labels and spans nothing more can be said. A version is taken with and without its `v`.
    """
    try:
        description = read_description(folder)
    except ProblemsFound as report:
        return list(report.problems)
    others, fixes = [], []
    if description.task != task.name:
        others.append(f"a submission to {description.task!r}, not to {task.name!r}")
        fixes.append("name its own task")
    if corpus.name not in (description.corpus, f"v{description.corpus}"):
        others.append(f"made for corpus {description.corpus!r}, not {corpus.name!r}")
        fixes.append("score it on its own version (--corpus), or run the system on this one")
    if others:
        raise ProblemsFound([Problem("; ".join(others), "; ".join(fixes), file=f"{folder.name}/{DESCRIPTION}")])
    return []
