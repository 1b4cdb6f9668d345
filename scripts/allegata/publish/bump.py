"""Which version comes next: the least bump that fits what has changed since the latest one. Pure.

The rules are those of Semantic Versioning 2.0.0 read for data: what breaks a reader's code is major, what gives it more
or other labels is minor, all else is patch. Before 1.0.0 a minor bump may break (its item 4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from allegata.publish.diff.rows import RowKind
from allegata.publish.diff.schema import Declared, SchemaChange, SchemaKind, schema_changes
from allegata.publish.diff.version import VersionDiff
from allegata.publish.manifest import render_release_manifest
from allegata.schema.problems import UsageError
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.versions import version_key
from allegata.schema.wording import number, some

Level = Literal["patch", "minor", "major"]
LEVELS: tuple[Level, ...] = ("patch", "minor", "major")
FIRST = "1.0.0"
# Tables that are made of the texts alone. All others hold annotations.
_OF_TEXT = frozenset({"articles", "sentences", "citations", "removals", "ledger"})
_ANNOTATIONS = "annotations/"
# Documents that name their version: those of two versions always differ.
_NAMING_THE_VERSION = frozenset({"README.md", "changes.json", "croissant.json"})
_SHOWN = 5
_SETTINGS = "allegata.toml or [tool.allegata]"
# What a reader's code may rest on and does not find, or finds as something else; and what is there beside it.
_BREAKING: tuple[tuple[Declared, SchemaKind, str], ...] = (
    ("table", "removed", "table {} dropped"),
    ("column", "removed", "column {} dropped"),
    ("column", "retyped", "column {} has another type"),
    ("labels", "renumbered", "column {} has lost or renumbered labels"),
)
_WIDENING: tuple[tuple[Declared, SchemaKind, str], ...] = (
    ("table", "added", "table {} added"),
    ("column", "added", "column {} added"),
    ("labels", "added", "labels of {} added"),
)
_BREAKING_ARTICLES: tuple[tuple[RowKind, str], ...] = (("removed", "removed"), ("split", "in another split"))
_MORE_ARTICLES: tuple[tuple[RowKind, str], ...] = (("added", "added"),)


@dataclass(frozen=True)
class Change:
    """What has changed since a version: the least bump that fits, and why, in one line."""

    level: Level
    reason: str


def change_since(old: ReleaseManifest, new: ReleaseManifest, diff: VersionDiff | None = None) -> Change | None:
    """What differs between two manifests, but for their versions; None where nothing does.

    `diff` has counted the rows of both; without it a table whose digest is another counts as one whose rows are. `new`
    has the documents of `old`'s version: they name it.
    """
    if render_release_manifest(replace(new, version=old.version)) == render_release_manifest(old):
        return None
    schema = schema_changes(old.tables, new.tables)
    same = {name for name, tally in diff.tables.items() if not tally.kinds} if diff else set()
    reasons: dict[Level, list[str]] = {
        "major": [*_declared(schema, _BREAKING), *_articles(diff, _BREAKING_ARTICLES)],
        "minor": [
            *_articles(diff, _MORE_ARTICLES),
            *_declared(schema, _WIDENING),
            *_annotated(old, new, same),
            *_relabelled(diff),
        ],
        "patch": list(_other(old, new, same)),
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
    if LEVELS.index(step(latest, version)) < LEVELS.index(needed):
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


def step(old: str, new: str) -> Level:
    """Which of its numbers a version raises after an older one."""
    before, after = version_key(old), version_key(new)
    return "major" if after[0] > before[0] else "minor" if after[1] > before[1] else "patch"


def _declared(schema: Sequence[SchemaChange], kinds: Sequence[tuple[Declared, SchemaKind, str]]) -> Iterator[str]:
    """The tables, columns and labels of some changes of the schema."""
    for declared, kind, sentence in kinds:
        if names := [one.name for one in schema if (one.declared, one.kind) == (declared, kind)]:
            of_several = sentence if len(names) == 1 else _plural(sentence)
            yield of_several.format(some(names if declared == "table" else sorted(names), _SHOWN))


def _articles(diff: VersionDiff | None, kinds: Sequence[tuple[RowKind, str]]) -> Iterator[str]:
    """How many articles came, went, or changed their split, and which."""
    counts = diff.tables["articles"].kinds if diff and "articles" in diff.tables else {}
    for kind, what in kinds:
        if count := counts.get(kind, 0):
            assert diff is not None  # it has the count
            names = some(diff.articles[kind], _SHOWN, count)
            yield f"{number(count, 'article')} {what}: {names}"


def _relabelled(diff: VersionDiff | None) -> Iterator[str]:
    """Closed label sets of tables about the text of which rows have another label."""
    columns = {
        f"{table}.{column}"
        for table, tally in (diff.tables.items() if diff else ())
        for column, kind in tally.columns
        if table in _OF_TEXT and kind == "relabelled"
    }
    if columns:
        yield f"labels differ in {some(sorted(columns), _SHOWN)}"


def _annotated(old: ReleaseManifest, new: ReleaseManifest, same_cells: Collection[str]) -> Iterator[str]:
    """Tables whose annotations differ, and gold files that came or went without a row in any of them."""
    tables = _differing(old, new, lambda name: name not in _OF_TEXT and name not in same_cells)
    files = [{name for name in manifest.inputs if name.startswith(_ANNOTATIONS)} for manifest in (old, new)]
    if tables:
        yield f"annotations differ in {some(tables, _SHOWN)}"
    elif files[0] != files[1]:
        yield f"annotation files differ: {some(sorted(files[0] ^ files[1]), _SHOWN)}"


def _other(old: ReleaseManifest, new: ReleaseManifest, same_cells: Collection[str]) -> Iterator[str]:
    found = False
    if tables := _differing(old, new, lambda name: name in _OF_TEXT and name not in same_cells):
        found = True
        yield f"rows differ in {some(tables, _SHOWN)}"
    if tables := _differing(old, new, lambda name: name in same_cells):
        found = True
        yield f"the columns differ, or their order, in {some(tables, _SHOWN)}"
    for what, part in (("inputs", "inputs"), ("what made it", "algorithms"), ("what wrote it", "writers")):
        if names := _other_keys(getattr(old, part), getattr(new, part)):
            found = True
            yield f"{what} differ{'s' if what != 'inputs' else ''}: {some(names, _SHOWN)}"
    documents = _other_keys(old.documents, new.documents)
    if names := [name for name in documents if name not in _NAMING_THE_VERSION]:
        yield f"documents differ: {some(names, _SHOWN)}"
    elif documents and not found:
        yield "what the version says of itself differs"


def _other_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _differing(old: ReleaseManifest, new: ReleaseManifest, chosen: Callable[[str], bool]) -> list[str]:
    return [
        name
        for name, facts in new.tables.items()
        if name in old.tables and chosen(name) and facts.digest != old.tables[name].digest
    ]


def _plural(sentence: str) -> str:
    """The same of several: `column {} has …` is `columns {} have …`."""
    return re.sub(r"^(table|column)", r"\1s", sentence).replace(" has ", " have ")
