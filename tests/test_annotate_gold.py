"""Gold files: what is written is read back; a moved text is re-anchored or refused with the whole list."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allegata.annotate.gold import gold_lines, read_gold, source_digest
from allegata.annotate.records import SPAN_FIELDS
from allegata.annotate.stage import Annotations
from allegata.recipe.build import run
from allegata.schema.problems import ProblemsFound
from gold_files import FIRST, TEXTS, gold, read_annotations, report
from project import ARTICLES, ROOT, SCHEME, Row, copy_root, edit_rows, read_rows, write_rows


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    return copy_root(tmp_path) / "annotations"


def line_of(rows: list[Row], kind: str) -> int:
    """The index of the first record of a kind; its line in the file is one more."""
    return next(index for index, row in enumerate(rows) if row["record"] == kind)


@pytest.mark.parametrize("article", ARTICLES)
def test_every_quote_of_the_gold_equals_its_span(article: str) -> None:
    rows = read_rows(gold(ROOT / "annotations", article))
    text = TEXTS[article]
    assert rows[0]["source_sha256"] == source_digest(text)
    anchors = [item for row in rows[1:] for field in SPAN_FIELDS[row["record"]] for item in row[field]]
    assert len(anchors) > 50
    for item in anchors:
        assert text[item["start"] : item["end"]] == item["exact"]
        assert text[: item["start"]].endswith(item["prefix"])
        assert text[item["end"] :].startswith(item["suffix"])
        assert item["exact"] == item["exact"].strip()


@pytest.mark.parametrize("article", ARTICLES)
def test_every_article_has_gold_of_every_kind_and_none_has_moved(article: str) -> None:
    read, problems = read_gold(gold(ROOT / "annotations", article), "gold", TEXTS, SCHEME)
    assert not problems
    assert read is not None
    assert read.moved == 0
    assert all(read.of(kind) for kind in ("mention", "attribution", "claim", "time"))


@pytest.mark.parametrize("article", ARTICLES)
def test_the_gold_files_are_written_as_they_were_read(article: str) -> None:
    path = gold(ROOT / "annotations", article)
    read, _ = read_gold(path, "gold", TEXTS, SCHEME)
    assert read is not None
    assert "".join(f"{line}\n" for line in gold_lines(read, TEXTS[article], SCHEME)) == path.read_text(encoding="utf-8")


def edited(annotations: Path, kind: str, edit: Callable[[Row], object]) -> tuple[int, str]:
    """The line of the first record of `kind`, and the report after `edit` changed it."""
    rows = read_rows(gold(annotations))
    index = line_of(rows, kind)
    edit(rows[index])
    write_rows(gold(annotations), rows)
    return index + 1, report(annotations)


def put(**fields: Any) -> Callable[[Row], object]:
    return lambda row: row.update(fields)


@pytest.mark.parametrize(
    ("kind", "edit", "says"),
    [
        ("mention", put(label="COMPANY"), "'label' is 'COMPANY', not one of PERSON"),
        ("mention", put(mention_type="NOMINAL"), "'mention_type' is 'NOMINAL', not one of NAM"),
        ("mention", put(entity_id=None), "'entity_id' is missing; a ORG needs the id"),
        ("mention", put(label="DATE"), "a DATE has no entity, but 'entity_id' is 'microsoft'"),
        ("mention", put(segments=[]), "'segments' has no span"),
        ("mention", put(segments=True), "'segments' is no list of spans"),
        ("attribution", put(cue="said"), "'cue' is no list of spans"),
        ("mention", put(colour="red"), "'colour' is not a field of a mention"),
        ("mention", lambda row: row.pop("label"), "'label' is missing"),
        ("mention", put(record="opinion"), "the record type is 'opinion', not one of"),
        ("mention", put(segments=[{"start": 0, "end": 9}]), "a span without start, end, exact, prefix and suffix"),
        ("claim", put(claim_type="rumour"), "'claim_type' is 'rumour', not one of allegation"),
        ("claim", put(check_worthiness=3), "'check_worthiness' is 3, not one of 0, 1, 2"),
        ("claim", put(polarity=True), "'polarity' is true, not a str"),
        ("claim", put(amounts=[]), "'amounts' is not a field of a claim"),
        ("claim", put(claimer_chain=["microsoft"]), "does not lead from 'author' to the claimer"),
        ("claim", put(id="m001"), "duplicate id 'm001' (first in line 2)"),
    ],
)
def test_a_broken_record_is_named_by_its_line(
    annotations: Path, kind: str, edit: Callable[[Row], object], says: str
) -> None:
    line, text = edited(annotations, kind, edit)
    assert f"annotations/gold/{FIRST}.jsonl:{line}: " in text
    assert says in text


@pytest.mark.parametrize(
    ("kind", "edit", "says"),
    [
        ("mention", put(entity_id="nobody"), "mention m001: entity_id 'nobody' is no entity of the register"),
        ("mention", put(label="PERSON"), "its label is PERSON, the register has ORG for 'microsoft'"),
        ("claim", put(attribution_id="a99"), "attribution_id 'a99' is no attribution of this file"),
        ("claim", put(parent_id="c99"), "parent_id 'c99' is no claim of this file"),
        (
            "claim",
            put(claimer_id="nobody", claimer_chain=["author", "nobody"]),
            "claimer_chain has 'nobody', which is no entity of the register",
        ),
        ("attribution", put(source_id="nobody"), "source_id 'nobody' is no entity of the register"),
        ("time", put(anchor="t99"), "anchor 't99' is no time expression of this file"),
        ("article", put(annotators=["nobody"]), "the annotator 'nobody' is not registered"),
    ],
)
def test_an_id_that_points_nowhere_is_named(
    annotations: Path, kind: str, edit: Callable[[Row], object], says: str
) -> None:
    _, text = edited(annotations, kind, edit)
    assert f"annotations/gold/{FIRST}.jsonl" in text
    assert says in text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"format": "allegata-gold/9"}, "the format is 'allegata-gold/9'; this program reads 'allegata-gold/1'"),
        ({"article_id": "nothing"}, "there is no article 'nothing': raw/ does not hold it"),
        ({"article_id": ["a"]}, "'article_id' is [\"a\"], not a string"),
        ({"annotators": None}, "annotators"),
        ({"annotators": [["a"]]}, "annotators"),
        ({"record": "mention"}, "the first line is no header"),
    ],
)
def test_a_broken_header_is_named(annotations: Path, fields: Row, says: str) -> None:
    edit_rows(gold(annotations), lambda rows: rows[0].update(fields))
    text = report(annotations)
    assert f"annotations/gold/{FIRST}.jsonl:1: " in text
    assert says in text


def test_an_article_annotated_twice_is_refused(annotations: Path) -> None:
    (annotations / "gold" / "copy.jsonl").write_bytes(gold(annotations).read_bytes())
    assert f"annotates '{FIRST}', as annotations/gold/" in report(annotations)


def test_the_registers_are_checked_too(annotations: Path) -> None:
    entities = annotations / "entities.jsonl"
    edit_rows(entities, lambda rows: rows.append(rows[0] | {"label": "TOWN"}))
    edit_rows(entities, lambda rows: rows.append(rows[0]))
    edit_rows(entities, lambda rows: rows.append(rows[0] | {"id": "x", "wikidata_status": "verified"}))
    edit_rows(entities, lambda rows: rows.append(rows[0] | {"id": "unnamed"}))
    (annotations / "annotators.jsonl").write_bytes(b'{"id": "\xff"}')
    text = report(annotations)
    assert "'label' is 'TOWN', not one of" in text
    assert "first in line 1" in text
    assert "entity 'x' is verified without a Wikidata id or without evidence" in text
    assert "'unnamed' is no id of an entity" in text
    assert "annotations/annotators.jsonl:1:9: is not UTF-8" in text


def test_the_faults_of_all_files_come_in_one_sorted_report(annotations: Path) -> None:
    for article in ARTICLES[:3]:
        edit_rows(gold(annotations, article), lambda rows: [row.update(label="?") for row in rows if "label" in row])
    (annotations / "gold" / f"{ARTICLES[4]}.jsonl").write_text("nonsense\n")
    (annotations / "entities.jsonl").unlink()
    with pytest.raises(ProblemsFound) as error:
        read_annotations(annotations, TEXTS)
    problems = error.value.problems
    assert len(problems) > 150
    keys = [problem.sort_key for problem in problems]
    assert keys == sorted(keys)
    assert {problem.file for problem in problems} >= {
        "annotations/entities.jsonl",
        *(f"annotations/gold/{ARTICLES[index]}.jsonl" for index in (0, 1, 2, 4)),
    }


def test_a_line_that_cannot_be_read_hides_no_other_fault_of_its_file_nor_of_another(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    first, second = (gold(root / "annotations", ARTICLES[index]) for index in (0, 1))
    lines = first.read_text("utf-8").split("\n")
    mention = next(place for place, line in enumerate(lines) if '"record": "mention"' in line)
    claim = next(place for place, line in enumerate(lines) if '"record": "claim"' in line)
    lines[mention] = json.dumps(json.loads(lines[mention]) | {"label": "TOWN"})
    lines[claim] = json.dumps(json.loads(lines[claim]) | {"claimer_id": "nobody", "claimer_chain": None})
    lines.insert(1, "{'id': 1}")
    first.write_text("\n".join(lines), "utf-8")
    second.write_text("not a header\n" + second.read_text("utf-8").split("\n")[1].replace('"id"', '"name"'), "utf-8")
    disputes = root / "annotations" / "disputes.jsonl"
    disputes.write_text(disputes.read_text("utf-8") + '{"id": "d99"}\n', "utf-8")
    with pytest.raises(ProblemsFound) as error:
        run(root, "annotate")
    text = str(error.value)
    assert f"{first.name}:2:2: is not JSON: expected a key in double quotes" in text
    assert f"{first.name}:{mention + 2}: {FIRST}: 'label' is 'TOWN', not one of" in text
    assert f"{first.name}:{claim + 2}: {FIRST} [" in text
    assert "claimer_id 'nobody' is no entity of the register" in text
    assert f"{second.name}:1:1: is not JSON" in text
    assert f"{second.name}:2: " in text
    assert "disputes.jsonl:" in text
    assert "is no claim of the gold files" not in text  # the claims are not all known
    assert "is no attribution of this file" not in text


def test_an_article_without_gold_has_empty_layers_and_is_marked_unlike_one_in_which_nothing_was_found(
    tmp_path: Path,
) -> None:
    root = copy_root(tmp_path)
    gold(root / "annotations").unlink()
    edit_rows(gold(root / "annotations", ARTICLES[2]), lambda rows: rows.__delitem__(slice(1, None)))
    for name in ("propositions.jsonl", "disputes.jsonl"):  # they speak of its claims
        (root / "annotations" / name).unlink(missing_ok=True)
    build = run(root, "annotate")
    rows = {row["article_id"]: row for row in build.articles.to_pylist()}
    assert rows[FIRST]["mentions"] == rows[FIRST]["claims"] == rows[ARTICLES[2]]["claims"] == []
    assert len(rows[ARTICLES[1]]["claims"]) > 20
    published = [row for block in build.tables["articles"] for row in block.to_pylist()]
    assert [row["annotated"] for row in published] == [False, True, True, True, True]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**400) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
KINDS = {row["record"]: row for row in read_rows(gold(ROOT / "annotations"))}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(KINDS)), value=JSON, data=st.data())
def test_whatever_a_field_holds_the_file_is_read_or_reported(
    tmp_path: Path, kind: str, value: Any, data: st.DataObject
) -> None:
    row = json.loads(json.dumps(KINDS[kind]))
    place = row
    if kind != "article" and data.draw(st.booleans()):
        place = row[SPAN_FIELDS[kind][0]][0]
    place[data.draw(st.sampled_from(sorted(place)))] = value
    folder = tmp_path / "annotations"
    (folder / "gold").mkdir(parents=True, exist_ok=True)
    for name in ("entities.jsonl", "annotators.jsonl"):
        (folder / name).write_bytes((ROOT / "annotations" / name).read_bytes())
    write_rows(folder / "gold" / "a.jsonl", [row] if kind == "article" else [KINDS["article"], row])
    with suppress(ProblemsFound):
        assert isinstance(read_annotations(folder, TEXTS), Annotations)
