"""The Hub's metadata of a corpus, for the front matter of its card: only keys that the corpus has something for."""

from __future__ import annotations

from typing import Any

from allegata.publish.summary import Summary, hub_licence_of
from allegata.schema.languages import primary_language

# The size classes of the Hub, by upper bound.
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
)
# Kinds of the register, in the Hub's terms.
_CREATORS = {"human": "expert-generated", "model": "machine-generated"}
# Task category -> the tables that it is trained on, and task id likewise.
_CATEGORIES = {
    "token-classification": ("entities", "claims", "attributions", "time_expressions"),
    "text-classification": ("claims", "relations"),
}
_TASKS = {"named-entity-recognition": ("entities",), "multi-input-text-classification": ("relations",)}


def hub_metadata(summary: Summary) -> dict[str, Any]:
    """The metadata in the order in which the Hub's own cards have it."""
    settings = summary.settings
    languages = summary.tags or settings.language
    bases = sorted({primary_language(tag) for tag in languages})
    found: dict[str, Any] = {
        "pretty_name": settings.shown,
        "language": bases,
        # The Hub takes ISO 639 codes there; tags that say more go beside them.
        "language_bcp47": sorted(languages) if any("-" in tag for tag in languages) else [],
        **hub_licence_of(settings),
        "annotations_creators": _creators(summary),
        "multilinguality": _multilinguality(bases),
        "size_categories": [next((size for bound, size in _SIZES if summary.articles < bound), "100M<n<1B")],
        "task_categories": [task for task, tables in _CATEGORIES.items() if {*tables} & {*summary.tables}],
        "task_ids": [task for task, tables in _TASKS.items() if {*tables} & {*summary.tables}],
        "tags": list(settings.tags),
    }
    return {key: value for key, value in found.items() if value}


def _creators(summary: Summary) -> list[str]:
    if not summary.annotated:
        return ["no-annotation"]
    kinds = summary.kinds - ({"human"} if summary.corrected else set())  # an expert has not seen all of it
    return [term for kind, term in _CREATORS.items() if kind in kinds]


def _multilinguality(languages: list[str]) -> list[str]:
    return [] if not languages else ["multilingual" if len(languages) > 1 else "monolingual"]
