"""The texts that Web Annotations are of: files beside them. Nothing is fetched, and nothing outside is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from allegata.exchange.fields import ShapeError
from allegata.exchange.folder import id_of, stem_of
from allegata.exchange.utf16 import Utf16
from allegata.exchange.web_annotation_bodies import iri_of
from allegata.schema.file_kinds import utf8_text
from allegata.schema.problems import Problem

TEXT, ANNOTATIONS = "urn:allegata:text:", "urn:allegata:annotations:"
_KINDS = (".txt", ".html", ".htm", ".xhtml", ".xml", ".md", ".pdf")


@dataclass(frozen=True)
class Source:
    """A text, the id of its document, and its language."""

    id: str
    text: str
    language: str = "und"

    @cached_property
    def units(self) -> Utf16:
        """Its UTF-16 units."""
        return Utf16(self.text)


def annotation_id(iri: str) -> str:
    """The id of the annotation of that IRI: of ours what we made it of, of others all of it."""
    page, _, fragment = iri.partition("#")
    return unquote(fragment) if page.startswith(ANNOTATIONS) else iri.removeprefix("#")


class Texts:
    """The texts in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: dict[tuple[str, Path], Source] = {}  # of one page: the sources of a page are few

    def of(self, target: Any, page: Path) -> Source:
        """The text that a target is in. Raises `ShapeError` where it is not here, or is not text."""
        iri = iri_of(target)
        key = (iri, page)
        if key not in self._last:
            if len(self._last) > 100:
                self._last.clear()
            self._last[key] = self._found(target, iri, page)
        return self._last[key]

    def _found(self, target: Any, iri: str, page: Path) -> Source:
        source = target.get("source")
        language = source.get("language") if isinstance(source, dict) else None
        for document_id, name in _names(iri, page):
            for folder in (page.parent, self.folder):
                if (folder / name).is_file():
                    return Source(document_id, _text(folder / name), language if isinstance(language, str) else "und")
        raise ShapeError(f"the text of {iri or 'its source'} is not here: add it as a .txt file of that name")

    def beside(self, page: Path) -> Source:
        """The text named as a page. Raises `ShapeError` where there is none."""
        return Source(id_of(page.stem), _text(page.with_suffix(".txt")))


def _names(iri: str, page: Path) -> Iterator[tuple[str, str]]:
    """The ids and names of files that a source may have."""
    if iri.startswith(TEXT):
        its_id = unquote(iri.removeprefix(TEXT))
        yield its_id, f"{stem_of(its_id)}.txt"
        return
    name = unquote(urlsplit(iri).path).rstrip("/").rpartition("/")[2].rpartition("\\")[2]
    stem = next((name.removesuffix(kind) for kind in _KINDS if name.lower().endswith(kind)), name)
    if stem and "\0" not in stem:
        yield stem, f"{stem}.txt"
        yield stem, f"{name}.txt"
    yield id_of(page.stem), f"{page.stem}.txt"


def _text(file: Path) -> str:
    try:
        text = utf8_text(file.read_bytes(), file.name)
    except OSError as error:
        raise ShapeError(f"{file.name} cannot be read: {error.strerror}") from None
    if isinstance(text, Problem):
        raise ShapeError(text.statement())
    return text
