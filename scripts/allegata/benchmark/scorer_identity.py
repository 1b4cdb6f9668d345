"""Which scorer gave a score: the digest of its source files, and the commit that last changed one of them."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

SCORER = "allegata-scorer/3"
# Everything that decides about a score: what `scoring` imports of this package, what that imports, and the labels of
# tables that no publication made.
SOURCES = (
    "benchmark/descriptions.py",
    "benchmark/dispute_answers.py",
    "benchmark/figures.py",
    "benchmark/scoring.py",
    "benchmark/submissions.py",
    "benchmark/tasks.py",
    "measures/classification.py",
    "measures/clusters.py",
    "measures/disputes.py",
    "measures/matching.py",
    "measures/ranking.py",
    "measures/resampling.py",
    "models/gold_spans.py",
    "schema/columns.py",
    "schema/default_scheme.toml",
    "schema/digests.py",
    "schema/features.py",
    "schema/fields.py",
    "schema/file_kinds.py",
    "schema/files.py",
    "schema/json_faults.py",
    "schema/json_lines.py",
    "schema/labels.py",
    "schema/parquet_files.py",
    "schema/plain_values.py",
    "schema/problems.py",
    "schema/published.py",
    "schema/published_scheme.py",
    "schema/release_manifest.py",
    "schema/scheme.py",
    "schema/scheme_file.py",
    "schema/system_errors.py",
    "schema/table_values.py",
    "schema/tables.py",
    "schema/toml_files.py",
    "schema/version_files.py",
    "schema/version_tables.py",
    "schema/versions.py",
    "schema/visible.py",
    "schema/wording.py",
    "text/spans.py",
)
PACKAGE = Path(__file__).parent.parent


def sources_digest() -> str:
    """sha256 over the names and bytes of `SOURCES`: the same scorer has it everywhere, whatever its commit."""
    lines = (f"{hashlib.sha256((PACKAGE / name).read_bytes()).hexdigest()}  {name}\n" for name in SOURCES)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sources_commit() -> str | None:
    """The commit that last changed one of `SOURCES`; None outside a full git checkout or where one is changed.

    It is not the commit of the leaderboard itself, which cannot hold its own name; the digest is what binds.
    """
    if _git("rev-parse", "--is-shallow-repository") != "false" or _git("status", "--porcelain", "--", *SOURCES) != "":
        return None
    return _git("log", "-1", "--format=%H", "--", *SOURCES) or None


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(PACKAGE), *arguments], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def scorer_identity() -> dict[str, str | None]:
    """Name and version, digest and commit of the scorer."""
    return {"name": SCORER, "sources": sources_digest(), "commit": sources_commit()}
