"""The work folder: what is finished of each batch, kept for the run that goes on where this one was killed.

A stage of the recipe goes over batches. What it makes of one batch is heavy and stays in the folder; what comes
back from the workers is the receipt: what the recipe must know to go on. The receipt is written last, so a batch
with a receipt is finished. It carries the sha256 of its tables and starts with that of itself: a batch of which any
file is missing, cut short or differs in one bit is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.ipc

from allegata.engine.runner import Runner, Transform
from allegata.engine.storage import PART, write_whole
from allegata.schema.problems import Problem, UsageError

RECEIPT = "receipt"
_NOTE = "made-from.json"  # what the batches of a folder are made from
_DIGESTS = b"sha256"  # in the metadata of a receipt: of each table of its batch


@dataclass(frozen=True)
class Done:
    """What a stage made of one batch: tables that stay in the folder, the receipt, and what is wrong."""

    receipt: pa.Table
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


# A pure function of its batch, which has its number in the column `batch`.
Step = Callable[[pa.Table], Done]
# Wraps what comes in batch by batch, with the number of batches: for a bar.
Progress = Callable[[Iterable[pa.Table], int], Iterable[pa.Table]]


@dataclass(frozen=True)
class Work:
    """A work folder (fsspec URL). Every table is an Arrow file `<stage>/<batch>.<table>.arrow`.

    It is `durable` if a later run may go on with it: see `write_whole`.
    """

    url: str
    durable: bool = True

    def bind(self, made_from: Mapping[str, object]) -> None:
        """Write in the folder what its batches are made from and by what code, or see that it says so already.

        Raises `UsageError` where it says something else, where it holds files but does not say, and where nothing
        can be written.
        """
        url, wanted = self.url, json.loads(json.dumps({"code": code_digest(), **made_from}))
        try:
            system, path = fsspec.url_to_fs(url)
            note = f"{path}/{_NOTE}"
            if not system.exists(note):
                present = system.ls(path, detail=False) if system.exists(path) else []
                if any(not name.endswith(PART) for name in present):  # a run that was killed at once leaves such a part
                    raise UsageError(f"{url} is no work folder: it holds files, but no {_NOTE}; name a new folder.")
                write_whole(f"{url}/{_NOTE}", json.dumps(wanted, indent=1, sort_keys=True).encode())
                return
            found = system.cat_file(note)
        except (ImportError, OSError, ValueError) as error:  # no package for such a URL, no place, no such kind of URL
            raise UsageError(f"{url} cannot be a work folder: {error}; name another place.") from error
        try:
            before = dict(json.loads(found))
        except (ValueError, TypeError):
            raise UsageError(f"{url} is no work folder: its {_NOTE} is damaged; name a new folder.") from None
        if before != wanted:
            changed = " and ".join(key for key in sorted({*wanted, *before}) if before.get(key) != wanted.get(key))
            raise UsageError(
                f"The work folder {url} holds batches of a run with other {changed}; "
                "name a new folder, or delete this one to start again."
            )

    def kept(self, stage: str, transform: Transform) -> Transform:
        """A function whose results are kept under `stage`, and used again by a later run."""
        return _Kept(self, stage, transform) if self.durable else transform

    def finish(self, stage: str, batch: int, done: Done) -> None:
        """Write the tables of a batch, and last the receipt, which carries their sha256."""
        digests = {}
        for name, rows in done.tables.items():
            data = _encoded(rows.combine_chunks())
            write_whole(self._place(stage, batch, name), data, durable=self.durable)
            digests[name] = hashlib.sha256(data).hexdigest()
        receipt = _encoded(done.receipt.replace_schema_metadata({_DIGESTS: json.dumps(digests)}))
        sealed = hashlib.sha256(receipt).digest() + receipt
        write_whole(self._place(stage, batch, RECEIPT), sealed, durable=self.durable)

    def receipt(self, stage: str, batch: int) -> pa.Table | None:
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

    def read(self, stage: str, batch: int, table: str, columns: list[str] | None = None) -> pa.Table:
        """One table of one finished batch, or some of its columns."""
        return _decoded(self._bytes(stage, batch, table), columns)

    def _bytes(self, stage: str, batch: int, table: str) -> bytes:
        system, path = fsspec.url_to_fs(self._place(stage, batch, table))
        return bytes(system.cat_file(path))

    def _place(self, stage: str, batch: int, table: str) -> str:
        return f"{self.url}/{stage}/{batch:08d}.{table}.arrow"


@dataclass(frozen=True)
class _Kept:
    """A function for a runner: what it yields of a batch is the receipt of the batch."""

    work: Work
    stage: str
    transform: Transform

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        number = batch["batch"][0].as_py()
        rows = self.work.receipt(self.stage, number)
        if rows is None:
            made = list(self.transform(batch))
            rows = pa.concat_tables(made) if made else pa.table({})
            self.work.finish(self.stage, number, Done(rows))
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
        number = batch["batch"][0].as_py()
        problems: Sequence[Problem] = ()
        receipt = self.work.receipt(self.stage, number) if self.stage else None
        if receipt is None:
            done = self.step(batch)
            receipt, problems = done.receipt, done.problems
            if self.stage and not problems:
                self.work.finish(self.stage, number, done)
        found = json.dumps([asdict(problem) for problem in problems])
        yield pa.table(
            [pa.array([number], pa.int64()), pa.array([_encoded(receipt)], pa.large_binary()), pa.array([found])],
            ["batch", "receipt", "problems"],
        )


def finish(
    runner: Runner, work: Work, stage: str | None, step: Step, batches: Sequence[pa.Table], progress: Progress
) -> tuple[list[pa.Table], list[Problem]]:
    """The receipts of `batches` after `stage`, in the order of their numbers, and the problems of all of them."""
    receipts: dict[int, pa.Table] = {}
    problems: list[Problem] = []
    rows = runner.tables(runner.map(_Finish(work, stage, step), runner.source(list(batches)))) if batches else ()
    for table in progress(rows, len(batches)):
        for row in table.to_pylist():
            receipts[row["batch"]] = _decoded(row["receipt"])
            problems += [_problem(**found) for found in json.loads(row["problems"])]
    return [receipts[number] for number in sorted(receipts)], problems


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


def code_digest() -> str:
    """sha256 of the package: of the path and the bytes of every file of it but compiled ones."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            data = path.read_bytes()
            digest.update(f"{path.relative_to(package).as_posix()}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
