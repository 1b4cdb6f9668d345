"""Publication from top to bottom: prove what is published, write aside, choose the version, rename, refresh the rest.

What a version contains is in `contents`; the folder that becomes it, and the lock, are in `release`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allegata.publish.bump import Change, Level, advice, change_since, check_pinned, next_version
from allegata.publish.card.facts import CardData
from allegata.publish.card.files import replace_card, unusable_places
from allegata.publish.card.pages import CARD, generated_pages
from allegata.publish.card.render import render_card
from allegata.publish.configs import README
from allegata.publish.contents import Candidate, Contents, write_tables
from allegata.publish.diff.changelog import CHANGELOG, CHANGES, changes_document, render_changelog, render_changes
from allegata.publish.diff.version import Version, VersionDiff
from allegata.publish.differences import check_version
from allegata.publish.manifest import read_manifests, render_json, render_release_manifest
from allegata.publish.pins import merged_pins
from allegata.publish.release import install_version, prepared, publishing
from allegata.publish.splits import PINS
from allegata.publish.sums import check_register, render_sums
from allegata.schema.digests import sha256_file
from allegata.schema.files import replace_file, unreadable, write_file
from allegata.schema.problems import ProblemsFound
from allegata.schema.unchanged import Before
from allegata.schema.version_files import VersionFiles
from allegata.schema.versions import RELEASE_MANIFEST, SUMS, version_key


@dataclass(frozen=True)
class ReleaseResult:
    """What `release` did: `path` is the version's folder, `files` are relative to it; `why` it is this version."""

    version: str
    created: bool
    path: Path
    files: tuple[str, ...]
    why: str = ""


# The versions that are published, the oldest first, by their names.
Published = Mapping[str, Version]


@dataclass(frozen=True)
class _Choice:
    """The version that a candidate becomes, `why`, and what has changed since the latest one; None for the first."""

    version: str
    why: str
    change: Change | None
    diff: VersionDiff | None


def release(contents: Contents, *, root: Path, version: str | None = None, bump: Level | None = None) -> ReleaseResult:
    """Publish `contents` as `root/corpus/v<version>`, or prove that it already says the same.

    Without a `version` it is the next one, by `bump` or by the least bump that fits what has changed (`bump`); where
    nothing has, the latest version is proved equal. A new version says in `changes.json` what differs from the one
    before, in `agreement.json` how far its passes agree. Beside the versions, `corpus/splits.json`,
    `corpus/CHANGELOG.md`, `corpus/README.md` with its pages, `corpus/SHA256SUMS` and `dataset_card.md` are replaced;
    a `corpus/.huggingface.yaml` of an earlier publication is deleted, for `datasets` reads it first.

    Raises `ProblemsFound` when the tables break their schemas, when a published article would move, when the
    version exists and differs, or when a file of another version is not the one its manifest names; `UsageError`
    when the version is malformed, older than the latest, or too small a step for what has changed, and when a file that
    would be replaced was changed meanwhile.
    """
    corpus = root / "corpus"
    if version is not None:
        version_key(version)
    with publishing(corpus), prepared(corpus) as folder:
        _check_places(root)
        before = _beside_versions(root)
        published = _proved(corpus, version)
        pins = merged_pins(root, contents.splits)
        candidate = write_tables(contents, folder)
        choice = _choose(candidate, published, version, bump)
        _write_documents(candidate, published, choice)
        place = corpus / f"v{choice.version}"
        before.refuse_changed(_beside_versions(root).digests.keys() | before.digests.keys(), root)
        if published and not (corpus / SUMS).is_file():  # a version is chained to what a register holds
            replace_file(corpus / SUMS, render_sums(corpus, [one.manifest for one in published.values()]))
        created = install_version(folder, place, advice(choice.version, list(published), choice.change))
        _replace_beside(root, candidate, choice.version, pins)
    files = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return ReleaseResult(choice.version, created, place, tuple(files), choice.why)


def _check_places(root: Path) -> None:
    """Raises `ProblemsFound` where a file beside the versions cannot be replaced: before any version is written."""
    names = (PINS, f"corpus/{CHANGELOG}")
    problems = [problem for name in names if (problem := unreadable(root / name, name))]
    if problems := [*problems, *unusable_places(root)]:
        raise ProblemsFound(problems)


def _beside_versions(root: Path) -> Before:
    """The files that a publication replaces, as they are now: an edit that is made while it runs is not undone."""
    corpus = root / "corpus"
    names = (corpus / README, corpus / CHANGELOG, corpus / SUMS, root / PINS, root / CARD)
    return Before.of(*names, *generated_pages(corpus))


def _proved(corpus: Path, version: str | None) -> Published:
    """Every version that is published, proved with its register, its chain and what is beside it.

    The pinned `version` is not compared with its manifest: it is compared with this build. Raises `ProblemsFound`.
    """
    manifests = read_manifests(corpus)
    if version is not None:
        check_pinned(version, [manifest.version for manifest in manifests], None)
    problems = check_register(corpus, manifests, (README, CHANGELOG))
    for manifest in manifests:
        if manifest.version != version:
            name = f"v{manifest.version}"
            problems += check_version(corpus / name, manifest, f"{corpus.name}/{name}")
    if problems:
        raise ProblemsFound(problems)
    return {
        manifest.version: Version(place := corpus / f"v{manifest.version}", manifest, VersionFiles(place))
        for manifest in manifests
    }


def _choose(candidate: Candidate, published: Published, version: str | None, bump: Level | None) -> _Choice:
    """Which version the candidate becomes: the pinned one, or the next. Raises `UsageError` where it cannot."""
    versions = list(published)
    change = diff = None
    if versions:
        old = published[versions[-1]]
        documents = candidate.documents(versions[-1], _frozen(old))
        new = Version(candidate.folder, candidate.manifest(versions[-1], documents, old.manifest.before))
        diff = _difference(old, new, needed=version not in versions)
        change = change_since(old.manifest, new.manifest, diff)
    why = ""
    if version is None:
        version, why = next_version(versions, change, bump)
    check_pinned(version, versions, change)
    return _Choice(version, why, change, diff)


def _write_documents(candidate: Candidate, published: Published, choice: _Choice) -> None:
    """Write what is beside the tables, the manifest last. A version that is published keeps what it says of its
    changes and of the version before it."""
    if same := published.get(choice.version):
        changes, before = _frozen(same), same.manifest.before
    else:
        changes = render_changes(changes_document(choice.version, choice.diff, choice.change))
        before = _chained(published)
    documents = candidate.documents(choice.version, changes)
    manifest = candidate.manifest(choice.version, documents, before)
    for name, data in documents.items():
        write_file(candidate.folder / name, data)
    write_file(candidate.folder / RELEASE_MANIFEST, render_release_manifest(manifest))


def _replace_beside(root: Path, candidate: Candidate, version: str, pins: Mapping[str, str]) -> None:
    """Replace the files beside the versions, where `version` is the latest: they are of the latest."""
    corpus, contents = root / "corpus", candidate.contents
    manifests = read_manifests(corpus)
    if manifests[-1].version == version:
        card = CardData(contents.facts, candidate.counts, contents.splits, contents.ledger, manifests)
        replace_file(root / PINS, render_json(pins))
        replace_file(corpus / CHANGELOG, render_changelog(corpus, manifests))
        replace_card(root, render_card(card))
        replace_file(corpus / SUMS, render_sums(corpus, manifests))


def _frozen(version: Version) -> bytes | None:
    """What a published version says that it changed: it stays, however a later program counts. None where it says
    nothing; a file that is missing is reported when the versions are compared."""
    path = version.folder / CHANGES
    return path.read_bytes() if CHANGES in version.manifest.documents and path.is_file() else None


def _difference(old: Version, new: Version, *, needed: bool) -> VersionDiff | None:
    """The rows that differ, counted; None where a damaged version cannot be read and its bytes are compared anyway."""
    try:
        return VersionDiff.between(old, new).counted()
    except ProblemsFound:
        if needed:
            raise
        return None


def _chained(published: Published) -> dict[str, str]:
    """What a new version says of the one before it: its name and the digest of its manifest, nothing for the first."""
    if not published:
        return {}
    latest = list(published.values())[-1]
    return {"version": latest.manifest.version, "sha256": sha256_file(latest.folder / RELEASE_MANIFEST)}
