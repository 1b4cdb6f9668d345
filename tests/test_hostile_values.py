"""Sixty values that no field expects, in every field of every file, under every command that reads the file: one sorted
report that names file, line and field, and never a traceback."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from allegata.annotate.records import KINDS, PROPOSITION_FIELDS, Records
from allegata.annotate.registers import ANNOTATOR_FIELDS, entity_fields
from allegata.clean.curated_lines import CURATED_FIELDS
from allegata.cli.app import app
from allegata.dedup.decisions import DECISION_FIELDS
from allegata.schema.fields import Field
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.redactions import REDACTION_FIELDS
from allegata.schema.scheme import default_scheme, read_scheme
from allegata.schema.settings import _FIELDS, read_settings
from allegata.schema.withdrawn import WITHDRAWAL_FIELDS
from allegata.validate.suites import read_suites
from file_mutants import limits
from hostile_corpus import CURATED, corpus
from project import read_rows, sampled, write_rows
from test_absent_fields import MANIFEST_FIELDS, RECORDS

Row = dict[str, Any]
# What JSON cannot say, or Python reads and no table holds: the line is refused for it.
UNREADABLE = (
    "NaN", "-NaN", "Infinity", "-Infinity", "1e400", "-1e999", str(2**63), str(-(2**70)), "9" * 5_000, "01", "+1", ".5",
    "0x1", "'a'", '"a', '"\\x00"', '"\\ud800"', '"\\udfff\\ud800"', '{"\\udead": 1}', '{"a": 1, "a": 2}', "[" * 5_000,
    "[" * 200 + "]" * 200, '{"a": ' * 150 + "1" + "}" * 150, "[1,]", '{"a"}', "None", "True", "undefined", "", "/**/ 1",
)  # fmt: skip
# What JSON can say, and hardly a field takes.
READABLE = (
    "null", "true", "false", "0", "-1", "1.5", "-0.0", "1e-400", str(2**63 - 1), str(-(2**63)), '""', '" "',
    '"\\u0000"',
    '"\\u001b[31m"', '"a\\nb"', '"\u202e"', '"../../x"', '"' + "y" * 10_000 + '"', "[]", "{}", "[null]", "[[]]", "[1]",
    '["a"]', "[{}]", '{"a": 1}', "[true]", "[" * 90 + "]" * 90, '[{"start": -1, "end": 1e9}]', '"2023-02-29"',
)  # fmt: skip
TOKENS = {"unreadable": UNREADABLE, "readable": READABLE}
SCHEME = default_scheme()
FORMS = Records(SCHEME)
GOLD = {kind: FORMS.fields[kind] for kind in KINDS}
# File -> the fields of the kinds of its rows.
FILES: dict[str, Mapping[str, Mapping[str, Field]]] = {
    "annotations/gold/one.jsonl": GOLD,
    "annotations/passes/p/one.jsonl": GOLD,
    "annotations/entities.jsonl": {"": entity_fields(SCHEME)},
    "annotations/annotators.jsonl": {"": ANNOTATOR_FIELDS},
    "annotations/propositions.jsonl": {"": PROPOSITION_FIELDS},
    "annotations/disputes.jsonl": {"": FORMS.dispute_fields},
    "annotations/decisions.jsonl": {"": DECISION_FIELDS},
    "annotations/curated_lines.jsonl": {"": CURATED_FIELDS},
    "annotations/withdrawn.jsonl": {"": WITHDRAWAL_FIELDS},
    "annotations/redactions.jsonl": {"": REDACTION_FIELDS},
    "raw/manifest.jsonl": {"": MANIFEST_FIELDS},
}
# The commands that read all of it, and those that read some; of the others a file that is wrong is no matter.
WHOLE = ("annotate",)
SOME = {
    "clean": (), "info": (), "build": (), "withdraw": ("two", "--reason", "asked", "--dry-run"),
    "redact": ("holm", "--dry-run"), "remove": ("two",), "explain": ("one",),
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus with a row in every file."""
    root = corpus(tmp_path_factory.mktemp("hostile"))
    annotations = root / "annotations"
    nothing: Row = {name: [] for name in ("shared", "replace", "leave", "places")}
    write_rows(annotations / "decisions.jsonl", [RECORDS["decision"].row])
    write_rows(annotations / "curated_lines.jsonl", [CURATED])
    write_rows(annotations / "withdrawn.jsonl", [{**RECORDS["withdrawal"].row, "article_id": "gone"}])
    write_rows(annotations / "redactions.jsonl", [{**RECORDS["redaction"].row, "names": ["Quill Zed"], **nothing}])
    (annotations / "passes" / "p").mkdir(parents=True)
    shutil.copy(annotations / "gold" / "one.jsonl", annotations / "passes" / "p")
    return root


def rows(base: Row, fields: Mapping[str, Field], tokens: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Field, token, line: the row with the token in the place of each of its fields in turn."""
    for number, name in enumerate(fields):
        for token_number, token in enumerate(tokens):
            row = {**base, "id": f"z{number}-{token_number}"} if "id" in base else dict(base)
            yield name, token, json.dumps({**row, name: "@"}).replace('"@"', token)


def spoiled(path: Path, kinds: Mapping[str, Mapping[str, Field]], tokens: tuple[str, ...]) -> list[tuple[str, str]]:
    """Write the rows below those of the file; field and token of each."""
    text, known = path.read_text("utf-8"), read_rows(path)
    found = []
    for kind, fields in kinds.items():
        base = next(row for row in known if row.get("record", "") == kind)
        for name, token, line in rows(base, fields, tokens):
            text += line + "\n"
            found.append((name, token))
    path.write_text(text, "utf-8")
    return found


def reported(output: str, file: str) -> dict[int, list[str]]:
    """Line -> what is said of it; that the lines are in order is seen too."""
    found: dict[int, list[str]] = {}
    order = []
    for match in re.finditer(rf"^{re.escape(file)}:(\d+)(?::\d+)?: (.*)$", output, re.M):
        order.append(int(match[1]))
        found.setdefault(int(match[1]), []).append(match[2])
    assert order == sorted(order)
    return found


def run(root: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments, "--root", str(root)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def is_wrong(field: Field, token: str) -> bool:
    value = json.loads(token)
    return field.fault(value) is not None


@pytest.mark.parametrize("tokens", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("file", FILES)
def test_every_line_that_is_wrong_is_reported_with_its_field(
    tmp_path: Path, whole: Path, file: str, tokens: tuple[str, ...]
) -> None:
    root = Path(shutil.copytree(whole, tmp_path / "corpus"))
    first = len(read_rows(root / file)) + 1
    written = spoiled(root / file, FILES[file], tokens)
    code, output = run(root, *WHOLE)
    assert code == 1
    found = reported(output, file)
    kinds = FILES[file].values()
    for line, (name, token) in enumerate(written, first):
        wrong = tokens is UNREADABLE or all(is_wrong(fields[name], token) for fields in kinds if name in fields)
        if wrong:
            said = found[line]
            assert any(name in one or "is not JSON" in one or "nested" in one for one in said), (token[:40], said)


@pytest.mark.parametrize(
    ("command", "tokens"),
    sampled(
        product(SOME, TOKENS),
        *(("build", "readable"), ("build", "unreadable"), ("clean", "readable"), ("info", "unreadable")),
        *(("withdraw", "readable"), ("redact", "unreadable"), ("remove", "unreadable"), ("explain", "readable")),
    ),
)
def test_no_command_stops_with_a_traceback(tmp_path: Path, whole: Path, command: str, tokens: str) -> None:
    for file, kinds in FILES.items():
        root = Path(shutil.copytree(whole, tmp_path / file.replace("/", "-")))
        spoiled(root / file, kinds, TOKENS[tokens])
        code, output = run(root, command, *SOME[command])
        assert code in (0, 1, 2)
        assert code != 0 or command in ("clean", "info", "explain", "withdraw", "redact", "remove"), (file, output)
        reported(output, file)


# A text of a megabyte, and a list of as many characters.
LARGE = ('"' + "mill " * 200_000 + '"', "[" + '"a",' * 250_000 + '"a"]')


@pytest.mark.parametrize(
    "file",
    sampled(
        FILES,
        "annotations/gold/one.jsonl",
        "annotations/entities.jsonl",
        "annotations/disputes.jsonl",
        "raw/manifest.jsonl",
    ),
)
def test_a_megabyte_in_each_field_takes_no_time_no_memory_and_no_pages_of_report(
    tmp_path: Path, whole: Path, file: str
) -> None:
    command, more = list(SOME.items())[list(FILES).index(file) % len(SOME)]
    root = Path(shutil.copytree(whole, tmp_path / "corpus"))
    written = spoiled(root / file, FILES[file], LARGE)
    for arguments in (WHOLE, (command, *more)):
        with limits(seconds=5 + len(written)):
            code, output = run(root, *arguments)
        assert code in (0, 1, 2)
        assert len(output) < 5_000 * (1 + len(written))
        reported(output, file)


def test_no_setting_and_no_part_of_a_scheme_stops_with_a_traceback(tmp_path: Path) -> None:
    values = [
        "1", "1.5", "inf", "nan", str(2**63), "9" * 5_000, '""', '" "', '"\\u0000"', '"a\\nb"', "true", "[]", "{}",
        "[1]", '["a"]', "{a = 1}", "[" * 90 + "]" * 90, "[" * 5_000, "1979-05-27", "2023-02-29", "07:32:00", '"../x"',
        "[{a = 1}]", "{" + "a." * 500 + "a = 1}",
    ]  # fmt: skip
    for value in values:
        for name in (*_FIELDS, "responsible-ai.dataCollection", "nonesuch"):
            (tmp_path / "allegata.toml").write_text(f"{name} = {value}\n")
            said = problems(lambda: read_settings(tmp_path))
            assert all(one.file == "allegata.toml" for one in said)
            assert all(one.line == 1 or "TOML" in one.what or "deeply" in one.what for one in said)
        for place in ("claim", "claim.claim_type", "claim.claim_type.values", "mention.own", "sides"):
            for key in ("definition", "type", "values", "default", "required", "enabled", "neutral", "x"):
                (tmp_path / "scheme.toml").write_text(f"[{place}]\n{key} = {value}\n")
                said = problems(lambda: read_scheme(tmp_path))
                assert all(one.file.endswith("scheme.toml") for one in said)


def problems(read: Any) -> tuple[Problem, ...]:
    try:
        read()
    except ProblemsFound as found:
        return found.problems
    return ()


@pytest.mark.parametrize("place", [(), ("name",), ("meta",), ("meta", "notes"), ("expectations",), (0,), (0, "type"),
                                   (0, "kwargs"), (0, "meta"), (0, "meta", "notes"), (0, "meta", "rows")])  # fmt: skip
def test_no_value_in_a_suite_stops_with_a_traceback(tmp_path: Path, place: tuple[str | int, ...]) -> None:
    one = {
        "type": "expect_edtf_to_parse",
        "kwargs": {"column": "edtf"},
        "meta": {"notes": "a", "fix": "b", "rows": "c"},
    }
    for token in (*UNREADABLE, *READABLE):
        suite: Any = {"name": "time_expressions", "meta": {"notes": "a"}, "expectations": [json.loads(json.dumps(one))]}
        inner: Any = suite["expectations"] if place and place[0] == 0 else suite
        for key in place[:-1]:
            inner = inner[key]
        if place:
            inner[place[-1]] = "@"
        text = json.dumps(suite if place else "@").replace('"@"', token)
        (tmp_path / "time_expressions.json").write_text(text, "utf-8")
        said = problems(lambda: read_suites(tmp_path, ["time_expressions"]))
        assert all(one.file.endswith("time_expressions.json") for one in said)
        assert said or token in READABLE


ANCHOR = {"start": 0, "end": 8, "exact": "The mill", "prefix": "", "suffix": " of Low Marsh bu"}
NO_SPANS: tuple[Any, ...] = (
    5, "x", {}, [5], [None], [[]], [{}], *([{**ANCHOR, name: other}] for name in ANCHOR for other in (None, 2.5, [5])),
)  # fmt: skip


@pytest.mark.parametrize("which", sampled(range(len(NO_SPANS)), *range(0, len(NO_SPANS), 4)))
def test_a_record_whose_spans_are_none_is_reported_and_stops_no_command(
    tmp_path: Path, whole: Path, which: int
) -> None:
    root = Path(shutil.copytree(whole, tmp_path / "corpus"))
    gold = root / "annotations" / "gold" / "one.jsonl"
    found = read_rows(gold)
    number = next(number for number, row in enumerate(found, 1) if row.get("entity_id") == "holm")
    write_rows(gold, [*found[: number - 1], {**found[number - 1], "segments": NO_SPANS[which]}, *found[number:]])
    code, output = run(root, "annotate")
    assert (code, [*reported(output, "annotations/gold/one.jsonl")]) == (1, [number])
    assert run(root, "redact", "holm", "--dry-run")[0] in (0, 1)


@pytest.mark.parametrize("wrong", [{}, {"id": [5]}, {"id": "d2", "positions": [{"id": "a"}, 5]}])
def test_what_is_no_record_across_articles_does_not_keep_an_article_from_being_withdrawn(
    tmp_path: Path, whole: Path, wrong: Row
) -> None:
    root = Path(shutil.copytree(whole, tmp_path / "corpus"))
    disputes = root / "annotations" / "disputes.jsonl"
    write_rows(disputes, [*read_rows(disputes), wrong])
    code, output = run(root, "withdraw", "two", "--reason", "asked", "--dry-run")
    assert code == 0
    assert "dispute d1 goes: nothing is disputed any more" in output
