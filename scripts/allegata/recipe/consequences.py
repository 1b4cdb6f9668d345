"""What other gold files would make wrong in a corpus, found by running its checks on a copy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from allegata.schema.problems import Problem, ProblemsFound


def became_wrong(root: Path, texts: Mapping[str, str], until: str) -> list[Problem]:
    """What the corpus would be refused for with these files under annotations/ and is not refused for without."""
    from allegata.recipe.copies import temporary_copy

    with temporary_copy(root, ["annotations"]) as copy:
        for name, text in texts.items():
            path = copy / "annotations" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        found = _problems(copy, until)
    return sorted(found - _problems(root, until), key=lambda one: one.sort_key) if found else []


def _problems(root: Path, until: str) -> set[Problem]:
    from allegata.recipe.build import run

    try:
        run(root, until)
    except ProblemsFound as found:
        return set(found.problems)
    return set()
