"""The Arrow schema of every published table, and which of its columns are closed label sets.

Offsets are half-open, in Unicode code points: `start`/`end` count `articles.text`, `source_*` count
`articles.source_text`. Every span row carries its quoted text (`surface`, or `text`), which the validation
suites compare with the article.
"""

from __future__ import annotations

import pyarrow as pa

from allegata.schema import labels

_STR, _INT, _BOOL = pa.string(), pa.int32(), pa.bool_()

SEGMENT = pa.struct([("start", _INT), ("end", _INT), ("source_start", _INT), ("source_end", _INT), ("surface", _STR)])
SEGMENTS = pa.list_(SEGMENT)
AMOUNTS = pa.list_(pa.struct([("value", pa.float64()), ("currency", _STR)]))
EVIDENCE = pa.list_(pa.struct([("marker", _STR), ("url", _STR)]))


def _table(*required: tuple[str, pa.DataType], optional: tuple[tuple[str, pa.DataType], ...] = ()) -> pa.Schema:
    nullable = {name for name, _ in optional}
    return pa.schema([pa.field(name, kind, nullable=name in nullable) for name, kind in required + optional])


_SPAN = (("start", _INT), ("end", _INT), ("source_start", _INT), ("source_end", _INT))

ARTICLES = _table(
    ("article_id", _STR),
    ("file", _STR),
    ("sha256", _STR),
    ("bytes", pa.int64()),
    ("media_type", _STR),
    ("language", _STR),
    ("cluster_id", _STR),
    ("annotated", _BOOL),
    ("text", _STR),
    ("source_text", _STR),
    ("blocks", pa.list_(pa.struct([*_SPAN, ("zone", _STR)]))),
    ("offset_map", pa.list_(pa.struct([("start", _INT), ("source_start", _INT), ("length", _INT)]))),
    ("references", pa.list_(pa.struct([("marker", _STR), ("url", _STR), ("text", _STR)]))),
    ("tags", pa.list_(_STR)),
    optional=(
        ("title", _STR),
        ("publisher", _STR),
        ("url", _STR),
        ("author", _STR),
        ("published", _STR),
        ("ai_generated", _BOOL),
        ("ai_disclosure", _STR),
        ("rights", _STR),
    ),
)
SENTENCES = _table(
    ("sentence_id", _STR),
    ("article_id", _STR),
    *_SPAN,
    ("text", _STR),
    ("zone", _STR),
    ("is_claim", _BOOL),
)
ENTITIES = _table(
    ("mention_id", _STR),
    ("article_id", _STR),
    ("sentence_id", _STR),
    *_SPAN,
    ("surface", _STR),
    ("label", _STR),
    ("mention_type", _STR),
    optional=(
        ("subtype", _STR),
        ("entity_id", _STR),
        ("entity_name", _STR),
        ("wikidata", _STR),
        ("wikidata_status", _STR),
    ),
)
CLAIMS = _table(
    ("claim_id", _STR),
    ("article_id", _STR),
    ("sentence_id", _STR),
    *_SPAN,
    ("surface", _STR),
    ("segments", SEGMENTS),
    ("claim_type", _STR),
    ("procedural", _BOOL),
    ("verifiable", _BOOL),
    ("check_worthiness", pa.int8()),
    ("check_worthy", _BOOL),
    ("factuality_source", _STR),
    ("factuality_author", _STR),
    ("polarity", _STR),
    ("modality", _STR),
    ("claimer_id", _STR),
    ("claimer_chain", pa.list_(_STR)),
    ("cue", SEGMENTS),
    ("decontextualised", _STR),
    ("amounts", AMOUNTS),
    ("elliptical", _BOOL),
    ("evidence", EVIDENCE),
    optional=(("parent_id", _STR), ("attribution_id", _STR), ("object_id", _STR)),
)
ATTRIBUTIONS = _table(
    ("attribution_id", _STR),
    ("article_id", _STR),
    ("sentence_id", _STR),
    *_SPAN,
    ("surface", _STR),
    ("content", SEGMENTS),
    ("source", SEGMENTS),
    ("cue", SEGMENTS),
    ("attribution_type", _STR),
    ("quotation_type", _STR),
    optional=(("source_id", _STR),),
)
TIME_EXPRESSIONS = _table(
    ("time_id", _STR),
    ("article_id", _STR),
    ("sentence_id", _STR),
    *_SPAN,
    ("surface", _STR),
    ("type", _STR),
    optional=(("value", _STR), ("edtf", _STR), ("mod", _STR), ("anchor", _STR)),
)
PROPOSITIONS = _table(
    ("proposition_id", _STR),
    ("canonical", _STR),
    ("claim_ids", pa.list_(_STR)),
    ("article_ids", pa.list_(_STR)),
)
RELATIONS = _table(
    ("relation_id", _STR),
    ("claim_a", _STR),
    ("claim_b", _STR),
    ("article_a", _STR),
    ("article_b", _STR),
    ("split_a", _STR),
    ("split_b", _STR),
    ("text_a", _STR),
    ("text_b", _STR),
    ("surface_a", _STR),
    ("surface_b", _STR),
    ("claim_type_a", _STR),
    ("claim_type_b", _STR),
    ("relation", _STR),
    ("scope", _STR),
    ("origin", _STR),
    optional=(("conflict_type", _STR), ("strict", _BOOL), ("note", _STR)),
)
CITATIONS = _table(
    ("citation_id", _STR),
    ("article_id", _STR),
    ("position", _INT),
    ("source_start", _INT),
    ("source_end", _INT),
    ("marker", _STR),
    optional=(("url", _STR),),
)
REMOVALS = _table(
    ("removal_id", _STR),
    ("article_id", _STR),
    ("position", _INT),
    ("source_start", _INT),
    ("source_end", _INT),
    ("text", _STR),
    ("reason", _STR),
    ("rule", _STR),
    ("evidence", _STR),
    optional=(("repeats_source_start", _INT), ("repeats_source_end", _INT), ("fills", _STR)),
)
LEDGER = _table(
    ("article_id", _STR),
    ("file", _STR),
    ("status", _STR),
    optional=(("stage", _STR), ("reason", _STR), ("evidence", _STR), ("canonical_id", _STR)),
)

TABLES: dict[str, pa.Schema] = {
    "articles": ARTICLES,
    "sentences": SENTENCES,
    "entities": ENTITIES,
    "claims": CLAIMS,
    "attributions": ATTRIBUTIONS,
    "time_expressions": TIME_EXPRESSIONS,
    "propositions": PROPOSITIONS,
    "relations": RELATIONS,
    "citations": CITATIONS,
    "removals": REMOVALS,
}
# Tables about several articles at once: no row belongs to one article, so none belongs to a split.
CROSS_ARTICLE = frozenset(name for name, schema in TABLES.items() if "article_id" not in schema.names)

# table -> column -> closed label set: strings on disk, ClassLabel when loaded.
CLASS_LABELS: dict[str, dict[str, tuple[str, ...]]] = {
    "sentences": {"zone": labels.ZONES},
    "entities": {
        "label": labels.ENTITY_LABELS,
        "mention_type": labels.MENTION_TYPES,
        "subtype": labels.ENTITY_SUBTYPES,
        "wikidata_status": labels.WIKIDATA_STATUSES,
    },
    "claims": {
        "claim_type": labels.CLAIM_TYPES,
        "factuality_source": labels.FACTUALITIES,
        "factuality_author": labels.FACTUALITIES,
        "polarity": labels.POLARITIES,
        "modality": labels.MODALITIES,
    },
    "attributions": {
        "attribution_type": labels.ATTRIBUTION_TYPES,
        "quotation_type": labels.QUOTATION_TYPES,
    },
    "time_expressions": {"type": labels.TIME_TYPES, "mod": labels.TIME_MODIFIERS},
    "relations": {
        "claim_type_a": labels.CLAIM_TYPES,
        "claim_type_b": labels.CLAIM_TYPES,
        "relation": labels.RELATIONS,
        "scope": labels.SCOPES,
        "origin": labels.ORIGINS,
        "conflict_type": labels.CONFLICT_TYPES,
    },
    "removals": {"reason": labels.REMOVAL_REASONS, "fills": labels.LIFTED_FIELDS},
}
