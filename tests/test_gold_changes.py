"""What became of the claims and relations of 1.2.0: each has its successors, or the reason why it has none."""

from __future__ import annotations

from allegata.schema.published import PublishedTables
from project import ROOT, read_rows

CHANGES = read_rows(ROOT / "annotations" / "from-1.2.0.jsonl")
OLD = PublishedTables(ROOT / "corpus" / "v1.2.0")
CLAIMS = {row["claim"]: row for row in CHANGES if "claim" in row}
RELATIONS = {row["relation"]: row for row in CHANGES if "relation" in row}


def test_every_claim_and_every_annotated_relation_is_in_the_table_once() -> None:
    assert len(CLAIMS) + len(RELATIONS) == len(CHANGES)
    assert sorted(CLAIMS) == sorted(OLD["claims"]["claim_id"].to_pylist())
    annotated = [row["relation_id"] for row in OLD["relations"].to_pylist() if row["origin"] == "annotated"]
    assert sorted(RELATIONS) == sorted(annotated)


def test_every_successor_is_there_and_what_has_none_says_why() -> None:
    gold = {
        f"{path.stem}:{record['id']}"
        for path in (ROOT / "annotations" / "gold").glob("*.jsonl")
        for record in read_rows(path)
        if record["record"] == "claim"
    }
    across = {
        row["id"] for name in ("disputes", "propositions") for row in read_rows(ROOT / f"annotations/{name}.jsonl")
    }
    assert {successor for row in CLAIMS.values() for successor in row["successors"]} <= gold
    assert {successor for row in RELATIONS.values() for successor in row["successors"]} <= across
    assert [row for row in CHANGES if not row["successors"] and not row["reason"]] == []
    assert [claim for claim, row in CLAIMS.items() if not row["successors"]] == []


def test_a_claim_that_has_the_same_span_has_one_successor() -> None:
    same = [row for row in CLAIMS.values() if row["how"] == "same span"]
    assert same
    assert all(len(row["successors"]) == 1 and row["reason"] is None for row in same)
