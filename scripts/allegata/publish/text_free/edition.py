"""The text-free edition of a published version: everything but the words of the articles.

Tables keep their columns, and every cell that holds words of an article is empty. What the text and the offsets give
back needs nothing more; what they do not is sealed (`seal`). `restore` fills an edition again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from allegata.publish.contract import has_splits
from allegata.publish.projector import Row
from allegata.publish.text_free.cells import Cell, cells, clean_text, derived, homes, remember, source_offsets
from allegata.publish.text_free.columns import DERIVED, KEPT, OURS, SEALED, Class, classes
from allegata.publish.text_free.documents import texts_of, write_documents
from allegata.publish.text_free.quotes import Quotes
from allegata.publish.text_free.seal import BLOCK, block_of, seal
from allegata.publish.text_free.store import Seal, Store, open_store
from allegata.publish.text_free.tables import ANCHORS, OWN, SEALED_CELLS, TableWriter, read_rows, schemas_of
from allegata.schema.digests import sha256_bytes
from allegata.schema.features import yaml_features
from allegata.schema.files import filled, whole_folder
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.published import read_splits, refuse_values
from allegata.schema.published_scheme import published_scheme
from allegata.schema.release_manifest import TEXT_FREE, TableFacts
from allegata.schema.version_files import VersionFiles
from allegata.schema.version_tables import VersionTables
from allegata.schema.versions import RELEASE_MANIFEST
from allegata.text.fingerprints import BITS, WINDOW, edge, fingerprints

_NEEDED = ("articles", "sentences", "claims", "relations", "positions")  # by their columns of 2.0


@dataclass(frozen=True)
class Edition:
    """A text-free edition. `words` and `characters` are those of the longest run of words that what annotators wrote
    shares with an article; `guessable` are articles so short that their digest may be guessed."""

    version: str
    path: Path
    articles: int
    words: int
    characters: int
    sealed: int
    guessable: int


def write_edition(version: Path, into: Path) -> Edition:
    """Write the text-free edition of the version in the folder `version` to the folder `into`, which is new or empty.

    Raises `UsageError` where `into` holds something, or the version has the tables of an earlier program;
    `ProblemsFound` for a file that is not the published one, and for a column of which nothing says whether it can hold
    text.
    """
    if why := filled(into):
        raise UsageError(f"{into} {why}")
    files = VersionFiles(version)
    manifest, digest = files.manifest, sha256_bytes(files.read(RELEASE_MANIFEST))
    files.prove([*manifest.paths, *(name for _, name in files.tables())])
    refuse_values(files)
    if not {*_NEEDED} <= manifest.tables.keys():
        raise UsageError(f"version {manifest.version} has tables of an earlier program: take 2.0.0 or a later one")
    opened = VersionTables(files)
    schemas = schemas_of(opened)
    making = _Making(opened, digest, schemas, classes(published_scheme(files), schemas))
    with open_store() as store, whole_folder(into, filled) as folder:
        making.read(store)
        tables = making.write(folder, store)
        facts = {
            "window_letters": WINDOW, "window_bits": BITS, "block_letters": BLOCK,
            "longest_quote": {"words": making.longest[0], "characters": making.longest[1]},
            "sealed": making.sealed, "guessable_articles": making.guessable,
        }  # fmt: skip
        write_documents(opened, folder, digest, tables, {TEXT_FREE: facts}, store, making.quotes)
    return Edition(
        manifest.version, into, making.articles, *making.longest, sealed=making.sealed, guessable=making.guessable
    )


@dataclass
class _Making:
    """The way of one version into its edition: all texts are read first, then table by table is emptied."""

    version: VersionTables
    digest: str
    schemas: Mapping[str, pa.Schema]
    classes: Mapping[str, Mapping[str, Class]]
    quotes: Quotes = field(default_factory=Quotes)
    longest: tuple[int, int] = (0, 0)
    sealed: int = 0
    guessable: int = 0
    articles: int = 0

    def read(self, store: Store) -> None:
        """Our own words first, then the articles, which are searched for them."""
        files = self.version.version
        for table in files.manifest.tables:
            ours = [path for path, kind in self.classes[table].items() if kind == OURS]
            for rows in read_rows(self.version, table) if ours else ():
                for cell in (cell for row in rows for path in ours for cell in cells(row, path)):
                    self.quotes.expect(cell.value or "")
        for name in files.manifest.documents:
            for text in texts_of(name, files.read(name)):
                self.quotes.expect(text)
        for rows in read_rows(self.version, "articles"):
            for row in rows:
                store.put_texts(row["article_id"], row["source_text"], clean_text(row, row["source_text"]))
                self.quotes.search(row["article_id"], row["source_text"])
                self.quotes.search(row["article_id"], row["text"])
                self.articles += 1

    def write(self, folder: Path, store: Store) -> dict[str, TableFacts]:
        """All tables, emptied, and those of the edition; what is in them."""
        files = self.version.version
        splits = read_splits(files)
        tables = {}
        for table, facts in files.manifest.tables.items():
            writer = TableWriter(folder, table, self.schemas[table], splits)
            for rows in read_rows(self.version, table):
                for row in rows:
                    remember(table, row, store)
                    if has_splits(table):
                        store.put_edges(row["article_id"], source_offsets(row))
                    self._empty(table, row, store)
                writer.write(rows)
            tables[table] = TableFacts(facts.features, writer.close())
        for table, own in ((ANCHORS, self._anchors(store)), (SEALED_CELLS, _sealed(store))):
            writer = TableWriter(folder, table, OWN[table], splits)
            for row in own:
                writer.write([row])
            tables[table] = TableFacts(yaml_features(OWN[table], {}), writer.close())
        return tables

    def _empty(self, table: str, row: Row, store: Store) -> None:
        """Empty the cells of a row that hold words of an article."""
        for path, kind in self.classes[table].items():
            for cell in cells(row, path) if kind != KEPT else ():
                if cell.value is None or (kind != DERIVED and not cell.value):
                    continue
                if kind == OURS:
                    place = self.quotes.place(cell.value)
                    if place is None:
                        self.longest = max(self.longest, self.quotes.longest(cell.value))
                        continue
                    self._seal_in(table, row, cell, store, [place, *_others(row, place[0], store)])
                elif kind == SEALED or derived(table, row, cell, store) != cell.value:
                    self._seal(table, row, cell, store)
                cell.value = ""

    def _seal(self, table: str, row: Row, cell: Cell, store: Store) -> None:
        places = [(name, store.texts(name).letters.before(offset)) for name, offset in homes(row, store)]
        if not places:
            what = f"{table}.{cell.place} of {next(iter(row.values()))} belongs to no article that could open it"
            raise ProblemsFound([Problem(what, "empty it, and publish the version again")])
        self._seal_in(table, row, cell, store, places)

    def _seal_in(self, table: str, row: Row, cell: Cell, store: Store, places: list[tuple[str, int]]) -> None:
        """Seal a cell once for each article that it may be opened with."""
        assert cell.value is not None
        home = f"{table}/{next(iter(row.values()))}"
        for number, (article_id, letter) in enumerate(places):
            letters = store.texts(article_id).letters.string
            start, end = block_of(letter, len(letters))
            name = f"{home}/{cell.place}/{number}"
            data = seal(cell.value, letters[start:end], name, self.digest)
            store.put_seal(Seal(name, home, cell.place, article_id, start, end, data))
        self.sealed += 1

    def _anchors(self, store: Store) -> Iterator[Row]:
        for article_id in store.articles():
            texts = store.texts(article_id)
            letters = texts.letters
            self.guessable += len(letters.string) < BLOCK
            yield {
                "article_id": article_id,
                "source_sha256": hashlib.sha256(texts.source.encode()).hexdigest(),
                "letters": len(letters.string),
                "letters_sha256": letters.digest,
                "fingerprints": fingerprints(letters.string),
                "edges": [edge(letters, offset)._asdict() for offset in store.edges(article_id)],
            }


def _others(row: Row, article_id: str, store: Store) -> list[tuple[str, int]]:
    """The articles that a row is of beside one: a reader who has any of them opens the cell."""
    places = homes(row, store) if row.get("article_id") is None or store.has(row["article_id"]) else []
    return [(name, store.texts(name).letters.before(offset)) for name, offset in places if name != article_id]


def _sealed(store: Store) -> Iterator[Row]:
    names = OWN[SEALED_CELLS].names
    return (dict(zip(names, found, strict=True)) for found in store.seals())
