"""What the card and its pages say of the tables: their rows, columns and first rows, and what was counted in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.types as kinds

from allegata.publish import descriptions
from allegata.publish.counts import Counts
from allegata.publish.markdown import sections
from allegata.schema.markup import code, fenced, inline, json_text, markdown_table
from allegata.schema.release_manifest import TableFacts
from allegata.schema.scheme import Scheme
from allegata.schema.wording import number, thousands

_TEXT_SHOWN = 90  # code points of a string, and
_ITEMS_SHOWN = 1  # items of a list, that an example row shows


def table_counts(tables: Mapping[str, TableFacts]) -> str:
    """Rows of every table, split by split."""
    splits = list(dict.fromkeys(split for facts in tables.values() for split in facts.splits))
    rows = []
    for name, facts in tables.items():
        counts = [thousands(facts.splits[split].rows) if split in facts.splits else "–" for split in splits]
        rows.append([f"`{name}`", *counts, thousands(facts.rows), descriptions.TABLES.get(name, "")])
    return markdown_table(["table", *splits, "rows", "what it holds"], rows)


def shared_columns(schemas: Mapping[str, pa.Schema]) -> str:
    """Columns that mean the same wherever they occur."""
    used = {name for schema in schemas.values() for name in schema.names}
    return markdown_table(
        ["column", "meaning"],
        [[f"`{name}`", text] for name, text in descriptions.SHARED.items() if name in used],
    )


def columns(name: str, schema: pa.Schema, scheme: Scheme) -> str:
    """What a table is, and each of its own columns."""
    own = descriptions.columns(name, scheme)
    rows = [
        [
            f"`{field.name}`",
            _type(field),
            " ".join(filter(None, (inline(own[field.name]), _use(name, field.name, scheme)))),
        ]
        for field in schema
        if field.name in own
    ]
    shared = [f"`{field.name}`" for field in schema if field.name not in own]
    also = f"And {', '.join(shared)}, as above." if shared else ""
    return sections(
        f"**`{name}`** {descriptions.TABLES[name]}",
        markdown_table(["column", "type", "meaning"], rows) if rows else "",
        also,
    )


def _use(table: str, column: str, scheme: Scheme) -> str:
    found = descriptions.use(table, column, scheme)
    return f"*Use:* {inline(found)}" if found else ""


def _type(field: pa.Field) -> str:
    inner = field.type.value_type if kinds.is_list(field.type) else field.type
    members = ", ".join(member.name for member in inner.fields) if kinds.is_struct(inner) else ""
    text = f"{{{members}}}" if members else str(inner)
    return ("list of " if inner is not field.type else "") + text + (", or null" if field.nullable else "")


def example(name: str, row: Mapping[str, Any]) -> str:
    """A row as JSON, long values cut."""
    return sections(f"`{name}`", fenced(json_text(_cut(row), indent=1), "json"))


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _TEXT_SHOWN:
        return value[:_TEXT_SHOWN] + "…"
    if isinstance(value, dict):
        return {key: _cut(item) for key, item in value.items()}
    if isinstance(value, list):
        more = len(value) - _ITEMS_SHOWN
        return [_cut(item) for item in value[:_ITEMS_SHOWN]] + ([f"… {more} more"] if more > 0 else [])
    return value


def ledger_counts(ledger: pa.Table) -> str:
    """How many articles came in, and where the others were removed."""
    groups = ledger.group_by(["status", "stage", "reason"]).aggregate([([], "count_all")]).to_pylist()
    removed = {(row["stage"], row["reason"]): row["count_all"] for row in groups if row["status"] == "removed"}
    text = f"{number(len(ledger), 'article')} came in, {thousands(len(ledger) - sum(removed.values()))} kept."
    for (stage, reason), count in sorted(removed.items()):
        text += f" {thousands(count)} removed at {stage} ({reason})."
    return text


def cut_share(counts: Counts) -> str:
    """The share of the characters of the source texts that is cut, in per cent."""
    return f"{100 * counts.cut.total() / counts.characters if counts.characters else 0:.1f} %"


def known_fields(counts: Counts, schema: pa.Schema) -> str:
    """For how many articles each optional field is known."""
    count = counts.rows["articles"]
    rows = [
        [f"`{field.name}`", f"{thousands(count - counts.nulls['articles', field.name])} of {thousands(count)}"]
        for field in schema
        if field.nullable and field.name != "story"  # null is the only story, not an unknown one
    ]
    return markdown_table(["field", "known for"], rows)


def removal_counts(counts: Counts) -> str:
    """How much was cut, by reason."""
    spans, characters = counts.removed, counts.cut
    if not spans:
        return "Nothing was cut."
    return sections(
        f"{thousands(characters.total())} of {thousands(counts.characters)} characters are cut ({cut_share(counts)}).",
        markdown_table(
            ["reason", "spans", "characters"],
            [
                [f"`{reason}`", thousands(spans[reason]), thousands(characters[reason])]
                for reason in sorted(spans, key=lambda reason: (-characters[reason], reason))
            ],
        ),
    )


def label_counts(
    table: str, column: str, found: Mapping[str | None, int], names: tuple[str, ...], scheme: Scheme
) -> str:
    """Rows by label, with what the scheme says of it; empty where the column has no row."""
    counts = Counter({"(null)" if value is None else value: count for value, count in found.items()})
    if not counts.total():
        return ""
    meanings = descriptions.meanings(table, column, scheme)
    seen = [name for name in (*names, "(null)") if counts[name]]
    unseen = [code(name) for name in names if not counts[name]]
    return sections(
        f"`{table}.{column}`",
        markdown_table(
            ["label", "rows", *(["meaning"] if meanings else [])],
            [
                [
                    code(name) if name in names else inline(name),
                    thousands(counts[name]),
                    *([inline(meanings.get(name, ""))] if meanings else []),
                ]
                for name in seen
            ],
        ),
        f"Do not occur: {', '.join(unseen)}." if unseen else "",
    )
