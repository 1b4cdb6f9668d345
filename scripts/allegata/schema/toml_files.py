"""TOML files, with the line of every key, so that what is wrong with one can be reported where it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from allegata.schema.file_kinds import utf8_text
from allegata.schema.plain_values import value_fault
from allegata.schema.problems import Problem

_HEADER = re.compile(r"\s*\[{1,2}([^\]]+)\]{1,2}")
_KEY = re.compile(r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'")
_AT = re.compile(r" \(at line (\d+), column (\d+)\)")
# Characters that neither YAML nor a terminal takes; blanks among them become one space.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")

Path_ = tuple[str, ...]


@dataclass(frozen=True)
class TomlFile:
    """A TOML file as it was read: its name in reports, its values, and the line of every key and table header."""

    name: str
    values: Mapping[str, Any]
    lines: Mapping[Path_, int] = field(default_factory=dict)

    def problem(self, what: str, fix: str, *path: str) -> Problem:
        """A problem at the key `path`, at the first key below it, or at the nearest table above it that has a line."""
        for end in range(len(path), 0, -1):
            below = [line for key, line in self.lines.items() if key[:end] == path[:end]]
            if below:
                return Problem(what, fix, file=self.name, line=self.lines.get(path[:end], min(below)))
        return Problem(what, fix, file=self.name)


def read_toml(path: Path, name: str) -> TomlFile | Problem:
    """The file, or why it cannot be read. `name` is how reports call it."""
    try:
        data = utf8_text(path.read_bytes(), name)
    except OSError as error:
        return Problem(f"cannot be read: {error.strerror}", "make it a readable file", file=name)
    if isinstance(data, Problem):
        return data
    text = data.removeprefix("\ufeff")  # editors write a byte order mark
    try:
        found = TomlFile(name, tomllib.loads(text), key_lines(text))
    except tomllib.TOMLDecodeError as error:
        what, at = _AT.sub("", str(error)), _AT.search(str(error))
        line, column = (int(at[1]), int(at[2])) if at else (None, None)
        wrong = text.split("\n")[line - 1] if line else ""
        foreign = not wrong.isascii() and "Expected '='" in str(error)
        fix = 'write the key in quotation marks: "…" = …' if foreign else "correct the line"
        return Problem(f"is not TOML: {what}", fix, file=name, line=line, column=column)
    except RecursionError:
        return Problem("is nested too deeply", "write tables and texts", file=name)
    except ValueError as error:  # a number of more digits than Python reads
        return Problem(f"is not TOML that can be read: {error}", "correct the number", file=name)
    if fault := value_fault(found.values):
        what, keys = fault
        return found.problem(f"{'.'.join(keys)} {what}", "correct the value", *keys)
    return found


def key_lines(text: str) -> dict[Path_, int]:
    """The line (from 1) of each key and table header, by its whole path; of a repeated one the first.

    Lines are looked at one by one: a line inside a multi-line string that looks like a key is taken for one.
    """
    found: dict[Path_, int] = {}
    table: Path_ = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key[1])), number)
    return found


def _parts(dotted: str) -> Path_:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def is_day(value: str) -> bool:
    """Whether a text is a day of the calendar, its month or its year, as ISO 8601 writes them."""
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :] if _DAY.fullmatch(value) else "")
    except ValueError:
        return False
    return True
