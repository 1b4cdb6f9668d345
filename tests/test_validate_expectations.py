"""Every expectation passes a valid corpus and names the one thing that is broken in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allegata.schema.problems import ProblemsFound
from allegata.validate.corpus import Corpus
from allegata.validate.run import run_suites
from allegata.validate.stage import Context, TableReport, ValidationReport, validate
from allegata.validate.suites import read_suites
from validate_corpus import Rows, tables_of, valid_rows

SUITES = Path(__file__).parent.parent / "expectations"
KNOWN = frozenset({"mill", "acme", "river"})
CONTEXT = Context(entity_ids=KNOWN, n_in=4)
# The same on every table, so broken once below.
SEEN_ELSEWHERE = {
    f"expect_{name}"
    for name in (
        "table_row_count_to_be_between",
        "columns_to_be_filled",
        "column_values_to_be_unique",
        "references_to_resolve",
        "split_of_article",
        "values_to_be_labels",
        "spans_to_lie_inside_text",
        "spans_to_follow_one_another",
        "spans_to_avoid_removals",
    )
}


def report_on(rows: Rows, context: Context = CONTEXT, **options: int) -> ValidationReport:
    return validate(tables_of(rows), SUITES, context, **options)


def run_one_suite(table: str, rows: Rows) -> TableReport:
    """One suite alone, for the many tests that break one row."""
    (suite,) = [suite for suite in read_suites(SUITES, rows) if suite.table == table]
    (report,) = run_suites([suite], Corpus(tables_of(rows), KNOWN, n_in=4), examples=20)
    return report


def change(table: str, row: int, **values: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[table][row].update(values)


def shift(table: str, row: int, *columns: str, by: int = 1) -> Callable[[Rows], None]:
    def shifted(rows: Rows) -> None:
        for column in columns:
            rows[table][row][column] += by

    return shifted


def segment(row: int, number: int, *, of: str = "segments", **values: Any) -> Callable[[Rows], None]:
    return nested("claims", row, of, number, **values)


def drop(table: str, row: int) -> Callable[[Rows], None]:
    return lambda rows: rows[table].pop(row) and None


def nested(table: str, row: int, column: str, number: int, **values: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[table][row][column][number].update(values)


def relate(row: int, a: str, b: str, relation: str) -> Callable[[Rows], None]:
    """The pair `row` becomes another one, with everything that has to come with it."""

    def related(rows: Rows) -> None:
        claims = {claim["claim_id"]: claim for claim in rows["claims"]}
        pair = rows["relations"][row]
        pair |= {"relation_id": f"{a}+{b}", "relation": relation, "origin": "annotated", "note": "by hand"}
        conflict = relation == "contradicts"
        pair |= {"conflict_type": "negation" if conflict else None, "strict": True if conflict else None}
        for side, claim in (("a", claims[a]), ("b", claims[b])):
            pair |= {f"claim_{side}": claim["claim_id"], f"text_{side}": claim["decontextualised"]}

    return related


def in_turn(*breakages: Callable[[Rows], None]) -> Callable[[Rows], None]:
    def broken(rows: Rows) -> None:
        for breakage in breakages:
            breakage(rows)

    return broken


def over_two_sentences(rows: Rows) -> None:
    """The cue reaches from the second sentence into the third."""
    piece, third = rows["attributions"][0]["cue"][0], rows["sentences"][2]
    piece.update(end=third["start"] + 3, source_end=third["source_start"] + 3)


def two_propositions(rows: Rows) -> None:
    rows["propositions"].append(rows["propositions"][0] | {"proposition_id": "p2"})


def move_article(rows: Rows) -> None:
    for table in rows:
        for row in rows[table]:
            if row.get("article_id") == "x1" and "split" in row:
                row["split"] = "test"


def equal_texts(rows: Rows) -> None:
    text = rows["articles"][1]["text"]
    rows["articles"][2] |= {"text": text.upper(), "source_text": text.upper()}


def swap_segments(rows: Rows) -> None:
    rows["claims"][2]["segments"].reverse()


def deeper(rows: Rows) -> None:
    rows["claims"].append(rows["claims"][2] | {"claim_id": "x0:c9", "parent_id": "x0:c2"})


def marker_at_edge(rows: Rows) -> None:
    rows["entities"][3]["surface"] += " [2]"


def span_over_teaser(rows: Rows) -> None:
    """A sentence that reaches from the first to the last block, over a removed line."""
    end = rows["removals"][1]["source_end"]
    rows["sentences"][2]["source_end"] = end


def heading(rows: Rows) -> None:
    rows["sentences"][0]["zone"] = "heading"


def offsets_in_order(rows: Rows) -> None:
    rows["sentences"][0], rows["sentences"][1] = rows["sentences"][1], rows["sentences"][0]


def kept_twice(rows: Rows) -> None:
    rows["articles"][0]["offset_map"][1] |= {"source_start": rows["articles"][0]["offset_map"][1]["source_start"] - 2}


# For every table: what is broken, the expectation that must object, the id of the row, a part of its words.
BROKEN: dict[str, list[tuple[Callable[[Rows], None], str, str, str]]] = {
    "articles": [
        (change("articles", 0, language=None), "columns_to_be_filled", "x0", "language is missing"),
        (change("articles", 0, sha256=""), "columns_to_be_filled", "x0", "sha256 is missing"),
        (change("articles", 1, article_id="x0"), "column_values_to_be_unique", "x0", "breaks"),
        (change("articles", 2, split="dev"), "values_to_be_labels", "y0", "'dev' is not one of"),
        (move_article, "same_split_within", "x0", "another article of its cluster_id"),
        (equal_texts, "same_split_for_equal_texts", "y0", "an article with the same text"),
        (drop("removals", 2), "source_to_be_accounted_for", "x0", "neither kept nor removed"),
        (kept_twice, "source_to_be_accounted_for", "x0", "kept or removed twice"),
        (shift("removals", 1, "source_start"), "source_to_be_accounted_for", "x0", "neither kept"),
        (change("articles", 2, text="A river rose."), "text_to_be_projection", "y0", "offset_map"),
        (
            change("articles", 1, text="", source_text="", offset_map=[], blocks=[]),
            "text_to_be_projection", "x1", "its text is empty",
        ),
        (
            lambda rows: rows["articles"][0]["blocks"][1].update(start=10),
            "spans_to_follow_one_another", "x0 blocks[1]", "overlaps the one before",
        ),
        (
            lambda rows: rows["articles"][0]["blocks"][0].update(zone="sidebar"),
            "values_to_be_labels", "x0 blocks[0]", "'sidebar' is not one of",
        ),
        (
            lambda rows: rows["articles"][0]["blocks"][2].update(source_end=99),
            "spans_to_map_to_source", "x0 blocks[2]", "offset map",
        ),
    ],
    "sentences": [
        (change("sentences", 0, text="The mill paid."), "spans_to_quote_text", "x0:s0", "not what text"),
        (change("sentences", 0, end=900), "spans_to_lie_inside_text", "x0:s0", "lies outside text"),
        (change("sentences", 0, start=-1), "spans_to_lie_inside_text", "x0:s0", "lies outside text"),
        (change("sentences", 0, end=0), "spans_to_lie_inside_text", "x0:s0", "empty or reversed"),
        (change("sentences", 2, zone="footer"), "values_to_be_labels", "x0:s2", "'footer'"),
        (change("sentences", 2, split="test"), "split_of_article", "x0:s2", "in another split"),
        (change("sentences", 2, article_id="q"), "references_to_resolve", "x0:s2", "article_id is not"),
        (change("sentences", 1, sentence_id="x0:s0"), "column_values_to_be_unique", "x0:s0", "breaks"),
        (shift("sentences", 1, "source_end"), "spans_to_map_to_source", "x0:s1", "offset map"),
        (offsets_in_order, "spans_to_follow_one_another", "x0:s0", "out of order"),
        (shift("sentences", 1, "start", by=-3), "spans_to_follow_one_another", "x0:s1", "overlaps"),
        (span_over_teaser, "spans_to_avoid_removals", "x0:s2", "was removed"),
        (change("sentences", 2, is_claim=True), "flags_to_match_claims", "x0:s2", "no claim stands"),
        (change("sentences", 0, is_claim=False), "flags_to_match_claims", "x0:s0", "but a claim stands"),
        (change("sentences", 0, text=" The mill sued."), "spans_to_have_clean_edges", "x0:s0", "blank"),
    ],
    "entities": [
        (shift("entities", 1, "start", "end"), "spans_to_quote_text", "x0:e1", "surface is not what"),
        (shift("entities", 1, "start"), "spans_to_map_to_source", "x0:e1", "offset map"),
        (change("entities", 1, surface="Acme\u00a0"), "spans_to_have_clean_edges", "x0:e1", "blank"),
        (marker_at_edge, "spans_to_have_clean_edges", "x0:e3", "citation marker"),
        (change("entities", 1, sentence_id="x0:s0"), "spans_to_lie_inside_sentence", "x0:e1", "beyond"),
        (change("entities", 1, sentence_id="y0:s0"), "spans_to_lie_inside_sentence", "x0:e1", "another"),
        (change("entities", 1, sentence_id="x0:s8"), "references_to_resolve", "x0:e1", "sentence_id"),
        (change("entities", 1, label="BANK"), "values_to_be_labels", "x0:e1", "'BANK' is not one of"),
        (change("entities", 1, mention_type="X"), "values_to_be_labels", "x0:e1", "mention_type 'X'"),
        (change("entities", 1, subtype="X"), "values_to_be_labels", "x0:e1", "subtype 'X'"),
        (change("entities", 1, entity_id="acmee"), "references_to_resolve", "x0:e1", "entity_id"),
        (change("entities", 1, entity_id=None), "entities_unless_values", "x0:e1", "has no entity_id"),
        (change("entities", 1, wikidata_status="maybe"), "values_to_be_labels", "x0:e1", "'maybe'"),
        (change("entities", 2, entity_id="mill"), "entities_unless_values", "x0:e2", "is a value"),
    ],
    "claims": [
        (change("claims", 0, claim_type="rumour"), "values_to_be_labels", "x0:c0", "'rumour'"),
        (change("claims", 0, claimer_id="nobody"), "references_to_resolve", "x0:c0", "claimer_id"),
        (change("claims", 0, sentence_id="x0:s1"), "spans_to_lie_inside_sentence", "x0:c0", "reaches beyond"),
        (heading, "spans_to_stand_in_zones", "x0:c0", "stands outside title, body"),
        (change("claims", 2, parent_id="x0:c7"), "spans_to_lie_inside_parent", "x0:c2", "not known"),
        (change("claims", 2, parent_id="x0:c0"), "spans_to_lie_inside_parent", "x0:c2", "not enclose"),
        (change("claims", 2, parent_id="y0:c3"), "spans_to_lie_inside_parent", "x0:c2", "not enclose"),
        (change("claims", 2, parent_id="x0:c2"), "spans_to_lie_inside_parent", "x0:c2", "not enclose"),
        (deeper, "spans_to_lie_inside_parent", "x0:c9", "nested deeper than 2"),
        (change("claims", 0, segments=[]), "spans_to_be_hull_of_segments", "x0:c0", "has no segments"),
        (segment(2, 1, end=60), "spans_to_be_hull_of_segments", "x0:c2", "not the hull"),
        (segment(2, 1, surface="owed"), "spans_to_quote_text", "x0:c2 segments[1]", "surface is not"),
        (segment(2, 0, surface="the mill "), "spans_to_have_clean_edges", "x0:c2 segments[0]", "blank"),
        (segment(2, 0, source_end=57), "spans_to_map_to_source", "x0:c2 segments[0]", "offset map"),
        (segment(2, 0, end=999), "spans_to_lie_inside_text", "x0:c2 segments[0]", "outside text"),
        (swap_segments, "spans_to_follow_one_another", "x0:c2 segments[1]", "out of order"),
        (segment(2, 0, of="cue", surface="says"), "spans_to_quote_text", "x0:c2 cue[0]", "surface is not"),
        (change("claims", 0, polarity="both"), "values_to_be_labels", "x0:c0", "'both'"),
        (change("claims", 0, object_id="nobody"), "references_to_resolve", "x0:c0", "object_id"),
        (change("claims", 0, verifiable=None), "columns_to_be_filled", "x0:c0", "verifiable is missing"),
        (
            change("claims", 1, attribution_id=None),
            "claims_to_follow_attributions", "x0:c1", "claimer_id is not author",
        ),
        (change("claims", 1, attribution_id="x0:a9"), "claims_to_follow_attributions", "x0:c1", "not among"),
        (change("claims", 1, claimer_id="mill"), "claims_to_follow_attributions", "x0:c1", "not the source"),
        (change("claims", 3, attribution_id="x0:a0"), "claims_to_follow_attributions", "y0:c3", "another article"),
        (
            change("claims", 0, attribution_id="x0:a0", claimer_id="acme"),
            "claims_to_follow_attributions", "x0:c0", "stands elsewhere",
        ),
        (change("claims", 1, claimer_chain=["acme"]), "chains_to_lead_to_claimer", "x0:c1", "begin with author"),
        (change("claims", 1, claimer_chain=["author"]), "chains_to_lead_to_claimer", "x0:c1", "not end with"),
        (
            change("claims", 1, claimer_chain=["author", "bank", "acme"]),
            "chains_to_lead_to_claimer", "x0:c1", "unknown entity",
        ),
        (change("claims", 1, check_worthiness=1), "flags_to_follow_grades", "x0:c1", "does not follow"),
        (change("claims", 1, decontextualised="Rent"), "texts_to_end_in_full_stop", "x0:c1", "full stop"),
        (segment(1, 0, of="amounts", currency="COIN"), "currencies_to_be_iso4217", "x0:c1 amounts[0]", "'COIN'"),
    ],
    "attributions": [
        (change("attributions", 0, surface="rent"), "spans_to_quote_text", "x0:a0", "not what text says"),
        (shift("attributions", 0, "source_end"), "spans_to_map_to_source", "x0:a0", "offset map"),
        (change("attributions", 0, surface="the mill "), "spans_to_have_clean_edges", "x0:a0", "blank"),
        (change("attributions", 0, attribution_type="Say"), "values_to_be_labels", "x0:a0", "'Say'"),
        (change("attributions", 0, source_id="bank"), "references_to_resolve", "x0:a0", "source_id"),
        (
            lambda rows: rows["sentences"][1].update(zone="heading"),
            "spans_to_stand_in_zones", "x0:a0", "stands outside title, body",
        ),
        (
            nested("attributions", 0, "content", 0, end=40),
            "spans_to_be_hull_of_segments", "x0:a0", "not the hull",
        ),
        (over_two_sentences, "spans_to_lie_inside_one_sentence", "x0:a0 cue[0]", "beyond its sentence"),
        (
            nested("attributions", 0, "source", 0, source_end=140),
            "spans_to_avoid_removals", "x0:a0 source[0]", "was removed",
        ),
    ],
    "time_expressions": [
        (change("time_expressions", 0, surface="May"), "spans_to_quote_text", "x0:t0", "not what text says"),
        (shift("time_expressions", 0, "source_end"), "spans_to_map_to_source", "x0:t0", "offset map"),
        (change("time_expressions", 0, surface="May 2 "), "spans_to_have_clean_edges", "x0:t0", "blank"),
        (
            change("time_expressions", 0, sentence_id="x0:s0"),
            "spans_to_lie_inside_sentence", "x0:t0", "beyond its sentence",
        ),
        (change("time_expressions", 0, mod="ROUGHLY"), "values_to_be_labels", "x0:t0", "'ROUGHLY'"),
        (change("time_expressions", 0, anchor="x0:t9"), "references_to_resolve", "x0:t0", "anchor"),
        (change("time_expressions", 0, edtf="2020-13-45"), "edtf_to_parse", "x0:t0", "'2020-13-45' is no date"),
        (change("time_expressions", 0, edtf="soon"), "edtf_to_parse", "x0:t0", "'soon' is no date"),
        (change("time_expressions", 0, value="May 2"), "timex_values_to_be_well_formed", "x0:t0", "'May 2'"),
        (change("time_expressions", 0, value="P9D"), "timex_values_to_be_well_formed", "x0:t0", "of a DATE"),
        (shift("time_expressions", 0, "end", by=-1), "times_to_match_mentions", "x0:t0", "no DATE or TIME"),
        (drop("time_expressions", 0), "times_to_match_mentions", "", "“May 2” [28,33) of x0 has no time"),
        (
            lambda rows: rows["time_expressions"].append(rows["time_expressions"][0] | {"time_id": "x0:t1"}),
            "times_to_match_mentions", "x0:t1", "the same span",
        ),
    ],
    "propositions": [
        (change("propositions", 0, canonical="Suing"), "texts_to_end_in_full_stop", "p1", "full stop"),
        (
            change("propositions", 0, claim_ids=["x0:c0"], article_ids=["x0"]),
            "propositions_to_hold_members", "p1", "fewer than two",
        ),
        (
            change("propositions", 0, claim_ids=["x0:c0", "y0:c9"]),
            "propositions_to_hold_members", "p1", "an unknown claim",
        ),
        (two_propositions, "propositions_to_hold_members", "p2", "a member twice"),
        (change("propositions", 0, article_ids=["x0"]), "propositions_to_hold_members", "p1", "not the articles"),
    ],
    "relations": [
        (change("relations", 0, claim_b="y0:c9"), "references_to_resolve", "x0:c0+y0:c3", "claim_b is not"),
        (change("relations", 0, text_a="Rain."), "pairs_to_repeat_claims", "x0:c0+y0:c3", "text_a is not"),
        (change("relations", 0, split_b="dev"), "values_to_be_labels", "x0:c0+y0:c3", "'dev' is not one of"),
        (change("relations", 0, claim_type_b="denial"), "pairs_to_repeat_claims", "x0:c0+y0:c3", "claim_type_b"),
        (change("relations", 0, relation="similar"), "values_to_be_labels", "x0:c0+y0:c3", "'similar'"),
        (relate(5, "y0:c3", "x0:c0", "equivalent"), "pairs_to_be_stored_once", "x0:c0+y0:c3", "another row too"),
        (relate(5, "y0:c3", "x0:c2", "none"), "pairs_to_be_stored_once", "y0:c3+x0:c2", "the earlier claim"),
        (relate(5, "x0:c2", "x0:c2", "none"), "pairs_to_be_stored_once", "x0:c2+x0:c2", "a claim to itself"),
        (
            change("relations", 1, strict=None),
            "relations_to_explain_themselves", "x0:c0+y0:c4", "strict is given exactly",
        ),
        (
            change("relations", 2, conflict_type="numeric"),
            "relations_to_explain_themselves", "x0:c1+x0:c0", "conflict_type is given exactly",
        ),
        (change("relations", 4, note=None), "relations_to_explain_themselves", "x0:c1+y0:c4", "without a note"),
        (
            change("relations", 5, relation="refines"),
            "relations_to_explain_themselves", "x0:c2+y0:c4", "sampled, but not none",
        ),
        (
            change("relations", 0, relation="refines"),
            "relations_to_agree_with_propositions", "x0:c0+y0:c3", "not equivalent",
        ),
        (
            relate(5, "x0:c2", "y0:c4", "equivalent"),
            "relations_to_agree_with_propositions", "x0:c2+y0:c4", "no proposition holds both",
        ),
        # c0 = c3 and c3 = c4, but c0 contradicts c4.
        (
            relate(4, "y0:c3", "y0:c4", "equivalent"),
            "relations_to_be_consistent", "x0:c0+y0:c4", "a chain of equivalent claims joins them",
        ),
        # c1 refines c0 = c3, which refines c1.
        (
            relate(5, "y0:c3", "x0:c1", "refines"),
            "relations_to_be_consistent", "y0:c3+x0:c1", "refines goes in a circle",
        ),
        # c0 = c3; c0 refines c1, which strictly contradicts c3.
        (
            in_turn(relate(2, "x0:c0", "x0:c1", "refines"), relate(1, "x0:c1", "y0:c3", "contradicts")),
            "relations_to_be_consistent", "x0:c0+x0:c1", "equivalent to its claims have another relation",
        ),
        # c0 = c3; c3 refines c4, which strictly contradicts c0.
        (
            relate(5, "y0:c3", "y0:c4", "refines"),
            "relations_to_be_consistent", "x0:c0+y0:c4", "equivalent to its claims have another relation",
        ),
        # c2 refines c4, and c1, which refines c0; c0 strictly contradicts c4.
        (
            in_turn(relate(4, "x0:c2", "x0:c1", "refines"), relate(5, "x0:c2", "y0:c4", "refines")),
            "relations_to_be_consistent", "x0:c0+y0:c4", "strict, but a claim entails both",
        ),
        # c5 supersedes c2 supersedes c1 supersedes c5.
        (
            in_turn(relate(4, "x0:c1", "y0:c5", "supersedes"), relate(5, "x0:c2", "x0:c1", "supersedes")),
            "relations_to_be_consistent", "x0:c1+y0:c5", "supersedes goes in a circle: x0:c1 → y0:c5 → x0:c2 → x0:c1",
        ),
    ],
    "citations": [
        (change("citations", 0, position=0), "positions_to_match_source", "x0:n0", "position is not"),
        (change("citations", 0, url="https://b"), "citations_to_match_references", "x0:n0", "its url"),
        (change("citations", 0, marker="[2]"), "citations_to_match_references", "x0:n0", "its marker is"),
        (change("removals", 0, reason="credit"), "citations_to_match_references", "x0:n0", "as one"),
        (change("citations", 0, source_end=999), "spans_to_lie_inside_text", "x0:n0", "source_text"),
    ],
    "removals": [
        (change("removals", 0, rule=""), "columns_to_be_filled", "x0:r0", "rule is missing"),
        (change("removals", 0, reason="dull"), "values_to_be_labels", "x0:r0", "'dull' is not one of"),
        (change("removals", 0, text=" [2]"), "spans_to_quote_text", "x0:r0", "source_text says there"),
        (change("removals", 0, position=3), "positions_to_match_source", "x0:r0", "position is not"),
        (shift("removals", 2, "source_start", by=-4), "spans_to_follow_one_another", "x0:r2", "overlaps"),
        (change("removals", 1, repeats_source_start=None), "repetitions_to_repeat", "x0:r1", "not say"),
        (change("removals", 1, repeats_source_end=9), "repetitions_to_repeat", "x0:r1", "the same"),
        (
            change("removals", 2, repeats_source_start=0, repeats_source_end=14),
            "repetitions_to_repeat", "x0:r2", "is no repetition",
        ),
    ],
    "ledger": [
        (change("ledger", 0, status="lost"), "values_to_be_labels", "x0", "'lost'"),
        (change("ledger", 3, status="kept"), "ledger_to_balance", "z0", "not among the articles"),
        (change("ledger", 2, status="removed"), "ledger_to_balance", "y0", "is among the articles"),
        (change("ledger", 3, reason=None), "ledger_to_balance", "z0", "its reason is missing"),
        (change("ledger", 3, canonical_id="z9"), "ledger_to_balance", "z0", "canonical_id"),
        (change("ledger", 3, article_id="y0"), "column_values_to_be_unique", "y0", "breaks"),
        (drop("ledger", 0), "ledger_to_balance", "", "x0 is published, but has no row"),
        (drop("ledger", 3), "ledger_to_balance", "", "4 came in, but 3 were kept and 0 were removed"),
    ],
}  # fmt: skip


def test_a_valid_corpus_meets_every_expectation() -> None:
    report = report_on(valid_rows())
    assert ProblemsFound(report.problems()).problems == ()
    assert report.ok
    assert {table.table: table.rows for table in report.tables}["claims"] == 6
    assert all(table.expectations >= 4 for table in report.tables)


@pytest.mark.parametrize(
    ("table", "breakage", "expectation", "row_id", "says"),
    [(table, *case) for table, cases in BROKEN.items() for case in cases],
    ids=[f"{table}-{case[1]}-{case[3]}" for table, cases in BROKEN.items() for case in cases],
)
def test_a_broken_row_is_named(
    table: str, breakage: Callable[[Rows], None], expectation: str, row_id: str, says: str
) -> None:
    rows = valid_rows()
    breakage(rows)
    report = run_one_suite(table, rows)
    assert not report.ok
    named = [failure for failure in report.failures if failure.expectation == f"expect_{expectation}"]
    assert any(failure.row_id == row_id and says in failure.what for failure in named), report.failures
    assert all(failure.fix for failure in named)


def test_every_expectation_of_the_suites_is_broken_by_a_test() -> None:
    for suite in read_suites(SUITES, BROKEN):
        types = {expectation.type for expectation in suite.expectations}
        broken = {f"expect_{case[1]}" for case in BROKEN[suite.table]}
        untested = types - broken - SEEN_ELSEWHERE
        assert not untested, f"{suite.table}: {sorted(untested)}"


def test_an_empty_table_fails_where_there_must_be_rows() -> None:
    rows = valid_rows()
    rows["claims"] = []
    failures = report_on(rows).failures
    assert any(f.table == "claims" and "row_count" in f.expectation and "found 0" in f.what for f in failures)


def test_tables_that_an_article_may_lack_may_be_empty() -> None:
    rows = valid_rows()
    for table in ("citations", "removals", "propositions", "relations"):
        rows[table] = []
    for table in rows:
        rows[table] = [row for row in rows[table] if row["article_id"] != "x0"]
    assert ProblemsFound(report_on(rows, Context(frozenset({"river", "mill"}), 3)).problems()).problems == ()


def test_no_entity_list_means_the_entities_that_are_mentioned() -> None:
    rows = valid_rows()
    assert report_on(rows, Context()).ok
    rows["claims"][1]["claimer_id"] = "landlord"
    assert {f.row_id for f in report_on(rows, Context()).failures} == {"x0:c1"}


def test_a_failure_reads_as_a_line_with_article_span_quote_and_cure() -> None:
    rows = valid_rows()
    rows["claims"][0]["surface"] = "The mill paid"
    (problem,) = [problem for problem in report_on(rows).problems() if problem.file == "claims"]
    assert str(problem) == (
        "claims: x0 [0,13): x0:c0 “The mill paid”: its surface is not what text says there\n"
        "    → anchor the span again: text[start:end] must be its quoted text"
    )


def test_examples_are_capped_and_all_rows_are_counted() -> None:
    rows = valid_rows()
    for sentence in rows["sentences"]:
        sentence["zone"] = "nowhere"
    report = report_on(rows, examples=2)
    outcome = next(o for t in report.tables for o in t.outcomes if o.failed and o.table == "sentences")
    assert (outcome.failed, len(outcome.failures)) == (6, 2)
    assert any("4 more rows fail in the same way (6 in all)" in problem.what for problem in report.problems())


def test_rows_of_one_article_need_not_stand_together() -> None:
    rows = valid_rows()
    for table in ("entities", "claims"):
        rows[table] = rows[table][::-1]
    assert report_on(rows).ok
