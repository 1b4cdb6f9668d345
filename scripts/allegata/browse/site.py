"""All pages of a version, one after another: articles as they are read, then stories, then the overview."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from allegata.browse.article import article_pages, is_long, long_parts
from allegata.browse.copies import Texts, copies_page
from allegata.browse.disputes import dispute_parts
from allegata.browse.links import Places
from allegata.browse.overview import Beside, overview_pages
from allegata.browse.search import SearchIndex
from allegata.browse.story import StoryFacts, story_pages
from allegata.browse.version import Version

ASSETS = (Path(__file__).parent / "assets", Path(__file__).parents[1] / "pages" / "assets")


def pages(version: Version, beside: Beside, texts_of: Texts | None = None) -> Iterator[tuple[str, bytes]]:
    """Every file of the site with its path below the folder; `texts_of` gives the texts of removed copies. Memory: the
    tables, the words of the search, and the claims that name a date."""
    long = {article for article, *sizes in version.sizes() if is_long(*sizes)}
    parts = {
        row["article_id"]: long_parts(row["source_text"], rows, version.disputes_of)
        for row, rows in version.rows_of_articles(long)
    }
    places = Places(parts, dispute_parts(version))
    stories: dict[str, StoryFacts] = {name: StoryFacts() for name in version.stories}
    search = SearchIndex()
    for article, rows in version.rows_of_articles():
        for path, script in search.add(version, places, article, rows):
            yield path, script.encode()
        stories[version.story_name(article["article_id"])].add(version, places, article["article_id"], rows)
        for path, page in article_pages(version, places, article, rows):
            yield path, page.encode()
        for path, page in copies_page(version, places, article["article_id"], texts_of):
            yield path, page.encode()
    for name, facts in stories.items():
        for path, page in story_pages(version, places, name, facts):
            yield path, page.encode()
    for path, script in search.files():
        yield path, script.encode()
    for path, page in overview_pages(version, places, beside):
        yield path, page.encode()
    for folder in ASSETS:
        for file in sorted(folder.iterdir()):
            yield f"assets/{file.name}", file.read_bytes()
