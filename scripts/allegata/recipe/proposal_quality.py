"""How good proposals are: on our gold, an article at a time that no model was trained on, and on PolNeAR.

Everything is proposed on the clean text by the same functions as for a new article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allegata.benchmark.tasks import TASKS, gold_of
from allegata.exchange.polnear import read_polnear_files
from allegata.measures.matching import PRF, LabelledSpan, exact_prf, token_prf, tokens
from allegata.models.gold_spans import ROLES
from allegata.models.languages import languages_of
from allegata.propose.attributors import attributor
from allegata.propose.placement import Sentence
from allegata.propose.proposers import VERSION, Context, ModelOptions, Proposers, train_proposers
from allegata.propose.records import propose
from allegata.schema.published import PublishedCorpus, folds
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

_TASKS = ("entities", "attribution", "claim-spans")


@dataclass(frozen=True)
class Quality:
    """Counts of one layer over all articles, and the exact F1 of each article where it is defined."""

    exact: PRF
    token: PRF
    by_article: Mapping[str, float]


def proposed_spans(
    text: str, models: Proposers, sentences: Sequence[Sentence] | None = None, context: Context | None = None
) -> dict[str, list[LabelledSpan]]:
    """What is proposed for a clean text, by task and label as the benchmark's gold has them."""
    found: dict[str, list[LabelledSpan]] = {name: [] for name in _TASKS}
    for record in propose(text, OffsetMap.without([], len(text)), models, sentences, None, context).records:
        if record["record"] == "mention":
            found["entities"].append(LabelledSpan.of(record["label"], *record["segments"]))
        elif record["record"] == "claim":
            found["claim-spans"].append(LabelledSpan.of("claim", *record["segments"]))
        elif record["record"] == "attribution":
            found["attribution"] += [LabelledSpan.of(role, *record[role]) for role in ROLES if record[role]]
    return {name: sorted(set(spans)) for name, spans in found.items()}


def measure_proposals(
    corpus: PublishedCorpus, *, tagger: Path | None = None, pipeline: str | None = None
) -> dict[str, Quality]:
    """Layer -> quality: `entities`, `source`, `cue`, `content`, `claims`, over leave-one-article-out folds.

    Raises what `train_proposers` raises.
    """
    counts: dict[str, dict[str, dict[str, PRF]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(PRF)))
    gold = {name: gold_of(TASKS[name], corpus) for name in _TASKS}
    sentences: dict[str, list[Sentence]] = defaultdict(list)
    for row in corpus.table("sentences").to_pylist():
        sentences[row["article_id"]].append(Sentence(Span(row["start"], row["end"]), row["zone"]))
    languages = languages_of(corpus)
    for fold in folds(corpus):
        text = corpus.texts[fold.held_out]
        models = train_proposers(corpus, fold.train, ModelOptions(tagger, pipeline, corpus.scheme))
        spans = proposed_spans(text, models, sentences[fold.held_out], Context(languages[fold.held_out]))
        words = tokens(text)
        for name in _TASKS:
            others = TASKS[name].by(corpus.scheme).beside
            right = [span for span in gold[name].spans[fold.held_out] if span.label not in others]
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


def measure_attributions(path: Path, tagger: Path | None = None) -> tuple[int, dict[str, Quality]]:
    """Number of files and role -> quality of the attributions alone, on the articles of PolNeAR that are held out.

    `path` is the training part of PolNeAR; the tagger must be one that `benchmark polnear` trained without a test
    set, or it has seen these articles. Raises what the importer and `attributor` raise.
    """
    from allegata.benchmark.protocols.polnear import HELD_OUT, score_files, split_train, tagged

    files = split_train(read_polnear_files(path), HELD_OUT)[1]
    found = attributor(tagger)
    predicted = [
        sorted(
            {
                LabelledSpan.of(role.capitalize(), span)
                for parts in found(file.text, "en")
                for role, span in parts.items()
            }
        )
        for file in files
    ]
    scores = score_files(tagged(files), predicted)
    return len(files), {
        role: Quality(scores["exact"][role.capitalize()], scores["token"][role.capitalize()], {}) for role in ROLES
    }


def _shares(quality: Mapping[str, Quality]) -> dict[str, Any]:
    """The figures that the card shows, rounded to four places; undefined ones are null."""

    def shares(prf: PRF) -> list[float | None]:
        return [None if value is None else round(value, 4) for value in (prf.precision, prf.recall, prf.f1)]

    return {
        layer: {
            "exact": shares(found.exact),
            "token": shares(found.token),
            "articles": {article: round(value, 4) for article, value in found.by_article.items()},
        }
        for layer, found in quality.items()
    }


def pre_annotation_facts(
    corpus: PublishedCorpus, *, pipeline: str | None = None, tagger: Path | None = None, polnear: Path | None = None
) -> dict[str, Any]:
    """What the card states: the models that need no extra, then those with a pipeline and with a tagger.

    Same corpus and models, same facts. Raises what the measures raise.
    """
    systems = [_facts("CRF, rules", measure_proposals(corpus))]
    if pipeline is not None:
        found = measure_proposals(corpus, pipeline=pipeline)
        systems.append(_facts(f"with {pipeline}", {"entities": found["entities"]}))
    if tagger is not None:
        found = measure_proposals(corpus, tagger=tagger)
        systems.append(_facts("with the tagger", {role: found[role] for role in ROLES}))
    if polnear is not None:
        for name, folder in (("rules", None), ("tagger", tagger)):
            if name == "rules" or folder is not None:
                count, found = measure_attributions(polnear, folder)
                systems.append(_facts(f"{name}, on {count} files of PolNeAR", found))
    return {"version": corpus.name.removeprefix("v"), "pre_annotator": VERSION, "systems": systems}


def _facts(name: str, quality: Mapping[str, Quality]) -> dict[str, Any]:
    articles = sorted({article for found in quality.values() for article in found.by_article})
    return {"name": name, "articles": articles, "layers": _shares(quality)}
