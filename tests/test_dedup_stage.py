"""Deduplication as a whole: what is found, what is kept, and that only the data decides."""

import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.dedup.fold import words_of
from allegata.dedup.stage import RESULT, DedupOptions, DedupResult, deduplicate
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.text.normal import normalise

Row = tuple[str, str] | tuple[str, str, str | None]


def corpus(*rows: Row) -> pa.Table:
    padded = [(*row, None)[:3] for row in rows]
    columns = list(zip(*padded, strict=True)) or [(), (), ()]
    return pa.table([pa.array(c, pa.string()) for c in columns], ["article_id", "text", "published"])


def found(result: DedupResult) -> dict[str, tuple[str, str, str]]:
    return {r["article_id"]: (r["kind"], r["canonical_id"], r["cluster_id"]) for r in result.articles.to_pylist()}


def prose(seed: int, n: int = 120) -> list[str]:
    rng = random.Random(seed)
    return [f"w{rng.randrange(5000):04}" for _ in range(n)]


def similarity(a: str, b: str, size: int = 3) -> float:
    sets = [{tuple(w[i : i + size]) for i in range(len(w) - size + 1)} for w in (words_of(a), words_of(b))]
    either = sets[0] | sets[1]
    return len(sets[0] & sets[1]) / len(either) if either else 0.0


def edited(words: list[str], n: int, seed: int) -> str:
    rng, copy = random.Random(seed), list(words)
    for i in rng.sample(range(len(copy)), n):
        copy[i] = f"e{(seed * 1009 + i) % 10_000:04}"
    return " ".join(copy)


def test_copies_that_differ_in_case_width_and_blanks_are_exact() -> None:
    result = deduplicate(corpus(("b", "The Court  said"), ("a", "the court said"), ("c", "the court said no")))
    assert found(result) == {"a": ("exact", "b", "b"), "b": ("unique", "b", "b"), "c": ("unique", "c", "c")}
    assert result.articles.schema == RESULT


def test_texts_with_the_same_words_but_other_punctuation_are_near_not_exact() -> None:
    result = deduplicate(corpus(("a", "he said: yes, I will go"), ("b", "he said yes; I will go")))
    assert found(result)["b"] == ("near", "a", "a")
    assert result.articles["similarity"].to_pylist() == [1.0, 1.0]


def test_an_edited_copy_is_near_and_carries_its_exact_similarity() -> None:
    words = prose(1)
    copy = edited(words, 5, 2)
    result = deduplicate(corpus(("a", " ".join(words)), ("b", copy), ("c", " ".join(prose(3)))))
    assert found(result) == {"a": ("unique", "a", "a"), "b": ("near", "a", "a"), "c": ("unique", "c", "c")}
    assert result.articles["similarity"][1].as_py() == similarity(" ".join(words), copy)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (
            [
                ("a", "one two three", None),
                ("b", "one  two three", "2020-01-02"),
                ("c", "one two three", "2020-01-01"),
            ],
            "c",
        ),
        ([("a", "one two three"), ("b", "one  two three")], "b"),
        ([("b", "one two three"), ("a", "One Two Three")], "a"),
    ],
    ids=["earliest known date", "then longest text", "then smallest id"],
)
def test_the_kept_copy_is_chosen_by_the_data(rows: list[Row], kept: str) -> None:
    assert {canonical for _, canonical, _ in found(deduplicate(corpus(*rows))).values()} == {kept}


def test_copies_that_the_caller_prefers_stay_before_all_others() -> None:
    rows = corpus(("a", "the court said", "2020"), ("b", "the court said", "2021"), ("c", "the court said", None))
    for preferred, kept in (((), "a"), (({"c"},), "c"), (({"x"}, {"b", "c"}), "b"), (({"c"}, {"b", "a"}), "c")):
        assert {row[1] for row in found(deduplicate(rows, preferred=preferred)).values()} == {kept}


def test_the_order_of_the_rows_has_no_say() -> None:
    rows = [(f"n{i}", edited(prose(i % 4), i, i)) for i in range(24)] + [(f"e{i}", "same text here") for i in range(12)]
    expected = deduplicate(corpus(*rows)).articles
    for seed in range(4):
        random.Random(seed).shuffle(rows)
        assert deduplicate(corpus(*rows)).articles.equals(expected)


def test_short_and_empty_texts_match_nothing_but_their_exact_copies() -> None:
    result = deduplicate(
        corpus(("a", ""), ("b", "  "), ("c", "two words"), ("d", "two words"), ("e", "two, words"), ("f", "!"))
    )
    assert {i: (k, c) for i, (k, c, _) in found(result).items()} == {
        "a": ("exact", "b"),
        "b": ("unique", "b"),
        "c": ("unique", "c"),
        "d": ("exact", "c"),
        "e": ("unique", "e"),
        "f": ("unique", "f"),
    }


def test_a_copy_of_a_removed_copy_points_to_the_article_that_is_kept() -> None:
    words = prose(5)
    near = edited(words, 4, 1)
    result = deduplicate(corpus(("a", " ".join(words), "2020"), ("b", near), ("c", near.upper())))
    assert found(result)["b"] == found(result)["c"] == ("near", "a", "a")
    assert len(set(result.articles["similarity"].to_pylist()[1:])) == 1


def test_along_a_chain_no_article_is_removed_for_one_it_does_not_resemble() -> None:
    words = prose(9, 1000)
    rows = [(f"d{i:02}", " ".join(words[i * 30 : i * 30 + 200])) for i in range(20)]
    result = deduplicate(corpus(*rows))
    texts = dict(rows)
    assert set(result.articles["cluster_id"].to_pylist()) == {"d00"}
    kept = [r["article_id"] for r in result.articles.to_pylist() if r["kind"] == "unique"]
    assert 4 <= len(kept) <= 10
    for row in result.articles.to_pylist():
        if row["kind"] == "near":
            assert row["canonical_id"] in kept
            assert row["similarity"] == similarity(texts[row["article_id"]], texts[row["canonical_id"]]) >= 0.5
    for a in kept:
        assert all(similarity(texts[a], texts[b]) < 0.5 for b in kept if b > a)


def test_a_chain_may_be_removed_as_a_whole_where_that_is_asked_for() -> None:
    words = prose(9, 1000)
    rows = [(f"d{i:02}", " ".join(words[i * 30 : i * 30 + 200])) for i in range(20)]
    result = deduplicate(corpus(*rows), DedupOptions(drift=0.0))
    assert set(result.articles["canonical_id"].to_pylist()) == {"d00"}
    assert result.articles["similarity"].to_pylist()[-1] == 0.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=8).map(" ".join), max_size=14), st.randoms())
def test_what_always_holds(texts: list[str], rng: random.Random) -> None:
    rows = [(f"{i:02}", text, rng.choice([None, "2020", "2021"])) for i, text in enumerate(texts)]
    result = deduplicate(corpus(*rows))
    by_id = {row[0]: row[1] for row in rows}
    out = {r["article_id"]: r for r in result.articles.to_pylist()}
    assert list(out) == sorted(by_id)
    for row in out.values():
        mine, canonical = by_id[row["article_id"]], by_id[row["canonical_id"]]
        assert out[row["canonical_id"]]["kind"] == "unique"
        assert out[row["cluster_id"]]["cluster_id"] == row["cluster_id"] == out[row["canonical_id"]]["cluster_id"]
        assert (row["kind"] == "unique") == (row["article_id"] == row["canonical_id"])
        if row["kind"] == "near":
            assert row["similarity"] == similarity(mine, canonical) >= 0.5
        else:
            assert normalise(mine) == normalise(canonical)


def test_the_most_similar_pair_is_exact_and_over_all_pairs_of_kept_articles_of_a_small_corpus() -> None:
    a, b, c = prose(1, 60), prose(2, 60), prose(3, 60)
    texts = [" ".join(a), " ".join(b[:50] + a[:10]), " ".join(c)]
    result = deduplicate(corpus(*zip("xyz", texts, strict=True)))
    assert result.most_similar == ("x", "y", similarity(texts[0], texts[1]))
    assert 0 < result.most_similar[2] < 0.2
    assert deduplicate(corpus(("x", texts[0]), ("y", texts[2]))).most_similar is None
    copied = corpus(("y", texts[0]), ("x", texts[0]), ("z", texts[1]))
    assert deduplicate(copied).most_similar == ("x", "z", similarity(texts[0], texts[1]))  # y leaves
    assert deduplicate(copied.slice(0, 2)).most_similar is None


def test_a_thousand_copies_of_a_template_are_one_cluster_in_linear_work() -> None:
    words = prose(4, 200)
    rows = [(f"t{i:04}", edited(words, 6, i)) for i in range(1500)]
    result = deduplicate(corpus(*rows))
    assert set(result.articles["cluster_id"].to_pylist()) == {"t0000"}
    assert result.counters["candidate pairs"] < 1500 * 130


def test_no_articles_and_no_duplicates_are_fine() -> None:
    assert len(deduplicate(corpus()).articles) == 0
    rows = [(f"{i}", " ".join(prose(i))) for i in range(50)]
    assert set(deduplicate(corpus(*rows)).articles["kind"].to_pylist()) == {"unique"}


def test_one_line_of_a_megabyte_and_a_word_of_a_megabyte_are_fine() -> None:
    line = " ".join(prose(1, 180_000))
    word = "q" * 1_000_000
    rows = [
        ("a", line),
        ("b", line + " more"),
        ("c", word),
        ("d", word + "r"),
        ("e", f"x {word} y"),
        ("f", f"x {word} z"),
    ]
    assert [k for k, _, _ in found(deduplicate(corpus(*rows))).values()] == ["near", *["unique"] * 5]


def test_sliced_and_chunked_tables_of_any_string_type_give_the_same_result() -> None:
    rows = [(f"n{i:02}", edited(prose(i % 3), i, i)) for i in range(20)]
    expected = deduplicate(corpus(*rows[5:])).articles
    sliced = corpus(*rows).slice(5)
    large = sliced.cast(pa.schema([(n, pa.large_string()) for n in sliced.column_names]))
    chunked = pa.concat_tables([sliced.slice(0, 4), sliced.slice(4)])
    assert all(deduplicate(t).articles.equals(expected) for t in (sliced, large, chunked))


def test_all_faults_of_the_input_come_in_one_report() -> None:
    table = pa.table({"article_id": ["a", "a", "b"], "text": ["x", "y", None], "published": pa.nulls(3, pa.string())})
    with pytest.raises(ProblemsFound) as report:
        deduplicate(table)
    assert [p.article_id for p in report.value.problems] == ["b"]
    with pytest.raises(ProblemsFound) as report:
        deduplicate(table.slice(0, 2))
    assert [p.article_id for p in report.value.problems] == ["a"]
    with pytest.raises(UsageError, match="published"):
        deduplicate(table.drop_columns(["published"]))


@pytest.mark.parametrize("wrong", [{"threshold": 0.0}, {"drift": 0.9}, {"rows": 0}])
def test_options_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        DedupOptions(**wrong)  # type: ignore[arg-type]  # the values are wrong on purpose


def test_the_manifest_entry_names_the_algorithm_and_every_constant() -> None:
    entry = DedupOptions().algorithm()
    assert {"name", "version", "seed", "shingle_size", "threshold", "drift", "bands", "rows"} <= set(entry)
