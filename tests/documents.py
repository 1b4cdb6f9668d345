"""Generated documents, and the law that every format keeps: what goes out comes in again, up to the listed losses."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from allegata.exchange.folder import Export, Reading
from allegata.exchange.format import Format
from allegata.exchange.losses import Loss, without
from allegata.text.documents import (
    Annotation,
    AttributeType,
    AttributeValue,
    Document,
    LayerType,
    Relation,
    RelationType,
    TypeSystem,
)
from allegata.text.spans import Span

# A type system with every kind of attribute, a label that two layers share, and labels that no tool likes.
TYPES = TypeSystem(
    (
        LayerType(
            "mention",
            {
                "PERSON": "People.",
                "ORG": "Organisations.",
                "time": "Also the name of a layer.",
                "WORK_OF_ART": "Works.",
            },
            (
                AttributeType("mention_type", "label", "How it refers.", {"NAM": "A name.", "NOM": "A noun."}),
                AttributeType("entity_id", "reference", "An entity of the register."),
            ),
        ),
        LayerType(
            "claim",
            {"claim": "Words that state something."},
            (
                AttributeType("check_worthiness", "int", "How much.", {"0": "Not.", "1": "Some.", "2": "Much."}),
                AttributeType(
                    "factuality", "label", "How sure.", {"CT+": "Certain.", "CT-": "Certainly not.", "Uu": "?"}
                ),
                AttributeType("is_quoted", "bool", "Whether it is quoted."),
                AttributeType("claimer_chain", "list", "Who claims."),
                AttributeType("decontextualised", "text", "The claim as a sentence."),
            ),
        ),
        LayerType(
            "attribution",
            {"content": "What is attributed.", "cue": "The cue.", "source": "The source."},
            (AttributeType("source_id", "reference", "An entity.", labels=("content",)),),
        ),
        LayerType("time", {"time": "A time expression."}, (AttributeType("value", "text", "TIMEX3."),)),
    ),
    (
        RelationType("parent", "Part of.", (("claim", "claim"),), (("claim", "claim"),)),
        RelationType("attribution", "Made in.", (("claim", "claim"),), (("attribution", "content"),)),
        RelationType("cue", "Cue of.", (("attribution", "content"),), (("attribution", "cue"),)),
        RelationType("source", "Source of.", (("attribution", "content"),), (("attribution", "source"),)),
    ),
    {"ada": "Ada Example", "acme": 'Acme "A & B" <Ltd>', "ürün": "Ürün\u00a0Ş."},
)

# Astral characters, combining marks, right-to-left, zero-width, soft hyphens, tabs, every line end, markup and quotes.
_PIECES = (
    "word", "Ada", "é", "e\u0301",
    "😀", "𝔘𝔫𝔦", "👩\u200d👩\u200d👧", "שלום", "مرحبا", "\u200b", "co\u00adop", "\t", "\n", "\r\n",
    "\r", "\u2028", "\u00a0", "  ", ".", "\n\n", "<b>&amp;</b>", '"', "'", "\\", "#", "*", ";", "中文字", "\ufeff",
    "-DOCSTART-",
    "ﬁ", "İ", "\x85", "\x0b", "%20",
)  # fmt: skip
texts = st.lists(
    st.sampled_from(_PIECES) | st.text("ab 日\u0301", min_size=1, max_size=4), min_size=1, max_size=24
).map(lambda pieces: " ".join(pieces) if len(pieces) % 2 else "".join(pieces))
words = texts.map(lambda text: text[:30])


def _values(one: AttributeType) -> st.SearchStrategy[AttributeValue]:
    if one.kind == "bool":
        return st.booleans()
    if one.kind == "int":
        return st.sampled_from([int(value) for value in one.values]) if one.values else st.integers(-(10**9), 10**9)
    if one.kind == "list":
        return st.lists(st.sampled_from(["author", "ada", "a b", "ü;,|"]), min_size=1, max_size=3).map(tuple)
    if one.kind == "reference":
        return st.sampled_from([*TYPES.entities, "author"])
    return st.sampled_from(list(one.values)) if one.values else words


@st.composite
def documents(draw: st.DrawFn, types: TypeSystem = TYPES, text: st.SearchStrategy[str] = texts) -> Document:
    """A document with nested, overlapping, equal and discontinuous spans, some with no gap between their segments."""
    body = draw(text)
    annotations: list[Annotation] = []
    for number in range(draw(st.integers(0, 6))):
        layer = draw(st.sampled_from(types.layers))
        label = draw(st.sampled_from(list(layer.labels)))
        attributes = {one.name: draw(_values(one)) for one in layer.attributes_of(label) if draw(st.booleans())}
        annotations.append(
            Annotation(f"{layer.name[0]}{number:03}", layer.name, label, draw(_segments(len(body))), attributes)
        )
    relations = set()
    for first in annotations:
        for second in annotations:
            for one in types.relations:
                is_kind = (first.layer, first.label) in one.first and (second.layer, second.label) in one.second
                if first is not second and is_kind and draw(st.booleans()):
                    relations.add(Relation(one.label, first.id, second.id))
    name = draw(st.sampled_from(["000_a", "a-1", "x.y", "an article", "ü"]))
    return Document(name, body, tuple(annotations), tuple(sorted(relations)), "en", "someone")


@st.composite
def _segments(draw: st.DrawFn, length: int) -> tuple[Span, ...]:
    cuts = sorted(draw(st.sets(st.integers(0, length), min_size=2, max_size=2 + 2 * draw(st.integers(0, 2)))))
    if len(cuts) % 2:
        cuts.pop()
    spans = [Span(cuts[at], cuts[at + 1]) for at in range(0, len(cuts), 2)]
    if len(cuts) > 2 and draw(st.booleans()):  # no gap between the first two
        spans[0] = Span(spans[0].start, spans[1].start)
    return tuple(spans)


# Names that mean something to a format, or that it does not allow.
any_names = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["begin", "label", "value", "class", "layer", "X_", "_x0041_", "Governor", "Segment", "n1", "a b", "#/1"]
)


@st.composite
def documents_of_any_types(draw: st.DrawFn) -> tuple[TypeSystem, Document]:
    """A type system of any names, and a document that keeps to it now and then only."""
    layers = []
    for name in draw(st.lists(any_names, min_size=1, max_size=3, unique=True)):
        kinds = st.sampled_from(["label", "text", "int", "bool", "list", "reference"])
        declared = [AttributeType(one, draw(kinds)) for one in draw(st.lists(any_names, max_size=3, unique=True))]
        layers.append(LayerType(name, dict.fromkeys(draw(st.lists(any_names, max_size=2)), ""), tuple(declared)))
    names = st.sampled_from([layer.name for layer in layers])
    ends = st.lists(st.tuples(names, any_names), max_size=2).map(tuple)
    labels = draw(st.lists(any_names, max_size=3, unique=True))
    types = TypeSystem(tuple(layers), tuple(RelationType(one, "", draw(ends), draw(ends)) for one in labels))
    body = draw(texts.filter(lambda text: len(text) > 1))
    any_values = (
        st.booleans() | st.integers(-(2**63), 2**63 - 1) | any_names | st.lists(any_names, max_size=3).map(tuple)
    )
    annotations = []
    for one in draw(st.lists(any_names.filter(bool), max_size=4, unique=True)):
        layer = draw(names | any_names)
        found = types.layer(layer)
        attributes = {kind.name: draw(_values(kind)) for kind in (found.attributes if found else ())}
        attributes |= draw(st.dictionaries(any_names, any_values, max_size=2))
        annotations.append(Annotation(one, layer, draw(any_names), draw(_segments(len(body))), attributes))
    ids = st.sampled_from([one.id for one in annotations]) if annotations else st.nothing()
    relations = draw(
        st.sets(st.builds(Relation, st.sampled_from(labels) if labels else any_names, ids, ids), max_size=3)
    )
    return types, Document("a", body, tuple(annotations), tuple(sorted(relations)))


def round_trip(
    format: Format, given: Sequence[Document], types: TypeSystem = TYPES, tokenizer: str | None = None
) -> tuple[list[Document], list[Loss], Reading]:
    """What comes in of what went out, sorted by id, the losses, and what was met on the way in."""
    with tempfile.TemporaryDirectory() as folder:
        out = Export(Path(folder), tokenizer)
        format.write(iter(given), types, out)
        reading = Reading()
        found = sorted((one.ordered for one in format.read(Path(folder), types, reading)), key=lambda one: one.id)
    return found, out.losses, reading


def shown(given: Sequence[Document], losses: Sequence[Loss]) -> list[Document]:
    """What a format with these losses shows of the documents."""
    found = [without(one, [loss for loss in losses if loss.document == one.id]).ordered for one in given]
    return sorted(found, key=lambda one: one.id)


def check_law(
    format: Format, given: Sequence[Document], types: TypeSystem = TYPES, tokenizer: str | None = None
) -> list[Loss]:
    """Export then import is the identity up to the losses, which are returned; no problem is met on the way in."""
    found, losses, reading = round_trip(format, given, types, tokenizer)
    reading.problems.raise_if_any()
    assert found == shown(given, losses)
    return losses


def many(count: int = 250, spans: int = 10) -> list[Document]:
    """Documents for limits of time and memory: `count` of them, each with `spans` spans."""
    sentence = "Ada Example of Acme said on Monday that the 😀 case was closed. "
    document = Document("", sentence * 20)
    step = len(sentence)
    return [
        replace(
            document,
            id=f"d{number:05}",
            annotations=tuple(
                Annotation(
                    f"m{at:05}", "mention", "PERSON", (Span(at * step % (20 * step), at * step % (20 * step) + 11),)
                )
                for at in range(spans)
            ),
        )
        for number in range(count)
    ]
