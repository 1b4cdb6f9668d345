"""Putting what was measured into the card: stored beside the versions, its section written again in both copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from allegata.publish.card.files import replace_pages
from allegata.publish.card.leaderboard import (
    LEADERBOARD,
    leaderboard_page,
    leaderboard_section,
    read_leaderboard_facts,
    rows_lost,
    tables_digest,
)
from allegata.publish.card.pages import CARD, Links, page_place
from allegata.publish.card.pre_annotation import PRE_ANNOTATION, pre_annotation_page, pre_annotation_section
from allegata.publish.configs import README
from allegata.publish.manifest import read_manifests, render_json
from allegata.publish.markdown import with_section
from allegata.publish.release import publishing
from allegata.publish.stored import Facts
from allegata.publish.sums import renewed_sums
from allegata.schema.file_kinds import utf8_text
from allegata.schema.files import replace_file
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.unchanged import Before
from allegata.schema.version_files import VersionFiles
from allegata.schema.versions import SUMS, is_published


def scored_manifest(version: Path) -> ReleaseManifest:
    """The manifest of the version in the folder `version`. Raises UsageError where there is none."""
    if not is_published(version):
        raise UsageError(f"{version} is not a published version: a leaderboard names what it was scored on")
    return VersionFiles(version).manifest


def install_leaderboard(root: Path, facts: Facts, *, replace: bool = False) -> tuple[Path, ...]:
    """Store `facts`, and write the benchmark section and page of the card as the next publication will write them.

    Returns the files that were written. Raises UsageError where the facts are not of the latest version, the card has
    no place for them, or a task or system of the stored leaderboard is not in them and `replace` is not set.
    """
    stored = None if replace else read_leaderboard_facts(root)
    if stored is not None and (lost := rows_lost(stored, facts)):
        what = f"{LEADERBOARD} has what was not scored here: {'; '.join(lost)}"
        raise UsageError(f"{what}. Give --no-card to print the tables only, --replace to lose these rows")

    def shown(links: Links) -> tuple[str, bytes]:
        manifest = read_manifests(root / "corpus")[-1]
        if (facts["version"], facts["tables"]) != (manifest.version, tables_digest(manifest)):
            what = f"the scores are of version {facts['version']}, the card is of {manifest.version}"
            raise UsageError(f"{what}: give --no-card to print them only")
        return leaderboard_section(facts, manifest, links), leaderboard_page(facts, manifest)

    return _install(root, LEADERBOARD, facts, shown, "a leaderboard")


def install_pre_annotation(root: Path, facts: Facts) -> None:
    """Store `facts`, and write the section on proposals as the next publication will write it.

    Raises UsageError where the card has no place for it.
    """

    def shown(links: Links) -> tuple[str, bytes]:
        return pre_annotation_section(facts, links), pre_annotation_page(facts)

    _install(root, PRE_ANNOTATION, facts, shown, "the quality of proposals")


def _install(
    root: Path, name: str, facts: Facts, shown: Callable[[Links], tuple[str, bytes]], what: str
) -> tuple[Path, ...]:
    """Write the section that `shown` returns into both copies of the card, and its page, called as the facts are;
    return the files that were written."""
    corpus = root / "corpus"
    with publishing(corpus):
        read = [corpus / README, root / CARD, root / name]
        before = Before.of(*read)
        cards, manifests = {}, read_manifests(corpus)
        for path, links in ((corpus / README, Links()), (root / CARD, Links("corpus/"))):
            section, page = shown(links)
            card = with_section(_text(path), section)
            if card is None:
                place = path.relative_to(root).as_posix()
                raise UsageError(f"{place} has no place for {what}: run `allegata publish` first")
            cards[path] = card.encode()
        before.refuse_changed(read, root)
        place = page_place(Path(name).stem)
        renewed = [Path(name).name, place, README]
        replace_file(
            corpus / SUMS, renewed_sums(corpus, manifests, renewed, there=False)
        )  # a killed run stops no build
        replace_file(root / name, render_json(facts))
        replace_pages(corpus, {corpus / place: page})
        for path, data in cards.items():
            replace_file(path, data)
        replace_file(corpus / SUMS, renewed_sums(corpus, manifests, renewed))
    return root / name, *([corpus / place] if page else []), *cards, corpus / SUMS


def _text(path: Path) -> str:
    text = utf8_text(path.read_bytes(), path.name) if path.is_file() else ""
    if isinstance(text, Problem):
        raise ProblemsFound([replace(text, fix="run `allegata publish`, which writes it again")])
    return text
