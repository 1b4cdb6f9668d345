"""Soft labels: what the blind passes say of each claim of the gold, before anybody decided between them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from allegata.annotate.gold import GoldArticle
from allegata.annotate.stage import Registers, read_gold_files
from allegata.measures.matching import LabelledSpan, align
from allegata.schema.problems import Problem
from allegata.schema.scheme import Scheme

Record = Mapping[str, Any]
# What follows from other values is no vote of its own.
_COMPUTED = ("factuality_author",)


def read_blind(
    files: Iterable[str],
    folder: Path,
    gold: Mapping[str, GoldArticle],
    source_texts: Mapping[str, str],
    registers: Registers,
) -> tuple[dict[str, dict[str, GoldArticle]], list[Problem]]:
    """Article -> name of a pass -> its file, of passes that follow the guidelines which the gold of the article
    follows; and the faults of all.

    `files` are paths in the folder of annotations, `source_texts` those of the articles that they annotate.
    """
    of_pass: dict[str, list[Path]] = defaultdict(list)
    for name in sorted(files):
        of_pass[name.rpartition("/")[0]].append(folder / name)
    found: dict[str, dict[str, GoldArticle]] = defaultdict(dict)
    problems: list[Problem] = []
    for name, paths in of_pass.items():
        articles, faults = read_gold_files(paths, folder, source_texts, registers)
        problems += faults
        for article_id, article in articles.items():
            if article_id in gold and article.header["guidelines"] == gold[article_id].header["guidelines"]:
                found[article_id][name.rpartition("/")[2]] = article
    return dict(found), problems


def soft_labels(gold: GoldArticle, passes: Mapping[str, GoldArticle], scheme: Scheme) -> dict[str, dict[str, Any]]:
    """Claim of the gold -> `soft_labels`, `passes` and `marked`, as table `claims` has them; `passes` by name.

    A pass has a say in a claim where it has one at its place: the claims of both are aligned one to one, those of equal
    spans first, then those that share most. `marked` counts the passes with a claim of exactly this span; it is null
    where there is no pass. A value that a pass does not state is no vote.
    """
    attributes = [
        name
        for name, attribute in scheme.attributes("claim").items()
        if attribute.values is not None and name not in _COMPUTED
    ]
    ours = _by_span(gold)
    votes: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    having: dict[str, list[Record]] = defaultdict(list)
    for one, blind in sorted(passes.items()):
        annotators = " ".join(blind.header["annotators"])
        for mine, theirs in _aligned(ours, _by_span(blind)):
            same = sorted(mine["segments"]) == sorted(theirs["segments"])
            having[mine["id"]].append({"pass": one, "annotators": annotators, "same_span": same})
            for name in (*attributes, "claimer_id"):
                if theirs[name] is not None:
                    votes[mine["id"]][name, _text(theirs[name])] += 1
    return {
        claim["id"]: {
            "soft_labels": [
                {"attribute": name, "value": value, "passes": count}
                for name in (*attributes, "claimer_id")
                for (voted, value), count in sorted(votes[claim["id"]].items(), key=lambda item: (-item[1], item[0]))
                if voted == name
            ],
            "passes": having[claim["id"]],
            "marked": sum(one["same_span"] for one in having[claim["id"]]) if passes else None,
        }
        for claim in gold.of("claim")
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _by_span(article: GoldArticle) -> dict[LabelledSpan, list[Record]]:
    claims: dict[LabelledSpan, list[Record]] = defaultdict(list)
    for claim in article.of("claim"):
        claims[LabelledSpan.of("claim", *claim["segments"])].append(claim)
    return claims


def _aligned(
    ours: Mapping[LabelledSpan, Sequence[Record]], theirs: Mapping[LabelledSpan, Sequence[Record]]
) -> Iterable[tuple[Record, Record]]:
    """The claims of both that are aligned; of several with one span the first with the first."""
    left, right = ({span: iter(claims) for span, claims in side.items()} for side in (ours, theirs))
    spans = ([span for span, claims in side.items() for _ in claims] for side in (ours, theirs))
    for pair in align(*spans):
        if pair.gold is not None and pair.predicted is not None:
            yield next(left[pair.gold]), next(right[pair.predicted])
