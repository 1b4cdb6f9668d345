"""Passages that several articles share: found where they stand, counted by articles."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.dedup.fold import words_of
from allegata.dedup.passages import PASSAGES, located_words, shared_passages
from allegata.schema.problems import UsageError

QUOTE = "We never agreed to that, and we will say so in court \u2014 all of us"


def table(**texts: str) -> pa.Table:
    return pa.table({"article_id": list(texts), "text": list(texts.values())})


def test_a_quoted_statement_is_found_in_every_article_with_one_id() -> None:
    texts = {
        "a": f"The mayor spoke first. \u201c{QUOTE},\u201d he told reporters on the steps.",
        "b": f"Nobody else would comment. {QUOTE.upper()}",
        "c": "Quite another story, with other words in it and nothing in common at all.",
    }
    found = shared_passages(table(**texts))
    assert found.schema == PASSAGES
    assert [texts[r["article_id"]][r["start"] : r["end"]] for r in found.to_pylist()] == [
        QUOTE,
        QUOTE.upper(),
    ]
    assert found["n_articles"].to_pylist() == [2, 2]
    assert len(set(found["passage_id"].to_pylist())) == 1


def test_a_passage_is_cut_where_the_articles_that_share_it_change() -> None:
    words = [f"w{i}" for i in range(30)]
    texts = {"a": " ".join(words), "b": "x " + " ".join(words), "c": " ".join(words[:15]) + " y z"}
    found = shared_passages(table(**texts), n_words=10).to_pylist()
    cut = {(r["article_id"], texts[r["article_id"]][r["start"] : r["end"]], r["n_articles"]) for r in found}
    head, tail = " ".join(words[:15]), " ".join(words[6:])
    assert cut == {("a", head, 3), ("b", head, 3), ("c", head, 3), ("a", tail, 2), ("b", tail, 2)}


def test_a_repetition_inside_one_article_is_not_shared() -> None:
    once = "one two three four five six seven eight nine ten eleven"
    assert len(shared_passages(table(a=f"{once}. {once}.", b="short"))) == 0


def test_too_few_words_or_articles_are_left_alone() -> None:
    texts = {"a": "x " + QUOTE, "b": "y " + QUOTE}
    assert len(shared_passages(table(**texts), n_words=20)) == 0
    assert len(shared_passages(table(**texts), min_articles=3)) == 0
    assert len(shared_passages(table())) == 0
    with pytest.raises(UsageError):
        shared_passages(table(**texts), min_articles=1)


def test_the_order_of_the_articles_has_no_say() -> None:
    rows = table(**{f"n{i}": f"number {i} says {QUOTE}" if i % 3 else f"only {i} here" for i in range(30)})
    found = shared_passages(rows)
    assert set(found["n_articles"].to_pylist()) == {20}
    assert shared_passages(rows.take(list(range(29, -1, -1)))).equals(found)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_located_words_are_the_words_in_order_inside_the_text(text: str) -> None:
    found = located_words(text)
    assert [word for word, _, _ in found] == words_of(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert [start for _, start, _ in found] == sorted(start for _, start, _ in found)
