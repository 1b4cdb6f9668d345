"""Language: seeded, bounded, and `und` rather than a guess."""

from __future__ import annotations

import pytest

from allegata.clean import language
from allegata.clean.language import UNDETERMINED, detect_language

GERMAN = (
    "Das Gericht hörte am Montag, dass die Reederei elf Jahre lang zwei Logbücher geführt hatte, und vertagte sich."
)


@pytest.mark.parametrize(
    "text", ["", "   ", "2024-09-18 12:30", "Paris 2024", "!!! ???", "https://a.example/b", "hello"]
)
def test_short_or_letterless_text_is_undetermined(text: str) -> None:
    assert detect_language(text) == UNDETERMINED


def test_a_paragraph_is_detected() -> None:
    assert detect_language(GERMAN) == "de"


def test_the_answer_does_not_depend_on_what_was_asked_before() -> None:
    first = detect_language(GERMAN)
    detect_language("The tribunal heard on Monday that the company kept two sets of logs for eleven years, and rose.")
    assert detect_language(GERMAN) == first


def test_only_a_bounded_sample_is_read() -> None:
    assert len(language.sample("a" * 10_000_000)) <= language.SAMPLE + 1
