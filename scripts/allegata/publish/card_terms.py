"""The end of the card: limits, rights, citation and versions."""

from __future__ import annotations

from collections.abc import Sequence

from allegata.publish.card_tables import version_rows
from allegata.publish.manifest import ReleaseManifest
from allegata.publish.markdown import number, thousands, under
from allegata.publish.summary import Summary, licence_link, licence_name
from allegata.schema.settings import Settings


def limits(summary: Summary) -> str:
    """How many articles tell what, and what no figure of the corpus says."""
    advice = "Where the articles name people, do not use the corpus to profile them."
    if "claims" in summary.tables:
        advice = (
            "A claim in this corpus is something somebody said or wrote. It is not thereby true, and nothing here "
            f"says which claims are. {advice}"
        )
    measured = (
        "Scores measured here compare methods on these texts; they say nothing about other texts. "
        if summary.annotated
        else ""
    )
    return under("Limits", f"{summary.extent}.", f"{measured}{advice}")


def rights(summary: Summary, unknown: int) -> str:
    """The licence of the corpus, and for how many articles (`unknown`) nobody knows the terms."""
    settings, count = summary.settings, summary.articles
    name, link = licence_name(settings), licence_link(settings)
    stated = f"{name} (<{link}>)" if name and link else name or (f"<{link}>" if link else "")
    known = "Column `articles.rights` states what each article allows."
    if unknown:
        known = (
            f"For {thousands(unknown)} of {number(count, 'article')} the terms are unknown (`articles.rights` is "
            "null): unknown is not permission; ask the publisher before you pass the texts on."
        )
    return under(
        "Rights",
        f"Licence: {stated}." if stated else "No licence is stated.",
        known,
    )


def citation(settings: Settings) -> str:
    """How to cite the corpus; empty where the settings do not say."""
    if not settings.citation:
        return ""
    bibtex = settings.citation.startswith("@")
    return under("Citation", f"```bibtex\n{settings.citation}\n```" if bibtex else settings.citation)


def versions(manifests: Sequence[ReleaseManifest]) -> str:
    """All versions with their rows, newest first."""
    return under(
        "Versions",
        version_rows(manifests),
        "Every version stays as published. `corpus/vX.Y.Z/manifest.json` holds the SHA-256 of each file, a digest of "
        "each table's rows that does not depend on how they are stored, and the hashes of what its tables were made "
        "from: the files of `raw/`, the rows of `raw/manifest.jsonl` and the annotation files.",
    )
