"""Documents on disk or behind a URL, cut into batches; and finished batches that a later run can use again.

All places are fsspec URLs: a local path, `s3://`, `gs://`, `hf://`, `memory://`.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from allegata.engine.arrays import as_arrow, as_strings, as_table
from allegata.engine.runner import Step
from allegata.schema.files import sync_folder, write_file
from allegata.schema.problems import UsageError

# Row groups are put together to batches of at least this many rows.
_ROWS_PER_BATCH = 2_000
# Rows decoded at a time, and bytes of a row group that a batch may stand for.
_ROWS_PER_BATCH, _BYTES_PER_BATCH = 1_000, 8_000_000
# What the batches of a folder are made from.
_NOTE = "made-from.json"
_PART = ".part"
_END = b"\xff\xff\xff\xff\0\0\0\0"  # how every Arrow stream ends (Arrow columnar format, IPC streaming format)


def find_files(urls: list[str]) -> list[str]:
    """The Parquet files behind URLs (files, folders, patterns), sorted. `UsageError` where there is none."""
    found = []
    for url in urls:
        system, path = fsspec.url_to_fs(url)
        pattern = f"{path.rstrip('/')}/**/*.parquet" if system.isdir(path) else path
        found += [system.unstrip_protocol(match) for match in system.glob(pattern)]
    if not found:
        raise UsageError(f"There is no Parquet file at {', '.join(urls)}.")
    return sorted(set(found))


def batches_of(files: list[str]) -> list[pa.Table]:
    """One single-row table a batch: its number, file, row groups, and the number of its first document."""
    batches: list[pa.Table] = []
    first = 0
    for url in files:
        with _parquet(url) as file:
            rows = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        begin = n = 0
        for i, more in enumerate(rows):
            n += more
            if n >= _ROWS_PER_BATCH or i == len(rows) - 1:
                row = {"batch": len(batches), "begin": begin, "end": i + 1, "first": first, "rows": n}
                numbers = {name: np.array([value]) for name, value in row.items()}
                batches.append(as_table(url=as_strings([url]), **numbers))
                first, begin, n = first + n, i + 1, 0
    return batches


def read(batch: pa.Table, columns: list[str]) -> Iterator[pa.Table]:
    """The documents of a batch, some at a time, with their numbers in the column `doc`."""
    row = batch.to_pylist()[0]
    doc = row["first"]
    with _parquet(row["url"]) as file:
        missing = set(columns) - set(file.schema_arrow.names)
        if missing:
            raise UsageError(f"{row['url']} has no column {', '.join(sorted(missing))}.")
        groups = list(range(row["begin"], row["end"]))
        n_bytes = sum(file.metadata.row_group(i).total_byte_size for i in groups)
        n_rows = min(_ROWS_PER_BATCH, 1 + _BYTES_PER_BATCH * row["rows"] // max(1, n_bytes))
        for batch in file.iter_batches(n_rows, row_groups=groups, columns=columns, use_threads=False):
            numbers = as_arrow(np.arange(doc, doc + len(batch)))
            yield pa.Table.from_batches([batch]).select(columns).append_column("doc", numbers)
            doc += len(batch)


@contextmanager
def _parquet(url: str) -> Iterator[pq.ParquetFile]:
    system, path = fsspec.url_to_fs(url)
    # Arrow reads a local file by itself, without a copy through Python. Without pre_buffer=False a whole row
    # group is held: 1,807 MB instead of 458 MB on a million documents.
    with (
        nullcontext(path) if _is_local(system) else system.open(path, "rb") as raw,
        pq.ParquetFile(raw, pre_buffer=False) as file,
    ):
        yield file


def _is_local(system: fsspec.AbstractFileSystem) -> bool:
    return "file" in (system.protocol if isinstance(system.protocol, tuple) else (system.protocol,))


def source_digest() -> str:
    """sha256 of the package: of the path and the bytes of every file of it but compiled ones."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            data = path.read_bytes()
            digest.update(f"{path.relative_to(package).as_posix()}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def bind(url: str, made_from: Mapping[str, object]) -> None:
    """Say in the folder `url` what its batches are made from and by what code, or see that it says so already.

    Raises `UsageError` where it says something else, where it holds files but does not say, and where nothing can
    be written.
    """
    wanted = json.loads(json.dumps({"code": source_digest(), **made_from}))
    try:
        system, path = fsspec.url_to_fs(url)
        note = f"{path}/{_NOTE}"
        if not system.exists(note):
            left = system.ls(path, detail=False) if system.exists(path) else []
            if any(not name.endswith(_PART) for name in left):  # a run that was killed at once leaves such a part
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


@dataclass(frozen=True)
class Checkpoint:
    """A folder of finished batches, bound to what they were made from. See `write_whole` for `durable`."""

    url: str
    durable: bool = True

    @classmethod
    def open(cls, url: str, files: list[str], options: dict[str, str | int | float]) -> Checkpoint:
        """Start a checkpoint, or take up an old one.

        Raises `UsageError` where the folder belongs to other input bytes, another version of the code or
        other options.
        """
        digests = []  # in the order of the inputs, which is that of the batches; two folders may hold one name
        for name in files:
            with fsspec.open(name, "rb") as file:
                digests.append([name, hashlib.file_digest(file, "sha256").hexdigest()])
        bind(url, {"inputs": digests, "options": options})
        return cls(url)

    def step(self, name: str, step: Step) -> Step:
        """The same step, whose finished batches are kept under `name` and used again."""
        return _Checkpointed(f"{self.url}/{name}", step, self.durable)


@dataclass(frozen=True)
class _Checkpointed:
    url: str
    step: Step
    durable: bool

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        target = f"{self.url}-{batch['batch'][0].as_py():08d}.arrows"
        system, path = fsspec.url_to_fs(target)
        data = system.cat_file(path) if system.exists(path) else b""
        if not data.endswith(_END):  # not made yet, or damaged: a file that was cut short is never believed
            data = self._made(batch)
            write_whole(target, data, durable=self.durable)
        if data != _END:
            with pa.ipc.open_stream(data) as reader:
                for batch in reader:
                    yield pa.Table.from_batches([batch])

    def _made(self, batch: pa.Table) -> bytes:
        """What the step yields as one Arrow stream; of no tables its end alone."""
        sink = pa.BufferOutputStream()
        writer = None
        for table in self.step(batch):
            writer = writer or pa.ipc.new_stream(sink, table.schema)
            writer.write_table(table)
        if writer is None:
            return _END
        writer.close()
        return bytes(sink.getvalue())


@contextmanager
def writing(url: str) -> Iterator[IO[bytes]]:
    """A file to write to, which has its name once it is whole. A body that fails leaves what was there before."""
    system, path = fsspec.url_to_fs(url)
    with _aside(system, path) as part, system.open(part, "wb") as file:
        yield file


@contextmanager
def _aside(system: fsspec.AbstractFileSystem, path: str) -> Iterator[str]:
    """Another name beside a file: what the body writes there is moved to the name of the file, or goes if it fails."""
    system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    part = f"{path}.{uuid.uuid4().hex}{_PART}"  # a cluster may finish one batch twice at once
    try:
        yield part
    except BaseException:  # a full disk, an interruption, whatever it was
        if system.exists(part):
            system.rm_file(part)
        raise
    system.mv(part, path)


def write_whole(url: str, data: bytes, *, durable: bool = True) -> None:
    """Write under another name, then move: a killed run leaves no half-written batch under its own name.

    A `durable` file is on the disk before it has its name, so that a power failure leaves no empty one either. On a
    shared machine 200 files of 50 kB took 7 ms each so, and .1 ms else; the 78 of a build of five batches .09 s in all.
    A folder that no later run reads need not be durable.
    """
    system, path = fsspec.url_to_fs(url)
    durable = durable and _is_local(system)  # an object store answers when the object is stored
    with _aside(system, path) as part:
        if durable:
            write_file(Path(part), data)
        else:
            system.pipe_file(part, data)
    if durable:
        sync_folder(Path(path).parent)
