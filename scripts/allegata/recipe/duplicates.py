"""Copies and near-copies among texts, without a corpus around them."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar, cast, overload

from allegata.dedup.options import DedupOptions
from allegata.schema.problems import UsageError

_HALF = re.compile("[\ud800-\udfff]")
Id = TypeVar("Id", bound=Hashable)


@dataclass(frozen=True)
class Copy(Generic[Id]):
    """A text that leaves because `kept` stands for it: `similarity` is the exact Jaccard similarity of the two, over
    shingles of words, and `kind` "exact" where their normalised texts are equal."""

    id: Id
    kept: Id
    similarity: float
    kind: Literal["exact", "near"]


@dataclass(frozen=True)
class Cluster(Generic[Id]):
    """Texts that are copies of each other, by chains of near-copies.

    `kept` are those that stay, the most preferred first; nearly always it is one. Further ones stay where a chain
    leads to texts that are too unlike the first. `copies` leave.
    """

    kept: tuple[Id, ...]
    copies: tuple[Copy[Id], ...]


@dataclass(frozen=True)
class Duplicates(Generic[Id]):
    """`kept` are the ids of all texts that stay, in the order they were given; `clusters` those with copies, in the
    order of their first kept text. `counters` say how much work there was."""

    kept: tuple[Id, ...]
    clusters: tuple[Cluster[Id], ...]
    counters: Mapping[str, int] = field(default_factory=dict)

    @property
    def copies(self) -> tuple[Copy[Id], ...]:
        """All texts that leave."""
        return tuple(copy for cluster in self.clusters for copy in cluster.copies)


@overload
def deduplicate(  # type: ignore[overload-overlap]  # a mapping of strings is an iterable of them: the first is taken
    texts: Mapping[Id, str],
    *,
    published: Mapping[Id, str | None] | None = None,
    prefer: Collection[Id] = (),
    options: DedupOptions | None = None,
) -> Duplicates[Id]: ...


@overload
def deduplicate(
    texts: Iterable[str],
    *,
    published: Mapping[int, str | None] | None = None,
    prefer: Collection[int] = (),
    options: DedupOptions | None = None,
) -> Duplicates[int]: ...


def deduplicate(
    texts: Mapping[Id, str] | Iterable[str],
    *,
    published: Mapping[Id, str | None] | Mapping[int, str | None] | None = None,
    prefer: Collection[Id] | Collection[int] = (),
    options: DedupOptions | None = None,
) -> Duplicates[Id] | Duplicates[int]:
    """Find exact and near-copies, by the search that a build does: the same texts give the same decisions.

    `texts` maps ids to texts; texts alone have their positions as ids, from 0. Of copies stays the one in `prefer`,
    then the one with the earliest known date of `published` (id -> ISO 8601), then the longest, then the first: the
    smallest id where all ids are strings, as in a corpus, else the one that was given first. Every pair that is
    reported has been compared in full. A build compares clean texts: clean web pages first, or their menus count.

    Raises `UsageError` for what is no text, and for an id in `prefer` that no text has.

    >>> first = "The mill recalled four thousand bags of flour on Monday after a stone was found in one of them."
    >>> found = deduplicate({"a": first, "b": "A river flooded the town on Friday.", "c": first + " Nobody was hurt."})
    >>> found.kept
    ('b', 'c')
    >>> found.clusters
    (Cluster(kept=('c',), copies=(Copy(id='a', kept='c', similarity=0.85, kind='near'),)),)
    >>> deduplicate([first, first]).copies
    (Copy(id=1, kept=0, similarity=1.0, kind='exact'),)
    """
    import pyarrow as pa

    from allegata.dedup import stage

    if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
        raise UsageError("deduplicate takes several texts, not one: give a list, or a mapping of ids to texts")
    given = texts if isinstance(texts, Mapping) else dict(enumerate(texts))
    known = dict(cast("Mapping[Hashable, str]", given))
    ids = sorted(cast("dict[str, str]", known)) if all(isinstance(name, str) for name in known) else list(known)
    for name, text in known.items():
        if not isinstance(text, str):
            raise UsageError(f"the text of {name!r} is {type(text).__name__}, not a string")
        if (half := _HALF.search(text)) is not None:
            raise UsageError(f"the text of {name!r} has half a character (a lone surrogate) at {half.start()}")
    if unknown := [name for name in prefer if name not in known]:
        raise UsageError(f"prefer names {unknown[0]!r}, which is no id of the texts")
    # The search ranks by strings: numbers of equal width keep the order.
    names = {name: f"{number:012d}" for number, name in enumerate(ids)}
    dates = cast("Mapping[Hashable, str | None]", published or {})
    table = pa.table(
        {
            "article_id": pa.array([names[name] for name in ids], pa.string()),
            "text": pa.array([known[name] for name in ids], pa.large_string()),
            "published": pa.array([dates.get(name) for name in ids], pa.string()),
        }
    )
    preferred = [frozenset(names[name] for name in prefer)] if prefer else []
    result = stage.deduplicate(table, options, preferred)
    return cast("Duplicates[Id]", _duplicates(result, dict(zip(names.values(), ids, strict=True)), list(known)))


def _duplicates(result: object, ids: Mapping[str, Hashable], order: list[Hashable]) -> Duplicates[Hashable]:
    from allegata.dedup.stage import DedupResult

    assert isinstance(result, DedupResult)
    rows = result.articles.to_pylist()
    kept = {ids[row["article_id"]] for row in rows if row["kind"] == "unique"}
    copies: dict[str, list[Copy[Hashable]]] = {}
    stay: dict[str, list[str]] = {}
    for row in rows:
        if row["kind"] == "unique":
            stay.setdefault(row["cluster_id"], []).append(row["article_id"])
        else:
            one = Copy(ids[row["article_id"]], ids[row["canonical_id"]], row["similarity"], row["kind"])
            copies.setdefault(row["cluster_id"], []).append(one)
    place = {name: number for number, name in enumerate(order)}
    clusters = [
        # The kept copy that names the cluster is the most preferred of those that stay.
        Cluster(tuple(ids[name] for name in sorted(stay[first], key=lambda name: (name != first, name))), tuple(found))
        for first, found in copies.items()
    ]
    clusters.sort(key=lambda cluster: place[cluster.kept[0]])
    return Duplicates(tuple(name for name in order if name in kept), tuple(clusters), result.counters)
