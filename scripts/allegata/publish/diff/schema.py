"""What differs in the tables, columns, types and labels that two versions declare. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from allegata.schema.release_manifest import TableFacts
from allegata.schema.version_tables import labels_of

Declared = Literal["table", "column", "labels"]
SchemaKind = Literal["added", "removed", "retyped", "renumbered"]


@dataclass(frozen=True)
class SchemaChange:
    """One difference of what is declared: `name` is a table, or a column under the name of its table and of the columns
    that it is in (`articles.blocks.zone`).

    `old` and `new` are the types, or the labels in their order as JSON; None where there is none. Labels are `added`
    behind those that were there; `renumbered` where one of these is gone or has another number.
    """

    declared: Declared
    kind: SchemaKind
    name: str
    old: str | None = None
    new: str | None = None

    @property
    def table(self) -> str:
        """The table it is about."""
        return self.name.partition(".")[0]


def schema_changes(before: Mapping[str, TableFacts], after: Mapping[str, TableFacts]) -> tuple[SchemaChange, ...]:
    """Every difference of what two versions declare: tables in their order, then columns by name."""
    found = [SchemaChange("table", "removed", name) for name in before if name not in after]
    found += [SchemaChange("table", "added", name) for name in after if name not in before]
    for table in (name for name in after if name in before):
        found += _of_table(*(dict(_columns(side[table].features, table)) for side in (before, after)))
    return tuple(found)


def label_columns(facts: TableFacts) -> frozenset[str]:
    """The columns of a table that are closed label sets."""
    return frozenset(labels_of(facts.features))


def _of_table(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[SchemaChange]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield SchemaChange("column", "removed", name, _shown(before[name]))
        elif name not in before:
            yield SchemaChange("column", "added", name, None, _shown(after[name]))
        elif before[name] != after[name]:
            old, new = _labels(before[name]), _labels(after[name])
            texts = _shown(before[name]), _shown(after[name])
            if old is None or new is None:
                yield SchemaChange("column", "retyped", name, *texts)
            elif old != new:
                yield SchemaChange("labels", "added" if new[: len(old)] == old else "renumbered", name, *texts)


def _columns(features: Sequence[Mapping[str, Any]], above: str) -> Iterator[tuple[str, Any]]:
    """The columns of a table with their types, those of nested ones under the name of the column they are in."""
    for feature in features:
        name, kind = f"{above}.{feature['name']}", {key: value for key, value in feature.items() if key != "name"}
        for nesting in ("list", "struct", "sequence"):
            if isinstance(members := kind.get(nesting), list):
                yield from _columns(members, name)
                kind = {nesting: "…"}
        yield name, kind


def _labels(kind: Mapping[str, Any]) -> list[str] | None:
    for nesting in ("dtype", "list"):
        dtype = kind.get(nesting)
        if isinstance(dtype, Mapping) and "class_label" in dtype:
            return [name for _, name in sorted(dtype["class_label"]["names"].items(), key=lambda item: int(item[0]))]
    return None


def _shown(kind: Mapping[str, Any]) -> str:
    """The type as a word (`int32`, `list of string`, `list of struct`), or the labels as JSON."""
    if (labels := _labels(kind)) is not None:
        return json.dumps(labels, ensure_ascii=False)
    for nesting in ("list", "sequence"):
        if nesting in kind:
            inner = kind[nesting]
            return f"list of {'struct' if inner == '…' else _shown(inner) if isinstance(inner, Mapping) else inner}"
    return "struct" if "struct" in kind else str(kind.get("dtype", "unknown"))
