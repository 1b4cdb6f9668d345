"""`allegata explain`: where a published character, article or row came from, from a copy of corpus/ alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.publish.card.facts import CardFacts
from allegata.publish.contents import Contents
from allegata.publish.stage import release
from allegata.recipe.build import run
from allegata.recipe.explain import Explanation, explain
from allegata.schema.problems import UsageError
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import LEDGER, TABLES
from project import write_rows
from test_dedup_decisions import OTHER, TOLD, corpus, decision
from validate_corpus import SPLITS, X0, Y0, valid_rows

MARKER = X0.index(" [1]")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of versions of three invented articles, and nothing beside it but two of their logs."""
    root, rows = tmp_path_factory.mktemp("root"), valid_rows()
    tables = {name: [pa.Table.from_pylist(rows[name], schema=schema)] for name, schema in TABLES.items()}
    ledger = pa.Table.from_pylist(rows["ledger"], schema=LEDGER)
    contents = Contents(tables, SPLITS, ledger, default_scheme(), CardFacts(), {}, {})
    release(contents, root=root, version="1.0.0")
    for row in rows["ledger"]:
        row |= {"article_id": row["article_id"].replace("z0", "zz")}
    other_ledger = pa.Table.from_pylist(rows["ledger"], schema=LEDGER)
    release(replace(contents, ledger=other_ledger), root=root, version="1.1.0")
    return root / "corpus"


def shown(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["explain", *arguments])
    return done.exit_code, done.output


def test_characters_have_their_source_their_block_and_what_was_removed_around_them(published: Path) -> None:
    found = explain("x0:40-56", published)
    assert found.span is not None
    text = "he mill, which b"
    assert found.span["text"] == text
    runs = [(one["source_start"], one["source_end"]) for one in found.span["runs"]]
    assert "".join(X0[start:end] for start, end in runs) == text
    assert runs == [(40, MARKER), (MARKER + 4, 60)]
    assert [(X0[one["source_start"] : one["source_end"]], one["zone"]) for one in found.span["blocks"]] == [
        (X0.split("\n")[1], "body")
    ]
    assert found.span["sentences"] == ["x0:s1"]
    around = [(one["where"], one["distance"], one["text"], one["reason"]) for one in found.removals]
    assert around[0] == ("inside", 0, " [1]", "citation_marker")
    assert [one[0] for one in around[1:]] == ["after", "after"]
    assert found.article is not None
    assert found.article["sha256"] == "0" * 64
    assert (found.article["file"], found.article["split"], found.article["media_type"]) == (
        "x0.txt", "train", "text/plain",
    )  # fmt: skip


def test_every_character_of_every_article_leads_to_itself_in_the_source(published: Path) -> None:
    for name, source in (("x0", X0), ("y0", Y0)):
        text = explain(f"{name}:0-1", published).article
        assert text is not None
        for at in range(40):
            try:
                found = explain(f"{name}:{at}-{at + 1}", published).span
            except UsageError:
                break
            assert found is not None
            (run,) = found["runs"]
            assert source[run["source_start"] : run["source_end"]] == found["text"]


def test_a_claim_says_which_passes_have_it_who_decided_and_what_it_names(published: Path) -> None:
    found = explain("x0:c1", published)
    assert (found.kind, found.table) == ("row", "claims")
    assert found.decided is not None
    assert found.decided["annotators"] == ["reader"]
    assert [one["pass"] for one in found.decided["passes"]] == ["p", "q"]
    assert {(one["table"], one["column"]) for one in found.named} == {
        ("attributions", "attribution_id"),
        ("entity_register", "claimer_id"),
    }
    code, text = shown("x0:c1", "--corpus", str(published))
    assert code == 0
    assert "pass p (by p) has it: exactly this span\n" in text
    assert "  claim_type allegation: 2 of the passes\n" in text
    assert "not known from here: the log of adjudication: annotations/passes, beside corpus/" in text


def test_every_row_of_every_table_is_found_by_its_id(published: Path) -> None:
    rows = valid_rows()
    for table, schema in TABLES.items():
        assert rows[table] or table == "entity_register"
        for row in rows[table]:
            row_id = row[schema.names[0]]
            found = explain(row_id, published)
            assert (found.table, found.asked) == (table, row_id)
            shown_row = found.row or found.article or {}
            assert shown_row[schema.names[0]] == row_id


def test_a_dispute_brings_its_claims_and_positions_and_a_pair_its_claims(published: Path) -> None:
    named = [(one["table"], next(iter(one["row"].values()))) for one in explain("d1", published).named]
    assert named == [("claims", "x0:c1"), ("claims", "y0:c4"), ("positions", "d1.a"), ("positions", "d1.b")]
    pair = explain("x0:c1+y0:c4", published)
    assert [one["column"] for one in pair.named] == ["claim_a", "claim_b", "dispute_ids"]


def test_an_article_is_shown_as_a_whole_with_every_removal_and_its_reason(published: Path) -> None:
    code, text = shown("x0", "--corpus", str(published))
    assert code == 0
    assert "   Acme said on May 2 that the mill[- [1]-], which burned, owes rent.\n" in text
    assert "-  The mill  SUED.\n" in text
    assert "repetition" in text
    assert "; repeats [0,14)\n" in text


def test_a_copy_names_the_article_that_stands_for_it_their_likeness_and_a_passage(tmp_path: Path) -> None:
    root = corpus(tmp_path, {"a": TOLD, "b": TOLD + " It burnt.", "d": OTHER, "e": TOLD}, [decision("e", "keep")])
    run(root)
    copy = Path(shutil.copytree(root / "corpus", tmp_path / "elsewhere" / "corpus"))
    found = explain("a", copy)
    assert (found.kind, found.article, found.source_text) == ("unpublished", None, None)
    assert found.copy_of is not None
    assert (found.copy_of["article_id"], found.copy_of["published"]) == ("b", True)
    assert 0.5 < found.copy_of["similarity"] < 1
    assert found.copy_of["passage"] == {"start": 0, "end": len(TOLD) - 1, "text": TOLD[:-1]}
    assert "raw/" in found.needs[0]
    kept = explain("e", copy)
    assert kept.kind == "article"
    assert kept.copy_of is not None
    assert kept.copy_of["article_id"] == "b"
    code, text = shown("a", "--corpus", str(copy))
    assert code == 0
    assert "ledger: a (a.txt) is removed, deduplicate: near_duplicate" in text
    assert f"both have [0,{len(TOLD) - 1}) of its clean text: “{TOLD[:-1]}”" in text
    assert explain("b", root / "corpus").article["raw"] == "same"  # type: ignore[index]
    (root / "raw" / "b.txt").write_text("other bytes")
    assert explain("b", root / "corpus").article["raw"] == "other"  # type: ignore[index]
    with pytest.raises(UsageError, match="article a is not published in version"):
        explain("a:0-4", copy)


def test_the_log_of_adjudication_is_shown_where_it_lies_beside_the_corpus(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "corpus")
    log = tmp_path / "annotations" / "passes"
    log.mkdir(parents=True)
    entries: list[dict[str, Any]] = [
        {"article_id": "x0", "id": "c0", "field": "polarity", "decision": "affirmative", "reason": "plain"},
        {"article_id": "x0", "id": "c1", "field": "claim_type", "decision": "allegation", "reason": "Acme says so"},
        {"rule": "5.1", "decision": "of no record"},
    ]
    write_rows(log / "adjudication.jsonl", entries)
    code, text = shown("x0:c1", "--corpus", str(tmp_path / "corpus"))
    assert code == 0
    assert 'adjudicated, annotations/passes/adjudication.jsonl:2: claim_type: "allegation"; Acme says so\n' in text
    assert "polarity: affirmative;" not in text
    assert "the log of adjudication" not in text


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("x0:c77", "version 1.1.0 has no article and no row 'x0:c77'; of the claims of x0, the nearest ids are: x0:c1"),
        ("x2", "version 1.1.0 has no article and no row 'x2'; the nearest article ids are x0, x1, y0, zz"),
        (
            "x0:7",
            "version 1.1.0 has no article and no row 'x0:7'; characters of its text are asked for as x0:START-END",
        ),
        ("z0", "version 1.1.0 has no article and no row 'z0'; version 1.0.0 has it: add --version 1.0.0"),
        ("x0:5-5", "[5,5) is empty or reversed: the clean text of x0 in version 1.1.0"),
        ("x0:5-5000", "[5,5000) lies outside the text of"),
        ("", "version 1.1.0 has no article and no row ''"),
        (":", "version 1.1.0 has no article and no row ':'"),
        (f"x0:0-{'9' * 5000}", "version 1.1.0 has no article and no row 'x0:0-99"),
    ],
)
def test_what_there_is_not_ends_with_exit_code_2_and_says_where_to_look(published: Path, asked: str, says: str) -> None:
    code, text = shown("--corpus", str(published), "--", asked)
    assert code == 2
    assert says in text


@pytest.mark.parametrize("number", ["1.0", "1.0.0/../v1.1.0", f"{'9' * 300}.0.0", "1.0.0\0", ""])
def test_what_is_no_version_is_not_looked_for(published: Path, number: str) -> None:
    with pytest.raises(UsageError, match=r"holds no version.* it holds: 1\.0\.0, 1\.1\.0"):
        explain("x0", published, number)


def test_a_version_is_named_or_the_latest_or_the_folder_itself(published: Path, tmp_path: Path) -> None:
    assert explain("x0", published).version == "1.1.0"
    assert explain("z0", published, "1.0.0").kind == "unpublished"
    assert explain("x0", published / "v1.0.0", "v1.0.0").version == "1.0.0"
    alone = shutil.copytree(published / "v1.0.0", tmp_path / "snapshot")
    assert explain("x0", Path(alone)).version == "1.0.0"
    with pytest.raises(UsageError, match=r"holds no version 3\.0\.0; it holds: 1\.0\.0, 1\.1\.0"):
        explain("x0", published, "3.0.0")


@pytest.mark.parametrize("asked", ["x0", "x0:3-9", "x0:c1", "d1", "zz"])
def test_all_of_it_is_there_for_programs(published: Path, asked: str) -> None:
    code, text = shown(asked, "--corpus", str(published), "--json")
    assert code == 0
    found = json.loads(text)
    assert found == json.loads(json.dumps(asdict(explain(asked, published))))
    assert found.keys() == Explanation.__dataclass_fields__.keys()
