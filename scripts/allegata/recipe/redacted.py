"""The last look before publication: no cell and no text about the corpus names a person whose name is replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from allegata.schema.problems import Problem, Problems

if TYPE_CHECKING:
    import pyarrow as pa

    from allegata.recipe.state import Build

_SHOWN = 60


def check_names(build: Build) -> None:
    """Raise `ProblemsFound` with every place of what `build` would publish that names a person whose name is replaced,
    or may, and was not decided to be kept."""
    from allegata.schema.settings import settings_file

    problems = Problems()
    tables: dict[str, Iterable[pa.Table]] = dict(build.tables)
    tables |= {name: [table] for name, table in {**build.across, "ledger": build.ledger_table()}.items()}
    fix = "replace it with: allegata redact PERSON; what that does not replace, correct by hand"
    for name, batches in tables.items():
        for batch in batches:
            for row in batch.to_pylist():
                key = next(iter(row.values()))
                for place, text in strings(row, name):
                    for surface in build.redactor.names_in(text):
                        what = f"{place} of {key} holds {surface!r}, which names a person whose name is replaced"
                        problems.add(Problem(what, fix, article_id=str(row.get("article_id", ""))))
    stated: dict[str, Any] = {
        settings_file(build.root)[0].name: asdict(build.settings),
        "annotations/scheme.toml": build.scheme.document(),
    }
    for file, value in stated.items():
        for _, text in strings(value, file):
            for surface in build.redactor.names_in(text):
                what = f"{text[:_SHOWN]!r} holds {surface!r}, which names a person whose name is replaced"
                problems.add(Problem(what, "correct it by hand: it is published with the corpus", file=file))
    problems.raise_if_any()


def strings(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text in a value of nested lists and objects, keys among them, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield place, str(key)
            yield from strings(one, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one, place)
