"""The tasks: what is asked, from which table, how it is scored, and how an answer is written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow.compute as pc

from allegata.measures.matching import LabelledSpan
from allegata.models.gold_spans import ROLES, article_spans, rows_of_one_annotator
from allegata.schema.labels import UNRELATED
from allegata.schema.problems import UsageError
from allegata.schema.published import PublishedCorpus
from allegata.schema.scheme import Scheme

Kind = Literal["sentences", "spans", "labels"]


@dataclass(frozen=True)
class Task:
    """One task. `kind` decides the submission format (see `FORMATS`), `official` names the headline measure.

    `values_of` names the record and the attribute of the scheme whose values are the labels: who scores, checks or
    predicts fills them in from the corpus (`by`). `negative` is the label that says that there is nothing.
    """

    name: str
    question: str
    table: str
    columns: tuple[str, ...]
    kind: Kind
    labels: tuple[str, ...]
    official: str
    values_of: tuple[str, str] | None = None
    negative: str | None = None

    def by(self, scheme: Scheme) -> Task:
        """The task with the labels of a scheme."""
        if self.values_of is None:
            return self
        record, attribute = self.values_of
        if record == "relation":
            return replace(self, labels=tuple(scheme.relation.values or ()), negative=UNRELATED)
        return replace(self, labels=scheme.values(record, attribute))

    @property
    def counted(self) -> tuple[str, ...]:
        """The labels that the official measure counts: all but the negative one."""
        return tuple(label for label in self.labels if label != self.negative)


# One JSON object a line, in any order; offsets are half-open, in code points of `articles.text`.
FORMATS: dict[Kind, str] = {
    "sentences": '{"id": sentence_id, "label": true or false, "score": number, higher is more likely}',
    "spans": '{"id": article_id, "spans": [{"label": label, "segments": [[start, end], ...]}, ...]}',
    "labels": '{"id": id of the row, "label": label}',
}
MEASURES = {
    "exact F1": "spans with equal label and equal segments, pooled over the articles; a span counts once, however many "
    "rows share it; segments that touch are one",
    "F1 of true": "pooled over the articles",
    "MAP": "mean over the articles of average precision by falling score; equal scores keep the order of the text",
    "macro F1": "mean over the labels that occur in gold or predictions, pooled over the articles",
    "macro F1 without none": "the same without the label that says that no relation holds, which most pairs have",
}

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task(
            "claim-detection",
            "Does this sentence hold at least one claim?",
            "sentences",
            ("sentence_id", "article_id", "is_claim"),
            "sentences",
            ("true", "false"),
            "F1 of true",
        ),
        Task(
            "check-worthiness",
            "Rank the sentences of an article by how much they deserve a fact-check: those with a check-worthy claim.",
            "claims",
            ("sentence_id", "check_worthy"),
            "sentences",
            ("true", "false"),
            "MAP",
        ),
        Task(
            "claim-spans",
            "Mark every claim, the bare proposition without its attribution.",
            "claims",
            ("article_id", "segments"),
            "spans",
            ("claim",),
            "exact F1",
        ),
        Task(
            "attribution",
            "Mark the source, the cue and the content of every attribution.",
            "attributions",
            ("article_id", *ROLES),
            "spans",
            ROLES,
            "exact F1",
        ),
        Task(
            "entities",
            "Mark every entity mention with its label.",
            "entities",
            ("article_id", "start", "end", "label"),
            "spans",
            (),
            "exact F1",
            values_of=("mention", "label"),
        ),
        Task(
            "claim-type",
            "Given a claim, say what kind it is.",
            "claims",
            ("claim_id", "article_id", "claim_type"),
            "labels",
            (),
            "macro F1",
            values_of=("claim", "claim_type"),
        ),
        Task(
            "claim-relations",
            "Given two claims, say how the first relates to the second.",
            "relations",
            ("relation_id", "claim_a", "claim_b", "relation"),
            "labels",
            (),
            "macro F1 without none",
            values_of=("relation", "relation"),
        ),
    )
}


def task_named(name: str) -> Task:
    """The task. Raises UsageError with the known names."""
    if name not in TASKS:
        raise UsageError(f"there is no task {name!r}; one of: {', '.join(TASKS)}")
    return TASKS[name]


def missing(task: Task, corpus: PublishedCorpus) -> str | None:
    """Why a corpus cannot be asked: a table, a column or every grade is missing; None where it can."""
    if not corpus.has(task.table, *task.columns):
        return f"{corpus.name} lacks the table {task.table} or a column of it"
    if task.name == "check-worthiness" and not pc.count(corpus.table("claims")["check_worthy"]).as_py():
        return f"no claim of {corpus.name} has a grade of check-worthiness"
    return None


@dataclass(frozen=True)
class Gold:
    """The right answers of a task: per id the articles it stands in, and its label or spans.

    A pair of claims stands in the articles of both; everything else in one. `order` is the order of the ids in the
    text, which breaks ties of a ranking. `scored` are the articles that a score is given for.
    """

    order: tuple[str, ...]
    articles: Mapping[str, tuple[str, ...]]
    label: Mapping[str, str]
    spans: Mapping[str, tuple[LabelledSpan, ...]]
    scored: tuple[str, ...]

    def within(self, articles: Collection[str]) -> Gold:
        """The part of the answers that stands in at least one of these articles."""
        order = tuple(i for i in self.order if not set(articles).isdisjoint(self.articles[i]))
        return Gold(
            order,
            {i: self.articles[i] for i in order},
            {i: self.label[i] for i in order if i in self.label},
            {i: self.spans[i] for i in order if i in self.spans},
            tuple(sorted(articles)),
        )


def gold_of(task: Task, corpus: PublishedCorpus) -> Gold:
    """The right answers. Raises UsageError where the corpus lacks the table of the task, or any annotated article.

    Of an article that several people annotated (PolNeAR) the answers are those of one, the first by id: what two
    people marked differently is not two answers.
    """
    scored = tuple(corpus.articles)
    if not scored:
        raise UsageError(f"{corpus.name} has no annotated article: there is nothing to learn from and nothing to score")
    if task.kind == "spans":
        found = article_spans(corpus, task.table)
        return Gold(tuple(found), {key: (key,) for key in found}, {}, found, scored)
    rows = rows_of_one_annotator(corpus, task.table, *task.columns)
    if task.name == "claim-relations":
        home = _claim_homes(corpus)
        articles = {row["relation_id"]: tuple(sorted({home[row["claim_a"]], home[row["claim_b"]]})) for row in rows}
        return Gold(tuple(articles), articles, {row["relation_id"]: row["relation"] for row in rows}, {}, scored)
    if task.name == "check-worthiness":
        worthy = {row["sentence_id"] for row in rows if row["check_worthy"]}
        graded = {row["sentence_id"] for row in rows if row["check_worthy"] is not None}
        ungraded = {row["sentence_id"] for row in rows} - graded  # nobody has judged any claim of it
        rows = corpus.table("sentences", "sentence_id", "article_id").to_pylist()
        rows = [row for row in rows if row["sentence_id"] not in ungraded]
        for row in rows:
            row["check_worthy"] = row["sentence_id"] in worthy
    identity = task.columns[0]
    rows.sort(key=lambda row: (row["article_id"], row["start"], row[identity]))
    answer = {row[identity]: _label(row[task.columns[-1]]) for row in rows}
    return Gold(tuple(answer), {row[identity]: (row["article_id"],) for row in rows}, answer, {}, scored)


def _claim_homes(corpus: PublishedCorpus) -> dict[str, str]:
    claims = corpus.table("claims", "claim_id", "article_id")
    return dict(zip(claims["claim_id"].to_pylist(), claims["article_id"].to_pylist(), strict=True))


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
