"""Pages of a bounded size, in parts where need be, and addresses that stay from version to version."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import lxml.html
import pytest

from allegata.browse import article, disputes, story
from allegata.pages.templates import weight
from browse_sites import Corpus
from browser import Watched, chromium

LIMIT = 1_000_000


def anchors(folder: Path) -> set[tuple[str, str]]:
    """The address of everything on the pages that a link may lead to: path and anchor."""
    return {
        (path.relative_to(folder).as_posix(), anchor)
        for path in folder.rglob("*.html")
        for anchor in lxml.html.parse(path).xpath("//@id")
        if not anchor.startswith("page:")
    }


def links(folder: Path) -> set[tuple[str, str]]:
    """The addresses of articles, claims and disputes that the pages link to."""
    found = set()
    for path in folder.rglob("*.html"):
        for address in lxml.html.parse(path).xpath("//a/@href"):
            name, _, anchor = address.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            if not anchor.startswith(("page:", "q=")):
                found.add((target.relative_to(folder.resolve()).as_posix(), anchor))
    return found


@pytest.mark.parametrize("text", ["a\n" * 10_000, "\x07\n" * 10_000, "\x07" * 40_000], ids=["short", "hidden", "one"])
def test_a_page_stays_small_whatever_a_text_is_made_of(text, tmp_path):
    corpus = Corpus()
    corpus.article("long", text, story="s")
    sizes = [path.stat().st_size for path in corpus.write(tmp_path).glob("articles/*.html")]
    assert max(sizes) < LIMIT
    assert len(sizes) > 1


def test_a_line_and_a_character_cost_at_most_what_is_counted_for_them(tmp_path):
    sizes = []
    for lines in (1_000, 2_000):
        corpus = Corpus()
        corpus.article("a", "a\n" * lines, story="s")
        sizes.append((corpus.write(tmp_path / str(lines)) / "articles" / "a.html").stat().st_size)
    assert (sizes[1] - sizes[0]) / 1_000 - 2 <= article._OF_A_LINE
    characters = (chr(code) for code in (*range(0x3000), *range(0xFE00, 0x10000), *range(0xE0000, 0xE0200)))
    assert max(weight(one) / len(one.encode()) for one in characters) == article._WORST


def test_a_text_without_lines_and_a_dispute_of_everybody_stay_on_small_pages(tmp_path):
    corpus = Corpus()
    corpus.article("long", '"<&>\x07' * 60_000, story="s")
    for number in range(80):
        name = f"a{number:03}"
        corpus.article(name, f'"{"<&>" * 200}" holds in {name}.', story="s")
        corpus.claim(name, "c001", corpus.text(name))
    claims = [f"a{number:03}:c001" for number in range(80)]
    for number in range(20):
        corpus.dispute(
            f"d{number:02}", '"<&>' * 500, "tension", ("A" * 900, claims[::2]), ("B", claims[1::2]), story="s"
        )
    folder = corpus.write(tmp_path / "pages")
    assert max(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < LIMIT
    assert len(list((folder / "articles").glob("long*"))) > 2
    assert len(list((folder / "stories").glob("s*"))) > 2
    shown = [lxml.html.parse(path) for path in sorted((folder / "articles").glob("long*"), key=_part)]
    text = "".join(line for page in shown for line in page.xpath("//span[@class='source']/text()"))
    assert text.replace("<U+0007>", "\x07") == corpus.text("long")
    assert links(folder) <= anchors(folder) | {(path, "") for path, _ in links(folder)}


def _part(path: Path) -> int:
    number = path.stem.partition(".")[2]
    return int(number) if number else 1


def version(*more: str) -> Corpus:
    """Eight articles of eight lines with their claims, a story of as many disputes, and what a later version adds."""
    corpus = Corpus()
    names = [f"article {number}" for number in range(8)]
    for name in names:
        corpus.article(name, "\n".join(f"Line {number} says that it rained." for number in range(8)), story="rain")
        for number in range(8):
            corpus.claim(name, f"c{number}", f"Line {number}", "it rained.")
    for name in more:
        corpus.article(name, "It did not rain.", story="rain", published="2031-01-01")
        corpus.claim(name, "c0", "It did not rain")
    for number in range(8):
        pair = [[f"{name}:c{number}"] for name in names[:2]]
        corpus.dispute(f"d{number}", "Did it rain?", "tension", ("Yes", pair[0]), ("So so", pair[1]), story="rain")
    for name in more:
        both = (["article 0:c0"], [f"{name}:c0"])
        corpus.dispute(f"0 {name}", "Did it?", "contradiction", ("Yes", both[0]), ("No", both[1]), story="rain")
    return corpus


@pytest.fixture(scope="module")
def versions(tmp_path_factory) -> tuple[Path, Path]:
    """The pages of a version and of the next one, in small parts."""
    with pytest.MonkeyPatch.context() as patch:
        for room, size in ((article, "_LARGEST"), (disputes, "LARGEST"), (story, "LARGEST")):
            patch.setattr(room, size, 20_000)
        folder = tmp_path_factory.mktemp("versions")
        return version().write(folder / "1"), version("news", "more news").write(folder / "2")


def test_an_address_of_an_article_a_span_a_claim_or_a_dispute_leads_there_in_a_later_version(versions):
    before, after = versions
    assert len(list((before / "stories").iterdir())) > 1
    assert len(list((before / "articles").glob("article 0.*"))) > 1
    there = anchors(after)
    moved = 0
    for path, anchor in anchors(before) | links(before):
        assert (after / path).is_file()
        if anchor and (path, anchor) not in there:
            parts = lxml.html.parse(after / path).xpath("//nav[@class='parts']/a")
            (held,) = [part for part in parts if anchor in part.get("data-holds").split()] or _with_line(parts, anchor)
            target = (after / path).parent / unquote(held.get("href"))
            assert (target.resolve().relative_to(after.resolve()).as_posix(), anchor) in there
            moved += 1
    assert moved


def _with_line(parts: list, anchor: str) -> list:
    """The part of an article that a line is on: the last one that begins before it."""
    line = int(anchor.removeprefix("line:"))
    return [part for part in parts if int(part.get("data-holds").split()[0].removeprefix("line:")) <= line][-1:]


def test_a_browser_follows_an_address_to_the_part_that_has_it_now(versions):
    before, after = versions
    moved = sorted(one for one in anchors(before) - anchors(after) if one[0].startswith("stories/"))
    with chromium() as browser:
        page = Watched(browser.new_page())
        path, anchor = moved[0]
        page.page.goto((after / path).as_uri() + f"#{anchor}")
        page.page.locator("tbody:target").wait_for()
        assert page.page.url.endswith(f"#{anchor}")
        assert path not in page.page.url
    assert page.complaints == []


@pytest.mark.parametrize("own", ["page:show-claim", "show-claim", "line:0", "line-0", "entity:x", "query", "removed"])
def test_no_id_of_a_row_is_that_of_a_part_of_the_page(own, tmp_path):
    corpus = Corpus()
    corpus.article(own, "Rain fell on Mara.", story="s", cluster_id="k")
    corpus.article("other", "Rain fell on Mara.", story="s", cluster_id="k")
    corpus.claim(own, own, "Rain")
    corpus.claim("other", "c1", "Rain")
    corpus.add("entity_register", entity_id="x", name="Mara")
    corpus.span("entities", "mention_id", own, "m1", "Mara", entity_id="x", label="PERSON")
    corpus.dispute(own, "Did it?", "tension", ("Yes", [f"{own}:{own}"]), ("No", ["other:c1"]), story="s")
    for path in corpus.write(tmp_path).rglob("*.html"):
        ids = lxml.html.parse(path).xpath("//@id")
        assert len(ids) == len(set(ids)), path
