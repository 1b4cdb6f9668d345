"""Pages and texts that no newspaper prints, and what they cost: generated on the spot, each in a process of its own."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from allegata.recipe.article import clean_html, clean_text, page_text
from allegata.schema.limits import DEFAULTS
from allegata.schema.problems import ProblemsFound, UsageError
from bench.stages import in_own_process, peak_mb

# Target: CPU seconds of any input, unless it is refused with the reason.
MOST_SECONDS = 5.0
# A case that takes more is ended.
_ENDED_AFTER = 60


@dataclass(frozen=True)
class Worst:
    """One case: CPU seconds to the spans and to a whole article with metadata, language and sentences (None: it was
    ended), peak memory (MB), and what came of it."""

    name: str
    seconds: float | None
    whole: float | None
    peak_mb: float | None
    outcome: str


def _sentence(number: int) -> str:
    return (
        f"On day {number} the mill counted {number * 7} bags of flour, and the clerk wrote {number % 97} of them down."
    )


def _page(body: str) -> bytes:
    head = "<!doctype html><html lang=en><head><title>The mill counts its bags</title></head>"
    return f"{head}<body><article><h1>The mill counts its bags</h1>{body}</article></body></html>".encode()


def _article() -> str:
    return "".join(f"<p>{_sentence(number)}</p>" for number in range(20))


def _paragraphs(count: int) -> bytes:
    return _page("".join(f"<p class=c{number}>{_sentence(number)}</p>" for number in range(count)))


def _up_to(size: int, pieces: Iterator[str]) -> str:
    """Pieces of `size` characters in all, at most."""
    taken: list[str] = []
    while size > 0:
        taken.append(next(pieces))
        size -= len(taken[-1])
    return "".join(taken[:-1])


def _numbered(form: Callable[[int], str]) -> Iterator[str]:
    number = 0
    while True:
        yield form(number)
        number += 1


def _largest() -> bytes:
    return _page(
        _up_to(DEFAULTS.article_bytes - 1_000, _numbered(lambda at: f"<p>{' '.join([_sentence(at)] * 12)}</p>\n"))
    )


def _links(count: int) -> bytes:
    links = "".join(f"<li><a href=/{number}>Street {number}</a></li>" for number in range(count))
    return _page(f"{_article()}<ul>{links}</ul>")


def _table(rows: int) -> bytes:
    cells = "".join(f"<tr><td>{number}<td>Street {number}<td>{number * 7} bags</tr>" for number in range(rows))
    return _page(f"{_article()}<table>{cells}</table>")


def _script() -> bytes:
    script = _up_to(5_000_000, _numbered(lambda at: f"for (i = 0; i<n; i++) {{ say('{at}') }}\n"))
    return _page(f"<script>{script}</script>{_article()}")


PAGES: dict[str, Callable[[], bytes]] = {
    "100,000 paragraphs, each its own class": lambda: _paragraphs(100_000),
    "29,000 paragraphs, each its own class": lambda: _paragraphs(29_000),  # what is just read
    "page of 20 MB": _largest,
    "200,000 links": lambda: _links(200_000),
    "one line of 5 MB": lambda: _page(f"<p>{_up_to(5_000_000, _numbered(_sentence))}</p>"),
    "one line of 19 MB": lambda: _page(f"<p>{_up_to(19_000_000, _numbered(_sentence))}</p>"),
    "table of 300,000 cells": lambda: _table(100_000),
    "table of 87,000 cells": lambda: _table(29_000),
    "29,000 links": lambda: _links(29_000),
    "script of 5 MB": _script,
    "100,000 nested elements": lambda: _page("<div>" * 100_000 + _article()),
}
TEXTS: dict[str, Callable[[], str]] = {
    "plain text, one line of 5 MB": lambda: _up_to(5_000_000, _numbered(_sentence)),
    "plain text, one line of 19 MB": lambda: _up_to(19_000_000, _numbered(_sentence)),
    "plain text, 90,000 lines": lambda: "\n".join(map(_sentence, range(90_000))),
    "plain text, 30,000 lines": lambda: "\n".join(map(_sentence, range(30_000))),
    "plain text, 30,000 equal lines": lambda: "Share this article\n" * 30_000,
}


def run_worst(names: list[str] | None = None) -> list[Worst]:
    """Every case, or those of `names`, one after the other."""
    found = []
    for name in names or [*PAGES, *TEXTS]:
        try:
            _, report = in_own_process("bench.worst_pages", name)
            found.append(Worst(name=name, **report))
        except UsageError as error:  # it ran out of time or memory, or raised
            found.append(Worst(name, None, None, None, str(error)))
    return found


def worst_table(found: list[Worst]) -> str:
    """The cases as a text table; those above the target and not refused are marked."""
    head = f"{'worst cases':40} {'CPU s':>8} {'article':>8} {'peak MB':>8}"
    lines = [f"{head}  (target: {MOST_SECONDS:.0f} CPU s, or refused)"]
    for one in found:
        figures = ((one.seconds, 2), (one.whole, 2), (one.peak_mb, 0))
        cells = [" " * 8 if value is None else f"{value:8.{digits}f}" for value, digits in figures]
        above = one.seconds is None or one.seconds > MOST_SECONDS
        lines.append(f"{one.name:40} {' '.join(cells)}  {one.outcome}{', above the target' * above}")
    return "".join(f"{line}\n" for line in lines)


def clean_worst(name: str) -> tuple[float, float, str]:
    """CPU seconds of one case from bytes, or characters, to spans and to an article, and what came of it."""
    page_text(_page(_article()))  # what is done once
    clean_html(_page(_article()))
    content = PAGES[name]() if name in PAGES else TEXTS[name]()
    started, spans = time.process_time(), 0.0
    try:
        if isinstance(content, bytes):
            page_text(content)
            spans, started = time.process_time() - started, time.process_time()
        article = clean_html(content) if isinstance(content, bytes) else clean_text(content)
        outcome = f"{len(article.text):,} of {len(content):,} kept"
    except ProblemsFound as error:
        outcome = f"refused: {error.problems[0].statement()}"
    seconds = time.process_time() - started
    return spans or seconds, seconds, outcome


def _child(name: str) -> None:
    import json

    resource.setrlimit(resource.RLIMIT_CPU, (_ENDED_AFTER, _ENDED_AFTER))
    seconds, whole, outcome = clean_worst(name)
    print(json.dumps({"seconds": seconds, "whole": whole, "peak_mb": peak_mb(), "outcome": outcome}))


if __name__ == "__main__":
    import sys

    _child(*sys.argv[1:])
