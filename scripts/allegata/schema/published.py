"""A published corpus as tables, and what may be learnt from when an article is held out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.json_lines import json_object
from allegata.schema.parquet_files import reading_parquet
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.scheme import FORMER_RELATION, PUBLISHED_SCHEME, Attribute, Scheme, Type, default_scheme, scheme_of
from allegata.schema.scheme_file import RESERVED, merged
from allegata.schema.tables import RECORD_OF
from allegata.schema.version_files import VersionFiles, opened
from allegata.schema.versions import RESTORE_VERSION, is_published, latest

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
    tables = dict(PublishedTables(version))
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

    `version` is its folder. Rows of several splits are put together, sorted by their first column (the id).
    """

    def __init__(self, version: Path | VersionFiles) -> None:
        self._version = opened(version)
        self._files: dict[str, list[str]] = {}
        for name, file in self._version.tables():
            self._files.setdefault(name, []).append(file)
        self._read: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._read:
            import pyarrow.parquet as pq

            self._version.prove(self._files[name])
            with reading_parquet(f"{self._version.place}/{name}"):
                shards = [pq.read_table(self._version.path(file), partitioning=None) for file in self._files[name]]
                table = pa.concat_tables(shards).replace_schema_metadata(None)
                table.validate(full=True)
                self._read[name] = table.sort_by(table.column_names[0])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __repr__(self) -> str:
        return f"<PublishedTables: {', '.join(self)}>"


def read_splits(version: Path | VersionFiles) -> dict[str, str]:
    """The split of every article of a version: the name of the file it stands in. Empty where tables are one file."""
    import pyarrow.parquet as pq

    splits: dict[str, str] = {}
    for file in articles_files(version):
        if file.stem == "articles":
            continue
        with reading_parquet(f"{file.parent.name}/{file.name}"):
            if "article_id" not in pq.read_schema(file).names:
                continue
            ids = pq.read_table(file, columns=["article_id"], partitioning=None)["article_id"].to_pylist()
            splits |= dict.fromkeys(ids, file.stem.split("-")[0])
    return splits


def published_scheme(version: Path | VersionFiles) -> Scheme:
    """The scheme of the version in the folder: its `scheme.json`; of a version before there was one (1.2.0), the labels
    that its manifest declares as features; of tables that no publication made, the default.

    Raises `ProblemsFound` where one of these files is damaged.
    """
    version = opened(version)
    if version.has(PUBLISHED_SCHEME):
        place = f"{version.place}/{PUBLISHED_SCHEME}"
        try:
            return scheme_of(json_object(version.read(PUBLISHED_SCHEME), strict=False), place)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"is damaged ({type(error).__name__})"
            raise ProblemsFound([Problem(what, RESTORE_VERSION, file=place)]) from None
    if not is_published(version.folder):
        return default_scheme()
    return _scheme_of_features({table: facts.features for table, facts in version.manifest.tables.items()})


def _scheme_of_features(tables: Mapping[str, list[dict[str, Any]]]) -> Scheme:
    """The default scheme with the label sets that the tables declare, and the flags and numbers that only they have."""
    records = {record: dict(attributes) for record, attributes in default_scheme().records.items()}
    for table, record in RECORD_OF.items():
        for feature in tables.get(table, ()):
            name, kind = feature["name"], feature.get("dtype")
            if name in RESERVED[record]:
                continue
            old = records[record].get(name)
            if isinstance(kind, dict) and "class_label" in kind:
                known = (old.values if old else None) or {}
                values = {value: known.get(value, "") for value in kind["class_label"]["names"].values()}
                records[record][name] = merged(record, name, {"type": "label", "values": values}, old)
            elif old is None and kind in _TYPES:
                records[record][name] = Attribute(name, _TYPES[kind], "")
    for feature in tables.get("relations", ()):
        if feature["name"] == "relation":
            labels = dict.fromkeys(feature["dtype"]["class_label"]["names"].values(), "")
            records[FORMER_RELATION] = {"relation": Attribute("relation", "label", "", labels, required=True)}
    return Scheme(records)


_TYPES: dict[object, Type] = {"bool": "bool", "int8": "int", "int64": "int", "string": "text"}


def count_articles(path: Path) -> tuple[int, int]:
    """How many articles of a version `load_corpus` gives, and how many it leaves out. No text is read."""
    import pyarrow.parquet as pq

    rows, without = 0, 0
    for file in articles_files(latest(path)):
        with reading_parquet(f"{file.parent.name}/{file.name}"):
            parquet = pq.ParquetFile(file)
            rows += parquet.metadata.num_rows
            columns = {"article_id", "annotated"} & set(parquet.schema_arrow.names)
            without += len(_unannotated(parquet.read(sorted(columns))))
    return rows - without, without


def articles_files(version: Path | VersionFiles) -> list[Path]:
    """The files of the table of articles, each proved to be the published one."""
    version = opened(version)
    names = [name for table, name in version.tables() if table == "articles"]
    version.prove(names)
    return [version.path(name) for name in names]


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
