"""Which article goes to which split. Pure; the pins are read in `pins`, the file of them is written in `stage`."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping

from allegata.schema.labels import SPLITS
from allegata.schema.problems import Problem, Problems

PINS = "corpus/splits.json"
# Per cent of the articles a split should hold, in the order in which ties are broken.
SHARES = dict(zip(SPLITS, (60, 20, 20), strict=True))


def assign_splits(
    clusters: Mapping[str, str],
    most_similar: tuple[str, str, float] | None,
    pinned: Mapping[str, str],
) -> dict[str, str]:
    """Give every article a split, keeping what resembles each other together.

    `clusters` maps article id to duplicate-cluster id; `most_similar` is the closest pair of articles (id, id,
    similarity), if any; `pinned` is the assignment already published, which never changes. A group is a cluster,
    or the two clusters that the most similar pair joins, which it does only where at most one of them has a pinned
    member: pins win over similarity, for which pair is the closest changes as articles come and go. A group with a
    pinned member follows it; the others, by size (largest first) and then by the smallest sha256 of their article
    ids, go to the split that is furthest below its share. The result depends on the ids alone, not on their order.

    Raises `ProblemsFound` when pinned members of one cluster disagree or a pin names an unknown split.
    """
    problems = Problems()
    splits: dict[str, str] = {}
    free: list[list[str]] = []
    for group in _groups(clusters, most_similar, pinned):
        pins = {article: pinned[article] for article in group if article in pinned}
        kept = set(pins.values())
        if unknown := sorted(kept - set(SPLITS)):
            problems.add(
                Problem(
                    f"pinned to unknown split {', '.join(unknown)}",
                    f"use one of {', '.join(SPLITS)}, as published",
                    file=PINS,
                    article_id=min(pins),
                )
            )
        elif len(kept) > 1:
            places = ", ".join(f"{article} in {split}" for article, split in sorted(pins.items()))
            problems.add(
                Problem(
                    f"articles that belong together were published apart: {places}",
                    "leave one of them out of raw/: a published article never moves to another split",
                    file=PINS,
                    article_id=min(pins),
                )
            )
        elif kept:
            splits.update(dict.fromkeys(group, kept.pop()))
        else:
            free.append(group)
    problems.raise_if_any()

    counts = Counter(splits.values())
    for group in sorted(free, key=lambda group: (-len(group), min(map(_hash, group)))):
        # Whole numbers: a deficit of 0.2 * 5 - 1 must tie with 0, whatever the platform's floats say.
        deficits = {split: share * len(clusters) - 100 * counts[split] for split, share in SHARES.items()}
        split = max(SPLITS, key=deficits.__getitem__)
        splits.update(dict.fromkeys(group, split))
        counts[split] += len(group)
    return {article: splits[article] for article in sorted(splits)}


def _groups(
    clusters: Mapping[str, str], most_similar: tuple[str, str, float] | None, pinned: Mapping[str, str]
) -> list[list[str]]:
    merged = {cluster: cluster for cluster in clusters.values()}
    if most_similar is not None:
        first, second = sorted(clusters[article] for article in most_similar[:2])
        held = {cluster for article, cluster in clusters.items() if article in pinned}
        if not {first, second} <= held:
            merged[second] = first
    groups = defaultdict(list)
    for article in sorted(clusters):
        groups[merged[clusters[article]]].append(article)
    return list(groups.values())


def _hash(article_id: str) -> str:
    return hashlib.sha256(article_id.encode()).hexdigest()
