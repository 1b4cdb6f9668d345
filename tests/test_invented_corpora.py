"""Three corpora that are not ours go the whole way: init, add, build, annotate, build, load, and the next version."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from allegata.ingest.add import add
from allegata.publish.manifest import read_manifests
from allegata.recipe.build import run
from allegata.recipe.init import init
from invented_corpora import (
    RECALL,
    SINGLE,
    Rows,
    annotate,
    check_quotes,
    generated,
    loaded,
    recall,
    registers,
)
from project import sampled

Tables = dict[str, Rows]


def build(root: Path, cache: Path) -> tuple[str, Tables]:
    """Build, load and check: the version, and its tables."""
    release = run(root).release
    assert release is not None
    assert release.created
    tables = loaded(root, cache, release.version)
    check_quotes(tables)
    return release.version, tables


def splits(root: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((root / "corpus" / "splits.json").read_text())
    return found


@pytest.fixture(scope="module")
def kettle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str], dict[str, Tables]]:
    """The recall after every step: the corpus, a cache, the ids by name, and the tables of every version."""
    place = tmp_path_factory.mktemp("kettle")
    root, cache = place / "corpus", place / "cache"
    (place / "offered").mkdir()
    ids = recall(root, place / "offered")
    versions = dict([build(root, cache)])
    registers(root, RECALL)
    annotate(root, RECALL / "drafts", ids, place / "drafts")
    versions |= dict([build(root, cache)])
    (ids["later"],) = add([RECALL / "articles" / "later.txt"], root, story="kettle").added
    versions |= dict([build(root, cache)])
    return root, cache, ids, versions


Kettle = tuple[Path, Path, dict[str, str], dict[str, Tables]]


def test_the_recall_is_published_before_and_after_it_is_annotated_and_grows(kettle: Kettle) -> None:
    _, _, _, versions = kettle
    assert list(versions) == ["1.0.0", "1.1.0", "1.2.0"]
    assert [len(tables["articles"]) for tables in versions.values()] == [6, 6, 7]
    assert [len(tables["claims"]) for tables in versions.values()] == [0, 43, 43]
    assert [len(tables["ledger"]) for tables in versions.values()] == [7, 7, 8]


def test_of_two_near_duplicates_one_is_published_and_the_ledger_names_the_other(kettle: Kettle) -> None:
    _, _, ids, versions = kettle
    for tables in versions.values():
        (gone,) = [row for row in tables["ledger"] if row["status"] == "removed"]
        assert gone["reason"] == "near_duplicate"
        assert {gone["article_id"], gone["canonical_id"]} == {ids["wire"], ids["coastline"]}


def test_menus_banners_teasers_and_imprint_leave_the_pages_of_two_outlets(kettle: Kettle) -> None:
    _, _, ids, versions = kettle
    texts = {row["article_id"]: row["text"] for row in versions["1.0.0"]["articles"]}
    gazette, lamp = texts[ids["gazette"]], texts[ids["lamp"]]
    assert gazette.startswith("Burned by her kettle: Alder & Finch calls back 52,000\n\nMira Tolland poured tea")
    assert gazette.endswith("between January and May 2031.")
    assert "\n\nAlder & Finch has widened its recall" in lamp
    assert lamp.endswith("for each of them.")
    for words in ("cookies", "Sport", "toasters", "All rights reserved", "newsletter", "All recalls"):
        assert words not in gazette + lamp


def test_what_pages_archive_and_lines_state_is_known_of_their_articles(kettle: Kettle) -> None:
    _, _, ids, versions = kettle
    rows = {row["article_id"]: row for row in versions["1.0.0"]["articles"]}
    assert rows[ids["gazette"]]["publisher"] == "Morrow Gazette"
    assert rows[ids["gazette"]]["published"] == "2032-03-05"
    assert rows[ids["gazette"]]["title"] == "Burned by her kettle: Alder & Finch calls back 52,000"
    assert rows[ids["lamp"]]["url"] == "https://lamp.example/borea"
    assert rows[ids["tidings"]]["author"] == "Olaf Brandt"
    assert {name: rows[ids[name]]["language"] for name in ("tageblatt", "notice")} == {
        "tageblatt": "de",
        "notice": "en",
    }
    assert {row["story"] for row in rows.values()} == {"kettle"}


def test_who_says_what_is_published_in_both_languages(kettle: Kettle) -> None:
    _, _, ids, versions = kettle
    tables = versions["1.1.0"]
    claims = {(row["article_id"], row["surface"]): row for row in tables["claims"]}
    german = claims[ids["tageblatt"], "ein Verkaufsverbot bis zum Sommer"]
    assert (german["claim_type"], german["claimer_id"]) == ("demand", "verbraucherbund")
    denial = claims[ids["gazette"], "this"]
    assert (denial["claim_type"], denial["claimer_id"]) == ("denial", "alder-finch")
    (split_cue,) = [row for row in tables["attributions"] if len(row["cue"]) == 2]
    assert [piece["surface"] for piece in split_cue["cue"]] == ["teilte", "mit"]
    annotated = {row["article_id"] for row in tables["articles"] if row["annotated"]}
    assert annotated == {ids[name] for name in ("notice", "coastline", "gazette", "tageblatt", "lamp")}
    assert {row["article_id"] for row in tables["claims"]} == annotated


def test_disputes_of_the_recall_are_published_with_positions_and_the_pairs_that_follow(kettle: Kettle) -> None:
    _, _, ids, versions = kettle
    tables, names = versions["1.1.0"], {article_id: name for name, article_id in ids.items()}

    def short(claim: str) -> str:
        article, _, number = claim.rpartition(":")
        return f"{names[article]}:c{int(number[1:])}"

    disputes = {row["dispute_id"]: row for row in tables["disputes"]}
    positions = {row["position_id"]: row for row in tables["positions"]}
    assert disputes["d005"]["question"] == "How many kettles of the Borea 1.7 were sold?"
    assert {row["story"] for row in disputes.values()} == {"kettle"}
    assert (disputes["d005"]["level"], disputes["d006"]["level"]) == ("between", "same")  # two authors' own voices
    assert positions["d001.b"]["claimer_ids"] == ["alder-finch", "ines-varga"]
    assert positions["d009.b"]["supersedes"] == ["d009.a"]

    found = defaultdict(set)
    for row in tables["relations"]:
        pair = frozenset(map(short, (row["claim_a"], row["claim_b"])))
        found[row["relation"], row["differs"], row["origin"]].add(pair)
    assert frozenset(("notice:c5", "gazette:c6")) in found["contradiction", "numeric", "dispute"]
    assert frozenset(("notice:c1", "gazette:c10")) in found["contradiction", "temporal", "dispute"]
    assert frozenset(("coastline:c4", "lamp:c6")) in found["contradiction", "negation", "dispute"]
    assert frozenset(("coastline:c3", "gazette:c3")) in found["tension", "numeric", "dispute"]
    assert frozenset(("lamp:c1", "coastline:c2")) in found["update", "numeric", "dispute"]
    assert len(found["equivalent", None, "proposition"]) == len(tables["propositions"]) == 3
    drawn = found["none", None, "sampled"]
    assert len(drawn) == len(tables["relations"]) / 2
    for row in tables["relations"]:
        if {short(row["claim_a"]), short(row["claim_b"])} == {"lamp:c1", "coastline:c2"}:
            assert short(row[f"claim_{row['supersedes']}"]) == "lamp:c1"
            sentence = row[f"sentence_{row['supersedes']}"]
            assert sentence.endswith("61,000 kettles, the Product Safety Office said on 2 April 2032.")
            assert row[f"claimer_{row['supersedes']}"] == "safety-office"


def test_every_version_of_the_recall_still_loads_and_no_published_article_moves(kettle: Kettle) -> None:
    root, cache, ids, versions = kettle
    for version, tables in versions.items():
        again = loaded(root, cache.with_name("again"), version, ["articles", "claims"])
        assert again["articles"] == tables["articles"]
        assert again["claims"] == tables["claims"]
    now = splits(root)
    assert set(now) == {row["article_id"] for row in versions["1.2.0"]["articles"]}
    assert ids["later"] in now


def test_a_single_article_goes_the_whole_way(tmp_path: Path) -> None:
    root, cache = tmp_path / "corpus", tmp_path / "cache"
    init(root, title="One ferry")
    (article,) = add([SINGLE / "article.txt"], root).added
    version, tables = build(root, cache)
    assert (version, len(tables["articles"]), len(tables["sentences"])) == ("1.0.0", 1, 4)
    registers(root, SINGLE)
    annotate(root, SINGLE / "drafts", {"article": article}, tmp_path / "drafts")
    version, tables = build(root, cache)
    assert version == "1.1.0"
    assert [row["claim_type"] for row in tables["claims"]] == [
        "reported_fact",
        "prediction",
        "reported_fact",
        "opinion",
    ]
    home = splits(root)[article]
    (tmp_path / "more.txt").write_text("The ferry sank on Tuesday, and nobody was hurt.")
    add([tmp_path / "more.txt"], root)
    version, tables = build(root, cache)
    assert (version, len(tables["articles"])) == ("1.2.0", 2)
    assert splits(root)[article] == home


@pytest.mark.parametrize(("articles", "stories"), sampled([(80, 16), (300, 30)], (80, 16)))
def test_hundreds_of_articles_in_many_stories_go_the_whole_way(tmp_path: Path, articles: int, stories: int) -> None:
    root, cache = tmp_path / "corpus", tmp_path / "cache"
    init(root)
    generated(tmp_path / "news.jsonl", articles=articles, stories=stories)
    assert len(add([tmp_path / "news.jsonl"], root).added) == articles
    version, tables = build(root, cache)
    assert version == "1.0.0"
    assert len(tables["ledger"]) == articles
    story_of = {row["article_id"]: row["story"] for row in tables["articles"]}
    before = splits(root)
    homes: dict[str, set[str]] = defaultdict(set)
    for article, split in before.items():
        homes[story_of[article]].add(split)
    assert len(homes) == stories
    assert all(len(found) == 1 for found in homes.values())
    shares = Counter(before.values())
    assert shares["train"] > shares["test"] > 0
    assert shares["validation"] > 0

    # One claim of one article of every story.
    (root / "annotations" / "annotators.jsonl").write_bytes((SINGLE / "annotators.jsonl").read_bytes())
    (tmp_path / "made").mkdir()
    sentences = {row["article_id"]: row["text"] for row in tables["sentences"] if row["sentence_id"].endswith(":s002")}
    chosen = {story_of[article]: article for article in sorted(story_of, reverse=True)}.values()
    for article in chosen:
        claim = {"record": "claim", "id": "c1", "s": 2, "quote": sentences[article].rstrip(".")}
        claim |= {"claim_type": "reported_fact", "claimer_id": "author"}
        (tmp_path / "made" / f"{article}.jsonl").write_text(json.dumps(claim) + "\n")
    annotate(root, tmp_path / "made", {article: article for article in chosen}, tmp_path / "drafts")
    version, tables = build(root, cache)
    assert version == "1.1.0"
    assert {row["article_id"] for row in tables["claims"]} == set(chosen)

    generated(tmp_path / "more.jsonl", articles=1, stories=1, seed=9)
    add([tmp_path / "more.jsonl"], root)
    (tmp_path / "new.txt").write_text("A whale swam up the river on Sunday, and hundreds came to see it.")
    add([tmp_path / "new.txt"], root, story="the whale")
    version, tables = build(root, cache)
    assert version == "1.2.0"
    assert len(tables["ledger"]) == articles + 2
    after = splits(root)
    assert {article: after[article] for article in before} == before
    home = {after[row["article_id"]] for row in tables["articles"] if row["story"] == "story 0"}
    assert len(home) == 1
    assert [manifest.version for manifest in read_manifests(root / "corpus")] == ["1.0.0", "1.1.0", "1.2.0"]
