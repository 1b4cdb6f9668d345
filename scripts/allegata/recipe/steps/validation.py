"""Groups of batches of published rows: what the suites say of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.runner import Runner
from allegata.engine.work import Done, Work, packed
from allegata.recipe.steps.articles import number_of
from allegata.schema.problems import ProblemsFound
from allegata.schema.tables import BY_ARTICLE

if TYPE_CHECKING:
    from allegata.validate.batches import BatchFound, Plan


@dataclass(frozen=True)
class Validate:
    """Members of some batches (batch: number of the group; of: of the batch; split) -> what the suites say of them.

    Receipt: the rows of each table and the outcomes, as JSON, and the articles. The keys stay in the folder.
    """

    work: Work
    annotated: str
    plan: Plan

    def __call__(self, group: pa.Table) -> Done:
        """See `Done`."""
        from allegata.validate.batches import check_batch
        from allegata.validate.stage import check_shapes

        tables = rows_of_group(self.work, self.annotated, group, BY_ARTICLE)
        try:
            check_shapes(tables, self.plan.scheme)
            found = check_batch(self.plan, tables)
        except ProblemsFound as error:  # a suite that cannot run is reported once, however many batches there are
            return Done(pa.table({"found": [""]}), problems=error.problems)
        outcomes = json.dumps({"rows": found.rows, "outcomes": asdict(found)["outcomes"]})
        articles = pa.array([tables["articles"]["article_id"].to_pylist()], pa.list_(pa.string()))
        return Done(pa.table({"found": [outcomes], "articles": articles}), {"keys": found.keys})


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


def repeated_of_part(part: pa.Table) -> Iterator[pa.Table]:
    """All keys of some parts -> those that stand more than once."""
    from allegata.validate.batches import repeated

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
        from allegata.validate.batches import tables_wanted

        return tables_wanted(self.plan, self.keys)

    def __call__(self, group: pa.Table) -> Done:
        """See `Done`."""
        from allegata.validate.batches import columns, suspects

        tables = rows_of_group(self.work, self.annotated, group, self.tables)
        return Done(packed({**suspects(self.plan, tables, self.keys), **columns(self.plan, tables)}))


def rows_of_group(work: Work, stage: str, group: pa.Table, names: Iterable[str]) -> dict[str, pa.Table]:
    """The published rows of the batches of a group, each with its split."""
    batches, splits = group["of"].unique().to_pylist(), group.select(["article_id", "split"])
    tables = {}
    for name in names:
        rows = pa.concat_tables([work.read(stage, batch, name) for batch in batches])
        places = pc.index_in(rows["article_id"], splits["article_id"].combine_chunks())
        tables[name] = rows.append_column("split", splits["split"].take(places))
    return tables


# What is validated together, unless one batch has more. The 185 expectations take 1.6 seconds of Great Expectations on
# five articles, so that many small groups take long: 20,000 short articles 11.4 CPU seconds in groups of 2,000 and 6.9
# in groups of 8,000, start-up included, with a peak of 420 and 491 MB. The bytes bound it for longer ones.
_ARTICLES_OF_GROUP, _BYTES_OF_GROUP = 8_000, 8_000_000


def groups(batches: Iterable[pa.Table], splits: Mapping[str, str]) -> list[pa.Table]:
    """Batches put together to groups, for `Validate`."""
    found: list[pa.Table] = []
    waiting: list[pa.Table] = []
    articles = n_bytes = 0
    for batch in batches:
        more = pc.sum(batch["bytes"]).as_py()
        if waiting and (articles + len(batch) > _ARTICLES_OF_GROUP or n_bytes + more > _BYTES_OF_GROUP):
            found.append(pa.concat_tables(waiting))
            waiting, articles, n_bytes = [], 0, 0
        articles, n_bytes = articles + len(batch), n_bytes + more
        ids = batch["article_id"]
        columns = [ids, batch["batch"], pa.array([splits[article_id] for article_id in ids.to_pylist()], pa.string())]
        waiting.append(pa.table(columns, ["article_id", "of", "split"]))
    found += [pa.concat_tables(waiting)] if waiting else []
    return [
        group.append_column("batch", pa.repeat(pa.scalar(number, pa.int64()), len(group)))
        for number, group in enumerate(found)
    ]


def found_in(receipts: Iterable[pa.Table]) -> list[BatchFound]:
    """What each group said, from the receipts of `Validate`; the keys are elsewhere."""
    from allegata.validate.batches import BatchFound
    from allegata.validate.report import Outcome

    found = []
    for receipt in receipts:
        written = json.loads(receipt["found"][0].as_py())
        outcomes = {
            table: {int(number): Outcome.of(outcome) for number, outcome in by_number.items()}
            for table, by_number in written["outcomes"].items()
        }
        found.append(BatchFound(written["rows"], outcomes))
    return found


def articles_in(receipts: Iterable[pa.Table]) -> pa.Table:
    """The ids of the articles as they will be published, from the receipts of `Validate`: the ledger must agree."""
    ids = [chunk for receipt in receipts for chunk in pc.list_flatten(receipt["articles"]).chunks]
    return pa.table({"article_id": pa.chunked_array(ids, pa.string())})


def repeated_keys(runner: Runner, work: Work, stage: str, groups: list[pa.Table]) -> pa.Table:
    """The keys that stand more than once in all groups, which are looked at by their hash in parts."""
    from allegata.validate.batches import KEYS

    found = [KEYS.empty_table()]
    if groups:
        keys = runner.shuffle(runner.map(ReadKeys(work, stage), runner.source(groups)), "part")
        found += runner.tables(runner.map(repeated_of_part, keys))
    return pa.concat_tables(found)
