"""Train a detector of reported sentences on the published corpus and score it: each article by what never saw it."""

import json
import sys
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from allegata.benchmark.scoring import score_file, score_lines
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.schema.published import load_corpus

corpus = load_corpus(Path("corpus"))  # without the articles that nobody has annotated yet
gold = gold_of(TASKS["attributed-sentences"], corpus)  # without the sentences of headings, which are not asked
texts = {row["sentence_id"]: row["text"] for row in corpus.table("sentences").to_pylist()}
lines = []
for article in corpus.articles:
    test = [i for i in gold.order if article in gold.articles[i]]
    train = [i for i in gold.order if article not in gold.articles[i]]
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(class_weight="balanced"))
    model.fit([texts[i] for i in train], [gold.label[i] == "true" for i in train])
    for i, score in zip(test, model.predict_proba([texts[i] for i in test])[:, 1], strict=True):
        lines.append(json.dumps({"id": i, "label": bool(score > 0.5), "score": float(score)}))

predictions = Path(sys.argv[1] if len(sys.argv) > 1 else "build/predictions.jsonl")
predictions.parent.mkdir(parents=True, exist_ok=True)
predictions.write_text("\n".join(lines), encoding="utf-8")
print("\n".join(score_lines(score_file(TASKS["attributed-sentences"], predictions, corpus))))
