"""raw/manifest.jsonl is read strictly: every row that breaks its form is named by its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allegata.ingest.manifest import read_manifest
from allegata.schema.problems import ProblemsFound
from project import ARTICLES, Row, copy_root, edit_rows, ingest, manifest_row, raw_report


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_root(tmp_path)


def edit_manifest(root: Path, edit: Callable[[list[Row]], object]) -> None:
    edit_rows(root / "raw" / "manifest.jsonl", edit)


def first(**fields: Any) -> Callable[[list[Row]], object]:
    return lambda rows: rows[0].update(fields)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (first(id=ARTICLES[1]), f"duplicate id '{ARTICLES[1]}' (first in line 1)"),
        (first(file=f"{ARTICLES[1]}.txt"), f"duplicate file '{ARTICLES[1]}.txt' (first in line 1)"),
        (first(colour="red"), "has the unknown field 'colour'"),
        (lambda rows: rows[0].pop("sha256"), "lacks the field 'sha256'"),
        (first(id=None), "lacks the field 'id'"),
        (first(bytes="2311"), "field 'bytes' is \"2311\", not a int"),
        (first(bytes=True), "field 'bytes' is true, not a int"),
        (first(ai_generated="yes"), "field 'ai_generated' is \"yes\", not a bool"),
        (first(title=["a"]), "field 'title' is [\"a\"], not a str"),
        (first(sha256="0A" * 32), "sha256 is not 64 lower-case hexadecimal digits"),
        (first(id="../x"), "the id '../x' has characters other than"),
        (first(language="English (US)"), "the language 'English (US)' is no language tag"),
        (first(published="Jan. 23, 2025"), "published is 'Jan. 23, 2025', no date"),
        (first(published="2025-02-30"), "published is '2025-02-30', no date"),
        (first(url="www.example.org/a"), "the url 'www.example.org/a' is no address"),
        (first(url="javascript:alert(1)"), "the url 'javascript:alert(1)' is no address"),
        (first(url="https://[x"), "the url 'https://[x' is no address"),
        (first(story=""), "the story '' is not a name"),
        (first(story="mill\nfire"), "is not a name: one line with a letter or a digit"),
        (first(story=7), "field 'story' is 7, not a str"),
        (first(original_name=["a.txt"]), "field 'original_name' is [\"a.txt\"], not a str"),
        (first(tags="mills"), "field 'tags' is \"mills\", not a list"),
        (first(tags=["mills", "Mills"]), "its tags are not all texts"),
        (first(tags=["mills", None]), "its tags are not all texts"),
        (first(id=""), "the id '' has characters other than"),
        (first(media_type="application/pdf"), "has the media type 'application/pdf', which nothing here reads"),
    ],
)
def test_a_broken_manifest_row_is_named_by_its_line(root: Path, edit: Callable[[list[Row]], object], says: str) -> None:
    edit_manifest(root, edit)
    edit_manifest(root, lambda rows: rows.append(rows.pop(0)))  # so that the first line is a good one
    text = raw_report(root)
    assert says in text
    assert "→" in text
    if "media type" not in says:
        assert "raw/manifest.jsonl:5: " in text


@pytest.mark.parametrize(
    "fields",
    [
        {"language": "pt-BR"},
        {"language": "und"},
        {"published": "2025-01-23"},
        {"published": "2025-01-23T08:15:00Z"},
        {"published": "2025-01-23T08:15+01:00"},
        {"url": "https://example.org/a?b=c#d"},
        {"tags": ["mills", "fire at night"]},
        {"tags": []},
    ],
)
def test_a_language_a_date_and_an_address_in_their_standard_form_are_read(root: Path, fields: Row) -> None:
    edit_manifest(root, first(**fields))
    rows, problems = read_manifest(root / "raw")
    assert not problems
    [row] = [row for row in rows if row.id == ARTICLES[0]]
    assert {name: getattr(row, name) for name in fields} == fields


@pytest.mark.parametrize(
    "path", ["../pyproject.toml", "/etc/hostname", "a/../../x.txt", "./x.txt", "manifest.jsonl", "a//b", ""]
)
def test_a_path_that_leaves_raw_is_refused_unread(root: Path, path: str) -> None:
    edit_manifest(root, first(file=path))
    assert "is not a plain path inside raw/" in raw_report(root)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": "x",', "is not JSON: expected a key in double quotes, found the end"),
        (b"[1, 2]", "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b"[" * 100_000, "is nested too deeply: more than 100 levels"),
        (b'{"bytes": NaN}', "'bytes' is a number that is not finite"),
        (b'{"bytes": ' + b"9" * 5000 + b"}", "'bytes' is a number that does not fit in 64 bits"),
        (b'{"id": "\\ud800"}', "'id' is not Unicode: it holds half of a surrogate pair"),
        (b'{"id": "a", "id": "b"}', 'is not JSON: the key "id" occurs more than once'),
        (b'{"id": [{"a": 1, "a": 1}]}', 'is not JSON: the key "a" occurs more than once'),
    ],
    ids=["cut", "array", "null", "deep", "NaN", "huge number", "surrogate", "key twice", "key twice inside"],
)
def test_a_line_that_is_no_object_is_named(root: Path, line: bytes, says: str) -> None:
    path = root / "raw" / "manifest.jsonl"
    path.write_bytes(path.read_bytes() + b"\n" + line + b"\n")
    column = ":12" if line.endswith(b",") else ""
    assert f"raw/manifest.jsonl:7{column}: {says}" in raw_report(root)


def test_a_manifest_that_is_not_utf8_missing_or_empty_is_named(root: Path) -> None:
    path = root / "raw" / "manifest.jsonl"
    path.write_bytes(b'{"id": "\xe9"}')
    assert "raw/manifest.jsonl:1:9: is not UTF-8 at byte 8" in raw_report(root)
    path.write_bytes(b"")
    assert "raw/manifest.jsonl: lists no article" in raw_report(root)
    path.unlink()
    assert "raw/manifest.jsonl: is missing" in raw_report(root)


def test_a_line_separator_inside_a_title_does_not_break_its_row(root: Path) -> None:
    title = "A mill\u2028burned\x85 again"
    edit_manifest(root, first(title=title))
    assert ingest(root / "raw")["title"].to_pylist()[0] == title


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from([*manifest_row("a", b""), "title", "published", "ai_generated", "tags"]), value=JSON)
def test_whatever_a_field_holds_it_is_read_or_reported(tmp_path: Path, name: str, value: Any) -> None:
    data = b"A mill burned."
    raw = tmp_path / "fuzzed"
    raw.mkdir(exist_ok=True)
    (raw / "a.txt").write_bytes(data)
    row = manifest_row("a", data) | {name: value}
    (raw / "manifest.jsonl").write_text(json.dumps(row) + "\n")
    with suppress(ProblemsFound):
        assert ingest(raw)["source_text"].to_pylist() == ["A mill burned."]


def test_the_order_of_the_manifest_does_not_matter(root: Path) -> None:
    before = ingest(root / "raw")
    edit_manifest(root, lambda rows: rows.reverse())
    assert ingest(root / "raw").equals(before)


@pytest.mark.parametrize("name", ["a" * 300 + ".txt", "a\x00b.txt", "a\nb.txt", "."])
def test_a_file_name_that_no_file_can_have_is_a_fault_of_its_row(tmp_path: Path, name: str) -> None:
    root = copy_root(tmp_path)
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows[0].update(file=name))
    assert "raw/manifest.jsonl:1: the file " in raw_report(root)
