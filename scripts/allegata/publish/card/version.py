"""`corpus/vX.Y.Z/README.md`: what the folder of one version needs to load alone, and what it is.

Part of the version, so it says only what was published with it, and nothing that is measured later.
"""

from __future__ import annotations

from collections.abc import Mapping

from allegata.publish.card.tables import table_counts
from allegata.publish.configs import front_matter, version_configs, without_rows
from allegata.publish.hub.metadata import hub_metadata
from allegata.publish.markdown import sections
from allegata.publish.summary import INVENTED, Summary
from allegata.schema.markup import inline
from allegata.schema.release_manifest import TableFacts


def render_version_card(version: str, tables: Mapping[str, TableFacts], summary: Summary) -> bytes:
    """Return the README of a version: front matter with the configs of its tables, and a short text."""
    name = summary.example
    text = sections(
        f"# {inline(summary.settings.shown)} {version}",
        f"**{summary.facts}.**",
        INVENTED if summary.settings.invented else "",
        f"{inline(summary.headline)}.",
        "This folder is one published version and loads alone, wherever it is copied to:",
        f'```python\nfrom datasets import load_dataset\n\n{name} = load_dataset("./v{version}", "{name}")\n```',
        without_rows(tables),
        table_counts(tables),
        "`croissant.json` describes every column, `manifest.json` holds the SHA-256 of every file, `changes.json` "
        "counts what differs from the version before. "
        "The version never changes; corrections are a new version.",
    )
    return f"{front_matter(hub_metadata(summary), version_configs(version, tables))}\n{text}\n".encode()
