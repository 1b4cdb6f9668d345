"""Files of JSON that came from outside, row by row: JSON Lines, or one array or object of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allegata.exchange.folder import Reading
from allegata.schema.file_kinds import utf8_text
from allegata.schema.json_lines import JsonError, json_object, json_value
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
    text = utf8_text(file.read_bytes(), name)
    if isinstance(text, Problem):
        reading.problems.add(text)
        return
    text = text.removeprefix("\ufeff")
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
            except JsonError as error:
                reading.problems.add(error.problem("correct the line", name, number))


def _items(text: str, name: str, reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        value = json_value(text, strict=False)
    except JsonError as error:
        reading.problems.add(error.problem("correct the file", name))
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
