"""ClaimBuster's two-class sets: JSON lists of `sentence_id, label, text` (Arslan et al. 2020).

Known traps, reported as notices: the ids of `test.json` stand inside the k-fold files too, so a model that
was trained on one must not be tested on the other; some texts occur twice; some files are UTF-16.
"""

from __future__ import annotations

from pathlib import Path

from allegata.exchange.common import Line, files_of, read_text, sentence_tables, split_of
from allegata.schema.imported import Imported, Notices
from allegata.schema.json_lines import JsonError, json_value
from allegata.schema.problems import Problem, Problems, UsageError

KFOLD_FILE = "kfold_25ncs.json"


def _faults(row: object) -> str | None:
    if not isinstance(row, dict) or not {"sentence_id", "label", "text"} <= row.keys():
        return "not an object with sentence_id, label and text"
    if row["label"] not in (-1, 0, 1) or isinstance(row["label"], bool):
        return f"label {row['label']!r}"
    if not isinstance(row["text"], str):
        return "the text is not a string"
    return None


def read_claimbuster(path: Path) -> Imported:
    """`articles` (one a file) and `sentences` of a folder of `.json` files, or of one; -1 and 0 count as 0.

    Raises UsageError where there is none, and ProblemsFound with every row that cannot be read.
    """
    notices, problems = Notices(), Problems()
    files: dict[str, tuple[str, list[Line]]] = {}
    splits: dict[str, str] = {}
    home: dict[str, str] = {}
    for file in files_of(path, "*.json"):
        text = read_text(file, notices)
        if isinstance(text, Problem):
            problems.add(text)
            continue
        try:
            rows = json_value(text)
        except JsonError as error:
            problems.add(error.problem("give the file as published", file.name))
            continue
        if not isinstance(rows, list):
            problems.add(Problem("not a JSON list", "give the file as published", file=file.name))
            continue
        lines = []
        for number, row in enumerate(rows, start=1):
            fault = _faults(row)
            if fault:
                problems.add(Problem(f"entry {number}: {fault}", "give the label as -1, 0 or 1", file=file.name))
                continue
            identity = str(row["sentence_id"])
            if identity in home:
                notices.add(
                    "sentence id that occurs twice in the file"
                    if home[identity] == file.name
                    else "sentence id that stands in two files: never train on one and test on the other",
                    file.name,
                )
            home.setdefault(identity, file.name)
            lines.append(Line(identity, row["text"].replace("\n", " "), row["label"] == 1))
        files[file.stem] = (file.name, lines)
        splits[file.stem] = split_of(file.relative_to(path.parent))
    problems.raise_if_any()
    return sentence_tables(files, notices, "en", splits)


def kfold_file(path: Path) -> Path:
    """The file of folds: `path`, or the one in the folder `path`. Raises UsageError where it is not there."""
    file = path / KFOLD_FILE if path.is_dir() else path
    if not file.is_file():
        raise UsageError(f"{file} does not exist: give {KFOLD_FILE}, or the folder that holds it")
    return file
