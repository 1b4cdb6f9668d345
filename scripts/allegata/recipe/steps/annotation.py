"""Batches of articles that stay: gold files onto them, and everything onto the published tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.finish import KEY
from allegata.engine.work import Done, Work, name_of
from allegata.recipe.steps.articles import CLEANED, digest_of, digest_of_file, staying
from allegata.schema.problems import Problem
from allegata.schema.scheme import Scheme
from allegata.schema.tables import BY_ARTICLE

if TYPE_CHECKING:
    from allegata.annotate.stage import GoldFacts, Registers


@dataclass(frozen=True)
class Annotate:
    """Articles that stay (batch, article_id, cluster_id, gold, passes) -> layers of annotation, and published tables.

    `gold` and `passes` are the names of their files. Receipt: article_id, `facts` of its gold file (JSON) or null.
    """

    work: Work
    annotations: Path
    registers: Registers
    invented: bool = False

    def article_keys(self, batch: pa.Table) -> list[bytes]:
        """Of the article, its cluster, its files, what these may refer to, the scheme and the settings."""
        registers = self.registers
        doubtful = (registers.doubtful_entities, registers.doubtful_annotators)
        doubts = [None if names is None else sorted(names) for names in doubtful]
        shared = digest_of(registers.entities, registers.annotators, doubts).hex()
        always = digest_of(registers.scheme.digest, self.invented).hex()
        keys = []
        for row in batch.select([KEY, "cluster_id", "gold", "passes"]).to_pylist():
            files = [[name, digest_of_file(self.annotations / name)] for name in [*row["gold"], *row["passes"]]]
            keys.append(digest_of(row[KEY].hex(), row["cluster_id"], files, shared if files else None, always))
        return keys

    def __call__(self, batch: pa.Table) -> Done:
        """See `Done`."""
        from allegata.annotate.soft_labels import read_blind, soft_labels
        from allegata.annotate.stage import GoldFacts, annotate, read_gold_files
        from allegata.publish.projection import project
        from allegata.text.layers import ANNOTATION_LAYERS

        articles = self.work.read(CLEANED, name_of(batch), "articles", articles=batch["article_id"].combine_chunks())
        articles = staying(articles, batch)
        texts = dict(zip(articles["article_id"].to_pylist(), articles["source_text"].to_pylist(), strict=True))
        files = sorted(name for names in batch["gold"].to_pylist() for name in names)
        paths = [self.annotations / name for name in files]
        gold, problems = read_gold_files(paths, self.annotations, texts, self.registers)
        scheme = self.registers.scheme
        files = sorted(name for names in batch["passes"].to_pylist() for name in names)
        blind, faults = read_blind(files, self.annotations, gold, texts, self.registers)
        problems += faults
        facts = {name: json.dumps(asdict(GoldFacts.of(article, scheme))) for name, article in gold.items()}
        of_article = [facts.get(name) for name in batch["article_id"].to_pylist()]
        receipt = pa.table({"article_id": batch["article_id"], "facts": pa.array(of_article, pa.string())})
        if problems:
            return Done(receipt, problems=problems)
        articles = annotate(articles, gold, scheme)
        votes = {name: soft_labels(gold[name], found, scheme) for name, found in blind.items()}
        layers = articles.select(["article_id", *ANNOTATION_LAYERS])
        tables = project(articles, self.registers.entity, scheme, self.invented, votes)
        return Done(receipt, {"layers": layers, **tables})


def facts_in(receipts: Iterable[pa.Table]) -> list[GoldFacts]:
    """The facts of all gold files, from the receipts of `Annotate`."""
    from allegata.annotate.recomputed import Apart
    from allegata.annotate.stage import GoldFacts

    rows = [json.loads(row) for receipt in receipts for row in receipt["facts"].drop_null().to_pylist()]
    return [
        GoldFacts(
            **{
                **row,
                "annotators": tuple(row["annotators"]),
                "claims": tuple(row["claims"]),
                "apart": tuple(Apart(*one) for one in row.get("apart", ())),
            }
        )
        for row in rows
    ]


def gold_by_article(
    folder: Path, article_ids: Iterable[str], scheme: Scheme, of: Iterable[str] = ("gold",)
) -> tuple[dict[str, list[str]], list[Problem]]:
    """The gold files of each article, by their paths in `folder`, and what is wrong with those that name none of them.

    `of` are the folders there in which they lie: that of the gold, or those of passes.
    """
    from allegata.annotate.gold import read_gold
    from allegata.annotate.stage import annotated_article, gold_files

    known = set(article_ids)
    found: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for path in (path for name in of for path in gold_files(folder, name)):
        article_id, name = annotated_article(path), path.relative_to(folder).as_posix()
        if article_id is not None and article_id in known:
            found.setdefault(article_id, []).append(name)
        else:
            problems += read_gold(path, f"{folder.name}/{name}", {}, scheme)[1]
    return found, problems


def with_files(batch: pa.Table, **files: Mapping[str, list[str]]) -> pa.Table:
    """A batch with the names of the gold files, and of those of passes, of each article."""
    for column, of_article in files.items():
        names = [of_article.get(article_id, []) for article_id in batch["article_id"].to_pylist()]
        batch = batch.append_column(column, pa.array(names, pa.list_(pa.string())))
    return batch


@dataclass(frozen=True)
class Published:
    """The rows of one published table, a batch at a time, as often as they are asked for."""

    work: Work
    stage: str
    table: str
    batches: tuple[str, ...]

    def __iter__(self) -> Iterator[pa.Table]:
        return (self.work.read(self.stage, batch, self.table) for batch in self.batches)


def published(work: Work, stage: str, batches: Iterable[pa.Table]) -> dict[str, Published]:
    """The published tables about single articles."""
    names = tuple(map(name_of, batches))
    return {name: Published(work, stage, name, names) for name in BY_ARTICLE}


def rows_of(table: Iterable[pa.Table], articles: Iterable[str], schema: pa.Schema) -> pa.Table:
    """The rows of some articles in a published table, as a table with its schema."""
    wanted = pa.array(sorted(articles), pa.string())
    if not len(wanted):
        return schema.empty_table()
    return pa.concat_tables(
        [schema.empty_table(), *(rows.filter(pc.is_in(rows["article_id"], wanted)) for rows in table)]
    )
