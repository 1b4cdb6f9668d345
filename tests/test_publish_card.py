from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from time import process_time

import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.publish import configs
from allegata.publish.card.facts import CardData, CardFacts
from allegata.publish.card.render import render_card
from allegata.publish.card.tables import columns
from allegata.publish.card.version import render_version_card
from allegata.publish.configs import front_matter
from allegata.publish.counts import Counts, count
from allegata.publish.manifest import read_manifests
from allegata.publish.pins import read_pins
from allegata.publish.summary import Summary
from allegata.schema.scheme import default_scheme
from allegata.schema.settings import Settings
from allegata.schema.tables import LEDGER, TABLES
from project import ROOT
from publish_samples import SIMILAR, TEXTS, changed, make_tables, published


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    published(folder)
    return folder


@pytest.fixture(scope="module")
def card(root) -> str:
    return (root / "dataset_card.md").read_text()


@pytest.fixture(scope="module")
def pages(root) -> dict[str, str]:
    return {path.stem: path.read_text() for path in (root / "corpus" / "card").iterdir()}


def rendered(root, facts: CardFacts, counts: Counts | None = None, **tables) -> dict[str, str]:
    """The card as `dataset_card.md` and its pages by name."""
    counts = counts or count({**make_tables(), **tables}, default_scheme())
    data = CardData(facts, counts, read_pins(root), LEDGER.empty_table(), read_manifests(root / "corpus"))
    files = {name: text.decode() for name, text in render_card(data).items()}
    body = files["dataset_card.md"].partition("\n---\n")[2]
    assert files["corpus/README.md"].partition("\n---\n")[2] == body.replace("](corpus/", "](")
    return {Path(name).stem: text for name, text in files.items()}


def render(root, facts: CardFacts, counts: Counts | None = None, **tables) -> str:
    return rendered(root, facts, counts, **tables)["dataset_card"]


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
    assert "\n# corpus\n\n**5 articles, annotated.**\n\n## Dataset Details\n" in card
    assert "\n- **What:** 5 articles, as a corpus in which" in card
    assert "- **License:** text: not stated; annotations: not stated\n" in card
    assert "- **Curated by:** not stated\n- **Funded by:** not stated\n" in card
    assert "5 articles in one language (en): what is counted" in card
    assert "\n## Citation\n\ncorpus, version 0.1.0 [data set].\n\nThe settings name no authors.\n" in card
    assert "(the settings name no contact)" in card
    for absent in ("News", "lawsuit", "odels", "Agreement", " , ", "None", "()", " ."):
        assert absent not in card.partition("\n---\n")[2]


SETTINGS = Settings(
    name="mill", title="The mill", subject="one election", description="Two\n\nparagraphs.", licence="other",
    licence_name="House rules", licence_url="https://example.org/rules", citation="@misc{mill, title={Mill}}",
    homepage="https://example.org/mill", tags=("flour", "mills"), authors=("Quill, Mara", "The Mill"),
    annotation_licence="cc-by-4.0", funding="the baker", contact="ask@example.org",
)  # fmt: skip


def test_the_settings_are_what_the_card_says(root):
    text = render(root, CardFacts(SETTINGS))
    data = matter(text)
    assert (data["pretty_name"], data["tags"]) == ("The mill", ["flour", "mills"])
    assert data["license"] == "other"  # of the texts: a search for open licences must not find them
    assert (data["license_name"], data["license_link"]) == ("house-rules", "https://example.org/rules")
    opening = "**5 articles, one story, annotated.**\n\nTwo\n\nparagraphs.\n\n## Dataset Details\n"
    assert f"\n# The mill\n\n{opening}" in text
    assert "\n- **What:** 5 articles about one election, as a corpus" in text
    assert "\n- **Curated by:** Quill, Mara; The Mill\n- **Funded by:** the baker\n" in text
    assert "\n- **Repository:** <https://example.org/mill>\n" in text
    assert "every quote in the other tables | [House rules](https://example.org/rules) |\n" in text
    assert "other tables | [CC-BY-4.0](https://spdx.org/licenses/CC-BY-4.0.html) |\n" in text
    assert "**Removal.** Write to <ask@example.org>, and name" in text
    assert text.endswith("\n## Dataset Card Contact\n\n<ask@example.org>\n")
    assert "\n## Citation\n\n```bibtex\n@misc{mill, title={Mill}}\n```\n" in text
    assert "5 articles that tell one story, in one language (en): " in text


def test_authors_are_cited_where_the_settings_have_no_citation_and_nobody_else_is(root):
    settings = replace(SETTINGS, citation="", published="2031-05-01")
    cited = "Quill, Mara; The Mill (2031). The mill, version 0.1.0 [data set]. https://example.org/mill"
    assert f"\n## Citation\n\n{cited}\n\n## " in render(root, CardFacts(settings))


def test_a_long_description_is_on_a_page_and_begins_in_the_card(root):
    long = "\n".join(["Flour of", "four mills.", "", *(f"Mill {number}." for number in range(300))])
    files = rendered(root, CardFacts(Settings(description=long)))
    assert "\nFlour of four mills. ([in full](corpus/card/description.md))\n" in files["dataset_card"]
    assert long in files["description"]


@pytest.mark.parametrize(
    ("licence", "front", "rights"),
    [
        ("CC-BY-4.0", {"license": "cc-by-4.0"}, "| [CC-BY-4.0](https://spdx.org/licenses/CC-BY-4.0.html) |"),
        ("llama3.1", {"license": "llama3.1"}, "| llama3.1 |"),
        (
            "ogl-uk-3.0",
            {
                "license": "other",
                "license_name": "ogl-uk-3.0",
                "license_link": "https://spdx.org/licenses/OGL-UK-3.0.html",
            },
            "| [OGL-UK-3.0](https://spdx.org/licenses/OGL-UK-3.0.html) |",
        ),
    ],
)
def test_a_licence_is_named_as_the_hub_names_it(root, licence, front, rights):
    text = render(root, CardFacts(Settings(licence=licence)))
    assert {key: value for key, value in matter(text).items() if key.startswith("license")} == front
    assert rights in text


def test_creators_and_tasks_come_from_who_annotated_and_from_the_tables_with_rows(root):
    by = {"m": CardFacts(annotators=(*MODELS, PERSON), gold={"a1": ("judge",)})}
    by["p"] = CardFacts(annotators=(*MODELS, PERSON), gold={f"a{n}": ("p1",) for n in range(1, 6)}, passes=TWO_PASSES)
    by["one"] = replace(by["p"], gold={**by["p"].gold, **{f"a{n}": ("m1",) for n in range(2, 6)}})
    text = render(root, by["one"])
    assert matter(text)["annotations_creators"] == ["machine-generated"]
    assert "machine-annotated, 1 of 5 articles corrected by a person" in text
    assert "people and m" not in text
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


def test_the_card_of_an_unannotated_corpus_speaks_of_no_annotation_that_it_lacks(root):
    files = rendered(root, CardFacts(), **unannotated())
    assert not {"labels", "agreement", "annotators"} & files.keys()
    text = files["dataset_card"].partition("\n---\n")[2]
    assert "No article is annotated yet" in text
    assert "\n- **Annotated by:** nobody yet.\n" in text
    for absent in (
        "annotated on it",
        "GUIDELINES",
        "annotations/passes",
        "## Benchmark",
        "Agreement",
        "A claim is",
        "scored on these",
        "measured here",
        "Every article is annotated",
        "decide whether",
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
    assert "- **Language(s) (NLP):** de, en\n" in text
    assert "5 articles in 2 languages (de, en): what" in text
    text = render(root, CardFacts(), **changed(make_tables(), "articles", "a1", language="zh-cn"))
    assert (matter(text)["language"], matter(text)["language_bcp47"]) == (["en", "zh"], ["en", "zh-cn"])
    text = render(root, CardFacts(), **changed(make_tables(), "articles", "a1", language="en-GB"))
    assert "in 1 language;" in text  # one language in two countries
    counts = count(make_tables(), default_scheme())
    for stories, shown in (
        (("x",) * 5, "one story, in one language (en)"),
        ("xxyyz", "3 stories, in one language (en)"),
    ):
        counts.values["articles", "story"] = Counter(stories)
        facts = CardFacts(divided=("x", None))
        card = render(root, facts, counts)
        assert f"5 articles that tell {shown}: what is counted" in card
    assert "Splits keep a story whole" in card
    assert "and so not whole: `x`, the articles without a story." in card
    assert "leaving one story out" in card
    assert "about articles of different splits" in card
    assert "about articles of one story, and so of one split." in render(root, CardFacts(), counts)
    assert "not whole" not in render(root, CardFacts(divided=("x",)))
    assert "\n**5 articles, 3 stories, annotated.**\n" in card


def test_text_of_settings_and_registers_is_shown_as_it_is(root):
    odd = Settings(title="100% $name {x} :100: <b>", description="A $dollar and {brace}.")
    person = {**PERSON, "description": "First | line\nsecond line"}
    files = rendered(root, CardFacts(odd, annotators=(person,), gold={"a1": ("p1",)}))
    text = files["dataset_card"]
    assert matter(text)["pretty_name"] == odd.title
    title = odd.title.replace("<", "\\<")
    assert f"\n# {title}\n\n**5 articles, annotated by people.**\n\nA $dollar and {{brace}}.\n" in text
    assert "| `p1` | human | annotation | First \\| line second line |" in files["annotators"]


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


@pytest.mark.alone
def test_the_card_of_a_hundred_thousand_articles_is_light(root):
    many = 100_000
    counts = count(make_tables(), default_scheme())
    counts.rows["articles"] = counts.unannotated = many
    counts.values["articles", "story"] = Counter({f"story {number}": 4 for number in range(many // 4)})
    gold = {f"a{number}": ("m1",) for number in range(many)}
    ids = pa.array(gold)
    rest = [pa.nulls(many, kind) for kind in LEDGER.types[3:]]
    ledger = pa.table([ids, ids, pa.repeat("kept", many), *rest], schema=LEDGER)
    facts = CardFacts(annotators=MODELS, passes=TWO_PASSES, gold=gold, passed=dict.fromkeys(gold, 2))
    before = process_time()
    card = render_card(CardData(facts, counts, read_pins(root), ledger, read_manifests(root / "corpus")))
    assert process_time() - before < 2
    assert sum(map(len, card.values())) < 150_000


def test_counts_come_from_the_tables(card, pages):
    assert "| `sentences` | 6 | 2 | 2 | – | 10 |" in card
    assert "| `citations` | 1 | – | – | – | 1 |" in card
    assert "| `ledger` | – | – | – | 6 | 6 |" in card
    assert "6 articles came in, 5 kept. 1 removed at deduplicate (exact_duplicate)." in card
    assert "Rules cut 15.5 % of their characters" in card
    assert "55 of 354 characters are cut (15.5 %)." in pages["sources"]
    assert "| `newsletter_prompt` | 5 | 55 |" in pages["sources"]
    assert "| `publisher` | 1 of 5 |" in pages["sources"]
    labels = pages["labels"]
    assert "| `allegation` | 4 | Accuses: somebody did wrong or is at fault, and the article does not present" in labels
    assert "| `contradiction` | 2 | The propositions, attribution stripped, cannot both be true of" in labels
    assert "Do not occur: `denial`, `reported_fact`, `demand`, `opinion`." in labels
    assert "`a1` and `a2` (similarity 0.41, both in train)" in card


def test_counts_change_with_the_tables(root):
    claims = changed(make_tables(), "claims", "a1-k0", claim_type="denial")["claims"]
    text = rendered(root, CardFacts(), claims=claims)["labels"]
    assert "| `denial` | 1 |" in text
    assert "| `allegation` | 3 |" in text


def test_each_table_is_shown_by_a_real_row(pages):
    rows = re.findall(r"`(\w+)`\n\n```json\n(.*?)\n```", pages["examples"], flags=re.DOTALL)
    assert [name for name, _ in rows] == list(TABLES)
    for name, text in rows:
        assert list(json.loads(text)) == TABLES[name].names
    assert '"… 1 more"' in pages["examples"]


def everything(root, facts: CardFacts, **tables) -> str:
    return "\n".join(rendered(root, facts, **tables).values())


def test_it_says_how_many_passes_and_adjudications_there_were_and_that_no_human_took_part(root):
    facts = CardFacts(annotators=MODELS, passes=TWO_PASSES, gold={"a1": ("judge",)}, passed={"a1": 2})
    text = everything(root, facts)
    assert "- **Annotated by:** models alone: no human has annotated or reviewed it.\n" in text
    assert "Models made 2 passes. What is published was adjudicated" in text
    assert "adjudicated by a model, from the passes that follow its guidelines. No human has annotated" in text
    assert "| `m2` | model | pass b | A model. |" in text
    assert "| `judge` | model | adjudication | A model. |" in text


def test_a_human_pass_and_a_human_adjudicator_are_named(root):
    facts = CardFacts(
        annotators=(*MODELS, PERSON), passes={**TWO_PASSES, "c": ("p1",)}, gold={"a1": ("p1",)}, passed={"a1": 3}
    )
    text = render(root, facts)
    assert "Models made 2 passes. People made 1 pass." in text
    assert "No human" not in text
    judged = render(
        root, CardFacts(annotators=(*MODELS, PERSON), passes=TWO_PASSES, gold={"a1": ("p1",)}, passed={"a1": 2})
    )
    assert "adjudicated by a person, from the passes that follow its guidelines." in judged
    assert "No human" not in judged


def test_what_no_pass_has_was_annotated_once_by_an_annotator_and_not_adjudicated(root):
    gold = {"a1": ("judge",), "a2": ("judge",), "a3": ("p1",)}
    passed = {"a1": 2, "a2": 2}
    facts = CardFacts(
        annotators=(*MODELS, PERSON), passes=TWO_PASSES, gold=gold, passed=passed, agreement="| figures |"
    )
    text = everything(root, facts)
    assert "2 of 3 annotated articles were adjudicated by a model, " in text
    assert "from the passes that follow its guidelines; 1 was annotated" in text
    assert "What is published was adjudicated" not in text
    assert "| `judge` | model | adjudication | A model. |" in text
    assert "| `p1` | human | annotation | A person. |" in text
    assert "The figures cover 2 of 3 annotated articles." in text


def test_without_passes_everything_was_annotated_once(root):
    text = everything(root, CardFacts(annotators=(PERSON,), gold={"a1": ("p1",)}))
    assert "- **Annotated by:** people.\n" in text
    assert "1 of 1 annotated article was annotated once. People took part" in text
    assert "| `p1` | human | annotation | A person. |" in text


def test_who_made_a_pass_and_annotated_another_article_alone_did_both(root):
    gold = {"a1": ("judge",), "a2": ("m1",)}
    text = everything(root, CardFacts(annotators=MODELS, passes=TWO_PASSES, gold=gold, passed={"a1": 2}))
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


def test_an_article_without_gold_is_counted_with_what_that_means_for_its_sentences(root):
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
    assert "followed: pass a: 1.1; published: 1.2." in rendered(root, CardFacts(guidelines=versions))["annotators"]
    assert "followed:" not in everything(root, CardFacts(guidelines={"published": ("1.2",)}))


def test_it_counts_propositions_disputes_and_the_pairs_that_follow(root, card, pages):
    assert "Across articles: 1 dispute with 2 positions, 1 proposition." in card
    assert "1 dispute with 2 positions; 1 proposition with 2 claims." in pages["labels"]
    assert "| `numeric` | 1 |" in pages["labels"]
    assert "| `contradiction` | dispute | " in pages["labels"]
    assert "Across articles" not in rendered(root, CardFacts(), relations=TABLES["relations"].empty_table())["labels"]


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


@pytest.mark.parametrize(
    ("stories", "tags", "extent"),
    [
        (1, ("en",), "3 articles that tell one story, in one language (en)"),
        (2, ("de", "en"), "3 articles that tell 2 stories, in 2 languages (de, en)"),
        (2, (), "3 articles that tell 2 stories"),
        (0, ("en",), "3 articles in one language (en)"),
        (0, (), "3 articles"),
    ],
)
def test_the_extent_is_as_much_of_it_as_is_known(stories, tags, extent):
    assert Summary(Settings(), 3, 0, 100, tags, stories, ()).extent == extent


def test_columns_that_every_table_explains_alike_are_named_below_it():
    text = columns("claims", TABLES["claims"], default_scheme())
    own, _, also = text.partition("And ")
    assert "`article_id`" in also
    assert "`article_id`" not in own
    assert "`claim_id`" in own
