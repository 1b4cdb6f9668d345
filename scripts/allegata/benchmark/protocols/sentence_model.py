"""The sentence classifier of the two sentence protocols: two views of a sentence, each under a linear model.

One view is its words (TF-IDF), the other what the packaged encoder makes of it; both see the marks of its surface.
Their standardised scores are added: they err in different places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allegata.benchmark.features import surface, words_of


@dataclass(frozen=True)
class SentenceModelOptions:
    """How the two models are fitted. `balanced` weighs the classes equally: for rare positives that are ranked."""

    balanced: bool = False
    words_cost: float = 1.0
    meaning_cost: float = 0.003


class SentenceModel:
    """`fit`, then `scores`: higher is more likely positive, above 0 is positive. Deterministic."""

    def __init__(self, options: SentenceModelOptions) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        weight = "balanced" if options.balanced else None
        self._words = TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2), token_pattern=r"\w+|[$€£%]")
        self._scale_dense, self._scale_marks = StandardScaler(), StandardScaler()
        self._by_words = LogisticRegression(
            C=options.words_cost, class_weight=weight, solver="liblinear", random_state=0
        )
        self._by_meaning = LogisticRegression(C=options.meaning_cost, class_weight=weight, max_iter=400)
        self._spread = (1.0, 1.0)

    def fit(
        self, texts: Sequence[str], dense: Any, labels: Sequence[int], marks: Sequence[Sequence[float]] | None = None
    ) -> SentenceModel:
        """Train on n texts, their dense vectors (n, d), labels 0 or 1, and further marks (n, m)."""
        words, vectors = self._views(texts, dense, marks, fit=True)
        self._by_words.fit(words, list(labels))
        self._by_meaning.fit(vectors, list(labels))
        self._spread = (
            float(self._by_words.decision_function(words).std()),
            float(self._by_meaning.decision_function(vectors).std()),
        )
        return self

    def scores(self, texts: Sequence[str], dense: Any, marks: Sequence[Sequence[float]] | None = None) -> list[float]:
        """The sum of both scores, each in units of its spread on the training texts."""
        words, vectors = self._views(texts, dense, marks, fit=False)
        first = self._by_words.decision_function(words) / self._spread[0]
        second = self._by_meaning.decision_function(vectors) / self._spread[1]
        return [float(value) for value in first + second]

    def _views(
        self, texts: Sequence[str], dense: Any, marks: Sequence[Sequence[float]] | None, *, fit: bool
    ) -> tuple[Any, Any]:
        import numpy as np
        from scipy.sparse import csr_matrix, hstack

        clean = [words_of(text) for text in texts]
        plain = np.array([surface(text) for text in texts])
        numbers = plain if marks is None else np.hstack([plain, np.array(marks)])
        if fit:
            words = self._words.fit_transform(clean)
            self._scale_dense.fit(dense)
            self._scale_marks.fit(numbers)
        else:
            words = self._words.transform(clean)
        scaled = self._scale_marks.transform(numbers)
        meaning = self._scale_dense.transform(dense)
        return hstack([words, csr_matrix(0.3 * scaled)]).tocsr(), np.hstack([0.3 * meaning, 0.5 * scaled])
