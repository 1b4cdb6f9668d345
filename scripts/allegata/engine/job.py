"""Where and how a recipe runs: its runner, its work folder, and who follows it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import fsspec
import pyarrow as pa

from allegata.engine.finish import Progress, Step, finish
from allegata.engine.runner import Embedded, Runner
from allegata.engine.scratch import Scratch
from allegata.engine.storage import is_local
from allegata.engine.work import Work, name_of
from allegata.schema.files import LOCK, locked, unlock
from allegata.schema.problems import Problem, Problems, UsageError
from allegata.schema.system_errors import NO_LOCKS

EMBEDDED, RAY = "embedded", "ray"


@dataclass(frozen=True)
class RunOptions:
    """How to run: none of it changes a byte of the result.

    `runner` is "embedded" (this process, or a pool of `workers`) or "ray" (the cluster at `address`, or at
    RAY_ADDRESS; "local" starts one); `work` is the URL of a folder that finished batches are kept in, for a run that
    goes on where one was killed and for the next, which makes only what has changed. Without it they lie in a temporary
    folder. A batch has `batch` articles at most.
    """

    runner: str = EMBEDDED
    workers: int = 1
    address: str | None = None
    work: str | None = None
    batch: int = 512


def without_progress(tables: Iterable[pa.Table], count: int) -> Iterable[pa.Table]:
    """Nobody follows it."""
    return tables


@dataclass(frozen=True)
class Job:
    """A runner and a work folder; without one of the user's the batches lie in `scratch`, for this run alone."""

    runner: Runner
    url: str
    progress: Progress = without_progress
    scratch: Scratch = field(default_factory=Scratch)
    durable: bool = False

    @property
    def work(self) -> Work:
        """The work folder."""
        return Work(self.url, self.durable)

    def bind(self, made_by: Mapping[str, object]) -> None:
        """Take up the work folder. Raises as `Work.bind` does."""
        self.work.bind(made_by)

    def finish(
        self, stage: str | None, step: Step, batches: Sequence[pa.Table], but: Iterable[str] = ()
    ) -> tuple[list[pa.Table], list[Problem]]:
        """The receipts of `batches` after `stage`, in their order, and what is wrong in any of them.

        What an earlier run finished is not made again; without a name of the stage none is kept. Batches that are not
        among these, nor among those named by `but`, are deleted.
        """
        found = finish(self.runner, self.work, stage, step, batches, self.progress)
        if stage:
            self.work.forget(stage, [*map(name_of, batches), *but])
        return found

    def done(
        self, stage: str | None, step: Step, batches: Sequence[pa.Table], but: Iterable[str] = ()
    ) -> list[pa.Table]:
        """The receipts of `finish`. Raises `ProblemsFound` with the problems of all batches."""
        receipts, found = self.finish(stage, step, batches, but)
        problems = Problems()
        problems.extend(found)
        problems.raise_if_any()
        return receipts


@contextmanager
def _held(url: str | None, on_notice: Callable[[str], None]) -> Iterator[None]:
    """Hold the work folder of the user, where it is local and can be locked: two runs would take it from each other.

    At the end `on_notice` gets what was kept there and could not be used.
    """
    lock, path = None, ""
    try:
        system, path = fsspec.url_to_fs(url) if url else (None, "")
        if system is not None and is_local(system):
            Path(path).mkdir(parents=True, exist_ok=True)
            if (lock := locked(Path(path) / LOCK)) is None:
                raise UsageError(f"another run is using the work folder {url}: wait until it ends, or name another one")
    except (ImportError, OSError, ValueError) as error:  # `bind` says what is wrong with the place, if anything
        if isinstance(error, OSError) and error.errno not in NO_LOCKS and os.path.lexists(Path(path) / LOCK):
            raise  # a lock that cannot be read: another run may hold it
    try:
        yield
    finally:
        for line in Work(url).notices() if url else ():
            on_notice(line)
        if lock:
            unlock(lock)


@contextmanager
def open_job(
    options: RunOptions, progress: Progress = without_progress, on_notice: Callable[[str], None] = lambda line: None
) -> Iterator[Job]:
    """A job; the runner ends with the context, the batches can be read as long as the job is there.

    `on_notice` gets a line for everything in the work folder that had to be made again because it was damaged or made
    by something else.

    Raises `UsageError` for an unknown runner, for options of the other one, and for a cluster without an address or
    without a work folder that all its nodes can read.
    """
    scratch = Scratch()
    url = options.work or str(scratch.path / "work")
    if options.workers < 1:
        raise UsageError("name at least one worker")
    if options.runner == RAY and options.workers > 1:
        raise UsageError("Ray knows its own workers: leave --workers out")
    if options.runner == EMBEDDED and options.address:
        raise UsageError("only a cluster has an address: add --runner ray, or leave --address out")
    if options.runner == EMBEDDED:
        with _held(options.work, on_notice), Embedded(options.workers, scratch.path) as embedded:
            yield Job(embedded, url, progress, scratch, bool(options.work))
    elif options.runner == RAY:
        from allegata.engine.cluster import RayRunner

        with _held(options.work, on_notice), RayRunner(options.address) as cluster:
            if not options.work and cluster.address != "local":
                raise UsageError("A cluster needs a work folder that every node can read: name it with --work.")
            yield Job(cluster, url, progress, scratch, bool(options.work))
    else:
        raise UsageError(f"there is no runner {options.runner!r}: use {EMBEDDED} or {RAY}")
