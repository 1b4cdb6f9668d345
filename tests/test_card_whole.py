"""The card as a whole: short, complete by the template of the Hub, read by its classes, with links that lead on."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import DatasetCard, DatasetCardData

from allegata.publish.card.datasheet import UNANSWERED
from allegata.publish.card.facts import CardData, CardFacts
from allegata.publish.card.render import render_card
from allegata.publish.card.verification import compare_cards, verify_card
from allegata.publish.counts import count
from allegata.publish.manifest import read_manifests
from allegata.publish.measured import install_leaderboard
from allegata.publish.pins import read_pins
from allegata.publish.sums import check_sums
from allegata.recipe.verify import verify
from allegata.schema.problems import ProblemsFound
from allegata.schema.scheme import default_scheme
from allegata.schema.settings import Settings
from allegata.schema.tables import LEDGER
from publish_samples import make_ledger, make_tables, publish
from test_publish_card import MODELS, TWO_PASSES, unannotated
from test_publish_leaderboard import facts_of

LINES, SCREEN = 250, 25
LINK = re.compile(r"\]\((?!https?:)([^()\s]+)\)")


def body(path: Path) -> str:
    return path.read_text("utf-8").partition("\n---\n")[2].lstrip("\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    gold = dict.fromkeys(("a1", "a2"), ("judge",))
    facts = {"annotators": MODELS, "passes": TWO_PASSES, "gold": gold, "passed": dict.fromkeys(gold, 2)}
    publish(tmp_path, agreement="| figures |", agreement_figures="| all figures |", **facts)
    return tmp_path


def test_every_section_of_the_template_of_the_hub_is_in_the_card(root: Path) -> None:
    template = (Path(huggingface_hub.__file__).parent / "templates" / "datasetcard_template.md").read_text("utf-8")
    asked = [line.lstrip("# ").removesuffix(" [optional]") for line in template.splitlines() if line.startswith("##")]
    has = [line.lstrip("# ") for line in body(root / "dataset_card.md").splitlines() if line.startswith("##")]
    assert len(asked) > 20
    assert [heading for heading in asked if heading not in has] == []


def test_the_first_screen_answers_the_five_questions(root: Path) -> None:
    screen = "\n".join(body(root / "dataset_card.md").splitlines()[:SCREEN])
    for bullet in ("What", "How large", "How made", "Annotated by", "Do not use it"):
        assert f"\n- **{bullet}:** " in screen
    assert "no human has annotated or reviewed it" in screen


def test_the_sections_come_in_the_order_of_what_readers_ask(root: Path) -> None:
    has = [line.lstrip("# ") for line in body(root / "dataset_card.md").splitlines() if line.startswith("##")]
    order = ["Load", "Tables", "Splits", "Annotations", "Bias, Risks, and Limitations"]
    order += ["Personal and Sensitive Information", "Licence", "Versions", "Citation"]
    assert [heading for heading in has if heading in order] == order


def test_the_classes_of_the_hub_read_back_what_was_written(root: Path) -> None:
    from datasets.utils.metadata import MetadataConfigs

    card = DatasetCard.load(root / "corpus" / "README.md")
    assert isinstance(card.data, DatasetCardData)
    assert (card.data.pretty_name, card.data.language) == ("corpus", ["en"])
    assert card.text.strip() == body(root / "corpus" / "README.md").strip()
    configs = MetadataConfigs.from_dataset_card_data(card.data)
    assert {"articles", "claims", "claims-v0.1.0"} <= configs.keys()
    assert configs.get_default_config_name() == "articles"


def test_every_link_leads_to_a_file_and_every_page_is_linked(root: Path) -> None:
    for path in (root / "dataset_card.md", root / "corpus" / "README.md"):
        links = {path.parent / link for link in LINK.findall(body(path))}
        assert [link for link in links if not link.is_file()] == []
        assert links == {*(root / "corpus" / "card").iterdir(), root / "corpus" / "CHANGELOG.md"}
    assert check_sums(root / "corpus") == []
    assert verify_card(root / "corpus", read_manifests(root / "corpus")) == []


def test_a_card_of_many_articles_languages_versions_passes_and_tasks_is_short_and_names_few_articles(
    root: Path,
) -> None:
    many, manifests = 10_000, read_manifests(root / "corpus")
    counts = count(make_tables(), default_scheme())
    counts.rows["articles"] = many
    tags = ("ar", "de", "en", "es", "fr", "hi", "ja", "pt-BR", "ru", "zh")
    counts.values["articles", "language"] = Counter(dict.fromkeys(tags, many // 10))
    counts.values["articles", "story"] = Counter({f"story {number}": 4 for number in range(many // 4)})
    makers = tuple({"id": f"m{number}", "kind": "model", "description": "A model."} for number in range(60))
    gold = {f"a{number}": ("m0",) for number in range(many)}
    board = facts_of(manifests[-1])
    one = board["tasks"]["claim-spans"]
    one["pinned"] = list(gold)
    for row in one["systems"]:
        row["articles"] = dict.fromkeys(gold, 0.5)
    one["floor"] = {"floor": "floor", "system": "alfa", "difference": 0.4, "p": 0.01, "clear": False}
    board["tasks"] = {f"task {number}": one for number in range(12)}
    facts = CardFacts(
        Settings(description="\n".join(["Line."] * 400), citation="@misc{a,\n" + "  x = {y},\n" * 8 + "}"),
        annotators=makers,
        passes={f"p{number}": (f"m{number}",) for number in range(60)},
        gold=gold,
        passed=dict.fromkeys(gold, 60),
        agreement="\n".join(["| figures |"] * 8),
        divided=tuple(f"story {number}" for number in range(many // 4)),
        leaderboard=board,
    )
    splits = dict.fromkeys(gold, "train")
    card = render_card(CardData(facts, counts, splits, make_ledger(), manifests * 40))
    text = card["dataset_card.md"].decode().partition("\n---\n")[2]
    assert text.count("\n") <= LINES
    assert "10,000 articles that tell 2,500 stories, in 10 languages" in text
    assert max(len(data) for name, data in card.items() if "/card/" in name) < 40_000


def test_an_unannotated_corpus_has_a_whole_card_too(tmp_path: Path) -> None:
    publish(tmp_path, tables=unannotated())
    text = body(tmp_path / "dataset_card.md")
    assert text.count("\n") <= LINES
    pages = {path.stem for path in (tmp_path / "corpus" / "card").iterdir()}
    assert pages == {"columns", "examples", "sources", "glossary", "datasheet"}
    assert "- **Annotated by:** nobody yet." in text


def test_the_datasheet_asks_every_question_and_says_which_are_unanswered(root: Path) -> None:
    text = (root / "corpus" / "card" / "datasheet.md").read_text("utf-8")
    answers = re.findall(r"^\*\*(.+\?)\*\* (.+)$", text, flags=re.MULTILINE)
    assert len(answers) == 57  # of Gebru et al. 2021
    answered = sum(answer != UNANSWERED for _, answer in answers)
    assert f"{answered} of 57 are answered" in text
    assert UNANSWERED in dict(answers)["Who funded it?"]
    facts = CardFacts(Settings(funding="the baker", invented=True))
    counts = count(make_tables(), default_scheme())
    data = CardData(facts, counts, read_pins(root), LEDGER.empty_table(), read_manifests(root / "corpus"))
    card = render_card(data)
    assert b"**Who funded it?** the baker" in card["corpus/card/datasheet.md"]
    assert (
        b"**Can individuals be identified?** No: everything in the articles is invented."
        in (card["corpus/card/datasheet.md"])
    )
    assert "Every person in the articles is invented" in card["dataset_card.md"].decode()


def test_what_only_people_know_is_quoted_where_the_settings_state_it(tmp_path: Path) -> None:
    stated = {
        "dataCollection": ("Copied by hand.",),
        "dataCollectionTimeframe": ("2031-01-05", "2031-03-31"),
        "personalSensitiveInformation": ("Ages of bakers.",),
        "dataBiases": tuple(f"Bias {number}." for number in range(9)),
        "dataUseCases": ("Study of flour.",),
        "annotatorDemographics": ("Two bakers.",),
        "dataSocialImpact": ("Bread for all.",),
    }
    publish(tmp_path, settings=Settings(responsible_ai=stated), annotators=MODELS, gold={"a1": ("judge",)})
    text = body(tmp_path / "dataset_card.md")
    for part in (
        "Copied by hand. Collected 2031-01-05 to 2031-03-31.",
        "Ages of bakers.",
        "Study of flour.",
        "Two bakers.",
    ):
        assert part in text
    assert "\n- Bias 5.\n- More is stated in the [datasheet](corpus/card/datasheet.md).\n" in text
    page = (tmp_path / "corpus" / "card" / "datasheet.md").read_text("utf-8")
    for answer in ("**Over which time?** 2031-01-05 to 2031-03-31.", "Bias 8. ", "analysed?** Bread for all."):
        assert answer in page


def test_a_card_that_a_build_would_write_otherwise_is_found(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rebuilt = Path(shutil.copytree(root, tmp_path_factory.mktemp("rebuilt") / "corpus"))
    assert compare_cards(root, rebuilt) == []
    (root / "dataset_card.md").write_text("# By hand\n", "utf-8")
    (root / "corpus" / "card" / "labels.md").unlink()
    assert [problem.file for problem in compare_cards(root, rebuilt)] == ["corpus/card/labels.md", "dataset_card.md"]


def test_pages_of_an_earlier_publication_are_deleted_and_those_of_others_stay(root: Path) -> None:
    folder = root / "corpus" / "card"
    (folder / "earlier.md").write_bytes((folder / "columns.md").read_bytes())
    (folder / "notes.md").write_text("By hand.\n", "utf-8")
    publish(root, "0.2.0", unannotated())
    names = {path.name for path in folder.iterdir()}
    assert not {"earlier.md", "labels.md", "agreement.md", "annotators.md"} & names
    assert {"notes.md", "columns.md"} <= names
    assert check_sums(root / "corpus") == []


def test_a_changed_a_missing_and_a_stale_page_are_found_and_named(root: Path) -> None:
    corpus = root / "corpus"
    columns, labels = (corpus / "card" / f"{name}.md" for name in ("columns", "labels"))
    (corpus / "card" / "stale.md").write_bytes(columns.read_bytes())
    columns.write_bytes(columns.read_bytes()[:-1])
    labels.unlink()
    with pytest.raises(ProblemsFound) as found:
        verify(corpus)
    files = {problem.file for problem in found.value.problems}
    assert {f"corpus/card/{name}.md" for name in ("columns", "labels", "stale")} <= files


def test_configs_of_other_versions_in_the_readme_are_found_though_the_sums_fit(root: Path) -> None:
    readme = root / "corpus" / "README.md"
    readme.write_text(readme.read_text("utf-8").replace("num_examples: 3", "num_examples: 4", 1), "utf-8")
    (problem,) = verify_card(root / "corpus", read_manifests(root / "corpus"))
    assert (problem.file, problem.what) == ("corpus/README.md", "has not the configs and features of the versions")


def test_a_file_where_the_pages_go_is_a_problem_before_anything_is_published(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "card").write_text("mine", "utf-8")
    with pytest.raises(ProblemsFound, match="is not a folder"):
        publish(tmp_path)
    assert not list((tmp_path / "corpus").glob("v*"))


def test_a_leaderboard_is_a_page_of_its_own_and_one_table_in_the_card(tmp_path: Path) -> None:
    publish(tmp_path)
    manifest = read_manifests(tmp_path / "corpus")[-1]
    facts = facts_of(manifest)
    task = facts["tasks"]["claim-spans"]
    task["floor"] = {"floor": "floor", "system": "alfa", "difference": 0.4, "p": 0.01, "clear": True}
    install_leaderboard(tmp_path, facts)
    for path, link in ((tmp_path / "dataset_card.md", "corpus/card"), (tmp_path / "corpus" / "README.md", "card")):
        text = body(path)
        assert "| claim-spans | F1 | 0.150 (floor) | 0.600 (alfa) | +0.400 | 0.0100 | yes |" in text
        assert f"({link}/leaderboard.md)" in text
        assert "## claim-spans" not in text
    page = tmp_path / "corpus" / "card" / "leaderboard.md"
    assert "\n## claim-spans\n" in page.read_text("utf-8")
    written = page.read_bytes()
    publish(tmp_path, leaderboard=facts)
    assert page.read_bytes() == written
    stale = {**facts, "tables": "0" * 64}
    publish(tmp_path, leaderboard=stale)
    assert not page.exists()
    assert check_sums(tmp_path / "corpus") == []
