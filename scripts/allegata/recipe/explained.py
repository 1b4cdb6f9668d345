"""What cleaning did to an article, for people: in one line, in notices, and line by line of its source text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from allegata.text.layers import Notice

Row = Mapping[str, Any]
# The columns of the article table that these functions read.
COLUMNS = ["article_id", "language", "confidence", "notices", "source_text", "text", "blocks", "removals"]


@dataclass(frozen=True)
class Summary:
    """An article in one line. `characters` are those of its source text, `removed` counts them by reason; None where
    the article has no source text to speak of. `notices` are all that a curator should know of it."""

    article_id: str
    confidence: float | None
    language: str | None
    characters: int | None
    kept: int
    removed: Mapping[str, int]
    notices: tuple[Notice, ...]

    @property
    def order(self) -> tuple[bool, bool, float, str]:
        """What needs a look comes first: nothing kept, then a notice; then the lowest confidence, none last."""
        confidence = 2 if self.confidence is None else self.confidence
        return self.kept > 0, not self.notices, confidence, self.article_id


def summary(row: Row, low: float) -> Summary:
    """The summary of a cleaned article: a row of `COLUMNS`; a confidence below `low` is a notice."""
    removed = Counter[str]()
    for removal in row["removals"]:
        removed[removal["reason"]] += removal["end"] - removal["start"]
    return Summary(
        row["article_id"],
        row["confidence"],
        row["language"],
        len(row["source_text"]),
        len(row["text"]) if has_text(row) else 0,
        dict(sorted(removed.items())),
        notices(row, low),
    )


def has_text(row: Row) -> bool:
    """Whether a letter or a digit remains of the article: one without leaves the corpus."""
    return any(map(str.isalnum, row["text"]))


def unread(article_id: str, evidence: str) -> Summary:
    """The summary of an article that left before it was cleaned, with the evidence of the ledger."""
    return Summary(article_id, None, None, None, 0, {}, (Notice("no_text", evidence),))


def notices(row: Row, low: float) -> tuple[Notice, ...]:
    """What ingestion and cleaning say of an article, and what the row itself shows."""
    found = [Notice(**notice) for notice in row["notices"] or ()]
    if not has_text(row):
        found.insert(0, Notice("no_clean_text", "all of its text is removed: no letter and no digit remains"))
    elif row["confidence"] is not None and row["confidence"] < low:
        found.append(Notice("low_confidence", f"{row['confidence']:.2f} is below the setting low-confidence = {low}"))
    return tuple(found)


@dataclass(frozen=True)
class Line:
    """A line of an explanation: a kept or a removed line of the source text, or the reason for removed text.

    In a kept line `[-…-]` is around what leaves it; the reasons for that come after the line, those for whole lines
    before them.
    """

    kind: Literal["kept", "removed", "reason"]
    text: str


def explained(source_text: str, removals: Sequence[Row]) -> Iterator[Line]:
    """The whole source text line by line, with what was removed and why; of blank lines one.

    `removals` are disjoint, in order. Removals side by side that say the same share one reason.
    """
    runs, first, start = _runs(source_text, removals), 0, 0
    given: _Run | None = None  # whose reason was the last one
    blank = False
    for line in source_text.split("\n"):
        end = start + len(line)
        while first < len(runs) and runs[first].end <= start:
            first += 1
        beyond = first
        while beyond < len(runs) and runs[beyond].start < end:
            beyond += 1
        here = runs[first:beyond]
        pieces = list(_pieces(line, start, here))
        start = end + 1
        if not line.strip():
            blank = blank or not here
            continue
        if blank:
            yield Line("kept", "")
            blank = False
        if all(run or piece.isspace() for piece, run in pieces):
            for piece, run in pieces:
                if run and piece.strip():
                    if run is not given:
                        yield Line("reason", _reason(run))
                        given = run
                    yield Line("removed", piece)
        else:
            yield Line("kept", "".join(f"[-{piece}-]" if run and piece.strip() else piece for piece, run in pieces))
            given = None
            for said in dict.fromkeys(run.why for run in here):
                yield Line("reason", _reason(*(run for run in here if run.why == said)))


@dataclass(frozen=True)
class _Run:
    start: int
    end: int
    why: str


def _reason(*runs: _Run) -> str:
    """The spans of removals that say the same, and what they say."""
    return f"{' '.join(f'[{run.start},{run.end})' for run in runs)} {runs[0].why}"


def _runs(source_text: str, removals: Sequence[Row]) -> list[_Run]:
    """Removals side by side that say the same as one."""
    runs: list[_Run] = []
    for removal in removals:
        run = _Run(removal["start"], removal["end"], why(removal))
        if runs and runs[-1].why == run.why and not source_text[runs[-1].end : run.start].strip():
            run = _Run(runs.pop().start, run.end, run.why)
        runs.append(run)
    return runs


def why(removal: Row) -> str:
    """What a removal of the layer says in one line: reason, rule, evidence, what it repeats and fills."""
    said = f"{removal['reason']}, {removal['rule']}: {removal['evidence']}"
    if removal["repeats_start"] is not None:
        said += f"; repeats [{removal['repeats_start']},{removal['repeats_end']})"
    if removal["fills"] is not None:
        said += f"; fills {removal['fills']}"
    if removal["confidence"] is not None:
        said += f"; confidence {removal['confidence']:.2f}"
    return said


def _pieces(line: str, start: int, runs: Sequence[_Run]) -> Iterator[tuple[str, _Run | None]]:
    """The parts of a line that starts at `start`, each with the removal that takes it."""
    position = 0
    for run in runs:
        first, last = max(run.start - start, position), min(run.end - start, len(line))
        if first > position:
            yield line[position:first], None
        yield line[first:last], run
        position = last
    if position < len(line):
        yield line[position:], None
