"""Files of JSON that came from outside, row by row: JSON Lines, or one array or object of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allegata.exchange.folder import Reading
from allegata.schema.json_lines import json_object, json_value
from allegata.schema.problems import Problem


def rows_of_files(path: Path, reading: Reading, *endings: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The objects of every file of these endings, each with the name of its file and its line or place, from 1.

    A file that begins with `[` is an array of objects, one that is not called `.jsonl` and whose first line is no
    object of its own is one object. What is not JSON is a problem, and the rest of a file of lines is read.
    """
    for name, file in reading.files(path, *endings):
        for number, row in rows_of_file(file, name, reading):
            yield name, number, row


def rows_of_file(file: Path, name: str, reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    """The same of one file, which reports call by `name`."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reading.problems.add(Problem(f"is not UTF-8 at byte {error.start}", "save it as UTF-8", file=name))
        return
    yield from _lines(text, name, reading) if _is_lines(text, name) else _items(text, name, reading)


def _is_lines(text: str, name: str) -> bool:
    first = text.lstrip().partition("\n")[0].strip()
    if name.endswith(".jsonl"):
        return not first.startswith("[")
    return first.startswith("{") and (first.endswith("}") or not first.endswith((",", "{", "[")))


def _lines(text: str, name: str, reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json_object(line, strict=False, nan=True)
            except ValueError as error:
                reading.problems.add(Problem(str(error), "correct the line", file=name, line=number))


def _items(text: str, name: str, reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        value = json_value(text, strict=False)
    except ValueError as error:
        problem = Problem(str(error), "correct the file", file=name, line=getattr(error, "line", None))
        reading.problems.add(problem)
        return
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        if isinstance(item, dict):
            yield number, item
        else:
            reading.problems.add(Problem(f"item {number} is no object", "take it out", file=name))


def half_characters(value: object) -> bool:
    """Whether a string in it has half of a surrogate pair, which JSON can say and no text can hold."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
