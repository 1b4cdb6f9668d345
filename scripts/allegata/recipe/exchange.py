"""The recipe of export: gold, a pass or a published version, out to the format of an annotation tool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.problems import UsageError

if TYPE_CHECKING:
    from allegata.exchange.losses import Loss
    from allegata.text.documents import Document


_ALIGNED = "token-classification"  # the format that is aligned to a tokenizer


@dataclass(frozen=True)
class Exported:
    """What an export wrote: how many documents and annotations, and what the format cannot hold."""

    documents: int
    annotations: int
    losses: tuple[Loss, ...]


def export(
    root: Path,
    name: str,
    folder: Path,
    *,
    of: str = "gold",
    layers: Sequence[str] = (),
    articles: Sequence[str] = (),
    tokenizer: str | None = None,
    replace_it: bool = False,
) -> Exported:
    """Write the annotations `of` the gold, of a pass or of a version, to `folder` in the format of that name.

    `layers` and `articles` choose some of them. Raises `UsageError` for a format, layer or article that there is not,
    and for a folder that is not empty, unless it is an export and `replace_it`; `ProblemsFound` for faults of the gold.
    """
    from allegata.exchange.folder import MARK, Export, Mark, States, mark_of
    from allegata.exchange.formats import format_named
    from allegata.exchange.losses import LOSSES
    from allegata.recipe.annotated import Sources, known_layers
    from allegata.recipe.exported import states_of
    from allegata.schema.files import whole_folder

    chosen = format_named(name)
    if tokenizer and name != _ALIGNED:
        raise UsageError(f"--tokenizer is for {_ALIGNED}: the format {name} has no use for it")
    gone: list[Loss] = []
    given = Sources(root).of_corpus(of, articles, gone)
    wanted = known_layers(layers, given.types)
    counts = [0, 0]
    states: dict[str, States] = {}

    def counted(documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            shown = document.only(lambda one: one.layer in wanted) if layers else document
            counts[0] += 1
            counts[1] += len(shown.annotations)
            states[shown.id] = states_of(document)
            yield shown

    def may_replace(old: Path) -> str | None:
        if not any(old.iterdir()):
            return None
        if not mark_of(old).format:
            return "is not empty and no export: name an empty or new folder"
        return (
            None if replace_it else "holds an export, perhaps with corrections: name another folder, or add --replace"
        )

    with whole_folder(folder, may_replace) as new:
        out = Export(new, tokenizer)
        chosen.write(counted(given.documents), given.types.only(wanted), out)
        losses = tuple(sorted((*gone, *out.losses)))
        if losses:
            out.write(LOSSES, "".join(f"{loss.row()}\n" for loss in losses))
        out.write(MARK, Mark(name, of, tuple(sorted(wanted)), tokenizer, states).text())
    return Exported(counts[0], counts[1], losses)
