"""The recipe of the pages: a published version as a folder that a browser opens, without a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allegata.schema.version_files import VersionFiles


@dataclass(frozen=True)
class Browsed:
    """What was written: the first page, how many files, and their bytes; and which stories the settings give a title to
    that are not in the version."""

    index: Path
    files: int
    bytes: int
    strange_titles: tuple[str, ...] = ()


def browse(corpus: Path, version: str | None, output: Path, *, raw: bool = False) -> Browsed:
    """Write the pages of a version of the folder `corpus` (the latest, or `corpus` itself) into `output`.

    Stories are called as the settings of the corpus say that published the version, if it stands in one. With `raw`,
    removed copies are shown as raw/ of that corpus has them, if they were published so. The pages are written aside
    and then take the place of what an earlier run wrote; a folder that holds anything else is refused. Raises
    `UsageError` for that, where there is no such version, and, with `raw`, where the version stands in no corpus.
    """
    from allegata.browse.site import pages
    from allegata.browse.version import Version, whole_tables
    from allegata.recipe.overview import beside
    from allegata.recipe.pages_folder import write_pages
    from allegata.recipe.removed_texts import removed_texts
    from allegata.schema.problems import UsageError
    from allegata.schema.published import PublishedTables, read_splits
    from allegata.schema.published_scheme import published_scheme
    from allegata.schema.settings import Settings, publishing_root, read_settings
    from allegata.schema.version_files import VersionFiles
    from allegata.schema.versions import version_folder

    folder = version_folder(corpus, version)
    files = VersionFiles(folder)
    files.prove(name for _, name in files.tables())
    tables = PublishedTables(files).whole()
    scheme = published_scheme(files)
    ledger = tables.get("ledger")
    root = publishing_root(folder)
    if raw and root is None:
        raise UsageError(f"{folder} is no version in corpus/ of a corpus, which alone has its raw/: leave out --raw")
    titles, splits = (read_settings(root) if root else Settings()).story_titles, read_splits(files)
    found = Version(folder.name, _title(files), whole_tables(tables, scheme), splits, scheme, ledger, titles)
    texts_of = removed_texts(root, files.manifest.inputs.values()) if raw and root else None
    written, size = write_pages(output, "browse", pages(found, beside(corpus, folder), texts_of))
    return Browsed(output / "index.html", written, size, tuple(sorted(titles.keys() - found.stories.keys())))


def _title(files: VersionFiles) -> str:
    """What the corpus of a version is called, as its Croissant states it; without one, the name of the folder."""
    from allegata.schema.json_lines import json_object

    name = files.folder.resolve().name
    if not files.has("croissant.json"):
        return name
    try:
        stated = json_object(files.read("croissant.json"), strict=False)
    except ValueError:
        return name
    return str(stated.get("alternateName") or stated.get("name") or name)
