"""The card on disk: first its pages, then the two files that link to them; pages of an earlier card are deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from allegata.publish.card.pages import CARD, FOLDER, generated_pages
from allegata.publish.configs import FORMER_CONFIGS, README
from allegata.publish.release import delete_file
from allegata.schema.files import replace_file, sync_folder, unreadable
from allegata.schema.problems import Problem


def replace_card(root: Path, card: Mapping[str, bytes]) -> None:
    """Write what `render_card` made, by path relative to `root`; a run that is killed leaves no link to nothing."""
    corpus = root / "corpus"
    pages = {root / name: data for name, data in card.items() if name.startswith(f"corpus/{FOLDER}/")}
    replace_pages(corpus, pages)
    replace_file(corpus / README, card[f"corpus/{README}"])
    delete_file(corpus / FORMER_CONFIGS)  # `datasets` reads it before README.md
    replace_file(root / CARD, card[CARD])
    for path in generated_pages(corpus):
        if path not in pages:
            delete_file(path)


def replace_pages(corpus: Path, pages: Mapping[Path, bytes]) -> None:
    """Write pages into the folder of pages, which is made where it is missing."""
    if pages and not (corpus / FOLDER).is_dir():
        (corpus / FOLDER).mkdir()
        sync_folder(corpus)
    for path, data in pages.items():
        replace_file(path, data)


def unusable_places(root: Path) -> Iterator[Problem]:
    """A problem for each file or folder in a place of the card that cannot be replaced."""
    folder = root / "corpus" / FOLDER
    names = [f"corpus/{README}", CARD, *(f"corpus/{FOLDER}/{path.name}" for path in sorted(folder.glob("[!.]*.md")))]
    yield from (problem for name in names if (problem := unreadable(root / name, name)))
    if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
        yield Problem("is not a folder, and pages of the card go there", "rename or delete it", file=f"corpus/{FOLDER}")
