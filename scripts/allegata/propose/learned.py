"""What proposals learn from gold: CRFs for mentions and claims, a classifier of claim types, the names of the articles.

Trained on the spot (seconds), so no weights are shipped. Needs the extra `benchmark`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from allegata.measures.matching import LabelledSpan
from allegata.models.bio import Paragraph, decode_tags, paragraphs
from allegata.models.crf import Crf
from allegata.models.features import surface
from allegata.models.gold_spans import article_spans, other_mentions
from allegata.models.languages import languages_of
from allegata.models.linear import LinearModel
from allegata.schema.languages import UNDETERMINED, primary_language
from allegata.schema.published import PublishedCorpus
from allegata.text.spans import Span


@dataclass(frozen=True)
class Entity:
    """An entity of the register: what a mention of it is labelled. The label is None where nothing says it."""

    id: str
    label: str | None


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
class Learned:
    """The models trained on some articles; None where their gold has nothing to learn a layer from.

    `source` says which articles these are, `languages` in which languages they are written, without their regions;
    empty where the corpus does not say.
    """

    source: str
    languages: frozenset[str]
    memory: Memory
    entities: Crf | None = None
    claims: Crf | None = None
    claim_type: LinearModel | str | None = None

    def mentions(self, text: str) -> list[LabelledSpan]:
        """Mentions that do not overlap."""
        return _tagged(text, self.entities)

    def claim_spans(self, text: str) -> list[Span]:
        """The claims, none inside another."""
        return [span.hull for span in _tagged(text, self.claims)]

    def claim_types(self, quotes: Sequence[str]) -> list[str | None]:
        """The likeliest type of each claim."""
        if not isinstance(self.claim_type, LinearModel):
            return [self.claim_type] * len(quotes)
        rows = self.claim_type.probabilities(quotes, [surface(quote) for quote in quotes]) if quotes else []
        return [min(row, key=lambda label: (-row[label], label)) for row in rows]


def learn(corpus: PublishedCorpus, articles: Collection[str], source: str) -> Learned:
    """Train on these articles of a corpus. Raises UsageError where an extra or a table is missing."""
    texts, chosen = corpus.texts, sorted(articles)
    models = {}
    others = other_mentions(corpus.scheme)  # descriptions and pronouns are not proposed
    for name in ("entities", "claims"):
        gold = article_spans(corpus, name)
        spans = {article_id: [span for span in gold[article_id] if span.label not in others] for article_id in chosen}
        documents = [paragraphs(texts[article_id], spans[article_id]) for article_id in chosen]
        models[name] = Crf(documents) if any(map(_is_marked, documents)) else None
    found = languages_of(corpus)
    languages = {primary_language(found[article_id]) for article_id in chosen}
    types, memory = _claim_type(corpus, chosen), _memory(corpus, chosen)
    known = frozenset(languages if languages != {UNDETERMINED} else ())
    return Learned(source, known, memory, models["entities"], models["claims"], types)


def _is_marked(document: Sequence[Paragraph]) -> bool:
    return any(tag != "O" for paragraph in document for tag in paragraph.tags)


def _claim_type(corpus: PublishedCorpus, articles: Sequence[str]) -> LinearModel | str | None:
    """A classifier; the type itself where the gold has only one, None where it has none."""
    table = corpus.table("claims", "article_id", "segments", "claim_type").to_pylist()
    rows = [row for row in table if row["article_id"] in articles and row["claim_type"] is not None]
    quotes, types = (
        [" ".join(part["surface"] for part in row["segments"]) for row in rows],
        {r["claim_type"] for r in rows},
    )
    if len(types) < 2:
        return min(types, default=None)
    return LinearModel().fit(quotes, [surface(quote) for quote in quotes], [row["claim_type"] for row in rows])


def _memory(corpus: PublishedCorpus, articles: Sequence[str]) -> Memory:
    """The name of an entity belongs to the one that has it most often."""
    counts: dict[str, Counter[Entity]] = defaultdict(Counter)
    others = other_mentions(corpus.scheme)
    columns = ("article_id", "surface", "label", "entity_id")
    table = corpus.table("entities", *columns) if corpus.has("entities", *columns) else None
    rows = [row for row in table.to_pylist() if row["article_id"] in articles] if table else []
    for row in rows:
        if row.get("mention_type") not in others and row["entity_id"]:
            counts[row["surface"].lower()][Entity(row["entity_id"], row["label"])] += 1
    names = {name: min(found.items(), key=lambda item: (-item[1], item[0].id))[0] for name, found in counts.items()}
    marked = frozenset(row["surface"].lower() for row in rows)
    return Memory(names, marked, "\n".join(corpus.texts[article_id] for article_id in articles))


def _tagged(text: str, model: Crf | None) -> list[LabelledSpan]:
    if model is None:
        return []
    return [s for paragraph in paragraphs(text) for s in decode_tags(paragraph.words, model.tag(paragraph))]
