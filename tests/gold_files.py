"""Gold files as the tests read and break them: everything under annotations/ at once, and the report of its faults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from allegata.annotate.stage import Annotations, read_articles, with_cross_article
from allegata.schema.problems import ProblemsFound
from project import ARTICLES, source_text

TEXTS: Mapping[str, str] = {article: source_text(article) for article in ARTICLES}
FIRST = ARTICLES[0]


def read_annotations(annotations: Path, texts: Mapping[str, str] = TEXTS) -> Annotations:
    """Gold files, registers and the files across articles, anchored to the source texts."""
    return with_cross_article(read_articles(annotations, texts), annotations)


def report(annotations: Path, texts: Mapping[str, str] = TEXTS) -> str:
    """The problem report of a folder that has problems."""
    with pytest.raises(ProblemsFound) as error:
        read_annotations(annotations, texts)
    return str(error.value)


def gold(annotations: Path, article: str = FIRST) -> Path:
    """The gold file of an article."""
    return annotations / "gold" / f"{article}.jsonl"
