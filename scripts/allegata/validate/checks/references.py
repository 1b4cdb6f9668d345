"""Checks of what a row points at: articles, sentences, entities, parents; and of closed label sets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema import labels
from allegata.schema.scheme import Value
from allegata.schema.tables import RECORD_OF, tables_of
from allegata.validate.checks.finding import Finding, where
from allegata.validate.lookups import Bools, Ints, Lookups
from allegata.validate.rows import column, integers, numbers_in, texts


def be_filled(rows: pa.Table, corpus: Lookups, *, columns: list[str]) -> list[Finding]:
    """No null, and no empty string."""
    found = []
    for name in columns:
        values = column(rows, name)
        missing = pc.is_null(values)
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            missing = pc.or_(missing, pc.fill_null(pc.equal(values, ""), True))
        found += where(_mask(missing), f"its {name} is missing")
    return found


def lie_in_annotated_articles(rows: pa.Table, corpus: Lookups, *, annotated: str) -> list[Finding]:
    """The article of the row has `annotated` true. An unknown article is another expectation's business."""
    flags = _mask(column(corpus.table("articles"), annotated))
    article = integers(rows, "article")
    known = article >= 0
    bad = np.zeros(len(article), dtype=np.bool_)
    bad[known] = ~flags[article[known]]
    return where(bad, f"its article is not {annotated}")


def be_labels(rows: pa.Table, corpus: Lookups, *, column: str, labels_of: str) -> list[Finding]:
    """Every value of `column` is one of the closed set `labels_of`, or null.

    That is a set of `allegata.schema.labels` (`SPLITS`), or an attribute of the scheme (`claim.claim_type`).
    """
    record, _, attribute = labels_of.partition(".")
    known = getattr(labels, labels_of, None)
    if attribute and record in corpus.scheme.records:
        known = corpus.scheme.values(record, attribute) if corpus.scheme.has(record, attribute) else None
    if not isinstance(known, tuple):
        raise LookupError(f"there is no label set {labels_of!r}: name one of every corpus (SPLITS) or record.attribute")
    return _strangers(rows, column, known)


def follow_scheme(rows: pa.Table, corpus: Lookups, *, record: str, own_id: str) -> list[Finding]:
    """Every attribute of `record` has a value of the scheme; it is null only where the scheme lets it be.

    `rows` are those of the table of the record, with its id, in its order.
    """
    name = next((table for table, kind in RECORD_OF.items() if kind == record), None)
    if name is None:
        raise LookupError(f"there is no record {record!r}; it is one of {', '.join(RECORD_OF.values())}")
    table, schema, found = corpus.table(name), tables_of(corpus.scheme)[name], []
    for attribute in corpus.scheme.attributes(record).values():
        if not schema.field(attribute.name).nullable:
            missing = pc.is_null(column(table, attribute.name))
            found += where(_mask(missing), f"its {attribute.name} is missing")
        if attribute.choices is not None:
            found += _strangers(table, attribute.name, attribute.choices)
    return found


def _strangers(rows: pa.Table, name: str, known: Sequence[Value]) -> list[Finding]:
    values = column(rows, name)
    strange = pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=pa.array(known, values.type))))
    found = []
    for value in sorted(pc.unique(values.filter(strange)).to_pylist()):
        mask = pc.equal(values, pa.scalar(value, values.type))
        found += where(_mask(mask), f"its {name} {value!r} is not one of {', '.join(map(str, known))}")
    return found


def resolve(rows: pa.Table, corpus: Lookups, *, column: str, to: str, also: list[str]) -> list[Finding]:
    """Every id in `column` is known: an id of the table `to`, an entity (`to` = "entity_ids"), or one of
    `also`. Null points at nothing and passes."""
    values = texts(rows, column)
    if to == "entity_ids":
        known = _strings(sorted(corpus.entity_ids))
    else:
        table = corpus.table(to)
        known = texts(table, table.column_names[0])
    unknown = pc.is_valid(values).to_numpy(zero_copy_only=False) & (numbers_in(values, known) < 0)
    if also:
        unknown &= numbers_in(values, _strings(also)) < 0
    return where(unknown, f"its {column} is not among the {to.replace('_', ' ')}")


def lie_inside_sentence(rows: pa.Table, corpus: Lookups, *, start: str, end: str, sentence_id: str) -> list[Finding]:
    """The span lies inside the one sentence it names, of its own article."""
    sentences = corpus.sentences
    number = numbers_in(texts(rows, sentence_id), texts(corpus.table("sentences"), "sentence_id"))
    named = number >= 0
    if not named.any():
        return []
    number = np.maximum(number, 0)
    foreign = named & (sentences.article[number] != integers(rows, "article"))
    across = (integers(rows, start) < sentences.start[number]) | (integers(rows, end) > sentences.end[number])
    return [
        *where(foreign, "its sentence belongs to another article"),
        *where(named & ~foreign & across, "it reaches beyond its sentence"),
    ]


def stand_in_zones(rows: pa.Table, corpus: Lookups, *, sentence_id: str, zones: list[str]) -> list[Finding]:
    """The sentence of the row lies in one of `zones`."""
    table = corpus.table("sentences")
    number = numbers_in(texts(rows, sentence_id), texts(table, "sentence_id"))
    allowed = _mask(pc.is_in(texts(table, "zone"), value_set=_strings(zones)))
    if not len(allowed):
        return []
    mask = (number >= 0) & ~allowed[np.maximum(number, 0)]
    return where(mask, f"it stands outside {', '.join(zones)}")


def match_claims(rows: pa.Table, corpus: Lookups, *, sentence_id: str, flag: str) -> list[Finding]:
    """The flag of a sentence is true where a claim names the sentence and false where none does; it is null exactly in
    the articles that nobody annotated. An unknown article is another expectation's business."""
    claimed = numbers_in(texts(rows, sentence_id), texts(corpus.table("claims"), "sentence_id")) >= 0
    values = column(rows, flag)
    flagged, unset = _mask(values), _mask(pc.is_null(values))
    article = integers(rows, "article")
    looked = np.zeros(len(article), dtype=np.bool_)
    looked[article >= 0] = _mask(column(corpus.table("articles"), "annotated"))[article[article >= 0]]
    known = article >= 0
    return [
        *where(flagged & ~claimed, f"{flag} is true, but no claim stands in it"),
        *where(~flagged & ~unset & claimed, f"{flag} is false, but a claim stands in it"),
        *where(known & unset & looked, f"{flag} is null, but its article is annotated"),
        *where(known & ~unset & ~looked, f"{flag} is given, but its article is not annotated"),
    ]


def lie_inside_parent(
    rows: pa.Table, corpus: Lookups, *, own_id: str, parent_id: str, start: str, end: str, levels: int
) -> list[Finding]:
    """A parent is another row of the same article that encloses the child; at most `levels` levels deep."""
    parents = texts(rows, parent_id)
    number = numbers_in(parents, texts(rows, own_id))
    given = pc.is_valid(parents).to_numpy(zero_copy_only=False)
    found = where(given & (number < 0), f"its {parent_id} is not known")
    child = np.flatnonzero(number >= 0)
    parent = number[child]
    article, starts, ends = integers(rows, "article"), integers(rows, start), integers(rows, end)
    bad = (
        (article[child] != article[parent])
        | (starts[child] < starts[parent])
        | (ends[child] > ends[parent])
        | (child == parent)
    )
    mask = np.zeros(len(number), dtype=np.bool_)
    mask[child[bad]] = True
    found += where(mask, "its parent does not enclose it")
    return found + where(_level(number, levels + 1) > levels, f"it is nested deeper than {levels} levels")


def _level(parent: Ints, most: int) -> Ints:
    """The level of every row, 1 for one without a parent, counted no further than `most` (circles end)."""
    level = np.ones(len(parent), dtype=np.int64)
    ancestor = parent
    for _ in range(most - 1):
        has = ancestor >= 0
        level[has] += 1
        ancestor = np.where(has, parent[np.maximum(ancestor, 0)], -1)
    return level


def have_entities_unless_values(rows: pa.Table, corpus: Lookups, *, label: str, entity_id: str) -> list[Finding]:
    """A date, an amount or a number has no entity id; every other mention has one."""
    value = _mask(pc.is_in(texts(rows, label), value_set=_strings(corpus.scheme.value_labels)))
    has = pc.is_valid(column(rows, entity_id)).to_numpy(zero_copy_only=False)
    return [
        *where(value & has, f"it is a value, but has an {entity_id}"),
        *where(~value & ~has, f"it has no {entity_id}"),
    ]


def _strings(values: list[str] | tuple[str, ...]) -> pa.Array:
    return pa.array(values, pa.large_string())


def _mask(values: pa.Array) -> Bools:
    mask: Bools = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return mask
