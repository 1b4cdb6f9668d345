"""The benchmark of the whole pipeline on a few articles."""

from importlib.util import find_spec

import pytest

from allegata.benchmark.pipeline import _in_paragraphs, run_pipeline


def test_our_pipeline_runs_through_and_every_stage_is_timed() -> None:
    text = run_pipeline(12)
    assert "| allegata |" in text
    for stage in ("read", "clean", "language", "sentences", "deduplicate", "publish"):
        assert f"| {stage} |" in text


@pytest.mark.skipif(not (find_spec("datatrove") and find_spec("spacy")), reason="needs datatrove and spaCy")
def test_datatrove_runs_beside_it() -> None:
    assert "| datatrove |" in run_pipeline(12)


def test_articles_have_paragraphs_of_four_sentences() -> None:
    assert _in_paragraphs("A b. C d. E f. G h. I j.") == "A b. C d. E f. G h.\n\nI j."
