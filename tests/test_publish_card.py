from __future__ import annotations

import json
import re

import pytest
import yaml

from allegata.publish.card import CardFacts, render_card
from allegata.publish.card_annotation import found_by_passes
from allegata.publish.counts import count
from allegata.publish.croissant import render_croissant
from allegata.publish.manifest import read_manifests
from allegata.publish.pins import read_pins
from allegata.schema.tables import CLASS_LABELS, LEDGER, TABLES
from publish_samples import SIMILAR, changed, make_tables, publish


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def card(root) -> str:
    return (root / "dataset_card.md").read_text()


def render(root, facts: CardFacts, **tables) -> str:
    return render_card(
        count({**make_tables(), **tables}),
        read_pins(root),
        LEDGER.empty_table(),
        CLASS_LABELS,
        read_manifests(root / "corpus"),
        facts,
    ).decode()


def test_every_placeholder_is_filled(card):
    assert not re.search(r"\$\w", card)


def test_the_front_matter_is_what_the_hub_accepts(card):
    from huggingface_hub import DatasetCard

    data = DatasetCard(card).data.to_dict()
    assert data["language"] == ["en"]
    assert (data["license"], data["license_name"]) == ("other", "rights-of-the-publishers")
    # The closed sets of the Hub, as far as the card uses them: its own check needs a network.
    assert set(data["annotations_creators"]) <= {
        "crowdsourced", "found", "expert-generated", "machine-generated", "no-annotation", "other",
    }  # fmt: skip
    assert set(data["multilinguality"]) <= {"monolingual", "multilingual", "translation", "other"}
    assert data["size_categories"] == ["n<1K"]
    assert set(data["task_categories"]) <= {"token-classification", "text-classification"}
    assert yaml.safe_load(card.split("---")[1]) == data


def test_counts_come_from_the_tables(card):
    assert "| `sentences` | 6 | 2 | 2 | – | 10 |" in card
    assert "| `citations` | 1 | – | – | – | 1 |" in card
    assert "| `ledger` | – | – | – | 6 | 6 |" in card
    assert "6 articles came in, 5 kept. 1 removed at deduplicate (exact_duplicate)." in card
    assert "55 of 354 characters are cut (15.5 %)." in card
    assert "| `newsletter_prompt` | 5 | 55 |" in card
    assert "| `publisher` | 1 of 5 |" in card
    assert "| `allegation` | 4 |" in card
    assert "Do not occur: `denial`, `reported_fact`, `legal_demand`, `opinion`." in card
    assert "`a1` and `a2` (similarity 0.41, both in train)" in card


def test_counts_change_with_the_tables(root):
    text = render(root, CardFacts(), claims=changed(make_tables(), "claims", "a1-k0", claim_type="denial")["claims"])
    assert "| `denial` | 1 |" in text
    assert "| `allegation` | 3 |" in text


def test_each_table_is_shown_by_a_real_row(card):
    rows = re.findall(r"`(\w+)`\n\n```json\n(.*?)\n```", card, flags=re.DOTALL)
    assert [name for name, _ in rows] == list(TABLES)
    for name, text in rows:
        assert list(json.loads(text)) == TABLES[name].names
    assert '"… 1 more"' in card


MODELS = tuple({"id": name, "kind": "model", "description": "A model."} for name in ("m1", "m2", "judge"))
PERSON = {"id": "p1", "kind": "human", "description": "A person."}
TWO_PASSES = {"a": ("m1",), "b": ("m2",)}


def test_it_tells_two_blind_passes_an_adjudication_and_that_no_human_took_part(root):
    text = render(root, CardFacts(annotators=MODELS, passes=TWO_PASSES, gold={"a1": ("judge",)}, passed={"a1": 2}))
    assert "Language models made 2 passes over the articles of annotations/passes/, blind to each other." in text
    assert "adjudicated from them by a language model, in a session of its own. No human has annotated" in text
    assert "| `m2` | model | pass b | A model. |" in text
    assert "| `judge` | model | adjudication | A model. |" in text


def test_a_human_pass_and_a_human_adjudicator_are_told(root):
    facts = CardFacts(
        annotators=(*MODELS, PERSON), passes={**TWO_PASSES, "c": ("p1",)}, gold={"a1": ("p1",)}, passed={"a1": 3}
    )
    text = render(root, facts)
    assert "People made 1 pass." in text
    assert "No human" not in text
    judged = render(
        root, CardFacts(annotators=(*MODELS, PERSON), passes=TWO_PASSES, gold={"a1": ("p1",)}, passed={"a1": 2})
    )
    assert "adjudicated from them by a person." in judged
    assert "No human" not in judged


def test_what_no_pass_has_was_annotated_once_by_an_annotator_and_not_adjudicated(root):
    gold = {"a1": ("judge",), "a2": ("judge",), "a3": ("p1",)}
    passed = {"a1": 2, "a2": 2}
    facts = CardFacts(
        annotators=(*MODELS, PERSON), passes=TWO_PASSES, gold=gold, passed=passed, agreement="| figures |"
    )
    text = render(root, facts)
    assert "2 of 3 annotated articles were adjudicated from them by a language model" in text
    assert "in a session of its own; 1 was annotated once." in text
    assert "What is published was adjudicated" not in text
    assert "| `judge` | model | adjudication | A model. |" in text
    assert "| `p1` | human | annotation | A person. |" in text
    assert "The figures cover 2 of 3 annotated articles." in text


def test_without_passes_everything_was_annotated_once(root):
    text = render(root, CardFacts(annotators=(PERSON,), gold={"a1": ("p1",)}))
    assert "1 of 1 annotated article was annotated once. People took part" in text
    assert "| `p1` | human | annotation | A person. |" in text


def test_who_made_a_pass_and_annotated_another_article_alone_did_both(root):
    gold = {"a1": ("judge",), "a2": ("m1",)}
    text = render(root, CardFacts(annotators=MODELS, passes=TWO_PASSES, gold=gold, passed={"a1": 2}))
    assert "| `m1` | model | pass a, annotation | A model. |" in text


def test_the_card_names_the_subject_that_was_given_and_none_otherwise(root, card):
    told = render(root, CardFacts(subject="one election"))
    assert "\nNews articles about one election, as a corpus" in told
    assert "5 articles about one story." in told
    assert "\nNews articles, as a corpus" in card
    assert "\n5 articles.\n" in card


def test_croissant_names_the_subject_that_was_given_and_none_otherwise(root):
    told, untold = (json.loads(render_croissant("1.0.0", {}, TABLES, subject)) for subject in ("one election", ""))
    assert told["description"].startswith("News articles about one election, with")
    assert untold["description"].startswith("News articles, with")
    assert ["One story" in rows["rai:dataBiases"][0] for rows in (told, untold)] == [True, False]
    assert list(told) == list(untold)


def test_an_article_without_gold_is_told_with_what_that_means_for_its_sentences(root):
    text = render(root, CardFacts(), **changed(make_tables(), "articles", "a1", annotated=False))
    assert "`sentences.is_claim` says nothing of its sentences" in text
    assert "is_claim` says nothing of" not in render(root, CardFacts())


def test_an_agreement_table_comes_with_what_it_means(root, card):
    assert "**Agreement.**" not in card
    text = render(root, CardFacts(agreement="| layer | alpha |\n|---|---|\n| claims | .9 |"))
    assert "figures cover" not in text
    assert text.index("consistency between passes, and no more") < text.index("| claims | .9 |")


def pair(a: str, b: str, relation: str) -> dict[str, str]:
    return {"a": a, "b": b, "relation": relation}


def test_it_tells_how_many_relations_both_passes_one_and_neither_had(root, card):
    gold = [
        pair("k1", "k2", "contradicts"),
        pair("k1", "k3", "contradicts"),
        pair("k1", "k4", "refines"),
        pair("k2", "k4", "none"),
    ]
    one = [pair("k2", "k1", "contradicts"), pair("k4", "k1", "refines"), pair("k2", "k4", "none")]
    other = [pair("k1", "k2", "contradicts"), pair("k1", "k3", "none"), pair("k2", "k4", "none")]
    found_by = found_by_passes(gold, [one, other])
    assert found_by == {"contradicts": (1, 0, 1), "refines": (1, 0, 0), "none": (0, 0, 1)}
    assert found_by_passes(gold, [one])["refines"] == (1, 0)  # the other way round is another relation
    versions = {"passes, relations": ("1.1",), "published": ("1.2",)}
    text = render(root, CardFacts(found_by=found_by, guidelines=versions))
    assert "| relation | both passes | 1 pass only | no pass |" in text
    assert "| `contradicts` | 1 | 0 | 1 |" in text
    assert "followed: passes, relations: 1.1; published: 1.2." in text
    assert "one that the other did not write counts as its `none`" in text
    assert "was decided in adjudication by one reader alone." in text
    alone = render(root, CardFacts(found_by=found_by, gold={"a3": ("p1",)}))
    assert "was decided by one reader alone." in alone
    assert "agreement on relations" not in card


def test_it_counts_propositions_relations_and_strict_conflicts(root, card):
    assert "1 proposition with 2 claims." in card
    assert "| `contradicts` | annotated | 0 | 2 |" in card
    assert "| `none` | sampled | 0 | 1 |" in card
    assert "Of the 2 contradictions 1 is strict" in card
    assert "| `numeric` | 2 | 1 |" in card
    assert "Across articles" not in render(root, CardFacts(), relations=TABLES["relations"].empty_table())


def test_it_says_that_the_rights_stay_with_the_publishers_and_are_unknown(card):
    assert "copyright in the articles remains with their publishers" in card
    assert "For 5 of 5 articles the terms are unknown" in card


def test_without_a_most_similar_pair_it_names_none(root):
    assert "most similar" not in render(root, CardFacts(most_similar=None))
    assert "most similar" in render(root, CardFacts(most_similar=SIMILAR))


def test_a_most_similar_pair_that_was_published_apart_is_told_as_such(root):
    pins = read_pins(root)
    other = next(article for article in pins if pins[article] != pins["a1"])
    text = render(root, CardFacts(most_similar=("a1", other, 0.3)))
    assert f"`a1` and `{other}` (similarity 0.30, in {pins['a1']} and {pins[other]})" in text
    assert f"both in {pins['a1']}" not in text


def test_the_snippet_runs(root, card, tmp_path, monkeypatch):
    import datasets

    monkeypatch.chdir(root)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path))
    snippet = re.search(r"```python\n(.*?)```", card, flags=re.DOTALL)
    scope: dict = {}
    exec(snippet[1], scope)
    assert len(scope["articles"]) == 3
    assert scope["claims"]["train"].features == scope["pinned"]["train"].features
