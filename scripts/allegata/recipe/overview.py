"""What the overview of a version shows beside its tables: suites, agreement, leaderboard, versions before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from allegata.browse.overview import (
    Agreement,
    AttributeAgreement,
    Beside,
    Compared,
    LayerAgreement,
    Leaderboard,
    SuiteState,
    SystemScore,
    TableChange,
    TaskScores,
    VersionStep,
)

if TYPE_CHECKING:
    from allegata.schema.release_manifest import ReleaseManifest

LEADERBOARD = "leaderboard.json"
Taken = TypeVar("Taken", LayerAgreement, AttributeAgreement)


def beside(corpus: Path, folder: Path) -> Beside:
    """What is known of the version in `folder`; `corpus` holds it and other versions, or is that folder.

    Nothing is needed that is not there. Raises `ProblemsFound` for what is damaged.
    """
    from allegata.recipe.verify import suite_report

    report = suite_report(folder)
    return Beside(
        None if report is None else [_state(table) for table in report.tables],
        _agreement(folder),
        _leaderboard(corpus, folder),
        tuple(_versions(corpus, folder)),
    )


def _state(table: Any) -> SuiteState:
    failing = [(outcome.expectation, outcome.failed) for outcome in table.outcomes if outcome.failed]
    return SuiteState(table.table, table.rows, table.expectations, failing)


def _agreement(folder: Path) -> Agreement | None:
    """What the version says of the agreement of its passes; None of one without that file, as older programs wrote."""
    from allegata.publish.contents import AGREEMENT
    from allegata.publish.stored import read_stored
    from allegata.schema.version_files import VersionFiles

    files = VersionFiles(folder)
    if not files.has(AGREEMENT):
        return None
    files.prove([AGREEMENT])
    facts = read_stored(folder, AGREEMENT, "allegata build", _figures)
    return None if facts is None else _figures(facts)


def _figures(facts: Mapping[str, Any]) -> Agreement:
    return Agreement(
        facts["what"],
        [
            Compared(
                one["name"],
                one["annotators"],
                len(one["articles"]),
                [_taken(LayerAgreement, row) for row in one["layers"]],
                [_taken(AttributeAgreement, row) for row in one["attributes"]],
            )
            for one in facts["comparisons"]
        ],
    )


def _taken(kind: type[Taken], row: Mapping[str, Any]) -> Taken:
    return kind(**{one.name: row[one.name] for one in fields(kind)})


def _leaderboard(corpus: Path, folder: Path) -> Leaderboard | None:
    from allegata.publish.card.leaderboard import tables_digest
    from allegata.publish.stored import read_stored
    from allegata.schema.version_files import VersionFiles

    facts = read_stored(corpus, LEADERBOARD, "allegata leaderboard", _tasks)
    if facts is None:
        return None
    same = facts["tables"] == tables_digest(VersionFiles(folder).manifest)
    return Leaderboard(str(facts["version"]), same, _tasks(facts))


def _tasks(facts: Mapping[str, Any]) -> list[TaskScores]:
    return [
        TaskScores(
            name,
            task["question"],
            task["measure"],
            [
                SystemScore(one["system"], one["method"], one["score"], tuple(one["interval"] or ()) or None)
                for one in task["systems"]
            ],
        )
        for name, task in facts["tasks"].items()
    ]


def _versions(corpus: Path, folder: Path) -> Iterator[VersionStep]:
    """All versions there are, the newest first. What one changed is what its `changes.json` says; of one that
    has none only the numbers of rows are known without comparing every row."""
    from allegata.publish.diff.changelog import read_changes_document
    from allegata.publish.manifest import read_manifests
    from allegata.schema.version_files import VersionFiles

    manifests = read_manifests(corpus) if folder != corpus else [VersionFiles(folder).manifest]
    for index in reversed(range(len(manifests))):
        manifest = manifests[index]
        place = corpus / f"v{manifest.version}" if folder != corpus else folder
        stated = read_changes_document(place, place.name)
        before = manifests[index - 1] if index else None
        if stated and stated["before"]:
            tables = [
                TableChange(name, one["before"], one["after"], one["rows"]) for name, one in stated["tables"].items()
            ]
            yield VersionStep(manifest.version, stated["before"], stated["reason"], tables)
        else:
            names = dict.fromkeys([*(before.tables if before else ()), *manifest.tables])
            yield VersionStep(
                manifest.version,
                before.version if before else "",
                "",
                [TableChange(name, _rows(before, name), _rows(manifest, name) or 0, {}) for name in names],
            )


def _rows(manifest: ReleaseManifest | None, table: str) -> int | None:
    return manifest.tables[table].rows if manifest and table in manifest.tables else None
