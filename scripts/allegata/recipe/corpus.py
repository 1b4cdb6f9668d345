"""A corpus folder as an object: its articles, its published tables, and the recipe that makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.recipe.article import Article, article_of
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.settings import Settings, find_root, read_settings
from allegata.schema.versions import version_folder, versions_in

if TYPE_CHECKING:
    import pyarrow as pa

    from allegata.publish.bump import Level
    from allegata.publish.stage import ReleaseResult


def open_corpus(folder: str | Path = ".") -> Corpus:
    """The corpus that `folder` belongs to: the folder itself or the nearest one above it that has settings.

    Nothing but the settings is read. Raises `UsageError` where there is no corpus, `ProblemsFound` for wrong settings.

    >>> import allegata
    >>> corpus = allegata.open(folder)
    >>> [article.language for article in corpus.articles()]
    ['en', 'en', 'en', 'en', 'en']
    >>> corpus.versions[0]
    '0.1.0'
    >>> corpus.tables("1.2.0")["articles"].num_rows
    5
    >>> sorted(set(corpus.splits("1.2.0").values()))
    ['test', 'train', 'validation']
    """
    if not isinstance(folder, str | Path):
        raise UsageError(f"a corpus is opened by the path of its folder, not {type(folder).__name__}")
    root = find_root(Path(folder))
    return Corpus(root, read_settings(root))


@dataclass(frozen=True)
class Corpus:
    """A corpus folder; made by `allegata.open`. `root` is the folder, `settings` what it says of itself.

    Every method reads the folder as it is at that time; nothing is kept between two calls. All raise `ProblemsFound`
    with everything that is wrong with the data, unless they say otherwise.
    """

    root: Path
    settings: Settings

    @property
    def versions(self) -> tuple[str, ...]:
        """The published versions, oldest first: `("1.0.0", "1.1.0")`."""
        return versions_in(self.root / "corpus")

    def articles(self) -> Iterator[Article]:
        """The articles of raw/ after cleaning, sorted by id, copies among them; without those that have no text.

        A few hundred are in memory at a time.
        """
        from allegata.recipe.build import run

        build = run(self.root, "clean")
        for batch in build.article_batches():
            yield from map(article_of, batch.to_pylist())

    def tables(self, version: str | None = None) -> Mapping[str, pa.Table]:
        """The tables of a published version, the latest by default, by name; each is read when it is asked for.

        The rows of all splits are put together, sorted by id; `splits` says which article is in which. Raises
        `UsageError` where the version is not published.
        """
        from allegata.schema.published import PublishedTables

        return PublishedTables(self.version_folder(version))

    def splits(self, version: str | None = None) -> Mapping[str, str]:
        """The split of every article of a published version: `{"a": "train", "b": "test"}`."""
        from allegata.schema.published import read_splits

        return read_splits(self.version_folder(version))

    def version_folder(self, version: str | None = None) -> Path:
        """The folder of a published version, the latest by default. Raises `UsageError` where it is not published."""
        return version_folder(self.root / "corpus", version)

    def build(self, workers: int = 1, bump: Level | None = None) -> ReleaseResult:
        """Publish raw/ and annotations/ as a version, or prove the published one equal; as `allegata build` does.

        `bump` is "patch", "minor" or "major"; None raises the version by the least that fits what has changed.
        """
        from allegata.engine.job import RunOptions
        from allegata.publish.bump import LEVELS
        from allegata.recipe.build import run

        if bump is not None and bump not in LEVELS:
            raise UsageError(f"bump is {bump!r}: one of {', '.join(LEVELS)}, or None")
        release = run(self.root, options=RunOptions(workers=workers), bump=bump).release
        assert release is not None  # the last step made it
        return release

    def validate(self, workers: int = 1) -> tuple[Problem, ...]:
        """Everything that keeps the corpus from being published; empty where nothing does. Writes nothing."""
        from allegata.engine.job import RunOptions
        from allegata.recipe.build import run

        try:
            run(self.root, "validate", options=RunOptions(workers=workers))
        except ProblemsFound as found:
            return found.problems
        return ()
