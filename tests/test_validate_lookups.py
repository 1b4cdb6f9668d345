"""Positions of many articles on one line agree with the offset map of each, wherever an article begins."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from allegata.schema.scheme import default_scheme
from allegata.schema.tables import TABLES
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span
from allegata.validate.checks import annotation, articles, spans
from allegata.validate.lookups import Lookups

TEXT = st.text(alphabet="ab \n\U0001f600", min_size=1, max_size=8)
Corpus = list[tuple[str, OffsetMap]]


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """Articles that lose any parts of their texts: the start, the end, the whole middle, or everything."""
    found = []
    for text in draw(st.lists(TEXT, min_size=1, max_size=5)):
        ends = st.integers(0, len(text))
        lost = draw(st.lists(st.tuples(ends, ends).map(lambda pair: Span(min(pair), max(pair))), max_size=4))
        found.append((text, OffsetMap.without(lost, len(text))))
    return found


def lookups(corpus: Corpus) -> Lookups:
    rows = []
    for number, (text, offsets) in enumerate(corpus):
        runs, position = [], 0
        for kept in offsets.kept:
            runs.append({"start": position, "source_start": kept.start, "length": kept.length})
            position += kept.length
        rows.append(
            {
                "article_id": f"a{number}",
                "text": offsets.apply(text),
                "source_text": text,
                "offset_map": runs,
            }
        )
    names = ["article_id", "text", "source_text", "offset_map"]
    schema = pa.schema([TABLES["articles"].field(name).with_nullable(True) for name in names])
    return Lookups({"articles": pa.Table.from_pylist(rows, schema=schema)}, frozenset(), default_scheme())


def positions(corpus: Corpus, of: str) -> tuple[np.ndarray, np.ndarray]:
    """Every position of one of the two texts of every article, the end of the source text with them."""
    lengths = [len(text) + 1 if of == "source" else offsets.clean_length for text, offsets in corpus]
    article = np.repeat(np.arange(len(corpus)), lengths)
    return article, np.concatenate([np.arange(length) for length in lengths])


@given(corpora())
def test_kept_before_is_the_clean_position(corpus: Corpus) -> None:
    article, source = positions(corpus, "source")
    expected = [corpus[number][1].to_clean(at) for number, at in zip(article.tolist(), source.tolist(), strict=True)]
    assert spans.kept_before(lookups(corpus), article, source).tolist() == expected


@given(corpora())
def test_to_source_is_the_source_position(corpus: Corpus) -> None:
    article, clean = positions(corpus, "clean")
    expected = [corpus[number][1].to_source(at) for number, at in zip(article.tolist(), clean.tolist(), strict=True)]
    assert lookups(corpus).to_source(article, clean).tolist() == expected


@given(corpora())
def test_texts_are_projections_and_every_code_point_is_accounted_for(corpus: Corpus) -> None:
    found, rows = with_removals(corpus), pa.table({"article": pa.array(range(len(corpus)), pa.int32())})
    assert articles.be_accounted_for(rows, found) == []
    empty = [number for number, (_, offsets) in enumerate(corpus) if not offsets.clean_length]
    said = {finding.what: finding.rows.tolist() for finding in articles.be_projections(rows, found)}
    assert said == ({"its text is empty": empty} if empty else {})


@given(corpora(), st.data())
def test_a_span_avoids_removals_where_none_of_its_code_points_was_removed(corpus: Corpus, data: st.DataObject) -> None:
    some = data.draw(st.lists(spans_in(corpus), min_size=1, max_size=6))
    table = pa.table(
        {
            "article": pa.array([number for number, _ in some], pa.int32()),
            "start": pa.array([span.start for _, span in some], pa.int32()),
            "end": pa.array([span.end for _, span in some], pa.int32()),
        }
    )
    touched = [
        row
        for row, (number, span) in enumerate(some)
        if not all(corpus[number][1].is_kept(at) for at in range(span.start, span.end))
    ]
    found = spans.avoid_removals(table, with_removals(corpus), source_start="start", source_end="end", allow=[])
    assert [row for finding in found for row in finding.rows.tolist()] == touched


@given(corpora(), st.data())
def test_a_span_lies_in_one_sentence_of_its_article_or_is_named(corpus: Corpus, data: st.DataObject) -> None:
    some = data.draw(st.lists(spans_in(corpus), min_size=1, max_size=4))
    first = {number: Span(min(1, len(text) - 1), len(text)) for number, (text, _) in enumerate(corpus)}
    # Sentences begin behind the first character; the first article, and every second one, has none.
    held = {number: span for number, span in first.items() if number % 2}
    base = lookups([(text, OffsetMap.without([], len(text))) for text, _ in corpus])
    sentences = pa.table(
        {
            "article_id": pa.array([f"a{number}" for number in held], pa.string()),
            "start": pa.array([span.start for span in held.values()], pa.int32()),
            "end": pa.array([span.end for span in held.values()], pa.int32()),
        }
    )
    table = pa.table(
        {
            "article": pa.array([number for number, _ in some], pa.int32()),
            "start": pa.array([span.start for _, span in some], pa.int32()),
            "end": pa.array([span.end for _, span in some], pa.int32()),
        }
    )
    found = annotation.lie_inside_one_sentence(
        table, Lookups({**base.tables, "sentences": sentences}, frozenset(), default_scheme()), start="start", end="end"
    )
    beyond = [row for row, (number, span) in enumerate(some) if number not in held or not held[number].contains(span)]
    assert [row for finding in found for row in finding.rows.tolist()] == beyond


@given(st.integers(0, 2), st.integers(0, 3))
def test_a_citation_before_the_first_marker_removal_of_a_group_is_named(number: int, at: int) -> None:
    corpus: Corpus = [("[1] a", OffsetMap.without([], 5)), ("b [1]", OffsetMap.without([Span(1, 5)], 5))] * 2
    found = with_removals(corpus, "citation_marker")
    start = np.array([at])
    outside = articles._outside_marker_removals(np.array([number]), start, start + 1, found)
    assert outside.tolist() == [not (number % 2 and at >= 1)]


def test_a_corpus_that_keeps_nothing_has_no_clean_position() -> None:
    found = lookups([("abc", OffsetMap.without([Span(0, 3)], 3))])
    assert spans.kept_before(found, np.array([0, 0]), np.array([0, 3])).tolist() == [0, 0]
    assert found.to_source(np.array([0]), np.array([0])).tolist() == [-1]


def spans_in(corpus: Corpus) -> st.SearchStrategy[tuple[int, Span]]:
    """An article, and a span of its source text that is not empty."""
    whole = [
        (number, Span(start, end))
        for number, (text, _) in enumerate(corpus)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
    ]
    return st.sampled_from(whole)


def with_removals(corpus: Corpus, reason: str = "ticker") -> Lookups:
    """The lookups, and a removal for each gap of the offset maps."""
    rows = []
    for number, (text, offsets) in enumerate(corpus):
        edges = [0, *(edge for kept in offsets.kept for edge in kept), len(text)]
        gaps = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
        rows += [
            {"article_id": f"a{number}", "source_start": start, "source_end": end, "reason": reason}
            for start, end in gaps
        ]
    names = ["article_id", "source_start", "source_end", "reason"]
    schema = pa.schema([TABLES["removals"].field(name) for name in names])
    return Lookups(
        {**lookups(corpus).tables, "removals": pa.Table.from_pylist(rows, schema=schema)}, frozenset(), default_scheme()
    )
