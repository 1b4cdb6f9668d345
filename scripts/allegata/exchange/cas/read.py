"""CAS to documents: one for each view, with layers named by the types of its annotations.

Read is what INCEpTION, WebAnno and DKPro write, whatever its type system: a type below `uima.tcas.Annotation` is a
layer, `Governor` and `Dependent` make it a relation (INCEpTION's `RelationLayerSupport`), and a feature that points to
another annotation, itself or by a link with a role, is a relation from the one to the other. What a view does not
index is deleted, and sentences and tokens are no annotations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from allegata.exchange.cas import names
from allegata.exchange.cas.features import Facts, facts_of, layer_names, relation_label
from allegata.exchange.cas.structures import SOFA, Cas, References, Structure
from allegata.exchange.folder import Reading
from allegata.exchange.utf16 import Utf16
from allegata.schema.problems import Problem
from allegata.text.documents import Annotation, Document, Relation, TypeSystem, place
from allegata.text.spans import Span, span_fault

INITIAL = "_InitialView"
_SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type"
_UNITS = frozenset(f"{_SEGMENTATION}.{name}" for name in ("Token", "Sentence", "Paragraph", "Heading", "Div"))
_FIX = "correct it in the tool, or delete it"


def documents_of(
    cas: Cas, document_id: str, annotator: str, types: TypeSystem, file: str, reading: Reading
) -> Iterator[Document]:
    """The documents of a CAS. A view of another text than the first has the id `ID:VIEW`, one of the same text is the
    work of an annotator of that name."""
    first: Document | None = None
    layers = layer_names(cas)
    sofas = [one for one in cas.structures.values() if one.type == SOFA and "sofaString" in one.features]
    for sofa in sorted(sofas, key=lambda one: (one.text("sofaID") != INITIAL, one.id)):
        found = _View(cas, sofa, types, layers, file, reading).document(document_id)
        name = sofa.text("sofaID")
        if first is None:
            first = replace(found, annotator=annotator)
            yield first
        elif found.text == first.text:
            yield replace(found, annotator=name)
        else:
            yield replace(found, annotator=annotator, id=f"{document_id}:{name}")
    if first is None:
        reading.problems.add(Problem("holds no text", "export the file again", file=file))


@dataclass
class _View:
    """One view, and what was found in it so far: spans by the ids of their structures, relations by both."""

    cas: Cas
    sofa: Structure
    types: TypeSystem
    layers: dict[str, str]
    file: str
    reading: Reading
    spans: dict[int, Annotation] = field(default_factory=dict)
    relations: list[tuple[str, int, int, Structure]] = field(default_factory=list)
    carried: list[tuple[str, int, str]] = field(default_factory=list)
    characters: dict[int, str] = field(default_factory=dict)
    language: str = "und"

    def document(self, document_id: str) -> Document:
        """The document of the view."""
        self.text = self.sofa.text("sofaString")
        self.units = Utf16(self.text)
        members = self.cas.members.get(self.sofa.id)
        for missing in sorted(set(members or ()) - self.cas.structures.keys()):
            self._wrong(self.sofa, f"has the member {missing}, which is missing")
        indexed = None if members is None else set(members)
        parts = self._parts()
        for one in self.cas.structures.values():
            is_here = self._sofa_of(one) == self.sofa.id and (indexed is None or one.id in indexed)
            if is_here and one.id not in parts and self._is_annotation(one):
                self._read(one)
        text = list(self.text)
        for at, character in self.characters.items():
            text[at] = character
        self._name()
        return Document(
            document_id, "".join(text), tuple(self.spans.values()), tuple(set(self._relations())), self.language
        )

    def _wrong(self, one: Structure, what: str) -> None:
        self.reading.problems.add(Problem(f"{one.shown} {what}", _FIX, file=self.file, line=one.line))

    def _sofa_of(self, one: Structure) -> int | None:
        value = one.features.get("sofa")
        return value.ids[0] if isinstance(value, References) and value.ids else one.integer("sofa")

    def _is_annotation(self, one: Structure) -> bool:
        return self.cas.types.is_a(one.type, names.ANNOTATION) or {"begin", "end"} <= one.features.keys()

    def _linked(self, one: Structure) -> Iterator[int]:
        """The ids of the further segments of an annotation."""
        for link in self.cas.targets(one.features.get(names.PARTS)):
            structure = self.cas.structures.get(link)
            yield from self.cas.targets(structure.features.get("target")) if structure else [link]

    def _parts(self) -> set[int]:
        """All further segments: they are no annotations of their own."""
        return {part for one in self.cas.structures.values() for part in self._linked(one)}

    def _read(self, one: Structure) -> None:
        is_a = self.cas.types.is_a
        if is_a(one.type, names.DOCUMENT, names.METADATA):
            language = one.text("language")
            self.language = self.language if language in ("", "x-unspecified") else language
        elif is_a(one.type, *_UNITS):
            self.reading.notices.add(f"{one.type.rpartition('.')[2]}: no annotation, skipped", self.file)
        elif one.type == names.SEGMENT:
            self._wrong(one, "is a segment of no annotation")
        elif one.type == names.CHARACTER:
            self._character(one)
        elif names.SOURCE in one.features or self.cas.types.range(one.type, names.SOURCE):
            self._relation(one)
        else:
            self._annotation(one)

    def _span(self, one: Structure) -> Span | None:
        begin, end = one.integer("begin"), one.integer("end")
        if begin is None or end is None:
            self._wrong(one, "has no offsets")
            return None
        start, stop = self.units.code_points(begin), self.units.code_points(end)
        length = self.units.units(len(self.text))
        fault: str | None = f"[{begin},{end}) lies outside the text of {length} UTF-16 units"
        if start is not None and stop is not None:
            fault = span_fault(start, stop, len(self.text))
        elif 0 <= begin <= length and 0 <= end <= length:
            fault = f"[{begin},{end}) cuts a character of two UTF-16 units"
        if start is None or stop is None or fault:
            self._wrong(one, str(fault))
            return None
        return Span(start, stop)

    def _character(self, one: Structure) -> None:
        """Note a character that XML could not hold."""
        span = self._span(one)
        code = one.text(names.CODE)
        character = names.character(code)
        if span and (character is None or span.length > 1 or span.quote(self.text) != names.SUBSTITUTE):
            self._wrong(one, f"stands for the character {code!r}, which cannot be there")
        elif span and character:
            self.characters[span.start] = character

    def _relation(self, one: Structure) -> None:
        ends = [self.cas.targets(one.features.get(name)) for name in (names.SOURCE, names.TARGET)]
        if [len(end) for end in ends] != [1, 1]:
            self._wrong(one, f"has no {names.SOURCE} or no {names.TARGET}")
            return
        label, others = relation_label(one, self.layers[one.type])
        if others:
            self.reading.notices.add("features of relations have no place, skipped", self.file)
        self.relations.append((label, ends[0][0], ends[1][0], one))

    def _annotation(self, one: Structure) -> None:
        span = self._span(one)
        segments = [span]
        for part in self._linked(one):
            if part in self.cas.structures:
                segments.append(self._span(self.cas.structures[part]))
            else:
                self._wrong(one, f"has the segment {part}, which is missing")
                segments.append(None)
        facts: Facts | None = None
        try:
            facts = facts_of(one, self.cas, self.types, self.layers[one.type])
        except ValueError as error:
            self._wrong(one, str(error))
        spans = tuple(segment for segment in segments if segment)
        if facts and len(spans) == len(segments):
            self.spans[one.id] = Annotation(facts.id, facts.layer, facts.label, spans, facts.attributes)
            self.relations += [(label, one.id, target, one) for label, target in facts.arrows]
            self.carried += [(label, one.id, second) for label, second in facts.relations]

    def _name(self) -> None:
        """Give an id to what has none, or one that was taken: `n1`, `n2` in the order of the text."""
        taken: set[str] = set()
        nameless: list[int] = []
        for key, annotation in self.spans.items():
            if not annotation.id or annotation.id in taken:
                nameless.append(key)
                if annotation.id:
                    self.reading.notices.add("an id that another annotation has: it got a new one", self.file)
            taken.add(annotation.id)
        number = 0
        for key in sorted(nameless, key=lambda key: place(self.spans[key])):
            number += 1
            while f"n{number}" in taken:
                number += 1
            self.spans[key] = replace(self.spans[key], id=f"n{number}")

    def _relations(self) -> Iterator[Relation]:
        for label, first, second, owner in self.relations:
            missing = [end for end in (first, second) if end not in self.spans]
            if not missing:
                yield Relation(label, self.spans[first].id, self.spans[second].id)
            elif missing[0] not in self.cas.structures:
                self._wrong(owner, f"points to {missing[0]}, which is missing")
            elif self.cas.types.is_a(self.cas.structures[missing[0]].type, *_UNITS):
                self.reading.notices.add("relations of tokens or sentences, skipped", self.file)
            else:
                what = self.cas.structures[missing[0]].shown
                self._wrong(owner, f"points to {what}, which is no annotation of its view")
        ids = {annotation.id for annotation in self.spans.values()}
        for label, key, target in self.carried:
            if target in ids:
                yield Relation(label, self.spans[key].id, target)
            else:
                self._wrong(self.cas.structures[key], f"has a relation to {target!r}, which is missing")
