"""W3C Web Annotation: what is written is of the model, and what is read of other tools."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.exchange.folder import Export, Reading
from allegata.exchange.formats import format_of
from allegata.exchange.web_annotation import CONTEXT, WEB_ANNOTATION
from allegata.text.documents import Annotation, Document, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law, documents, documents_of_any_types, many

TEXT = "Ada 😀 said\r\nthat “Acme” grew.\x0b"
DOCUMENT = Document(
    "a 1",
    TEXT,
    (
        Annotation("m001", "mention", "PERSON", (Span(0, 3),), {"entity_id": "ada", "mention_type": "NAM"}),
        Annotation("c001", "claim", "claim", (Span(12, 16), Span(24, 28)), {"check_worthiness": 2, "is_quoted": True}),
        Annotation("a001", "attribution", "content", (Span(12, 28),)),
    ),
    (Relation("attribution", "c001", "a001"),),
    "en",
    "ben",
)


def written(*given: Document) -> Path:
    folder = Path(tempfile.mkdtemp())
    WEB_ANNOTATION.write(iter(given), TYPES, Export(folder))
    return folder


def read(path: Path, types: TypeSystem = TYPES) -> tuple[list[Document], Reading]:
    reading = Reading()
    return [one.ordered for one in WEB_ANNOTATION.read(path, types, reading)], reading


def problems(reading: Reading) -> list[str]:
    return [problem.statement() for problem in reading.problems.found]


def page(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(next(folder.glob("*.jsonld")).read_bytes())
    return found


# -- what is written ---------------------------------------------------------------------------------------------------


def test_a_page_beside_its_text() -> None:
    folder = written(DOCUMENT)
    assert (folder / "a 1.txt").read_bytes().decode() == TEXT
    found = page(folder)
    assert found["@context"] == [CONTEXT, {"attribute": "urn:allegata:attribute"}]
    assert {key: found[key] for key in ("id", "type", "startIndex")} == {
        "id": "urn:allegata:annotations:a%201",
        "type": "AnnotationPage",
        "startIndex": 0,
    }
    source = {"id": "urn:allegata:text:a%201", "type": "Text", "format": "text/plain", "language": "en"}
    assert found["items"][0] == {
        "id": "urn:allegata:annotations:a%201#m001",
        "type": "Annotation",
        "motivation": "classifying",
        "creator": {"type": "Person", "name": "ben"},
        "body": [
            {"type": "TextualBody", "purpose": "classifying", "format": "text/plain", "value": "PERSON"},
            {
                "type": "TextualBody",
                "purpose": "tagging",
                "format": "text/plain",
                "value": "mention",
                "attribute": "layer",
            },
            {
                "type": "TextualBody",
                "purpose": "identifying",
                "format": "text/plain",
                "value": "ada",
                "attribute": "entity_id",
            },
            {
                "type": "TextualBody",
                "purpose": "describing",
                "format": "text/plain",
                "value": "NAM",
                "attribute": "mention_type",
            },
        ],
        "target": {
            "source": source,
            "selector": [
                {"type": "TextPositionSelector", "start": 0, "end": 3},
                {"type": "TextQuoteSelector", "exact": "Ada", "prefix": "", "suffix": " 😀 said\r\nthat “A"},
            ],
        },
    }
    assert [one["selector"][0]["start"] for one in found["items"][1]["target"]] == [12, 24]
    assert found["items"][3] == {
        "id": "urn:allegata:annotations:a%201#/1",
        "type": "Annotation",
        "motivation": "linking",
        "creator": {"type": "Person", "name": "ben"},
        "body": [
            {"type": "TextualBody", "purpose": "classifying", "format": "text/plain", "value": "attribution"},
            {"type": "SpecificResource", "purpose": "linking", "source": "urn:allegata:annotations:a%201#a001"},
        ],
        "target": "urn:allegata:annotations:a%201#c001",
    }
    found_documents, _ = read(folder)
    assert found_documents == [DOCUMENT.ordered]
    assert (found_documents[0].annotator, found_documents[0].language) == ("ben", "en")


@settings(deadline=None, max_examples=60)
@given(document=documents())
def test_every_annotation_keeps_the_rules_of_the_model(document: Document) -> None:
    """The MUST of the Web Annotation Data Model for what is used of it (sections 3.1 to 3.3, 4.1, 4.2, 5.2)."""
    found = page(written(document))
    assert CONTEXT in found["@context"]
    ids = [one["id"] for one in found["items"]]
    assert len(set(ids)) == len(ids) == found["partOf"]["total"]
    for one in found["items"]:
        assert one["type"] == "Annotation"
        for body in one["body"]:
            assert body["purpose"] in ("classifying", "tagging", "identifying", "describing", "linking")
            assert isinstance(body["value"] if body["type"] == "TextualBody" else body["source"], str)
        targets = one["target"] if isinstance(one["target"], list) else [one["target"]]
        assert targets
        for target in targets:
            if isinstance(target, str):
                assert target in ids
            else:
                position, quote = target["selector"]
                assert 0 <= position["start"] < position["end"]
                assert document.text[position["start"] : position["end"]] == quote["exact"]
                assert document.text[: position["start"]].endswith(quote["prefix"])
                assert document.text[position["end"] :].startswith(quote["suffix"])


def test_a_processor_of_json_ld_finds_every_statement() -> None:
    """By PyLD, with the terms of the W3C's context that are used, so that nothing is fetched."""
    jsonld = pytest.importorskip("pyld", reason="PyLD is not installed").jsonld
    oa, rdf = "http://www.w3.org/ns/oa#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    context = {
        name: oa + name for name in ("Annotation", "TextualBody", "SpecificResource", "exact", "prefix", "suffix")
    }
    context |= {name: oa + name for name in ("TextPositionSelector", "TextQuoteSelector", "start", "end")}
    context |= {name: oa + name for name in ("classifying", "tagging", "identifying", "describing", "linking")}
    context |= {"id": "@id", "type": "@type", "value": f"{rdf}value", "name": "http://xmlns.com/foaf/0.1/name"}
    context |= {
        "format": "http://purl.org/dc/elements/1.1/format",
        "language": "http://purl.org/dc/elements/1.1/language",
    }
    for name, iri in (
        ("body", "hasBody"),
        ("target", "hasTarget"),
        ("source", "hasSource"),
        ("selector", "hasSelector"),
    ):
        context[name] = {"@id": oa + iri, "@type": "@id"}  # type: ignore[assignment]
    for name, iri in (("purpose", "hasPurpose"), ("motivation", "motivatedBy")):
        context[name] = {"@id": oa + iri, "@type": "@vocab"}  # type: ignore[assignment]
    streams = "http://www.w3.org/ns/activitystreams#"
    context["items"] = {"@id": f"{streams}items", "@type": "@id", "@container": "@list"}  # type: ignore[assignment]

    def load(url: str, options: object) -> dict[str, object]:
        assert url == CONTEXT
        return {"contextUrl": None, "documentUrl": url, "document": {"@context": context}}

    expanded = jsonld.expand(page(written(DOCUMENT)), {"documentLoader": load})
    items = expanded[0][f"{streams}items"][0]["@list"]
    claim = items[1]
    assert claim["@id"] == "urn:allegata:annotations:a%201#c001"
    selectors = [target[f"{oa}hasSelector"] for target in claim[f"{oa}hasTarget"]]
    assert [(one[0][f"{oa}start"], one[1][f"{oa}exact"]) for one in selectors] == [
        ([{"@value": 12}], [{"@value": "that"}]),
        ([{"@value": 24}], [{"@value": "grew"}]),
    ]
    said = {
        body["urn:allegata:attribute"][0]["@value"]: body[f"{rdf}value"][0]["@value"]
        for body in claim[f"{oa}hasBody"]
        if "urn:allegata:attribute" in body
    }
    assert said == {"layer": "claim", "check_worthiness": "2", "is_quoted": "true"}
    link = next(body for body in items[3][f"{oa}hasBody"] if f"{oa}hasSource" in body)
    assert link[f"{oa}hasSource"] == [{"@id": "urn:allegata:annotations:a%201#a001"}]
    statements = jsonld.to_rdf(expanded)["@default"]
    assert sum(one["predicate"]["value"] == f"{oa}hasSelector" for one in statements) == 8


@settings(deadline=None, max_examples=60)
@given(given=documents_of_any_types())
def test_any_names_and_values_go_out_and_come_in(given: tuple[TypeSystem, Document]) -> None:
    assert not check_law(WEB_ANNOTATION, [given[1]], given[0])


def test_what_no_type_system_declares_goes_out_and_in() -> None:
    strange = Document(
        "..",
        "one two",
        (
            Annotation("#/1", "a layer", "", (Span(0, 3),), {"layer": "x", "attribute": (), "n": 2**62, "ü": False}),
            Annotation("é", "", "tag", (Span(4, 7), Span(0, 3)), {"classifying": "y", "linking": ""}),
        ),
        (Relation("an arrow", "é", "#/1"), Relation("", "#/1", "é"), Relation("an arrow", "é", "é")),
    )
    check_law(WEB_ANNOTATION, [strange, Document("empty", "")])


# -- what other tools write --------------------------------------------------------------------------------------------


def annotation(its_id: str, body: object, start: int, end: int, exact: str, **fields: object) -> dict[str, Any]:
    selector = [
        {"type": "TextQuoteSelector", "exact": exact},
        {"type": "TextPositionSelector", "start": start, "end": end},
    ]
    target = {"source": "https://news.example/2026/story.html?x=1", "selector": selector}
    return {"@context": CONTEXT, "id": its_id, "type": "Annotation", "body": body, "target": target} | fields


FOREIGN = "Ada 😀 met Bo. Ada left."


def test_lists_of_other_tools_are_read_by_creator(tmp_path: Path) -> None:
    """A list as RecogitoJS and Annotorious give it, whose offsets are those of JavaScript."""
    tag = {"type": "TextualBody", "purpose": "tagging", "value": "PERSON"}
    note = {"type": "TextualBody", "purpose": "commenting", "value": "who?"}
    place = {"type": "SpecificResource", "purpose": "identifying", "source": "http://kb.example/Q1"}
    anna, ben = {"creator": {"id": "u1", "name": "anna"}}, {"creator": {"type": "Software", "nickname": "tagger"}}
    items = [
        annotation("#1f", [tag, note, place, note], 0, 3, "Ada", **anna),
        annotation("#2f", {"value": "ORG", "purpose": "tagging"}, 11, 13, "Bo", **anna),
        annotation("#3f", [], 0, 3, "Ada", motivation="highlighting", **ben),
        {
            "id": "#4f",
            "type": "Annotation",
            "motivation": "linking",
            "body": [{"type": "TextualBody", "value": "knows", "purpose": "tagging"}],
            "target": [{"id": "#1f"}, {"id": "#2f"}],
        },
        {"id": "#5f", "type": "Annotation", "bodyValue": "fine", "target": "https://news.example/2026/story.html"},
    ]
    (tmp_path / "story.txt").write_text(FOREIGN)
    (tmp_path / "export.json").write_text("\ufeff" + json.dumps(items, indent=1).replace("\n", "\r\n"))
    found, reading = read(tmp_path)
    assert problems(reading) == []
    attributes = {"commenting": ("who?", "who?"), "identifying": "http://kb.example/Q1"}
    assert found == [
        Document(
            "story",
            FOREIGN,
            (
                Annotation("1f", "mention", "PERSON", (Span(0, 3),), attributes),
                Annotation("2f", "mention", "ORG", (Span(10, 12),)),
            ),
            (Relation("knows", "1f", "2f"),),
        ),
        Document("story", FOREIGN, (Annotation("3f", "span", "highlighting", (Span(0, 3),)),)),
    ]
    assert [(one.annotator, one.machine) for one in found] == [("anna", False), ("tagger", True)]
    assert [str(one) for one in reading.notices.sorted()] == [
        "1 × annotations of a whole text, skipped (export.json)",
        "1 × offsets in UTF-16 units: counted anew (export.json)",
    ]
    assert format_of(tmp_path) is WEB_ANNOTATION


def test_files_of_one_annotation_collections_and_lines_are_read(tmp_path: Path) -> None:
    one = annotation("https://s.example/1", {"value": "A", "purpose": "classifying"}, 0, 3, "Ada")
    two = annotation("https://s.example/2", [], 0, 0, "", target={})
    two["target"] = {  # quote alone, in a set, within a part of the page
        "type": "Composite",
        "items": [
            {
                "source": {"id": "story.txt"},
                "selector": {
                    "type": "XPathSelector",
                    "value": "/p[1]",
                    "refinedBy": {"type": "TextQuoteSelector", "exact": exact},
                },
            }
            for exact in ("Bo", "met")
        ],
    }
    three = annotation("https://s.example/3", "http://kb.example/Q2", 0, 0, "")
    three["target"]["source"] = "story.txt"
    three["target"]["selector"] = {"type": "FragmentSelector", "value": "char=6,9"}
    three["type"], three["motivation"] = ["Annotation", "oa:Annotation"], ["tagging"]
    for way in ("files", "lines", "collection"):
        folder = tmp_path / way
        folder.mkdir()
        (folder / "story.txt").write_text(FOREIGN)
        if way == "files":
            for number, row in enumerate((one, two, three)):
                (folder / f"{number}.json").write_text(json.dumps(row))
        elif way == "lines":
            (folder / "all.jsonl").write_text("\n".join(map(json.dumps, (one, two, three))))
        else:
            pages = {"type": "AnnotationPage", "items": [one, two], "next": {"items": three}}
            collection = {"@context": CONTEXT, "type": ["AnnotationCollection"], "first": pages}
            (folder / "story.jsonld").write_text(json.dumps(collection))
        found, reading = read(folder, TypeSystem())
        assert problems(reading) == []
        assert found == [
            Document(
                "story",
                FOREIGN,
                (
                    Annotation("https://s.example/1", "span", "A", (Span(0, 3),)),
                    Annotation("https://s.example/2", "span", "span", (Span(10, 12), Span(6, 9))),
                    Annotation("https://s.example/3", "span", "tagging", (Span(6, 9),)),
                ),
            ).ordered
        ]


def test_a_quote_finds_its_place_in_a_changed_text_or_is_refused() -> None:
    before = "The mayor of Exampleton said on Monday that the bridge was closed for good. Nobody else said anything."
    start = before.index("the bridge")
    given = Document("d", before, (Annotation("c", "claim", "claim", (Span(start, start + 25),)),))
    folder = written(given)
    (folder / "d.txt").write_text("A new first line. " + before)
    found, reading = read(folder)
    assert found[0].annotations[0].segments == (Span(start + 18, start + 43),)
    assert [notice.what for notice in reading.notices.sorted()] == ["text that moved: found by its quote and context"]
    (folder / "d.txt").write_text("Something else.")
    found, reading = read(folder)
    assert problems(reading) == [
        "d.jsonld: urn:allegata:annotations:d#c: "
        '"the bridge was closed for": the quoted text is not in the article any more'
    ]


# -- what is wrong -----------------------------------------------------------------------------------------------------


def test_every_fault_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    good = annotation("good", [], 0, 3, "Ada")
    wrong = {
        "b": annotation("b", [], 0, 99, "Nobody"),
        "c": annotation("c", {"purpose": "tagging"}, 0, 3, "Ada"),
        "d": {**good, "id": "d", "target": {"source": "story.txt", "selector": {"type": "SvgSelector"}}},
        "e": {**good, "id": "e", "target": {"source": "../../etc/passwd", "selector": good["target"]["selector"]}},
        "f": {**good, "id": "f", "target": []},
        "g": {**good, "id": "g", "target": ["good"], "body": {"id": "nowhere", "purpose": "linking"}},
        "h": {**good, "id": "h", "target": "good"},
        "i": {"id": "i", "type": "Note"},
        "j": annotation("j", {"attribute": "a", "value": {}}, 0, 3, "Ada"),
        "k": annotation("good", [], 0, 3, "Ada"),
        "l": annotation("l", [], True, 3, "Ada"),
        "m": {**good, "id": "m", "target": [good["target"], "good"]},
        "n": annotation("n", {"attribute": "a", "format": "application/json", "value": "["}, 0, 3, "Ada"),
    }
    (tmp_path / "story.txt").write_text(FOREIGN)
    (tmp_path / "x.json").write_text(json.dumps({"@graph": [good, *wrong.values(), 7]}))
    found, reading = read(tmp_path)
    assert [one.id for one in found[0].annotations] == ["good"]
    assert found[0].annotations[0].attributes == {}
    assert len(found) == 1
    assert sorted(problem.what for problem in reading.problems.found) == sorted(
        [
            'b: "Nobody": the quoted text is not in the article any more',
            'c: has a body that is none: {"purpose": "tagging"}',
            "d: has a target without a selector of text",
            "e: the text of ../../etc/passwd is not here: add it as a .txt file of that name",
            "f: has no target",
            "g: points to nowhere, which is no annotation here",
            "h: links to nothing",
            'i: {"id": "i", "type": "Note"} is no annotation',
            "j: {} is no value of an attribute",
            "good: has the id of another annotation",
            "l: 'start' is true, not a whole number",
            "m: has targets with and without a place in a text",
            'n: "[" is no JSON',
            "holds 1 item beside annotations",
        ]
    )


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff", b"3", b"{}", b"[" * 100_000, b'{"a": ' * 100_000, b'{"type": "Annotation", "type": "Annotation"}',
        b'{"type": "AnnotationPage", "items": [NaN]}', b'["\\ud800"]', b'[1' + b"0" * 5000 + b"]", b"[[[1]]]",
    ],
)  # fmt: skip
def test_hostile_json_is_one_problem(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "d.json").write_bytes(content)
    found, reading = read(tmp_path)
    assert found == []
    assert len(reading.problems) == 1


@pytest.mark.parametrize("depth", [700, 850, 900, 940, 960, 980])
def test_what_is_nested_as_deeply_as_json_can_be_raises_nothing(depth: int, tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("Ada")
    for key in ("target", "source", "refinedBy", "items", "body", "value"):
        deep = f'{{"{key}": ' * depth + "1" + "}" * depth
        for row in (f'"target": {deep}', f'"target": {{"selector": {deep}}}'):
            (tmp_path / "d.json").write_text(f'{{"type": "Annotation", {row}}}')
            assert read(tmp_path)[0] == []


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_json_of_wrong_types_raises_nothing(data: st.DataObject) -> None:
    """Any value of a good file may be any other."""
    folder = written(DOCUMENT)
    rows = page(folder)
    wrong = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({}) | st.just([[1]])
    place: Any = rows
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(wrong)
            break
        place = place[key]
    (folder / "a 1.jsonld").write_text(json.dumps(rows))
    for one in read(folder)[0]:
        spans = [span for annotation in one.annotations for span in annotation.segments]
        assert all(0 <= start < end <= len(one.text) for start, end in spans)


def test_a_text_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    for name, data in {"a": b"\xff", "b": None, "c": b"ok"}.items():
        (tmp_path / f"{name}.jsonld").write_text(json.dumps({"type": "AnnotationPage", "items": []}))
        if data is not None:
            (tmp_path / f"{name}.txt").write_bytes(data)
    (tmp_path / "d.jsonld").mkdir()
    found, reading = read(tmp_path)
    assert [one.id for one in found] == ["c"]
    assert problems(reading) == [
        "a.jsonld: a.txt:1:1: is not UTF-8 at byte 0",
        "b.jsonld: b.txt cannot be read: No such file or directory",
    ]


def test_hundreds_of_articles_go_out_and_in_within_seconds() -> None:
    start = time.process_time()
    check_law(WEB_ANNOTATION, many())
    assert time.process_time() - start < 15
