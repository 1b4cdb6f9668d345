"""A corpus of three invented articles, small enough to hold in the head, as the published tables.

`x0` (train) has a list item, a citation marker in the middle of a claim, a repeated line that was removed, a
claim of two segments and a nested claim; `y0` (test) stands alone; `x1` (train) shares the cluster of `x0`.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from allegata.schema.tables import CROSS_ARTICLE, LEDGER, TABLES
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

Rows = dict[str, list[dict[str, Any]]]

X0 = (
    "The mill sued.\n"
    "Acme said on May 2 that the mill [1], which burned, owes rent.\n"
    "- Pay nine coins.\n"
    "The mill  SUED.\n"
    "[1] https://mill.example/a"
)
X1 = "The mill sued!"
Y0 = "A river rose. Nobody paid."

REMOVED: dict[str, list[tuple[str, str, tuple[int, int] | None]]] = {
    "x0": [
        (" [1]", "citation_marker", None),
        ("\nThe mill  SUED.", "repetition", (0, 14)),
        ("\n[1] https://mill.example/a", "reference_list", None),
    ],
    "x1": [],
    "y0": [],
}
SOURCES = {"x0": X0, "x1": X1, "y0": Y0}
SPLITS = {"x0": "train", "x1": "train", "y0": "test"}
ANNOTATED = ("x0", "y0")
SENTENCES = {
    "x0": [
        ("The mill sued.", "title"),
        ("Acme said on May 2 that the mill, which burned, owes rent.", "body"),
        ("Pay nine coins.", "list_item"),
    ],
    "x1": [("The mill sued!", "heading")],
    "y0": [("A river rose.", "body"), ("Nobody paid.", "body")],
}
# article, sentence, quote, label, entity
MENTIONS = [
    ("x0", 0, "The mill", "ORG", "mill"),
    ("x0", 1, "Acme", "ORG", "acme"),
    ("x0", 1, "May 2", "DATE", None),
    ("x0", 1, "the mill", "ORG", "mill"),
    ("y0", 0, "A river", "LOC", "river"),
]
# article, sentence, segments, type, claimer, cue, parent
CLAIMS = [
    ("x0", 0, ["The mill sued"], "reported_fact", "author", [], None),
    ("x0", 1, ["the mill, which burned, owes rent"], "allegation", "acme", ["said"], None),
    ("x0", 1, ["the mill", "owes rent"], "allegation", "acme", ["said"], 1),
    ("y0", 0, ["A river rose"], "opinion", "author", [], None),
    ("y0", 1, ["Nobody paid"], "denial", "author", [], None),
    ("y0", 1, ["paid"], "denial", "author", [], 4),
]
# article, sentence, content, source, cue, source id: the claims inside the content carry it.
ATTRIBUTIONS = [("x0", 1, ["the mill, which burned, owes rent"], ["Acme"], ["said"], "acme")]
# The mention of the same span, and its value.
TIMES = [(2, "XXXX-05-02", "2020-05-02")]
PROPOSITIONS = [("p1", "The mill sued.", [0, 3])]
# dispute, kind, what differs; position: the claims that take it, the positions it supersedes
DISPUTES = [
    ("d1", "contradiction", "negation", {"a": ([1], []), "b": ([4], [])}),
    ("d2", "update", "temporal", {"a": ([2], []), "b": ([5], ["d2.a"])}),
]
# claim, claim, relation, disputes, what differs, which supersedes
PAIRS = [
    (0, 3, "equivalent", [], None, None),
    (1, 4, "contradiction", ["d1"], "negation", None),
    (2, 5, "update", ["d2"], "temporal", "b"),
    (0, 4, "none", [], None, None),
    (2, 4, "none", [], None, None),
]


def valid_rows() -> Rows:
    """The rows of every table, free to be broken by the caller."""
    rows: Rows = {name: [] for name in [*TABLES, "ledger"]}
    maps = {}
    for article_id, source in SOURCES.items():
        at = {text: Span(source.index(text), source.index(text) + len(text)) for text, _, _ in REMOVED[article_id]}
        maps[article_id] = OffsetMap.without(at.values(), len(source))
        _add_article(rows, article_id, source, maps[article_id])
        for number, (text, reason, repeats) in enumerate(REMOVED[article_id]):
            row = {
                "removal_id": f"{article_id}:r{number}",
                "position": maps[article_id].to_clean(at[text].start),
                "text": text,
                "reason": reason,
                "rule": f"{reason}/1",
                "evidence": "by hand",
                "repeats_source_start": repeats[0] if repeats else None,
                "repeats_source_end": repeats[1] if repeats else None,
            }
            rows["removals"].append(_owned(article_id) | _source(at[text]) | row)
    texts = {row["article_id"]: row["text"] for row in rows["articles"]}
    for article_id, sentences in SENTENCES.items():
        for number, (text, zone) in enumerate(sentences):
            claimed = any(claim[:2] == (article_id, number) for claim in CLAIMS)
            flag = claimed if article_id in ANNOTATED else None
            row = {"sentence_id": f"{article_id}:s{number}", "text": text, "zone": zone, "is_claim": flag}
            rows["sentences"].append(_owned(article_id) | _at(text, texts[article_id], maps[article_id]) | row)
    sentences = {row["sentence_id"]: row for row in rows["sentences"]}

    def inside(article_id: str, number: int, quote: str) -> dict[str, Any]:
        first = sentences[f"{article_id}:s{number}"]["start"]
        return _at(quote, texts[article_id], maps[article_id], first) | {"surface": quote}

    for i, (article_id, number, quote, label, entity) in enumerate(MENTIONS):
        row = {
            "mention_id": f"{article_id}:e{i}",
            "sentence_id": f"{article_id}:s{number}",
            "label": label,
            "mention_type": "NAM",
            "entity_id": entity,
            "entity_name": entity,
            "wikidata": None,
            "wikidata_status": "NIL" if entity else None,
        }
        rows["entities"].append(_owned(article_id) | inside(article_id, number, quote) | row)
    for i, (article_id, number, quotes, kind, claimer, cue, parent) in enumerate(CLAIMS):
        segments = [inside(article_id, number, quote) for quote in quotes]
        start, end = segments[0]["start"], segments[-1]["end"]
        hull = inside(article_id, number, texts[article_id][start:end])
        row = {
            "claim_id": f"{article_id}:c{i}",
            "sentence_id": f"{article_id}:s{number}",
            "segments": segments,
            "claim_type": kind,
            "claimer_id": claimer,
            "cue": [inside(article_id, number, quote) for quote in cue],
            "parent_id": None if parent is None else f"{article_id}:c{parent}",
            "attribution_id": None if claimer == "author" else f"{article_id}:a0",
            "check_worthiness": 2,
            "check_worthy": True,
            "factuality_source": "CT+",
            "factuality_author": "Uu",
            "polarity": "affirmative",
            "claimer_chain": ["author"] if claimer == "author" else ["author", claimer],
            "decontextualised": f"{hull['surface']}.",
            "soft_labels": [{"attribute": "claim_type", "value": kind, "passes": 2}] if i == 1 else [],
            "passes": [
                {"pass": name, "annotators": name, "same_span": True} for name in (("p", "q") if i == 1 else ())
            ],
            "marked": 2 if i == 1 else None,
            "evidence": [{"marker": "[1]", "url": "https://mill.example/a"}] if i == 1 else [],
        }
        rows["claims"].append(_owned(article_id) | hull | row)
    for i, (article_id, number, content, source, cue, source_id) in enumerate(ATTRIBUTIONS):
        pieces = {
            name: [inside(article_id, number, quote) for quote in quotes]
            for name, quotes in (("content", content), ("source", source), ("cue", cue))
        }
        start, end = pieces["content"][0]["start"], pieces["content"][-1]["end"]
        row = {
            "attribution_id": f"{article_id}:a{i}",
            "sentence_id": f"{article_id}:s{number}",
            "source_id": source_id,
            "attribution_type": "Comm",
            "quotation_type": "indirect",
        }
        hull = inside(article_id, number, texts[article_id][start:end])
        rows["attributions"].append(_owned(article_id) | hull | pieces | row)
    for i, (mention, value, edtf) in enumerate(TIMES):
        article_id, number, quote, _, _ = MENTIONS[mention]
        row = {"time_id": f"{article_id}:t{i}", "sentence_id": f"{article_id}:s{number}", "type": "DATE"}
        row |= {"value": value, "edtf": edtf, "mod": None, "anchor": "dct"}
        rows["time_expressions"].append(_owned(article_id) | inside(article_id, number, quote) | row)
    for entity, label in (("acme", "ORG"), ("mill", "ORG"), ("river", "LOC")):
        row = {"entity_id": entity, "name": entity, "label": label, "description": "", "wikidata_status": "NIL"}
        rows["entity_register"].append(row)
    _add_pairs(rows)
    marker = X0.index("[1]")
    row = {"citation_id": "x0:n0", "marker": "[1]", "url": "https://mill.example/a"}
    row |= {"position": maps["x0"].to_clean(marker)} | _source(Span(marker, marker + 3))
    rows["citations"].append(_owned("x0") | row)
    twin = {"article_id": "z0", "file": "z0.txt", "status": "removed", "canonical_id": "y0"}
    twin |= {"similarity": 1.0, "passage_start": 0, "passage_end": 8}
    rows["ledger"].append(twin | {"stage": "dedup", "reason": "exact_duplicate", "evidence": "same digest"})
    return rows


def _add_pairs(rows: Rows) -> None:
    claims = rows["claims"]
    for name, canonical, members in PROPOSITIONS:
        row = {"claim_ids": [claims[m]["claim_id"] for m in members]}
        row["article_ids"] = sorted({claims[m]["article_id"] for m in members})
        rows["propositions"].append({"proposition_id": name, "canonical": canonical} | row)
    for name, kind, differs, positions in DISPUTES:
        taken = [claims[claim] for group, _ in positions.values() for claim in group]
        row = {"dispute_id": name, "question": "Who paid?", "kind": kind, "differs": differs, "about": "content"}
        row |= {"level": "between", "claim_ids": [claim["claim_id"] for claim in taken], "note": None, "story": None}
        rows["disputes"].append(row | {"article_ids": sorted({claim["article_id"] for claim in taken})})
        for letter, (group, supersedes) in positions.items():
            mine = [claims[claim] for claim in group]
            row = {"position_id": f"{name}.{letter}", "dispute_id": name, "canonical": "Somebody paid."}
            row |= {"claim_ids": [claim["claim_id"] for claim in mine], "supersedes": supersedes}
            row["claimer_ids"] = sorted({claim["claimer_id"] for claim in mine})
            rows["positions"].append(row | {"article_ids": sorted({claim["article_id"] for claim in mine})})
    sentences = {sentence["sentence_id"]: sentence["text"] for sentence in rows["sentences"]}
    for a, b, relation, disputes, differs, supersedes in PAIRS:
        origin = "sampled" if relation == "none" else "dispute" if disputes else "proposition"
        row = {"relation": relation, "origin": origin, "dispute_ids": disputes, "differs": differs}
        row |= {"supersedes": supersedes, "level": "between" if disputes else None}
        for side, claim in (("a", claims[a]), ("b", claims[b])):
            row |= {
                f"claim_{side}": claim["claim_id"],
                f"article_{side}": claim["article_id"],
                f"split_{side}": claim["split"],
                f"text_{side}": claim["decontextualised"],
                f"sentence_{side}": sentences[claim["sentence_id"]],
                f"surface_{side}": claim["surface"],
                f"claimer_{side}": claim["claimer_id"],
                f"claim_type_{side}": claim["claim_type"],
            }
        row["scope"] = "intra" if row["article_a"] == row["article_b"] else "cross"
        rows["relations"].append({"relation_id": f"{row['claim_a']}+{row['claim_b']}"} | row)


def tables_of(rows: Rows) -> dict[str, pa.Table]:
    """The rows as the tables `validate` takes. Nulls may stand anywhere: the suites look for them."""
    tables = {}
    for name, schema in {**TABLES, "ledger": LEDGER}.items():
        fields = [pa.field(field.name, field.type) for field in schema]
        if name != "ledger" and name not in CROSS_ARTICLE:
            fields.append(pa.field("split", pa.string()))
        tables[name] = pa.Table.from_pylist(rows[name], pa.schema(fields))
    return tables


def _owned(article_id: str) -> dict[str, Any]:
    return {"article_id": article_id, "split": SPLITS[article_id]}


def _source(span: Span) -> dict[str, Any]:
    return {"source_start": span.start, "source_end": span.end}


def _at(quote: str, text: str, offsets: OffsetMap, first: int = 0) -> dict[str, Any]:
    start = text.index(quote, first)
    span = Span(start, start + len(quote))
    return {"start": span.start, "end": span.end} | _source(offsets.span_to_source(span))


def _add_article(rows: Rows, article_id: str, source: str, offsets: OffsetMap) -> None:
    clean, runs = 0, []
    for span in offsets.kept:
        runs.append({"start": clean, "source_start": span.start, "length": span.length})
        clean += span.length
    text = offsets.apply(source)
    batches, start = [], 0
    for line in text.split("\n"):
        span = Span(start, start + len(line))
        offset = {"start": span.start, "end": span.end} | _source(offsets.span_to_source(span))
        batches.append(offset | {"zone": "body"})
        start = span.end + 1
    references = [{"marker": "[1]", "url": "https://mill.example/a", "text": ""}] if article_id == "x0" else []
    row = {
        "file": f"{article_id}.txt",
        "sha256": "0" * 64,
        "bytes": len(source),
        "media_type": "text/plain",
        "language": "en",
        "cluster_id": article_id[0],
        "annotated": article_id in ANNOTATED,
        "annotators": ["reader"] if article_id in ANNOTATED else [],
        "text": text,
        "source_text": source,
        "blocks": batches,
        "offset_map": runs,
        "references": references,
        "tags": ["acme", "coins"] if article_id == "x0" else [],
    }
    rows["articles"].append(_owned(article_id) | row)
    rows["ledger"].append({"article_id": article_id, "file": f"{article_id}.txt", "status": "kept"})


__all__ = ["Rows", "tables_of", "valid_rows"]
