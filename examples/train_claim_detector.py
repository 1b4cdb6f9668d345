"""Train a claim detector on the published corpus and score it: each article by what was trained without it."""

import json
import sys
from pathlib import Path

from datasets import load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from allegata.benchmark.scoring import score_file, score_lines
from allegata.benchmark.tasks import TASKS
from allegata.schema.published import load_corpus

corpus = load_corpus(Path("corpus"))  # without the articles that nobody has annotated yet
rows = [row for split in load_dataset("./corpus", "sentences").values() for row in split]
rows = [row for row in rows if row["article_id"] in corpus.articles]
lines = []
for article in sorted({row["article_id"] for row in rows}):
    train = [row for row in rows if row["article_id"] != article]
    test = [row for row in rows if row["article_id"] == article]
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(class_weight="balanced"))
    model.fit([row["text"] for row in train], [row["is_claim"] for row in train])
    scores = model.predict_proba([row["text"] for row in test])[:, 1]
    for row, score in zip(test, scores, strict=True):
        lines.append(json.dumps({"id": row["sentence_id"], "label": bool(score > 0.5), "score": float(score)}))

predictions = Path(sys.argv[1] if len(sys.argv) > 1 else "build/predictions.jsonl")
predictions.parent.mkdir(parents=True, exist_ok=True)
predictions.write_text("\n".join(lines), encoding="utf-8")
print("\n".join(score_lines(score_file(TASKS["claim-detection"], predictions, corpus))))
