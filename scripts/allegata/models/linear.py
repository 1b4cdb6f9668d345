"""A logistic regression on words and numeric columns. Needs the extra `benchmark`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allegata.models.features import without_digits
from allegata.schema.problems import MissingExtraError


def sklearn_or_say() -> None:
    """Raises MissingExtraError where scikit-learn is not installed."""
    try:
        import sklearn  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "benchmark") from error


class LinearModel:
    """TF-IDF of words and pairs of words, with numeric columns beside it, under a logistic regression.

    The numeric columns are scaled by the training rows. `balanced` weighs every label alike, which costs the scores
    their meaning as probabilities. `C` was not tuned on our articles.
    """

    def __init__(self, cost: float = 1.0, seed: int = 0, *, balanced: bool = True) -> None:
        sklearn_or_say()
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        self._words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=r"\w+|[$€£%]")
        self._scale = StandardScaler()
        self._model = LogisticRegression(
            C=cost, class_weight="balanced" if balanced else None, max_iter=2000, random_state=seed
        )

    def _matrix(self, texts: Sequence[str], numbers: Sequence[Sequence[float]], *, fit: bool) -> Any:
        from scipy.sparse import csr_matrix, hstack

        clean = [without_digits(text) for text in texts]
        words = self._words.fit_transform(clean) if fit else self._words.transform(clean)
        columns = self._scale.fit_transform(numbers) if fit else self._scale.transform(numbers)
        return hstack([words, csr_matrix(columns * 0.3)]).tocsr()

    def fit(self, texts: Sequence[str], numbers: Sequence[Sequence[float]], labels: Sequence[str]) -> LinearModel:
        """Train; `numbers` has one row of equal length a text."""
        self._model.fit(self._matrix(texts, numbers, fit=True), list(labels))
        return self

    def probabilities(self, texts: Sequence[str], numbers: Sequence[Sequence[float]]) -> list[dict[str, float]]:
        """Probability of every label of the training rows, a text a dict."""
        found = self._model.predict_proba(self._matrix(texts, numbers, fit=False))
        return [dict(zip(map(str, self._model.classes_), map(float, row), strict=True)) for row in found]
