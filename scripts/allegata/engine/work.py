"""The work folder: what each stage made of every batch, kept for the run that goes on where this one was killed, and
for the next one, which makes only what has changed.

A stage of the recipe goes over batches. What it makes of one batch is heavy and stays in the folder, under the name
of the batch; what comes back from the workers is the receipt: what the recipe must know to go on. The receipt is
written last, so a batch with a receipt is finished. It carries the sha256 of its tables and starts with that of
itself and of its place: a batch of which any file is missing, cut short, at another place or differs in one bit is made
again, and a note in the folder says so, which `notices` takes out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from allegata.engine.made_by import code_digest, packages
from allegata.engine.runner import Transform
from allegata.engine.storage import PART, make_folder, read_whole, write_whole
from allegata.schema.digests import sha256_bytes
from allegata.schema.files import LOCK
from allegata.schema.json_lines import json_value
from allegata.schema.problems import Problem, UsageError

RECEIPT = "receipt"
_NOTE = "made-from.json"  # what made the batches of a folder
_SUFFIX, _DAMAGED = ".arrow", ".damaged"  # of a table, and of what is to be said of a batch
_DIGESTS = b"sha256"  # in the metadata of a receipt: of each table of its batch those of its parts
_MOST_PARTS = 8  # of a table: each is a file that whoever reads the table opens
_SEAL = 32  # bytes before a receipt


@dataclass(frozen=True)
class Done:
    """What a stage made of one batch: tables that stay in the folder, the receipt, and what is wrong."""

    receipt: pa.Table
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Work:
    """A work folder (fsspec URL). Every table is an Arrow file `<stage>/<batch>.<table>.arrow`, and articles that came
    in later are in parts of it, `<stage>/<batch>.<table>.<number>.arrow`.

    It is `durable` if a later run may go on with it: see `write_whole`.
    """

    url: str
    durable: bool = True

    def bind(self, made_by: Mapping[str, object]) -> None:
        """Take up the folder for what is `made_by` these options, this code and these packages.

        What was made by others is deleted, which `notices` says: it is of no use. So are parts of files that a killed
        run has begun. Raises `UsageError` where the folder holds files but is no work folder, and where nothing can be
        written.
        """
        url, wanted = self.url, json.loads(json.dumps({"code": code_digest(), "packages": packages(), **made_by}))
        try:
            system, path = fsspec.url_to_fs(url)
            note = f"{path}/{_NOTE}"
            if system.exists(note):
                same = _read_note(f"{url}/{_NOTE}") == wanted
                for file in system.find(path):
                    if file.endswith(PART) or (file.endswith(_SUFFIX) and not same):
                        system.rm_file(file)
                if same:
                    return
                self._notice(_NOTE, "other code, packages or options, or nobody knows which, made what was kept")
            elif system.exists(path) and any(
                not name.endswith(PART) and not name.endswith(LOCK) for name in system.ls(path, detail=False)
            ):  # a run that was killed at once leaves such a part
                raise UsageError(f"{url} is no work folder: it holds files, but no {_NOTE}; name a new folder.")
            write_whole(f"{url}/{_NOTE}", json.dumps(wanted, indent=1, sort_keys=True).encode())
        except (ImportError, OSError, ValueError) as error:  # no package for such a URL, no place, no such kind of URL
            if isinstance(error, OSError) and not self.durable:  # a temporary folder, which nobody named
                raise
            raise UsageError(f"{url} cannot be a work folder: {error}; name another place.") from error

    def kept(self, stage: str, transform: Transform) -> Transform:
        """A function whose results are kept under `stage`, and used again by a later run."""
        return _Kept(self, stage, transform) if self.durable else transform

    def finish(self, stage: str, batch: str, done: Done) -> None:
        """Write the tables of a batch, and last the receipt, which carries their sha256: so nothing need be flushed."""
        make_folder(f"{self.url}/{stage}")
        self._write(stage, batch, done, {})

    def may_extend(self, stage: str, batch: str) -> bool:
        """Whether a finished batch has room for another part."""
        return max(map(len, self._digests(stage, batch).values()), default=0) < _MOST_PARTS

    def extend(self, stage: str, batch: str, done: Done) -> None:
        """Add the rows of more articles to the tables of a finished batch, whose files stay as they are.

        `done` has the tables of these articles alone, and the receipt of all; every row has an `article_id`.
        """
        self._write(stage, batch, done, self._digests(stage, batch))

    def _write(self, stage: str, batch: str, done: Done, before: Mapping[str, list[str]]) -> None:
        digests = {name: [*before.get(name, [])] for name in {**before, **done.tables}}
        for name, rows in done.tables.items():
            if len(rows) or not digests[name]:
                data = encoded(rows.combine_chunks())
                write_whole(self._place(stage, batch, name, len(digests[name])), data, durable=False)
                digests[name].append(sha256_bytes(data))
        receipt = encoded(done.receipt.replace_schema_metadata({_DIGESTS: json.dumps(digests)}))
        write_whole(self._place(stage, batch, RECEIPT), _seal(stage, batch, receipt) + receipt, durable=False)

    def receipt(self, stage: str, batch: str) -> pa.Table | None:
        """The receipt of a finished batch; None where there is none, or any file of the batch is damaged."""
        try:
            sealed = self._bytes(stage, batch, RECEIPT)
        except FileNotFoundError:
            return None
        except IsADirectoryError:
            damage: str | None = "its receipt is no file"
        else:
            damage = self._damage(stage, batch, sealed)
        if damage:
            self._notice(f"{stage}/{batch}", damage)
            return None
        return decoded(sealed[_SEAL:]).replace_schema_metadata(None)

    def _damage(self, stage: str, batch: str, sealed: bytes) -> str | None:
        """What is wrong with a batch of which this is the receipt with its seal; None where all is whole."""
        receipt = sealed[_SEAL:]
        if _seal(stage, batch, receipt) != sealed[:_SEAL]:
            return "its receipt is damaged"
        parts = [(name, *one) for name, digests in _digests(receipt).items() for one in enumerate(digests)]
        for name, part, digest in parts:
            try:
                if sha256_bytes(self._bytes(stage, batch, name, part)) != digest:
                    return f"its table {name} is damaged"
            except FileNotFoundError:
                return f"its table {name} is missing"
            except IsADirectoryError:
                return f"its table {name} is no file"
        return None

    def notices(self) -> list[str]:
        """A line for everything kept that could not be used since this was last asked."""
        try:
            system, path = fsspec.url_to_fs(self.url)
            files = sorted(file for file in system.find(path) if file.endswith(_DAMAGED))
            lines = [system.cat_file(file).decode() for file in files]
            for file in files:
                system.rm_file(file)
        except (ImportError, OSError, ValueError):  # `bind` says what is wrong with the place
            return []
        return lines

    def _notice(self, place: str, what: str) -> None:
        write_whole(f"{self.url}/{place}{_DAMAGED}", f"{self.url}/{place}: {what}; made again".encode(), durable=False)

    def tables(self, stage: str, batch: str) -> list[str]:
        """The tables of a finished batch."""
        return list(self._digests(stage, batch))

    def names(self, stage: str) -> list[str]:
        """The batches that have a receipt, sorted; it may be damaged."""
        end = f".{RECEIPT}{_SUFFIX}"
        return sorted(name.removesuffix(end) for name in self._files(stage) if name.endswith(end))

    def forget(self, stage: str, but: Iterable[str]) -> None:
        """Delete the batches of a stage that are not among these, and parts of tables: nothing refers to them any more.

        A batch that was made again as a whole leaves the parts that it had.
        """
        if self.durable:
            system, path = fsspec.url_to_fs(f"{self.url}/{stage}")
            stay = {name: list[str]() for name in but}
            for name in self._files(stage):
                batch, _, rest = name.partition(".")
                if batch not in stay and not name.endswith(_DAMAGED):
                    system.rm_file(f"{path}/{name}")
                elif rest.count(".") > 1 and name.endswith(_SUFFIX):
                    stay[batch].append(name)
            for batch, parts in stay.items():
                digests = self._known_digests(stage, batch) if parts else {}
                for name in parts:
                    _, table, number, _ = name.split(".")
                    if int(number) >= len(digests.get(table, ())):
                        system.rm_file(f"{path}/{name}")

    def read(
        self,
        stage: str,
        batch: str,
        table: str,
        columns: list[str] | None = None,
        articles: pa.Array | pa.ChunkedArray | None = None,
    ) -> pa.Table:
        """One table of one finished batch, or some of its columns; or of some `articles` alone."""
        receipt = self._bytes(stage, batch, RECEIPT)[_SEAL:]
        count = len(_digests(receipt)[table])
        if count == 1 and articles is None:
            return decoded(self._bytes(stage, batch, table), columns)
        wanted = columns and [*dict.fromkeys(["article_id", *columns])]
        parts = [decoded(self._bytes(stage, batch, table, part), wanted) for part in range(count)]
        if articles is not None:
            parts = [part.filter(pc.is_in(part["article_id"], value_set=articles)) for part in parts]
        rows = pa.concat_tables(parts)
        if count > 1:
            rows = in_order_of(decoded(receipt, ["article_id"])["article_id"].combine_chunks(), rows)
        return rows.select(columns) if columns else rows

    def _known_digests(self, stage: str, batch: str) -> dict[str, list[str]]:
        """Those of a batch that may be damaged; nothing then: it is made again as a whole."""
        try:
            return self._digests(stage, batch)
        except (OSError, ValueError, KeyError):
            return {}

    def _digests(self, stage: str, batch: str) -> dict[str, list[str]]:
        return _digests(self._bytes(stage, batch, RECEIPT)[_SEAL:])

    def _files(self, stage: str) -> list[str]:
        system, path = fsspec.url_to_fs(f"{self.url}/{stage}")
        return [file.rpartition("/")[2] for file in system.find(path)] if system.isdir(path) else []

    def _bytes(self, stage: str, batch: str, table: str, part: int = 0) -> bytes:
        return read_whole(self._place(stage, batch, table, part))

    def _place(self, stage: str, batch: str, table: str, part: int = 0) -> str:
        return f"{self.url}/{stage}/{batch}.{table}{f'.{part}' if part else ''}{_SUFFIX}"


@dataclass(frozen=True)
class _Kept:
    """A function for a runner: what it yields of a batch is the receipt of the batch."""

    work: Work
    stage: str
    transform: Transform

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        name = name_of(batch)
        rows = self.work.receipt(self.stage, name)
        if rows is None:
            made = list(self.transform(batch))
            rows = pa.concat_tables(made) if made else pa.table({})
            self.work.finish(self.stage, name, Done(rows))
        for chunk in rows.to_batches():
            yield pa.Table.from_batches([chunk])


def _seal(stage: str, batch: str, receipt: bytes) -> bytes:
    """sha256 of a receipt and of where it is."""
    digest = hashlib.sha256(f"{stage}/{batch}\0".encode())
    digest.update(receipt)
    return digest.digest()


def _digests(receipt: bytes) -> dict[str, list[str]]:
    """Of each table of the batch the sha256 of its parts."""
    with pa.ipc.open_file(receipt) as file:
        found: dict[str, list[str]] = json.loads(file.schema.metadata[_DIGESTS])
    return found


def in_order_of(articles: pa.Array, rows: pa.Table) -> pa.Table:
    """The rows in the order of their articles; rows of one article keep theirs."""
    places = pc.index_in(rows["article_id"], articles).to_numpy()
    return rows.take(pa.array(np.argsort(places, kind="stable"))).combine_chunks()


def name_of(batch: pa.Table) -> str:
    """The name of a batch, of its number where it has one."""
    name = batch["batch"][0].as_py()
    return name if isinstance(name, str) else f"{name:08d}"


def packed(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Tables of any columns as one, for a receipt."""
    files = pa.array([encoded(table.combine_chunks()) for table in tables.values()], pa.large_binary())
    return pa.table([pa.array(list(tables), pa.string()), files], ["name", "file"])


def unpacked(receipt: pa.Table) -> dict[str, pa.Table]:
    """What `packed` put together."""
    return {row["name"]: decoded(row["file"]) for row in receipt.to_pylist()}


def encoded(table: pa.Table) -> bytes:
    """A table as an Arrow file; not compressed, which took six times as long and made half of the bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def decoded(data: bytes, columns: list[str] | None = None) -> pa.Table:
    """What `encoded` wrote, or some columns of it."""
    with pa.ipc.open_file(data) as file:
        if columns is None:
            return file.read_all()
        fields = [file.schema.get_field_index(name) for name in columns]
    with pa.ipc.open_file(data, options=pa.ipc.IpcReadOptions(included_fields=fields)) as file:
        return file.read_all().select(columns)


def _read_note(url: str) -> object:
    try:
        return json_value(read_whole(url))
    except (ValueError, IsADirectoryError):  # damaged: nobody knows what made the batches
        return None
