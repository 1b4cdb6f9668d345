"""What each format holds, measured: a document with one thing goes through the format, and what of it is lost is seen.

`python tests/exchange_matrix.py` writes the table into docs/exchange.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from allegata.exchange.format import Format
from allegata.exchange.formats import FORMATS
from allegata.text.documents import Annotation, Document, Relation
from allegata.text.spans import Span
from documents import TYPES, round_trip, shown

DOCS = Path(__file__).parent.parent / "docs" / "exchange.md"
_TEXT = "Ada Example said that Acme knew. Acme denied it."
_BEGIN, _END = "<!-- matrix -->\n", "<!-- end of matrix -->"


def _spans(*places: tuple[int, int] | list[tuple[int, int]], label: str = "ORG", layer: str = "mention") -> Document:
    found = [
        Annotation(
            f"{layer[0]}{at:03}",
            layer,
            label,
            tuple(Span(*one) for one in ([place] if isinstance(place, tuple) else place)),
        )
        for at, place in enumerate(places, 1)
    ]
    return Document("a", _TEXT, tuple(found), language="en")


def _claim(**attributes: object) -> Document:
    claim = Annotation("c001", "claim", "claim", (Span(22, 31),), attributes)  # type: ignore[arg-type]
    return Document("a", _TEXT, (claim,), language="en")


def probes() -> Iterator[tuple[str, Document]]:
    """Each thing that gold may have, and a document with it."""
    yield "span with a label", _spans((22, 26))
    yield "nested spans", _spans((0, 31), (22, 26))
    yield "overlapping spans", _spans((0, 11), (4, 16))
    yield (
        "equal spans, two labels",
        Document("a", _TEXT, (*_spans((0, 3)).annotations, *_spans((0, 3), label="claim", layer="claim").annotations)),
    )
    yield "discontinuous span", _spans([(0, 3), (12, 16)])
    yield "segments without a gap", _spans([(0, 3), (3, 11)])
    yield "span inside a word", _spans((1, 3))
    yield (
        "span over a line break",
        Document("a", "Ada\nExample", (Annotation("m001", "mention", "PERSON", (Span(0, 11),)),)),
    )
    yield (
        "CRLF, tabs, control characters",
        Document("a", "Ada\r\n\tAcme\x0b.", (Annotation("m001", "mention", "ORG", (Span(6, 10),)),)),
    )
    yield (
        "characters beyond the first plane",
        Document("a", "😀 Ada 𝔘.", (Annotation("m001", "mention", "ORG", (Span(2, 5),)),)),
    )
    yield (
        "layers that share a label",
        Document(
            "a",
            _TEXT,
            (Annotation("m001", "mention", "time", (Span(0, 3),)), Annotation("t001", "time", "time", (Span(22, 26),))),
        ),
    )
    yield "attribute of a closed set", _claim(factuality="CT+")
    yield "number", _claim(check_worthiness=2)
    yield "true or false", _claim(is_quoted=True)
    yield "free text", _claim(decontextualised='Acme "knew": \t<it>.\nYes')
    yield "list of texts", _claim(claimer_chain=("author", "ada"))
    yield (
        "entity of the register",
        Document("a", _TEXT, (Annotation("m001", "mention", "ORG", (Span(22, 26),), {"entity_id": "acme"}),)),
    )
    two = _claim().annotations[0], Annotation("c002", "claim", "claim", (Span(33, 47),))
    yield "relation", Document("a", _TEXT, two, (Relation("parent", "c001", "c002"),))
    yield "id of an annotation", Document("a", _TEXT, (Annotation("a record-7", "mention", "ORG", (Span(22, 26),)),))


# What a format loses of a document if it does not hold the thing; of spans it is these.
_OF_SPANS = frozenset({"annotation", "segments", "label", "text"})
_ATTRIBUTE = _OF_SPANS | {"attribute"}
_LOST = {
    "layers that share a label": _OF_SPANS | {"layer"},
    "attribute of a closed set": _ATTRIBUTE,
    "number": _ATTRIBUTE,
    "true or false": _ATTRIBUTE,
    "free text": _ATTRIBUTE,
    "list of texts": _ATTRIBUTE,
    "entity of the register": _ATTRIBUTE,
    "relation": _OF_SPANS | {"relation"},
    "id of an annotation": _OF_SPANS | {"id"},
}


def holds(format: Format, thing: str, document: Document) -> bool:
    """Whether the document comes back, and nothing of the thing is among the losses."""
    found, losses, _ = round_trip(format, [document], TYPES, TOKENIZER)
    assert found == shown([document], losses), (format.name, thing)
    return not any(loss.lost in _LOST.get(thing, _OF_SPANS) for loss in losses)


TOKENIZER: str | None = None


def table() -> str:
    """The matrix in Markdown: a row a thing, a column a format."""
    names = list(FORMATS)
    lines = ["| | " + " | ".join(f"`{name}`" for name in names) + " |", "|---" * (len(names) + 1) + "|"]
    for thing, document in probes():
        cells = ["yes" if holds(FORMATS[name], thing, document) else "–" for name in names]
        lines.append(f"| {thing} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def with_table(text: str) -> str:
    """The documentation with the matrix of today."""
    return re.sub(f"(?s){_BEGIN}.*{_END}", lambda _: f"{_BEGIN}{table()}{_END}", text)


if __name__ == "__main__":
    DOCS.write_text(with_table(DOCS.read_text("utf-8")), "utf-8")
