"""What a command has measured of a version and the card shows: JSON beside the versions, read with care."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from allegata.schema.files import read_file
from allegata.schema.json_lines import json_object
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.versions import RESTORE, beside_fault

Facts = Mapping[str, Any]


def read_stored(root: Path, name: str, command: str, show: Callable[[Facts], object]) -> Facts | None:
    """The facts in the file `name` of the corpus at `root`, as `command` writes them; None where there is no file.

    Raises ProblemsFound where it is not the one that the register beside it names, or is damaged: where `show`, which
    makes text of the facts for the card, fails on them.
    """
    file = root / name
    data = read_file(file, name)
    if data is None:
        return None
    if fault := beside_fault(file, data):
        raise ProblemsFound([Problem(fault, f"{RESTORE}, or make it again: {command}", file=name)])
    try:
        facts: Facts = json_object(data)
        show(facts)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        what = f"is not what `{command}` writes ({type(error).__name__})"
        raise ProblemsFound([Problem(what, "restore it, or delete it and make it again", file=name)]) from None
    return facts
