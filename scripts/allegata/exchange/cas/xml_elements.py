"""XML from outside, as elements: no document type is read, so that no entity is expanded and no file fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from allegata.schema.problems import Problem

DEEP, MANY = 8, 500_000  # a type system has six levels, a CAS three; a book of 100,000 words has some 300,000 elements


@dataclass(slots=True)
class Element:
    """An element: `{namespace} name` as `namespace name`, its attributes likewise, the text before its children."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    @property
    def name(self) -> str:
        """Its name without the namespace."""
        return self.tag.rpartition(" ")[2]

    def child(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((one for one in self.children if one.name == name), None)

    def text_of(self, name: str) -> str:
        """The text of the first child of that name, without blanks around it; "" where there is none."""
        found = self.child(name)
        return found.text.strip() if found else ""


class _RefusedError(Exception):
    pass


def parse_xml(data: bytes, name: str) -> tuple[Element | None, Problem | None]:
    """The root of a document, or why it is not read; `name` is that of the file in the report."""
    parser = expat.ParserCreate(namespace_separator=" ")
    top = Element("", {}, 0)
    open_ones, texts, count = [top], [[""]], [0]

    def start(tag: str, attributes: dict[str, str]) -> None:
        count[0] += 1
        if len(open_ones) > DEEP or count[0] > MANY:
            raise _RefusedError("is nested too deeply" if len(open_ones) > DEEP else f"has over {MANY} elements")
        element = Element(tag, attributes, parser.CurrentLineNumber)
        open_ones[-1].children.append(element)
        open_ones.append(element)
        texts.append([])

    def end(tag: str) -> None:
        open_ones.pop().text = "".join(texts.pop())

    def doctype(*_: object) -> None:
        raise _RefusedError("has a document type, which a CAS has not")

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: texts[-1].append(text)
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except _RefusedError as error:
        return None, Problem(str(error), "export the file again", file=name, line=parser.CurrentLineNumber)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: encodings that it does not know
        what = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        fix = "export the file again, as XML 1.0"
        return None, Problem(f"is no XML 1.0: {what}", fix, file=name, line=parser.CurrentLineNumber or None)
    return top.children[0], None
