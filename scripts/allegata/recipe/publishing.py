"""Who publishes is alone in the corpus from the first file that it reads, and says how far it came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allegata.schema.files import holding_corpus
from allegata.schema.system_errors import noting
from allegata.schema.versions import versions_in


@contextmanager
def publishing(root: Path) -> Iterator[None]:
    """One command at a time publishes; whatever ends it, the report says whether there is a new version."""
    before = versions_in(root / "corpus")

    def state() -> str:
        new = [version for version in versions_in(root / "corpus") if version not in before]
        again = "the same command again writes the files beside it anew"
        return f"version {new[0]} is published whole; {again}" if new else "no version was published or changed"

    with holding_corpus(root), noting(state):
        yield
