from __future__ import annotations

import random
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.publish.splits import assign_splits
from allegata.schema.labels import SPLITS
from allegata.schema.problems import ProblemsFound

ids = st.text("abcdef0123456789", min_size=1, max_size=6)
collections = st.dictionaries(ids, st.sampled_from([f"cluster-{n}" for n in range(12)]), min_size=1, max_size=40)


def own_clusters(*articles: str) -> dict[str, str]:
    return {article: f"c-{article}" for article in articles}


def test_five_articles_of_which_two_are_most_similar_give_three_one_one():
    splits = assign_splits(own_clusters("a", "b", "c", "d", "e"), ("b", "d", 0.3), {})
    assert sorted(splits.values()) == ["test", "train", "train", "train", "validation"]
    assert splits["b"] == splits["d"] == "train"


def test_free_articles_are_taken_in_the_order_of_their_sha256_and_ties_go_to_train_first():
    articles = sorted((f"article-{n}" for n in range(5)), key=lambda name: sha256(name.encode()).hexdigest())
    assert articles != sorted(articles)
    expected = dict(zip(articles, ("train", "train", "train", "validation", "test"), strict=True))
    assert assign_splits(own_clusters(*articles), None, {}) == expected


@given(collections, st.randoms())
def test_the_order_of_the_articles_does_not_matter(clusters: dict[str, str], order: random.Random):
    items = list(clusters.items())
    order.shuffle(items)
    assert assign_splits(dict(items), None, {}) == assign_splits(clusters, None, {})


@given(collections, st.data())
def test_every_article_gets_a_split_and_what_belongs_together_stays_together(clusters, data):
    pair = None
    if len(clusters) > 1:
        pair = (*data.draw(st.permutations(sorted(clusters)))[:2], 0.5)
    splits = assign_splits(clusters, pair, {})
    assert splits.keys() == clusters.keys()
    assert set(splits.values()) <= set(SPLITS)
    for cluster in set(clusters.values()):
        assert len({splits[article] for article in clusters if clusters[article] == cluster}) == 1
    if pair:
        assert splits[pair[0]] == splits[pair[1]]


@given(st.integers(1, 300))
def test_single_articles_are_divided_60_20_20_to_the_article(count: int):
    splits = list(assign_splits(own_clusters(*(f"a{n}" for n in range(count))), None, {}).values())
    for split, share in zip(SPLITS, (0.6, 0.2, 0.2), strict=True):
        assert abs(splits.count(split) - share * count) <= 1


@given(collections, collections)
def test_a_published_article_never_moves_when_others_arrive(first, more):
    published = assign_splits(first, None, {})
    grown = {**more, **first}
    assert assign_splits(grown, None, published).items() >= published.items()


def test_a_new_duplicate_joins_the_split_of_the_published_copy():
    assert assign_splits({"old": "c", "new": "c"}, None, {"old": "test"}) == {"new": "test", "old": "test"}


def test_pins_of_articles_that_are_gone_do_not_count():
    gone = {f"gone{n}": "train" for n in range(50)}
    assert assign_splits(own_clusters("a"), None, gone) == {"a": "train"}


def test_members_of_one_group_pinned_apart_are_reported_together_with_every_other_fault():
    clusters = {"a": "c1", "b": "c1", "c": "c2"}
    with pytest.raises(ProblemsFound) as found:
        assign_splits(clusters, None, {"a": "train", "b": "test", "c": "dev"})
    assert "a in train, b in test" in str(found.value)
    assert "unknown split dev" in str(found.value)
    assert "corpus/splits.json" in str(found.value)


def test_whichever_article_leaves_and_whichever_pair_is_then_the_closest_the_next_version_has_splits():
    articles = ("a", "b", "c", "d", "e")
    published = assign_splits(own_clusters(*articles), ("b", "d", 0.3), {})
    for gone in articles:
        left = [article for article in articles if article != gone]
        for pair in combinations(left, 2):
            splits = assign_splits(own_clusters(*left), (*pair, 0.2), published)
            assert splits == {article: published[article] for article in left}


def test_a_new_article_follows_the_published_one_it_resembles_most():
    assert assign_splits(own_clusters("old", "new"), ("new", "old", 0.3), {"old": "test"})["new"] == "test"


def test_a_cluster_is_not_torn_apart_for_the_most_similar_pair():
    clusters = {"a": "c1", "b": "c1", "c": "c2"}
    pins = {"b": "test", "c": "validation"}
    assert assign_splits(clusters, ("a", "c", 0.3), pins) == {"a": "test", "b": "test", "c": "validation"}
