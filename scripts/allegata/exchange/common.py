"""What every importer shares: decoding, counted notices, and the article and sentence tables."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import pyarrow as pa

from allegata.exchange.folder import unsayable
from allegata.schema.file_kinds import not_text
from allegata.schema.imported import Imported, Notices
from allegata.schema.languages import UNDETERMINED
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError
from allegata.schema.tables import ARTICLES, CLAIMS, SEGMENTS, SENTENCES
from allegata.text.blocks import find_blocks
from allegata.text.normal import text_digest

# Our sentence table; what an external set does not say is null, what only it says is beside it.
EXTERNAL_SENTENCES = pa.schema(
    [field.with_nullable(True) if field.name == "is_claim" else field for field in SENTENCES]
    + [
        pa.field("check_worthy", pa.bool_(), nullable=False),
        pa.field("speaker", pa.string()),
        pa.field("position", pa.int32(), nullable=False),
        pa.field("external_id", pa.string(), nullable=False),
    ]
)
# A sentence that was judged as a whole stands for the claim in it.
EXTERNAL_CLAIMS = pa.schema(
    [
        CLAIMS.field(name)
        for name in ("claim_id", "article_id", "sentence_id", "start", "end", "surface", "check_worthy")
    ]
)
EXTERNAL_ATTRIBUTIONS = pa.schema(
    [
        pa.field("attribution_id", pa.string(), nullable=False),
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("annotator", pa.string(), nullable=False),
        pa.field("source", SEGMENTS, nullable=False),
        pa.field("cue", SEGMENTS, nullable=False),
        pa.field("content", SEGMENTS, nullable=False),
    ]
)


@dataclass(frozen=True)
class Line:
    """One labelled sentence of an external file."""

    external_id: str
    text: str
    check_worthy: bool
    speaker: str | None = None


def decode_any(raw: bytes) -> tuple[str, str]:
    """The text and the encoding it was in: by its byte order mark, else UTF-16 by its NULs, else UTF-8.

    Raises UnicodeDecodeError where the bytes are neither.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name), name
    nuls = [raw[side:2000:2].count(0) for side in (0, 1)]
    if max(nuls) > 100 or (len(raw) < 400 and max(nuls) > len(raw) // 4):
        name = "utf-16-be" if nuls[0] > nuls[1] else "utf-16-le"
        return raw.decode(name), name
    return raw.decode("utf-8"), "utf-8"


def read_text(path: Path, notices: Notices) -> str | Problem:
    """The text of a file with `\\n` line ends, or the problem that keeps it from being read."""
    text = decoded(path.read_bytes(), path.name, notices)
    return text if isinstance(text, Problem) else text.replace("\r\n", "\n").replace("\r", "\n")


def decoded(raw: bytes, file: str, notices: Notices) -> str | Problem:
    """The text of the bytes of a file, every character kept, or the problem that keeps it from being read."""
    try:
        text, encoding = decode_any(raw)
    except UnicodeDecodeError as error:
        return not_text(raw, file) or Problem(
            f"the bytes are neither UTF-8 nor UTF-16 ({error.reason} at byte {error.start})",
            "save the file as UTF-8",
            file=file,
        )
    if encoding != "utf-8":
        notices.add(f"file in {encoding.upper()}, read as such", file)
    return text


def report_equal_names(names: Iterable[PurePath], problems: Problems) -> None:
    """Report the files of two folders that would become one article: an article is named after its file."""
    first: dict[str, PurePath] = {}
    for name in sorted(names):
        if name.stem in first:
            what = f"{first[name.stem].as_posix()} has the same name, and articles are named after their files"
            problems.add(Problem(what, "rename one, or import each folder by itself", file=name.as_posix()))
        first.setdefault(name.stem, name)


# How data sets call the folder of a split -> how we call it.
_SPLIT_FOLDERS = {"train": "train", "dev": "validation", "validation": "validation", "test": "test"}


def split_of(file: PurePath) -> str:
    """The split that the nearest folder around a file is named after; `train` without one."""
    named = (_SPLIT_FOLDERS[part] for part in reversed(file.parts[:-1]) if part in _SPLIT_FOLDERS)
    return next(named, "train")


def files_of(path: Path, pattern: str) -> list[Path]:
    """The files of a folder that match, by name, else those in its folders of splits (train, dev, test); or the one
    file. Raises UsageError where there are none, ProblemsFound where two would become one article."""
    found = [path] if path.is_file() else sorted(path.glob(pattern)) if path.is_dir() else []
    if not found and path.is_dir():
        found = [file for folder in sorted(_SPLIT_FOLDERS) for file in sorted((path / folder).glob(pattern))]
        equal_names = Problems()
        report_equal_names((file.relative_to(path) for file in found), equal_names)
        equal_names.raise_if_any()
    if not found:
        raise UsageError(f"{path} holds no {pattern}: give the folder of the data set, or one of its files")
    if problems := [problem for file in found if (problem := unsayable(file.name))]:
        raise ProblemsFound(problems)
    return found


def imported_article(article_id: str, file: str, text: str, language: str = UNDETERMINED) -> dict[str, object]:
    """A row of `articles` for a text that needs no cleaning: clean text and source text are the same."""
    raw = text.encode("utf-8")
    return {
        "article_id": article_id,
        "file": file,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "bytes": len(raw),
        "media_type": "text/plain",
        "language": language,
        "cluster_id": article_id,
        "annotated": True,
        "text": text,
        "source_text": text,
        "blocks": [
            {
                "start": block.span.start,
                "end": block.span.end,
                "source_start": block.span.start,
                "source_end": block.span.end,
                "zone": "body",
            }
            for block in find_blocks(text)
        ],
        "offset_map": [{"start": 0, "source_start": 0, "length": len(text)}] if text else [],
        "references": [],
        "tags": [],
    }


def articles_table(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """`articles` sorted by id."""
    ordered = sorted(rows, key=lambda row: str(row["article_id"]))
    return pa.Table.from_pylist([dict(row) for row in ordered], schema=ARTICLES)


def sentence_tables(
    files: Mapping[str, tuple[str, Sequence[Line]]],
    notices: Notices,
    language: str,
    splits: Mapping[str, str],
    *,
    shortest: int = 1,
) -> Imported:
    """`articles`, `sentences` and `claims` from labelled lines: `files` maps an article id to its file and lines.

    `splits` maps it to its split. Every check-worthy sentence is a claim of its own. The text of an article is its
    lines, one below the other. Equal texts (normalised) of at least `shortest` words are counted as notices: they leak
    from one fold into another.
    """
    articles, sentences = [], []
    seen: dict[str, str] = {}
    for article_id, (file, lines) in sorted(files.items()):
        start = 0
        articles.append(imported_article(article_id, file, "\n".join(line.text for line in lines), language))
        for position, line in enumerate(lines):
            end = start + len(line.text)
            sentences.append(
                {
                    "sentence_id": f"{article_id}.{position:05d}",
                    "article_id": article_id,
                    "start": start,
                    "end": end,
                    "source_start": start,
                    "source_end": end,
                    "text": line.text,
                    "zone": "body",
                    "is_claim": None,
                    "check_worthy": line.check_worthy,
                    "speaker": line.speaker,
                    "position": position,
                    "external_id": line.external_id,
                }
            )
            start = end + 1
            digest = text_digest(line.text)
            if len(line.text.split()) >= shortest and digest in seen:
                place = "in its file" if seen[digest] == article_id else "in another file"
                notices.add(f"text that stands a second time, {place}", file)
            seen.setdefault(digest, article_id)
    claims = [
        {
            "claim_id": f"{row['sentence_id']}.claim",
            "surface": row["text"],
            **{name: row[name] for name in EXTERNAL_CLAIMS.names if name in row},
        }
        for row in sentences
        if row["check_worthy"] and row["text"]
    ]
    tables = {
        "articles": articles_table(articles),
        "claims": pa.Table.from_pylist(claims, schema=EXTERNAL_CLAIMS),
        "sentences": pa.Table.from_pylist(sentences, schema=EXTERNAL_SENTENCES),
    }
    return Imported(tables, notices.sorted(), splits)
