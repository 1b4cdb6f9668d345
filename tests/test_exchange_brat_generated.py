"""brat, on documents and files beyond those of the other formats: whatever is in them, nothing raises or is lost."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.exchange.brat.format import BRAT
from allegata.exchange.folder import Reading
from allegata.text.documents import Document, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law, documents, texts

_NAMES = ("AnnotatorNotes", "Reference", "allegata", "x y", "decontextualised", "q", "ü", "a:b", "is_quoted")
_VALUES = ("a", "Wiki:1", True, False, 3, ("a:b", "c:d"), ("a",), (), "", " x ", "a | b", "a\nb", "\\n", "entities:ada")
_attributes = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from(_VALUES), max_size=3)
_types = st.sampled_from([TYPES, TypeSystem()])


@st.composite
def strange(draw: st.DrawFn) -> Document:
    """A document with segments in any order and on each other, any names, and attributes that nobody declared."""
    document, found = draw(documents()), []
    for one in document.annotations:
        more = (Span(0, len(document.text)),) if draw(st.booleans()) else ()
        segments = tuple(draw(st.permutations([*one.segments, *more])))
        label = draw(st.sampled_from([one.label, "weird label", "a|b", "人名", "---"]))
        found.append(replace(one, segments=segments, label=label, attributes={**one.attributes, **draw(_attributes)}))
    new = draw(st.sampled_from(["T1", "T2", "T01", "E1", "#1", "a b", '"']))
    ids = {one.id: new if at == 0 else one.id for at, one in enumerate(found)}
    relations = {
        Relation(draw(st.sampled_from([label, "odd one"])), ids[first], ids[second])
        for label, first, second in document.relations
    }
    return replace(
        document,
        annotations=tuple(replace(one, id=ids[one.id]) for one in found),
        relations=tuple(sorted(relations)),
    )


@settings(deadline=None, max_examples=100)
@given(document=strange(), types=_types)
def test_strange_documents_come_back(document: Document, types: TypeSystem) -> None:
    assert not check_law(BRAT, [document], types)


_ids = st.sampled_from(["T1", "T2", "T3", "E1", "R1", "T9"])
_labels = st.sampled_from(["PERSON", "claim", "content", "mention-time", "SAY"])
_pairs = st.tuples(st.integers(0, 14), st.integers(0, 14)).map(lambda pair: f"{min(pair)} {max(pair)}")
_marks = st.sampled_from(["check_worthiness", "is_quoted", "Neg"])
_kinds = st.sampled_from(["allegata", "AnnotatorNotes", "Other"])
_ours = (
    '{"id": "m1"}',
    '{"id": "T2"}',
    '{"id": 3}',
    "{",
    '{"name": "PERSON", "layer": "l", "label": "b"}',
    '{"fragments": [[0, 3]], "segments": [[0, 3], [4, 5]]}',
    '{"fragments": [[0, 3]], "segments": [[0, 300]]}',
    '{"attributes": {"a": ["x"], "b": 3}}',
    "decontextualised: x | claimer_chain: a",
)
_lines = st.one_of(
    st.builds("{}\t{} {}{}".format, _ids, _labels, _pairs, st.sampled_from(["", "\t", "\tAda", ";3 5\tx y"])),
    st.builds("E1\t{}:{} {}:{}".format, _labels, _ids, st.sampled_from(["Role", "By"]), _ids),
    st.builds("R1\t{} Arg1:{} Arg2:{}".format, _labels, _ids, _ids),
    st.builds("*\tEquiv {} {} {}".format, _ids, _ids, _ids),
    st.builds("A1\t{} {}{}".format, _marks, _ids, st.sampled_from(["", " true", " 2"])),
    st.builds("N1\tReference {} {}\tq".format, _ids, st.sampled_from(["entities:ada", "Wiki:3", "x"])),
    st.builds("#1\t{} {}\t{}".format, _kinds, _ids, st.sampled_from(_ours)),
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(lines=st.lists(_lines, max_size=12), text=texts, types=_types)
def test_what_is_read_of_any_lines_is_whole_and_goes_out_again(lines: list[str], text: str, types: TypeSystem) -> None:
    reading = Reading()
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "a.txt").write_bytes(text.encode())
        (Path(place) / "a.ann").write_bytes("\n".join(lines).encode())
        found = list(BRAT.read(Path(place), types, reading))
    assert all(problem.line for problem in reading.problems.found)
    for document in found:
        ids = {one.id for one in document.annotations}
        assert len(ids) == len(document.annotations)
        assert all(
            0 <= start < end <= len(document.text) for one in document.annotations for start, end in one.segments
        )
        assert all({one.first, one.second} <= ids for one in document.relations)
        assert not check_law(BRAT, [document], types)
