"""The tasks: what is asked, from which table, how it is scored, and how an answer is written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pyarrow.compute as pc

from allegata.measures.disputes import Dispute
from allegata.measures.matching import LabelledSpan
from allegata.models.gold_spans import ROLES, article_spans, other_mentions, rows_of_one_annotator
from allegata.schema.labels import UNRELATED, ZONES
from allegata.schema.problems import UsageError
from allegata.schema.published import PublishedCorpus
from allegata.schema.scheme import Scheme

Kind = Literal["sentences", "spans", "labels", "disputes"]
Rows = list[dict[str, Any]]
# Claims stand in title, body and list items, never in a heading: sentences of headings are not asked.
ASKED_ZONES = tuple(zone for zone in ZONES if zone != "heading")


@dataclass(frozen=True)
class Task:
    """One task. `kind` decides the submission format (see `FORMATS`), `official` names the headline measure.

    `values_of` names the record and the attribute of the scheme whose values are the labels: who scores, checks or
    predicts fills them in from the corpus (`by`). `negative` is the label that says that there is nothing; `beside` are
    labels that are asked and scored apart: the official measure does not count them.
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
    beside: tuple[str, ...] = ()

    def by(self, scheme: Scheme) -> Task:
        """The task with the labels of a scheme."""
        if self.values_of is None:
            return self
        record, attribute = self.values_of
        if record == "relation":
            return replace(self, labels=tuple(scheme.relation.values or ()), negative=UNRELATED)
        beside = tuple(other_mentions(scheme)) if record == "mention" else ()
        return replace(self, labels=(*scheme.values(record, attribute), *beside), beside=beside)

    @property
    def counted(self) -> tuple[str, ...]:
        """The labels that the official measure counts: all but the negative one and those beside."""
        return tuple(label for label in self.labels if label != self.negative and label not in self.beside)

    @property
    def layers(self) -> tuple[tuple[str, ...], ...]:
        """The labels of spans that may hold one another: those that count, and those beside where there are some."""
        return (self.counted, self.beside) if self.beside else (self.counted,)


# One JSON object a line, in any order; offsets are half-open, in code points of `articles.text`.
FORMATS: dict[Kind, str] = {
    "sentences": '{"id": sentence_id, "label": true or false, "score": number, higher is more likely}',
    "spans": '{"id": article_id, "spans": [{"label": label, "segments": [[start, end], ...]}, ...]}',
    "labels": '{"id": id of the row, "label": label}',
    "disputes": '{"id": story, "disputes": [{"positions": [[claim_id, ...], ...]}, ...]}, and, if wanted, '
    '"pairs": [[claim_id, claim_id, score], ...]',
}
MEASURES = {
    "exact F1": "spans with equal label and equal segments, pooled over the articles; a span counts once, however many "
    "rows share it; segments that touch are one. Of mentions those with the label of a name or value count; nominal "
    "and pronominal ones (NOM, PRO) have figures of their own",
    "F1 of true": "pooled over the articles",
    "MAP": "mean over the articles of average precision by falling score; equal scores keep the order of the text",
    "macro F1": "mean over the labels that occur in gold or predictions, pooled over the articles",
    "macro F1 without none": "the same without the label of sampled pairs, that no relation holds",
    "opposed pairs F1": "unordered pairs of claims that take different positions of one dispute, each once, pooled "
    "over the stories. Beside it extended BCubed (Amigó et al. 2009) of questions (the claims of a dispute) and of "
    "positions, and the share of disputes found, of which the other side opposes at least one pair; and, where pairs "
    "are scored, AUROC and average precision over all pairs of claims of a story, in the mean over the stories (a pair "
    "without a score is below those that have one)",
}

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task(
            "attributed-sentences",
            "Does this sentence report what somebody other than the author says: does it hold a claim with an "
            "attribution? Sentences of title, body and list items are asked.",
            "claims",
            ("sentence_id", "attribution_id"),
            "sentences",
            ("true", "false"),
            "F1 of true",
            negative="false",
        ),
        Task(
            "check-worthiness",
            "Rank the sentences of an article by how much they deserve a fact-check: those with a check-worthy claim. "
            "Sentences of title, body and list items are asked, without those of which no claim has a grade.",
            "claims",
            ("sentence_id", "check_worthy"),
            "sentences",
            ("true", "false"),
            "MAP",
            negative="false",
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
            "Mark every name and value with its label; apart from these, as NOM or PRO, every description and pronoun "
            "that refers to an entity of the register.",
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
            "Given two claims of a story, say how they are related.",
            "relations",
            ("relation_id", "claim_a", "claim_b", "relation"),
            "labels",
            (),
            "macro F1 without none",
            values_of=("relation", "relation"),
        ),
        Task(
            "disputes",
            "Given the claims of a story (id, decontextualised text, claimer, article), find the questions on which "
            "they differ, and the positions that they take.",
            "positions",
            ("dispute_id", "claim_ids"),
            "disputes",
            (),
            "opposed pairs F1",
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
    if task.kind == "sentences" and not pc.count(corpus.table(task.table)[task.columns[-1]]).as_py():
        what = {"check_worthy": "a grade of check-worthiness", "attribution_id": "an attribution"}[task.columns[-1]]
        return f"no claim of {corpus.name} has {what}"
    if task.kind in ("disputes", "labels") and not corpus.table(task.table).num_rows:
        return f"{corpus.name} has no row of {task.table}"
    return None


@dataclass(frozen=True)
class Gold:
    """The right answers of a task: per id the articles it stands in, and its label, spans or disputes.

    A pair of claims stands in the articles of both, a story in all of its articles; everything else in one. `order` is
    the order of the ids in the text, which breaks ties of a ranking. `scored` are the articles that a score is given
    for. `claims` has the claims of a story, in the order of the text.
    """

    order: tuple[str, ...]
    articles: Mapping[str, tuple[str, ...]]
    label: Mapping[str, str]
    spans: Mapping[str, tuple[LabelledSpan, ...]]
    scored: tuple[str, ...]
    disputes: Mapping[str, tuple[Dispute, ...]] = field(default_factory=dict)
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def within(self, articles: Collection[str]) -> Gold:
        """The part of the answers that stands in at least one of these articles; of stories those wholly in them."""
        inside = set(articles)
        order = tuple(
            i
            for i in self.order
            if (inside.issuperset(self.articles[i]) if i in self.disputes else inside.intersection(self.articles[i]))
        )
        return Gold(
            order,
            {i: self.articles[i] for i in order},
            {i: self.label[i] for i in order if i in self.label},
            {i: self.spans[i] for i in order if i in self.spans},
            tuple(sorted(articles)),
            {i: self.disputes[i] for i in order if i in self.disputes},
            {i: self.claims[i] for i in order if i in self.claims},
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
    if task.kind == "disputes":
        return _disputes(corpus, scored)
    rows = rows_of_one_annotator(corpus, task.table, *task.columns)
    if task.name == "claim-relations":
        home = _claim_homes(corpus)
        articles = {row["relation_id"]: tuple(sorted({home[row["claim_a"]], home[row["claim_b"]]})) for row in rows}
        return Gold(tuple(articles), articles, {row["relation_id"]: row["relation"] for row in rows}, {}, scored)
    identity, answer = task.columns[0], task.columns[-1]
    if task.kind == "sentences":
        rows = _asked(corpus, rows, answer)
    rows.sort(key=lambda row: (row["article_id"], row["start"], row[identity]))
    label = {row[identity]: _label(row[answer]) for row in rows}
    return Gold(tuple(label), {row[identity]: (row["article_id"],) for row in rows}, label, {}, scored)


def _asked(corpus: PublishedCorpus, claims: Rows, answer: str) -> Rows:
    """The sentences that a task asks of, with `answer`: whether a claim of theirs has it.

    Headings are left out; of grades also the sentences of which nobody has graded a claim.
    """
    chosen = {row["sentence_id"] for row in claims if row[answer]}
    graded = {row["sentence_id"] for row in claims if answer != "check_worthy" or row[answer] is not None}
    ungraded = {row["sentence_id"] for row in claims} - graded
    rows = corpus.table("sentences", "sentence_id", "article_id", "start").to_pylist()
    return [
        {**row, answer: row["sentence_id"] in chosen}
        for row in rows
        if row["sentence_id"] not in ungraded and row.get("zone", "body") in ASKED_ZONES
    ]


def _disputes(corpus: PublishedCorpus, scored: tuple[str, ...]) -> Gold:
    """The disputes of every story, of which a story may have none."""
    stories = corpus.by_story
    story_of = corpus.story_of
    home = _claim_homes(corpus)
    claims: dict[str, list[str]] = {story: [] for story in stories}
    for row in sorted(
        corpus.table("claims", "claim_id", "article_id", "start").to_pylist(),
        key=lambda row: (row["article_id"], row["start"], row["claim_id"]),
    ):
        claims[story_of[row["article_id"]]].append(row["claim_id"])
    positions: dict[str, list[frozenset[str]]] = defaultdict(list)
    for row in corpus.table("positions", "position_id", "dispute_id", "claim_ids").to_pylist():
        positions[row["dispute_id"]].append(frozenset(row["claim_ids"]))
    kinds = {row["dispute_id"]: row["kind"] for row in corpus.table("disputes", "dispute_id", "kind").to_pylist()}
    disputes: dict[str, list[Dispute]] = {story: [] for story in stories}
    for name, found in sorted(positions.items()):
        (story,) = {story_of[home[claim]] for claims_ in found for claim in claims_}
        disputes[story].append(Dispute(tuple(found), kinds[name]))
    return Gold(
        tuple(stories),
        stories,
        {},
        {},
        scored,
        {story: tuple(found) for story, found in disputes.items()},
        {story: tuple(found) for story, found in claims.items()},
    )


def _claim_homes(corpus: PublishedCorpus) -> dict[str, str]:
    claims = corpus.table("claims", "claim_id", "article_id")
    return dict(zip(claims["claim_id"].to_pylist(), claims["article_id"].to_pylist(), strict=True))


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
