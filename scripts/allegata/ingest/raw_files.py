"""The files of raw/: each is held to its row of the manifest before anything reads it."""

from __future__ import annotations

from pathlib import Path

from allegata.ingest.advice import beyond, leave_out
from allegata.ingest.manifest import MANIFEST, ManifestRow
from allegata.schema.digests import sha256_bytes, sha256_file
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem


def read_files(raw: Path, rows: list[ManifestRow], limits: Limits = DEFAULTS) -> tuple[dict[str, bytes], list[Problem]]:
    """The bytes of every listed file by article id, each checked against its row.

    A missing or changed file is a problem; a changed one names both hashes. One of more bytes than an article may have
    is a problem too, and is only hashed, a piece at a time.
    """
    problems: list[Problem] = []
    data: dict[str, bytes] = {}
    for row in rows:
        name, path = f"{raw.name}/{row.file}", raw / row.file
        if not path.is_file():
            problem = Problem(
                f"is missing; the manifest lists it with sha256 {row.sha256}",
                f"put the file back, or {leave_out(row.id)}",
                file=name,
                article_id=row.id,
            )
            problems.append(problem)
            continue
        size, content = path.stat().st_size, None
        if size > limits.article_bytes:
            digest = sha256_file(path)
        else:
            content = path.read_bytes()
            size, digest = len(content), sha256_bytes(content)
        if digest == row.sha256 and size != row.bytes:
            problem = Problem(
                f"is as its sha256 says, but its size is {size}, not {row.bytes} as the manifest says",
                f"correct the field bytes of its row in {raw.name}/{MANIFEST}",
                file=name,
                article_id=row.id,
            )
        elif digest != row.sha256:
            problem = Problem(
                f"has changed: its sha256 is {digest} (size {size}), the manifest says {row.sha256} (size {row.bytes})",
                f"raw files are never edited: put the original back, or {leave_out(row.id)}, "
                "then add the new one: allegata add FILE",
                file=name,
                article_id=row.id,
            )
        elif content is None:
            problem = beyond(limits.excess("article-bytes", size), name, row.id)
        else:
            data[row.id] = content
            continue
        problems.append(problem)
    return data, problems
