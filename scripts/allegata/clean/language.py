"""The language of a text, by `langdetect`: seeded, on a bounded sample, and `und` rather than a guess."""

from __future__ import annotations

from functools import cache
from typing import Any

UNDETERMINED = "und"
# Measured on declarations of human rights in 20 languages: 4 words are right in 91 %, a paragraph in 98 %; a text
# without enough letters is answered with great confidence and at random ("Paris 2024" is Lithuanian, .999997).
LEAST_LETTERS = 60
LEAST_WORDS = 10
LEAST_PROBABILITY = 0.9
SAMPLE = 4000


@cache
def _detector_factory() -> Any:
    """langdetect's profiles, loaded once and seeded for good."""
    from langdetect import detector_factory

    detector_factory.DetectorFactory.seed = 0
    detector_factory.init_factory()
    return detector_factory._factory


def sample(text: str) -> str:
    """A bounded sample: the start of the text and its middle, each half of `SAMPLE` code points."""
    if len(text) <= SAMPLE:
        return text
    half, middle = SAMPLE // 2, len(text) // 2
    return text[:half] + "\n" + text[middle : middle + half]


def detect_language(text: str) -> str:
    """ISO 639-1 code (`zh-cn`, `zh-tw` for Chinese) of `text`, or `und`.

    `und` where the sample has fewer than 60 letters or 10 words (scripts without blanks: letters only), where
    langdetect finds nothing, and where its best answer has a probability below .9.
    """
    from langdetect.lang_detect_exception import LangDetectException

    part = sample(text)
    letters = sum(character.isalpha() for character in part)
    spaced = part.split()
    if letters < LEAST_LETTERS or (len(spaced) < LEAST_WORDS and letters < 4 * LEAST_LETTERS):
        return UNDETERMINED
    detector = _detector_factory().create()
    detector.append(part)
    try:
        answers = detector.get_probabilities()
    except LangDetectException:
        return UNDETERMINED
    if not answers or answers[0].prob < LEAST_PROBABILITY:
        return UNDETERMINED
    return str(answers[0].lang)
