"""The index that the pages search: every word leads to what has it, in scripts of a bounded size."""

from __future__ import annotations

import json
from itertools import accumulate

import pytest

from allegata.browse.links import Places
from allegata.browse.search import KINDS, SearchIndex, terms, whole
from allegata.browse.version import Version, whole_tables
from allegata.schema.published import PublishedTables, read_splits
from allegata.schema.published_scheme import published_scheme
from project import ROOT

STORIES = ROOT / "examples" / "stories" / "corpus" / "v1.1.0"


UNCALLED = ("the author", "somebody who is not named")  # words of ours, which find nothing


def index_of(version: Version, articles) -> dict[str, object]:
    index = SearchIndex()
    scripts = [one for article, rows in articles for one in index.add(version, Places(), article, rows)]
    found = {}
    for path, script in [*scripts, *index.files()]:
        assert len(script.encode()) < 1_000_000
        name = path.removeprefix("search/").removesuffix(".js")
        assert script.startswith(f'allegataSearch("{name}", ')
        found[name] = json.loads(script.removeprefix(f'allegataSearch("{name}", ').removesuffix(");\n"))
    return found


def postings(files) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = {}
    for number, first in enumerate(files["index"]["first"]["words"]):
        assert files[f"words-{number}"][0][0] == first
        for term, kind, steps in files[f"words-{number}"]:
            found.setdefault(term, {}).setdefault(KINDS[kind], []).extend(accumulate(steps))
    return found


def hits(files, kind: str) -> list[list]:
    shards = [files[f"{kind}-{number}"] for number in range(len(files["index"]["first"][kind]))]
    assert files["index"]["first"][kind] == [0, *accumulate(map(len, shards))][: len(shards)]
    return [hit for shard in shards for hit in shard]


@pytest.fixture(scope="module")
def version() -> Version:
    scheme = published_scheme(STORIES)
    tables = whole_tables(PublishedTables(STORIES), scheme)
    return Version(STORIES.name, "Stories", tables, read_splits(STORIES), scheme)


def test_every_word_of_every_text_claim_and_name_finds_it(version):
    files = index_of(version, version.rows_of_articles())
    found = postings(files)
    for kind in KINDS:
        every = hits(files, kind)
        assert every
        for number, (title, _, lines, _) in enumerate(every):
            called = [] if title in UNCALLED else [title]
            text = " ".join([*called, *(words for _, words in lines if kind not in ("names", "titles"))])
            assert all(number in found[term][kind] for term in terms(text))
    for kind in ("names", "titles"):
        for number, (title, *_) in enumerate(hits(files, kind)):
            assert number in found[whole(title)][kind]
    assert {kind for term, kinds in found.items() if " " in term for kind in kinds} == {"names", "titles"}
    claims = version.tables["claims"]
    assert [hit[2][0][1] for hit in hits(files, "claims")] == [
        " … ".join(one["surface"] for one in segments) or surface
        for segments, surface in zip(claims["segments"].to_pylist(), claims["surface"].to_pylist(), strict=True)
    ]
    assert " ".join(words for _, _, lines, _ in hits(files, "texts") for _, words in lines).split() == [
        word for text in version.tables["articles"]["text"].to_pylist() for word in text.split()
    ]


def test_terms_are_in_the_order_of_javascript(version):
    files = index_of(version, version.rows_of_articles())
    listed = [entry[0] for name, shard in files.items() if name.startswith("words-") for entry in shard]
    assert listed == sorted(listed, key=lambda term: term.encode("utf-16-be"))


def test_the_short_way_to_the_words_of_a_text_finds_those_of_the_long_one():
    # Each character between letters, alone: nothing but itself decides which way its text goes.
    texts = [f"ab{chr(code)}cd" for code in range(0x3000) if not 0xD800 <= code < 0xE000]
    assert [list(terms(text)) for text in texts] == [list(terms(f"{text} 水"))[:-1] for text in texts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Über CAFÉS, 1.5 l", ["uber", "cafes", "1", "5", "l"]),
        ("洪水 rose", ["洪水", "水", "rose"]),
        ("ไทย", ["ไท", "ทย", "ย"]),
        ("हिन्दी", ["हिन्दी"]),
        ("محمد", ["محمد"]),
        ("x" * 50, ["x" * 40]),
    ],
)
def test_words_of_any_script(text, expected):
    assert list(terms(text)) == expected


def test_a_very_long_text_and_a_word_of_every_article_stay_in_small_scripts(version):
    article, _ = next(version.rows_of_articles())
    line = "water 水 " * 50_000
    text = f"{line}\n{line}"
    blocks = [{"start": start, "end": start + len(line), "source_start": start} for start in (0, len(line) + 1)]
    long = {**article, "text": text, "source_text": text, "blocks": blocks}
    files = index_of(version, [(long, {"claims": [], "entities": []})] * 5)
    parts = hits(files, "texts")
    assert postings(files)["water"]["texts"] == list(range(len(parts)))
    assert "".join(words for _, _, lines, _ in parts for _, words in lines) == (line + line) * 5
    assert {path.partition("#")[2] for _, _, lines, _ in parts for path, _ in lines} == {
        "line:0",
        f"line:{len(line) + 1}",
    }


def test_what_hides_is_shown_and_a_name_in_no_register_has_its_words(version):
    article, _ = next(version.rows_of_articles())
    mention = {"mention_id": f"{article['article_id']}:m1", "surface": "Lo\u202eki", "label": "PERSON"}
    mention |= {"entity_id": None, "source_start": 0}
    files = index_of(version, [(article, {"claims": [], "entities": [mention, {**mention, "mention_id": "m2"}]})])
    ((title, note, lines, _),) = hits(files, "names")
    assert title == "Lo<U+202E>ki"
    assert note == "PERSON · 1 article"
    assert lines[0][0].endswith("#m1")
