"""Contamination: which sentences a training set and a test set share, counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allegata.benchmark.shared_sentences import (
    SharedSentences,
    sentence_key,
    sentences_of,
    shared_of_turns,
    shared_sentences,
    word_runs,
)
from allegata.benchmark.training import sentences_shared
from allegata.schema.published import PublishedCorpus

LONG = "The council has voted for the new bridge."


def test_case_width_blanks_and_what_is_not_seen_do_not_hide_a_shared_sentence() -> None:
    train = ["Thank you.", LONG]
    test = [
        "THANK  you.",
        "The coun\u00adcil has voted for the new bridge.",
        "Thank you.",
        "Ｔｈａｎｋ you.",
        "Rain fell.",
    ]
    assert shared_sentences(train, test) == SharedSentences(asked=5, shared=4, long=1, texts=2)


def test_copies_with_other_apostrophes_dashes_and_dots_are_one_sentence() -> None:
    copies = ["I'm sure -- it rained.", "... I’m sure — it rained…", "I’m sure - it rained"]
    assert {sentence_key(copy) for copy in copies} == {"i m sure it rained"}
    assert sentence_key("It cost 3.5 %") == "it cost 3 5"
    assert sentence_key("की") != sentence_key("का")  # the marks of letters are parts of words
    assert sentence_key(" — ") == "—"
    assert shared_sentences(copies[:1], copies[1:]) == SharedSentences(asked=2, shared=2, texts=1)


def test_runs_of_words_are_all_eight_in_a_row() -> None:
    assert list(word_runs("1 2 3 4 5 6 7")) == []
    assert list(word_runs("1 2 3 4 5 6 7 8 9")) == ["1 2 3 4 5 6 7 8", "2 3 4 5 6 7 8 9"]


def test_empty_sentences_are_in_no_set() -> None:
    assert shared_sentences(["", " "], ["", "\u200b", "Rain."]) == SharedSentences(asked=1)


def test_sets_without_a_common_sentence_are_no_warning() -> None:
    said: list[str] = []
    assert shared_of_turns(["a", "b", "c"], [([0, 1], [2]), ([1, 2], [0])], said.append) == SharedSentences(asked=2)
    assert said == []


def test_what_turns_share_is_added_and_warned_of_with_its_counts() -> None:
    said: list[str] = []
    found = shared_of_turns([LONG, "Rain.", LONG.upper()], [([0], [1, 2]), ([1, 2], [0])], said.append)
    assert found == SharedSentences(asked=3, shared=2, long=2, texts=2)
    assert said == [
        "warning: 2 of the 3 test sentences are in the training set too, 2 of them with 7 words or more; "
        "2 different texts: what was learnt by heart is scored as well"
    ]


def test_whole_texts_are_compared_sentence_by_sentence() -> None:
    text = f"{LONG} Nobody spoke.\n\nRain fell."
    assert list(sentences_of([text])) == [LONG, "Nobody spoke.", "Rain fell."]


def test_a_training_corpus_is_compared_by_its_sentences_or_else_by_its_texts() -> None:
    import pyarrow as pa

    def corpus(**tables: list[dict[str, str]]) -> PublishedCorpus:
        return PublishedCorpus("v1", {name: pa.Table.from_pylist(rows) for name, rows in tables.items()})

    asked = corpus(sentences=[{"text": LONG}, {"text": "Rain fell."}])
    expected = SharedSentences(asked=2, shared=1, long=1, texts=1)
    assert sentences_shared(asked, corpus(sentences=[{"text": LONG.upper()}])) == expected
    assert sentences_shared(asked, corpus(articles=[{"article_id": "a", "text": f"Nobody. {LONG}"}])) == expected


@given(st.lists(st.sampled_from("abcA ")), st.lists(st.sampled_from("abcA ")))
def test_the_order_of_neither_set_matters_and_a_set_shares_all_with_itself(train: list[str], test: list[str]) -> None:
    assert shared_sentences(train, test) == shared_sentences(train[::-1], test[::-1])
    whole = shared_sentences(test, test)
    assert whole.shared == whole.asked
