"""The texts that a version left out as copies: none of its tables has them, so they are cleaned anew from raw/."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allegata.browse.copies import Texts


def removed_texts(root: Path, inputs: Collection[str]) -> Texts:
    """What gives the clean texts of articles by their ids, of those that raw/ of the corpus `root` has unchanged:
    `inputs` are the sha256 of what the version was made from.

    Each is cleaned as if it were alone on its site, as the curator decided about its lines, and the names that are
    replaced in the corpus are replaced in it.
    None that was withdrawn is read. Raises `ProblemsFound` where raw/ is not as a build needs it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from allegata.clean.curated_lines import in_raw_text, read_curated_lines
    from allegata.clean.redaction import redact_articles
    from allegata.clean.stage import clean
    from allegata.ingest.stage import manifest_batches, read_batch, read_raw
    from allegata.schema.problems import ProblemsFound
    from allegata.schema.redactions import read_redactions
    from allegata.schema.settings import read_settings
    from allegata.schema.withdrawn import in_force
    from allegata.text.redaction import Redactor

    raw, annotations, settings = root / "raw", root / "annotations", read_settings(root)
    links, limits = settings.follow_links, settings.limits
    manifest = read_raw(raw, in_force(annotations).keys(), follow_links=links, limits=limits)
    unchanged = manifest.rows.filter(pc.is_in(manifest.rows["sha256"], pa.array(inputs, pa.string())))
    redactor = Redactor(read_redactions(annotations))
    curated = read_curated_lines(annotations, manifest.rows["id"].to_pylist())

    def texts(ids: Iterable[str]) -> dict[str, str]:
        rows = unchanged.filter(pc.is_in(unchanged["id"], pa.array(list(ids), pa.string())))
        found: dict[str, str] = {}
        for batch in manifest_batches(replace(manifest, rows=rows)):
            articles, _ = read_batch(raw, batch, limits)
            here, misplaced = in_raw_text(articles, curated, redactor)
            articles, problems = redact_articles(clean(articles, curated=here), redactor)
            problems += misplaced
            if problems:
                raise ProblemsFound(problems)
            found |= dict(zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True))
        return found

    return texts
