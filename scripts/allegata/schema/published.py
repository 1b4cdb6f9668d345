"""A published corpus as tables, and what may be learnt from when an article is held out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.parquet_files import reading_parquet
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError
from allegata.schema.published_scheme import published_scheme
from allegata.schema.scheme import Scheme, default_scheme
from allegata.schema.table_values import Names, own_faults, repeated
from allegata.schema.version_files import VersionFiles, table_of
from allegata.schema.version_tables import FIX, VersionTables
from allegata.schema.versions import latest

if TYPE_CHECKING:
    import pyarrow.parquet as pq

NO_STORY = "no story stated"  # what the articles without a story are called, where others have one


@dataclass(frozen=True)
class PublishedCorpus:
    """Published tables by name, what they are called (version) in reports, and the pinned split of each article.

    `scheme` says what labels and attributes they have. Every article in them is annotated; `left_out` are those of the
    version that are not.
    """

    name: str
    tables: Mapping[str, pa.Table]
    splits: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    scheme: Scheme = field(default_factory=default_scheme)

    def table(self, name: str, *columns: str) -> pa.Table:
        """The table, if it has these columns. Raises UsageError where the corpus lacks one of them."""
        if name not in self.tables:
            raise UsageError(f"{self.name} has no table {name!r}; it has: {', '.join(sorted(self.tables))}")
        missing = [column for column in columns if column not in self.tables[name].column_names]
        if missing:
            raise UsageError(f"table {name!r} of {self.name} has no column {', '.join(missing)}: take a later version")
        return self.tables[name]

    def has(self, name: str, *columns: str) -> bool:
        """True if the table is there with these columns."""
        return name in self.tables and set(columns) <= set(self.tables[name].column_names)

    @property
    def articles(self) -> list[str]:
        """The article ids, sorted."""
        return sorted(self.table("articles", "article_id")["article_id"].to_pylist())

    def without(self, held_out: Collection[str]) -> tuple[str, ...]:
        """The articles that are in no near-duplicate cluster of `held_out`, sorted."""
        table = self.table("articles", "article_id", "cluster_id")
        cluster = dict(zip(table["article_id"].to_pylist(), table["cluster_id"].to_pylist(), strict=True))
        away = {cluster[article] for article in held_out}
        return tuple(article for article in sorted(cluster) if cluster[article] not in away)

    @property
    def stories(self) -> dict[str, str | None]:
        """Article id -> story; empty for a version without that column (before 1.3.0) and for other data sets."""
        if not self.has("articles", "article_id", "story"):
            return {}
        table = self.tables["articles"]
        return dict(zip(table["article_id"].to_pylist(), table["story"].to_pylist(), strict=True))

    @property
    def held_out_unit(self) -> Literal["story", "article"]:
        """What is held out at a time: a story where the corpus tells two or more, else an article."""
        return "story" if len(set(self.stories.values())) > 1 else "article"

    @property
    def units(self) -> dict[str, tuple[str, ...]]:
        """What is held out at a time, by name: the articles of a story, or each article under its id; sorted."""
        return {article: (article,) for article in self.articles} if self.held_out_unit == "article" else self.by_story

    @property
    def by_story(self) -> dict[str, tuple[str, ...]]:
        """The articles of every story by its name, `NO_STORY` for those without one; sorted."""
        stories = self.stories or dict.fromkeys(self.articles)
        found: dict[str, list[str]] = {}
        for article, story in sorted(stories.items()):
            found.setdefault(NO_STORY if story is None else story, []).append(article)
        return {name: tuple(articles) for name, articles in sorted(found.items())}

    @property
    def story_of(self) -> dict[str, str]:
        """Article id -> the name that `by_story` has its story under."""
        return {article: story for story, articles in self.by_story.items() for article in articles}

    def articles_of(self, split: str) -> list[str]:
        """The articles of one pinned split, sorted. Raises UsageError where there is none."""
        found = sorted(article for article, place in self.splits.items() if place == split)
        if not found:
            known = ", ".join(sorted(set(self.splits.values()))) or "none"
            raise UsageError(f"{self.name} has no split {split!r}; it has: {known}")
        return found

    @property
    def texts(self) -> dict[str, str]:
        """The clean text of every article."""
        table = self.table("articles", "article_id", "text")
        return dict(zip(table["article_id"].to_pylist(), table["text"].to_pylist(), strict=True))


def load_corpus(path: Path) -> PublishedCorpus:
    """The Parquet files under `corpus/vX.Y.Z`: one folder a table, with a file a split, or one file a table.

    Of a folder of versions the newest is taken. What has no gold (`articles.annotated`) is left out of every table:
    that nobody looked for claims in a sentence does not say that it has none. Without that column (versions before
    1.2.0, other data sets) every article counts as annotated.

    Rows of several splits are put together, sorted by their first column (the id); the split of an article is the
    name of the file it stands in (`articles/test-00000-of-00001.parquet`). Raises UsageError where there is no
    Parquet file, `ProblemsFound` with every file that is not the published one.
    """
    path = latest(path)
    version = VersionFiles(path)
    if not (named := version.tables()):
        raise UsageError(f"{path} holds no Parquet file: give the folder of a published version")
    version.prove(name for _, name in named)
    tables = PublishedTables(version).whole()
    splits = read_splits(version)
    without = _unannotated(tables.get("articles"))
    kept = {article_id: split for article_id, split in splits.items() if article_id not in without}
    return PublishedCorpus(
        path.name,
        {name: _rows_without(without, rows) for name, rows in tables.items()},
        kept,
        without,
        published_scheme(version),
    )


class PublishedTables(Mapping[str, pa.Table]):
    """The tables of one published version by name, each proved and read when it is first asked for.

    `version` is its folder. Rows of several splits are put together, sorted by their first column (the id). A table
    with columns or values that it may not have is not given: see `VersionTables` and `table_values`.
    """

    def __init__(self, version: Path | VersionFiles) -> None:
        self._tables = VersionTables(version)
        self._files: dict[str, list[str]] = {}
        for name, file in self._tables.version.tables():
            self._files.setdefault(name, []).append(file)
        self._read: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._read:
            self._tables.version.prove(self._files[name])
            shards, problems = [], Problems()
            for file in self._files[name]:
                try:
                    shards.append(self._shard(name, file))
                except ProblemsFound as found:
                    problems.extend(found.problems)
            problems.raise_if_any()
            with reading_parquet(place := self._tables.place(name)):
                table = pa.concat_tables(shards)
                table = table.sort_by(table.column_names[0])
            if self._tables.declared is not None:
                again = repeated(table.column(0).combine_chunks(), table.column_names[0])
                problems.extend(Problem(fault, FIX, place) for fault in again)
            problems.raise_if_any()
            self._read[name] = table
        return self._read[name]

    def _shard(self, name: str, file: str) -> pa.Table:
        parquet = self._tables.open(file)
        with reading_parquet(self._tables.place(file)):
            table = parquet.read().replace_schema_metadata(None)
            table.validate(full=True)
        faults = own_faults(table, self._tables.needed.get(name), self._tables.labels(name))
        if problems := [Problem(fault, FIX, self._tables.place(file)) for fault in faults]:
            raise ProblemsFound(problems)
        return table

    def whole(self) -> dict[str, pa.Table]:
        """All tables, which are also held to each other: every id that one names is in the other, every span in its
        text. Raises `ProblemsFound` with everything that is wrong with any."""
        problems = Problems()
        for name in self:
            try:
                self[name]
            except ProblemsFound as found:
                problems.extend(found.problems)
        problems.raise_if_any()
        if self._tables.declared is not None:
            names = Names(with_texts=not self._tables.version.manifest.text_free)
            known = {name: table for name, table in self._read.items() if name in self._tables.needed}
            for name, table in known.items():
                names.add(name, table)
            for name, table in known.items():
                problems.extend(Problem(what, FIX, self._tables.place(name)) for what in names.faults(name, table))
        problems.raise_if_any()
        return dict(self)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __repr__(self) -> str:
        return f"<PublishedTables: {', '.join(self)}>"


def refuse_values(version: Path | VersionFiles) -> None:
    """Raise `ProblemsFound` with everything that is wrong with columns and values of the tables of a version, as
    `PublishedTables.whole` does. Memory: a batch, and the ids."""
    tables, problems = VersionTables(version), Problems()
    names = Names(with_texts=not tables.version.manifest.text_free)
    opened = {}
    for name, file in tables.version.tables():
        try:
            opened[file] = tables.open(file)
            labels, faults = tables.labels(name), dict[str, None]()
            with reading_parquet(tables.place(file)):
                for rows in map(pa.table, opened[file].iter_batches()):
                    faults |= dict.fromkeys(own_faults(rows, tables.needed.get(name), labels))
                    names.add(name, rows)
            tables.refuse(file, faults)
        except ProblemsFound as found:
            problems.extend(found.problems)
    problems.raise_if_any()
    problems.extend(Problem(what, FIX, tables.place(name)) for name, what in names.repeated())
    for file, parquet in opened.items():
        if (name := table_of(file)) in tables.needed:
            faults = dict.fromkeys(what for one in parquet.iter_batches() for what in names.faults(name, pa.table(one)))
            problems.extend(Problem(what, FIX, tables.place(file)) for what in faults)
    problems.raise_if_any()


def read_splits(version: Path | VersionFiles) -> dict[str, str]:
    """The split of every article of a version: the name of the file it stands in. Empty where tables are one file."""
    splits: dict[str, str] = {}
    for file, parquet in articles_files(version):
        stem = Path(file).stem
        if stem != "articles" and "article_id" in parquet.schema_arrow.names:
            with reading_parquet(file):
                ids = parquet.read(columns=["article_id"])["article_id"].to_pylist()
            splits |= dict.fromkeys(ids, stem.split("-")[0])
    return splits


def count_articles(path: Path) -> tuple[int, int]:
    """How many articles of a version `load_corpus` gives, and how many it leaves out. No text is read."""
    rows, without = 0, 0
    for file, parquet in articles_files(latest(path)):
        with reading_parquet(file):
            rows += parquet.metadata.num_rows
            columns = {"article_id", "annotated"} & set(parquet.schema_arrow.names)
            without += len(_unannotated(parquet.read(sorted(columns))))
    return rows - without, without


def articles_files(version: Path | VersionFiles) -> list[tuple[str, pq.ParquetFile]]:
    """The files of the table of articles, each as reports call it and opened: see `VersionTables.open`."""
    tables = VersionTables(version)
    names = [name for table, name in tables.version.tables() if table == "articles"]
    tables.version.prove(names)
    return [(tables.place(name), tables.open(name)) for name in names]


def _unannotated(articles: pa.Table | None) -> tuple[str, ...]:
    if articles is None or "annotated" not in articles.column_names:
        return ()
    return tuple(sorted(articles.filter(pc.invert(articles["annotated"]))["article_id"].to_pylist()))


def _rows_without(articles: Collection[str], table: pa.Table) -> pa.Table:
    if not articles or "article_id" not in table.column_names:
        return table
    column = table["article_id"]
    return table.filter(pc.invert(pc.is_in(column, pa.array(articles, column.type))))


@dataclass(frozen=True)
class Fold:
    """One turn: predict the article `held_out`, after training on `train`: no article of it, its copies or its story
    where there are several."""

    held_out: str
    train: tuple[str, ...]


def folds(corpus: PublishedCorpus) -> Iterator[Fold]:
    """One fold an article. Articles of one story, where there are several, or of one near-duplicate cluster are never
    on both sides."""
    for unit in corpus.units.values():
        train = corpus.without(unit)
        for held_out in unit:
            yield Fold(held_out, train)
