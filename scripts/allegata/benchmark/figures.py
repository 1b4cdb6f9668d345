"""The figures of a task on some of its ids, and the counts that its official measure is made of.

Every official measure is a function of counts that are added over units (`unit_counts`, `official`): that is what
intervals and tests resample.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.measures import classification, ranking
from allegata.measures.disputes import ClaimPair, Dispute, extended_b_cubed, found_disputes, opposed_pairs, opposed_prf
from allegata.measures.matching import (
    PRF,
    LabelledSpan,
    align,
    exact_prf,
    partial_prf,
    semeval,
    token_prf,
    tokens,
)
from allegata.schema.published import PublishedCorpus

ALL = "all"
CUTOFFS = (1, 3, 5, 10)  # our articles have about twenty sentences
Table = dict[tuple[str, str], float | None]
Counts = tuple[float, ...]


def figures(task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus, chosen: Sequence[str]) -> Table:
    """Every figure of a task, with the labels of its scheme, on the ids `chosen`, by measure and label (or `ALL`)."""
    if task.kind == "spans":
        return _span_figures(task, predictions, gold, corpus, chosen)
    if task.kind == "disputes":
        return _dispute_figures(predictions, gold, chosen)
    right, ours = [gold.label[i] for i in chosen], [predictions.label[i] for i in chosen]
    counts = classification.per_label(right, ours, task.labels)
    table: Table = {}
    for label, prf in counts.items():
        table |= _prf("", label, prf)
    table["macro F1", ALL] = classification.macro_f1(counts)
    table["accuracy", ALL] = classification.accuracy(right, ours)
    if task.name == "claim-relations":
        table["macro F1 without none", ALL] = classification.macro_f1({label: counts[label] for label in task.counted})
    if task.kind == "sentences":
        table["F1 of true", ALL] = counts["true"].f1
        lists = list(_rankings(predictions, gold, chosen).values())
        table |= {(measure, ALL): value for measure, value in ranking.measures(lists, CUTOFFS).items()}
    return table


def _prf(measure: str, label: str, prf: PRF) -> Table:
    head = f"{measure} " if measure else ""
    return {
        (f"{head}precision", label): prf.precision,
        (f"{head}recall", label): prf.recall,
        (f"{head}F1", label): prf.f1,
    }


def _rankings(predictions: Predictions, gold: Gold, chosen: Sequence[str]) -> dict[str, tuple[list[int], list[float]]]:
    """Per article its labels and scores, in the order of the text."""
    files: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for identity in chosen:
        labels, scores = files[gold.articles[identity][0]]
        labels.append(int(gold.label[identity] == "true"))
        scores.append(predictions.score[identity])
    return dict(sorted(files.items()))


def _span_figures(
    task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus, chosen: Sequence[str]
) -> Table:
    counts: dict[tuple[str, str], PRF] = defaultdict(PRF)
    texts = corpus.texts
    for article_id in chosen:
        right, ours = gold.spans[article_id], predictions.spans[article_id]
        for measure, scores in (
            ("exact", exact_prf(right, ours)),
            ("partial", partial_prf(right, ours)),
            ("token", token_prf(right, ours, tokens(texts[article_id]))),
        ):
            for label, prf in scores.items():
                counts[measure, label] += prf
                if label not in task.beside:
                    counts[measure, ALL] += prf
        sides = (_without(task.beside, right), _without(task.beside, ours))
        for scheme, outcome in semeval(align(*sides)).items():
            counts[f"SemEval-2013 {scheme}", ALL] += outcome.prf
    table: Table = {}
    for measure in ("exact", "partial", "token"):
        for label in (ALL, *task.labels):
            table |= _prf(measure, label, counts[measure, label])
    for (measure, label), prf in sorted(counts.items()):
        if measure.startswith("SemEval"):
            table[f"{measure} F1", label] = prf.f1
    return table


def _without(labels: Sequence[str], spans: Iterable[LabelledSpan]) -> list[LabelledSpan]:
    return [span for span in spans if span.label not in labels]


def _dispute_figures(predictions: Predictions, gold: Gold, chosen: Sequence[str]) -> Table:
    right = [dispute for story in chosen for dispute in gold.disputes[story]]
    ours = [dispute for story in chosen for dispute in predictions.disputes[story]]
    table = _prf("opposed pairs", ALL, opposed_prf(right, ours))
    found = found_disputes(right, ours)
    table["dispute recall", ALL] = _share(found)
    for kind in sorted({dispute.kind for dispute in right if dispute.kind}):
        table["dispute recall", kind] = _share([hit for hit, one in zip(found, right, strict=True) if one.kind == kind])
    table["dispute precision", ALL] = _share(found_disputes(ours, right))
    for name, score in (
        ("questions", extended_b_cubed(_questions(right), _questions(ours))),
        ("positions", extended_b_cubed(_positions(right), _positions(ours))),
    ):
        table[f"BCubed precision of {name}", ALL] = score.precision
        table[f"BCubed recall of {name}", ALL] = score.recall
        table[f"BCubed F1 of {name}", ALL] = score.f1
    ranked = list(_ranked_pairs(predictions, gold, chosen))
    table["AUROC of pairs", ALL] = ranking.mean_over_files([ranking.auroc(*pairs) for pairs in ranked])
    table["MAP of pairs", ALL] = ranking.mean_over_files([ranking.average_precision(*pairs) for pairs in ranked])
    return table


def _ranked_pairs(
    predictions: Predictions, gold: Gold, chosen: Sequence[str]
) -> Iterator[tuple[list[int], list[float]]]:
    """Of each story whether two claims are opposed and their score, in the order of the text; none where no pair of no
    story has a score, so that what is scored is not chosen by the story."""
    if not predictions.pairs:
        return
    for story in chosen:
        right, scored = opposed_pairs(gold.disputes[story]), predictions.pairs.get(story, {})
        pairs = [(min(pair), max(pair)) for pair in combinations(gold.claims[story], 2)]
        yield [int(pair in right) for pair in pairs], [scored.get(pair, float("-inf")) for pair in pairs]


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None


def _questions(disputes: Iterable[Dispute]) -> list[frozenset[str]]:
    return [dispute.claims for dispute in disputes]


def _positions(disputes: Iterable[Dispute]) -> list[frozenset[str]]:
    return [position for dispute in disputes for position in dispute.positions]


def official(task: Task, counts: Iterable[Counts]) -> float | None:
    """The official measure of units together: a mean where counts are a sum and a number, else the mean F1 of triples
    (tp, fp, fn), one a label, of those that are defined."""
    added = [sum(column) for column in zip(*counts, strict=True)]
    if task.official == "MAP":
        return added[0] / added[1] if added and added[1] else None
    scores = [PRF(*added[place : place + 3]).f1 for place in range(0, len(added), 3)]
    defined = [score for score in scores if score is not None]
    return sum(defined) / len(defined) if defined else None


def unit_counts(
    task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus
) -> tuple[list[tuple[str, Counts]], str]:
    """The counts of every unit of the smallest kind, each with an article it stands in, and what the kind is called.

    Units do not depend on the predictions: those of two submissions stand in the same order.
    """
    if task.official == "MAP":
        files = _rankings(predictions, gold, gold.order)
        values = {article: ranking.average_precision(*file) for article, file in files.items()}
        return [(article, (value or 0.0, float(value is not None))) for article, value in values.items()], "article"
    if task.kind == "spans":
        return _paragraphs(task, predictions, gold, corpus), "paragraph"
    if task.kind == "disputes":
        return _article_pairs(predictions, gold, corpus), "pair of articles"
    labels = ("true",) if task.official == "F1 of true" else task.counted
    units = []
    for identity in gold.order:
        right, ours = gold.label[identity], predictions.label[identity]
        counts = (part for x in labels for part in (right == ours == x, ours == x != right, right == x != ours))
        units.append((gold.articles[identity][0], tuple(map(float, counts))))
    return units, {"sentences": "sentence", "labels": "pair" if task.table == "relations" else "claim"}[task.kind]


def _triple(prf: PRF) -> Counts:
    return (prf.tp, prf.fp, prf.fn)


def _paragraphs(task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus) -> list[tuple[str, Counts]]:
    """Exact counts of every paragraph; a span belongs to the paragraph it begins in."""
    table = corpus.table("articles", "article_id", "blocks")
    units = []
    for article_id, blocks in zip(table["article_id"].to_pylist(), table["blocks"].to_pylist(), strict=True):
        if article_id not in gold.spans:
            continue
        bounds = [block["start"] for block in blocks[1:]]
        sides = []
        for spans in (gold.spans[article_id], predictions.spans[article_id]):
            found: dict[int, list[LabelledSpan]] = defaultdict(list)
            for span in _without(task.beside, spans):
                found[bisect_right(bounds, span.hull.start)].append(span)
            sides.append(found)
        for index in range(max(1, len(blocks))):
            prf = sum(exact_prf(sides[0][index], sides[1][index]).values(), PRF())
            units.append((article_id, _triple(prf)))
    return units


def _article_pairs(predictions: Predictions, gold: Gold, corpus: PublishedCorpus) -> list[tuple[str, Counts]]:
    """Counts of opposed pairs of claims by the two articles that they stand in, which may be one."""
    claims = corpus.table("claims", "claim_id", "article_id")
    home = dict(zip(claims["claim_id"].to_pylist(), claims["article_id"].to_pylist(), strict=True))
    units = []
    for story in gold.order:
        sides = []
        for disputes in (gold.disputes[story], predictions.disputes[story]):
            found: dict[tuple[str, ...], set[ClaimPair]] = defaultdict(set)
            for pair in opposed_pairs(disputes):
                found[tuple(sorted(home[claim] for claim in pair))].add(pair)
            sides.append(found)
        articles = gold.articles[story]
        for index, first in enumerate(articles):
            for second in articles[index:]:
                right, ours = sides[0][first, second], sides[1][first, second]
                units.append((first, _triple(PRF(len(right & ours), len(ours - right), len(right - ours)))))
    return units
