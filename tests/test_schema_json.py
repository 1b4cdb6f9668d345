"""JSON and TOML that came from outside are read in one place each, which refuses what no table could hold."""

from __future__ import annotations

import ast
import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from allegata.exchange.folder import Reading
from allegata.exchange.json_rows import rows_of_files
from allegata.schema.json_lines import JsonError, json_object, parse_json_file, parse_json_lines
from allegata.schema.plain_values import DEEPEST, shown
from allegata.schema.problems import Problem
from allegata.schema.toml_files import read_toml
from project import ROOT

FIELD = '{"a": {"b": [1, %s]}}'
DEEPER = DEEPEST - 3  # levels inside the field
REFUSED = {
    "NaN": "'a.b' is a number that is not finite",
    "-Infinity": "'a.b' is a number that is not finite",
    "1e999": "'a.b' is a number that is not finite",
    "9" * 5_000: "'a.b' is a number that does not fit in 64 bits",
    str(2**63): "'a.b' is a number that does not fit in 64 bits",
    str(-(2**63) - 1): "'a.b' is a number that does not fit in 64 bits",
    '"\\ud800"': "'a.b' is not Unicode: it holds half of a surrogate pair",
    '{"\\uDFFF": 1}': "'a.b' is not Unicode: it holds half of a surrogate pair",
    "[" * (DEEPER + 1) + "]" * (DEEPER + 1): "'a' is nested too deeply: more than 100 levels",
    "[" * 100_000: "is nested too deeply: more than 100 levels",
    '{"c": 1, "d": 2, "c": 3}': 'is not JSON: the key "c" occurs more than once',
    "01": "is not JSON: expected ',' or the closing bracket, found \"1\"",
}


@pytest.mark.parametrize("token", REFUSED, ids=lambda token: token[:12])
def test_what_no_table_holds_is_refused_with_its_field(token: str) -> None:
    lines, problems = parse_json_lines((FIELD % token + "\n{}\n").encode(), "x.jsonl")
    assert lines == [(2, {})]
    column = 18 if token == "01" else None
    assert problems == [Problem(REFUSED[token], "correct the line", file="x.jsonl", line=1, column=column)]


@pytest.mark.parametrize(
    "token",
    [
        str(2**63 - 1),
        str(-(2**63)),
        '"\\ud83d\\ude00"',
        "[" * DEEPER + "]" * DEEPER,
        "1e308",
        "1e-999",
        '"NaN"',
        '"1e999"',
    ],
)
def test_what_a_table_holds_is_read_as_python_reads_it(token: str) -> None:
    assert json_object(FIELD % token) == json.loads(FIELD % token)


def test_readers_of_what_others_write_take_more_but_neither_depth_nor_a_key_twice() -> None:
    assert json_object(FIELD % '"\\ud800"', strict=False)["a"]["b"][1] == "\ud800"
    assert json_object(FIELD % 10**30, strict=False)["a"]["b"][1] == 10**30
    assert json_object(FIELD % "NaN", strict=False, nan=True)
    for token in ("NaN", "[" * (DEEPER + 1) + "]" * (DEEPER + 1), "[" * 100_000, '{"c": 1, "c": 1}', "9" * 5_000):
        with pytest.raises(ValueError, match=r"NaN|nested|occurs|digits"):
            json_object(FIELD % token, strict=False)


def test_a_whole_file_that_is_wrong_is_one_problem_with_its_line() -> None:
    assert parse_json_file(b'{"a": 1}', "x.json") == {"a": 1}
    assert parse_json_file(b"[]", "x.json") == Problem("is not a JSON object", "correct the file", file="x.json")
    found = parse_json_file(b'{\n"a": 1,\n"b" 2}', "x.json")
    what = "is not JSON: expected ':' after the key, found \"2\""
    assert found == Problem(what, "correct the file", file="x.json", line=3, column=5)
    assert str(found).startswith("x.json:3:5: is not JSON")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nope", "1:1: is not JSON: expected a value (a text in double quotes, a number, true, false, null, [ or {)"),
        ("{'a': 1}", '1:2: is not JSON: expected a key in double quotes, found "\'"'),
        ('{"a" 1}', "1:6: is not JSON: expected ':' after the key, found \"1\""),
        ('{"a": 1 "b": 2}', "1:9: is not JSON: expected ',' or the closing bracket, found"),
        ('{"a": 1', "1:8: is not JSON: expected ',' or the closing bracket, found the end"),
        ('{"a": 1} {"b": 2}', '1:10: is not JSON: expected the end, after one value, found "{"'),
        ('{"a": "b}', "1:7: is not JSON: the text that begins here has no closing quotation mark"),
        ('{"a": "\t"}', "1:8: is not JSON: a line break or control character within a text"),
        ('{"a": "\\x"}', "1:8: is not JSON: a backslash that begins no escape"),
        ('{"a": "\\u12"}', "is not JSON: \\u without four hexadecimal digits"),
        ('{"a": 1,}', "is not JSON: a comma before the closing bracket"),
        ('{"a": [1, ]}', "is not JSON: a comma before the closing bracket"),
        ('{"é": "\xff', None),
    ],
)
def test_what_is_no_json_is_said_in_the_same_words_by_every_reader_with_line_and_column(
    tmp_path: Path, text: str, says: str | None
) -> None:
    data = text.encode() if says else text.encode("latin-1").replace(b"\xe9", "é".encode())
    says = says or "1:8: is not UTF-8 at byte 8"
    (tmp_path / "x.jsonl").write_bytes(b"\n" + data)
    reading = Reading()
    assert not list(rows_of_files(tmp_path, reading, ".jsonl"))
    whole, lines = parse_json_file(data, "x.jsonl"), parse_json_lines(data, "x.jsonl")[1]
    assert isinstance(whole, Problem)
    assert [says in str(problem) for problem in (whole, *lines)] == [True, True]
    assert [problem.what for problem in reading.problems.found] == [lines[0].what.replace("byte 8", "byte 9")]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (str(2**63), "name is a number that does not fit in 64 bits"),
        ("inf", "name is a number that is not finite"),
        ("[" * 101 + "]" * 101, "name is nested too deeply"),
        ("[" * 20_000, "is nested too deeply"),
        ("9" * 5_000, "is not TOML that can be read"),
        ("2023-02-29", "is not TOML"),
    ],
)
def test_toml_is_refused_for_the_same_with_its_line(tmp_path: Path, value: str, what: str) -> None:
    (tmp_path / "x.toml").write_text(f'title = "a"\nname = {value}\n')
    found = read_toml(tmp_path / "x.toml", "x.toml")
    assert isinstance(found, Problem)
    assert found.what.startswith(what)
    assert found.line == 2 or not found.what.startswith("name")


@pytest.mark.parametrize(("levels", "is_fine"), [(DEEPEST, True), (DEEPEST + 1, False)])
def test_objects_are_as_deep_as_lists_may_be(levels: int, is_fine: bool) -> None:
    many = ", ".join(["[]"] * DEEPEST)  # a text with fewer brackets is not looked at
    inner = levels - 1
    for deep in ('{"a":' * inner + "1" + "}" * inner, "[" * inner + "]" * inner):
        with nullcontext() if is_fine else pytest.raises(JsonError, match="nested too deeply"):
            json_object(f'{{"many": [{many}], "deep": {deep}}}')


def test_a_report_quotes_of_any_value_a_line_at_most() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (deep, 10**5_000, "x" * 10**6, {"a": "\ud800"}, float("nan"), b"bytes", {1: 2}):
        assert len(shown(value)) <= 61
    assert shown({"a": [None, True, "é"]}) == '{"a": [null, true, "é"]}'


# File -> why JSON or TOML that it reads by itself is nobody else's: written by the same run, or shipped in the package.
OWN = {
    "schema/json_lines.py": "the reader",
    "schema/toml_files.py": "the reader",
    "schema/scheme.py": "the packaged scheme",
    "text/words.py": "packaged words",
    "models/lexicon.py": "packaged words",
    "ingest/rendering.py": "packaged marks",
    "propose/names.py": "packaged words",
    "propose/value_words.py": "packaged words",
    "judge/judge.py": "the packaged judge",
    "judge/line_judge.py": "the packaged judge of lines",
    "engine/finish.py": "problems in receipts",
    "engine/work.py": "receipts, whose bytes are proved by their sha256; the note is read as a usage error",
    "recipe/steps/annotation.py": "receipts of the same run",
    "recipe/steps/validation.py": "receipts of the same run",
    "recipe/init.py": "the template with texts that were quoted",
    "recipe/remove.py": "settings that were read before, without a line",
    "publish/text_free/store.py": "a store of the same run",
    "publish/text_free/wanted.py": "a store of the same run",
    "validate/checked.py": "arguments on their way through Great Expectations",
    "ingest/linked_data.py": "of a page, where what cannot be read states nothing",
    "ingest/page_metadata.py": "of a page, where what cannot be read states nothing",
}
READERS = {("json", "load"), ("json", "loads"), ("json", "JSONDecoder"), ("tomllib", "load"), ("tomllib", "loads")}


def test_nothing_reads_json_or_toml_by_itself() -> None:
    package = ROOT / "scripts" / "allegata"
    found = set()
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found |= {name} if (node.value.id, node.attr) in READERS and not _round_trip(node, path) else set()
            assert not (isinstance(node, ast.ImportFrom) and node.module in ("json", "tomllib")), name
    assert found == OWN.keys()


def _round_trip(node: ast.Attribute, path: Path) -> bool:
    """`json.loads(json.dumps(…))`, which makes plain values of ours."""
    return ".loads(json.dumps(" in path.read_text("utf-8").split("\n")[node.lineno - 1]
