from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from allegata.annotate.records import SPAN_FIELDS, Records
from allegata.measures.matching import LabelledSpan
from allegata.propose import records as proposals
from allegata.propose.entities import entity_slug
from allegata.propose.learned import Entity
from allegata.propose.placement import Sentence
from allegata.propose.proposers import Context, Proposers, train_proposers
from allegata.recipe.proposal_quality import pre_annotation_facts
from allegata.schema.scheme import default_scheme
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span
from test_benchmark_baselines import CORPUS


def propose(*arguments: Any) -> list[dict[str, Any]]:
    return list(proposals.propose(*arguments, context=Context("en")).records)


SOURCE = "AD. Zoe said that the tower fell [3] today.\nAccording to Paris, the tower fell."
REMOVED = [Span(0, 4), Span(32, 36)]


@pytest.fixture(scope="module")
def models() -> Proposers:
    pytest.importorskip("pycrfsuite")
    pytest.importorskip("sklearn")
    return train_proposers(CORPUS)


def test_proposals_are_gold_records_with_source_offsets(models: Proposers) -> None:
    offsets = OffsetMap.without(REMOVED, len(SOURCE))
    records = propose(offsets.apply(SOURCE), offsets, models)
    assert {record["record"] for record in records} == {"mention", "attribution", "claim", "time"}
    for record in records:
        proposed = Records(default_scheme()).proposed(record, SOURCE)
        assert Records(default_scheme()).read(proposed, "")[1] == []
        assert record[SPAN_FIELDS[record["record"]][0]]
    contents = [record["content"][0].quote(SOURCE) for record in records if record["record"] == "attribution"]
    assert contents == ["that the tower fell [3] today", "the tower fell"]
    assert next(r["id"] for r in records if r["record"] == "mention") == "m001"


def test_proposals_are_marked_as_machine_made_with_model_and_version(models: Proposers) -> None:
    annotator = models.annotator
    assert annotator.kind == "model"
    assert "corpus v0" in annotator.description
    assert "attributions by cue-lexicon rules" in annotator.description
    assert "not corrected" in annotator.description


def test_the_same_text_gets_the_same_proposals(models: Proposers) -> None:
    offsets = OffsetMap.without([], len(SOURCE))
    assert propose(SOURCE, offsets, models) == propose(SOURCE, offsets, train_proposers(CORPUS))


def test_entities_in_other_scripts_do_not_become_one() -> None:
    assert entity_slug("müller gmbh") == "muller-gmbh"
    first, second = entity_slug("анна"), entity_slug("пётр")
    assert first != second
    assert first.startswith("unnamed-")


def test_a_name_is_one_without_its_article(models: Proposers) -> None:
    text = "The company, the Alfa Bravo and Charlie left."
    starts = [text.index(quote) for quote in ("The company", "the Alfa Bravo", "Charlie")]
    spans = [
        Span(start, start + len(q))
        for start, q in zip(starts, ("The company", "the Alfa Bravo", "Charlie"), strict=True)
    ]

    class Fixed(Proposers):
        def mentions(self, text: str, context: Context) -> list[LabelledSpan]:
            return [LabelledSpan.of("ORG", span) for span in spans]

    fixed = Fixed(**{field.name: getattr(models, field.name) for field in fields(Proposers)})
    records = propose(text, OffsetMap.without([], len(text)), fixed)
    assert [r["mention_type"] for r in records if r["record"] == "mention"] == ["NOM", "NAM", "NAM"]


def test_an_empty_text_gets_none(models: Proposers) -> None:
    assert propose("", OffsetMap.without([], 0), models) == []


def test_an_article_is_measured_by_models_that_did_not_see_it() -> None:
    pytest.importorskip("pycrfsuite")
    pytest.importorskip("sklearn")
    facts = pre_annotation_facts(CORPUS)
    assert facts == pre_annotation_facts(CORPUS)
    [system] = facts["systems"]
    assert list(system["layers"]) == ["entities", "source", "cue", "content", "claims"]
    assert all(set(layer) == {"exact", "token", "articles"} for layer in system["layers"].values())


def test_a_proposal_keeps_out_of_headings_and_inside_one_sentence(models: Proposers) -> None:
    text = "Zoe said that the tower fell today.\nZoe said that the tower fell today. It rose."
    first, second, third = (Span(0, 35), Span(36, 71), Span(72, 80))

    class Fixed(Proposers):
        def mentions(self, text: str, context: Context) -> list[LabelledSpan]:
            return [LabelledSpan.of("PERSON", span) for span in (Span(0, 3), Span(36, 39), Span(65, 74))]

        def claim_spans(self, text: str, language: str) -> list[Span]:
            return [Span(14, 28), Span(50, 64), Span(50, 79)]

    fixed = Fixed(**{field.name: getattr(models, field.name) for field in fields(Proposers)})
    sentences = [Sentence(first, "heading"), Sentence(second, "body"), Sentence(third, "body")]

    def starts(kind: str, sentences: list[Sentence] | None) -> list[int]:
        records = propose(text, OffsetMap.without([], len(text)), fixed, sentences)
        return [r.get("segments", r.get("content"))[0].start for r in records if r["record"] == kind]

    assert (starts("mention", None), starts("claim", None)) == ([0, 36, 65], [14, 50, 50])
    assert (starts("mention", sentences), starts("claim", sentences)) == ([0, 36], [50])
    assert len(starts("attribution", None)) == 2
    assert all(start in range(*second) for start in starts("attribution", sentences))
    assert starts("attribution", sentences)


def test_dates_are_time_expressions_and_entities_of_the_register_have_its_label(models: Proposers) -> None:
    text = "Delta paid on May 3, 2024."

    class Fixed(Proposers):
        def mentions(self, text: str, context: Context) -> list[LabelledSpan]:
            return [LabelledSpan.of("ORG", Span(0, 5)), LabelledSpan.of("DATE", Span(14, 25))]

    fixed = Fixed(**{field.name: getattr(models, field.name) for field in fields(Proposers)})
    records = propose(text, OffsetMap.without([], len(text)), fixed, None, {"delta": Entity("delta", "GPE")})
    mention, date = (next(r for r in records if r["record"] == kind) for kind in ("mention", "time"))
    assert (mention["entity_id"], mention["label"]) == ("delta", "GPE")
    assert Records(default_scheme()).read(date, "")[1] == []
    assert (date["segments"], date["value"], date["edtf"]) == ([Span(14, 25)], "2024-05-03", "2024-05-03")
