"""A text-free edition filled again with the texts of the articles: the published version, or what copies make of it."""

from __future__ import annotations

import base64
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import pyarrow as pa

from allegata.publish.configs import README, front_matter, version_configs
from allegata.publish.contract import LEDGER_TABLE, has_splits
from allegata.publish.croissant.document import CROISSANT
from allegata.publish.manifest import render_json, render_release_manifest
from allegata.publish.projector import Row
from allegata.publish.readme import read_readme
from allegata.publish.text_free.cells import Cell, cells, derived, remember
from allegata.publish.text_free.columns import DERIVED, Class, classes
from allegata.publish.text_free.documents import FULL, SEALED_SUFFIX, described, letters_of_all
from allegata.publish.text_free.moved import NO_COPY, Drift, Moved, move
from allegata.publish.text_free.seal import unseal
from allegata.publish.text_free.store import Seal, Store
from allegata.publish.text_free.tables import OWN, SEALED_CELLS, TableWriter, read_rows, schemas_of
from allegata.schema.digests import sha256_bytes, sha256_file
from allegata.schema.files import write_file
from allegata.schema.json_lines import json_object
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.published import read_splits
from allegata.schema.published_scheme import published_scheme
from allegata.schema.release_manifest import ReleaseManifest, TableFacts, parse_manifest
from allegata.schema.scheme import PUBLISHED_SCHEME
from allegata.schema.version_files import VersionFiles
from allegata.schema.version_tables import VersionTables
from allegata.schema.versions import RELEASE_MANIFEST, RESTORE_VERSION
from allegata.text.spans import Span

DRIFTED = "drifted.jsonl"
_MEMORY = 8  # articles
_SHOWN = 20
_NO_CLAIM = "all its claims are lost"
_SHUT = "it opens with words of the article that have changed"
# Column -> the table whose rows it names. What names a lost row says less, or is lost with it.
_NAMES = {
    "sentence_id": "sentences",
    "parent_id": "claims",
    "attribution_id": "attributions",
    "anchor": "time_expressions",
    "claim_ids": "claims",
    "supersedes": "positions",
    "dispute_ids": "disputes",
    "claim_a": "claims",
    "claim_b": "claims",
}


@dataclass
class Restored:
    """What came of an edition: `drifts` counts the spans by kind, `first` are some of them; `unlike` are the files that
    are not, byte for byte, those of the version, `other_rows` the tables that say something else."""

    version: str
    tables: dict[str, TableFacts]
    drifts: dict[str, int]
    first: list[Drift]
    unlike: list[str]
    other_rows: list[str]
    written_by: dict[str, str]


@dataclass
class Restoring:
    """The way back: `store` holds the texts of the articles that there are copies of."""

    edition: VersionTables
    store: Store
    report: IO[str]
    all_same: bool
    lost: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    drifts: Counter[str] = field(default_factory=Counter)
    first: list[Drift] = field(default_factory=list)
    _near: dict[str, Moved | None] = field(default_factory=dict)

    @property
    def _files(self) -> VersionFiles:
        return self.edition.version

    def restore(self, folder: Path) -> Restored:
        """Write the version to the empty folder `folder`."""
        scheme = published_scheme(self._files)
        if not self.all_same:
            self._survey()
        self._read_seals()
        schemas, splits = schemas_of(self.edition), read_splits(self._files)
        kinds = classes(scheme, schemas)
        full = parse_manifest(self._files.read(f"{FULL}/{RELEASE_MANIFEST}"), f"{FULL}/{RELEASE_MANIFEST}")
        digest = self._files.manifest.inputs[RELEASE_MANIFEST]
        tables = {}
        for table, facts in full.tables.items():
            writer = TableWriter(folder, table, schemas[table], splits)
            for rows in read_rows(self.edition, table):
                writer.write([row for row in rows if self._fill(table, row, kinds[table], digest)])
            tables[table] = TableFacts(facts.features, writer.close())
        if self.all_same:
            self._full_documents(folder, digest)
        else:
            self._own_documents(folder, full, tables)
        other = [name for name, facts in tables.items() if facts.digest != full.tables[name].digest]
        published = {file.file: file.sha256 for facts in full.tables.values() for file in facts.files}
        written = {file.file: file.sha256 for facts in tables.values() for file in facts.files}
        unlike = sorted(name for name, found in published.items() if written.get(name) != found)
        if self.all_same and unlike and not other:
            self._name_as_written(folder, full, tables)
        return Restored(full.version, tables, dict(self.drifts), self.first, unlike, other, full.writers)

    # -- what is lost ------------------------------------------------------------------------------------------------

    def _survey(self) -> None:
        """Find every span again before anything is written: what is lost is named by other rows."""
        for table in self._files.manifest.tables:
            if has_splits(table) and table not in OWN:
                for key, row in self._rows(table):
                    for drift in self._place(table, row, key):
                        self._note(drift)
                        if drift.kind == "lost" and not drift.place:
                            self.lost[table].add(key)
                    if key not in self.lost[table] and row.get("sentence_id") in self.lost["sentences"]:
                        self._lose(table, key, row["article_id"], "its sentence is lost")
        for table, parts, fewest in (("propositions", "claims", 2), ("positions", "claims", 1)):
            for key, row in self._rows(table):
                remaining = len(set(row["claim_ids"]) - self.lost[parts])
                if remaining < fewest:
                    self._lose(table, key, "", f"fewer than {fewest} of its claims remain" if remaining else _NO_CLAIM)
        for key, row in self._rows("positions"):
            if key in self.lost["positions"] and row["dispute_id"] not in self.lost["disputes"]:
                self._lose("disputes", row["dispute_id"], "", f"its position {key} is lost")
        for key, row in self._rows("positions"):
            if key not in self.lost["positions"] and row["dispute_id"] in self.lost["disputes"]:
                self._lose("positions", key, "", "its dispute is lost")
        for key, row in self._rows("relations"):
            gone = self.lost["claims"].intersection((row["claim_a"], row["claim_b"]))
            gone |= self.lost["disputes"].intersection(row["dispute_ids"])
            if gone:
                self._lose("relations", key, "", f"{', '.join(sorted(gone))} is lost")

    def _rows(self, table: str) -> Iterator[tuple[str, Row]]:
        batches = read_rows(self.edition, table)
        return ((str(next(iter(row.values()))), row) for rows in batches for row in rows)

    def _lose(self, table: str, key: str, article_id: str, why: str) -> None:
        self.lost[table].add(key)
        self._note(Drift(article_id, table, key, "", "lost", None, None, why))

    def _place(self, table: str, row: Row, key: str) -> Iterator[Drift]:
        article_id = row["article_id"]
        if not self.store.has(article_id):
            at = Span(row["source_start"], row["source_end"]) if "source_start" in row else None
            yield Drift(article_id, table, key, "", "lost", at, None, NO_COPY)
        elif (moved := self._moved(article_id)) is not None:
            yield from move(table, row, moved, key)

    def _moved(self, article_id: str) -> Moved | None:
        if article_id not in self._near:
            if len(self._near) == _MEMORY:
                del self._near[next(iter(self._near))]
            found = self.store.moved(article_id)
            self._near[article_id] = Moved(self.store.texts(article_id), *found) if found else None
        return self._near[article_id]

    def _note(self, drift: Drift) -> None:
        self.drifts[drift.kind] += 1
        if drift.kind != "moved" and len(self.first) < _SHOWN:
            self.first.append(drift)
        self.report.write(json.dumps(drift._asdict(), ensure_ascii=False) + "\n")

    # -- what is restored --------------------------------------------------------------------------------------------

    def _read_seals(self) -> None:
        for row in (row for rows in read_rows(self.edition, SEALED_CELLS) for row in rows):
            self.store.put_seal(Seal(*row.values()))

    def _fill(self, table: str, row: Row, kinds: Mapping[str, Class], digest: str) -> bool:
        """Fill a row; False where it is lost."""
        key = str(next(iter(row.values())))
        if not self.all_same:
            if key in self.lost[table]:
                return False
            if has_splits(table):
                list(self._place(table, row, key))
            self._forget_lost(table, row)
            if table == LEDGER_TABLE and row["status"] == "kept" and not self.store.has(row["article_id"]):
                row |= {"status": "removed", "stage": "hydrate", "reason": "no_copy", "evidence": NO_COPY}
        for path, kind in kinds.items():
            for cell in cells(row, path) if kind == DERIVED else ():
                if cell.value is not None:
                    cell.value = derived(table, row, cell, self.store)
        self._open(table, row, kinds, digest)
        remember(table, row, self.store)
        return True

    def _open(self, table: str, row: Row, kinds: Mapping[str, Class], digest: str) -> None:
        """Open the sealed cells of a row."""
        home = f"{table}/{next(iter(row.values()))}"
        waiting: dict[str, list[Seal]] = defaultdict(list)
        for seal in self.store.seals(home):
            waiting[seal.place].append(seal)
        found = {cell.place: cell for path in kinds for cell in cells(row, path)} if waiting else {}
        for place, seals in waiting.items():
            if place not in found:
                continue  # of a segment that is lost, and listed
            opened = (self._opened(seal, digest) for seal in seals)
            text = next((text for text in opened if text is not None), None)
            if text is not None:
                found[place].value = text
            elif not self._may_differ(found[place], place, kinds):
                key = str(next(iter(row.values())))
                self._note(Drift(seals[0].article_id, table, key, place, "lost", None, None, _SHUT))

    def _may_differ(self, cell: Cell, place: str, kinds: Mapping[str, Class]) -> bool:
        """Whether the offsets have given the cell a text, if another than the version's."""
        path = ".".join(part for part in place.split(".") if not part.isdigit())
        return kinds[path] == DERIVED and bool(cell.value)

    def _opened(self, seal: Seal, digest: str) -> str | None:
        if not self.store.has(seal.article_id):
            return None
        moved = self._moved(seal.article_id)
        if moved is None:
            block: str | None = self.store.texts(seal.article_id).letters.string[seal.start : seal.end]
        else:
            block = moved.block(seal.start, seal.end)
        return None if block is None else unseal(seal.sealed, block, seal.id, digest)

    def _forget_lost(self, table: str, row: Row) -> None:
        """Take the names of lost rows out of a row."""
        for name, other in _NAMES.items():
            value = row.get(name)
            if isinstance(value, list):
                row[name] = [one for one in value if one not in self.lost[other]]
            elif value in self.lost[other]:
                row[name] = "" if name == "sentence_id" else None
        if "claim_ids" in row:
            claims = [claim for name in row["claim_ids"] if (claim := self.store.claim(name))]
            row["article_ids"] = sorted({claim.article_id for claim in claims})
            if "claimer_ids" in row:
                row["claimer_ids"] = sorted({claim.claimer_id for claim in claims})

    # -- documents ---------------------------------------------------------------------------------------------------

    def _full_documents(self, folder: Path, digest: str) -> None:
        """The documents of the version, as they were published."""
        key = letters_of_all(self.store)
        for name in self._files.manifest.documents:
            inner = name.removeprefix(f"{FULL}/")
            if inner == name:
                continue
            data = self._files.read(name)
            if inner.endswith(SEALED_SUFFIX):
                inner = inner.removesuffix(SEALED_SUFFIX)
                opened = unseal(data.decode("ascii", "replace"), key, inner, digest)
                if opened is None:
                    raise ProblemsFound([Problem("does not open with the articles", RESTORE_VERSION, file=name)])
                data = base64.b64decode(opened)
            (folder / inner).parent.mkdir(parents=True, exist_ok=True)
            write_file(folder / inner, data)

    def _name_as_written(self, folder: Path, full: ReleaseManifest, tables: Mapping[str, TableFacts]) -> None:
        """Let what describes the version name its files as this writer wrote them: by other digests none is read."""
        documents: dict[str, bytes] = {}
        if README in full.documents:
            text = read_readme(folder / README, README).text
            header = front_matter(_stated(folder), version_configs(full.version, tables))
            documents[README] = f"{header}{text}".encode()
        if CROISSANT in full.documents:
            documents[CROISSANT] = self._croissant(folder, tables)
        for name, data in documents.items():
            write_file(folder / name, data)
        digests = {**full.documents, **{name: sha256_bytes(data) for name, data in documents.items()}}
        manifest = replace(full, tables=dict(tables), documents=digests, writers={"pyarrow": pa.__version__})
        write_file(folder / RELEASE_MANIFEST, render_release_manifest(manifest))

    def _croissant(self, folder: Path, tables: Mapping[str, TableFacts]) -> bytes:
        croissant = json_object((folder / CROISSANT).read_bytes(), strict=False)
        schemas = schemas_of(self.edition)
        return render_json(described(croissant, tables, schemas, published_scheme(self._files)))

    def _own_documents(self, folder: Path, full: ReleaseManifest, tables: Mapping[str, TableFacts]) -> None:
        """Documents of what is not the published version, but made of it."""
        stated = _stated(self._files.folder)
        text = (
            f"# {stated.get('pretty_name', 'The corpus')} {full.version}, restored from other copies\n\n"
            "Texts and offsets are those of the copies; `drifted.jsonl` lists every span that has moved, changed or is "
            "lost. This is not the published version.\n"
        )
        documents = {
            README: f"{front_matter(stated, version_configs(full.version, tables))}\n{text}".encode(),
            PUBLISHED_SCHEME: self._files.read(PUBLISHED_SCHEME),
        }
        if self._files.has(CROISSANT):
            documents[CROISSANT] = self._croissant(self._files.folder, tables)
        for name, data in documents.items():
            write_file(folder / name, data)
        self.report.flush()
        digests = {name: sha256_bytes(data) for name, data in documents.items()}
        manifest = ReleaseManifest(
            full.version,
            tables=dict(tables),
            documents={**digests, DRIFTED: sha256_file(folder / DRIFTED)},
            inputs=self._files.manifest.inputs,
            algorithms={**full.algorithms, "restored": {"drifted": dict(sorted(self.drifts.items()))}},
            writers={"pyarrow": pa.__version__},
        )
        write_file(folder / RELEASE_MANIFEST, render_release_manifest(manifest))


def _stated(folder: Path) -> dict[str, object]:
    """What the README of a version states beside its files."""
    stated = read_readme(folder / README, README).stated if (folder / README).is_file() else {}
    return {key: value for key, value in stated.items() if key not in ("configs", "dataset_info")}
