"""`changes.json` in a version: what differs from the version before; and `corpus/CHANGELOG.md`, made of all of them.

Neither holds a word of a text or of a register: what a later version takes out is not named in it. Counts, columns,
closed labels and the ids of articles are; every row is in what `allegata diff` writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from allegata.publish.bump import Change, change_since, step
from allegata.publish.diff.rows import ROW_KINDS
from allegata.publish.diff.version import TableTally, Version, VersionDiff
from allegata.publish.manifest import render_json
from allegata.publish.markdown import sections
from allegata.schema.json_lines import json_object
from allegata.schema.markup import code, inline, markdown_table
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.version_files import VersionFiles
from allegata.schema.wording import number, some, thousands

CHANGES = "changes.json"
CHANGELOG = "CHANGELOG.md"
FORMAT = "allegata-changes/1"
_SHOWN = 10
_RESTORE = "restore it from version control, or download it again"
_SCHEMA = (
    ("table", "added", "New tables"),
    ("table", "removed", "Tables dropped"),
    ("column", "added", "New columns"),
    ("column", "removed", "Columns dropped"),
    ("column", "retyped", "Columns of another type"),
    ("labels", "added", "More labels"),
    ("labels", "renumbered", "Labels dropped or renumbered"),
)

Facts = Mapping[str, Any]


def changes_document(version: str, diff: VersionDiff | None, change: Change | None) -> dict[str, Any]:
    """What `changes.json` of `version` holds: `diff` to the version before and the least bump that fits, None for a
    first version."""
    if diff is None:
        return {"format": FORMAT, "version": version, "before": None}
    return {
        "format": FORMAT,
        "version": version,
        "before": diff.old.manifest.version,
        "least_bump": change.level if change else None,
        "reason": change.reason if change else "",
        "schema": [vars(one) for one in diff.schema],
        "splits": dict(diff.splits),
        "articles": {kind: diff.articles[kind] for kind in ROW_KINDS if kind in diff.articles},
        "tables": {name: _tally(tally) for name, tally in diff.tables.items()},
    }


def _tally(tally: TableTally) -> dict[str, Any]:
    columns: dict[str, dict[str, int]] = {}
    for (column, kind), count in sorted(tally.columns.items()):
        columns.setdefault(column, {})[kind] = count
    labels: dict[str, list[dict[str, Any]]] = {}
    for (column, old, new), count in sorted(tally.labels.items(), key=lambda item: (item[0][0], -item[1], str(item))):
        labels.setdefault(column, []).append({"old": old, "new": new, "count": count})
    facts = {
        "before": tally.before,
        "after": tally.after,
        "rows": {kind: tally.kinds[kind] for kind in ROW_KINDS if tally.kinds[kind]},
        "cells": columns,
        "labels": labels,
    }
    return facts | ({"uncompared": list(tally.uncompared)} if tally.uncompared else {})


def read_changes_document(folder: Path, place: str) -> Facts | None:
    """The document of the version in `folder`; None where it has none, as versions before there was one.

    Raises `ProblemsFound` where it is not the published one.
    """
    files = VersionFiles(folder)
    if not files.has(CHANGES):
        return None
    data = files.read(CHANGES)
    try:
        found: Facts = json_object(data, strict=False)
        _entry(found)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ProblemsFound(
            [Problem("is not what a publication writes", _RESTORE, file=f"{place}/{CHANGES}")]
        ) from None
    return found


def changes_of(corpus: Path, manifests: Sequence[ReleaseManifest], index: int) -> dict[str, Any]:
    """The document of one of the versions, oldest first, made again from its tables and those of the version before.

    Raises `ProblemsFound` where one of them cannot be read.
    """
    manifest = manifests[index]
    if not index:
        return changes_document(manifest.version, None, None)
    before, after = (
        Version(place := corpus / f"v{one.version}", one, VersionFiles(place))
        for one in (manifests[index - 1], manifest)
    )
    diff = VersionDiff.between(before, after).counted()
    return changes_document(manifest.version, diff, change_since(before.manifest, manifest, diff))


def render_changelog(corpus: Path, manifests: Sequence[ReleaseManifest]) -> bytes:
    """`CHANGELOG.md`: every version, the newest first, from the document in it, or else from its tables."""
    documents = (
        read_changes_document(corpus / f"v{one.version}", f"{corpus.name}/v{one.version}")
        or changes_of(corpus, manifests, index)
        for index, one in enumerate(manifests)
    )
    entries = list(map(_entry, documents))
    return f"{sections('# Changelog', _INTRODUCTION, *reversed(entries))}\n".encode()


_INTRODUCTION = (
    "What each version changes, counted from its tables; every row and cell of it: `allegata diff OLD NEW`. "
    "A row is *moved* where its offsets are others, *renamed* where its id is, *relabelled* where a label of a closed "
    "set is, *changed* where another cell is; one row may be several of these."
)


def _entry(document: Facts) -> str:
    before, version = document["before"], document["version"]
    if before is None:
        return sections(f"## {inline(version)}", "The first version.")
    asked = step(before, version)
    fits = "" if document["least_bump"] in (asked, None) else f" ({document['least_bump']} fits)"
    reason = f": {inline(document['reason'])}" if document["reason"] else ""
    return sections(
        f"## {inline(version)}",
        f"A {asked} step after {before}{fits}{reason}.",
        _table(document),
        "\n".join(f"- {line}." for line in _lines(document)),
    )


def _table(document: Facts) -> str:
    """The rows of the tables that both versions have, and that changed in any."""
    alone = {one["name"] for one in document["schema"] if one["declared"] == "table"}
    rows = [
        [code(name), thousands(facts["before"]), thousands(facts["after"])]
        + [thousands(facts["rows"].get(kind, 0)) for kind in ROW_KINDS if kind != "split"]
        for name, facts in document["tables"].items()
        if name not in alone and (facts["rows"] or facts["before"] != facts["after"])
    ]
    kinds = [kind for kind in ROW_KINDS if kind != "split"]
    return markdown_table(["table", "rows before", "after", *kinds], rows) if rows else ""


def _lines(document: Facts) -> Iterator[str]:
    for declared, kind, what in _SCHEMA:
        names = [one["name"] for one in document["schema"] if (one["declared"], one["kind"]) == (declared, kind)]
        if names:
            yield f"{what}: {some(map(code, names), _SHOWN)}"
    for split, change in document["splits"].items():
        yield f"Split {inline(change)}: {code(split)}"
    for kind, names in document["articles"].items():
        count = document["tables"]["articles"]["rows"][kind]
        what = "in another split" if kind == "split" else kind
        yield f"{number(count, 'article')} {what}: {some(map(code, names), _SHOWN, count)}"
    for table, facts in document["tables"].items():
        for column, changes in facts["labels"].items():
            parts = (f"{_label(one['old'])} to {_label(one['new'])} ({one['count']:,})" for one in changes)
            yield f"{code(f'{table}.{column}')}: {some(parts, _SHOWN)}"
        cells = {name: sum(kinds.values()) for name, kinds in facts["cells"].items() if "relabelled" not in kinds}
        if cells:
            parts = (
                f"{code(name)} ({count:,})" for name, count in sorted(cells.items(), key=lambda one: (-one[1], one[0]))
            )
            yield f"Cells of {code(table)}: {some(parts, _SHOWN)}"
        if names := facts.get("uncompared"):
            what = f"Not compared in {code(table)}, for the types have nothing in common"
            yield f"{what}: {some(map(inline, names), _SHOWN)}"


def _label(label: str | None) -> str:
    return "none" if label is None else code(label) or "an empty text"


def check_changes(corpus: Path, manifests: Sequence[ReleaseManifest]) -> list[Problem]:
    """A problem for every version whose `changes.json` is not what its tables and those of the version before say.

    `manifests` are those of some versions under `corpus`, oldest first. A version that has none is passed over, and one
    whose version before is not among them, or whose document another program counted.
    """
    problems = []
    for index, manifest in enumerate(manifests):
        place = f"{corpus.name}/v{manifest.version}"
        stated = read_changes_document(corpus / f"v{manifest.version}", place)
        if stated is None or stated["format"] != FORMAT:
            continue
        before = manifests[index - 1].version if index else None
        if stated["version"] == manifest.version and stated["before"] != before:
            continue
        if render_changes(stated) != render_changes(changes_of(corpus, manifests, index)):
            what = "is not what differs from the version before"
            problems.append(Problem(what, _RESTORE, file=f"{place}/{CHANGES}"))
    return problems


def check_changelog(corpus: Path, manifests: Sequence[ReleaseManifest]) -> list[Problem]:
    """A problem where `CHANGELOG.md` is there and is not what the versions of `manifests`, all under `corpus`, say."""
    path = corpus / CHANGELOG
    if not path.is_file() or path.read_bytes() == render_changelog(corpus, manifests):
        return []
    what = "is not what the versions say of their changes"
    return [Problem(what, "write it again: allegata build", file=f"{corpus.name}/{CHANGELOG}")]


def render_changes(document: Facts) -> bytes:
    """The bytes of `changes.json`."""
    return render_json(json.loads(json.dumps(document)))
