"""Another published corpus to learn from: one corpus of both, of which only the first is asked."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from allegata.benchmark.shared_sentences import SharedSentences, sentences_of, shared_sentences
from allegata.benchmark.tasks import Task, missing
from allegata.schema.problems import UsageError
from allegata.schema.published import PublishedCorpus, load_corpus
from allegata.schema.versions import latest
from allegata.text.normal import text_digest


def load_training(folder: Path) -> PublishedCorpus:
    """The latest version in a corpus folder, in its `corpus/` or in the folder of versions, called after the corpus.

    The name is that of the folder that holds the versions, with the version: `stories v1.0.0`.
    """
    inner = folder / "corpus" if (folder / "corpus").is_dir() else folder
    version = latest(inner).resolve()
    loaded = load_corpus(version)
    home = version.parent.parent if version.parent.name == "corpus" else version.parent
    return PublishedCorpus(f"{home.name} {version.name}", loaded.tables, loaded.splits, loaded.left_out, loaded.scheme)


def joined(corpus: PublishedCorpus, other: PublishedCorpus, task: Task) -> PublishedCorpus:
    """Both as one corpus with the columns that both have.

    Both may call disputes the same: those of the other are named after it. Raises UsageError where the other lacks what
    the task is asked from, has labels that the scheme of the first does not have, or shares an article, by id or by
    text, or of disputes a story with it.
    """
    if why := missing(task, other):
        raise UsageError(f"cannot train on {other.name}: {why}")
    faults = []
    if unknown := sorted(set(task.by(other.scheme).labels) - set(task.by(corpus.scheme).labels)):
        faults.append(f"it has labels that {corpus.name} does not have: {', '.join(unknown)}")
    if both := sorted(set(corpus.articles) & set(other.articles)):
        faults.append(f"both have the article {both[0]}")
    texts = {text_digest(text): article for article, text in corpus.texts.items()}
    if same := sorted(texts[key] for text in other.texts.values() if (key := text_digest(text)) in texts):
        faults.append(f"it has the text of the article {same[0]}")
    stories = sorted(set(corpus.by_story) & set(other.by_story))
    if stories and task.kind == "disputes":
        faults.append(f"both have a story {stories[0]!r}")
    if faults:
        raise UsageError(f"cannot train on {other.name}: {'; '.join(faults)}")
    tables = {}
    for name in corpus.tables:
        if name in other.tables:
            rows = [corpus.tables[name], _renamed(other.tables[name], other.name)]
            columns = [column for column in rows[0].column_names if column in rows[1].column_names]
            tables[name] = pa.concat_tables([table.select(columns) for table in rows], promote_options="permissive")
    return PublishedCorpus(corpus.name, tables, corpus.splits, scheme=corpus.scheme)


def sentences_shared(corpus: PublishedCorpus, other: PublishedCorpus) -> SharedSentences:
    """How many sentences of `corpus`, which is asked, stand in `other`, which is learnt from, too.

    The sentences are those of the tables; of a corpus without that table those that its texts are split into.
    """
    learnt, asked = (
        each.table("sentences", "text")["text"].to_pylist()
        if each.has("sentences", "text")
        else sentences_of(each.texts.values())
        for each in (other, corpus)
    )
    return shared_sentences(learnt, asked)


def _renamed(table: pa.Table, corpus: str) -> pa.Table:
    """The table with the disputes of a corpus named after it: only the ids of articles, and what begins with them, are
    unique beyond one corpus."""
    if "dispute_id" not in table.column_names:
        return table
    names = pa.array([f"{corpus}/{name}" for name in table["dispute_id"].to_pylist()], pa.string())
    return table.set_column(table.column_names.index("dispute_id"), "dispute_id", names)
