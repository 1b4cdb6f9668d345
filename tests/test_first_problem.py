"""A report names the cause: what a faulty row or file brings about elsewhere is no problem of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from allegata.annotate.registers import entity_fields, read_register
from allegata.annotate.stage import read_registers
from allegata.benchmark.submissions import check_predictions
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.exchange.brat.lines import parse_brat
from allegata.exchange.polnear import read_polnear
from allegata.ingest.add import add
from allegata.recipe.build import run
from allegata.recipe.drafts import import_drafts, rewrite_gold
from allegata.schema.imported import Notices
from allegata.schema.problems import Problem, Problems, ProblemsFound
from allegata.schema.published import load_corpus
from allegata.schema.scheme import default_scheme, read_scheme
from project import ARTICLES, ROOT, copy_root, edit_rows, read_rows, write_rows

ENTITIES, ANNOTATORS = "annotations/entities.jsonl", "annotations/annotators.jsonl"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_root(tmp_path)


def report_of(root: Path, until: str = "annotate") -> list[Problem]:
    with pytest.raises(ProblemsFound) as error:
        run(root, until)
    return list(error.value.problems)


@pytest.mark.parametrize(
    "edit",
    [
        lambda row: row.update(published="yesterday"),
        lambda row: row.update(id="an id"),
        lambda row: row.update(sha256="0"),
        lambda row: row.pop("sha256"),
        lambda row: row.update(unknown=1),
    ],
)
def test_the_file_of_a_faulty_row_of_the_manifest_is_listed(root: Path, edit) -> None:
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: edit(rows[1]))
    (root / "raw" / "stray.txt").write_text("nobody lists it")
    assert [(problem.file, problem.line) for problem in report_of(root)] == [
        ("raw/manifest.jsonl", 2),
        ("raw/stray.txt", None),
    ]


@pytest.mark.parametrize("line", ["not JSON", "7", '{"id": "a"}', '{"file": 7}'])
def test_where_a_row_names_no_file_nobody_knows_what_is_not_listed(root: Path, line: str) -> None:
    manifest = root / "raw" / "manifest.jsonl"
    rows = manifest.read_text().split("\n")
    manifest.write_text("\n".join([line, *rows[1:]]))
    assert {problem.file for problem in report_of(root)} == {"raw/manifest.jsonl"}
    manifest.unlink()
    assert [problem.what for problem in report_of(root)] == ["is missing"]


def test_a_faulty_row_of_a_register_is_one_problem_however_often_it_is_named(root: Path) -> None:
    rows = read_rows(root / ENTITIES)
    named = (root / "annotations" / "gold" / f"{ARTICLES[0]}.jsonl").read_text()
    number = next(n for n, row in enumerate(rows) if named.count(f'"{row["id"]}"') > 5)
    edit_rows(root / ENTITIES, lambda rows: rows[number].update(wikidata_status="perhaps"))
    edit_rows(root / ANNOTATORS, lambda rows: rows[0].update(kind=None))
    assert [(problem.file, problem.line) for problem in report_of(root)] == [(ANNOTATORS, 1), (ENTITIES, number + 1)]


def test_the_same_of_a_line_that_cannot_be_read_but_other_unknown_ids_are_reported(root: Path) -> None:
    gold = root / "annotations" / "gold" / f"{ARTICLES[0]}.jsonl"
    edit_rows(gold, lambda rows: rows[0].update(annotators=["nobody-registered"]))
    lines = (root / ENTITIES).read_text().split("\n")
    (root / ENTITIES).write_text("\n".join(["{", *lines[1:]]))
    found = report_of(root)
    assert [(problem.file, problem.line) for problem in found] == [(ENTITIES, 1), (f"annotations/gold/{gold.name}", 1)]
    (root / ENTITIES).write_text("\n".join(lines[1:]))
    assert any("is no entity of the register" in problem.what for problem in report_of(root))


TIME = '{"record": "time", "id": "t1", "s": 1, "quote": "no such words", "type": "DATE", "anchor": "t2"}'


@pytest.mark.parametrize("broken", ['{"record": "time", "id": "t2"', '{"record": "tyme", "id": "t2"}'])
def test_a_line_of_a_draft_that_cannot_be_read_may_hold_the_id_that_others_name(root: Path, broken: str) -> None:
    path = root / f"{ARTICLES[0]}.jsonl"

    def anchors(*lines: str) -> list[str]:
        path.write_text("".join(f"{line}\n" for line in lines))
        with pytest.raises(ProblemsFound) as error:
            import_drafts(root, [path], "gold", (read_rows(root / ANNOTATORS)[0]["id"],), replace=True)
        return [problem.what for problem in error.value.problems if "anchor" in problem.what]

    assert anchors(TIME, broken) == []
    assert anchors(TIME) == ["anchor 't002' is no time expression of this file"]


def test_a_broken_line_of_a_submission_does_not_make_all_others_missing() -> None:
    corpus = load_corpus(ROOT / "corpus")
    task = next(task for task in TASKS.values() if task.kind == "sentences")
    gold = gold_of(task, corpus)
    good = [f'{{"id": "{name}", "label": true, "score": 1}}' for name in gold.order]

    def faults(lines: list[str]) -> list[str]:
        with pytest.raises(ProblemsFound) as error:
            check_predictions("\n".join(lines).encode(), "predictions.jsonl", task, gold, corpus)
        return [problem.what for problem in error.value.problems]

    missing = [f"id {name!r} is missing" for name in gold.order]
    perhaps = [f"{what}, or it is in a line whose id cannot be read" for what in missing]
    assert len(faults(["{", *good[1:]])) == 1
    assert len(faults(["{", "7", *good[2:]])) == 2
    assert faults(good[1:]) == missing[:1]
    # One line cannot be read and two ids are not answered: one of the two is missing in truth.
    assert sorted(faults(["{", *good[2:]])[:2]) == sorted(perhaps[:2])
    # Where the line shows its id, nothing is in doubt.
    assert faults([good[0][:-2], *good[2:]])[:-1] == missing[1:2]
    assert faults([f'{{"label": true, {good[0][1:-1]}, "score": 2}}', *good[2:]])[:-1] == missing[1:2]
    assert faults([f"[{', '.join(good[:-1])}]"])[:-1] == missing[-1:]
    assert len(faults([f"[{', '.join(good)}]"])) == 1


@pytest.mark.parametrize("broken", ["T1\tName 0 9999\tx", "T1 Name from 0 to 4"])
def test_what_points_to_a_broken_line_of_brat_points_to_something(broken: str) -> None:
    problems = Problems()
    text = f"{broken}\nT2\tName 5 8\tmay\nR1\tknows Arg1:T1 Arg2:T2\t\n"
    parse_brat("Abel may", [("a.ann", text)], Notices(), problems)
    assert len(problems) == 1
    parse_brat("Abel may", [("b.ann", text.partition("\n")[2])], Notices(), problems)
    assert len(problems) == 2


def test_the_annotations_of_a_text_that_cannot_be_read_are_not_without_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x81\x8d" * 40 + bytes(range(256)))
    (tmp_path / "a_first.ann").write_text("T1\tSource 0 1\tx\n")
    (tmp_path / "b_first.ann").write_text("T1\tSource 0 1\tx\n")
    with pytest.raises(ProblemsFound) as error:
        read_polnear(tmp_path)
    assert [problem.file for problem in error.value.problems if "text is missing" in problem.what] == ["b_first.ann"]


def test_a_broken_list_of_what_is_being_added_is_reported_and_nothing_is_called_a_stray(root: Path) -> None:
    adding = root / "raw" / ".adding"
    adding.mkdir()
    (adding / "manifest.jsonl").write_text('{"id": ')
    (adding / "whole.jsonl").write_text("")
    (root / "raw" / "half.txt").write_text("moved before the run was killed")
    (problem,) = report_of(root)
    assert (problem.file, problem.line) == ("raw/.adding/manifest.jsonl", 1)
    assert "raw/.adding" in problem.fix
    (root / "new.txt").write_text("A new article about nothing in particular.")
    with pytest.raises(ProblemsFound, match="adding/manifest"):
        add([root / "new.txt"], root)
    assert (root / "raw" / "half.txt").is_file()


def test_a_broken_proposal_is_reported_when_its_draft_comes_back(root: Path) -> None:
    name = f"annotations/proposals/gold/{ARTICLES[0]}.jsonl"
    (root / name).parent.mkdir(parents=True)
    (root / name).write_text("{\n")
    human = {"id": "reader", "kind": "human", "description": "Reads."}
    edit_rows(root / ANNOTATORS, lambda rows: rows.append(human))
    path = root / f"{ARTICLES[0]}.jsonl"
    path.write_text("")
    with pytest.raises(ProblemsFound) as error:
        import_drafts(root, [path], "gold", ("reader",), replace=True)
    (problem,) = error.value.problems
    assert problem.file == name
    assert f"allegata pre-annotate {ARTICLES[0]} --replace" in problem.fix


def test_gold_is_not_rewritten_by_a_register_that_broke_in_between(root: Path) -> None:
    gold = root / "annotations" / "gold" / f"{ARTICLES[0]}.jsonl"
    edit_rows(gold, lambda rows: rows[0].update(source_sha256="0" * 64))
    build = run(root, "annotate")
    before = gold.read_bytes()
    write_rows(root / ENTITIES, [])
    with pytest.raises(ProblemsFound):
        rewrite_gold(build)
    assert gold.read_bytes() == before


def test_registers_without_a_fault_hide_nothing(root: Path) -> None:
    registers, problems = read_registers(root / "annotations", read_scheme(root / "annotations"))
    assert problems == []
    assert registers.doubtful_entities == registers.doubtful_annotators == frozenset()


def test_an_entity_that_is_in_the_register_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    row = '{"id": "mill", "name": "The mill", "label": "ORG"}\n'
    (tmp_path / "entities.jsonl").write_text(row * 2)
    rows, [problem] = read_register(
        tmp_path / "entities.jsonl", "annotations/entities.jsonl", entity_fields(default_scheme())
    )
    assert [row["id"] for row in rows] == ["mill"]
    assert str(problem).startswith("annotations/entities.jsonl:2: duplicate id 'mill' (first in line 1)")
    assert problem.fix == "rename or delete one"
