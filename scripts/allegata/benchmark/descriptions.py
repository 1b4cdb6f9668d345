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
    if faults:
        raise ProblemsFound(Problem(fault, fix, file=place) for fault in faults)
    return Description(**{**found, "trained_on": tuple(found["trained_on"])})


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
