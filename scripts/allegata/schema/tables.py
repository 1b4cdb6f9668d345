"""The Arrow schema of every published table of a scheme, and which of its columns are closed label sets.

Offsets are half-open, in Unicode code points: `start`/`end` count `articles.text`, `source_*` count
`articles.source_text`. Every span row carries its quoted text (`surface`, or `text`), which the validation
suites compare with the article.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from allegata.schema import labels
from allegata.schema.scheme import Attribute, Scheme, default_scheme

_STR, _INT, _BOOL = pa.string(), pa.int32(), pa.bool_()

SEGMENT = pa.struct([("start", _INT), ("end", _INT), ("source_start", _INT), ("source_end", _INT), ("surface", _STR)])
SEGMENTS = pa.list_(SEGMENT)
SOFT_LABELS = pa.list_(pa.struct([("attribute", _STR), ("value", _STR), ("passes", _INT)]))
EVIDENCE = pa.list_(pa.struct([("marker", _STR), ("url", _STR)]))

_INT8 = range(-128, 128)  # closed sets of numbers in here are stored in one byte
_MORE = ("*", pa.null())  # where the attributes go that only this corpus has


def _table(
    *required: tuple[str, pa.DataType],
    optional: tuple[tuple[str, pa.DataType], ...] = (),
    attributes: Mapping[str, Attribute] | None = None,
) -> pa.Schema:
    """The schema of a table; `_attribute(name)` stands for an attribute of the scheme, `_MORE` for those not named."""
    named = {name for name, _ in required + optional}
    fields = []
    for name, kind in required + optional:
        if (name, kind) == _MORE:
            own = (attribute for attribute in (attributes or {}).values() if attribute.name not in named)
            fields += [pa.field(attribute.name, column_type(attribute), attribute.nullable) for attribute in own]
        elif kind != pa.null():
            fields.append(pa.field(name, kind, nullable=(name, kind) in optional))
        elif found := (attributes or {}).get(name):
            fields.append(pa.field(name, column_type(found), found.nullable))
    return pa.schema(fields)


def _attribute(name: str) -> tuple[str, pa.DataType]:
    return (name, pa.null())


def column_type(attribute: Attribute) -> pa.DataType:
    """How an attribute is stored: labels and texts as strings, a small closed set of numbers in one byte."""
    if attribute.type == "bool":
        return _BOOL
    if attribute.type == "int":
        small = attribute.choices is not None and all(value in _INT8 for value in attribute.choices)
        return pa.int8() if small else pa.int64()
    return _STR


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
        ("invented", _BOOL),
        ("rights", _STR),
        ("story", _STR),
    ),
)
SENTENCES = _table(
    ("sentence_id", _STR),
    ("article_id", _STR),
    *_SPAN,
    ("text", _STR),
    ("zone", _STR),
    optional=(("is_claim", _BOOL),),
)
PROPOSITIONS = _table(
    ("proposition_id", _STR),
    ("canonical", _STR),
    ("claim_ids", pa.list_(_STR)),
    ("article_ids", pa.list_(_STR)),
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


def _entity_register(scheme: Scheme) -> pa.Schema:
    optional = [("label", _STR)]
    optional += [("side", _STR)] if scheme.sides else []
    fields = [("entity_id", _STR), ("name", _STR), *optional, ("description", _STR), ("wikidata", _STR)]
    fields += [("wikidata_status", _STR), ("wikidata_evidence", _STR)]
    nullable = {*dict(optional), "wikidata", "wikidata_evidence"}
    return pa.schema([pa.field(name, kind, name in nullable) for name, kind in fields])


def _entities(scheme: Scheme) -> pa.Schema:
    return _table(
        ("mention_id", _STR),
        ("article_id", _STR),
        ("sentence_id", _STR),
        *_SPAN,
        ("surface", _STR),
        _attribute("label"),
        _attribute("mention_type"),
        _MORE,
        optional=(
            ("entity_id", _STR),
            ("entity_name", _STR),
            ("wikidata", _STR),
            ("wikidata_status", _STR),
        ),
        attributes=scheme.attributes("mention"),
    )


def _claims(scheme: Scheme) -> pa.Schema:
    attributes = dict(scheme.attributes("claim"))
    if worthy := attributes.get("check_worthiness"):
        attributes["check_worthy"] = replace(worthy, name="check_worthy", type="bool", values=None)
    return _table(
        ("claim_id", _STR),
        ("article_id", _STR),
        ("sentence_id", _STR),
        *_SPAN,
        ("surface", _STR),
        ("segments", SEGMENTS),
        _attribute("claim_type"),
        _attribute("check_worthiness"),
        _attribute("check_worthy"),
        _attribute("factuality_source"),
        _attribute("factuality_author"),
        _attribute("polarity"),
        ("claimer_id", _STR),
        ("claimer_chain", pa.list_(_STR)),
        ("cue", SEGMENTS),
        ("decontextualised", _STR),
        _MORE,
        ("soft_labels", SOFT_LABELS),
        ("evidence", EVIDENCE),
        optional=(("marked", _INT), ("parent_id", _STR), ("attribution_id", _STR)),
        attributes=attributes,
    )


def _attributions(scheme: Scheme) -> pa.Schema:
    return _table(
        ("attribution_id", _STR),
        ("article_id", _STR),
        ("sentence_id", _STR),
        *_SPAN,
        ("surface", _STR),
        ("content", SEGMENTS),
        ("source", SEGMENTS),
        ("cue", SEGMENTS),
        _attribute("attribution_type"),
        _attribute("quotation_type"),
        _MORE,
        optional=(("source_id", _STR),),
        attributes=scheme.attributes("attribution"),
    )


def _time_expressions(scheme: Scheme) -> pa.Schema:
    return _table(
        ("time_id", _STR),
        ("article_id", _STR),
        ("sentence_id", _STR),
        *_SPAN,
        ("surface", _STR),
        _attribute("type"),
        optional=(("value", _STR), ("edtf", _STR), _attribute("mod"), ("anchor", _STR), _MORE),
        attributes=scheme.attributes("time"),
    )


def _disputes(scheme: Scheme) -> pa.Schema:
    return _table(
        ("dispute_id", _STR),
        ("question", _STR),
        _attribute("kind"),
        _attribute("differs"),
        _attribute("about"),
        ("level", _STR),
        ("claim_ids", pa.list_(_STR)),
        ("article_ids", pa.list_(_STR)),
        _MORE,
        optional=(("story", _STR), ("note", _STR)),
        attributes=scheme.attributes("dispute"),
    )


POSITIONS = _table(
    ("position_id", _STR),
    ("dispute_id", _STR),
    ("canonical", _STR),
    ("claim_ids", pa.list_(_STR)),
    ("claimer_ids", pa.list_(_STR)),
    ("article_ids", pa.list_(_STR)),
    ("supersedes", pa.list_(_STR)),
)
RELATIONS = _table(
    ("relation_id", _STR),
    *((f"{name}_{side}", _STR) for name in ("claim", "article", "split") for side in labels.SUPERSEDING),
    *((f"{name}_{side}", _STR) for name in ("text", "sentence", "surface") for side in labels.SUPERSEDING),
    *((f"{name}_{side}", _STR) for name in ("claimer", "claim_type") for side in labels.SUPERSEDING),
    ("relation", _STR),
    ("dispute_ids", pa.list_(_STR)),
    ("scope", _STR),
    ("origin", _STR),
    optional=(("differs", _STR), ("level", _STR), ("supersedes", _STR)),
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
