"""What the recipe knows between two steps, and how it reads the articles that are still in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.finish import KEY
from allegata.engine.job import Job
from allegata.recipe.steps.articles import CLEANED, EMPTIED, Why, articles_after
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.scheme import Scheme, default_scheme
from allegata.schema.settings import Settings
from allegata.schema.tables import LEDGER
from allegata.text.redaction import Redactor

if TYPE_CHECKING:
    from allegata.annotate.stage import Annotations
    from allegata.dedup.stage import DedupResult
    from allegata.ingest.manifest import RawManifest
    from allegata.publish.bump import Level
    from allegata.publish.stage import ReleaseResult
    from allegata.validate.report import ValidationReport


@dataclass(frozen=True)
class Build:
    """What the recipe knows so far. Every step returns a new one with its own fields filled in.

    `scheme` says which labels and attributes there are; `bump` by how much the version rises; `pins` in which split an
    article is published. `manifest` and `entered` (article_id, batch) have a row for each article that came in,
    `members` (article_id, batch, key, later cluster_id …) for those that are still in, all in the order of the ids;
    `removed` says of the others at which stage they left, and why. `tables` are the published tables about single
    articles, a batch at a time; `across` those about several, and `named` the claims and sentences of the articles that
    these name.
    """

    root: Path
    settings: Settings
    job: Job
    size: int
    scheme: Scheme = field(default_factory=default_scheme)
    bump: Level | None = None
    manifest: RawManifest | None = None
    entered: pa.Table = field(default_factory=lambda: pa.table({}))
    members: pa.Table = field(default_factory=lambda: pa.table({}))
    removed: Mapping[str, Why] = field(default_factory=dict)
    overruled: Mapping[str, Why] = field(default_factory=dict)
    redactor: Redactor = field(default_factory=Redactor)
    stage: str = ""
    duplicates: DedupResult | None = None
    annotations: Annotations | None = None
    pins: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Iterable[pa.Table]] = field(default_factory=dict)
    across: Mapping[str, pa.Table] = field(default_factory=dict)
    named: Mapping[str, pa.Table] = field(default_factory=dict)
    validation: ValidationReport | None = None
    release: ReleaseResult | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    def without(self, removed: Mapping[str, Why], stage: str) -> Build:
        """The build without the articles `removed` (id -> reason, evidence, canonical_id), noted for the ledger."""
        noted = {article_id: {**why, "stage": stage} for article_id, why in removed.items()}
        left = pc.is_in(self.members["article_id"], pa.array(list(removed), pa.string()))
        return replace(self, members=self.members.filter(pc.invert(left)), removed={**self.removed, **noted})

    def keyed(self, receipts: Sequence[pa.Table]) -> Build:
        """The build whose members have the keys that the receipts of all of them say."""
        if not receipts:
            return self
        found = pa.concat_tables(receipts)
        keys = found[KEY].take(pc.index_in(self.members["article_id"], found["article_id"].combine_chunks()))
        others = [name for name in self.members.column_names if name != KEY]
        return replace(self, members=self.members.select(others).append_column(KEY, keys))

    def removed_at(self, article_id: str) -> str | None:
        """Where an article was removed and why, None for one that is still in."""
        why = self.removed.get(article_id)
        return f"it is removed at {why['stage']}: {why['reason']} ({why['evidence']})" if why else None

    def refuse_if_empty(self) -> None:
        """Raise `ProblemsFound` when no article remains, with the reasons why."""
        if not len(self.members):
            reasons = Counter(str(why["reason"]) for why in self.removed.values())
            what = f"no article remains: {', '.join(f'{count} {reason}' for reason, count in sorted(reasons.items()))}"
            fix = "add an article with text: allegata add FILES…"
            raise ProblemsFound([Problem(what, fix, file="raw/manifest.jsonl")])

    def ledger_table(self) -> pa.Table:
        """One row for each article that came in, sorted by id: kept, or removed with stage, reason and evidence; a copy
        that a decision keeps has them too."""
        assert self.manifest is not None  # the first step read it
        rows = self.manifest.rows.select(["id", "file"]).rename_columns(["article_id", "file"])
        article_ids = rows["article_id"].to_pylist()
        known = {**self.overruled, **self.removed}
        rows = rows.set_column(1, "file", pa.array(list(map(self.file_name, rows["file"].to_pylist())), pa.string()))
        why = [known.get(article_id, {}) for article_id in article_ids]
        columns = {field.name: pa.array([row.get(field.name) for row in why], field.type) for field in list(LEDGER)[3:]}
        status = pa.array(["removed" if name in self.removed else "kept" for name in article_ids], pa.string())
        return pa.table([*rows.columns, status, *columns.values()], LEDGER.names).cast(LEDGER)

    def file_name(self, file: str) -> str:
        """The name of a raw file as it is published."""
        return self.redactor.string(file, as_id=True)[0] if self.redactor else file

    def batches(self) -> list[pa.Table]:
        """The members, batch by batch; batches that lost all their articles are gone."""
        names = self.members["batch"].to_numpy() if len(self.members) else np.zeros(0, np.object_)
        cuts = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1).tolist(), len(names)]
        return [self.members.slice(start, end - start) for start, end in pairwise(cuts) if end > start]

    def article_batches(
        self, only: Iterable[str] | None = None, columns: list[str] | None = None
    ) -> Iterator[pa.Table]:
        """The articles that are still in, or `only` some of them, with what is known of them, one batch at a time."""
        wanted = None if only is None else pa.array(sorted(only), pa.string())
        for batch in self.batches():
            if wanted is not None:
                batch = batch.filter(pc.is_in(batch["article_id"], wanted))
            if len(batch):
                yield articles_after(self.job.work, self.stage, batch, columns)

    def emptied_batches(self, only: Iterable[str] | None = None) -> Iterator[pa.Table]:
        """The articles that cleaning leaves no text of, or `only` some of them, with their layers."""
        gone = {name for name, why in self.removed.items() if why["stage"] == CLEANED}
        wanted = pa.array(sorted(gone if only is None else gone.intersection(only)), pa.string())
        if not len(wanted):
            return
        for name in self.entered["batch"].filter(pc.is_in(self.entered["article_id"], wanted)).unique().to_pylist():
            emptied = self.job.work.read(CLEANED, name, EMPTIED)
            yield emptied.filter(pc.is_in(emptied["article_id"], wanted))

    def column(self, name: str) -> pa.ChunkedArray:
        """One column of all articles."""
        tables = list(self.article_batches(columns=["article_id", name]))
        return pa.chunked_array([chunk for table in tables for chunk in table[name].chunks])

    @property
    def stories(self) -> dict[str, str | None]:
        """The story of every article that came in, None where the manifest states none."""
        assert self.manifest is not None  # the first step read it
        ids, stories = (self.manifest.rows[name].to_pylist() for name in ("id", "story"))
        named = {story: self.redactor.string(story)[0] if story and self.redactor else story for story in set(stories)}
        return dict(zip(ids, map(named.__getitem__, stories), strict=True))

    @property
    def entity_ids(self) -> frozenset[str]:
        """The ids of the register of entities."""
        return frozenset(row["id"] for row in self.annotations.entities) if self.annotations else frozenset()

    @property
    def articles(self) -> pa.Table:
        """All of them in one table: for who shows a few articles to people. Raises as `refuse_if_empty` does."""
        self.refuse_if_empty()
        return pa.concat_tables(list(self.article_batches())).combine_chunks()
