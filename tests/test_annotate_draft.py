"""Drafts become gold files all or nothing: a sentence number and the words are enough, and every fault is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allegata.annotate.gold import read_gold
from allegata.recipe.build import run
from allegata.recipe.drafts import guidelines_version, import_drafts
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.text.spans import Span
from project import ARTICLES, SCHEME, Row, copy_root, read_rows, source_text, tree, write_rows

FIRST, SECOND = ARTICLES[0], ARTICLES[1]
OTHER = "This legal battle has been filed"
MENTION: Row = {
    "record": "mention",
    "s": 3,
    "quote": "LinkedIn",
    "label": "ORG",
    "mention_type": "NAM",
    "entity_id": "linkedin",
}
ATTRIBUTION: Row = {
    "record": "attribution",
    "id": "a1",
    "s": 4,
    "source": [{"s": 2, "quote": "This legal battle"}],
    "cue": ["alleges"],
    "content": ["that LinkedIn quietly introduced a privacy setting in August 2024"],
    "source_id": "plaintiffs",
    "attribution_type": "Comm",
    "quotation_type": "indirect",
}
CLAIM: Row = {
    "record": "claim",
    "id": "c1",
    "s": 4,
    "quote": ["LinkedIn quietly introduced", "in August 2024"],
    "parent_id": None,
    "attribution_id": "a1",
    "claim_type": "allegation",
    "check_worthiness": 2,
    "factuality_source": "CT+",
    "factuality_author": "Uu",
    "polarity": "affirmative",
    "claimer_id": "plaintiffs",
    "claimer_chain": ["author", "plaintiffs"],
    "decontextualised": "LinkedIn quietly introduced a privacy setting in August 2024.",
    "cue": "alleges",
}
TIME: Row = {
    "record": "time",
    "id": "t1",
    "s": 4,
    "quote": "August 2024",
    "type": "DATE",
    "value": "2024-08",
    "edtf": "2024-08",
    "mod": None,
    "anchor": None,
}


@pytest.fixture(scope="module")
def shared_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One root for all tests that write nothing: a refused draft must not."""
    return copy_root(tmp_path_factory.mktemp("drafts"))


def draft(folder: Path, rows: list[Row], article: str = FIRST) -> Path:
    path = folder / f"{article}.jsonl"
    write_rows(path, rows)
    return path


def put(root: Path, *drafts: Path, into: str = "trial") -> list[Path]:
    return import_drafts(root, list(drafts), into, ("adjudicator",), "1.0", replace=into == "trial")


def sentence_of(quote: str) -> int:
    """The number of the first sentence of the first article that holds the quote."""
    source = source_text(FIRST)
    row = next(row for row in run_clean() if row["article_id"] == FIRST)
    spans = [source[sentence["start"] : sentence["end"]] for sentence in row["sentences"]]
    return 1 + next(index for index, text in enumerate(spans) if quote in text)


def run_clean() -> list[Row]:
    from project import ROOT

    rows: list[Row] = run(ROOT, "clean").articles.to_pylist()
    return rows


def test_a_draft_becomes_a_gold_file_with_exact_offsets(shared_root: Path, tmp_path: Path) -> None:
    four = sentence_of("quietly introduced")
    rows = [MENTION | {"s": four}, ATTRIBUTION | {"s": four}, CLAIM | {"s": four}, TIME | {"s": four}]
    [path] = put(shared_root, draft(tmp_path, rows))
    assert path == shared_root / "annotations" / "trial" / f"{FIRST}.jsonl"
    gold, problems = read_gold(path, "trial", {FIRST: source_text(FIRST)}, SCHEME)
    assert not problems
    assert gold is not None
    assert gold.moved == 0
    assert gold.header["annotators"] == ["adjudicator"]
    text = source_text(FIRST)

    def quotes(kind: str, field: str = "segments") -> list[str]:
        return [span.quote(text) for span in gold.of(kind)[0][field]]

    assert quotes("mention") == ["LinkedIn"]
    assert quotes("claim") == CLAIM["quote"]
    assert quotes("attribution", "cue") == ["alleges"]
    assert quotes("attribution", "source") == ["This legal battle"]
    assert quotes("time") == ["August 2024"]
    assert all(isinstance(span, Span) for record in gold.records for span in record.get("segments", []))


def test_mentions_are_numbered_by_their_place(shared_root: Path, tmp_path: Path) -> None:
    rows = [MENTION | {"s": 2, "quote": "LinkedIn", "nth": nth} for nth in (2, 1)]
    [path] = put(shared_root, draft(tmp_path, rows))
    found = [(row["id"], row["segments"][0]["start"]) for row in read_rows(path)[1:]]
    assert [name for name, _ in found] == ["m001", "m002"]
    assert found[0][1] < found[1][1]


def test_a_citation_marker_inside_a_quote_is_stepped_over(shared_root: Path, tmp_path: Path) -> None:
    quote = "LinkedIn, a subsidiary of Microsoft"
    [path] = put(shared_root, draft(tmp_path, [MENTION | {"s": 2, "quote": quote}], SECOND))
    exact = read_rows(path)[1]["segments"][0]["exact"]
    assert exact.startswith("LinkedIn [1] [2]")
    assert exact.endswith(" a subsidiary of Microsoft")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (MENTION | {"s": 99}, "segments: there is no sentence 99 (1 to 16)"),
        (MENTION | {"s": "3"}, "there is no sentence '3'"),
        (MENTION | {"s": 1, "quote": "Oracle"}, "sentence 1 does not contain 'Oracle'"),
        (MENTION | {"s": 2, "quote": "LinkedIn"}, "2 times: say which with 'nth'"),
        (MENTION | {"s": 2, "quote": "LinkedIn", "nth": 3}, "has no number 3 of 'LinkedIn', only 2"),
        (MENTION | {"s": 1, "quote": " LinkedIn"}, "is empty or has blanks at its edges"),
        (MENTION | {"s": 1, "quote": 7}, "is empty or has blanks at its edges"),
        (MENTION | {"s": 1, "label": "COMPANY"}, "'label' is 'COMPANY', not one of"),
        (MENTION | {"s": 1, "entity_id": None}, "needs the id of an entity"),
        (MENTION | {"s": 1, "colour": "red"}, "'colour' is not a field of a mention"),
        (MENTION | {"s": 1, "entityid": "a"}, "'entityid' is not a field of a mention; 'entity_id' is"),
        (MENTION | {"s": 1, "quote": None}, "'segments' has no span"),
        ({"record": "opinion"}, "the record type is 'opinion', not one of"),
        ({"record": ["claim"]}, "the record type is ['claim'], not one of"),
        (CLAIM | {"s": 1, "quote": "LinkedIn", "claim_type": None}, "'claim_type' is missing"),
        (CLAIM | {"s": 1, "quote": "LinkedIn", "id": 5}, "'id' is 5, not a str"),
        (CLAIM | {"s": 1, "quote": "LinkedIn", "id": ""}, "'id' is '': an id is made of letters"),
        (CLAIM | {"s": 1, "quote": "LinkedIn", "id": "c:7"}, "'id' is 'c:7': an id is made of letters"),
        (ATTRIBUTION | {"s": 1, "content": ["LinkedIn"], "cue": ["nonsense"]}, "cue: sentence 1 does not contain"),
    ],
)
def test_a_fault_of_a_draft_is_named_by_its_line(
    shared_root: Path, tmp_path: Path, row: dict[str, Any], says: str
) -> None:
    before = tree(shared_root)
    path = draft(tmp_path, [TIME | {"s": 1, "quote": "Microsoft"}, row])
    with pytest.raises(ProblemsFound) as error:
        put(shared_root, path, into="refused")
    assert f"{FIRST}.jsonl:2: " in str(error.value)
    assert says in str(error.value)
    assert tree(shared_root) == before


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (MENTION | {"entity_id": "nobody"}, "entity_id 'nobody' is no entity of the register"),
        (MENTION | {"label": "PERSON"}, "its label is PERSON, the register has ORG for 'linkedin'"),
        (MENTION | {"entity_id": "author"}, "entity_id 'author' is no entity of the register"),
        (ATTRIBUTION | {"source_id": "nobody"}, "source_id 'nobody' is no entity of the register"),
        (ATTRIBUTION | {"source_id": "unnamed"}, "source_id 'unnamed' is no entity of the register"),
        (CLAIM | {"claimer_chain": ["author", "nobody", "plaintiffs"]}, "claimer_chain has 'nobody', which is no"),
        (CLAIM | {"attribution_id": "a9"}, "attribution_id 'a009' is no attribution of this file"),
        (CLAIM | {"parent_id": "c9"}, "parent_id 'c009' is no claim of this file"),
        (TIME | {"anchor": "t9"}, "anchor 't009' is no time expression of this file"),
    ],
)
def test_an_id_of_a_draft_that_points_nowhere_is_reported_with_the_other_faults_of_its_line(
    shared_root: Path, tmp_path: Path, row: Row, says: str
) -> None:
    rows = [ATTRIBUTION, MENTION, row | {"s": 99, "colour": "red"}]
    with pytest.raises(ProblemsFound) as error:
        put(shared_root, draft(tmp_path, rows), into="refused")
    of_line = [problem.what for problem in error.value.problems if problem.line == 3]
    assert any(says in what for what in of_line)
    assert any("there is no sentence 99" in what for what in of_line)
    assert any("'colour' is not a field" in what for what in of_line)


def test_an_id_may_point_to_a_record_of_the_draft_that_comes_later_or_has_a_fault(
    shared_root: Path, tmp_path: Path
) -> None:
    rows = [CLAIM | {"s": sentence_of("quietly introduced")}, ATTRIBUTION | {"s": 99}]
    with pytest.raises(ProblemsFound) as error:
        put(shared_root, draft(tmp_path, rows), into="refused")
    assert {problem.line for problem in error.value.problems} == {2}


def test_two_records_with_one_id_are_refused(shared_root: Path, tmp_path: Path) -> None:
    rows = [TIME | {"s": 1, "quote": "Microsoft"}, TIME | {"s": 1, "quote": "LinkedIn"}]
    with pytest.raises(ProblemsFound, match=r":2: .*duplicate id 't001' \(first in line 1\)"):
        put(shared_root, draft(tmp_path, rows), into="refused")


def test_the_faults_of_all_drafts_come_in_one_report_and_nothing_is_written(shared_root: Path, tmp_path: Path) -> None:
    good, bad, worse = (draft(tmp_path, [MENTION | {"s": 1}], article) for article in ARTICLES[:3])
    bad.write_text('{"record": \n[]\n')
    write_rows(worse, [MENTION | {"s": 0}, MENTION | {"s": 1, "quote": "nonsense"}])
    before = tree(shared_root)
    with pytest.raises(ProblemsFound) as error:
        put(shared_root, worse, good, bad, into="refused")
    places = [(problem.file, problem.line) for problem in error.value.problems]
    assert places == [(bad.name, 1), (bad.name, 2), (worse.name, 1), (worse.name, 2)]
    assert tree(shared_root) == before


def test_a_draft_of_no_article_is_a_wrong_call(shared_root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="named after no article of raw"):
        put(shared_root, draft(tmp_path, [MENTION], "nothing"))


def test_a_draft_that_is_not_there_is_a_wrong_call(shared_root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        put(shared_root, tmp_path / f"{FIRST}.jsonl")


@pytest.mark.parametrize("into", ["../raw", "/elsewhere", ".", ""])
def test_gold_files_go_nowhere_but_below_annotations(shared_root: Path, tmp_path: Path, into: str) -> None:
    with pytest.raises(UsageError, match="is no folder under annotations"):
        put(shared_root, draft(tmp_path, [MENTION | {"s": 1}]), into=into)


@pytest.mark.parametrize("into", ["passes", "passes/", "passes/one/two"])
def test_a_pass_is_one_folder_of_passes(shared_root: Path, tmp_path: Path, into: str) -> None:
    with pytest.raises(UsageError, match="is no folder of a pass: name one, passes/NAME"):
        put(shared_root, draft(tmp_path, [MENTION | {"s": 1}]), into=into)


@pytest.mark.parametrize("into", ["gold/", "./gold", ".//gold/."])
def test_a_folder_is_the_same_however_it_is_written(tmp_path: Path, into: str) -> None:
    root = copy_root(tmp_path / "root")
    made = import_drafts(root, [across(tmp_path, "disputes.jsonl", [])], into, (), replace=True)
    assert made == [root / "annotations" / "disputes.jsonl"]


@pytest.mark.parametrize("damaged", ["propositions.jsonl", "disputes.jsonl"])
def test_a_folder_in_the_place_of_a_file_across_articles_is_reported_and_nothing_is_written(
    tmp_path: Path, damaged: str
) -> None:
    root = copy_root(tmp_path / "root")
    (root / "annotations" / damaged).unlink()
    (root / "annotations" / damaged).mkdir()
    before = tree(root)
    with pytest.raises((ProblemsFound, UsageError), match=f"annotations/{damaged}.*(is a folder|Is a directory)"):
        import_drafts(root, [across(tmp_path, "disputes.jsonl", [])], "gold", (), replace=True)
    assert tree(root) == before


def test_an_annotator_nobody_registered_is_refused(shared_root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'nobody' is no annotator"):
        import_drafts(shared_root, [draft(tmp_path, [MENTION | {"s": 1}])], "refused", ("nobody",), "1.0")


def test_a_file_that_stands_already_is_written_over_only_on_demand(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root")
    path = draft(tmp_path, [MENTION | {"s": 1}])
    before = tree(root)
    with pytest.raises(UsageError, match=f"gold/{FIRST}.jsonl already exists: add --replace"):
        import_drafts(root, [path], "gold", ("adjudicator",))
    assert tree(root) == before
    [gold] = import_drafts(root, [path], "gold", ("adjudicator",), replace=True)
    assert len(read_rows(gold)) == 2


def across(place: Path, name: str, rows: list[Row]) -> Path:
    write_rows(place / name, rows)
    return place / name


DISPUTE: Row = {
    "record": "dispute",
    "id": "d1",
    "question": "When was the setting introduced?",
    "kind": "contradiction",
    "differs": "temporal",
    "positions": [
        {"id": "a", "canonical": "In August 2024.", "claims": ["000:c1"]},
        {"id": "b", "canonical": "Later.", "claims": ["000:c2"]},
    ],
}


def test_drafts_across_articles_that_stand_already_are_not_lost_either(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root")
    before = tree(root)
    with pytest.raises(UsageError, match=r"disputes\.jsonl already exists"):
        import_drafts(root, [across(tmp_path, "disputes.jsonl", [])], "gold", ())
    assert tree(root) == before


def test_of_the_files_across_articles_the_one_that_no_draft_speaks_of_stays(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root")
    before = tree(root)
    made = import_drafts(root, [across(tmp_path, "disputes.jsonl", [])], "gold", (), replace=True)
    assert [path.name for path in made] == ["disputes.jsonl"]
    after = tree(root)
    assert [name for name in before if after[name] != before[name]] == ["annotations/disputes.jsonl"]
    assert after["annotations/disputes.jsonl"] == b""


def test_a_draft_of_disputes_must_agree_with_the_propositions_that_stay(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root")
    one, other = read_rows(root / "annotations" / "propositions.jsonl")[0]["members"][:2]
    positions = [{"id": name, "canonical": "So.", "claims": [claim]} for name, claim in (("a", one), ("b", other))]
    row = {**DISPUTE, "positions": positions}
    with pytest.raises(ProblemsFound, match="say the same"):
        import_drafts(root, [across(tmp_path, "disputes.jsonl", [row])], "gold", (), replace=True)


def test_drafts_across_articles_become_both_files_beside_the_gold_or_in_the_folder_of_a_pass(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root")
    four = sentence_of("quietly introduced")
    claims = [CLAIM | {"s": four, "attribution_id": None}, CLAIM | {"s": four, "id": "c2", "attribution_id": None}]
    import_drafts(root, [draft(tmp_path, claims)], "passes/one", ("adjudicator",))
    drafts = [across(tmp_path, "disputes.jsonl", [DISPUTE]), across(tmp_path, "propositions.jsonl", [])]
    made = import_drafts(root, drafts, "passes/one", ())
    assert {path.relative_to(root / "annotations").as_posix() for path in made} == {
        "passes/one/disputes.jsonl", "passes/one/propositions.jsonl"
    }  # fmt: skip
    [stored] = read_rows(root / "annotations" / "passes" / "one" / "disputes.jsonl")
    assert [position["claims"] for position in stored["positions"]] == [[f"{FIRST}:c001"], [f"{FIRST}:c002"]]
    import_drafts(root, drafts, "gold", (), replace=True)
    assert read_rows(root / "annotations" / "disputes.jsonl") == [stored]


def test_a_draft_of_relations_is_refused_with_what_to_write_instead(shared_root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"relations\.jsonl is not read: pairs are derived: write the questions"):
        import_drafts(shared_root, [across(tmp_path, "relations.jsonl", [])], "gold", ())


def test_drafts_across_articles_come_after_those_of_the_articles(shared_root: Path, tmp_path: Path) -> None:
    drafts = [draft(tmp_path, [MENTION]), across(tmp_path, "disputes.jsonl", [DISPUTE])]
    with pytest.raises(UsageError, match="annotate the drafts of the articles first"):
        import_drafts(shared_root, drafts, "gold", ("adjudicator",))


def test_a_draft_of_nobody_is_a_wrong_call(shared_root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="add --annotator ID"):
        import_drafts(shared_root, [draft(tmp_path, [MENTION | {"s": 1}])], "refused", ())


def test_guidelines_that_cannot_be_read_state_no_version_or_are_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "annotations" / "GUIDELINES.md"
    path.parent.mkdir()
    for data, version in ((b"\xef\xbb\xbf# Rules, version 3.1\n", "3.1"), (b"# R\xe4gles, version 2\n", "2")):
        path.write_bytes(data)
        assert guidelines_version(tmp_path) == version
    path.unlink()
    path.mkdir()
    with pytest.raises(ProblemsFound, match=r"annotations/GUIDELINES\.md: cannot be read"):
        guidelines_version(tmp_path)


def test_the_version_of_the_guidelines_is_the_one_they_state(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root")
    heading = root / "annotations" / "GUIDELINES.md"
    heading.write_text("A note.\n\n# How to annotate, version 7.3\n\n## version 9\n", encoding="utf-8")
    path = draft(tmp_path, [MENTION | {"s": 1}])
    [gold] = import_drafts(root, [path], "dated", ("adjudicator",))
    assert read_rows(gold)[0]["guidelines"] == "7.3"
    heading.unlink()
    with pytest.raises(UsageError, match="states no version in its first heading"):
        import_drafts(root, [path], "undated", ("adjudicator",))


def test_a_quote_that_is_in_another_sentence_now_is_said_with_that_sentence(shared_root: Path, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        put(shared_root, draft(tmp_path, [TIME | {"s": 1, "quote": "Microsoft"}, CLAIM | {"s": 1, "quote": OTHER}]))
    problem = next(one for one in found.value.problems if "does not contain" in one.what)
    assert problem.what == f"segments: sentence 1 does not contain {OTHER!r}; sentence {sentence_of(OTHER)} does"
    assert f"allegata clean --sentences {FIRST}" in problem.fix
