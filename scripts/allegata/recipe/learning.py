"""What `pre-annotate` may learn from: the gold of annotations/, or a published version."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from allegata.recipe.state import Build
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import PublishedCorpus, load_corpus
from allegata.schema.versions import is_published, latest

if TYPE_CHECKING:
    from allegata.annotate.stage import Registers


@dataclass(frozen=True)
class Lesson:
    """A corpus as tables, the articles of it to learn from, and how reports call them."""

    corpus: PublishedCorpus
    articles: tuple[str, ...]
    name: str


def find_lesson(build: Build, registers: Registers, without: Collection[str], corpus: Path | None) -> Lesson | None:
    """The gold of the articles that are still in, else what the newest published version has; None without any gold.

    `corpus` names a published version to learn from instead; then `UsageError` where it has no gold. The articles
    `without` are those that proposals are made for. Raises `ProblemsFound` for a fault of a gold file.
    """
    if corpus is not None:
        loaded = load_corpus(corpus)
        lesson = _lesson(loaded, without, f"corpus {loaded.name}")
        if lesson is None:
            raise UsageError(f"{loaded.name} has no other annotated article to learn from: take another --corpus")
        return lesson
    here = _gold_tables(build, registers, without)
    if here is not None:
        return _lesson(here, without, "annotations/gold")
    version = latest(build.root / "corpus")
    if not is_published(version):
        return None
    loaded = load_corpus(version)
    return _lesson(loaded, without, f"corpus {loaded.name}")


def _lesson(corpus: PublishedCorpus, without: Collection[str], name: str) -> Lesson | None:
    articles = tuple(article_id for article_id in corpus.articles if article_id not in without)
    if not articles:
        return None
    return Lesson(corpus, articles, f"{name} ({len(articles)} article{'s'[: len(articles) > 1]})")


def _gold_tables(build: Build, registers: Registers, without: Collection[str]) -> PublishedCorpus | None:
    """The gold files of annotations/ as the tables that a build would publish; None where there is none to learn."""
    from allegata.annotate.stage import annotate, read_gold_files
    from allegata.publish.projection import project
    from allegata.recipe.steps.annotation import gold_by_article

    folder = build.root / "annotations"
    wanted = [article_id for article_id in build.members["article_id"].to_pylist() if article_id not in without]
    by_article, problems = gold_by_article(folder, wanted, build.scheme)
    parts: dict[str, list[pa.Table]] = {}
    for articles in build.article_batches(by_article):
        ids, texts = articles["article_id"].to_pylist(), articles["source_text"].to_pylist()
        paths = [folder / name for article_id in ids for name in by_article[article_id]]
        gold, faults = read_gold_files(paths, folder, dict(zip(ids, texts, strict=True)), registers)
        problems += faults
        for name, table in project(annotate(articles, gold, build.scheme), registers.entity, build.scheme).items():
            parts.setdefault(name, []).append(table)
    if faults := [problem for problem in problems if problem.article_id not in without]:
        raise ProblemsFound(faults)
    if not parts:
        return None
    return PublishedCorpus(
        "annotations/gold", {name: pa.concat_tables(tables) for name, tables in parts.items()}, scheme=build.scheme
    )
