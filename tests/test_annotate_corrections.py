"""What a tool made of a document is what the gold says after it, and what it did not touch is as it was."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.annotate.corrections import correct
from allegata.annotate.documents import PARTS, document_of, type_system
from allegata.annotate.gold import GoldArticle
from allegata.annotate.stage import gold_files, read_gold_files, read_registers
from allegata.exchange.formats import FORMATS
from allegata.exchange.losses import without
from allegata.publish.projector import Projector
from allegata.recipe.build import run
from allegata.schema.scheme import read_scheme
from allegata.text.documents import Annotation, Document, Relation
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span
from documents import round_trip
from project import ARTICLES, ROOT, SCHEME, some

TYPES = type_system(SCHEME)
_REQUIRED = {"claim": {"claim_type": "opinion", "claimer_id": "author"}, "time": {"type": "DATE"}, "mention": {}}


@cache
def articles(of: str = ".") -> dict[str, tuple[GoldArticle, str, OffsetMap]]:
    build, folder = run(ROOT / of, "clean"), ROOT / of / "annotations"
    registers, _ = read_registers(folder, build.scheme)
    rows = {row["article_id"]: row for row in build.articles.to_pylist()}
    texts = {name: row["source_text"] for name, row in rows.items()}
    gold, faults = read_gold_files(gold_files(folder), folder, texts, registers)
    assert not faults
    return {name: (gold[name], rows[name]["text"], Projector.of(rows[name]).offsets) for name in gold}


@st.composite
def edits(draw: st.DrawFn, document: Document) -> Document:
    """The document after one to five things that people do in a tool."""
    for _ in range(draw(st.integers(1, 5))):
        document = _edited(draw, document)
    return document


def _edited(draw: st.DrawFn, document: Document) -> Document:
    one = draw(st.sampled_from(document.annotations))
    what = draw(st.sampled_from(["move", "attribute", "remove", "add", "relate", "label"]))
    if what == "move":
        start = draw(st.integers(0, len(document.text) - 40))
        return _with(document, replace(one, segments=(Span(start, start + draw(st.integers(1, 40))),)))
    if what == "attribute" and (layer := TYPES.layer(one.layer)) and (of := layer.attributes_of(one.label)):
        kind = draw(st.sampled_from(of))
        if kind.values and kind.kind == "label":
            value = draw(st.sampled_from(list(kind.values)))
            return _with(document, replace(one, attributes={**one.attributes, kind.name: value}))
    if what == "label" and one.layer == "mention":
        return _with(document, replace(one, label=draw(st.sampled_from(list(TYPES.layers[0].labels)))))
    if what == "remove" and one.label not in PARTS:
        gone = {one.id, *(f"{one.id}:{part}" for part in PARTS)}
        return document.only(lambda other: other.id not in gone)
    if what == "add":
        layer = draw(st.sampled_from(["claim", "mention", "time"]))
        label = "PERCENT" if layer == "mention" else layer
        number = sum(other.id.startswith("new") for other in document.annotations)
        start = draw(st.integers(0, len(document.text) - 9))
        new = Annotation(f"new{number}", layer, label, (Span(start, start + 9),), _REQUIRED[layer])
        return replace(document, annotations=(*document.annotations, new))
    claims = [other for other in document.annotations if other.layer == "claim"]
    if what == "relate" and one.layer == "claim" and len(claims) > 1:
        parent = draw(st.sampled_from([other for other in claims if other is not one]))
        rest = [relation for relation in document.relations if relation[:2] != ("parent", one.id)]
        return replace(document, relations=(*rest, Relation("parent", one.id, parent.id)))
    return document


def _with(document: Document, new: Annotation) -> Document:
    return replace(document, annotations=tuple(new if one.id == new.id else one for one in document.annotations))


@settings(max_examples=120)
@given(data=st.data())
def test_the_gold_says_what_the_tool_said(data: st.DataObject) -> None:
    gold, text, offsets = articles()[data.draw(st.sampled_from(ARTICLES))]
    shown, gone = document_of(gold, text, offsets, SCHEME)
    assert not gone
    edited = data.draw(edits(shown))
    found = correct(gold, shown, edited, offsets.span_to_source, SCHEME, by_id=True)
    assert found.faults == ()
    after, _ = document_of(replace(gold, records=found.records), text, offsets, SCHEME)
    new = {one.id: one for one in after.annotations}
    back = {one.id: one for one in edited.annotations}
    old = {one.id for one in shown.annotations}
    # What was there has exactly what the tool says, but for the sentence that follows its words.
    for name in old & back.keys():
        assert (new[name].label, new[name].segments) == (back[name].label, back[name].segments)
        assert _without_sentence(new[name]) == _without_sentence(back[name])
    # What was taken out is gone, unless something new of its kind overlaps it: then it was moved by hand.
    again = (old - back.keys()) & new.keys()
    assert all(new[name].hull.overlaps(next(one for one in shown.annotations if one.id == name).hull) for name in again)
    kept = [one for one in edited.relations if not {one.first[:3], one.second[:3]} & {"new"}]
    assert {one for one in after.relations if {one.first, one.second} <= old} == set(kept)
    # What is new is there once, under an id of its own.
    places = sorted((one.layer, one.label, one.segments) for one in edited.annotations if one.id not in old)
    assert (
        sorted((one.layer, one.label, one.segments) for name, one in new.items() if name not in old - again) == places
    )
    # What the tool did not touch is the very record.
    untouched = [record for record in found.records if record["id"] not in found.touched]
    assert all(record in gold.records for record in untouched)
    assert len(found.touched) <= 5 + sum(one not in kept for one in shown.relations)


def _without_sentence(one: Annotation) -> dict[str, object]:
    return {name: value for name, value in one.attributes.items() if name != "decontextualised"}


def test_nothing_changes_where_nothing_was_changed() -> None:
    for gold, text, offsets in articles().values():
        shown, _ = document_of(gold, text, offsets, SCHEME)
        for by_id in (True, False):
            found = correct(gold, shown, shown, offsets.span_to_source, SCHEME, by_id=by_id)
            assert (found.records, found.touched, found.faults) == (gold.records, frozenset(), ())


@pytest.mark.parametrize(
    ("of", "share"),
    [(".", None), ("examples/stories", 6), pytest.param("examples/stories", None, marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("name", FORMATS)
def test_what_comes_back_untouched_from_any_format_changes_nothing(name: str, of: str, share: int | None) -> None:
    """Also where the format lost relations, attributes or spans: these are not taken for deleted."""
    registers, _ = read_registers(ROOT / of / "annotations", read_scheme(ROOT / of / "annotations"))
    types = type_system(registers.scheme, registers.entities)
    chosen = {key: articles(of)[key] for key in some(articles(of), share, name)}
    given_documents = {key: document_of(*article, registers.scheme)[0] for key, article in chosen.items()}
    back, losses, reading = round_trip(FORMATS[name], list(given_documents.values()), types)
    reading.problems.raise_if_any()
    for document in back:
        own = [loss for loss in losses if loss.document == document.id]
        as_shown = without(given_documents[document.id], [loss for loss in own if loss.lost != "id"])
        gold, _, offsets = articles(of)[document.id]
        keeps_ids = not any(loss.lost == "id" for loss in own)
        found = correct(gold, as_shown, document, offsets.span_to_source, registers.scheme, by_id=keeps_ids)
        assert (found.touched, found.faults, found.notes) == (frozenset(), (), ())


def test_without_ids_an_annotation_is_known_by_its_layer_label_and_words() -> None:
    gold, text, offsets = articles()[ARTICLES[0]]
    shown, _ = document_of(gold, text, offsets, SCHEME)
    back = replace(shown, annotations=tuple(replace(one, id=f"T{at}") for at, one in enumerate(shown.annotations)))
    back = replace(back, relations=())
    found = correct(gold, replace(shown, relations=()), back, offsets.span_to_source, SCHEME, by_id=False)
    assert (found.records, found.touched, found.faults) == (gold.records, frozenset(), ())


def test_a_cue_whose_relation_the_format_cannot_show_stays_the_cue_of_its_attribution() -> None:
    gold, text, offsets = articles()[ARTICLES[0]]
    document, _ = document_of(gold, text, offsets, SCHEME)
    shown = replace(document, relations=())
    cue = next(one for one in shown.annotations if one.label == "cue" and len(one.segments) == 1)
    (start, end), owner = cue.segments[0], cue.id.partition(":")[0]

    def after(back: Document) -> dict[str, object]:
        found = correct(gold, shown, back, offsets.span_to_source, SCHEME, by_id=False)
        assert (found.faults, found.touched) == ((), {owner})
        return dict(next(record for record in found.records if record["id"] == owner))

    before = dict(next(record for record in gold.records if record["id"] == owner))
    moved = after(_with(shown, replace(cue, segments=(Span(start, end - 1),))))
    assert moved == {**before, "cue": [offsets.span_to_source(Span(start, end - 1))]}
    assert after(shown.only(lambda one: one is not cue)) == {**before, "cue": []}


def test_a_relation_that_the_tool_gave_takes_the_place_of_one_that_it_could_not_show() -> None:
    gold, text, offsets = articles()[ARTICLES[0]]
    document, _ = document_of(gold, text, offsets, SCHEME)
    shown = replace(document, relations=())
    old = next(one for one in document.relations if one.label == "attribution")
    other = next(one for one in document.annotations if one.label == "content" and one.id != old.second)
    back = replace(shown, relations=(Relation("attribution", old.first, other.id),))
    found = correct(gold, shown, back, offsets.span_to_source, SCHEME, by_id=False)
    assert (found.faults, found.changed) == ((), (old.first,))
    assert next(record for record in found.records if record["id"] == old.first)["attribution_id"] == other.id


def test_a_new_claim_in_a_new_attribution_is_made_in_it() -> None:
    gold, text, offsets = articles()[ARTICLES[0]]
    shown, _ = document_of(gold, text, offsets, SCHEME)
    place = (Span(5, 40),)
    attributes = {"attribution_type": "assertion", "quotation_type": "indirect"}
    said = Annotation("x", "attribution", "content", place, attributes)
    claim = Annotation("y", "claim", "claim", place, {"claim_type": "opinion"})
    back = replace(shown, annotations=(*shown.annotations, said, claim))
    found = correct(gold, shown, back, offsets.span_to_source, SCHEME, by_id=True)
    new = {record["record"]: record for record in found.records if record["id"] in found.added}
    assert new["claim"]["attribution_id"] == new["attribution"]["id"]


def test_labels_and_attributes_of_a_scheme_may_have_the_names_of_our_fields(tmp_path: Path) -> None:
    """A claim may have an attribute `label`, and a mention be a `source`, as the part of an attribution is."""
    (tmp_path / "scheme.toml").write_text(
        '[claim.label]\ntype = "text"\ndefinition = "A word for it."\nuse = "Lists."\n'
        '[mention.label.values]\nsource = "Of a river."\n'
    )
    scheme = read_scheme(tmp_path)
    gold, text, offsets = articles()[ARTICLES[0]]
    claims = [{**one, "label": "first"} for one in gold.records if one["record"] == "claim"]
    gold = replace(gold, records=tuple(claims))
    shown, _ = document_of(gold, text, offsets, scheme)
    assert {one.attributes["label"] for one in shown.annotations} == {"first"}
    layers = {layer.name: {one.name for one in layer.attributes} for layer in type_system(scheme).layers}
    assert ("label" in layers["claim"], "label" in layers["mention"]) == (True, False)
    claim = replace(shown.annotations[0], attributes={**shown.annotations[0].attributes, "label": "second"})
    mention = Annotation("new", "mention", "source", (Span(0, 4),), {"mention_type": "NAM", "entity_id": "linkedin"})
    back = _with(replace(shown, annotations=(*shown.annotations, mention)), claim)
    found = correct(gold, shown, back, offsets.span_to_source, scheme, by_id=True)
    after = {record["id"]: record for record in found.records}
    assert (after[claim.id]["label"], found.changed, found.faults) == ("second", (claim.id,), ())
    assert [after[name]["label"] for name in found.added] == ["source"]
