"""No corpus is refused for what it is: corpora at random through the real build, with a next version each time.

`-m slow` runs many more of them.
"""

from __future__ import annotations

import html
import json
import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from allegata.publish.manifest import read_manifests
from allegata.recipe.build import run
from allegata.recipe.drafts import import_drafts
from allegata.recipe.init import init
from allegata.recipe.proposals import pre_annotate
from allegata.recipe.remove import remove
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.tables import TABLES
from invented_corpora import check_quotes, loaded
from project import edit_rows, manifest_row, sampled

SENTENCES = (
    "The board of Norvik Foods met on Tuesday and recalled all jars of plum jam.",
    "“We never shipped glass,” said Ada Holm, who runs the plant [1].",
    "The price rose by 12 % to £39 [1-3], and fell again ([2]) [3].",
    "Der Hersteller rief am Dienstag alle Gläser zurück, teilte er mit.",
    "Ήταν μια κρύα μέρα στην πόλη και κανείς δεν ήξερε γιατί.",
    "会社は火曜日に製品を回収した。",
    "שלום עולם, זהו משפט קצר על ריבה.",
    "🌾🌾 Fields of 𝔘𝔫𝔦 burned in the north, and nobody came to help.",
    "L'e\u0301te\u0301 e\u0301tait chaud\u200b et le pot vide.",
)
FURNITURE = (
    "Subscribe to our newsletter",
    "Share this article",
    "By Ada Holm",
    "Published on 3 May 2031",
    "Advertisement",
    "Related articles",
    "Comments (3)",
    "Tags: jam, glass, recall",
    "References",
    "[1] https://norvik.example/a",
    "[2] The agency, notice 12",
    "© 2031 Norvik Times. All rights reserved.",
    "We use cookies to improve your visit.",
    "- one item",
    "NVDA +1.2%",
    "Photo: Bo Lund",
)
ODD = ("", "?!", "1.", "A", "—", "[1]", "[1][2]", "\u200b", "\ufeff", "\x0c", "\x01 x", "水", "   ", "a\u2028b")
LINES = (*SENTENCES, *SENTENCES, *SENTENCES, *FURNITURE, *ODD)
LETTERLESS = ("", " \n", "…", "?!", "\ufeff", "🌾", "\r\n\r\n", "\x0c")
TAGS = ("p", "p", "p", "div", "h1", "h2", "li", "td", "figcaption", "aside")
MARKS = ("", "", "", ' class="teaser"', ' class="byline"', ' id="comments"', ' class="related"')


@dataclass(frozen=True)
class Given:
    """One article of a random corpus."""

    article_id: str
    data: bytes
    fields: dict[str, str]


# What is loaded of most versions; the last one is loaded whole.
BRIEF = ("articles", "sentences", "removals", "ledger")
IDS = st.sampled_from(["{}", "a{}", "Z{}", "1{}-0", "x_{}", "{}.b"])


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Plain text with removals anywhere, or nothing; any line break, with a BOM or without."""
    kind = draw(st.integers(0, 19))
    if kind == 0:
        return draw(st.sampled_from(LETTERLESS)).encode()
    if kind == 1:  # a line of 200,000 characters
        return (" ".join(SENTENCES[:3]) + " ").encode() * 900
    if kind == 2:
        return draw(st.text(max_size=80)).encode("utf-8", "ignore").replace(b"\0", b" ")
    lines = draw(st.lists(st.sampled_from(LINES), max_size=12))
    if kind < 6 and lines:  # a part of it stands in two places
        at = draw(st.integers(0, len(lines)))
        lines[at:at] = lines[: draw(st.integers(1, len(lines)))]
    text = draw(st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n \n"])).join(lines)
    return text.encode("utf-8-sig" if draw(st.integers(0, 9)) == 0 else "utf-8")


@st.composite
def pages(draw: st.DrawFn) -> bytes:
    """A web page; what is in it may be the article, its furniture, both, or nothing."""
    lines = draw(
        st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(TAGS), st.sampled_from(MARKS)), max_size=12)
    )
    body = "".join(f"<{tag}{mark}>{html.escape(line)}</{tag}>" for line, tag, mark in lines)
    frame = draw(
        st.sampled_from(
            [
                "<html><head><title>{0}</title></head><body><nav><a href='/'>Home</a></nav><article>{1}</article>"
                "<footer>Imprint</footer></body></html>",
                "<html><body><div id='cookie-banner'>We use cookies.</div><main><h1>{0}</h1>{1}</main></body></html>",
                "{1}",
                "<html><body>{1}<script>var a = 1;</script></body></html>",
                "<!-- nothing -->",
            ]
        )
    )
    return frame.format(html.escape(draw(st.sampled_from(SENTENCES))), body).encode()


@st.composite
def corpora(draw: st.DrawFn, most: int) -> list[Given]:
    """Articles in any order of their ids, some of them copies and near-copies of others, in up to three stories."""
    found: list[Given] = []
    stories = draw(st.sampled_from([[None], ["flood"], [None, "flood"], ["flood", "fire", "Überfall"]]))
    for number in range(draw(st.integers(1, most))):
        is_page = draw(st.booleans())
        again = draw(st.integers(0, 5)) if found else 5
        if again == 0:
            data, is_page = found[-1].data, found[-1].fields["media_type"] == "text/html"
        elif again == 1:
            data, is_page = found[0].data + b"\nAnd more.", found[0].fields["media_type"] == "text/html"
        else:
            data = draw(pages() if is_page else texts())
        fields = {"media_type": "text/html" if is_page else "text/plain"}
        optional = {
            "story": draw(st.sampled_from(stories)),
            "language": draw(st.sampled_from([None, None, "en", "de", "el", "zh-Hant"])),
            "published": draw(st.sampled_from([None, None, "2031-05-03"])),
            "url": draw(st.sampled_from([None, f"https://norvik.example/{number}"])) if is_page else None,
        }
        fields |= {name: value for name, value in optional.items() if value is not None}
        found.append(Given(draw(IDS).format(number), data, fields))
    return draw(st.permutations(found))


def put(root: Path, articles: list[Given]) -> None:
    """The articles into raw/, and their rows at the end of the manifest, in this order."""
    for article in articles:
        (root / "raw" / f"{article.article_id}.txt").write_bytes(article.data)
    rows = [manifest_row(article.article_id, article.data, **article.fields) for article in articles]
    edit_rows(root / "raw" / "manifest.jsonl", lambda known: known.extend(rows))


def published(root: Path, cache: Path, count: int, tables_: Collection[str] = BRIEF) -> set[str] | None:
    """Build, load and check: the ids of the published articles, or None where nothing remains, which is one problem."""
    try:
        build = run(root)
    except ProblemsFound as error:
        (problem,) = error.problems
        assert problem.what.startswith("no article remains: ")
        return None
    tables = loaded(root, cache, build.release.version, tables_)
    check_quotes(tables)
    articles, ledger = ({row["article_id"]: row for row in tables[name]} for name in ("articles", "ledger"))
    assert len(ledger) == count
    assert {name for name, row in ledger.items() if row["status"] == "kept"} == set(articles)
    assert all(row["reason"] for row in ledger.values() if row["status"] == "removed")
    return set(articles)


def holds(articles: list[Given], more: Given) -> None:
    """The corpus is published; so it is with one article more, and with one article less."""
    place = Path(tempfile.mkdtemp())
    root, cache = place / "corpus", place / "cache"
    try:
        init(root)
        put(root, articles)
        before = published(root, cache, len(articles))
        put(root, [more])
        after = published(root, cache, len(articles) + 1)
        assert before is None or len(after or ()) >= 1
        if after and len(after) > 1:
            gone = min(after)
            remove(root, [gone])
            last = published(root, cache, len(articles), (*TABLES, "ledger"))
            assert run(root).release.created is False  # proved equal
            assert last is not None
            assert gone not in last
        versions = [manifest.version for manifest in read_manifests(root / "corpus")]
        assert len(versions) == len(set(versions))
        splits = json.loads((root / "corpus" / "splits.json").read_text()) if versions else {}
        assert set(after or ()) <= set(splits)
    finally:
        shutil.rmtree(place)


MORE = Given(
    "more", "A board met in the north. “Nobody was told,” said Bo Lund.".encode(), {"media_type": "text/plain"}
)


def settled(examples: int, derandomize: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink] if not derandomize else [Phase.explicit, Phase.generate],
    )


@settled(2, derandomize=True)
@given(corpora(40))
def test_a_corpus_at_random_is_published_and_so_are_its_next_versions(articles: list[Given]) -> None:
    holds(articles, MORE)


@pytest.mark.slow
@settled(60, derandomize=False)
@given(corpora(40))
def test_many_corpora_at_random_are_published_and_so_are_their_next_versions(articles: list[Given]) -> None:
    holds(articles, MORE)


ALONE = [
    "Share this article\n\nThe mill burned down on Monday, and nobody was hurt.",  # begins with a removal
    "The mill burned down on Monday, and nobody was hurt.\n\nShare this article",
    "A mill burned.\nShare this article\nAdvertisement\nNobody was hurt in it.",
    "A",
    "水",
    "\ufeffA mill burned.\r\n",
    "\ufeff\ufeffA mill burned.",
    "🌾 A mill burned. 🌾",
    "A mill burned [1, 2].\n\nReferences\n[1] https://a.example\n[2] https://b.example",
]


@pytest.mark.parametrize("text", sampled(ALONE, ALONE[0], "A", ALONE[6], ALONE[8]))
def test_one_article_alone_is_published(tmp_path: Path, text: str) -> None:
    init(tmp_path / "corpus")
    put(tmp_path / "corpus", [Given("one", text.encode(), {"media_type": "text/plain"})])
    assert published(tmp_path / "corpus", tmp_path / "cache", 1) == {"one"}


@pytest.mark.parametrize("texts_", [[""], ["?!", " \n", "…"], ["Share this article\n"]])
def test_a_corpus_in_which_nothing_remains_is_one_problem(tmp_path: Path, texts_: list[str]) -> None:
    init(tmp_path / "corpus")
    put(
        tmp_path / "corpus",
        [Given(str(n), text.encode(), {"media_type": "text/plain"}) for n, text in enumerate(texts_)],
    )
    root = tmp_path / "corpus"
    assert published(root, tmp_path / "cache", len(texts_)) is None
    (root / "annotations" / "annotators.jsonl").write_text('{"id": "me", "kind": "human", "description": "I."}\n')
    (tmp_path / "0.jsonl").write_text("")
    for command in (
        lambda: run(root, "clean").articles,
        lambda: pre_annotate(root),
        lambda: import_drafts(root, [tmp_path / "0.jsonl"], "gold", ("me",)),
    ):
        with pytest.raises(ProblemsFound, match="no article remains: ") as error:
            command()
        assert len(error.value.problems) == 1


def test_a_draft_of_an_article_without_text_hears_why_it_is_not_there(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    init(root)
    put(root, [Given("none", b"?!", {"media_type": "text/plain"}), MORE])
    (root / "annotations" / "annotators.jsonl").write_text('{"id": "me", "kind": "human", "description": "I."}\n')
    (tmp_path / "none.jsonl").write_text("")
    with pytest.raises(UsageError, match="none is in raw/, but it is removed at ingest: no_text"):
        import_drafts(root, [tmp_path / "none.jsonl"], "gold", ("me",))
