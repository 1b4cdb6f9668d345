"""Rows of a valid corpus, each broken in one way: the tables of annotation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from broken_rows import Broken, change, drop, nested, shift
from validate_corpus import Rows


def segment(row: int, number: int, *, of: str = "segments", **values: Any) -> Callable[[Rows], None]:
    return nested("claims", row, of, number, **values)


def over_two_sentences(rows: Rows) -> None:
    """The cue reaches from the second sentence into the third."""
    piece, third = rows["attributions"][0]["cue"][0], rows["sentences"][2]
    piece.update(end=third["start"] + 3, source_end=third["source_start"] + 3)


def two_propositions(rows: Rows) -> None:
    rows["propositions"].append(rows["propositions"][0] | {"proposition_id": "p2"})


def swap_segments(rows: Rows) -> None:
    rows["claims"][2]["segments"].reverse()


def deeper(rows: Rows) -> None:
    rows["claims"].append(rows["claims"][2] | {"claim_id": "x0:c8", "parent_id": "x0:c2"})
    rows["claims"].append(rows["claims"][2] | {"claim_id": "x0:c9", "parent_id": "x0:c8"})


def marker_at_edge(rows: Rows) -> None:
    rows["entities"][3]["surface"] += " [2]"


def heading(rows: Rows) -> None:
    rows["sentences"][0]["zone"] = "heading"


BROKEN_ANNOTATION: Broken = {
    "entity_register": [
        (change("entity_register", 0, label="BANK"), "values_to_be_labels", "acme", "'BANK' is not one of"),
        (change("entity_register", 1, entity_id="acme"), "column_values_to_be_unique", "acme", ""),
    ],
    "entities": [
        (change("articles", 0, annotated=False), "rows_to_lie_in_annotated_articles", "x0:e0", "not annotated"),
        (shift("entities", 1, "start", "end"), "spans_to_quote_text", "x0:e1", "surface is not what"),
        (shift("entities", 1, "start"), "spans_to_map_to_source", "x0:e1", "offset map"),
        (change("entities", 1, surface="Acme\u00a0"), "spans_to_have_clean_edges", "x0:e1", "blank"),
        (marker_at_edge, "spans_to_have_clean_edges", "x0:e3", "citation marker"),
        (change("entities", 1, sentence_id="x0:s0"), "spans_to_lie_inside_sentence", "x0:e1", "beyond"),
        (change("entities", 1, sentence_id="y0:s0"), "spans_to_lie_inside_sentence", "x0:e1", "another"),
        (change("entities", 1, sentence_id="x0:s8"), "references_to_resolve", "x0:e1", "sentence_id"),
        (change("entities", 1, label="BANK"), "attributes_to_follow_scheme", "x0:e1", "'BANK' is not one of"),
        (change("entities", 1, mention_type="X"), "attributes_to_follow_scheme", "x0:e1", "mention_type 'X'"),
        (change("entities", 1, entity_id="acmee"), "references_to_resolve", "x0:e1", "entity_id"),
        (change("entities", 1, entity_id=None), "entities_unless_values", "x0:e1", "has no entity_id"),
        (change("entities", 1, wikidata_status="maybe"), "values_to_be_labels", "x0:e1", "'maybe'"),
        (change("entities", 2, entity_id="mill"), "entities_unless_values", "x0:e2", "is a value"),
    ],
    "claims": [
        (change("articles", 0, annotated=False), "rows_to_lie_in_annotated_articles", "x0:c0", "not annotated"),
        (change("claims", 0, claim_type="rumour"), "attributes_to_follow_scheme", "x0:c0", "'rumour'"),
        (change("claims", 0, claimer_id="nobody"), "references_to_resolve", "x0:c0", "claimer_id"),
        (change("claims", 0, sentence_id="x0:s1"), "spans_to_lie_inside_sentence", "x0:c0", "reaches beyond"),
        (heading, "spans_to_stand_in_zones", "x0:c0", "stands outside title, body"),
        (change("claims", 2, parent_id="x0:c7"), "spans_to_lie_inside_parent", "x0:c2", "not known"),
        (change("claims", 2, parent_id="x0:c0"), "spans_to_lie_inside_parent", "x0:c2", "not enclose"),
        (change("claims", 2, parent_id="y0:c3"), "spans_to_lie_inside_parent", "x0:c2", "not enclose"),
        (change("claims", 2, parent_id="x0:c2"), "spans_to_lie_inside_parent", "x0:c2", "not enclose"),
        (deeper, "spans_to_lie_inside_parent", "x0:c9", "nested deeper than 3"),
        (change("claims", 0, segments=[]), "spans_to_be_hull_of_segments", "x0:c0", "has no segments"),
        (segment(2, 1, end=60), "spans_to_be_hull_of_segments", "x0:c2", "not the hull"),
        (segment(2, 1, surface="owed"), "spans_to_quote_text", "x0:c2 segments[1]", "surface is not"),
        (segment(2, 0, surface="the mill "), "spans_to_have_clean_edges", "x0:c2 segments[0]", "blank"),
        (segment(2, 0, source_end=57), "spans_to_map_to_source", "x0:c2 segments[0]", "offset map"),
        (segment(2, 0, end=999), "spans_to_lie_inside_text", "x0:c2 segments[0]", "outside text"),
        (swap_segments, "spans_to_follow_one_another", "x0:c2 segments[1]", "out of order"),
        (segment(2, 0, of="cue", surface="says"), "spans_to_quote_text", "x0:c2 cue[0]", "surface is not"),
        (change("claims", 0, polarity="both"), "attributes_to_follow_scheme", "x0:c0", "'both'"),
        (change("claims", 0, polarity=None), "attributes_to_follow_scheme", "x0:c0", "polarity is missing"),
        (change("claims", 0, check_worthiness=7), "attributes_to_follow_scheme", "x0:c0", "7 is not one of 0, 1, 2"),
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
        (change("claims", 1, marked=1), "passes_to_be_counted", "x0:c1", "does not count its passes"),
        (change("claims", 1, marked=None), "passes_to_be_counted", "x0:c1", "does not count its passes"),
        (change("claims", 1, passes=[], marked=0), "passes_to_be_counted", "x0:c1", "more votes"),
        (change("claims", 1, decontextualised="Rent"), "texts_to_end_in_full_stop", "x0:c1", "full stop"),
    ],
    "attributions": [
        (change("articles", 0, annotated=False), "rows_to_lie_in_annotated_articles", "x0:a0", "not annotated"),
        (change("attributions", 0, surface="rent"), "spans_to_quote_text", "x0:a0", "not what text says"),
        (shift("attributions", 0, "source_end"), "spans_to_map_to_source", "x0:a0", "offset map"),
        (change("attributions", 0, surface="the mill "), "spans_to_have_clean_edges", "x0:a0", "blank"),
        (change("attributions", 0, attribution_type="Say"), "attributes_to_follow_scheme", "x0:a0", "'Say'"),
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
        (change("articles", 0, annotated=False), "rows_to_lie_in_annotated_articles", "x0:t0", "not annotated"),
        (change("time_expressions", 0, surface="May"), "spans_to_quote_text", "x0:t0", "not what text says"),
        (shift("time_expressions", 0, "source_end"), "spans_to_map_to_source", "x0:t0", "offset map"),
        (change("time_expressions", 0, surface="May 2 "), "spans_to_have_clean_edges", "x0:t0", "blank"),
        (
            change("time_expressions", 0, sentence_id="x0:s0"),
            "spans_to_lie_inside_sentence", "x0:t0", "beyond its sentence",
        ),
        (change("time_expressions", 0, mod="ROUGHLY"), "attributes_to_follow_scheme", "x0:t0", "'ROUGHLY'"),
        (change("time_expressions", 0, anchor="x0:t9"), "references_to_resolve", "x0:t0", "anchor"),
        (change("time_expressions", 0, edtf="2020-13-45"), "edtf_to_parse", "x0:t0", "'2020-13-45' is a day that the"),
        (change("time_expressions", 0, edtf="2023-02-29"), "edtf_to_parse", "x0:t0", "the calendar does not have"),
        (change("time_expressions", 0, edtf="2024/2023"), "edtf_to_parse", "x0:t0", "ends before it begins"),
        (change("time_expressions", 0, edtf="soon"), "edtf_to_parse", "x0:t0", "'soon' is no date"),
        (change("time_expressions", 0, value="May 2"), "timex_values_to_be_well_formed", "x0:t0", "'May 2'"),
        (change("time_expressions", 0, value="2023-02-29"), "timex_values_to_be_well_formed", "x0:t0", "a day that"),
        (change("time_expressions", 0, value="2023-W53"), "timex_values_to_be_well_formed", "x0:t0", "a week that"),
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
        (change("propositions", 0, article_ids=["x0"]), "propositions_to_hold_members", "p1", "not those of its"),
    ],
    "disputes": [
        (change("disputes", 0, question="Somebody paid."), "texts_to_end_in_question_mark", "d1", "question mark"),
        (change("disputes", 0, kind="quarrel"), "attributes_to_follow_scheme", "d1", "'quarrel' is not one of"),
        (change("disputes", 0, differs=None), "attributes_to_follow_scheme", "d1", "differs is missing"),
        (change("disputes", 0, level="same"), "disputes_to_have_positions", "d1", "its level does not follow"),
        (change("disputes", 0, claim_ids=["x0:c1"]), "disputes_to_have_positions", "d1", "not those of its positions"),
        (change("disputes", 0, article_ids=["x0"]), "disputes_to_have_positions", "d1", "not those of its claims"),
        (drop("positions", 1), "disputes_to_have_positions", "d1", "fewer than two positions"),
        (change("positions", 3, supersedes=[]), "disputes_to_have_positions", "d2", "none of its positions supersedes"),
    ],
    "positions": [
        (change("positions", 0, dispute_id="d9"), "references_to_resolve", "d1.a", "dispute_id is not among"),
        (change("positions", 0, canonical="Paid"), "texts_to_end_in_full_stop", "d1.a", "full stop"),
        (change("positions", 0, claim_ids=[]), "positions_to_be_taken", "d1.a", "no claim takes it"),
        (change("positions", 0, claim_ids=["x0:c9"]), "positions_to_be_taken", "d1.a", "an unknown claim"),
        (change("positions", 0, claim_ids=["y0:c4"]), "positions_to_be_taken", "d1.b", "takes two positions"),
        (change("positions", 0, claimer_ids=["mill"]), "positions_to_be_taken", "d1.a", "claimer_ids are not those"),
        (change("positions", 0, supersedes=["d2.a"]), "positions_to_supersede_in_order", "d1.a", "no other position"),
        (
            change("positions", 2, supersedes=["d2.b"]),
            "positions_to_supersede_in_order", "d2.a", "goes in a circle: d2.a → d2.b → d2.a",
        ),
    ],
    "relations": [
        (change("relations", 0, claim_b="y0:c9"), "references_to_resolve", "x0:c0+y0:c3", "claim_b is not"),
        (change("relations", 0, text_a="Rain."), "pairs_to_repeat_claims", "x0:c0+y0:c3", "text_a is not"),
        (change("relations", 0, sentence_b="Rain."), "pairs_to_repeat_claims", "x0:c0+y0:c3", "sentence_b is not"),
        (change("relations", 0, claimer_a="mill"), "pairs_to_repeat_claims", "x0:c0+y0:c3", "claimer_a is not"),
        (change("relations", 0, split_b="dev"), "values_to_be_labels", "x0:c0+y0:c3", "'dev' is not one of"),
        (change("relations", 0, claim_type_b="denial"), "pairs_to_repeat_claims", "x0:c0+y0:c3", "claim_type_b"),
        (change("relations", 0, relation="similar"), "pairs_to_be_derived", "x0:c0+y0:c3", "does not follow"),
        (change("relations", 0, origin="dispute"), "pairs_to_be_derived", "x0:c0+y0:c3", "does not follow"),
        (change("relations", 1, differs="numeric"), "pairs_to_be_derived", "x0:c1+y0:c4", "does not follow"),
        (change("relations", 1, dispute_ids=["d2"]), "pairs_to_be_derived", "x0:c1+y0:c4", "does not follow"),
        (change("relations", 1, level=None), "pairs_to_be_derived", "x0:c1+y0:c4", "does not follow"),
        (change("relations", 2, supersedes="a"), "pairs_to_be_derived", "x0:c2+y0:c5", "does not follow"),
        (change("relations", 1, scope="intra"), "pairs_to_be_derived", "x0:c1+y0:c4", "not that of its articles"),
        (change("relations", 1, origin="sampled"), "pairs_to_be_derived", "x0:c1+y0:c4", "it is sampled, but"),
        (change("relations", 3, relation="tension"), "pairs_to_be_derived", "x0:c0+y0:c4", "sampled, but not none"),
        (drop("relations", 1), "pairs_to_be_derived", "", "the pair x0:c1, y0:c4 follows and is not in the table"),
        (
            change("relations", 3, claim_a="y0:c4", claim_b="x0:c0"),
            "pairs_to_be_derived", "x0:c0+y0:c4", "the earlier claim must be",
        ),
        (
            change("relations", 3, claim_a="y0:c5", claim_b="x0:c2"),
            "pairs_to_be_derived", "x0:c0+y0:c4", "the pair is in another row",
        ),
    ],
}  # fmt: skip
