from __future__ import annotations

import json
import re

import pytest
import yaml

from allegata.publish.card import CardFacts, render_card
from allegata.publish.manifest import read_manifests
from allegata.publish.stage import read_pins
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
        {**make_tables(), **tables},
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


def test_it_says_who_annotated_and_that_no_human_did(root, card):
    assert "language models: 1 pass over the corpus. No human has annotated or reviewed it yet." in card
    later = render(root, CardFacts(model_passes=2, human_passes=1))
    assert "language models: 2 passes over the corpus. People have added 1 pass." in later
    assert "No human" not in later


def test_it_says_that_the_rights_stay_with_the_publishers_and_are_unknown(card):
    assert "copyright in the articles remains with their publishers" in card
    assert "For 5 of 5 articles the terms are unknown" in card


def test_without_a_most_similar_pair_it_names_none(root):
    assert "most similar" not in render(root, CardFacts(most_similar=None))
    assert "most similar" in render(root, CardFacts(most_similar=SIMILAR))


def test_the_snippet_runs(root, card, tmp_path, monkeypatch):
    import datasets

    monkeypatch.chdir(root)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path))
    snippet = re.search(r"```python\n(.*?)```", card, flags=re.DOTALL)
    scope: dict = {}
    exec(snippet[1], scope)
    assert len(scope["articles"]) == 3
    assert scope["claims"]["train"].features == scope["pinned"]["train"].features
