"""The one report: sorted, every problem with its place and its cure, and nothing said twice in a row."""

from __future__ import annotations

from allegata.schema.problems import Problem, ProblemsFound, report


def test_a_cause_that_several_files_share_stands_once_with_the_list_of_them() -> None:
    files = [f"corpus/v1.0.0/claims/{split}.parquet" for split in ("train", "test", "validation")]
    found = ProblemsFound(Problem("the bytes differ", "set a new version", file=file) for file in files)
    assert str(found).splitlines() == [
        "3 files: the bytes differ",
        "    corpus/v1.0.0/claims/test.parquet",
        "    corpus/v1.0.0/claims/train.parquet",
        "    corpus/v1.0.0/claims/validation.parquet",
        "    → set a new version",
    ]
    assert len(found.problems) == 3


def test_a_cure_that_problems_in_succession_share_stands_after_the_last() -> None:
    problems = [Problem("is old", "mend it", "a"), Problem("is odd", "mend it", "b"), Problem("is late", "wait", "c")]
    assert report(problems) == "a: is old\nb: is odd\n    → mend it\nc: is late\n    → wait"


def test_lines_articles_and_spans_are_never_put_together() -> None:
    problems = [
        Problem("is broken", "mend it", "a", line=1),
        Problem("is broken", "mend it", "b", line=1),
        Problem("is broken", "mend it", "c", article_id="x"),
        Problem("is broken", "mend it", article_id="y", span=(0, 3)),
        Problem("is broken", "mend it"),
    ]
    assert report(problems).splitlines() == [
        "a:1: is broken",
        "b:1: is broken",
        "c: x: is broken",
        "y [0,3): is broken",
        "is broken",
        "    → mend it",
    ]


def test_one_problem_reads_the_same_alone_and_in_a_report() -> None:
    problem = Problem("is broken", "mend it", "a", "x", 3, (1, 2))
    assert str(problem) == report([problem]) == "a:3: x [1,2): is broken\n    → mend it"


def test_the_order_of_a_report_does_not_depend_on_the_order_of_finding() -> None:
    """Nor on the hash seed: two problems may differ in their cure alone."""
    problems = [Problem("is odd", f"do {number}", "a", line=1) for number in range(20)]
    assert ProblemsFound(problems).problems == ProblemsFound(reversed(problems)).problems
    assert [problem.fix for problem in ProblemsFound(problems).problems] == sorted(p.fix for p in problems)


def test_what_quotes_a_value_of_any_length_is_shown_by_its_beginning_and_end() -> None:
    long = "y" * 1_000_000
    lines = report([Problem(f"{long} is no id", f"delete {long}", f"raw/{long}.txt"), Problem("is old", "wait", long)])
    assert max(map(len, lines.split("\n"))) < 4_100
    assert "is no id\n    → delete yyy" in lines


def test_of_a_line_with_very_many_problems_the_first_are_shown_and_all_are_counted() -> None:
    found = ProblemsFound(Problem(f"item {number:06d}", "correct it", "a.jsonl", line=3) for number in range(200_000))
    lines = str(found).splitlines()
    assert len(found.problems) == 200_000
    assert lines[:1] == ["a.jsonl:3: item 000000"]
    assert lines[-2:] == ["a.jsonl:3: 199,900 more problems of this line", "    → correct the first ones"]
    assert len(lines) == 103
    whole = ProblemsFound(Problem(f"item {number}", "correct it", "a.jsonl") for number in range(200))
    assert len(str(whole).splitlines()) == 201
