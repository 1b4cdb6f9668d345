from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from time import process_time

import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.publish import configs
from allegata.publish.card import CardFacts, render_card
from allegata.publish.configs import front_matter
from allegata.publish.counts import count
from allegata.publish.manifest import read_manifests
from allegata.publish.pins import read_pins
from allegata.publish.version_card import render_version_card
from allegata.schema.scheme import default_scheme
from allegata.schema.settings import Settings
from allegata.schema.tables import LEDGER, TABLES
from project import ROOT
from publish_samples import SIMILAR, TEXTS, changed, make_tables, publish


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def card(root) -> str:
    return (root / "dataset_card.md").read_text()


def render(root, facts: CardFacts, **tables) -> str:
    card = render_card(
        count({**make_tables(), **tables}, default_scheme()),
        read_pins(root),
        LEDGER.empty_table(),
        read_manifests(root / "corpus"),
        facts,
    )
    front = [text.decode().partition("\n---\n")[2] for text in card.values()]
    assert front[0] == front[1]
    return card["dataset_card.md"].decode()


def matter(text: str) -> dict:
    return yaml.safe_load(text.split("\n---\n")[0])


# The closed sets of the Hub, as far as cards can use them: its own check needs a network.
CLOSED = {
    "annotations_creators": {"expert-generated", "machine-generated", "no-annotation"},
    "multilinguality": {"monolingual", "multilingual"},
    "size_categories": {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B"},
    "task_categories": {"token-classification", "text-classification"},
    "task_ids": {"named-entity-recognition", "multi-input-text-classification"},
}
MODELS = tuple({"id": name, "kind": "model", "description": "A model."} for name in ("m1", "m2", "judge"))
PERSON = {"id": "p1", "kind": "human", "description": "A person."}
TWO_PASSES = {"a": ("m1",), "b": ("m2",)}


def test_the_front_matter_is_what_the_hub_accepts(root, card):
    from huggingface_hub import DatasetCard

    full = CardFacts(Settings(name="mill", title="The mill", licence="cc-by-4.0", tags=("flour",)))
    for text in (card, render(root, full), (root / "corpus" / "README.md").read_text("utf-8")):
        data = DatasetCard(text).data.to_dict()
        assert matter(text) == data
        for key, known in CLOSED.items():
            assert set(data.get(key, ())) <= known
    assert data["configs"][0]["config_name"] == "articles"
    assert "configs" not in matter(card)


def test_a_corpus_with_nothing_set_gets_an_honest_card(card):
    assert matter(card) == {
        "pretty_name": "corpus",
        "language": ["en"],
        "license": "unknown",
        "multilinguality": ["monolingual"],
        "size_categories": ["n<1K"],
        "task_categories": ["token-classification", "text-classification"],
        "task_ids": ["named-entity-recognition", "multi-input-text-classification"],
    }
    assert "\n# corpus\n\n**5 articles, annotated.**\n\n5 articles, as a corpus in which" in card
    assert "\n## Rights\n\nNo licence is stated.\n" in card
    assert "5 articles in one language (en)." in card
    for absent in ("Home page", "## Citation", "News", "lawsuit", "odels", "Agreement", " , "):
        assert absent not in card


SETTINGS = Settings(
    name="mill", title="The mill", subject="one election", description="Twice\n\ntold.", licence="other",
    licence_name="House rules", licence_url="https://example.org/rules", citation="@misc{mill, title={Mill}}",
    homepage="https://example.org/mill", tags=("flour", "mills"),
)  # fmt: skip


def test_the_settings_are_what_the_card_says(root):
    text = render(root, CardFacts(SETTINGS))
    data = matter(text)
    assert (data["pretty_name"], data["tags"]) == ("The mill", ["flour", "mills"])
    assert data["license"] == "other"
    assert (data["license_name"], data["license_link"]) == ("house-rules", "https://example.org/rules")
    opening = "**5 articles, one story, annotated.**\n\nTwice\n\ntold.\n\n5 articles about one election, as a corpus"
    assert f"\n# The mill\n\n{opening}" in text
    assert "\nHome page: <https://example.org/mill>\n" in text
    assert "\nLicence: House rules (<https://example.org/rules>).\n" in text
    assert "\n## Citation\n\n```bibtex\n@misc{mill, title={Mill}}\n```\n" in text
    assert "5 articles that tell one story, in one language (en)." in text


@pytest.mark.parametrize(
    ("licence", "front", "rights"),
    [
        ("CC-BY-4.0", {"license": "cc-by-4.0"}, "Licence: CC-BY-4.0 (<https://spdx.org/licenses/CC-BY-4.0.html>)."),
        ("llama3.1", {"license": "llama3.1"}, "Licence: llama3.1."),
        (
            "ogl-uk-3.0",
            {
                "license": "other",
                "license_name": "ogl-uk-3.0",
                "license_link": "https://spdx.org/licenses/OGL-UK-3.0.html",
            },
            "Licence: OGL-UK-3.0 (<https://spdx.org/licenses/OGL-UK-3.0.html>).",
        ),
    ],
)
def test_a_licence_is_named_as_the_hub_names_it(root, licence, front, rights):
    text = render(root, CardFacts(Settings(licence=licence)))
    assert {key: value for key, value in matter(text).items() if key.startswith("license")} == front
    assert rights in text


def test_creators_and_tasks_come_from_who_annotated_and_from_the_tables_with_rows(root):
    by = {"m": CardFacts(annotators=(*MODELS, PERSON), gold={"a1": ("judge",)})}
    by["p"] = CardFacts(annotators=(*MODELS, PERSON), gold={"a1": ("p1",)}, passes=TWO_PASSES)
    assert matter(render(root, by["m"]))["annotations_creators"] == ["machine-generated"]
    assert matter(render(root, by["p"]))["annotations_creators"] == ["expert-generated", "machine-generated"]
    text = render(root, CardFacts(), **unannotated())
    data = matter(text)
    assert data["annotations_creators"] == ["no-annotation"]
    assert "task_categories" not in data
    assert "task_ids" not in data


def unannotated() -> dict:
    tables = make_tables()
    for article in TEXTS:
        tables = changed(tables, "articles", article, annotated=False)
    raw = ("articles", "sentences", "removals", "citations")
    return {name: table if name in raw else table.slice(0, 0) for name, table in tables.items()}


def test_an_unannotated_corpus_is_not_told_what_it_has_not(root):
    text = render(root, CardFacts(), **unannotated()).partition("\n---\n")[2]
    assert "No article is annotated yet" in text
    assert "each cut with its reason. Version" in text
    for absent in (
        "annotated on it",
        "GUIDELINES",
        "annotations/passes",
        "## Benchmark",
        "Agreement",
        "A claim in this",
        "Scores",
    ):
        assert absent not in text
    assert "split_a` and" not in text
    assert "are not divided" not in text
    assert 'sentences = load_dataset(folder, "sentences")' in text


def test_languages_and_stories_are_those_of_the_articles(root):
    tables = changed(make_tables(), "articles", "a1", language="de")
    tables = changed(tables, "articles", "a2", language="und")
    text = render(root, CardFacts(), **tables)
    assert matter(text)["language"] == ["de", "en"]
    assert matter(text)["multilinguality"] == ["multilingual"]
    assert "2 languages (de, en)." in text
    assert "5 articles in 2 languages (de, en)." in text
    text = render(root, CardFacts(), **changed(make_tables(), "articles", "a1", language="zh-cn"))
    assert (matter(text)["language"], matter(text)["language_bcp47"]) == (["en", "zh"], ["en", "zh-cn"])
    text = render(root, CardFacts(), **changed(make_tables(), "articles", "a1", language="en-GB"))
    assert "1 language (en)." in text  # one language in two countries
    counts = count(make_tables(), default_scheme())
    for stories, shown in (
        (("x",) * 5, "one story, in one language (en)"),
        ("xxyyz", "3 stories, in one language (en)"),
    ):
        counts.values["articles", "story"] = Counter(stories)
        facts = CardFacts(divided=("x", None))
        card = render_card(counts, read_pins(root), LEDGER.empty_table(), manifests(root), facts)
        assert f"5 articles that tell {shown}." in card["README.md"].decode()
    assert "Splits keep a story whole" in card["README.md"].decode()
    assert "and so not whole: `x`, the articles without a story." in card["README.md"].decode()
    assert "leaving one story out" in card["README.md"].decode()
    assert "about articles of different splits" in card["README.md"].decode()
    whole = render_card(counts, read_pins(root), LEDGER.empty_table(), manifests(root), CardFacts())
    assert "about articles of one story, and so of one split." in whole["README.md"].decode()
    assert "not whole" not in render(root, CardFacts(divided=("x",)))
    assert "\n**5 articles, 3 stories, annotated.**\n" in card["README.md"].decode()


def manifests(root):
    return read_manifests(root / "corpus")


def test_text_of_settings_and_registers_is_shown_as_it_is(root):
    odd = Settings(title="100% $name {x} :100: <b>", description="A $dollar and {brace}.")
    person = {**PERSON, "description": "First | line\nsecond line"}
    text = render(root, CardFacts(odd, annotators=(person,), gold={"a1": ("p1",)}))
    assert matter(text)["pretty_name"] == odd.title
    assert f"\n# {odd.title}\n\n**5 articles, annotated by people.**\n\nA $dollar and {{brace}}.\n" in text
    assert "| `p1` | human | annotation | First \\| line second line |" in text


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda text: " ".join(text.split()))


@settings(max_examples=100, deadline=None)
@given(WORDS, st.lists(WORDS, max_size=3), st.lists(st.sampled_from(["yes", "no", "1.0", "null", "~", "# x", "---"])))
def test_any_text_of_the_settings_comes_back_from_the_front_matter_as_it_was(title, tags, odd):
    from huggingface_hub import DatasetCard

    text = front_matter({"pretty_name": title, "tags": [*tags, *odd]})
    data = DatasetCard(f"{text}\n# x\n").data.to_dict()
    assert (data["pretty_name"], data["tags"]) == (title, [*tags, *odd])


def test_tables_and_splits_without_rows_are_named_in_one_line(root, card):
    line = next(line for line in card.splitlines() if line.startswith("Without rows"))
    assert line.startswith("Without rows, and so not there to load: `entities` (validation, test), ")
    assert " `citations` (validation, test). `datasets` cannot load an empty split" in line


def test_the_card_of_a_hundred_thousand_articles_is_light(root):
    many = 100_000
    counts = count(make_tables(), default_scheme())
    counts.rows["articles"] = counts.unannotated = many
    counts.values["articles", "story"] = Counter({f"story {number}": 4 for number in range(many // 4)})
    gold = {f"a{number}": ("m1",) for number in range(many)}
    ids = pa.array(gold)
    ledger = pa.table([ids, ids, pa.repeat("kept", many), *[pa.nulls(many, pa.string())] * 4], schema=LEDGER)
    facts = CardFacts(annotators=MODELS, passes=TWO_PASSES, gold=gold, passed=dict.fromkeys(gold, 2))
    before = process_time()
    card = render_card(counts, read_pins(root), ledger, manifests(root), facts)
    assert process_time() - before < 2
    assert len(card["README.md"]) < 150_000


def test_counts_come_from_the_tables(card):
    assert "| `sentences` | 6 | 2 | 2 | – | 10 |" in card
    assert "| `citations` | 1 | – | – | – | 1 |" in card
    assert "| `ledger` | – | – | – | 6 | 6 |" in card
    assert "6 articles came in, 5 kept. 1 removed at deduplicate (exact_duplicate)." in card
    assert "55 of 354 characters are cut (15.5 %)." in card
    assert "| `newsletter_prompt` | 5 | 55 |" in card
    assert "| `publisher` | 1 of 5 |" in card
    assert "| `allegation` | 4 | Accuses: somebody did wrong or is at fault, and the article does not present" in card
    assert "| `contradiction` | 2 | The propositions, attribution stripped, cannot both be true of" in card
    assert "Do not occur: `denial`, `reported_fact`, `demand`, `opinion`." in card
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


def test_it_tells_two_passes_an_adjudication_and_that_no_human_took_part(root):
    text = render(root, CardFacts(annotators=MODELS, passes=TWO_PASSES, gold={"a1": ("judge",)}, passed={"a1": 2}))
    assert "Models made 2 passes. What is published was adjudicated" in text
    assert "adjudicated from those by its guidelines by a model. No human has annotated" in text
    assert "| `m2` | model | pass b | A model. |" in text
    assert "| `judge` | model | adjudication | A model. |" in text


def test_a_human_pass_and_a_human_adjudicator_are_told(root):
    facts = CardFacts(
        annotators=(*MODELS, PERSON), passes={**TWO_PASSES, "c": ("p1",)}, gold={"a1": ("p1",)}, passed={"a1": 3}
    )
    text = render(root, facts)
    assert "Models made 2 passes. People made 1 pass." in text
    assert "No human" not in text
    judged = render(
        root, CardFacts(annotators=(*MODELS, PERSON), passes=TWO_PASSES, gold={"a1": ("p1",)}, passed={"a1": 2})
    )
    assert "adjudicated from those by its guidelines by a person." in judged
    assert "No human" not in judged


def test_what_no_pass_has_was_annotated_once_by_an_annotator_and_not_adjudicated(root):
    gold = {"a1": ("judge",), "a2": ("judge",), "a3": ("p1",)}
    passed = {"a1": 2, "a2": 2}
    facts = CardFacts(
        annotators=(*MODELS, PERSON), passes=TWO_PASSES, gold=gold, passed=passed, agreement="| figures |"
    )
    text = render(root, facts)
    assert "2 of 3 annotated articles were adjudicated from those by its guidelines by a model; 1 was annotated" in text
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


def test_the_first_line_says_how_many_articles_and_stories_and_whether_people_have_seen_them(root):
    def first(facts: CardFacts, **tables) -> str:
        return render(root, facts, **tables).split("\n# corpus\n\n")[1].split("\n")[0]

    facts = CardFacts(Settings(subject="one election"), MODELS, TWO_PASSES, {"a1": ("judge",)}, {"a1": 2})
    assert first(facts) == "**5 articles, one story, machine-annotated, not yet seen by people.**"
    people = {"annotators": (*MODELS, PERSON), "passes": {**TWO_PASSES, "c": ("p1",)}}
    assert first(replace(facts, **people)) == "**5 articles, one story, annotated by people and machines.**"
    part = changed(make_tables(), "articles", "a1", annotated=False)
    shown = "**5 articles, one story, 4 articles machine-annotated, not yet seen by people.**"
    assert first(facts, **part) == shown
    assert first(CardFacts(), **unannotated()) == "**5 articles, not annotated yet.**"


def test_an_invented_corpus_says_so_first_in_its_card_and_in_that_of_the_version(root):
    text = render(root, CardFacts(Settings(invented=True)))
    assert "**5 articles, all of it invented, annotated.**\n\nEvery article is invented" in text
    assert "Every article is invented" not in render(root, CardFacts())
    summary = CardFacts(Settings(invented=True)).summary(count(make_tables(), default_scheme()))
    assert b"Every article is invented" in render_version_card("1.0.0", {}, summary)


def test_an_article_without_gold_is_told_with_what_that_means_for_its_sentences(root):
    text = render(root, CardFacts(), **changed(make_tables(), "articles", "a1", annotated=False))
    assert "`sentences.is_claim` is null for its sentences" in text
    assert "is_claim` is null" not in render(root, CardFacts())


def test_an_agreement_table_comes_with_what_it_means(root, card):
    assert "**Agreement.**" not in card
    text = render(root, CardFacts(agreement="| layer | alpha |\n|---|---|\n| claims | .9 |"))
    assert "figures cover" not in text
    assert text.index("consistency between passes, and no more") < text.index("| claims | .9 |")
    assert "by models" not in text
    facts = CardFacts(annotators=MODELS, passes=TWO_PASSES, gold={"a1": ("m1",)}, agreement="x", passed={"a1": 2})
    assert "All passes are by models: nothing here shows that people would agree" in render(root, facts)
    facts = replace(facts, annotators=(*MODELS, PERSON), passes={**TWO_PASSES, "c": ("p1",)})
    assert "by models" not in render(root, facts)


def test_it_names_the_guidelines_that_each_part_followed(root):
    versions = {"pass a": ("1.1",), "published": ("1.2",)}
    assert "followed: pass a: 1.1; published: 1.2." in render(root, CardFacts(guidelines=versions))
    assert "followed:" not in render(root, CardFacts(guidelines={"published": ("1.2",)}))


def test_it_counts_propositions_disputes_and_the_pairs_that_follow(root, card):
    assert "1 dispute with 2 positions; 1 proposition with 2 claims." in card
    assert "| `numeric` | 1 |" in card
    assert "| `contradiction` | dispute | " in card
    assert "Across articles" not in render(root, CardFacts(), relations=TABLES["relations"].empty_table())


def test_it_says_that_the_terms_are_unknown(card):
    assert "For 5 of 5 articles the terms are unknown" in card


def test_without_a_most_similar_pair_it_names_none(root):
    assert "most similar" not in render(root, CardFacts(most_similar=None))
    assert "most similar" in render(root, CardFacts(most_similar=SIMILAR))


def test_a_most_similar_pair_in_two_splits_is_named_with_both(root):
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
    assert list(scope["claims"]["train"]) == list(scope["alone"]["train"])


def test_both_emitters_of_pyyaml_write_the_same_front_matter() -> None:
    lines = (ROOT / "corpus" / "README.md").read_text(encoding="utf-8").split("---\n")
    values = yaml.safe_load(lines[1])
    ours, slow = (
        yaml.dump(values, Dumper=emitter, sort_keys=False, allow_unicode=True, width=110)
        for emitter in (configs._Plain, type("Slow", (yaml.SafeDumper,), {"ignore_aliases": lambda *_: True}))
    )
    assert ours == slow
