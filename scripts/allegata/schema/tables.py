"""The Arrow schema of every published table of a scheme, and which of its columns are closed label sets.

Offsets are half-open, in Unicode code points: `start`/`end` count `articles.text`, `source_*` count
`articles.source_text`. Every span row carries its quoted text (`surface`, or `text`), which the validation
suites compare with the article.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from allegata.schema import labels
from allegata.schema.columns import BOOL, FLOAT, INT, MORE, STR, of_scheme, table_schema
from allegata.schema.scheme import Scheme, default_scheme

SEGMENT = pa.struct([("start", INT), ("end", INT), ("source_start", INT), ("source_end", INT), ("surface", STR)])
SEGMENTS = pa.list_(SEGMENT)
SOFT_LABELS = pa.list_(pa.struct([("attribute", STR), ("value", STR), ("passes", INT)]))
PASSES = pa.list_(pa.struct([("pass", STR), ("annotators", STR), ("same_span", BOOL)]))
EVIDENCE = pa.list_(pa.struct([("marker", STR), ("url", STR)]))

_SPAN = (("start", INT), ("end", INT), ("source_start", INT), ("source_end", INT))

ARTICLES = table_schema(
    ("article_id", STR),
    ("file", STR),
    ("sha256", STR),
    ("bytes", pa.int64()),
    ("media_type", STR),
    ("language", STR),
    ("cluster_id", STR),
    ("annotated", BOOL),
    ("annotators", pa.list_(STR)),
    ("text", STR),
    ("source_text", STR),
    ("blocks", pa.list_(pa.struct([*_SPAN, ("zone", STR)]))),
    ("offset_map", pa.list_(pa.struct([("start", INT), ("source_start", INT), ("length", INT)]))),
    ("references", pa.list_(pa.struct([("marker", STR), ("url", STR), ("text", STR)]))),
    ("tags", pa.list_(STR)),
    optional=(
        ("title", STR),
        ("publisher", STR),
        ("url", STR),
        ("author", STR),
        ("published", STR),
        ("ai_generated", BOOL),
        ("ai_disclosure", STR),
        ("invented", BOOL),
        ("rights", STR),
        ("story", STR),
        ("confidence", FLOAT),
        ("guidelines", STR),
    ),
)
SENTENCES = table_schema(
    ("sentence_id", STR),
    ("article_id", STR),
    *_SPAN,
    ("text", STR),
    ("zone", STR),
    optional=(("is_claim", BOOL),),
)
PROPOSITIONS = table_schema(
    ("proposition_id", STR),
    ("canonical", STR),
    ("claim_ids", pa.list_(STR)),
    ("article_ids", pa.list_(STR)),
)
CITATIONS = table_schema(
    ("citation_id", STR),
    ("article_id", STR),
    ("position", INT),
    ("source_start", INT),
    ("source_end", INT),
    ("marker", STR),
    optional=(("url", STR),),
)
REMOVALS = table_schema(
    ("removal_id", STR),
    ("article_id", STR),
    ("position", INT),
    ("source_start", INT),
    ("source_end", INT),
    ("text", STR),
    ("reason", STR),
    ("rule", STR),
    ("evidence", STR),
    optional=(("repeats_source_start", INT), ("repeats_source_end", INT), ("fills", STR), ("confidence", FLOAT)),
)
LEDGER = table_schema(
    ("article_id", STR),
    ("file", STR),
    ("status", STR),
    optional=(
        ("stage", STR),
        ("reason", STR),
        ("evidence", STR),
        ("canonical_id", STR),
        ("similarity", FLOAT),
        ("passage_start", INT),
        ("passage_end", INT),
    ),
)


def _entity_register(scheme: Scheme) -> pa.Schema:
    optional = [("label", STR)]
    optional += [("side", STR)] if scheme.sides else []
    fields = [("entity_id", STR), ("name", STR), *optional, ("description", STR), ("wikidata", STR)]
    fields += [("wikidata_status", STR), ("wikidata_evidence", STR)]
    nullable = {*dict(optional), "wikidata", "wikidata_evidence"}
    return pa.schema([pa.field(name, kind, name in nullable) for name, kind in fields])


def _entities(scheme: Scheme) -> pa.Schema:
    return table_schema(
        ("mention_id", STR),
        ("article_id", STR),
        ("sentence_id", STR),
        *_SPAN,
        ("surface", STR),
        of_scheme("label"),
        of_scheme("mention_type"),
        MORE,
        optional=(
            ("entity_id", STR),
            ("entity_name", STR),
            ("wikidata", STR),
            ("wikidata_status", STR),
        ),
        attributes=scheme.attributes("mention"),
    )


def _claims(scheme: Scheme) -> pa.Schema:
    attributes = dict(scheme.attributes("claim"))
    if worthy := attributes.get("check_worthiness"):
        attributes["check_worthy"] = replace(worthy, name="check_worthy", type="bool", values=None)
    return table_schema(
        ("claim_id", STR),
        ("article_id", STR),
        ("sentence_id", STR),
        *_SPAN,
        ("surface", STR),
        ("segments", SEGMENTS),
        of_scheme("claim_type"),
        of_scheme("check_worthiness"),
        of_scheme("check_worthy"),
        of_scheme("factuality_source"),
        of_scheme("factuality_author"),
        of_scheme("polarity"),
        ("claimer_id", STR),
        ("claimer_chain", pa.list_(STR)),
        ("cue", SEGMENTS),
        ("decontextualised", STR),
        MORE,
        ("soft_labels", SOFT_LABELS),
        ("passes", PASSES),
        ("evidence", EVIDENCE),
        optional=(("marked", INT), ("parent_id", STR), ("attribution_id", STR)),
        attributes=attributes,
    )


def _attributions(scheme: Scheme) -> pa.Schema:
    return table_schema(
        ("attribution_id", STR),
        ("article_id", STR),
        ("sentence_id", STR),
        *_SPAN,
        ("surface", STR),
        ("content", SEGMENTS),
        ("source", SEGMENTS),
        ("cue", SEGMENTS),
        of_scheme("attribution_type"),
        of_scheme("quotation_type"),
        MORE,
        optional=(("source_id", STR),),
        attributes=scheme.attributes("attribution"),
    )


def _time_expressions(scheme: Scheme) -> pa.Schema:
    return table_schema(
        ("time_id", STR),
        ("article_id", STR),
        ("sentence_id", STR),
        *_SPAN,
        ("surface", STR),
        of_scheme("type"),
        optional=(("value", STR), ("edtf", STR), of_scheme("mod"), ("anchor", STR), MORE),
        attributes=scheme.attributes("time"),
    )


def _disputes(scheme: Scheme) -> pa.Schema:
    return table_schema(
        ("dispute_id", STR),
        ("question", STR),
        of_scheme("kind"),
        of_scheme("differs"),
        of_scheme("about"),
        ("level", STR),
        ("claim_ids", pa.list_(STR)),
        ("article_ids", pa.list_(STR)),
        MORE,
        optional=(("story", STR), ("note", STR)),
        attributes=scheme.attributes("dispute"),
    )


POSITIONS = table_schema(
    ("position_id", STR),
    ("dispute_id", STR),
    ("canonical", STR),
    ("claim_ids", pa.list_(STR)),
    ("claimer_ids", pa.list_(STR)),
    ("article_ids", pa.list_(STR)),
    ("supersedes", pa.list_(STR)),
)
RELATIONS = table_schema(
    ("relation_id", STR),
    *((f"{name}_{side}", STR) for name in ("claim", "article", "split") for side in labels.SUPERSEDING),
    *((f"{name}_{side}", STR) for name in ("text", "sentence", "surface") for side in labels.SUPERSEDING),
    *((f"{name}_{side}", STR) for name in ("claimer", "claim_type") for side in labels.SUPERSEDING),
    ("relation", STR),
    ("dispute_ids", pa.list_(STR)),
    ("scope", STR),
    ("origin", STR),
    optional=(("differs", STR), ("level", STR), ("supersedes", STR)),
)


def tables_of(scheme: Scheme) -> dict[str, pa.Schema]:
    """The schemas of all tables of a corpus with this scheme, in the order in which people see them."""
    return {
        "articles": ARTICLES,
        "sentences": SENTENCES,
        "entities": _entities(scheme),
        "claims": _claims(scheme),
        "attributions": _attributions(scheme),
        "time_expressions": _time_expressions(scheme),
        "propositions": PROPOSITIONS,
        "disputes": _disputes(scheme),
        "positions": POSITIONS,
        "relations": RELATIONS,
        "entity_register": _entity_register(scheme),
        "citations": CITATIONS,
        "removals": REMOVALS,
    }


# Table -> the kind of gold record that its rows are.
RECORD_OF = {
    "entities": "mention",
    "claims": "claim",
    "attributions": "attribution",
    "time_expressions": "time",
    "disputes": "dispute",
}


def class_labels_of(scheme: Scheme) -> dict[str, dict[str, tuple[str, ...]]]:
    """Table -> column -> its closed label set: strings on disk, ClassLabel when loaded. An empty set is no column."""
    found: dict[str, dict[str, tuple[str, ...]]] = {
        "sentences": {"zone": labels.ZONES},
        **{
            table: {
                attribute.name: tuple(attribute.values)
                for attribute in scheme.attributes(record).values()
                if attribute.type == "label" and attribute.values
            }
            for table, record in RECORD_OF.items()
        },
        "entity_register": {
            name: values
            for name, values in (
                ("label", scheme.values("mention", "label")),
                ("side", tuple(scheme.sides)),
            )
            if values
        },
        "removals": {"reason": labels.REMOVAL_REASONS, "fills": labels.LIFTED_FIELDS},
    }
    for table in ("entities", "entity_register"):
        found[table]["wikidata_status"] = labels.WIKIDATA_STATUSES
    found["disputes"]["level"] = labels.LEVELS
    kinds = scheme.values("claim", "claim_type")
    found["relations"] = {
        "claim_type_a": kinds,
        "claim_type_b": kinds,
        "relation": tuple(scheme.relation.values or ()),
        "scope": labels.SCOPES,
        "origin": labels.ORIGINS,
        "differs": scheme.values("dispute", "differs"),
        "level": labels.LEVELS,
        "supersedes": labels.SUPERSEDING,
    }
    return {name: found[name] for name in tables_of(scheme) if name in found}


# The tables of the packaged scheme, for data sets that have none of their own.
TABLES: dict[str, pa.Schema] = tables_of(default_scheme())
ENTITIES, CLAIMS = TABLES["entities"], TABLES["claims"]
# Tables about several articles at once: no row belongs to one article, so none belongs to a split.
CROSS_ARTICLE = frozenset(name for name, schema in TABLES.items() if "article_id" not in schema.names)
BY_ARTICLE = tuple(name for name in TABLES if name not in CROSS_ARTICLE)
