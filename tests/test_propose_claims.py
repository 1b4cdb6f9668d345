"""Attributions and claims by the cue lexicon, and how they are linked to one another and to entities."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from allegata.models.lexicon import attributions, languages
from allegata.propose.coverage import gap_notes, gaps
from allegata.propose.entities import Entities
from allegata.propose.learned import Entity
from allegata.propose.proposers import Context, ModelOptions, Proposers, rule_proposers
from allegata.propose.records import propose
from allegata.schema.scheme import default_scheme
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

Row = dict[str, Any]


def records(text: str, kind: str, models: Proposers | None = None, language: str = "en") -> list[Row]:
    found = propose(text, OffsetMap.without([], len(text)), models or rule_proposers(), context=Context(language))
    return [record for record in found.records if record["record"] == kind]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Zoe said that the tower fell.", ("Zoe", "said", "that the tower fell")),
        ("en", "“The tower fell,” said Zoe Quill, who saw it.", ("Zoe Quill", "said", "“The tower fell,”")),
        ("en", "The tower fell, the firm said.", ("the firm", "said", "The tower fell")),
        ("en", "According to Paris, the tower fell.", ("Paris", "According to", "the tower fell")),
        ("de", "Die Firma erklärte, der Turm sei gefallen.", ("Die Firma", "erklärte", "der Turm sei gefallen")),
        ("de", "„Der Turm fiel“, sagte ein Sprecher.", ("ein Sprecher", "sagte", "„Der Turm fiel“")),
        ("de", "Laut Bundesamt ist der Turm gefallen.", ("Bundesamt", "Laut", "ist der Turm gefallen")),
        ("fr", "Selon l’agence, la tour est tombée.", ("l’agence", "Selon", "la tour est tombée")),
        ("fr", "La société affirme que la tour tombe.", ("La société", "affirme", "que la tour tombe")),
        ("es", "La empresa dijo que la torre cayó.", ("La empresa", "dijo", "que la torre cayó")),
        ("it", "Secondo la ditta, la torre è caduta.", ("la ditta", "Secondo", "la torre è caduta")),
        ("nl", "Het bedrijf zei dat de toren viel.", ("Het bedrijf", "zei", "dat de toren viel")),
        ("pt", "A empresa disse que a torre caiu.", ("A empresa", "disse", "que a torre caiu")),
    ],
)
def test_source_cue_and_content_in_the_words_of_each_language(
    language: str, text: str, expected: tuple[str, str, str]
) -> None:
    [found] = attributions(text, language, inverted=True)
    assert tuple(found[role].quote(text) for role in ("source", "cue", "content")) == expected


def test_the_table_has_every_language_of_the_lexicon() -> None:
    assert languages() == ("de", "en", "es", "fr", "it", "nl", "pt")
    assert attributions("Zoe said it.", "sv", inverted=True) == []


def test_an_unlearned_claim_has_the_default_type_of_the_scheme_else_its_neutral_one_else_the_first() -> None:
    scheme = default_scheme()
    types = scheme.records["claim"]["claim_type"]
    own, bare = (
        replace(scheme, records={**scheme.records, "claim": {"claim_type": changed}})
        for changed in (replace(types, default="opinion"), replace(types, roles={}))
    )
    for used, expected in ((scheme, "reported_fact"), (own, "opinion"), (bare, "allegation")):
        models = rule_proposers(ModelOptions(scheme=used))
        [claim] = records("The mill said that the kettle burned them.", "claim", models)
        assert claim["claim_type"] == expected
        assert repr(expected) in models.models


def test_a_claim_has_the_attribution_that_it_stands_in_and_its_source_even_an_unknown_one() -> None:
    text = "The two customers said that the kettle burned them."
    [attribution], [claim] = records(text, "attribution"), records(text, "claim")
    assert attribution["source_id"] == "two-customers"
    assert claim["attribution_id"] == attribution["id"]
    assert claim["claimer_id"] == attribution["source_id"]
    assert claim["claimer_chain"] == ["author", attribution["source_id"]]


def test_a_source_that_no_mention_names_is_an_entity_of_its_own() -> None:
    text = "A spokesman said that the kettle is safe."
    found = propose(text, OffsetMap.without([], len(text)), rule_proposers(), context=Context("en"))
    [attribution] = [record for record in found.records if record["record"] == "attribution"]
    assert found.sources == {"spokesman": attribution["source"][0]}


def test_nested_claims_name_their_parent_and_all_who_speak_outermost_first() -> None:
    text = "Alfa said that Bravo denied that the tower fell."

    class Fixed(Proposers):
        def claim_spans(self, text: str, language: str) -> list[Span]:
            return [Span(15, 47), Span(33, 47)]

    def attributed(text: str, language: str) -> list[dict[str, Span]]:
        return [
            {"source": Span(0, 4), "cue": Span(5, 9), "content": Span(10, 47)},
            {"source": Span(15, 20), "cue": Span(21, 27), "content": Span(28, 47)},
        ]

    models = rule_proposers()
    others = {f.name: getattr(models, f.name) for f in fields(Proposers) if f.name != "attributions"}
    fixed = Fixed(**others, attributions=attributed)
    outer, inner = records(text, "claim", fixed)
    assert (outer["parent_id"], outer["attribution_id"], outer["claimer_chain"]) == (None, "a001", ["author", "alfa"])
    assert (inner["parent_id"], inner["attribution_id"]) == ("c001", "a002")
    assert inner["claimer_chain"] == ["author", "alfa", "bravo"]


def test_what_is_not_proposed_in_a_language_is_said_in_words() -> None:
    models = rule_proposers()
    assert gaps("en", "The tower fell.", models) == []
    [japanese] = gap_notes([("a1", "ja", "塔が倒れた。")], models)
    assert japanese.startswith("ja (Japanese), a1: no names but those of the register")
    assert "no attributions: the cue lexicon has de, en, es" in japanese
    assert "no claims: no gold in this language to learn from" in japanese
    [many] = gap_notes([(f"a{number}", "und", "x") for number in range(9)], models)
    assert many.startswith("an undetermined language, a0, a1, a2 and 6 more articles: no month names")


def test_a_telephone_number_is_no_mention() -> None:
    text = "Call 0800 555 0199 about £39."
    assert [r["segments"][0].quote(text) for r in records(text, "mention")] == ["£39"]


def test_a_surname_is_who_was_named_in_full_before() -> None:
    text = "They met Adam Quill there. The firm of Quill said that it rained."
    people = [r["entity_id"] for r in records(text, "mention") if r["label"] == "PERSON"]
    assert people == ["adam-quill", "adam-quill"]


@pytest.mark.parametrize("register", [{}, {"adam-quill": Entity("adam-quill", "PERSON")}])
def test_a_surname_is_who_was_named_in_full_before_whether_the_register_has_them_or_not(
    register: dict[str, Entity],
) -> None:
    entities = Entities({}, register)
    ids = [entities.named(name, "PERSON").id for name in ("Adam Quill", "Quill", "Zoe Hart", "Hart", "Adam Quill")]
    assert ids == ["adam-quill", "adam-quill", "zoe-hart", "zoe-hart", "adam-quill"]


def test_a_surname_of_two_who_were_named_is_somebody_new() -> None:
    entities = Entities({}, {"adam-quill": Entity("adam-quill", "PERSON")})
    ids = [entities.named(name, "PERSON").id for name in ("Adam Quill", "Eve Quill", "Quill")]
    assert ids == ["adam-quill", "eve-quill", "quill"]


def test_the_entity_of_a_source_is_named_without_its_article() -> None:
    [attribution] = records("Das Unternehmen erklärte, der Griff sei sicher.", "attribution", language="de")
    assert attribution["source_id"] == "unternehmen"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "They met Adam Quill there. He said that it rained."),
        ("de", "Anna Weber leitet das Werk. Sie sagte, dass es regnet."),
        ("de", "Adam Weber leitet das Werk. Er sagte, dass es regnet."),
        ("fr", "Le client a vu hier Anna Weber au bureau. Elle affirme que la tour tombe."),
        ("nl", "De klant zag daar gisteren Adam Weber. Hij zei dat de toren viel."),
    ],
)
def test_a_pronoun_that_speaks_is_who_was_named_before(language: str, text: str) -> None:
    [attribution] = records(text, "attribution", language=language)
    assert attribution["source_id"] in ("adam-quill", "anna-weber", "adam-weber")


def test_a_pronoun_that_speaks_for_nobody_is_no_entity_and_its_claims_are_unnamed() -> None:
    for language, text in (("en", "He said that it rained."), ("de", "Er sagte, dass es regnet.")):
        [attribution] = records(text, "attribution", language=language)
        assert attribution["source_id"] is None
        assert {claim["claimer_id"] for claim in records(text, "claim", language=language)} == {"unnamed"}


def test_a_region_of_a_language_changes_nothing() -> None:
    text = "Der Hersteller Alfa rief am 3. März 2024 Geräte für 3 Mio. Euro zurück. Anna Weber sagte, dass es regnet."
    for kind in ("mention", "attribution", "claim", "time"):
        assert records(text, kind, language="de-AT") == records(text, kind, language="de") != []
    assert gaps("de-AT", text, rule_proposers()) == gaps("de", text, rule_proposers()) == []


def test_nothing_is_read_as_english_where_no_language_is_known() -> None:
    text = "Zoe said that the tower fell."
    found = propose(text, OffsetMap.without([], len(text)), rule_proposers()).records
    assert {record["record"] for record in found} <= {"mention"}
