"""Propositions and disputes: the two files, the drafts they come from, and every fault in one report."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from allegata.annotate.cross_article import (
    claim_order,
    cross_article_files,
    read_cross_article,
    read_cross_article_draft,
)
from allegata.annotate.cross_article_faults import CrossArticle, Line
from allegata.annotate.gold import GoldArticle
from allegata.schema.problems import Problem
from allegata.schema.scheme import default_scheme

SCHEME = default_scheme()
CLAIMS = {
    f"{article}:c{n:03}": place
    for place, (article, n) in enumerate((a, n) for a in ("000_aa", "001_bb") for n in (1, 2, 12))
}
PROPOSITION = {"id": "p001", "canonical": "It rained.", "members": ["000_aa:c001", "001_bb:c001"]}


def position(name: str, *claims: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "canonical": "It snowed.", "claims": list(claims), "supersedes": []} | more


def dispute(name: str = "d002", *positions: Any, **more: Any) -> dict[str, Any]:
    found = {"id": name, "question": "What fell?", "kind": "contradiction", "differs": "entity", "about": "content"}
    taken = positions or (position("a", "000_aa:c002"), position("b", "001_bb:c012"))
    return found | {"positions": list(taken), "note": None} | more


FIRST = dispute("d001", position("a", "000_aa:c001", "001_bb:c001"), position("b", "001_bb:c002", supersedes=["a"]))


def written(folder: Path, propositions: list[Any], disputes: list[Any]) -> Path:
    for name, rows in (("propositions", propositions), ("disputes", disputes)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def faults(folder: Path) -> list[str]:
    return [
        f"{problem.file.partition('/')[2]}:{problem.line} {problem.what}"
        for problem in read_cross_article(folder, CLAIMS, SCHEME)[1]
    ]


def drafted(*rows: dict[str, Any], stories: dict[str, str | None] | None = None) -> tuple[CrossArticle, list[Problem]]:
    lines = [Line("disputes.jsonl", number, row) for number, row in enumerate(rows, 1)]
    return read_cross_article_draft(lines, CLAIMS, SCHEME, stories)


def test_sound_files_come_back_as_they_are_and_are_written_the_same(tmp_path: Path) -> None:
    folder = written(tmp_path, [PROPOSITION], [FIRST, dispute()])
    found, problems = read_cross_article(folder, CLAIMS, SCHEME)
    assert problems == []
    assert found == CrossArticle((PROPOSITION,), (FIRST, dispute()))
    assert cross_article_files(found, SCHEME) == {
        name: (folder / name).read_text() for name in ("propositions.jsonl", "disputes.jsonl")
    }


def test_what_a_dispute_does_not_say_is_the_default_of_the_scheme(tmp_path: Path) -> None:
    short = dispute()
    del short["about"], short["note"]
    for one in short["positions"]:
        del one["supersedes"]
    (found,) = read_cross_article(written(tmp_path, [], [short]), CLAIMS, SCHEME)[0].disputes
    assert (found["about"], found["note"]) == ("content", None)
    assert [list(one["supersedes"]) for one in found["positions"]] == [[], []]


def test_a_corpus_without_the_files_has_neither(tmp_path: Path) -> None:
    assert read_cross_article(tmp_path, CLAIMS, SCHEME) == (CrossArticle(), [])


def test_a_file_of_relations_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "relations.jsonl").write_text("{}\n")
    (problem,) = read_cross_article(tmp_path, CLAIMS, SCHEME)[1]
    assert problem.file == f"{tmp_path.name}/relations.jsonl"
    assert "no longer read" in problem.what
    assert "pairs are derived: write the questions on which claims differ" in problem.fix
    assert "delete the file" in problem.fix


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (dispute("d001"), "duplicate id 'd001' (first in line 1)"),
        (dispute("d:2"), "'id' is 'd:2': an id is made of letters, digits, '.', '_' and '-'"),
        (dispute(question="It rained."), "the question of d002 does not end with a question mark"),
        (dispute(kind="quarrel"), "'kind' is 'quarrel', not one of contradiction"),
        (dispute(differs=None), "'differs' is missing: one of negation"),
        (dispute(about="tone"), "'about' is 'tone', not one of content, frame"),
        (dispute(mood="bad"), "'mood' is not a field of a dispute"),
        (dispute(positions=None), "'positions' is missing"),
        (dispute("d002", position("a", "000_aa:c002")), "d002 has fewer than two positions"),
        (dispute("d002", position("a", "000_aa:c002"), 7), "position 2 of d002: it is no object"),
        (dispute("d002", position("a", "000_aa:c002"), position("b", "001_bb:c012", colour="red")), "'colour' is not"),
        (dispute("d002", position("a", "000_aa:c002"), position("b")), "the position 'b' of d002 has no claim"),
        (
            dispute("d002", position("a", "000_aa:c002"), position("b", "001_bb:c077")),
            "'001_bb:c077', which is no claim",
        ),
        (dispute("d002", position("a", "000_aa:c002"), position("b", "000_aa:c002")), "takes two positions of d002"),
        (dispute("d002", position("a", "000_aa:c002"), position("a", "001_bb:c012")), "d002 has 2 positions 'a'"),
        (
            dispute("d002", position("A.1", "000_aa:c002"), position("b", "001_bb:c012")),
            "has an id that is not made of",
        ),
        (
            dispute("d002", position("a", "000_aa:c002", canonical="Hail"), position("b", "001_bb:c012")),
            "the position 'a' of d002 does not end with a full stop",
        ),
        (
            dispute("d002", position("a", "000_aa:c002", supersedes=["c"]), position("b", "001_bb:c012")),
            "the position 'a' of d002 supersedes 'c', which is no other position of it",
        ),
        (
            dispute("d002", position("a", "000_aa:c002", supersedes=[["b"]]), position("b", "001_bb:c012")),
            "supersedes ['b'], which is no other position",
        ),
        (
            dispute("d002", position("a", "000_aa:c002", supersedes=["b", "b"]), position("b", "001_bb:c012")),
            "the position 'a' of d002 supersedes 'b' 2 times",
        ),
        (
            dispute(
                "d002",
                position("a", "000_aa:c002", supersedes=["b"]),
                position("b", "001_bb:c012", supersedes=["a"]),
            ),
            "supersede one another in a circle: a → b → a",
        ),
        (dispute(kind="update"), "d002 is of kind update, and none of its positions supersedes another"),
        (
            dispute("d002", position("a", "000_aa:c001"), position("b", "001_bb:c001")),
            "000_aa:c001 and 001_bb:c001 say the same (p001) and take different positions of d002",
        ),
    ],
)
def test_a_faulty_dispute_is_named_by_its_line(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    found = faults(written(tmp_path, [PROPOSITION], [FIRST, row]))
    assert any(fault.startswith("disputes.jsonl:2 ") and says in fault for fault in found), found


def test_a_claim_that_one_record_names_many_times_is_one_fault_found_in_linear_time(tmp_path: Path) -> None:
    many = ["000_aa:c002"] * 50_000
    rows = [PROPOSITION | {"id": "p002", "members": [*many, "001_bb:c012"]}]
    several = [dispute("d002", position("a", *many), position("b", "001_bb:c012", supersedes=["a"] * 50_000))]
    started = time.process_time()
    found = faults(written(tmp_path, rows, several))
    assert time.process_time() - started < 5  # a tenth of a second; quadratic: half a minute
    assert found == [
        "propositions.jsonl:1 the claim 000_aa:c002 is a member of p002 50000 times",
        "disputes.jsonl:1 the position 'a' of d002 has '000_aa:c002' 50000 times",
        "disputes.jsonl:1 the position 'b' of d002 supersedes 'a' 50000 times",
    ]


def test_claims_that_say_the_same_may_differ_in_who_says_it_and_where(tmp_path: Path) -> None:
    row = dispute("d001", position("a", "000_aa:c001"), position("b", "001_bb:c001"), about="frame")
    assert faults(written(tmp_path, [PROPOSITION], [row])) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            {"id": "p001", "canonical": "A.", "members": ["000_aa:c002", "001_bb:c002"]},
            "duplicate id 'p001' (first in line 1)",
        ),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c002"]}, "fewer than two members"),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c002", "001_bb:c077"]}, "is no claim of the gold"),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c002", ["001_bb:c002"]]}, "are not all ids of claims"),
        ({"id": "p002", "canonical": "A.", "members": ["000_aa:c001", "001_bb:c002"]}, "is a member twice (line 1)"),
        ({"id": "p002", "canonical": "A", "members": ["000_aa:c002", "001_bb:c002"]}, "end with a full stop"),
    ],
)
def test_a_faulty_proposition_is_named_by_its_line(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    found = faults(written(tmp_path, [PROPOSITION, row], [FIRST]))
    assert any(fault.startswith("propositions.jsonl:2 ") and says in fault for fault in found), found


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    bad = {"id": "p002", "canonical": "A.", "members": ["000_aa:c002"]}
    folder = written(tmp_path, [bad], [dispute(question="So?", kind="x"), dispute("d003", position("a", "zz:c1"))])
    (folder / "relations.jsonl").write_text("")
    assert {fault.partition(" ")[0] for fault in faults(folder)} == {
        "propositions.jsonl:1",
        "disputes.jsonl:1",
        "disputes.jsonl:2",
        "relations.jsonl:None",
    }


def test_a_draft_may_name_claims_by_short_article_numbers_and_unpadded_ids() -> None:
    row = dispute("d2", position("a", "000:c2"), position("b", "001_bb:c012"))
    found, problems = drafted(
        {"record": "proposition", "id": "p1", "canonical": "It rained.", "members": ["000:c1", "001:c1"]},
        {"record": "dispute", **row},
    )
    assert problems == []
    assert found == CrossArticle((PROPOSITION,), (dispute(),))


def test_what_two_drafts_say_twice_is_refused_with_the_place_in_the_other_draft_wherever_it_is() -> None:
    rows = (PROPOSITION, PROPOSITION | {"id": "p002"}), (dispute(), dispute())
    for kind, (first, second) in zip(("proposition", "dispute"), rows, strict=True):
        drafts = [Line(f"{name}.jsonl", 1, {"record": kind, **row}) for name, row in (("a", first), ("b", second))]
        _, problems = read_cross_article_draft(drafts, CLAIMS, SCHEME)
        assert problems
        assert all(problem.file == "b.jsonl" and "a.jsonl:1)" in problem.what for problem in problems)
    same = Line("a.jsonl", 1, {"record": "dispute", **dispute()})
    _, problems = read_cross_article_draft([same, Line("a.jsonl", 1, same.row)], CLAIMS, SCHEME)
    assert ["duplicate id 'd002'" in problem.what for problem in problems] == [True]  # one draft that is named twice


@pytest.mark.parametrize("digits", ["9" * 5000, "٣"])
def test_an_id_with_other_digits_than_people_count_with_is_taken_as_it_is(digits: str) -> None:
    row = dispute(f"d{digits}", position("a", f"000:c{digits}"), position("b", "001:c1"))
    _, problems = drafted({"record": "dispute", **row})
    assert [f"has '000_aa:c{digits}', which is no claim" in problem.what for problem in problems] == [True]


def test_a_draft_with_an_unknown_record_a_relation_or_an_unknown_claim_is_refused_by_line() -> None:
    _, problems = drafted(
        {"record": "opinion"},
        {"record": "relation", "a": "000:c1", "b": "001:c1"},
        {"record": "dispute", **dispute("d1", position("a", "007:c1"), position("b", "001:c1"))},
    )
    assert {problem.line for problem in problems} == {1, 2, 3}
    assert any("'007:c001', which is no claim" in problem.what for problem in problems)
    assert any("pairs are derived" in problem.fix for problem in problems if problem.line == 2)


def test_claims_are_ordered_by_article_and_then_as_their_file_has_them() -> None:
    def article(name: str, *ids: str) -> GoldArticle:
        return GoldArticle(name, {}, tuple({"record": "claim", "id": id_} for id_ in ids))

    order = claim_order([article("001_bb", "c002", "c001"), article("000_aa", "c001")])
    assert sorted(order, key=order.__getitem__) == ["000_aa:c001", "001_bb:c002", "001_bb:c001"]


def test_records_that_join_claims_of_two_stories_are_refused_with_both_articles_and_stories(tmp_path: Path) -> None:
    folder = written(tmp_path, [PROPOSITION], [FIRST])

    def found(stories: dict[str, str | None]) -> list[str]:
        return [problem.statement() for problem in read_cross_article(folder, CLAIMS, SCHEME, stories)[1]]

    assert found({"000_aa": "mill fire", "001_bb": "mill fire"}) == []
    where = "article 000_aa (story 'mill fire'), article 001_bb (no story stated)"
    assert found({"000_aa": "mill fire"}) == [
        f"{folder.name}/propositions.jsonl:1: p001 holds claims of 2 stories: {where}",
        f"{folder.name}/disputes.jsonl:1: d001 holds claims of 2 stories: {where}",
    ]


def test_a_draft_that_joins_claims_of_two_stories_is_refused() -> None:
    _, problems = drafted({"record": "dispute", **dispute()}, stories={"000_aa": "mill", "001_bb": "bridge"})
    assert [problem.line for problem in problems] == [1]
    assert "article 000_aa (story 'mill'), article 001_bb (story 'bridge')" in problems[0].what


def test_a_draft_names_an_article_by_its_beginning_only_where_one_has_it() -> None:
    line = Line("draft", 1, {"record": "dispute", **dispute("d2", position("a", "000:c2"), position("b", "001:c12"))})
    assert read_cross_article_draft([line], CLAIMS, SCHEME)[1] == []
    _, problems = read_cross_article_draft([line], {**CLAIMS, "000_zz:c001": 99}, SCHEME)
    assert ["'000:c002', which is no claim" in problem.what for problem in problems] == [True]
    assert [problem.fix for problem in problems] == ["name a claim that is there, or take this one out"]
