"""The cleaning benchmark: a folder of pages, scored for us and for every public extractor in the same run.

Two layouts are read: `evaldata.json` with pages in `eval/` and `cache/` (trafilatura's evaluation), and
`ground-truth.json` with pages in `html/*.html.gz` (scrapinghub/article-extraction-benchmark). Pages with an
even index were used for tuning; the figures that count are those of the odd ones.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from allegata.schema.problems import Problem, ProblemsFound, UsageError
from bench.cleaning_scores import PageCounts, PageReference, Scores, count_page, score
from bench.extractors import PARSE, Extractor, available, parse_only

OURS = "allegata"
PEER = "trafilatura"  # whose time ours is measured by
# Digest of a data set -> least F1 of ours on its odd pages. Written by `pin`.
FLOORS = Path(__file__).with_name("cleaning_floors.json")
# A pinned floor lies this far below the figure: another libxml2 parses some pages otherwise.
_SLACK = 0.002
# Target: seconds of CPU time that our own steps take for one of trafilatura's, on the same pages in the same run.
# Printed and no gate: a short run or a busy machine moves it by a fifth.
MOST_OWN = 0.25


@dataclass(frozen=True)
class TestPage:
    """One page of the benchmark: its name, its file, and what is known of its text."""

    __test__ = False  # pytest: no test class

    name: str
    path: Path
    reference: PageReference

    def read(self) -> bytes:
        """The bytes of the page."""
        data = self.path.read_bytes()
        return gzip.decompress(data) if self.path.suffix == ".gz" else data


@dataclass(frozen=True)
class SystemScores:
    """One extractor: its scores, its speed in pages a second of CPU time, pages without text, pages it fails on."""

    name: str
    tuning: Scores
    unseen: Scores
    all: Scores
    pages_per_second: float
    times_a_parse: float
    empty: int
    failed: tuple[str, ...]


@dataclass(frozen=True)
class CleaningReport:
    """All extractors on one data set, ours first. `digest` names the data."""

    digest: str
    pages: int
    protocol: str
    systems: tuple[SystemScores, ...]
    own: float | None = None  # CPU time of alignment and rules over that of trafilatura alone

    def problems(self) -> list[Problem]:
        """Ours below its floor, or below an extractor of the same run."""
        ours, *others = self.systems
        found = []
        floor = json.loads(FLOORS.read_text(encoding="utf-8")).get(self.digest, {}).get("f1")
        command = "run `allegata clean --article ID` on the pages that lost, correct the rule, and run it again"
        if floor is not None and ours.unseen.f1 < floor:
            found.append(Problem(f"F1 {ours.unseen.f1:.4f} on the unseen half is below its floor {floor:.4f}", command))
        for other in others:
            if other.all.f1 > ours.all.f1:
                found.append(Problem(f"{other.name} scores {other.all.f1:.4f}, ours {ours.all.f1:.4f}", command))
        return found

    def check(self) -> None:
        """Raises `ProblemsFound` if ours fell below its floor or another extractor."""
        if problems := self.problems():
            raise ProblemsFound(problems)

    def table(self) -> str:
        """The report as a text table."""
        head = f"{self.pages} pages, {self.protocol}, data {self.digest[:16]}\n"
        head += f"{'':18} {'F1 unseen':>9} {'F1 tuning':>9} {'F1 all':>7} {'P all':>7} {'R all':>7}"
        head += f" {'pages/s':>8} {'x parse':>8} {'empty':>6} {'failed':>6}\n"
        lines = [
            f"{s.name:18} {s.unseen.f1:9.4f} {s.tuning.f1:9.4f} {s.all.f1:7.4f} {s.all.precision:7.4f} "
            f"{s.all.recall:7.4f} {s.pages_per_second:8.1f} {s.times_a_parse:8.1f} {s.empty:6} {len(s.failed):6}\n"
            for s in self.systems
        ]
        own = (
            ""
            if self.own is None
            else f"alignment and rules: {self.own:.1%} of trafilatura's CPU time (target: at most {MOST_OWN:.0%})\n"
        )
        return head + "".join(lines) + own


def run_cleaning(
    data: Path,
    ours: Extractor,
    *,
    others: Mapping[str, Extractor] | None = None,
    most: int | None = None,
    own: Callable[[], float] | None = None,
) -> CleaningReport:
    """Score `ours` and the installed public extractors on the pages of `data`, one page in memory at a time.

    `most`: only so many pages, from the front (floors hold for all of them only). `own` is asked before and
    behind the pages for the seconds of CPU time that alignment and rules took in `ours` so far. An extractor that
    raises on a page is scored with an empty text there and the page is named. Raises `UsageError` if `data` is no
    data set of a known layout, `ProblemsFound` for a broken index or with every page that is missing.
    """
    pages = load_pages(data)[:most]
    systems = {OURS: ours, **(available() if others is None else others)}
    counts: dict[str, list[PageCounts]] = {name: [] for name in systems}
    seconds = dict.fromkeys([*systems, PARSE], 0.0)
    empty = dict.fromkeys(systems, 0)
    failed: dict[str, list[str]] = {name: [] for name in systems}
    digest = hashlib.sha256()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    for extractor in systems.values():  # what a library does once, for its first page, is no page's time
        _timed(extractor, pages[0].read(), PARSE, seconds)
    seconds[PARSE], before = 0.0, own() if own else 0.0
    for page in pages:
        content = page.read()
        digest.update(f"{page.name}\0{hashlib.sha256(content).hexdigest()}\0{page.reference}\n".encode())
        _timed(parse_only, content, PARSE, seconds)
        for name, extractor in systems.items():
            text = _timed(extractor, content, name, seconds)
            if text is None:
                failed[name].append(page.name)
            empty[name] += not (text or "").strip()
            counts[name].append(count_page(text or "", page.reference))
    shingles = pages[0].reference.body is not None
    return CleaningReport(
        digest.hexdigest(),
        len(pages),
        "4-gram shingles" if shingles else "with/without snippets",
        tuple(
            SystemScores(
                name,
                score(counts[name][::2], shingles=shingles),
                score(counts[name][1::2], shingles=shingles),
                score(counts[name], shingles=shingles),
                len(pages) / max(seconds[name], 1e-9),
                seconds[name] / max(seconds[PARSE], 1e-9),
                empty[name],
                tuple(failed[name]),
            )
            for name in systems
        ),
        (own() - before) / max(seconds[PEER], 1e-9) if own and PEER in seconds else None,
    )


def pin(report: CleaningReport, floors: Path | None = None, *, lower: bool = False) -> float:
    """Make the figure of `report`, less a little, the floor of its data, and return it.

    Raises `ProblemsFound` if that lowers a floor and `lower` does not allow it.
    """
    path = floors or FLOORS
    pinned = json.loads(path.read_text(encoding="utf-8"))
    before = pinned.get(report.digest, {}).get("f1", 0.0)
    floor: float = round(max(0.0, report.systems[0].unseen.f1 - _SLACK), 4)
    if floor < before and not lower:
        what = f"would lower the floor of data {report.digest[:16]} from {before:.4f} to {floor:.4f}"
        raise ProblemsFound([Problem(what, "correct the rules, or say --lower and why in the commit", file=path.name)])
    pinned[report.digest] = {"pages": report.pages, "f1": floor}
    path.write_text(json.dumps(dict(sorted(pinned.items())), indent=2) + "\n", encoding="utf-8")
    return floor


def _timed(extractor: Extractor, content: bytes, name: str, seconds: dict[str, float]) -> str | None:
    started = time.process_time()
    try:
        return extractor(content)
    except Exception:  # whatever a library raises on a page is its result on that page, and is counted
        return None
    finally:
        seconds[name] += time.process_time() - started


def load_pages(data: Path) -> list[TestPage]:
    """The pages of a data set, in the order of its index file."""
    for index, read in (("evaldata.json", _snippet_pages), ("ground-truth.json", _body_pages)):
        if (data / index).is_file():
            try:
                pages = list(read(data, json.loads((data / index).read_text(encoding="utf-8"))))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                what = f"is no index of pages ({type(error).__name__}: {str(error)[:80]})"
                raise ProblemsFound([Problem(what, "take it from the data set again", file=index)]) from None
            missing = [
                Problem("is missing", "unpack the data set again", file=p.name) for p in pages if not p.path.is_file()
            ]
            if missing:
                raise ProblemsFound(missing)
            if pages:
                return pages
    raise UsageError(
        f"{data.name} holds neither evaldata.json nor ground-truth.json with pages: name the data set's folder"
    )


def _snippet_pages(data: Path, index: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[TestPage]:
    for item in index.values():
        name = str(item["file"])
        places = [data / folder / name for folder in ("cache", "eval")]
        path = next((place for place in places if place.is_file()), places[0])
        yield TestPage(name, path, PageReference(wanted=tuple(item["with"]), unwanted=tuple(item["without"])))


def _body_pages(data: Path, index: Mapping[str, Mapping[str, str]]) -> Iterator[TestPage]:
    for name, item in index.items():
        yield TestPage(name, data / "html" / f"{name}.html.gz", PageReference(body=item["articleBody"]))
