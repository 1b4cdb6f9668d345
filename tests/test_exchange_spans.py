"""Plain JSON Lines: every span is one of the text it stands beside, and no id is given to two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allegata.exchange.folder import Reading
from allegata.exchange.spans_jsonl import read_spans
from allegata.recipe.imports import read_foreign
from allegata.schema.files import whole_folder
from allegata.schema.problems import ProblemsFound
from allegata.text.documents import Document
from allegata.text.spans import Span
from documents import TYPES

_CLAIM = {"id": "c1", "layer": "claim", "label": "claim", "segments": [[0, 3]], "quotes": ["Ada"]}


def read(folder: Path, **changed: Any) -> tuple[list[Document], list[str]]:
    row = {"id": "a", "text": "Ada 😀 said no.", "spans": [_CLAIM], **changed}
    (folder / "spans.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    reading = Reading()
    found = list(read_spans(folder, TYPES, reading))
    return found, [problem.what for problem in reading.problems.found]


def test_what_may_be_missing(tmp_path: Path) -> None:
    """Quotes, attributes, relations: a program may know of none."""
    bare = {name: value for name, value in _CLAIM.items() if name != "quotes"}
    (found,), problems = read(tmp_path, spans=[bare])
    assert (found.annotations[0].segments, problems) == ((Span(0, 3),), [])


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"spans": [{**_CLAIM, "quotes": [], "segments": [[0, 99]]}]}, "outside the text"),
        ({"spans": [{**_CLAIM, "quotes": [], "segments": [[3, 3]]}]}, "empty or reversed"),
        ({"spans": [{**_CLAIM, "segments": [[0, 3], [6, 10]]}]}, "segments: 2, but quotes: 1"),
        ({"spans": [{**_CLAIM, "quotes": ["Eve"]}]}, "its text is not 'Eve'"),
        ({"spans": [_CLAIM, {**_CLAIM, "label": "copy"}]}, "'c1' is the id of 2 spans"),
        ({"relations": [{"label": "parent", "first": "c1", "second": "c9"}]}, "no span has the id 'c9'"),
    ],
)
def test_a_span_that_is_not_of_its_text_or_has_the_id_of_another_is_a_problem(
    changed: dict[str, Any], what: str, tmp_path: Path
) -> None:
    found, problems = read(tmp_path, **changed)
    assert (found, len(problems)) == ([], 1)
    assert what in problems[0]


def test_annotators_whose_texts_differ_are_imported_on_the_text_of_the_first(tmp_path: Path) -> None:
    """Their spans are found there by their words, never by offsets of another text; what is not found is a problem."""
    other = {**_CLAIM, "segments": [[2, 5]]}
    text = "Ada 😀 said no to the offer that the board of the harbour had made on Monday."
    rows = [
        {"id": "a", "annotator": "ann", "text": text, "spans": [_CLAIM]},
        {"id": "a", "annotator": "bob", "text": f"- {text}", "spans": [other]},
    ]
    file = tmp_path / "spans.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    imported, _ = read_foreign("spans", tmp_path)
    assert [row["segments"][0]["surface"] for row in imported.tables["spans"].to_pylist()] == ["Ada", "Ada"]
    assert [row["start"] for row in imported.tables["claims"].to_pylist()] == [0, 0]
    rows[1]["spans"] = [{**_CLAIM, "segments": [[0, 1]], "quotes": ["-"]}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with pytest.raises(ProblemsFound, match="the text of another annotator is taken"):
        read_foreign("spans", tmp_path)


def test_a_document_that_is_there_again_is_a_problem(tmp_path: Path) -> None:
    """A copy of a file: its spans would have the ids of those of the first."""
    read(tmp_path)
    (tmp_path / "copy.jsonl").write_bytes((tmp_path / "spans.jsonl").read_bytes())
    with pytest.raises(ProblemsFound, match="is in the files again"):
        read_foreign("spans", tmp_path)
    assert read_foreign("spans", tmp_path, skip_bad=True)[0].tables["spans"].num_rows == 1


def test_an_export_through_a_link_lies_where_the_link_points_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As into the data folder of a tool; and into the empty folder one is in."""
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to("data")
    for given, name in ((tmp_path / "link", "one"), (Path(), "two")):
        monkeypatch.chdir(tmp_path / "data")
        with whole_folder(given, lambda old: None) as new:
            (new / name).write_text("")
        assert [path.name for path in (tmp_path / "data").iterdir()] == [name]
    assert (tmp_path / "link").is_symlink()
