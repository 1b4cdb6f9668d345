"""Training data of a published corpus: tags for a tokenizer, nested spans, pairs of claims, folds, spaCy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import allegata
from allegata.benchmark.scoring import score_file
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.exchange.flat import flat, levels
from allegata.exchange.losses import Loss
from allegata.exchange.subwords import IGNORED
from allegata.measures.matching import LabelledSpan, tokens
from allegata.models.bio import decode_tags
from allegata.recipe.training import TrainingData
from allegata.schema.published import PublishedCorpus, load_corpus
from allegata.text.documents import Annotation, Document, LayerType, TypeSystem
from allegata.text.spans import Span
from project import ROOT

tokenizers = pytest.importorskip("tokenizers", reason="the extra `exchange` is not installed")
STORIES = ROOT / "examples" / "stories"
TEXT = "the mill said that the dam broke"
NESTED = Document(
    "a",
    TEXT,
    (
        Annotation("s1", "claim", "claim", (Span(0, 32),)),
        Annotation("s2", "claim", "claim", (Span(19, 32),)),
        Annotation("s3", "claim", "claim", (Span(23, 26),)),
        Annotation("s4", "claim", "claim", (Span(0, 8),)),
    ),
)


def word_pieces(texts: list[str]) -> tokenizers.Tokenizer:
    """A fast tokenizer that is trained here, with the special tokens of BERT."""
    found = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token="[UNK]"))
    found.normalizer = tokenizers.normalizers.BertNormalizer()
    found.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = tokenizers.trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False)
    found.train_from_iterator(texts, trainer)
    found.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return found


@pytest.fixture(scope="module")
def five() -> TrainingData:
    texts = allegata.open(ROOT).tables()["articles"]["text"].to_pylist()
    tokenizer = word_pieces(texts)
    tokenizer.enable_truncation(8)  # which a copy of it undoes
    return allegata.training_data(ROOT, tokenizer, nested="levels")


def test_nested_spans_are_outermost_first_and_what_has_no_level_is_listed() -> None:
    words, lost = tokens(TEXT), list[Loss]()
    every = levels(NESTED, "claim", words, lost.append)
    assert [[one.annotation.id for one in level] for level in every] == [["s1"], ["s4", "s2"], ["s3"]]
    assert lost == []
    assert [one.annotation.id for one in flat(NESTED, "claim", words, lost.append)] == ["s1"]
    assert sorted(loss.annotation for loss in lost) == ["s2", "s3", "s4"]
    assert len(levels(NESTED, "claim", words, lost.append, most=2)) == 2
    assert lost[-1].annotation == "s3"


def test_the_tags_of_all_levels_are_the_gold_spans_but_for_the_losses(five: TrainingData) -> None:
    documents = {document.id: document for document in five._documents}
    for layer, examples in five.tokens.items():
        found: set[tuple[str, Span, str]] = set()
        for row in examples.table.to_pylist():
            spans = zip(row["token_starts"], row["tokens"], strict=True)
            words = [Span(row["start"] + start, row["start"] + start + len(token)) for start, token in spans]
            for column in examples.tag_columns:
                found |= {(row["article_id"], one.hull, one.label) for one in decode_tags(words, row[column])}
        became = {(loss.document, loss.annotation): loss for loss in five.losses}
        expected = set()
        for name, document in documents.items():
            for one in (one for one in document.annotations if one.layer == layer):
                loss = became.get((name, one.id))
                if loss is None:
                    expected.add((name, one.hull, one.label))
                elif loss.lost == "segments":
                    expected.add((name, loss.segments[0], one.label))
        assert found == expected
    assert not any(loss.lost == "annotation" for loss in five.losses)  # nesting costs nothing here
    outermost = allegata.training_data(ROOT, layers=["attribution"])
    assert outermost.tokens["attribution"].tag_columns == ("tags",)


def test_every_piece_has_the_number_of_its_tag_and_special_tokens_have_none(five: TrainingData) -> None:
    claims = five.tokens["claim"]
    assert claims.tags == ("O", "B-claim", "I-claim")
    longest = 0
    for row in claims.table.to_pylist():
        labels, word_ids = row["labels_1"], row["word_ids"]
        longest = max(longest, len(labels))
        assert len(row["input_ids"]) == len(labels) == len(word_ids) == len(row["attention_mask"])
        assert (labels[0], labels[-1]) == (IGNORED, IGNORED)
        seen = set[int]()
        for label, word in zip(labels, word_ids, strict=True):
            if word is not None:
                tag = row["tags_1"][word]
                assert claims.id2label[label] == (tag.replace("B-", "I-") if word in seen else tag)
                seen.add(word)
        assert seen == set(range(len(row["tokens"])))
    assert longest > 8


def test_a_fold_keeps_its_story_and_near_copies_out_of_what_is_learnt() -> None:
    data = allegata.training_data(STORIES, layers=["claim"], negatives=2)
    assert len(data.folds) == 12
    assert data.disputes is not None
    fold = data.folds[3]
    train, test = fold.split(data.tokens["claim"].table)
    assert set(test["article_id"].to_pylist()) <= set(fold.held_out)
    assert not set(train["article_id"].to_pylist()) & set(fold.held_out)
    pairs, held_out = fold.split(data.disputes.table)
    assert set(held_out["story"].to_pylist()) == {fold.name}
    assert fold.name not in pairs["story"].to_pylist()
    assert pairs.num_rows + held_out.num_rows == data.disputes.table.num_rows
    label = data.disputes.table["label"].to_pylist()
    assert label.count("none") == 2 * label.count("opposed") > 0
    assert [data.disputes.names[number] for number in data.disputes.table["labels"].to_pylist()] == label


def test_pairs_of_one_story_are_of_the_fold_of_either_article(five: TrainingData) -> None:
    assert five.relations is not None
    fold, other = five.folds[:2]
    train, test = fold.split(five.relations.table)
    for column in ("article_a", "article_b"):
        assert set(train[column].to_pylist()) <= set(fold.train)
    both = {(row["article_a"], row["article_b"]) for row in test.to_pylist()}
    assert (fold.held_out[0], other.held_out[0]) in both
    assert all(fold.held_out[0] in pair for pair in both)


def test_documents_come_as_docbin_with_a_span_group_a_layer(five: TrainingData) -> None:
    spacy = pytest.importorskip("spacy", reason="the extra `exchange` is not installed")
    first = five.folds[0].held_out
    (doc,) = five.docbin(first).get_docs(spacy.blank("en").vocab)
    assert set(doc.spans) >= {"claim", "attribution", "mention"}
    assert len(five.docbin()) == 5


def test_a_docbin_of_no_such_article_is_refused(five: TrainingData) -> None:
    pytest.importorskip("spacy", reason="the extra `exchange` is not installed")
    with pytest.raises(allegata.UsageError, match="is called 'nowhere'"):
        five.docbin([five.folds[0].held_out[0], "nowhere"])


def test_what_the_words_of_spacy_cannot_hold_is_handed_over() -> None:
    pytest.importorskip("spacy", reason="the extra `exchange` is not installed")
    parted = Document("a", TEXT, (Annotation("s1", "claim", "claim", (Span(0, 6),)),))
    types = TypeSystem((LayerType("claim", {"claim": "what is claimed"}),))
    losses = list[Loss]()
    data = TrainingData("1.0.0", {}, None, None, (), (), (parted,), types, PublishedCorpus("1.0.0", {}, {}))
    assert len(data.docbin(on_loss=losses.append)) == 1
    assert [(loss.annotation, loss.lost) for loss in losses] == [("s1", "segments")]


def test_what_cannot_be_given_is_one_sentence() -> None:
    for message, given in (
        ("no layer 'claims'", {"layers": ["claims"]}),
        ("nested is 'inner': one of outermost, levels", {"nested": "inner"}),
        ("negatives is -1", {"negatives": -1}),
        ("int is no fast tokenizer", {"tokenizer": 3}),
        ("there is no", {"tokenizer": str(ROOT / "docs")}),
    ):
        with pytest.raises(allegata.UsageError, match=message):
            allegata.training_data(ROOT, **given)  # type: ignore[arg-type]  # wrong on purpose


def test_the_example_fine_tunes_a_tiny_model_and_scores_the_held_out_story(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="the extra `transformer` is not installed")
    pytest.importorskip("accelerate", reason="accelerate, which transformers.Trainer needs, is not installed")
    texts = allegata.open(STORIES).tables()["articles"]["text"].to_pylist()
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=word_pieces(texts), **special)
    fast.save_pretrained(tmp_path / "tiny")
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = transformers.BertConfig(vocab_size=len(fast), **sizes)
    transformers.BertModel(config).save_pretrained(tmp_path / "tiny")
    call = [sys.executable, str(ROOT / "examples" / "fine_tune_claims.py"), str(STORIES), str(tmp_path / "tiny"), "1"]
    offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
    ran = subprocess.run([*call, "64"], cwd=tmp_path, env=offline, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "held out: bridge-closure" in ran.stdout
    articles = allegata.training_data(STORIES, layers=["claim"]).folds[0].held_out
    claims = [row for row in allegata.open(STORIES).tables()["claims"].to_pylist() if row["article_id"] in articles]
    assert f"exact match on bridge-closure, {len(claims)} claims" in ran.stdout  # those that tags cannot hold too
    assert re.search(r"nothing is found there: \d+ of ", ran.stdout)
    assert (tmp_path / "build" / "fine-tuned" / "model.safetensors").is_file()


def gold_tags(data: TrainingData, layer: str) -> dict[str, list[LabelledSpan]]:
    """The spans that the gold tags say, collected fold by fold as a researcher collects predicted ones."""
    examples = data.tokens[layer]
    found: dict[str, list[LabelledSpan]] = {}
    for fold in data.folds:
        _, asked = fold.split(examples.table)
        found |= examples.spans(asked, *(asked[column].to_pylist() for column in examples.tag_columns))
    return found


@pytest.mark.parametrize(("task", "layer"), [("claim-spans", "claim"), ("attribution", "attribution")])
def test_gold_tags_as_a_submission_score_all_but_what_is_listed_as_lost(
    five: TrainingData, tmp_path: Path, task: str, layer: str
) -> None:
    about: dict[str, Any] = {"system": "gold", "method": "The tags of the gold."}
    folder = five.submission(task, gold_tags(five, layer), tmp_path / "gold", **about)
    corpus = load_corpus(ROOT / "corpus" / f"{five.version}")
    score = score_file(TASKS[task], folder, corpus)
    figures = {one.measure: one.value for one in score.figures if (one.fold, one.label) == ("all", "all")}
    of_layer = {
        (article.id, one.id) for article in five._documents for one in article.annotations if one.layer == layer
    }
    lost = of_layer & {(loss.document, loss.annotation) for loss in five.losses}
    spans = sum(map(len, gold_of(TASKS[task], corpus).spans.values()))
    assert figures["exact recall"] == figures["exact precision"] == (spans - len(lost)) / spans
    assert len(lost) == 1  # of two segments: the longer one is in the tags


def test_numbers_of_pieces_are_tags_of_tokens_again(five: TrainingData) -> None:
    claims = five.tokens["claim"]
    rows = claims.table.slice(0, 40)
    padded = [[max(number, 0) for number in numbers] + [0, 0] for numbers in rows["labels_1"].to_pylist()]
    assert claims.token_tags(rows, padded) == rows["tags_1"].to_pylist()


def test_answers_of_every_kind_become_a_submission_with_a_perfect_score(five: TrainingData, tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    corpus = load_corpus(ROOT / "corpus" / f"{five.version}")
    assert five.relations is not None
    relations = five.relations.table
    answers = {
        "claim-relations": dict(zip(relations["relation_id"].to_pylist(), relations["label"].to_pylist(), strict=True)),
        "claim-type": gold_of(TASKS["claim-type"], corpus).label,
        "attributed-sentences": {
            name: (numpy.bool_(label == "true"), numpy.float32(label == "true"))
            for name, label in gold_of(TASKS["attributed-sentences"], corpus).label.items()
        },
        "disputes": {
            story: {"disputes": [{"positions": [sorted(one) for one in dispute.positions]} for dispute in found]}
            for story, found in gold_of(TASKS["disputes"], corpus).disputes.items()
        },
    }
    for task, given in answers.items():
        folder = five.submission(task, given, tmp_path / task, system="gold", method="The gold.", seed=1)
        assert score_file(TASKS[task], folder, corpus).official == 1, task


def test_faults_of_answers_are_one_report_and_nothing_is_written(five: TrainingData, tmp_path: Path) -> None:
    claims = five.tokens["claim"]
    about: dict[str, Any] = {"system": "mine", "method": "It guesses."}
    spans = gold_tags(five, "claim")
    first, second, *_ = sorted(spans)
    beyond = LabelledSpan.of("claim", (0, 10**6))
    numpy, looped = pytest.importorskip("numpy"), list[Any]()
    looped.append(looped)
    with pytest.raises(allegata.ProblemsFound) as report:
        five.submission("claim-spans", {**spans, first: [beyond], "nowhere": []}, tmp_path / "mine", **about)
    assert len(report.value.problems) == 2
    del spans[second]
    for given in (spans, {}):
        with pytest.raises(allegata.ProblemsFound, match="is missing"):
            five.submission("claim-spans", given, tmp_path / "mine", **about)
    with pytest.raises(allegata.ProblemsFound, match="'method' is empty"):
        five.submission("claim-spans", gold_tags(five, "claim"), tmp_path / "mine", system="mine", method="")
    with pytest.raises(allegata.UsageError, match="give what stands beside the id"):
        five.submission("claim-spans", {first: [(0, 4)]}, tmp_path / "mine", **about)
    for odd, said in (
        (numpy.zeros(2), r"an answer holds array\(\[0\., 0\.\]\): give texts"),
        (looped, "the answer to .* cannot be written"),
        ({("a", "b"): 1}, "the answer to .* cannot be written"),
    ):
        with pytest.raises(allegata.UsageError, match=said):
            five.submission("claim-spans", {first: {"spans": odd}}, tmp_path / "mine", **about)
    with pytest.raises(allegata.ProblemsFound, match="answers"):
        five.submission("claim-type", {"a\ud800": "fact\ud800"}, tmp_path / "mine", **about)
    for name in about:
        with pytest.raises(allegata.UsageError, match=rf"{name}.* holds half a character"):
            five.submission("claim-spans", gold_tags(five, "claim"), tmp_path / "mine", **about | {name: "\ud800"})
    with pytest.raises(allegata.UsageError, match="there is no task 'claims'"):
        five.submission("claims", {}, tmp_path / "mine", **about)
    assert not (tmp_path / "mine").exists()
    rows = claims.table.slice(0, 2)
    tags = rows["tags_1"].to_pylist()
    for message, wrong in (
        ("1 sequences of tags for 2 rows", tags[:1]),
        (r"row 1: \d+ tags for \d+ tokens", [tags[0], tags[1][1:]]),
        ("row 0: unknown tag 'B-claims': one of O, B-claim", [["B-claims", *tags[0][1:]], tags[1]]),
    ):
        with pytest.raises(allegata.UsageError, match=message):
            claims.spans(rows, wrong)
    with pytest.raises(allegata.UsageError, match=r"row 0: 0 numbers for \d+ pieces"):
        claims.token_tags(rows, [[], []])
    with pytest.raises(allegata.UsageError, match="no tag has the number 99"):
        claims.token_tags(rows, [[99] * len(one) for one in rows["labels_1"].to_pylist()])
    bare = allegata.training_data(ROOT, layers=["claim"]).tokens["claim"]
    with pytest.raises(allegata.UsageError, match="no column word_ids"):
        bare.token_tags(bare.table, [])
