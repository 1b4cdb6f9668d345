"""CAS as XMI, and its type system, as UIMA writes them (UIMA References, chapters "XMI CAS Serialization Reference" and
"Component Descriptor Reference")."""

from __future__ import annotations

from allegata.exchange.cas import names
from allegata.exchange.cas.structures import VIEW, Cas, References, Structure, UimaType, UimaTypes, Value, whole_number
from allegata.exchange.cas.xml_elements import Element, parse_xml
from allegata.exchange.folder import Reading
from allegata.schema.problems import Problem

_XMI = "http://www.omg.org/XMI"
# Without a type system nothing says which numbers are ids; of these features it is known.
_REFERENCES = frozenset({names.SOURCE, names.TARGET, names.PARTS, "target", "first", "next"})
_WHOLE = frozenset({"begin", "end", "sofa"})


def read_types(data: bytes, name: str, reading: Reading) -> UimaTypes:
    """The types of a type system description; what is wrong with it is a problem."""
    root, problem = parse_xml(data, name, reading.limits)
    if problem:
        reading.problems.add(problem)
    found: dict[str, UimaType] = {}
    types = root.child("types") if root else None
    for one in types.children if types else ():
        features = one.child("features")
        ranges = {}
        for feature in features.children if features else ():
            element = feature.text_of("elementType")
            its_range = feature.text_of("rangeTypeName")
            ranges[feature.text_of("name")] = f"{element}[]" if element and its_range == names.ARRAY else its_range
        found[one.text_of("name")] = UimaType(one.text_of("supertypeName"), ranges)
    return UimaTypes(found)


def read_cas(data: bytes, name: str, types: UimaTypes, reading: Reading) -> Cas | None:
    """The CAS of an XMI file; None where it is none. An element that cannot be read is a problem, and skipped."""
    root, problem = parse_xml(data, name, reading.limits)
    if root and root.tag != f"{_XMI} XMI":
        problem = Problem("is no XMI", "export it as UIMA CAS XMI", file=name, line=root.line)
    if problem or not root:
        reading.problems.add(problem or Problem("is empty", "export it again", file=name))
        return None
    structures: dict[int, Structure] = {}
    members: dict[int, tuple[int, ...]] = {}
    for element in root.children:
        namespace, _, short = element.tag.rpartition(" ")
        package = namespace.removeprefix("http:///").removesuffix(".ecore").replace("/", ".")
        type_name = short if package in ("", "uima.noNamespace") else f"{package}.{short}"
        if type_name == VIEW:
            sofa = whole_number(element.attributes.get("sofa"))
            if sofa is not None:
                members[sofa] = (*members.get(sofa, ()), *_ids(element.attributes.get("members", "")))
        elif type_name != "uima.cas.NULL":
            its_id = whole_number(element.attributes.get(f"{_XMI} id"))
            if its_id is None or its_id in structures:
                what = f"{short} has the xmi:id of another element" if its_id else f"{short} has no xmi:id"
                reading.problems.add(Problem(what, "export the file again", file=name, line=element.line))
            else:
                structures[its_id] = Structure(its_id, type_name, _features(element, type_name, types), element.line)
    return Cas(structures, members, types)


def _ids(text: str) -> tuple[int, ...]:
    return tuple(number for number in map(whole_number, text.split()) if number is not None)


def _features(element: Element, type_name: str, types: UimaTypes) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, text in element.attributes.items():
        if " " not in name:
            found[name] = _value(name, text, type_name, types)
    several: dict[str, list[str]] = {}
    for child in element.children:  # an array of strings has an element for each
        several.setdefault(child.name, []).append(child.text)
    return found | {name: tuple(texts) for name, texts in several.items()}


def _value(name: str, text: str, type_name: str, types: UimaTypes) -> Value:
    if type_name.startswith("uima.cas.") and name in ("elements", "head", "tail"):
        points = name == "tail" or "FS" in type_name
        return References(_ids(text)) if points else tuple(text.split())
    its_range = types.range(type_name, name)
    if its_range is None:
        if name in _WHOLE:
            number = whole_number(text)
            return text if number is None else number
        return References(_ids(text)) if name in _REFERENCES else text
    if types.is_primitive(its_range):
        return _primitive(text, its_range)
    if its_range.startswith("uima.cas.") and its_range.endswith(("Array", "List")) and "FS" not in its_range:
        # In place, or the id of an array that several may share; of strings only the empty one is in place here.
        return References(_ids(text)) if its_range == names.STRINGS and text else tuple(text.split())
    return References(_ids(text))


def _primitive(text: str, its_range: str) -> Value:
    if its_range == names.BOOLEAN:
        return text in ("true", "1")
    if its_range in ("uima.cas.Integer", "uima.cas.Long", "uima.cas.Short", "uima.cas.Byte"):
        number = whole_number(text)
        return text if number is None else number
    return text
