"""Pre-annotation: a new article gets proposals beside the gold, people correct them, and they become gold."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from allegata.annotate.draft import Sentences, draft_lines, read_draft
from allegata.annotate.gold import read_gold
from allegata.cli.app import app
from allegata.publish.projector import Projector
from allegata.recipe.build import run
from allegata.schema.json_lines import parse_json_lines
from project import ARTICLES, ROOT, SCHEME, copy_root, edit_rows, manifest_row, read_rows, source_text, tree, write_rows

NEW = ARTICLES[4]  # the article that has lost its gold


@pytest.fixture
def root(tmp_path: Path) -> Path:
    pytest.importorskip("pycrfsuite")
    pytest.importorskip("sklearn")
    place = copy_root(tmp_path)
    (place / "corpus").symlink_to(ROOT / "corpus")
    annotations = place / "annotations"
    (annotations / "gold" / f"{NEW}.jsonl").unlink()
    for name in ("disputes.jsonl", "propositions.jsonl"):
        write_rows(annotations / name, [])
    return place


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_gold_becomes_a_draft_and_the_draft_the_same_gold() -> None:
    articles = {row["article_id"]: row for row in run(ROOT, "clean").articles.to_pylist()}
    entities = {row["id"]: row for row in read_rows(ROOT / "annotations" / "entities.jsonl")}
    for article_id in ARTICLES:
        gold, _ = read_gold(
            ROOT / "annotations" / "gold" / f"{article_id}.jsonl", "gold", {article_id: source_text(article_id)}, SCHEME
        )
        assert gold is not None
        projector = Projector.of(articles[article_id])
        sentences = Sentences(articles[article_id]["text"], projector.sentences, projector.offsets)
        draft = "".join(f"{line}\n" for line in draft_lines(gold, sentences, SCHEME))
        lines, _ = parse_json_lines(draft.encode(), "draft")
        again, problems = read_draft(lines, gold.header, sentences, entities, "draft", SCHEME)
        assert problems == []
        assert again.records == gold.records


def test_a_proposal_is_corrected_and_becomes_gold(root: Path) -> None:
    before = tree(root / "annotations" / "gold")
    proposed = call("pre-annotate", "--root", root)
    assert proposed.exit_code == 0, proposed.output
    folder = root / "annotations" / "proposals"
    assert read_rows(folder / "gold" / f"{NEW}.jsonl")[0]["annotators"] == ["pre-annotator-3"]
    assert tree(root / "annotations" / "gold") == before  # nothing is decided
    row = proposed.output.split("annotators.jsonl: ")[1].splitlines()[0]
    assert '"kind": "model"' in row
    assert f"next: allegata annotate --root {root} --draft {folder}" in proposed.output

    draft = folder / "drafts" / f"{NEW}.jsonl"
    edit_rows(draft, lambda rows: rows.remove(next(r for r in rows if r["record"] == "claim")))
    register(root, row)
    by = ("--annotator", "pre-annotator-3", "--annotator", "reader")
    imported = call("annotate", "--root", root, "--draft", draft, *by)
    assert imported.exit_code == 0, imported.output
    assert imported.output.endswith(f"next: allegata validate --root {root}\n")
    gold = root / "annotations" / "gold" / f"{NEW}.jsonl"
    assert read_rows(gold)[0]["annotators"] == ["pre-annotator-3", "reader"]
    assert len(read_rows(gold)) == len(read_rows(folder / "gold" / f"{NEW}.jsonl")) - 1


def test_a_proposal_is_corrected_in_a_tool_and_the_gold_names_the_machine_too(root: Path, tmp_path: Path) -> None:
    proposed = call("pre-annotate", "--root", root)
    register(root, proposed.output.split("annotators.jsonl: ")[1].splitlines()[0])
    tool, gold = tmp_path / "tool", root / "annotations" / "gold" / f"{NEW}.jsonl"
    exported = call("export", "spans", tool, "--root", root, "--from", "proposals")
    assert exported.exit_code == 0, exported.output
    home = ("import", "spans", tool, "--root", root, "--into", "gold", "--annotator", "reader")
    untouched = call(*home)
    assert f"not written into gold: {NEW}: nothing was changed" in untouched.output
    assert not gold.exists()
    edit_rows(tool / "spans.jsonl", lambda rows: rows[0]["spans"].remove(_a_mention(rows[0])))
    corrected = call(*home)
    assert (corrected.exit_code, "1 removed" in corrected.output) == (0, True), corrected.output
    assert f"gold begins with what was proposed of {NEW}" in corrected.output
    assert read_rows(gold)[0]["annotators"] == ["pre-annotator-3", "reader"]
    assert len(read_rows(gold)) == len(read_rows(root / "annotations" / "proposals" / "gold" / f"{NEW}.jsonl")) - 1


def _a_mention(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(span for span in document["spans"] if span["layer"] == "mention")
    return found


def register(root: Path, row: str) -> None:
    """Put the machine, a reader and the proposed entities into the registers."""
    annotations = root / "annotations"
    with (annotations / "annotators.jsonl").open("a", encoding="utf-8") as annotators:
        annotators.write(row + "\n")
        annotators.write(json.dumps({"id": "reader", "kind": "human", "description": "Somebody who reads."}) + "\n")
    proposed = read_rows(annotations / "proposals" / "entities" / f"{NEW}.jsonl")
    edit_rows(annotations / "entities.jsonl", lambda rows: rows.extend(proposed))


def test_a_proposal_that_nobody_corrected_is_valid_but_no_human_s_work_unless_one_says_so(root: Path) -> None:
    proposed = call("pre-annotate", "--root", root)
    register(root, proposed.output.split("annotators.jsonl: ")[1].splitlines()[0])
    draft = root / "annotations" / "proposals" / "drafts" / f"{NEW}.jsonl"
    machine, both = ("--annotator", "pre-annotator-3"), ("--annotator", "pre-annotator-3", "--annotator", "reader")
    refused = call("annotate", "--root", root, "--draft", draft, *both)
    assert refused.exit_code == 2
    assert f"{draft.name} says what pre-annotator-3 proposed and nothing else" in refused.stderr
    assert "name the machine as --annotator instead of reader" in refused.stderr
    assert not (root / "annotations" / "gold" / draft.name).exists()
    assert call("annotate", "--root", root, "--draft", draft, *machine).exit_code == 0
    valid = call("validate", "--root", root)
    assert valid.exit_code == 0, valid.output  # no claim in a heading, a time expression for every date
    said = call("annotate", "--root", root, "--draft", draft, *both, "--unchanged", "--replace")
    assert said.exit_code == 0, said.output


def test_proposals_are_the_same_on_every_run_and_are_not_lost(root: Path) -> None:
    assert call("pre-annotate", NEW, "--root", root).exit_code == 0
    first = tree(root / "annotations" / "proposals")
    again = call("pre-annotate", NEW, "--root", root)
    assert again.exit_code == 2
    assert "--replace" in again.stderr
    assert call("pre-annotate", NEW, "--root", root, "--replace").exit_code == 0
    assert tree(root / "annotations" / "proposals") == first


def test_wrong_calls_say_what_there_is(root: Path) -> None:
    unknown = call("pre-annotate", "nobody", "--root", root)
    assert (unknown.exit_code, "raw/ has no article nobody" in unknown.stderr) == (2, True)
    untrained = call("pre-annotate", "--root", root, "--model", root / "nothing")
    assert untrained.exit_code == 2
    no_pipeline = call("pre-annotate", "--root", root, "--spacy", "no-such-pipeline")
    assert no_pipeline.exit_code == 2
    assert "spaCy" in no_pipeline.stderr


def register_machine(root: Path, output: str) -> str:
    """Put the row of the machine that a run printed into the register; its id."""
    row = output.split("annotators.jsonl: ")[1].splitlines()[0]
    with (root / "annotations" / "annotators.jsonl").open("a", encoding="utf-8") as annotators:
        annotators.write(row + "\n")
    return str(json.loads(row)["id"])


@pytest.fixture
def unpublished(tmp_path: Path) -> Path:
    """A corpus that has published nothing and annotated nothing."""
    place = copy_root(tmp_path)
    for folder in ("gold", "passes"):
        shutil.rmtree(place / "annotations" / folder)
    for name in ("disputes.jsonl", "propositions.jsonl", "entities.jsonl"):
        write_rows(place / "annotations" / name, [])
    return place


def test_a_corpus_without_gold_gets_proposals_by_patterns_and_rules_alone(unpublished: Path) -> None:
    proposed = call("pre-annotate", "--root", unpublished)
    assert proposed.exit_code == 0, proposed.output
    assert "nothing is learned: no other article has gold" in proposed.output
    folder = unpublished / "annotations" / "proposals"
    assert sorted(path.stem for path in (folder / "drafts").iterdir()) == sorted(ARTICLES)
    for article_id in ARTICLES:
        kinds = {row["record"] for row in read_rows(folder / "gold" / f"{article_id}.jsonl")}
        assert {"attribution", "claim"} <= kinds


def test_gold_in_annotations_is_learned_from_without_a_published_version(root: Path) -> None:
    (root / "corpus").unlink()
    proposed = call("pre-annotate", "--root", root)
    assert proposed.exit_code == 0, proposed.output
    assert "learned from annotations/gold (4 articles)" in proposed.output


def test_a_copy_gets_no_proposals_and_the_kept_one_is_named(unpublished: Path) -> None:
    raw = unpublished / "raw"
    shutil.copy(raw / f"{NEW}.txt", raw / "zzz.txt")
    rows = read_rows(raw / "manifest.jsonl")
    copied = next(row for row in rows if row["id"] == NEW)
    write_rows(raw / "manifest.jsonl", [*rows, {**copied, "id": "zzz", "file": "zzz.txt"}])
    named = call("pre-annotate", "zzz", "--root", unpublished)
    assert named.exit_code == 2
    assert f"zzz is a copy of {NEW}" in named.stderr
    assert f"propose for {NEW}" in named.stderr
    assert call("pre-annotate", "--root", unpublished).exit_code == 0
    assert not (unpublished / "annotations" / "proposals" / "drafts" / "zzz.jsonl").exists()


def test_a_broken_register_is_reported_before_anything_is_proposed(root: Path) -> None:
    edit_rows(root / "annotations" / "entities.jsonl", lambda rows: rows[0].pop("name"))
    broken = call("pre-annotate", "--root", root)
    assert broken.exit_code == 1
    assert "annotations/entities.jsonl:1: 'name' is missing" in broken.stderr
    assert not (root / "annotations" / "proposals").exists()


def test_a_language_that_nothing_here_knows_is_said_in_words_and_has_a_valid_empty_draft(unpublished: Path) -> None:
    text = "ሰላም ለሁሉም ይሁን። " * 20  # Amharic: no capitals, no lexicon
    (unpublished / "raw" / "new.txt").write_text(text, encoding="utf-8")
    rows = read_rows(unpublished / "raw" / "manifest.jsonl")
    row = manifest_row("new", text.encode())
    write_rows(unpublished / "raw" / "manifest.jsonl", [*rows, row])
    proposed = call("pre-annotate", "new", "--root", unpublished)
    assert proposed.exit_code == 0, proposed.output
    assert "no names but those of the register and of countries: its script has no capitals" in proposed.output
    assert "no attributions: the cue lexicon has de, en" in proposed.output
    assert "new: nothing is proposed and its draft is empty: annotate it by hand" in proposed.output
    draft = unpublished / "annotations" / "proposals" / "drafts" / "new.jsonl"
    assert draft.read_bytes() == b""
    machine = register_machine(unpublished, proposed.output)
    imported = call("annotate", "--root", unpublished, "--draft", draft, "--annotator", machine)
    assert imported.exit_code == 0, imported.output


def test_gold_that_no_installed_package_learns_from_is_said_in_words(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    proposed = call("pre-annotate", "--root", root)
    assert proposed.exit_code == 0, proposed.output
    assert "nothing is learned from annotations/gold (4 articles): python-crfsuite is not installed" in proposed.output
    assert read_rows(root / "annotations" / "proposals" / "gold" / f"{NEW}.jsonl")[1:]


def test_a_published_version_can_be_named_to_learn_from(unpublished: Path) -> None:
    proposed = call("pre-annotate", NEW, "--root", unpublished, "--corpus", ROOT / "corpus")
    assert proposed.exit_code == 0, proposed.output
    assert "learned from corpus v2" in proposed.output
    nothing = call("pre-annotate", NEW, "--root", unpublished, "--corpus", unpublished / "raw", "--replace")
    assert nothing.exit_code == 2


def test_proposals_of_rules_alone_are_valid_when_they_are_imported(unpublished: Path) -> None:
    proposed = call("pre-annotate", "--root", unpublished)
    for article_id in ARTICLES:
        rows = read_rows(unpublished / "annotations" / "proposals" / "entities" / f"{article_id}.jsonl")
        known = {row["id"] for row in read_rows(unpublished / "annotations" / "entities.jsonl")}
        edit_rows(
            unpublished / "annotations" / "entities.jsonl",
            lambda there, new=rows, known=known: there.extend(row for row in new if row["id"] not in known),
        )
    machine = register_machine(unpublished, proposed.output)
    draft = unpublished / "annotations" / "proposals" / "drafts" / f"{NEW}.jsonl"
    imported = call("annotate", "--root", unpublished, "--draft", draft, "--annotator", machine)
    assert imported.exit_code == 0, imported.output
    valid = call("validate", "--root", unpublished)
    assert valid.exit_code == 0, valid.output


def test_only_labels_of_the_scheme_are_proposed_and_what_nobody_predicts_is_its_default(unpublished: Path) -> None:
    (unpublished / "annotations" / "scheme.toml").write_text(
        '[mention.label]\nwithout-entity = ["MONEY"]\nwith-time = []\n'
        '[mention.label.values]\nMONEY = "Sums."\nORG = "Firms."\n'
        '[claim.claim_type.values]\nworry = "Somebody worries."\npraise = "Somebody praises."\n'
        '[claim.stance]\ndefinition = "For or against."\nuse = "Counts."\ntype = "label"\ndefault = "open"\n'
        '[claim.stance.values]\nopen = "Neither."\nagainst = "Against."\n',
        encoding="utf-8",
    )
    proposed = call("pre-annotate", NEW, "--root", unpublished)
    assert proposed.exit_code == 0, proposed.output
    rows = read_rows(unpublished / "annotations" / "proposals" / "gold" / f"{NEW}.jsonl")
    assert {row["label"] for row in rows if row["record"] == "mention"} == {"MONEY", "ORG"}
    assert not [row for row in rows if row["record"] == "time"]
    claims = [row for row in rows if row["record"] == "claim"]
    assert {(row["claim_type"], row["stance"]) for row in claims} == {("worry", "open")}
