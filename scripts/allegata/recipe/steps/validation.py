"""Groups of batches of published rows: what the suites say of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.finish import KEY
from allegata.engine.runner import Runner
from allegata.engine.work import Done, Work, name_of, packed
from allegata.recipe.steps.articles import digest_of
from allegata.schema.problems import ProblemsFound
from allegata.schema.tables import BY_ARTICLE

if TYPE_CHECKING:
    from allegata.validate.batches import BatchFound, Plan


VALIDATED = "validate"


@dataclass(frozen=True)
class Validate:
    """Members of some batches (batch: name of the group; of: of the batch; split, key) -> what the suites say of them.

    Receipt: article_id, key, the rows of each table; and in the first row the outcomes, as JSON, where an expectation
    failed. The keys of values stay in the folder.
    """

    work: Work
    annotated: str
    plan: Plan

    def __call__(self, group: pa.Table) -> Done:
        """See `Done`."""
        from allegata.validate.batches import check_batch
        from allegata.validate.stage import check_shapes

        tables = rows_of_group(self.work, self.annotated, group, BY_ARTICLE)
        group = group.filter(group["fresh"])
        articles = group["article_id"].combine_chunks()
        try:
            check_shapes(tables, self.plan.scheme)
            found = check_batch(self.plan, tables)
        except ProblemsFound as error:  # a suite that cannot run is reported once, however many batches there are
            return Done(pa.table({"article_id": articles}), problems=error.problems)
        failed = any(outcome.failed for outcomes in found.outcomes.values() for outcome in outcomes.values())
        outcomes = json.dumps(asdict(found)["outcomes"]) if failed else None
        receipt = pa.table({"article_id": articles, KEY: group[KEY], "failed": [outcomes, *[None] * (len(group) - 1)]})
        for name, rows in tables.items():
            places = pc.index_in(rows["article_id"], articles).to_numpy()
            receipt = receipt.append_column(name, pa.array(np.bincount(places, minlength=len(articles)), pa.int32()))
        return Done(receipt, {"keys": found.keys})


@dataclass(frozen=True)
class ReadKeys:
    """Groups (batch; members: of which of their articles) -> part, test, key of what is compared across groups."""

    work: Work
    parts: int = 64

    def __call__(self, group: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        keys = self.work.read(VALIDATED, name_of(group), "keys")
        keys = keys.filter(pc.is_in(keys["article_id"], group["article_id"].combine_chunks()))
        parts = pa.array(keys["key"].to_numpy() % self.parts, pa.int64())
        yield keys.select(["test", "key"]).append_column("part", parts)


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
    """The published rows of the batches of a group, each with its split; but those of members that are not `fresh`."""
    batches, splits = group["of"].unique().to_pylist(), group.select(["article_id", "split"])
    fresh = None if pc.all(group["fresh"]).as_py() else group["article_id"].filter(group["fresh"]).combine_chunks()
    tables = {}
    for name in names:
        rows = pa.concat_tables([work.read(stage, batch, name, articles=fresh) for batch in batches])
        places = pc.index_in(rows["article_id"], splits["article_id"].combine_chunks())
        tables[name] = rows.append_column("split", splits["split"].take(places))
    return tables


# What is validated together, unless one batch has more. The 185 expectations take 1.6 seconds of Great Expectations on
# five articles, so that many small groups take long: 20,000 short articles 11.4 CPU seconds in groups of 2,000 and 6.9
# in groups of 8,000, start-up included, with a peak of 420 and 491 MB. The bytes bound it for longer ones.
_ARTICLES_OF_GROUP, _BYTES_OF_GROUP = 8_000, 8_000_000


def members(batches: Iterable[pa.Table], splits: Mapping[str, str], plan: Plan) -> list[pa.Table]:
    """Batches for `groups`: article_id, of (the name of the batch), bytes, split, and a key of all that the outcome of
    the article depends on."""
    asked = digest_of(repr(plan.suites), sorted(plan.entity_ids), plan.scheme.digest, plan.examples).hex()
    found = []
    for batch in batches:
        of_article = [splits[article_id] for article_id in batch["article_id"].to_pylist()]
        said = zip(batch[KEY].to_pylist(), of_article, strict=True)
        keys = pa.array([digest_of(key.hex(), split, asked) for key, split in said], pa.binary())
        columns = [batch["article_id"], batch["batch"], batch["bytes"], pa.array(of_article, pa.string()), keys]
        found.append(pa.table(columns, ["article_id", "of", "bytes", "split", KEY]))
    return found


def passed(work: Work, batches: Sequence[pa.Table]) -> dict[str, pa.Table]:
    """By name, the groups of an earlier run that passed: of each the rows of its receipt whose articles are the same.

    Who passed in one group passes in any, for the outcome of an article depends on the article alone.
    """
    now = pa.concat_tables([batch.select(["article_id", KEY]) for batch in batches]).combine_chunks()
    taken = np.zeros(len(now), bool)
    found = {}
    for name in work.names(VALIDATED):
        receipt = work.receipt(VALIDATED, name)
        if receipt is None or receipt["failed"][0].is_valid:
            continue
        places = pc.index_in(receipt["article_id"], now["article_id"].combine_chunks())
        same = pc.fill_null(pc.equal(now[KEY].take(places), receipt[KEY]), False).to_numpy()
        at = np.where(same, pc.fill_null(places, 0).to_numpy(), 0)
        same &= ~taken[at]
        if same.any():
            taken[at[same]] = True
            found[name] = receipt.filter(pa.array(same))
    return found


def groups(batches: Iterable[pa.Table], known: Iterable[pa.Table] = ()) -> list[pa.Table]:
    """Batches put together to groups, for `Validate`; the articles of `known` receipts are not `fresh`."""
    ids = [chunk for receipt in known for chunk in receipt["article_id"].chunks]
    without = pa.chunked_array(ids, pa.string()).combine_chunks()
    found: list[pa.Table] = []
    waiting: list[pa.Table] = []
    articles = n_bytes = 0
    for batch in batches:
        fresh = pc.invert(pc.is_in(batch["article_id"], without))
        count, more = pc.sum(fresh).as_py(), pc.sum(batch["bytes"].filter(fresh)).as_py()
        if not count:
            continue
        if waiting and (articles + count > _ARTICLES_OF_GROUP or n_bytes + more > _BYTES_OF_GROUP):
            found.append(pa.concat_tables(waiting))
            waiting, articles, n_bytes = [], 0, 0
        articles, n_bytes = articles + count, n_bytes + more
        waiting.append(batch.append_column("fresh", fresh))
    found += [pa.concat_tables(waiting)] if waiting else []
    return [group.append_column("batch", pa.repeat(pa.scalar(_name_of_group(group)), len(group))) for group in found]


def _name_of_group(group: pa.Table) -> str:
    fresh = group.filter(group["fresh"])
    return digest_of(fresh["article_id"].to_pylist(), [key.hex() for key in fresh[KEY].to_pylist()]).hex()


def found_in(receipts: Iterable[pa.Table]) -> list[BatchFound]:
    """What each group said, from the receipts of `Validate`; the keys are elsewhere."""
    from allegata.validate.batches import BatchFound
    from allegata.validate.report import Outcome

    found = []
    for receipt in receipts:
        outcomes = {
            table: {int(number): Outcome.of(outcome) for number, outcome in by_number.items()}
            for table, by_number in json.loads(receipt["failed"][0].as_py() or "{}").items()
        }
        found.append(BatchFound({name: pc.sum(receipt[name]).as_py() for name in BY_ARTICLE}, outcomes))
    return found


def articles_in(receipts: Iterable[pa.Table]) -> pa.Table:
    """The ids of the articles as they will be published, from the receipts of `Validate`: the ledger must agree."""
    found = [receipt["article_id"].filter(pc.greater(receipt["articles"], 0)) for receipt in receipts]
    ids = pa.chunked_array([chunk for part in found for chunk in part.chunks], pa.string())
    return pa.table({"article_id": ids}).sort_by("article_id")


def repeated_keys(runner: Runner, work: Work, receipts: Mapping[str, pa.Table]) -> pa.Table:
    """The keys that stand more than once in all groups (name -> receipt); looked at by their hash, in parts."""
    from allegata.validate.batches import KEYS, repeated

    found = [repeated(KEYS.empty_table())]
    if receipts:
        groups = [
            pa.table({"batch": pa.repeat(pa.scalar(name), len(receipt)), "article_id": receipt["article_id"]})
            for name, receipt in receipts.items()
        ]
        keys = runner.shuffle(runner.map(ReadKeys(work), runner.source(groups)), "part")
        found += runner.tables(runner.map(repeated_of_part, keys))
    return pa.concat_tables(found)
