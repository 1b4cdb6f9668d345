"""`dataset_card.md`: the template, filled with what was measured on this build."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import Any

import pyarrow as pa
import pyarrow.types as kinds
import yaml

from allegata.publish import descriptions
from allegata.publish.card_annotation import agreement, annotation_process, relation_counts, relation_sources
from allegata.publish.card_leaderboard import leaderboard_section
from allegata.publish.card_pre_annotation import pre_annotation_section
from allegata.publish.contract import LEDGER_TABLE
from allegata.publish.counts import Counts
from allegata.publish.manifest import ReleaseManifest
from allegata.publish.markdown import markdown, number, thousands
from allegata.publish.stored import Facts
from allegata.schema.tables import TABLES

CARD = "dataset_card.md"
_TEXT_SHOWN = 90  # code points of a string, and
_ITEMS_SHOWN = 1  # items of a list, that an example row shows
# The size classes of the Hub, by upper bound.
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True)
class CardFacts:
    """What the card says that no table holds.

    `annotators` are entries of the register (id, kind, description); `passes` maps each complete annotation of the
    corpus to the ids of who made it, `gold` each annotated article to the ids of who made what is published, `passed`
    an article to how many passes have it. `agreement` is Markdown that states how far the passes agree, with its
    tables, or empty. `found_by` counts the relations that the passes had (`card_annotation.found_by_passes`),
    `pre_annotation` is what `card_pre_annotation.read_pre_annotation` found, `leaderboard` what
    `card_leaderboard.read_leaderboard` found. `guidelines` maps parts of the annotation to versions of the guidelines.
    `subject` is the one story that all articles tell, empty where they tell several or where nobody said.
    """

    name: str = "allegata"
    subject: str = ""
    annotators: tuple[Mapping[str, Any], ...] = ()
    passes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gold: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    agreement: str = ""
    pre_annotation: Facts | None = None
    found_by: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    guidelines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    most_similar: tuple[str, str, float] | None = None
    leaderboard: Facts | None = None


def render_card(
    counts: Counts,
    splits: Mapping[str, str],
    ledger: pa.Table,
    labels: Mapping[str, Mapping[str, tuple[str, ...]]],
    manifests: Sequence[ReleaseManifest],
    facts: CardFacts,
) -> bytes:
    """Return the card of the last of `manifests`; `counts` are those of its rows, all splits together."""
    latest = manifests[-1]
    example = "claims" if counts.rows["claims"] else next(iter(counts.tables), "articles")
    told = counts.values.get(("articles", "language"), Counter())
    languages = sorted(language for language in told if language is not None and language != "und")
    count = counts.rows["articles"]
    values = {
        "front_matter": _front_matter(facts, languages, count),
        "name": facts.name,
        "about": f" about {facts.subject}" if facts.subject else "",
        "version": latest.version,
        "articles": number(count, "article"),
        "words": number(counts.words, "word"),
        "languages": number(len(languages), "language") + (f" ({', '.join(languages)})" if languages else ""),
        "example_table": example,
        "tables": _table_counts(latest),
        "shared_columns": _shared_columns(),
        "columns": "\n\n".join(
            _columns(name, schema) for name, schema in [*TABLES.items(), (LEDGER_TABLE, ledger.schema)]
        ),
        "examples": "\n\n".join(_example(name, counts.first[name]) for name in counts.tables),
        "ledger": _ledger(ledger),
        "known": _known(counts),
        **_removals(counts),
        "most_similar": _most_similar(facts.most_similar, splits),
        "annotators": annotation_process(facts.annotators, facts.passes, facts.gold, facts.passed),
        "unannotated": _unannotated(counts.unannotated, count),
        "pre_annotation": pre_annotation_section(facts.pre_annotation),
        "agreement": agreement(facts.agreement, facts.gold, facts.passed),
        "relations": "\n\n".join(
            filter(
                None,
                (
                    relation_counts(counts.across),
                    relation_sources(facts.found_by, facts.guidelines, facts.gold.keys() <= facts.passed.keys()),
                ),
            )
        ),
        "labels": "\n\n".join(
            _label_counts(name, column, counts.values.get((name, column), Counter()), names)
            for name, columns in labels.items()
            if name != "removals"  # counted by reason under Cleaning
            for column, names in columns.items()
        ),
        "leaderboard": leaderboard_section(facts.leaderboard, latest),
        "limits": f"{number(count, 'article')}{' about one story' if facts.subject else ''}.",
        "rights": _rights(counts.nulls["articles", "rights"], count),
        "versions": _versions(manifests),
    }
    template = files("allegata.publish").joinpath("card_template.md").read_text(encoding="utf-8")
    return Template(template).substitute(values).encode()


def _front_matter(facts: CardFacts, languages: list[str], count: int) -> str:
    size = next((size for bound, size in _SIZES if count < bound), "n>1M")
    matter = {
        "pretty_name": facts.name,
        "language": languages,
        "license": "other",
        "license_name": "rights-of-the-publishers",
        "annotations_creators": _creators(facts),
        "language_creators": ["found"],
        "multilinguality": ["multilingual" if len(languages) > 1 else "monolingual"],
        "size_categories": [size],
        "source_datasets": ["original"],
        "task_categories": ["token-classification", "text-classification"],
        "task_ids": ["named-entity-recognition"],
        "tags": ["news", "claims", "attribution", "legal", "provenance"],
    }
    return yaml.safe_dump(matter, sort_keys=False, allow_unicode=True)


def _table_counts(manifest: ReleaseManifest) -> str:
    splits = list(dict.fromkeys(split for facts in manifest.tables.values() for split in facts.splits))
    rows = []
    for name, facts in manifest.tables.items():
        counts = [thousands(facts.splits[split].rows) if split in facts.splits else "–" for split in splits]
        rows.append([f"`{name}`", *counts, thousands(facts.rows)])
    return markdown(["table", *splits, "rows"], rows)


def _shared_columns() -> str:
    used = {name for schema in TABLES.values() for name in schema.names}
    return markdown(
        ["column", "meaning"],
        [[f"`{name}`", text] for name, text in descriptions.SHARED.items() if name in used],
    )


def _columns(name: str, schema: pa.Schema) -> str:
    own = descriptions.COLUMNS[name]
    rows = [[f"`{field.name}`", _type(field), own[field.name]] for field in schema if field.name in own]
    shared = [f"`{field.name}`" for field in schema if field.name not in own]
    also = f"\n\nAnd {', '.join(shared)}, as above." if shared else ""
    return f"**`{name}`** {descriptions.TABLES[name]}\n\n" + markdown(["column", "type", "meaning"], rows) + also


def _type(field: pa.Field) -> str:
    inner = field.type.value_type if kinds.is_list(field.type) else field.type
    members = ", ".join(member.name for member in inner.fields) if kinds.is_struct(inner) else ""
    text = f"{{{members}}}" if members else str(inner)
    return ("list of " if inner is not field.type else "") + text + (", or null" if field.nullable else "")


def _example(name: str, row: Mapping[str, Any]) -> str:
    return f"`{name}`\n\n```json\n{json.dumps(_cut(row), ensure_ascii=False, indent=1)}\n```"


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _TEXT_SHOWN:
        return value[:_TEXT_SHOWN] + "…"
    if isinstance(value, dict):
        return {key: _cut(item) for key, item in value.items()}
    if isinstance(value, list):
        more = len(value) - _ITEMS_SHOWN
        return [_cut(item) for item in value[:_ITEMS_SHOWN]] + ([f"… {more} more"] if more > 0 else [])
    return value


def _creators(facts: CardFacts) -> list[str]:
    """The Hub's terms for who annotated: people who know the guidelines, machines, or both."""
    kinds = {row["kind"] for row in facts.annotators}
    return [term for kind, term in (("human", "expert-generated"), ("model", "machine-generated")) if kind in kinds]


def _ledger(ledger: pa.Table) -> str:
    rows = ledger.to_pylist()
    removed = Counter((row["stage"], row["reason"]) for row in rows if row["status"] == "removed")
    text = f"{number(len(rows), 'article')} came in, {thousands(len(rows) - removed.total())} kept."
    for (stage, reason), count in sorted(removed.items()):
        text += f" {thousands(count)} removed at {stage} ({reason})."
    return text


def _known(counts: Counts) -> str:
    count = counts.rows["articles"]
    rows = [
        [f"`{field.name}`", f"{count - counts.nulls['articles', field.name]} of {count}"]
        for field in TABLES["articles"]
        if field.nullable
    ]
    return markdown(["field", "known for"], rows)


def _removals(counts: Counts) -> dict[str, str]:
    spans, characters = counts.removed, counts.cut
    share = 100 * characters.total() / counts.characters if counts.characters else 0
    return {
        "removed": f"{thousands(characters.total())} of {thousands(counts.characters)} characters are cut "
        f"({share:.1f} %).",
        "removals": markdown(
            ["reason", "spans", "characters"],
            [
                [f"`{reason}`", thousands(spans[reason]), thousands(characters[reason])]
                for reason in sorted(spans, key=lambda reason: (-characters[reason], reason))
            ],
        ),
    }


def _most_similar(pair: tuple[str, str, float] | None, splits: Mapping[str, str]) -> str:
    if pair is None:
        return ""
    first, second, similarity = pair
    if splits[first] != splits[second]:
        place = f"similarity {similarity:.2f}, in {splits[first]} and {splits[second]}"
        return f"The two most similar articles, `{first}` and `{second}` ({place}), were published apart already."
    place = f"similarity {similarity:.2f}, both in {splits[first]}"
    return f"So do the two most similar articles, `{first}` and `{second}` ({place})."


def _label_counts(table: str, column: str, found: Mapping[str | None, int], names: tuple[str, ...]) -> str:
    counts = Counter({"(null)" if value is None else value: count for value, count in found.items()})
    seen = [name for name in (*names, "(null)") if counts[name]]
    unseen = [f"`{name}`" for name in names if not counts[name]]
    text = f"`{table}.{column}`\n\n" + markdown(
        ["label", "rows"], [[f"`{name}`" if name in names else name, thousands(counts[name])] for name in seen]
    )
    return text + (f"\n\nDo not occur: {', '.join(unseen)}." if unseen else "")


def _unannotated(unannotated: int, articles: int) -> str:
    if not unannotated:
        return "Every article is annotated (`articles.annotated`)."
    return (
        f"{thousands(unannotated)} of {number(articles, 'article')} {'has' if unannotated == 1 else 'have'} no gold "
        "yet (`articles.annotated` is false): nobody has looked for claims there, `sentences.is_claim` says "
        f"nothing of {'its' if unannotated == 1 else 'their'} sentences, and the benchmark leaves "
        f"{'it' if unannotated == 1 else 'them'} out."
    )


def _rights(unknown: int, articles: int) -> str:
    if not unknown:
        return "Column `articles.rights` states what each allows."
    return (
        f"For {unknown} of {articles} articles the terms are unknown (`articles.rights` is null): "
        "unknown is not permission; ask the publisher before you pass the texts on."
    )


def _versions(manifests: Sequence[ReleaseManifest]) -> str:
    rows = [
        [
            manifest.version,
            ", ".join(f"{name} {thousands(facts.rows)}" for name, facts in manifest.tables.items()),
        ]
        for manifest in reversed(manifests)
    ]
    return markdown(["version", "rows"], rows)
