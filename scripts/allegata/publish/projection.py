"""Projection: the layers of articles, stored in source offsets, onto the published tables.

Clean-text offsets come first in every row, source offsets beside them, and the quoted text is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from allegata.publish.annotation_rows import attribution_rows, claim_rows, mention_rows, time_rows
from allegata.publish.pair_rows import Across, dispute_rows, position_rows, proposition_rows, relation_rows
from allegata.publish.projector import Projector, Row
from allegata.publish.text_rows import article_row, citation_rows, removal_rows, sentence_rows
from allegata.schema.scheme import Scheme
from allegata.schema.tables import BY_ARTICLE, tables_of

Record = Mapping[str, Any]


def project(
    table: pa.Table,
    entities: Mapping[str, Record],
    scheme: Scheme,
    invented: bool = False,
    passes: Mapping[str, Mapping[str, Row]] = {},
) -> dict[str, pa.Table]:
    """The published tables about single articles, of an annotated article table; rows sorted by article and position.

    `entities` maps an id to its entry of the register; `invented` says whether the corpus is; `passes` maps
    an article to what the blind passes say of its claims. Each table has its schema of `tables_of`, exactly.
    """
    rows: dict[str, list[Row]] = {name: [] for name in BY_ARTICLE}
    for article in table.sort_by("article_id").to_pylist():
        projector = Projector.of(article)
        claims = list(claim_rows(projector, scheme, passes.get(article["article_id"], {})))
        rows["articles"].append(article_row(projector, invented))
        rows["sentences"] += sentence_rows(projector, claims)
        rows["entities"] += mention_rows(projector, entities, scheme)
        rows["claims"] += claims
        rows["attributions"] += attribution_rows(projector, scheme)
        rows["time_expressions"] += time_rows(projector, scheme)
        rows["citations"] += citation_rows(projector)
        rows["removals"] += removal_rows(projector)
    schemas = tables_of(scheme)
    return {name: pa.Table.from_pylist(rows[name], schema=schemas[name]) for name in rows}


def project_across(across: Across) -> dict[str, pa.Table]:
    """The published tables across articles."""
    rows = {
        "propositions": proposition_rows(across),
        "disputes": dispute_rows(across),
        "positions": position_rows(across),
        "relations": relation_rows(across),
    }
    schemas = tables_of(across.scheme)
    return {name: pa.Table.from_pylist(rows[name], schema=schemas[name]) for name in rows}


def project_register(entities: Iterable[Record], schema: pa.Schema) -> pa.Table:
    """Table `entity_register`, sorted by id."""
    rows = [{**entity, "entity_id": entity["id"]} for entity in sorted(entities, key=lambda entity: str(entity["id"]))]
    return pa.Table.from_pylist(rows, schema=schema)
