"""Files of a corpus that are there and are not what they should be: one report each, never silence or a traceback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import allegata
from allegata.recipe.build import run
from allegata.recipe.init import init
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import count_articles, load_corpus
from allegata.schema.release_manifest import parse_manifest
from allegata.schema.row_lookup import RowLookup
from allegata.schema.scheme import read_scheme
from allegata.schema.settings import find_root, read_settings
from allegata.schema.toml_files import read_toml
from project import ROOT, manifest_row, sampled, write_rows

TEXT = b"The mill of Low Marsh burnt down on Monday.\nNobody was hurt, the brigade said.\n"
OPTIONAL = [
    "annotations/scheme.toml", "annotations/decisions.jsonl", "annotations/propositions.jsonl",
    "annotations/disputes.jsonl", "annotations/relations.jsonl", "annotations/entities.jsonl",
    "annotations/annotators.jsonl", "annotations/gold/a.jsonl", "annotations/passes/p/a.jsonl",
    "expectations/claims.json", "corpus/splits.json", "corpus/README.md", "corpus/leaderboard.json",
    "corpus/pre-annotation.json", "dataset_card.md",
]  # fmt: skip


def corpus(place: Path) -> Path:
    init(place, name="mills")
    (place / "raw" / "a.txt").write_bytes(TEXT)
    write_rows(place / "raw" / "manifest.jsonl", [manifest_row("a", TEXT)])
    return place


def folder(path: Path) -> None:
    path.mkdir(parents=True)


def link(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("nowhere")


@pytest.mark.parametrize("put", [folder, link])
def test_what_is_there_and_cannot_be_read_is_reported_and_not_taken_for_missing(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    root = corpus(tmp_path)
    for name in OPTIONAL:
        path = root / name
        before = path.read_bytes() if path.is_file() else None
        path.unlink(missing_ok=True)
        put(path)
        with pytest.raises(ProblemsFound) as found:
            run(root)
        assert [problem.file for problem in found.value.problems] == [name]
        assert not list((root / "corpus").glob("v*"))
        path.rmdir() if path.is_dir() else path.unlink()
        if before is not None:
            path.write_bytes(before)
    assert run(root).release is not None


@pytest.mark.parametrize(
    "name", ["p.jsonl", "p/deeper/a.jsonl", "p/.kept/a.jsonl", "p/disputes.jsonl", "p/propositions.jsonl"]
)
def test_what_lies_under_passes_and_belongs_to_no_pass_is_reported(tmp_path: Path, name: str) -> None:
    root = corpus(tmp_path)
    path = root / "annotations" / "passes" / name
    path.parent.mkdir(parents=True)
    path.write_text('{"record": "article", "article_id": "a"}\n')
    with pytest.raises(ProblemsFound, match="belongs to no pass") as found:
        run(root, "annotate")
    assert {problem.file for problem in found.value.problems} == {f"annotations/passes/{name}"}


def test_a_log_of_adjudication_stands_beside_the_passes_which_are_folders(tmp_path: Path) -> None:
    root = corpus(tmp_path)
    (root / "annotations" / "passes").mkdir(exist_ok=True)
    (root / "annotations" / "passes" / "adjudication.jsonl").write_text('{"claim": "a:c001"}\n')
    run(root, "annotate")
    shutil.rmtree(root / "annotations" / "passes")
    (root / "annotations" / "passes").write_text("")
    with pytest.raises(ProblemsFound, match="annotations/passes: is no folder"):
        run(root, "annotate")


@pytest.mark.parametrize(
    "data",
    sampled([b"[" * 100_000, b"null", b"1", b"[]", b'{"a": 1, "a": 2}', b"\xff", b'{"a": "\\ud800"}'], b"1", b"\xff"),
)
@pytest.mark.parametrize("name", ["splits.json", "leaderboard.json", "pre-annotation.json"])
def test_json_beside_the_versions_is_read_strictly(tmp_path: Path, name: str, data: bytes) -> None:
    root = corpus(tmp_path)
    (root / "corpus").mkdir()
    (root / "corpus" / name).write_bytes(data)
    with pytest.raises(ProblemsFound) as found:
        run(root)
    assert [problem.file for problem in found.value.problems] == [f"corpus/{name}"]


def test_a_manifest_with_any_value_of_another_type_is_damaged(tmp_path: Path) -> None:
    run(root := corpus(tmp_path))
    path = root / "corpus" / "v1.0.0" / "manifest.json"
    whole = json.loads(path.read_bytes())
    places: list[tuple[str | int, ...]] = [
        (), ("version",), ("tables",), ("tables", "articles"), ("tables", "articles", "features"),
        ("tables", "articles", "features", 0), ("tables", "articles", "features", 0, "name"),
        ("tables", "articles", "splits"), ("tables", "articles", "splits", "train"),
        ("tables", "articles", "splits", "train", "file"), ("tables", "articles", "splits", "train", "rows"),
        ("tables", "articles", "splits", "train", "digest"), ("documents",), ("inputs",), ("algorithms",), ("before",),
    ]  # fmt: skip
    for place in places:
        for value in (None, 5.5, [5]):
            damaged = json.loads(json.dumps(whole))
            inside = damaged
            for key in place[:-1]:
                inside = inside[key]
            if place:
                inside[place[-1]] = value
            with pytest.raises(ProblemsFound, match=r"manifest\.json: is not the manifest of a version: "):
                parse_manifest(json.dumps(damaged if place else value).encode())
    for data in (b"[" * 100_000, b"null"):
        path.write_bytes(data)
        with pytest.raises(ProblemsFound, match=r"manifest\.json"):
            run(root)


def test_settings_with_a_byte_order_mark_are_read_and_what_python_cannot_read_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "allegata.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "mills"\r\n')
    assert read_settings(tmp_path).name == "mills"
    for text in ("x = " + "1" * 5000, "x = " + "[" * 20_000, 'title = "\\u001b[31m"', 'tags = ["\\u0000"]'):
        path.write_text(text)
        with pytest.raises(ProblemsFound) as found:
            read_settings(tmp_path)
        assert len(found.value.problems) == 1
    path.unlink()
    path.mkdir()
    assert find_root(tmp_path) == tmp_path
    with pytest.raises(ProblemsFound, match="cannot be read"):
        read_settings(tmp_path)


def test_a_scheme_that_is_a_folder_is_not_the_default_one(tmp_path: Path) -> None:
    (tmp_path / "scheme.toml").mkdir()
    with pytest.raises(ProblemsFound, match="cannot be read"):
        read_scheme(tmp_path)
    assert not hasattr(read_toml(tmp_path / "scheme.toml", "scheme.toml"), "values")


@pytest.mark.parametrize("size", [10**30, -1])
def test_a_number_of_bytes_that_no_file_has_is_a_fault_of_the_row(tmp_path: Path, size: int) -> None:
    root = corpus(tmp_path)
    write_rows(root / "raw" / "manifest.jsonl", [{**manifest_row("a", TEXT), "bytes": size}])
    with pytest.raises(ProblemsFound) as found:
        run(root, "ingest")
    assert [(problem.file, problem.line) for problem in found.value.problems] == [("raw/manifest.jsonl", 1)]


def test_the_library_says_what_it_takes(tmp_path: Path) -> None:
    corpus(tmp_path)
    # Each call has an argument of a type that is not declared: what a caller without a type checker may write.
    calls: list[Callable[[], object]] = [
        lambda: allegata.clean_text(b"bytes"),  # type: ignore[arg-type]
        lambda: allegata.clean_text("text", language=5),  # type: ignore[arg-type]
        lambda: allegata.clean_html(b"<p>page", url=5),  # type: ignore[arg-type]
        lambda: allegata.clean_html(b"<p>page", content_type=b"text/html"),  # type: ignore[arg-type]
        lambda: allegata.deduplicate(None),  # type: ignore[call-overload]
        lambda: allegata.deduplicate(["a", "\ud800"]),
        lambda: allegata.open(tmp_path).build(bump="huge"),  # type: ignore[arg-type]
        lambda: allegata.open(5),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(UsageError):
            call()


def test_a_title_may_hold_what_stands_for_the_name_in_the_template(tmp_path: Path) -> None:
    init(tmp_path, name="mills", title="@name@")
    assert (tmp_path / "README.md").read_text("utf-8").startswith("# @name@\n")


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/b", "..", ""])
def test_no_manifest_names_a_table_that_would_be_written_elsewhere(tmp_path: Path, name: str) -> None:
    run(root := corpus(tmp_path))
    manifest = json.loads((root / "corpus" / "v1.0.0" / "manifest.json").read_bytes())
    manifest["tables"][name] = manifest["tables"]["articles"]
    with pytest.raises(ProblemsFound, match="is no name of a table"):
        parse_manifest(json.dumps(manifest).encode())


def test_tables_without_a_manifest_that_are_damaged_are_named(tmp_path: Path) -> None:
    table = pa.table({"article_id": ["a", "b"], "text": ["The mill.", "The fire."], "annotated": [True, True]})
    (tmp_path / "articles").mkdir()
    path = tmp_path / "articles" / "train.parquet"
    pq.write_table(table, path)
    assert count_articles(tmp_path) == (2, 0)
    whole = path.read_bytes()
    readers: list[Callable[[], object]] = [
        lambda: load_corpus(tmp_path),
        lambda: RowLookup(tmp_path).row("articles", "b"),
        lambda: count_articles(tmp_path),
    ]
    pq.write_table(table.set_column(1, "text", pa.array([b"The mill.", b"\xff"]).view(pa.string())), path)
    no_text = path.read_bytes()
    for data, some in ((whole[:-20], readers), (no_text, readers[:2])):
        path.write_bytes(data)
        for read in some:
            with pytest.raises(ProblemsFound, match=r"articles.*is not readable as Parquet"):
                read()


@pytest.mark.parametrize(
    ("feature", "is_one"),
    [
        ({"dtype": "string"}, True),
        ({"list": "string"}, True),
        ({"list": {"dtype": "string"}}, True),
        ({"list": [{"name": "a", "dtype": "int32"}]}, True),
        ({"kind": "string"}, False),
        ({"dtype": ["string"]}, False),
        ({"struct": "string"}, False),
        ({"dtype": "string", "list": "string"}, False),
    ],
)
def test_a_feature_is_a_type_or_made_of_named_ones(feature: dict[str, object], is_one: bool) -> None:
    stated = json.loads((ROOT / "corpus/v2.2.0/manifest.json").read_bytes())
    stated["tables"]["articles"]["features"].append({"name": "one_more", **feature})
    with nullcontext() if is_one else pytest.raises(ProblemsFound, match="one_more"):
        parse_manifest(json.dumps(stated).encode())
