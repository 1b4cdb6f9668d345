"""The files of tools as annotators to be compared: each who annotated in them, on the clean articles or other texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from allegata.schema.problems import UsageError

if TYPE_CHECKING:
    from allegata.annotate.agreement_report import Annotator
    from allegata.annotate.passes import Fields, Marked
    from allegata.exchange.folder import Mark, Reading
    from allegata.recipe.compare import CleanedTexts
    from allegata.text.documents import Document


@dataclass(frozen=True)
class _Files:
    """The files of one tool: what they are called, their documents, what an export says of itself, the fields."""

    name: str
    documents: Sequence[Document]
    mark: Mark
    fields: Fields


def read_tool_passes(
    corpus: CleanedTexts, folders: Mapping[str, str], *, several: bool
) -> tuple[list[Annotator], list[Marked], list[str]]:
    """Everyone who annotated in the files of tools, their articles, and what was met on the way, a sentence a kind.

    `folders` maps a name to a path, or `FORMAT:PATH`; where there are `several` to compare, an annotator has the name
    of the folder before its own. A document that has the id or the text of an article of the corpus is on its clean
    text. Attributes are compared that occur in the files; layers, those that an export says it shows, else those that
    occur in any of these files. Raises `ProblemsFound` with all that is wrong with the files, `UsageError` where they
    are in no known format.
    """
    from allegata.annotate.agreement_report import MODEL, UNKNOWN, Annotator
    from allegata.annotate.documents import type_system
    from allegata.annotate.passes import fields_of, marked
    from allegata.exchange.folder import Reading
    from allegata.recipe.annotated import tool_files
    from allegata.recipe.compare import kind_of
    from allegata.schema.problems import Problems

    types, problems = type_system(corpus.scheme, corpus.entities), Problems()
    notes: list[str] = []
    found: list[_Files] = []
    for name, given in folders.items():
        reading = Reading(limits=corpus.limits)
        tool = tool_files(given, types, reading)
        documents = list(_on_the_corpus(tool.documents, corpus, reading))
        problems.extend(reading.problems.found)
        if not documents and not len(reading.problems):
            raise UsageError(f"{given} holds no article")
        found.append(_Files(name, documents, tool.mark, fields_of(documents)))
        notes += [f"{name}: {notice}" for notice in reading.notices.sorted()]
    problems.raise_if_any()
    occurring = {layer for files in found if not files.mark.format for layer in _layers(files, corpus)}
    annotators: dict[str, Annotator] = {}
    items: list[Marked] = []
    for files in found:
        layers = _layers(files, corpus) if files.mark.format else occurring
        for document in files.documents:
            who = document.annotator or ("predictions" if document.machine else "")
            name = "/".join(part for part in (files.name if several else "", who) if part) or files.name
            kind = MODEL if document.machine else kind_of(corpus, document.annotator.split()) or UNKNOWN
            annotators.setdefault(name, Annotator(name, kind, "", files.name))
            items.append(marked(document, name, corpus.scheme, files.fields, sorted(layers)))
    return [annotators[name] for name in sorted(annotators)], items, notes


def _on_the_corpus(documents: Iterable[Document], corpus: CleanedTexts, reading: Reading) -> Iterator[Document]:
    """The documents, those of articles of the corpus on their clean texts; what is not found there is counted."""
    from allegata.text.document_anchors import reanchored

    of_text = {one.text: article_id for article_id, one in corpus.sentences.items()}
    for document in documents:
        article = corpus.sentences.get(document.id)
        if article is None:
            yield replace(document, id=of_text.get(document.text, document.id))
            continue
        there, _, lost = reanchored(document, article.text) if document.text != article.text else (document, 0, ())
        if lost and not there.annotations:  # another text by chance under the same id
            yield document
            continue
        for _ in lost:
            reading.notices.add("annotation whose words are not found in the article, skipped", document.id)
        yield there


def _layers(files: _Files, corpus: CleanedTexts) -> set[str]:
    """The layers of the figures that there are annotations of, and those that an export says it shows."""
    from allegata.annotate.passes import LAYER_OF, measured_layer

    layers = {LAYER_OF[name] for name in files.mark.layers or () if name in LAYER_OF}
    every = (one for document in files.documents for one in document.annotations)
    return layers | {measured_layer(one, corpus.scheme, files.fields)[0] for one in every}
