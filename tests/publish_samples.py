"""A hand-made corpus of five tiny articles about nothing that happened; and the call that publishes it."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.publish.bump import Level
from allegata.publish.card.facts import CardFacts
from allegata.publish.contents import Contents
from allegata.publish.manifest import read_manifests, render_release_manifest
from allegata.publish.pins import read_pins
from allegata.publish.splits import assign_splits
from allegata.publish.stage import ReleaseResult, release
from allegata.publish.sums import render_sums
from allegata.schema.digests import sha256_bytes
from allegata.schema.release_manifest import parse_manifest
from allegata.schema.scheme import Scheme, default_scheme
from allegata.schema.tables import LEDGER, TABLES
from allegata.schema.versions import RELEASE_MANIFEST, SUMS

TEXTS = {
    "a1": "The baker sued the mill.\nThe mill denies that the flour was grey.",
    "a2": "The mill said the flour was white — “pure”.\nThe baker demands 40 crowns.",
    "a3": "A judge will hear the baker on Monday.\nIt may rain, she said.",
    "a4": "The mill expects to win.\nFlour prices rose.",
    "a5": "Grey flour exists, a chemist claims.\nNobody measured it. 🌾",
}
# claim, claim, relation, what differs, origin
PAIRS = [
    ("a1-k0", "a2-k0", "equivalent", None, "proposition"),
    ("a1-k0", "a3-k0", "contradiction", "numeric", "dispute"),
    ("a2-k0", "a3-k0", "contradiction", "numeric", "dispute"),
    ("a3-k0", "a4-k0", "none", None, "sampled"),
    ("a4-k0", "a5-k0", "none", None, "sampled"),
]
SIMILAR = ("a1", "a2", 0.41)


def make_tables() -> dict[str, pa.Table]:
    """The tables. Only a1 has a citation; nested columns hold none, one and two items."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for article, text in TEXTS.items():
        noise = "Subscribe!\n"
        source = noise + text
        first, second = text.split("\n")

        def span(part: str, text: str = text, noise: str = noise) -> dict[str, int]:
            start = text.index(part)
            end = start + len(part)
            return {
                "start": start, "end": end, "source_start": start + len(noise), "source_end": end + len(noise)
            }  # fmt: skip

        reference = {"marker": "1", "url": "https://example.org/mill", "text": "Mill"}
        rows["articles"].append(
            {
                "article_id": article, "file": f"{article}.txt", "sha256": "0" * 64,
                "bytes": len(source.encode()), "media_type": "text/plain", "language": "en",
                "cluster_id": f"c-{article}", "annotated": True, "annotators": ["m1"],
                "text": text, "source_text": source,
                "blocks": [{**span(part), "zone": "body"} for part in (first, second)],
                "offset_map": [{"start": 0, "source_start": len(noise), "length": len(text)}],
                "references": [reference] if article == "a1" else [],
                "tags": ["flour", "mills"] if article == "a1" else [],
                "publisher": "The Crumb" if article == "a1" else None,
                "ai_generated": True if article == "a2" else None,
                "confidence": 0.97 if article == "a2" else None,
            }
        )  # fmt: skip
        for number, part in enumerate((first, second)):
            rows["sentences"].append(
                {
                    "sentence_id": f"{article}-s{number}", "article_id": article, **span(part), "text": part,
                    "zone": "body", "is_claim": number == 0,
                }
            )  # fmt: skip
        if "mill" in text and article != "a4":
            rows["entities"].append(
                {
                    "mention_id": f"{article}-m0", "article_id": article, "sentence_id": f"{article}-s0",
                    **span("mill"), "surface": "mill", "label": "ORG", "mention_type": "NOM",
                    "entity_id": "mill", "entity_name": "the mill", "wikidata": None, "wikidata_status": "NIL",
                }
            )  # fmt: skip
        names = ("one", "two") if article == "a2" else ()
        passes = [{"pass": name, "annotators": f"{name} x", "same_span": True} for name in names]
        words = first.split(" ")
        pieces = [words[0], words[2]] if article == "a1" else [first]
        rows["claims"].append(
            {
                "claim_id": f"{article}-k0", "article_id": article, "sentence_id": f"{article}-s0",
                **span(first), "surface": first,
                "segments": [{**span(piece), "surface": piece} for piece in pieces],
                "claim_type": "prediction" if article == "a4" else "allegation", "claimer_id": "author",
                "cue": [{**span("said"), "surface": "said"}] if "said" in text else [], "parent_id": None,
                "attribution_id": None, "check_worthiness": 1, "check_worthy": False, "factuality_source": "CT+",
                "factuality_author": "CT+", "polarity": "affirmative", "claimer_chain": ["author"],
                "decontextualised": first, "marked": 2 if article == "a2" else None, "passes": passes,
                "soft_labels": [{"attribute": "polarity", "value": "negated", "passes": 1}] if article == "a2" else [],
                "evidence": [{"marker": "[1]", "url": None}] if article == "a1" else [],
            }
        )  # fmt: skip
        if "said" in text:
            said = {**span("said"), "surface": "said"}
            rows["attributions"].append(
                {
                    "attribution_id": f"{article}-b0", "article_id": article, "sentence_id": f"{article}-s0",
                    **said, "content": [said], "source": [], "cue": [said], "source_id": None,
                    "attribution_type": "Comm", "quotation_type": "mixed",
                }
            )  # fmt: skip
        if "Monday" in text:
            rows["time_expressions"].append(
                {
                    "time_id": f"{article}-t0", "article_id": article, "sentence_id": f"{article}-s0",
                    **span("Monday"), "surface": "Monday", "type": "DATE", "value": "2025-02-03", "edtf": None,
                    "mod": None, "anchor": "dct",
                }
            )  # fmt: skip
        rows["removals"].append(
            {
                "removal_id": f"{article}-r0", "article_id": article, "position": 0, "source_start": 0,
                "source_end": len(noise), "text": noise, "reason": "newsletter_prompt", "rule": "prompt/1",
                "evidence": "imperative line", "repeats_source_start": None, "repeats_source_end": None,
            }
        )  # fmt: skip
    rows["citations"].append(
        {
            "citation_id": "a1-q0", "article_id": "a1", "position": 24, "source_start": 35, "source_end": 38,
            "marker": "[1]", "url": None,
        }
    )  # fmt: skip
    rows["propositions"].append(
        {
            "proposition_id": "p1", "canonical": "The flour was white.", "claim_ids": ["a1-k0", "a2-k0"],
            "article_ids": ["a1", "a2"],
        }
    )  # fmt: skip
    rows["disputes"].append(
        {
            "dispute_id": "d1", "question": "How white was the flour?", "kind": "contradiction", "differs": "numeric",
            "about": "content", "level": "same", "claim_ids": ["a1-k0", "a2-k0", "a3-k0"],
            "article_ids": ["a1", "a2", "a3"], "story": None, "note": "made up",
        }
    )  # fmt: skip
    for letter, claims, supersedes in (("a", ["a1-k0", "a2-k0"], []), ("b", ["a3-k0"], ["d1.a"])):
        rows["positions"].append(
            {
                "position_id": f"d1.{letter}", "dispute_id": "d1", "canonical": "So white.", "claim_ids": claims,
                "claimer_ids": ["author"], "article_ids": [claim[:2] for claim in claims], "supersedes": supersedes,
            }
        )  # fmt: skip
    rows["entity_register"].append(
        {"entity_id": "mill", "name": "the mill", "label": "ORG", "description": "a mill", "wikidata_status": "NIL"}
    )
    texts = {claim["claim_id"]: claim["surface"] for claim in rows["claims"]}
    splits = assign_splits({article: f"c-{article}" for article in TEXTS}, SIMILAR, {})
    for a, b, relation, differs, origin in PAIRS:
        disputed = origin == "dispute"
        rows["relations"].append(
            {
                "relation_id": f"{a}+{b}", "claim_a": a, "claim_b": b, "article_a": a[:2], "article_b": b[:2],
                "split_a": splits[a[:2]], "split_b": splits[b[:2]],
                "text_a": texts[a], "text_b": texts[b], "surface_a": texts[a], "surface_b": texts[b],
                "sentence_a": texts[a], "sentence_b": texts[b], "claimer_a": "author", "claimer_b": "author",
                "claim_type_a": "allegation", "claim_type_b": "allegation", "relation": relation, "scope": "cross",
                "origin": origin, "differs": differs, "dispute_ids": ["d1"] if disputed else [],
                "level": "same" if disputed else None, "supersedes": "b" if disputed else None,
            }
        )  # fmt: skip
    return {name: pa.Table.from_pylist(rows[name], schema=TABLES[name]) for name in TABLES}


def make_ledger() -> pa.Table:
    rows = [{"article_id": article, "file": f"{article}.txt", "status": "kept"} for article in TEXTS]
    rows.append(
        {
            "article_id": "a6", "file": "a6.txt", "status": "removed", "stage": "deduplicate",
            "reason": "exact_duplicate", "evidence": "sha256", "canonical_id": "a1", "similarity": 1.0,
            "passage_start": 0, "passage_end": 24,
        }
    )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=LEDGER)


def batches(tables: Mapping[str, pa.Table]) -> dict[str, list[pa.Table]]:
    """Each table as one batch."""
    return {name: [table] for name, table in tables.items()}


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    order = list(range(len(table)))
    random.Random(seed).shuffle(order)
    return table.take(order)


def changed(tables: Mapping[str, pa.Table], name: str, row_id: str, **values: Any) -> dict[str, pa.Table]:
    """The tables with one row of one table changed."""
    schema = tables[name].schema
    rows = tables[name].to_pylist()
    for row in rows:
        if row[schema.names[0]] == row_id:
            row.update(values)
    return {**tables, name: pa.Table.from_pylist(rows, schema=schema)}


def publish(
    root: Path,
    version: str | None = "0.1.0",
    tables: Mapping[str, pa.Table] | None = None,
    ledger: pa.Table | None = None,
    inputs: Mapping[str, str] | None = None,
    leaderboard: Mapping[str, Any] | None = None,
    bump: Level | None = None,
    scheme: Scheme | None = None,
    splits: Mapping[str, str] | None = None,
    **facts: Any,
) -> ReleaseResult:
    tables = make_tables() if tables is None else tables
    clusters = {row["article_id"]: row["cluster_id"] for row in tables["articles"].to_pylist()}
    contents = Contents(
        batches(tables),
        assign_splits(clusters, SIMILAR, read_pins(root)) if splits is None else splits,
        ledger=make_ledger() if ledger is None else ledger,
        scheme=scheme or default_scheme(),
        facts=CardFacts(most_similar=SIMILAR, leaderboard=leaderboard, **facts),
        inputs={"raw/a1.txt": "1" * 64} if inputs is None else inputs,
        algorithms={"sentences": {"name": "by line", "version": 1}, "shingle": 5},
    )
    return release(contents, root=root, version=version, bump=bump)


def published(root: Path, version: str | None = "0.1.0") -> ReleaseResult:
    """What `publish` makes in a folder where nothing is published yet; made once, for tests of what comes after."""
    place, first = _first(version)
    shutil.copytree(place, root, dirs_exist_ok=True)
    return replace(first, path=root / first.path.relative_to(place))


@cache
def _first(version: str | None) -> tuple[Path, ReleaseResult]:
    place = Path(tempfile.mkdtemp())
    return place, publish(place, version)


def restate(corpus: Path, version: str, name: str, data: bytes) -> None:
    """Give a published version another file, with manifest and sums that fit: as if it had been published so."""
    folder = corpus / f"v{version}"
    (folder / name).write_bytes(data)
    manifest = parse_manifest((folder / RELEASE_MANIFEST).read_bytes())
    manifest.documents[name] = sha256_bytes(data)
    (folder / RELEASE_MANIFEST).write_bytes(render_release_manifest(manifest))
    (corpus / SUMS).unlink()
    (corpus / SUMS).write_bytes(render_sums(corpus, read_manifests(corpus)))
