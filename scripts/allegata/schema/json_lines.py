"""JSON Lines, read strictly: every line that is no object is reported, and nothing that is not JSON is taken for it."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, NoReturn

from allegata.schema.file_kinds import utf8_text
from allegata.schema.json_faults import json_fault
from allegata.schema.plain_values import DEEPEST, fits_64_bits, shown, value_fault
from allegata.schema.problems import Problem

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # a reader may ignore it (RFC 8259, section 8.1), and editors write it
_MOST_DIGITS = 4_000  # of a number that Python reads and writes


class JsonError(ValueError):
    """What is wrong with a text of JSON, and at which line and column of it, from 1, where that is one place.

    `fix` is what to do about it, where that is known here.
    """

    def __init__(self, what: str, line: int | None = None, column: int | None = None, fix: str = "") -> None:
        super().__init__(what)
        self.line, self.column, self.fix = line, column, fix

    def problem(self, fix: str, file: str, line: int | None = None) -> Problem:
        """The problem that it is of a file, or of the line `line` of it where the text is that line."""
        return Problem(str(self), self.fix or fix, file=file, line=line or self.line, column=self.column)


def parse_json_file(data: bytes, name: str, fix: str = "correct the file") -> dict[str, Any] | Problem:
    """The object that a whole file is, or what is wrong with the file."""
    try:
        return json_object(data)
    except JsonError as error:
        return error.problem(fix, name)


def parse_json_lines(
    data: bytes, name: str, first_line: int = 1, first_byte: int = 0
) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """The objects of a file with their line numbers (from 1), and every fault of it. Blank lines are skipped.

    `data` may be a part of the file, cut between lines: it begins at `first_line` and `first_byte`. Lines end in
    `\\n` only: JSON allows other line separators inside a string.
    """
    content = utf8_text(data, name, first_line=first_line, first_byte=first_byte)
    if isinstance(content, Problem):
        return [], [content]
    lines, problems = [], []
    for number, line in enumerate(content.split("\n"), first_line):
        if line.strip():
            try:
                lines.append((number, json_object(line.removeprefix("\ufeff"))))
            except JsonError as error:
                problems.append(error.problem("correct the line", name, number))
    return lines, problems


def json_object(line: str | bytes, *, strict: bool = True, nan: bool = False) -> dict[str, Any]:
    """The object of one line or file. Raises `JsonError` as `json_value` does, and where it is no object."""
    value = json_value(line, strict=strict, nan=nan)
    if not isinstance(value, dict):
        raise JsonError("is not a JSON object")
    return value


def json_value(line: str | bytes, *, strict: bool = True, nan: bool = False) -> Any:
    """The value of a text of JSON. Raises `JsonError` that says what is wrong with it, and where or of which field.

    A key that occurs more than once is always refused, and so are more than `DEEPEST` levels, and `NaN` and `Infinity`,
    which Python writes, without `nan`. `strict` also refuses what no table holds, anywhere in the text: whole numbers
    beyond 64 bits, and lone surrogates, which no UTF-8 file could hold.
    """
    text = _text(line.removeprefix(_BYTE_ORDER_MARK)) if isinstance(line, bytes) else line
    try:
        value, doubtful = _decoded(text, strict, nan)
    except RecursionError:
        raise JsonError(f"is nested too deeply: more than {DEEPEST} levels") from None
    except json.JSONDecodeError as error:
        raise JsonError(f"is not JSON: {json_fault(error)}", error.lineno, error.colno) from None
    except ValueError as error:
        raise JsonError(f"is not JSON: {error}") from None
    deep = text.count("[") + text.count("{") > DEEPEST
    if (deep or doubtful) and (fault := value_fault(value, only_depth=not strict)):
        what, keys = fault
        raise JsonError(f"{'.'.join(keys)!r} {what}" if keys else what)
    return value


def _text(data: bytes) -> str:
    """The text of a line or a file. Raises `JsonError`."""
    text = utf8_text(data, "")
    if isinstance(text, str):
        return text
    where = "" if text.line is None or b"\n" in data.strip() else " of the line"
    raise JsonError(text.what + where, text.line, text.column, text.fix)


def _decoded(text: str, strict: bool, nan: bool) -> tuple[Any, bool]:
    """The value, and whether it may have a part that `value_fault` refuses: nearly none has, and to look is slow."""
    if not strict:
        return (_PYTHON if nan else _LENIENT).decode(text), False
    try:
        return _STRICT.decode(text), "\\ud" in text or "\\uD" in text
    except _DoubtfulError:
        return _DOUBTFUL.decode(text), True


def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of `pairs`, for `object_pairs_hook` of `json`, which would keep the last of two values in silence.

    Raises ValueError where a key occurs more than once.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        key, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {shown(key)} occurs more than once")
    return found


class _DoubtfulError(ValueError):
    """A number that Python reads and no table holds: which field it is in, another reading says."""


def _fitting(digits: str) -> int:
    if len(digits) > _MOST_DIGITS or not fits_64_bits(number := int(digits)):
        raise _DoubtfulError
    return number


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise _DoubtfulError
    return number


def _constant(name: str) -> NoReturn:
    raise _DoubtfulError


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _int(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits")
    return int(digits)


_STRICT = json.JSONDecoder(
    object_pairs_hook=no_key_twice, parse_int=_fitting, parse_float=_finite, parse_constant=_constant
)
# Of more than 20 digits no number fits in 64 bits, and Python does not read thousands of them.
_DOUBTFUL = json.JSONDecoder(object_pairs_hook=no_key_twice, parse_int=lambda digits: int(digits[:40]))
_LENIENT = json.JSONDecoder(object_pairs_hook=no_key_twice, parse_int=_int, parse_constant=_refused)
_PYTHON = json.JSONDecoder(object_pairs_hook=no_key_twice, parse_int=_int)
