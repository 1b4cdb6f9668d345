"""New articles for raw/: files, folders, globs, web archives and JSON Lines, each article once, all or nothing.

An id is the first 16 hexadecimal digits of the sha256 of the article's bytes: the same page has the same id
wherever and whenever it is added. Nothing is fetched from the network.

A transaction: the new files, a manifest of them alone and the whole new manifest are written to raw/.adding/, then
the files move to their places, and the whole manifest last. As long as it has not, the files that are being added
count as not there (`manifest.being_added`); the next run deletes what a killed one left of them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from allegata.ingest import plain_text
from allegata.ingest.advice import leave_out
from allegata.ingest.manifest import (
    ADDING,
    MANIFEST,
    WHOLE,
    ManifestRow,
    being_added,
    form_faults,
    read_manifest,
    render_manifest,
)
from allegata.ingest.offered import Offered, offered
from allegata.ingest.page_metadata import page_metadata
from allegata.ingest.warc import PassedOver
from allegata.ingest.web_page import read_bytes
from allegata.schema.files import holding_corpus, sync_folder, write_file
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError
from allegata.schema.system_errors import noting
from allegata.schema.transaction import finish_writing
from allegata.schema.unchanged import Before, replace_if_unchanged
from allegata.schema.withdrawn import Withdrawal, in_force
from allegata.schema.wording import number

ID_DIGITS = 16


@dataclass(frozen=True)
class AddReport:
    """What became of everything that was offered. `added` and `known` hold ids; `passed_over` counts reasons.

    `known` are articles that raw/ has already, or that were offered twice: (where it was found, id). `places` says
    of each id in `added` where it was found: a file, a line of it, a byte of an archive. `withdrawn` are articles that
    were taken out of publication, by their bytes, and are not taken in again: (where it was found, id, why).
    """

    added: tuple[str, ...]
    known: tuple[tuple[str, str], ...]
    passed_over: dict[str, int]
    skipped: tuple[Problem, ...]
    places: dict[str, str]
    withdrawn: tuple[tuple[str, str, str], ...] = ()


def add(
    paths: Iterable[str | Path],
    root: Path,
    *,
    skip_bad: bool = False,
    text_column: str = "text",
    story: str | None = None,
    follow_links: bool = False,
    limits: Limits = DEFAULTS,
) -> AddReport:
    """Put the articles of `paths` into `root`/raw and its manifest.

    A path is a file (.txt, .html, .jsonl, .warc, .warc.gz ...), a folder (all such files below it) or a glob.
    `story` is the story that all of them tell, except where a line of JSON states its own; an article that raw/ has
    already keeps the one it has. Links that are named are followed; those inside folders that lead out of them are with
    `follow_links`, and are problems else.
    Raises `ProblemsFound` with everything that cannot be read or is larger than `limits` allow, and changes nothing,
    unless `skip_bad`; then the same problems are in the report; `UsageError` while another run adds to the same raw/,
    and where `story` is no name.
    """
    if faults := form_faults({"story": story}):
        raise UsageError("; ".join(faults))
    raw = root / "raw"
    with changing(raw) as (rows, aside, before):
        with noting("nothing was added"):
            withdrawn = {one.sha256: one for one in in_force(root / "annotations").values()}
            intake = _Intake({row.sha256: row.id for row in rows}, story, withdrawn, limits)
            ours, others = _holding(root, paths)
            for path in ours:
                what = "holds this corpus, whose own notes and tables are no articles"
                intake.take(Problem(what, "name the files, or a folder that does not hold it", file=path), aside)
            for article in offered(others, text_column, follow_links=follow_links, limits=limits):
                intake.take(article, aside)
            if not skip_bad:
                intake.problems.raise_if_any()
            if intake.rows:
                _install(raw, rows, intake.rows, before)
        with noting(f"added: {number(len(intake.rows), 'article')}"):
            sync_folder(raw)
    return AddReport(
        tuple(sorted(row.id for row in intake.rows)),
        tuple(intake.known),
        dict(sorted(intake.passed_over.items())),
        tuple(intake.skipped),
        intake.places,
        tuple(intake.withdrawn),
    )


def _holding(root: Path, paths: Iterable[str | Path]) -> tuple[list[str], list[str | Path]]:
    """The folders of `paths` that are the corpus of `root` or hold it, and all other paths."""
    ours: list[str] = []
    others: list[str | Path] = []
    home = root.resolve() if (root / "annotations").is_dir() else None
    for path in paths:
        if home and os.path.isdir(path) and home.is_relative_to(Path(path).resolve()):
            ours.append(str(path))
        else:
            others.append(path)
    return ours, others


@contextmanager
def changing(raw: Path, *read: Path) -> Iterator[tuple[list[ManifestRow], Path, Before]]:
    """Hold `raw` for one run: the rows of its manifest, an empty folder for what is on its way in, and what was there
    before: the manifest, and the files of `read` (and below its folders), which the run reads and may write anew.

    What a killed run left is taken back first, and what this one leaves if it fails; a removal that was decided is
    finished. Raises `UsageError` while another run holds it, `ProblemsFound` for the faults of the manifest.
    """
    aside = raw / ADDING
    with holding_corpus(raw.parent):
        raw.mkdir(exist_ok=True)
        finish_writing(raw.parent / "annotations")
        before = Before.of(raw / MANIFEST, *read)
        rows, faults = read_manifest(raw) if (raw / MANIFEST).is_file() else ([], [])
        if faults:
            raise ProblemsFound(faults)
        _take_back(raw, rows)
        aside.mkdir()
        try:
            yield rows, aside, before
        finally:
            with suppress(OSError):  # the next run does it
                _take_back(raw, rows)


def _install(raw: Path, rows: list[ManifestRow], added: list[ManifestRow], before: Before) -> None:
    """Move the files of `added` into `raw`, and last the manifest, if nobody edited it: with that step they are in."""
    aside = raw / ADDING
    before.refuse_changed([raw / MANIFEST], raw.parent)
    write_file(aside / MANIFEST, render_manifest(added).encode())
    write_file(aside / WHOLE, render_manifest([*rows, *added]).encode())
    sync_folder(aside)
    sync_folder(raw)
    for row in added:
        (aside / row.file).replace(raw / row.file)
    sync_folder(raw)
    replace_if_unchanged(aside / WHOLE, raw / MANIFEST, before, raw.parent)


def _take_back(raw: Path, rows: list[ManifestRow]) -> None:
    """Delete what a run left that added nothing: `rows` are those of the manifest as it is."""
    listed = {row.file for row in rows}
    added, faults = being_added(raw)
    if faults:
        raise ProblemsFound(faults)
    for row in added:
        path = raw / row.file
        if row.file not in listed and path.is_file() and _sha256(path.read_bytes()) == row.sha256:
            path.unlink()
    if (raw / ADDING).is_dir():
        shutil.rmtree(raw / ADDING)


class _Intake:
    """Takes articles one by one: each is written aside at once, so memory holds one of them."""

    def __init__(
        self, ids: dict[str, str], story: str | None, withdrawn: dict[str, Withdrawal], limits: Limits
    ) -> None:
        self._ids = ids  # sha256 -> id
        self._withdrawn = withdrawn  # by sha256
        self._story, self._limits = story, limits
        self.rows: list[ManifestRow] = []
        self.places: dict[str, str] = {}  # id -> where it was found
        self.known: list[tuple[str, str]] = []
        self.withdrawn: list[tuple[str, str, str]] = []
        self.passed_over: Counter[str] = Counter()
        self.problems = Problems()
        self.skipped: list[Problem] = []

    def take(self, article: Offered | PassedOver | Problem, aside: Path) -> None:
        if isinstance(article, PassedOver):
            self.passed_over[article.why] += 1
        elif isinstance(article, Problem):
            self._note(article)
        else:
            self._keep(article, aside)

    def _note(self, problem: Problem) -> None:
        self.problems.add(problem)
        self.skipped.append(problem)

    def _keep(self, article: Offered, aside: Path) -> None:
        digest = _sha256(article.data)
        if digest in self._withdrawn:
            self.withdrawn.append((article.place, self._withdrawn[digest].article_id, self._withdrawn[digest].why))
            return
        if digest in self._ids:
            self.known.append((article.place, self._ids[digest]))
            return
        row = _row(article, digest, self._limits)
        if isinstance(row, Problem):
            self._note(row)
            return
        self._ids[digest] = row.id
        row = replace(row, story=row.story or self._story)
        write_file(aside / row.file, article.data)
        self.rows.append(row)
        self.places[row.id] = article.place


def _row(article: Offered, digest: str, limits: Limits) -> ManifestRow | Problem:
    """The manifest row of an article, or why it cannot be read. One without text is no fault: the ledger has it."""
    key = digest[:ID_DIGITS]
    kind = article.media_type.partition(";")[0].strip().lower()
    stated: dict[str, tuple[str | list[str], str]] = {
        name: (value, article.source) for name, value in article.stated.items()
    }
    if article.tags:
        stated["tags"] = (article.tags, article.source)
    if kind == "text/plain":
        _, problems = plain_text.decode_text(article.data, article.place, "", article.media_type, limits)
        if problems:
            return problems[0]
    else:
        page, problem = read_bytes(article.data, article.media_type, article.place, "", limits)
        if problem or page is None:
            return problem or Problem("holds no page", leave_out(""), file=article.place)
        try:
            found = page_metadata(page, article.stated.get("url"), article.latest)
        except Exception as error:  # whatever it is: it is reported with the page it happened on
            what = f"its metadata cannot be read: {type(error).__name__}: {str(error)[:120]}"
            return Problem(what, f"report it to trafilatura, and {leave_out('')}", file=article.place)
        # What the crawl or the line says of a page goes before what the page says of itself.
        stated = {name: (one.value, one.source) for name, one in found.items()} | stated
    if faults := form_faults({name: value for name, (value, _) in stated.items()}):
        return Problem("; ".join(faults), f"correct what is stated of it, or {leave_out('')}", file=article.place)
    row = ManifestRow(
        id=key,
        file=f"{key}.{'txt' if kind == 'text/plain' else 'html'}",
        sha256=digest,
        bytes=len(article.data),
        media_type=article.media_type,
        metadata_source={name: source for name, (_, source) in sorted(stated.items())} or None,
        original_name=os.fsencode(article.place).decode("utf-8", "replace"),  # a name need not be text
    )
    return replace(row, **{name: value for name, (value, _) in stated.items()})  # type: ignore[arg-type]  # each is what its field is


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
