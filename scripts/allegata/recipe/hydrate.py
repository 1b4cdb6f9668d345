"""The recipe that restores a version from its text-free edition and a user's own copies of the articles."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem, ProblemsFound, UsageError

if TYPE_CHECKING:
    from allegata.ingest.offered import Offered
    from allegata.publish.text_free.restore import Restored
    from allegata.publish.text_free.wanted import Found, Wanted
    from allegata.schema.version_tables import VersionTables

_AGAIN = "get the edition again from whoever published it"
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Hydrated:
    """What was restored, from which copies; `unused` counts texts of no article, `unread` files that are not text."""

    path: Path
    restored: Restored
    found: Found
    unused: int
    unread: tuple[Problem, ...]


def hydrate(
    edition: Path,
    copies: Iterable[str | Path],
    into: Path,
    *,
    text_column: str = "text",
    limits: Limits = DEFAULTS,
) -> Hydrated:
    """Restore the version that `edition` is the text-free edition of, into the new or empty folder `into`.

    `copies` are files, folders and globs in any order and under any names: pages, plain texts, web archives, JSON Lines
    with their text in `text_column`. Where every article has a copy with the same source text the version is there as
    it was published; else its spans are found again in the copies, and every one that has moved, changed or is lost
    is a line of `drifted.jsonl`. Raises `UsageError` where `edition` is none or `into` holds something,
    `ProblemsFound` where the edition is damaged or no copy is of any of its articles.
    """
    from allegata.publish.text_free.restore import Restoring
    from allegata.publish.text_free.store import open_store
    from allegata.publish.text_free.wanted import open_wanted
    from allegata.schema.files import filled, whole_folder

    tables = _edition(edition)
    if why := filled(into):
        raise UsageError(f"{into} {why}")
    unused, unread = 0, []
    with open_store() as store:
        with open_wanted() as wanted:
            wanted.read(tables)
            for copy in _offered(copies, text_column, limits):
                used = copy if isinstance(copy, Problem) else _offer(copy, wanted, limits)
                if isinstance(used, Problem):
                    unread.append(used)
                else:
                    unused += not used
            found = wanted.give(store)
        if not found.same and not found.others:
            what = f"none of {unused:,} texts is a copy of one of its {len(found.missing):,} articles"
            raise ProblemsFound([*unread, Problem(what, "name your copies with --from", file=edition.name)])
        all_same = not found.others and not found.missing
        with whole_folder(into, filled) as folder, _report(folder, all_same=all_same) as report:
            restored = Restoring(tables, store, report, all_same).restore(folder)
    return Hydrated(into, restored, found, unused, tuple(unread))


def _report(folder: Path, *, all_same: bool) -> IO[str]:
    from allegata.publish.text_free.restore import DRIFTED

    return io.StringIO() if all_same else (folder / DRIFTED).open("w", encoding="utf-8", newline="\n")


def _edition(folder: Path) -> VersionTables:
    """The tables of an edition whose files are all as they were written."""
    from allegata.publish.text_free.documents import FULL
    from allegata.publish.text_free.tables import OWN
    from allegata.publish.verification import verify_version
    from allegata.schema.digests import sha256_bytes
    from allegata.schema.files import read_file
    from allegata.schema.release_manifest import parse_manifest
    from allegata.schema.version_tables import VersionTables
    from allegata.schema.versions import RELEASE_MANIFEST, is_published

    name = folder.name or str(folder.absolute().name)
    if not is_published(folder):
        raise UsageError(f"{folder} is not a text-free edition: it has no {RELEASE_MANIFEST}")
    manifest, problems = verify_version(folder, name)
    if manifest is None or problems:
        raise ProblemsFound(problems)
    if not manifest.text_free:
        raise UsageError(f"{folder} is a version with its texts: there is nothing to restore")
    full, place = folder / FULL / RELEASE_MANIFEST, f"{name}/{FULL}/{RELEASE_MANIFEST}"
    data = read_file(full, place) or b""
    tables = parse_manifest(data, place).tables.keys() | OWN.keys()
    if manifest.inputs.get(RELEASE_MANIFEST) != sha256_bytes(data) or manifest.tables.keys() != tables:
        raise ProblemsFound([Problem("is not the manifest of the version that this is made of", _AGAIN, file=place)])
    return VersionTables(folder)


def _offered(copies: Iterable[str | Path], text_column: str, limits: Limits) -> Iterator[Offered | Problem]:
    """Every text of the copies, and what is none; a file of a name that says nothing is one text."""
    from allegata.ingest.advice import beyond
    from allegata.ingest.offered import Offered, is_known, offered
    from allegata.ingest.warc import PassedOver

    def texts(path: str | Path) -> Iterator[Offered | Problem]:
        found = offered([path], text_column, limits=limits)
        return (one for one in found if not isinstance(one, PassedOver))

    for given in copies:
        path = Path(given)
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files if path.exists() else []:
            if not file.is_file() or file.name.startswith("."):
                continue
            if is_known(file):
                yield from texts(file)
            elif (size := file.stat().st_size) > limits.article_bytes:
                yield beyond(limits.excess("article-bytes", size), file.name)
            else:
                data = file.read_bytes()
                yield Offered(data, _HTML[0] if data.lstrip()[:1] == b"<" else "text/plain", file.name, {}, "")
        if not path.exists():
            yield from texts(given)


def _offer(copy: Offered, wanted: Wanted, limits: Limits) -> bool | Problem:
    """Whether a copy is of an article; what is wrong with one that cannot be read."""
    from allegata.schema.digests import sha256_bytes

    digest = sha256_bytes(copy.data)
    known = wanted.media_type(digest)
    kinds = [known] if known else [copy.media_type]
    if not known and copy.source == "jsonl" and copy.data.lstrip()[:1] == b"<":
        kinds.append(_HTML[0])
    read = [_source_text(copy.data, kind, copy.place, limits) for kind in kinds]
    used = [wanted.offer(text, digest, copy.place, copy.stated.get("url")) for text in read if isinstance(text, str)]
    return any(used) if used else next(problem for problem in read if isinstance(problem, Problem))


def _source_text(data: bytes, media_type: str, place: str, limits: Limits) -> str | Problem:
    """What ingestion makes of the bytes, or why it can make nothing of them."""
    from allegata.ingest.plain_text import decode_text
    from allegata.ingest.web_page import read_bytes

    if media_type.partition(";")[0].strip().lower() in _HTML:
        page, problem = read_bytes(data, media_type, place, "", limits)
        return page.source_text if page else problem or Problem("holds no page", "leave it out", file=place)
    text, problems = decode_text(data, place, "", media_type, limits)
    return problems[0] if problems else text
