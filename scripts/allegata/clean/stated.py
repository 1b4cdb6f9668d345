"""What leaves the text and is metadata: copies of the title, bylines, dates, tags and notices of machine writing fill
the fields that lack them. So does the headline of a web page, which stays.

The removal whose text fills a field names it (`fills`), so that every lifted value can be looked up. What is in
doubt is not lifted; its text stays readable in its removal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa

from allegata.clean.rules import keywords
from allegata.clean.web import main_content
from allegata.schema.labels import LIFTED_FIELDS
from allegata.text.bylines import authors_in
from allegata.text.dates import announces_update, is_date_line, publication_day
from allegata.text.layers import REMOVAL_LAYER, Removal, set_column
from allegata.text.normal import as_seen
from allegata.text.spans import Span
from allegata.text.tag_lists import each_once
from allegata.text.words import written_languages

# 1 lifted no dates and no tags, 2 authors of English bylines alone, 3 took fewer words for a byline, 4 lifted what
# is not seen too.
NAME = "stated/5"

_WORD, _LANGUAGE_SAMPLE = re.compile(r"\w+"), 5_000
_LOOK_BACK = 100


@dataclass(frozen=True)
class Lifted:
    """A value of a field of metadata, and the removals that state it, by number: none if it stays text."""

    value: str | bool | list[str]
    removals: tuple[int, ...]


@dataclass(frozen=True)
class Head:
    """Where the head of an article ends in its source text, and where the headline of a web page does.

    `title` is the headline in the text of a web page: its title where the page states none.
    """

    end: int
    headline: int | None = None
    title: Span | None = None


def head_of(blocks: Sequence[tuple[Span, str]], headings: Iterable[Span], is_page: bool) -> Head:
    """The head of an article: above the second block of its body (a standfirst may stand above the date), or above the
    only one. `headings` are the first-level headings of a web page."""
    title = next((span for span, zone in blocks if zone == "title"), None) if is_page else None
    bodies = [span.start for span, zone in blocks if zone == "body"][:2]
    if not bodies:
        return Head(0, title=title)
    return Head(bodies[-1], max((span.end for span in headings if span.end <= bodies[0]), default=None), title)


def lifted(source_text: str, removals: Sequence[Removal], head: Head) -> dict[str, Lifted]:
    """Field -> what the removed lines say of it: of several titles, bylines and notices the first, the one day that
    the head states, and the tags of all lists."""
    found: dict[str, Lifted] = {}
    for number, removal in enumerate(removals):
        for field, value in _lines_of_metadata(removal.reason, removal.span.quote(source_text), source_text):
            found.setdefault(field, Lifted(value, (number,)))
    if head.title:
        found["title"] = Lifted(head.title.quote(source_text), ())
    if day := _published(source_text, removals, head):
        found["published"] = day
    if tags := _tags(source_text, removals):
        found["tags"] = tags
    return found


def _lines_of_metadata(reason: str, text: str, source_text: str) -> Iterator[tuple[str, str | bool]]:
    text = " ".join(as_seen(text).split()) if reason in ("title", "byline", "dateline", "generation_notice") else ""
    if reason == "title":
        yield "title", text
    elif reason in ("byline", "dateline"):
        languages = written_languages(_WORD.findall(source_text[:_LANGUAGE_SAMPLE].casefold()))
        if names := authors_in(text, languages, cued=True):
            yield "author", "; ".join(names)
    elif reason == "generation_notice":
        yield "ai_disclosure", text
        yield "ai_generated", True


def _published(source_text: str, removals: Sequence[Removal], head: Head) -> Lifted | None:
    """The day that the date lines of the head state: what a rule took as one, and, between the headline of a page and
    its body, what is nothing else."""
    lines: list[str] = []
    owners: list[int] = []
    for number, removal in enumerate(removals):
        if removal.span.start >= head.end:
            break
        beside = removal.reason == "outside_main_content" and head.headline is not None
        if not beside and removal.reason not in ("dateline", "byline"):
            continue
        start = max(removal.span.start, head.headline or 0)
        above, here = _line_above(source_text, start), []
        for line in source_text[start : removal.span.end].split("\n"):
            if not announces_update(above) and (is_date_line(line) or not beside):
                here.append(line)
            above = line if line.strip() else above
        lines += here
        owners += [number] * len(here)
    day = publication_day(lines)
    return Lifted(day[0], (owners[day[1]],)) if day else None


def _line_above(text: str, place: int) -> str:
    """The end of the last line above `place` that is not blank, or of what stands before it in its own line."""
    while place and text[place - 1].isspace():
        place -= 1
    least = max(0, place - _LOOK_BACK)
    return text[max(text.rfind("\n", least, place) + 1, least) : place]


def _tags(source_text: str, removals: Sequence[Removal]) -> Lifted | None:
    """The items of the keyword lists. Beside the text of a page stand those of other articles and of the whole site:
    there a list counts only if it is the only one that calls itself one."""
    inside: list[tuple[int, list[str]]] = []
    beside: list[tuple[int, list[str]]] = []
    for number, removal in enumerate(removals):
        if removal.reason != "keyword_list":
            continue
        outside = removal.rule == main_content.NAME
        items = keywords.stated(as_seen(removal.span.quote(source_text)), beside=outside)
        if items:
            (beside if outside else inside).append((number, items))
    chosen = inside or (beside if len(beside) == 1 else [])
    if not chosen:
        return None
    return Lifted(each_once(chain.from_iterable(items for _, items in chosen)), tuple(number for number, _ in chosen))


def fill(table: pa.Table, removals: Sequence[Sequence[Removal]], heads: Sequence[Head]) -> pa.Table:
    """`table` with what its `removals` state in the fields that are null, and with the removals as column `removals`,
    each with the field it fills. What is known already stays; `tags` is never null, but empty."""
    names = [name for name in LIFTED_FIELDS if name in table.column_names]
    sources = table.column("source_text").to_pylist()
    rows, marked = [], []
    for known, source, own, head in zip(table.select(names).to_pylist(), sources, removals, heads, strict=True):
        found = {name: one for name, one in lifted(source, own, head).items() if name in known and known[name] is None}
        rows.append(
            {"tags": []}
            | {name: value for name, value in known.items() if value is not None}
            | {name: one.value for name, one in found.items()}
        )
        marked.append(_marked(own, found))
    for name in names:
        values = pa.array([row.get(name) for row in rows], table.schema.field(name).type)
        table = set_column(table, name, values)
    return set_column(table, "removals", pa.array(marked, REMOVAL_LAYER))


def _marked(removals: Sequence[Removal], found: Mapping[str, Lifted]) -> list[dict[str, object]]:
    """The rows of the removals, each with the first field it fills, in the order of `LIFTED_FIELDS`."""
    fills: dict[int, str] = {}
    for name in LIFTED_FIELDS:
        for number in found[name].removals if name in found else ():
            fills.setdefault(number, name)
    return [removal.row() | {"fills": fills.get(number)} for number, removal in enumerate(removals)]
