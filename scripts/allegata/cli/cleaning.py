"""What people see of cleaning: one table of all articles, its notices in one place, and one article in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from heapq import nsmallest
from itertools import chain
from typing import TYPE_CHECKING, Any

from allegata.cli.shown import exact_json, margin, say, show, table
from allegata.schema.visible import visible
from allegata.schema.wording import number

if TYPE_CHECKING:
    from pathlib import Path

    from allegata.recipe.explained import Line, Summary
    from allegata.recipe.state import Build

# Of more articles or notices than these no line each is printed: those that need a look come first.
MOST_LINES = 200
LEGEND = (
    'removed lines begin with "-", their reason is above them; [-…-] was removed from a kept line, its reason is below'
)
_MARKS = {"kept": ("   ", ""), "removed": ("-  ", "dim"), "reason": ("-- ", "bold")}


def cleaning(build: Build, only: Collection[str] | None = None) -> None:
    """A table with a line an article, `only` some of them or all: those that need a look first; then their notices."""
    from allegata.schema.labels import NOTICES

    reasons, seen = Counter[str](), Counter[str]()
    noticed: dict[str, list[tuple[str, str, str]]] = {kind: [] for kind in NOTICES}

    def counted() -> Iterator[Summary]:
        for one, _ in _found(build, only):
            seen.update(articles=1, characters=one.characters or 0)
            reasons.update(one.removed)
            for notice in one.notices:
                seen[notice.kind] += 1
                if len(noticed[notice.kind]) < MOST_LINES:
                    noticed[notice.kind].append((one.article_id, notice.kind, notice.text))
            yield one

    first = nsmallest(MOST_LINES, counted(), key=lambda one: one.order)
    header = ("article", "confidence", "language", "characters", "kept", "removed, by reason")
    table(header, map(_cells, first))
    if (more := seen["articles"] - len(first)) > 0:
        say(f"… and {more:,} more: --output and --json have them all")
    count = number(seen["articles"], "article")
    total = sum(reasons.values())
    say(f"{count}, {seen['characters']:,} characters; removed in all: {total:,} ({_counts(reasons)})")
    if rows := [row for kind in NOTICES for row in noticed[kind]]:
        table(("article", "notice", "what it says"), rows)
    for kind, found in noticed.items():
        if (more := seen[kind] - len(found)) > 0:
            say(f"… and {more:,} more: {kind}")
    say("an article in full, with what was removed and why: allegata clean --explain ARTICLE")


def _cells(one: Summary) -> tuple[str, ...]:
    confidence = "–" if one.confidence is None else f"{one.confidence:.2f}"
    characters = "–" if one.characters is None else str(one.characters)
    return one.article_id, confidence, one.language or "–", characters, str(one.kept), _counts(one.removed)


def _counts(removed: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(removed.items())) or "nothing"


def explanations(build: Build, only: Collection[str] | None = None) -> None:
    """The whole source text of articles, `only` some of them or all, with what was removed and why.

    A line begins with blanks where it was kept, with `-` where it was removed, with `--` where it is the reason.
    """
    from allegata.recipe.explained import explained

    say(LEGEND)
    for one, row in _found(build, only):
        say()
        confidence = "not judged" if one.confidence is None else f"{one.confidence:.2f}"
        kept = f"{one.kept:,} of {one.characters or 0:,} characters kept"
        say(f"article {one.article_id}: {kept}, confidence {confidence}, language {one.language or 'unknown'}")
        for notice in one.notices:
            say(f"notice {notice.kind}: {notice.text}")
        lines = explained(row["source_text"], row["removals"]) if row else ()
        show_lines(lines)


def show_lines(lines: Iterable[Line]) -> None:
    """The lines of an explanation, each with its mark."""
    margin((_MARKS[line.kind][0], line.text, _MARKS[line.kind][1]) for line in lines)


def as_json(build: Build, only: Collection[str] | None, *, in_full: bool) -> None:
    """A line of JSON an article: its summary, and `in_full` its source text, blocks and removals (source offsets)."""
    layers = ("source_text", "blocks", "removals") if in_full else ()
    for one, row in _found(build, only):
        more = {name: row[name] if row else None for name in layers}
        show(exact_json({**asdict(one), **more}))


def _found(build: Build, only: Collection[str] | None) -> Iterator[tuple[Summary, dict[str, Any] | None]]:
    """Each article, `only` some of them or all, with its row of the article table: those that remain, those of which
    nothing does, and without a row those that were not cleaned."""
    from allegata.recipe.explained import COLUMNS, summary, unread

    for batch in chain(build.article_batches(only, COLUMNS), build.emptied_batches(only)):
        for row in batch.select(COLUMNS).to_pylist():
            yield summary(row, build.settings.low_confidence), row
    for article_id, why in sorted(build.removed.items()):
        if why["stage"] == "ingest" and (only is None or article_id in only):
            yield unread(article_id, str(why["evidence"])), None


def stated(*names: str | None) -> list[str]:
    """The options that were given, an empty one too: it is the id of no article."""
    return [name for name in names if name is not None]


def removals_of(build: Build, article_id: str) -> None:
    """Every removal of one article, with the text that leaves and the metadata field that it fills."""
    article = next(build.article_batches([article_id])).to_pylist()[0]
    rows = []
    for removal in article["removals"]:
        text = article["source_text"][removal["start"] : removal["end"]].strip().replace("\n", " / ")
        quote = text if len(text) <= 70 else f"{text[:50]} … {text[-15:]}"
        place = f"[{removal['start']},{removal['end']})"
        evidence = removal["evidence"]
        if removal["repeats_start"] is not None:
            evidence += f": [{removal['repeats_start']},{removal['repeats_end']})"
        rows.append((place, removal["reason"], removal["rule"], removal["fills"] or "", quote, evidence))
    table(("source span", "reason", "rule", "fills", "text", "evidence"), rows)


def sentences_of(build: Build, article_id: str) -> None:
    """The numbered sentences of one article, as a draft names them: number, zone, text."""
    article = next(build.article_batches([article_id])).to_pylist()[0]
    removed = [(removal["start"], removal["end"]) for removal in article["removals"]]
    for place, sentence in enumerate(article["sentences"], 1):
        text, position = "", sentence["start"]
        for start, end in removed:
            if position < end and start < sentence["end"]:
                text += article["source_text"][position:start]
                position = end
        text += article["source_text"][position : sentence["end"]]
        say(f"{place}\t{sentence['zone']}\t{visible(text)}")


def write(build: Build, output: Path | None, *, quiet: bool) -> None:
    """The articles with their layers into a Parquet file, where one is asked for."""
    if output is None:
        return
    import pyarrow.parquet as pq

    from allegata.schema.files import whole_file

    with whole_file(output) as partial, partial.open("wb") as file:
        pq.write_table(build.articles, file)
    if not quiet:
        say(f"wrote {output}")
