"""Documents as a format shows them: what is compared with the files of a tool, so that no loss is a difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from allegata.engine.scratch import Scratch
from allegata.exchange.folder import Export
from allegata.exchange.format import Format
from allegata.exchange.losses import Loss, without
from allegata.text.documents import Document, TypeSystem


def as_shown(
    documents: Sequence[Document], format: Format, types: TypeSystem, tokenizer: str | None = None
) -> tuple[list[Document], list[Loss]]:
    """The documents as the format shows them, under their own ids, and what they lose by it."""
    with Scratch() as place:
        out = Export(place / "export", tokenizer)
        out.folder.mkdir()
        format.write(iter(documents), types, out)
    return after_losses(documents, out.losses), out.losses


def after_losses(documents: Iterable[Document], losses: Iterable[Loss]) -> list[Document]:
    """Every document without what it lost, its ids kept."""
    of: dict[str, list[Loss]] = defaultdict(list)
    for loss in losses:
        if loss.lost != "id":
            of[loss.document].append(loss)
    return [without(document, of[document.id]) if document.id in of else document for document in documents]
