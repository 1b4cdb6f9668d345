"""An article as one annotator marked it: what taggers of attributions are trained and scored on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from allegata.measures.matching import LabelledSpan

ROLES = ("Source", "Cue", "Content")


@dataclass(frozen=True)
class AnnotatedFile:
    """One article by one annotator: its text and its source, cue and content spans."""

    article_id: str
    annotator: str
    text: str
    spans: tuple[LabelledSpan, ...]


File = TypeVar("File", bound=AnnotatedFile)


def first_annotators(files: Iterable[File]) -> list[File]:
    """One file an article: the annotator that comes first by id."""
    chosen: dict[str, File] = {}
    for file in sorted(files, key=lambda file: (file.article_id, file.annotator)):
        chosen.setdefault(file.article_id, file)
    return list(chosen.values())
