"""JSON Lines, read strictly: every line that is no object is reported, and nothing that is not JSON is taken for it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from allegata.schema.problems import Problem


def parse_json_lines(
    data: bytes, name: str, first_line: int = 1, first_byte: int = 0
) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """The objects of a file with their line numbers (from 1), and every fault of it. Blank lines are skipped.

    `data` may be a part of the file, cut between lines: it begins at `first_line` and `first_byte`.

    Lines end in `\\n` only: JSON allows other line separators inside a string. `NaN` and `Infinity`, which Python
    reads, are refused, and so are lone surrogates, which no UTF-8 file could hold, and a key that stands twice.
    """
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [], [Problem(f"is not UTF-8 at byte {first_byte + error.start}", "save it as UTF-8", file=name)]
    lines, problems = [], []
    for number, line in enumerate(content.split("\n"), first_line):
        if not line.strip():
            continue
        fault = ""
        try:
            value = json.loads(line, parse_constant=_refuse, object_pairs_hook=no_key_twice)
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except RecursionError:
            fault = "is not JSON that can be read: it is nested too deeply"
        except UnicodeEncodeError:
            fault = "is not Unicode: it holds half of a surrogate pair"
        except ValueError as error:
            fault = f"is not JSON: {getattr(error, 'msg', error)}"
        else:
            if isinstance(value, dict):
                lines.append((number, value))
            else:
                fault = "is not a JSON object"
        if fault:
            problems.append(Problem(fault, "mend the line", file=name, line=number))
    return lines, problems


def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of `pairs`, for `object_pairs_hook` of `json`, which would keep the last of two values in silence.

    Raises ValueError where a key stands twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"a key stands twice among {keys}")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
