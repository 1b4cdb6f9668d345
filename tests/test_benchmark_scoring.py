from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.benchmark.descriptions import Description, read_description
from allegata.benchmark.scoring import compare, difference_text, score, score_file, score_lines, text_of
from allegata.benchmark.submissions import Predictions, check_predictions, prediction_lines, write_submission
from allegata.benchmark.tasks import TASKS, gold_of, task_named
from allegata.benchmark.turns import leave_one_out, pinned
from allegata.measures.matching import LabelledSpan
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import PublishedCorpus, folds, load_corpus

TEXTS = {
    "a": "Rain fell.\nShe said that it rained.\nHe left.",
    "b": "Ann denied it.\nNothing else happened, they say.",
    "c": "It rained twice.",
}


def _sentences() -> list[dict[str, Any]]:
    rows = []
    for article_id, text in TEXTS.items():
        start = 0
        for index, line in enumerate(text.split("\n")):
            rows.append(
                {
                    "sentence_id": f"{article_id}.{index}",
                    "article_id": article_id,
                    "start": start,
                    "end": start + len(line),
                    "text": line,
                }
            )
            start += len(line) + 1
    return rows


def _corpus() -> PublishedCorpus:
    articles = [
        {
            "article_id": key,
            "cluster_id": "ab" if key in "ab" else key,
            "text": text,
            "blocks": [{"start": s["start"], "end": s["end"]} for s in _sentences() if s["article_id"] == key],
        }
        for key, text in TEXTS.items()
    ]
    claims = [
        {
            "claim_id": f"{article}.c{index}",
            "article_id": article,
            "start": segments[0][0],
            "claim_type": kind,
            "sentence_id": sentence,
            "check_worthy": article != "a",
            "attribution_id": "b1" if index or article == "b" else None,
            "claimer_id": "ann" if article == "b" else "author",
            "decontextualised": TEXTS[article][segments[0][0] : segments[-1][1]],
            "segments": [{"start": s, "end": e} for s, e in segments],
        }
        for article, index, sentence, kind, segments in (
            ("a", 0, "a.0", "reported_fact", [(0, 9)]),
            ("a", 1, "a.1", "reported_fact", [(25, 34)]),
            ("b", 0, "b.0", "denial", [(0, 3), (11, 13)]),
            ("c", 0, "c.0", "opinion", [(0, 15)]),
        )
    ]
    relations = [
        {"relation_id": "r1", "claim_a": "a.c0", "claim_b": "a.c1", "relation": "equivalent"},
        {"relation_id": "r2", "claim_a": "a.c0", "claim_b": "b.c0", "relation": "contradiction"},
        {"relation_id": "r3", "claim_a": "a.c0", "claim_b": "c.c0", "relation": "none"},
    ]
    disputes = [{"dispute_id": "d1", "story": None, "kind": "contradiction"}]
    positions = [
        {"position_id": f"d1.{name}", "dispute_id": "d1", "claim_ids": claim_ids}
        for name, claim_ids in (("a", ["a.c0", "c.c0"]), ("b", ["b.c0"]))
    ]
    tables = {"articles": articles, "sentences": _sentences(), "claims": claims, "relations": relations}
    tables |= {"disputes": disputes, "positions": positions}
    return PublishedCorpus("v0", {name: pa.Table.from_pylist(rows) for name, rows in tables.items()})


CORPUS = _corpus()


def _lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def _perfect(name: str) -> Predictions:
    gold = gold_of(TASKS[name], CORPUS)
    return Predictions(gold.label, {i: float(v == "true") for i, v in gold.label.items()}, gold.spans, gold.disputes)


@pytest.mark.parametrize(
    "name", ["attributed-sentences", "check-worthiness", "claim-spans", "claim-type", "claim-relations", "disputes"]
)
def test_gold_scores_one_on_itself_and_survives_writing_and_reading(name: str, tmp_path: Path) -> None:
    task, gold = TASKS[name], gold_of(TASKS[name], CORPUS)
    write_submission(tmp_path, Description(name, "gold", "v0", "copy"), _perfect(name), task, gold)
    result = score_file(task, tmp_path, CORPUS)
    assert result.official == 1
    assert {value for value in result.folds.values() if value is not None} == {1}
    assert read_description(tmp_path).system == "gold"


def test_an_article_without_positives_has_an_undefined_map_which_is_printed_so() -> None:
    task = TASKS["check-worthiness"]
    result = score(task, _perfect("check-worthiness"), gold_of(task, CORPUS), CORPUS)
    assert result.folds["a"] is None
    assert result.fold_range == (1, 1, 1)
    assert text_of(result.folds["a"]) == "undefined"
    assert text_of(0.0) == "0.000"


def test_a_score_without_anything_to_find_is_printed_as_undefined_throughout() -> None:
    task = TASKS["claim-relations"]
    gold = gold_of(task, CORPUS).within(["c"])
    lines = score_lines(score(task, Predictions({"r3": "none"}, {}, {}), gold, CORPUS))
    assert lines[:5] == [
        "claim-relations, macro F1 without none: undefined",
        "interval: undefined (fewer than ten units to draw from, or no score)",
        "  c: undefined",
        "  mean undefined, lowest undefined, highest undefined",
        "interval of the mean: undefined (fewer than two articles with a score)",
    ]
    assert "precision, equivalent: undefined" in lines
    none = Predictions({"r3": "none"}, {}, {})
    assert difference_text(compare(task, none, none, gold, CORPUS), task.official).endswith("undefined")


def test_a_discontinuous_claim_needs_all_its_segments() -> None:
    task, gold = TASKS["claim-spans"], gold_of(TASKS["claim-spans"], CORPUS)
    spans = dict(gold.spans) | {"b": (LabelledSpan.of("claim", (0, 13)),)}
    result = score(task, Predictions({}, {}, spans), gold, CORPUS)
    assert result.official == 0.75
    assert result.folds == {"a": 1, "b": 0, "c": 1}


def test_the_relations_score_leaves_out_the_pairs_without_a_relation() -> None:
    task, gold = TASKS["claim-relations"], gold_of(TASKS["claim-relations"], CORPUS)
    result = score(task, Predictions(dict.fromkeys(gold.order, "none"), {}, {}), gold, CORPUS)
    assert result.official == 0
    assert result.measure == "macro F1 without none"


def test_a_wrong_call_says_what_would_be_right(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one of: attributed-sentences"):
        task_named("claims")
    with pytest.raises(UsageError, match="has no table 'attributions'"):
        gold_of(TASKS["attribution"], CORPUS)
    with pytest.raises(UsageError, match="does not exist"):
        score_file(TASKS["claim-spans"], tmp_path, CORPUS)
    with pytest.raises(UsageError, match="no Parquet"):
        load_corpus(tmp_path)


def test_folds_never_train_on_an_article_of_the_same_cluster() -> None:
    assert [(fold.held_out, fold.train) for fold in folds(CORPUS)] == [("a", ("c",)), ("b", ("c",)), ("c", ("a", "b"))]


def test_every_id_is_predicted_once_by_what_was_trained_without_its_articles_and_their_copies() -> None:
    for name in ("attributed-sentences", "claim-spans", "claim-relations"):
        gold = gold_of(TASKS[name], CORPUS)
        turns = leave_one_out(gold, CORPUS)
        assert sorted(identity for turn in turns for identity in turn.ids) == sorted(gold.order)
        for turn in turns:
            learnt = {article for identity in turn.train_ids(gold) for article in gold.articles[identity]}
            held = {article for identity in turn.ids for article in gold.articles[identity]}
            assert not learnt & held
            assert not (learnt & set("ab") and held & set("ab"))  # one near-duplicate cluster


def test_a_pair_of_claims_counts_in_both_of_its_articles() -> None:
    task, gold = TASKS["claim-relations"], gold_of(TASKS["claim-relations"], CORPUS)
    assert gold.articles == {"r1": ("a",), "r2": ("a", "b"), "r3": ("a", "c")}
    labels = {"r1": "equivalent", "r2": "none", "r3": "none"}
    result = score(task, Predictions(labels, {}, {}), gold, CORPUS)
    assert result.folds == {"a": 0.5, "b": 0, "c": None}  # in c there is nothing to find and nothing was found


def test_the_pinned_split_asks_for_its_articles_only(tmp_path: Path) -> None:
    corpus = PublishedCorpus("v0", CORPUS.tables, {"a": "test", "b": "train", "c": "train"})
    task = TASKS["claim-relations"]
    gold = gold_of(task, corpus)
    (turn,) = pinned(gold, corpus)
    assert turn.train == ("c",)  # b is a near-duplicate of the test article
    assert turn.ids == ("r1", "r2", "r3")  # one claim of each stands in a
    task = TASKS["attributed-sentences"]
    lines = prediction_lines(_perfect(task.name), task, gold_of(task, corpus)).splitlines(keepends=True)
    (tmp_path / "p.jsonl").write_text("".join(lines[:3]), "utf-8")
    result = score_file(task, tmp_path / "p.jsonl", corpus, "test")
    assert (result.official, list(result.folds)) == (1, ["a"])
    with pytest.raises(ProblemsFound, match=r"b\.0.* is missing"):
        score_file(task, tmp_path / "p.jsonl", corpus)
    with pytest.raises(UsageError, match="it has: test, train"):
        score_file(task, tmp_path / "p.jsonl", corpus, "dev")


def test_a_published_folder_is_read_with_one_folder_or_one_file_a_table(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    (tmp_path / "sentences").mkdir()
    sentences = CORPUS.tables["sentences"]
    pq.write_table(sentences.slice(3), tmp_path / "sentences" / "test.parquet")
    pq.write_table(sentences.slice(0, 3), tmp_path / "sentences" / "train.parquet")
    pq.write_table(CORPUS.tables["articles"].drop_columns("blocks"), tmp_path / "articles.parquet")
    corpus = load_corpus(tmp_path)
    assert corpus.tables["sentences"].equals(sentences)
    assert corpus.articles == ["a", "b", "c"]
    assert corpus.splits == {}
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles.parquet").rename(tmp_path / "articles" / "test-00000-of-00001.parquet")
    assert load_corpus(tmp_path).splits == dict.fromkeys("abc", "test")


def test_a_submission_compared_with_itself_does_not_differ() -> None:
    task, gold = TASKS["claim-spans"], gold_of(TASKS["claim-spans"], CORPUS)
    empty = Predictions({}, {}, dict.fromkeys(gold.order, ()))
    same = compare(task, _perfect("claim-spans"), _perfect("claim-spans"), gold, CORPUS)
    assert same is not None
    assert same.p_value == 1
    better = compare(task, _perfect("claim-spans"), empty, gold, CORPUS)
    assert better is not None
    assert better.difference == 1
    assert better.p_value == pytest.approx(2 / 16)  # four paragraphs with a claim can be swapped


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_lines_of_a_submission_does_not_matter(shuffler: random.Random) -> None:
    task, gold = TASKS["check-worthiness"], gold_of(TASKS["check-worthiness"], CORPUS)
    lines = prediction_lines(_perfect("check-worthiness"), task, gold).splitlines(keepends=True)
    shuffler.shuffle(lines)
    shuffled = check_predictions("".join(lines).encode(), "p", task, gold, CORPUS)
    assert score(task, shuffled, gold, CORPUS).official == 1


def _count_exact(gold: list[set[tuple[Any, ...]]], ours: list[set[tuple[Any, ...]]]) -> float | None:
    """An independent exact F1: sets of tuples, no code of ours."""
    hits = sum(len(g & o) for g, o in zip(gold, ours, strict=True))
    total = sum(map(len, gold)) + sum(map(len, ours))
    return 2 * hits / total if total else None


@settings(deadline=None, max_examples=50)
@given(st.randoms(use_true_random=False))
def test_random_span_submissions_score_as_an_independent_count(shuffler: random.Random) -> None:
    task, gold = TASKS["claim-spans"], gold_of(TASKS["claim-spans"], CORPUS)
    spans = {}
    for article_id, text in TEXTS.items():
        found = {span for span in gold.spans[article_id] if shuffler.random() < 0.6}
        for _ in range(shuffler.randrange(4)):
            start = shuffler.randrange(len(text) - 1)
            found.add(LabelledSpan.of("claim", (start, shuffler.randrange(start + 1, len(text) + 1))))
        spans[article_id] = tuple(found)
    plain = [
        [{tuple(map(tuple, s.segments)) for s in side[article_id]} for article_id in TEXTS]
        for side in (gold.spans, spans)
    ]
    assert score(task, Predictions({}, {}, spans), gold, CORPUS).official == pytest.approx(_count_exact(*plain))


def _two_stories() -> PublishedCorpus:
    """The same articles: a, and what tells of something else."""
    articles = CORPUS.tables["articles"]
    story = pa.array(
        ["mill" if article in "ab" else None for article in articles["article_id"].to_pylist()], pa.string()
    )
    return PublishedCorpus("v0", {**CORPUS.tables, "articles": articles.append_column("story", story)})


def test_where_there_are_two_stories_one_is_held_out_at_a_time() -> None:
    corpus = _two_stories()
    assert corpus.units == {"mill": ("a", "b"), "no story stated": ("c",)}
    gold = gold_of(TASKS["attributed-sentences"], corpus)
    turns = leave_one_out(gold, corpus)
    assert [turn.train for turn in turns] == [("c",), ("a", "b")]
    assert [{gold.articles[i] for i in turn.ids} for turn in turns] == [{("a",), ("b",)}, {("c",)}]
    assert [(fold.held_out, fold.train) for fold in folds(corpus)] == [("a", ("c",)), ("b", ("c",)), ("c", ("a", "b"))]


def test_a_story_and_the_copies_of_its_articles_are_not_learnt_from() -> None:
    articles = CORPUS.tables["articles"]
    story = pa.array(["A" if article in "ac" else "B" for article in articles["article_id"].to_pylist()])
    corpus = PublishedCorpus("v0", {**CORPUS.tables, "articles": articles.append_column("story", story)})
    # b is a near-duplicate of a, which is of another story
    assert [turn.train for turn in leave_one_out(gold_of(TASKS["attributed-sentences"], corpus), corpus)] == [
        (),
        ("c",),
    ]


def test_a_score_is_given_for_every_story_and_the_scores_of_one_story_are_those_of_its_articles() -> None:
    task, corpus = TASKS["claim-spans"], _two_stories()
    gold = gold_of(task, corpus)
    spans = dict(gold.spans) | {"b": (LabelledSpan.of("claim", (0, 13)),)}
    result = score(task, Predictions({}, {}, spans), gold, corpus)
    assert (result.unit, list(result.folds)) == ("story", ["mill", "no story stated"])
    assert result.folds["no story stated"] == 1
    assert result.folds["mill"] == pytest.approx(2 / 3)
    assert score_lines(result)[2].startswith("  mill: ")
    by_article = score(task, Predictions({}, {}, spans), gold, CORPUS)
    assert (by_article.official, by_article.unit) == (result.official, "article")


def test_one_story_that_has_a_name_is_held_out_article_by_article() -> None:
    articles = CORPUS.tables["articles"]
    named = articles.append_column("story", pa.array(["mill"] * len(articles)))
    corpus = PublishedCorpus("v0", {**CORPUS.tables, "articles": named})
    gold = gold_of(TASKS["claim-relations"], corpus)
    assert leave_one_out(gold, corpus) == leave_one_out(gold, CORPUS)
