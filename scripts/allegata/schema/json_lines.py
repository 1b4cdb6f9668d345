"""JSON Lines, read strictly: every line that is no object is reported, and nothing that is not JSON is taken for it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from allegata.schema.problems import Problem

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # a reader may ignore it (RFC 8259, section 8.1), and editors write it


def parse_json_lines(
    data: bytes, name: str, first_line: int = 1, first_byte: int = 0
) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """The objects of a file with their line numbers (from 1), and every fault of it. Blank lines are skipped.

    `data` may be a part of the file, cut between lines: it begins at `first_line` and `first_byte`. Lines end in
    `\\n` only: JSON allows other line separators inside a string.
    """
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 at byte {first_byte + error.start}"
        at = first_line + data.count(b"\n", 0, error.start)
        return [], [Problem(what, "save it as UTF-8", file=name, line=at)]
    lines, problems = [], []
    for number, line in enumerate(content.split("\n"), first_line):
        if line.strip():
            try:
                lines.append((number, json_object(line)))
            except ValueError as error:
                problems.append(Problem(str(error), "correct the line", file=name, line=number))
    return lines, problems


def json_object(line: str | bytes, *, strict: bool = True) -> dict[str, Any]:
    """The object of one line. Raises `ValueError` that says what is wrong with the line.

    A key that occurs more than once is always refused. `strict` also refuses, anywhere in the line, `NaN` and
    `Infinity`, which Python reads, and lone surrogates, which no UTF-8 file could hold.
    """
    try:
        text = line.removeprefix(_BYTE_ORDER_MARK).decode("utf-8") if isinstance(line, bytes) else line
        value = json.loads(
            text.removeprefix("\ufeff"), parse_constant=_refuse if strict else None, object_pairs_hook=no_key_twice
        )
        if strict:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("is not JSON that can be read: it is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start} of the line") from None
    except UnicodeEncodeError:
        raise ValueError("is not Unicode: it holds half of a surrogate pair") from None
    except ValueError as error:
        raise ValueError(f"is not JSON: {getattr(error, 'msg', error)}") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    return value


def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of `pairs`, for `object_pairs_hook` of `json`, which would keep the last of two values in silence.

    Raises ValueError where a key occurs more than once.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"a key occurs more than once among {keys}")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
