"""Propositions and relations: the two files, the draft they come from, and every fault in one report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allegata.annotate.cross_article import (
    CrossArticle,
    claim_order,
    cross_article_files,
    read_cross_article,
    read_cross_article_draft,
)
from allegata.annotate.gold import GoldArticle
from allegata.schema.scheme import default_scheme

CLAIMS = {
    f"{article}:c{n:03}": place
    for place, (article, n) in enumerate((a, n) for a in ("000_aa", "001_bb") for n in (1, 2, 12))
}
PROPOSITION = {"id": "p001", "canonical": "It rained.", "members": ["000_aa:c001", "001_bb:c001"]}


def relation(a: str, b: str, name: str = "none", **more: Any) -> dict[str, Any]:
    note = "looked alike" if name == "none" else None
    return {"a": a, "b": b, "relation": name, "conflict_type": None, "strict": None, "note": note} | more


EQUIVALENT = relation("000_aa:c001", "001_bb:c001", "equivalent")
CONFLICT = relation("000_aa:c002", "001_bb:c012", "contradicts", conflict_type="numeric", strict=True)


def written(folder: Path, propositions: list[Any], relations: list[Any]) -> Path:
    for name, rows in (("propositions", propositions), ("relations", relations)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def faults(folder: Path) -> list[str]:
    return [
        f"{problem.file.partition('/')[2]}:{problem.line} {problem.what}"
        for problem in read_cross_article(folder, CLAIMS, default_scheme())[1]
    ]


def test_sound_files_come_back_as_they_are_and_are_written_the_same(tmp_path: Path) -> None:
    folder = written(tmp_path, [PROPOSITION], [EQUIVALENT, CONFLICT, relation("001_bb:c002", "001_bb:c012")])
    found, problems = read_cross_article(folder, CLAIMS, default_scheme())
    assert problems == []
    assert found.propositions == (PROPOSITION,)
    again = {name: (folder / name).read_text() for name in cross_article_files(found, default_scheme())}
    assert cross_article_files(found, default_scheme()) == again


def test_a_corpus_without_the_files_has_no_relations(tmp_path: Path) -> None:
    assert read_cross_article(tmp_path, CLAIMS, default_scheme()) == (CrossArticle(), [])


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (relation("000_aa:c009", "001_bb:c001"), "'000_aa:c009' is no claim"),
        (relation("000_aa:c001", "000_aa:c001"), "is related to itself"),
        (relation("001_bb:c012", "000_aa:c002", "refines"), "(first in line 2)"),
        (relation("001_bb:c002", "001_bb:c001"), "none is symmetric and 001_bb:c001 comes before 001_bb:c002"),
        (relation("000_aa:c001", "001_bb:c002", "contradicts"), "contradicts has none as 'strict'"),
        (relation("000_aa:c001", "001_bb:c002", "contradicts", strict=False), "has none as 'conflict_type'"),
        (relation("000_aa:c001", "001_bb:c002", "refines", strict=False), "refines has False as 'strict'"),
        (relation("000_aa:c001", "001_bb:c002", note=""), "none has no note"),
        (relation("000_aa:c001", "001_bb:c002", "follows"), "'relation' is 'follows', not one of"),
        (relation("000_aa:c001", "001_bb:c002", mood="bad"), "'mood' is not a field of a relation"),
        (relation("000_aa:c001", "001_bb:c002", "equivalent"), "are equivalent, but no proposition holds both"),
    ],
)
def test_a_faulty_relation_is_named_by_its_line(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    found = faults(written(tmp_path, [PROPOSITION], [EQUIVALENT, CONFLICT, row]))
    assert any(fault.startswith("relations.jsonl:3 ") and says in fault for fault in found), found


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            {"id": "p001", "canonical": "A.", "members": ["000_aa:c002", "001_bb:c002"]},
            "duplicate id 'p001' (first in line 1)",
        ),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c002"]}, "fewer than two members"),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c002", "001_bb:c077"]}, "is no claim of the gold"),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c001", "001_bb:c002"]}, "is a member twice (line 1)"),
        ({"id": "p002", "canonical": "A", "members": ["000_aa:c002", "001_bb:c002"]}, "end with a full stop"),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c002", "001_bb:c002"]}, "relation is not recorded"),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c002", "001_bb:c012"]}, "relation is contradicts"),
    ],
)
def test_a_faulty_proposition_is_named_by_its_line(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    found = faults(written(tmp_path, [PROPOSITION, row], [EQUIVALENT, CONFLICT]))
    assert any(fault.startswith("propositions.jsonl:2 ") and says in fault for fault in found), found


def test_all_faults_of_both_files_come_at_once(tmp_path: Path) -> None:
    bad = {"id": "p002", "canonical": "A.", "members": ["000_aa:c002"]}
    found = faults(written(tmp_path, [bad], [relation("x", "y"), relation("000_aa:c001", "000_aa:c001")]))
    assert {fault.partition(" ")[0] for fault in found} == {
        "propositions.jsonl:1",
        "relations.jsonl:1",
        "relations.jsonl:2",
    }


def test_a_draft_may_name_claims_by_short_article_numbers_and_unpadded_ids() -> None:
    lines = [
        (1, {"record": "proposition", "id": "p1", "canonical": "It rained.", "members": ["000:c1", "001:c1"]}),
        (2, {"record": "relation", "a": "000:c1", "b": "001:c1", "relation": "equivalent"}),
        (3, {"record": "relation", "a": "000:c2", "b": "001_bb:c012", "relation": "none", "note": "no"}),
    ]
    found, problems = read_cross_article_draft(lines, "relations.jsonl", CLAIMS, default_scheme())
    assert problems == []
    assert found.propositions == (PROPOSITION,)
    assert [(row["a"], row["b"]) for row in found.relations] == [
        ("000_aa:c001", "001_bb:c001"),
        ("000_aa:c002", "001_bb:c012"),
    ]


def test_a_draft_with_an_unknown_record_or_claim_is_refused_by_line() -> None:
    lines = [
        (1, {"record": "opinion"}),
        (2, {"record": "relation", "a": "007:c1", "b": "001:c1", "relation": "refines"}),
    ]
    _, problems = read_cross_article_draft(lines, "relations.jsonl", CLAIMS, default_scheme())
    assert {problem.line for problem in problems} == {1, 2}
    assert any("'007:c001' is no claim" in problem.what for problem in problems)


def test_claims_are_ordered_by_article_and_then_as_their_file_has_them() -> None:
    def article(name: str, *ids: str) -> GoldArticle:
        return GoldArticle(name, {}, tuple({"record": "claim", "id": id_} for id_ in ids))

    order = claim_order([article("001_bb", "c002", "c001"), article("000_aa", "c001")])
    assert sorted(order, key=order.__getitem__) == ["000_aa:c001", "001_bb:c002", "001_bb:c001"]


def story_faults(folder: Path, stories: dict[str, str | None]) -> list[str]:
    return [problem.statement() for problem in read_cross_article(folder, CLAIMS, default_scheme(), stories)[1]]


def test_records_that_join_claims_of_two_stories_are_refused_with_both_articles_and_stories(tmp_path: Path) -> None:
    folder = written(tmp_path, [PROPOSITION], [EQUIVALENT, relation("001_bb:c002", "001_bb:c012")])
    assert story_faults(folder, {"000_aa": "mill fire", "001_bb": "mill fire"}) == []
    told = "article 000_aa (story 'mill fire'), article 001_bb (no story stated)"
    assert story_faults(folder, {"000_aa": "mill fire"}) == [
        f"{folder.name}/propositions.jsonl:1: p001 holds claims of 2 stories: {told}",
        f"{folder.name}/relations.jsonl:1: 000_aa:c001 and 001_bb:c001 are claims of 2 stories: {told}",
    ]


def test_a_draft_that_joins_claims_of_two_stories_is_refused() -> None:
    lines = [(4, {"record": "relation", **relation("000:c2", "001:c12")})]
    _, problems = read_cross_article_draft(
        lines, "relations.jsonl", CLAIMS, default_scheme(), {"000_aa": "mill", "001_bb": "bridge"}
    )
    assert [problem.line for problem in problems] == [4]
    assert "article 000_aa (story 'mill'), article 001_bb (story 'bridge')" in problems[0].what


def test_a_draft_names_an_article_by_its_beginning_only_where_one_has_it() -> None:
    row = {"record": "relation", **relation("000:c1", "001:c1", "refines")}
    found, problems = read_cross_article_draft([(1, row)], "draft", CLAIMS, default_scheme())
    assert not problems
    assert (found.relations[0]["a"], found.relations[0]["b"]) == ("000_aa:c001", "001_bb:c001")
    two = {**CLAIMS, "000_zz:c001": 99}
    _, problems = read_cross_article_draft([(1, row)], "draft", two, default_scheme())
    assert ["'000:c001' is no claim" in problem.what for problem in problems] == [True]
