"""brat standoff: a text and an `.ann` file a document, with the configuration that makes the folder open in brat.

Spans are `T` lines, relations `R`, attributes with a closed set of values `A`, links to the register of entities `N`.
Open attributes are in the note that brat edits; what brat has no place for is in a note of its own, so nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from allegata.exchange.brat.config import Seen, write_configuration
from allegata.exchange.brat.files import JOINED
from allegata.exchange.brat.names import RESOURCE, Names, safe_name
from allegata.exchange.brat.notes import Carried
from allegata.exchange.brat.read import read_brat
from allegata.exchange.brat.records import CARRIER
from allegata.exchange.brat.spans import LINK, lines_of_annotation
from allegata.exchange.folder import Export, stem_of
from allegata.exchange.format import Format
from allegata.exchange.losses import Loss
from allegata.text.documents import Annotation, Document, TypeSystem

_OWN_ID = re.compile(r"T[1-9][0-9]*")


def write_brat(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`ID.txt`, as it is, and `ID.ann` for each document, and brat's configuration."""
    names, seen = Names(types), Seen()
    for document in documents:
        stem = stem_of(document.id)
        out.write(f"{stem}.txt", document.text)
        out.write(f"{stem}{JOINED}", "".join(f"{line}\n" for line in _lines(document, names, seen, out)))
    write_configuration(names, seen, out)


def _lines(document: Document, names: Names, seen: Seen, out: Export) -> Iterator[str]:
    annotations = document.ordered.annotations
    ids = _brat_ids(annotations)
    counts = dict.fromkeys("ANR#", 0)

    def numbered(kind: str) -> str:
        counts[kind] += 1
        return f"{kind}{counts[kind]}"

    for one in annotations:
        brat_id = ids[one.id]
        lines, rest = lines_of_annotation(one, brat_id, document.text, names)
        seen.note(lines)
        offsets = ";".join(f"{start} {end}" for start, end in lines.fragments)
        quote = " ".join(fragment.quote(document.text) for fragment in lines.fragments)
        yield f"{brat_id}\t{lines.name} {offsets}\t{quote}"
        for mark in lines.marks:
            value = "" if mark.value is None else f" {mark.value}"
            yield f"{numbered('A')}\t{mark.name} {brat_id}{value}"
        for link in lines.references:
            name = names.types.entities.get(link.entry, link.entry) if link.resource == RESOURCE else link.entry
            shown = " ".join(name.split())
            yield f"{numbered('N')}\t{LINK} {brat_id} {link.resource}:{link.entry}\t{shown}"
        for note in lines.notes:
            yield f"{numbered('#')}\t{note.kind} {brat_id}\t{note.text}"
        if rest:
            yield f"{numbered('#')}\t{CARRIER} {brat_id}\t{rest.text()}"
    for relation in sorted(set(document.relations)):
        label, first, second = relation
        if not {first, second} <= ids.keys():
            why = "an annotation that it is of is not in the document"
            out.lose(Loss(document.id, first, "relation", why, name=label, target=second))
            continue
        name = names.relations.get(label) or safe_name(label)
        seen.relations.add(name)
        yield f"{numbered('R')}\t{name} Arg1:{ids[first]} Arg2:{ids[second]}"
        if names.relation_of(name) != label:
            yield f"{numbered('#')}\t{CARRIER} R{counts['R']}\t{Carried(name=name, label=('', label)).text()}"


def _brat_ids(annotations: Sequence[Annotation]) -> dict[str, str]:
    """The ids in brat: those that are of its form stay."""
    own = {one.id for one in annotations if _OWN_ID.fullmatch(one.id)}
    free = (f"T{number}" for number in range(1, 2 * len(annotations) + 1) if f"T{number}" not in own)
    return {one.id: one.id if one.id in own else next(free) for one in annotations}


def _recognises(path: Path) -> bool:
    return any(path.rglob(f"*{JOINED}")) if path.is_dir() else path.suffix == JOINED


BRAT = Format("brat", "brat standoff", write_brat, read_brat, _recognises)
