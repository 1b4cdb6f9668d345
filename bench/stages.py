"""Where the time of our own deduplication goes: a runner that keeps a clock over each of its steps."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.schema.problems import UsageError

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class StageTime:
    """CPU seconds of one stage, without the stages inside it, and the peak memory of the process during it (MB)."""

    name: str
    cpu: float
    peak_mb: float


@dataclass
class Clock:
    """Adds up the time of stages that run inside each other, each for itself."""

    cpu: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)
    _running: list[str] = field(default_factory=list)
    _since: float = 0.0

    def stages(self) -> list[StageTime]:
        """What was timed, in the order of the first starts."""
        return [StageTime(name, cpu, self.peak_mb[name]) for name, cpu in self.cpu.items()]

    @contextmanager
    def over(self, name: str) -> Iterator[None]:
        """Run the body under the name of a stage."""
        self._settle()
        self._running.append(name)
        self.cpu.setdefault(name, 0.0)
        try:
            yield
        finally:
            self._settle()
            self._running.pop()

    def tables(self, name: str, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The same tables, made under the name of a stage."""
        while True:
            with self.over(name):
                table = next(tables, None)
            if table is None:
                return
            yield table

    def function(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, run under the name of a stage."""

        def timed(*arguments: Any) -> Any:
            with self.over(name):
                return call(*arguments)

        return timed

    def _settle(self) -> None:
        if self._running:
            name = self._running[-1]
            self.cpu[name] += time.process_time() - self._since
            self.peak_mb[name] = max(self.peak_mb.get(name, 0.0), peak_mb() or 0.0)
            if _RESET.exists():
                _RESET.write_text("5")  # from here on VmHWM counts anew
        self._since = time.process_time()


class FailedError(UsageError):
    """What was to be measured fails here."""


def in_own_process(module: str, name: str, *arguments: str) -> tuple[float, dict[str, Any]]:
    """Wall seconds of `python -m module name arguments`, and the JSON object that is the last line it prints.

    Raises `FailedError` with the last line of its errors where it fails.
    """
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", module, name, *arguments], capture_output=True, text=True, check=False)
    wall = time.perf_counter() - begin
    if done.returncode:
        why = next(iter(done.stderr.strip().splitlines()[-1:]), f"it was ended by signal {-done.returncode}")
        raise FailedError(f"{name} fails here: {why}")
    return wall, json.loads(done.stdout.splitlines()[-1])


def peak_mb() -> float | None:
    """Peak memory of this process in 2^20 bytes, from Linux; None elsewhere."""
    if not _STATUS.is_file():
        return None
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


@dataclass(frozen=True)
class TimedRunner:
    """Hands everything on to a runner in this process, with a clock over steps, reading, kernel and shuffles."""

    inner: Any
    clock: Clock

    def source(self, batches: list[pa.Table]) -> Any:
        """See `Runner.source`."""
        return self.inner.source(batches)

    def map(self, step: Any, data: Any) -> Any:
        """See `Runner.map`."""
        name, timed, fields = getattr(step, "__name__", type(step).__name__), step, getattr(step, "__dict__", {})
        if "read" in fields:
            timed = dataclasses.replace(timed, read=lambda batch: self.clock.tables("read", iter(step.read(batch))))
        if "kernel" in fields:
            loops = {f.name: getattr(step.kernel, f.name) for f in dataclasses.fields(step.kernel)}
            clocked = {loop: self.clock.function(loop, call) for loop, call in loops.items()}
            timed = dataclasses.replace(timed, kernel=dataclasses.replace(step.kernel, **clocked))
        return self.inner.map(lambda table: self.clock.tables(name, iter(timed(table))), data)

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
        return self.clock.tables("read back", iter(self.inner.tables(data)))


def stage_table(stages: list[StageTime], docs: int, text_bytes: int, floor: float | None) -> str:
    """Stages as a Markdown table; rates by CPU time, ratios to the CPU seconds of the floor."""
    lines = ["| stage | CPU s | docs/s | MB/s | peak MB | x floor |", "|---|---|---|---|---|---|"]
    for stage in stages:
        cpu = max(stage.cpu, 1e-6)
        over = f"{stage.cpu / floor:.2f}" if floor else ""
        rates = f"{docs / cpu:,.0f} | {text_bytes / 1e6 / cpu:,.0f}"
        lines.append(f"| {stage.name} | {stage.cpu:.2f} | {rates} | {stage.peak_mb:.0f} | {over} |")
    return "\n".join(lines)
