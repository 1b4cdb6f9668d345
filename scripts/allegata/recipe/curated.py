"""What the curator decided about lines, looked at as a whole before anything is cleaned by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.work import name_of
from allegata.recipe.state import Build
from allegata.recipe.steps.articles import INGESTED
from allegata.schema.problems import ProblemsFound

if TYPE_CHECKING:
    from allegata.clean.curated_lines import Curated


def curated_lines(build: Build) -> Curated:
    """The decisions by article, of a corpus whose articles have been read.

    Raises `ProblemsFound` with every fault of the file; where it has one, the places of all other lines are looked at
    too, which cleaning would do next.
    """
    from allegata.clean.curated_lines import curated_and_faults, in_raw_text

    assert build.manifest is not None  # the first step read it
    found, problems = curated_and_faults(build.root / "annotations", build.manifest.rows["id"].to_pylist())
    for batch in build.batches() if problems else ():
        ids = batch["article_id"].filter(pc.is_in(batch["article_id"], pa.array(list(found), pa.string())))
        if len(ids):
            texts = build.job.work.read(INGESTED, name_of(batch), "articles", articles=ids.combine_chunks())
            problems += in_raw_text(texts, found, build.redactor)[1]
    if problems:
        raise ProblemsFound(problems)
    return found
