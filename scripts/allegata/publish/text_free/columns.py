"""What becomes of every column of text in the text-free edition. A column without a class is not published there.

`KEPT`: ids, labels, numbers written as text, addresses. `OURS`: written by annotators or by the program, or what a
library catalogue says of an article; kept, unless it quotes an article (`quotes`). `DERIVED`: words of an
article that its text and the offsets give back (`cells`). `SEALED`: words of an article, or close to them,
that no offset gives back; they open with the article's text only (`seal`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.types as kinds

from allegata.publish.contract import LEDGER_TABLE
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.scheme import Scheme
from allegata.schema.tables import RECORD_OF

Class = Literal["kept", "ours", "derived", "sealed"]
KEPT: Class = "kept"
OURS: Class = "ours"
DERIVED: Class = "derived"
SEALED: Class = "sealed"

# In whatever table: ids, references by id, labels.
_EVERYWHERE: dict[str, Class] = {
    **dict.fromkeys(("article_id", "sentence_id", "claim_ids", "article_ids", "dispute_ids"), KEPT),
    **dict.fromkeys(("level", "differs", "wikidata", "wikidata_status", "zone", "reason"), KEPT),
    **dict.fromkeys(("story", "file"), OURS),  # a headline may name a story or a file
    **dict.fromkeys(("surface", "segments.surface", "content.surface", "source.surface", "cue.surface"), DERIVED),
}
_OF_TABLE: dict[str, dict[str, Class]] = {
    "articles": {
        **dict.fromkeys(("sha256", "media_type", "language", "cluster_id", "blocks.zone"), KEPT),
        **dict.fromkeys(("url", "published", "annotators", "guidelines"), KEPT),
        **dict.fromkeys(("publisher", "author", "rights", "tags"), OURS),  # a line of the page may be taken for one
        **dict.fromkeys(("references.marker", "references.url"), KEPT),
        **dict.fromkeys(("text", "source_text"), DERIVED),
        **dict.fromkeys(("title", "ai_disclosure", "references.text"), SEALED),
    },
    "sentences": {"text": DERIVED},
    "entities": {"mention_id": KEPT, "entity_id": KEPT, "entity_name": OURS},
    "claims": {
        **dict.fromkeys(("claim_id", "claimer_id", "claimer_chain", "parent_id", "attribution_id"), KEPT),
        **dict.fromkeys(("evidence.marker", "evidence.url", "soft_labels.attribute"), KEPT),
        **dict.fromkeys(("passes.pass", "passes.annotators"), KEPT),
        "soft_labels.value": OURS,
        "decontextualised": SEALED,
    },
    "attributions": dict.fromkeys(("attribution_id", "source_id"), KEPT),
    "time_expressions": dict.fromkeys(("time_id", "value", "edtf", "anchor"), KEPT),
    "propositions": {"proposition_id": KEPT, "canonical": SEALED},
    "disputes": {"dispute_id": KEPT, "question": OURS, "note": OURS},
    "positions": {
        **dict.fromkeys(("position_id", "dispute_id", "claimer_ids", "supersedes"), KEPT),
        "canonical": SEALED,
    },
    "relations": {
        "relation_id": KEPT,
        **{f"{name}_{side}": KEPT for name in ("claim", "article", "split", "claimer", "claim_type") for side in "ab"},
        **{f"{name}_{side}": DERIVED for name in ("text", "sentence", "surface") for side in "ab"},
        **dict.fromkeys(("relation", "scope", "origin", "supersedes"), KEPT),
    },
    "entity_register": {
        **dict.fromkeys(("entity_id", "label", "side"), KEPT),
        **dict.fromkeys(("name", "description", "wikidata_evidence"), OURS),  # a name may be a line of an article
    },
    "citations": dict.fromkeys(("citation_id", "marker", "url"), KEPT),
    "removals": {**dict.fromkeys(("removal_id", "rule", "fills"), KEPT), "text": DERIVED, "evidence": SEALED},
    LEDGER_TABLE: {**dict.fromkeys(("status", "stage", "canonical_id"), KEPT), "evidence": OURS},
}


def text_columns(schema: pa.Schema) -> list[str]:
    """The columns of text of a table; a member of a nested column is `column.member`."""
    return [path for field in schema for path in _paths(field.name, field.type)]


def _paths(name: str, kind: pa.DataType) -> list[str]:
    if kinds.is_list(kind):
        return _paths(name, kind.value_type)
    if kinds.is_struct(kind):
        return [path for field in kind for path in _paths(f"{name}.{field.name}", field.type)]
    return [name] if kinds.is_string(kind) or kinds.is_large_string(kind) else []


def classes(scheme: Scheme, schemas: Mapping[str, pa.Schema]) -> Mapping[str, Mapping[str, Class]]:
    """Table -> column of text -> its class, for these tables of a corpus with a scheme. Attributes of free text are
    sealed. Raises `ProblemsFound` with every column that has no class.
    """
    found: dict[str, dict[str, Class]] = {}
    problems = []
    for table, schema in schemas.items():
        known = {**_EVERYWHERE, **_of_attributes(table, scheme), **_OF_TABLE.get(table, {})}
        found[table] = {path: known[path] for path in text_columns(schema) if path in known}
        problems += [
            Problem(
                f"the column {table}.{path} has no class for the text-free edition",
                "say in publish/text_free/columns.py whether it can hold words of an article",
            )
            for path in text_columns(schema)
            if path not in known
        ]
    if problems:
        raise ProblemsFound(problems)
    return found


def _of_attributes(table: str, scheme: Scheme) -> dict[str, Class]:
    if table not in RECORD_OF:
        return {}
    attributes = scheme.attributes(RECORD_OF[table]).values()
    return {one.name: SEALED if one.type == "text" or one.values is None else KEPT for one in attributes}
