"""Which version comes next: the least bump that fits what has changed since the latest one. Pure.

The rules are those of Semantic Versioning 2.0.0 read for data: what breaks a reader's code is major, what gives it more
or other labels is minor, all else is patch. Before 1.0.0 a minor bump may break (its item 4).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from allegata.publish.manifest import ReleaseManifest, render_release_manifest, version_key
from allegata.schema.problems import UsageError

Level = Literal["patch", "minor", "major"]
LEVELS: tuple[Level, ...] = ("patch", "minor", "major")
FIRST = "1.0.0"
# Tables that are made of the texts alone. All others hold annotations.
_OF_TEXT = frozenset({"articles", "sentences", "citations", "removals", "ledger"})
_ANNOTATIONS = "annotations/"
_SHOWN = 5
_SETTINGS = "allegata.toml or [tool.allegata]"


@dataclass(frozen=True)
class Change:
    """What has changed since a version: the least bump that fits, and why, in one line."""

    level: Level
    reason: str


def change_since(
    old: ReleaseManifest,
    new: ReleaseManifest,
    removed: Iterable[str] = (),
    added: Iterable[str] = (),
    same_cells: Collection[str] = (),
) -> Change | None:
    """What differs between two manifests, but for their versions; None where nothing does.

    `removed` and `added` are the ids of the articles that only one of them has. `same_cells` are the tables that
    differ in their columns alone: every column that both have says the same of the same rows. `new` has the documents
    of `old`'s version: they name it.
    """
    if render_release_manifest(replace(new, version=old.version)) == render_release_manifest(old):
        return None
    reasons: dict[Level, list[str]] = {
        "major": [*_broken(old, new), *_counted(removed, "removed")],
        "minor": [*_counted(added, "added"), *_widened(old, new), *_annotated(old, new, same_cells)],
        "patch": list(_other(old, new, same_cells)),
    }
    level: Level = next(level for level in reversed(LEVELS) if reasons[level] or level == "patch")
    return Change(level, "; ".join(reasons[level]) or "the order of the tables differs")


def next_version(versions: Sequence[str], change: Change | None, bump: Level | None = None) -> tuple[str, str]:
    """The version to publish after `versions` (oldest first), and why; the latest of them where nothing has changed.

    Raises `UsageError` for a `bump` that is smaller than the change.
    """
    if not versions:
        return FIRST, "the first version"
    latest = versions[-1]
    if change is None:
        return latest, f"nothing differs, so that --bump {bump} publishes nothing" if bump else ""
    needed = least(latest, change)
    if bump is not None and LEVELS.index(bump) < LEVELS.index(needed):
        raise UsageError(
            f"--bump {bump} is smaller than what has changed since {latest}, which is {needed}: {change.reason}; "
            f"give --bump {needed}, or leave it out"
        )
    chosen = bump or needed
    more = f" (asked for; {needed} fits)" if chosen != needed else ""
    return bumped(latest, chosen), f"{chosen} after {latest}{more}: {change.reason}"


def check_pinned(version: str, versions: Sequence[str], change: Change | None) -> None:
    """Raise `UsageError` where the pinned `version` is new, and older than the latest or too small a step from it."""
    if not versions or version in versions:
        return
    latest = versions[-1]
    if version_key(version) < version_key(latest):
        raise UsageError(
            f"corpus version {version} is older than the published {latest}: set a higher corpus-version in "
            f"{_SETTINGS}, or remove the line and let the build choose"
        )
    if change is None:
        return
    needed = least(latest, change)
    if LEVELS.index(_step(latest, version)) < LEVELS.index(needed):
        raise UsageError(
            f"corpus version {version} is too small a step from {latest} for what has changed, which is {needed}: "
            f'{change.reason}; set corpus-version = "{bumped(latest, needed)}" in {_SETTINGS}, or remove the line'
        )


def advice(version: str, versions: Sequence[str], change: Change | None) -> str:
    """What to do about a pinned `version` that is published and is not what this build makes."""
    if change is None or not versions or version != versions[-1]:
        chosen = f"set a higher corpus-version in {_SETTINGS}, or remove the line"
    else:
        needed = least(version, change)
        chosen = f'set corpus-version = "{bumped(version, needed)}" in {_SETTINGS} ({needed}), or remove the line'
    return f"{chosen}: a published version never changes"


def least(latest: str, change: Change) -> Level:
    """The least bump of `latest` that fits: before 1.0.0 minor is enough for a change that breaks."""
    return "minor" if change.level == "major" and version_key(latest)[0] == 0 else change.level


def bumped(version: str, level: Level) -> str:
    """`version` raised by `level`."""
    major, minor, patch = version_key(version)
    raised = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}
    return ".".join(map(str, raised[level]))


def _step(old: str, new: str) -> Level:
    before, after = version_key(old), version_key(new)
    return "major" if after[0] > before[0] else "minor" if after[1] > before[1] else "patch"


def _broken(old: ReleaseManifest, new: ReleaseManifest) -> Iterator[str]:
    """What a reader's code may rest on and does not find, or finds as something else."""
    if dropped := [name for name in old.tables if name not in new.tables]:
        yield f"table {_some(dropped)} dropped"
    gone, retyped, renumbered = [], [], []
    for table in old.tables.keys() & new.tables.keys():
        before, after = (dict(_columns(manifest.tables[table].features, table)) for manifest in (old, new))
        gone += [name for name in before if name not in after]
        for name in before.keys() & after.keys():
            labels = _labels(before[name]), _labels(after[name])
            if labels[0] is None or labels[1] is None:
                retyped += [name] if before[name] != after[name] else []
            elif labels[1][: len(labels[0])] != labels[0]:
                renumbered.append(name)
    for names, what in (
        (gone, "dropped"),
        (retyped, "has another type"),
        (renumbered, "has lost or renumbered labels"),
    ):
        if names:
            yield f"column {_some(sorted(names))} {what}"


def _widened(old: ReleaseManifest, new: ReleaseManifest) -> Iterator[str]:
    """Tables, columns and labels that are new."""
    if tables := [name for name in new.tables if name not in old.tables]:
        yield f"table {_some(tables)} added"
    columns, labels = [], []
    for table in old.tables.keys() & new.tables.keys():
        before, after = (dict(_columns(manifest.tables[table].features, table)) for manifest in (old, new))
        columns += [name for name in after if name not in before]
        labels += [name for name in before.keys() & after.keys() if _labels(before[name]) != _labels(after[name])]
    if columns:
        yield f"column {_some(sorted(columns))} added"
    if labels:
        yield f"labels of {_some(sorted(labels))} added"


def _annotated(old: ReleaseManifest, new: ReleaseManifest, same_cells: Collection[str]) -> Iterator[str]:
    """Tables whose annotations differ, and gold files that came or went without a row in any of them."""
    tables = _differing(old, new, lambda name: name not in _OF_TEXT and name not in same_cells)
    files = [{name for name in manifest.inputs if name.startswith(_ANNOTATIONS)} for manifest in (old, new)]
    if tables:
        yield f"annotations differ in {_some(tables)}"
    elif files[0] != files[1]:
        yield f"annotation files differ: {_some(sorted(files[0] ^ files[1]))}"


def _other(old: ReleaseManifest, new: ReleaseManifest, same_cells: Collection[str]) -> Iterator[str]:
    if tables := _differing(old, new, lambda name: name in _OF_TEXT and name not in same_cells):
        yield f"rows differ in {_some(tables)}"
    if tables := _differing(old, new, lambda name: name in same_cells):
        yield f"the columns differ, or their order, in {_some(tables)}"
    for what, part in (("inputs", "inputs"), ("what made it", "algorithms"), ("what wrote it", "writers")):
        before, after = getattr(old, part), getattr(new, part)
        if names := sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)):
            yield f"{what} differ{'s' if what != 'inputs' else ''}: {_some(names)}"
    if names := sorted(
        name
        for name in old.documents.keys() | new.documents.keys()
        if old.documents.get(name) != new.documents.get(name)
    ):
        yield f"documents differ: {_some(names)}"


def _differing(old: ReleaseManifest, new: ReleaseManifest, chosen: Callable[[str], bool]) -> list[str]:
    return [
        name
        for name, facts in new.tables.items()
        if name in old.tables and chosen(name) and facts.digest != old.tables[name].digest
    ]


def _counted(articles: Iterable[str], what: str) -> Iterator[str]:
    if names := sorted(articles):
        yield f"{len(names):,} article{'s' if len(names) > 1 else ''} {what}: {_some(names)}"


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
    dtype = kind.get("dtype")
    if not isinstance(dtype, Mapping) or "class_label" not in dtype:
        return None
    return [name for _, name in sorted(dtype["class_label"]["names"].items(), key=lambda item: int(item[0]))]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
