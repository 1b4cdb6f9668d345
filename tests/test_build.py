"""The whole path: published once, proved equal ever after, the same bytes everywhere, and nothing lost on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from allegata.recipe.about import inputs
from allegata.recipe.build import run
from allegata.schema.problems import ProblemsFound
from allegata.schema.settings import read_settings
from allegata.schema.tables import TABLES
from project import (
    ARTICLES,
    ROOT,
    Row,
    add_article,
    change_article,
    copy_root,
    edit_rows,
    manifest_row,
    source_text,
    tree,
)

Tree = dict[str, bytes]

VERSION = f"corpus/v{read_settings(ROOT).corpus_version}"


def outcome(root: Path) -> Tree:
    """Everything a build has written below `root`."""
    return {name: data for name, data in tree(root).items() if name.startswith("corpus/") or name == "dataset_card.md"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = copy_root(tmp_path_factory.mktemp("published"), whole=True)
    build = run(root)
    assert build.release is not None
    assert build.release.created
    return root


def test_the_first_build_publishes_every_table_and_the_card(published: Path) -> None:
    names = outcome(published)
    folders = {name.split("/")[2] for name in names if name.count("/") == 3}
    assert folders == {*TABLES, "ledger"}
    assert {"corpus/README.md", "corpus/splits.json", f"{VERSION}/manifest.json", "dataset_card.md"} <= set(names)
    assert not [name for name in names if "partial" in name or "/." in name]


def test_the_card_says_from_the_files_what_was_adjudicated_and_from_the_settings_the_subject(published: Path) -> None:
    card = (published / "dataset_card.md").read_text("utf-8")
    assert " adjudicated by" in card
    subject = read_settings(ROOT).subject
    assert f" articles{' about ' + subject if subject else ''}, as a corpus" in card
    inside = (published / "corpus/README.md").read_text("utf-8").partition("\n---\n")[2]
    assert card.partition("\n---\n")[2].replace("](corpus/", "](") == inside


def test_a_second_build_proves_it_equal_and_touches_nothing(published: Path) -> None:
    before = outcome(published)
    build = run(published)
    assert build.release is not None
    assert not build.release.created
    assert outcome(published) == before


def test_every_span_of_every_table_is_its_text(published: Path) -> None:
    version = published / VERSION

    def rows(table: str) -> list[Row]:
        return [row for path in sorted((version / table).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]

    articles = {row["article_id"]: row for row in rows("articles")}
    assert sorted(articles) == list(ARTICLES)
    for table, quote in (("sentences", "text"), ("entities", "surface"), ("claims", "surface")):
        found = rows(table)
        assert len(found) >= 100
        for row in found:
            article = articles[row["article_id"]]
            assert article["text"][row["start"] : row["end"]] == row[quote]
            source = article["source_text"][row["source_start"] : row["source_end"]]
            assert (source[0], source[-1]) == (row[quote][0], row[quote][-1])
    for row in rows("removals"):
        source_text_ = articles[row["article_id"]]["source_text"]
        assert source_text_[row["source_start"] : row["source_end"]] == row["text"]
    for article in articles.values():
        removed = sum(len(row["text"]) for row in rows("removals") if row["article_id"] == article["article_id"])
        assert len(article["text"]) + removed == len(article["source_text"])


def test_the_same_bytes_with_another_hash_seed_time_zone_locale_and_order_of_files(
    published: Path, tmp_path: Path
) -> None:
    root = copy_root(tmp_path, whole=True)
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows.reverse())
    (root / "raw" / ".DS_Store").write_bytes(b"\0")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "scripts"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "4242",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "TZ": "Pacific/Chatham",
        "LC_ALL": "C",
    }
    command = [sys.executable, "-m", "allegata", "build", "--root", str(root)]
    done = subprocess.run(command, env=environment, cwd=tmp_path.parent, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    ours, theirs = outcome(published), outcome(root)
    assert sorted(ours) == sorted(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_nothing_written_names_a_host_a_path_or_a_time(published: Path) -> None:
    everything = b"\0".join(outcome(published).values())
    host = os.uname().nodename
    for trace in (str(published), str(ROOT), tempfile.gettempdir() + os.sep, *([host] if len(host) > 6 else [])):
        assert trace.encode() not in everything


def test_a_changed_label_under_a_published_version_is_refused_and_tells_table_and_next_version(
    published: Path, tmp_path: Path
) -> None:
    root = copy_root(tmp_path, whole=True)
    for name, data in outcome(published).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)

    def deny(rows: list[Row]) -> None:
        next(row for row in rows if row["record"] == "claim").update(claim_type="opinion")

    edit_rows(root / "annotations" / "gold" / f"{ARTICLES[0]}.jsonl", deny)
    before = outcome(root)
    with pytest.raises(ProblemsFound) as error:
        run(root)
    text = str(error.value)
    assert "claims" in text
    assert f"{VERSION}/claims: 1 row changed: {ARTICLES[0]}:c001" in text
    assert "in allegata.toml or [tool.allegata] (minor), or remove the line" in text
    assert outcome(root) == before


def test_rows_that_fail_a_suite_are_named_by_article_and_span_and_nothing_is_published(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    teaser = "Canadian News Publishers Sue OpenAI Over Copyright Infringement"
    start = source_text(ARTICLES[0]).index(teaser)
    text = source_text(ARTICLES[0])

    def claim_the_teaser(rows: list[Row]) -> None:
        row = next(row for row in rows if row["record"] == "claim")
        end = start + len(teaser)
        prefix, suffix = text[start - 16 : start], text[end : end + 16]
        row["segments"] = [{"start": start, "end": end, "exact": teaser, "prefix": prefix, "suffix": suffix}]

    edit_rows(root / "annotations" / "gold" / f"{ARTICLES[0]}.jsonl", claim_the_teaser)
    with pytest.raises(ProblemsFound) as error:
        run(root)
    claims = [problem for problem in error.value.problems if "claims" in problem.file]
    assert claims
    assert {problem.article_id for problem in claims} == {ARTICLES[0]}
    assert any(problem.span is not None for problem in claims)
    assert f"{ARTICLES[0]}:c001" in str(error.value)
    assert outcome(root) == {}


def test_exact_and_near_copies_leave_through_the_ledger_and_every_article_is_accounted_for(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    text = source_text(ARTICLES[3])
    near = text.replace("was dismissed after new evidence was presented", "ended after new evidence")
    add_article(root, "901_copy", text.encode())
    add_article(root, "902_near", near.encode())
    add_article(root, "903_blank", b" \n")
    build = run(root, "annotate")
    ledger = {row["article_id"]: row for row in build.ledger_table().to_pylist()}
    removed = {name: row for name, row in ledger.items() if row["status"] == "removed"}
    kept = [name for name, row in ledger.items() if row["status"] == "kept"]
    assert len(ledger) == 8 == len(kept) + len(removed)
    assert kept == build.articles["article_id"].to_pylist() == list(ARTICLES)
    assert {name: (row["stage"], row["reason"], row["canonical_id"]) for name, row in removed.items()} == {
        "901_copy": ("deduplicate", "exact_duplicate", ARTICLES[3]),
        "902_near": ("deduplicate", "near_duplicate", ARTICLES[3]),
        "903_blank": ("ingest", "no_text", None),
    }
    assert all(row["evidence"] for row in removed.values())


def test_a_corpus_without_a_letter_is_refused_in_one_problem(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    for article in ARTICLES:
        change_article(root, article, b"")
    for number in range(40):
        (root / "raw" / f"blank{number}.txt").write_bytes(b" \n")
    rows = [manifest_row(f"blank{number}", b" \n") for number in range(40)]
    edit_rows(root / "raw" / "manifest.jsonl", lambda found: found.extend(rows))
    with pytest.raises(ProblemsFound) as told:
        run(root)
    assert [problem.what for problem in told.value.problems] == ["no article remains: 45 no_text"]
    assert outcome(root) == {}


def test_of_many_copies_of_one_text_one_is_published_and_all_are_in_the_ledger(tmp_path: Path) -> None:
    root, text = copy_root(tmp_path), b"The parish council met on Monday. " * 20
    for number in range(600):
        (root / "raw" / f"copy{number:03}.txt").write_bytes(text)
    rows = [manifest_row(f"copy{number:03}", text, language="en") for number in range(600)]
    edit_rows(root / "raw" / "manifest.jsonl", lambda found: found.extend(rows))
    build = run(root)
    assert build.members["article_id"].to_pylist() == [*ARTICLES, "copy000"]
    ledger = build.ledger_table().to_pylist()
    assert [row["canonical_id"] for row in ledger if row["reason"] == "exact_duplicate"] == ["copy000"] * 599
    assert len(ledger) == 605


def test_of_two_copies_the_annotated_one_stays_then_the_published_one_then_the_earliest(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    add_article(root, "900_first", source_text(ARTICLES[3]).encode(), published="2025-02-01")  # ours has no date
    for article, fields in (("901_a", {"published": "2025-02-01"}), ("902_b", {"published": "2025-03-01"})):
        add_article(root, article, b"The mill on the hill sued Acme in March, and Acme denied all of it.", **fields)
    (root / "corpus").mkdir()
    for pins, kept in (({}, "901_a"), ({"902_b": "train"}, "902_b")):
        (root / "corpus" / "splits.json").write_text(json.dumps(pins))
        assert run(root, "annotate").articles["article_id"].to_pylist() == [*ARTICLES, kept]


def test_gold_of_an_article_that_left_as_a_copy_of_another_with_gold_is_refused_with_the_reason(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    add_article(root, "901_copy", source_text(ARTICLES[3]).encode(), published="2025-02-01")
    gold = root / "annotations" / "gold"
    gold.joinpath("901_copy.jsonl").write_bytes((gold / f"{ARTICLES[3]}.jsonl").read_bytes())
    edit_rows(gold / "901_copy.jsonl", lambda rows: rows[0].update(article_id="901_copy"))
    with pytest.raises(ProblemsFound) as error:
        run(root, "annotate")
    assert f"annotations/gold/{ARTICLES[3]}.jsonl" in str(error.value)
    assert "deduplication removed it" in str(error.value)


def one_line(megabytes: int) -> bytes:
    sentence = "The mill sued Acme in March over %d coins of rent, and Acme denied it. "
    count = megabytes * 1_000_000 // len(sentence)
    return "".join(sentence % number for number in range(count)).encode()


@pytest.mark.parametrize("megabytes", [1, pytest.param(50, marks=pytest.mark.slow)])
def test_an_article_in_one_huge_line_is_cleaned_and_cut_into_sentences(tmp_path: Path, megabytes: int) -> None:
    root = copy_root(tmp_path)
    data = one_line(megabytes)
    add_article(root, "900_long", data)
    build = run(root, "deduplicate")
    row = next(row for row in build.articles.to_pylist() if row["article_id"] == "900_long")
    assert row["text"] == data.decode()
    assert len(row["sentences"]) == data.count(b"denied it.")


def test_the_inputs_named_in_the_manifest_are_the_articles_their_rows_and_annotations(published: Path) -> None:
    inputs = json.loads((published / f"{VERSION}/manifest.json").read_bytes())["inputs"]
    raw = {f"raw/{article}.txt" for article in ARTICLES} | {"raw/manifest.jsonl (rows)"}
    assert {name for name in inputs if name.startswith("raw/")} == raw
    assert {f"annotations/gold/{article}.jsonl" for article in ARTICLES} <= set(inputs)
    assert list(inputs) == sorted(inputs)


def test_a_pair_tells_the_splits_of_both_its_articles(published: Path) -> None:
    splits = json.loads((published / "corpus/splits.json").read_bytes())
    rows = pq.read_table(published / VERSION / "relations").to_pylist()
    assert {row["split_a"] for row in rows} | {row["split_b"] for row in rows} == {"train", "validation", "test"}
    for row in rows:
        assert (row["split_a"], row["split_b"]) == (splits[row["article_a"]], splits[row["article_b"]])


def test_what_the_manifest_of_raw_says_is_an_input_and_its_order_is_not(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    first = inputs(run(root, "annotate"))
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows.reverse())
    assert inputs(run(root, "annotate")) == first
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows[0].update(publisher="The Crumb"))
    changed = inputs(run(root, "annotate"))
    assert {name for name in first if changed[name] != first[name]} == {"raw/manifest.jsonl (rows)"}
