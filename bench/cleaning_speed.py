"""`python -m bench cleaning-speed`: the time of a page from bytes to spans, by step, beside trafilatura on the same
pages; whether memory grows with the pages; how workers scale.

Times are CPU time of the process. Ours and trafilatura take turns page by page, so that a busy machine slows both.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import allegata.clean.stage
import allegata.ingest.html
import allegata.ingest.judged
import allegata.ingest.page_metadata
import allegata.ingest.web_page
import allegata.judge.judge
from allegata.recipe.article import page_text
from bench.cleaning_pages import TestPage, load_pages
from bench.extractors import available, take
from bench.stages import Clock, in_own_process, peak_mb

PEER = "trafilatura"
# Target: pages a CPU second of ours over those of trafilatura alone.
LEAST_RATIO = 2.0
# The pages after which memory is read, and of how many different ones.
MEMORY_AT, DIFFERENT = (250, 1_000, 2_000), 250
# Target: the last peak over the first.
MOST_GROWTH = 1.1
# Step -> the module whose function is timed, and its name there. What a function calls that is timed itself is not
# counted for it.
STEPS: dict[str, tuple[Any, str]] = {
    "decode": (allegata.ingest.web_page, "decode_page"),
    "parse": (allegata.ingest.html, "_parse"),
    "walk": (allegata.ingest.web_page, "read_page"),
    "resiliparse": (allegata.ingest.judged, "resiliparse_text"),
    "vote": (allegata.ingest.judged, "trafilatura_text"),
    "alignment": (allegata.ingest.judged, "covered"),
    "features": (allegata.judge.judge, "features"),
    "judge": (allegata.ingest.judged, "judged"),
    "stated title": (allegata.ingest.judged, "stated_title"),
    "main content": (allegata.clean.stage, "find_article"),
    "rules": (allegata.clean.stage, "decide"),
}
REST = "the rest"


@dataclass(frozen=True)
class CleaningSpeed:
    """CPU seconds of ours and of trafilatura over the same pages, those of each step of ours in a run of its own, peak
    memory (MB) by pages, and pages a second of wall time by workers."""

    pages: int
    ours: float
    peer: float
    steps: dict[str, float]
    memory: dict[int, float]
    workers: dict[int, float]

    @property
    def ratio(self) -> float:
        """Pages a CPU second of ours over those of trafilatura."""
        return self.peer / max(self.ours, 1e-9)

    def table(self) -> str:
        """The report as a text table."""
        lines = [f"{self.pages} pages, CPU time from bytes to spans"]
        lines += [
            f"{name:22} {self.pages / max(seconds, 1e-9):8.1f} pages/s {1000 * seconds / self.pages:8.1f} ms a page"
            for name, seconds in (("allegata", self.ours), (PEER, self.peer))
        ]
        lines.append(f"ratio {self.ratio:.2f} (target: at least {LEAST_RATIO})")
        lines += [f"  {name:20} {1000 * seconds / self.pages:8.2f} ms a page" for name, seconds in self.steps.items()]
        if self.memory:
            first, *_, last = self.memory.values()
            peaks = ", ".join(f"{peak:.0f} MB after {pages:,}" for pages, peak in self.memory.items())
            lines.append(f"peak memory: {peaks} pages; growth {last / first:.2f} (target: at most {MOST_GROWTH})")
        lines += [f"{number} workers: {pace:8.1f} pages a second of wall time" for number, pace in self.workers.items()]
        return "".join(f"{line}\n" for line in lines)


def run_cleaning_speed(
    data: Path, most: int = 300, workers: int = 1, memory_at: tuple[int, ...] = MEMORY_AT
) -> CleaningSpeed:
    """Time ours on `most` pages of `data`, evenly spread; each part in a process of its own.

    `memory_at`: numbers of pages, rising, after which the peak is read; none: memory is not measured.
    """
    pages = spread(load_pages(data).pages, most)
    part = partial(in_own_process, "bench.cleaning_speed")
    race = part("race", str(data), str(most))[1]
    steps = part("steps", str(data), str(most))[1]
    memory = part("memory", str(data), *map(str, memory_at))[1] if memory_at else {}
    paces = {number: pace(pages, number) for number in sorted({1, workers})} if workers > 1 else {}
    peaks = {int(number): peak for number, peak in memory.items()}
    return CleaningSpeed(len(pages), race["ours"], race["peer"], steps, peaks, paces)


def spread(pages: tuple[TestPage, ...], most: int) -> tuple[TestPage, ...]:
    """`most` of the pages, evenly spread; all where there are fewer."""
    count = min(most, len(pages))
    return tuple(pages[at * len(pages) // count] for at in range(count))


def race(pages: tuple[TestPage, ...]) -> dict[str, float]:
    """CPU seconds of ours and of trafilatura, in turns."""
    peer = available()[PEER]
    seconds = {"ours": 0.0, "peer": 0.0}
    take(page_text, pages[0].read())
    for page in pages:
        content = page.read()
        seconds["ours"] += take(page_text, content).seconds
        seconds["peer"] += peer.take(content).seconds
    return seconds


def steps(pages: tuple[TestPage, ...]) -> dict[str, float]:
    """CPU seconds of each step of ours, without the steps inside it."""
    take(page_text, pages[0].read())
    clock = Clock()
    with _timed(clock):
        for page in pages:
            content = page.read()
            with clock.over(REST):
                take(page_text, content)
    return {name: clock.cpu.get(name, 0.0) for name in (*STEPS, REST)}


@contextmanager
def _timed(clock: Clock) -> Iterator[None]:
    patches = [
        patch.object(module, function, clock.function(name, getattr(module, function)))
        for name, (module, function) in STEPS.items()
    ]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def memory(pages: tuple[TestPage, ...], at: tuple[int, ...]) -> dict[int, float]:
    """Peak memory of this process (MB) after so many pages: the same pages again and again, so that only what is kept
    between pages can make it grow. Empty where the operating system does not say."""
    peaks = {}
    for number in range(at[-1]):
        take(page_text, pages[number % len(pages)].read())
        if number + 1 in at and (peak := peak_mb()):
            peaks[number + 1] = peak
    return peaks


def pace(pages: tuple[TestPage, ...], workers: int) -> float:
    """Pages a second of wall time in `workers` processes, without their start."""
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_clean_pages, [pages[:1]] * workers * 2))
        shares = [pages[at : at + 10] for at in range(0, len(pages), 10)]
        started = time.perf_counter()
        list(pool.map(_clean_pages, shares))
        return len(pages) / (time.perf_counter() - started)


def _clean_pages(pages: tuple[TestPage, ...]) -> None:
    for page in pages:
        take(page_text, page.read())


def _child(part: str, data: str, *numbers: str) -> None:
    pages, at = load_pages(Path(data)).pages, tuple(map(int, numbers))
    found: dict[Any, float] = {}
    if part == "memory":
        found = memory(spread(pages, DIFFERENT), at)
    else:
        found = {"race": race, "steps": steps}[part](spread(pages, at[0]))
    print(json.dumps(found))


if __name__ == "__main__":
    _child(*sys.argv[1:])
