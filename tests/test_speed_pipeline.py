"""The benchmark of the whole pipeline on a few articles."""

from importlib.util import find_spec

import pytest

from allegata.clean.language import detect_language
from bench.documents import Documents
from bench.pipeline import run_pipeline
from bench.pipeline_documents import ArticleDocuments, in_paragraphs


def test_our_pipeline_runs_through_and_every_stage_is_timed() -> None:
    text = run_pipeline(12)
    assert "| allegata |" in text
    for stage in ("read", "clean", "language", "sentences", "deduplicate", "publish"):
        assert f"| {stage} |" in text


@pytest.mark.skipif(not (find_spec("datatrove") and find_spec("spacy")), reason="needs datatrove and spaCy")
def test_datatrove_runs_beside_it() -> None:
    assert "| datatrove |" in run_pipeline(12)


def test_articles_have_paragraphs_of_four_sentences() -> None:
    assert in_paragraphs("A b. C d. E f. G h. I j.") == "A b. C d. E f. G h.\n\nI j."


def test_the_words_look_like_english_to_the_language_filter() -> None:
    texts = [text for block in ArticleDocuments(20).batches() for text in block["text"].to_pylist()]
    assert {detect_language(text) for text in texts} == {"en"}


def test_the_words_differ_and_the_documents_are_those_of_the_speed_benchmark() -> None:
    plain, articles = Documents(30, 4), ArticleDocuments(30, 4)
    numbers = [articles.tokens(i).tolist() for i in range(30)]
    assert numbers == [plain.tokens(i).tolist() for i in range(30)]
    told = [text.split() for block in articles.batches() for text in block["text"].to_pylist()]
    words = {
        token: word for row, text in zip(numbers, told, strict=True) for token, word in zip(row, text, strict=True)
    }
    assert [[words[token] for token in row] for row in numbers] == told
    spelled = {word.strip(".,\u201c\u201d").lower() for word in words.values()}
    assert len(spelled) == len({token // 5 for token in words})
