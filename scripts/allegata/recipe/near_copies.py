"""Articles that are near copies of withdrawn ones: they are not published again by accident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from allegata.engine.work import Work, name_of
from allegata.recipe.steps.articles import CLEANED, staying
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.withdrawn import NEAR_COPY, WITHDRAWN, Withdrawal

if TYPE_CHECKING:
    from allegata.recipe.state import Build


@dataclass(frozen=True)
class NearCopies:
    """Cleaned articles (batch, article_id) -> article_id, of (a withdrawn article), similarity."""

    work: Work
    signatures: Mapping[str, str]

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        from allegata.dedup.withdrawn_copies import near_copies

        columns = ["article_id", "text"]
        texts = staying(self.work.read(CLEANED, name_of(batch), "articles", columns), batch.select(["article_id"]))
        found = near_copies(texts, self.signatures)
        rows = [{"article_id": name, "of": of, "similarity": similarity} for name, (of, similarity) in found.items()]
        schema = pa.schema([("article_id", pa.string()), ("of", pa.string()), ("similarity", pa.float64())])
        yield pa.Table.from_pylist(rows, schema)


def near_copies(build: Build, withdrawn: Mapping[str, Withdrawal]) -> dict[str, dict[str, str | None]]:
    """Why the articles of a cleaned `build` leave that are near copies of `withdrawn` ones, which are not among them.

    Raises `ProblemsFound` for a signature that this version of the method cannot compare.
    """
    from allegata.dedup.withdrawn_copies import unreadable_signatures

    signatures = {name: one.signature for name, one in withdrawn.items() if one.signature}
    fix = 'withdraw it anew: allegata withdraw ARTICLE --reason TEXT; or write "", and its bytes alone are known'
    file = f"annotations/{WITHDRAWN}"
    if unreadable := unreadable_signatures(signatures):
        what = "its signature is of another version of the method, so that no near copy of it would be found"
        raise ProblemsFound(Problem(what, fix, file=file, article_id=name) for name in unreadable)
    if not signatures:
        return {}
    runner = build.job.runner
    found = runner.map(NearCopies(build.job.work, signatures), runner.source(build.batches()))
    return {
        row["article_id"]: {
            "reason": NEAR_COPY,
            "evidence": f"estimated Jaccard similarity {row['similarity']:.2f} to {row['of']}, which is withdrawn: "
            f"{withdrawn[row['of']].why}",
        }
        for table in runner.tables(found)
        for row in table.to_pylist()
    }
