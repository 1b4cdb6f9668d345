from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.benchmark.baselines import lexicon
from allegata.benchmark.baselines.crf import training_documents
from allegata.benchmark.baselines.floors import best_threshold
from allegata.benchmark.baselines.places import lead_blocks
from allegata.benchmark.baselines.registry import BASELINES, Run, run_baseline
from allegata.benchmark.scoring import score
from allegata.benchmark.submissions import check_predictions, prediction_lines
from allegata.benchmark.tasks import TASKS, Gold, gold_of
from allegata.measures.matching import LabelledSpan, tokens
from allegata.models.bio import decode_tags, encode, paragraphs, tag_set
from allegata.models.crf import features
from allegata.models.features import SURFACE, surface
from allegata.schema.problems import UsageError
from allegata.schema.published import PublishedCorpus
from allegata.text.sentences import split_sentences
from allegata.text.spans import Span

A = LabelledSpan.of
STORY = (
    "{who} said that {what}.",
    "The weather was mild in {place}.",
    "According to {place}, {what}.",
    "What happens next?",
)
FILLERS = [
    ("Ann", "the bridge fell", "Oslo"),
    ("Bob", "the river rose by 3 metres", "Rome"),
    ("Eve", "it rained", "Bern"),
]


def _segments(text: str, *quotes: str) -> list[dict[str, Any]]:
    return [{"start": text.index(q), "end": text.index(q) + len(q), "surface": q} for q in quotes]


def _story_corpus() -> PublishedCorpus:
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("articles", "sentences", "claims", "attributions", "entities", "relations")
    }
    for number, (who, what, place) in enumerate(FILLERS):
        key = f"a{number}"
        text = "\n".join(line.format(who=who, what=what, place=place) for line in STORY)
        blocks, start = [], 0
        for index, line in enumerate(text.split("\n")):
            blocks.append({"start": start, "end": start + len(line), "zone": "body"})
            tables["sentences"].append(
                {
                    "sentence_id": f"{key}.s{index}",
                    "article_id": key,
                    "start": start,
                    "end": start + len(line),
                    "text": line,
                    "zone": "body",
                }
            )
            start += len(line) + 1
        tables["articles"].append({"article_id": key, "cluster_id": key, "text": text, "blocks": blocks})
        for index, kind in ((0, "allegation"), (1, "reported_fact")):
            claim = {"claim_id": f"{key}.c{index}", "article_id": key, "sentence_id": f"{key}.s{2 * index}"}
            claim |= {"check_worthy": index == 0, "attribution_id": f"{key}.b{index}"}
            claim |= {"claimer_id": who, "decontextualised": what}
            tables["claims"].append(claim | {"start": index, "claim_type": kind, "segments": _segments(text, what)})
        tables["attributions"].append(
            {
                "article_id": key,
                "source": _segments(text, who),
                "cue": _segments(text, "said"),
                "content": _segments(text, f"that {what}"),
            }
        )
        for quote, label in ((who, "PERSON"), (place, "GPE")):
            span = _segments(text, quote)[0]
            tables["entities"].append({"article_id": key, "label": label} | {k: span[k] for k in ("start", "end")})
        if number:
            for index, relation in ((0, "equivalent"), (1, "none")):
                pair = {"claim_a": f"a0.c{index}", "claim_b": f"{key}.c0", "relation": relation}
                tables["relations"].append({"relation_id": f"r{number}{index}"} | pair)
    splits = {"a0": "train", "a1": "train", "a2": "test"}
    return PublishedCorpus("v0", {name: pa.Table.from_pylist(rows) for name, rows in tables.items()}, splits)


CORPUS = _story_corpus()


QUICK = [
    (task, name)
    for task, known in BASELINES.items()
    for name in known
    if name != "transformer" and task != "disputes"  # those are asked of stories: test_benchmark_disputes
]


@pytest.mark.parametrize(("task", "name"), QUICK)
def test_every_baseline_gives_a_valid_submission_and_the_same_one_twice(task: str, name: str) -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("pycrfsuite")
    gold = gold_of(TASKS[task], CORPUS)
    first, second = (_both_lines(run_baseline(name, TASKS[task], CORPUS), gold, task) for _ in range(2))
    assert first == second
    for lines, asked in zip(first, (gold, gold.within(["a2"])), strict=True):
        checked = check_predictions(lines.encode(), "p", TASKS[task], asked, CORPUS)
        assert score(TASKS[task], checked, asked, CORPUS).task == task


def _both_lines(run: Run, gold: Gold, task: str) -> tuple[str, str]:
    assert run.pinned is not None
    return prediction_lines(run.predictions, TASKS[task], gold), prediction_lines(run.pinned, TASKS[task], gold)


def test_the_learnt_baselines_learn() -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("pycrfsuite")
    for task, name in (("attributed-sentences", "linear"), ("attribution", "crf")):
        gold = gold_of(TASKS[task], CORPUS)
        official = score(TASKS[task], run_baseline(name, TASKS[task], CORPUS).predictions, gold, CORPUS).official
        assert official is not None
        assert official > 0.8, (task, official)


def test_an_unknown_baseline_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="one of: capitalised, dictionary, crf"):
        run_baseline("oracle", TASKS["entities"], CORPUS)


def test_cue_rules_find_who_said_what() -> None:
    text = "The company denied that it shared data. “It is false,” Alfa Bravo said. According to Charlie, it rains."
    found = [{role: span.quote(text) for role, span in part.items()} for part in lexicon.attributions(text, "en")]
    assert found[0] == {"source": "The company", "cue": "denied", "content": "that it shared data"}
    assert found[1]["source"] == "Alfa Bravo"
    assert found[1]["content"].startswith("“It is false")
    assert found[2] == {"source": "Charlie", "cue": "According to", "content": "it rains"}


def test_a_source_of_the_cue_rules_is_made_of_whole_words() -> None:
    text = "Anna Ärzte said that it rains. This update revealed that it snows. Data to maintain trust are rare."
    assert [part["source"].quote(text) for part in lexicon.attributions(text, "en")] == ["Anna Ärzte", "This update"]


def test_claim_rules_leave_out_that_and_questions() -> None:
    text = "Ann said that it rains. Why? It snows."
    assert [span.quote(text) for span in lexicon.claim_spans(text, "en")] == ["it rains", "It snows"]


def test_the_threshold_that_does_best_is_found() -> None:
    assert best_threshold([0.9, 0.8, 0.7, 0.1], [True, False, True, False]) == 0.7
    assert best_threshold([1.0, 2.0], [False, False]) == float("inf")


def test_every_sentence_has_the_same_number_of_surface_marks() -> None:
    assert {len(surface(text)) for text in ("", "a", "Taxes rose 3 % -- he said?", "“I”")} == {SURFACE}


def test_a_nested_span_is_left_out_and_a_discontinuous_one_becomes_pieces() -> None:
    text = "a b c d e"
    words = tokens(text)
    outer, inner, pieces = A("X", (0, 5)), A("X", (2, 3)), A("Y", (6, 7), (8, 9))
    assert encode(words, [outer, inner, pieces]) == ["B-X", "I-X", "I-X", "B-Y", "B-Y"]


@given(st.lists(st.sampled_from(tag_set(["x", "y"])), max_size=12))
def test_decoding_any_tags_and_encoding_the_spans_is_stable(tags: list[str]) -> None:
    words = [Span(2 * index, 2 * index + 1) for index in range(len(tags))]
    spans = decode_tags(words, tags)
    assert decode_tags(words, encode(words, spans)) == spans


def test_paragraph_words_are_spans_of_the_whole_text() -> None:
    text = "\nAnn said\n\n  it rains.\n"
    found = paragraphs(text, [A("content", (12, 20))])
    assert [[word.quote(text) for word in p.words] for p in found] == [["Ann", "said"], ["it", "rains", "."]]
    assert found[1].tags == ("B-content", "I-content", "O")
    assert split_sentences("") == []


def test_a_crf_is_shown_what_a_dictionary_has_of_a_word_and_its_neighbours() -> None:
    (found,) = paragraphs("Bo met Ann Lee", known=[A("PERSON", (7, 14))])
    assert found.known == ("O", "O", "B-PERSON", "I-PERSON")
    rows = features(found.texts, found.known)
    assert {"0:known=B-PERSON", "1:known=I-PERSON", "-1:known=O"} <= set(rows[2])
    assert not any("known" in mark for row in features(found.texts) for mark in row)


def test_a_training_article_is_looked_up_in_what_the_others_mark_and_not_in_itself() -> None:
    rows = CORPUS.tables["articles"].to_pylist()
    rows[1]["text"] += "\nAnn left."  # a0 marks her as a PERSON
    corpus = replace(CORPUS, tables={**CORPUS.tables, "articles": pa.Table.from_pylist(rows)})
    documents = training_documents(["a0", "a1"], ["PERSON", "GPE"], gold_of(TASKS["entities"], corpus), corpus)
    own, other = (
        {word: tag for p in document for word, tag in zip(p.texts, p.known, strict=False)} for document in documents
    )
    assert "B-PERSON" not in own.values()
    assert other["Ann"] == "B-PERSON"
    assert other.get("Bob", "O") == "O"


@pytest.mark.parametrize(
    ("zones", "lead"),
    [
        ("title body body", [0, 1]),
        ("body title heading body body", [1, 3]),  # a web page with a kicker above its headline
        ("heading body body", [1]),
        ("title list_item", [0]),
        ("", []),
    ],
)
def test_the_lead_is_the_title_and_the_first_paragraph_below_it(zones: str, lead: list[int]) -> None:
    assert lead_blocks([{"zone": zone} for zone in zones.split()]) == lead
