"""Two passes side by side as self-contained HTML: one page an article and an index. No script, nothing loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from urllib.parse import quote as percent

from allegata.annotate.adjudication import (
    SPANS,
    Compared,
    Difference,
    Paired,
    quote,
    set_aside,
    shown,
)
from allegata.annotate.adjudication_across import ONLY_A, ONLY_B, across_differences
from allegata.annotate.marked_text import Mark, marked_text
from allegata.annotate.passes import Pass, Record
from allegata.annotate.records import SPAN_FIELDS
from allegata.text.spans import Span

# The lines in which a sentence is shown: title, and the kinds of record marked in it.
LINES = (("claims", ("claim",)), ("attributions", ("attribution",)), ("mentions and times", ("mention", "time")))


def page_name(article_id: str) -> str:
    """The file name of the page of an article."""
    return percent(article_id, safe=" ") + ".html"


def article_page(first: Pass, second: Pass, article: Compared) -> str:
    """The page of one article: every sentence with its marked spans in A and in B, and its differences."""
    by_sentence: dict[int, list[Difference]] = {}
    for item in article.differences:
        by_sentence.setdefault(item.sentence, []).append(item)
    pieces = [
        f"<p><a href='index.html'>All articles</a></p><h1>{escape(article.article_id)}</h1>",
        _names(first, second),
        _counts([article]),
        LEGEND,
    ]
    if article.differences:
        links = (
            f"<a href='#s{number}'>{number} <small>({len(found)})</small></a>"
            for number, found in sorted(by_sentence.items())
        )
        pieces.append(f"<nav><p>Sentences with differences: {' '.join(links)}</p></nav>")
    else:
        pieces.append("<p>The passes do not differ in this article.</p>")
    if 0 in by_sentence:
        pieces.append(f"<section id='s0'><h2>Outside all sentences</h2>{_list(by_sentence[0])}</section>")
    for number, span in enumerate(article.sentences.spans, 1):
        pieces.append(_sentence(article, number, span, by_sentence.get(number, [])))
    return _page(article.article_id, pieces)


def _sentence(article: Compared, number: int, span: Span, differences: Sequence[Difference]) -> str:
    changed = {(item.record, item.id) for item in differences}
    rows = []
    for title, kinds in LINES:
        pairs = [pair for pair in article.pairs if pair.kind in kinds]
        marks = {side: [mark for pair in pairs for mark in _marks(article, pair, side, span)] for side in ("A", "B")}
        if any(marks.values()):
            differs = any(record in kinds for record, _ in changed)
            rows.append(f"<h3>{title}{' ≠' if differs else ''}</h3>")
            rows += [
                f"<div class='side' data-pass='{side}'>{marked_text(article.sentences.text, span, found)}</div>"
                for side, found in marks.items()
            ]
    if not rows:
        rows.append(f"<p class='bare'>{escape(span.quote(article.sentences.text))}</p>")
    count = f" <small>{_plural(len(differences), 'difference')}</small>" if differences else ""
    return (
        f"<section id='s{number}'{' class=differs' if differences else ''}><h2>{number}{count}</h2>"
        f"<div class='lines'>{''.join(rows)}</div>{_list(differences)}{_fields(article, number, changed)}</section>"
    )


def _marks(article: Compared, pair: Paired, side: str, sentence: Span) -> Iterable[Mark]:
    record = pair.a if side == "A" else pair.b
    if record is None:
        return
    mine = [item for item in article.differences if (item.record, item.id) == (pair.kind, str(pair.either["id"]))]
    state = "only" if any(item.field == SPANS for item in mine) else "changed" if mine else "same"
    for name in SPAN_FIELDS[pair.kind]:
        label = {"claim": record.get("claim_type"), "mention": record.get("label"), "time": record.get("type")}
        note = {"only": f" only in {side}", "changed": " ≠", "same": ""}[state]
        text = f"{record['id']} {label.get(pair.kind) or name}{note}"
        for index, source in enumerate(sorted(record[name])):
            clean = article.sentences.offsets.span_to_clean(Span(*source))
            start, end = max(clean.start, sentence.start), min(clean.end, sentence.end)
            if start < end:
                yield Mark(Span(start, end), f"{pair.kind} {name} {state}", text if not index else f"{record['id']} …")


def _list(differences: Sequence[Difference]) -> str:
    if not differences:
        return ""
    rows = "".join(
        f"<tr><td>{escape(item.record)} {escape(item.id)}</td><td>{escape(item.field)}: {escape(item.kind)}</td>"
        f"<td>{_value(item.a)}</td><td>{_value(item.b)}</td></tr>"
        for item in differences
    )
    return f"<table class='differences'>{_head('record', 'difference', 'A', 'B')}<tbody>{rows}</tbody></table>"


def _value(text: str) -> str:
    return escape(text) if text else "<span class='nothing'>nothing</span>"


def _fields(article: Compared, number: int, changed: set[tuple[str, str]]) -> str:
    """Every field of every record of a sentence, folded away."""
    rows = []
    for pair in article.pairs:
        if article.sentence_of(pair.either) != number:
            continue
        spans = SPAN_FIELDS[pair.kind]
        for name in (*spans, *(name for name in pair.either if name not in ("record", "id", *spans))):
            a, b = (_field(article, record, name) for record in (pair.a, pair.b))
            mark = " class='changed'" if a != b and (pair.kind, str(pair.either["id"])) in changed else ""
            rows.append(
                f"<tr{mark}><td>{escape(pair.kind)} {escape(str(pair.either['id']))}</td><td>{escape(name)}</td>"
                f"<td>{_value(a)}</td><td>{_value(b)}</td></tr>"
            )
    if not rows:
        return ""
    return (
        f"<details><summary>All fields</summary><table>{_head('record', 'field', 'A', 'B')}"
        f"<tbody>{''.join(rows)}</tbody></table></details>"
    )


def _field(article: Compared, record: Record | None, name: str) -> str:
    if record is None:
        return ""
    return quote(record, name, article.sentences) if name in SPAN_FIELDS[record["record"]] else shown(record[name])


def index_page(first: Pass, second: Pass, articles: Sequence[Compared]) -> str:
    """The index: counts of every article, and what differs across articles."""
    rows = "".join(
        f"<tr><td><a href='{escape(percent(page_name(item.article_id)))}'>{escape(item.article_id)}</a></td>"
        + "".join(f"<td class='number'>{value}</td>" for value in _numbers(item))
        + "</tr>"
        for item in articles
    )
    fields = Counter((item.record, item.field, item.kind) for article in articles for item in article.differences)
    by_field = "".join(
        f"<tr><td>{escape(record)}</td><td>{escape(name)}</td><td>{escape(kind)}</td>"
        f"<td class='number'>{count}</td></tr>"
        for (record, name, kind), count in sorted(fields.items())
    )
    differing = across_differences(first, second)
    across = "".join(
        f"<tr><td>{escape(item.record)} {escape(item.id)}<br><small>{escape(item.what)}</small></td>"
        f"<td>{escape(item.field)} {escape(item.kind)}</td>"
        f"<td>{_value(item.a)}</td><td>{_value(item.b)}</td></tr>"
        for item in differing
    )
    pieces = [
        "<h1>Two passes side by side</h1>",
        _names(first, second),
        *([f"<p>{escape(aside)}</p>"] if (aside := set_aside(first, second)) else []),
        f"<table>{_head('article', 'records in A', 'in B', 'only in A', 'only in B', 'other values', 'differences')}"
        f"<tbody>{rows}</tbody></table>",
        "<h2>Differences by field</h2>",
        f"<table>{_head('record', 'field', 'kind', 'number')}<tbody>{by_field}</tbody></table>"
        if by_field
        else "<p>None.</p>",
        f"<h2>Propositions and disputes: {_plural(len(differing), 'difference')}</h2>",
        f"<div class='wide'><table class='across'>{_head('record', 'difference', 'A', 'B')}"
        f"<tbody>{across}</tbody></table></div>"
        if across
        else "<p>None.</p>",
    ]
    return _page("Two passes side by side", pieces)


def _numbers(article: Compared) -> tuple[int, ...]:
    kinds = Counter(item.kind for item in article.differences)
    others = {(item.record, item.id) for item in article.differences if item.field != SPANS}
    left = sum(pair.a is not None for pair in article.pairs)
    right = sum(pair.b is not None for pair in article.pairs)
    return left, right, kinds[ONLY_A], kinds[ONLY_B], len(others), len(article.differences)


def _counts(articles: Sequence[Compared]) -> str:
    left, right, only_a, only_b, others, total = map(sum, zip(*map(_numbers, articles), strict=True))
    return (
        f"<p>{left} records in A, {right} in B; only in A: {only_a}; only in B: {only_b}; "
        f"with other values: {others}; {_plural(total, 'difference')} in all.</p>"
    )


def _names(first: Pass, second: Pass) -> str:
    described = (f"{found.name} ({', '.join(sorted(found.annotators))})" for found in (first, second))
    return "<p>A: {}. B: {}.</p>".format(*map(escape, described))


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _head(*names: str) -> str:
    return "<thead><tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr></thead>"


LEGEND = (
    "<p class='legend'>Marks: <span class='mark claim same'>in both</span> "
    "<span class='mark claim changed'>other label, span or attribute (≠)</span> "
    "<span class='mark claim only'>in one pass only</span></p>"
)


def _page(title: str, pieces: Iterable[str]) -> str:
    style = files("allegata.annotate").joinpath("adjudication.css").read_text(encoding="utf-8")
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><style>\n{style}</style></head><body>\n"
        + "\n".join(pieces)
        + "\n</body></html>\n"
    )
