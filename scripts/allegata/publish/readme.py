"""A README taken apart: its front matter, what that states, and the text below it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.versions import RESTORE_VERSION
from allegata.schema.yaml_values import yaml_value


class Readme(NamedTuple):
    """The YAML block that a README begins with, as it is written and as it is read, and the text behind it."""

    front: str
    stated: dict[str, Any]
    text: str


def read_readme(path: Path, place: str) -> Readme:
    """The README at `path`, which reports call `place`. Raises `ProblemsFound` where it has no front matter to read."""
    try:
        before, *parts = path.read_text("utf-8").split("---\n", 2)
        stated = yaml_value(parts[0]) if len(parts) == 2 and not before else None
    except ValueError as error:
        what = f"has no front matter that can be read: {error}"
        raise ProblemsFound([Problem(what, RESTORE_VERSION, file=place)]) from None
    if not isinstance(stated, dict):
        raise ProblemsFound([Problem("has no front matter", RESTORE_VERSION, file=place)])
    return Readme(parts[0], stated, parts[1])
