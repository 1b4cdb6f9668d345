"""Gold on a text that has changed: every span is found again by its quote, or refused in one list."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from allegata.annotate.gold import gold_lines, read_gold
from allegata.annotate.records import SPAN_FIELDS
from allegata.cli.app import app
from allegata.recipe.build import run
from allegata.recipe.drafts import rewrite_gold
from allegata.text.spans import Span
from gold_files import FIRST, TEXTS, gold, report
from project import ARTICLES, ROOT, SCHEME, change_article, copy_root, read_rows, tree


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    return copy_root(tmp_path) / "annotations"


@pytest.mark.parametrize("article", [ARTICLES[0], ARTICLES[3], ARTICLES[4]])
def test_text_put_in_front_moves_every_span_and_loses_none(tmp_path: Path, article: str) -> None:
    front = "By a reporter. \U0001f600\n\n"
    texts = {article: front + TEXTS[article]}
    path = gold(ROOT / "annotations", article)
    before, _ = read_gold(path, "gold", TEXTS, SCHEME)
    after, problems = read_gold(path, "gold", texts, SCHEME)
    assert not problems
    assert before is not None
    assert after is not None
    fields = [(record, field) for record in before.records for field in SPAN_FIELDS[record["record"]]]
    assert after.moved == sum(len(record[field]) for record, field in fields)
    for old, new in zip(before.records, after.records, strict=True):
        for field in SPAN_FIELDS[old["record"]]:
            assert new[field] == [Span(span.start + len(front), span.end + len(front)) for span in old[field]]
    rewritten = tmp_path / "again.jsonl"
    rewritten.write_text("".join(f"{line}\n" for line in gold_lines(after, texts[article], SCHEME)), encoding="utf-8")
    again, problems = read_gold(rewritten, "gold", texts, SCHEME)
    assert (again and again.moved, problems) == (0, [])
    assert again is not None
    assert again.records == after.records


@pytest.mark.parametrize("article", [ARTICLES[1], ARTICLES[2]])
def test_where_whole_passages_stand_twice_a_moved_span_is_refused_as_ambiguous(article: str) -> None:
    """001 begins two paragraphs alike, the body of 002 stands twice: 16 code points of context are equal there."""
    _, problems = read_gold(
        gold(ROOT / "annotations", article), "gold", {article: "Updated.\n" + TEXTS[article]}, SCHEME
    )
    assert problems
    assert all("places and its context does not tell which" in problem.what for problem in problems)


def test_a_copy_of_the_corpus_with_another_source_text_is_re_anchored_and_rewritten(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    moved = TEXTS[FIRST].replace(
        "This legal battle has been filed", "It came late. This legal battle has been filed", 1
    )
    moved = "Updated.\n" + moved
    change_article(root, FIRST, moved.encode())
    build = run(root, "annotate")
    assert build.annotations is not None
    assert build.annotations.articles[FIRST].moved > 80
    assert all(build.annotations.articles[article].moved == 0 for article in ARTICLES[1:])
    assert build.annotations.changed == (FIRST,)
    before = tree(root / "annotations")
    assert [path.name for path in rewrite_gold(build)] == [f"{FIRST}.jsonl"]
    changed = {name for name, data in tree(root / "annotations").items() if before.get(name) != data}
    assert changed == {f"gold/{FIRST}.jsonl"}
    again = run(root, "annotate").annotations
    assert again is not None
    assert (again.moved, again.changed) == (0, ())


def test_another_source_text_is_told_even_where_no_span_has_moved(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    change_article(root, FIRST, (TEXTS[FIRST] + "\nIt came late.\n").encode())
    build = run(root, "annotate")
    assert build.annotations is not None
    assert (build.annotations.moved, build.annotations.changed) == (0, (FIRST,))
    shown = CliRunner().invoke(app, ["annotate", "--root", str(root)])
    assert f"annotated on another source text: {FIRST}" in " ".join(shown.output.split())
    rewrite_gold(build)
    again = run(root, "annotate").annotations
    assert again is not None
    assert again.changed == ()


def test_a_text_that_lost_a_sentence_is_refused_with_every_span_of_it(annotations: Path) -> None:
    lost = "A lawyer representing the plaintiffs has yet to provide additional comments."
    start = TEXTS[FIRST].index(lost)
    hit = [
        (index + 1, item["start"])
        for index, row in enumerate(read_rows(gold(annotations)))
        for field in SPAN_FIELDS.get(row["record"], ())
        for item in row[field]
        if start <= item["start"] < start + len(lost)
    ]
    assert hit
    text = report(annotations, TEXTS | {FIRST: TEXTS[FIRST].replace(lost, "")})
    for line, offset in hit:
        assert f"annotations/gold/{FIRST}.jsonl:{line}: {FIRST} [{offset}," in text
