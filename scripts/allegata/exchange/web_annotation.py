"""W3C Web Annotation: `ID.txt`, the text, and `ID.jsonld`, an `AnnotationPage` in JSON-LD.

An annotation of the page is a span: a target for each segment, by position and by quote, and a body for the label
(`classifying`), the layer (`tagging`) and each attribute (`identifying` an entity, else `describing`). The name of an
attribute is the one term that the W3C's context does not have; the page declares it. A relation is an annotation
of an annotation, whose body is another one (`linking`). Offsets are code points: "in terms of unicode code points (the
'character number'), not in terms of code units" (Web Annotation Data Model, section 4.2.4, for both text selectors).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from allegata.exchange.folder import Export, stem_of
from allegata.exchange.format import Format
from allegata.exchange.web_annotation_bodies import ATTRIBUTE, LAYER
from allegata.exchange.web_annotation_read import ENDINGS, read_web_annotations
from allegata.exchange.web_annotation_texts import ANNOTATIONS, TEXT
from allegata.text.anchors import make_anchor
from allegata.text.documents import Annotation, AttributeValue, Document, TypeSystem
from allegata.text.spans import Span

CONTEXT = "http://www.w3.org/ns/anno.jsonld"


def write_web_annotations(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """The two files of every document."""
    for document in documents:
        out.write(f"{stem_of(document.id)}.txt", document.text)
        page = ANNOTATIONS + quote(document.id, safe="")
        items = [
            *(_annotation(one, document, page, types) for one in document.annotations),
            *_relations(document, page),
        ]
        head = {
            "@context": [CONTEXT, {ATTRIBUTE: f"urn:allegata:{ATTRIBUTE}"}],
            "id": page,
            "type": "AnnotationPage",
            "partOf": {
                "id": f"{page}#/",
                "type": "AnnotationCollection",
                "label": document.id,
                "total": len(items),
            },
            "startIndex": 0,
        }
        rows = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
        text = json.dumps(head, ensure_ascii=False)
        out.write(f"{stem_of(document.id)}.jsonld", f'{text[:-1]}, "items": [\n{rows}\n]}}\n')


def _iri(page: str, annotation: str) -> str:
    return f"{page}#{quote(annotation, safe='')}"


def _annotation(one: Annotation, document: Document, page: str, types: TypeSystem) -> dict[str, Any]:
    bodies = [_body("classifying", one.label), {**_body("tagging", one.layer), ATTRIBUTE: LAYER}]
    for name, value in one.attributes.items():
        purpose = "identifying" if types.attribute(one.layer, name).kind == "reference" else "describing"
        bodies.append({**_body(purpose, value), ATTRIBUTE: name})
    targets = [_target(segment, document) for segment in one.segments]
    return {
        "id": _iri(page, one.id),
        "type": "Annotation",
        "motivation": "classifying",
        **_creator(document),
        "body": bodies,
        "target": targets[0] if len(targets) == 1 else targets,
    }


def _body(purpose: str, value: AttributeValue) -> dict[str, Any]:
    is_text = isinstance(value, str)
    return {
        "type": "TextualBody",
        "purpose": purpose,
        "format": "text/plain" if is_text else "application/json",
        "value": value if is_text else json.dumps(value, ensure_ascii=False),
    }


def _target(segment: Span, document: Document) -> dict[str, Any]:
    anchor = make_anchor(segment, document.text)
    source = {"id": TEXT + quote(document.id, safe=""), "type": "Text", "format": "text/plain"}
    return {
        "source": source | ({} if document.language == "und" else {"language": document.language}),
        "selector": [
            {"type": "TextPositionSelector", "start": anchor.start, "end": anchor.end},
            {
                "type": "TextQuoteSelector",
                "exact": anchor.exact,
                "prefix": anchor.prefix,
                "suffix": anchor.suffix,
            },
        ],
    }


def _creator(document: Document) -> dict[str, Any]:
    kind = {"type": "Software" if document.machine else "Person"}
    name = {"name": document.annotator} if document.annotator else {}
    return {"creator": kind | name} if name or document.machine else {}


def _relations(document: Document, page: str) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(document.relations, 1):
        yield {
            "id": f"{page}#/{number}",  # no other has a "/": those of spans are percent-encoded
            "type": "Annotation",
            "motivation": "linking",
            **_creator(document),
            "body": [
                _body("classifying", one.label),
                {"type": "SpecificResource", "purpose": "linking", "source": _iri(page, one.second)},
            ],
            "target": _iri(page, one.first),
        }


def _recognises(folder: Path) -> bool:
    files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    for one in [one for one in files if one.suffix in ENDINGS and one.is_file()][:20]:
        try:
            with one.open("rb") as file:
                if CONTEXT.encode() in file.read(2**16):
                    return True
        except OSError:
            continue
    return False


WEB_ANNOTATION = Format(
    "web-annotation", "W3C Web Annotation", write_web_annotations, read_web_annotations, _recognises
)
