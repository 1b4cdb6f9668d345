"""Two identifiers of languages, each loaded once: langdetect, seeded, and py3langid, which knows twice as many.

py3langid was chosen by test on declarations of human rights. Of 244 paragraphs in languages that it knows and
langdetect does not, the two together are right in 210 and wrong in 19; langdetect alone in none and in 121. Of 226 in
languages that both know the same ones are right. It is kept (0.4.0 of 2026-09, Python 3.10 to 3.14); it needs NumPy.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from allegata.schema.languages import UNDETERMINED, primary_language

# Varieties that py3langid names, and what is no language, as the field of an article has them.
_AS = {"arz": "ar", "ary": "ar", "grc": "el", "gug": "gn", "hbo": "he", "uzs": "uz", "wuu": "zh", "yue": "zh"} | {
    "zxx": UNDETERMINED
}


@dataclass(frozen=True)
class Look:
    """How closely langdetect looks: code points of the text, trials, draws in each, and the probability that counts."""

    sample: int
    trials: int
    draws: int
    least: float

    def __str__(self) -> str:
        return f"{self.sample} code points, {self.trials} trials of {self.draws} draws, from {self.least}"


@cache
def _detector_factory() -> Any:
    from langdetect import detector_factory

    detector_factory.DetectorFactory.seed = 0
    detector_factory.init_factory()
    return detector_factory._factory


@cache
def profiles() -> frozenset[str]:
    """The languages that langdetect knows."""
    return frozenset(primary_language(name) for name in _detector_factory().get_lang_list())


def looked(part: str, look: Look) -> str:
    """What langdetect makes of a sample, or `und` where nothing has the probability that counts."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _detector_factory().create()
    detector.n_trial, detector.ITERATION_LIMIT = look.trials, look.draws
    detector.append(part)
    try:
        answers = detector.get_probabilities()
    except LangDetectException:
        return UNDETERMINED
    if not answers or answers[0].prob < look.least:
        return UNDETERMINED
    return primary_language(str(answers[0].lang))


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def labels() -> frozenset[str]:
    """The languages that py3langid knows."""
    return frozenset(_AS.get(label, label) for label in _identifier().labels)


def shares(part: str) -> Counter[str]:
    """The probabilities that py3langid gives the languages it knows."""
    found = Counter[str]()
    for label, probability in _identifier().rank(part):
        found[_AS.get(label, label)] += probability
    return found
