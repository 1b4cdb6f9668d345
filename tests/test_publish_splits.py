from __future__ import annotations

import random
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.publish.splits import SHARES, assign_splits, divided_stories
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


# Stories: article -> (cluster, story), most clusters of one article as in real corpora.
placed = st.dictionaries(
    ids,
    st.tuples(st.sampled_from([*(f"cluster-{n}" for n in range(4)), *[None] * 20]), st.sampled_from("ABCDEF")),
    min_size=1,
    max_size=40,
)


def clusters_and_stories(drawn) -> tuple[dict[str, str], dict[str, str]]:
    clusters = {article: cluster or f"own-{article}" for article, (cluster, _) in drawn.items()}
    return clusters, {article: story for article, (_, story) in drawn.items()}


def own_stories(**articles: str) -> tuple[dict[str, str], dict[str, str]]:
    """Story -> its articles, a letter each."""
    stories = {article: story for story, letters in articles.items() for article in letters}
    return own_clusters(*stories), stories


@given(placed)
def test_stories_and_duplicates_stay_whole(drawn):
    clusters, stories = clusters_and_stories(drawn)
    splits = assign_splits(clusters, None, {}, stories=stories, by="story")
    assert splits.keys() == clusters.keys()
    for places in (clusters, stories):
        for place in places.values():
            assert len({splits[article] for article in places if places[article] == place}) == 1
    assert divided_stories(splits, stories) == []


@given(st.lists(st.integers(1, 12), min_size=1, max_size=30))
def test_no_split_exceeds_its_share_by_more_than_one_story(sizes):
    stories = {f"a{story}-{n}": f"story {story}" for story, size in enumerate(sizes) for n in range(size)}
    splits = list(assign_splits(own_clusters(*stories), None, {}, stories=stories, by="story").values())
    for split, share in SHARES.items():
        assert splits.count(split) < share / 100 * len(stories) + max(sizes)


def test_of_two_stories_one_is_to_train_and_one_to_test():
    clusters, stories = own_stories(A="abcde", B="fghij")
    splits = assign_splits(clusters, None, {}, stories=stories)
    assert sorted({splits[article] for article in splits}) == ["test", "train"]
    assert len({(stories[article], splits[article]) for article in splits}) == 2


def test_the_closest_pair_joins_no_stories():
    clusters, stories = own_stories(A="abc", B="def")
    splits = assign_splits(clusters, ("a", "d", 0.2), {}, stories=stories)
    assert splits["a"] != splits["d"]


def test_articles_without_a_story_are_one_story():
    _, stories = own_stories(A="abc")
    splits = assign_splits(own_clusters(*"abcdef"), None, {}, stories=stories)
    assert len({splits[article] for article in "def"}) == 1
    assert splits["d"] != splits["a"]


def test_one_story_is_divided_by_article_unless_the_setting_says_story():
    clusters, stories = own_stories(A="abcde")
    assert assign_splits(clusters, None, {}, stories=stories) == assign_splits(clusters, None, {})
    assert set(assign_splits(clusters, None, {}, stories=stories, by="story").values()) == {"train"}


def test_several_stories_are_divided_by_article_where_the_setting_says_so():
    clusters, stories = own_stories(A="abc", B="def")
    assert assign_splits(clusters, None, {}, stories=stories, by="article") == assign_splits(clusters, None, {})


@given(placed, st.randoms())
def test_the_order_of_articles_of_several_stories_does_not_matter(drawn, order: random.Random):
    clusters, stories = clusters_and_stories(drawn)
    gold = sorted(clusters)[::3]
    items = list(clusters.items())
    order.shuffle(items)
    again = assign_splits(dict(items), None, {}, stories=stories, annotated=gold[::-1])
    assert again == assign_splits(clusters, None, {}, stories=stories, annotated=gold)


@given(placed, placed, st.sampled_from(["story", "article", None]), st.integers(1, 4))
def test_no_published_article_moves_when_others_arrive_in_its_story_or_in_another(first, more, by, step):
    clusters, stories = clusters_and_stories(first)
    published = assign_splits(clusters, None, {}, stories=stories, annotated=sorted(clusters)[::step], by=by)
    # New copies of published articles that stay are rare (a decision keeps them): articles that come are no copies.
    grown, told = clusters_and_stories({f"new{name}": (None, story) for name, (_, story) in more.items()})
    grown, told = {**grown, **clusters}, {**told, **stories}
    splits = assign_splits(grown, None, published, stories=told, annotated=sorted(grown)[::step], by=by)
    assert splits.keys() == grown.keys()
    assert splits.items() >= published.items()
    if by == "story":
        for article in grown.keys() - published.keys():
            assert splits[article] in {published[other] for other in stories if stories[other] == told[article]} or (
                told[article] not in stories.values()
            )


def test_a_new_article_of_a_published_story_follows_it():
    clusters, stories = own_stories(A="abc", B="de")
    splits = assign_splits(clusters, None, {"a": "test", "d": "train"}, stories=stories)
    assert splits == {"a": "test", "b": "test", "c": "test", "d": "train", "e": "train"}


def test_new_articles_of_a_story_in_several_splits_are_assigned_as_articles_and_the_others_stay_whole():
    clusters, stories = own_stories(A="abcdefghij", B="klm")
    pins = {"a": "train", "b": "validation", "c": "test"}
    splits = assign_splits(clusters, None, pins, stories=stories)
    assert splits.items() >= pins.items()
    assert {splits[article] for article in "defghij"} == {"train", "validation", "test"}
    assert len({splits[article] for article in "klm"}) == 1
    assert divided_stories(splits, stories) == ["A"]


def test_duplicates_that_join_two_published_stories_tear_neither():
    clusters, stories = own_stories(A="abc", B="def", C="gh")
    clusters |= {"c": "both", "f": "both", "e": "bridge", "g": "bridge"}
    splits = assign_splits(clusters, None, {"a": "train", "d": "test"}, stories=stories)
    assert [splits[article] for article in "abde"] == ["train", "train", "test", "test"]
    assert splits["c"] == splits["f"]
    assert splits["g"] == splits["e"]


@given(placed, st.data())
def test_no_unannotated_article_is_held_out_while_an_annotated_one_is_free(drawn, data):
    clusters, _ = clusters_and_stories(drawn)
    gold = data.draw(st.sets(st.sampled_from(sorted(clusters)), min_size=1))
    pair = (*data.draw(st.permutations(sorted(clusters)))[:2], 0.4) if len(clusters) > 1 else None
    splits = assign_splits(clusters, pair, {}, annotated=gold)
    with_gold = {clusters[article] for article in gold}  # duplicates stay together, annotated or not
    assert all(splits[article] == "train" for article in clusters if clusters[article] not in with_gold)


def test_annotated_articles_are_divided_60_20_20_however_many_others_there_are():
    articles = [f"a{n}" for n in range(200)]
    splits = assign_splits(own_clusters(*articles), None, {}, annotated=articles[:10])
    assert sorted(splits[article] for article in articles[:10]) == ["test"] * 2 + ["train"] * 6 + ["validation"] * 2


def test_articles_that_come_when_all_annotated_ones_are_published_are_divided_by_the_shares():
    articles = [f"a{n}" for n in range(50)]
    pins = assign_splits(own_clusters(*articles[:5]), None, {}, annotated=articles[:5])
    splits = list(assign_splits(own_clusters(*articles), None, pins, annotated=articles[:5]).values())
    assert (splits.count("train"), splits.count("validation"), splits.count("test")) == (30, 10, 10)
