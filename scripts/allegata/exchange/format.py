"""What a format is: a writer, a reader, and how its files are recognised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from allegata.exchange.folder import Export, Reading
from allegata.text.documents import Document, TypeSystem


@dataclass(frozen=True)
class Format:
    """One format.

    `write` puts documents into an export, one at a time, and notes there what it cannot hold: what `read` gives of the
    written files is `without` these losses what went in. `read` yields the documents of a folder or file in the order
    of their file names; what cannot be read is a problem, and skipped. `recognises` looks at names of files and at
    their first lines, and raises nothing. `extra` is the extra of the package that the format needs, if any.
    """

    name: str
    title: str
    write: Callable[[Iterable[Document], TypeSystem, Export], None]
    read: Callable[[Path, TypeSystem, Reading], Iterator[Document]]
    recognises: Callable[[Path], bool]
    extra: str = ""
