"""Language: seeded, bounded, and `und` rather than a guess."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from allegata.clean import language
from allegata.clean.language import UNDETERMINED, detect_language
from allegata.recipe.about import algorithms

GERMAN = (
    "Das Gericht hörte am Montag, dass die Reederei elf Jahre lang zwei Logbücher geführt hatte, und vertagte sich."
)
ENGLISH = "The tribunal heard on Monday that the company kept two sets of logs for eleven years, and it then adjourned."


@pytest.mark.parametrize(
    "text", ["", "   ", "2024-09-18 12:30", "Paris 2024", "!!! ???", "https://a.example/b", "hello"]
)
def test_short_or_letterless_text_is_undetermined(text: str) -> None:
    assert detect_language(text) == UNDETERMINED


def test_a_paragraph_is_detected() -> None:
    assert detect_language(GERMAN) == "de"


def test_the_answer_does_not_depend_on_what_was_asked_before() -> None:
    first = detect_language(GERMAN)
    detect_language(ENGLISH)
    assert detect_language(GERMAN) == first


@pytest.mark.parametrize("look", language.LOOKS, ids=str)
def test_only_a_bounded_sample_is_read(look: language.Look) -> None:
    assert len(language.sample("a" * 10_000_000, look.sample)) <= look.sample + 1


def test_an_ordinary_text_needs_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "LOOKS", language.LOOKS[:1])
    assert detect_language(GERMAN) == "de"


def test_in_doubt_more_of_the_text_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{ENGLISH} " * 2 + f"{GERMAN} " * 40  # half of the first sample is English
    assert detect_language(text) == "de"
    monkeypatch.setattr(language, "LOOKS", language.LOOKS[:1])
    assert detect_language(text) == UNDETERMINED


def test_the_manifest_names_how_the_language_was_found() -> None:
    found = str(algorithms()["language"])
    for look in language.LOOKS:
        assert f"{look.sample} code points" in found
    assert f"langdetect {version('langdetect')}, seed 0" in found
