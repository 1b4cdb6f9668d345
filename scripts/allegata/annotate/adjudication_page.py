"""Two passes side by side: a page an article and an index. No script runs in them, and nothing is loaded from
elsewhere."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote as percent

from allegata.annotate.adjudication import SPANS, Compared, Difference, Paired, quote, set_aside, shown
from allegata.annotate.adjudication_across import ONLY_A, ONLY_B, across_differences
from allegata.annotate.marked_text import Labelled, Piece, boxed
from allegata.annotate.passes import Pass, Record
from allegata.annotate.records import SPAN_FIELDS
from allegata.pages.templates import environment, weight
from allegata.text.spans import Span

T = TypeVar("T")
# Bytes of what is compared that a page holds at most, and those of the tags of a row and of a mark.
_LARGEST, _OF_A_ROW, _OF_A_MARK = 400_000, 300, 90
# Bytes of a part of a sentence, which is written up to six times, and of all that with its marks, as of each table
# about it; characters of a value in a table; links that lead to the differences.
_OF_A_PART, _OF_A_TABLE, _OF_A_VALUE, _LINKS = 30_000, 180_000, 2_000, 2_000
TEMPLATES, STYLE = (Path(__file__).parent / name for name in ("templates", "adjudication.css"))
# The lines in which a sentence is shown: title, and the kinds of record marked in it.
LINES = (("claims", ("claim",)), ("attributions", ("attribution",)), ("mentions and times", ("mention", "time")))


@dataclass(frozen=True)
class Line:
    """Some kinds of record marked in a sentence, once for each pass."""

    title: str
    differs: bool
    sides: Mapping[str, Sequence[Piece]]


@dataclass(frozen=True)
class Field:
    """A field of a record as both passes have it."""

    record: str
    name: str
    a: str
    b: str
    changed: bool


@dataclass(frozen=True)
class Sentence:
    """A sentence with what is marked in it, what differs, and all fields of the records that start in it; or a `part`
    of one that is very long, or has very many marks, differences or fields, counted from 0."""

    number: int
    part: int
    text: str
    lines: Sequence[Line]
    differences: Sequence[Difference]
    fields: Sequence[Field]


def page_name(article_id: str, part: int = 0) -> str:
    """The file name of a page of an article: no id has a plus sign in it once it is percent-encoded."""
    return _file("+index" if article_id == "index" else percent(article_id, safe=" "), part)


def _file(name: str, part: int) -> str:
    return f"{name}{f'+{part + 1}' if part else ''}.html"


def article_pages(first: Pass, second: Pass, article: Compared) -> dict[str, str]:
    """The pages of one article by their names: every sentence with its marked spans in A and in B, and its
    differences; one page, or several where they are too much for one."""
    by_sentence: dict[int, list[Difference]] = defaultdict(list)
    for item in article.differences:
        by_sentence[item.sentence].append(item)
    write: Any = environment(TEMPLATES).get_template("adjudication_parts.html").module  # its macros are attributes
    outside = [_cut_short(one) for one in by_sentence.get(0, ())]
    shares = enumerate(_cut(outside, _weight, _OF_A_TABLE) if outside else ())
    sections = [(0, write.outside(share, part)) for part, share in shares]
    sections += [(one.number, write.sentence(one)) for one in _sentences(article, by_sentence)]
    parts = list(_cut(sections, lambda one: len(one[1].encode())))
    names = [page_name(article.article_id, part) for part in range(len(parts))]
    place: dict[int, str] = {}
    for name, found in zip(names, parts, strict=True):
        for number, _ in found:
            place.setdefault(number, name)
    return {
        name: _page(
            "adjudication_article.html",
            passes=(first, second),
            article=article,
            numbers=_numbers(article),
            differing=[
                (number, "" if place[number] == name else percent(place[number]), len(found))
                for number, found in sorted(by_sentence.items())[:_LINKS]
            ],
            more=max(0, len(by_sentence) - _LINKS),
            sections=[section for _, section in parts[part]],
            parts=_parts(names, part),
        )
        for part, name in enumerate(names)
    }


def index_pages(first: Pass, second: Pass, articles: Sequence[Compared]) -> dict[str, str]:
    """The index by the names of its pages: counts of every article, and on the first what differs across articles."""
    fields = Counter((item.record, item.field, item.kind) for article in articles for item in article.differences)
    rows = [(item.article_id, percent(page_name(item.article_id)), _numbers(item)) for item in articles]
    parts = list(_cut(rows, lambda row: weight(row[0]) + len(row[1]) + _OF_A_ROW))
    across = across_differences(first, second)
    shown = next(_cut(across, lambda one: weight(f"{one.what}{one.a}{one.b}") + _OF_A_ROW))
    names = [_file("index", part) for part in range(len(parts))]
    return {
        name: _page(
            "adjudication_index.html",
            passes=(first, second),
            aside=set_aside(first, second),
            articles=parts[part],
            parts=_parts(names, part),
            fields=sorted(fields.items()),
            across=() if part else shown,
            more=len(across) - len(shown),
        )
        for part, name in enumerate(names)
    }


def _parts(names: Sequence[str], here: int) -> list[tuple[int, str, bool]]:
    return [(number + 1, percent(name), number == here) for number, name in enumerate(names)]


def _cut(items: Sequence[T], size: Callable[[T], int], most: int = _LARGEST) -> Iterator[list[T]]:
    """Items in order, cut where a page is full; one empty page where there are none."""
    found: list[T] = []
    room = 0
    for item in items:
        heavy = size(item)
        if found and room + heavy > most:
            yield found
            found, room = [], 0
        found.append(item)
        room += heavy
    yield found


def _page(template: str, **values: object) -> str:
    return environment(TEMPLATES).get_template(template).render(root="", **values)


def _sentences(article: Compared, by_sentence: Mapping[int, Sequence[Difference]]) -> Iterator[Sentence]:
    of_record: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    for item in article.differences:
        of_record[item.record, item.id].append(item)
    starting: dict[int, list[Paired]] = defaultdict(list)
    for pair in article.pairs:
        starting[article.sentence_of(pair.either)].append(pair)
    marks = {
        side: _Passing(mark for pair in article.pairs for mark in _marks(article, pair, side, of_record))
        for side in "AB"
    }
    for number, span in enumerate(article.sentences.spans, 1):
        differences = [_cut_short(one) for one in by_sentence.get(number, ())]
        changed = {(item.record, item.id) for item in differences}
        parts = zip_longest(
            _marked(article.sentences.text, span, marks, changed),
            _cut(differences, _weight, _OF_A_TABLE),
            _cut(list(_fields(article, starting[number], changed)), _weight, _OF_A_TABLE),
        )
        for part, (marked, some, fields) in enumerate(parts):
            text, lines = marked or ("", ())
            yield Sentence(number, part, text, lines, some or (), fields or ())


class _Passing:
    """Marks as parts of their text pass, one after another: none is looked at far from where it stands."""

    def __init__(self, marks: Iterable[Labelled]) -> None:
        self._coming = deque(sorted(marks, key=lambda mark: mark.span.start))
        self._open: list[Labelled] = []

    def within(self, here: Span) -> list[Labelled]:
        """What of the marks stands in a part, in its offsets."""
        while self._coming and self._coming[0].span.start < here.end:
            self._open.append(self._coming.popleft())
        self._open = [mark for mark in self._open if mark.span.end > here.start]
        return [one for mark in self._open if (one := _within(mark, here))]


def _marked(
    text: str, sentence: Span, marks: Mapping[str, _Passing], changed: set[tuple[str, str]]
) -> Iterator[tuple[str, Sequence[Line]]]:
    """A sentence with the lines that it is shown in; in parts that a page can hold, if it is long or full of marks."""
    waiting = [*_windows(text, sentence)][::-1]
    while waiting:
        here = waiting.pop()
        inside = {side: found.within(here) for side, found in marks.items()}
        lines = list(_lines(here.quote(text), inside, changed))
        labels = sum(weight(mark.label) for found in inside.values() for mark in found)
        middle = (here.start + here.end) // 2
        if labels + sum(map(_heavy, lines)) <= _OF_A_TABLE or middle == here.start:
            yield here.quote(text), lines
        else:
            waiting += [Span(middle, here.end), Span(here.start, middle)]


def _heavy(line: Line) -> int:
    """About how many bytes a line takes beside its labels."""
    pieces = [piece for side in line.sides.values() for piece in side]
    return sum(weight(piece.text) + len(piece.opens) * _OF_A_MARK for piece in pieces)


def _weight(row: Difference | Field) -> int:
    """About how many bytes a row of a table takes."""
    return weight(f"{row.a}{row.b}") + _OF_A_ROW


def _windows(text: str, sentence: Span) -> Iterator[Span]:
    """A sentence in parts of a bounded length, cut at a blank where there is one; nearly always in one."""
    start = sentence.start
    while weight(text[start : min(start + _OF_A_PART + 1, sentence.end)]) > _OF_A_PART:
        end = min(start + _OF_A_PART // 6, sentence.end - 1)  # few characters take more bytes
        end = text.rfind(" ", start, end) + 1 or end
        yield Span(start, end)
        start = end
    yield Span(start, sentence.end)


def _cut_short(item: Difference) -> Difference:
    return replace(item, a=_excerpt(item.a), b=_excerpt(item.b))


def _excerpt(text: str) -> str:
    """A value as a table shows it: of a very long one the beginning and the end."""
    return text if len(text) <= _OF_A_VALUE else f"{text[: _OF_A_VALUE - 200]} […] {text[-190:]}"


def _lines(text: str, marks: Mapping[str, Sequence[Labelled]], changed: set[tuple[str, str]]) -> Iterator[Line]:
    for title, kinds in LINES:
        mine = {side: [mark for mark in found if mark.layer.split()[0] in kinds] for side, found in marks.items()}
        if any(mine.values()):
            sides = {side: list(boxed(text, found)) for side, found in mine.items()}
            yield Line(title, any(record in kinds for record, _ in changed), sides)


def _marks(
    article: Compared, pair: Paired, side: str, differences: Mapping[tuple[str, str], Sequence[Difference]]
) -> Iterator[Labelled]:
    """The marks of a record of one pass, in offsets of the clean text."""
    record = pair.a if side == "A" else pair.b
    if record is None:
        return
    mine = differences.get((pair.kind, str(pair.either["id"])), ())
    state = "only" if any(item.field == SPANS for item in mine) else "changed" if mine else "same"
    note = {"only": f" only in {side}", "changed": " ≠", "same": ""}[state]
    label = {"claim": record.get("claim_type"), "mention": record.get("label"), "time": record.get("type")}
    for name in SPAN_FIELDS[pair.kind]:
        text = f"{record['id']} {label.get(pair.kind) or name}{note}"
        for index, source in enumerate(sorted(record[name])):
            span = article.sentences.offsets.span_to_clean(Span(*source))
            yield Labelled(span, f"{pair.kind} {name}", "", f"{record['id']} …" if index else text, state)


def _within(mark: Labelled, sentence: Span) -> Labelled | None:
    """The part of a mark in a sentence, in offsets of the sentence."""
    start, end = max(mark.span.start, sentence.start), min(mark.span.end, sentence.end)
    if start >= end:
        return None
    return Labelled(Span(start - sentence.start, end - sentence.start), mark.layer, "", mark.label, mark.state)


def _fields(article: Compared, pairs: Sequence[Paired], changed: set[tuple[str, str]]) -> Iterator[Field]:
    for pair in pairs:
        spans, own = SPAN_FIELDS[pair.kind], (pair.kind, str(pair.either["id"]))
        for name in (*spans, *(name for name in pair.either if name not in ("record", "id", *spans))):
            a, b = (_field(article, record, name) for record in (pair.a, pair.b))
            yield Field(" ".join(own), name, a, b, a != b and own in changed)


def _field(article: Compared, record: Record | None, name: str) -> str:
    if record is None:
        return ""
    is_span = name in SPAN_FIELDS[record["record"]]
    return _excerpt(quote(record, name, article.sentences) if is_span else shown(record[name]))


def _numbers(article: Compared) -> tuple[int, ...]:
    """Records in A, in B, only in A, only in B, with other values; differences."""
    kinds = Counter(item.kind for item in article.differences)
    others = {(item.record, item.id) for item in article.differences if item.field != SPANS}
    in_a = sum(pair.a is not None for pair in article.pairs)
    in_b = sum(pair.b is not None for pair in article.pairs)
    return in_a, in_b, kinds[ONLY_A], kinds[ONLY_B], len(others), len(article.differences)
