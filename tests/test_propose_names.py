"""Names by rules: capitals, how the story writes a word, countries, the register."""

from __future__ import annotations

import pytest

from allegata.propose.learned import Entity
from allegata.propose.names import Background, find_names
from allegata.propose.proposers import Context, rule_proposers

ENGLISH = """Brightkettle Ltd said on Tuesday that customers in Germany were at risk.
The recall was ordered by the Office for Product Safety. Mr. Adam Quill, who runs Brightkettle, denied it.
Quill said that customers can write to the company. However, the OPS disagreed.
"""
GERMAN = """Der Hersteller Brightkettle ruft den Wasserkocher zurück. Kunden berichteten von einem Brand.
Das Bundesamt für Verbraucherschutz warnt die Kunden in Deutschland. Herr Adam Quill bestreitet das.
"""


def names(text: str, language: str, *others: tuple[str, str], **known: str) -> list[str]:
    background = Background()
    for other in ((text, language), *others):
        background.add(*other)
    found = find_names(text, language, background, known)
    return [f"{span.label}={span.hull.quote(text)}" for span in found]


def test_names_have_the_label_that_the_words_beside_them_say() -> None:
    assert names(ENGLISH, "en") == [
        "ORG=Brightkettle Ltd",
        "GPE=Germany",
        "ORG=Office for Product Safety",
        "PERSON=Adam Quill",
        "ORG=Brightkettle",
        "PERSON=Quill",
        "ORG=OPS",
    ]


def test_the_capital_of_a_sentence_makes_no_name() -> None:
    assert names("Customers complained. The firm listened to customers. However they left.", "en") == []


def test_a_heading_in_capitals_has_only_names_that_the_text_has() -> None:
    text = "Brightkettle Recalls Kettles After Burns\nThe kettles of Brightkettle burned customers."
    assert names(text, "en") == ["ORG=Brightkettle", "ORG=Brightkettle"]


def test_a_german_noun_is_no_name_and_a_name_of_the_story_is_one() -> None:
    found = names(GERMAN, "de", (ENGLISH, "en"))
    assert found == [
        "ORG=Brightkettle",
        "ORG=Bundesamt für Verbraucherschutz",
        "GPE=Deutschland",
        "PERSON=Adam Quill",
    ]


def test_in_a_script_without_capitals_the_register_and_countries_are_found() -> None:
    text = "アルファ社は日本でやかんを回収した。"
    assert names(text, "ja", アルファ社="ORG") == ["ORG=アルファ社", "GPE=日本"]


@pytest.mark.parametrize("language", ["en", "de", "ja", "und", "xx"])
def test_no_text_and_no_language_is_too_little(language: str) -> None:
    assert names("", language) == []
    assert names("12, 13.", language) == []


def test_a_registered_name_has_the_label_of_the_register() -> None:
    models = rule_proposers()
    context = Context("en", names={"the kettle fund": Entity("kettle-fund", "ORG"), "its owner": Entity("owner", None)})
    text = "They wrote to the kettle fund and its owner."
    assert [(s.label, s.hull.quote(text)) for s in models.mentions(text, context)] == [("ORG", "the kettle fund")]
