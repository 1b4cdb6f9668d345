"""Which article goes to which split. Pure; the pins are read in `pins`, the file of them is written in `stage`."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import Literal

from allegata.schema.labels import SPLITS
from allegata.schema.problems import Problem, Problems

PINS = "corpus/splits.json"
# Per cent of the articles a split should hold.
SHARES = dict(zip(SPLITS, (60, 20, 20), strict=True))
# Which split is filled first where several are as far below their share. Of two stories the second is to test with.
_TIES = {"article": SPLITS, "story": ("train", "test", "validation")}

SplitBy = Literal["story", "article"]
Stories = Mapping[str, str | None]


def split_by(articles: Iterable[str], stories: Stories, setting: SplitBy | None = None) -> SplitBy:
    """What a split keeps whole: the `setting`, or else stories where the articles tell two or more.

    Articles without a story tell one of their own together.
    """
    return setting or ("story" if len({stories.get(article) for article in articles}) > 1 else "article")


def assign_splits(
    clusters: Mapping[str, str],
    most_similar: tuple[str, str, float] | None,
    pinned: Mapping[str, str],
    *,
    stories: Stories | None = None,
    annotated: Collection[str] = (),
    by: SplitBy | None = None,
) -> dict[str, str]:
    """Give every article a split, keeping what resembles each other together.

    `clusters` maps article id to duplicate-cluster id; `most_similar` is the closest pair of articles (id, id,
    similarity), if any; `pinned` is the assignment already published, which never changes; `stories` maps article id
    to story (missing and None: one story), `annotated` are the articles with gold, `by` is the setting of the corpus
    (see `split_by`).

    Articles are assigned in groups:

    - By story, a group is a story with all duplicates of its articles. Where published articles of a group are in
      several splits already, its clusters are assigned one by one: with their published member, or with the published
      articles of their story where these are in one split.
    - By article, a group is a cluster, or the two clusters that the most similar pair joins, which it does only where
      at most one of them has a pinned member: pins win over similarity, for which pair is the closest changes as
      articles come and go.

    A group with a pinned member follows it. The others, by size (largest first) and then by the smallest sha256 of
    their article ids, go to the split that is furthest below its share. While an annotated article is free, only
    annotated articles count, and a group without any goes to train (the most similar pair does not join it to an
    annotated one either): what is held out can be scored. The result depends on the ids alone, not on their order.

    Raises `ProblemsFound` when pinned members of one cluster disagree or a pin names an unknown split.
    """
    stories, gold = stories or {}, frozenset(annotated).intersection(clusters)
    by = split_by(clusters, stories, by)
    scored = gold if gold - pinned.keys() else frozenset(clusters)
    if by == "story":
        groups = list(_stories_whole(clusters, stories, pinned))
    else:
        groups = _clusters_whole(clusters, most_similar, pinned, scored)
    problems = Problems()
    splits: dict[str, str] = {}
    free: list[list[str]] = []
    for group, follows in groups:
        pins = {article: pinned[article] for article in group if article in pinned}
        kept = set(pins.values()) or follows
        if problem := _pin_fault(pins):
            problems.add(problem)
        elif kept:
            splits.update(dict.fromkeys(group, kept.pop()))
        else:
            free.append(group)
    problems.raise_if_any()

    def weight(articles: Iterable[str]) -> int:
        return sum(article in scored for article in articles)

    counts = Counter(split for article, split in splits.items() if article in scored)
    for group in sorted(free, key=lambda group: (-weight(group), -len(group), min(map(_hash, group)))):
        # Whole numbers: a deficit of 0.2 * 5 - 1 must tie with 0, whatever the platform's floats say.
        deficits = {split: SHARES[split] * len(scored) - 100 * counts[split] for split in _TIES[by]}
        split = max(deficits, key=deficits.__getitem__) if weight(group) else "train"
        splits.update(dict.fromkeys(group, split))
        counts[split] += weight(group)
    return {article: splits[article] for article in sorted(splits)}


def _pin_fault(pins: Mapping[str, str]) -> Problem | None:
    """What is wrong with the published splits of the articles of one group."""
    kept = set(pins.values())
    if unknown := sorted(kept - set(SPLITS)):
        what = f"pinned to unknown split {', '.join(unknown)}"
        return Problem(what, f"use one of {', '.join(SPLITS)}, as published", file=PINS, article_id=min(pins))
    if len(kept) > 1:
        places = ", ".join(f"{article} in {split}" for article, split in sorted(pins.items()))
        what = f"articles that belong together were published apart: {places}"
        fix = (
            "a published article never moves to another split: drop one of them in annotations/decisions.jsonl, "
            "or take it out with: allegata remove ARTICLE"
        )
        return Problem(what, fix, file=PINS, article_id=min(pins))
    return None


def divided_stories(splits: Mapping[str, str], stories: Stories) -> list[str | None]:
    """The stories whose articles are in several splits, sorted; the one without a name, None, first."""
    places = defaultdict(set)
    for article, split in splits.items():
        places[stories.get(article)].add(split)
    return sorted((story for story, found in places.items() if len(found) > 1), key=lambda story: story or "")


# A group of articles, and the splits that it follows where no member is pinned: at most one.
_Group = tuple[list[str], set[str]]


def _clusters_whole(
    clusters: Mapping[str, str],
    most_similar: tuple[str, str, float] | None,
    pinned: Mapping[str, str],
    scored: Collection[str],
) -> list[_Group]:
    merged = {cluster: cluster for cluster in clusters.values()}
    if most_similar is not None:
        first, second = sorted(clusters[article] for article in most_similar[:2])
        held = {cluster for article, cluster in clusters.items() if article in pinned}
        counting = {cluster for article, cluster in clusters.items() if article in scored}
        if not {first, second} <= held and (first in counting) == (second in counting):
            merged[second] = first
    groups = defaultdict(list)
    for article in sorted(clusters):
        groups[merged[clusters[article]]].append(article)
    return [(group, set()) for group in groups.values()]


def _stories_whole(clusters: Mapping[str, str], stories: Stories, pinned: Mapping[str, str]) -> Iterator[_Group]:
    edges = {article: (clusters[article], stories.get(article)) for article in sorted(clusters)}
    for group in _components(edges):
        if len({pinned[article] for article in group if article in pinned}) < 2:
            yield group, set()
        else:
            yield from _in_several_splits({article: edges[article] for article in group}, pinned)


def _in_several_splits(edges: Mapping[str, tuple[str, str | None]], pinned: Mapping[str, str]) -> Iterator[_Group]:
    """Stories with duplicates of one another, published in several splits: each cluster by itself.

    `edges` maps article to cluster and story. Stories of which nothing is published stay whole.
    """
    members: dict[str, list[str]] = defaultdict(list)
    pins: dict[str, set[str]] = defaultdict(set)
    reached: dict[str | None, set[str]] = defaultdict(set)  # story -> the splits of its clusters
    for article, (cluster, _) in edges.items():
        members[cluster].append(article)
        pins[cluster] |= {pinned[article]} if article in pinned else set()
    for cluster, story in edges.values():
        reached[story] |= pins[cluster]
    free: dict[str, tuple[str, str | None]] = {}
    for articles in members.values():
        around = set().union(*(reached[edges[article][1]] for article in articles))
        if around:
            yield articles, around if len(around) == 1 else set()
        else:
            free |= {article: edges[article] for article in articles}
    yield from ((group, set()) for group in _components(free))


def _components(edges: Mapping[str, tuple[Hashable, Hashable]]) -> list[list[str]]:
    """The articles that are joined by the first or the second name of each, directly or through others."""
    above: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        while above.setdefault(node, node) != node:
            above[node] = node = above[above[node]]
        return node

    for first, second in edges.values():
        above[root((0, first))] = root((1, second))
    groups = defaultdict(list)
    for article, (first, _) in edges.items():
        groups[root((0, first))].append(article)
    return list(groups.values())


def _hash(article_id: str) -> str:
    return hashlib.sha256(article_id.encode()).hexdigest()
