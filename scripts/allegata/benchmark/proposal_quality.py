"""How good proposals are: on our gold, an article at a time that no model was trained on.

Everything is proposed on the clean text by the same function as for a new article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allegata.benchmark.corpus import Corpus, folds
from allegata.benchmark.preannotate import propose
from allegata.benchmark.proposers import Proposers, train_proposers
from allegata.benchmark.tasks import ROLES, TASKS, gold_of
from allegata.schema import labels
from allegata.text.matching import PRF, LabelledSpan, exact_prf, token_prf, tokens
from allegata.text.offsets import OffsetMap

_TASKS = {"entities": labels.ENTITY_LABELS, "attribution": ROLES, "claim-spans": ("claim",)}


@dataclass(frozen=True)
class Quality:
    """Counts of one layer over all articles, and the exact F1 of each article where it is defined."""

    exact: PRF
    token: PRF
    by_article: Mapping[str, float]


def proposed_spans(text: str, models: Proposers) -> dict[str, list[LabelledSpan]]:
    """What is proposed for a clean text, by task and label as the benchmark's gold has them."""
    found: dict[str, list[LabelledSpan]] = {name: [] for name in _TASKS}
    for record in propose(text, OffsetMap.without([], len(text)), models):
        if record["record"] == "mention":
            found["entities"].append(LabelledSpan.of(record["label"], *record["segments"]))
        elif record["record"] == "claim":
            found["claim-spans"].append(LabelledSpan.of("claim", *record["segments"]))
        else:
            found["attribution"] += [LabelledSpan.of(role, *record[role]) for role in ROLES if record[role]]
    return {name: sorted(set(spans)) for name, spans in found.items()}


def measure_proposals(corpus: Corpus, *, tagger: Path | None = None, pipeline: str | None = None) -> dict[str, Quality]:
    """Layer -> quality: `entities`, `source`, `cue`, `content`, `claims`, over leave-one-article-out folds.

    Raises what `train_proposers` raises.
    """
    counts: dict[str, dict[str, dict[str, PRF]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(PRF)))
    gold = {name: gold_of(TASKS[name], corpus) for name in _TASKS}
    for fold in folds(corpus):
        text = corpus.texts[fold.held_out]
        models = train_proposers(corpus, fold.train, tagger=tagger, pipeline=pipeline)
        spans, words = proposed_spans(text, models), tokens(text)
        for name in _TASKS:
            right = gold[name].spans[fold.held_out]
            scored = {"exact": exact_prf(right, spans[name]), "token": token_prf(right, spans[name], words)}
            for measure, by_label in scored.items():
                for label, prf in by_label.items():
                    layer = {"entities": "entities", "claim-spans": "claims"}.get(name, label)
                    counts[layer][measure][fold.held_out] += prf
    return {
        layer: Quality(
            sum(found["exact"].values(), PRF()),
            sum(found["token"].values(), PRF()),
            {article: prf.f1 for article, prf in sorted(found["exact"].items()) if prf.f1 is not None},
        )
        for layer, found in ((layer, counts[layer]) for layer in ("entities", *ROLES, "claims"))
    }
