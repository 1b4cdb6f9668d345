"""Where the time of our own deduplication goes: a runner that keeps a clock over each of its steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

Step = Callable[[pa.Table], Iterator[pa.Table]]
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Clock:
    """CPU seconds and peak megabytes of every stage; the time of a stage inside another counts for it alone."""

    cpu: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)
    _running: list[str] = field(default_factory=list)
    _since: float = field(default_factory=time.process_time)

    @contextmanager
    def over(self, name: str) -> Iterator[None]:
        """Run the body under the name of a stage."""
        self._settle()
        self._running.append(name)
        try:
            yield
        finally:
            self._settle()
            self._running.pop()

    def _settle(self) -> None:
        now = time.process_time()
        if self._running:
            name = self._running[-1]
            self.cpu[name] = self.cpu.get(name, 0.0) + now - self._since
            self.peak_mb[name] = max(self.peak_mb.get(name, 0.0), peak_mb())
            if _RESET.exists():
                _RESET.write_text("5")
        self._since = time.process_time()

    def timed(self, name: str, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The same tables, made under the name of a stage."""
        while True:
            with self.over(name):
                table = next(tables, None)
            if table is None:
                return
            yield table


def peak_mb() -> float:
    """Peak memory of this process in 2^20 bytes since it was last reset. Linux; 0 elsewhere."""
    if not _STATUS.is_file():
        return 0.0
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


@dataclass(frozen=True)
class Timed:
    """A runner that hands on to another one in this process and times what it does."""

    inner: Any
    clock: Clock

    def source(self, blocks: list[pa.Table]) -> Any:
        """See `Runner.source`."""
        return self.inner.source(blocks)

    def map(self, step: Step, data: Any) -> Any:
        """See `Runner.map`."""
        name = getattr(step, "__name__", type(step).__name__)
        return self.inner.map(lambda table: self.clock.timed(name, iter(step(table))), data)

    def shuffle(self, data: Any, key: str) -> Any:
        """See `Runner.shuffle`."""
        with self.clock.over("shuffle"):
            return self.inner.shuffle(data, key)

    def keep(self, data: Any) -> Any:
        """See `Runner.keep`."""
        with self.clock.over("keep"):
            return self.inner.keep(data)

    def select(self, data: Any, columns: list[str]) -> Any:
        """See `Runner.select`."""
        return self.inner.select(data, columns)

    def tables(self, data: Any) -> Iterator[pa.Table]:
        """See `Runner.tables`."""
        return self.clock.timed("read back", iter(self.inner.tables(data)))
