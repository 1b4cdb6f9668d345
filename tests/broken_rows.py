"""Rows of a valid corpus, each broken in one way: the articles, and the tables about their text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from validate_corpus import Rows


def change(table: str, row: int, **values: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[table][row].update(values)


def shift(table: str, row: int, *columns: str, by: int = 1) -> Callable[[Rows], None]:
    def shifted(rows: Rows) -> None:
        for column in columns:
            rows[table][row][column] += by

    return shifted


def drop(table: str, row: int) -> Callable[[Rows], None]:
    return lambda rows: rows[table].pop(row) and None


def nested(table: str, row: int, column: str, number: int, **values: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[table][row][column][number].update(values)


def move_article(rows: Rows) -> None:
    for table in rows:
        for row in rows[table]:
            if row.get("article_id") == "x1" and "split" in row:
                row["split"] = "test"


def equal_texts(rows: Rows) -> None:
    text = rows["articles"][1]["text"]
    rows["articles"][2] |= {"text": text.upper(), "source_text": text.upper()}


def span_over_teaser(rows: Rows) -> None:
    """A sentence that reaches from the first to the last block, over a removed line."""
    end = rows["removals"][1]["source_end"]
    rows["sentences"][2]["source_end"] = end


def offsets_in_order(rows: Rows) -> None:
    rows["sentences"][0], rows["sentences"][1] = rows["sentences"][1], rows["sentences"][0]


def kept_twice(rows: Rows) -> None:
    rows["articles"][0]["offset_map"][1] |= {"source_start": rows["articles"][0]["offset_map"][1]["source_start"] - 2}


# For every table: what is broken, the expectation that must object, the id of the row, a part of its words.
Broken = dict[str, list[tuple[Callable[[Rows], None], str, str, str]]]
BROKEN_TEXT: Broken = {
    "articles": [
        (change("articles", 0, language=None), "columns_to_be_filled", "x0", "language is missing"),
        (change("articles", 1, annotated=None), "columns_to_be_filled", "x1", "annotated is missing"),
        (change("articles", 0, sha256=""), "columns_to_be_filled", "x0", "sha256 is missing"),
        (change("articles", 1, article_id="x0"), "column_values_to_be_unique", "x0", "breaks"),
        (change("articles", 2, split="dev"), "values_to_be_labels", "y0", "'dev' is not one of"),
        (move_article, "same_split_within", "x0", "another article of its cluster_id"),
        (equal_texts, "same_split_for_equal_texts", "y0", "an article with the same text"),
        (drop("removals", 2), "source_to_be_accounted_for", "x0", "neither kept nor removed"),
        (change("articles", 0, tags=None), "tags_to_be_listed", "x0", "are null"),
        (change("articles", 0, tags=["mill", "Mill"]), "tags_to_be_listed", "x0", "occurs twice"),
        (change("articles", 0, tags=[" "]), "tags_to_be_listed", "x0", "blank"),
        (change("articles", 0, confidence=1.01), "column_values_to_be_between", "x0", "breaks"),
        (change("articles", 1, confidence=-0.5), "column_values_to_be_between", "x1", "breaks"),
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
        (change("sentences", 3, is_claim=False), "flags_to_match_claims", "x1:s0", "its article is not annotated"),
        (change("sentences", 0, is_claim=None), "flags_to_match_claims", "x0:s0", "null, but its article is annotated"),
        (change("sentences", 2, is_claim=True), "flags_to_match_claims", "x0:s2", "no claim stands"),
        (change("sentences", 0, is_claim=False), "flags_to_match_claims", "x0:s0", "but a claim stands"),
        (change("sentences", 0, text=" The mill sued."), "spans_to_have_clean_edges", "x0:s0", "blank"),
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
        (change("removals", 0, fills="weather"), "values_to_be_labels", "x0:r0", "'weather' is not one of"),
        (change("removals", 0, fills="title"), "lifted_values_to_be_quoted", "x0:r0", "that its fills names"),
        (change("removals", 2, fills="tags"), "lifted_values_to_be_quoted", "x0:r2", "that its fills names"),
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
        (change("ledger", 3, similarity=None), "copies_to_be_measured", "z0", "without the other"),
        (change("ledger", 3, similarity=1.5), "copies_to_be_measured", "z0", "not between 0 and 1"),
        (change("ledger", 3, passage_end=0), "copies_to_be_measured", "z0", "empty or reversed"),
        (change("ledger", 0, passage_start=0, passage_end=4), "copies_to_be_measured", "x0", "a passage without"),
        (change("ledger", 3, article_id="y0"), "column_values_to_be_unique", "y0", "breaks"),
        (drop("ledger", 0), "ledger_to_balance", "", "x0 is published, but has no row"),
        (drop("ledger", 3), "ledger_to_balance", "", "4 came in, but 3 were kept and 0 were removed"),
    ],
}  # fmt: skip
