"""What the recipe does with one block: read it from the work folder, apply a stage, hand back a slim receipt.

Every step is a frozen dataclass, so that it can be sent to another process: its fields are all it knows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.work import Done, Work, packed
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.tables import CROSS_ARTICLE, TABLES

if TYPE_CHECKING:
    from allegata.annotate.stage import GoldFacts, Registers
    from allegata.clean.web.site_boilerplate import Site
    from allegata.validate.blocks import BlockFound, Plan

INGESTED, CLEANED, ANNOTATED = "ingest", "clean", "annotate"


@dataclass(frozen=True)
class Ingest:
    """Rows of the manifest -> articles with their source texts.

    Receipt: article_id, block, bytes, host of a web page, is_blank.
    """

    raw: Path

    def __call__(self, block: pa.Table) -> Done:
        """See `Done`."""
        from allegata.clean.sites import hosts
        from allegata.ingest.stage import read_block

        articles, problems = read_block(self.raw, block)
        blank = _is_blank(articles["source_text"])
        receipt = pa.table(
            {
                "article_id": articles["article_id"],
                "block": pa.repeat(pa.scalar(number_of(block), pa.int64()), len(articles)),
                "bytes": articles["bytes"],
                "host": pa.array(hosts(articles), pa.string()),
                "is_blank": blank,
            }
        )
        return Done(receipt, {"articles": articles.filter(pc.invert(blank))}, problems)


@dataclass(frozen=True)
class BlockKeys:
    """Ingested articles -> part, host, key of every block of text of their pages, for the sites `pages`."""

    work: Work
    pages: Mapping[str, int]
    parts: int = 64

    def __call__(self, block: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        from allegata.clean.sites import block_keys

        keys = block_keys(self.work.read(INGESTED, number_of(block), "articles"), self.pages)
        parts = pa.array(keys["key"].to_numpy() % self.parts, pa.int64())
        yield keys.append_column("part", parts)


@dataclass(frozen=True)
class Recurring:
    """All keys of some parts -> those of blocks that recur on their site."""

    pages: Mapping[str, int]

    def __call__(self, part: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        from allegata.clean.sites import recurring

        yield recurring(part, self.pages)


@dataclass(frozen=True)
class Clean:
    """Ingested articles -> articles with the layers of cleaning. Receipt: article_id, is_blank."""

    work: Work
    sites: Mapping[str, Site]

    def __call__(self, block: pa.Table) -> Done:
        """See `Done`."""
        from allegata.clean.stage import clean

        articles = clean(self.work.read(INGESTED, number_of(block), "articles"), self.sites)
        blank = _is_blank(articles["text"])
        receipt = pa.table({"article_id": articles["article_id"], "is_blank": blank})
        return Done(receipt, {"articles": articles.filter(pc.invert(blank))})


@dataclass(frozen=True)
class ReadCleaned:
    """A block (block, first, rows) -> doc, article_id, text, published, for the search for duplicates."""

    work: Work

    def __call__(self, block: pa.Table) -> Iterator[pa.Table]:
        """One table, whose documents are numbered from `first`."""
        row = block.to_pylist()[0]
        table = self.work.read(CLEANED, row["block"], "articles", ["article_id", "text", "published"])
        yield table.append_column("doc", pa.array(range(row["first"], row["first"] + row["rows"]), pa.int64()))


@dataclass(frozen=True)
class Annotate:
    """Articles that stay (block, article_id, cluster_id, gold files) -> layers of annotation, and published tables.

    Receipt: `facts`, one for each gold file (JSON).
    """

    work: Work
    annotations: Path
    registers: Registers

    def __call__(self, block: pa.Table) -> Done:
        """See `Done`."""
        from allegata.annotate.stage import GoldFacts, annotate, read_gold_files
        from allegata.publish.projection import project
        from allegata.text.layers import ANNOTATION_LAYERS

        articles = staying(self.work.read(CLEANED, number_of(block), "articles"), block)
        texts = dict(zip(articles["article_id"].to_pylist(), articles["source_text"].to_pylist(), strict=True))
        files = sorted(name for names in block["gold"].to_pylist() for name in names)
        paths = [self.annotations / "gold" / name for name in files]
        gold, problems = read_gold_files(paths, self.annotations, texts, self.registers)
        facts = [json.dumps(asdict(GoldFacts.of(article))) for article in gold.values()]
        receipt = pa.table({"facts": pa.array(facts, pa.string())})
        if problems:
            return Done(receipt, problems=problems)
        articles = annotate(articles, gold)
        layers = articles.select(["article_id", *ANNOTATION_LAYERS])
        return Done(receipt, {"layers": layers, **project(articles, self.registers.entity)})


def gold_by_article(folder: Path, article_ids: Iterable[str]) -> tuple[dict[str, list[str]], list[Problem]]:
    """The names of the gold files of each article, and what is wrong with those that name none of them."""
    from allegata.annotate.gold import read_gold
    from allegata.annotate.stage import annotated_article, gold_files

    known = set(article_ids)
    found: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for path in gold_files(folder):
        article_id = annotated_article(path)
        if article_id is not None and article_id in known:
            found.setdefault(article_id, []).append(path.name)
        else:
            problems += read_gold(path, f"{folder.name}/gold/{path.name}", {})[1]
    return found, problems


def with_gold(block: pa.Table, gold: Mapping[str, list[str]]) -> pa.Table:
    """A block with the names of the gold files of each article."""
    names = [gold.get(article_id, []) for article_id in block["article_id"].to_pylist()]
    return block.append_column("gold", pa.array(names, pa.list_(pa.string())))


def numbered(blocks: Iterable[pa.Table]) -> list[pa.Table]:
    """One row for each block: its number, the number of its first article among all, and how many it has."""
    rows, first = [], 0
    for block in blocks:
        rows.append(pa.table({"block": [number_of(block)], "first": [first], "rows": [len(block)]}))
        first += len(block)
    return rows


def read_articles(work: Work, stage: str, block: pa.Table, columns: list[str] | None = None) -> pa.Table:
    """The articles of a block after a stage, with everything that is known of them, or some columns of cleaning."""
    number = number_of(block)
    articles = work.read(INGESTED if stage == INGESTED else CLEANED, number, "articles", columns)
    articles = staying(articles, block)
    if stage.startswith(ANNOTATED) and columns is None:
        layers = work.read(stage, number, "layers")
        layers = layers.take(pc.index_in(articles["article_id"], layers["article_id"].combine_chunks()))
        for name in layers.column_names[1:]:
            articles = articles.append_column(name, layers[name])
    return articles


@dataclass(frozen=True)
class Published:
    """The rows of one published table, a block at a time, as often as they are asked for."""

    work: Work
    stage: str
    table: str
    blocks: tuple[int, ...]

    def __iter__(self) -> Iterator[pa.Table]:
        return (self.work.read(self.stage, block, self.table) for block in self.blocks)


def published(work: Work, stage: str, blocks: Iterable[pa.Table]) -> dict[str, Published]:
    """The published tables about single articles."""
    numbers = tuple(map(number_of, blocks))
    return {name: Published(work, stage, name, numbers) for name in TABLES if name not in CROSS_ARTICLE}


def rows_of(table: Iterable[pa.Table], articles: Iterable[str]) -> pa.Table:
    """The rows of some articles."""
    wanted = pa.array(sorted(articles), pa.string())
    return pa.concat_tables([rows.filter(pc.is_in(rows["article_id"], wanted)) for rows in table])


def why_copy(row: Mapping[str, Any]) -> dict[str, str | None]:
    """Why a copy leaves, from its row of the decisions."""
    return {
        "reason": f"{row['kind']}_duplicate",
        "evidence": f"Jaccard similarity {row['similarity']:.4f} to the kept copy",
        "canonical_id": row["canonical_id"],
    }


@dataclass(frozen=True)
class Validate:
    """Members of some blocks (block: number of the group; of: of the block; split) -> what the suites say of them.

    Receipt: the rows of each table and the outcomes, as JSON. The keys stay in the folder.
    """

    work: Work
    annotated: str
    plan: Plan

    def __call__(self, group: pa.Table) -> Done:
        """See `Done`."""
        from allegata.validate.blocks import check_block
        from allegata.validate.stage import check_shapes

        tables = rows_of_group(self.work, self.annotated, group, [name for name in TABLES if name not in CROSS_ARTICLE])
        try:
            check_shapes(tables)
            found = check_block(self.plan, tables)
        except ProblemsFound as error:  # a suite that cannot run is told once, however many blocks there are
            return Done(pa.table({"found": [""]}), problems=error.problems)
        receipt = pa.table({"found": [json.dumps({"rows": found.rows, "outcomes": asdict(found)["outcomes"]})]})
        return Done(receipt, {"keys": found.keys})


@dataclass(frozen=True)
class ReadKeys:
    """Members of a group -> part, test, key of what must be compared across groups."""

    work: Work
    stage: str
    parts: int = 64

    def __call__(self, group: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        keys = self.work.read(self.stage, number_of(group), "keys")
        yield keys.append_column("part", pa.array(keys["key"].to_numpy() % self.parts, pa.int64()))


def repeated(part: pa.Table) -> Iterator[pa.Table]:
    """All keys of some parts -> those that stand more than once."""
    from allegata.validate.blocks import repeated

    yield repeated(part)


@dataclass(frozen=True)
class Gather:
    """Members of a group -> the rows with one of the keys, and the columns that are looked at as a whole, packed."""

    work: Work
    annotated: str
    plan: Plan
    keys: pa.Table

    @cached_property
    def tables(self) -> list[str]:
        """The tables that have such rows or columns."""
        from allegata.validate.blocks import tables_wanted

        return tables_wanted(self.plan, self.keys)

    def __call__(self, group: pa.Table) -> Done:
        """See `Done`."""
        from allegata.validate.blocks import columns, suspects

        tables = rows_of_group(self.work, self.annotated, group, self.tables)
        return Done(packed({**suspects(self.plan, tables, self.keys), **columns(self.plan, tables)}))


def rows_of_group(work: Work, stage: str, group: pa.Table, names: Iterable[str]) -> dict[str, pa.Table]:
    """The published rows of the blocks of a group, each with its split."""
    blocks, splits = group["of"].unique().to_pylist(), group.select(["article_id", "split"])
    tables = {}
    for name in names:
        rows = pa.concat_tables([work.read(stage, block, name) for block in blocks])
        places = pc.index_in(rows["article_id"], splits["article_id"].combine_chunks())
        tables[name] = rows.append_column("split", splits["split"].take(places))
    return tables


def concat(keys: Iterable[pa.Table]) -> pa.Table:
    """All keys of any number of tables."""
    from allegata.validate.blocks import KEYS

    return pa.concat_tables([KEYS.empty_table(), *keys])


def digest_of(groups: Iterable[pa.Table], more: str = "") -> str:
    """16 digits that change with what the blocks or groups say of their articles, and with `more`."""
    digest = hashlib.sha256(more.encode())
    for group in groups:
        digest.update(json.dumps(group.to_pydict()).encode())
    return digest.hexdigest()[:16]


# What is validated together, but for one block: Great Expectations needs 1.5 seconds for the 200 expectations on next
# to nothing, so that many small blocks would take long, and large ones much memory.
_ARTICLES_OF_GROUP, _BYTES_OF_GROUP = 2_000, 8_000_000


def groups(blocks: Iterable[pa.Table], splits: Mapping[str, str]) -> list[pa.Table]:
    """Blocks put together to groups, for `Validate`."""
    found: list[pa.Table] = []
    waiting: list[pa.Table] = []
    articles = n_bytes = 0
    for block in blocks:
        more = pc.sum(block["bytes"]).as_py()
        if waiting and (articles + len(block) > _ARTICLES_OF_GROUP or n_bytes + more > _BYTES_OF_GROUP):
            found.append(pa.concat_tables(waiting))
            waiting, articles, n_bytes = [], 0, 0
        articles, n_bytes = articles + len(block), n_bytes + more
        ids = block["article_id"]
        columns = [ids, block["block"], pa.array([splits[article_id] for article_id in ids.to_pylist()], pa.string())]
        waiting.append(pa.table(columns, ["article_id", "of", "split"]))
    found += [pa.concat_tables(waiting)] if waiting else []
    return [
        group.append_column("block", pa.repeat(pa.scalar(number, pa.int64()), len(group)))
        for number, group in enumerate(found)
    ]


def found_in(receipts: Iterable[pa.Table]) -> list[BlockFound]:
    """What each group said, from the receipts of `Validate`; the keys are elsewhere."""
    from allegata.validate.blocks import BlockFound
    from allegata.validate.report import Outcome

    found = []
    for receipt in receipts:
        told = json.loads(receipt["found"][0].as_py())
        outcomes = {
            table: {int(number): Outcome.of(outcome) for number, outcome in by_number.items()}
            for table, by_number in told["outcomes"].items()
        }
        found.append(BlockFound(told["rows"], outcomes))
    return found


def facts_in(receipts: Iterable[pa.Table]) -> list[GoldFacts]:
    """The facts of all gold files, from the receipts of `Annotate`."""
    from allegata.annotate.stage import GoldFacts

    rows = [json.loads(row) for receipt in receipts for row in receipt["facts"].to_pylist()]
    return [
        GoldFacts(**{**row, "annotators": tuple(row["annotators"]), "claims": tuple(row["claims"])}) for row in rows
    ]


def number_of(block: pa.Table) -> int:
    """The number of a block."""
    return int(block["block"][0].as_py())


def staying(articles: pa.Table, block: pa.Table) -> pa.Table:
    """The articles that a block (article_id, cluster_id) still has, with their clusters."""
    kept = articles.filter(pc.is_in(articles["article_id"], block["article_id"].combine_chunks()))
    if "cluster_id" not in block.column_names:
        return kept
    places = pc.index_in(kept["article_id"], block["article_id"].combine_chunks())
    return kept.append_column("cluster_id", block["cluster_id"].take(places))


def _is_blank(texts: pa.ChunkedArray) -> pa.Array:
    """Where there is no letter and no digit."""
    return pa.array([not any(map(str.isalnum, text)) for text in texts.to_pylist()], pa.bool_())
