"""PolNeAR 1.0 (Newell et al. 2018): a folder with `text/*.txt` and `attributions/*_ANNOTATOR.ann` in brat.

An archive is read in memory, without unpacking it. Traps, reported as notices: articles annotated by up to
six people (all of whose files are in the published test set), quotes broken over lines, an article without
annotation, spans that belong to no attribution.
"""

from __future__ import annotations

import lzma
import tarfile
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa

from allegata.exchange.brat.lines import parse_brat
from allegata.exchange.brat.records import BratDocument
from allegata.exchange.common import (
    EXTERNAL_ATTRIBUTIONS,
    articles_table,
    decoded,
    imported_article,
    report_equal_names,
    split_of,
)
from allegata.exchange.folder import unsayable
from allegata.exchange.tables import segment_rows
from allegata.models.annotated import ROLES, AnnotatedFile
from allegata.schema.imported import Imported, Notices
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError
from allegata.schema.system_errors import naming


@dataclass(frozen=True)
class PolnearFile(AnnotatedFile):
    """One article by one annotator, with all that its brat file says beside source, cue and content."""

    document: BratDocument
    split: str = "train"


def _members(path: Path) -> dict[PurePosixPath, bytes]:
    """Path and bytes of every text and annotation file of a folder or a tar archive."""
    if path.is_dir():
        found = {
            PurePosixPath(file.relative_to(path).as_posix()): file.read_bytes()
            for file in path.rglob("*")
            if file.suffix in (".txt", ".ann") and file.is_file()
        }
    else:
        found = _packed(path)
    if problems := [problem for name in found if (problem := unsayable(name.as_posix()))]:
        raise ProblemsFound(problems)
    if not any(name.suffix == ".ann" for name in found):
        raise UsageError(f"{path} holds no .ann file: give the folder with text/ and attributions/ in it")
    return found


def _packed(path: Path) -> dict[PurePosixPath, bytes]:
    try:
        if not path.is_file() or not tarfile.is_tarfile(path):
            raise UsageError(f"{path} is neither a folder nor a tar archive of PolNeAR")
        with naming(path), tarfile.open(path) as archive:
            return {
                PurePosixPath(member.name): stream.read()
                for member in archive
                if member.name.endswith((".txt", ".ann")) and (stream := archive.extractfile(member))
            }
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, KeyError) as error:  # the last: a link to nothing
        raise ProblemsFound([Problem(f"is a damaged archive: {error}", "fetch it again", file=path.name)]) from error


def read_polnear_files(path: Path, notices: Notices | None = None) -> list[PolnearFile]:
    """Every annotation file, by article and annotator. Raises what `read_polnear` raises."""
    notices = notices if notices is not None else Notices()
    problems = Problems()
    members = _members(path)
    texts: dict[str, str] = {}
    unread: set[str] = set()
    files: list[PolnearFile] = []
    by_kind = {kind: sorted(name for name in members if name.suffix == kind) for kind in (".txt", ".ann")}
    for names in by_kind.values():
        report_equal_names(names, problems)
    for name in by_kind[".txt"]:
        content = decoded(members[name], name.name, notices)
        if isinstance(content, Problem):
            problems.add(content)
            unread.add(name.stem)
        else:
            texts[name.stem] = content
    for name in by_kind[".ann"]:
        # A file is named after its text, or after its text and its annotator.
        article_id, _, annotator = (name.stem, "", "") if name.stem in texts else name.stem.rpartition("_")
        if {name.stem, article_id} & unread:
            continue  # its text is reported already
        if article_id not in texts:
            problems.add(Problem("its text is missing", f"add {article_id or name.stem}.txt", file=name.name))
            continue
        text, ann = texts[article_id], decoded(members[name], name.name, notices)
        if isinstance(ann, Problem):
            problems.add(ann)
            continue
        document = parse_brat(text, [(name.name, ann)], notices, problems)
        for _ in (*document.marks, *document.references, *document.notes):
            notices.add("note or attribute line that is not read", name.name)
        spans = tuple(sorted(span for span in document.spans.values() if span.label in ROLES))
        split = split_of(path.name / name)
        files.append(PolnearFile(article_id, annotator, text, spans, document, split))
    problems.raise_if_any()
    annotators = Counter(file.article_id for file in files)
    for article_id in sorted(texts):
        if annotators[article_id] == 0:
            notices.add("article without annotation, skipped", article_id)
        elif annotators[article_id] > 1:
            notices.add(
                "article annotated by several people: count it once, or say that it counts more often",
                article_id,
            )
    return files


def _attribution_rows(file: PolnearFile, notices: Notices) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    used: set[str] = set()

    def add(name: str, parts: dict[str, list[str]]) -> None:
        rows.append(
            {
                "attribution_id": f"{file.article_id}.{file.annotator}.{name}",
                "article_id": file.article_id,
                "annotator": file.annotator,
                **{
                    role.lower(): [
                        row
                        for target in parts.get(role, ())
                        for row in segment_rows(file.document.spans[target].segments, file.text)
                    ]
                    for role in ROLES
                },
            }
        )

    for name, event in file.document.events.items():
        parts: dict[str, list[str]] = defaultdict(list)
        for target in (event.trigger, *(target for _, target in event.arguments)):
            span = file.document.spans.get(target)
            if span and span.label in ROLES:
                parts[span.label].append(target)
                used.add(target)
        if parts:
            add(name, parts)
    for name, span in file.document.spans.items():
        if span.label in ROLES and name not in used:
            notices.add("span that belongs to no attribution, kept as one of its own", file.article_id)
            add(name, {span.label: [name]})
    return rows


def read_polnear(path: Path) -> Imported:
    """`articles` and `attributions` (one row an attribution and annotator) of a folder or archive.

    Raises UsageError where it is not PolNeAR, and ProblemsFound with every fault of every file.
    """
    notices = Notices()
    files = read_polnear_files(path, notices)
    articles = {
        file.article_id: imported_article(file.article_id, f"{file.article_id}.txt", file.text, "en") for file in files
    }
    rows = [row for file in files for row in _attribution_rows(file, notices)]
    return Imported(
        {
            "articles": articles_table(list(articles.values())),
            "attributions": pa.Table.from_pylist(rows, schema=EXTERNAL_ATTRIBUTIONS),
        },
        notices.sorted(),
        {file.article_id: file.split for file in files},
    )
