"""The sentence classifier of the two sentence protocols: views of a sentence, each under a model of its own.

The views are its words (TF-IDF) and what the layers of the packaged encoder make of it, all with the marks of its
surface. The scores are standardised and added: the models err in different places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allegata.models.features import surface, without_digits


@dataclass(frozen=True)
class SentenceModelOptions:
    """How the models are fitted and weighed.

    `balanced` weighs the classes equally: for rare positives that are only ranked. The costs are those of the
    logistic regressions on words and on vectors; `kernel_weight` above 0 adds a support vector machine on the
    first 300 principal components of the vectors.
    """

    balanced: bool = False
    words_cost: float = 1.0
    words_weight: float = 1.0
    vectors_cost: float = 0.001
    kernel_weight: float = 0.0


class SentenceModel:
    """`fit`, then `scores`: higher is more likely positive, above 0 is positive. Deterministic."""

    def __init__(self, options: SentenceModelOptions) -> None:
        from sklearn.decomposition import PCA
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVC

        weight = "balanced" if options.balanced else None
        self._words = TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2), token_pattern=r"\w+|[$€£%]")
        self._scale_vectors, self._scale_marks = StandardScaler(), StandardScaler()
        self._components = PCA(300, random_state=0)
        self._size = 1.0
        models: list[tuple[str, float, Any]] = [
            (
                "words",
                options.words_weight,
                LogisticRegression(C=options.words_cost, class_weight=weight, solver="liblinear", random_state=0),
            ),
            ("vectors", 1.0, LogisticRegression(C=options.vectors_cost, class_weight=weight, max_iter=200)),
            ("components", options.kernel_weight, SVC(C=3.0, gamma=1.0, class_weight=weight, random_state=0)),
        ]
        self._models = [model for model in models if model[1]]
        self._spread: dict[str, float] = {}

    def fit(
        self, texts: Sequence[str], vectors: Any, labels: Sequence[int], marks: Sequence[Sequence[float]] | None = None
    ) -> SentenceModel:
        """Train on n texts, their vectors (n, d), labels 0 or 1, and further marks (n, m)."""
        views = self._views(texts, vectors, marks, fit=True)
        for view, _, model in self._models:
            model.fit(views[view], list(labels))
            self._spread[view] = float(model.decision_function(views[view]).std())
        return self

    def scores(self, texts: Sequence[str], vectors: Any, marks: Sequence[Sequence[float]] | None = None) -> list[float]:
        """The weighted sum of the scores, each in units of its spread on the training texts."""
        views = self._views(texts, vectors, marks, fit=False)
        total = sum(
            weight * model.decision_function(views[view]) / self._spread[view] for view, weight, model in self._models
        )
        return [float(value) for value in total]

    def _views(
        self, texts: Sequence[str], vectors: Any, marks: Sequence[Sequence[float]] | None, *, fit: bool
    ) -> dict[str, Any]:
        import numpy as np
        from scipy.sparse import csr_matrix, hstack

        clean = [without_digits(text) for text in texts]
        plain = np.array([surface(text) for text in texts])
        numbers = plain if marks is None else np.hstack([plain, np.array(marks)])
        if fit:
            self._words.fit(clean)
            self._scale_vectors.fit(vectors)
            self._scale_marks.fit(numbers)
        scaled = self._scale_marks.transform(numbers)
        dense = np.hstack([0.3 * self._scale_vectors.transform(vectors), 0.5 * scaled]).astype(np.float32)
        views = {"words": hstack([self._words.transform(clean), csr_matrix(0.3 * scaled)]).tocsr(), "vectors": dense}
        if any(view == "components" for view, _, _ in self._models):
            components = self._components.fit_transform(dense) if fit else self._components.transform(dense)
            if fit:  # unit mean square length, so that one width of the kernel fits any set
                self._size = float(np.sqrt((components**2).sum(axis=1).mean()))
            views["components"] = components / self._size
        return views
