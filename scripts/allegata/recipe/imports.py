"""The recipe of import: the files of a tool, or a public data set, into our tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem, ProblemsFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from allegata.exchange.folder import Reading
    from allegata.schema.imported import Imported
    from allegata.text.documents import Document


def read_foreign(
    source: str, path: Path, *, skip_bad: bool = False, limits: Limits = DEFAULTS
) -> tuple[Imported, tuple[Problem, ...]]:
    """The tables of a data set or of the files of a tool, and with `skip_bad` the problems of what was skipped.

    Raises `UsageError` for a source that there is not, or a path without its files, `ProblemsFound` for faults.
    """
    from allegata.exchange.checkthat2019 import read_checkthat2019
    from allegata.exchange.claimbuster import read_claimbuster
    from allegata.exchange.folder import Reading
    from allegata.exchange.formats import FORMATS
    from allegata.exchange.polnear import read_polnear
    from allegata.exchange.tables import tables_of_documents
    from allegata.text.documents import TypeSystem

    data_sets = {
        "checkthat2019": read_checkthat2019,
        "claimbuster": read_claimbuster,
        "polnear": read_polnear,
    }
    if source in data_sets:
        return data_sets[source](path), ()
    if source not in FORMATS:
        raise UsageError(f"there is no importer {source!r}; one of: {', '.join((*data_sets, *FORMATS))}")
    if not path.exists():
        raise UsageError(f"there is no {path}: name the folder or file of the tool")
    reading = Reading(limits=limits)
    documents = list(_on_one_text(FORMATS[source].read(path, TypeSystem(), reading), reading))
    found = reading.problems.found
    if found and not skip_bad:
        raise ProblemsFound(found)
    if not documents:
        raise UsageError(f"{path} holds no document in the format {source}: name the folder or file of the tool")
    return tables_of_documents(documents, reading.notices), found


def _on_one_text(documents: Iterable[Document], reading: Reading) -> Iterator[Document]:
    """The documents, those of one id on the text of the first; one by the same annotator again is a problem."""
    from allegata.text.document_anchors import reanchored

    texts: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for document in documents:
        if (who := (document.id, document.annotator)) in seen:
            what = "is in the files again" + (f", by {document.annotator!r}" if document.annotator else "")
            fix = "keep one of them and take the others away"
            reading.problems.add(Problem(what, fix, article_id=document.id))
            continue
        seen.add(who)
        text = texts.setdefault(document.id, document.text)
        if text != document.text:
            theirs = document.text
            document, _, lost = reanchored(document, text)
            reading.notices.add(
                "article whose annotators had different texts; spans are those of the first", document.id
            )
            for one, why in lost:
                what = f"{one.layer} {one.quote(theirs)[:60]!r}: the text of another annotator is taken, and {why}"
                fix = "give all annotators one text"
                reading.problems.add(Problem(what, fix, article_id=document.id, span=one.hull))
        yield document
