"""Linear models: words and surface marks of a sentence, a claim or a pair, by logistic regression.

Logistic regression is its own calibration: its scores are probabilities. Needs the extra `benchmark`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allegata.benchmark.corpus import Corpus, folds
from allegata.benchmark.features import surface, words_of
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.schema.problems import UsageError


def sklearn_or_say() -> None:
    """Raises UsageError where scikit-learn is not installed."""
    try:
        import sklearn  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise UsageError("scikit-learn is not installed: pip install 'allegata[benchmark]'") from error


class LinearModel:
    """TF-IDF of words and pairs of words, with numeric columns beside it, under a logistic regression.

    The numeric columns are scaled by the training rows. `C` was not tuned on our articles.
    """

    def __init__(self, cost: float = 1.0, seed: int = 0) -> None:
        sklearn_or_say()
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        self._words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=r"\w+|[$€£%]")
        self._scale = StandardScaler()
        self._model = LogisticRegression(C=cost, class_weight="balanced", max_iter=2000, random_state=seed)

    def _matrix(self, texts: Sequence[str], numbers: Sequence[Sequence[float]], *, fit: bool) -> Any:
        from scipy.sparse import csr_matrix, hstack

        clean = [words_of(text) for text in texts]
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


def _by_folds(
    gold: Gold,
    corpus: Corpus,
    texts: Mapping[str, str],
    numbers: Mapping[str, Sequence[float]],
    seed: int,
    within: Mapping[str, set[str]] | None = None,
) -> dict[str, dict[str, float]]:
    """Probabilities by leave-one-article-out; a fold with one label in training gives that label."""
    found: dict[str, dict[str, float]] = {}
    for fold in folds(corpus):
        train = [
            i
            for i in gold.order
            if gold.article[i] in fold.train and (within is None or fold.held_out not in within[i])
        ]
        test = [i for i in gold.order if gold.article[i] == fold.held_out]
        labels = [gold.label[i] for i in train]
        if not test:
            continue
        if len(set(labels)) < 2:
            found |= {i: {labels[0] if labels else "none": 1.0} for i in test}
            continue
        model = LinearModel(seed=seed).fit([texts[i] for i in train], [numbers[i] for i in train], labels)
        rows = model.probabilities([texts[i] for i in test], [numbers[i] for i in test])
        found |= dict(zip(test, rows, strict=True))
    return found


def _best(row: Mapping[str, float]) -> str:
    return min(row, key=lambda label: (-row[label], label))


def sentences(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
    """Claim detection and check-worthiness."""
    table = corpus.table("sentences", "sentence_id", "text").select(["sentence_id", "text"]).to_pylist()
    texts = {row["sentence_id"]: row["text"] for row in table}
    rows = _by_folds(gold, corpus, texts, {i: surface(text) for i, text in texts.items()}, seed)
    score = {i: round(row.get("true", 0.0), 9) for i, row in rows.items()}
    return Predictions({i: "true" if score[i] >= 0.5 else "false" for i in score}, score, {})


def claim_types(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
    """Claim type from the words of the claim and of its sentence, its cue among them."""
    claims = corpus.table("claims", "claim_id", "segments", "sentence_id").to_pylist()
    sentence = {row["sentence_id"]: row["text"] for row in corpus.table("sentences", "sentence_id", "text").to_pylist()}
    texts = {
        row["claim_id"]: " ".join(part["surface"] for part in row["segments"]) + " " + sentence[row["sentence_id"]]
        for row in claims
    }
    rows = _by_folds(gold, corpus, texts, {i: surface(text) for i, text in texts.items()}, seed)
    return Predictions({i: _best(row) for i, row in rows.items()}, {}, {})


def relations(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
    """Relations from what two claims share and where they differ: words, numbers, negation, certainty.

    Pairs that touch the held-out article are never trained on.
    """
    claims = corpus.table("claims", "claim_id", "article_id", "segments").to_pylist()
    text = {row["claim_id"]: " ".join(part["surface"] for part in row["segments"]) for row in claims}
    home = {row["claim_id"]: row["article_id"] for row in claims}
    pairs = corpus.table("relations", "relation_id", "claim_a", "claim_b").to_pylist()
    texts, numbers, within = {}, {}, {}
    for row in pairs:
        a, b = text[row["claim_a"]], text[row["claim_b"]]
        left, right = set(words_of(a.lower()).split()), set(words_of(b.lower()).split())
        texts[row["relation_id"]] = (
            " ".join(sorted(left & right)) + " " + " ".join(f"not0{w}" for w in sorted(left ^ right))
        )
        difference = [x - y for x, y in zip(surface(a), surface(b), strict=True)]
        jaccard = len(left & right) / max(1, len(left | right))
        covered = len(left & right) / max(1, min(len(left), len(right)))
        same = float(home[row["claim_a"]] == home[row["claim_b"]])
        numbers[row["relation_id"]] = [jaccard, covered, same, *difference, *map(abs, difference)]
        within[row["relation_id"]] = {home[row["claim_a"]], home[row["claim_b"]]}
    rows = _by_folds(gold, corpus, texts, numbers, seed, within)
    return Predictions({i: _best(row) for i, row in rows.items()}, {}, {})
