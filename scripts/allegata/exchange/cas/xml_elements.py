"""XML from outside, as elements: no document type is read, so that no entity is expanded and no file fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem

_DEEPEST = 8  # levels: a type system has six, a CAS three


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
    def __init__(self, what: str, fix: str = "export the file again") -> None:
        super().__init__(what)
        self.fix = fix


def parse_xml(data: bytes, name: str, limits: Limits = DEFAULTS) -> tuple[Element | None, Problem | None]:
    """The root of a document, or why it is not read; `name` is that of the file in the report."""
    parser = expat.ParserCreate(namespace_separator=" ")
    top = Element("", {}, 0)
    open_ones, texts, count = [top], [[""]], [0]

    def start(tag: str, attributes: dict[str, str]) -> None:
        count[0] += 1
        if len(open_ones) > _DEEPEST:
            raise _RefusedError(f"is nested too deeply: more than {_DEEPEST} levels")
        if count[0] > limits.cas_elements:
            what, fix = limits.excess("cas-elements")
            raise _RefusedError(what, f"split the document; or {fix}")
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
        return None, Problem(str(error), error.fix, file=name, line=parser.CurrentLineNumber)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: encodings that it does not know
        what = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        fix = "export the file again, as XML 1.0"
        return None, Problem(f"is no XML 1.0: {what}", fix, file=name, line=parser.CurrentLineNumber or None)
    return top.children[0], None
