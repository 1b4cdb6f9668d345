"""The work folder: what each stage made of every batch, kept for the run that goes on where this one was killed, and
for the next one, which makes only what has changed.

A stage of the recipe goes over batches. What it makes of one batch is heavy and stays in the folder, under the name
of the batch; what comes back from the workers is the receipt: what the recipe must know to go on. The receipt is
written last, so a batch with a receipt is finished. It carries the sha256 of its tables and starts with that of
itself: a batch of which any file is missing, cut short or differs in one bit is made again.

A batch without changes is used as it is. Of another one a step that works article by article (`ByArticle`) makes only
the articles that are new or differ in their key, and takes the rows of the others from the batch as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Protocol, runtime_checkable

import fsspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from allegata.engine.made_by import code_digest, packages
from allegata.engine.runner import Runner, Transform
from allegata.engine.storage import PART, write_whole
from allegata.schema.files import LOCK
from allegata.schema.problems import Problem, UsageError

RECEIPT = "receipt"
_NOTE = "made-from.json"  # what made the batches of a folder
_SUFFIX = ".arrow"
KEY = "key"  # the column that a receipt has beside those of its step `ByArticle`
_DIGESTS = b"sha256"  # in the metadata of a receipt: of each table of its batch


@dataclass(frozen=True)
class Done:
    """What a stage made of one batch: tables that stay in the folder, the receipt, and what is wrong."""

    receipt: pa.Table
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


# A pure function of its batch, which has its name (or number) in the column `batch`. That name stands for all that the
# result depends on, but for the code; unless the step is `ByArticle`.
Step = Callable[[pa.Table], Done]


@runtime_checkable
class ByArticle(Protocol):
    """A step that makes of each row of its batch, which is an article, the same whatever stands beside it.

    The batch, the receipt and all tables have the column `article_id`, and the receipt a row for every article.
    """

    def __call__(self, batch: pa.Table) -> Done:
        """What becomes of these articles."""

    def article_keys(self, batch: pa.Table) -> list[bytes]:
        """Of each article a digest of everything that its result depends on, but for the code."""


# Wraps what comes in batch by batch, with the number of batches: for a bar.
Progress = Callable[[Iterable[pa.Table], int], Iterable[pa.Table]]


@dataclass(frozen=True)
class Work:
    """A work folder (fsspec URL). Every table is an Arrow file `<stage>/<batch>.<table>.arrow`.

    It is `durable` if a later run may go on with it: see `write_whole`.
    """

    url: str
    durable: bool = True

    def bind(self, made_by: Mapping[str, object]) -> None:
        """Take up the folder for what is `made_by` these options, this code and these packages.

        What was made by others is deleted: it is of no use. Raises `UsageError` where the folder holds files but is no
        work folder, and where nothing can be written.
        """
        url, wanted = self.url, json.loads(json.dumps({"code": code_digest(), "packages": packages(), **made_by}))
        try:
            system, path = fsspec.url_to_fs(url)
            note = f"{path}/{_NOTE}"
            if system.exists(note):
                if _read_note(system.cat_file(note)) == wanted:
                    return
                for file in system.find(path):
                    if file.endswith((_SUFFIX, PART)):
                        system.rm_file(file)
            elif system.exists(path) and any(
                not name.endswith(PART) and not name.endswith(LOCK) for name in system.ls(path, detail=False)
            ):  # a run that was killed at once leaves such a part
                raise UsageError(f"{url} is no work folder: it holds files, but no {_NOTE}; name a new folder.")
            write_whole(f"{url}/{_NOTE}", json.dumps(wanted, indent=1, sort_keys=True).encode())
        except (ImportError, OSError, ValueError) as error:  # no package for such a URL, no place, no such kind of URL
            raise UsageError(f"{url} cannot be a work folder: {error}; name another place.") from error

    def kept(self, stage: str, transform: Transform) -> Transform:
        """A function whose results are kept under `stage`, and used again by a later run."""
        return _Kept(self, stage, transform) if self.durable else transform

    def finish(self, stage: str, batch: str, done: Done) -> None:
        """Write the tables of a batch, and last the receipt, which carries their sha256: so nothing need be flushed."""
        digests = {}
        for name, rows in done.tables.items():
            data = _encoded(rows.combine_chunks())
            write_whole(self._place(stage, batch, name), data, durable=False)
            digests[name] = hashlib.sha256(data).hexdigest()
        receipt = _encoded(done.receipt.replace_schema_metadata({_DIGESTS: json.dumps(digests)}))
        sealed = hashlib.sha256(receipt).digest() + receipt
        write_whole(self._place(stage, batch, RECEIPT), sealed, durable=False)

    def receipt(self, stage: str, batch: str) -> pa.Table | None:
        """The receipt of a finished batch; None where there is none, or any file of the batch is damaged."""
        try:
            sealed = self._bytes(stage, batch, RECEIPT)
            if hashlib.sha256(sealed[32:]).digest() != sealed[:32]:
                return None
            receipt = _decoded(sealed[32:])
            for name, digest in json.loads(receipt.schema.metadata[_DIGESTS]).items():
                if hashlib.sha256(self._bytes(stage, batch, name)).hexdigest() != digest:
                    return None
        except FileNotFoundError:
            return None
        return receipt.replace_schema_metadata(None)

    def tables(self, stage: str, batch: str) -> list[str]:
        """The tables of a finished batch."""
        return list(json.loads(_decoded(self._bytes(stage, batch, RECEIPT)[32:]).schema.metadata[_DIGESTS]))

    def names(self, stage: str) -> list[str]:
        """The batches that have a receipt, sorted; it may be damaged."""
        end = f".{RECEIPT}{_SUFFIX}"
        return sorted(name.removesuffix(end) for name in self._files(stage) if name.endswith(end))

    def forget(self, stage: str, but: Iterable[str]) -> None:
        """Delete the batches of a stage that are not among these: nothing refers to them any more."""
        if self.durable:
            system, path = fsspec.url_to_fs(f"{self.url}/{stage}")
            stay = set(but)
            for name in self._files(stage):
                if name.partition(".")[0] not in stay:
                    system.rm_file(f"{path}/{name}")

    def read(self, stage: str, batch: str, table: str, columns: list[str] | None = None) -> pa.Table:
        """One table of one finished batch, or some of its columns."""
        return _decoded(self._bytes(stage, batch, table), columns)

    def _files(self, stage: str) -> list[str]:
        system, path = fsspec.url_to_fs(f"{self.url}/{stage}")
        return [file.rpartition("/")[2] for file in system.find(path)] if system.exists(path) else []

    def _bytes(self, stage: str, batch: str, table: str) -> bytes:
        system, path = fsspec.url_to_fs(self._place(stage, batch, table))
        return bytes(system.cat_file(path))

    def _place(self, stage: str, batch: str, table: str) -> str:
        return f"{self.url}/{stage}/{batch}.{table}{_SUFFIX}"


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


@dataclass(frozen=True)
class _Finish:
    """A function for a runner: finishes a batch that is not finished, and yields one row with its receipt.

    A batch with problems is not finished: once its input is corrected it is made again. Without a `stage` nothing is
    kept.
    """

    work: Work
    stage: str | None
    step: Step

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One row: batch, receipt (an Arrow file), problems (JSON)."""
        name = name_of(batch)
        receipt = self.work.receipt(self.stage, name) if self.stage else None
        done, is_new = self._done(batch, receipt)
        if self.stage and is_new and not done.problems:
            self.work.finish(self.stage, name, done)
        found = json.dumps([asdict(problem) for problem in done.problems])
        yield pa.table(
            [pa.array([name]), pa.array([_encoded(done.receipt)], pa.large_binary()), pa.array([found])],
            ["batch", "receipt", "problems"],
        )

    def _done(self, batch: pa.Table, before: pa.Table | None) -> tuple[Done, bool]:
        """What becomes of the batch, and whether it is to be written; `before` is the receipt that there is."""
        step = self.step
        if not isinstance(step, ByArticle):
            return (step(batch), True) if before is None else (Done(before), False)
        ids, keys = batch["article_id"].combine_chunks(), pa.array(step.article_keys(batch), pa.binary())
        if before is None:
            done = step(batch)
            return replace(done, receipt=done.receipt if done.problems else _keyed(done.receipt, ids, keys)), True
        if before["article_id"].combine_chunks().equals(ids) and before[KEY].combine_chunks().equals(keys):
            return Done(before), False
        same = pc.equal(before[KEY].take(pc.index_in(ids, before["article_id"].combine_chunks())), keys)
        same = pc.fill_null(same, False)
        assert self.stage is not None  # or there were no receipt
        name, stay = name_of(batch), ids.filter(same)
        were = {table: self.work.read(self.stage, name, table) for table in self.work.tables(self.stage, name)}
        done = Done(before.drop_columns(KEY).slice(0, 0), {table: rows.slice(0, 0) for table, rows in were.items()})
        if len(stay) < len(ids):
            done = step(batch.filter(pc.invert(same)))
        if done.problems:
            return done, True
        tables = {table: _joined(were[table], rows, stay, ids) for table, rows in done.tables.items()}
        return Done(_keyed(_joined(before.drop_columns(KEY), done.receipt, stay, ids), ids, keys), tables), True


def _keyed(receipt: pa.Table, ids: pa.Array, keys: pa.Array) -> pa.Table:
    """The receipt with the key of each article."""
    return receipt.append_column(KEY, keys.take(pc.index_in(receipt["article_id"].combine_chunks(), ids)))


def _joined(before: pa.Table, made: pa.Table, stay: pa.Array, ids: pa.Array) -> pa.Table:
    """The rows of the articles that `stay` as they were and those that were made anew, in the order of `ids`."""
    rows = pa.concat_tables([before.filter(pc.is_in(before["article_id"], stay)), made])
    return rows.take(pc.sort_indices(pc.index_in(rows["article_id"], ids)))  # rows of one article keep their order


def finish(
    runner: Runner, work: Work, stage: str | None, step: Step, batches: Sequence[pa.Table], progress: Progress
) -> tuple[list[pa.Table], list[Problem]]:
    """The receipts of `batches` after `stage`, in their order, and the problems of all of them."""
    receipts: dict[str, pa.Table] = {}
    problems: list[Problem] = []
    rows = runner.tables(runner.map(_Finish(work, stage, step), runner.source(list(batches)))) if batches else ()
    for table in progress(rows, len(batches)):
        for row in table.to_pylist():
            receipts[row["batch"]] = _decoded(row["receipt"])
            problems += [_problem(**found) for found in json.loads(row["problems"])]
    return [receipts[name_of(batch)] for batch in batches], problems


def name_of(batch: pa.Table) -> str:
    """The name of a batch, of its number where it has one."""
    name = batch["batch"][0].as_py()
    return name if isinstance(name, str) else f"{name:08d}"


def packed(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Tables of any columns as one, for a receipt."""
    files = pa.array([_encoded(table.combine_chunks()) for table in tables.values()], pa.large_binary())
    return pa.table([pa.array(list(tables), pa.string()), files], ["name", "file"])


def unpacked(receipt: pa.Table) -> dict[str, pa.Table]:
    """What `packed` put together."""
    return {row["name"]: _decoded(row["file"]) for row in receipt.to_pylist()}


def _problem(span: list[int] | None, **rest: object) -> Problem:
    return Problem(**rest, span=(span[0], span[1]) if span else None)  # type: ignore[arg-type]  # what asdict wrote


def _encoded(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _decoded(data: bytes, columns: list[str] | None = None) -> pa.Table:
    with pa.ipc.open_file(data) as file:
        if columns is None:
            return file.read_all()
        fields = [file.schema.get_field_index(name) for name in columns]
    with pa.ipc.open_file(data, options=pa.ipc.IpcReadOptions(included_fields=fields)) as file:
        return file.read_all().select(columns)


def _read_note(data: bytes) -> object:
    try:
        return json.loads(data)
    except ValueError:  # damaged: nobody knows what made the batches
        return None
