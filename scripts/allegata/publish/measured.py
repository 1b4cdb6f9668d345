"""Putting what was measured into the card: stored beside the versions, its section written again in both copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from allegata.publish.card import CARD
from allegata.publish.card_leaderboard import LEADERBOARD, leaderboard_section, tables_digest
from allegata.publish.card_pre_annotation import PRE_ANNOTATION, pre_annotation_section
from allegata.publish.configs import README
from allegata.publish.manifest import ReleaseManifest, read_manifests, render_json
from allegata.publish.markdown import with_section
from allegata.publish.release import publishing, replace_file
from allegata.publish.stored import Facts
from allegata.publish.sums import SUMS, render_sums
from allegata.schema.problems import UsageError


def scored_manifest(version: Path) -> ReleaseManifest:
    """The manifest of the version in the folder `version`. Raises UsageError where there is none."""
    for manifest in read_manifests(version.parent):
        if version.name == f"v{manifest.version}":
            return manifest
    raise UsageError(f"{version} is not a published version: a leaderboard names what it was scored on")


def install_leaderboard(root: Path, facts: Facts) -> None:
    """Store `facts`, and write the benchmark section of the card as the next publication will write it.

    Raises UsageError where the facts are not of the latest version, or the card has no place for them.
    """

    def section() -> str:
        manifest = read_manifests(root / "corpus")[-1]
        if (facts["version"], facts["tables"]) != (manifest.version, tables_digest(manifest)):
            what = f"the scores are of version {facts['version']}, the card is of {manifest.version}"
            raise UsageError(f"{what}: give --no-card to print them only")
        return leaderboard_section(facts, manifest)

    _install(root, LEADERBOARD, facts, section, "a leaderboard")


def install_pre_annotation(root: Path, facts: Facts) -> None:
    """Store `facts`, and write the section on proposals as the next publication will write it.

    Raises UsageError where the card has no place for it.
    """
    _install(root, PRE_ANNOTATION, facts, lambda: pre_annotation_section(facts), "the quality of proposals")


def _install(root: Path, name: str, facts: Facts, section: Callable[[], str], what: str) -> None:
    with publishing(root / "corpus"):
        cards = {path: with_section(_text(path), section()) for path in (root / "corpus" / README, root / CARD)}
        for path, card in cards.items():
            if card is None:
                place = path.relative_to(root).as_posix()
                raise UsageError(f"{place} has no place for {what}: run `allegata publish` first")
        replace_file(root / name, render_json(facts))
        for path, card in cards.items():
            replace_file(path, (card or "").encode())
        replace_file(root / "corpus" / SUMS, render_sums(root / "corpus", read_manifests(root / "corpus")))


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""
