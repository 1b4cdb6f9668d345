"""What counts as a near-duplicate."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from allegata.dedup import clusters, minhash, templates
from allegata.schema.problems import UsageError


@dataclass(frozen=True)
class DedupOptions:
    """The defaults need no change below ten million articles; more `rows` make fewer false candidates.

    `shingle_size` words make a shingle; articles at least `threshold` similar (Jaccard) are near-duplicates.
    The signature has `bands` times `rows` values: at similarity s a pair meets in no band with probability
    (1 - s^rows)^bands, with 42 bands of 3 rows .0037 at .5, .0005 at .55, .00004 at .6.
    An article less than `drift` similar to the kept copy of its cluster is not removed for it.

    Why three words and .5: of 1,872 real articles (840 news articles, 1,032 extracted web pages in several
    languages; all 1.75 million pairs compared) 15 pairs are at least .4 similar by three-word shingles. By
    their titles all are one page twice, a later edition of an article, or one event told from the same agency
    text; no pair lies between .14 and .43. Three words at .5 find 13 of the 15, the usual five words at .7
    find 8. Of copies with 2 to 15 % of their words changed at random, three words at .5 find 84 %, five at .7
    find 14 % (generated texts). What lies below .5 but shares whole sentences is reported by `passages`.
    """

    shingle_size: int = 3
    threshold: float = 0.5
    drift: float = 0.5
    bands: int = 42
    rows: int = 3
    all_pairs_up_to: int = 1000

    def __post_init__(self) -> None:
        if min(self.shingle_size, self.bands, self.rows) < 1:
            raise UsageError("Deduplication needs shingle_size, bands and rows of at least 1.")
        if not (0 < self.threshold <= 1 and 0 <= self.drift <= self.threshold):
            raise UsageError("Deduplication needs 0 < threshold <= 1 and 0 <= drift <= threshold.")

    @property
    def n_values(self) -> int:
        """Values in a signature."""
        return self.bands * self.rows

    def algorithm(self) -> dict[str, str | int | float]:
        """Name, version and every constant of the method, for the manifest."""
        kept = {"kept_copy": ", ".join(clusters.ORDER), "no_copies": templates.NAME}
        return {"name": minhash.ALGORITHM, "version": minhash.VERSION, "seed": minhash.SEED, **asdict(self), **kept}
