"""The suites are read strictly: whatever Great Expectations would drop or pass in silence is an error."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allegata.schema.problems import ProblemsFound
from allegata.validate.suites import PACKAGED
from validate_corpus import tables_of, valid_rows
from validation import validate

SUITES = Path(__file__).parent.parent / "expectations"
Suite = dict[str, Any]


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SUITES, tmp_path / "expectations"))


def edited(suites: Path, edit: Callable[[Suite], object]) -> str:
    """The complaint about the claims suite after `edit`."""
    path = suites / "claims.json"
    suite = json.loads(path.read_text())
    edit(suite)
    path.write_text(json.dumps(suite))
    with pytest.raises(ProblemsFound) as error:
        validate(tables_of(valid_rows()), suites)
    return str(error.value)


def set_first(**values: Any) -> Callable[[Suite], object]:
    return lambda suite: suite["expectations"][0].update(values)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (set_first(type="expect_spans_to_be_nice"), "there is no expectation type 'expect_spans_to_be_nice'"),
        (lambda suite: suite["expectations"].clear(), "it expects nothing, so everything would pass"),
        (lambda suite: suite.pop("expectations"), "the suite lacks ['expectations']"),
        (lambda suite: suite.update(id="7"), "the suite has the unknown keys ['id']"),
        (set_first(severity="warning"), "expectation 1 has the unknown keys ['severity']"),
        (
            set_first(kwargs={"columns": ["claim_id"], "sharp": True}),
            "expectation 1 (expect_columns_to_be_filled): ",
        ),
        (set_first(kwargs=[]), "its kwargs are no object"),
        (set_first(meta={"notes": "Why.", "fix": ""}), "['fix'] say nothing"),
        (set_first(meta={"notes": "Why."}), "lacks ['fix']"),
        (set_first(meta={"notes": "Why.", "fix": "That.", "rows": "cues"}), "no nested column of the table"),
        (
            lambda suite: suite["expectations"][0]["kwargs"].update(columns=["nonesuch"]),
            "no column 'nonesuch'",
        ),
        (lambda suite: suite["expectations"][0]["kwargs"].update(columns=3), "value is not a valid list"),
        (lambda suite: suite["expectations"][1]["kwargs"].update(column="nonesuch"), "nonesuch"),
        (lambda suite: suite["expectations"].append(suite["expectations"][0]), "occurs twice"),
        (lambda suite: suite.update(name="clams"), "its name is 'clams'"),
    ],
)
def test_a_faulty_suite_is_an_error(suites: Path, edit: Callable[[Suite], object], says: str) -> None:
    complaint = edited(suites, edit)
    assert says in complaint
    assert complaint.startswith("expectations/claims.json: ")


@pytest.mark.parametrize("name", ["COLOURS", "claim.colour", "colour.claim_type"])
def test_an_unknown_label_set_is_an_error(suites: Path, name: str) -> None:
    def edit(suite: Suite) -> None:
        chosen = next(e for e in suite["expectations"] if e["type"] == "expect_values_to_be_labels")
        chosen["kwargs"]["labels_of"] = name

    assert f"no label set '{name}'" in edited(suites, edit)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": 1, "name": 2}', "\ufeff{}", "[" * 100_000])
def test_a_malformed_file_is_an_error(suites: Path, content: str) -> None:
    (suites / "claims.json").write_text(content)
    with pytest.raises(ProblemsFound, match=r"expectations/claims\.json:(\d+:\d+:)? "):
        validate(tables_of(valid_rows()), suites)


def test_suites_without_tables_and_broken_ones_are_all_reported(suites: Path) -> None:
    (suites / "claims.json").rename(suites / "clams.json")
    (suites / "ledger.json").write_text("{}")
    with pytest.raises(ProblemsFound) as error:
        validate(tables_of(valid_rows()), suites)
    assert {problem.file for problem in error.value.problems} == {"expectations/clams.json", "expectations/ledger.json"}


def test_where_the_corpus_has_no_suite_the_packaged_one_is_used_and_the_report_says_so(suites: Path) -> None:
    (suites / "claims.json").unlink()
    tables = tables_of(valid_rows())
    assert [report.table for report in validate(tables, suites).tables if report.packaged] == ["claims"]
    shutil.rmtree(suites)
    report = validate(tables, suites)
    assert report.ok
    assert all(table.packaged and table.outcomes for table in report.tables)


def test_a_packaged_suite_is_a_gate_too(tmp_path: Path) -> None:
    rows = valid_rows()
    rows["claims"][0]["claim_type"] = "rumour"
    assert "rumour" in str(validate(tables_of(rows), tmp_path / "expectations").problems())


def test_our_suites_are_the_packaged_ones() -> None:
    """None asks for an annotation: an article may be published before anybody has read it."""
    assert [path.name for path in sorted(SUITES.iterdir())] == [path.name for path in sorted(PACKAGED.iterdir())]
    for path in sorted(SUITES.iterdir()):
        assert path.read_text() == (PACKAGED / path.name).read_text(), f"edit {path.name} in both folders"


def test_a_table_of_another_shape_is_an_error() -> None:
    tables = tables_of(valid_rows())
    tables["claims"] = tables["claims"].drop_columns(["split", "cue"])
    with pytest.raises(ProblemsFound) as error:
        validate(tables, SUITES)
    assert [p.what.split(" is ")[0] for p in error.value.problems] == ["column 'cue'", "column 'split'"]


@pytest.mark.parametrize("path", sorted(SUITES.glob("*.json")), ids=lambda path: path.stem)
def test_hand_kept_and_generated_suites_are_the_same_file(path: Path) -> None:
    """Great Expectations reads the file and gives it back, but for the ids and the version it adds."""
    from great_expectations import ExpectationSuite

    import allegata.validate.expectations  # noqa: F401 - registers the custom expectations

    content = json.loads(path.read_text())
    assert path.read_text() == json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    suite = ExpectationSuite(**content).to_json_dict()
    suite["meta"].pop("great_expectations_version")
    for expectation in suite["expectations"]:
        expectation.pop("id", None)
        expectation.pop("severity", None)
        expectation["kwargs"].pop("batch_id", None)
    generated = {key: suite[key] for key in content}
    without_nulls = json.loads(path.read_text(), object_hook=_without_nulls)
    assert generated == without_nulls


def _without_nulls(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if value is not None}


def test_a_row_that_stops_an_expectation_is_named_with_its_article(suites: Path) -> None:
    rows = valid_rows()
    for row in rows["claims"]:
        row["decontextualised"] = '{"a": 1}'
    rows["claims"][2]["decontextualised"] = '{"a": '
    check = {
        "type": "expect_column_values_to_match_json_schema",
        "kwargs": {"column": "decontextualised", "json_schema": {"type": "object"}},
        "meta": {"notes": "Why.", "fix": "That."},
    }
    path = suites / "claims.json"
    path.write_text(json.dumps({"name": "claims", "meta": {"notes": "Why."}, "expectations": [check]}))
    with pytest.raises(ProblemsFound) as found:
        validate(tables_of(rows), suites)
    (problem,) = found.value.problems
    assert (problem.file, problem.article_id) == ("expectations/claims.json", rows["claims"][2]["article_id"])
    assert f"{check['type']}) could not run on {rows['claims'][2]['claim_id']}: " in problem.what
