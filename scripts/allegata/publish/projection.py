"""Projection: the layers of all articles, stored in source offsets, onto the published tables.

Clean-text offsets come first in every row, source offsets beside them, and the quoted text is always there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from allegata.publish.annotation_rows import attribution_rows, claim_rows, mention_rows, time_rows
from allegata.publish.pair_rows import proposition_rows, relation_rows
from allegata.publish.projector import Projector, Row
from allegata.publish.text_rows import article_row, citation_rows, removal_rows, sentence_rows
from allegata.schema.tables import TABLES

Record = Mapping[str, Any]


def project(
    table: pa.Table,
    entities: Mapping[str, Record],
    splits: Mapping[str, str],
    propositions: Sequence[Record] = (),
    relations: Sequence[Record] = (),
) -> dict[str, pa.Table]:
    """The published tables of an annotated article table, without split; rows sorted by article and position.

    `entities` maps an id to its entry of the register, `splits` every article to its split; `propositions` and
    `relations` name claims by their published ids. Each table has exactly its schema of
    `allegata.schema.tables.TABLES`.
    """
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    for article in table.sort_by("article_id").to_pylist():
        projector = Projector.of(article)
        claims = list(claim_rows(projector))
        rows["articles"].append(article_row(projector))
        rows["sentences"] += sentence_rows(projector, claims)
        rows["entities"] += mention_rows(projector, entities)
        rows["claims"] += claims
        rows["attributions"] += attribution_rows(projector)
        rows["time_expressions"] += time_rows(projector)
        rows["citations"] += citation_rows(projector)
        rows["removals"] += removal_rows(projector)
    rows["propositions"] = proposition_rows(propositions)
    rows["relations"] = relation_rows(rows["claims"], splits, propositions, relations)
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in TABLES.items()}
