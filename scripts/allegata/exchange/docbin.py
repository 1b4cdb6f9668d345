"""spaCy's `DocBin`: a file a split, for `spacy train`; a span group a layer, and `doc.ents` the flat view of the first.

Words are those of spaCy's blank pipeline of the document's language (`xx` where it has none), with the blanks between
them: `doc.text` is the text. A span of spaCy is a run of words: a segment is widened to them, and that is a loss that
is listed. A discontinuous annotation is one span a segment, all with its id. What is kept where:

- `span.label_`, `span.id_`: label and id. `span.kb_id_`: the first attribute of the layer that names an entity of the
  register; the group's `attrs["kb_id"]` says which.
- the group's `attrs["attributes"]`: the other attributes, by id.
- `doc.user_data["allegata"]`: the document's id, annotator, language and relations, and the layer of `doc.ents`.
- `doc.ents`: of spans that share words the longest, then the first (`spacy.util.filter_spans`), without blanks at
  their ends, which spaCy's entity recogniser refuses.

How the file is made up: `spacy/tokens/_serialize.py`, `span_group.pyx` and `_dict_proxies.py` of spaCy 3.8. It is read
here without making a `Doc`: spaCy checks neither lengths nor offsets of what it loads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allegata.exchange.docbin_read import OURS, PackedDoc, PackedGroup, PackedSpan, TooLargeError, unpacked
from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.flat import layers_of, words_at
from allegata.exchange.folder import Export, Reading, id_of, stem_of
from allegata.exchange.format import Format
from allegata.exchange.losses import Loss
from allegata.measures.matching import tokens
from allegata.schema.languages import primary_language
from allegata.schema.problems import MissingExtraError, Problem
from allegata.text.documents import OTHER, Annotation, AttributeValue, Document, Relation, TypeSystem
from allegata.text.spans import Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, DocBin

ALL = "all"  # the file of documents that are in no split
_ATTRIBUTES = ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID")
# spaCy takes marks off the ends of a run one by one, and looks at all of the rest each time: 20,000 `!` took 97 s.
_LONG_RUN = re.compile(r"(\S{301,})")
_LARGEST = 2**63  # of whole numbers in msgpack

Entity = tuple[int, int, str]  # indices of the first word and of the one after the last, label


@cache
def _pipeline(language: str) -> Language:
    import spacy

    try:
        return spacy.blank(language if language.isalpha() else "xx")
    except ImportError:  # a language that spaCy does not know, or whose words a package divides that is not there
        return spacy.blank("xx")


def entities(spans: Iterable[Entity], blank: Sequence[bool]) -> list[Entity]:
    """The flat view of spans: the longest of those that share words, then the first; without blank words at the ends.

    `blank` says which words are nothing but blanks.
    """
    trimmed = []
    for start, end, label in spans:
        while start < end and blank[start]:
            start += 1
        while start < end and blank[end - 1]:
            end -= 1
        trimmed += [(start, end, label)] if start < end else []
    taken, kept = bytearray(len(blank)), []
    for start, end, label in sorted(trimmed, key=lambda one: (one[0] - one[1], one)):
        if not (taken[start] or taken[end - 1]):
            taken[start:end] = b"\x01" * (end - start)
            kept.append((start, end, label))
    return sorted(kept)


def write_spacy(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`SPLIT.spacy`, or `all.spacy`. Raises `MissingExtraError` without spaCy."""
    try:
        from spacy.tokens import DocBin
    except ImportError:
        raise MissingExtraError("spacy", "exchange") from None
    bins: dict[str, DocBin] = {}
    for document in documents:
        name = f"{stem_of(document.split or ALL)}.spacy"
        if name not in bins:
            bins[name] = DocBin(_ATTRIBUTES, store_user_data=True)
        bins[name].add(doc_of(document, types, out))
    for name, packed in bins.items():
        with out.open(name) as file:
            file.write(packed.to_bytes())


def doc_of(document: Document, types: TypeSystem, out: Export) -> Doc:
    """A document as spaCy has it; what that cannot hold is a loss of `out`."""
    from spacy.tokens import Span as Words
    from spacy.tokens import SpanGroup

    doc = _tokenised(document)
    words = [Span(token.idx, token.idx + len(token)) for token in doc]
    first = layers_of(types)[0]
    layers = dict.fromkeys((*layers_of(types), *(one.layer for one in document.annotations)))
    groups: dict[str, list[Words]] = {layer: [] for layer in layers}
    attrs: dict[str, dict[str, Any]] = {layer: {"kb_id": _kb_attribute(types, layer)} for layer in layers}
    for annotation in document.annotations:
        attributes = _attributes(document, annotation, out)
        kb_id = attributes.get(attrs[annotation.layer]["kb_id"])
        if isinstance(kb_id, str) and kb_id:
            del attributes[attrs[annotation.layer]["kb_id"]]
        else:
            kb_id = ""
        for run in _runs(document, annotation, words, out):
            groups[annotation.layer].append(
                Words(doc, run.start, run.stop, annotation.label, kb_id=kb_id, span_id=annotation.id)
            )
        if attributes:
            attrs[annotation.layer].setdefault("attributes", {})[annotation.id] = attributes
    for layer, spans in groups.items():
        doc.spans[layer] = SpanGroup(doc, name=layer, spans=spans, attrs=attrs[layer])
    kb_of = {(one.start, one.end, one.label_): one.kb_id_ for one in groups[first]}
    blank = [token.is_space for token in doc]
    found = entities(((one.start, one.end, one.label_) for one in groups[first]), blank)
    doc.set_ents([Words(doc, *one, kb_id=kb_of.get(one, "")) for one in found], default="outside")
    doc.user_data[OURS] = {
        "id": document.id,
        "annotator": document.annotator,
        "machine": document.machine,
        "language": document.language,
        "split": document.split,
        "ents": first,
        "relations": [list(relation) for relation in document.relations],
    }
    return doc


def _tokenised(document: Document) -> Doc:
    """The words of spaCy; ours in a run without blanks that spaCy's rules would take quadratic time for."""
    from spacy.tokenizer import Tokenizer
    from spacy.tokens import Doc

    nlp = _pipeline(primary_language(document.language))
    if not isinstance(nlp.tokenizer, Tokenizer) or not _LONG_RUN.search(document.text):
        return nlp.tokenizer(document.text)
    words: list[str] = []
    spaces: list[bool] = []
    for piece in _LONG_RUN.split(document.text):
        if _LONG_RUN.fullmatch(piece):
            found = [span.quote(piece) for span in tokens(piece)]
            words += found
            spaces += [False] * len(found)
        else:
            doc = nlp.tokenizer(piece)
            words += [token.text for token in doc]
            spaces += [bool(token.whitespace_) for token in doc]
    return Doc(nlp.vocab, words=words, spaces=spaces)


def _kb_attribute(types: TypeSystem, layer: str) -> str:
    found = types.layer(layer)
    return next((one.name for one in (found.attributes if found else ()) if one.kind == "reference"), "kb_id")


def _attributes(document: Document, annotation: Annotation, out: Export) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in annotation.attributes.items():
        if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
            why = "msgpack holds no number so large"
            out.lose(Loss(document.id, annotation.id, "attribute", why, name=name))
        else:
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _runs(document: Document, annotation: Annotation, words: Sequence[Span], out: Export) -> list[range]:
    """The words of each segment; segments that share words are one. What that changes is noted."""
    runs = [run for run in (words_at(words, segment) for segment in annotation.segments) if run]
    in_order = sorted(runs, key=lambda run: (run.start, run.stop))
    if any(after.start < before.stop for before, after in pairwise(in_order)):
        runs = []
        for run in in_order:
            if runs and run.start < runs[-1].stop:
                runs[-1] = range(runs[-1].start, max(runs[-1].stop, run.stop))
            else:
                runs.append(run)
    segments = tuple(Span(words[run[0]].start, words[run[-1]].end) for run in runs)
    if not segments:
        out.lose(Loss(document.id, annotation.id, "annotation", "no word is in it"))
    elif segments != annotation.segments:
        why = "widened to the borders of words"
        out.lose(Loss(document.id, annotation.id, "segments", why, segments=segments))
    return runs


# -- reading -----------------------------------------------------------------------------------------------------------


def read_spacy(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The documents of `.spacy` files, ours and others'. A file that is none is a problem.

    Of others: `doc.ents` and every span group, of any name. The layer of a span is that of its group's name, where the
    type system has it, else the only one that has its label; an id is an attribute: others may use one for many spans.
    Raises `MissingExtraError` without spaCy.
    """
    for name, file in reading.files(path, ".spacy"):
        try:
            packed = unpacked(file.read_bytes(), reading.limits)
        except TooLargeError as error:
            reading.problems.add(Problem(str(error), f"split the file; or {error.fix}", file=name))
            continue
        except ShapeError as error:
            reading.problems.add(Problem(str(error), "write the file again with spaCy", file=name))
            continue
        stem = id_of(name.removesuffix(".spacy"))
        for number in range(1, len(packed) + 1):
            try:
                doc = packed.doc(number - 1)
                yield _document(doc, stem if len(packed) == 1 else f"{stem}-{number:04}", types, name, reading)
            except ShapeError as error:
                what = f"document {number}: {error}"
                reading.problems.add(Problem(what, "write the document again with spaCy", file=name))


def _document(doc: PackedDoc, name: str, types: TypeSystem, file: str, reading: Reading) -> Document:
    for fault in doc.faults:
        what, fix = f"document {name}: {fault}", "correct the span, or take it out"
        reading.problems.add(Problem(what, fix, file=file))
    if not isinstance(doc.ours, dict):
        return Document(name, doc.text, _foreign(doc, types))
    about = Shape(doc.ours)
    annotations = _ours(doc, about.text("ents", OTHER))
    ids = {one.id for one in annotations}
    relations = [Relation(*one) for one in about.items("relations") if _is_relation(one)]
    return Document(
        about.text("id"),
        doc.text,
        annotations,
        tuple(one for one in relations if {one.first, one.second} <= ids),
        about.text("language", "und"),
        about.text("annotator", ""),
        about.flag("machine"),
        about.text("split", ""),
    )


def _is_relation(item: object) -> bool:
    return isinstance(item, list) and len(item) == 3 and all(isinstance(part, str) for part in item)


def _ours(doc: PackedDoc, first: str) -> tuple[Annotation, ...]:
    """Spans of one id are the segments of an annotation; what a tool added to groups or `doc.ents` has no id yet."""
    found: dict[str, Annotation] = {}
    added: list[Annotation] = []
    for layer, group in doc.groups.items():
        attributes = group.attrs.row("attributes")
        for span in group.spans:
            known = found.get(span.id)
            if known and (known.layer, known.label) == (layer, span.label):
                found[span.id] = _with_segment(known, doc.place(span))
                continue
            own = attributes.attributes(span.id) if span.id else {}
            if span.kb_id:
                own[group.attrs.text("kb_id", "kb_id")] = span.kb_id
            annotation = Annotation(span.id, layer, span.label, (doc.place(span),), own)
            if span.id and not known:
                found[span.id] = annotation
            else:
                added.append(annotation)
    shown = doc.groups.get(first, PackedGroup([], Shape({})))
    flat = set(entities(((one.start, one.end, one.label) for one in shown.spans), doc.blank))
    for span in doc.ents:
        if (span.start, span.end, span.label) not in flat:
            kb_id = {shown.attrs.text("kb_id", "kb_id"): span.kb_id} if span.kb_id else {}
            added.append(Annotation("", first, span.label, (doc.place(span),), kb_id))
    return (*found.values(), *_numbered(added, found))


def _with_segment(annotation: Annotation, segment: Span) -> Annotation:
    segments = (*annotation.segments, segment)
    return Annotation(annotation.id, annotation.layer, annotation.label, segments, annotation.attributes)


def _foreign(doc: PackedDoc, types: TypeSystem) -> tuple[Annotation, ...]:
    def layer(label: str, group: str) -> str:
        if types.layer(group):
            return group
        layers = types.layers_of(label)
        return layers[0] if len(layers) == 1 else group

    def annotation(span: PackedSpan, group: str) -> Annotation:
        named = {"kb_id": span.kb_id, "span_id": span.id}
        attributes: dict[str, AttributeValue] = {name: value for name, value in named.items() if value}
        return Annotation("", layer(span.label, group), span.label, (doc.place(span),), attributes)

    found = [annotation(span, name) for name, group in doc.groups.items() for span in group.spans]
    seen = {(one.layer, one.label, one.segments) for one in found}
    of_ents = [annotation(span, OTHER) for span in doc.ents]
    found += [one for one in of_ents if (one.layer, one.label, one.segments) not in seen]
    return tuple(_numbered(found, ()))


def _numbered(annotations: Iterable[Annotation], taken: Iterable[str]) -> Iterator[Annotation]:
    """With ids in the order of the text that nothing else has."""
    used, number = set(taken), 0
    for one in sorted(annotations, key=lambda one: (one.segments, one.layer, one.label)):
        number += 1
        while f"s{number:03}" in used:
            number += 1
        yield Annotation(f"s{number:03}", one.layer, one.label, one.segments, one.attributes)


def _recognises(folder: Path) -> bool:
    return folder.is_dir() and any(file.suffix == ".spacy" for file in folder.iterdir())


SPACY = Format("spacy", "spaCy DocBin", write_spacy, read_spacy, _recognises, extra="exchange")
