"""Differences of annotations: what was changed and nothing else, and nothing that one of the two cannot hold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from allegata.cli.app import app
from allegata.exchange.formats import FORMATS
from allegata.recipe import build
from allegata.recipe.differences import Differences, differences
from allegata.recipe.exchange import export
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.text.document_changes import changes
from allegata.text.documents import Annotation, Document, Relation
from allegata.text.spans import Span
from project import ARTICLES, ROOT, edit_rows, sampled, some

STORIES = ROOT / "examples" / "stories"
ARTICLE = ARTICLES[0]
Row = dict[str, Any]


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["diff-annotations", *map(str, arguments)])


def compared(first: str | Path, second: str | Path, **more: Any) -> Differences:
    return differences(ROOT, str(first), str(second), **more)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    export(ROOT, "spans", tmp_path / "spans", articles=[ARTICLE])
    return tmp_path / "spans"


def edit(folder: Path, change: Callable[[Row], None]) -> None:
    """Change the exported document as a tool would, quotes after offsets."""
    document = json.loads((folder / "spans.jsonl").read_text())
    change(document)
    for span in document["spans"]:
        span["quotes"] = [document["text"][start:end] for start, end in span["segments"]]
    (folder / "spans.jsonl").write_text(json.dumps(document, ensure_ascii=False) + "\n")


def spans(document: Row) -> dict[str, Row]:
    return {span["id"]: span for span in document["spans"]}


def kinds(found: Differences) -> list[tuple[str, ...]]:
    return sorted((*change.kinds, change.shown.id) for article in found.articles for change in article.changes)


def test_the_gold_and_its_published_version_are_the_same() -> None:
    for root, version in ((ROOT, "v2.1.0"), (ROOT, "v2.0.0"), (STORIES, "v1.1.0")):
        found = differences(root, "gold", version)
        assert found.are_none
        assert not found.not_compared
        assert sum(article.annotations[0] for article in found.articles) > 500


@pytest.mark.parametrize("version", ["v0.1.0", "v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0"])
def test_a_version_of_another_scheme_is_compared_in_what_both_have(version: str) -> None:
    found = compared("gold", version)
    assert len(found.articles) == len(ARTICLES)
    assert not found.are_none
    fields = {field.name for article in found.articles for change in article.changes for field in change.fields}
    here, there = ({one.name for one in found.not_compared if one.side == side} for side in ("first", "second"))
    assert {"subtype"} <= there
    assert not (here | there) & fields
    assert ("check_worthiness" in here) == (version == "v0.1.0")
    without = {one.why for one in found.not_compared if one.lost == "annotation"}
    layers = {f"{version} has no layer {name}" for name in ("attribution", "time")}
    assert without == (layers if version == "v0.1.0" else set())


cleaned = cache(build.run)


OF_TWO, OF_THREE = (ROOT, 2), (STORIES, 3)


@pytest.mark.parametrize(
    ("name", "root", "share"),
    sampled(
        [(name, *share) for name in FORMATS for share in (OF_TWO, (ROOT, None), OF_THREE, (STORIES, None))],
        *((name, *(OF_TWO if number % 2 else OF_THREE)) for number, name in enumerate(FORMATS)),
    ),
    ids=lambda value: value.name if isinstance(value, Path) else None,
)
def test_an_export_is_the_same_as_what_was_exported(
    name: str, root: Path, share: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "run", cleaned)  # nothing changes in the two corpora: they are cleaned once
    chosen = some([path.stem for path in (root / "annotations" / "gold").glob("*.jsonl")], share, name)
    done = export(root, name, tmp_path / "out", articles=chosen)
    for first, second in (("gold", str(tmp_path / "out")), (str(tmp_path / "out"), "gold")):
        found = differences(root, first, second)
        assert found.are_none, call(first, second, "--root", root).output
        assert len(found.articles) == done.documents
        assert bool(found.not_compared) == any(loss.lost != "id" for loss in done.losses)


def test_every_kind_of_change_is_found_and_nothing_else(exported: Path) -> None:
    def change(document: Row) -> None:
        by_id = spans(document)
        by_id["m001"]["segments"] = [[by_id["m001"]["segments"][0][0], by_id["m001"]["segments"][0][1] + 3]]
        by_id["m002"]["label"] = "ORG" if by_id["m002"]["label"] != "ORG" else "GPE"
        by_id["c003"]["attributes"]["polarity"] = "uncertain"
        document["relations"] = [one for one in document["relations"] if one["label"] != "anchor"]
        cut = [one["id"] for one in document["spans"] if one["id"] == "m005"]
        document["spans"] = [one for one in document["spans"] if one["id"] not in cut]
        document["spans"].append(
            {"id": "T99", "layer": "mention", "label": "DATE", "segments": [[0, 9]], "attributes": {}}
        )

    anchors = [
        one for one in json.loads((exported / "spans.jsonl").read_text())["relations"] if one["label"] == "anchor"
    ]
    edit(exported, change)
    found = compared("gold", exported)
    expected = [
        ("added", "T99"),
        ("moved", "m001"),
        ("relabelled", "c003"),
        ("relabelled", "m002"),
        ("removed", "m005"),
    ]
    assert kinds(found) == sorted([*expected, *(("relabelled", one["first"]) for one in anchors)])
    assert found.only == found.not_given | {"first": ()} == {"first": (), "second": ()} | {"first": ()}
    assert found.not_given == {"first": ARTICLES[1:], "second": ()}
    assert kinds(compared(exported, "gold"))[0][:1] == ("added",)  # the other way round


def test_a_change_is_shown_with_its_words_and_its_old_and_new_values(exported: Path) -> None:
    def change(document: Row) -> None:
        claim = spans(document)["c001"]
        (start, end), *_ = claim["segments"]
        claim["segments"] = [[start, end - len(" lawsuit")]]
        claim["attributes"]["check_worthiness"] = 0
        document["relations"] = [
            one for one in document["relations"] if (one["label"], one["first"]) != ("parent", "c004")
        ]

    edit(exported, change)
    shown = call("gold", exported, "--root", ROOT)
    assert shown.exit_code == 1
    line = next(line for line in shown.stdout.split("\n") if line.startswith("~ claim c001"))
    assert line.startswith(
        '~ claim c001 [0,66) "Microsoft-owned LinkedIn is facing a proposed class action lawsuit" -> [0,58)'
    )
    assert line.endswith('class action": check_worthiness 1 -> 0')
    assert "0 added, 0 removed, 1 moved, 1 relabelled" in shown.stdout
    assert f"is an export without them: {', '.join(ARTICLES[1:])}" in shown.stdout
    row = json.loads(call("gold", exported, "--root", ROOT, "--json").stdout)
    assert (row["equal"], row["counts"]) == (False, {"added": 0, "removed": 0, "moved": 1, "relabelled": 1})
    (claim,) = next(article for article in row["articles"] if article["changes"])["changes"]
    assert (claim["kinds"], claim["layer"], claim["first"]["id"]) == (["moved", "relabelled"], "claim", "c001")
    assert (claim["first"]["segments"], claim["second"]["segments"]) == ([[0, 66]], [[0, 58]])
    assert claim["fields"] == [{"what": "attribute", "name": "check_worthiness", "first": 1, "second": 0}]


def test_layers_and_articles_can_be_chosen_and_unknown_ones_are_a_usage_error(exported: Path) -> None:
    edit(exported, lambda document: spans(document)["c001"]["attributes"].update(check_worthiness=0))
    assert compared("gold", exported, layers=["mention", "time"]).are_none
    assert not compared("gold", exported, layers=["claim"]).are_none
    assert compared("gold", "v2.1.0", articles=[ARTICLES[2]]).articles[0].article_id == ARTICLES[2]
    for wrong in ({"layers": ["nothing"]}, {"articles": ["nothing"]}):
        with pytest.raises(UsageError, match="nothing"):
            compared("gold", exported, **wrong)


def test_folders_of_gold_files_are_compared_wherever_they_lie(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(ROOT / "annotations" / "gold", copy)
    assert compared("gold", copy).are_none

    def change(rows: list[Row]) -> None:
        rows[0]["annotators"] = ["a person that no register knows"]
        del rows[1]

    edit_rows(copy / f"{ARTICLE}.jsonl", change)
    (copy / f"{ARTICLES[1]}.jsonl").unlink()
    found = compared("gold", copy)
    assert [what for what, *_ in kinds(found)][:1] == ["removed"]
    assert found.only == {"first": (ARTICLES[1],), "second": ()}
    assert "only in gold: 001" in call("gold", copy, "--root", ROOT).stdout


def test_a_pass_is_compared_by_its_spans_for_its_ids_are_its_own() -> None:
    """Ids count the records of a pass: where one has a record more, every later id means another record."""
    found = compared("passes/article-order", "passes/reverse-order")
    both = [change for article in found.articles for change in article.changes if change.first and change.second]
    assert both
    assert all(_overlap(change.first, change.second) for change in both)


def _overlap(a: Annotation | None, b: Annotation | None) -> bool:
    assert a
    assert b
    return a.hull.start < b.hull.end and b.hull.start < a.hull.end


def _document(*annotations: Annotation, relations: Sequence[Relation] = ()) -> Document:
    return Document("x", "one two three four five six seven", annotations, tuple(relations))


def _at(name: str, start: int, end: int, **attributes: str) -> Annotation:
    return Annotation(name, "claim", "claim", (Span(start, end),), attributes)


def test_ids_tell_what_moved_far_and_are_not_believed_where_the_spans_say_otherwise() -> None:
    (moved,) = changes(_document(_at("c1", 0, 3, kind="a")), _document(_at("c1", 20, 23, kind="a")))
    assert moved.kinds == ("moved",)
    counted = [_at("c1", 0, 3), _at("c2", 4, 7), _at("c3", 8, 13)]
    recounted = [_at("c1", 4, 7), _at("c2", 8, 13)]
    (removed,) = changes(_document(*counted), _document(*recounted))
    assert (removed.kinds, removed.shown.id) == (("removed",), "c1")
    assert not changes(_document(_at("c1", 0, 3)), _document(_at("T7", 0, 3)))


def test_a_relation_is_the_same_where_it_points_to_the_same_annotation_under_another_id() -> None:
    first = _document(_at("c1", 0, 7), _at("c2", 4, 7), relations=[Relation("parent", "c2", "c1")])
    second = _document(_at("T1", 0, 7), _at("T2", 4, 7), relations=[Relation("parent", "T2", "T1")])
    assert not changes(first, second)
    (change,) = changes(first, _document(_at("T1", 0, 7), _at("T2", 4, 7)))
    assert [(one.what, one.name, one.first, one.second) for one in change.fields] == [
        ("relation", "parent", ("c1",), None)
    ]


def test_segments_in_another_order_are_the_same_place_and_true_is_not_one() -> None:
    parts = (Span(0, 3), Span(8, 13))
    one, other = (Annotation("c1", "claim", "claim", order) for order in (parts, parts[::-1]))
    assert not changes(_document(one), _document(other))
    flag, number = (Annotation("c1", "claim", "claim", parts, {"is_quoted": value}) for value in (True, 1))
    assert changes(_document(flag), _document(number))


def test_a_text_that_changed_in_the_tool_is_no_difference_of_its_annotations(exported: Path) -> None:
    def change(document: Row) -> None:
        document["text"] = f"A line above.\n{document['text']}"
        for span in document["spans"]:
            span["segments"] = [[start + 14, end + 14] for start, end in span["segments"]]

    edit(exported, change)
    found = compared("gold", exported)
    assert found.are_none
    (article,) = found.articles
    assert (article.same_text, article.found_again) == (False, article.annotations[0])

    def cut(document: Row) -> None:
        quote = spans(document)["m001"]
        (start, end), *_ = quote["segments"]
        document["text"] = document["text"].replace(document["text"][start:end], "X" * (end - start))

    edit(exported, cut)
    gone = [change for change in compared("gold", exported).articles[0].changes if change.why]
    assert gone
    assert {change.kinds for change in gone} == {("removed",)}


def test_documents_that_a_tool_counted_are_known_by_their_texts(exported: Path) -> None:
    edit(exported, lambda document: document.update(id="17"))
    found = compared("gold", exported)
    assert [article.article_id for article in found.articles] == [ARTICLE]
    assert found.are_none


def test_of_several_annotators_one_is_named(exported: Path) -> None:
    text = (exported / "spans.jsonl").read_text()
    row = json.loads(text)
    (exported / "spans.jsonl").write_text(
        text + json.dumps({**row, "annotator": "second", "spans": [], "relations": []})
    )
    with pytest.raises(ProblemsFound, match="--of"):
        compared("gold", exported)
    assert not compared("gold", exported, annotator="second").are_none
    assert compared("gold", exported, annotator=row["annotator"]).are_none
    with pytest.raises(UsageError, match="'third'"):
        compared("gold", exported, annotator="third")


def test_wrong_names_are_usage_errors_that_say_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    wrong = {
        "v9.9.9": "holds no version",
        "passes/nobody": "no gold file",
        "nowhere": "there is no nowhere",
        f"spans:{tmp_path / 'nowhere'}": "there is no",
        f"spans:{tmp_path / 'empty'}": "holds no article",
        str(tmp_path / "empty"): "FORMAT:PATH",
    }
    for name, says in wrong.items():
        done = call("gold", name, "--root", ROOT)
        assert (done.exit_code, says in done.stderr) == (2, True), done.stderr


def test_without_a_corpus_files_of_tools_and_versions_are_compared(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(exported, f"spans:{exported / 'spans.jsonl'}").exit_code == 0
    assert call(ROOT / "corpus" / "v2.0.0", ROOT / "corpus").exit_code == 0
    assert call("gold", exported).exit_code == 2


def test_broken_files_are_one_report_and_nothing_is_compared(exported: Path) -> None:
    with (exported / "spans.jsonl").open("a") as file:
        file.write("no JSON\n")
    done = call("gold", exported, "--root", ROOT)
    assert (done.exit_code, "spans.jsonl:2" in done.stderr, done.stdout) == (1, True, "")


def test_a_version_is_exported_as_it_was_published(tmp_path: Path) -> None:
    done = export(ROOT, "spans", tmp_path / "old", of="v1.0.0", articles=[ARTICLE])
    assert done.documents == 1
    assert compared("v1.0.0", tmp_path / "old", articles=[ARTICLE]).are_none
    row = json.loads((tmp_path / "old" / "spans.jsonl").read_text())
    assert "modality" in spans(row)["c001"]["attributes"]
    with pytest.raises(UsageError, match="no annotations of it"):
        export(ROOT, "spans", tmp_path / "none", of="v1.0.0", articles=["nothing"])
