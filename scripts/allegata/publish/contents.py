"""What a version contains: the tables, checked and counted as they are written, and the documents that describe them.

Nothing here says which version it is or makes anything public: `stage` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from allegata.publish.card.facts import CardFacts
from allegata.publish.card.version import render_version_card
from allegata.publish.configs import README
from allegata.publish.contract import LEDGER_TABLE, check_names, check_rows, has_splits, repeated_ids
from allegata.publish.counts import Counts
from allegata.publish.croissant.document import CROISSANT, render_croissant
from allegata.publish.croissant.provenance import Provenance
from allegata.publish.croissant.responsible import responsible_ai
from allegata.publish.diff.changelog import CHANGES
from allegata.publish.manifest import render_json
from allegata.publish.parquet import in_order
from allegata.publish.shards import TableFiles
from allegata.publish.summary import Summary
from allegata.schema.digests import sha256_bytes
from allegata.schema.features import yaml_features
from allegata.schema.problems import Problem, Problems
from allegata.schema.release_manifest import ReleaseManifest, TableFacts
from allegata.schema.scheme import PUBLISHED_SCHEME, Scheme
from allegata.schema.tables import LEDGER, tables_of

AGREEMENT = "agreement.json"
_SHOWN = 5


@dataclass(frozen=True)
class Contents:
    """What a version is made of.

    `tables` hold the columns of `allegata.schema.tables` in batches, in the order of their articles and the rows of a
    batch in any; a row goes to the split of its `article_id`. `scheme` says what attributes they have, and is in the
    version as `scheme.json`; `facts` are what the card says beside the tables. `inputs` maps what the tables were made
    from to its sha256; `algorithms` is anything JSON can say about what made them.
    """

    tables: Mapping[str, Iterable[pa.Table]]
    splits: Mapping[str, str]
    ledger: pa.Table
    scheme: Scheme
    facts: CardFacts
    inputs: Mapping[str, str]
    algorithms: Mapping[str, object]

    @property
    def batches(self) -> dict[str, Iterable[pa.Table]]:
        """The batches of each table, the ledger among them."""
        return {**self.tables, LEDGER_TABLE: [self.ledger]}

    @cached_property
    def schemas(self) -> dict[str, pa.Schema]:
        """The schema of each table that a version has."""
        return {**tables_of(self.scheme), LEDGER_TABLE: LEDGER}


@dataclass(frozen=True)
class Candidate:
    """Contents whose `tables` are written to `folder`, and counted; they are no version yet."""

    contents: Contents
    folder: Path
    tables: Mapping[str, TableFacts]
    counts: Counts

    @cached_property
    def summary(self) -> Summary:
        """What the card and Croissant say alike."""
        return self.contents.facts.summary(self.counts)

    def documents(self, version: str, changes: bytes | None) -> dict[str, bytes]:
        """The files beside the tables as they are in `version`; `changes` is its `changes.json`, where it has one."""
        made, facts = self.contents, self.contents.facts
        by_whom = Provenance(
            made.inputs, made.algorithms, self.summary.annotators, frozenset().union(*facts.gold.values())
        )
        responsible = responsible_ai(self.summary, self.counts, facts, made.ledger)
        return {
            **({CHANGES: changes} if changes is not None else {}),
            **({AGREEMENT: render_json(facts.agreement_document)} if facts.agreement_document else {}),
            CROISSANT: render_croissant(
                version, self.tables, made.schemas, made.scheme, self.summary, responsible, by_whom
            ),
            PUBLISHED_SCHEME: render_json(made.scheme.document()),
            README: render_version_card(version, self.tables, self.summary),
        }

    def manifest(
        self, version: str, documents: Mapping[str, bytes], before: Mapping[str, str] | None
    ) -> ReleaseManifest:
        """The manifest of `version`, with these documents and after the version that `before` names."""
        return ReleaseManifest(
            version,
            tables=dict(self.tables),
            documents={file: sha256_bytes(data) for file, data in documents.items()},
            inputs=dict(self.contents.inputs),
            algorithms=dict(self.contents.algorithms),
            writers={"pyarrow": pa.__version__},
            before=None if before is None else dict(before),
        )


def write_tables(contents: Contents, folder: Path) -> Candidate:
    """Write every table to `folder`. No more than two batches of a table are in memory.

    Raises `ProblemsFound` with all that breaks the schemas of the tables.
    """
    batches, problems = contents.batches, Problems()
    problems.extend(check_names(batches, contents.splits, contents.schemas))
    counts = Counts(contents.scheme)
    tables = {}
    for name in contents.schemas:
        if name in batches:
            tables[name], faults = _write_table(contents, name, folder, counts)
            problems.extend(faults)
    problems.raise_if_any()
    return Candidate(contents, folder, tables, counts)


def _write_table(contents: Contents, name: str, folder: Path, counts: Counts) -> tuple[TableFacts, list[Problem]]:
    """One table to its files, checked and counted as it passes. After a breach its rows are no longer written."""
    schema, splits = contents.schemas[name], contents.splits
    files = TableFiles(folder, name, schema)
    faults: list[Problem] = []

    def checked() -> Iterator[pa.Table]:
        for batch in contents.batches[name]:
            faults.extend(check_rows(name, batch, schema, splits))
            if not faults:
                yield batch

    last = pa.chunked_array([], pa.string())
    for rows in in_order(checked(), schema):
        ids = pa.chunked_array([*last.chunks, *rows[schema.names[0]].chunks], pa.string())
        if again := repeated_ids(ids):
            what = f"{name}.{schema.names[0]} repeats: {', '.join(again[:_SHOWN])}"
            faults.append(Problem(what, "give every row its own id"))
        last = ids[-1:] if len(ids) else last
        files.write(rows, splits if has_splits(name) else None)
        counts.add(name, rows)
    return TableFacts(yaml_features(schema, counts.labels.get(name, {})), files.close()), faults
